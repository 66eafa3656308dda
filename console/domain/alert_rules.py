"""Alert rules as data: what must hold, for how long, where, and what is to be done about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from console.domain.enums import AgentStatus
from console.domain.thresholds import Level


class Scope(StrEnum):
    """What a rule looks at: each has rows of its own."""

    QUEUE = "queue"
    AGENT = "agent"
    CALLER = "caller"
    FIGURE = "figure"  # key figures of a whole system (the tiles)
    CONNECTION = "connection"  # the profile itself: its column is `CONNECTION_COLUMN`


# How long the profile has had no fresh data: a duration in ms like all others, 0 while there is some.
CONNECTION_COLUMN: Final = "without_data"


class Compare(StrEnum):
    """How a figure is compared with the limit."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    IS = "="
    IS_NOT = "!="

    @property
    def is_high_bad(self) -> bool:
        """Whether larger figures meet it."""
        return self in (Compare.AT_LEAST, Compare.ABOVE)


class Action(StrEnum):
    """What a firing does besides its entry in the alert centre, which is always made."""

    BANNER = "banner"
    NOTIFICATION = "notification"
    SOUND = "sound"
    RAISE = "raise"  # the row moves to the top of its table
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one column.

    Attributes:
        column: id of the column (`console.domain.columns`, ``metric:<vendor id>``), or of the figure for FIGURE.
        limit: number in the column's unit (durations in ms, percent 0 to 100), or a word for text columns.
        dead_band: how far the figure must come back from the limit before the condition ends; same unit, >= 0. With 0
            it ends as soon as the comparison fails; ``>= 120`` with a dead-band of 30 ends at 90.
        states: for ``time_in_state``: only in these states; empty: in any.
    """

    column: str
    compare: Compare
    limit: float | str
    dead_band: float = 0.0
    states: frozenset[AgentStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of the day (minutes after midnight of this computer's clock; over midnight where end <= start).

    Attributes:
        days: days of the week on which it begins, 0 Monday to 6 Sunday.
    """

    start_min: int
    end_min: int
    days: frozenset[int] = frozenset(range(7))

    def covers(self, weekday: int, minute: int) -> bool:
        """Whether a minute of a day of the week (0 Monday) lies in it; start and end alike mean a whole day."""
        if self.start_min < self.end_min:
            return weekday in self.days and self.start_min <= minute < self.end_min
        if minute >= self.start_min:
            return weekday in self.days
        return minute < self.end_min and (weekday - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert rule. All of its conditions must hold in the same row.

    Attributes:
        id: never changes.
        profiles: ids of profiles; empty: all of them.
        rows: casefolded names (of queues, agents) it is limited to; empty: all. For AGENT and CALLER, `queues` limits
            to those of the named queues likewise.
        for_s: seconds the conditions must hold without a break before it fires.
        cooldown_s: seconds after the end of a firing in which the same row notifies nobody again: a new crossing
            re-opens the same alert silently and counts, and the seconds begin anew when that one ends.
        quiet: in these hours alerts are listed but say nothing (no banner, notification, sound).
        known: False for a rule of a newer version that this program cannot run; it is kept as it is.
    """

    id: str
    name: str
    scope: Scope
    conditions: tuple[Condition, ...]
    level: Level = Level.CRITICAL
    is_enabled: bool = True
    profiles: tuple[str, ...] = ()
    rows: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    for_s: float = 0.0
    cooldown_s: float = 300.0
    quiet: tuple[QuietHours, ...] = ()
    actions: frozenset[Action] = field(
        default_factory=lambda: frozenset({Action.BANNER, Action.NOTIFICATION, Action.SOUND, Action.RAISE, Action.LOG})
    )
    known: bool = True
