"""What every wire server needs: a port that can go away, simulated dates, keys, and faults on demand."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from aiohttp import web

from console.demo.clock import SimClock
from console.demo.faults import Fault
from console.demo.options import Options
from console.demo.tasks import Tasks
from console.demo.world.fold import Fold
from console.demo.world.restart import restarted
from console.demo.world.world import World

HOST = "127.0.0.1"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Sign in</form></body></html>"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived, kept so that tests can assert what a client really sent."""

    at_ms: int
    method: str
    target: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """What servers are given to work with."""

    world: World
    clock: SimClock
    options: Options
    tasks: Tasks
    tls: ssl.SSLContext | None


class WireServer:
    """A server of one vendor's wire on a loopback port of its own.

    A subclass adds its routes in `routes`, its secrets in `secrets` and may refine `on_fault` and `push`.
    """

    name = ""
    backend = ""

    def __init__(self, stage: Stage, port: int) -> None:
        self.stage = stage
        self.port = port
        self.faults: dict[str, Fault] = {}
        self.requests: deque[Received] = deque(maxlen=2000)
        self._cleared = asyncio.Event()
        self._restarted: Fold | None = None  # the floor with counters of its own, since they were reset
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    # -- for subclasses --------------------------------------------------------------------------------------

    def routes(self, app: web.Application) -> None:
        """Add the vendor's endpoints."""
        raise NotImplementedError

    @property
    def fields(self) -> dict[str, str]:
        """Profile fields other than secrets."""
        return {}

    @property
    def secrets(self) -> dict[str, str]:
        """What a client needs to sign in."""
        return {}

    def report_offers(self) -> list[dict[str, Any]]:
        """Reports that people can only find by pasting: server, key, title, request_details each."""
        return []

    async def on_fault(self, fault: Fault) -> None:
        """Do what a new fault needs beyond being in force."""

    async def on_clear(self) -> None:
        """Undo it."""

    async def push(self) -> None:
        """Send what changed to whoever subscribed."""

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def skew_ms(self) -> int:
        """How wrong this server's clock is."""
        fault = self.faults.get("clock_skew")
        return int(fault.number("seconds", 300) * 1000) if fault is not None else 0

    def live(self) -> None:
        """Let the world catch up with the clock."""
        self.stage.world.advance(self.stage.clock.now())

    @property
    def fold(self) -> Fold:
        """The floor now, as this system counts it: since the day began, or since its counters were last reset."""
        world, own = self.stage.world, self._restarted
        if own is None or own.start != world.fold.start:
            self._restarted = None
            return world.fold
        if own.now != world.now:
            own.advance(world.log_of(world.day), world.now)
        return own

    # -- life ------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base address."""
        return f"{'https' if self.stage.tls else 'http'}://{HOST}:{self.port}"

    async def start(self) -> None:
        """Bind the port and serve. OSError when it is taken."""
        app = web.Application(middlewares=[self._middleware])
        app.on_response_prepare.append(self._stamp)
        self.routes(app)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._open()

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _open(self) -> None:
        assert self._runner is not None
        site = web.TCPSite(self._runner, HOST, self.port, ssl_context=self.stage.tls)
        await site.start()
        self._site = site
        self.port = int(self._runner.addresses[0][1])

    async def _close(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self.cut_connections()

    def cut_connections(self) -> None:
        """Reset every open connection."""
        if self._runner is None or self._runner.server is None:
            return
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    # -- faults ----------------------------------------------------------------------------------------------

    async def set_fault(self, fault: Fault | None) -> None:
        """Put a fault in force, or clear them all with None."""
        if fault is None:
            self.faults.clear()
            self._cleared.set()
            self._cleared = asyncio.Event()
            await self.on_clear()
            if self._site is None:
                await self._open()
            return
        if fault.kind == "reset_counters":
            self.live()
            self._restarted = restarted(self.fold)
            return
        self.faults[fault.kind] = fault
        if fault.kind == "down":
            await self._close()
        await self.on_fault(fault)

    def hit(self, kind: str, path: str) -> Fault | None:
        """Give the fault of a kind if it strikes this call."""
        fault = self.faults.get(kind)
        return fault if fault is not None and fault.takes(path) else None

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path
        self.requests.append(Received(self.stage.clock.now(), request.method, request.raw_path, dict(request.headers)))
        self.live()
        if self.hit("hang", path) is not None:
            await self._cleared.wait()
        if (slow := self.hit("slow", path)) is not None:
            await asyncio.sleep(slow.number("ms", 2000) / 1000)
        if (status := self.hit("status", path)) is not None:
            return _status(status)
        if self.hit("html", path) is not None:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if self.hit("invalid_json", path) is not None:
            return web.Response(body=b"{\"results\": [{'key': NaN,,", content_type="application/json")
        response: web.StreamResponse = await handler(request)
        if (cut := self.hit("truncate", path)) is not None and isinstance(response, web.Response):
            return await self._truncated(request, response, cut)
        return response

    async def _truncated(self, request: web.Request, response: web.Response, cut: Fault) -> web.StreamResponse:
        """Send the first half: as a complete reply, or with ``"mode": "drop"`` as a broken connection."""
        body = response.body
        data = bytes(body) if isinstance(body, bytes | bytearray) else b""
        half = data[: int(cut.number("at", len(data) // 2))]
        if cut.args.get("mode") != "drop":
            return web.Response(status=response.status, body=half, content_type="application/json")
        broken = web.StreamResponse(status=response.status, headers={"Content-Type": "application/json"})
        broken.content_length = len(data) + 1
        await broken.prepare(request)
        await broken.write(half)
        if request.transport is not None:
            request.transport.close()
        return broken

    async def _stamp(self, _request: web.Request, response: web.StreamResponse) -> None:
        """The Date header tells simulated time, as everything else does."""
        moment = self.stage.clock.now() + self.skew_ms
        response.headers["Date"] = formatdate(moment // 1000, usegmt=True)
        response.headers["Server"] = "demo"


def _status(fault: Fault) -> web.Response:
    status = int(fault.number("status", 500))
    headers = {}
    if (after := fault.args.get("retry_after")) is not None:
        headers["Retry-After"] = str(after)
    text = str(fault.args.get("body", f"<html><body><h1>HTTP Status {status}</h1></body></html>"))
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)
