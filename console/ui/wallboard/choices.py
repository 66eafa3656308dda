"""Values as people type them: limits in a figure's unit, and how often pages turn."""

from __future__ import annotations

import math
import re

from console.domain.text import format_duration, format_number
from console.domain.values import Unit
from console.ui.text import tr

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)")


def show_value(value: float | None, unit: Unit) -> str:
    """A limit as it is typed."""
    if value is None or not math.isfinite(value):
        return ""
    if unit is Unit.MS:
        return format_duration(value)
    return format_number(value).replace("\u202f", "")


def parse_value(text: str, unit: Unit) -> tuple[float | None, bool]:
    """The limit of a text, and whether it can be read: ``80``, ``7.5``, ``0:30`` or seconds; nothing is None."""
    typed = text.strip().rstrip("%").strip().replace(",", ".")
    if not typed:
        return None, True
    if unit is Unit.MS:
        clock = _CLOCK.fullmatch(typed)
        if clock is not None:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return 1000.0 * (3600 * hours + 60 * minutes + seconds), True
    try:
        number = float(typed)
    except ValueError:
        return None, False
    if not math.isfinite(number) or not 0 <= number < 1e9:
        return None, False
    return (number * 1000 if unit is Unit.MS else number), True


def rotation_title(seconds: float) -> str:
    """How often pages turn, in words."""
    if seconds <= 0:
        return tr("By hand only")
    if seconds < 60:
        return tr("Every {n} s", n=int(seconds))
    return tr("Every {n} min", n=int(seconds // 60)) if seconds < 3600 else tr("Every hour")
