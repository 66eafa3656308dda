"""Conditions on single columns: what can be asked of a kind, typed values, and the words for both."""

from __future__ import annotations

import re
from datetime import datetime

from console.domain.text import safe_text
from console.reports.cells import show_value
from console.reports.columns import Column, ColumnKind, Value
from console.reports.table_filter import Match, Predicate
from console.ui.results.model import WORDS
from console.ui.text import tr

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2})")
_VALUELESS = (Match.EMPTY, Match.FILLED)


def matches(column: Column) -> tuple[Match, ...]:
    """What can be asked of a column, the likeliest first."""
    if column.kind in WORDS:
        return (Match.CONTAINS, Match.EXCLUDES, Match.EQUALS, Match.DIFFERS, Match.FILLED, Match.EMPTY)
    if column.kind is ColumnKind.FLAG:
        return (Match.EQUALS, Match.FILLED, Match.EMPTY)
    figures = (Match.AT_LEAST, Match.AT_MOST, Match.MORE, Match.LESS, Match.EQUALS, Match.DIFFERS)
    return (*figures, Match.CONTAINS, Match.FILLED, Match.EMPTY)


def needs_value(match: Match) -> bool:
    """Whether a test compares with something."""
    return match not in _VALUELESS


def match_words(match: Match) -> str:
    """A test as it stands between a column's title and a value."""
    return {
        Match.CONTAINS: tr("contains"),
        Match.EXCLUDES: tr("does not contain"),
        Match.EQUALS: tr("is"),
        Match.DIFFERS: tr("is not"),
        Match.AT_LEAST: tr("is at least"),
        Match.AT_MOST: tr("is at most"),
        Match.MORE: tr("is more than"),
        Match.LESS: tr("is less than"),
        Match.ONE_OF: tr("is one of"),
        Match.EMPTY: tr("is empty"),
        Match.FILLED: tr("is not empty"),
    }[match]


def read_value(text: str, match: Match, kind: ColumnKind) -> Value:
    """What was typed, as a value of the column; ValueError where it is none."""
    text = text.strip()
    if not needs_value(match):
        return None
    if not text:
        raise ValueError
    if match in (Match.CONTAINS, Match.EXCLUDES) or kind in WORDS:
        return text
    if kind is ColumnKind.DURATION:
        return _duration(text)
    if kind is ColumnKind.DATETIME:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    if kind is ColumnKind.FLAG:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.lower(), text)
    return float(text.removesuffix("%").replace("\u202f", "").replace(" ", "").replace(",", "."))


def hint(kind: ColumnKind) -> str:
    """An example of what can be typed."""
    return {
        ColumnKind.DURATION: "0:01:30",
        ColumnKind.DATETIME: "2016-08-01 09:00",
        ColumnKind.PERCENT: "80",
        ColumnKind.FLAG: tr("yes or no"),
        ColumnKind.NUMBER: "10",
        ColumnKind.MONEY: "10.50",
    }.get(kind, tr("Text"))


def in_words(column: Column, predicate: Predicate) -> str:
    """A condition as a short sentence."""
    value = predicate.value
    if value is None or (not isinstance(value, (str, int, float, datetime))):
        shown = ""
    else:
        shown = show_value(value, column.kind, column.unit)
    words = f"{safe_text(column.title, 60)} {match_words(predicate.test)}"
    return f"{words} {safe_text(shown, 60)}".rstrip()


def _duration(text: str) -> Value:
    """``h:mm:ss``, ``m:ss`` or seconds, as milliseconds."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return float(text.removesuffix("s").strip().replace(",", ".")) * 1000
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000
