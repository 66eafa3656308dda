"""What a trends window shows: which rows, which columns, which days. Pure data, kept as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from console.domain.clock import day_start, to_datetime
from console.domain.enums import Section
from console.engine.history.base import SeriesKey

HOUR, TODAY, YESTERDAY = "hour", "today", "yesterday"
FIGURES: Final = "metrics"  # the word for key figures, which are in no section
HOUR_MS: Final = 3_600_000.0
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Picked:
    """A row, or a key figure."""

    profile_id: str
    row_id: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be drawn.

    Attributes:
        kind: ``queues``, ``agents`` or ``metrics``.
        profile_id: whose rows are offered; empty for all.
        column, second: of the upper and of the lower chart; `second` empty for one chart. Not used for key figures.
        span: ``hour``, ``today``, ``yesterday`` or a date like ``2026-11-22``.
        is_week_behind: the same time a week before is drawn behind.
    """

    kind: str = Section.QUEUES.value
    profile_id: str = ""
    picked: tuple[Picked, ...] = ()
    column: str = "waiting"
    second: str = ""
    span: str = HOUR
    is_week_behind: bool = False

    @property
    def section(self) -> Section | None:
        """The section of the rows; None for key figures."""
        return None if self.kind == FIGURES else Section(self.kind)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the charts, from top to bottom."""
        if self.kind == FIGURES:
            return ("",)
        return (self.column, self.second) if self.second and self.second != self.column else (self.column,)

    def keys(self) -> tuple[SeriesKey, ...]:
        """Every curve, chart by chart."""
        return tuple(
            SeriesKey(each.profile_id, self.section, each.row_id, column)
            for column in self.columns
            for each in self.picked
        )

    def is_live(self) -> bool:
        """Whether its end is now."""
        return self.span in (HOUR, TODAY)

    def as_json(self) -> dict[str, object]:
        """For the memory of the window."""
        return {
            "kind": self.kind,
            "profile": self.profile_id,
            "picked": [[each.profile_id, each.row_id] for each in self.picked],
            "column": self.column,
            "second": self.second,
            "span": self.span,
            "week": self.is_week_behind,
        }


def from_json(saved: object) -> Choice:
    """What was remembered; whatever makes no sense is as on the first day. A date is not remembered."""
    first = Choice()
    if not isinstance(saved, Mapping):
        return first
    picked = saved.get("picked")
    rows = [
        Picked(each[0], each[1])
        for each in (picked if isinstance(picked, list) else ())
        if isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)
    ]
    kind = saved.get("kind")
    span = saved.get("span")
    return Choice(
        kind if kind in (Section.QUEUES.value, Section.AGENTS.value, FIGURES) else first.kind,
        _text(saved.get("profile")),
        tuple(rows),
        _text(saved.get("column")) or first.column,
        _text(saved.get("second")),
        span if span in (HOUR, TODAY, YESTERDAY) else first.span,
        saved.get("week") is True,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def from_command(which: str, former: Choice) -> Choice | None:
    """``<profile_id>/<section>/<row_id>/<column>`` as a choice; None where it is none. Ids may hold slashes."""
    parts = which.split("/", 2)
    if len(parts) != 3 or not parts[0]:
        return None
    profile_id, kind, rest = parts
    row_id, _, column = rest.rpartition("/")
    if kind not in (Section.QUEUES.value, Section.AGENTS.value, FIGURES) or not row_id:
        return None
    return replace(
        former,
        kind=kind,
        profile_id=profile_id,
        picked=(Picked(profile_id, row_id),),
        column=column or former.column,
        second="",
    )


def bounds(span: str, now_ms: float, zone: tzinfo) -> tuple[float, float]:
    """Start and end of a span, epoch ms; days are those of a zone's wall clock."""
    if span == HOUR:
        return now_ms - HOUR_MS, now_ms
    today = to_datetime(now_ms).astimezone(zone).date()
    if span == TODAY:
        return day_start(today, zone).timestamp() * 1000, now_ms
    day = today - timedelta(days=1) if span == YESTERDAY else _date(span) or today
    start, end = (day_start(each, zone).timestamp() * 1000 for each in (day, day + timedelta(days=1)))
    return start, min(end, max(now_ms, start + 1000.0))


def day_name(at_ms: float, zone: tzinfo) -> str:
    """The date of a moment, as a span names it."""
    return to_datetime(at_ms).astimezone(zone).date().isoformat()


def week_before(start_ms: float, zone: tzinfo) -> float:
    """How many ms before a moment the same wall clock time of the week before was."""
    at = to_datetime(start_ms).astimezone(zone)
    before = datetime.combine(at.date() - _WEEK, at.time(), zone)
    return start_ms - before.timestamp() * 1000


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
