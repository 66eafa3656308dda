"""A result as PDF: title, timeframe, summary, the table with its header on every page. Blocking; call it in a thread.

Needs a `QGuiApplication` for its fonts, and no window; the command line makes one just for this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.text import safe_text
from console.reports.cells import LEFT, show
from console.reports.columns import Cell, Column
from console.reports.export import Exported, ExportOptions
from console.reports.export_csv import chosen_places
from console.reports.result import ReportResult
from console.reports.timeframe import show as show_timeframe
from console.reports.whole_file import whole_file

if TYPE_CHECKING:
    from console.reports.table import Stop, View

MAX_ROWS = 20_000  # some 400 pages
_DPI = 300
_MARGIN_MM = 12.0
_SAMPLE = 400  # rows that decide the widths
_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)  # points; the first at which the columns fit beside each other
_GAP = 0.9  # between columns, in heights of a letter
_WIDEST = 0.4  # of the page, for a single column


@dataclass(frozen=True, slots=True)
class _Place:
    """A column on paper."""

    place: int
    column: Column
    width: float

    @property
    def align(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if self.column.kind in LEFT else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


def write_pdf(
    result: ReportResult,
    path: Path,
    options: ExportOptions | None = None,
    *,
    view: View | None = None,
    stop: Stop | None = None,
    family: str = "",
) -> Exported:
    """Write a result as PDF, whole or not at all.

    Args:
        view: the rows as they are on screen; None for all.
        family: the font, the application's own when empty.

    Raises:
        UserError: no rows, more than `MAX_ROWS`, or the file cannot be written.
    """
    options = options or ExportOptions()
    is_sub = options.sub_reports or result.table is None or (not result.table.row_count and bool(result.sub_table))
    table = result.sub_table if is_sub else result.table
    if table is None:
        raise UserError(message("file.no_rows"))
    view = view or table.view()
    if view.row_count > MAX_ROWS:
        raise UserError(message("file.too_long_for_pdf", rows=view.row_count, limit=MAX_ROWS))
    with whole_file(path, replace=options.replace) as file:
        is_cut = _Paper(result, table.columns, options, family).write(view, file, stop)
    return Exported(path, view.row_count, (message("file.cut_in_pdf"),) if is_cut else ())


class _Paper:
    """One document."""

    def __init__(self, result: ReportResult, columns: Sequence[Column], options: ExportOptions, family: str) -> None:
        self._result = result
        self._columns = [(place, columns[place]) for place in chosen_places(columns, options)]
        self._options = options
        self._family = family or QFont().family()
        self._is_cut = False

    def write(self, view: View, file: Path, stop: Stop | None) -> bool:
        """Paint everything; returns whether a text had to be cut."""
        writer = QPdfWriter(str(file))
        writer.setResolution(_DPI)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        if len(self._columns) > 6:
            writer.setPageOrientation(QPageLayout.Orientation.Landscape)
        writer.setPageMargins(QMarginsF(*(_MARGIN_MM,) * 4), QPageLayout.Unit.Millimeter)
        writer.setTitle(self._title())
        writer.setCreator("Supervisor Console")
        painter = QPainter(writer)
        if not painter.isActive():
            raise UserError(message("io.write", path=file.name, reason="the page cannot be painted"))
        try:
            self._paint(painter, writer, view, stop)
        finally:
            painter.end()
        return self._is_cut

    def _paint(self, painter: QPainter, writer: QPdfWriter, view: View, stop: Stop | None) -> None:
        page = QRectF(0, 0, writer.width(), writer.height())
        sample = view.page(0, _SAMPLE, stop)
        cells, font = self._fit(painter, page.width(), [[show(row[p], c) for p, c in self._columns] for row in sample])
        line = QFontMetricsF(font, painter.device()).height() * 1.35
        top = self._head(painter, page)
        number, y = 1, self._header(painter, font, cells, top, line)
        self._foot(painter, page, number)
        for row in _rows(view, stop):
            if y + line > page.height() - line * 2:
                writer.newPage()
                number += 1
                y = self._header(painter, font, cells, 0.0, line)
                self._foot(painter, page, number)
            self._row(painter, cells, [show(row[cell.place], cell.column) for cell in cells], y, line)
            y += line

    def _title(self) -> str:
        parts = (self._options.mark, self._result.title, self._options.site)
        return " - ".join(safe_text(part) for part in parts if part)

    def _font(self, points: float, *, bold: bool = False) -> QFont:
        font = QFont(self._family)
        font.setPointSizeF(points)
        font.setBold(bold)
        return font

    def _fit(self, painter: QPainter, room: float, sample: Sequence[Sequence[str]]) -> tuple[list[_Place], QFont]:
        """Widths and the largest size of letters at which all columns stand beside each other."""
        for points in _SIZES:
            font = self._font(points)
            plain = QFontMetricsF(font, painter.device())
            bold = QFontMetricsF(self._font(points, bold=True), painter.device())
            gap = plain.height() * _GAP
            widths = []
            for at, (_, column) in enumerate(self._columns):
                longest = max((plain.horizontalAdvance(safe_text(row[at])) for row in sample), default=0.0)
                widths.append(min(max(longest, bold.horizontalAdvance(safe_text(column.title))), room * _WIDEST) + gap)
            if sum(widths) <= room:
                break
        scale = min(1.0, room / sum(widths)) if widths else 1.0
        return [_Place(p, c, w * scale) for (p, c), w in zip(self._columns, widths, strict=True)], font

    def _head(self, painter: QPainter, page: QRectF) -> float:
        """Title, timeframe, summary and remarks; returns where the table begins."""
        y = self._text(painter, page, 0.0, self._title(), self._font(15, bold=True))
        frame = self._result.plan.timeframe
        lines = [show_timeframe(frame)] if frame is not None else []
        items = [f"{i.title}: {i.text or ('' if i.value is None else i.value)}" for i in self._result.summary]
        lines += ["   ".join(items)] if items else []
        lines += [english(note) for note in self._result.notes]
        lines += [f"Missing: {day}" for day in self._result.missing]
        for text in lines:
            y = self._text(painter, page, y, text, self._font(9))
        return y + QFontMetricsF(self._font(9), painter.device()).height()

    def _text(self, painter: QPainter, page: QRectF, y: float, text: str, font: QFont) -> float:
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        room = QRectF(0, y, page.width(), page.height() - y)
        used = painter.boundingRect(room, flags, text)
        painter.drawText(room, flags, text)
        return used.bottom()

    def _header(self, painter: QPainter, font: QFont, cells: Sequence[_Place], y: float, line: float) -> float:
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        self._row(painter, cells, [cell.column.title for cell in cells], y, line)
        painter.setFont(font)
        pen = QPen(painter.pen())  # ink on paper, whatever the theme
        pen.setWidth(2)
        painter.setPen(pen)
        painter.drawLine(0, int(y + line), int(sum(cell.width for cell in cells)), int(y + line))
        return y + line * 1.15

    def _row(self, painter: QPainter, cells: Sequence[_Place], texts: Sequence[str], y: float, line: float) -> None:
        metrics = QFontMetricsF(painter.font(), painter.device())
        gap = metrics.height() * _GAP / 2
        x = 0.0
        for cell, text in zip(cells, texts, strict=True):
            safe = safe_text(text)
            fitting = metrics.elidedText(safe, Qt.TextElideMode.ElideRight, cell.width - gap)
            self._is_cut = self._is_cut or fitting != safe
            painter.drawText(QRectF(x, y, cell.width - gap, line), cell.align, fitting)
            x += cell.width

    def _foot(self, painter: QPainter, page: QRectF, number: int) -> None:
        former = painter.font()
        painter.setFont(self._font(8))
        painter.drawText(page, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self._title())
        painter.drawText(page, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, f"Page {number}")
        painter.setFont(former)


def _rows(view: View, stop: Stop | None) -> Iterator[Sequence[Cell]]:
    for rows in view.batches(2000, stop):
        yield from rows
