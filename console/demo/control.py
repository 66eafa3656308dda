"""The control server: looks into the world, moves its clock, breaks its servers. Loopback only.

Tests and people use it; the product never does.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from aiohttp import web

from console.demo.faults import parse_fault
from console.demo.servers.base import HOST, Stage, WireServer
from console.demo.snapshot import state
from console.demo.tasks import in_thread
from console.demo.world.events import Event, as_json
from console.demo.world.site import Site
from console.demo.world.site_json import site_json
from console.demo.world.world import FINISHED_DAYS

T = TypeVar("T")
_INLINE_AGENTS = 500
_CHUNK = 2000


class ControlServer:
    """``GET /state /calls /site /reports``, ``POST /pause /resume /step /fault`` on a port of its own."""

    def __init__(self, stage: Stage, servers: list[WireServer], tick: Callable[[], Awaitable[None]]) -> None:
        self._stage = stage
        self._servers = servers
        self._tick = tick
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Bind an ephemeral port."""
        app = web.Application(middlewares=[_plain_errors])
        app.router.add_get("/state", self._state)
        app.router.add_get("/calls", self._calls)
        app.router.add_get("/site", self._site)
        app.router.add_get("/reports", self._reports)
        app.router.add_post("/pause", self._pause)
        app.router.add_post("/resume", self._resume)
        app.router.add_post("/step", self._step)
        app.router.add_post("/fault", self._fault)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _live(self) -> None:
        self._stage.world.advance(self._stage.clock.now())

    async def _compute(self, function: Callable[[], T]) -> T:
        """Small floors fold at once; large ones beside the loop, so that the wires stay alive."""
        return function() if self._stage.options.agents <= _INLINE_AGENTS else await in_thread(function)

    async def _state(self, request: web.Request) -> web.Response:
        self._live()
        world = self._stage.world
        at = self._instant(request.query.get("at"))
        if at is None or at == world.now:
            return web.json_response(state(world.fold, world.site, world.zone), dumps=_dumps)
        fold = await self._compute(lambda: world.fold_at(at))
        return web.json_response(state(fold, world.site, world.zone), dumps=_dumps)

    async def _calls(self, request: web.Request) -> web.StreamResponse:
        self._live()
        world = self._stage.world
        day_text = request.query.get("day")
        start, end = self._instant(request.query.get("from")), self._instant(request.query.get("to"))
        if start is not None or end is not None:
            first = world.day_start(world.day - 8) if start is None else start
            last = world.now if end is None else end
            events: Iterable[Event] = await self._compute(lambda: list(world.events_between(first, last)))
        else:
            day = self._day(day_text or "0")
            events = (await self._compute(lambda: world.log_of(day)))[:]
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson; charset=utf-8"})
        await response.prepare(request)
        for chunk in _lines(events, world.site):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _site(self, _request: web.Request) -> web.Response:
        """Everything no event changes, and which days of the log there are."""
        self._live()
        world = self._stage.world
        days = []
        for day in range(world.day - FINISHED_DAYS, world.day + 1):
            shown, start = world.zone.local(world.opening(day)).date().isoformat(), world.day_start(day)
            days.append({"day": day - world.day, "date": shown, "start_ms": start})
        return web.json_response(site_json(world.site, days), dumps=_dumps)

    async def _reports(self, _request: web.Request) -> web.Response:
        """Reports no wire lists, with the request details to paste: server, key, title, request_details each."""
        self._live()
        return web.json_response([offer for each in self._servers for offer in each.report_offers()], dumps=_dumps)

    def _day(self, text: str) -> int:
        """Read a day: 0 is today, -1 yesterday; or the date of its opening in the site's zone."""
        world = self._stage.world
        try:
            return world.day + int(text)
        except ValueError:
            pass
        try:
            wanted = date.fromisoformat(text)
        except ValueError as exc:
            raise ValueError("day must be a whole number (0 is today, -1 yesterday) or a date, YYYY-MM-DD.") from exc
        for day in range(world.day - FINISHED_DAYS, world.day + 1):
            if world.zone.local(world.opening(day)).date() == wanted:
                return day
        raise LookupError(f"there is no day {text}")

    async def _pause(self, _request: web.Request) -> web.Response:
        self._stage.clock.pause()
        return await self._told()

    async def _resume(self, _request: web.Request) -> web.Response:
        self._stage.clock.resume()
        return await self._told()

    async def _step(self, request: web.Request) -> web.Response:
        try:
            seconds = float(request.query.get("s", "1"))
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 8 * 86_400:
            raise ValueError("s must be a number of seconds, at most eight days.")
        self._stage.clock.step(seconds)
        return await self._told()

    async def _told(self) -> web.Response:
        self._live()
        await self._tick()
        world, clock = self._stage.world, self._stage.clock
        return web.json_response({"now": world.zone.iso(world.now), "now_ms": world.now, "paused": clock.paused})

    async def _fault(self, request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.text())
        except ValueError as exc:
            raise ValueError("The body is not JSON.") from exc
        profile, fault = parse_fault(body)
        chosen = [each for each in self._servers if profile in (None, each.name, each.backend)]
        if not chosen:
            raise ValueError(f"There is no profile {profile!r}.")
        for server in chosen:
            # each server counts for itself
            await server.set_fault(None if fault is None else replace(fault, args=dict(fault.args)))
        return web.json_response(
            [{"profile": each.name, "faults": sorted(each.faults), "secrets": each.secrets} for each in chosen],
            dumps=_dumps,
        )

    def _instant(self, text: str | None) -> int | None:
        if text is None:
            return None
        try:
            # a plus sign that was not encoded arrives as a space
            moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        except ValueError as exc:
            raise ValueError(f"{text!r} is not an ISO 8601 time.") from exc
        if moment.tzinfo is None:
            return self._stage.world.zone.instant(moment)
        return round(moment.timestamp() * 1000)


def _lines(events: Iterable[Event], site: Site) -> Iterator[bytes]:
    queues, agents, book = site.queue_names, site.agent_keys, site.directory
    chunk: list[str] = []
    for event in events:
        chunk.append(_dumps(as_json(event, queues, agents, book)))
        if len(chunk) == _CHUNK:
            yield ("\n".join(chunk) + "\n").encode()
            chunk.clear()
    if chunk:
        yield ("\n".join(chunk) + "\n").encode()


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@web.middleware
async def _plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except ValueError as exc:
        return web.json_response({"error": str(exc)}, status=400)
    except LookupError as exc:
        return web.json_response({"error": str(exc)}, status=404)
