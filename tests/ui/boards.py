"""Boards and clocks for tests of the panes: small, exact, and with every truth on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from console.domain.board import Board, Source
from console.domain.columns import standard
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.messages import Message
from console.domain.model import ColumnInfo, Health, MetricRow, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count
from console.domain.values import text as word

START_MS = 1_760_000_000_000.0


class StillClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.ms = START_MS
        self.mono = 1_000.0

    def now_ms(self) -> float:
        return self.ms

    def monotonic(self) -> float:
        return self.mono

    def step(self, seconds: float) -> None:
        self.ms += seconds * 1000
        self.mono += seconds


def ms(value: float, *, running: bool = False, at: float = START_MS) -> Reading:
    return Reading(Status.OK, value, Unit.MS, rate=1.0 if running else 0.0, at_ms=at if running else None)


def percent(value: float) -> Reading:
    return Reading(Status.OK, value, Unit.PERCENT)


def queue(key: str, name: str, waiting: int = 0, longest_s: float = 0, **more: Reading) -> Row:
    longest = ms(longest_s * 1000, running=True) if waiting else ms(0)
    return Row(key, name, {"waiting": count(waiting), "longest_wait": longest, **more})


def agent(
    key: str, name: str, status: AgentStatus = AgentStatus.AVAILABLE, seconds: float = 10, vendor: str = ""
) -> Row:
    state = Reading(Status.OK, status.value, Unit.TEXT, text=vendor)
    return Row(key, name, {"state": state, "time_in_state": ms(seconds * 1000, running=True)})


def caller(key: str, name: str, seconds: float) -> Row:
    return Row(key, "", {"caller_name": word(name), "wait": ms(seconds * 1000, running=True), "position": count(1)})


def columns(*sections: Section) -> dict[Section, tuple[ColumnInfo, ...]]:
    return {section: tuple(column.info for column in standard(section) if not column.is_rare) for section in sections}


def snapshot(
    profile: str = "p1",
    *,
    queues: Iterable[Row] = (),
    agents: Iterable[Row] = (),
    waiting: Iterable[Row] = (),
    metrics: Iterable[MetricRow] = (),
    has: Mapping[Section, tuple[ColumnInfo, ...]] | None = None,
    unavailable: Mapping[Section, Message] | None = None,
    is_warming: bool = False,
    offset_ms: float = 0.0,
) -> Snapshot:
    return Snapshot(
        ProfileId(profile),
        "xima",
        datetime.fromtimestamp(START_MS / 1000, UTC),
        columns(*Section) if has is None else has,
        tuple(queues),
        tuple(agents),
        tuple(waiting),
        tuple(metrics),
        unavailable=unavailable or {},
        is_warming=is_warming,
        offset_ms=offset_ms,
    )


def source(
    snap: Snapshot | None,
    *,
    profile: str = "p1",
    name: str = "Munich",
    state: HealthState = HealthState.LIVE,
    ok_mono: float | None = 1_000.0,
    message: Message | None = None,
) -> Source:
    at = None if ok_mono is None else datetime.fromtimestamp(START_MS / 1000 + ok_mono - 1_000.0, UTC)
    health = Health(state, datetime.fromtimestamp(START_MS / 1000, UTC), message, last_ok_mono=ok_mono, last_ok_at=at)
    return Source(Profile(ProfileId(profile), name, "xima", "https://pbx.example"), "Chronicall", snap, health)


def board(*sources: Source) -> Board:
    return Board(sources)
