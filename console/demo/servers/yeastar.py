"""The P-Series Open API wire: token pair, envelope with ``errcode``, and what is behind it.

Written from the vendor's developer guide (pages "Get Access Token", "Response Result", "Query Call Status of a
Queue", "Query Agent Status of a Queue", "Query Call Report List", "Download a Call Report", "Get Menu Options",
"Monitor Events via WebSocket") and from what users of real exchanges report; from nothing of our client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from console.demo.faults import Fault
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.yeastar_books import Books
from console.demo.servers.yeastar_clock import WallClock
from console.demo.servers.yeastar_directories import Directories
from console.demo.servers.yeastar_downloads import Downloads
from console.demo.servers.yeastar_live import LiveStatus
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.servers.yeastar_reports import ReportDesk
from console.demo.servers.yeastar_socket import EventSocket, frames_of, serve_socket
from console.demo.servers.yeastar_tokens import Pair, TokenDesk
from console.demo.servers.yeastar_wire import MESSAGES, V1, V2, Refused, body_of, enveloped, json_response

Handler = Callable[[web.Request], Awaitable[dict[str, Any]]]


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
        self.reports = ReportDesk(self)
        self.downloads = Downloads(self)
        self._sent: tuple[int, int] = (stage.world.day, len(stage.world.log_of(stage.world.day)))

    @property
    def secrets(self) -> dict[str, str]:
        """What the portal shows under Integrations > API."""
        return {"client_id": self.tokens.client_id, "client_secret": self.tokens.client_secret}

    def routes(self, app: web.Application) -> None:
        """Add the endpoints; whatever else is asked for below ``/openapi`` is answered in the envelope, too."""
        lists, live, reports = Directories(self), LiveStatus(self), self.reports
        reads: dict[str, Handler] = {
            f"{V1}/system/information": self._system,
            f"{V1}/system/get_menuoptions": lists.menu,
            f"{V1}/queue/list": lists.queues,
            f"{V1}/extension/list": lists.extensions,
            f"{V1}/extension_group/list": lists.extension_groups,
            f"{V1}/trunk/list": lists.trunks,
            f"{V1}/ivr/list": lists.ivrs,
            f"{V1}/ringgroup/list": lists.ring_groups,
            f"{V1}/queue_pause_reason/list": lists.pause_reasons,
            f"{V1}/queue/call_status": live.calls,
            f"{V1}/queue/agent_status": live.agents,
        }
        for base in (V1, V2) if self.quirks.has_v2 else (V1,):
            reads[f"{base}/call_report/list"] = reports.listed
            reads[f"{base}/call_report/detail"] = reports.detail
            reads[f"{base}/call_report/download"] = self.downloads.order
        app.router.add_post(f"{V1}/get_token", self._enveloped(self._get_token))
        app.router.add_post(f"{V1}/refresh_token", self._enveloped(self._refresh_token))
        app.router.add_get(f"{V1}/del_token", self._enveloped(self._del_token))
        app.router.add_get(f"{V1}/subscribe", self._subscribe)
        app.router.add_get("/api/download/{name}", self._download)
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
            return enveloped(code, self.quirks.as_text, body)

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
        body = await body_of(request)
        return self._handed(*self.tokens.sign_in(body.get("username"), body.get("password")))

    async def _refresh_token(self, request: web.Request) -> dict[str, Any]:
        return self._handed(*self.tokens.refresh((await body_of(request)).get("refresh_token")))

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
            "access_token_expire_time": self.figure(self.quirks.access_s),
            "access_token": pair.access,
            "refresh_token_expire_time": self.figure(self.quirks.refresh_s),
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
                "timestamp": self.figure(now // 1000),
                "up_time": 86_400,
            }
        }

    def call_id(self, _t: int, call: int) -> str:
        """An id like ``1651057476.362``: an instant and a number, to be kept as text."""
        entered = self.books.today().entered.get(call, self.stage.world.day_start(self.stage.world.day))
        return f"{entered // 1000}.{call}"

    def local(self, ms: int) -> datetime:
        """An instant on the exchange's wall clock."""
        return self.clock.local(ms)

    # -- events and faults -----------------------------------------------------------------------------------

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("access_token", "")
        if not self.tokens.accepts(token):
            return json_response({"errcode": 10004, "errmsg": MESSAGES[10004]}, status=401)
        return await serve_socket(self, request, token)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file made before; without a good token, or too late, the answer is an envelope instead."""
        try:
            self._admit(request)
            if not self.tokens.accepts(request.query.get("access_token", "")):
                raise Refused(10004)
            return await self.downloads.fetch(request)
        except Refused as refusal:
            return enveloped(refusal.code, self.quirks.as_text, refusal.more)

    async def announce(self, frame: dict[str, Any]) -> None:
        """Send one event to whoever wants it."""
        if "mute_sockets" not in self.faults:
            for socket in list(self.sockets):
                await socket.send([frame])

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

    def figure(self, number: int) -> int | str:
        """A number of the envelope, or an id."""
        return str(number) if self.quirks.as_text else number

    def rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """A list; where it is empty perhaps null."""
        return None if self.quirks.null_lists and not rows else rows
