"""Time in the historical API: the timeframe with its daily shift, and the intervals that make rows.

Timeframe and shift as on the vendor's page "Historical Call Data" and as a working client sends them: ISO 8601 with
offset, the end inclusive to the second, ``shift`` limits the hours of each day of the site. Interval types beyond
DAYS are not documented; MINUTES to MONTHS and the repeating HOUR_OF_DAY, DAY_OF_WEEK, MONTH_OF_YEAR are the demo's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from console.demo.world.zone import Zone

MOST_ROWS: Final = 20_000
_DAY_S = 86_400
_STEPS = {"MINUTES": 60_000, "HOURS": 3_600_000}
_CYCLES = {"HOUR_OF_DAY": "Hour of Day", "DAY_OF_WEEK": "Day of Week", "MONTH_OF_YEAR": "Month of Year"}
_TITLES = {"MINUTES": "Time", "HOURS": "Time", "DAYS": "Day", "WEEKS": "Week", "MONTHS": "Month"} | _CYCLES
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class BadValue(ValueError):
    """A parameter cannot be read."""


@dataclass(frozen=True, slots=True)
class Frame:
    """From ``start`` up to, not including, ``end`` (epoch ms); ``shift`` bounds the seconds of each day."""

    start: int
    end: int
    shift: tuple[int, int] | None
    echo: dict[str, Any]
    zone: Zone

    def holds(self, t: int) -> bool:
        """Whether an instant lies inside, shift respected."""
        if not self.start <= t < self.end:
            return False
        if self.shift is None:
            return True
        wall, (first, last) = self.zone.local(t), self.shift
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        return first <= second <= last if first <= last else second >= first or second <= last

    def windows(self) -> Iterator[tuple[int, int]]:
        """The stretches of time inside, in order."""
        if self.shift is None:
            yield self.start, self.end
            return
        first, last = self.shift
        day = self.zone.local(self.start).date() - timedelta(days=1)
        until = self.zone.local(self.end).date()
        while day <= until:
            midnight = datetime.combine(day, time())
            length = (last - first) % _DAY_S + 1
            opens = self.zone.instant(midnight + timedelta(seconds=first))
            closes = self.zone.instant(midnight + timedelta(seconds=first + length))
            if opens < self.end and closes > self.start:
                yield max(opens, self.start), min(closes, self.end)
            day += timedelta(days=1)


def read_frame(value: dict[str, Any], zone: Zone) -> Frame:
    """Read a REPORT_TIMEFRAME; BadValue when it makes no sense."""
    start, end = _instant(value.get("start")), _instant(value.get("end"))
    if end < start:
        raise BadValue("end")
    echo = {"type": "REPORT_TIMEFRAME"} | {name: _without_zeros(value[name]) for name in ("start", "end")}
    shift = value.get("shift")
    if shift is None:
        return Frame(start, end // 1000 * 1000 + 1000, None, echo, zone)
    if not isinstance(shift, dict):
        raise BadValue("shift")
    bounds = _second(shift.get("startTime")), _second(shift.get("endTime"))
    return Frame(start, end // 1000 * 1000 + 1000, bounds, echo | {"shift": shift}, zone)


@dataclass(frozen=True, slots=True)
class TimeRows:
    """An interval: ``length`` times ``kind``."""

    kind: str
    length: int

    @property
    def title(self) -> str:
        """The heading of the first column."""
        return _TITLES[self.kind]

    def labels(self, frame: Frame, now: int) -> list[str]:
        """All rows of a timeframe, up to ``now``. BadValue when there are too many."""
        if self.kind == "HOUR_OF_DAY":
            return [f"{hour}:00" for hour in range(24)]
        if self.kind == "DAY_OF_WEEK":
            return list(_WEEK)
        if self.kind == "MONTH_OF_YEAR":
            return [f"{datetime(2000, month, 1):%B}" for month in range(1, 13)]  # noqa: DTZ001 - a name, no instant
        labels: dict[str, None] = {}
        until = min(frame.end - 1, max(now, frame.start))
        step = _STEPS.get(self.kind, 3_600_000) * (self.length if self.kind in _STEPS else 1)
        if (until - frame.start) // step > MOST_ROWS:
            raise BadValue("intervalLength")
        for t in [*range(frame.start, until, min(step, 3_600_000)), until]:
            labels[self.label(t, frame)] = None
        return list(labels)

    def label(self, t: int, frame: Frame) -> str:
        """The row an instant belongs to. Intervals count from the midnight before the timeframe's start."""
        wall = frame.zone.local(t)
        if self.kind in _CYCLES:
            return {"HOUR_OF_DAY": f"{wall.hour}:00", "DAY_OF_WEEK": _WEEK[wall.weekday()]}.get(self.kind, f"{wall:%B}")
        first = frame.zone.local(frame.start)
        if self.kind == "MONTHS":
            months = (wall.year - first.year) * 12 + wall.month - first.month
            months = first.year * 12 + first.month - 1 + months // self.length * self.length
            return f"{months // 12:04d}-{months % 12 + 1:02d}-01"
        midnight = datetime.combine(first.date(), time())
        gone = wall.replace(tzinfo=None) - midnight
        if self.kind in _STEPS:
            step = timedelta(milliseconds=_STEPS[self.kind] * self.length)
            return f"{midnight + gone // step * step:%Y-%m-%d %H:%M}"
        days = self.length * (7 if self.kind == "WEEKS" else 1)
        return f"{midnight + timedelta(days=gone.days // days * days):%Y-%m-%d}"


def read_time_rows(value: dict[str, Any]) -> TimeRows:
    """Read a TIME_ROW."""
    kind, length = value.get("intervalType"), value.get("intervalLength", 1)
    if kind not in _TITLES or not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= 1000:
        raise BadValue("intervalType")
    return TimeRows(kind, length)


def _instant(text: object) -> int:
    if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        raise BadValue("timeframe")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise BadValue("timeframe") from exc
    if moment.tzinfo is None:
        raise BadValue("timeframe")
    return round(moment.timestamp() * 1000)


def _without_zeros(text: str) -> str:
    """The vendor drops milliseconds that are zero."""
    return re.sub(r"\.0+(?=Z|[+-]\d\d:?\d\d$)", "", text)


def _second(text: object) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        raise BadValue("shift")
    hours, minutes, *rest = map(int, text.split(":"))
    if hours > 23 or minutes > 59 or (rest and rest[0] > 59):
        raise BadValue("shift")
    return hours * 3600 + minutes * 60 + (rest[0] if rest else 0)
