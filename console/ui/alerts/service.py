"""What the window asks of the alert engine, as narrow as it is used; `console.engine.alerts` fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from console.domain.alert_rules import Rule, Scope
from console.domain.alerts import Alert, AlertNews
from console.domain.thresholds import Level

RowKey = tuple[str, str]  # profile id and row id
Listener = Callable[[tuple[AlertNews, ...]], None]


class AlertService(Protocol):
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
    def rules(self) -> Sequence[Rule]:
        """The rules in the user's order."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether the rules are of a newer version, and kept as they are."""
        ...

    @property
    def muted_until(self) -> float | None:
        """Until when nothing is said; infinite until it is undone, None while it is not muted."""
        ...

    @property
    def raised(self) -> Mapping[Scope, Mapping[RowKey, Level]]:
        """Rows that are to stand first, by what they are rows of."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell of each change; returns what ends it."""
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
