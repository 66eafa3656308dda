"""Made-up frames that change in every way a source can change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from console.domain.board import Source
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.frames import Frame
from console.domain.messages import message
from console.domain.model import ColumnInfo, Health, MetricRow, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.thresholds import Limits, Threshold
from console.domain.values import UNSUPPORTED, WARMING, Origin, Reading, Status, Unit, count, error, text

START_MS = 1_800_057_600_000.0 + 9 * 3_600_000  # nine in the morning (UTC) of a day in January 2027
PROFILE = Profile(ProfileId("p1"), "Head office", "fake", "https://pbx.example", fields={"a": "b"}, mapping={"x": "1"})
COLUMNS = {
    Section.QUEUES: (ColumnInfo("waiting", "Waiting", Unit.COUNT), ColumnInfo("offered", "Offered today", Unit.COUNT)),
    Section.AGENTS: (ColumnInfo("state", "State", Unit.TEXT), ColumnInfo("time_in_state", "Time in state", Unit.MS)),
}


def moment(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def frame(
    at_ms: float,
    *,
    queues: tuple[Row, ...] = (),
    agents: tuple[Row, ...] = (),
    waiting: tuple[Row, ...] = (),
    metrics: tuple[MetricRow, ...] = (),
    fresh_ms: float = 10_000.0,
    profile: Profile = PROFILE,
    state: HealthState = HealthState.LIVE,
) -> Frame:
    """A frame as the feed stamps it."""
    health = Health(state, moment(START_MS), None, 5.0, at_ms / 1000, moment(at_ms))
    snapshot = Snapshot(profile.id, "fake", moment(at_ms), COLUMNS, queues, agents, waiting, metrics)
    return Frame(at_ms, Source(profile, "Fake", snapshot, health), at_ms + fresh_ms)


def queue(offered: int, waiting: int = 0, *, id: str = "q1", name: str = "Sales") -> Row:
    return Row(id, name, {"offered": count(offered), "waiting": count(waiting)})


def agent(state: str, *, id: str = "a1", name: str = "Ann", since_ms: float = START_MS, reason: str = "") -> Row:
    readings = {"state": text(state), "time_in_state": Reading(Status.OK, 0, Unit.MS, 1.0, since_ms)}
    return Row(id, name, readings | ({"pause_reason": text(reason)} if reason else {}))


def random_frames(dice: random.Random, number: int, profile: Profile = PROFILE) -> Iterator[Frame]:
    """A source that does what it likes: rows come, go, move and are renamed, readings of every kind."""
    rows: dict[str, Row] = {}
    at_ms, snapshot, health = START_MS, None, None
    for _ in range(number):
        at_ms += dice.random() * 20_000 + 1
        if snapshot is None or dice.random() < 0.9:
            snapshot = _snapshot(dice, rows, at_ms, profile)
        if health is None or dice.random() < 0.5:
            health = _health(dice, at_ms)
        limits = Limits({"waiting": Threshold(1, 2)}, {"sales": {"wait": None}}, {AgentStatus.PAUSED: Threshold(1, 9)})
        shown = replace(profile, name=dice.choice(["Head office", "Main site"]))
        source = Source(shown, "Fake", snapshot if dice.random() < 0.9 else None, health)
        source = replace(source, limits=limits) if dice.random() < 0.5 else source
        yield Frame(at_ms, source, at_ms + dice.choice([0.0, 500.0, 10_000.25]))


def _health(dice: random.Random, at_ms: float) -> Health:
    why = message("connect.timeout", host="pbx.example", seconds=10)
    if dice.random() < 0.3:
        return Health(
            HealthState.UNREACHABLE, moment(at_ms), why, 5.0, None, None, dice.random() * 1e6, "over\x00 there"
        )
    return Health(HealthState.LIVE, moment(START_MS), None, 5.0, dice.random() * 1e5, moment(at_ms - 3))


def _snapshot(dice: random.Random, rows: dict[str, Row], at_ms: float, profile: Profile) -> Snapshot:
    return Snapshot(
        profile.id,
        "fake",
        moment(at_ms + 1234),
        COLUMNS if dice.random() < 0.9 else {},
        _rows(dice, rows, "q", 5, at_ms),
        _rows(dice, rows, "a", 300, at_ms),  # more than are packed together
        _rows(dice, rows, "w", 4, at_ms),
        tuple(MetricRow(f"m{n}", "Tile", "C", "n", _reading(dice, at_ms)) for n in range(dice.randrange(4))),
        {Section.WAITING: message("waiting.unavailable")} if dice.random() < 0.5 else {},
        (message("socket.down"),) if dice.random() < 0.2 else (),
        dice.random() * 1000,
        dice.random() < 0.2,
    )


def _rows(dice: random.Random, rows: dict[str, Row], prefix: str, most: int, at_ms: float) -> tuple[Row, ...]:
    found = []
    for number in dice.sample(range(most), dice.randrange(min(most, 12))):
        row_id = f"{prefix}{number}"
        if row_id not in rows or dice.random() < 0.3:
            readings = {name: _reading(dice, at_ms) for name in dice.sample(("a", "offered", "metric:ä"), 2)}
            rows[row_id] = Row(
                row_id, dice.choice(["Müller", "Zoë \udc80".encode("utf-8", "replace").decode()]), readings
            )
        found.append(rows[row_id])
    return tuple(found)


def _reading(dice: random.Random, at_ms: float) -> Reading:
    return dice.choice(
        [
            count(dice.randrange(5)),
            count(2**60 + dice.randrange(3)),
            count(-0.5 * dice.randrange(9)),
            text(dice.choice(["available", "on_call", "", "☎"]), text="Idle"),
            Reading(Status.OK, dice.randrange(9), Unit.MS, 1.0, float(int(at_ms)) - dice.randrange(9)),
            Reading(Status.STALE, dice.random(), Unit.MS, 0.25, at_ms, origin=Origin.INFERRED),
            Reading(Status.OK, dice.random() < 0.5, Unit.FLAG),
            UNSUPPORTED,
            WARMING,
            error("not permitted"),
        ]
    )
