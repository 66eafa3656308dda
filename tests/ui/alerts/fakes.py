"""An alert service that does what it is told, and alerts made to measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from console.domain.alert_rules import Action, Compare, Condition, Rule, Scope
from console.domain.alerts import Alert, AlertNews, AlertState
from console.domain.thresholds import Level
from console.domain.values import Unit
from tests.ui.boards import START_MS

ALL_ACTIONS = frozenset(Action)


def rule(rule_id: str = "r1", name: str = "Long wait", **more: Any) -> Rule:
    conditions = (Condition("longest_wait", Compare.AT_LEAST, 120_000.0),)
    return Rule(rule_id, name, Scope.QUEUE, more.pop("conditions", conditions), **more)


def alert(number: int, row: str = "Support", **more: Any) -> Alert:
    given: dict[str, Any] = {
        "rule_id": "r1",
        "rule_name": "Long wait",
        "scope": Scope.QUEUE,
        "level": Level.CRITICAL,
        "profile_id": "p1",
        "profile_name": "Main site",
        "row_id": row.casefold(),
        "row_name": row,
        "column": "longest_wait",
        "unit": Unit.MS,
        "limit": 120_000.0,
        "value": 121_000.0,
        "worst": 161_000.0,
        "since_ms": START_MS - 60_000 - number * 1000,
        "fired_ms": START_MS - 50_000 - number * 1000,
    }
    return Alert(id=f"a{number}", **{**given, **more})


class FakeAlerts:
    """Keeps alerts in a list and tells its listeners."""

    def __init__(self, alerts: Iterable[Alert] = (), rules: Iterable[Rule] = ()) -> None:
        self.alerts: list[Alert] = list(alerts)
        self.rules: list[Rule] = list(rules) or [rule()]
        self.is_read_only = False
        self.muted_until: float | None = None
        self.raised: dict[Scope, dict[tuple[str, str], Level]] = {}
        self.now_ms = START_MS
        self.listeners: list[Callable[[tuple[AlertNews, ...]], None]] = []

    @property
    def open_alerts(self) -> list[Alert]:
        return [each for each in self.alerts if each.is_open]

    def subscribe(self, listener: Callable[[tuple[AlertNews, ...]], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def put(self, *alerts: Alert, actions: frozenset[Action] = frozenset()) -> None:
        """Add or replace alerts, and tell."""
        for each in alerts:
            self.alerts = [other for other in self.alerts if other.id != each.id] + [each]
        self.tell(*(AlertNews(each, actions) for each in alerts))

    def tell(self, *news: AlertNews) -> None:
        for listener in list(self.listeners):
            listener(news)

    def _change(self, ids: Iterable[str], **changes: Any) -> None:
        wanted = set(ids)
        self.put(*(replace(each, **changes) for each in self.alerts if each.id in wanted))

    def acknowledge(self, ids: Iterable[str]) -> None:
        self._change(ids, state=AlertState.ACKNOWLEDGED, acknowledged_ms=self.now_ms)

    def snooze(self, ids: Iterable[str], until_ms: float | None) -> None:
        self._change(ids, snoozed_until_ms=until_ms)

    def set_note(self, alert_id: str, note: str) -> None:
        self._change((alert_id,), note=note)

    def archive(self, ids: Iterable[str]) -> None:
        self._change(ids, state=AlertState.ARCHIVED, archived_ms=self.now_ms)

    def mute_until(self, until_ms: float | None) -> None:
        self.muted_until = until_ms
        self.tell()
