"""The columns of the panes, as data: standard ones, computed ones, and whatever a vendor adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from console.domain import columns as domain_columns
from console.domain.board import Board
from console.domain.columns import METRIC_PREFIX, StandardColumn
from console.domain.enums import AgentStatus, Section
from console.domain.model import ColumnInfo
from console.domain.text import format_number
from console.domain.thresholds import LIVE_COLUMNS, Level, Threshold, worst
from console.domain.values import UNSUPPORTED, Origin, Reading, Status, Unit
from console.domain.values import text as text_reading
from console.ui.models.rows import Freshness, Value, ViewRow
from console.ui.text import tr


class Kind(StrEnum):
    """How a column's cells are painted."""

    TEXT = "text"
    NAME = "name"
    SOURCE = "source"
    COUNT = "count"
    DURATION = "duration"
    PERCENT = "percent"
    STATE = "state"
    LEVEL = "level"
    STAFFING = "staffing"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a pane.

    Attributes:
        id: standard column id, ``metric:<vendor id>``, or one of ours: name, level, staffing, profile.
        value: the reading of a row at its source's moment.
        width: pixels at 100 %.
        least: pixels it may shrink to when that spares the table a horizontal scroll bar; 0: not at all.
        is_default: whether it is shown before the user chose.
        has_bar: whether a thin bar shows the way to the critical limit.
        definition: what it means, for its help.
        rank: what the column sorts by where that is more than it shows; equal rows then stand by name.
    """

    id: str
    title: str
    kind: Kind
    unit: Unit
    value: Value
    width: int
    definition: str = ""
    is_default: bool = True
    has_bar: bool = False
    least: int = 0
    rank: Value | None = None

    @property
    def is_extra(self) -> bool:
        """Whether it stands behind the columns every system has: the vendor's own, or one that few can fill."""
        return self.id.startswith(METRIC_PREFIX) or self.id in _RARE

    @property
    def narrowest(self) -> int:
        """The width it keeps in any case."""
        return self.least or self.width

    @property
    def sorts_by(self) -> Value:
        """What rows are sorted by; most columns sort by what they show."""
        return self.rank or self.value

    @property
    def is_flexible(self) -> bool:
        """Whether it takes the room that is left over in a wide table."""
        return self.id in ("name", "caller_name")

    @property
    def is_numeric(self) -> bool:
        """Whether it is aligned right."""
        return self.kind in (Kind.COUNT, Kind.DURATION, Kind.PERCENT)


_RARE: Final = frozenset(column.id for column in domain_columns.STANDARD if column.is_rare)
_LONGEST_MS: Final = 1e12  # more than thirty years: no wait reaches into the next level
STAFFING: Final = ("agents_available", "agents_busy", "agents_paused", "agents_logged_off")

_WIDTHS: Final[Mapping[str, tuple[int, int]]] = {  # comfortable and least width
    "waiting": (96, 64),
    "longest_wait": (116, 94),
    "state": (116, 106),
    "time_in_state": (128, 98),
    "pause_reason": (116, 76),
    "queues": (180, 84),
    "caller": (140, 84),
    "queue": (140, 96),
    "caller_number": (132, 118),
    "caller_name": (124, 96),
    "wait": (112, 76),
    "offered": (78, 68),
    "answered": (86, 80),
    "unanswered": (96, 92),
    "abandoned": (94, 88),
    "calls_taken": (96, 90),
    "last_call": (118, 112),
    "abandon_rate": (108, 98),
    "avg_wait": (108, 98),
    "avg_talk": (104, 98),
    "service_level": (110, 102),
    "service_level_computed": (172, 110),
    "answered_in_target": (136, 120),
    "abandoned_in_target": (142, 124),
    "short_abandoned": (122, 112),
    "position": (72, 72),
}
_HIDDEN: Final = frozenset(
    {"agents_logged_in", *STAFFING, "unanswered", "avg_talk"}  # the staffing column says it in one place
)
_BARS: Final = frozenset({"waiting", "longest_wait", "wait", "time_in_state"})
_SHOWN_METRICS: Final = 4  # a vendor may send dozens; more are a choice away
_KINDS: Final = {Unit.MS: Kind.DURATION, Unit.PERCENT: Kind.PERCENT, Unit.COUNT: Kind.COUNT}
_STATUSES: Final[Mapping[object, AgentStatus]] = {status.value: status for status in AgentStatus}
NUMBER_WIDTH: Final = 92
STAFFING_WIDTH: Final = 188
STAFFING_LEAST: Final = 160


def agent_status(row: ViewRow) -> AgentStatus:
    """The state of an agent row, UNKNOWN where none is said."""
    reading = row.row.readings.get("state")
    return AgentStatus.UNKNOWN if reading is None else _STATUSES.get(reading.value, AgentStatus.UNKNOWN)


def count_states(rows: Iterable[ViewRow]) -> Counter[AgentStatus]:
    """How many agents are in each state. The words are counted first: there are thousands of rows, each second."""
    words = Counter([None if (reading := row.row.readings.get("state")) is None else reading.value for row in rows])
    counts: Counter[AgentStatus] = Counter()
    for word, count in words.items():
        counts[_STATUSES.get(word, AgentStatus.UNKNOWN)] += count
    return counts


def serves(row: ViewRow, queue: str) -> bool:
    """Whether an agent row names a queue among its own; names may have commas in them."""
    named = row.row.reading("queues").value
    return isinstance(named, str) and f", {queue}, " in f", {named}, "


def cell_level(column: str, row: ViewRow, at: Freshness) -> Level:
    """The alarm level of one cell, whether its source is fresh or not."""
    reading = row.row.readings.get(column)
    if reading is None:
        return Level.NONE
    if column == "time_in_state":
        return at.limits.reading_level(column, reading, at.server_ms, state=agent_status(row))
    waiting = row.row.readings.get("waiting")
    return at.limits.reading_level(column, reading, at.server_ms, queue=queue_of(row, column), waiting=waiting)


def queue_of(row: ViewRow, column: str) -> str:
    """The queue whose own limits hold for a cell: the row's, or the one its caller waits in."""
    if column != "wait":
        return row.row.name
    named = row.row.readings.get("queue")
    return named.value if named is not None and isinstance(named.value, str) else ""


def cell_threshold(column: str, row: ViewRow, at: Freshness) -> Threshold | None:
    """The threshold that holds for one cell."""
    if column == "time_in_state":
        return at.limits.threshold(column, state=agent_status(row))
    return at.limits.threshold(column, queue=queue_of(row, column))


def row_level(row: ViewRow, at: Freshness) -> Level:
    """The worst level among what is happening now; a bad day's rate alone does not mark a row."""
    return worst(cell_level(column, row, at) for column in LIVE_COLUMNS if column in row.row.readings)


def _plain(column: str) -> Value:
    def value(row: ViewRow, at: Freshness) -> Reading:
        return row.row.reading(column)

    return value


@lru_cache(maxsize=16384)
def _word(text: str) -> Reading:
    """A name as a reading; a table sorted by name asks for that of each row every second."""
    return text_reading(text)


def _name(row: ViewRow, at: Freshness) -> Reading:
    return _word(row.row.name)


def _profile(row: ViewRow, at: Freshness) -> Reading:
    return _word(row.source.name)


def _level(row: ViewRow, at: Freshness) -> Reading:
    """The row's level as a number."""
    return Reading(Status.OK, int(row_level(row, at)), Unit.COUNT, origin=Origin.COMPUTED)


def _urgency(row: ViewRow, at: Freshness) -> Reading:
    """The row's level now, and among rows of one level the longest wait: the order in which to look at queues."""
    level = Level.NONE if at.stale_age_s is not None else row_level(row, at)
    waited = row.row.reading("longest_wait").value_at(at.server_ms)
    wait_ms = float(waited) if isinstance(waited, (int, float)) else 0.0
    seconds = min(wait_ms, _LONGEST_MS) // 1000  # within a second nobody is before anybody
    return Reading(Status.OK, int(level) * _LONGEST_MS + seconds, Unit.COUNT, origin=Origin.COMPUTED)


def _staffing(row: ViewRow, at: Freshness) -> Reading:
    """Available agents as value (it sorts by them), the four figures as text."""
    parts = [row.row.reading(column) for column in STAFFING]
    lead = parts[0]
    if not any(part.has_value for part in parts):
        return lead
    words = " · ".join(_figure(part) for part in parts)
    if lead.has_value:
        return Reading(lead.status, lead.value, Unit.COUNT, text=words, origin=lead.origin, source=lead.source)
    return Reading(Status.OK, -1, Unit.COUNT, text=words, origin=Origin.COMPUTED)


def _figure(reading: Reading) -> str:
    if reading.has_value and isinstance(reading.value, (int, float)):
        return format_number(reading.value)
    return {Status.WARMING: "…", Status.UNSUPPORTED: "–", Status.NOT_APPLICABLE: "n/a"}.get(reading.status, "?")


def profile_column() -> Column:
    """The column that tells sources apart; shown by itself when there is more than one."""
    return Column(
        "profile",
        tr("Profile"),
        Kind.SOURCE,
        Unit.TEXT,
        _profile,
        130,
        tr("The connection this row comes from."),
        is_default=False,
        least=116,
    )


def name_column(title: str, definition: str, width: int = 200) -> Column:
    """The column that names the row."""
    return Column("name", title, Kind.NAME, Unit.TEXT, _name, width, definition, least=112)


def _standard(section: Section) -> list[Column]:
    return [
        _known(column, is_default=column.id not in _HIDDEN)
        for column in domain_columns.standard(section)
        if not column.is_rare
    ]


def _known(column: StandardColumn, *, is_default: bool) -> Column:
    width, least = _WIDTHS.get(column.id, (NUMBER_WIDTH, NUMBER_WIDTH))
    return Column(
        column.id,
        tr(column.title),
        Kind.STATE if column.id == "state" else _KINDS.get(column.unit, Kind.TEXT),
        column.unit,
        _plain(column.id),
        width,
        tr(column.definition),
        is_default=is_default,
        has_bar=column.id in _BARS,
        least=least,
    )


def queue_columns() -> tuple[Column, ...]:
    """The columns of the queue table, in their natural order."""
    level = Column(
        "level",
        tr("Level"),
        Kind.LEVEL,
        Unit.COUNT,
        _level,
        86,
        tr(
            "The worst alarm level among the queue's present figures: waiting, longest wait and available agents. "
            "Sorted by it, the most urgent queue is on top: the level first, then the longest wait."
        ),
        least=84,
        rank=_urgency,
    )
    staffing = Column(
        "staffing",
        tr("Agents"),
        Kind.STAFFING,
        Unit.COUNT,
        _staffing,
        STAFFING_WIDTH,
        tr("Agents of the queue: available, busy, paused and logged off, in this order."),
        least=STAFFING_LEAST,
    )
    name = name_column(tr("Queue"), tr("The queue's name in its system."))
    standard = _standard(Section.QUEUES)
    return (level, name, profile_column(), *standard[:2], staffing, *standard[2:])


def agent_columns() -> tuple[Column, ...]:
    """The columns of the agent table, in their natural order."""
    state, *others = _standard(Section.AGENTS)
    name = name_column(tr("Agent"), tr("The agent's name in the system."), 190)
    return (state, name, profile_column(), *others)


def waiting_columns() -> tuple[Column, ...]:
    """The columns of the waiting callers, in their natural order."""
    by_id = {column.id: column for column in _standard(Section.WAITING)}
    order = ("position", "caller_name", "queue", "wait", "caller_number")
    return (*(by_id[column] for column in order), profile_column())


def metric_columns() -> tuple[Column, ...]:
    """The columns of the metrics table."""
    return (
        name_column(tr("Metric"), tr("The metric's title in its system."), 180),
        profile_column(),
        Column(
            "category",
            tr("Category"),
            Kind.TEXT,
            Unit.TEXT,
            _plain("category"),
            110,
            tr("What the metric is counted for."),
        ),
        Column(
            "subject",
            tr("For"),
            Kind.TEXT,
            Unit.TEXT,
            _plain("subject"),
            130,
            tr("The one the figure belongs to, when the metric is kept for several."),
        ),
        Column("value", tr("Value"), Kind.COUNT, Unit.COUNT, _plain("value"), 104, tr("The figure as it is now.")),
    )


def vendor_columns(board: Board, section: Section) -> tuple[Column, ...]:
    """Columns only some sources fill: known ones, then the vendor metrics without a standard meaning as they appear.

    Metrics of one title and unit share a column: each system has ids of its own for them. The first few are shown at
    once, but only those that every source with such a table has: elsewhere most of the column would be dashes.
    """
    found: dict[tuple[str, Unit], dict[str, ColumnInfo]] = {}
    owners: dict[tuple[str, Unit], set[str]] = {}
    rare: Counter[str] = Counter()
    tables = 0
    for source in board.sources:
        if source.snapshot is not None and section in source.snapshot.columns:
            tables += 1
            for info in source.snapshot.columns.get(section, ()):
                if info.id.startswith(METRIC_PREFIX):
                    what = (info.title.strip().casefold(), info.unit)
                    found.setdefault(what, {}).setdefault(info.id, info)
                    owners.setdefault(what, set()).add(str(source.profile.id))
                elif info.id in _RARE:
                    rare[info.id] += 1
    common = [what for what in found if len(owners[what]) == tables][:_SHOWN_METRICS]
    known = [column for column in domain_columns.standard(section) if column.id in rare]
    return (
        *(_known(column, is_default=column.is_computed and rare[column.id] == tables) for column in known),
        *(_vendor_column(tuple(infos.values()), is_default=what in common) for what, infos in found.items()),
    )


def _vendor_column(infos: tuple[ColumnInfo, ...], *, is_default: bool) -> Column:
    info, ids = infos[0], tuple(info.id for info in infos)
    named = ", ".join(one.removeprefix(METRIC_PREFIX) for one in ids)
    return Column(
        info.id,
        info.title,
        _KINDS.get(info.unit, Kind.TEXT),
        info.unit,
        _plain(info.id) if len(ids) == 1 else _first_of(ids),
        NUMBER_WIDTH + 28,
        tr("A metric of the system itself: {id}.", id=named),
        is_default=is_default,
    )


def _first_of(columns: tuple[str, ...]) -> Value:
    def value(row: ViewRow, at: Freshness) -> Reading:
        readings = row.row.readings
        return next((readings[column] for column in columns if column in readings), UNSUPPORTED)

    return value
