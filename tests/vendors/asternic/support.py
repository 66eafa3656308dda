"""Own-made answers in the vendor's shapes, a scripted server for them, and what the tests share."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import copy
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.domain.clock import Clock
from console.domain.model import Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS
from console.vendors.asternic.agent_rows import Labels
from console.vendors.asternic.backend import AsternicBackend, Timing
from console.vendors.asternic.board import Board, build
from console.vendors.asternic.queue_rows import Moment
from console.vendors.asternic.wire import parse_realtime
from console.vendors.base import Connection
from tests.faultserver.server import Call, FaultServer, reply

USER, PASSWORD = "wallböard", "p:a%s wörd/+=&c4nary"
SCRIPT = "/stats/rest/index.php"
T0 = 1_790_240_400_000.0  # the console's clock when the first answer arrives
FAST = Timing(floor_s=0.0, rest_s=0.0)


def caller(number: str, wait: object, name: str | None = None) -> dict[str, Any]:
    """A waiting caller."""
    return {"calleridNum": number, "calleridName": number if name is None else name, "waitTime": wait}


def summary(**changes: object) -> dict[str, Any]:
    """The thirteen fields of the newer generation; keywords with underscores stand for spaces."""
    fields: dict[str, Any] = {
        "Waiting": "0",
        "Agents": "0",
        "Penalty": "0",
        "Logged Off": "0",
        "Busy": "0",
        "Paused": "0",
        "Answered": "0",
        "Unanswered": "0",
        "Abandoned": "0",
        "Abandon Rate": "0",
        "Avg Wait": "0",
        "Avg Duration": "0",
        "Max. wait time": "0",
    }
    for name, value in changes.items():
        fields["Max. wait time" if name == "max_wait" else name.replace("_", " ")] = value
    return fields


def older(**changes: object) -> dict[str, Any]:
    """The fields of the older generation, its typo included."""
    fields: dict[str, Any] = {
        "callsWaiting": "0",
        "staffed": "0",
        "talking": "0",
        "auxiliary": "0",
        "answeredCals": "0",
        "unansweredCalls": "0",
        "abandonRate": "0",
        "averageWaitTime": "0",
        "averageCallTime": "00:00:00",
        "maxWaitTime": "0",
    }
    return fields | changes


def agent(status: str = "not in use", location: str = "", **changes: object) -> dict[str, Any]:
    """An agent in one queue."""
    fields: dict[str, Any] = {"status": status, "paused": "0"}
    if location:
        fields["location"] = location
    return fields | changes


FLOOR: dict[str, Any] = {
    "waiting calls": {
        "OUTBOUND": {},
        "100": {"1": caller("asterisk", "75", "asterisk"), "2": caller("+12025550147", "41", "Hotel Miramar")},
        "101": {},
    },
    "summary": {
        "queue": {
            "OUTBOUND": summary(),
            "100": summary(
                Waiting="2",
                Agents="3",
                Logged_Off="1",
                Busy="1",
                Paused="1",
                Answered="734",
                Unanswered="31",
                Abandoned="24",
                Abandon_Rate="3.17 %",
                Avg_Wait="00:00:52",
                Avg_Duration="211",
                max_wait="75",
            ),
            "101": summary(Agents="1", Answered="5", Avg_Wait="9", Avg_Duration="60"),
        }
    },
    "agents": {
        "OUTBOUND": {},
        "100": {
            "Anna Schmidt": agent("busy", "SIP/301", callerid="+12025550100", duration="95", callFromQueue="100"),
            "José Núñez": agent("not in use", "SIP/302", paused="1", auxType="Lunch", auxSeconds="600"),
            "Maria Jones": agent("not in use", "SIP/303"),
            "Ben Keller": agent("unavailable", "SIP/304"),
        },
        "101": {"Anna Schmidt": agent("busy", "SIP/301", callerid="+12025550100", duration="95")},
    },
}
QUEUES = {
    "data": [
        {"queue_id": "2", "queue": "100", "queue_name": "Sales"},
        {"queue_id": "8", "queue": "101", "queue_name": "Ventas España"},
        {"queue_id": "-1", "queue": "ALL", "queue_name": "ALL"},
        {"queue_id": "7", "queue": "NONE", "queue_name": "NONE"},
    ]
}
AGENTS = {
    "data": [
        {"agent_id": "-1", "agent": "ALL", "agent_name": "ALL"},
        {"agent_id": "6", "agent": "Agent/301", "agent_name": "Agent/301"},
        {"agent_id": "7", "agent": "Maria Jones", "agent_name": "Maria Jones (Nacht)"},
    ]
}


def floor(**parts: object) -> dict[str, Any]:
    """A copy of the floor; `waiting`, `queue` and `agents` replace a part."""
    body = copy.deepcopy(FLOOR)
    if "waiting" in parts:
        body["waiting calls"] = parts["waiting"]
    if "queue" in parts:
        body["summary"]["queue"] = parts["queue"]
    if "agents" in parts:
        body["agents"] = parts["agents"]
    return body


def dump(body: object) -> bytes:
    """JSON as the product prints it: UTF-8, a space behind the colon."""
    return json.dumps(body, ensure_ascii=False).encode()


def mapped(
    body: object, former: Board | None = None, *, at_s: float = 0.0, labels: Labels | None = None, set_s: float = 0.0
) -> Board:
    """An answer taken `at_s` seconds after the first one, as rows; `set_s` is how far the PC's clock was set ahead."""
    moment = Moment(T0 + (at_s + set_s) * 1000, -set_s * 1000, at_s, "x1")
    return build(former or Board(), parse_realtime(body, "pbx"), labels or Labels(), moment, 20.0)


def row(rows: tuple[Row, ...], row_id: str) -> Row:
    """The row of an id."""
    return next(item for item in rows if item.id == row_id)


def value(item: Row, column: str, at_s: float = 0.0) -> object:
    """What a cell shows, `at_s` seconds after the first answer."""
    return item.reading(column).value_at(T0 + at_s * 1000)


class HandClock:
    """A clock moved by hand: each wait passes at once and moves it on."""

    def __init__(self) -> None:
        self.mono = 1000.0
        self.wall_ms = T0

    def now_ms(self) -> float:
        """See `Clock`."""
        return self.wall_ms

    def monotonic(self) -> float:
        """See `Clock`."""
        return self.mono

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.mono += seconds
        self.wall_ms += seconds * 1000

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """See `Clock`."""
        self.move(seconds)
        await asyncio.sleep(0)
        return event.is_set()


@dataclass
class ScriptedAsternic:
    """Answers as the vendor's page says, and misbehaves as told.

    Attributes:
        base: folder of the interface.
        bodies: by entity: a JSON value, or bytes as they are.
        statuses: by entity: a status instead of 200; 0 hangs.
        elsewhere: status and body of every other address.
        others: statuses of particular other folders.
        asked: the query of each request that reached the script.
        authorized: whether each request carried the right credentials.
    """

    base: str = "/stats"
    bodies: dict[str, Any] = field(
        default_factory=lambda: {"realtime": floor(), "queues": copy.deepcopy(QUEUES), "agents": copy.deepcopy(AGENTS)}
    )
    statuses: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    elsewhere: tuple[int, bytes] = (404, b"<html>Not Found</html>")
    others: dict[str, int] = field(default_factory=dict)
    content_type: str = "text/html"
    date: datetime | None = None
    password: str = PASSWORD
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    hold: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.server = FaultServer([self._route])

    async def _route(self, call: Call) -> None:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self._answer(call)
        finally:
            self.in_flight -= 1

    async def _answer(self, call: Call) -> None:
        parts = urlsplit(call.target)
        self.paths.append(parts.path)
        if parts.path != f"{self.base}/rest/index.php":
            status = self.others.get(parts.path.removesuffix("/rest/index.php"), self.elsewhere[0])
            await reply(self.elsewhere[1], status)(call)
            return
        query = dict(parse_qsl(parts.query))
        self.asked.append(query)
        pair = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        headers = {"Content-Type": self.content_type, **self.headers}
        if self.date is not None:
            headers["Date"] = format_datetime(self.date, usegmt=True)
        if call.headers.get("authorization") != f"Basic {pair}":
            await reply(b"", 401, {"WWW-Authenticate": 'Basic realm="stats"'})(call)
            return
        entity = query.get("entity", "")
        if self.hold is not None:
            await self.hold.wait()
        body = self.bodies.get(entity)
        data = body if isinstance(body, bytes) else dump(body)
        await reply(data, self.statuses.get(entity, 200), headers)(call)


def make_backend(
    script: ScriptedAsternic,
    *,
    clock: Clock | None = None,
    exchanges: ExchangeLog | None = None,
    fields: Mapping[str, str] | None = None,
    timing: Timing = FAST,
    secrets: Mapping[str, str] | None = None,
    url: str = "",
    **changes: Any,
) -> AsternicBackend:
    """A backend for the scripted server."""
    profile = replace(
        Profile(
            id="p1",  # type: ignore[arg-type]
            name="Floor",
            backend="asternic",
            url=url or script.server.url,
            fields=fields or {},
            proxy="none",
            poll_s=5.0,
        ),
        **changes,
    )
    given = {"username": USER, "password": PASSWORD} if secrets is None else secrets
    held = {name: Secret(text) for name, text in given.items()}
    connection = Connection(profile, held, clock or HandClock(), exchanges or ExchangeLog())
    return AsternicBackend(connection, timing, replace(LIMITS, close_s=0.5))


@contextlib.asynccontextmanager
async def serving(script: ScriptedAsternic, **options: Any) -> AsyncIterator[AsternicBackend]:
    """Server and backend, both ended at the end."""
    async with script.server:
        backend = make_backend(script, **options)
        try:
            async with asyncio.timeout(90):
                yield backend
        finally:
            await backend.aclose()


async def first(backend: AsternicBackend) -> Snapshot:
    """One snapshot from a feed of its own, as after each failure."""
    async with contextlib.aclosing(backend.snapshots()) as feed:
        return await anext(feed)


async def take(feed: AsyncGenerator[Snapshot, None], count: int) -> list[Snapshot]:
    """The next snapshots."""
    return [await anext(feed) for _ in range(count)]


def codes(snapshot: Snapshot) -> list[str]:
    """The codes of a snapshot's notices."""
    return [notice.code for notice in snapshot.notices]


def later(seconds: float) -> datetime:
    """An instant of the server, so many seconds after the console's first."""
    return datetime.fromtimestamp(T0 / 1000, UTC) + timedelta(seconds=seconds)
