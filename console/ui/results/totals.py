"""Figures over the shown rows, below their columns; the console's own arithmetic, and said so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.reports.cells import show_value
from console.reports.columns import Column
from console.ui.numbering import is_numbering
from console.ui.results.model import ResultModel
from console.ui.results.view import ResultView
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import CELL_PADDING

if TYPE_CHECKING:
    from console.reports.table_view import Total

_CAPTION, _LINE = 22, 26


class TotalsRow(QWidget):
    """Sum and average of every column of figures, in step with the table's header. Hidden until it has figures."""

    def __init__(self, theme: Theme, view: ResultView, model: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = view
        self._model = model
        self._totals: Mapping[str, Total] = {}
        self._rows = 0
        self.setFixedHeight(_CAPTION + 2 * _LINE)
        self.setAccessibleName(tr("Totals computed by the console"))
        for signal in (view.header.sectionResized, view.header.sectionMoved, view.horizontalScrollBar().valueChanged):
            signal.connect(self._refresh)
        theme.changed.connect(self._refresh)
        self.hide()

    def show_totals(self, totals: Mapping[str, Total], rows: int) -> None:
        """Show figures over so many rows."""
        self._totals, self._rows = totals, rows
        spoken = [self._caption()]
        for column in self._model.columns:
            lines = self.texts(column)
            if lines[0] or lines[1]:
                spoken.append(f"{column.title}: " + ", ".join(text for text in lines if text))
        self.setAccessibleDescription(". ".join(spoken))
        self.show()
        self.update()

    def texts(self, column: Column) -> tuple[str, str]:
        """Sum and average of a column as they are shown, empty where there is none."""
        total = self._totals.get(column.id)
        if total is None or is_numbering(column):
            return "", ""
        return tuple(  # type: ignore[return-value]
            "" if figure is None else show_value(_rounded(figure), column.kind, column.unit)
            for figure in (total.sum, total.average)
        )

    def widths(self) -> dict[int, int]:
        """What the columns need for their figures, by place in the model."""
        metrics = QFontMetrics(self._theme.font(bold=True))
        found = {}
        for place, column in enumerate(self._model.columns):
            longest = max(metrics.horizontalAdvance(text) for text in self.texts(column))
            if longest:
                found[place] = longest + CELL_PADDING + 6
        return found

    def sizeHint(self) -> QSize:
        """A caption and two lines."""
        return QSize(200, _CAPTION + 2 * _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint caption and figures."""
        theme, palette, colour = self._theme, self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(palette.window))
        painter.fillRect(QRect(0, 0, self.width(), 1), colour(palette.outline))
        painter.setFont(theme.font(Type.CAPTION))
        painter.setPen(colour(palette.muted))
        caption = QRect(Space.INSIDE + 2, 2, self.width() - 2 * Space.INSIDE, _CAPTION)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(caption, flags, self._caption())
        header = self._view.header
        taken = 0
        for number, column in enumerate(self._model.columns):
            if header.isSectionHidden(number):
                continue
            left, width = header.sectionViewportPosition(number), header.sectionSize(number)
            if header.visualIndex(number) == 0:
                taken = left + width
            self._paint_figures(painter, column, left, width)
        self._paint_words(painter, taken)
        painter.end()

    def _paint_figures(self, painter: QPainter, column: Column, left: int, width: int) -> None:
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.setPen(self._theme.colour(self._theme.palette.text))
        for place, text in enumerate(self.texts(column)):
            if text:
                rect = QRect(left + 2, _CAPTION + place * _LINE, width - CELL_PADDING - 2, _LINE)
                for size in (Type.BODY, Type.SMALL, Type.CAPTION):  # a sum is longer than what it is a sum of
                    painter.setFont(self._theme.font(size, bold=place == 0))
                    if painter.fontMetrics().horizontalAdvance(text) <= rect.width():
                        break
                fits = painter.fontMetrics().horizontalAdvance(text) <= rect.width()
                painter.drawText(rect, flags, text if fits else "…")  # part of a figure would be another figure

    def _paint_words(self, painter: QPainter, room: int) -> None:
        """Which line is which, where the first column leaves room for it."""
        first = next((c for n, c in enumerate(self._model.columns) if self._view.header.visualIndex(n) == 0), None)
        if first is None or any(self.texts(first)) or room < 60:
            return
        painter.setFont(self._theme.font(Type.SMALL))
        painter.setPen(self._theme.colour(self._theme.palette.muted))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        for place, word in enumerate((tr("Sum"), tr("Average"))):
            painter.drawText(QRect(CELL_PADDING, _CAPTION + place * _LINE, room, _LINE), flags, word)

    def _caption(self) -> str:
        rows = plural("{n} shown row", "{n} shown rows", self._rows)
        return tr(
            "Sum (bold) and average, computed by the console over {rows}. "
            "An average of percentages is the plain mean of the rows.",
            rows=rows,
        )

    @Slot()
    def _refresh(self) -> None:
        self.update()


def _rounded(figure: float) -> float:
    """An average to two places; whole numbers stay whole."""
    return int(figure) if float(figure).is_integer() else round(figure, 2)
