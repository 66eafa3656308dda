"""One raw field as a typed cell. What cannot be read has no value and keeps its text; nothing is guessed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime

from console.reports.columns import Cell, ColumnKind
from console.vendors.asternic import figures
from console.vendors.asternic.wire import scalar_text

_DATE = re.compile(
    r"(?:([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}))"
    r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\.[0-9]{1,6})?)?"
)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,9}")
_CLOCK = re.compile(r"[0-9]{1,4}:[0-5][0-9]:[0-5][0-9]")
_NONE: Cell = (None, None)

Maker = Callable[[str], Cell]


def raw_text(value: object) -> str:
    """A field as text: numbers as they are written, anything nested as JSON."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalar_text(value)


def date_time(text: str) -> datetime | None:
    """A wall clock time in either of the interface's two orders, told apart by where the year stands.

    Zero dates (``0000-00-00 00:00:00``) and impossible ones are None.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match.group(1, 2, 3) if match.group(1) else match.group(6, 5, 4)
    hour, minute, second = (int(part or 0) for part in match.group(7, 8, 9))
    try:
        return datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - the server names no zone
    except ValueError:
        return None


def plain(text: str) -> str:
    """Text without HTML entities, which labels of this product may hold."""
    return html.unescape(text) if "&" in text else text


def fits(text: str, kind: ColumnKind) -> bool:
    """Whether an unknown field may be of a kind, by one of its values. Long or padded digits are numbers of phones."""
    if kind is ColumnKind.DATETIME:
        return date_time(text) is not None and len(text) > 6
    if kind is ColumnKind.DURATION:
        return _CLOCK.fullmatch(text) is not None
    if kind is ColumnKind.PERCENT:
        return text.endswith("%") and figures.percent(text).value is not None
    return _INTEGER.fullmatch(text) is not None or _DECIMAL.fullmatch(text) is not None


def text_cell(text: str) -> Cell:
    """A text; empty is absent."""
    if not text:
        return _NONE
    shown = plain(text)
    return (shown, None) if shown == text else (shown, text)


def _number(text: str) -> Cell:
    bare = text.strip()
    if _INTEGER.fullmatch(bare):
        return int(bare), None
    return (float(bare), None) if _DECIMAL.fullmatch(bare) else (None, text or None)


def _duration(text: str) -> Cell:
    value = figures.seconds(text).value
    if value is None:
        return None, text or None
    return round(value * 1000), (text if ":" in text else None)


def _percent(text: str) -> Cell:
    value = figures.percent(text).value
    return (None, text or None) if value is None else (value, text if "%" in text else None)


def _date(text: str) -> Cell:
    value = date_time(text)
    return (None, text or None) if value is None else (value, None)


_FLAGS = {"true": True, "false": False}
MAKERS: dict[ColumnKind, Maker] = {
    ColumnKind.TEXT: text_cell,
    ColumnKind.NUMBER: _number,
    ColumnKind.DURATION: _duration,
    ColumnKind.PERCENT: _percent,
    ColumnKind.DATETIME: _date,
    ColumnKind.FLAG: lambda text: (_FLAGS.get(text), None),
}
