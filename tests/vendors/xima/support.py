"""A scripted server of this wire, written from the vendor pages, and what the tests share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.domain.clock import SystemClock
from console.domain.model import Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS
from console.vendors.base import Connection
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.flavour import CHRONICALL, Flavour
from console.vendors.xima.timing import Timing
from tests.faultserver.server import Call, FaultServer, reply

KEY = "a+b/c4nary&key=="
FAST = Timing(
    floor_s=0.02,
    preparing_s=(0.01, 0.02),
    warm_first_s=0.03,
    warm_limit_s=60.0,
    list_every_s=600.0,
    safety_s=30.0,
    emit_gap_s=0.01,
    socket_pause_s=0.02,
    late_s=0.0,
)
PREFIX = "/rest/api/v1"


def stamp(at: datetime | None = None) -> str:
    """An instant as the vendor writes it."""
    moment = (at or datetime.now(UTC)).astimezone(UTC) - timedelta(hours=6)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}-06:00"


def count(number: object, at: datetime | None = None) -> dict[str, Any]:
    """A COUNT value."""
    return {"lastUpdateTime": stamp(at), "count": number, "type": "COUNT"}


def duration(done: int, up: int = 0, down: int = 0, at: datetime | None = None) -> dict[str, Any]:
    """A DURATION value."""
    return {
        "type": "DURATION",
        "lastUpdateTime": stamp(at),
        "finishedDuration": done,
        "numCountingUp": up,
        "numCountingDown": down,
    }


def string(word: str) -> dict[str, Any]:
    """A STRING value."""
    return {"type": "STRING", "lastUpdateTime": stamp(), "value": word}


def metric(metric_id: str, name: str, category: str, *selection: str) -> dict[str, Any]:
    """An entry of the metrics list."""
    return {
        "metricId": metric_id,
        "metricName": name,
        "categoryType": category,
        "categorySelection": list(selection),
    }


@dataclass
class ScriptedXima:
    """Answers as the vendor pages say, and misbehaves as told.

    Attributes:
        metrics: the list.
        values: by metric id and category value (None for NONE metrics).
        cold: keys that are "initializing".
        forbidden, unknown: ids answered with 403 and 404, whole request included.
        listed, valued: bodies or statuses that replace the proper ones.
        skew_s: the server's clock minus this computer's; None leaves the Date header out.
        socket: "ok", "mute" (accepts and never answers), "drop" or the status that refuses the upgrade.
        asked: requests as (endpoint, ids).
        preparing: how many requests are answered with 202 first.
        opened: called when a websocket has been accepted.
        is_deaf: whether it leaves the websocket's pings without an answer.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    values: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    cold: set[tuple[str, str | None]] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    listed: tuple[int, bytes] | None = None
    valued: tuple[int, bytes] | None = None
    skew_s: float | None = 0.0
    socket: str | int = 404
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    agents: list[str] | None = None
    skills: list[str] | None = None
    keys: tuple[str, ...] = (KEY,)
    preparing: int = 0
    opened: Callable[[], None] | None = None
    is_deaf: bool = False

    def __post_init__(self) -> None:
        self.server = FaultServer([self._route])
        self.sockets: list[Call] = []

    @property
    def url(self) -> str:
        """The base address."""
        return self.server.url

    def put(self, metric_id: str, category: str | None, value: Any) -> None:
        """Set a value."""
        self.values[metric_id, category] = value

    def count_of(self, endpoint: str) -> int:
        """How often an endpoint was asked."""
        return sum(name == endpoint for name, _ in self.asked)

    async def push(self, metric_id: str, category: str | None, value: Any) -> None:
        """Send a change over every open socket."""
        key = {"metricId": metric_id} | ({} if category is None else {"categoryValue": category})
        for call in list(self.sockets):
            await call.frame(json.dumps({"key": key, "value": value}))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has happened; the test's own limit is the test run's."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    def cut(self) -> None:
        """Cut all sockets."""
        for call in self.sockets:
            call.writer.transport.abort()
        self.sockets.clear()

    async def _route(self, call: Call) -> None:
        self.targets.append(call.target)
        parts = urlsplit(call.target)
        path = parts.path.removeprefix(f"{PREFIX}/")
        query = parse_qsl(parts.query)
        given = [value for name, value in query if name == "id"]
        ids = tuple(given[0].split(",")) if path == "realtime/metrics/values" and given else tuple(given)
        self.asked.append((path, ids))
        if self.hold is not None and path == "realtime/metrics/values":
            body = self._values(ids)  # taken before the wait, as by a slow server
            await self.hold.wait()
            await self._answer(call, *body)
            return
        if path == "realtime-metric-subscription":
            await self._socket(call, dict(query).get("auth_token", ""))
            return
        if call.headers.get("authorization") not in {f"Bearer {key}" for key in self.keys}:
            await self._answer(call, 401, b"")
            return
        if self.preparing:
            self.preparing -= 1
            await self._answer(call, 202, b"")
            return
        await self._answer(call, *self._body(path, ids))

    def _body(self, path: str, ids: tuple[str, ...]) -> tuple[int, bytes]:
        if path == "realtime/metrics":
            return self.listed or (200, json.dumps(self.metrics).encode())
        if path == "realtime/metrics/values":
            return self.valued or self._values(ids)
        if path == "agents" and self.agents is not None:
            return 200, json.dumps({"agents": [{"agent": name, "type": "UC"} for name in self.agents]}).encode()
        if path == "skills" and self.skills is not None:
            return 200, json.dumps({"skills": [{"name": name} for name in self.skills]}).encode()
        return 404, b"nothing here"

    def _values(self, ids: tuple[str, ...]) -> tuple[int, bytes]:
        if self.unknown.intersection(ids):
            return 404, b""
        if self.forbidden.intersection(ids):
            return 403, b""
        results, cold = [], []
        for (metric_id, category), value in self.values.items():
            key = {"metricId": metric_id} | ({} if category is None else {"categoryValue": category})
            if metric_id in ids:
                cold.append(key) if (metric_id, category) in self.cold else results.append({"key": key, "value": value})
        return 206 if cold else 200, json.dumps({"results": results, "initializing": cold}).encode()

    async def _answer(self, call: Call, status: int, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        if self.skew_s is not None:
            headers["Date"] = format_datetime(datetime.now(UTC) + timedelta(seconds=self.skew_s), usegmt=True)
        await reply(body, status, headers)(call)

    async def _socket(self, call: Call, token: str) -> None:
        if self.socket in ("ok", "mute") and token in self.keys:
            await call.upgrade()
            self.sockets.append(call)
            if self.socket == "mute":
                await asyncio.Event().wait()
            if self.opened is not None:
                self.opened()
            await self._listen(call)
        elif self.socket == "drop":
            call.writer.transport.abort()
        else:
            await self._answer(call, self.socket if isinstance(self.socket, int) else 401, b"")

    async def _listen(self, call: Call) -> None:
        """Answer pings and the goodbye; ends with the connection."""
        try:
            while True:
                head = await call.reader.readexactly(2)
                length = head[1] & 0x7F
                if length == 126:
                    length = struct.unpack("!H", await call.reader.readexactly(2))[0]
                mask = await call.reader.readexactly(4)
                data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await call.reader.readexactly(length)))
                if head[0] & 0xF == 9 and not self.is_deaf:
                    await call.frame(data, 10)
                elif head[0] & 0xF == 8:
                    await call.frame(data, 8)
                    call.writer.close()
                    return
        finally:
            if call in self.sockets:
                self.sockets.remove(call)


def small_floor(**changes: Any) -> ScriptedXima:
    """Two queues, two agents, a tile: enough to see everything."""
    floor = ScriptedXima(
        metrics=[
            metric("101", "Calls in Queue", "GROUP", "Sales(70)", "Support(71)"),
            metric("102", "Max Queue Duration", "GROUP", "Sales(70)"),
            metric("K0FLAEB6", "Agent State", "AGENT", "John Doe(481)", "Jane Roe(482)"),
            metric("K1RNV2OQ", "Answered Today", "NONE"),
        ],
        **changes,
    )
    floor.put("101", "Sales(70)", count(3))
    floor.put("101", "Support(71)", count(0))
    floor.put("102", "Sales(70)", duration(20_521, 1))
    floor.put("K0FLAEB6", "John Doe(481)", string("Talking"))
    floor.put("K0FLAEB6", "Jane Roe(482)", string("DND: Restroom"))
    floor.put("K1RNV2OQ", None, count(206))
    return floor


def make_backend(
    floor: ScriptedXima,
    *,
    timing: Timing = FAST,
    flavour: Flavour = CHRONICALL,
    clock: SystemClock | None = None,
    exchanges: ExchangeLog | None = None,
    **changes: Any,
) -> XimaBackend:
    """A backend for the scripted server; polling only unless told otherwise."""
    fields = {"transport": changes.pop("transport", "polling"), **changes.pop("fields", {})}
    profile = replace(
        Profile(id="p1", name="Floor", backend=flavour.id, url=floor.url, fields=fields, proxy="none", poll_s=0.05),  # type: ignore[arg-type]
        **changes,
    )
    secrets = {"key": Secret(KEY)}
    connection = Connection(profile, secrets, clock or SystemClock(), exchanges or ExchangeLog())
    return XimaBackend(connection, flavour, timing, replace(LIMITS, close_s=0.5))


@contextlib.asynccontextmanager
async def running(floor: ScriptedXima, **options: Any) -> AsyncIterator[AsyncGenerator[Snapshot, None]]:
    """Server and feed, both ended at the end."""
    async with floor.server:
        backend = make_backend(floor, **options)
        feed = backend.snapshots()
        try:
            async with asyncio.timeout(20), contextlib.aclosing(feed):
                yield feed
        finally:
            await backend.aclose()


async def until(feed: AsyncGenerator[Snapshot, None], condition: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot of which something is true; waits at most ten seconds."""
    async with asyncio.timeout(10):
        async for snapshot in feed:
            if condition(snapshot):
                return snapshot
    raise AssertionError("the feed ended")


def codes(snapshot: Snapshot) -> list[str]:
    """The codes of a snapshot's notices."""
    return [notice.code for notice in snapshot.notices]
