"""What a selection comes to: how many rows, and sum and average of the current column."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.domain.text import safe_text
from console.reports.cells import show_value
from console.reports.columns import Column, ColumnKind
from console.reports.table_layout import NUMERIC
from console.ui.numbering import is_numbering
from console.ui.results.model import ResultModel
from console.ui.text import plural, tr

SUM_LIMIT = 20_000  # rows of a partial selection that are added up; all rows are the engine's work


async def selection_text(model: ResultModel, runs: Sequence[tuple[int, int]], place: int) -> str:
    """A sentence about the selected rows; figures only of two rows or more and a column of figures."""
    count = sum(size for _, size in runs)
    if count < 2:
        return ""
    words = plural("{n} row selected", "{n} rows selected", count)
    if not 0 <= place < len(model.columns):
        return words
    column, view = model.columns[place], model.view
    if column.kind not in NUMERIC or is_numbering(column):
        return words
    if count == view.row_count:
        total = (await asyncio.to_thread(view.totals))[column.id]
        return f"{words}  ·  {_figures(column, total.count, total.sum, total.average)}"
    if count > SUM_LIMIT:
        limit = f"{SUM_LIMIT:,}".replace(",", "\u202f")
        return words + "  ·  " + tr("sums are shown for up to {limit} rows, or for all", limit=limit)

    def values() -> list[float]:
        found = (row[place][0] for start, size in runs for row in view.page(start, size))
        return [value for value in found if isinstance(value, (int, float)) and not isinstance(value, bool)]

    found = await asyncio.to_thread(values)
    added = sum(found)
    return f"{words}  ·  {_figures(column, len(found), added, added / len(found) if found else None)}"


def _figures(column: Column, count: int, total: float | None, average: float | None) -> str:
    title = safe_text(column.title, 40)
    if not count or average is None:
        return tr("{column}: no values", column=title)
    mean = show_value(round(average, 2), column.kind, column.unit)
    if total is None or column.kind is ColumnKind.PERCENT:
        return tr("{column}: plain mean {mean} (computed by the console)", column=title, mean=mean)
    shown = show_value(round(total, 2), column.kind, column.unit)
    return tr("{column}: sum {sum}, average {mean} (computed by the console)", column=title, sum=shown, mean=mean)
