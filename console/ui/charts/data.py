"""What a chart of a result shows, worked out by the table engine: blocking, for a worker thread. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.reports.cells import show
from console.reports.columns import Column, ColumnKind
from console.reports.table_layout import NUMERIC
from console.ui.numbering import is_numbering

if TYPE_CHECKING:
    from console.reports.table import Group, Stop, View

BARS = 20  # bars beside "others"
AS_ROWS = 60  # a table of so few rows with a name each is drawn row by row, in its own order
_LOOKED_AT = 1000  # categories the engine gathers
_FITTING = 200  # categories up to which a column is proposed
_DWARFS = 3  # times the largest: a bar for the rest that long would flatten all others
_POINTS = 5000  # points of a line
_RECORD = re.compile(r"\b(call|unique|linked) ?id$|\buu?id$", re.IGNORECASE)  # whose rows are single calls
_BUCKETS = (("minute", 2 / 24), ("hour", 4), ("day", 400), ("week", 1500), ("month", 9000))  # days they suit
_STEPS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What is to be drawn.

    Attributes:
        by: id of the column of categories, or of times.
        figure: id of a column of figures; empty for the number of rows.
        measure: ``sum`` or ``avg``.
        bucket: for times: minute, hour, day, week, month; empty for whatever suits.
    """

    by: str
    figure: str = ""
    measure: str = "sum"
    bucket: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A category or a bucket: its label, its figure (None where there is none), and of how many rows."""

    label: str
    value: float | None
    rows: int
    at: datetime | None = None
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class ChartData:
    """Points to draw.

    Attributes:
        kind, unit: of the figures.
        hidden: categories without a bar of their own.
        rest: what they come to, where that is too much to be drawn beside the others.
        is_partial: there were more categories than are looked at.
    """

    spec: ChartSpec
    points: tuple[Point, ...]
    is_line: bool
    kind: ColumnKind
    unit: str = ""
    hidden: int = 0
    rest: float | None = None
    is_partial: bool = False


def category_columns(columns: Sequence[Column]) -> list[Column]:
    """Columns that rows can be gathered by."""
    return [c for c in columns if c.kind in (ColumnKind.TEXT, ColumnKind.FLAG, ColumnKind.DATETIME)]


def figure_columns(columns: Sequence[Column]) -> list[Column]:
    """Columns that have figures."""
    return [c for c in columns if c.kind in NUMERIC]


def measures(column: Column | None) -> tuple[str, ...]:
    """What can be worked out of a column: percentages are never added up."""
    if column is None:
        return ("sum",)
    return ("avg",) if column.kind is ColumnKind.PERCENT else ("sum", "avg")


def propose(view: View, columns: Sequence[Column], stop: Stop | None = None) -> ChartSpec | None:
    """The chart that suits a table best; None where nothing does."""
    if view.row_count < 1:
        return None
    figures = figure_columns(columns)
    figures = [c for c in figures if not is_numbering(c)] or figures
    figure = next((c for c in figures if c.kind is not ColumnKind.PERCENT), figures[0] if figures else None)
    measure = measures(figure)[0]
    name = figure.id if figure is not None else ""
    times = [c for c in columns if c.kind is ColumnKind.DATETIME]
    if times and columns[0].id == times[0].id and view.row_count > 1:
        return ChartSpec(times[0].id, name, measure)
    is_record = any(c.kind is ColumnKind.TEXT and _RECORD.search(c.title) for c in columns)
    for column in category_columns(columns):
        if column.kind is ColumnKind.DATETIME:
            continue
        count = len(view.groups(column.id, limit=_FITTING + 1, stop=stop))
        if 2 <= count <= _FITTING and (count < view.row_count or view.row_count <= AS_ROWS):
            if is_record and count < view.row_count:
                return ChartSpec(column.id)  # each row is a call: how many there are says more than any sum
            return ChartSpec(column.id, name if count == view.row_count or figure is not None else "", measure)
    return ChartSpec(times[0].id, name, measure) if times and view.row_count > 1 else None


def fetch(view: View, columns: Sequence[Column], spec: ChartSpec, stop: Stop | None = None) -> ChartData:
    """The points of a chart."""
    known = {column.id: column for column in columns}
    by, figure = known[spec.by], known.get(spec.figure)
    kind = figure.kind if figure is not None else ColumnKind.NUMBER
    unit = figure.unit if figure is not None else ""
    if by.kind is ColumnKind.DATETIME:
        spec, points = _line(view, by, figure, spec, stop)
        return ChartData(spec, tuple(points), True, kind, unit)
    alone = _row_by_row(view, list(columns), by, figure, stop)
    if alone is not None:
        return ChartData(spec, tuple(alone), False, kind, unit)
    groups = view.groups(by.id, measure=spec.figure or None, figure=spec.measure, limit=_LOOKED_AT, stop=stop)
    points, hidden = _bars(view, by, groups, spec, stop)
    rest = None
    if points and points[-1].is_rest and (points[-1].value or 0.0) > _DWARFS * (points[0].value or 0.0):
        rest = points.pop().value
    return ChartData(spec, tuple(points), False, kind, unit, hidden, rest, len(groups) == _LOOKED_AT)


def _row_by_row(
    view: View, columns: list[Column], by: Column, figure: Column | None, stop: Stop | None
) -> list[Point] | None:
    """Each row as a bar, in the order on screen; None where names repeat or rows are too many."""
    if figure is None or view.row_count > AS_ROWS:
        return None
    place, at = columns.index(by), columns.index(figure)
    points = []
    for row in view.page(0, AS_ROWS, stop):
        value = row[at][0]
        points.append(Point(show(row[place], by), _number(value), 1))
    return points if len({point.label for point in points}) == len(points) else None


def _bars(view: View, by: Column, groups: list[Group], spec: ChartSpec, stop: Stop | None) -> tuple[list[Point], int]:
    """The largest categories, and one bar for the rest where figures can be added up."""
    points = [Point(_label(group, by), _figure(group, spec), group.count) for group in groups]
    points.sort(key=lambda point: (point.value is None, -(point.value or 0.0)))
    if len(points) <= BARS + 1:
        return points, 0
    shown, rest = points[:BARS], points[BARS:]
    if spec.measure != "sum":
        return shown, len(rest)
    rows = view.row_count - sum(point.rows for point in shown)
    if spec.figure:
        whole = view.totals(stop)[spec.figure].sum
        value = None if whole is None else whole - sum(point.value or 0.0 for point in shown)
    else:
        value = float(rows)
    return [*shown, Point("", value, rows, is_rest=True)], len(rest)


def _line(
    view: View, by: Column, figure: Column | None, spec: ChartSpec, stop: Stop | None
) -> tuple[ChartSpec, list[Point]]:
    """One point for each bucket; a bucket without rows is a gap, never a zero."""
    bucket = spec.bucket or _bucket(view, by.id, stop)
    spec = ChartSpec(spec.by, spec.figure, spec.measure, bucket)
    groups = view.groups(
        by.id,
        measure=figure.id if figure is not None else None,
        figure=spec.measure,
        bucket=bucket,
        limit=_POINTS,
        stop=stop,
    )
    points: list[Point] = []
    for group in groups:
        if not isinstance(group.value, datetime):
            continue  # rows without a time
        if points and _is_gap(points[-1].at, group.value, bucket):
            points.append(Point("", None, 0, points[-1].at))
        points.append(Point(_when(group.value, bucket), _figure(group, spec), group.count, group.value))
    return spec, points


def _is_gap(former: datetime | None, at: datetime, bucket: str) -> bool:
    if former is None:
        return False
    if bucket == "month":
        return (at.year - former.year) * 12 + at.month - former.month > 1
    return at - former > _STEPS.get(bucket, timedelta(days=366))


def _bucket(view: View, column: str, stop: Stop | None) -> str:
    total = view.totals(stop)[column]
    first, last = total.minimum, total.maximum
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return "day"
    days = (last - first) / timedelta(days=1)
    return next((name for name, most in _BUCKETS if days <= most), "year")


def _when(at: datetime, bucket: str) -> str:
    if bucket in ("minute", "hour"):
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{at:%Y-%m}" if bucket == "month" else f"{at:%Y}" if bucket == "year" else f"{at:%Y-%m-%d}"


def _label(group: Group, by: Column) -> str:
    return show((group.value, group.text), by)


def _figure(group: Group, spec: ChartSpec) -> float | None:
    return _number(group.figure) if spec.figure else float(group.count)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
