"""The rows of a wallboard's table: alarms first, and a page of them where there are too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from console.domain.board import Board, Source
from console.domain.enums import AgentStatus, Section
from console.domain.text import Shown, show
from console.domain.thresholds import LIVE_COLUMNS, Level, worst
from console.domain.wallboard import Kind, Widget
from console.ui.models.columns import Column, agent_columns, queue_columns, waiting_columns
from console.ui.models.rows import Freshness, SectionRows, ViewRow, natural_key
from console.ui.text import tr, translate
from console.ui.wallboard.figures import cell_level

PAGE_S: Final = 8.0  # seconds a page of a long table stays
SECTIONS: Final[Mapping[Kind, Section]] = {
    Kind.QUEUES: Section.QUEUES,
    Kind.AGENTS: Section.AGENTS,
    Kind.WAITING: Section.WAITING,
}
USUAL: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.QUEUES: ("name", "waiting", "longest_wait", "agents_available", "abandoned", "service_level"),
    Kind.AGENTS: ("name", "state", "time_in_state", "pause_reason", "calls_taken"),
    Kind.WAITING: ("caller_number", "queue", "wait"),
}
_WAITS: Final = {Kind.QUEUES: "longest_wait", Kind.AGENTS: "time_in_state", Kind.WAITING: "wait"}
_ORDER: Final = {status.value: at for at, status in enumerate(AgentStatus)}
_LEFT_OUT: Final = frozenset({"level", "staffing"})  # their meaning is in other columns and in the row's edge


class Line(NamedTuple):
    """One row with its source's moment and its worst level now."""

    row: ViewRow
    source: Source
    at: Freshness
    level: Level


@dataclass(frozen=True, slots=True)
class Extract:
    """The rows on screen: those with alarms stay, the others are turned over."""

    lines: tuple[Line, ...]
    note: str


@lru_cache(maxsize=len(Kind))
def columns_of(kind: Kind) -> tuple[Column, ...]:
    """Every column a table can show, in their natural order."""
    make = {Kind.QUEUES: queue_columns, Kind.AGENTS: agent_columns, Kind.WAITING: waiting_columns}[kind]
    return tuple(column for column in make() if column.id not in _LEFT_OUT)


def chosen_columns(widget: Widget, board: Board) -> tuple[Column, ...]:
    """The columns of a table: the user's, else the usual ones that some system in it fills."""
    known = {column.id: column for column in columns_of(widget.kind)}
    if widget.columns:
        return tuple(known[name] for name in widget.columns if name in known)
    sources = sources_of(widget, board)
    section = SECTIONS[widget.kind]
    filled = {info.id for s in sources if s.snapshot is not None for info in s.snapshot.columns.get(section, ())}
    names = [name for name in USUAL[widget.kind] if name == "name" or not filled or name in filled]
    if widget.kind is Kind.WAITING and "caller_number" not in names and "caller_name" in filled:
        names.insert(0, "caller_name")
    if len(sources) > 1 and widget.kind is not Kind.WAITING:
        names.insert(1, "profile")
    return tuple(known[name] for name in names)


def sources_of(widget: Widget, board: Board) -> tuple[Source, ...]:
    """The sources a table shows."""
    return tuple(s for s in board.sources if not widget.profiles or str(s.profile.id) in widget.profiles)


class TableRows:
    """Keeps the rows of a table in the order in which they need somebody."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._rows = SectionRows(SECTIONS[kind])

    def lines(self, widget: Widget, board: Board, at: Mapping[str, Freshness]) -> list[Line]:
        """All rows: the worst level first, then agents by state, then the longest wait, then names."""
        sources = {str(source.profile.id): source for source in sources_of(widget, board)}
        shown = Board(tuple(sources.values()))
        found = []
        for row in self._rows.rows(shown):
            owner = row.key[0]
            level = worst(cell_level(column, sources[owner], row.row, at[owner]) for column in LIVE_COLUMNS)
            found.append(Line(row, sources[owner], at[owner], level))
        found.sort(key=self._key)
        return found

    def _key(self, line: Line) -> tuple[int, int, float, object]:
        row, server_ms = line.row.row, line.at.server_ms
        state = 0
        if self._kind is Kind.AGENTS:
            state = _ORDER.get(str(row.reading("state").value), len(_ORDER))
        waited = row.reading(_WAITS[self._kind]).value_at(server_ms)
        seconds = float(waited) // 1000 if isinstance(waited, (int, float)) else 0.0
        return (-int(line.level), state, -seconds, natural_key(row.name))


def extract(lines: Sequence[Line], capacity: int, mono: float) -> Extract:
    """What is on screen at a moment: everything if it fits, else the alarms and a page of the others."""
    total = len(lines)
    if total <= capacity:
        return Extract(tuple(lines), "")
    alarms = sum(line.level is not Level.NONE for line in lines)
    pinned = min(alarms, capacity // 2)
    share = max(1, capacity - pinned)
    pages = -(-(total - pinned) // share)
    share = -(-(total - pinned) // pages)  # pages of one length: a last one with a single row looks like a fault
    page = int(mono // PAGE_S) % pages
    first = pinned + page * share
    last = min(total, first + share)
    shown = (*lines[:pinned], *lines[first:last])
    begin = 1 if page == 0 else first + 1
    note = tr("{first}–{last} of {n}", first=begin, last=last, n=total)
    return Extract(shown, f"{note} · {tr('alarms on top')}" if pinned and page else note)


def shown_cell(column: Column, line: Line) -> Shown:
    """A cell as it looks now."""
    return show(column.value(line.row, line.at), line.at.server_ms, line.at.stale_age_s)


def empty_sentence(widget: Widget, board: Board) -> str:
    """Why there are no rows."""
    sources = sources_of(widget, board)
    section = SECTIONS[widget.kind]
    if not sources and board.sources:
        return tr("No connection is shown here.")
    known = [source.snapshot for source in sources if source.snapshot is not None]
    if not known:
        return tr("Waiting for the first figures…")
    if all(section not in snapshot.columns for snapshot in known):
        reasons = {translate(snapshot.unavailable[section]) for snapshot in known if section in snapshot.unavailable}
        return " ".join(sorted(reasons)) or tr("Not available from this system.")
    if any(snapshot.is_warming for snapshot in known):
        return tr("Waiting for the first figures…")
    return {
        Kind.QUEUES: tr("There are no queues."),
        Kind.AGENTS: tr("There are no agents."),
        Kind.WAITING: tr("Nobody is waiting."),
    }[widget.kind]
