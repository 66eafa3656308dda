"""The world: one site, eight finished days, today, and the clock's hand moving over them.

A day of the log starts half an hour before opening and lasts until half an hour before the next opening. Day 0
is the day of the start; finished days have negative numbers and are made only when somebody asks. Should the
world run past the end of its day, the next one begins with empty counters, as after a night.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from datetime import timedelta
from threading import Lock

from console.demo.world.events import Event
from console.demo.world.floor_day import BEFORE_OPENING, FloorDay
from console.demo.world.fold import Fold
from console.demo.world.site import Site, build_site
from console.demo.world.zone import Zone

SINCE_OPENING_MS = 9_000_000
"""A start always falls this long after opening: two and a half hours."""
FINISHED_DAYS = 8


class World:
    """Everything the servers may ask. ``now`` only moves forward, by `advance`."""

    def __init__(self, *, seed: int, queues: int, agents: int, start_ms: int, zone: Zone) -> None:
        self.site: Site = build_site(seed, queues, agents)
        self.zone = zone
        self._skills = [agent.queues for agent in self.site.agents]
        self._keys = [each.key for each in self.site.directory.extensions]
        self._first_opening = start_ms - SINCE_OPENING_MS
        self._opening_local = zone.local(start_ms - SINCE_OPENING_MS)
        self._kept: OrderedDict[int, list[Event]] = OrderedDict()
        # a finished day of the largest floor is four million records: keep few of those
        self._making = Lock()
        self._keep = FINISHED_DAYS if agents <= 2000 else 1
        self._start_day(0)
        self.now = start_ms
        self.advance(start_ms)

    def advance(self, t: int) -> None:
        """Let the floor live until ``t``; an earlier ``t`` changes nothing."""
        if t < self.now:
            return
        while t >= self.day_end:
            self._today.run_until(self.day_end - 1)
            with self._making:
                self._kept[self.day] = self._today.log
                self._trim()
            self._start_day(self.day + 1)
        self._today.run_until(t)
        self.fold.advance(self._today.log, t)
        self.now = t

    def opening(self, day: int) -> int:
        """Give the opening instant of a day, the same time on the wall in the site's zone."""
        if day == 0:
            return self._first_opening
        return self.zone.instant(self._opening_local.replace(tzinfo=None) + timedelta(days=day))

    def day_start(self, day: int) -> int:
        """Give the instant at which a day of the log begins."""
        return self.opening(day) - BEFORE_OPENING

    def day_of(self, t: int) -> int | None:
        """Give the day an instant belongs to, or None when it is older than the world or not yet lived."""
        if t > self.now:
            return None
        for day in range(self.day, self.day - FINISHED_DAYS - 1, -1):
            if t >= self.day_start(day):
                return day
        return None

    def log_of(self, day: int) -> list[Event]:
        """Give the records of one day, made now if it is a finished day nobody asked for before."""
        if day == self.day:
            return self._today.log
        if not self.day - FINISHED_DAYS <= day < self.day:
            raise LookupError(f"there is no day {day}")
        with self._making:  # large floors make their past in a thread
            if day not in self._kept:
                past = FloorDay(self.site, day, self.opening(day))
                past.run_until(self.day_start(day + 1) - 1)
                self._kept[day] = past.log
            log = self._kept[day]
            self._trim()
        return log

    def events_between(self, start: int, end: int) -> Iterator[Event]:
        """Give all records from ``start`` up to and including ``end``, in order."""
        for day in range(self.day - FINISHED_DAYS, self.day + 1):
            if self.day_start(day) > end or self.day_start(day + 1) <= start:
                continue
            log = self.log_of(day)
            first = bisect_left(log, start, key=_time)
            last = bisect_right(log, min(end, self.now), key=_time)
            yield from log[first:last]

    def fold_at(self, t: int) -> Fold:
        """Give the state at an instant by folding its day from the start. LookupError outside the world."""
        day = self.day_of(t)
        if day is None:
            raise LookupError("that instant lies outside the eight finished days and today so far")
        fold = self.new_fold(day)
        fold.advance(self.log_of(day), t)
        return fold

    def new_fold(self, day: int) -> Fold:
        """Give an empty fold for one day."""
        return Fold(self._skills, self.site.members, self._keys, self.day_start(day))

    def _start_day(self, day: int) -> None:
        self.day = day
        self.day_end = self.day_start(day + 1)
        self._today = FloorDay(self.site, day, self.opening(day))
        self.fold = self.new_fold(day)

    def _trim(self) -> None:
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)


def _time(event: Event) -> int:
    return event[0]
