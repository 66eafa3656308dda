"""Two runs beside each other: which rows came, went or changed. Blocking, for a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.columns import Column, ColumnKind
from console.reports.result import ReportResult
from console.reports.table import Table, compare

ROW_LIMIT: Final = 1_000_000
_NAMING: Final = (ColumnKind.TEXT, ColumnKind.DATETIME, ColumnKind.FLAG)
_WORDS: Final = {"before": "before", "after": "after", "change": "change"}


@dataclass(frozen=True)
class Comparison:
    """What changed; columns as `console.reports.table.compare` describes.

    Attributes:
        keys: ids of the columns by which rows were matched.
        other_keys: further columns that could have been chosen.
    """

    table: Table
    keys: tuple[str, ...]
    other_keys: tuple[str, ...]


def compare_results(before: ReportResult, after: ReportResult, keys: Sequence[str] = ()) -> Comparison:
    """Compare the tables of two results; raises UserError where one has none, or no column is in both."""
    if before.table is None or after.table is None:
        raise UserError(message("report.nothing_to_compare"))
    if max(before.table.row_count, after.table.row_count) > ROW_LIMIT:
        raise UserError(message("report.too_large_to_compare", limit=f"{ROW_LIMIT:,}"))
    theirs = {column.id for column in after.table.columns}
    common = [column for column in before.table.columns if column.id in theirs]
    chosen = tuple(key for key in keys if any(column.id == key for column in common)) or suggested_keys(common)
    if not chosen:
        raise UserError(message("report.nothing_to_compare"))
    table = compare(before.table, after.table, chosen, titles=_title)
    return Comparison(table, chosen, tuple(column.id for column in common if column.id not in chosen))


def suggested_keys(columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns that name a row: the naming ones before the first figure, else all of them, else the first column."""
    leading: list[str] = []
    for column in columns:
        if column.kind not in _NAMING:
            break
        leading.append(column.id)
    naming = leading or [column.id for column in columns if column.kind in _NAMING]
    return tuple(naming) or tuple(column.id for column in columns[:1])


def _title(title: str, which: str) -> str:
    return f"{title}, {_WORDS[which]}" if which in _WORDS else "Status"
