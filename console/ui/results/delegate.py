"""How the cells of a result are painted: absent, blank and zero are three things, and a change has a shape."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.values import Origin
from console.reports.cells import LEFT
from console.reports.columns import Column
from console.ui.delegates.inks import Inks
from console.ui.results.model import ABSENT, WORDS, ResultModel
from console.ui.text import tr
from console.ui.theme import Mark, Palette, Shape, Theme, paint_shape
from console.ui.theme.sizes import CELL_PADDING, FOCUS_RING

STATUS_ID: Final = "status"  # the column of a comparison that says what became of a row
_SHAPE, _GAP = 10, 6
_NOTHING = "–"

_Index = QModelIndex | QPersistentModelIndex


def is_status(column: Column) -> bool:
    """Whether a column holds what a comparison found."""
    return column.id == STATUS_ID and column.origin is Origin.COMPUTED


def status_look(palette: Palette, status: str) -> tuple[Shape, Mark, str] | None:
    """Shape, colour and word of what became of a row; None for a word we do not know."""
    return {
        "added": (Shape.DISC, palette.available, tr("added")),
        "removed": (Shape.HEXAGON, palette.critical, tr("removed")),
        "changed": (Shape.DIAMOND, palette.caution, tr("changed")),
        "same": (Shape.RING, palette.off, tr("same")),
    }.get(status)


class ResultDelegate(QStyledItemDelegate):
    """Paints cells of a `ResultModel`; `hovered_row` and `has_focus` are told by the view."""

    def __init__(self, theme: Theme, model: ResultModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._inks = Inks(theme)
        self._status = [is_status(column) for column in model.columns]
        self.hovered_row = -1
        self.has_focus = False
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """What fits the shown text."""
        found = self._model.shown(index.row(), index.column())
        text = found[1] if found is not None else ""
        return QSize(self._inks.metrics.horizontalAdvance(text) + 2 * CELL_PADDING, self._theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint background, text and focus ring of a cell."""
        inks = self._inks
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        row, column = index.row(), index.column()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, inks.selection)
        elif row == self.hovered_row:
            painter.fillRect(rect, inks.hover)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), inks.hairline)
        found = self._model.shown(row, column)
        if found is not None:
            self._paint_cell(painter, rect, column, *found)
        if self.has_focus and state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(inks.accent, FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -3), 4, 4)
            painter.restore()

    def _paint_cell(self, painter: QPainter, rect: QRect, number: int, cell: tuple[object, object], text: str) -> None:
        column = self._model.columns[number]
        room = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        if self._status[number] and (look := status_look(self._inks.palette, text)) is not None:
            square = QRectF(room.left(), rect.top() + (rect.height() - 1 - _SHAPE) / 2, _SHAPE, _SHAPE)
            paint_shape(painter, square, look[0], look[1])
            self._draw(painter, room.adjusted(_SHAPE + _GAP, 0, 0, 0), look[2], True, text == "same")
            return
        is_left = column.kind in LEFT
        if cell == ABSENT:
            self._draw(painter, room, _NOTHING, is_left, True)
        elif text:
            # what is not of the column's kind is the system's own word for it, such as "n/a"
            self._draw(painter, room, text, is_left, cell[0] is None and column.kind not in WORDS)

    def _draw(self, painter: QPainter, rect: QRect, text: str, is_left: bool, is_muted: bool) -> None:
        inks = self._inks
        shown = inks.elided(text, inks.metrics, rect.width())
        x = rect.left() if is_left else rect.right() + 1 - inks.width(shown, inks.metrics)
        painter.setPen(inks.muted if is_muted else inks.text)
        base = rect.top() + (rect.height() - 1 - inks.height) // 2 + inks.ascent
        inks.draw(painter, x, base, shown, inks.font)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
