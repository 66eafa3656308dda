"""How the cells of a result are painted: absent, blank and zero are three things, and a change has a shape."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
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
STATUS_WIDTH = _SHAPE + _GAP  # px before the word of a status
_NOTHING = "–"
_SELECTED = QStyle.StateFlag.State_Selected.value  # plain numbers: enums cost more than the painting of a cell
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_FIGURES = "0123456789:.,-/% \u202f"
_WIDE = 10  # pixels that hardly a character exceeds: a text that fits at this width is not measured

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
        self._widths = self._figures(self._inks)
        self._status = [is_status(column) for column in model.columns]
        self._left = [column.kind in LEFT for column in model.columns]
        self._words = [column.kind in WORDS for column in model.columns]
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
        state: int = option.state.value  # type: ignore[attr-defined]
        row, column = index.row(), index.column()
        if state & _SELECTED:
            painter.fillRect(rect, inks.selection)
        elif row == self.hovered_row:
            painter.fillRect(rect, inks.hover)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, inks.hairline)
        painter.setFont(inks.font)
        found = self._model.shown(row, column)
        if found is not None:
            self._paint_cell(painter, rect, column, *found)
        if self.has_focus and state & _FOCUSED:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(inks.accent, FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -3), 4, 4)
            painter.restore()

    def _paint_cell(self, painter: QPainter, rect: QRect, number: int, cell: tuple[object, object], text: str) -> None:
        room = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        if self._status[number] and (look := status_look(self._inks.palette, text)) is not None:
            square = QRectF(room.left(), rect.top() + (rect.height() - 1 - _SHAPE) / 2, _SHAPE, _SHAPE)
            paint_shape(painter, square, look[0], look[1])
            self._draw(painter, room.adjusted(_SHAPE + _GAP, 0, 0, 0), look[2], True, text == "same")
            return
        is_left = self._left[number]
        if cell == ABSENT:
            self._draw(painter, room, _NOTHING, is_left, True)
        elif text:
            # what is not of the column's kind is the system's own word for it, such as "n/a"
            self._draw(painter, room, text, is_left, cell[0] is None and not self._words[number])

    def _draw(self, painter: QPainter, rect: QRect, text: str, is_left: bool, is_muted: bool) -> None:
        inks = self._inks
        if len(text) * _WIDE > rect.width():
            text = inks.elided(text, inks.metrics, rect.width())
        painter.setPen(inks.muted if is_muted else inks.text)
        x = rect.left() if is_left else rect.right() + 1 - self._width(text)
        painter.drawText(x, rect.top() + (rect.height() - inks.height) // 2 + inks.ascent, text)

    def _width(self, text: str) -> int:
        """The width of a text; of figures, which all are of one width, without asking the font again."""
        widths = self._widths
        try:
            return round(sum([widths[char] for char in text]))
        except KeyError:
            return self._inks.width(text, self._inks.metrics)

    @staticmethod
    def _figures(inks: Inks) -> dict[str, float]:
        metrics = QFontMetricsF(inks.font)
        return {char: metrics.horizontalAdvance(char) for char in _FIGURES}

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
        self._widths = self._figures(self._inks)
