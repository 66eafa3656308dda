"""The delegate of all live tables: one painter per kind of column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.enums import AgentStatus
from console.domain.text import Look
from console.domain.thresholds import Level
from console.ui.delegates.inks import Inks
from console.ui.models.cells import Cell
from console.ui.models.columns import STAFFING_WIDTH, Kind
from console.ui.models.keyed import KeyedTableModel
from console.ui.theme import Theme, level_shape, state_shape
from console.ui.theme.sizes import ALARM_EDGE, CELL_PADDING, FOCUS_RING

_SHAPE = 10  # pixels of a state or alarm shape
_GAP = 6
_BAR_WIDTH, _BAR_HEIGHT = 34, 4
_STAFF_LEAST, _STAFF_MOST, _STAFF_HEIGHT = 30, 64, 6
_SLOT_LEAST, _SLOT_MOST = 24, 30  # room of one of the four staffing figures: three digits and the dot behind them
_UNIT = "\u202f%"

_Index = QModelIndex | QPersistentModelIndex


def figure_middles(rect: QRect) -> tuple[float, ...]:
    """Where the four figures of a staffing cell stand; the header puts its legend there too."""
    bar, slot = _staffing_widths(rect)
    start = rect.left() + CELL_PADDING + bar + 2 * _GAP
    return tuple(start + slot * (place + 0.5) for place in range(4))


def _staffing_widths(rect: QRect) -> tuple[int, float]:
    """Widths of the bar and of one figure's slot: the figures come first, the bar takes what they leave."""
    room = rect.width() - 2 * CELL_PADDING - 2 * _GAP
    slot = min(max((room - _STAFF_LEAST) / 4, _SLOT_LEAST), _SLOT_MOST)
    return min(max(int(room - 4 * slot), _STAFF_LEAST), _STAFF_MOST), slot


class CellDelegate(QStyledItemDelegate):
    """Paints cells of a `KeyedTableModel`.

    `hovered_row`, `first_column` (the leftmost shown, which carries the alarm edge) and `has_focus` are told by the
    view, which knows them without asking each cell.
    """

    def __init__(self, theme: Theme, model: KeyedTableModel[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._inks = Inks(theme)
        self.hovered_row = -1
        self.first_column = 0
        self.has_focus = False
        self._painters: dict[Kind, Callable[[QPainter, QRect, Cell], None]] = {
            Kind.TEXT: self._paint_words,
            Kind.NAME: self._paint_name,
            Kind.SOURCE: self._paint_source,
            Kind.COUNT: self._paint_number,
            Kind.DURATION: self._paint_number,
            Kind.PERCENT: self._paint_number,
            Kind.STATE: self._paint_state,
            Kind.LEVEL: self._paint_level,
            Kind.STAFFING: self._paint_staffing,
        }
        theme.changed.connect(self._on_theme_changed)

    @property
    def inks(self) -> Inks:
        """The inks in use."""
        return self._inks

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """What fits the shown text, for a double click on a header's edge."""
        cell = self._model.cell(index.row(), index.column())
        kind = self._model.columns[index.column()].kind
        inks = self._inks
        width = inks.width(cell.shown.text, inks.bold_metrics) + 2 * CELL_PADDING
        if kind in (Kind.STATE, Kind.LEVEL):
            width += _SHAPE + _GAP
        elif kind is Kind.STAFFING:
            width = STAFFING_WIDTH
        elif cell.fraction is not None:
            width += _BAR_WIDTH + _SHAPE + 2 * _GAP
        return QSize(width, self._theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint background, content, alarm edge and focus ring of a cell."""
        inks = self._inks
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        row, column = index.row(), index.column()
        cell = self._model.cell(row, column)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, inks.selection)
        elif row == self.hovered_row:
            painter.fillRect(rect, inks.hover)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), inks.hairline)
        if cell.is_heading:
            return  # the view paints a heading across all columns
        kind = self._model.columns[column].kind
        look = cell.shown.look
        if look is Look.VALUE or look is Look.STALE:
            self._painters[kind](painter, rect, cell)
        else:
            self._paint_no_value(painter, rect, cell, kind in (Kind.COUNT, Kind.DURATION, Kind.PERCENT))
        if column == self.first_column:
            self._paint_edge(painter, rect, self._model.row_level(row))
        if self.has_focus and state & QStyle.StateFlag.State_HasFocus:
            self._paint_ring(painter, rect)

    # the pieces

    def _paint_edge(self, painter: QPainter, rect: QRect, level: Level) -> None:
        if level is not Level.NONE:
            edge = QRect(rect.left(), rect.top(), ALARM_EDGE, rect.height() - 1)
            painter.fillRect(edge, self._theme.colour(self._inks.palette.level(level).fill))

    def _paint_ring(self, painter: QPainter, rect: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._inks.accent, FOCUS_RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -3), 4, 4)
        painter.restore()

    def _baseline(self, rect: QRect) -> int:
        return rect.top() + (rect.height() - 1 - self._inks.height) // 2 + self._inks.ascent

    def _face(self, cell: Cell) -> tuple[QFont, QFontMetrics, QColor]:
        inks = self._inks
        if cell.shown.look is Look.STALE:
            return inks.italic, inks.italic_metrics, inks.muted
        if cell.level is not Level.NONE:
            return inks.bold, inks.bold_metrics, inks.text
        return inks.font, inks.metrics, inks.text

    def _draw(self, painter: QPainter, x: int, rect: QRect, text: str, font: QFont, ink: QColor) -> None:
        painter.setPen(ink)
        self._inks.draw(painter, x, self._baseline(rect), text, font)

    def _paint_words(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        font, metrics, ink = self._face(cell)
        shown = self._inks.elided(cell.shown.text, metrics, rect.width() - 2 * CELL_PADDING)
        self._draw(painter, rect.left() + CELL_PADDING, rect, shown, font, ink)

    def _paint_source(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        """A connection's name, shortened in its middle: names of one customer's sites often begin alike."""
        font, metrics, ink = self._face(cell)
        room = rect.width() - 2 * CELL_PADDING
        shown = self._inks.elided(cell.shown.text, metrics, room, Qt.TextElideMode.ElideMiddle)
        self._draw(painter, rect.left() + CELL_PADDING, rect, shown, font, ink)

    def _paint_name(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        room = rect.width() - 2 * CELL_PADDING
        if cell.age:
            room -= self._paint_age(painter, rect, cell.age)
        font, metrics, ink = self._face(cell)
        shown = self._inks.elided(cell.shown.text, metrics, room)
        self._draw(painter, rect.left() + CELL_PADDING, rect, shown, font, ink)

    def _paint_age(self, painter: QPainter, rect: QRect, age: str) -> int:
        """A small clock and the age of an old row at the right; returns the width it took."""
        inks = self._inks
        width = inks.width(age, inks.caption_metrics)
        left = rect.right() - CELL_PADDING - width
        painter.setFont(inks.caption)
        painter.setPen(inks.muted)
        top = rect.top() + (rect.height() - 1 - inks.caption_metrics.height()) // 2
        painter.drawText(left, top + inks.caption_metrics.ascent(), age)
        scale = painter.device().devicePixelRatioF()
        clock = self._theme.pixmap("clock", inks.palette.muted, 12, scale)
        painter.drawPixmap(QPointF(left - 15, rect.top() + (rect.height() - 13) / 2), clock)
        return width + 15 + _GAP

    def _paint_number(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        font, metrics, ink = self._face(cell)
        inks = self._inks
        text = cell.shown.text
        right = rect.right() + 1 - CELL_PADDING
        if text.endswith(_UNIT):
            text = text[: -len(_UNIT)]
            unit = inks.width(_UNIT, inks.metrics)
            right -= unit
            self._draw(painter, right, rect, _UNIT, inks.italic if font is inks.italic else inks.font, inks.muted)
        text = inks.elided(text, metrics, right - rect.left() - CELL_PADDING)
        left = right - inks.width(text, metrics)
        self._draw(painter, left, rect, text, font, ink)
        if cell.level is not Level.NONE:
            left -= _GAP + _SHAPE
            self._paint_level_shape(painter, left, rect, cell.level)
        bar = rect.left() + CELL_PADDING
        if cell.fraction and left - bar >= _BAR_WIDTH + _GAP:
            self._paint_bar(painter, bar, rect, cell.fraction, cell.level)

    def _paint_level_shape(self, painter: QPainter, x: float, rect: QRect, level: Level) -> None:
        square = QRectF(x, rect.top() + (rect.height() - 1 - _SHAPE) / 2, _SHAPE, _SHAPE)
        self._inks.draw_shape(painter, square, level_shape(level), self._inks.palette.level(level))

    def _bar_ink(self, level: Level) -> QColor:
        """The full colour: a bar only repeats the figure beside it, the shape before that has the legible edge."""
        return self._inks.outline if level is Level.NONE else self._theme.colour(self._inks.palette.level(level).fill)

    def _paint_bar(self, painter: QPainter, x: int, rect: QRect, fraction: float, level: Level) -> None:
        top = rect.top() + (rect.height() - 1 - _BAR_HEIGHT) / 2
        inks = self._inks
        track = QRectF(x, top, _BAR_WIDTH, _BAR_HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inks.track)
        painter.drawRoundedRect(track, 2, 2)
        if fraction > 0:
            painter.setBrush(self._bar_ink(level))
            track.setWidth(max(float(_BAR_HEIGHT), _BAR_WIDTH * fraction))
            painter.drawRoundedRect(track, 2, 2)
        painter.restore()

    def _paint_state(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        font, metrics, ink = self._face(cell)
        status = cell.status or AgentStatus.UNKNOWN
        mark = self._inks.palette.state(status)
        if cell.shown.look is Look.STALE:
            mark = self._inks.palette.off
        square = QRectF(rect.left() + CELL_PADDING, rect.top() + (rect.height() - 1 - _SHAPE) / 2, _SHAPE, _SHAPE)
        self._inks.draw_shape(painter, square, state_shape(status), mark)
        if status in (AgentStatus.LOGGED_OFF, AgentStatus.UNKNOWN):
            ink = self._inks.muted
        room = rect.width() - 2 * CELL_PADDING - _SHAPE - _GAP - 1
        shown = self._inks.elided(cell.shown.text, metrics, room)
        self._draw(painter, rect.left() + CELL_PADDING + _SHAPE + _GAP + 1, rect, shown, font, ink)

    def _paint_level(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        """An alarm's shape and word; a healthy row stays quiet, only its spoken text says so."""
        if cell.level is Level.NONE:
            return
        font, metrics, ink = self._face(cell)
        left = rect.left() + CELL_PADDING
        self._paint_level_shape(painter, left, rect, cell.level)
        left += _SHAPE + _GAP
        shown = self._inks.elided(cell.shown.text, metrics, rect.right() - left - 4)
        self._draw(painter, left, rect, shown, font, ink)

    def _paint_staffing(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        """A bar of four parts, then the four figures in slots of one width, so that columns of figures stand."""
        font, metrics, ink = self._face(cell)
        inks = self._inks
        if not cell.parts:
            self._paint_words(painter, rect, cell)
            return
        left = rect.left() + CELL_PADDING
        if cell.shown.look is Look.VALUE:
            self._paint_parts(painter, left, rect, cell.parts)
        _, slot = _staffing_widths(rect)
        for place, (figure, middle) in enumerate(zip(cell.shown.text.split(" · "), figure_middles(rect), strict=True)):
            face, face_metrics, colour = font, metrics, ink
            if place and font is inks.bold:
                face, face_metrics = inks.font, inks.metrics
            if figure == "0" and place:
                colour = inks.muted
            width = inks.width(figure, face_metrics)
            self._draw(painter, round(middle - width / 2), rect, figure, face, colour)
            if not place and cell.level is not Level.NONE:
                self._paint_level_shape(painter, middle - width / 2 - _SHAPE - 3, rect, cell.level)
            if place < len(inks.staffing) - 1:
                dot = inks.width("·", inks.metrics)
                self._draw(painter, round(middle + (slot - dot) / 2), rect, "·", inks.font, inks.muted)

    def _paint_parts(self, painter: QPainter, left: int, rect: QRect, parts: tuple[float | None, ...]) -> None:
        inks = self._inks
        bar, _ = _staffing_widths(rect)
        total = sum(part for part in parts if part)
        top = rect.top() + (rect.height() - 1 - _STAFF_HEIGHT) / 2
        if total <= 0:
            painter.fillRect(QRectF(left, top, bar, _STAFF_HEIGHT), inks.track)
            return
        shown = [(part, ink) for part, ink in zip(parts, inks.staffing, strict=True) if part]
        room = bar - (len(shown) - 1)
        x = float(left)
        for part, ink in shown:
            width = room * part / total
            painter.fillRect(QRectF(x, top, width, _STAFF_HEIGHT), ink)
            x += width + 1

    def _paint_no_value(self, painter: QPainter, rect: QRect, cell: Cell, is_right: bool) -> None:
        """Warming and unreadable are chips, not applicable and unsupported are muted words."""
        inks = self._inks
        text = cell.shown.text
        width = inks.width(text, inks.metrics)
        is_chip = cell.shown.look in (Look.WARMING, Look.ERROR)
        inset = CELL_PADDING + (_GAP if is_chip else 0)
        left = rect.right() + 1 - inset - width if is_right else rect.left() + inset
        if is_chip:
            chip = QRectF(left - _GAP, rect.top() + (rect.height() - 19) / 2, width + 2 * _GAP, 18)
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_error = cell.shown.look is Look.ERROR
            painter.setPen(QPen(inks.outline, 1) if is_error else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if is_error else inks.track)
            painter.drawRoundedRect(chip, 9, 9)
            painter.restore()
        self._draw(painter, left, rect, text, inks.font, inks.text if cell.shown.look is Look.ERROR else inks.muted)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
