"""Values, moments and curves in words: axes, readouts, and the sentence for those who do not see the chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from console.domain.clock import to_datetime
from console.domain.text import format_duration, format_number, format_percent
from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.reports.columns import ColumnKind
from console.ui.charts.curves import Curve, Figures, figures
from console.ui.charts.scales import step
from console.ui.text import plural, tr

SECOND: Final = 1000.0
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_NOW: Final = 2 * SECOND  # a value that held until so shortly before the end of the range is one of now
_TIME_STEPS: Final = tuple(
    seconds * SECOND
    for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
)
_KINDS: Final = {Unit.MS: ColumnKind.DURATION, Unit.PERCENT: ColumnKind.PERCENT}
_TOLD: Final = 5  # curves a sentence tells of


def value_text(value: float | None, unit: Unit) -> str:
    """A figure to read off; a dash for none."""
    if value is None or value != value:
        return "–"
    if unit is Unit.MS:
        return format_duration(value)
    return format_percent(value) if unit is Unit.PERCENT else format_number(value)


def tick_text(value: float, unit: Unit, distance: float = 1.0) -> str:
    """The text of a round value: beside a hairline, or a limit."""
    if unit is Unit.PERCENT and distance >= 1 and value == round(value):
        return f"{value:.0f}\u202f%"
    return value_text(value, unit)


def value_ticks(low: float, high: float, unit: Unit, wanted: int) -> list[float]:
    """Three to five round values between two figures."""
    if unit is Unit.PERCENT and high > 60 and wanted > 3:
        return [25.0 * number for number in range(int(-(-low // 25)), int(high // 25) + 1)][:12]
    distance = step(low, high, _KINDS.get(unit, ColumnKind.NUMBER), wanted)
    if unit is Unit.COUNT and high - low >= 1:
        distance = max(1.0, distance)
    first = -(-low // distance)
    return [number * distance for number in range(int(first), int(high // distance) + 1)][:12]


def time_ticks(start_ms: float, end_ms: float, most: int, zone: tzinfo) -> tuple[list[float], float]:
    """Round moments of a zone's wall clock in a range, and their distance."""
    rough = (end_ms - start_ms) / max(1, most)
    distance = next((one for one in _TIME_STEPS if one >= rough), -(-rough // DAY) * DAY)
    offset = _offset_ms(start_ms, zone)
    first = -(-(start_ms + offset) // distance) * distance - offset
    count = int((end_ms - first) // distance) + 1 if first <= end_ms else 0
    return [first + number * distance for number in range(min(count, 200))], distance


def _offset_ms(at_ms: float, zone: tzinfo) -> float:
    offset = to_datetime(at_ms).astimezone(zone).utcoffset()
    return offset.total_seconds() * SECOND if offset is not None else 0.0


def moment_text(at_ms: float, zone: tzinfo, distance: float = MINUTE) -> str:
    """A moment on the time axis: a date at midnight, seconds where they matter."""
    at = to_datetime(at_ms).astimezone(zone)
    if distance >= DAY or (at.hour, at.minute, at.second) == (0, 0, 0):
        return day_text(at)
    return f"{at:%H:%M:%S}" if distance < MINUTE else f"{at:%H:%M}"


def day_text(at: datetime) -> str:
    """A date as it stands on an axis."""
    return f"{at:%d %b}".lstrip("0")


def range_text(start_ms: float, end_ms: float, zone: tzinfo) -> str:
    """A range in words: ``09:00 to 11:42``, with dates where it is longer than a day."""
    start, end = (to_datetime(at).astimezone(zone) for at in (start_ms, end_ms))
    if start.date() == end.date() or end_ms - start_ms <= DAY:
        return tr("{start} to {end}", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    return tr("{start} to {end}", start=f"{day_text(start)} {start:%H:%M}", end=f"{day_text(end)} {end:%H:%M}")


def length_text(ms: float) -> str:
    """A length of time in words, as exact as anybody needs it."""
    seconds = round(ms / SECOND)
    if seconds < 60:
        return plural("{n} second", "{n} seconds", seconds)
    minutes = round(seconds / 60)
    if minutes < 60:
        return plural("{n} minute", "{n} minutes", minutes)
    hours, rest = divmod(minutes, 60)
    text = plural("{n} hour", "{n} hours", hours)
    return f"{text} {plural('{n} minute', '{n} minutes', rest)}" if rest else text


def summary(
    curves: Sequence[Curve],
    start_ms: float,
    end_ms: float,
    *,
    metric: str,
    unit: Unit,
    zone: tzinfo,
    threshold: Threshold | None = None,
    most: int = _TOLD,
) -> str:
    """What a chart shows: one sentence for one curve, for several one each, up to `most`."""
    drawn = [curve for curve in curves if not curve.is_behind]
    if not drawn:
        return ""
    when = range_text(start_ms, end_ms, zone)
    is_one = len(drawn) == 1
    parts = [] if is_one else [", ".join(part for part in (metric, when) if part) + "."]
    for curve in drawn[:most]:
        head = ", ".join(part for part in (curve.name, metric, when) if part) if is_one else curve.name
        told = _told(figures(curve, start_ms, end_ms, threshold), end_ms, unit, zone, threshold)
        parts.append(f"{head}: {told}.")
    more = len(drawn) - most
    if more > 0:
        parts.append(plural("{n} more curve is in the table.", "{n} more curves are in the table.", more))
    return " ".join(parts)


def _told(found: Figures, end_ms: float, unit: Unit, zone: tzinfo, threshold: Threshold | None) -> str:
    if found.low is None or found.high is None:
        return tr("no data")
    low, high = value_text(found.low, unit), value_text(found.high, unit)
    parts = [tr("always {value}", value=low)] if low == high else [tr("between {low} and {high}", low=low, high=high)]
    last = value_text(found.last, unit)
    if found.last_ms >= end_ms - _NOW:
        parts.append(tr("now {value}", value=last))
    else:
        at = to_datetime(found.last_ms).astimezone(zone)
        parts.append(tr("last {value} at {time}", value=last, time=f"{at:%H:%M}"))
    if threshold is not None and found.bad_ms >= SECOND:
        limit, length = tick_text(threshold.critical, unit), length_text(found.bad_ms)
        parts.append(
            tr("below {limit} for {length}", limit=limit, length=length)
            if threshold.is_low_bad
            else tr("at or above {limit} for {length}", limit=limit, length=length)
        )
    if found.silent_ms >= SECOND:
        parts.append(tr("no data for {length}", length=length_text(found.silent_ms)))
    return ", ".join(parts)
