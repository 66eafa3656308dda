"""The agents' day on screen: a bar per agent, thousands of them, zoomed and moved along the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.whole_file import whole_file
from console.ui.charts.day_paint import (
    HEADER,
    LEGEND,
    DayLook,
    DayPlaces,
    paint_header,
    paint_legend,
    paint_rows,
    places_for,
)
from console.ui.charts.day_rows import NAME, DayRow, arranged, day_summary, span_words
from console.ui.text import tr
from console.ui.theme import LIGHT, Theme, Type

_SHORTEST_MS: Final = 60_000.0
_PAN: Final = 0.15
_ZOOM: Final = 0.75
_PICTURE: Final = (1400, 200)  # px of width, rows at most
_HEAD: Final = 70


class DayBars(QAbstractScrollArea):
    """Paints only the rows in sight.

    Signals:
        pointed: the state under the pointer in words; empty for none.
    """

    pointed = Signal(str)

    def __init__(self, theme: Theme, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.zone = zone
        self.rows: list[DayRow] = []
        self.sorted_by = (NAME, False)
        self._home = (0.0, _SHORTEST_MS)
        self.in_sight = self._home
        self._marked: tuple[str, int] = ("", -1)
        self._current = 0
        self._dragged: tuple[float, tuple[float, float]] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Agents' day"))
        theme.changed.connect(self._on_theme)

    # -- what is shown

    def show_rows(self, rows: Sequence[DayRow], start_ms: float, end_ms: float) -> None:
        """Show agents over a range; zoom, order and place stay."""
        self.rows = arranged(rows, self.sorted_by[0], descending=self.sorted_by[1])
        was_home = self.in_sight == self._home
        self._home = (start_ms, max(end_ms, start_ms + _SHORTEST_MS))
        if was_home or not self._home[0] <= self.in_sight[0] < self.in_sight[1] <= self._home[1]:
            self.in_sight = self._home
        self._marked = ("", -1)
        self._current = min(self._current, max(0, len(self.rows) - 1))
        self.setAccessibleDescription(day_summary(self.rows, start_ms, end_ms, self.zone))
        self._fit()

    def sort_by(self, column: str) -> None:
        """Order by a column; by the same again turns it round. Totals begin with the largest."""
        descending = not self.sorted_by[1] if column == self.sorted_by[0] else column != NAME
        self.sorted_by = (column, descending)
        self.rows = arranged(self.rows, column, descending=descending)
        self.viewport().update()

    def reset(self) -> None:
        """The whole range again."""
        self._look_at(*self._home)

    def write_picture(self, path: Path, title: str) -> None:
        """Write the rows as a PNG in light colours, whole or not at all.

        Raises:
            UserError: it cannot be written.
        """
        width, most = _PICTURE
        rows = self.rows[:most]
        look = DayLook(LIGHT, self._theme.font(), self._theme.font(Type.SMALL), self.zone, 26.0)
        height = int(_HEAD + HEADER + len(rows) * look.row_height + LEGEND + 8)
        image = QImage(QSize(width, height) * 2, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(2.0)
        painter = QPainter(image)
        painter.fillRect(QRect(0, 0, width, height), QColor(LIGHT.pane))
        painter.setPen(QColor(LIGHT.text))
        painter.setFont(self._theme.font(Type.TITLE, bold=True))
        painter.drawText(QPointF(10, 30), title)
        painter.setFont(self._theme.font(Type.SMALL))
        painter.setPen(QColor(LIGHT.muted))
        sentence = day_summary(self.rows, *self.in_sight, self.zone)
        if len(self.rows) > most:
            sentence += " " + tr("The first {n} are drawn.", n=most)
        painter.drawText(QPointF(10, 54), sentence)
        painter.translate(0, _HEAD)
        places = places_for(float(width))
        paint_header(painter, places, *self.in_sight, look, self.sorted_by)
        paint_rows(painter, rows, HEADER, places, *self.in_sight, look)
        paint_legend(painter, HEADER + len(rows) * look.row_height + 4, float(width), look)
        painter.end()
        with whole_file(path, replace=True) as file:
            if not image.save(str(file), "PNG"):  # type: ignore[call-overload]  # the stub wants bytes
                raise UserError(message("io.write", path=str(path.name), reason="the picture could not be encoded"))

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of rows fits."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight below the header."""
        look, places = self._look(), self._places()
        height = float(self.viewport().height())
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(look.palette.pane))
        paint_header(painter, places, *self.in_sight, look, self.sorted_by)
        first, shift = divmod(self.verticalScrollBar().value(), int(look.row_height))
        count = int((height - HEADER - LEGEND) / look.row_height) + 2
        painter.save()
        painter.setClipRect(QRectF(0, HEADER, places.width, height - HEADER - LEGEND))
        top = HEADER - shift
        paint_rows(painter, self.rows[first : first + count], top, places, *self.in_sight, look, self._marked)
        if self.hasFocus() and self.rows:
            y = HEADER + self._current * look.row_height - self.verticalScrollBar().value()
            painter.setPen(QPen(QColor(look.palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1, y + 1, places.width - 2, look.row_height - 3))
        painter.restore()
        painter.fillRect(QRectF(0, height - LEGEND, places.width, 1), QColor(look.palette.hairline))
        paint_legend(painter, height - LEGEND, places.width, look)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the state under the pointer; with the button down, move along the time."""
        at = event.position()
        if self._dragged is not None:
            x, (start, end) = self._dragged
            places = self._places()
            move = (x - at.x()) * (end - start) / max(1.0, places.right - places.left)
            self._move_to(start + move, end + move)
            return
        self._mark(*self._found(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A title sorts, a bar is taken hold of."""
        at = event.position()
        column = self._places().column_at(at.x())
        if at.y() < HEADER and column:
            self.sort_by(column)
        elif not column and event.button() is Qt.MouseButton.LeftButton:
            self._dragged = (at.x(), self.in_sight)
        number = self._row_at(at.y())
        if number >= 0:
            self._current = number
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole range again."""
        if event.position().y() >= HEADER:
            self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; over the time axis or with Ctrl: zoom around the pointer."""
        at = event.position()
        is_zoom = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) or at.y() < HEADER
        if is_zoom and event.angleDelta().y():
            moment = self._places().moment(at.x(), *self.in_sight)
            self._zoom(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM, moment)
            event.accept()
        else:
            super().wheelEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._mark("", -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go through agents, Left and Right along the time, with Ctrl from state to state."""
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}.get(key, 0)
        side = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        if step and self.rows:
            self._current = min(max(0, self._current + step), len(self.rows) - 1)
            self._show_current()
            self._mark(self.rows[self._current].key, self._last_known(self._current))
        elif side and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._walk(side)
        elif side:
            start, end = self.in_sight
            move = side * (end - start) * _PAN
            self._move_to(start + move, end + move)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM, sum(self.in_sight) / 2)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM, sum(self.in_sight) / 2)
        elif key == Qt.Key.Key_Home:
            self.reset()
        else:
            super().keyPressEvent(event)

    # -- inside

    def _look(self) -> DayLook:
        theme = self._theme
        return DayLook(theme.palette, theme.font(), theme.font(Type.SMALL), self.zone, float(theme.row_height))

    def _places(self) -> DayPlaces:
        return places_for(float(self.viewport().width()))

    def _fit(self) -> None:
        room = self.viewport().height() - HEADER - LEGEND
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, int(len(self.rows) * self._theme.row_height - room)))
        bar.setPageStep(max(1, int(room)))
        bar.setSingleStep(self._theme.row_height)
        self.viewport().update()

    def _row_at(self, y: float) -> int:
        if not HEADER <= y < self.viewport().height() - LEGEND:
            return -1
        number = int((y - HEADER + self.verticalScrollBar().value()) / self._theme.row_height)
        return number if number < len(self.rows) else -1

    def _found(self, at: QPointF) -> tuple[str, int]:
        number, places = self._row_at(at.y()), self._places()
        if number < 0 or not places.left <= at.x() <= places.right:
            return "", -1
        row = self.rows[number]
        return row.key, row.span_at(places.moment(at.x(), *self.in_sight))

    def _mark(self, key: str, place: int) -> None:
        if (key, place) == self._marked:
            return
        self._marked = (key, place)
        row = next((row for row in self.rows if row.key == key), None) if key else None
        self.pointed.emit(span_words(row, place, self.zone) if row is not None and place >= 0 else "")
        self.viewport().update()

    def _last_known(self, number: int) -> int:
        return len(self.rows[number].spans) - 1

    def _walk(self, side: int) -> None:
        """To the state before or after the marked one."""
        if not self.rows:
            return
        row = self.rows[self._current]
        place = self._marked[1] if self._marked[0] == row.key else len(row.spans) if side < 0 else -1
        place = min(max(0, place + side), len(row.spans) - 1)
        self._mark(row.key, place)

    def _show_current(self) -> None:
        bar, high = self.verticalScrollBar(), self._theme.row_height
        top, room = self._current * high, self.viewport().height() - HEADER - LEGEND
        if top < bar.value():
            bar.setValue(top)
        elif top + high > bar.value() + room:
            bar.setValue(int(top + high - room))
        self.viewport().update()

    def _zoom(self, factor: float, around: float) -> None:
        start, end = self.in_sight
        first, last = self._home
        length = min(max((end - start) * factor, _SHORTEST_MS), last - first)
        new = around - length * (around - start) / max(1.0, end - start)
        self._move_to(new, new + length)

    def _move_to(self, start: float, end: float) -> None:
        first, last = self._home
        length = min(end - start, last - first)
        start = min(max(first, start), last - length)
        self._look_at(start, start + length)

    def _look_at(self, start: float, end: float) -> None:
        self.in_sight = (start, end)
        self.viewport().update()

    @Slot()
    def _on_theme(self) -> None:
        self._fit()
