"""The demo on a thread of its own and the command line in this process, for tests that run whole commands."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from console.cli.main import run
from console.cli.parser import build_parser
from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.demo.servers.xima import XimaServer
from console.net.redact import Redactor
from console.settings.paths import resolve_paths
from console.settings.secrets import variable_name

ROOT = Path(__file__).parents[1]


class Floor:
    """A running demo as a test sees it: its offer, its faults. Its loop runs on another thread."""

    def __init__(self, demo: RunningDemo, loop: asyncio.AbstractEventLoop) -> None:
        self._demo = demo
        self._loop = loop
        self.offer: dict[str, Any] = demo.announcement()

    @property
    def profiles(self) -> dict[str, dict[str, Any]]:
        """What is offered, by backend."""
        return {each["backend"]: each for each in self._demo.announcement()["profiles"]}

    @property
    def secrets(self) -> set[str]:
        """Every secret the demo knows; none may be seen anywhere."""
        profiles = self._demo.announcement()["profiles"]
        return {value for each in profiles for key, value in each["secrets"].items() if key != "username"}

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which commands and snippets find the secrets."""
        profiles = self._demo.announcement()["profiles"]
        return {variable_name(p["name"], key): value for p in profiles for key, value in p["secrets"].items()}

    def fault(self, kind: str, backend: str | None = None, **args: Any) -> None:
        """Put a fault in force; ``clear`` ends them all."""
        asyncio.run_coroutine_threadsafe(self._demo.fault(kind, backend, **args), self._loop).result(10)

    def first(self, directory: str) -> str:
        """The name of the first queue, trunk and so on, as a person would write it."""
        site = self._demo.world.site
        names = {"queues": site.queue_names, "trunks": [trunk.name for trunk in site.directory.trunks]}
        return str(names[directory][0]) if directory in names else "1"

    def asked(self, backend: str) -> list[str]:
        """Paths and queries a server was asked since `forget`."""
        return [each.target for each in self._demo.server(backend).requests]

    def metrics(self, backend: str) -> tuple[str, ...]:
        """Ids of a Xima server's live metrics."""
        server = self._demo.server(backend)
        assert isinstance(server, XimaServer)
        return tuple(server.feeds)

    def forget(self, backend: str) -> None:
        """Let `asked` begin anew."""
        self._demo.server(backend).requests.clear()

    def pasted(self, backend: str) -> list[dict[str, str]]:
        """The reports of a Xima server with the request details to paste: key, title, request_details each."""
        return [dict(offer) for offer in self._demo.server(backend).report_offers()]


@contextlib.contextmanager
def floor(options: Options) -> Iterator[Floor]:
    """Run a demo until the block ends."""
    ready: Future[Floor] = Future()
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with start(options) as demo:
            loop, over = asyncio.get_running_loop(), asyncio.Event()
            stop.append((loop, over))
            ready.set_result(Floor(demo, loop))
            await over.wait()

    def work() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=work, name="demo", daemon=True)
    thread.start()
    try:
        yield ready.result(60)
    finally:
        for loop, over in stop:
            loop.call_soon_threadsafe(over.set)
        thread.join(20)


@dataclass(frozen=True)
class Said:
    """The end of a command."""

    code: int
    out_bytes: bytes
    err: str

    @property
    def out(self) -> str:
        return self.out_bytes.decode()

    @property
    def complaints(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


@dataclass
class Desk:
    """A person at a command line: a settings folder of their own, secrets in the environment."""

    home: Path
    floor: Floor
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Said:
        """Run `supervisor-console ARGUMENTS` in this process."""
        out, err = io.BytesIO(), io.BytesIO()
        streams = {
            "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
            "stdout": io.TextIOWrapper(out, encoding="utf-8"),
            "stderr": io.TextIOWrapper(err, encoding="utf-8"),
        }
        with contextlib.ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, self.environ))
            for name, stream in streams.items():
                stack.enter_context(patch.object(sys, name, stream))
            try:
                args = build_parser().parse_args([*arguments])
                code = run(args, resolve_paths(self.home), Redactor(), _no_bug)
            except SystemExit as refused:  # words that argparse does not know
                code = int(refused.code or 0)
            for name in ("stdout", "stderr"):
                streams[name].flush()
        return Said(code, out.getvalue(), err.getvalue().decode())

    def process(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The same as a process of its own, in the same settings folder."""
        environ = {**os.environ, **self.environ, "SUPERVISOR_CONSOLE_HOME": str(self.home)}
        command = [sys.executable, "-m", "console", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)

    def add(self, backend: str, *, trust: str = "pin", name: str = "", **changes: str) -> str:
        """Add a profile of the demo, its certificate trusted by ``pin`` or by ``ca_file``; returns its name."""
        offered = self.floor.profiles[backend] | changes
        name = name or offered["name"]
        offer: Mapping[str, Any] = offered
        arguments = [f"--set={key}={value}" for key, value in offer["fields"].items()]
        if offer[trust]:
            arguments.append(f"--{trust.replace('_', '-')}={offer[trust]}")
        self.environ |= {variable_name(name, key): value for key, value in offer["secrets"].items()}
        said = self("profile", "add", name, "--backend", backend, "--url", offer["url"], *arguments)
        assert (said.code, said.err) == (0, "")
        return name

    @property
    def runs(self) -> list[str]:
        """What is left of runs in the state folder."""
        folder = resolve_paths(self.home).runs
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _no_bug(where: str, error: BaseException) -> None:
    pytest.fail(f"{where}: {error!r}")
