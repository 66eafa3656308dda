"""A scripted PBX, written from the vendor pages, and what the tests share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.domain.clock import Clock, SystemClock
from console.domain.model import Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS
from console.vendors.base import Connection
from console.vendors.yeastar.backend import YeastarBackend
from console.vendors.yeastar.timing import Timing
from tests.faultserver.server import Call, FaultServer, reply

CLIENT_ID = "canary-client-id-0815"
CLIENT_SECRET = "canary-client/secret+4711=="
FAST = Timing(gap_s=0.0, beat_s=0.05, silence_s=5.0, socket_pause_s=0.02, gather_s=0.01, counters_retry_s=0.02)
V1 = "/openapi/v1.0/"
NOW = datetime(2027, 1, 15, 14, 30, 0, tzinfo=UTC)
INFO = {
    "device_name": "Front desk",
    "model_name": "P570",
    "firmware_version": "37.23.0.123",
    "system_time": "2027/01/15 15:30:00",
    "system_date_format": "YYYY/MM/DD",
    "system_time_format": "hh:mm:ss",
    "timestamp": int(NOW.timestamp()),
}


def queue(ident: int, number: str, name: str, *members: tuple[str, str]) -> dict[str, Any]:
    """An entry of the list of queues."""
    listed = [{"text": name_, "text2": ext, "value": "9" + ext, "type": "extension"} for ext, name_ in members]
    return {"id": ident, "number": number, "name": name, "static_agent_list": listed, "dynamic_agent_list": None}


def call(ident: str, caller: str, name: str, callee: str, seconds: object) -> dict[str, Any]:
    """An entry of a list of calls."""
    return {
        "call_id": ident,
        "caller_number": caller,
        "caller_display_name": name,
        "callee_number": callee,
        "callee_display_name": "whoever",
        "duration": seconds,
    }


def calls(
    waiting: list[dict[str, Any]] | None = None,
    active: list[dict[str, Any]] | None = None,
    ringing: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """A reply of ``queue/call_status`` without the envelope."""
    lists = {"waiting": waiting, "active": active, "ringing": ringing}
    return {f"{name}_list": found for name, found in lists.items()} | {
        f"{name}_calls": len(found or []) for name, found in lists.items()
    }


def agent(number: str, name: str, **changes: Any) -> dict[str, Any]:
    """An entry of ``queue/agent_status``."""
    usual = {
        "is_login": 1,
        "is_pause": 0,
        "call_status": 1,
        "pause_reason": "",
        "agent_type": "static",
    }
    return {"name": name, "number": number, **usual, **changes}


def performance(number: str, **changes: Any) -> dict[str, Any]:
    """A row of ``queue_performance_list``."""
    usual = {
        "queue": f"Queue {number}",
        "total_calls": 40,
        "answered_calls": 30,
        "missed_calls": 4,
        "abandoned_calls": 6,
        "average_waiting_time": 17,
        "average_talking_time": 185,
        "abandoned_rate": 15.0,
        "sla": 62.5,
    }
    return {"queue_num": number, **usual, **changes}


@dataclass
class Pbx:
    """Answers as the vendor pages say, and misbehaves as told.

    Attributes:
        overrides: by path below ``/openapi``, e.g. ``v1.0/queue/list``: a body instead of the proper one; bytes are
            sent as they are, a number is an HTTP status, a list is used up from its front.
        codes: error codes by path; with a list in it, used up from its front.
        asked: paths with their queries, in order.
        tokens: every access token given out; live: those still valid.
        socket: "ok", "mute", or the status that refuses the upgrade.
    """

    queues: list[dict[str, Any]] = field(default_factory=list)
    agents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    extensions: list[dict[str, Any]] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=lambda: dict(INFO))
    report: list[dict[str, Any]] | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    agents_seen: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    refresh: dict[str, str] = field(default_factory=dict)
    access_s: Any = 1800
    socket: str | int = 404
    page_size: int = 100
    heard: list[str] = field(default_factory=list)
    most_live: int = 0
    is_refused: bool = False
    date: datetime | None = NOW
    hold: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.server = FaultServer([self._route])
        self.sockets: list[Call] = []

    def count_of(self, path: str) -> int:
        """How often a path was asked."""
        return sum(seen == path for seen, _ in self.asked)

    async def event(self, number: int, msg: object, **more: Any) -> None:
        """Send an event over every open socket."""
        for each in list(self.sockets):
            await each.frame(json.dumps({"type": number, "msg": msg, **more}))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    def cut(self) -> None:
        """Cut all sockets."""
        for each in self.sockets:
            each.writer.transport.abort()
        self.sockets.clear()

    async def _route(self, request: Call) -> None:
        parts = urlsplit(request.target)
        path = parts.path.removeprefix("/openapi/")
        query = dict(parse_qsl(parts.query))
        self.asked.append((path, query))
        self.agents_seen.append(request.headers.get("user-agent", ""))
        if path == "v1.0/subscribe":
            await self._socket(request, query)
            return
        if self.hold is not None and path in ("v1.0/get_token", "v1.0/refresh_token"):
            await self.hold.wait()
        answer = self._answer(path, query, request.body)
        status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if self.date is not None:
            headers["Date"] = format_datetime(self.date, usegmt=True)
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        await reply(data, status, headers)(request)
        request.writer.close()

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> Any:
        if (code := _next(self.codes, path)) not in (None, 0):
            return {"errcode": code, "errmsg": "AS TOLD"}
        if (given := _next(self.overrides, path)) is not None:
            return {"errcode": 0, "errmsg": "SUCCESS", **given} if isinstance(given, dict) else given
        if path == "v1.0/get_token":
            sent = json.loads(body)
            if self.is_refused or (sent["username"], sent["password"]) != (CLIENT_ID, CLIENT_SECRET):
                wrong = [{"field": "username or password", "value": "error"}]
                return {"errcode": -1, "errmsg": "FAILURE", "invalid_param_list": wrong}
            return self._pair()
        if path == "v1.0/refresh_token":
            former = self.refresh.pop(json.loads(body)["refresh_token"], None)
            return {"errcode": 10004, "errmsg": "TOKEN EXPIRED"} if former is None else self._pair()
        token = query.get("access_token", "")
        if token not in self.live:
            return {"errcode": 10004, "errmsg": "TOKEN EXPIRED"}
        if path == "v1.0/del_token":
            self.live.discard(token)
            return {"errcode": 0, "errmsg": "SUCCESS"}
        found = self._data(path, query)
        return found if isinstance(found, int) else {"errcode": 0, "errmsg": "SUCCESS", **found}

    def _pair(self) -> dict[str, Any]:
        token = f"canary-access-{len(self.tokens) + 1:018d}"
        self.tokens.append(token)
        self.live.add(token)
        self.most_live = max(self.most_live, len(self.live))
        self.refresh[f"canary-refresh-{len(self.tokens)}"] = token
        return {
            "errcode": 0,
            "errmsg": "SUCCESS",
            "access_token_expire_time": self.access_s,
            "access_token": token,
            "refresh_token_expire_time": 86400,
            "refresh_token": f"canary-refresh-{len(self.tokens)}",
        }

    def _data(self, path: str, query: dict[str, str]) -> Any:
        if path == "v1.0/system/information":
            return {"data": self.info}
        if path == "v1.0/queue/list":
            return self._page(query, self.queues, "queue_list")
        if path == "v1.0/extension/list":
            return self._page(query, self.extensions, "data")
        if path == "v1.0/queue/call_status":
            return self.calls.get(query["id"], calls())
        if path == "v1.0/queue/agent_status":
            found = self.agents.get(query["id"], [])
            return {"total_number": len(found), "data": found or None}
        if path == "v2.0/call_report/list" and self.report is not None:
            return {"total_number": len(self.report), "queue_performance_list": self.report or None}
        return {"errcode": 10001, "errmsg": "INTERFACE NOT EXISTED"}

    def _page(self, query: dict[str, str], rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
        first = (int(query["page"]) - 1) * self.page_size
        return {"total_number": len(rows), key: rows[first : first + self.page_size] or None}

    async def _socket(self, request: Call, query: dict[str, str]) -> None:
        if self.socket in ("ok", "mute") and query.get("access_token") in self.live:
            await request.upgrade()
            self.sockets.append(request)
            await self._listen(request)
        else:
            status = self.socket if isinstance(self.socket, int) else 401
            await reply(b'{"errcode":10004}', status, {"Content-Type": "application/json"})(request)

    async def _listen(self, request: Call) -> None:
        try:
            while True:
                head = await request.reader.readexactly(2)
                length = head[1] & 0x7F
                if length == 126:
                    length = struct.unpack("!H", await request.reader.readexactly(2))[0]
                mask = await request.reader.readexactly(4)
                data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await request.reader.readexactly(length)))
                if head[0] & 0xF == 9:
                    await request.frame(data, 10)
                elif head[0] & 0xF == 8:
                    await request.frame(data, 8)
                    request.writer.close()
                    return
                elif head[0] & 0xF == 1:
                    await self._say(request, data.decode())
        finally:
            if request in self.sockets:
                self.sockets.remove(request)

    async def _say(self, request: Call, said: str) -> None:
        self.heard.append(said)
        if self.socket == "mute":
            return
        if said == "heartbeat":
            await request.frame("heartbeat response")
        else:
            code = _next(self.codes, "topics") or 0
            await request.frame(json.dumps({"errcode": code, "errmsg": "SUCCESS"}))


def _next(table: dict[str, Any], path: str) -> Any:
    found = table.get(path)
    if isinstance(found, list):
        return found.pop(0) if found else None
    return found


def small_pbx(**changes: Any) -> Pbx:
    """Two queues, three agents, one of them in both."""
    pbx = Pbx(
        queues=[
            queue(11, "6400", "Sales", ("1001", "Ada"), ("1002", "Bob")),
            queue(12, "0099", "Support", ("1002", "Bob"), ("1003", "Cem")),
        ],
        extensions=[{"id": 91, "number": "1001", "caller_id_name": "Ada"}],
        **changes,
    )
    pbx.agents["11"] = [agent("1001", "Ada", call_status=2), agent("1002", "Bob")]
    pbx.agents["12"] = [agent("1002", "Bob"), agent("1003", "Cem", is_pause=1, pause_reason="Lunch")]
    pbx.calls["11"] = calls(
        [call("1800.1", "+49301", "Eva", "6400", 65), call("1800.2", "+49302", " ", "6400", "12")],
        [call("1799.9", "+49300", "Dan", "1001", 200)],
    )
    return pbx


def make_backend(
    pbx: Pbx,
    *,
    clock: Clock | None = None,
    timing: Timing = FAST,
    exchanges: ExchangeLog | None = None,
    secret: str = CLIENT_SECRET,
    **changes: Any,
) -> YeastarBackend:
    """A backend for the scripted PBX; without events and counters unless told otherwise."""
    fields = {"events": "false", "counters": "off", **changes.pop("fields", {})}
    profile = replace(
        Profile(
            id="p1",  # type: ignore[arg-type]
            name="Floor",
            backend="yeastar",
            url=pbx.server.url,
            fields=fields,
            proxy="none",
            poll_s=0.05,
        ),
        **changes,
    )
    secrets = {"client_id": Secret(CLIENT_ID), "client_secret": Secret(secret)}
    connection = Connection(profile, secrets, clock or SystemClock(), exchanges or ExchangeLog())
    return YeastarBackend(connection, timing=timing, limits=replace(LIMITS, close_s=0.5))


@contextlib.asynccontextmanager
async def running(pbx: Pbx, **options: Any) -> AsyncIterator[AsyncGenerator[Snapshot, None]]:
    """PBX and feed, both ended at the end."""
    async with opened(pbx, **options) as backend:
        feed = backend.snapshots()
        async with contextlib.aclosing(feed):
            yield feed


@contextlib.asynccontextmanager
async def opened(pbx: Pbx, **options: Any) -> AsyncIterator[YeastarBackend]:
    """PBX and backend, both ended at the end."""
    async with pbx.server, asyncio.timeout(20):
        backend = make_backend(pbx, **options)
        try:
            yield backend
        finally:
            await backend.aclose()


async def until(feed: AsyncGenerator[Snapshot, None], condition: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot of which something is true."""
    async for snapshot in feed:
        if condition(snapshot):
            return snapshot
    raise AssertionError("the feed ended")


def row(rows: tuple[Row, ...], ident: str) -> Row:
    """The row of that id."""
    return next(each for each in rows if each.id == ident)


def shown(snapshot: Snapshot, each: Row, column: str) -> object:
    """A reading's value at the moment of the snapshot."""
    return each.reading(column).value_at(snapshot.taken_at.timestamp() * 1000)


def codes(snapshot: Snapshot) -> list[str]:
    """The codes of a snapshot's notices."""
    return [notice.code for notice in snapshot.notices]
