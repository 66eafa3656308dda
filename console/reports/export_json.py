"""JSON: what was asked, what came, the rows as objects; written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from console.domain.messages import english
from console.reports.cells import written
from console.reports.columns import Cell, Column, ColumnKind
from console.reports.export import ExportOptions
from console.reports.export_csv import chosen_places
from console.reports.result import ReportResult

if TYPE_CHECKING:
    from console.reports.table import Stop, Table, View

_BATCH = 2_000  # rows fetched at once: the interpreter is held meanwhile, and the window must go on
_UNITS = {ColumnKind.DURATION: "ms", ColumnKind.PERCENT: "percent"}


def write_json(
    result: ReportResult, view: View | None, table: Table | None, file: Path, options: ExportOptions, stop: Stop | None
) -> int:
    """Write the whole result; returns the rows of the main table."""
    with file.open("w", encoding="utf-8") as out:
        out.write("{")
        for number, (key, value) in enumerate(head(result, options).items()):
            out.write(f"{',' if number else ''}\n {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
        rows = 0
        if view is not None and table is not None:
            rows = view.row_count
            key = "sub_report_rows" if table is result.sub_table else "rows"
            _table(out, key, view, table.columns, options, stop)
        if result.sub_table is not None and table is not result.sub_table:
            everything = ExportOptions()
            _table(out, "sub_report_rows", result.sub_table.view(), result.sub_table.columns, everything, stop)
        out.write("\n}\n")
    return rows


def head(result: ReportResult, options: ExportOptions) -> dict[str, Any]:
    """What stands before the rows."""
    frame = result.plan.timeframe
    found: dict[str, Any] = {
        "title": result.title,
        "site": options.site,
        "report": result.plan.report_id,
        "timeframe": None
        if frame is None
        else {"start": frame.start.isoformat(), "end": frame.end.isoformat(), "zone": frame.zone},
        "parameters": dict(result.plan.values),
        "summary": [{"title": item.title, "value": _plain(item.value), "text": item.text} for item in result.summary],
        "metadata": dict(result.metadata),
        "notes": [english(note) for note in result.notes],
        "missing": list(result.missing),
    }
    return {"mark": options.mark, **found} if options.mark else found


def _table(
    out: TextIO, key: str, view: View, columns: Sequence[Column], options: ExportOptions, stop: Stop | None
) -> None:
    places = chosen_places(columns, options)
    told = [
        {"id": c.id, "title": c.title, "kind": c.kind.value, "unit": c.unit or _UNITS.get(c.kind, ""),
         "origin": c.origin.value}
        for c in (columns[place] for place in places)
    ]  # fmt: skip
    name = "columns" if key == "rows" else "sub_report_columns"
    out.write(f",\n {json.dumps(name)}: {json.dumps(told, ensure_ascii=False)},\n {json.dumps(key)}: [")
    first = True
    for rows in view.batches(_BATCH, stop):
        lines = [json.dumps(_object(row, places, columns), ensure_ascii=False) for row in rows]
        out.write(("\n  " if first else ",\n  ") + ",\n  ".join(lines))
        first = False
    out.write("\n ]")


def _object(row: Sequence[Cell], places: Sequence[int], columns: Sequence[Column]) -> dict[str, Any]:
    """A row; an absent cell is left out, one that could not be read keeps its text."""
    found = {}
    for place in places:
        value = written(row[place], columns[place])
        if value is not None:
            found[columns[place].id] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value
