"""The words of rewind: moments, days, gaps. Pure."""

from __future__ import annotations

from datetime import date, datetime

from console.domain.clock import to_datetime
from console.domain.text import format_duration
from console.engine.replay import Gap
from console.ui.text import tr


def local(at_ms: float) -> datetime:
    """A moment in this computer's zone."""
    return to_datetime(at_ms).astimezone()


def time_text(at_ms: float) -> str:
    """``10:42:13``."""
    return local(at_ms).strftime("%H:%M:%S")


def day_text(day: date) -> str:
    """``Tue 22 Nov``, in the names of the user's language."""
    names = (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))
    months = (
        *(tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May"), tr("Jun")),
        *(tr("Jul"), tr("Aug"), tr("Sep"), tr("Oct"), tr("Nov"), tr("Dec")),
    )
    return tr("{weekday} {day} {month}", weekday=names[day.weekday()], day=day.day, month=months[day.month - 1])


def moment_text(at_ms: float) -> str:
    """``Tue 22 Nov 10:42:13``."""
    return f"{day_text(local(at_ms).date())} {time_text(at_ms)}"


def zone_text(at_ms: float) -> str:
    """``UTC+01:00``: the zone the times are told in."""
    offset = local(at_ms).utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def back_text(at_ms: float, now_ms: float) -> str:
    """How long ago it was: ``0:12:40 ago``."""
    return tr("{time} ago", time=format_duration(max(0.0, now_ms - at_ms)))


def gap_text(gap: Gap) -> str:
    """Why there is nothing fresh to see."""
    start, end = (local(at_ms).strftime("%H:%M") for at_ms in (gap.start_ms, gap.end_ms))
    if start == end:
        start, end = time_text(gap.start_ms), time_text(gap.end_ms)
    if gap.was_running:
        return tr("No system had fresh figures from {start} to {end}.", start=start, end=end)
    return tr("Nothing was recorded from {start} to {end}: the console was not running, or recording was off.",
              start=start, end=end)  # fmt: skip


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1_000_000:
        return tr("{n} kB", n=f"{size / 1000:.0f}")
    if size < 1_000_000_000:
        return tr("{n} MB", n=f"{size / 1_000_000:.1f}")
    return tr("{n} GB", n=f"{size / 1_000_000_000:.2f}")
