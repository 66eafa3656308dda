"""The wall clock of a site: absolute ranges made from local times, right on days that are 23 or 25 hours long."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from console.domain.errors import UserError
from console.domain.messages import message

FIRST_YEAR, LAST_YEAR = 1970, 2199  # outside, servers and calendars disagree about what a date means
DAY_END = time(23, 59, 59)

_OFFSET = re.compile(r"UTC([+-])(\d\d):([0-5]\d)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ResolvedTimeframe:
    """An absolute range. `start` and `end` are aware, in the site's zone; `end` is the last second included.

    Attributes:
        zone: IANA name of the site's zone, or ``UTC+05:30`` where only its offset is known.
        daily: the part of each day that counts (from, to, both included), None for whole days.
        origin: the JSON form of the timeframe or period it was resolved from.
    """

    start: datetime
    end: datetime
    zone: str
    daily: tuple[time, time] | None = None
    origin: str = ""


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo:
    """The zone of an IANA name, or of a fixed offset written ``UTC+05:30``.

    Raises:
        UserError: no such zone.
    """
    if name.upper() in ("UTC", "Z"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        sign = -1 if match[1] == "-" else 1
        offset = sign * timedelta(hours=int(match[2]), minutes=int(match[3]))
        if abs(offset) <= timedelta(hours=18):
            return timezone(offset, name)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # a bad key, a folder of the database, an unknown name
        raise UserError(message("timeframe.zone", zone=name)) from None


def offset_zone(minutes: int) -> str:
    """The name by which `find_zone` knows a site that tells only its offset from UTC, in minutes."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def first_moment(local: datetime, zone: tzinfo) -> datetime:
    """When a wall clock of the zone first shows `local` (naive), or the first moment after it when it is skipped.

    A time that the clocks show twice is taken at its first pass (fold 0), so that a range beginning there has it all.
    """
    moment = local.replace(tzinfo=zone, fold=0)
    after = _end_of_gap(moment)
    return moment if after is None else after


def last_moment(local: datetime, zone: tzinfo) -> datetime:
    """When a wall clock of the zone last shows `local` (naive), or the last second before it when it is skipped.

    A time that the clocks show twice is taken at its second pass (fold 1), so that a range ending there has it all.
    """
    moment = local.replace(tzinfo=zone, fold=0)
    after = _end_of_gap(moment)
    if after is not None:
        return _shift(after, -1)
    later = moment.replace(fold=1)
    return later if later.utcoffset() != moment.utcoffset() else moment


def span(start: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Absolute first and last second of a range of wall-clock times (naive, `end` included).

    A range that lies wholly in a skipped hour comes to the one second after it: it never ends before it begins.
    """
    first, last = first_moment(start, zone), last_moment(end, zone)
    return first, (last if seconds_between(first, last) >= 0 else first)


def seconds_between(start: datetime, end: datetime) -> int:
    """Real seconds from one aware moment to another. (Subtracting within one zone would count wall-clock time.)"""
    return round((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds())


def length_s(resolved: ResolvedTimeframe) -> int:
    """Real seconds of a range, its last second included; the daily part is not taken into account."""
    return seconds_between(resolved.start, resolved.end) + 1


def hours(resolved: ResolvedTimeframe) -> float:
    """Real length in hours: 23 or 25 for a day on which clocks change."""
    return length_s(resolved) / 3600


def clock_changes(resolved: ResolvedTimeframe) -> tuple[datetime, ...]:
    """The moments at which the zone's offset changes within a range or right at its start, which cuts that day short.

    Each is aware, the first second of the new offset.
    """
    zone = resolved.start.tzinfo
    if zone is None or isinstance(zone, timezone):
        return ()
    found: list[datetime] = []
    at, end = _shift(resolved.start, -1).astimezone(UTC), resolved.end.astimezone(UTC)
    while at < end:
        step = min(at + timedelta(days=1), end)
        if at.astimezone(zone).utcoffset() != step.astimezone(zone).utcoffset():
            found.append(_change_between(at, step, zone).astimezone(zone))
        at = step
    return tuple(found)


def day_span(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Absolute first and last second of whole days."""
    return span(datetime.combine(first, time()), datetime.combine(last, DAY_END), zone)


def split_days(resolved: ResolvedTimeframe, until: datetime | None = None) -> tuple[ResolvedTimeframe, ...]:
    """The days of a range, each a range of its own; the first and last are cut as the range is.

    Args:
        until: days that begin after this aware moment are left out; the first day always stays.
    """
    zone = resolved.start.tzinfo or UTC
    day, last = resolved.start.date(), resolved.end.date()
    parts: list[ResolvedTimeframe] = []
    while day <= last:
        start, end = day_span(day, day, zone)
        start = start if seconds_between(resolved.start, start) > 0 else resolved.start
        end = end if seconds_between(end, resolved.end) > 0 else resolved.end
        if until is not None and parts and seconds_between(start, until) < 0:
            break
        if start.date() == day:  # a day that the calendar of the zone skips has no second of its own
            parts.append(replace(resolved, start=start, end=end))
        day += timedelta(days=1)
    return tuple(parts)


def show_moment(moment: datetime) -> str:
    """A moment as people write it, in English on every computer: ``Mon 9 Sep 2019 00:00:00``."""
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M:%S}"


def show_offset(moment: datetime) -> str:
    """The offset of an aware moment from UTC: ``UTC-06:00``."""
    offset = moment.utcoffset() or timedelta()
    return offset_zone(round(offset.total_seconds() / 60))


def show(resolved: ResolvedTimeframe) -> str:
    """A range on one line: its ends, offset from UTC, real length, and whether clocks change within it."""
    parts = [f"{show_moment(resolved.start)} -> {show_moment(resolved.end)}"]
    if resolved.daily:
        parts.append(f"each day {resolved.daily[0]:%H:%M:%S}-{resolved.daily[1]:%H:%M:%S}")
    first, last = show_offset(resolved.start), show_offset(resolved.end)
    parts.append(first if first == last else f"{first} to {last}")
    parts.append(_length(length_s(resolved)))
    changes = clock_changes(resolved)
    if not changes:
        parts.append("no clock change")
    elif len(changes) == 1:
        parts.append(f"clocks change on {show_moment(changes[0])}")
    else:
        parts.append(f"{len(changes)} clock changes")
    return ", ".join(parts)


def _length(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds / 60:.1f}".removesuffix(".0") + " min"
    return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"


def _end_of_gap(moment: datetime) -> datetime | None:
    """The first moment after the gap that the wall-clock time of `moment` lies in; None when it exists."""
    zone = moment.tzinfo
    assert zone is not None
    before = moment.replace(fold=0)
    if before.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None):
        return None
    # in a gap, fold 1 reads the time with the later offset: an instant before the change; fold 0 one after it
    return _change_between(
        before.replace(fold=1).astimezone(UTC) - timedelta(seconds=1), before.astimezone(UTC), zone
    ).astimezone(zone)


def _change_between(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first second (UTC) after `low` at which the offset is no longer that of `low`; `high` has another."""
    former = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == former:
            low = middle
        else:
            high = middle
    return high


def _shift(moment: datetime, seconds: int) -> datetime:
    return (moment.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(moment.tzinfo)
