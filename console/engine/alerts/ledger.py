"""The list of alerts: what the evaluator finds becomes alerts, and people acknowledge, snooze and archive them.

Pure but for the list it holds: every method is told the time and gives back the news.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from console.domain.alert_evaluator import Change, Transition
from console.domain.alert_rules import Action, Rule, Scope
from console.domain.alerts import Alert, AlertNews, AlertState, Ending
from console.domain.thresholds import Level

HISTORY_LIMIT: Final = 5_000
HISTORY_MS: Final = 90 * 24 * 3600 * 1000.0
ARCHIVE_AFTER_MS: Final = 24 * 3600 * 1000.0  # cleared alerts leave the list by themselves
LOUD: Final = frozenset({Action.BANNER, Action.NOTIFICATION, Action.SOUND})
_NONE: Final[frozenset[Action]] = frozenset()

Key = tuple[str, str, str]  # rule, profile, row
Raised = Mapping[Scope, Mapping[tuple[str, str], Level]]
News = list[AlertNews]


def _new_id() -> str:
    return uuid.uuid4().hex[:16]


class Ledger:
    """All alerts, the oldest first."""

    def __init__(self, new_id: Callable[[], str] = _new_id) -> None:
        self._alerts: dict[str, Alert] = {}
        self._newest: dict[Key, str] = {}
        self._new_id = new_id
        self._raises: dict[str, bool] = {}  # id -> whether its rule raises rows
        self._snoozed: set[str] = set()
        self._raised: Raised | None = None
        self._sorted: tuple[Alert, ...] | None = ()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All of them, newest first."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._alerts.values(), key=lambda alert: alert.fired_ms, reverse=True))
        return self._sorted

    @property
    def open(self) -> tuple[Alert, ...]:
        """Those that still hold, newest first."""
        return tuple(alert for alert in self.alerts if alert.is_open)

    @property
    def in_order(self) -> Iterable[Alert]:
        """All of them, as they came."""
        return self._alerts.values()

    def get(self, alert_id: str) -> Alert | None:
        """One alert."""
        return self._alerts.get(alert_id)

    def restore(self, alert: Alert, *, raises: bool) -> None:
        """Take an alert of an earlier run; in the order of their firings."""
        self._put(alert, raises)

    def newest(self) -> Iterable[Alert]:
        """For each rule and row its newest alert."""
        return [self._alerts[alert_id] for alert_id in self._newest.values()]

    @property
    def raised(self) -> Raised:
        """The rows of open alerts whose rules raise them, with the worst level of each. Snoozed ones wait."""
        if self._raised is None:
            found: dict[Scope, dict[tuple[str, str], Level]] = {}
            for alert in self._alerts.values():
                if alert.is_open and alert.snoozed_until_ms is None and self._raises.get(alert.id):
                    rows = found.setdefault(alert.scope, {})
                    key = (alert.profile_id, alert.row_id)
                    rows[key] = max(rows.get(key, Level.NONE), alert.level)
            self._raised = MappingProxyType({scope: MappingProxyType(rows) for scope, rows in found.items()})
        return self._raised

    # -- found by the evaluator

    def take(self, item: Transition, rule: Rule, profile_name: str, *, is_silent: bool) -> AlertNews | None:
        """A change of a firing; `is_silent`: everything is muted, or the rule has quiet hours."""
        former = self._alerts.get(self._newest.get((item.rule_id, item.profile_id, item.row_id), ""))
        if item.change is Change.FIRED:
            return self._fire(item, rule, profile_name, former, is_silent)
        if former is None or former.cleared_ms is not None:
            return None
        changed = replace(former, worst=item.worst, row_name=item.row_name or former.row_name)
        if item.change is Change.CLEARED:
            state = former.state if former.state is AlertState.ARCHIVED else AlertState.CLEARED
            changed = replace(changed, state=state, cleared_ms=item.at_ms, has_data=True)
        elif item.change is not Change.WORSE:
            changed = replace(changed, has_data=item.change is Change.BACK)
        self._put(changed, Action.RAISE in rule.actions)
        return AlertNews(changed)

    def _fire(
        self, item: Transition, rule: Rule, profile_name: str, former: Alert | None, is_silent: bool
    ) -> AlertNews:
        raises = Action.RAISE in rule.actions
        is_asleep = former is not None and former.snoozed_until_ms is not None
        if former is not None and (item.is_repeat or is_asleep):
            state = AlertState.ACTIVE if former.acknowledged_ms is None else AlertState.ACKNOWLEDGED
            again = replace(
                former,
                state=state,
                firings=former.firings + 1,
                has_data=True,
                cleared_ms=None,
                archived_ms=None,
                ending=Ending.NONE,
                worst=_worse(rule, item.worst, former.worst),
            )
            self._put(again, raises)
            return AlertNews(again)
        first = rule.conditions[0]
        alert = Alert(
            id=self._new_id(),
            rule_id=rule.id,
            rule_name=rule.name,
            scope=rule.scope,
            level=rule.level,
            profile_id=item.profile_id,
            profile_name=profile_name,
            row_id=item.row_id,
            row_name=item.row_name,
            column=first.column,
            unit=item.unit,
            limit=first.limit,
            value=item.value,
            worst=item.worst,
            since_ms=item.since_ms,
            fired_ms=item.at_ms,
            muted=is_silent,
            queue=item.queue,
        )
        self._put(alert, raises)
        if item.is_repeat:  # its alert has been forgotten since
            return AlertNews(alert)
        return AlertNews(alert, rule.actions - LOUD if is_silent else rule.actions)

    # -- done by people

    def acknowledge(self, ids: Iterable[str], now_ms: float) -> News:
        """Somebody has seen them."""
        return self._change(
            ids,
            lambda a: (
                replace(a, state=AlertState.ACKNOWLEDGED, acknowledged_ms=now_ms) if a.state is AlertState.ACTIVE else a
            ),
        )

    def snooze(self, ids: Iterable[str], until_ms: float | None) -> News:
        """Say nothing of them until then, though they hold; None ends it."""
        return self._change(ids, lambda a: replace(a, snoozed_until_ms=until_ms) if a.is_open else a)

    def note(self, alert_id: str, note: str) -> News:
        """Keep a note."""
        return self._change((alert_id,), lambda a: replace(a, note=note))

    def archive(self, ids: Iterable[str], now_ms: float, ending: Ending = Ending.NONE) -> News:
        """Put them away, those that still hold too."""
        return self._change(ids, lambda a: _archived(a, now_ms, ending))

    def restyle(self, rule: Rule) -> News:
        """A rule looks for the same under another name or level, or does something else about it."""
        raises = Action.RAISE in rule.actions
        for alert in self._alerts.values():
            if alert.rule_id == rule.id:
                self._raises[alert.id] = raises
        self._raised = None
        ids = [alert.id for alert in self._alerts.values() if alert.rule_id == rule.id and alert.is_open]
        return self._change(ids, lambda a: replace(a, rule_name=rule.name, level=rule.level))

    def close_rule(self, rule_id: str, now_ms: float) -> News:
        """Nobody looks for it any more: what is open is put away."""
        ids = [alert.id for alert in self._alerts.values() if alert.rule_id == rule_id and alert.is_open]
        return self.archive(ids, now_ms, Ending.RULE)

    def close_profiles(self, known: Collection[str], now_ms: float) -> News:
        """Only these profiles are there any more: what is open of others is put away."""
        ids = [alert.id for alert in self._alerts.values() if alert.is_open and alert.profile_id not in known]
        return self.archive(ids, now_ms, Ending.PROFILE)

    # -- done by time

    def wake(self, now_ms: float, actions_of: Callable[[Alert], frozenset[Action]]) -> News:
        """Snoozes that have ended: what still holds is active again, and said once."""
        news: News = []
        for alert in [self._alerts[alert_id] for alert_id in sorted(self._snoozed)]:
            if alert.snoozed_until_ms is None or alert.snoozed_until_ms > now_ms:
                continue
            awake = replace(alert, snoozed_until_ms=None)
            if alert.is_open:
                awake = replace(awake, state=AlertState.ACTIVE, acknowledged_ms=None)
            self._put(awake, self._raises.get(alert.id, False))
            news.append(AlertNews(awake, actions_of(awake) if awake.is_open else _NONE))
        return news

    def tidy(self, now_ms: float) -> News:
        """Put away what was cleared long ago, and forget what is old or too much. What is open stays."""
        long_over = [
            alert.id
            for alert in self._alerts.values()
            if alert.state is AlertState.CLEARED and now_ms - (alert.cleared_ms or 0.0) >= ARCHIVE_AFTER_MS
        ]
        news = self.archive(long_over, now_ms)
        over = [alert for alert in self._alerts.values() if not alert.is_open]
        surplus = max(0, len(self._alerts) - HISTORY_LIMIT)
        for place, alert in enumerate(sorted(over, key=lambda a: (a.state is AlertState.CLEARED, a.fired_ms))):
            if place < surplus or now_ms - alert.fired_ms >= HISTORY_MS:
                self._forget(alert)
        return news

    def _forget(self, alert: Alert) -> None:
        del self._alerts[alert.id]
        self._snoozed.discard(alert.id)
        self._raised = self._sorted = None
        self._raises.pop(alert.id, None)
        key = (alert.rule_id, alert.profile_id, alert.row_id)
        if self._newest.get(key) == alert.id:
            del self._newest[key]

    def _change(self, ids: Iterable[str], change: Callable[[Alert], Alert]) -> News:
        news: News = []
        for alert_id in dict.fromkeys(ids):
            alert = self._alerts.get(alert_id)
            if alert is not None and (changed := change(alert)) != alert:
                self._put(changed, self._raises.get(alert_id, False))
                news.append(AlertNews(changed))
        return news

    def _put(self, alert: Alert, raises: bool) -> None:
        if alert.id not in self._alerts:
            self._newest[alert.rule_id, alert.profile_id, alert.row_id] = alert.id
        self._alerts[alert.id] = alert
        self._raises[alert.id] = raises
        (self._snoozed.discard if alert.snoozed_until_ms is None else self._snoozed.add)(alert.id)
        self._raised = self._sorted = None


def _archived(alert: Alert, now_ms: float, ending: Ending) -> Alert:
    if alert.state is AlertState.ARCHIVED:
        return alert
    return replace(alert, state=AlertState.ARCHIVED, archived_ms=now_ms, snoozed_until_ms=None, ending=ending)


def _worse(rule: Rule, value: float | str | None, former: float | str | None) -> float | str | None:
    if isinstance(value, float) and isinstance(former, float):
        return max(value, former) if rule.conditions[0].compare.is_high_bad else min(value, former)
    return value if former is None else former
