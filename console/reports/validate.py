"""Whether values can be sent: problems by parameter, each a sentence that says what to do. Pure."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.reports.schema import Choice, Json, Param, ParamKind, ReportDefinition, Values
from console.reports.timeframe import (
    Relative,
    ResolvedTimeframe,
    Timeframe,
    check,
    resolve,
    seconds_between,
    show_moment,
)
from console.reports.timeframe_period import Period, check_period, resolve_period
from console.reports.timeframe_wall import FIRST_YEAR, LAST_YEAR
from console.reports.validate_rules import has_rule, most_days, rule_params
from console.reports.validate_text import parse_value as parse_value
from console.reports.validate_text import split_assignment as split_assignment
from console.reports.validate_text import value_to_text as value_to_text

_NAMES_SHOWN = 12
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a value.

    Attributes:
        param: id of the parameter it stands beside; empty when it is about the values as a whole.
        is_warning: it is said, and the values can be sent all the same.
    """

    param: str
    message: Message
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What validity depends on besides definition and values.

    Attributes:
        now: the moment to judge "in the future" by, aware; None leaves that out.
        zone, week_start: of the site, see `console.reports.timeframe.resolve`.
        choices: the lists loaded so far, by parameter id (dependent lists) or directory name. What is not loaded
            is not judged.
    """

    now: datetime | None = None
    zone: str = "UTC"
    week_start: int = 0
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)


def validate(definition: ReportDefinition, values: Values, around: Surroundings | None = None) -> tuple[Problem, ...]:
    """Every problem of the values, in the order of the form, then those of the report as a whole."""
    around = around or Surroundings()
    found: list[Problem] = []
    for param in definition.params:
        if is_visible(definition, param, values):
            found += _of_param(definition, param, values, around)
        elif is_set(values.get(param.id)) and values[param.id] != param.default:
            found.append(Problem(param.id, message("value.hidden", label=param.label), is_warning=True))
    found += [Problem(name, unknown_name(definition, name)) for name in values if definition.param(name) is None]
    return (*found, *_of_rules(definition, sent_values(definition, values)))


def errors(problems: Collection[Problem]) -> tuple[Problem, ...]:
    """Those that stand in the way of a run."""
    return tuple(problem for problem in problems if not problem.is_warning)


def is_set(value: Json) -> bool:
    """Whether a value says something: zero and false do, empty text and empty lists do not."""
    if isinstance(value, dict):
        return any(item is not None for item in value.values())
    return value is not None and value != "" and value != []


def is_visible(definition: ReportDefinition, param: Param, values: Values) -> bool:
    """Whether a parameter is shown and sent with these values; one that hangs on a hidden one is hidden too."""
    seen: set[str] = set()
    while (condition := param.visible_if) is not None:
        other = definition.param(condition.param)
        if other is None or other.id in seen:
            return False
        seen.add(other.id)
        if not _holds(values.get(other.id), condition.values):
            return False
        param = other
    return True


def sent_values(definition: ReportDefinition, values: Values) -> dict[str, Json]:
    """The values of visible parameters that are set: what a plan is made from."""
    return {
        param.id: values[param.id]
        for param in definition.params
        if param.id in values and is_set(values[param.id]) and is_visible(definition, param, values)
    }


def default_values(definition: ReportDefinition) -> dict[str, Json]:
    """What a fresh form holds: the defaults, and yesterday for a timeframe or period that is needed."""
    values: dict[str, Json] = {}
    for param in definition.params:
        if param.default is not None:
            values[param.id] = json.loads(json.dumps(param.default))  # a copy: lists must not be shared
        elif param.required and param.kind is ParamKind.TIMEFRAME:
            values[param.id] = Timeframe(Relative.YESTERDAY).to_json()
        elif param.required and param.kind is ParamKind.PERIOD:
            values[param.id] = Period.parse("yesterday").to_json()
    return values


def resolve_values(
    definition: ReportDefinition, values: Values, now: datetime, zone: str, week_start: int = 0
) -> dict[str, ResolvedTimeframe]:
    """What every timeframe and period that is sent comes to, by parameter id; the rule ``until_now`` is kept.

    Raises:
        UserError: one cannot be resolved.
    """
    until_now = has_rule(definition.rules, "until_now")
    found: dict[str, ResolvedTimeframe] = {}
    for name, value in sent_values(definition, values).items():
        param = definition.param(name)
        if param and param.kind is ParamKind.TIMEFRAME:
            found[name] = resolve(Timeframe.from_json(value), now, zone, week_start, until_now=until_now)
        elif param and param.kind is ParamKind.PERIOD:
            found[name] = resolve_period(Period.from_json(value), now, zone, until_now=until_now)
    return found


def unknown_name(definition: ReportDefinition, name: str) -> Message:
    """The sentence for a parameter that the report does not have, with the nearest names it has."""
    known = [param.id for param in definition.params]
    labels = {param.label.casefold(): param.id for param in definition.params}
    near = difflib.get_close_matches(name.casefold(), [*known, *labels], n=3, cutoff=0.6)
    nearest = list(dict.fromkeys(labels.get(item, item) for item in near))
    if nearest:
        return message("value.unknown", title=definition.title, name=name, nearest=", ".join(nearest))
    return message("value.unknown_list", title=definition.title, name=name, known=", ".join(known) or "none")


def known_choices(param: Param, choices: Mapping[str, Sequence[Choice]]) -> tuple[Choice, ...] | None:
    """All that can be chosen: literal choices first; None while the directory is not loaded."""
    if not param.directory:
        return param.choices
    loaded = choices.get(param.id, choices.get(param.directory))
    return None if loaded is None else (*param.choices, *loaded)


def _holds(value: Json, wanted: tuple[str, ...]) -> bool:
    if not is_set(value):
        return False
    if not wanted:
        return True
    items = value if isinstance(value, list) else [value]
    return any(as_text(item) in wanted for item in items)


def as_text(value: Json) -> str:
    """A plain value as a condition or choice spells it: ``true``, ``12``, text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _of_param(definition: ReportDefinition, param: Param, values: Values, around: Surroundings) -> list[Problem]:
    value = values.get(param.id)
    if not is_set(value):
        return [Problem(param.id, message("value.required", label=param.label))] if param.required else []
    if not param.editable and param.id in values and param.default is not None and value != param.default:
        return [Problem(param.id, message("value.fixed", label=param.label))]
    if param.kind is ParamKind.TIMEFRAME or param.kind is ParamKind.PERIOD:
        fault = _range_fault(definition, param, value, around)
    else:
        fault = _KINDS[param.kind](param, value)
    if fault:
        return [Problem(param.id, fault)]
    if param.kind in (ParamKind.CHOICE, ParamKind.MULTI_CHOICE):
        return _of_choices(param, value, around)
    return []


def _kind(param: Param, expected: str) -> Message:
    return message("value.kind", label=param.label, expected=expected)


def _text(param: Param, value: Json) -> Message | None:
    if not isinstance(value, str):
        return _kind(param, "text")
    if _CONTROL.search(value):
        return message("value.control", label=param.label)
    if param.pattern and not _pattern(param.pattern).fullmatch(value):
        example = f", such as {param.placeholder}" if param.placeholder else ""
        return message("value.pattern", label=param.label, example=example)
    return None


def _integer(param: Param, value: Json) -> Message | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return _kind(param, "a whole number")
    return _bounds(param, value)


def _number(param: Param, value: Json) -> Message | None:
    if not _is_number(value):
        return _kind(param, "a number")
    return _bounds(param, value)


def _duration(param: Param, value: Json) -> Message | None:
    if not _is_number(value) or _as_float(value) < 0:
        return _kind(param, "a duration in seconds or as h:mm:ss")
    return _bounds(param, value)


def _duration_range(param: Param, value: Json) -> Message | None:
    if not isinstance(value, dict) or set(value) - {"min", "max"}:
        return _kind(param, "a range of durations")
    ends = [value.get("min"), value.get("max")]
    for end in ends:
        if end is not None and (fault := _duration(param, end)):
            return fault
    if None not in ends and _as_float(ends[1]) < _as_float(ends[0]):
        return message("value.range_order", label=param.label)
    return None


def _boolean(param: Param, value: Json) -> Message | None:
    return None if isinstance(value, bool) else _kind(param, "yes or no")


def _choice(param: Param, value: Json) -> Message | None:
    return None if isinstance(value, str) else _kind(param, "one choice")


def _multi_choice(param: Param, value: Json) -> Message | None:
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if is_list else _kind(param, "a list of choices")


def _time_of_day(param: Param, value: Json) -> Message | None:
    return None if isinstance(value, str) and _TIME.fullmatch(value) else _kind(param, "a time like 08:30:00")


def _date(param: Param, value: Json) -> Message | None:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        if not FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR:
            return message("timeframe.year", first=FIRST_YEAR, last=LAST_YEAR)
    except ValueError:
        return _kind(param, "a date like 2026-11-22")
    return None


def _interval(param: Param, value: Json) -> Message | None:
    length, unit = (value.get("length"), value.get("unit")) if isinstance(value, dict) else (None, None)
    if not isinstance(length, int) or isinstance(length, bool) or length < 1 or not isinstance(unit, str) or not unit:
        return _kind(param, "a number and a unit, such as 1 DAYS")
    if param.choices and unit not in {choice.value for choice in param.choices}:
        return message("value.choice", label=param.label, known=_names([choice.value for choice in param.choices]))
    return _bounds(param, length)


def _raw_json(param: Param, value: Json) -> Message | None:
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as fault:
        return message("value.json", label=param.label, what=type(fault).__name__)
    return None


_KINDS: dict[ParamKind, Callable[[Param, Json], Message | None]] = {
    ParamKind.TEXT: _text,
    ParamKind.INTEGER: _integer,
    ParamKind.NUMBER: _number,
    ParamKind.BOOLEAN: _boolean,
    ParamKind.CHOICE: _choice,
    ParamKind.MULTI_CHOICE: _multi_choice,
    ParamKind.DURATION: _duration,
    ParamKind.DURATION_RANGE: _duration_range,
    ParamKind.TIME_OF_DAY: _time_of_day,
    ParamKind.DATE: _date,
    ParamKind.INTERVAL: _interval,
    ParamKind.RAW_JSON: _raw_json,
}


def _is_number(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value == value and abs(value) != float("inf")


def _as_float(value: Json) -> float:
    return value if isinstance(value, (int, float)) else 0.0


def _bounds(param: Param, value: Json) -> Message | None:
    if param.minimum is not None and _as_float(value) < param.minimum:
        return message("value.minimum", label=param.label, minimum=_with_unit(param, param.minimum))
    if param.maximum is not None and _as_float(value) > param.maximum:
        return message("value.maximum", label=param.label, maximum=_with_unit(param, param.maximum))
    return None


def _with_unit(param: Param, number: float) -> str:
    return f"{number:g} {param.unit}".strip()


def _range_fault(definition: ReportDefinition, param: Param, value: Json, around: Surroundings) -> Message | None:
    """What is wrong with a timeframe or period: its form, its ends, the future, its length."""
    try:
        asked = Timeframe.from_json(value) if param.kind is ParamKind.TIMEFRAME else Period.from_json(value)
        if fault := check(asked) if isinstance(asked, Timeframe) else check_period(asked):
            return fault
        now = around.now or datetime(2000, 1, 1, tzinfo=UTC)
        if isinstance(asked, Timeframe):
            resolved = resolve(asked, now, around.zone, around.week_start)
        else:
            resolved = resolve_period(asked, now, around.zone)
    except UserError as fault:
        return fault.message
    ahead = around.now is not None and seconds_between(around.now, resolved.start) > 0
    if ahead and not has_rule(definition.rules, "future_ok"):
        return message("timeframe.future", start=show_moment(resolved.start))
    days = (resolved.end.date() - resolved.start.date()).days + 1
    most = most_days(definition.rules)
    if most is not None and days > most:
        return message("timeframe.too_long", days=days, most=most)
    return None


def _of_choices(param: Param, value: Json, around: Surroundings) -> list[Problem]:
    """Values nobody lists: kept and said, for the system may know them all the same."""
    chosen = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    listed = known_choices(param, around.choices)
    if listed is None or (not listed and not param.directory):
        return []
    strange = sorted(set(chosen) - {choice.value for choice in listed}, key=chosen.index)
    if not strange:
        return []
    return [
        Problem(param.id, message("value.choice_unknown", label=param.label, names=_names(strange)), is_warning=True)
    ]


def _of_rules(definition: ReportDefinition, values: Values) -> list[Problem]:
    found: list[Problem] = []
    for rule in definition.rules:
        name, _, argument = rule.partition(":")
        if name not in ("one_of", "not_both"):
            continue
        params = [param for item in rule_params(argument) if (param := definition.param(item))]
        filled = [param for param in params if param.id in values]
        if (name == "one_of" and not filled) or (name == "not_both" and len(filled) > 1):
            labels = ", ".join(param.label for param in params)
            where = (filled[-1] if filled else params[0]).id
            found.append(Problem(where, message(f"value.{name}", names=labels)))
    return found


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} …" if len(names) > _NAMES_SHOWN else shown


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
