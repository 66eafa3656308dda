"""Starts the demo call centre as a child process and reads what it offers. Imports nothing of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.domain.profile import DEFAULT_POLL_S, MIN_POLL_S, Profile
from console.domain.secret import Secret

READY_S = 120.0  # a world of 10,000 agents takes its time
CHILD_FLAG = "--run-demo-servers"  # a frozen program starts itself with it; see console.app.main


@dataclass(frozen=True, slots=True)
class DemoProfile:
    """A profile the demo offers, with its secrets, and the keys of its reports by their titles where it has any."""

    profile: Profile
    secrets: dict[str, Secret]
    report_keys: dict[str, str] = field(default_factory=dict)


def child_command(arguments: Sequence[str]) -> list[str]:
    """The command line of the demo servers: this Python, or this frozen program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG, *arguments]
    return [sys.executable, "-m", "console.demo", *arguments]


class DemoServers:
    """The running child. It ends when its standard input closes, so it cannot outlive the console."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._last_words: deque[bytes] = deque(maxlen=20)
        self._listener = threading.Thread(target=self._listen, name="demo-stderr", daemon=True)
        self._listener.start()
        self.offer: dict[str, Any] = {}

    @classmethod
    def spawn(cls, arguments: Sequence[str]) -> DemoServers:
        """Start the child; returns at once. Raises UserError when it cannot be started."""
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
                child_command(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as failure:
            raise UserError(message("demo.start", what=failure.strerror or "the program cannot be run")) from failure
        return cls(process)

    async def ready(self) -> tuple[DemoProfile, ...]:
        """Wait for the child's offer. Raises UserError when the child fails or says nothing sensible in time."""
        try:
            async with asyncio.timeout(READY_S):
                line = await asyncio.to_thread(self._first_line)
            self.offer = json.loads(line)
            return tuple(_demo_profile(item, float(self.offer.get("speed") or 1.0)) for item in self.offer["profiles"])
        except (TimeoutError, ValueError, KeyError, TypeError) as failure:
            self.stop()
            raise UserError(message("demo.start", what=self._complaint() or type(failure).__name__)) from failure

    @property
    def is_running(self) -> bool:
        """Whether the child is alive."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the child, within a second."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(0.8 if self.offer else 0)  # while it builds its world it does not listen
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(1.0)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._listener.join(0.5)

    def _listen(self) -> None:
        """Take what the child complains of, for as long as it lives: a full pipe would stop it."""
        if self._process.stderr is not None:
            with self._process.stderr as pipe:
                self._last_words.extend(pipe)

    def _first_line(self) -> bytes:
        if self._process.stdout is None:
            raise ValueError("no output")
        return self._process.stdout.readline()

    def _complaint(self) -> str:
        """The last thing an ended child has said."""
        self._listener.join(1.0)
        return self._last_words[-1].decode(errors="replace").strip() if self._last_words else ""


def _demo_profile(item: dict[str, Any], speed: float) -> DemoProfile:
    """A profile of what is offered; where time runs fast it is asked more often, so that less of it is missed."""
    profile = Profile(
        id=ProfileId(str(uuid5(NAMESPACE_URL, f"demo:{item['backend']}"))),  # so that a layout finds it again
        name=item["name"],
        backend=item["backend"],
        url=item["url"],
        fields=dict(item.get("fields") or {}),
        pin=item.get("pin") or "",
        poll_s=max(MIN_POLL_S, min(DEFAULT_POLL_S, DEFAULT_POLL_S / speed)),
    )
    secrets = {name: Secret(text) for name, text in (item.get("secrets") or {}).items()}
    return DemoProfile(profile, secrets, dict(item.get("report_keys") or {}))
