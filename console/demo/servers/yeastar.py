"""The P-Series Open API wire: token pair, envelope with ``errcode``, queue and agent status, day report, events.

Written from the vendor's developer guide (pages "Get Access Token", "Response Result", "Query Call Status of a
Queue", "Query Agent Status of a Queue", "Query Call Report List", "Monitor Events via WebSocket") and from what
users of real exchanges report; from nothing of our client.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from console.demo.faults import Fault
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.yeastar_books import Books
from console.demo.servers.yeastar_clock import WallClock
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.servers.yeastar_report import performance
from console.demo.servers.yeastar_socket import EventSocket, frames_of, serve_socket
from console.demo.servers.yeastar_tokens import Pair, TokenDesk
from console.demo.world.fold import DIALING, HOLD, OFF, PAUSED, RINGING, TALKING, AgentFold

V1, V2 = "/openapi/v1.0", "/openapi/v2.0"
Handler = Callable[[web.Request], Awaitable[dict[str, Any]]]
_MESSAGES = {
    -1: "FAILURE",
    0: "SUCCESS",
    10001: "INTERFACE NOT EXISTED",
    10004: "TOKEN EXPIRED",
    10005: "ACCESS DENIED",
    40002: "PARAMETER ERROR",
    60001: "DATA NOT FOUND",
    60002: "MAX LIMITATION EXCEEDED",
    70004: "ACCOUNT IP BLOCKED",
    70082: "OVERLOAD_TASK_RUNNING",
    70087: "IP FORBIDDEN",
    70123: "API UNAVAILABLE",
}
_EXT_ID = 71  # internal ids have nothing to do with numbers


class Refused(Exception):
    """A request is answered with an error code, in HTTP 200 as everything else."""

    def __init__(self, code: int, **more: Any) -> None:
        super().__init__(str(code))
        self.code = code
        self.more = more


class YeastarServer(WireServer):
    """One exchange."""

    name = "Demo Yeastar"
    backend = "yeastar"
    serial = "3631A2120001"

    def __init__(self, stage: Stage, port: int = 0, quirks: Quirks | None = None) -> None:
        super().__init__(stage, port)
        self.quirks = quirks or Quirks()
        self.tokens = TokenDesk(self.quirks, stage.clock.wire_ms)
        self.sockets: set[EventSocket] = set()
        self.clock = WallClock(stage.world)
        self.books = Books(stage, self.quirks.sla_s)
        self._sent: tuple[int, int] = (stage.world.day, len(stage.world.log_of(stage.world.day)))

    @property
    def secrets(self) -> dict[str, str]:
        """What the portal shows under Integrations > API."""
        return {"client_id": self.tokens.client_id, "client_secret": self.tokens.client_secret}

    def routes(self, app: web.Application) -> None:
        """Add the endpoints; whatever else is asked for below ``/openapi`` is answered in the envelope, too."""
        reads: dict[str, Handler] = {
            f"{V1}/system/information": self._system,
            f"{V1}/queue/list": self._queues,
            f"{V1}/extension/list": self._extensions,
            f"{V1}/queue/call_status": self._calls,
            f"{V1}/queue/agent_status": self._agents,
            f"{V1}/call_report/list": self._report_v1,
        }
        if self.quirks.has_v2:
            reads[f"{V2}/call_report/list"] = self._report_v2
        app.router.add_post(f"{V1}/get_token", self._enveloped(self._get_token))
        app.router.add_post(f"{V1}/refresh_token", self._enveloped(self._refresh_token))
        app.router.add_get(f"{V1}/del_token", self._enveloped(self._del_token))
        app.router.add_get(f"{V1}/subscribe", self._subscribe)
        for path, handler in reads.items():
            app.router.add_get(path, self._enveloped(self._signed(handler)))
        app.router.add_route("*", "/openapi/{rest:.*}", self._enveloped(self._unknown))

    # -- the envelope ----------------------------------------------------------------------------------------

    def _enveloped(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._admit(request)
                body = await handler(request)
                code = 0
            except Refused as refusal:
                code, body = refusal.code, refusal.more
            shown: int | str = str(code) if self.quirks.as_text else code
            return _json({"errcode": shown, "errmsg": _MESSAGES.get(code, "UNKNOWN"), **body})

        return answer

    def _admit(self, request: web.Request) -> None:
        if not request.headers.get("User-Agent", "").strip():
            raise web.HTTPForbidden(text="Forbidden")
        if "old_version" in self.faults:
            raise web.HTTPNotFound(text="<html><body>404 Not Found</body></html>", content_type="text/html")
        if (fault := self.hit("errcode", request.path)) is not None:
            raise Refused(int(fault.number("errcode", -2)))

    def _signed(self, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> dict[str, Any]:
            if not self.tokens.accepts(request.query.get("access_token", "")):
                raise Refused(10004)
            return await handler(request)

        return answer

    async def _unknown(self, request: web.Request) -> dict[str, Any]:
        raise Refused(10001)

    # -- tokens ----------------------------------------------------------------------------------------------

    async def _get_token(self, request: web.Request) -> dict[str, Any]:
        body = await _body(request)
        return self._handed(*self.tokens.sign_in(body.get("username"), body.get("password")))

    async def _refresh_token(self, request: web.Request) -> dict[str, Any]:
        return self._handed(*self.tokens.refresh((await _body(request)).get("refresh_token")))

    async def _del_token(self, request: web.Request) -> dict[str, Any]:
        token = request.query.get("access_token", "")
        if not self.tokens.revoke(token):
            raise Refused(10004)
        for socket in [each for each in self.sockets if each.token == token]:
            socket.cut()
        return {}

    def _handed(self, code: int, pair: Pair | None) -> dict[str, Any]:
        if code == -1:
            raise Refused(-1, invalid_param_list=[{"field": "username or password", "value": "error"}])
        if pair is None:
            raise Refused(code)
        return {
            "access_token_expire_time": self._int(self.quirks.access_s),
            "access_token": pair.access,
            "refresh_token_expire_time": self._int(self.quirks.refresh_s),
            "refresh_token": pair.refresh,
        }

    # -- who is there ----------------------------------------------------------------------------------------

    async def _system(self, _request: web.Request) -> dict[str, Any]:
        now = self.stage.clock.now() + self.skew_ms
        moment = self.local(now)
        return {
            "data": {
                "device_name": "Demo exchange",
                "model_name": "P570",
                "sn": self.serial,
                "firmware_version": self.quirks.firmware,
                "system_time": self.quirks.wall(moment),
                "system_date_format": self.quirks.date_format,
                "system_time_format": self.quirks.time_format(moment),
                "timestamp": self._int(now // 1000),
                "up_time": 86_400,
            }
        }

    async def _queues(self, request: web.Request) -> dict[str, Any]:
        site = self.stage.world.site
        rows = [
            {
                "id": self._int(queue.index + 1),
                "number": queue.extension,
                "name": queue.name,
                "ring_strategy": "least_recent",
                "static_agent_list": self._list([]),
                "dynamic_agent_list": [self._member(index) for index in site.members[queue.index]],
                "manager_list": self._list([]),
            }
            for queue in site.queues
        ]
        return self._page(request, rows, "queue_list")

    async def _extensions(self, request: web.Request) -> dict[str, Any]:
        rows = [
            {
                "id": self._int(agent.index + _EXT_ID),
                "number": agent.extension,
                "caller_id_name": agent.name,
                "role_name": "Employee",
                "presence_status": "available",
            }
            for agent in self.stage.world.site.agents
        ]
        return self._page(request, rows, "data")

    def _member(self, index: int) -> dict[str, str]:
        agent = self.stage.world.site.agents[index]
        return {"text": agent.name, "text2": agent.extension, "value": str(index + _EXT_ID), "type": "extension"}

    def _page(self, request: web.Request, rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
        size = min(_whole(request.query.get("page_size"), 10), self.quirks.page_limit)
        first = (_whole(request.query.get("page"), 1) - 1) * size
        return {"total_number": self._int(len(rows)), key: self._list(rows[first : first + size])}

    # -- what happens now ------------------------------------------------------------------------------------

    async def _calls(self, request: web.Request) -> dict[str, Any]:
        index = self._queue_of(request, waiting_calls=0, active_calls=0, ringing_calls=0)
        world, book = self.stage.world, self.books.today()
        now, queue, site = world.now, world.fold.queues[index], world.site
        waiting = [
            self._call(call, now - entered, number, site.queues[index].extension, site.queues[index].name)
            for call, entered in queue.waiting.items()
            if (number := world.fold.calls.get(call, "")) is not None
        ]
        ringing, active = [], []
        for place in site.members[index]:
            agent, info = world.fold.agents[place], site.agents[place]
            if agent.queue != index:
                continue
            if agent.state == RINGING:
                ringing.append(self._call(agent.call, now - agent.since, agent.caller or "", info.extension, info.name))
            elif agent.state in (TALKING, HOLD):
                since = book.answered.get(agent.call, agent.since)
                active.append(self._call(agent.call, now - since, agent.caller or "", info.extension, info.name))
        if self.quirks.idle_is_60001 and not (waiting or ringing or active):
            raise Refused(60001, **_no_calls())
        return {
            "waiting_list": self._list(waiting),
            "active_list": self._list(active),
            "ringing_list": self._list(ringing),
            "waiting_calls": self._int(len(waiting)),
            "active_calls": self._int(len(active)),
            "ringing_calls": self._int(len(ringing)),
        }

    def _call(self, call: int, ms: int, number: str, callee: str, callee_name: str) -> dict[str, Any]:
        return {
            "call_id": self.call_id(0, call),
            "caller_number": number,
            "caller_display_name": self.stage.world.site.caller_names.get(number, number),
            "callee_number": callee,
            "callee_display_name": callee_name,
            "duration": self._int(ms // 1000),
        }

    def call_id(self, _t: int, call: int) -> str:
        """An id like ``1651057476.362``: an instant and a number, to be kept as text."""
        entered = self.books.today().entered.get(call, self.stage.world.day_start(self.stage.world.day))
        return f"{entered // 1000}.{call}"

    async def _agents(self, request: web.Request) -> dict[str, Any]:
        index = self._queue_of(request, data=None, total_number=0)
        site, fold = self.stage.world.site, self.stage.world.fold
        rows = [self._agent(fold.agents[place], place) for place in site.members[index]]
        return {"total_number": self._int(len(rows)), "data": self._list(rows)}

    def _agent(self, agent: AgentFold, index: int) -> dict[str, Any]:
        """After-call work does not exist on this wire: such an agent looks idle."""
        info = self.stage.world.site.agents[index]
        status = {TALKING: 2, HOLD: 2, DIALING: 2, RINGING: 3}.get(agent.state, 1)
        return {
            "name": info.name,
            "number": info.extension,
            "is_login": self._int(int(agent.state != OFF)),
            "is_pause": self._int(int(agent.state == PAUSED)),
            "call_status": self._int(status),
            "pause_reason": agent.reason or "" if agent.state == PAUSED else "",
            "agent_type": "dynamic",
        }

    def _queue_of(self, request: web.Request, **empty: Any) -> int:
        """The position of the queue asked for; an unknown id is answered with an empty skeleton and 60001."""
        index = _whole(request.query.get("id"), 0) - 1
        if not 0 <= index < len(self.stage.world.site.queues):
            raise Refused(60001, **empty)
        return index

    # -- the day's report ------------------------------------------------------------------------------------

    async def _report_v1(self, request: web.Request) -> dict[str, Any]:
        """Newer firmware still answers here, with success and without any row."""
        if request.query.get("type") != "queueperformance":
            raise Refused(-2)
        start = self.quirks.read(request.query.get("start_time", ""))
        if self.quirks.has_v2 or start is None:
            return {"total_number": self._int(0), "queue_performance_list": self._list([])}
        return await self._performance(request, is_v2=False)

    async def _report_v2(self, request: web.Request) -> dict[str, Any]:
        """Names the format it wants when it gets another."""
        if request.query.get("type") != "queueperformance":
            raise Refused(-2)
        for name in ("start_time", "end_time"):
            if self.quirks.read(request.query.get(name, "")) is None:
                wanted = f"valid format: {self.quirks.go_layout}"
                raise Refused(40002, invalid_param_list=[{"field": name, "valid_msg": wanted}])
        return await self._performance(request, is_v2=True)

    async def _performance(self, request: web.Request, *, is_v2: bool) -> dict[str, Any]:
        given = request.query.get("queue_id_list", "")
        if not given:
            raise Refused(40002, invalid_param_list=[{"field": "queue_id_list", "value": "error"}])
        start = self.clock.instant(self.quirks, request.query["start_time"])
        end = min(self.clock.instant(self.quirks, request.query["end_time"]) + 999, self.stage.world.now)
        book = await self.books.of(start, end)
        site = self.stage.world.site
        rows = [
            {
                "queue": site.queues[index].name,
                "queue_num": site.queues[index].extension,
                **performance(book.sums[index], end, is_v2=is_v2),
            }
            for part in given.split(",")
            if 0 <= (index := _whole(part, 0) - 1) < len(site.queues)
        ]
        return {
            "total_number": self._int(len(rows)),
            "queue_performance_list": self._list(rows),
            "is_12hour": int(self.quirks.is_12_hour),
        }

    def local(self, ms: int) -> datetime:
        """An instant on the exchange's wall clock."""
        return self.clock.local(ms)

    # -- events and faults -----------------------------------------------------------------------------------

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("access_token", "")
        if not self.tokens.accepts(token):
            return _json({"errcode": 10004, "errmsg": _MESSAGES[10004]}, status=401)
        return await serve_socket(self, request, token)

    async def push(self) -> None:
        """Send what happened since the last push, and drop who has been silent for a minute."""
        world = self.stage.world
        day, position = self._sent
        log = world.log_of(world.day)
        self._sent = (world.day, len(log))
        if not self.sockets:
            return
        new = log[position if day == world.day else 0 :]
        frames = [frame for event in new if event[0] <= world.now for frame in frames_of(event, self)]
        now = self.stage.clock.wire_ms()
        for socket in list(self.sockets):
            if now - socket.heard_ms > self.quirks.idle_cut_s * 1000:
                socket.cut()
            elif "mute_sockets" not in self.faults:
                await socket.send(frames)

    async def on_fault(self, fault: Fault) -> None:
        """New secret, expired tokens, dropped sockets: these happen once and stay done."""
        if fault.kind == "revoke_key":
            self.tokens.renew_secret()
        elif fault.kind == "expire_tokens":
            self.tokens.expire(refresh_too=bool(fault.args.get("refresh_too")))
        if fault.kind in ("drop_sockets", "revoke_key"):
            for socket in list(self.sockets):
                socket.cut()
        if fault.kind in ("revoke_key", "expire_tokens", "drop_sockets"):
            del self.faults[fault.kind]

    # -- small habits ----------------------------------------------------------------------------------------

    def _int(self, number: int) -> int | str:
        return str(number) if self.quirks.as_text else number

    def _list(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        return None if self.quirks.null_lists and not rows else rows


def _no_calls() -> dict[str, Any]:
    empty = {"waiting_list": None, "active_list": None, "ringing_list": None}
    return {**empty, "waiting_calls": 0, "active_calls": 0, "ringing_calls": 0}


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text[:9]) > 0 else default


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise Refused(40001) from None
    return body if isinstance(body, dict) else {}


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(status=status, text=text, content_type="application/json", charset="utf-8")
