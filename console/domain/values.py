"""Readings: one cell of truth, with its status, unit, rate and origin.

A cell is never a bare number. Zero, warming up, not applicable, never available from this system and
stale are different facts; a `Reading` keeps them apart from the wire to the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from console.domain.provenance import SourceRef

Value = int | float | str | bool


class Status(StrEnum):
    """What a reading says about its value."""

    OK = "ok"
    WARMING = "warming"  # the server has promised a value and does not have it yet
    NOT_APPLICABLE = "not_applicable"  # no value exists right now (nothing to divide by, nobody to name)
    UNSUPPORTED = "unsupported"  # this system never says this
    STALE = "stale"  # the value was true once; its source has gone quiet
    ERROR = "error"  # the server said something that cannot be read, or may not be read


class Unit(StrEnum):
    """The unit of a reading's value: durations are milliseconds, percentages 0 to 100."""

    COUNT = "count"
    MS = "ms"
    PERCENT = "percent"
    TEXT = "text"
    FLAG = "flag"


class Origin(StrEnum):
    """Who made the figure: the vendor, a formula of ours, or an inference about the wire."""

    VENDOR = "vendor"
    COMPUTED = "computed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value with everything a supervisor may ask about it.

    Attributes:
        status: how to read `value`.
        value: the figure at `at_ms` (or for as long as it stands); None unless status is OK or STALE.
        unit: see `Unit`.
        rate: milliseconds gained per millisecond, for durations that run (0 = stands still).
        at_ms: server time (epoch milliseconds) at which a running `value` held; None when rate is 0,
            so that an unchanged figure compares equal poll after poll.
        text: the vendor's own word, or the reason for an ERROR, UNSUPPORTED or NOT_APPLICABLE.
        origin: who made it.
        source: where it came from on the wire; no part of equality.
    """

    status: Status
    value: Value | None = None
    unit: Unit = Unit.COUNT
    rate: float = 0.0
    at_ms: float | None = None
    text: str = ""
    origin: Origin = Origin.VENDOR
    source: SourceRef | None = field(default=None, compare=False, repr=False)

    def value_at(self, server_ms: float) -> Value | None:
        """The value at a moment of the server's clock: a running duration is a straight line, never below 0."""
        if self.rate == 0 or self.at_ms is None or not isinstance(self.value, (int, float)):
            return self.value
        return max(0.0, self.value + self.rate * (server_ms - self.at_ms))

    @property
    def is_running(self) -> bool:
        """Whether the value changes with time by itself."""
        return self.rate != 0 and self.at_ms is not None and self.value is not None

    @property
    def has_value(self) -> bool:
        """Whether there is a value to show, fresh or old."""
        return self.value is not None and self.status in (Status.OK, Status.STALE)


UNSUPPORTED = Reading(Status.UNSUPPORTED, text="")
WARMING = Reading(Status.WARMING)
NOT_APPLICABLE = Reading(Status.NOT_APPLICABLE)


def count(value: float, **more: object) -> Reading:
    """A count that stands until the next reading."""
    return Reading(Status.OK, value, Unit.COUNT, **more)  # type: ignore[arg-type]


def text(value: str, **more: object) -> Reading:
    """A word or name."""
    return Reading(Status.OK, value, Unit.TEXT, **more)  # type: ignore[arg-type]


def error(reason: str, unit: Unit = Unit.COUNT, source: SourceRef | None = None) -> Reading:
    """A figure that was sent and cannot be used; `reason` says why."""
    return Reading(Status.ERROR, None, unit, text=reason, source=source)
