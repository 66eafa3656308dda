"""Alerts and rules in words: one place for the list, the banner, notifications and screen readers. No widget here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from console.domain import columns as domain_columns
from console.domain.alert_rules import CONNECTION_COLUMN, Compare, Scope
from console.domain.alerts import Alert, AlertState, Ending
from console.domain.clock import to_datetime
from console.domain.columns import METRIC_PREFIX
from console.domain.enums import AgentStatus, Section
from console.domain.privacy import HIDDEN, hides
from console.domain.text import (
    format_duration,
    format_number,
    format_percent,
    safe_text,
    speak_duration,
)
from console.domain.thresholds import Level
from console.domain.values import Unit
from console.ui.text import level_word, plural, state_word, tr

NAME: Final = 80  # characters of a name the system gave
_NAMED = 3  # names in a grouped sentence; the rest is counted
SECTIONS: Final = {Scope.QUEUE: Section.QUEUES, Scope.AGENT: Section.AGENTS, Scope.CALLER: Section.WAITING}
PANES: Final = {
    Scope.QUEUE: "queues",
    Scope.AGENT: "agents",
    Scope.CALLER: "waiting",
    Scope.FIGURE: "metrics",
    Scope.CONNECTION: "queues",
}


def scope_word(scope: Scope) -> str:
    """What a rule looks at, one of them."""
    return {
        Scope.QUEUE: tr("Queue"),
        Scope.AGENT: tr("Agent"),
        Scope.CALLER: tr("Caller"),
        Scope.FIGURE: tr("Key figure"),
        Scope.CONNECTION: tr("Connection"),
    }[scope]


def state_words(state: AlertState) -> str:
    """Where an alert is in its life."""
    return {
        AlertState.ACTIVE: tr("Active"),
        AlertState.ACKNOWLEDGED: tr("Acknowledged"),
        AlertState.CLEARED: tr("Cleared"),
        AlertState.ARCHIVED: tr("Archived"),
    }[state]


def column_title(scope: Scope, column: str) -> str:
    """A column's name as the tables show it."""
    if column == CONNECTION_COLUMN:
        return tr("Without data")
    section = SECTIONS.get(scope, Section.QUEUES)
    known = domain_columns.find(section, column)
    return known.title if known is not None else safe_text(column.removeprefix(METRIC_PREFIX), NAME)


def value_text(value: float | str | None, unit: Unit) -> str:
    """A figure or word of an alert, as the tables show it."""
    if value is None:
        return tr("unknown")
    if isinstance(value, str):
        return state_word(AgentStatus(value)) if value in _STATES else safe_text(value, NAME)
    if unit is Unit.MS:
        return format_duration(value)
    return format_percent(value) if unit is Unit.PERCENT else format_number(value)


def spoken_value(value: float | str | None, unit: Unit) -> str:
    """The same for a screen reader."""
    if unit is Unit.MS and isinstance(value, (int, float)):
        return speak_duration(value)
    return value_text(value, unit)


def place(alert: Alert, *, is_private: bool = False) -> str:
    """Whom or what it is about; people stay unnamed while the privacy switch is on."""
    if is_private and alert.scope in (Scope.AGENT, Scope.CALLER):
        return scope_word(alert.scope)
    return safe_text(alert.row_name, NAME) or scope_word(alert.scope)


def figure_text(alert: Alert, value: float | str | None, *, is_private: bool = False) -> str:
    """A figure of an alert; words that may name somebody are hidden while the privacy switch is on."""
    return HIDDEN if _is_hidden(alert, value, is_private) else value_text(value, alert.unit)


def headline(alert: Alert, *, is_private: bool = False) -> str:
    """Where and what: ``Support: Long wait``."""
    return tr("{place}: {rule}", place=place(alert, is_private=is_private), rule=safe_text(alert.rule_name, NAME))


def clock_text(ms: float, now_ms: float) -> str:
    """A moment by this computer's clock; with its day where that is another one."""
    moment, today = _local(ms), _local(now_ms)
    return moment.strftime("%H:%M" if moment.date() == today.date() else "%Y-%m-%d %H:%M")


def exact_time(ms: float) -> str:
    """A moment to the second."""
    return _local(ms).strftime("%H:%M:%S")


def is_snoozed(alert: Alert, now_ms: float) -> bool:
    """Whether nothing is said about it now."""
    return alert.snoozed_until_ms is not None and alert.snoozed_until_ms > now_ms


def facts(alert: Alert, now_ms: float) -> tuple[str, ...]:
    """The second line of a row, in parts: level, connection, since when and how long, and what is special."""
    parts = [level_word(alert.level)]
    if alert.scope is not Scope.CONNECTION:
        parts.append(safe_text(alert.profile_name, NAME))
    ended = alert.cleared_ms
    if alert.is_open:
        since = clock_text(alert.since_ms, now_ms)
        parts.append(tr("since {time}, {long}", time=since, long=format_duration(now_ms - alert.since_ms)))
    elif ended is not None:
        lasted = format_duration(ended - alert.since_ms)
        parts.append(tr("{time}, for {long}", time=clock_text(alert.since_ms, now_ms), long=lasted))
    else:
        parts.append(clock_text(alert.since_ms, now_ms))
    if alert.firings > 1:
        parts.append(plural("{n} time", "{n} times", alert.firings))
    if alert.is_open and not alert.has_data:
        parts.append(tr("no data now"))
    if alert.is_open and is_snoozed(alert, now_ms) and alert.snoozed_until_ms is not None:
        parts.append(tr("snoozed until {time}", time=clock_text(alert.snoozed_until_ms, now_ms)))
    if alert.muted and alert.is_open:
        parts.append(tr("came while muted"))
    return tuple(part for part in parts if part)


def spoken(alert: Alert, now_ms: float, now: str = "", *, is_private: bool = False) -> str:
    """A row as a sentence for a screen reader."""
    title = column_title(alert.scope, alert.column)
    worst, limit = (
        HIDDEN if _is_hidden(alert, value, is_private) else spoken_value(value, alert.unit)
        for value in (alert.worst, alert.limit)
    )
    parts = [
        headline(alert, is_private=is_private),
        level_word(alert.level),
        state_words(alert.state),
        tr("{column} {value}", column=title, value=now or worst),
        tr("limit {value}", value=limit),
        *facts(alert, now_ms)[1:],
    ]
    if alert.note:
        parts.append(tr("note: {text}", text=safe_text(alert.note, 200)))
    return ", ".join(parts)


def _archived_words(ending: Ending) -> str:
    if ending is Ending.RULE:
        return tr("Archived: its rule was changed, switched off or removed")
    if ending is Ending.PROFILE:
        return tr("Archived: its connection was removed")
    return tr("Archived")


def life(alert: Alert, *, is_private: bool = False) -> tuple[tuple[float, str], ...]:
    """What has happened to it, oldest first: moments and sentences."""
    value, worst, limit = (
        figure_text(alert, one, is_private=is_private) for one in (alert.value, alert.worst, alert.limit)
    )
    told = [
        (alert.since_ms, tr("The conditions began to hold")),
        (alert.fired_ms, tr("Fired at {value}, limit {limit}", value=value, limit=limit)),
    ]
    if alert.acknowledged_ms is not None:
        told.append((alert.acknowledged_ms, tr("Acknowledged")))
    if alert.cleared_ms is not None:
        told.append((alert.cleared_ms, tr("Cleared; worst {value}", value=worst)))
    if alert.archived_ms is not None:
        told.append((alert.archived_ms, _archived_words(alert.ending)))
    if alert.fired_ms - alert.since_ms < 1000:
        del told[0]
    return tuple(sorted(told, key=lambda entry: entry[0]))


def grouped(alerts: Sequence[Alert], *, is_private: bool = False) -> str:
    """Several alerts of one level in one sentence: ``3 queues critical: Support, Sales, Billing``."""
    if not alerts:
        return ""
    if len(alerts) == 1:
        alert = alerts[0]
        figure = tr(
            "{column} {value}, limit {limit}",
            column=column_title(alert.scope, alert.column).lower(),
            value=figure_text(alert, alert.value if alert.worst is None else alert.worst, is_private=is_private),
            limit=figure_text(alert, alert.limit, is_private=is_private),
        )
        return tr("{headline} · {figure}", headline=headline(alert, is_private=is_private), figure=figure)
    scopes = {alert.scope for alert in alerts}
    places = list(dict.fromkeys(place(alert, is_private=is_private) for alert in alerts))
    rows = len({(alert.profile_id, alert.scope, alert.row_id) for alert in alerts})
    is_mixed = len(scopes) > 1 or rows != len(alerts)
    counted = _counted(alerts[0].scope, rows) if not is_mixed else plural("{n} alert", "{n} alerts", len(alerts))
    sites = len({alert.profile_id for alert in alerts})
    if len(places) == 1 and sites > 1:
        places = [tr("{place} at {n} connections", place=places[0], n=sites)]
    names = ", ".join(places[:_NAMED])
    if len(places) > _NAMED:
        names = tr("{names} and {n} more", names=names, n=len(places) - _NAMED)
    level = level_word(max(alert.level for alert in alerts)).lower()
    if is_private and scopes <= {Scope.AGENT, Scope.CALLER}:
        return tr("{counted} {level}", counted=counted, level=level)
    return tr("{counted} {level}: {names}", counted=counted, level=level, names=names)


def worst_first(alerts: Iterable[Alert]) -> list[Alert]:
    """The worst on top, among them the newest."""
    return sorted(alerts, key=lambda alert: (-int(alert.level), -alert.fired_ms, alert.id))


def ended_first(alerts: Iterable[Alert]) -> list[Alert]:
    """What ended last on top."""
    return sorted(alerts, key=lambda alert: (-(alert.archived_ms or alert.cleared_ms or alert.fired_ms), alert.id))


def compare_words(compare: Compare, *, is_word: bool = False) -> str:
    """A comparison as it stands between figure and limit."""
    return {
        Compare.AT_LEAST: tr("is at least"),
        Compare.ABOVE: tr("is above"),
        Compare.AT_MOST: tr("is at most"),
        Compare.BELOW: tr("is below"),
        Compare.IS: tr("is") if is_word else tr("is exactly"),
        Compare.IS_NOT: tr("is not"),
    }[compare]


def _counted(scope: Scope, count: int) -> str:
    one, many = {
        Scope.QUEUE: ("{n} queue", "{n} queues"),
        Scope.AGENT: ("{n} agent", "{n} agents"),
        Scope.CALLER: ("{n} caller", "{n} callers"),
        Scope.FIGURE: ("{n} key figure", "{n} key figures"),
        Scope.CONNECTION: ("{n} connection", "{n} connections"),
    }[scope]
    return plural(one, many, count)


def _is_hidden(alert: Alert, value: float | str | None, is_private: bool) -> bool:
    return is_private and isinstance(value, str) and hides(alert.column)


def _local(ms: float) -> datetime:
    return to_datetime(ms).astimezone()


_STATES: Final = frozenset(status.value for status in AgentStatus)
LEVELS: Final = (Level.CRITICAL, Level.CAUTION)
