"""Ranges as this interface takes them: days, and seconds of the day.

``start`` and ``end`` are days, both included. ``secondsstart`` and ``secondsend`` (vendor page "Call Data API", which
also spells the first one ``secondstart`` and prints values beyond a day's 86,400 s) bound the time of day. Whether a
window may run across midnight, and what it means over several days, is not documented: so each day is asked for by
itself, and such a window is two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from console.reports.timeframe import ResolvedTimeframe

LAST = 86_399  # the last second of a day


@dataclass(frozen=True, slots=True)
class Part:
    """What one request covers: whole days, or seconds `low` to `high` (both included) of each."""

    first: date
    last: date
    low: int = 0
    high: int = LAST

    @property
    def is_whole(self) -> bool:
        """Whether it covers its days from midnight to midnight."""
        return self.low == 0 and self.high == LAST

    @property
    def label(self) -> str:
        """For people: ``2016-08-01``, ``2016-08-01 08:00:00-17:59:59`` or ``2016-08-01..2016-08-10``."""
        days = self.first.isoformat() if self.first == self.last else f"{self.first}..{self.last}"
        return days if self.is_whole else f"{days} {_clock(self.low)}-{_clock(self.high)}"

    def query(self) -> tuple[tuple[str, str], ...]:
        """As parameters; a whole day needs no seconds."""
        days = (("start", self.first.isoformat()), ("end", self.last.isoformat()))
        return days if self.is_whole else (*days, ("secondsstart", str(self.low)), ("secondsend", str(self.high)))

    def bounds(self) -> tuple[datetime, datetime]:
        """Its first and last second, by the server's wall clock."""
        midnight = time()
        first = datetime.combine(self.first, midnight) + timedelta(seconds=self.low)
        return first, datetime.combine(self.last, midnight) + timedelta(seconds=self.high)

    def holds(self, at: datetime) -> bool:
        """Whether a wall clock time lies in it."""
        second = at.hour * 3600 + at.minute * 60 + at.second
        return self.first <= at.date() <= self.last and self.low <= second <= self.high


def part_of(query: Mapping[str, str]) -> Part | None:
    """The part a planned request covers; None when it has no days."""
    try:
        first, last = date.fromisoformat(query["start"]), date.fromisoformat(query["end"])
        return Part(first, last, int(query.get("secondsstart", 0)), int(query.get("secondsend", LAST)))
    except (KeyError, ValueError):
        return None


def days_of(timeframe: ResolvedTimeframe) -> int:
    """How many days of the calendar a range touches."""
    return max(0, (timeframe.end.date() - timeframe.start.date()).days + 1)


def split(timeframe: ResolvedTimeframe, *, by_day: bool) -> tuple[Part, ...]:
    """The parts of a range, in order.

    Args:
        by_day: one part a day. Without it there is one for all days where every day counts whole; other ranges
            are split in any case.
    """
    parts = tuple(_parts(timeframe))
    if len(parts) > 1 and not by_day and all(part.is_whole for part in parts):
        return (Part(parts[0].first, parts[-1].last),)
    return parts


def _parts(timeframe: ResolvedTimeframe) -> Iterator[Part]:
    start, end = timeframe.start, timeframe.end
    for number in range(days_of(timeframe)):
        day = start.date() + timedelta(days=number)
        first = _second(start.time()) if number == 0 else 0
        last = _second(end.time()) if day == end.date() else LAST
        for low, high in _windows(timeframe.daily):
            if max(low, first) <= min(high, last):
                yield Part(day, day, max(low, first), min(high, last))


def _windows(daily: tuple[time, time] | None) -> tuple[tuple[int, int], ...]:
    if daily is None:
        return ((0, LAST),)
    low, high = map(_second, daily)
    return ((low, high),) if low <= high else ((0, high), (low, LAST))


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
