"""HTML: one page that needs nothing else, to be read, printed or mailed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.domain.messages import english
from console.reports.cells import LEFT, show
from console.reports.columns import Column
from console.reports.export import ExportOptions
from console.reports.export_csv import chosen_places
from console.reports.result import ReportResult
from console.reports.timeframe import show as show_timeframe

if TYPE_CHECKING:
    from console.reports.table import Stop, Table, View

_BATCH = 2_000  # rows fetched at once: the interpreter is held meanwhile, and the window must go on
_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.4 system-ui,sans-serif;margin:2em}h1{font-size:1.4em;margin:0}"
    "p{margin:.3em 0}dl{display:flex;flex-wrap:wrap;gap:.5em 2em;margin:1em 0}dt{font-size:.85em;opacity:.7}"
    "dd{margin:0;font-weight:600}table{border-collapse:collapse;margin-top:1em}th,td{padding:.25em .7em;"
    "border-bottom:1px solid rgba(128,128,128,.4);white-space:nowrap;text-align:left}th{position:sticky;top:0;"
    "background:Canvas}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "@media print{thead{display:table-header-group}tr{break-inside:avoid}body{margin:0}}"
)


def write_html(
    result: ReportResult, view: View | None, table: Table | None, file: Path, options: ExportOptions, stop: Stop | None
) -> int:
    """Write the whole result; returns the rows of the main table."""
    title = " - ".join(part for part in (options.mark, result.title, options.site) if part)
    with file.open("w", encoding="utf-8", errors="replace") as out:
        out.write(f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title>')
        out.write(f"<style>{_STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n")
        if result.plan.timeframe is not None:
            out.write(f"<p>{escape(show_timeframe(result.plan.timeframe))}</p>\n")
        for note in (*map(english, result.notes), *(f"Missing: {day}" for day in result.missing)):
            out.write(f"<p>{escape(note)}</p>\n")
        if result.summary:
            items = "".join(
                f"<div><dt>{escape(i.title)}</dt><dd>{escape(i.text or str(i.value or ''))}</dd></div>"
                for i in result.summary
            )
            out.write(f"<dl>{items}</dl>\n")
        if view is not None and table is not None:
            _table(out, view, table.columns, options, stop)
        if result.sub_table is not None and table is not result.sub_table:
            out.write("<h2>Sub-reports</h2>\n")
            _table(out, result.sub_table.view(), result.sub_table.columns, ExportOptions(), stop)
        out.write("</body></html>\n")
    return view.row_count if view is not None else 0


def _table(out: TextIO, view: View, columns: Sequence[Column], options: ExportOptions, stop: Stop | None) -> None:
    chosen = [(place, columns[place]) for place in chosen_places(columns, options)]
    classes = ["" if column.kind in LEFT else ' class="n"' for _, column in chosen]
    heads = "".join(f"<th{c}>{escape(column.title)}</th>" for c, (_, column) in zip(classes, chosen, strict=True))
    out.write(f"<table><thead><tr>{heads}</tr></thead><tbody>\n")
    for rows in view.batches(_BATCH, stop):
        for row in rows:
            cells = "".join(
                f"<td{c}>{escape(show(row[place], column))}</td>"
                for c, (place, column) in zip(classes, chosen, strict=True)
            )
            out.write(f"<tr>{cells}</tr>\n")
    out.write("</tbody></table>\n")
