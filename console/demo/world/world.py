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
from typing import TypeVar

from console.demo.world.agent_days import AgentDay, SpanFold, agent_days_of
from console.demo.world.calls import CallFold, in_order, records_of, stream_records
from console.demo.world.events import Event
from console.demo.world.floor_day import BEFORE_OPENING, FloorDay
from console.demo.world.fold import Fold
from console.demo.world.records import CallRecord
from console.demo.world.site import Site, build_site
from console.demo.world.zone import Zone

SINCE_OPENING_MS = 9_000_000
"""A start always falls this long after opening: two and a half hours."""
FINISHED_DAYS = 8
_SMALL = 2000  # agents up to which the past is kept in memory once it was asked for
Kept = TypeVar("Kept")


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
        self._folding = Lock()
        self._call_fold: CallFold | None = None  # today's, fed when somebody asks
        self._call_place = 0
        self._call_done: list[CallRecord] = []
        self._kept_calls: OrderedDict[int, tuple[CallRecord, ...]] = OrderedDict()
        self._kept_agents: OrderedDict[int, tuple[AgentDay, ...]] = OrderedDict()
        self._keep = FINISHED_DAYS if agents <= _SMALL else 1
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
                _trim(self._kept, self._keep)
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
            _trim(self._kept, self._keep)
        return log

    def events_between(self, start: int, end: int) -> Iterator[Event]:
        """Give all records from ``start`` up to and including ``end``, in order."""
        for day in self.days_between(start, end):
            log = self.log_of(day)
            first = bisect_left(log, start, key=_time)
            last = bisect_right(log, min(end, self.now), key=_time)
            yield from log[first:last]

    def calls(self, day: int) -> tuple[CallRecord, ...]:
        """Give the calls of a day in order of their starts; today's (`day`) as far as they went.

        Days are numbered as in `log_of`: 0 is the day the world began, finished days before it are negative.
        Kept for finished days of floors up to 2,000 agents. Larger floors should read `stream_calls`.
        """
        with self._folding:
            if day == self.day:
                return self._today_calls()
            if day not in self._kept_calls:
                self._kept_calls[day] = records_of(self.site, day, self.log_of(day))
            records = self._kept_calls[day]
            _trim(self._kept_calls, self._keep)
            return records

    def stream_calls(self, day: int) -> Iterator[CallRecord]:
        """Give the same calls in order of their ends, without holding them all."""
        return stream_records(self.site, day, self.log_of(day))

    def calls_between(self, start: int, end: int) -> Iterator[CallRecord]:
        """Give the calls that started from ``start`` up to and including ``end``, in order of days."""
        for day in self.days_between(start, end):
            records = self.calls(day) if len(self.site.agents) <= _SMALL else self.stream_calls(day)
            yield from (record for record in records if start <= record.start <= end)

    def days_between(self, start: int, end: int) -> list[int]:
        """Give the days of the log that a range of time touches, oldest first."""
        days = range(self.day - FINISHED_DAYS, self.day + 1)
        return [day for day in days if self.day_start(day) <= end and self.day_start(day + 1) > start]

    def agent_days(self, day: int) -> tuple[AgentDay, ...]:
        """Give what each agent did on a day, in the site's order; today's up to now, with open ends marked."""
        with self._folding:
            if day == self.day:
                return self._fold_agents(day, self.now)
            if day not in self._kept_agents:
                self._kept_agents[day] = self._fold_agents(day, self.day_start(day + 1) - 1)
            agents = self._kept_agents[day]
            _trim(self._kept_agents, self._keep)
            return agents

    def _fold_agents(self, day: int, t: int) -> tuple[AgentDay, ...]:
        fold = SpanFold(self._skills, self.site.members, self._keys, self.day_start(day))
        return agent_days_of(fold, day, self.log_of(day), t)

    def _today_calls(self) -> tuple[CallRecord, ...]:
        log = self._today.log
        if self._call_fold is None:
            self._call_fold = CallFold(self.site, self.day)
            self._call_place, self._call_done = 0, []
        self._call_fold.feed(log[self._call_place :])
        self._call_place = len(log)
        self._call_done += self._call_fold.finished()
        return in_order([*self._call_done, *self._call_fold.open_records()])

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
        self._call_fold = None


def _trim(kept: OrderedDict[int, Kept], count: int) -> None:
    while len(kept) > count:
        kept.popitem(last=False)


def _time(event: Event) -> int:
    return event[0]
