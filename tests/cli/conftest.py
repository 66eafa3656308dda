"""The demo call centre as a process of its own, and the command line as another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demo:
    """A running demo: its offer, and its truth."""

    offer: dict[str, Any]

    def profile(self, backend: str) -> dict[str, Any]:
        return next(p for p in self.offer["profiles"] if p["backend"] == backend)

    def state(self, at: str = "") -> dict[str, Any]:
        url = f"{self.offer['control_url']}/state" + (f"?at={at.replace('+', '%2B')}" if at else "")
        for _ in range(30):  # the console knows the server's clock to within a second only
            try:
                with urllib.request.urlopen(url, timeout=10) as reply:
                    state: dict[str, Any] = json.load(reply)
                return state
            except urllib.error.HTTPError as refused:
                refused.close()
                time.sleep(0.1)
        raise AssertionError(f"the world never reached {at}")

    def fault(self, **body: object) -> None:
        request = urllib.request.Request(
            f"{self.offer['control_url']}/fault", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            for told in json.load(reply):  # a revoked key has a successor, which the tests that follow need
                next(p for p in self.offer["profiles"] if p["name"] == told["profile"])["secrets"] = told["secrets"]


@pytest.fixture(scope="session")
def demo_servers() -> Iterator[Demo]:
    """One demo call centre for all tests that only read."""
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "demo-servers", "--seed", "7", "--queues", "5", "--agents", "20"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield Demo(json.loads(line))
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def demo(demo_servers: Demo) -> Iterator[Demo]:
    """The shared demo, without faults before and after."""
    yield demo_servers
    demo_servers.fault(kind="clear")


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `supervisor-console ARGS` as a process with a settings folder of its own and no usable keyring."""
    home = tmp_path / "home"

    def call(*args: str, stdin: str = "", env: dict[str, str] | None = None, timeout_s: float = 60) -> Done:
        variables = {**os.environ, "SUPERVISOR_CONSOLE_HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        variables |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **(env or {})}
        done = subprocess.run(
            [sys.executable, "-m", "console", *args],
            input=stdin.encode(),
            capture_output=True,
            env=variables,
            cwd=ROOT,
            timeout=timeout_s,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@dataclass
class Follower:
    """A `live --follow --json` process and the states it has printed."""

    process: subprocess.Popen[bytes]
    states: list[dict[str, Any]]

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.states.append(json.loads(line))


@pytest.fixture
def follow(tmp_path: Path) -> Iterator[Callable[..., Follower]]:
    """Start `live NAME --follow --json`; its states collect in the background."""
    started: list[Follower] = []

    def start(*args: str, env: dict[str, str]) -> Follower:
        variables = {**os.environ, "SUPERVISOR_CONSOLE_HOME": str(tmp_path / "home"), **env}
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "live", *args, "--follow", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            cwd=ROOT,
        )
        follower = Follower(process, [])
        started.append(follower)
        threading.Thread(target=follower.read, daemon=True).start()
        return follower

    yield start
    for follower in started:
        if follower.process.poll() is None:
            follower.process.kill()
        follower.process.wait(10)
        for pipe in (follower.process.stdout, follower.process.stderr):
            assert pipe is not None
            pipe.close()
