"""The one table of reports: any number of rows, typed, sorted, filtered and paged by a database, not by Python.

Start here. `TableBuilder` makes a table from parsed rows, `Table.from_csv` from a server's file, `union` and `compare`
from other tables; `Table.view` gives rows. Everything blocks and is meant for a worker thread; a table and its views
may be used from several threads at once. `Stop`, `Table.interrupt` and `Table.close` are safe from any thread.
Errors are `TableError`, or `Interrupted` when the work was stopped.

A cell is (value, text): the value sorts and computes, the text is the vendor's own writing where it was sent.
(None, None) is an absent cell, (None, "") one that was sent blank, (None, "n/a") one that is not of its column's kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from console.reports.columns import Cell, Column
from console.reports.table_engine import Interrupted, Stop, Store, TableError
from console.reports.table_filter import Filter, Match, Predicate, SortKey
from console.reports.table_layout import Layout, Row
from console.reports.table_view import Group, Total, View, make_view

if TYPE_CHECKING:
    from console.reports.table_spelling import Spelling

__all__ = [
    "Cell",
    "Filter",
    "Group",
    "Interrupted",
    "Match",
    "Predicate",
    "Problems",
    "Row",
    "SortKey",
    "Stop",
    "Table",
    "TableBuilder",
    "TableError",
    "Total",
    "View",
    "compare",
    "union",
]


@dataclass(frozen=True, slots=True)
class Problems:
    """What did not fit while reading; nothing of it is lost, the cells keep their text.

    Attributes:
        wrong_length: rows with too few cells (the rest is absent) or too many (joined into the last cell).
        unread: cells by column id whose text is not of the column's kind; blank ones are not counted.
        encoding: the encoding used because the declared one did not fit the bytes, or "".
    """

    wrong_length: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    encoding: str = ""

    def __bool__(self) -> bool:
        return bool(self.wrong_length or self.unread or self.encoding)


class Table:
    """A finished table; it never changes. `close` it when its window closes."""

    def __init__(self, store: Store, layout: Layout, row_count: int, problems: Problems) -> None:
        """Use `TableBuilder`, `from_csv`, `union` or `compare` instead."""
        self._store = store
        self._layout = layout
        self.columns: tuple[Column, ...] = layout.columns
        self.row_count = row_count
        self.problems = problems

    @classmethod
    def from_csv(
        cls,
        path: Path,
        columns: Sequence[Column] | None = None,
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
        has_header: bool = True,
        spelling: Spelling | None = None,
        folder: Path | None = None,
        stop: Stop | None = None,
    ) -> Table:
        """Read a server's CSV file; every kind but words keeps the file's own writing as text.

        Args:
            columns: their kinds by position; None means the header's titles, each column a number if all its cells
                are plain numbers, else words. Further columns of the file are added like that too.
            encoding: as declared; a UTF-8 mark is skipped. Bytes that do not fit are read as cp1252, see `problems`.
            spelling: how the vendor writes numbers, times and durations.
            folder: where temporary files go.
        Raises:
            TableError: the file cannot be read.
            Interrupted: stopped.
        """
        from console.reports.table_csv import read_csv

        return read_csv(path, columns, encoding, delimiter, has_header, spelling, folder, stop)

    @classmethod
    def first_rows(
        cls,
        path: Path,
        count: int = 200,
        columns: Sequence[Column] | None = None,
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
        has_header: bool = True,
        spelling: Spelling | None = None,
        folder: Path | None = None,
        stop: Stop | None = None,
    ) -> Table:
        """The first `count` rows of a CSV file as a table of their own, at once: what to show while the rest loads.

        Undeclared columns may turn from numbers to words in the whole table.
        """
        from console.reports.table_csv import read_csv

        return read_csv(path, columns, encoding, delimiter, has_header, spelling, folder, stop, first=count)

    def view(self, sort: Sequence[SortKey] = (), where: Filter | None = None, stop: Stop | None = None) -> View:
        """The table in an order through a filter.

        Words sort without regard to case, and "Queue 2" before "Queue 10" in columns of up to 20,000 different words;
        equal cells keep the table's own order, absent ones come last in both directions.

        Raises:
            KeyError: a column that is not here.
        """
        return make_view(self._store, self._layout, tuple(sort), where or Filter(), stop)

    def interrupt(self) -> None:
        """Stop what this table works on now (`Interrupted` there); the table stays usable."""
        self._store.interrupt()

    def close(self) -> None:
        """Stop what runs and free everything; safe to call twice. Whatever is asked later raises `TableError`."""
        self._store.close()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class TableBuilder:
    """Makes a table from parsed rows, batch by batch; use from one thread at a time.

    Args:
        columns: what the rows hold, in order.
        folder: where temporary files go.
        stop: ends `append` and `finish` with `Interrupted`.
    """

    def __init__(self, columns: Sequence[Column], *, folder: Path | None = None, stop: Stop | None = None) -> None:
        from console.reports.table_rows import RowWriter

        self._columns = tuple(columns)
        self._stop = stop or Stop()
        self._store = Store(folder)
        self._writer = RowWriter(self._store, self._columns, self._stop)

    def append(self, rows: Iterable[Sequence[object]]) -> int:
        """Add rows; returns how many there are now.

        A cell is a value (str, int, float, bool, datetime without zone, None) or a tuple (value, text). A value that
        is not of its column's kind becomes the cell's text, counted in `Table.problems`.
        """
        return self._writer.append(rows)

    def finish(self) -> Table:
        """The table; the builder is spent."""
        layout = self._writer.flush()
        problems = Problems(self._writer.wrong_length, self._writer.unread_by_id())
        return Table(self._store, layout, self._writer.count, problems)

    def abandon(self) -> None:
        """Free everything when no table is wanted after all; not after `finish`."""
        self._store.close()


def union(
    parts: Sequence[tuple[str, Table]],
    column_title: str,
    *,
    column_id: str = "site",
    folder: Path | None = None,
    stop: Stop | None = None,
) -> Table:
    """Several tables below each other with a leading column that says where each row is from.

    Columns meet by id, in order of first appearance; cells a table does not have are absent. Columns of one id but
    different kinds become words as shown.
    """
    from console.reports.table_combine import unite

    return unite(parts, column_title, column_id, folder, stop)


def compare(
    before: Table,
    after: Table,
    keys: Sequence[str],
    *,
    titles: Callable[[str, str], str] | None = None,
    folder: Path | None = None,
    stop: Stop | None = None,
) -> Table:
    """What changed between two tables whose rows are matched by the key columns (ids both must have).

    The result has the columns `keys`, `status` ("added", "removed", "changed", "same"; added = only in `after`), and
    for every other column ``<id>:before`` and ``<id>:after``, for numbers also ``<id>:change`` (after - before,
    computed). Rows with equal keys are matched in their order. First the rows of `before`, then the added ones.

    Args:
        titles: makes a column's title from the vendor's and one of "before", "after", "change", "status".
    """
    from console.reports.table_combine import differ

    return differ(before, after, keys, titles, folder, stop)
