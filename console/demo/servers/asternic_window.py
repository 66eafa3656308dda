"""What a request of this product's reports is limited to: days, seconds of the day, an agent, a queue.

From the vendor's page "Call Data API": ``start`` and ``end`` are ``yyyy-mm-dd``, both inclusive, default today;
``secondsstart`` and ``secondsend`` bound the second of each day, both inclusive. The program is PHP: what it cannot
read counts as not given, and figures beyond a day's 86,399 seconds as the end of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from console.demo.world.zone import Zone

LAST_SECOND = 86_399


@dataclass(frozen=True, slots=True)
class Window:
    """Days and seconds of each day, in the server's zone, which no answer names."""

    zone: Zone
    first: date
    last: date
    second_from: int
    second_to: int

    @property
    def start(self) -> int:
        """The first instant of the first day, epoch ms."""
        return self.zone.instant(datetime.combine(self.first, datetime.min.time()))

    @property
    def end(self) -> int:
        """The last instant of the last day."""
        return self.zone.instant(datetime.combine(self.last + timedelta(days=1), datetime.min.time())) - 1

    def holds(self, t: int) -> bool:
        """Whether an instant lies on one of the days and within the seconds of the day."""
        wall = self.zone.local(t)
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        return self.first <= wall.date() <= self.last and self.second_from <= second <= self.second_to


def read_window(query: Mapping[str, str], zone: Zone, now: int) -> Window:
    """Read the four variables of a request."""
    today = zone.local(now).date()
    return Window(
        zone,
        _date(query.get("start", ""), today),
        _date(query.get("end", ""), today),
        _second(query.get("secondsstart", ""), 0),
        _second(query.get("secondsend", ""), LAST_SECOND),
    )


def read_span(text: str) -> tuple[int, int] | None:
    """``MIN,MAX`` in seconds; None when it is not given so."""
    lowest, comma, highest = text.partition(",")
    if not (comma and lowest.strip().isdigit() and highest.strip().isdigit()):
        return None
    return int(lowest), int(highest)


def _date(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return default


def _second(text: str, default: int) -> int:
    return min(int(text), LAST_SECOND) if text.isascii() and text.isdigit() else default
