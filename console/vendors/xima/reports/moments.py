"""Columns of moments: no documented format names them, so a column is one only where its own cells prove it.

A cell then holds milliseconds since 1970 and a text on the system's wall clock. The text is read by the one order of
day and month in which every sampled text lies a whole number of quarter hours (an offset from UTC) from its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from console.reports.columns import Cell
from console.vendors.xima.reports.formats import is_number

WORDS = frozenset({"DATE", "DATETIME", "DATE_TIME", "TIMESTAMP", "TIME"})
"""Formats that may be moments; inferred."""

_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
_CLOCKS = (" %I:%M:%S %p", " %I:%M %p", " %H:%M:%S", " %H:%M", "T%H:%M:%S")
ORDERS = tuple(day + clock for day, clock in product(_DAYS, _CLOCKS))
_FARTHEST_S = 14 * 3600 + 60
_QUARTER_S = 900
_LATEST_MS = 4_102_444_800_000  # the year 2100


def order_of(form: str, cells: Iterable[Any]) -> str:
    """The order of day, month and clock that the cells prove, in `strptime`'s letters; empty when they prove none."""
    if form.strip().upper() not in WORDS:
        return ""
    told = [cell for cell in cells if isinstance(cell, Mapping) and cell.get("value") not in (None, "")]
    pairs = [(cell["value"], cell.get("formattedValue")) for cell in told]
    if not pairs or not all(is_number(value) and isinstance(text, str) for value, text in pairs):
        return ""
    return next((order for order in ORDERS if all(_agrees(value, str(text), order) for value, text in pairs)), "")


def moment_reader(order: str) -> Callable[[Any], Cell]:
    """What makes a cell of one as sent: the moment on the system's wall clock, and its text. Never raises."""

    def read(cell: Any) -> Cell:
        if not isinstance(cell, Mapping):
            return None, None if cell is None else str(cell)
        value, text = cell.get("value"), cell.get("formattedValue")
        if not isinstance(text, str) or not text.strip():
            return None, None if value in (None, "") else str(value)
        return _wall_clock(value, text, order), text

    return read


def _agrees(value: Any, text: str, order: str) -> bool:
    return is_number(value) and _offset_s(value, _parsed(text, order), order) is not None


def _wall_clock(value: Any, text: str, order: str) -> datetime | None:
    """The number moved to the clock of the text, so that seconds the text leaves out are kept; else the text alone."""
    shown = _parsed(text, order)
    offset_s = _offset_s(value, shown, order) if is_number(value) else None
    if offset_s is None:
        return shown
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value, seconds=offset_s)).replace(tzinfo=None)


def _offset_s(value: float, shown: datetime | None, order: str) -> int | None:
    """How far the text's clock is from UTC, when that is a whole number of quarter hours."""
    if shown is None or not 0 <= value < _LATEST_MS:
        return None
    apart = shown.replace(tzinfo=UTC).timestamp() - value / 1000
    offset_s = round(apart / _QUARTER_S) * _QUARTER_S
    precision = 1.0 if "%S" in order else 60.0
    return offset_s if abs(apart) <= _FARTHEST_S and abs(apart - offset_s) <= precision else None


def _parsed(text: str, order: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), order)  # noqa: DTZ007 - a wall clock has no zone
    except ValueError:
        return None
