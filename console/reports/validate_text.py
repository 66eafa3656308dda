"""Values as they are written on a command line, ``--set queues="Sales,Support"``, to and from their JSON forms."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.reports.schema import Choice, Json, Param, ParamKind
from console.reports.timeframe import Timeframe
from console.reports.timeframe_period import Period

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,4}):([0-5]\d(?:\.\d+)?)")
_SECONDS = re.compile(r"\d+(?:\.\d+)?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def split_assignment(text: str) -> tuple[str, str]:
    """``NAME=VALUE`` taken apart at the first equals sign.

    Raises:
        UserError: there is none, or no name before it.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(message("value.assignment", text=text[:80]))
    return name.strip(), value


def parse_value(param: Param, text: str, choices: Sequence[Choice] = ()) -> Json:
    """The JSON form of what somebody wrote for a parameter; None for empty text, which means "not set".

    Args:
        choices: the choices of the parameter's directory as far as loaded; a name that only one of them has stands
            for its value. What nobody lists is kept as it is written.

    Raises:
        UserError: it cannot be read as that kind; the sentence names the parameter and says what to write.
    """
    if param.kind is ParamKind.TEXT:
        return text or None
    text = text.strip()
    if not text:
        return None
    if param.kind is ParamKind.CHOICE:
        return _choice(param, text, (*param.choices, *choices))
    if param.kind is ParamKind.MULTI_CHOICE:
        return [_choice(param, item, (*param.choices, *choices)) for item in _items(param, text)]
    return _KINDS[param.kind](param, text)


def value_to_text(param: Param, value: Json) -> str:
    """What `parse_value` reads as this value; empty for "not set". Values of a wrong form come out as JSON."""
    if value is None:
        return ""
    try:
        return _WRITERS.get(param.kind, _plain_text)(value)
    except (UserError, TypeError, ValueError, KeyError, AttributeError):
        return json.dumps(value, ensure_ascii=False)


def _fault(param: Param, expected: str) -> UserError:
    return UserError(message("value.kind", label=param.label, expected=expected))


def _choice(param: Param, text: str, choices: Sequence[Choice]) -> str:
    if any(choice.value == text for choice in choices):
        return text
    labelled = [choice for choice in choices if choice.label.casefold() == text.casefold()]
    if exact := [choice for choice in labelled if choice.label == text]:
        labelled = exact
    values = list(dict.fromkeys(choice.value for choice in labelled))
    if len(values) > 1:
        raise UserError(message("value.ambiguous", label=param.label, text=text, known=", ".join(values)))
    return values[0] if values else text


def _items(param: Param, text: str) -> list[str]:
    try:
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True, strict=True))
    except csv.Error:
        raise UserError(message("value.quotes", label=param.label)) from None
    found = [item.strip() for row in rows for item in row]
    return list(dict.fromkeys(item for item in found if item))


def _integer(param: Param, text: str) -> Json:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise _fault(param, "a whole number")
    return int(text)


def _number(param: Param, text: str) -> Json:
    if not _NUMBER.fullmatch(text):
        raise _fault(param, "a number")
    return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else float(text)


def _boolean(param: Param, text: str) -> Json:
    if text.lower() not in (*_YES, *_NO):
        raise _fault(param, "yes or no")
    return text.lower() in _YES


def _duration(param: Param, text: str) -> Json:
    if _SECONDS.fullmatch(text):
        return _shortest(float(text))
    if match := _CLOCK.fullmatch(text):
        if match[1] and int(match[2]) > 59:
            raise _fault(param, "a duration in seconds or as h:mm:ss")
        return _shortest(int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3]))
    raise _fault(param, "a duration in seconds or as h:mm:ss")


def _duration_range(param: Param, text: str) -> Json:
    first, dots, last = text.partition("..")
    if not dots or not (first.strip() or last.strip()):
        raise _fault(param, "a range of durations, such as 0:30..5:00, 30.. or ..300")
    ends = [_duration(param, part.strip()) if part.strip() else None for part in (first, last)]
    return {"min": ends[0], "max": ends[1]}


def _time_of_day(param: Param, text: str) -> Json:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", text)
    if match is None:
        raise _fault(param, "a time like 08:30:00")
    return f"{int(match[1]):02d}:{match[2]}:{match[3] or '00'}"


def _date(param: Param, text: str) -> Json:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise _fault(param, "a date like 2026-11-22")
    return text  # whether there is such a day is for `validate` to say


def _interval(param: Param, text: str) -> Json:
    match = re.fullmatch(r"(\d{1,9})\s*([A-Za-z_]+)", text)
    if match is None:
        raise _fault(param, "a number and a unit, such as 1 DAYS")
    units = {choice.value.casefold(): choice.value for choice in param.choices}
    units |= {choice.label.casefold(): choice.value for choice in param.choices}
    return {"length": int(match[1]), "unit": units.get(match[2].casefold(), match[2].upper())}


def _raw_json(param: Param, text: str) -> Json:
    try:
        value: Json = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise UserError(_json_fault(param, "too deep")) from None
    except json.JSONDecodeError as fault:
        raise UserError(_json_fault(param, f"{fault.msg}, line {fault.lineno} column {fault.colno}")) from None
    except ValueError as fault:
        raise UserError(_json_fault(param, str(fault)[:80])) from None
    return value


def _json_fault(param: Param, what: str) -> Message:
    return message("value.json", label=param.label, what=what)


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _timeframe(param: Param, text: str) -> Json:
    return Timeframe.parse(text).to_json()


def _period(param: Param, text: str) -> Json:
    return Period.parse(text).to_json()


_KINDS: dict[ParamKind, Callable[[Param, str], Json]] = {
    ParamKind.INTEGER: _integer,
    ParamKind.NUMBER: _number,
    ParamKind.BOOLEAN: _boolean,
    ParamKind.DURATION: _duration,
    ParamKind.DURATION_RANGE: _duration_range,
    ParamKind.TIME_OF_DAY: _time_of_day,
    ParamKind.DATE: _date,
    ParamKind.TIMEFRAME: _timeframe,
    ParamKind.PERIOD: _period,
    ParamKind.INTERVAL: _interval,
    ParamKind.RAW_JSON: _raw_json,
}


def _shortest(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _plain_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _list_text(value: Json) -> str:
    if not isinstance(value, list):
        return _plain_text(value)
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([str(item) for item in value])
    return line.getvalue()


def _range_text(value: Json) -> str:
    if not isinstance(value, dict):
        raise TypeError
    return "..".join("" if value.get(key) is None else str(value[key]) for key in ("min", "max"))


def _interval_text(value: Json) -> str:
    if not isinstance(value, dict):
        raise TypeError
    return f"{value['length']} {value['unit']}"


_WRITERS: dict[ParamKind, Callable[[Json], str]] = {
    ParamKind.MULTI_CHOICE: _list_text,
    ParamKind.DURATION_RANGE: _range_text,
    ParamKind.INTERVAL: _interval_text,
    ParamKind.TIMEFRAME: lambda value: Timeframe.from_json(value).to_text(),
    ParamKind.PERIOD: lambda value: Period.from_json(value).to_text(),
    ParamKind.RAW_JSON: lambda value: json.dumps(value, ensure_ascii=False),
}
