"""CSV: one header line, then the rows; numbers as numbers, durations readable and in seconds, formulas defused."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.reports.cells import hours, written
from console.reports.columns import Cell, Column, ColumnKind
from console.reports.export import ExportOptions

if TYPE_CHECKING:
    from console.reports.table import Stop, View

# https://owasp.org/www-community/attacks/CSV_Injection; the full-width forms are taken for the plain ones by
# spreadsheets with East Asian settings, and a bar can start a DDE command
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BATCH = 2_000  # rows fetched at once: the interpreter is held meanwhile, and the window must go on


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a ``'`` before it where it would."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else text


def write_csv(view: View, columns: Sequence[Column], file: Path, options: ExportOptions, stop: Stop | None) -> int:
    """Write the rows of a view; returns how many."""
    places = chosen_places(columns, options)
    header: list[str] = []
    for place in places:
        title = columns[place].title
        safe = guarded(title) if options.guard_formulas else title
        is_duration = columns[place].kind is ColumnKind.DURATION
        header += [safe, f"{safe} (s)"] if is_duration and options.both_durations else [safe]
    encoding = "utf-8-sig" if options.bom else "utf-8"
    with file.open("w", encoding=encoding, newline="", errors="replace") as out:
        writer = csv.writer(out, delimiter=options.delimiter)
        writer.writerow(header)
        for rows in view.batches(_BATCH, stop):
            writer.writerows(_line(row, places, columns, options) for row in rows)
    return view.row_count


def chosen_places(columns: Sequence[Column], options: ExportOptions) -> list[int]:
    """Positions of the wanted columns, in the wanted order."""
    if options.columns is None:
        return list(range(len(columns)))
    by_id = {column.id: number for number, column in enumerate(columns)}
    return [by_id[wanted] for wanted in options.columns if wanted in by_id]


def _line(
    row: Sequence[Cell], places: Sequence[int], columns: Sequence[Column], options: ExportOptions
) -> list[object]:
    line: list[object] = []
    for place in places:
        value, kind = written(row[place], columns[place]), columns[place].kind
        if kind is ColumnKind.DURATION and isinstance(value, (int, float)):
            seconds = value / 1000
            exact = int(seconds) if seconds == int(seconds) else round(seconds, 3)
            line += [hours(value), exact] if options.both_durations else [exact]
            continue
        if isinstance(value, datetime):
            line.append(value.isoformat(" ", "seconds"))
        elif isinstance(value, bool):
            line.append("yes" if value else "no")
        elif isinstance(value, (int, float)):
            line.append(value)
        else:  # words, and what could not be read as the column's kind
            words = value or ""
            line.append(guarded(words) if options.guard_formulas else words)
        if kind is ColumnKind.DURATION and options.both_durations:
            line.append("")
    return line
