"""What one exchange differs in from another: firmware, clock format, and the habits that trip clients up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_ORDERS = {
    "YYYY/MM/DD": ("%Y/%m/%d", "2006/01/02"),
    "MM/DD/YYYY": ("%m/%d/%Y", "01/02/2006"),
    "DD/MM/YYYY": ("%d/%m/%Y", "02/01/2006"),
    "YYYY-MM-DD": ("%Y-%m-%d", "2006-01-02"),
    "MM-DD-YYYY": ("%m-%d-%Y", "01-02-2006"),
    "DD-MM-YYYY": ("%d-%m-%Y", "02-01-2006"),
}


@dataclass(frozen=True, slots=True)
class Quirks:
    """How the exchange is set up.

    Attributes:
        date_format: the administrator's choice under System > Date and Time > Display Format.
        is_12_hour: whether times end in AM or PM.
        has_v2: reports live under v2.0 (firmware .21.0.117 and later); v1.0 then answers with an empty success.
        as_text: numbers of the envelope and ids travel as strings.
        null_lists: an empty list is null.
        idle_is_60001: a queue where nothing happens answers DATA NOT FOUND.
        page_limit: rows on a page of a directory, whatever is asked for.
        most_tokens: live access tokens of one application.
        access_s: life of an access token; refresh_s: of a refresh token.
        sla_s: the queues' service level time.
        keeps_old_token: whether the access token survives its pair's refresh until it expires.
        blocks_after: refused sign-ins before the caller's address is blocked.
        rates_set: call rates are configured; without them billing reports are refused with 70106.
        spaced_names: names of report files, and so their links, contain raw spaces.
    """

    date_format: str = "DD/MM/YYYY"
    is_12_hour: bool = True
    has_v2: bool = True
    as_text: bool = False
    null_lists: bool = True
    idle_is_60001: bool = False
    page_limit: int = 100
    most_tokens: int = 8
    access_s: int = 1800
    refresh_s: int = 86_400
    sla_s: int = 20
    keeps_old_token: bool = True
    blocks_after: int = 5
    idle_cut_s: float = 60.0
    rates_set: bool = True
    spaced_names: bool = True

    def __post_init__(self) -> None:
        """Refuse a format no such system has."""
        if self.date_format not in _ORDERS:
            raise ValueError(f"There is no date format {self.date_format!r}. There are: {', '.join(_ORDERS)}.")

    @property
    def firmware(self) -> str:
        """The firmware version."""
        return "37.23.0.123" if self.has_v2 else "37.14.0.24"

    @property
    def go_layout(self) -> str:
        """The format as v2.0 names it when it refuses another."""
        return _ORDERS[self.date_format][1] + (" 03:04:05 PM" if self.is_12_hour else " 15:04:05")

    @property
    def frames(self) -> dict[str, tuple[str, str]]:
        """The formats of ``time`` by size of a bucket: the pattern to read it with, and its Go layout.

        A whole date asks for hours, a month for days, a year for months; the parts stand in the order of the
        display format.
        """
        pattern, layout = _ORDERS[self.date_format]
        mark = "/" if "/" in pattern else "-"
        short = [mark.join(part for part in each.split(mark) if part not in ("%d", "02")) for each in (pattern, layout)]
        return {"hour": (pattern, layout), "day": (short[0], short[1]), "month": ("%Y", "2006")}

    def wall(self, moment: datetime) -> str:
        """A local time in the display format; English and ASCII whatever the computer's locale."""
        date = moment.strftime(_ORDERS[self.date_format][0])
        if not self.is_12_hour:
            return f"{date} {moment:%H:%M:%S}"
        return f"{date} {(moment.hour + 11) % 12 + 1:02d}:{moment:%M:%S} {half(moment)}"

    def time_format(self, moment: datetime) -> str:
        """``system_time_format``; on a 12-hour unit it carries the half of the day it is just now."""
        return f"hh:mm:ss {half(moment)}" if self.is_12_hour else "hh:mm:ss"

    def read(self, text: str) -> datetime | None:
        """A local time from the display format, None when it is in another."""
        pattern = _ORDERS[self.date_format][0]
        time, _, mark = text.partition(" ")[2].partition(" ")
        if self.is_12_hour != (mark in ("AM", "PM")) or len(time) != 8:
            return None
        try:
            moment = datetime.strptime(f"{text.split(' ')[0]} {time} +0000", f"{pattern} %H:%M:%S %z")
        except ValueError:
            return None
        moment = moment.replace(tzinfo=None)
        if not self.is_12_hour:
            return moment
        if not 1 <= moment.hour <= 12:
            return None
        return moment.replace(hour=moment.hour % 12 + (12 if mark == "PM" else 0))


def half(moment: datetime) -> str:
    """AM or PM."""
    return "PM" if moment.hour >= 12 else "AM"
