"""A result as text for a terminal: title, range, summary, tables."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from console.domain.text import format_duration, safe_text
from console.net.redact import one_line
from console.reports.columns import ColumnKind, Value
from console.reports.result import ReportResult
from console.reports.table import Table
from console.reports.timeframe import show

CELL_CELLS = 40  # a longer cell is cut in a terminal; a file has it whole
BATCH = 2000
SAID = 500  # lines at a time
MEASURED = BATCH  # rows that decide how wide the columns are
_RIGHT = (ColumnKind.NUMBER, ColumnKind.DURATION, ColumnKind.PERCENT, ColumnKind.MONEY)
_ISOLATES = dict.fromkeys((0x2068, 0x2069))


def write_result(result: ReportResult, site: str, say: Callable[[str], None]) -> None:
    """Print a result, some rows at a time; blocking. `say` takes lines and may raise when nobody reads on."""
    lines = _lines(result, site)
    while part := list(itertools.islice(lines, SAID)):
        say("\n".join(part))


def _lines(result: ReportResult, site: str) -> Iterator[str]:
    yield f"{one_line(result.title)} ({one_line(site)})"
    frame = result.plan.timeframe
    if frame is not None:
        yield f"{show(frame)} ({frame.zone})"
    if result.summary:
        yield "   ".join(f"{safe_text(i.title)}: {_text(i.value, i.text or None, i.kind)}" for i in result.summary)
    for table in (result.table, result.sub_table):
        if table is not None:
            yield ""
            yield from _table(table)
    for file in result.files if result.table is None and result.sub_table is None else ():
        yield f"{one_line(file.name)}: {file.media_type}, {file.size:,} bytes"


def _table(table: Table) -> Iterator[str]:
    columns = table.columns
    rows = (
        [_text(value, text, column.kind) for (value, text), column in zip(row, columns, strict=True)]
        for batch in table.view().batches(BATCH)
        for row in batch
    )
    first = list(itertools.islice(rows, MEASURED))
    titles = [safe_text(column.title) for column in columns]
    widths = [min(max(_width(line[at]) for line in (titles, *first)), CELL_CELLS) for at in range(len(columns))]
    right = [column.kind in _RIGHT for column in columns]
    yield _line(titles, widths, right)
    yield "  ".join("-" * width for width in widths)
    for row in itertools.chain(first, rows):
        yield _line(row, widths, right)
    count = table.row_count
    yield f"{count:,} row{'' if count == 1 else 's'}"


def _line(cells: Sequence[str], widths: Sequence[int], right: Iterable[bool]) -> str:
    parts = []
    for cell, width, is_right in zip(cells, widths, right, strict=True):
        cell = _cut(cell, width)
        gap = " " * (width - _width(cell))
        parts.append(gap + cell if is_right else cell + gap)
    return "  ".join(parts).rstrip()


def _text(value: Value, text: str | None, kind: ColumnKind) -> str:
    if text is not None:
        return safe_text(text).translate(_ISOLATES)
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (int, float)):
        if kind is ColumnKind.DURATION:
            return f"-{format_duration(-value)}" if value < 0 else format_duration(value)
        plain = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        return f"{plain} %" if kind is ColumnKind.PERCENT else plain
    return safe_text(value).translate(_ISOLATES)


def _width(text: str) -> int:
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept, used = "", 1
    for char in text:
        used += _cells(char)
        if used > width:
            break
        kept += char
    return kept + "…"
