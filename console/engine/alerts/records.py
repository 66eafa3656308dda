"""Alert rules and alerts as JSON values, and back. Pure.

A rule with any part this version does not know is not guessed at: it is kept word for word and not run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from console.domain.alert_rules import Action, Compare, Condition, QuietHours, Rule, Scope
from console.domain.alerts import Alert, AlertState, Ending
from console.domain.enums import AgentStatus
from console.domain.privacy import HIDDEN
from console.domain.thresholds import Level
from console.domain.values import Unit
from console.engine.history.disguise import alias

VERSION: Final = 1
AGENT: Final = "Agent"
CALLER: Final = "Caller"
_RULE_KEYS: Final = frozenset(field.name for field in fields(Rule)) - {"known"}
_CONDITION_KEYS: Final = frozenset(field.name for field in fields(Condition))
_QUIET_KEYS: Final = frozenset(field.name for field in fields(QuietHours))
_DAY_MIN: Final = 24 * 60
_MOST: Final = 1e300  # whole numbers of JSON may be beyond all that a float can hold

Raw = Mapping[str, Any]


# -- rules


def encode_rule(rule: Rule) -> dict[str, Any]:
    """A rule as a JSON object."""
    return {
        "id": rule.id,
        "name": rule.name,
        "scope": rule.scope.value,
        "conditions": [
            {
                "column": condition.column,
                "compare": condition.compare.value,
                "limit": condition.limit,
                "dead_band": condition.dead_band,
                "states": sorted(condition.states),
            }
            for condition in rule.conditions
        ],
        "level": rule.level.name.lower(),
        "is_enabled": rule.is_enabled,
        "profiles": list(rule.profiles),
        "rows": sorted(rule.rows),
        "queues": sorted(rule.queues),
        "for_s": rule.for_s,
        "cooldown_s": rule.cooldown_s,
        "quiet": [{"start_min": q.start_min, "end_min": q.end_min, "days": sorted(q.days)} for q in rule.quiet],
        "actions": sorted(rule.actions),
    }


def decode_rule(raw: object) -> Rule:
    """A rule; one with `known` False where a part of it is not known here. ValueError for what has not even an id."""
    entry = raw if isinstance(raw, dict) else {}
    rule_id = entry.get("id")
    if not isinstance(rule_id, str) or not rule_id:
        raise ValueError("a rule without an id")
    try:
        return _rule(rule_id, entry)
    except (ValueError, KeyError, TypeError, AttributeError):
        name = entry.get("name")
        return Rule(rule_id, name if isinstance(name, str) else rule_id, Scope.QUEUE, (), is_enabled=False, known=False)


def _rule(rule_id: str, raw: Raw) -> Rule:
    _only(raw, _RULE_KEYS)
    return Rule(
        id=rule_id,
        name=_text(raw["name"]),
        scope=Scope(raw["scope"]),
        conditions=tuple(_condition(each) for each in raw["conditions"]),
        level=Level[_text(raw.get("level", "critical")).upper()],
        is_enabled=_flag(raw.get("is_enabled", True)),
        profiles=tuple(_text(each) for each in raw.get("profiles", ())),
        rows=frozenset(_text(each) for each in raw.get("rows", ())),
        queues=frozenset(_text(each) for each in raw.get("queues", ())),
        for_s=_number(raw.get("for_s", 0.0), least=0.0),
        cooldown_s=_number(raw.get("cooldown_s", 300.0), least=0.0),
        quiet=tuple(_quiet(each) for each in raw.get("quiet", ())),
        actions=frozenset(Action(each) for each in raw["actions"]),
    )


def _condition(raw: Raw) -> Condition:
    _only(raw, _CONDITION_KEYS)
    limit = raw["limit"]
    return Condition(
        column=_text(raw["column"]),
        compare=Compare(raw["compare"]),
        limit=limit if isinstance(limit, str) else _number(limit),
        dead_band=_number(raw.get("dead_band", 0.0), least=0.0),
        states=frozenset(AgentStatus(each) for each in raw.get("states", ())),
    )


def _quiet(raw: Raw) -> QuietHours:
    _only(raw, _QUIET_KEYS)
    start, end = int(_number(raw["start_min"], least=0)), int(_number(raw["end_min"], least=0))
    days = frozenset(int(_number(each, least=0)) for each in raw.get("days", range(7)))
    if max(start, end) > _DAY_MIN or not days <= frozenset(range(7)):
        raise ValueError("no time of the week")
    return QuietHours(start, end, days)


# -- alerts

_DEFAULTS: Final = {
    "state": "active",
    "firings": 1,
    "has_data": True,
    "muted": False,
    "note": "",
    "queue": "",
    "ending": "",
}


def encode_alert(alert: Alert) -> str:
    """An alert as one line of JSON; what is as usual is left out."""
    raw: dict[str, Any] = {}
    for field in fields(Alert):
        value = getattr(alert, field.name)
        if isinstance(value, Level):
            value = value.name.lower()
        if value is not None and _DEFAULTS.get(field.name) != value:
            raw[field.name] = value
    return json.dumps(raw, separators=(",", ":"), allow_nan=False)


def decode_alert(line: object) -> Alert:
    """An alert. ValueError for what is none; keys of a newer version are passed over."""
    try:
        raw = json.loads(line) if isinstance(line, str) else None
        if not isinstance(raw, dict):
            raise ValueError("no object")
        known = {key: raw[key] for key in _FREE if key in raw}
        alert = Alert(
            id=_text(raw["id"]),
            rule_id=_text(raw["rule_id"]),
            rule_name=_text(raw["rule_name"]),
            profile_id=_text(raw["profile_id"]),
            profile_name=_text(raw["profile_name"]),
            row_id=_text(raw["row_id"]),
            row_name=_text(raw["row_name"]),
            column=_text(raw["column"]),
            scope=Scope(raw["scope"]),
            level=Level[_text(raw["level"]).upper()],
            unit=Unit(raw["unit"]),
            limit=_figure(raw["limit"]) or 0.0,
            value=_figure(raw.get("value")),
            worst=_figure(raw.get("worst")),
            since_ms=_number(raw["since_ms"]),
            fired_ms=_number(raw["fired_ms"]),
            state=AlertState(raw.get("state", "active")),
        )
        return replace(alert, **{key: _FREE[key](value) for key, value in known.items()})
    except (KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise ValueError("not an alert") from exc


def without_names(alert: Alert) -> Alert:
    """An alert as it may be kept where callers and agents are not to be recognised."""
    if alert.scope is Scope.AGENT:
        return replace(alert, row_name=AGENT)
    if alert.scope is not Scope.CALLER:
        return alert
    return replace(
        alert,
        row_id=alias(alert.profile_id, alert.row_id),
        row_name=CALLER,
        value=HIDDEN if isinstance(alert.value, str) else alert.value,
        worst=HIDDEN if isinstance(alert.worst, str) else alert.worst,
    )


def _ending(value: object) -> Ending:
    return next((each for each in Ending if each == value), Ending.NONE)  # a newer version may know more


def _only(raw: Raw, known: frozenset[str]) -> None:
    if not isinstance(raw, dict) or not raw.keys() <= known:
        raise ValueError("parts of a newer version")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("no flag")
    return value


def _number(value: object, least: float = -_MOST) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= _MOST:
        raise ValueError("no such number")
    return float(value)


def _figure(value: object) -> float | str | None:
    return value if value is None or isinstance(value, str) else _number(value)


def _count(value: object) -> int:
    return int(_number(value, least=1))


_FREE: Final[Mapping[str, Any]] = {
    "firings": _count,
    "has_data": _flag,
    "muted": _flag,
    "cleared_ms": _number,
    "acknowledged_ms": _number,
    "archived_ms": _number,
    "snoozed_until_ms": _number,
    "note": _text,
    "queue": _text,
    "ending": _ending,
}
