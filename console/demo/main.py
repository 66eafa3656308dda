"""Start the demo: in process with `start`, or as a process of its own with `main`."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from console.demo.clock import SimClock
from console.demo.control import ControlServer
from console.demo.faults import parse_fault
from console.demo.options import Options, UsageError, parse
from console.demo.processes import alive
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.registry import FACTORIES, check_quirks
from console.demo.snapshot import state
from console.demo.tasks import Tasks
from console.demo.tls import Certificate, throwaway_certificate
from console.demo.world.world import World
from console.demo.world.zone import Zone

_YOUNG, _MIDDLE, _NEVER = 5_000, 2, 1_000_000  # thresholds of the garbage collector


class RunningDemo:
    """A demo that serves: the world, its clock, its servers, and the same controls as the control server."""

    def __init__(self, stage: Stage, servers: list[WireServer], certificate: Certificate | None) -> None:
        self.stage = stage
        self.servers = servers
        self.control = ControlServer(stage, servers, self.tick)
        self._certificate = certificate

    @property
    def world(self) -> World:
        """The world, as far as it was last advanced."""
        return self.stage.world

    @property
    def clock(self) -> SimClock:
        """The clock of the demo."""
        return self.stage.clock

    @property
    def control_url(self) -> str:
        """Where the control server listens."""
        return self.control.url

    def server(self, backend: str) -> WireServer:
        """Give the server of a backend. KeyError when there is none."""
        for server in self.servers:
            if server.backend == backend:
                return server
        raise KeyError(backend)

    async def tick(self) -> None:
        """Let the world catch up with the clock and push changes to subscribers."""
        self.world.advance(self.clock.now())
        for server in self.servers:
            await server.push()

    async def step(self, seconds: float) -> None:
        """Move time forward by so many simulated seconds and push what changed."""
        self.clock.step(seconds)
        await self.tick()

    async def fault(self, kind: str, profile: str | None = None, **args: Any) -> None:
        """Put a fault in force at one server (by name or backend) or at all; ``clear`` ends them."""
        for server in self.servers:
            if profile in (None, server.name, server.backend):
                _, fault = parse_fault({"kind": kind, **args})
                await server.set_fault(fault)

    def state(self, at_ms: int | None = None) -> dict[str, Any]:
        """Give what ``GET /state`` tells, now or at an instant."""
        world = self.world
        world.advance(self.clock.now())
        fold = world.fold if at_ms is None or at_ms == world.now else world.fold_at(at_ms)
        return state(fold, world.site, world.zone)

    def announcement(self) -> dict[str, Any]:
        """Give what the process prints when it is ready: profiles, control address, speed, seed, zone."""
        certificate = self._certificate
        return {
            "profiles": [
                {
                    "name": server.name,
                    "backend": server.backend,
                    "url": server.url,
                    "fields": server.fields,
                    "secrets": server.secrets,
                    "pin": certificate.pin if certificate else None,
                    "ca_file": str(certificate.ca_file) if certificate else None,
                    "report_keys": {offer["title"]: offer["key"] for offer in server.report_offers()},
                }
                for server in self.servers
            ],
            "control_url": self.control_url,
            "speed": self.clock.speed,
            "seed": self.stage.options.seed,
            "site_zone": self.world.zone.name,
        }


@asynccontextmanager
async def start(options: Options | None = None) -> AsyncIterator[RunningDemo]:
    """Run a demo on loopback until the block ends.

    UsageError when the options make no sense, OSError when a port is taken. With ``Options(manual=True)`` time
    moves by `RunningDemo.step` only and nothing happens in between.
    """
    options = options or Options()
    if (problem := options.problem()) is not None:
        raise UsageError(problem)
    try:
        zone = Zone(options.site_zone)
        start_ms = options.start_at(zone)
        check_quirks(options.quirks)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    async with AsyncExitStack() as stack:
        certificate = stack.enter_context(throwaway_certificate()) if options.tls else None
        world = World(seed=options.seed, queues=options.queues, agents=options.agents, start_ms=start_ms, zone=zone)
        clock = SimClock(start_ms, speed=options.speed, manual=options.manual)
        tasks = Tasks()
        stage = Stage(world, clock, options, tasks, certificate.context if certificate else None)
        demo = RunningDemo(stage, [factory(stage) for factory in FACTORIES], certificate)
        stack.push_async_callback(tasks.aclose)
        for server in demo.servers:
            stack.push_async_callback(server.stop)
            await server.start()
        stack.push_async_callback(demo.control.stop)
        await demo.control.start()
        if not options.manual:
            tasks.start(_ticker(demo), "ticker")
        yield demo


async def _ticker(demo: RunningDemo) -> None:
    while True:
        await asyncio.sleep(demo.stage.options.push_interval_s)
        demo.world.advance(demo.clock.now())
        for server in demo.servers:
            demo.stage.tasks.start(server.push(), f"push of {server.name}")


async def serve(options: Options) -> None:
    """Run a demo, print one line when it is ready, and serve until the process is told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def tell(*_: object) -> None:
        try:
            loop.call_soon_threadsafe(stop.set)
        except RuntimeError:
            return  # already closing

    for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, tell)
    _watch_standard_input(tell)
    async with start(options) as demo:
        if options.parent_pid is not None:
            demo.stage.tasks.start(_watch_parent(options.parent_pid, tell), "parent watch")
        line = json.dumps(demo.announcement(), ensure_ascii=True)
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except OSError:
            return  # whoever started us is gone already
        _calm_collector()
        await stop.wait()


def _calm_collector() -> None:
    """Spare the world from the garbage collector, which else goes through all of it while days are folded.

    That stops the whole process for seconds, and finds nothing: what the demo drops is freed by reference counts.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


def _watch_standard_input(tell: Callable[[], None]) -> None:
    """End when whoever started us lets go of the pipe. A terminal or /dev/null says nothing about that."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def read() -> None:
        try:
            # the bare descriptor: a thread inside sys.stdin would hold its lock when the interpreter ends
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        tell()

    threading.Thread(target=read, name="demo-stdin", daemon=True).start()


async def _watch_parent(pid: int, tell: Callable[[], None]) -> None:
    """Another process cannot be awaited, so it is looked at twice a second."""
    while True:
        await asyncio.sleep(0.5)
        if not alive(pid):
            tell()
            return


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 after a clean end, 2 for arguments that make no sense."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        asyncio.run(serve(options))
    except UsageError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    except OSError as exc:
        sys.stderr.write(f"The demo cannot listen: {exc.strerror or exc}.\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0
