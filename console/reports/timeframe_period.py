"""Periods: a day, month or year whose length fixes the size of a report's rows."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.reports.schema import Json
from console.reports.timeframe import cut_at
from console.reports.timeframe_wall import FIRST_YEAR, LAST_YEAR, ResolvedTimeframe, day_span, find_zone


class RowSize(StrEnum):
    """What one row of the answer covers."""

    HOUR = "hour"  # of a day
    DAY = "day"  # of a month
    MONTH = "month"  # of a year


class PeriodPreset(StrEnum):
    """The words for a period."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """One day, month or year.

    Attributes:
        year, month, day: of a custom period; month 0: the whole year, day 0: the whole month.
    """

    preset: PeriodPreset = PeriodPreset.TODAY
    year: int = 0
    month: int = 0
    day: int = 0

    @property
    def rows(self) -> RowSize:
        """Hours for a day, days for a month, months for a year."""
        match self.preset:
            case PeriodPreset.TODAY | PeriodPreset.YESTERDAY:
                return RowSize.HOUR
            case PeriodPreset.THIS_MONTH | PeriodPreset.LAST_MONTH:
                return RowSize.DAY
            case PeriodPreset.THIS_YEAR | PeriodPreset.LAST_YEAR:
                return RowSize.MONTH
            case _:
                return RowSize.HOUR if self.day else RowSize.DAY if self.month else RowSize.MONTH

    def to_json(self) -> dict[str, Json]:
        """The form kept in values, presets and history."""
        return {"period": self.to_text()}

    @classmethod
    def from_json(cls, data: Json) -> Period:
        """Read `to_json` back; keys of later versions are passed over.

        Raises:
            UserError: it is not of that form.
        """
        text = data.get("period") if isinstance(data, Mapping) else None
        try:
            if not isinstance(text, str):
                raise ValueError
            return _parse(text)
        except ValueError:
            raise UserError(message("period.form", what=json.dumps(data, default=str)[:80])) from None

    def to_text(self) -> str:
        """``2026``, ``2026-11``, ``2026-11-22`` or the preset's word."""
        if self.preset is not PeriodPreset.CUSTOM:
            return self.preset.value
        text = f"{self.year:04d}"
        return text + (f"-{self.month:02d}" if self.month else "") + (f"-{self.day:02d}" if self.day else "")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read what `to_text` writes.

        Raises:
            UserError: it is no period; the sentence says what to write.
        """
        try:
            return _parse(text.strip())
        except ValueError:
            raise UserError(message("period.text", text=text.strip()[:80])) from None

    def fixed(self, now: datetime, zone: str) -> Period:
        """The same period by its own number, as a wire writes it (`to_text`)."""
        today = now.astimezone(find_zone(zone)).date()
        month_ago = today.replace(day=1) - timedelta(days=1)
        yesterday = today - timedelta(days=1)
        custom = PeriodPreset.CUSTOM
        match self.preset:
            case PeriodPreset.TODAY:
                return Period(custom, today.year, today.month, today.day)
            case PeriodPreset.YESTERDAY:
                return Period(custom, yesterday.year, yesterday.month, yesterday.day)
            case PeriodPreset.THIS_MONTH:
                return Period(custom, today.year, today.month)
            case PeriodPreset.LAST_MONTH:
                return Period(custom, month_ago.year, month_ago.month)
            case PeriodPreset.THIS_YEAR:
                return Period(custom, today.year)
            case PeriodPreset.LAST_YEAR:
                return Period(custom, today.year - 1)
            case _:
                return self


def check_period(period: Period) -> Message | None:
    """What is wrong with a period in itself, None when it can be resolved."""
    if period.preset is PeriodPreset.CUSTOM and not FIRST_YEAR <= period.year <= LAST_YEAR:
        return message("timeframe.year", first=FIRST_YEAR, last=LAST_YEAR)
    return None


def describe_period(period: Period) -> Message:
    """What a period gives: the size of its rows."""
    return message(f"period.means.{period.rows.value}")


def resolve_period(period: Period, now: datetime, zone: str, *, until_now: bool = False) -> ResolvedTimeframe:
    """Make a period absolute; arguments and errors as for `console.reports.timeframe.resolve`."""
    if fault := check_period(period):
        raise UserError(fault)
    fixed = period.fixed(now, zone)
    place = find_zone(zone)
    first = date(fixed.year, fixed.month or 1, fixed.day or 1)
    last_month = fixed.month or 12
    last = date(fixed.year, last_month, fixed.day or calendar.monthrange(fixed.year, last_month)[1])
    start, end = day_span(first, last, place)
    if until_now:
        end = cut_at(start, end, now, place)
    return ResolvedTimeframe(start, end, zone, origin=json.dumps(period.to_json(), sort_keys=True))


def period_of(resolved: ResolvedTimeframe) -> Period | None:
    """The period by its own number that a range was resolved from; None for one resolved from a timeframe."""
    try:
        period = Period.from_json(json.loads(resolved.origin))
    except (UserError, ValueError):
        return None
    start = resolved.start
    match period.rows:
        case RowSize.HOUR:
            return Period(PeriodPreset.CUSTOM, start.year, start.month, start.day)
        case RowSize.DAY:
            return Period(PeriodPreset.CUSTOM, start.year, start.month)
        case _:
            return Period(PeriodPreset.CUSTOM, start.year)


_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def _parse(text: str) -> Period:
    word = re.sub(r"[\s-]+", "_", text.lower())
    if word in {preset.value for preset in PeriodPreset} - {PeriodPreset.CUSTOM}:
        return Period(PeriodPreset(word))
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part or 0) for part in match.groups())
    if (match[2] and not 1 <= month <= 12) or (match[3] and day < 1):
        raise ValueError(text)
    if day:
        date(year, month, day)
    return Period(PeriodPreset.CUSTOM, year, month, day)
