"""Tables before they are built: known columns first, whatever else came after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import Message
from console.reports.columns import Cell, Column, ColumnKind
from console.reports.result import SubReport, SummaryItem
from console.reports.schema import ReportDefinition
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.fields import Json
from console.vendors.yeastar.reports.cells import Guess, slug, to_cell

if TYPE_CHECKING:
    from console.reports.table import Table

BATCH = 2000
KNOWN_WORDS = 5000  # of a column, whose cells are kept instead of being made again
_SPELLED = {"num": "number", "ext": "extension", "did": "DID", "ivr": "IVR", "avg": "AVG"}
BUCKET = "time"  # what a row of a report by hour, day or month stands for


@dataclass
class Parts:
    """What was read of an answer, ready for a result."""

    table: Table | None = None
    sub_table: Table | None = None
    sub_reports: tuple[SubReport, ...] = ()
    summary: tuple[SummaryItem, ...] = ()
    metadata: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    is_empty: bool = False

    def close(self) -> None:
        """Free the tables of a result that will not be."""
        for table in (self.table, self.sub_table):
            if table is not None:
                table.close()


def title_of(key: str) -> str:
    """A wire key as a title: ``total_ring_time`` is ``Total ring time``."""
    words = " ".join(_SPELLED.get(word, word) for word in key.split("_") if word)
    return words[:1].upper() + words[1:]


def known_columns(definition: ReportDefinition) -> dict[str, Column]:
    """The described columns by what an answer may call them: key, title, and the titles of files."""
    found: dict[str, Column] = {}
    by_id = {column.id: column for column in definition.columns}
    for column in definition.columns:
        found.setdefault(slug(column.id), column)
        found.setdefault(slug(column.title), column)
    titles = definition.wire.get("titles")
    for title, ident in titles.items() if isinstance(titles, dict) else ():
        if isinstance(ident, str) and ident in by_id:
            found.setdefault(slug(title), by_id[ident])
    return found


class Layout:
    """The columns of one table while they are being found out.

    Args:
        known: see `known_columns`; empty for a table nobody described.
        dates: the display format, for dates in cells.
    """

    def __init__(self, known: Mapping[str, Column], dates: DateFormat | None, *, by_key: bool) -> None:
        self._known = known
        self._dates = dates
        self._by_key = by_key
        self._guesses: dict[str, Guess] = {}
        self._titles: dict[str, str] = {}

    def see(self, name: str, raw: Json) -> None:
        """Take note of a value under a key or heading."""
        guess = self._guesses.get(name)
        if guess is None:
            guess = self.declare(name)
        if guess.is_open:
            guess.see(raw)

    def declare(self, name: str, title: str = "") -> Guess:
        """A column that is there even without a value."""
        if name not in self._guesses:
            self._guesses[name] = Guess(title or name, self._dates)
            self._titles[name] = title or (title_of(name) if self._by_key else name)
        return self._guesses[name]

    def drop(self, names: frozenset[str]) -> None:
        """Leave out the columns of these slugs."""
        for name in [name for name in self._guesses if slug(name) in names]:
            del self._guesses[name], self._titles[name]

    def columns(self) -> dict[str, Column]:
        """The columns by name: described ones in the order of the definition for keys, as sent for files."""
        found: dict[str, Column] = {}
        taken: set[str] = set()
        for name, guess in self._guesses.items():
            described = self._described(name)
            if described is not None and described.id not in taken:
                # the text is kept beside figures that come as text, as they do in files
                column = replace(described, has_text=described.kind is not ColumnKind.TEXT)
                if not self._by_key:  # a file speaks for itself
                    column = replace(column, title=self._titles[name])
                if column.id == BUCKET:  # an hour's number in lists, whatever a file writes for it
                    column = replace(guess.column(BUCKET, described.title), help=described.help)
            else:
                column = guess.column(_free(slug(name) or "column", taken), self._titles[name])
            taken.add(column.id)
            found[name] = column
        if not self._by_key:
            return found
        order = {column.id: place for place, column in enumerate(dict.fromkeys(self._known.values()))}
        return dict(sorted(found.items(), key=lambda item: order.get(item[1].id, len(order))))

    def _described(self, name: str) -> Column | None:
        """What the definition says of a column; a heading of numbers over words is the one of their names."""
        found = self._known.get(slug(self._titles[name])) or self._known.get(slug(name))
        if found is not None and found.id.endswith("_num") and self._guesses[name].has_words:
            return self._known.get(found.id.removesuffix("_num") + "_name", found)
        return found


def _free(ident: str, taken: set[str]) -> str:
    """An id nobody has yet."""
    number, free = 1, ident
    while free in taken:
        number += 1
        free = f"{ident}_{number}"
    return free


def row_cells(columns: Mapping[str, Column], row: Mapping[str, Json], dates: DateFormat | None) -> list[Cell]:
    """One row in the order of the columns; what the row does not have is empty."""
    return [to_cell(column.kind, row.get(name), dates) for name, column in columns.items()]


class WrittenCells:
    """Like `row_cells` for the rows of a file, where most words come again and again."""

    def __init__(self, columns: Mapping[str, Column], dates: DateFormat | None) -> None:
        self._dates = dates
        self._columns: list[tuple[str, ColumnKind, dict[str | None, Cell]]] = [
            (name, column.kind, {}) for name, column in columns.items()
        ]

    def __call__(self, row: Mapping[str, str]) -> list[Cell]:
        """One row in the order of the columns."""
        found = []
        for name, kind, known in self._columns:
            raw = row.get(name)
            cell = known.get(raw)
            if cell is None:
                cell = to_cell(kind, raw, self._dates)
                if len(known) < KNOWN_WORDS:
                    known[raw] = cell
            found.append(cell)
        return found


class Growing:
    """A table in the making, row by row. Blocking."""

    def __init__(self, columns: Sequence[Column], folder: Path) -> None:
        from console.reports.table import TableBuilder

        self._builder = TableBuilder(tuple(columns), folder=folder)
        self._batch: list[Sequence[Cell]] = []

    def add(self, row: Sequence[Cell]) -> None:
        """Add a row."""
        self._batch.append(row)
        if len(self._batch) >= BATCH:
            self._builder.append(self._batch)
            self._batch = []

    def finish(self) -> Table:
        """The table."""
        self._builder.append(self._batch)
        return self._builder.finish()

    def abandon(self) -> None:
        """Free everything when no table is wanted after all."""
        self._builder.abandon()


def build(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], folder: Path) -> Table:
    """A table of typed cells. Blocking."""
    growing = Growing(columns, folder)
    try:
        for row in rows:
            growing.add(row)
    except BaseException:
        growing.abandon()
        raise
    return growing.finish()


def summary_item(column: Column, cell: Cell) -> SummaryItem:
    """A figure of the summary strip from a cell."""
    value, written = cell
    return SummaryItem(column.title, value, written or "", column.kind)
