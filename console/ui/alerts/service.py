"""What the window asks of the alert engine, as narrow as it is used; `console.engine.alerts` fits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from console.domain.alert_rules import Rule, Scope
from console.domain.alerts import Alert, AlertNews, RuleState
from console.domain.thresholds import Level

if TYPE_CHECKING:
    from console.engine.alerts.back_test import BackTest

RowKey = tuple[str, str]  # profile id and row id
Listener = Callable[[tuple[AlertNews, ...]], None]


class States(Protocol):
    """What a rule says now."""

    @property
    def targets(self) -> Mapping[tuple[str, str], RuleState]:
        """By profile id and row id."""
        ...

    @property
    def counts(self) -> Mapping[RuleState, int]:
        """How many rows are in each state; absent: none."""
        ...


class RuleService(Protocol):
    """The rules there are. What changes them raises `ConsoleError` where it cannot be."""

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules in the user's order."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether the rules are of a newer version, and kept as they are."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell of each change (nothing in it: of the rules or of muting); returns what ends it."""
        ...

    def state_of(self, rule_id: str) -> States:
        """What a rule says now."""
        ...

    def save_rule(self, rule: Rule) -> Rule:
        """Add or replace a rule."""
        ...

    def remove_rule(self, rule_id: str) -> None:
        """Forget one."""
        ...

    def set_enabled(self, rule_id: str, is_enabled: bool) -> Rule:
        """Switch one on or off."""
        ...

    def back_test(
        self, rule: Rule, start_ms: float, end_ms: float, on_progress: Callable[[float], None] | None = None
    ) -> Awaitable[BackTest]:
        """What it would have found in the recording."""
        ...


class AlertService(RuleService, Protocol):
    """The alerts there are, and what can be done about them. Times are epoch milliseconds."""

    @property
    def alerts(self) -> Sequence[Alert]:
        """All of them, archived ones too."""
        ...

    @property
    def open_alerts(self) -> Sequence[Alert]:
        """Those that still hold, as far as is known."""
        ...

    @property
    def muted_until(self) -> float | None:
        """Until when nothing is said; infinite until it is undone, None while it is not muted."""
        ...

    @property
    def raised(self) -> Mapping[Scope, Mapping[RowKey, Level]]:
        """Rows that are to stand first, by what they are rows of."""
        ...

    def acknowledge(self, ids: Iterable[str]) -> None:
        """Somebody has seen them."""
        ...

    def snooze(self, ids: Iterable[str], until_ms: float | None) -> None:
        """Say nothing about them until then; None ends it."""
        ...

    def set_note(self, alert_id: str, note: str) -> None:
        """Keep a note with an alert."""
        ...

    def archive(self, ids: Iterable[str]) -> None:
        """Put them away."""
        ...

    def mute_until(self, until_ms: float | None) -> None:
        """Say nothing about any until then; None ends it."""
        ...
