"""The PBX's wall clock: which format it writes, and how far it is from UTC. Pure.

Reports want dates in the PBX's display format and answer nothing when they get another (vendor page "Download a Call
Report"). The letters of ``system_time_format`` are not to be trusted: units with a 24-hour clock say ``hh``, and the
AM or PM in it is the half of the day it is just now. So the system's own time decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.vendors.yeastar.fields import Json, text, whole

_STAMP = re.compile(
    r"([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})[ T]+([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\s*([AaPp])\.?[Mm]\.?)?",
    re.ASCII,
)
_FORMAT = re.compile(r"(Y+|M+|D+)([/.-])(Y+|M+|D+)\2(Y+|M+|D+)")
_GO_PARTS = {"2006": "Y", "01": "M", "1": "M", "02": "D", "2": "D"}
_GO = re.compile(r"(2006|0?1|0?2)([/.-])(2006|0?1|0?2)\2(2006|0?1|0?2) (15|0?3):04:05( PM)?")
_FARTHEST = timedelta(hours=14, minutes=30)  # zones reach from -12 to +14 hours


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A display format: order of year, month and day as ``YMD``, their separator, and the clock."""

    order: str
    separator: str
    is_12_hour: bool

    @property
    def label(self) -> str:
        """The format in the vendor's letters."""
        parts = {"Y": "YYYY", "M": "MM", "D": "DD"}
        date = self.separator.join(parts[letter] for letter in self.order)
        return f"{date} {'hh:mm:ss AM' if self.is_12_hour else 'HH:mm:ss'}"

    def write(self, moment: datetime) -> str:
        """A local time in this format: zero-padded, ASCII, English, whatever the desktop's language."""
        parts = {"Y": f"{moment.year:04d}", "M": f"{moment.month:02d}", "D": f"{moment.day:02d}"}
        date = self.separator.join(parts[letter] for letter in self.order)
        if not self.is_12_hour:
            return f"{date} {moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
        half = "PM" if moment.hour >= 12 else "AM"
        return f"{date} {(moment.hour + 11) % 12 + 1:02d}:{moment.minute:02d}:{moment.second:02d} {half}"

    def read(self, stamp: str) -> datetime | None:
        """A naive local time from this format, None when it is in another."""
        match = _STAMP.fullmatch(stamp.strip())
        if match is None or match.group(2) != self.separator or bool(match.group(8)) != self.is_12_hour:
            return None
        parts = dict(zip(self.order, (match.group(1), match.group(3), match.group(4)), strict=True))
        hour = int(match.group(5))
        if self.is_12_hour:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if match.group(8).upper() == "P" else 0)
        if len(parts["Y"]) != 4:
            return None
        try:
            moment = datetime(
                int(parts["Y"]),
                int(parts["M"]),
                int(parts["D"]),
                hour,
                int(match.group(6)),
                int(match.group(7)),
                tzinfo=UTC,
            )
        except ValueError:
            return None
        return moment.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class PbxClock:
    """What the system information says about time.

    Attributes:
        dates: the display format, None when it could not be learned for certain.
        offset: local time minus UTC, None when unknown.
        problem: why something is unknown, in words.
    """

    dates: DateFormat | None = None
    offset: timedelta | None = None
    problem: str = ""

    def local(self, server_ms: float) -> datetime | None:
        """The PBX's naive local time at an instant of its clock."""
        if self.offset is None:
            return None
        try:
            return datetime.fromtimestamp(server_ms / 1000, UTC).replace(tzinfo=None) + self.offset
        except (ValueError, OverflowError, OSError):
            return None


def from_setting(value: str) -> DateFormat | None:
    """The format a profile demands, e.g. ``DD/MM/YYYY 12``; None for ``automatic``."""
    order, _, hours = value.rpartition(" ")
    parsed = _parse_order(order)
    return None if parsed is None else DateFormat(*parsed, is_12_hour=hours == "12")


def from_go_layout(sentence: str) -> DateFormat | None:
    """The format v2.0 names when it refuses a date, e.g. ``valid format: 02/01/2006 03:04:05 PM``."""
    match = _GO.search(sentence)
    if match is None:
        return None
    order = "".join(_GO_PARTS[match.group(place)] for place in (1, 3, 4))
    if sorted(order) != ["D", "M", "Y"] or (match.group(5) == "15") == bool(match.group(6)):
        return None
    return DateFormat(order, match.group(2), match.group(5) != "15")


def read_clock(data: Json, forced: DateFormat | None = None) -> PbxClock:
    """Learn format and offset from ``system/information``.

    Args:
        data: the ``data`` object of the reply.
        forced: the profile's own choice, which wins.
    """
    stamp, epoch = text(data.get("system_time")), whole(data.get("timestamp"))
    if forced is not None:
        return PbxClock(forced, _offset(forced, stamp, epoch) or _any_offset(stamp, epoch))
    is_12_hour = stamp[-2:].upper() in ("AM", "PM")
    named = _parse_order(text(data.get("system_date_format")))
    if named is not None:
        dates = DateFormat(*named, is_12_hour=is_12_hour)
        offset = _offset(dates, stamp, epoch)
        if offset is not None:
            return PbxClock(dates, offset)
        if not stamp or epoch is None:
            return PbxClock(None, None, "it does not tell its own time")
    fitting = [dates for dates in _candidates(stamp, is_12_hour=is_12_hour) if _offset(dates, stamp, epoch) is not None]
    if len(fitting) == 1:
        return PbxClock(fitting[0], _offset(fitting[0], stamp, epoch))
    return PbxClock(
        None, _any_offset(stamp, epoch), f"its time is written {stamp[:40]!r}" if stamp else "it tells no time"
    )


def _parse_order(pattern: str) -> tuple[str, str] | None:
    match = _FORMAT.fullmatch(pattern.strip().upper())
    if match is None:
        return None
    order = match.group(1)[0] + match.group(3)[0] + match.group(4)[0]
    return (order, match.group(2)) if sorted(order) == ["D", "M", "Y"] else None


def _candidates(stamp: str, *, is_12_hour: bool) -> list[DateFormat]:
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return []
    return [DateFormat(order, match.group(2), is_12_hour) for order in ("YMD", "YDM", "MDY", "DMY")]


def _offset(dates: DateFormat, stamp: str, epoch: int | None) -> timedelta | None:
    moment = dates.read(stamp)
    if moment is None or epoch is None:
        return None
    try:
        gap = moment - datetime.fromtimestamp(epoch, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
    rounded = timedelta(minutes=round(gap.total_seconds() / 60))
    return rounded if abs(rounded) <= _FARTHEST and abs(gap - rounded) <= timedelta(seconds=5) else None


def _any_offset(stamp: str, epoch: int | None) -> timedelta | None:
    """The offset, when all readings of an ambiguous date agree on it."""
    is_12_hour = stamp[-2:].upper() in ("AM", "PM")
    found = {_offset(dates, stamp, epoch) for dates in _candidates(stamp, is_12_hour=is_12_hour)} - {None}
    return found.pop() if len(found) == 1 else None
