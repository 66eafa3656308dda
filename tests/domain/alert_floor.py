"""Frames for the alert tests: a profile whose rows are given as plain readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from console.domain.board import Source
from console.domain.enums import HealthState, Section
from console.domain.frames import Frame
from console.domain.messages import message
from console.domain.model import ColumnInfo, Health, MetricRow, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count, text

T0 = 1_800_000_000_000.0
S = 1000.0
COLUMNS: Mapping[Section, tuple[str, ...]] = {
    Section.QUEUES: ("waiting", "longest_wait", "agents_available", "service_level"),
    Section.AGENTS: ("state", "time_in_state", "pause_reason", "queues"),
    Section.WAITING: ("queue", "wait"),
}
Rows = Mapping[str, Mapping[str, Reading]]

_SINCE = datetime(2027, 1, 15, tzinfo=UTC)
_LIVE = Health(HealthState.LIVE, _SINCE)
_AWAY = Health(HealthState.UNREACHABLE, _SINCE, message("connect.closed", host="h"))


def ms(value: float, *, rate: float = 0.0, at: float = 0.0) -> Reading:
    """A duration in seconds; a running one held at `at` seconds after T0."""
    return Reading(Status.OK, value * S, Unit.MS, rate, T0 + at * S if rate else None)


def rows(given: Rows) -> tuple[Row, ...]:
    return tuple(Row(name, name.title(), readings) for name, readings in given.items())


def frame(
    at: float,
    queues: Rows | None = None,
    *,
    agents: Rows | None = None,
    waiting: Rows | None = None,
    metrics: Mapping[str, Reading] | None = None,
    fresh_s: float = 30.0,
    offset: float = 0.0,
    profile: str = "p",
    enabled: bool = True,
    without: str = "",
) -> Frame:
    """The floor `at` seconds after T0; old at once with ``fresh_s=0``."""
    columns = {
        section: tuple(ColumnInfo(name, name, Unit.COUNT) for name in names if name != without)
        for section, names in COLUMNS.items()
    }
    snapshot = Snapshot(
        ProfileId(profile),
        "fake",
        _SINCE,
        columns,
        rows(queues or {}),
        rows(agents or {}),
        rows(waiting or {}),
        tuple(MetricRow(key, key.title(), "NONE", "", reading) for key, reading in (metrics or {}).items()),
        offset_ms=offset * S,
    )
    owner = Profile(ProfileId(profile), "Site", "fake", "http://127.0.0.1:9", enabled=enabled)
    source = Source(owner, "Fake", snapshot, _LIVE if fresh_s else _AWAY)
    return Frame(T0 + at * S, source, T0 + (at + fresh_s) * S)


def waiting(number: float) -> Mapping[str, Reading]:
    return {"waiting": count(number)}


def paused(since: float, state: str = "paused") -> Mapping[str, Reading]:
    """An agent in a state since a moment (seconds after T0)."""
    return {"state": text(state), "time_in_state": ms(0.0, rate=1.0, at=since), "queues": text("Sales, Support")}
