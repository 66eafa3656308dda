"""Snapshots: everything one session knows at one instant, frozen.

A snapshot is made by a vendor folder, carried by the engine and shown by the window and the command line.
Rows hold readings by column id; a column a row lacks reads as UNSUPPORTED, never as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from console.domain.enums import HealthState, Section
from console.domain.messages import Message
from console.domain.values import UNSUPPORTED, Reading, Unit

ProfileId = NewType("ProfileId", str)

STALE_FLOOR_S = 10.0  # a source polled each second may miss a few beats before it counts as quiet


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column a source can fill: standard ids of `columns.STANDARD`, or ``metric:<vendor id>``."""

    id: str
    title: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Row:
    """A queue, an agent or a waiting caller. `id` is the vendor's key and unique within its section."""

    id: str
    name: str
    readings: Mapping[str, Reading]

    def reading(self, column: str) -> Reading:
        """The reading of a column; UNSUPPORTED where the source never says it."""
        return self.readings.get(column, UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A figure that belongs to no queue or agent: a tile (category NONE) or a line of the metrics table.

    `id` is unique within the snapshot: the vendor's metric id, with the category value when there is one.
    """

    id: str
    title: str
    category: str
    name: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source says at `taken_at` (the server's own clock).

    Attributes:
        columns: the columns the source fills, per section; a section absent here is unsupported.
        unavailable: why a section is missing, for the empty state of its pane.
        notices: what the supervisor should know though data flows (socket down, clock skew, ...).
        offset_ms: server clock minus the console's clock, as estimated; drives local ticking.
        is_warming: some promised values have not arrived.
    """

    profile_id: ProfileId
    backend: str
    taken_at: datetime
    columns: Mapping[Section, tuple[ColumnInfo, ...]]
    queues: tuple[Row, ...] = ()
    agents: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    unavailable: Mapping[Section, Message] = field(default_factory=dict)
    notices: tuple[Message, ...] = ()
    offset_ms: float = field(default=0.0, compare=False)
    is_warming: bool = False

    def rows(self, section: Section) -> tuple[Row, ...]:
        """The rows of a section."""
        rows: tuple[Row, ...] = getattr(self, section.value)
        return rows


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a profile's connection, as last known by its session.

    Attributes:
        since: when `state` began (the console's clock).
        message: what is wrong and what to do; None while live.
        cadence_s: how often fresh data should arrive.
        last_ok_mono: monotonic second of the last good data, None before the first.
        last_ok_at: the same on the console's wall clock.
        next_try_mono: when the session tries again, None when it waits for a person or is live.
        detail: the server's own words, escaped, for a details view.
    """

    state: HealthState
    since: datetime
    message: Message | None = None
    cadence_s: float = 5.0
    last_ok_mono: float | None = None
    last_ok_at: datetime | None = None
    next_try_mono: float | None = None
    detail: str = ""

    def age_s(self, mono: float) -> float | None:
        """Seconds since the last good data; None before the first."""
        return None if self.last_ok_mono is None else max(0.0, mono - self.last_ok_mono)

    def state_at(self, mono: float) -> HealthState:
        """The state as it must be shown now: live data that stopped coming is stale."""
        age = self.age_s(mono)
        if self.state is HealthState.LIVE and age is not None and age > self.stale_after_s:
            return HealthState.STALE
        return self.state

    def is_stale_at(self, mono: float) -> bool:
        """Whether values of this source must be shown as old."""
        return self.state_at(mono) not in (HealthState.LIVE, HealthState.WARMING)

    @property
    def stale_after_s(self) -> float:
        """The age at which data counts as stale though no failure is known."""
        return max(2 * self.cadence_s, STALE_FLOOR_S)
