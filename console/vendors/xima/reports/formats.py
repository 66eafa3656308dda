"""What a column of an undocumented format is, as far as its own cells prove it; all else stays as sent.

Only STRING, NUMBER and DURATION are documented (vendor page "Historical Call Data"). The words below are inferred
from the kinds of values that the product's own screens show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.reports.columns import ColumnKind

PERCENTS = frozenset({"PERCENT", "PERCENTAGE"})
AMOUNTS = frozenset({"MONEY", "CURRENCY"})
MARKS = frozenset({"", "\u2713", "\u2714", "\u2705", "\u2611", "\u2717", "\u2718", "\u2610", "-", "true", "false"})
"""Texts of a yes or no that say less than the value itself."""

MOST_CHARACTERS = 60
_NUMBER = re.compile(r"[-+\u2212(]?[^\d]*?(\d[\d.,'\u2019\u00a0\u202f ]*)[^\d]*", re.ASCII)
_GROUPS = re.compile(r"['\u2019\u00a0\u202f ]")


def kind_of(form: str, cells: Iterable[Any]) -> tuple[ColumnKind, str]:
    """The kind that the first cells of a column of an unknown format prove, and the unit of an amount.

    Numbers that have a text sort as numbers and show the text, so a moment in ms since 1970 sorts right. They become
    shares or amounts only where the format says so and each text carries the same number. All else is text.
    """
    told = [cell for cell in cells if isinstance(cell, Mapping) and not _is_blank(cell.get("value"))]
    values = [cell["value"] for cell in told]
    if values and all(isinstance(value, bool) for value in values):
        return ColumnKind.FLAG, ""
    texts = [cell.get("formattedValue") for cell in told]
    if not values or not all(is_number(value) for value in values) or not all(isinstance(text, str) for text in texts):
        return ColumnKind.TEXT, ""
    shown = [str(text).strip() for text in texts]
    if not all(carries(value, text) for value, text in zip(values, shown, strict=True)):
        return ColumnKind.NUMBER, ""
    word = form.strip().upper()
    if word in PERCENTS and all(text.endswith("%") for text in shown):
        return ColumnKind.PERCENT, ""
    if word in AMOUNTS and (unit := _one_unit(shown)) is not None:
        return ColumnKind.MONEY, unit
    return ColumnKind.NUMBER, ""


def carries(value: float, text: str) -> bool:
    """Whether a text shows just this number: ``12.5``, ``12,50 %``, ``€1,234.50``, ``(3.00)`` for -3."""
    match = _NUMBER.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if match is None:
        return False
    digits = _GROUPS.sub("", match[1])
    return any(
        _agrees(abs(value), reading) and (value < 0) == (_is_negative(text) and value != 0)
        for reading in _readings(digits)
    )


def _readings(digits: str) -> list[str]:
    """The numbers that digits with points and commas may mean: either may group thousands or begin the fraction."""
    found = []
    for point, group in ((".", ","), (",", ".")):
        whole, _, fraction = digits.partition(point)
        if point in fraction or group in fraction:
            continue
        head, *rest = whole.split(group)
        if not rest or (all(len(part) == 3 for part in rest) and head and not head.startswith("0")):
            found.append(f"{head}{''.join(rest)}.{fraction}" if fraction else head + "".join(rest))
    return found


def _agrees(value: float, reading: str) -> bool:
    """Whether a number, cut or rounded to as many decimals as are shown, is the shown one."""
    decimals = len(reading.partition(".")[2])
    try:
        return abs(value - float(reading)) < 10.0**-decimals
    except ValueError:
        return False


def _is_negative(text: str) -> bool:
    return text.startswith(("-", "\u2212", "(")) or text.rstrip("% ").endswith("-")


def _one_unit(texts: Sequence[str]) -> str | None:
    """What stands around the numbers, when it is the same for all; None when it is not."""
    units = {re.sub(r"[\d.,'\u2019\s()+\u2212-]", "", text) for text in texts}
    return units.pop() if len(units) == 1 else None


def is_number(value: Any) -> bool:
    """A number, which a yes or no is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_blank(value: Any) -> bool:
    return value is None or value == ""
