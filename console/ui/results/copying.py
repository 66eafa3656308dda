"""Rows of a result as tab-separated text: whole texts as they were sent, nothing a spreadsheet would run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from console.reports.columns import Column
from console.reports.export_csv import guarded
from console.ui.results.model import WORDS, ResultModel

COPY_LIMIT = 50_000  # rows; more belongs in a file


def field(text: str, is_words: bool) -> str:
    """One field: words are kept from being taken for a formula, line ends and tabs stay inside quotes."""
    if is_words or text[:1] in ("=", "@") or any(char in text for char in "(|!"):  # a figure holds none of these
        text = guarded(text)
    if any(char in text for char in '\t\n\r"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def tsv(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, headers: bool) -> str:
    """Rows with tabs between and a line end after each."""
    words = [column.kind in WORDS for column in columns]
    lines = ["\t".join(field(column.title, True) for column in columns)] if headers else []
    lines += ["\t".join(map(field, row, words)) for row in rows]
    return "\n".join(lines) + "\n" if lines else ""


async def copy_text(model: ResultModel, runs: Sequence[tuple[int, int]], places: Sequence[int], headers: bool) -> str:
    """The text of at most `COPY_LIMIT` rows in runs of (start, count), with the columns at `places`."""
    numbers: list[int] = []
    for start, count in runs:
        numbers += range(start, start + min(count, COPY_LIMIT - len(numbers)))
    rows = await model.rows(numbers)
    columns = [model.columns[place] for place in places]
    return await asyncio.to_thread(lambda: tsv(columns, ([row[p] for p in places] for row in rows), headers=headers))
