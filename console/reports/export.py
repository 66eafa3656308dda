"""Files of a result: CSV, XLSX, JSON, HTML, Parquet, the server's own. All functions block; call them in a thread."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.reports.result import ReportResult
from console.reports.whole_file import whole_file

if TYPE_CHECKING:
    from console.reports.table import Stop, Table, View


class ExportFormat(StrEnum):
    """What a result can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    PARQUET = "parquet"
    ORIGINAL = "original"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
    ExportFormat.HTML: "text/html",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}
"""Media type by format; a server's own file says its own."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write.

    Attributes:
        site: name of the profile, for the head of the file.
        mark: a word that stands over everything, such as DEMO.
        columns: ids of the columns wanted, in order; None for all.
        bom: begin a CSV with a UTF-8 mark, which Excel needs to read accents.
        delimiter: of a CSV.
        guard_formulas: put a ``'`` before text that a spreadsheet would take for a formula (OWASP's advice); text
            only, numbers stay numbers.
        both_durations: CSV columns in ``h:mm:ss`` and in seconds for each duration; else seconds alone.
        sub_reports: write the rows of the sub-reports instead of the report's own (CSV, Parquet).
        replace: a file of the same name may be replaced.
    """

    site: str = ""
    mark: str = ""
    columns: tuple[str, ...] | None = None
    bom: bool = True
    delimiter: str = ","
    guard_formulas: bool = True
    both_durations: bool = True
    sub_reports: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and what must be said about it."""

    path: Path
    rows: int = 0
    notes: tuple[Message, ...] = ()


def export(
    result: ReportResult,
    path: Path,
    format: ExportFormat,
    options: ExportOptions | None = None,
    *,
    view: View | None = None,
    stop: Stop | None = None,
) -> Exported:
    """Write a result to a file, whole or not at all.

    Args:
        view: the rows as sorted and filtered on screen; None for all in the server's order.
        stop: interrupts the work.

    Raises:
        UserError: there is nothing of that kind to write, or the file cannot be written.
        Interrupted: stopped.
    """
    options = options or ExportOptions()
    if format is ExportFormat.ORIGINAL:
        return _original(result, path, options)
    table, notes = _chosen(result, format, options)
    view = view or (table.view() if table is not None else None)
    with whole_file(path, replace=options.replace) as file:
        rows = _write(result, view, table, file, format, options, stop, notes)
    return Exported(path, rows, tuple(notes))


def _original(result: ReportResult, path: Path, options: ExportOptions) -> Exported:
    if not result.files:
        raise UserError(message("file.no_original"))
    with whole_file(path, replace=options.replace) as file:
        shutil.copyfile(result.files[0].path, file)
    more = len(result.files) - 1
    return Exported(path, notes=(message("file.more_originals", count=more),) if more else ())


def _chosen(result: ReportResult, format: ExportFormat, options: ExportOptions) -> tuple[Table | None, list[Message]]:
    """The table that is written as the main one, and what stays out."""
    notes: list[Message] = []
    main, sub = result.table, result.sub_table
    table = sub if options.sub_reports or main is None or (not main.row_count and sub is not None) else main
    if table is None and format not in (ExportFormat.JSON, ExportFormat.HTML, ExportFormat.XLSX):
        raise UserError(message("file.no_rows"))
    one_only = format in (ExportFormat.CSV, ExportFormat.PARQUET)
    if one_only and table is main and sub is not None and sub.row_count:
        notes.append(message("file.without_sub_reports"))
    if one_only and table is sub and main is not None and main.row_count:
        notes.append(message("file.only_sub_reports"))
    return table, notes


def _write(
    result: ReportResult,
    view: View | None,
    table: Table | None,
    file: Path,
    format: ExportFormat,
    options: ExportOptions,
    stop: Stop | None,
    notes: list[Message],
) -> int:
    if format is ExportFormat.JSON:
        from console.reports.export_json import write_json

        return write_json(result, view, table, file, options, stop)
    if format is ExportFormat.HTML:
        from console.reports.export_html import write_html

        return write_html(result, view, table, file, options, stop)
    if format is ExportFormat.XLSX:
        from console.reports.export_xlsx import write_xlsx

        return write_xlsx(result, view, table, file, options, stop, notes)
    if view is None or table is None:
        raise UserError(message("file.no_rows"))
    if format is ExportFormat.CSV:
        from console.reports.export_csv import write_csv

        return write_csv(view, table.columns, file, options, stop)
    if format is ExportFormat.PARQUET:
        view.write_parquet(file, stop)
        return view.row_count
    raise UserError(message("file.format", format=format.value))
