"""One condition of an alert rule looked at in one row: what it says now, and when it will say otherwise by itself.

Running durations are straight lines of the server's clock, so the moment at which one crosses a limit is computed from
the reading alone. Whoever looks earlier or later, or once more, comes to the same moment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.enums import AgentStatus
from console.domain.model import Row
from console.domain.text import comparable
from console.domain.values import Reading, Status

NEVER: Final = math.inf
STATE_COLUMN: Final = "state"
TIMED_COLUMN: Final = "time_in_state"


class Truth(IntEnum):
    """What a condition says; anything below FALSE says nothing."""

    ERROR = -2
    UNKNOWN = -1
    FALSE = 0
    TRUE = 1


class Look(NamedTuple):
    """One look at one condition.

    Attributes:
        flips_at: the moment (server clock, ms) at which a running duration turns it round; `NEVER` if it does not.
        reading: what was looked at; None where it says nothing.
    """

    truth: Truth
    flips_at: float
    reading: Reading | None


_NO: Final = Look(Truth.FALSE, NEVER, None)
_UNKNOWN: Final = Look(Truth.UNKNOWN, NEVER, None)
_ERROR: Final = Look(Truth.ERROR, NEVER, None)


class Check:
    """A condition made ready to be looked at in very many rows."""

    __slots__ = ("_compare", "_is_high", "_is_ordered", "_limit", "_release", "_states", "_word", "column")

    def __init__(self, condition: Condition) -> None:
        self.column = condition.column
        self._compare = condition.compare
        self._is_high = condition.compare.is_high_bad
        self._is_ordered = condition.compare not in (Compare.IS, Compare.IS_NOT)
        is_number = not isinstance(condition.limit, str)
        self._word = None if is_number else str(condition.limit).casefold()
        self._limit = float(condition.limit) if is_number else math.nan
        band = max(0.0, condition.dead_band)
        self._release = self._limit - band if self._is_high else self._limit + band
        timed = condition.column == TIMED_COLUMN
        self._states = frozenset(str(state) for state in condition.states) if timed else frozenset()

    def look(self, readings: Mapping[str, Reading], is_held: bool, server_ms: float) -> Look:
        """What it says at a moment of the server's clock; `is_held`: it has fired, so the dead-band holds it."""
        if self._states:
            state = readings.get(STATE_COLUMN)
            if state is None or state.status is not Status.OK or state.value == AgentStatus.UNKNOWN:
                return _UNKNOWN
            if state.value not in self._states:
                return _NO
        reading = readings.get(self.column)
        if reading is None:
            return _UNKNOWN
        if reading.status is not Status.OK:
            # "there is none right now" is an answer (nobody waits, nothing was offered); the others are none
            return _NO if reading.status is Status.NOT_APPLICABLE else _UNKNOWN
        value = reading.value
        if self._word is not None or isinstance(value, str):
            return self._look_at_word(reading)
        if value is None or not math.isfinite(value):
            return _UNKNOWN
        if reading.rate and reading.at_ms is not None:
            return self._look_at_line(reading, float(value), reading.at_ms, is_held, server_ms)
        met = self._is_met(value) or (is_held and self._is_in_band(value))
        return Look(Truth.TRUE if met else Truth.FALSE, NEVER, reading)

    def is_worse(self, value: float, former: float) -> bool:
        """Whether a figure is further on the bad side than another."""
        return self._is_ordered and (value > former if self._is_high else value < former)

    def _look_at_word(self, reading: Reading) -> Look:
        if self._word is None or self._is_ordered or not isinstance(reading.value, str):
            return _ERROR
        is_same = reading.value.casefold() == self._word
        return Look(Truth(int(is_same is (self._compare is Compare.IS))), NEVER, reading)

    def _is_met(self, value: float) -> bool:
        compare, limit = self._compare, self._limit
        if compare is Compare.AT_LEAST:
            return value >= limit
        if compare is Compare.ABOVE:
            return value > limit
        if compare is Compare.AT_MOST:
            return value <= limit
        if compare is Compare.BELOW:
            return value < limit
        return (value == limit) is (compare is Compare.IS)

    def hold(self, reading: Reading | None, server_ms: float) -> float:
        """When a running duration turns the condition round now that it has fired (server's clock)."""
        if reading is None or not reading.rate or reading.at_ms is None or not isinstance(reading.value, (int, float)):
            return NEVER
        return self._look_at_line(reading, float(reading.value), reading.at_ms, True, server_ms).flips_at

    def _is_in_band(self, value: float) -> bool:
        """Whether a figure that met the condition has not come back beyond the dead-band yet."""
        if not self._is_ordered or self._release == self._limit:
            return False
        return value > self._release if self._is_high else value < self._release

    def _look_at_line(self, reading: Reading, value: float, at_ms: float, is_held: bool, now: float) -> Look:
        """A line never goes below 0; it passes each limit once, and there the condition turns."""
        if not self._is_ordered:
            return Look(Truth(int(self._compare is Compare.IS_NOT)), NEVER, reading)
        if self._is_met(0.0) and self._is_high:
            return Look(Truth.TRUE, NEVER, reading)  # there is nothing below 0
        if (not self._is_high and self._limit < 0) or (self._limit == 0 and self._compare is Compare.BELOW):
            return Look(Truth.FALSE, NEVER, reading)
        enters = at_ms + (self._limit - value) / reading.rate
        leaves = at_ms + (self._release - value) / reading.rate
        is_held = is_held and self._release != self._limit
        if (reading.rate > 0) is self._is_high:  # it is getting worse
            is_true = now >= enters or (is_held and now > leaves)
            return Look(Truth.TRUE, NEVER, reading) if is_true else Look(Truth.FALSE, enters, reading)
        if is_held and self._is_high and self._release < 0:
            return Look(Truth.TRUE, NEVER, reading)
        turns = leaves if is_held else enters
        return Look(Truth.TRUE, turns, reading) if now < turns else Look(Truth.FALSE, NEVER, reading)


class RowFilter:
    """Which rows a rule is about."""

    __slots__ = ("_column", "_queues", "_rows")

    def __init__(self, rule: Rule) -> None:
        self._rows = frozenset(name.casefold() for name in rule.rows)
        wants_queues = rule.scope in (Scope.AGENT, Scope.CALLER)
        self._queues = frozenset(map(comparable, rule.queues)) if wants_queues else frozenset()
        self._column = "queue" if rule.scope is Scope.CALLER else "queues"

    @property
    def takes_all(self) -> bool:
        """Whether it is about every row."""
        return not self._rows and not self._queues

    def takes(self, row: Row) -> bool:
        """Whether a row is one of them; an agent's queues are one text, joined by commas."""
        if self._rows and row.name.casefold() not in self._rows:
            return False
        if not self._queues:
            return True
        served = row.reading(self._column).value
        if not isinstance(served, str):
            return False
        joined = comparable(served)
        return joined in self._queues or any(f", {name}, " in f", {joined}, " for name in self._queues)
