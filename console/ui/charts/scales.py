"""Round steps for axes of figures: numbers by 1, 2, 5; durations by the clock. No Qt."""

from __future__ import annotations

import math
from typing import Final

from console.reports.cells import hours, show_value
from console.reports.columns import ColumnKind

_SECONDS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)


def step(low: float, high: float, kind: ColumnKind, wanted: int = 4) -> float:
    """The distance of ticks so that about `wanted` of them fit between two figures; always positive."""
    rough = (high - low) / max(1, wanted)
    if not math.isfinite(rough) or rough <= 0:
        return 1.0
    if kind is ColumnKind.DURATION:
        seconds = rough / 1000
        found = next((one for one in _SECONDS if one >= seconds), None)
        return (found if found is not None else _round(seconds / 86_400) * 86_400) * 1000.0
    return _round(rough)


def tick_text(value: float, kind: ColumnKind, distance: float, unit: str = "") -> str:
    """The text beside a tick."""
    if kind is ColumnKind.DURATION:
        return hours(value)
    places = max(0, -math.floor(math.log10(distance))) if distance < 1 else 0
    shown = f"{value:,.{min(places, 6)}f}".replace(",", "\u202f")
    if kind is ColumnKind.PERCENT:
        return shown + "\u202f%"
    return f"{shown} {unit}".rstrip() if kind is ColumnKind.MONEY else shown


def exact(value: float | None, kind: ColumnKind, unit: str = "") -> str:
    """A figure to read off; a dash for none."""
    if value is None:
        return "–"
    if kind in (ColumnKind.PERCENT, ColumnKind.NUMBER):
        value = int(value) if float(value).is_integer() else round(value, 2)
    return show_value(value, kind, unit)


def _round(rough: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(part * power for part in (1.0, 2.0, 5.0, 10.0) if part * power >= rough * 0.999)
