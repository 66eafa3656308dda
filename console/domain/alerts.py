"""Alerts: what rules have found, as the alert centre lists it. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.domain.alert_rules import Action, Scope
from console.domain.thresholds import Level
from console.domain.values import Unit


class RuleState(StrEnum):
    """What a rule says of one row now."""

    NORMAL = "normal"
    PENDING = "pending"  # the conditions hold, but not long enough yet
    FIRING = "firing"
    NO_DATA = "no_data"  # old, warming or unknown figures: they fire nothing and clear nothing
    ERROR = "error"  # the rule cannot be evaluated here (no such column, a word where a number is needed)


class AlertState(StrEnum):
    """Where an alert is in its life."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"  # somebody has seen it; it still holds
    CLEARED = "cleared"  # the conditions ended by data that says so
    ARCHIVED = "archived"


class Ending(StrEnum):
    """Why an alert that still held was put away by the console itself."""

    NONE = ""
    RULE = "rule"  # its rule was changed, switched off or removed
    PROFILE = "profile"  # its profile was removed from the console


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: one rule and one row, from its first firing until it is archived. Times are epoch milliseconds.

    Attributes:
        value: the figure that decides (first condition), when it fired; a word for text columns.
        worst: the worst figure since then.
        firings: how often the conditions came back while it was open.
        has_data: False: the source is silent, so nobody knows whether it still holds.
        queue: of a caller, the queue waited in.
        ending: why the console archived it while it held; NONE where a person did, or it had cleared.
        muted: it fired while everything was muted or in quiet hours: listed, but said nothing.
    """

    id: str
    rule_id: str
    rule_name: str
    scope: Scope
    level: Level
    profile_id: str
    profile_name: str
    row_id: str
    row_name: str
    column: str
    unit: Unit
    limit: float | str
    value: float | str | None
    worst: float | str | None
    since_ms: float
    fired_ms: float
    state: AlertState = AlertState.ACTIVE
    firings: int = 1
    has_data: bool = True
    muted: bool = False
    cleared_ms: float | None = None
    acknowledged_ms: float | None = None
    archived_ms: float | None = None
    snoozed_until_ms: float | None = None
    note: str = ""
    queue: str = ""
    ending: Ending = Ending.NONE

    @property
    def is_open(self) -> bool:
        """Whether it still holds, as far as is known."""
        return self.state in (AlertState.ACTIVE, AlertState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class AlertNews:
    """A change of one alert, for who shows or sounds it; `actions` are those to be carried out now, often none."""

    alert: Alert
    actions: frozenset[Action] = frozenset()
