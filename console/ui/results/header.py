"""The header of a result's table: captions that say sort order, its rank among several, and whether a filter is on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from console.reports.cells import LEFT
from console.ui.results.model import ResultModel
from console.ui.text import tr
from console.ui.theme import Theme, Type
from console.ui.theme.sizes import CELL_PADDING, HEADER_HEIGHT

_ARROW, _FUNNEL, _GAP, _RANK = 11, 12, 5, 7


class ResultHeader(QHeaderView):
    """Paints its own sections.

    `sorted_by` is section -> (rank from 1, descending); `filtered` the sections with a condition; `is_adding` whether
    Shift was held at the last press, which adds a column to the order.
    """

    def __init__(self, theme: Theme, model: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._result = model
        self.sorted_by: Mapping[int, tuple[int, bool]] = {}
        self.filtered: frozenset[int] = frozenset()
        self.is_adding = False
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setMinimumSectionSize(44)
        self.setMaximumSectionSize(900)
        self.setFixedHeight(HEADER_HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFont(theme.font(Type.SMALL, bold=True))
        self.setAccessibleName(tr("Column headers"))
        theme.changed.connect(self._refresh)

    def caption_width(self, logical: int) -> int:
        """Room that caption and arrow ask for."""
        title = str(self._result.headerData(logical, Qt.Orientation.Horizontal))
        return self.fontMetrics().horizontalAdvance(title) + 2 * CELL_PADDING + _ARROW + 2 * _GAP + _RANK

    def sectionSizeFromContents(self, logical: int) -> QSize:
        """Room for the caption and the arrow."""
        return QSize(self.caption_width(logical), HEADER_HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember whether a column is to be added to the order."""
        self.is_adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Paint one caption."""
        palette, colour = self._theme.palette, self._theme.colour
        painter.fillRect(rect, colour(palette.pane))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour(palette.hairline))
        if not 0 <= logical < len(self._result.columns):
            return
        is_left = self._result.columns[logical].kind in LEFT
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        painter.setFont(self._theme.font(Type.SMALL, bold=True))
        metrics = painter.fontMetrics()
        rank, _ = self.sorted_by.get(logical, (0, False))
        number = str(rank) if rank and len(self.sorted_by) > 1 else ""
        extra = (_ARROW + _GAP + metrics.horizontalAdvance(number) if rank else 0) + (
            _FUNNEL + _GAP if logical in self.filtered else 0
        )
        title = str(self._result.headerData(logical, Qt.Orientation.Horizontal))
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, inner.width() - extra)
        width = metrics.horizontalAdvance(shown)
        x = inner.left() if is_left else inner.right() + 1 - width
        painter.setPen(colour(palette.text if rank else palette.muted))
        base = inner.top() + (inner.height() - metrics.height()) // 2 + metrics.ascent()
        painter.drawText(x, base, shown)
        self._paint_marks(painter, inner, logical, x + width + _GAP if is_left else x - extra, number, base)

    def _paint_marks(self, painter: QPainter, rect: QRect, logical: int, x: int, number: str, base: int) -> None:
        """Arrow, rank and funnel, on the side away from the figures."""
        palette = self._theme.palette
        if logical in self.sorted_by:
            self._paint_arrow(painter, x + _ARROW / 2, rect.center().y() + 0.5, self.sorted_by[logical][1])
            x += _ARROW
            if number:
                painter.setPen(self._theme.colour(palette.accent))
                painter.drawText(x, base, number)
                x += painter.fontMetrics().horizontalAdvance(number)
            x += _GAP
        if logical in self.filtered:
            scale = painter.device().devicePixelRatioF()
            funnel = self._theme.pixmap("filter", palette.accent, _FUNNEL, scale)
            painter.drawPixmap(QPointF(x, rect.center().y() - _FUNNEL / 2 + 0.5), funnel)

    def _paint_arrow(self, painter: QPainter, x: float, y: float, is_descending: bool) -> None:
        lift = -2.0 if is_descending else 2.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour(self._theme.palette.accent), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y + lift), QPointF(x, y - lift), QPointF(x + 4, y + lift)]))
        painter.restore()

    @Slot()
    def _refresh(self) -> None:
        self.viewport().update()
