"""Standard input, output and error as they come: closed, full, cut off, interrupted, or with a terminal at the end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cli.live_text import page
from console.domain.clock import SystemClock, now
from console.domain.enums import HealthState
from console.domain.messages import message
from console.domain.model import Health, ProfileId, Snapshot
from console.domain.profile import Profile
from tests.cli.conftest import ROOT, Demo, Run

KEY_VARIABLE = "SUPERVISOR_CONSOLE_SECRET_HEAD_OFFICE_KEY"
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `supervisor-console ARGS` with the streams a test wants, in the settings folder of `run`."""

    started: list[subprocess.Popen[bytes]] = []

    def call(*args: str, env: dict[str, str] | None = None, **streams: Any) -> subprocess.Popen[bytes]:
        variables = {**os.environ, "SUPERVISOR_CONSOLE_HOME": str(tmp_path / "home"), **(env or {})}
        process = subprocess.Popen([sys.executable, "-m", "console", *args], env=variables, cwd=ROOT, **streams)
        started.append(process)
        return process

    yield call
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@pytest.fixture
def key(run: Run, demo: Demo) -> dict[str, str]:
    """A profile "Head office" on the demo's Chronicall; gives the environment that holds its key."""
    offer = demo.profile("chronicall")
    env = {KEY_VARIABLE: offer["secrets"]["key"]}
    assert run("profile", "add", "Head office", "--backend", "chronicall", "--url", offer["url"], env=env).code == 0
    return env


def test_following_ends_when_nobody_reads_on(start: Start, key: dict[str, str]) -> None:
    process = start("live", "Head office", "--follow", "--json", env=key, stdout=-1, stderr=-1)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(15) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_full_disk_is_said_in_a_sentence(start: Start, key: dict[str, str]) -> None:
    if not Path("/dev/full").exists():
        return
    with Path("/dev/full").open("wb") as full:
        process = start("live", "Head office", "--once", env=key, stdout=full, stderr=-1)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.decode()) == (
        2,
        "The standard output cannot be written (No space left on device).\n",
    )


def test_closed_streams_are_no_fault_of_ours(start: Start) -> None:
    add = ("profile", "add", "x", "--backend", "chronicall", "--url", "http://127.0.0.1:1")
    process = start(*add, preexec_fn=lambda: os.close(0), stdout=-1, stderr=-1)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (2, b"", b"The Authentication key is empty.\n")
    process = start("live", "nobody", preexec_fn=lambda: os.close(2), stdout=-1)
    assert (process.communicate(timeout=30)[0], process.returncode) == (b"", 2), "an error never goes to the output"


def test_a_secret_that_is_no_text_is_refused_in_a_sentence(start: Start) -> None:
    add = ("profile", "add", "x", "--backend", "chronicall", "--url", "http://127.0.0.1:1")
    process = start(*add, stdin=-1, stdout=-1, stderr=-1)
    _, err = process.communicate(b"\xff\xfe\x80secret\n", timeout=30)
    assert process.returncode == 2
    assert err.decode() == "Give the secret on standard input: it must be UTF-8 text.\n"


def test_a_working_folder_that_is_gone_is_said_in_a_sentence(tmp_path: Path) -> None:
    start = "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); from console.app.main import main"
    code = f"{start}; sys.exit(main(['--config-dir', 'here', 'profile', 'list']))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"The folder here cannot be used")


def test_an_interrupt_ends_the_wait_for_a_secret(start: Start, tmp_path: Path) -> None:
    add = ("profile", "add", "x", "--backend", "chronicall", "--url", "http://127.0.0.1:1")
    process = start(*add, stdin=-1, stdout=-1, stderr=-1)
    while process.poll() is None and not (tmp_path / "home" / "crashes").exists():
        time.sleep(0.02)  # then it is past its imports and reads, or is about to
    time.sleep(0.3)
    for _ in range(10):  # on a busy machine it may still be importing, and a person presses again
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3)
            break
    _, err = process.communicate(timeout=5)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_names_from_a_server_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from console.cli.exits import complain

    gone = message("metrics.gone", count=1, host="h", names="\x1b]0;owned\x07\nline")
    complain(gone)
    assert capsys.readouterr().err.count("\n") == 1
    clock = SystemClock()
    profile = Profile(ProfileId("1"), "Head\x1b[31m", "chronicall", "http://h")
    snapshot = Snapshot(profile.id, profile.backend, now(clock), {}, notices=(gone,))
    health = Health(HealthState.ERROR, now(clock), gone)
    assert "\x1b" not in page(profile, "Chronicall", snapshot, health, clock.monotonic())
