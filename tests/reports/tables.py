"""What the table tests share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.reports.columns import Column, ColumnKind
from console.reports.table import Row, Table, TableBuilder, View

TEXT, NUMBER, DURATION = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.DURATION
PERCENT, MONEY, DATETIME, FLAG = ColumnKind.PERCENT, ColumnKind.MONEY, ColumnKind.DATETIME, ColumnKind.FLAG


def columns(*kinds: ColumnKind) -> tuple[Column, ...]:
    """Columns named a, b, c, ... of the given kinds."""
    return tuple(Column(chr(ord("a") + number), f"Title {number}", kind) for number, kind in enumerate(kinds))


def made(given: Sequence[Column], rows: Sequence[Sequence[object]], folder: Path | None = None) -> Table:
    """A table of rows."""
    builder = TableBuilder(given, folder=folder)
    builder.append(rows)
    return builder.finish()


def every_row(source: Table | View) -> list[Row]:
    """All rows, in order."""
    view = source.view() if isinstance(source, Table) else source
    return view.page(0, view.row_count)


def values(source: Table | View) -> list[tuple[object, ...]]:
    """The values of all rows, without texts."""
    return [tuple(value for value, _ in row) for row in every_row(source)]


def column(source: Table | View, number: int) -> list[object]:
    """The values of one column."""
    return [row[number] for row in values(source)]


def written(folder: Path, content: str | bytes, name: str = "calls.csv") -> Path:
    """A file with the content, bytes as they are."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
