"""XLSX with typed cells: durations a spreadsheet can add up, dates, percentages; text is never a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from console.domain.messages import Message, english, message
from console.reports.cells import LEFT, written
from console.reports.columns import Column, ColumnKind, Value
from console.reports.export import ExportOptions
from console.reports.export_csv import chosen_places
from console.reports.result import ReportResult
from console.reports.timeframe import show as show_timeframe

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from console.reports.table import Stop, Table, View

MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_TEXT = 32_767
_DAY_MS = 86_400_000
_BATCH = 2_000  # rows fetched at once: the interpreter is held meanwhile, and the window must go on
_MAX_WIDTH = 60
_WIDTHS = {ColumnKind.TEXT: 24, ColumnKind.DATETIME: 19, ColumnKind.JSON: 40}
_FORMATS = {
    ColumnKind.DURATION: "[h]:mm:ss",
    ColumnKind.PERCENT: "0.00%",
    ColumnKind.MONEY: "0.00",
    ColumnKind.DATETIME: "yyyy-mm-dd hh:mm:ss",
}


def write_xlsx(
    result: ReportResult,
    view: View | None,
    table: Table | None,
    file: Path,
    options: ExportOptions,
    stop: Stop | None,
    notes: list[Message],
) -> int:
    """Write the whole result; returns the rows of the main table. Adds to `notes` what had to be cut."""
    import xlsxwriter

    # its scratch files would otherwise stay beside the file when the disk is full
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".xlsx-", ignore_cleanup_errors=True) as scratch:
        book = xlsxwriter.Workbook(
            str(file),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "nan_inf_to_errors": True, "tmpdir": scratch},
        )  # fmt: skip
        sheets = _Sheets(book, notes)
        try:
            if view is not None and table is not None:
                name = "Report" if table is not result.sub_table else "Sub-reports"
                sheets.rows(name, view, table.columns, options, stop)
            if result.sub_table is not None and table is not result.sub_table:
                sheets.rows("Sub-reports", result.sub_table.view(), result.sub_table.columns, ExportOptions(), stop)
            _about(book, sheets, result, options)
        finally:
            _close(book)
    if sheets.cut:
        notes.append(message("file.text_cut", count=sheets.cut, limit=MAX_TEXT))
    return view.row_count if view is not None else 0


def _usual_width(column: Column) -> int:
    """Of a column, in letters, before anything is known of its rows."""
    return max(_WIDTHS.get(column.kind, 11), min(len(column.title) + 2, 30))


def _width(text: str) -> int:
    """Letters, those of East Asia twice as wide."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _close(book: Workbook) -> None:
    """Write the file; its library's own kind of error becomes the OSError behind it."""
    from xlsxwriter.exceptions import XlsxFileError

    try:
        book.close()
    except XlsxFileError as failure:
        reason = failure.args[0] if failure.args else None
        raise reason if isinstance(reason, OSError) else OSError(str(failure)) from failure


class _Sheets:
    """Writes tables to sheets; a table longer than a sheet goes on on the next."""

    def __init__(self, book: Any, notes: list[Message]) -> None:
        self._book = book
        self._notes = notes
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self._head = book.add_format(head)
        self._head_right = book.add_format({**head, "align": "right"})
        self.bold = book.add_format({"bold": True})
        self._formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        self.cut = 0

    def rows(self, name: str, view: View, columns: Sequence[Column], options: ExportOptions, stop: Stop | None) -> None:
        """One table."""
        chosen = [(place, columns[place]) for place in chosen_places(columns, options)]
        sheet, line, number = self._sheet(name, chosen), 0, 1
        widest: dict[int, int] = {}  # of the texts in the first rows, by column
        for rows in view.batches(_BATCH, stop):
            for row in rows if line == 0 and number == 1 else ():
                for at, (place, column) in enumerate(chosen):
                    if isinstance(value := written(row[place], column), str):
                        widest[at] = max(widest.get(at, 0), _width(value))
            for row in rows:
                if line == MAX_ROWS:
                    self._end(sheet, line, chosen, widest)
                    number += 1
                    sheet, line = self._sheet(f"{name} {number}", chosen), 0
                line += 1
                for at, (place, column) in enumerate(chosen):
                    self._cell(sheet, line, at, written(row[place], column), column.kind)
        self._end(sheet, line, chosen, widest)
        if number > 1:
            self._notes.append(message("file.more_sheets", count=number))

    def _end(self, sheet: Any, lines: int, chosen: Sequence[tuple[int, Column]], widest: Mapping[int, int]) -> None:
        if chosen:
            sheet.autofilter(0, 0, max(1, lines), len(chosen) - 1)
        for at, wide in widest.items():  # a name that is cut off is of no use on paper
            column = chosen[at][1]
            if wide + 2 > _usual_width(column):
                sheet.set_column(at, at, min(wide + 2, _MAX_WIDTH), self._formats.get(column.kind))

    def _sheet(self, name: str, chosen: Sequence[tuple[int, Column]]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, (_, column) in enumerate(chosen):
            sheet.set_column(at, at, _usual_width(column), self._formats.get(column.kind))
            head = self._head if column.kind in LEFT else self._head_right
            title = f"{column.title} ({column.unit})" if column.unit else column.title
            sheet.write_string(0, at, title[:MAX_TEXT], head)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _cell(self, sheet: Any, line: int, at: int, value: Value, kind: ColumnKind) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            if value.year >= 1900:
                sheet.write_datetime(line, at, value, self._formats[ColumnKind.DATETIME])
            else:  # a spreadsheet's calendar begins in 1900
                self._text(sheet, line, at, value.isoformat(" "))
        elif isinstance(value, bool):
            sheet.write_boolean(line, at, value)
        elif isinstance(value, (int, float)):
            form = self._formats.get(kind)
            scaled = value / _DAY_MS if kind is ColumnKind.DURATION else value
            sheet.write_number(line, at, scaled / 100 if kind is ColumnKind.PERCENT else scaled, form)
        else:
            self._text(sheet, line, at, value)

    def _text(self, sheet: Any, line: int, at: int, text: str) -> None:
        if len(text) > MAX_TEXT:
            self.cut += 1
        sheet.write_string(line, at, text[:MAX_TEXT])


def _about(book: Any, sheets: _Sheets, result: ReportResult, options: ExportOptions) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 70)
    sheet.fit_to_pages(1, 0)
    frame = result.plan.timeframe
    lines = [
        ("Report", result.title),
        ("Site", options.site),
        ("Timeframe", show_timeframe(frame) if frame is not None else ""),
        *((item.title, item.text or str(item.value if item.value is not None else "")) for item in result.summary),
        *result.metadata,
        *(("Note", english(note)) for note in result.notes),
        *(("Missing", day) for day in result.missing),
    ]
    if options.mark:
        lines.insert(0, (options.mark, ""))
    for number, (label, text) in enumerate(lines):
        sheet.write_string(number, 0, label[:MAX_TEXT], sheets.bold)
        sheet.write_string(number, 1, text[:MAX_TEXT])
