"""Relative ranges, resolved once per run into absolute ones.

A `Timeframe` is what a form or preset holds; `resolve` is a pure function of it, a moment, a zone and the first day
of the week. `describe` writes out what each word means. `Period` and the wall clock are in files of their own.
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.reports.schema import Json
from console.reports.timeframe_wall import (
    DAY_END,
    FIRST_YEAR,
    LAST_YEAR,
    ResolvedTimeframe,
    clock_changes,
    day_span,
    find_zone,
    hours,
    length_s,
    offset_zone,
    seconds_between,
    show,
    show_moment,
    span,
    split_days,
)

__all__ = [
    "CHIPS",
    "WEEK_DAYS",
    "Relative",
    "ResolvedTimeframe",
    "Timeframe",
    "check",
    "clock_changes",
    "describe",
    "find_zone",
    "hours",
    "length_s",
    "offset_zone",
    "resolve",
    "resolved_from_json",
    "resolved_to_json",
    "seconds_between",
    "show",
    "show_moment",
    "split_days",
]

MOST_DAYS = 3660
WEEK_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Relative(StrEnum):
    """The words for a range; `describe` says exactly what each means."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    MONTH_TO_DATE = "month_to_date"
    LAST_DAYS = "last_days"
    SAME_DAY_LAST_WEEK = "same_day_last_week"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A range as it is asked for.

    Attributes:
        days: how many, for `LAST_DAYS` only.
        start, end: naive wall-clock times of the site, for `CUSTOM` only; both seconds are included.
        daily: the part of each day that counts (from, to, both included), None for whole days.
    """

    preset: Relative = Relative.TODAY
    days: int = 7
    start: datetime | None = None
    end: datetime | None = None
    daily: tuple[time, time] | None = None

    @classmethod
    def last_days(cls, days: int) -> Timeframe:
        """The last `days` whole days, ending yesterday."""
        return cls(Relative.LAST_DAYS, days)

    @classmethod
    def custom(cls, start: datetime, end: datetime) -> Timeframe:
        """From one wall-clock second to another, both included."""
        return cls(Relative.CUSTOM, start=start, end=end)

    @classmethod
    def custom_days(cls, first: date, last: date) -> Timeframe:
        """Whole days."""
        return cls.custom(datetime.combine(first, time()), datetime.combine(last, DAY_END))

    def to_json(self) -> dict[str, Json]:
        """The form kept in values, presets and history."""
        data: dict[str, Json] = {"preset": self.preset.value}
        if self.preset is Relative.LAST_DAYS:
            data["days"] = self.days
        if self.preset is Relative.CUSTOM:
            data["start"] = _iso(self.start)
            data["end"] = _iso(self.end)
        if self.daily:
            data["daily"] = [part.isoformat("seconds") for part in self.daily]
        return data

    @classmethod
    def from_json(cls, data: Json) -> Timeframe:
        """Read `to_json` back; keys of later versions are passed over.

        Raises:
            UserError: it is not of that form.
        """
        try:
            if not isinstance(data, Mapping):
                raise TypeError
            preset = Relative(str(data.get("preset")))
            days = data.get("days", 7)
            if not isinstance(days, int) or isinstance(days, bool):
                raise TypeError
            start, end = (_moment(data.get(key)) if preset is Relative.CUSTOM else None for key in ("start", "end"))
            return cls(preset, days if preset is Relative.LAST_DAYS else 7, start, end, _daily(data.get("daily")))
        except (ValueError, TypeError, KeyError):
            raise UserError(message("timeframe.form", what=json.dumps(data, default=str)[:80])) from None

    def to_text(self) -> str:
        """The form of the command line, read back by `parse`."""
        if self.preset is Relative.LAST_DAYS:
            text = f"last_{self.days}_days"
        elif self.preset is Relative.CUSTOM and self.start and self.end:
            text = _range_text(self.start, self.end)
        else:
            text = self.preset.value
        return text if self.daily is None else f"{text}@{_clock(self.daily[0])}-{_clock(self.daily[1])}"

    @classmethod
    def parse(cls, text: str) -> Timeframe:
        """Read ``yesterday``, ``last_7_days``, ``2016-08-01``, ``2016-08-01T08:00..2016-08-01T17:30`` and the like.

        ``@08:00-17:00`` behind it names the part of each day that counts. A time without seconds means that very
        second ``:00``; an end without a time means the end of that day.

        Raises:
            UserError: it is none of these; the sentence says what to write.
        """
        head, at, tail = text.strip().partition("@")
        try:
            daily = None
            if at:
                first, _, last = tail.strip().partition("-")
                daily = (_time_of(first), _time_of(last))
            return replace(_parse_head(head.strip()), daily=daily)
        except ValueError:
            raise UserError(message("timeframe.text", text=text.strip()[:80])) from None


CHIPS: tuple[Timeframe, ...] = (
    Timeframe(Relative.TODAY),
    Timeframe(Relative.YESTERDAY),
    Timeframe(Relative.THIS_WEEK),
    Timeframe(Relative.LAST_WEEK),
    Timeframe(Relative.THIS_MONTH),
    Timeframe(Relative.LAST_MONTH),
    Timeframe(Relative.MONTH_TO_DATE),
    Timeframe.last_days(7),
    Timeframe.last_days(30),
    Timeframe(Relative.SAME_DAY_LAST_WEEK),
)
"""What a form offers at a click."""


def describe(timeframe: Timeframe, week_start: int = 0, until_now: bool = False) -> Message:
    """What a timeframe means, exactly; `week_start` is 0 for Monday to 6 for Sunday."""
    open_ended = timeframe.preset in (
        Relative.TODAY,
        Relative.THIS_WEEK,
        Relative.THIS_MONTH,
        Relative.MONTH_TO_DATE,
    )
    code = f"timeframe.means.{timeframe.preset.value}" + (".until_now" if until_now and open_ended else "")
    return message(
        code,
        days=timeframe.days,
        first=WEEK_DAYS[week_start % 7].capitalize(),
        last=WEEK_DAYS[(week_start - 1) % 7].capitalize(),
    )


def check(timeframe: Timeframe) -> Message | None:
    """What is wrong with a timeframe in itself, None when it can be resolved."""
    if timeframe.preset is Relative.LAST_DAYS and not 1 <= timeframe.days <= MOST_DAYS:
        return message("timeframe.days", most=MOST_DAYS)
    if timeframe.daily and timeframe.daily[1] < timeframe.daily[0]:
        return message("timeframe.daily")
    if timeframe.preset is not Relative.CUSTOM:
        return None
    start, end = timeframe.start, timeframe.end
    if start is None or end is None:
        return message("timeframe.open")
    if not all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in (start, end)):
        return message("timeframe.year", first=FIRST_YEAR, last=LAST_YEAR)
    if end < start:
        return message("timeframe.order")
    return None


def resolve(
    timeframe: Timeframe, now: datetime, zone: str, week_start: int = 0, *, until_now: bool = False
) -> ResolvedTimeframe:
    """Make a timeframe absolute. Pure.

    Args:
        now: the moment of the run, aware, in any zone.
        zone: the site's zone, see `find_zone`.
        week_start: 0 for Monday to 6 for Sunday.
        until_now: a range that has begun ends now at the latest, for systems that must not be asked for the future.

    Raises:
        UserError: `check` finds fault with it, or there is no such zone.
    """
    if fault := check(timeframe):
        raise UserError(fault)
    place = find_zone(zone)
    start, end = _ends(timeframe, now.astimezone(place).date(), place, week_start)
    if until_now:
        end = cut_at(start, end, now, place)
    origin = json.dumps(timeframe.to_json(), sort_keys=True)
    return ResolvedTimeframe(start, end, zone, timeframe.daily, origin)


def cut_at(start: datetime, end: datetime, now: datetime, place: tzinfo) -> datetime:
    """The end of a range, or `now` to the second when that is earlier and the range has begun."""
    last = now.astimezone(UTC).replace(microsecond=0).astimezone(place)
    return last if seconds_between(start, last) >= 0 and seconds_between(last, end) > 0 else end


def resolved_to_json(resolved: ResolvedTimeframe) -> dict[str, Json]:
    """The form a frozen range is stored in: absolute times with offset."""
    return {
        "start": resolved.start.isoformat(timespec="seconds"),
        "end": resolved.end.isoformat(timespec="seconds"),
        "zone": resolved.zone,
        "daily": [part.isoformat("seconds") for part in resolved.daily] if resolved.daily else None,
        "origin": resolved.origin,
    }


def resolved_from_json(data: Json) -> ResolvedTimeframe:
    """Read `resolved_to_json` back.

    Raises:
        UserError: it is not of that form.
    """
    try:
        if not isinstance(data, Mapping):
            raise TypeError
        zone = str(data["zone"])
        ends = [datetime.fromisoformat(str(data[key])) for key in ("start", "end")]
        if any(moment.tzinfo is None for moment in ends):
            raise ValueError
        start, end = (moment.astimezone(find_zone(zone)) for moment in ends)
        return ResolvedTimeframe(start, end, zone, _daily(data.get("daily")), str(data.get("origin", "")))
    except (ValueError, TypeError, KeyError, OverflowError):
        raise UserError(message("timeframe.form", what=json.dumps(data, default=str)[:80])) from None


def _ends(timeframe: Timeframe, today: date, zone: tzinfo, week_start: int) -> tuple[datetime, datetime]:
    if timeframe.preset is Relative.CUSTOM:
        assert timeframe.start
        assert timeframe.end
        return span(timeframe.start.replace(microsecond=0), timeframe.end.replace(microsecond=0), zone)
    day = timedelta(days=1)
    monday = today - timedelta(days=(today.weekday() - week_start) % 7)
    first = today.replace(day=1)
    match timeframe.preset:
        case Relative.TODAY:
            days = today, today
        case Relative.YESTERDAY:
            days = today - day, today - day
        case Relative.THIS_WEEK:
            days = monday, monday + 6 * day
        case Relative.LAST_WEEK:
            days = monday - 7 * day, monday - day
        case Relative.THIS_MONTH:
            days = first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
        case Relative.LAST_MONTH:
            days = (first - day).replace(day=1), first - day
        case Relative.MONTH_TO_DATE:
            days = first, today
        case Relative.SAME_DAY_LAST_WEEK:
            days = today - 7 * day, today - 7 * day
        case _:
            days = today - timeframe.days * day, today - day
    return day_span(*days, zone)


_LAST_DAYS = re.compile(r"last_(\d{1,4})_days?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")


def _parse_head(text: str) -> Timeframe:
    word = re.sub(r"[\s-]+", "_", text.lower())
    if match := _LAST_DAYS.fullmatch(word):
        return Timeframe.last_days(int(match[1]))
    if word in {preset.value for preset in Relative} - {Relative.CUSTOM, Relative.LAST_DAYS}:
        return Timeframe(Relative(word))
    first, dots, last = text.partition("..")
    return Timeframe.custom(
        _text_moment(first.strip(), time()), _text_moment((last if dots else first).strip(), DAY_END)
    )


def _text_moment(text: str, at: time) -> datetime:
    if _DATE.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), at)
    if _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text)
    raise ValueError(text)


def _time_of(text: str) -> time:
    text = text.strip()
    if not _CLOCK.fullmatch(text):
        raise ValueError(text)
    return time.fromisoformat(text)


def _range_text(start: datetime, end: datetime) -> str:
    if start.time() == time() and end.time() == DAY_END:
        days = [start.date().isoformat(), end.date().isoformat()]
        return days[0] if days[0] == days[1] else "..".join(days)
    return "..".join(moment.isoformat(timespec="seconds") for moment in (start, end))


def _clock(part: time) -> str:
    return part.isoformat("seconds" if part.second else "minutes")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _moment(data: Json) -> datetime | None:
    if data is None:
        return None
    if not isinstance(data, str):
        raise TypeError
    moment = datetime.fromisoformat(data)
    if moment.tzinfo is not None:
        raise ValueError
    return moment.replace(microsecond=0)


def _daily(data: Json) -> tuple[time, time] | None:
    if data is None:
        return None
    if not isinstance(data, list) or len(data) != 2:
        raise TypeError
    first, last = (_time_of(str(part)) for part in data)
    return first, last
