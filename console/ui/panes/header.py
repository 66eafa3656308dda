"""The header of a live table: quiet captions aligned like their columns, an arrow where it sorts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from console.domain.enums import AgentStatus
from console.ui.delegates.cell import figure_middles
from console.ui.models.columns import Kind
from console.ui.models.keyed import KeyedTableModel
from console.ui.text import tr
from console.ui.theme import Theme, Type, paint_shape, state_shape
from console.ui.theme.sizes import CELL_PADDING, HEADER_HEIGHT

_ARROW = 12
_LEGEND = 8
_LEGEND_STATES = (AgentStatus.AVAILABLE, AgentStatus.ON_CALL, AgentStatus.PAUSED, AgentStatus.LOGGED_OFF)


class TableHeader(QHeaderView):
    """Paints its own sections; sizes are fixed by the user, never by live contents."""

    def __init__(self, theme: Theme, model: KeyedTableModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._columns = model
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setMinimumSectionSize(44)
        self.setMaximumSectionSize(600)
        self.setFixedHeight(HEADER_HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFont(theme.font(Type.SMALL, bold=True))
        self.setAccessibleName(tr("Column headers"))
        theme.changed.connect(self._refresh)

    def sectionSizeFromContents(self, logical: int) -> QSize:
        """Room for the caption and the arrow."""
        if not 0 <= logical < len(self._columns.columns):
            return QSize(44, HEADER_HEIGHT)
        title = self._columns.columns[logical].title
        return QSize(self.fontMetrics().horizontalAdvance(title) + 2 * CELL_PADDING + _ARROW, HEADER_HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Paint one caption."""
        palette, colour = self._theme.palette, self._theme.colour
        columns = self._columns.columns
        painter.fillRect(rect, colour(palette.pane))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour(palette.hairline))
        if not 0 <= logical < len(columns):
            return
        column = columns[logical]
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == logical
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        if is_sorted:
            self._paint_arrow(painter, inner, column.is_numeric)
            inner.adjust(*((_ARROW + 1, 0, 0, 0) if column.is_numeric else (0, 0, -_ARROW - 1, 0)))
        painter.setFont(self._theme.font(Type.SMALL, bold=True))
        painter.setPen(colour(palette.text if is_sorted else palette.muted))
        side = Qt.AlignmentFlag.AlignRight if column.is_numeric else Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        title = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), title)
        if column.kind is Kind.STAFFING:
            self._paint_legend(painter, rect)

    def _paint_arrow(self, painter: QPainter, rect: QRect, is_left: bool) -> None:
        """A small chevron on the side away from the figures."""
        width = self._caption_width(rect)
        x = rect.right() - width - 9.0 if is_left else rect.left() + width + 9.0
        y = rect.center().y() + 0.5
        lift = 2.0 if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else -2.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour(self._theme.palette.accent), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y + lift), QPointF(x, y - lift), QPointF(x + 4, y + lift)]))
        painter.restore()

    def _caption_width(self, rect: QRect) -> int:
        column = self._columns.columns[self.sortIndicatorSection()]
        metrics = self.fontMetrics()
        legend = 130 if column.kind is Kind.STAFFING else 0
        return min(metrics.horizontalAdvance(column.title), rect.width() - _ARROW - 1 - legend)

    def _paint_legend(self, painter: QPainter, rect: QRect) -> None:
        """The states of the staffing column, each above its figure."""
        palette = self._theme.palette
        for status, middle in zip(_LEGEND_STATES, figure_middles(rect), strict=True):
            square = QRectF(middle - _LEGEND / 2, rect.top() + (rect.height() - _LEGEND) / 2, _LEGEND, _LEGEND)
            paint_shape(painter, square, state_shape(status), palette.state(status))

    @Slot()
    def _refresh(self) -> None:
        self.viewport().update()
