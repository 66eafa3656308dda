"""Headings among the rows of a table: which are closed, and how each is painted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from console.domain.text import safe_text
from console.ui.models.groups import GroupRow
from console.ui.models.keyed import KeyedTableModel
from console.ui.text import plural
from console.ui.theme import Theme, Type, paint_shape, state_shape
from console.ui.theme.sizes import CELL_PADDING, FOCUS_RING

_SHAPE, _CHEVRON, _GAP = 10, 14, 8


class Headings(QObject):
    """Paints the headings of a table and remembers which are closed.

    Signals:
        changed: others are closed now.
    """

    changed = Signal()

    def __init__(self, theme: Theme, model: KeyedTableModel[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.closed: frozenset[str] = frozenset()

    def is_heading(self, row: int) -> bool:
        """Whether a row is a heading."""
        rows = self._model.rows
        return row < len(rows) and type(rows[row].row) is GroupRow

    def press(self, row: int, wanted: int) -> None:
        """Open (1) or close (0) a heading's rows, or do the other of the two (-1)."""
        heading = self._model.rows[row].row
        if isinstance(heading, GroupRow) and (wanted < 0 or bool(wanted) is not heading.is_open):
            self.closed ^= {heading.id}
            self.changed.emit()

    def open_all(self) -> None:
        """Show the rows of all headings."""
        self.closed = frozenset()
        self.changed.emit()

    def close_all(self, headings: Iterable[GroupRow]) -> None:
        """Show the headings alone."""
        self.closed = frozenset(heading.id for heading in headings)
        self.changed.emit()

    def paint(self, painter: QPainter, rect: QRect, row: int, is_current: bool) -> None:
        """Paint a heading: chevron, the state's shape, its words, its count."""
        heading = self._model.rows[row].row
        theme, palette, colour = self._theme, self._theme.palette, self._theme.colour
        painter.save()
        painter.fillRect(rect.adjusted(0, 0, 0, -1), colour(palette.window))
        x = rect.left() + CELL_PADDING - 2
        icon = "chevron-down" if heading.is_open else "chevron-right"
        scale = painter.device().devicePixelRatioF()
        middle = rect.top() + (rect.height() - 1) / 2
        painter.drawPixmap(QPointF(x, middle - _CHEVRON / 2), theme.pixmap(icon, palette.muted, _CHEVRON, scale))
        x += _CHEVRON + _GAP
        if heading.status is not None:
            square = QRectF(x, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            paint_shape(painter, square, state_shape(heading.status), palette.state(heading.status))
            x += _SHAPE + _GAP
        bold, plain = theme.font(bold=True), theme.font(Type.SMALL)
        count = plural("{n} agent", "{n} agents", heading.count)
        room = rect.right() - x - _GAP - QFontMetrics(plain).horizontalAdvance(count) - CELL_PADDING
        metrics = QFontMetrics(bold)
        words = metrics.elidedText(safe_text(heading.name), Qt.TextElideMode.ElideRight, max(40, room))
        base = rect.top() + (rect.height() - 1 - metrics.height()) // 2 + metrics.ascent()
        painter.setFont(bold)
        painter.setPen(colour(palette.text))
        painter.drawText(x, base, words)
        painter.setFont(plain)
        painter.setPen(colour(palette.muted))
        painter.drawText(x + metrics.horizontalAdvance(words) + _GAP, base, count)
        if is_current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour(palette.accent), FOCUS_RING))
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -3), 4, 4)
        painter.restore()
