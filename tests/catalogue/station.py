"""One profile as the program runs it: real adapter from the registry, real session, real store, a scripted server."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from console.domain.board import Source
from console.domain.clock import Clock
from console.domain.enums import HealthState, Section
from console.domain.messages import english
from console.domain.model import Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.text import show
from console.domain.values import Reading
from console.engine.session import Session, first_health
from console.engine.store import Store
from console.net.exchange import ExchangeLog
from console.net.pace import Backoff
from console.net.redact import Redactor
from console.tasks import TaskScope
from console.vendors.base import Backend, Connection
from console.vendors.registry import backends
from tests.catalogue.lapse import LapseClock, until
from tests.faultserver.server import Call, reply
from tests.vendors.xima.support import KEY, ScriptedXima, count, duration, metric, small_floor, string

__all__ = ["KEY", "Floor", "Station", "count", "duration", "floor", "metric", "running", "string", "watch"]

SECRETS: dict[str, dict[str, str]] = {
    "chronicall": {"key": KEY},
    "xima": {"key": KEY},
    "asternic": {"username": "reader", "password": KEY},
    "yeastar": {"client_id": "reader-id", "client_secret": KEY},
}


@dataclass
class Floor(ScriptedXima):
    """The scripted Chronicall, its ``Date`` on the test's own clock."""

    clock: Clock | None = None
    extra: dict[str, str] = field(default_factory=dict)

    async def _answer(self, call: Call, status: int, body: bytes) -> None:
        headers = {"Content-Type": "application/json", **self.extra}
        if self.skew_s is not None:
            at = datetime.now(UTC) if self.clock is None else datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC)
            headers["Date"] = format_datetime(at + timedelta(seconds=self.skew_s), usegmt=True)
        await reply(body, status, headers)(call)


def floor(clock: Clock | None = None, **changes: Any) -> Floor:
    """Two queues, two agents and a tile; 3 calls wait in Sales."""
    pattern = small_floor()
    return Floor(metrics=pattern.metrics, values=pattern.values, clock=clock, **changes)


class Station:
    """A profile and everything a person could see of it.

    Attributes:
        bugs: exceptions that are no `ConsoleError`; must stay empty.
        published: every health with the snapshot that came along.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        backend: str = "chronicall",
        *,
        open_backend: Callable[[Connection], Backend] | None = None,
        secrets: Mapping[str, str] | None = None,
        jitter: Callable[[], float] = random.random,
        **changes: Any,
    ) -> None:
        self.clock = clock
        fields = {"transport": "polling"} if backend in ("chronicall", "xima") else {}
        fields |= changes.pop("fields", {})
        profile_id = ProfileId(changes.pop("id", "p1"))
        self.profile = replace(Profile(profile_id, "Site", backend, url, fields=fields, proxy="none"), **changes)
        self.redactor = Redactor()
        self.exchanges = ExchangeLog(self.redactor)
        self.store = Store()
        self.bugs: list[BaseException] = []
        self.published: list[tuple[float, Health, Snapshot | None]] = []
        opens = open_backend or backends()[backend].open
        kept = {name: Secret(text) for name, text in (secrets or SECRETS[backend]).items()}

        async def get_secrets() -> Mapping[str, Secret]:
            return kept

        for secret in kept.values():
            self.redactor.register(secret)
        self.session = Session(
            self.profile,
            open_backend=lambda given: opens(Connection(self.profile, given, clock, self.exchanges)),
            get_secrets=get_secrets,
            publish=self._publish,
            backoff=Backoff(self.profile.poll_s, clock, jitter=jitter),
            clock=clock,
            report_bug=lambda where, error: self.bugs.append(error),
        )
        self.store.arrange([(self.profile, backends()[backend].title, first_health(self.profile, clock))])

    def _publish(self, health: Health, snapshot: Snapshot | None) -> None:
        self.published.append((self.clock.monotonic(), health, snapshot))
        self.store.put(self.profile.id, health, snapshot)

    # -- what a person sees

    @property
    def source(self) -> Source:
        """The profile's source on the board."""
        source = self.store.source(self.profile.id)
        assert source is not None
        return source

    @property
    def state(self) -> HealthState:
        """The light."""
        return self.source.health.state_at(self.clock.monotonic())

    @property
    def code(self) -> str:
        """The code of the sentence beside the light, empty when there is none."""
        return self.source.health.message.code if self.source.health.message else ""

    @property
    def sentence(self) -> str:
        """The sentence beside the light, with the server's own words."""
        health = self.source.health
        return f"{english(health.message)} {health.detail}" if health.message else ""

    @property
    def notices(self) -> list[str]:
        """Codes of what the newest snapshot remarks."""
        snapshot = self.source.snapshot
        return [notice.code for notice in snapshot.notices] if snapshot else []

    @property
    def fresh(self) -> int:
        """How many snapshots have come."""
        return sum(snapshot is not None for _, _, snapshot in self.published)

    def rows(self, section: Section) -> dict[str, Row]:
        """Rows by name."""
        snapshot = self.source.snapshot
        return {row.name: row for row in snapshot.rows(section)} if snapshot else {}

    def queue(self, name: str, column: str = "waiting") -> Reading:
        """A reading of a queue."""
        return self.rows(Section.QUEUES)[name].reading(column)

    def shown(self, name: str = "Sales", column: str = "waiting") -> str:
        """The text of a queue's cell right now."""
        snapshot, health = self.source.snapshot, self.source.health
        assert snapshot is not None
        mono = self.clock.monotonic()
        age = health.age_s(mono) if health.is_stale_at(mono) else None
        at_ms = self.clock.now_ms() - (age or 0) * 1000 + snapshot.offset_ms
        seen = show(self.queue(name, column), at_ms, age)
        return f"{seen.text} ({seen.look.value})"


@asynccontextmanager
async def watch(station: Station) -> AsyncIterator[Station]:
    """Run the session; afterwards nothing may have gone wrong that nobody foresaw."""
    scope = TaskScope("station", lambda where, error: station.bugs.append(error))
    scope.start(station.session.run(), "session")
    try:
        yield station
    finally:
        await scope.aclose()
    assert station.bugs == []


@asynccontextmanager
async def running(floor: Floor, **options: Any) -> AsyncIterator[Station]:
    """Server and station, with the first values on screen."""
    clock = options.pop("clock", None) or floor.clock or LapseClock()
    floor.clock = clock
    async with floor.server, watch(Station(floor.server.url, clock, **options)) as station:
        await until(lambda: station.state is HealthState.LIVE)
        yield station


async def survives(
    station: Station,
    floor: Floor,
    fault: Any,
    code: str,
    state: HealthState = HealthState.UNREACHABLE,
    *,
    most_s: float = 120.0,
) -> float:
    """Put a fault in place of the server, see it named with the old value aged, take it away, see it heal.

    Returns the seconds from the fault to its name on screen.
    """
    before = len(floor.server.calls)
    floor.server.then(*(fault if isinstance(fault, list) else [fault]))
    took = await until(lambda: station.code == code, most_s)
    assert station.state is state
    assert station.shown() == "3 (stale)"
    asked = floor.server.calls[before:]
    assert asked, "the fault was never met"
    assert all(call.headers["authorization"] == f"Bearer {KEY}" for call in asked)
    floor.put("101", "Sales(70)", count(4))
    floor.server.then(floor._route)
    if state is HealthState.REFUSED:
        station.session.try_now()
    await until(lambda: station.state is HealthState.LIVE)
    assert station.shown() == "4 (value)"
    return took
