"""Thresholds: when a figure deserves a look, and when it needs an act. Pure data and one comparison.

The figures are starting points gathered from supervisor products (jtel: service level 80 / 60 %, sip.io: longest
wait 120 s, Cirrus: available agents); where those name none, the figure is ours and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from console.domain.enums import AgentStatus
from console.domain.values import Reading, Status


class Level(IntEnum):
    """How bad a figure is; comparable, the highest wins."""

    NONE = 0
    CAUTION = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Threshold:
    """Two limits of one column, in the column's unit (durations in ms, percent 0 to 100).

    With `is_low_bad` a value below `caution` or `critical` is bad (service level), otherwise one at or above it.
    """

    caution: float
    critical: float
    is_low_bad: bool = False

    @classmethod
    def of(
        cls, caution: float | None, critical: float, *, is_low_bad: bool = False, most: float = float("inf")
    ) -> Self:
        """A threshold whose caution may be left out: the milder limit is then 70 % of the way to the worse one.

        Args:
            most: the largest value there is (100 for percentages).
        """
        if caution is None:
            caution = min(most, critical / BLANK_SHARE) if is_low_bad else critical * BLANK_SHARE
        return cls(caution, critical, is_low_bad)

    @property
    def is_ordered(self) -> bool:
        """Whether caution comes before critical on the way to bad."""
        return self.caution >= self.critical if self.is_low_bad else self.caution <= self.critical

    def level(self, value: float) -> Level:
        """The level of a value; NaN has none."""
        if self.is_low_bad:
            return Level.CRITICAL if value < self.critical else Level.CAUTION if value < self.caution else Level.NONE
        return Level.CRITICAL if value >= self.critical else Level.CAUTION if value >= self.caution else Level.NONE

    def fraction(self, value: float) -> float:
        """How far a value is on its way to `critical`, 0 to 1, for a thin bar; full when it is there."""
        if self.critical <= 0:
            return 0.0
        return min(1.0, max(0.0, value / self.critical)) if value == value else 0.0


BLANK_SHARE: Final = 0.7
_SECOND = 1000.0
_MINUTE = 60 * _SECOND

COLUMNS: Final[Mapping[str, Threshold]] = {
    "waiting": Threshold(5, 10),  # ours
    "longest_wait": Threshold(60 * _SECOND, 120 * _SECOND),
    "wait": Threshold(60 * _SECOND, 120 * _SECOND),
    "abandon_rate": Threshold(5.0, 8.0),  # 8 % is ours
    "service_level": Threshold(80.0, 60.0, is_low_bad=True),
    "agents_available": Threshold(2, 1, is_low_bad=True),  # 1 left is caution, 0 critical; only while calls wait
}

# What a queue is doing now. The day's rates stay bad for hours once they are: they mark their own cell, not the row.
LIVE_COLUMNS: Final = frozenset({"waiting", "longest_wait", "wait", "agents_available", "time_in_state"})

STATES: Final[Mapping[AgentStatus, Threshold]] = {  # time in state; all ours
    AgentStatus.RINGING: Threshold(20 * _SECOND, 45 * _SECOND),
    AgentStatus.ON_CALL: Threshold(20 * _MINUTE, 40 * _MINUTE),
    AgentStatus.AFTER_CALL: Threshold(3 * _MINUTE, 6 * _MINUTE),
    AgentStatus.PAUSED: Threshold(30 * _MINUTE, 60 * _MINUTE),
}


_ALIASES: Final[Mapping[str, str]] = {"service_level_computed": "service_level"}  # one figure, counted by somebody else


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of one profile: what the user set for a queue, else for the profile, else the defaults.

    Attributes:
        columns: column id -> threshold; None switches the default off.
        queues: casefolded name of a queue -> its own columns, likewise.
        states: agent state -> threshold of the time in it; None switches the default off.
    """

    columns: Mapping[str, Threshold | None] = field(default_factory=dict)
    queues: Mapping[str, Mapping[str, Threshold | None]] = field(default_factory=dict)
    states: Mapping[AgentStatus, Threshold | None] = field(default_factory=dict)

    def threshold(self, column: str, *, state: AgentStatus | None = None, queue: str = "") -> Threshold | None:
        """The threshold of a column; ``time_in_state`` has one for each state that should not last."""
        if column == "time_in_state":
            if state is None:
                return None
            return self.states[state] if state in self.states else STATES.get(state)
        column = _ALIASES.get(column, column)
        if queue and self.queues:
            own = self.queues.get(queue.casefold())
            if own is not None and column in own:
                return own[column]
        return self.columns[column] if column in self.columns else COLUMNS.get(column)

    def has(self, column: str) -> bool:
        """Whether a column can carry a level at all."""
        column = _ALIASES.get(column, column)
        known = column in COLUMNS or column in self.columns or column == "time_in_state"
        return known or any(column in own for own in self.queues.values())

    def level(
        self,
        column: str,
        value: float,
        *,
        state: AgentStatus | None = None,
        queue: str = "",
        callers_waiting: float | None = None,
    ) -> Level:
        """The level of a fresh value.

        Args:
            column: id of the column.
            value: the figure now, in the column's unit.
            state: the agent's state, for ``time_in_state``.
            queue: the name of the queue it belongs to.
            callers_waiting: how many wait in the same queue; without callers nobody misses an available agent.
        """
        limit = self.threshold(column, state=state, queue=queue)
        if limit is None or (column == "agents_available" and not callers_waiting):
            return Level.NONE
        return limit.level(value)

    def reading_level(
        self,
        column: str,
        reading: Reading,
        server_ms: float,
        *,
        state: AgentStatus | None = None,
        queue: str = "",
        waiting: Reading | None = None,
    ) -> Level:
        """The level of a reading at a moment of the server's clock; only a fresh number has one."""
        if reading.status is not Status.OK:
            return Level.NONE
        value = reading.value_at(server_ms)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return Level.NONE
        callers = None
        if waiting is not None and waiting.status is Status.OK and isinstance(waiting.value, (int, float)):
            callers = waiting.value
        return self.level(column, value, state=state, queue=queue, callers_waiting=callers)


DEFAULT_LIMITS: Final = Limits()


def worst(levels: Iterable[Level]) -> Level:
    """The highest level; NONE for no levels."""
    return max(levels, default=Level.NONE)
