"""The demo as a process of its own: one line when ready, a quiet end, and TLS."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.demo.clock import SimClock
from console.demo.main import main, start
from console.demo.options import Options, UsageError, parse
from console.demo.processes import alive

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A demo process that has announced itself."""
    command = [sys.executable, "-m", "console.demo", *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        try:
            yield child, json.loads(child.stdout.readline())
        finally:
            if child.poll() is None:
                child.kill()


def ended(child: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end; exit code and what was printed after the announcement."""
    assert child.stdout is not None
    assert child.stderr is not None
    code = child.wait(timeout=10)
    return code, child.stdout.read(), child.stderr.read()


def test_it_announces_itself_serves_and_ends_quietly_on_a_signal() -> None:
    """The line has exactly what the application needs."""
    with process("--seed", "5", "--speed", "2", "--site-zone", "Asia/Tokyo", "--queues", "3", "--agents", "8") as (
        child,
        told,
    ):
        assert set(told) == {"profiles", "control_url", "speed", "seed", "site_zone"}
        assert (told["speed"], told["seed"], told["site_zone"]) == (2.0, 5, "Asia/Tokyo")
        offered = {p["backend"]: p for p in told["profiles"]}
        secrets = {"chronicall": {"key"}, "xima": {"key"}, "asternic": {"username", "password"}}
        assert secrets.keys() <= offered.keys()
        assert len(offered) == len({p["name"] for p in told["profiles"]}) == len(told["profiles"])
        for profile in told["profiles"]:
            assert set(profile) == {"name", "backend", "url", "fields", "secrets", "pin", "ca_file", "report_keys"}
            assert profile["url"].startswith("http://127.0.0.1:")
            assert profile["secrets"].keys() == secrets.get(profile["backend"], profile["secrets"].keys())
            assert profile["pin"] is profile["ca_file"] is None
        with urllib.request.urlopen(told["control_url"] + "/state", timeout=5) as reply:
            assert json.load(reply)["at"].endswith("+09:00")
        child.send_signal(signal.SIGINT)
        assert ended(child) == (0, "", "")


def test_it_ends_when_its_input_closes() -> None:
    """Whoever started it is gone."""
    with process("--queues", "2", "--agents", "2") as (child, _):
        assert child.stdin is not None
        child.stdin.close()
        assert ended(child) == (0, "", "")


def test_it_ends_when_its_parent_is_gone_and_removes_its_files() -> None:
    """With TLS, whose certificate file must not stay behind."""
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with process("--tls", "--queues", "2", "--agents", "2", "--parent-pid", str(parent.pid)) as (child, told):
            ca_file = Path(told["profiles"][0]["ca_file"])
            assert ca_file.is_file()
            parent.kill()
            parent.wait(timeout=10)
            assert ended(child) == (0, "", "")
            assert not ca_file.exists()
    finally:
        parent.kill()
        parent.communicate()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--queues", "0"],
        ["--queues", "501"],
        ["--agents", "0"],
        ["--agents", "10001"],
        ["--agents", "many"],
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--chronicall-port", "70000"],
        ["--chronicall-port", "9001", "--xima-port", "9001"],
        ["--parent-pid", "0"],
        ["--nonsense"],
        ["--site-zone", "Mars/Olympus"],
        ["--start", "yesterday"],
        ["--start", "0001-01-01T00:00"],
    ],
)
def test_arguments_that_make_no_sense_get_one_plain_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, one line, no usage text."""
    monkeypatch.setattr("console.demo.main.signal.signal", lambda *_: None)
    monkeypatch.setattr("console.demo.main._watch_standard_input", lambda _: None)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(".\n")
    assert captured.err.count("\n") == 1


def test_a_taken_port_is_said_plainly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1, no trace."""
    monkeypatch.setattr("console.demo.main.signal.signal", lambda *_: None)
    monkeypatch.setattr("console.demo.main._watch_standard_input", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--queues", "1", "--agents", "1", "--xima-port", str(port)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("The demo cannot listen")
    assert error.count("\n") == 1


def test_defaults_are_the_documented_ones() -> None:
    """Twelve queues, sixty agents, seed 1, real time."""
    assert parse([]) == Options(seed=1, speed=1.0, queues=12, agents=60)
    assert parse(["--speed", "60", "--tls"]) == Options(speed=60.0, tls=True)
    with pytest.raises(UsageError):
        parse(["--seed", "x"])


async def test_a_start_may_be_given_and_is_in_the_sites_zone_if_it_names_none() -> None:
    """For pictures and tests that must show the same floor every time."""
    for text in ("2026-09-24T11:00", "2026-09-24T09:00:00Z"):
        options = parse(["--start", text, "--site-zone", "Europe/Berlin", "--queues", "2", "--agents", "3"])
        async with start(replace(options, manual=True)) as demo:
            assert demo.clock.now() == demo.world.now == 1_790_240_400_000


def test_it_ends_at_once_though_a_request_hangs() -> None:
    """Nobody has to be answered first."""
    with process("--queues", "2", "--agents", "2") as (child, told):
        fault = urllib.request.Request(told["control_url"] + "/fault", data=b'{"kind": "hang"}')
        urllib.request.urlopen(fault, timeout=5).close()
        port = int(told["profiles"][0]["url"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /rest/api/v1/realtime/metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            client.settimeout(0.05)
            with pytest.raises(TimeoutError):
                client.recv(1)
            child.send_signal(signal.SIGTERM)
            assert ended(child) == (0, "", "")


async def test_tls_speaks_https_with_the_announced_authority_and_pin() -> None:
    """The file verifies the chain; the pin is the SHA-256 of the leaf on the wire."""
    import asyncio

    async with start(Options(queues=2, agents=3, tls=True, manual=True)) as demo:
        for profile in demo.announcement()["profiles"]:
            assert profile["url"].startswith("https://127.0.0.1:")
            port = int(profile["url"].rpartition(":")[2])
            context = ssl.create_default_context(cafile=profile["ca_file"])
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            leaf = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            assert hashlib.sha256(leaf).hexdigest() == profile["pin"]
            writer.write(b"GET /rest/api/v1/realtime/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith((b"HTTP/1.1 401", b"HTTP/1.1 404"))
            writer.close()
            await writer.wait_closed()


def test_the_clock_runs_at_its_speed_pauses_and_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated time is monotonic time times speed."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    clock = SimClock(1_000_000, speed=60)
    now += 2.5
    assert clock.now() == 1_150_000
    clock.pause()
    now += 10
    assert (clock.now(), clock.paused) == (1_150_000, True)
    clock.step(1)
    clock.resume()
    now += 1
    assert clock.now() == 1_211_000
    clock.step(5)
    assert clock.now() == 1_216_000


def test_a_process_is_alive_or_not() -> None:
    """This one is."""
    assert alive(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=10)
    assert not alive(child.pid)
