"""Columns, cells and summary figures of a reply: known formats become typed values, all others stay as sent.

Documented formats are STRING, NUMBER and DURATION (integer milliseconds, shown ``H:MM:SS``); string cells have no
``formattedValue``, and durations of the summary claim to be NUMBER (vendor page "Historical Call Data").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.net.limits import MAX_NUMBER
from console.reports.columns import Cell, Column, ColumnKind, Value
from console.reports.result import SUB_REPORT, SummaryItem
from console.reports.schema import Json
from console.vendors.xima.reports.formats import MARKS, is_number

KINDS = {"STRING": ColumnKind.TEXT, "NUMBER": ColumnKind.NUMBER, "DURATION": ColumnKind.DURATION}
EMPTY: Cell = (None, None)
TITLE_LIMIT = 200
_CLOCK = re.compile(r"(-?)(\d+):([0-5]\d):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class WireColumn:
    """One entry of ``columns``: the key under which rows hold its cells, its title and its format as sent."""

    key: str
    title: str
    format: str

    @property
    def kind(self) -> ColumnKind:
        """What its values are; an unknown format is text until its cells say otherwise."""
        return KINDS.get(self.format, ColumnKind.TEXT)


def make_columns(wire: Sequence[WireColumn], hints: Iterable[Column], taken: Iterable[str] = ()) -> list[Column]:
    """Columns of a table with unique, stable ids; what a definition knows of a title comes with it."""
    known = {hint.title.casefold(): hint for hint in hints}
    used = {SUB_REPORT, *taken}
    found = []
    for item in wire:
        hint = known.get(item.title.casefold())
        column_id = _unique(hint.id if hint else _slug(item.title), used)
        vendor_format = "" if item.format in KINDS else item.format
        column = Column(column_id, item.title, item.kind, vendor_format=vendor_format, has_text=True)
        if hint is not None:
            column = replace(column, help=hint.help, unit=hint.unit)
        found.append(column)
    return found


def _unique(wanted: str, used: set[str]) -> str:
    name, number = wanted, 2
    while name in used:
        name, number = f"{wanted}_{number}", number + 1
    used.add(name)
    return name


def _slug(title: str) -> str:
    return re.sub(r"\W+", "_", title.casefold()).strip("_")[:60] or "column"


def reader(kind: ColumnKind) -> Callable[[Any], Cell]:
    """What makes a typed cell of one as sent. Never raises: what does not fit its column is kept as text."""
    if kind is ColumnKind.FLAG:
        return _flag_cell
    return _text_cell if kind is ColumnKind.TEXT else _number_cell


def _flag_cell(cell: Any) -> Cell:
    """A yes or no; of its text only a word is kept, since a mark or a gap says less than the value."""
    value, shown = _parts(cell)
    if type(value) is bool:
        return value, None if shown.strip() in MARKS else shown
    text = shown or as_text(value)
    return (None, text) if text else EMPTY


def _number_cell(cell: Any) -> Cell:
    value, shown = _parts(cell)
    if type(value) is int or type(value) is float:
        if -MAX_NUMBER <= value <= MAX_NUMBER:
            return value, shown or None
        return float(value) if abs(value) < 1e300 else None, shown or str(value)
    text = shown or as_text(value)
    return (None, text) if text else EMPTY


def _text_cell(cell: Any) -> Cell:
    """Sorts by the value as text (an ISO time sorts right whatever it is shown as), shows the formatted one."""
    value, shown = _parts(cell)
    text = as_text(value) or shown
    if not text:
        return EMPTY
    return text, shown if shown and shown != text else None


def _parts(cell: Any) -> tuple[Any, str]:
    """Value and formatted text; a bare value stands for itself, and an object without either shows as JSON."""
    if type(cell) is dict:
        shown = cell.get("formattedValue")
        if shown is not None and type(shown) is not str:
            shown = as_text(shown)
        if "value" in cell or shown is not None:
            return cell.get("value"), shown or ""
        return (cell or None), ""
    return cell, ""


def as_text(value: Any) -> str:
    """A value of any kind as text; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def summary_items(raw: Any) -> tuple[tuple[SummaryItem, ...], int]:
    """The summary strip, and how many entries of it could not be read."""
    if raw is None:
        return (), 0
    if not isinstance(raw, list):
        return (), 1
    items = [_summary_item(item) for item in raw]
    good = tuple(item for item in items if item is not None)
    return good, len(items) - len(good)


def _summary_item(item: Any) -> SummaryItem | None:
    if not isinstance(item, Mapping):
        return None
    title = as_text(item.get("title"))[:TITLE_LIMIT]
    raw, shown = item.get("value"), as_text(item.get("formattedValue"))
    kind = KINDS.get(as_text(item.get("format")), ColumnKind.TEXT)
    value: Value = raw if is_number(raw) else (as_text(raw) or None)
    if kind is ColumnKind.NUMBER and _is_duration(raw, shown):
        kind = ColumnKind.DURATION  # the documented example labels durations NUMBER
    if not is_number(value) and kind is not ColumnKind.TEXT:
        shown, value = shown or as_text(raw), None
    return SummaryItem(title, value, shown or as_text(raw), kind)


def _is_duration(value: Json, shown: str) -> bool:
    """Whether the text is the value in milliseconds as ``H:MM:SS``, cut or rounded to the second."""
    match = _CLOCK.fullmatch(shown.strip())
    if match is None or not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4])
    return abs(abs(value) / 1000 - seconds) < 1.0
