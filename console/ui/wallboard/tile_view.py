"""A tile of a wallboard: one figure that is read from across the room, its unit and target beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from console.domain.text import Look
from console.domain.thresholds import Level
from console.ui.text import level_word
from console.ui.theme import level_shape, paint_shape
from console.ui.wallboard.base import LEAST_TYPE, Moment, WallWidget, elided, fitted, text_width
from console.ui.wallboard.figures import Face, face
from console.ui.widgets import set_tip

_UNIT = 0.45  # of the value's size


class TileView(WallWidget):
    """Shows a figure. A number is never cut: it becomes smaller until it fits."""

    face: Face | None = None
    common = 0  # px: the size that all tiles of this size on the page have room for; 0: its own

    def value_size(self) -> int:
        """The largest size in which its value fits, in px."""
        shown = self.face
        if shown is None:
            return 0
        room = self.room()
        caption = self.type_size(26, 0.14) * 1.5
        foot = self.type_size(24, 0.13) * 1.5
        if shown.note:
            foot += 2 * self.type_size(18, 0.09)
        return self._value_size(shown, room.width() - 6 * self.unit(), room.height() - caption - foot)

    def set_common(self, size: int) -> None:
        """Write the value no larger than its neighbours do."""
        if size != self.common:
            self.common = size
            self.update()

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        shown = face(self.widget, moment.board, moment.now_ms, moment.mono)
        if shown == self.face:
            return
        self.face = shown
        self.level = shown.level
        self.setAccessibleName(shown.spoken)
        set_tip(self, shown.note)
        self.update()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """Caption above, value in the middle, what it is measured by below."""
        shown = self.face
        if shown is None:
            return
        if shown.level is not Level.NONE:
            room = room.adjusted(6 * self.unit(), 0, 0, 0)
        top = self.paint_caption(painter, room, shown.title)
        if shown.note:
            self._paint_note(painter, room, top, shown.note)
        foot = self.type_size(24, 0.13)
        below = self._paint_foot(painter, room, shown, foot)
        self._paint_value(painter, QRectF(room.left(), top, room.width(), below - top), shown)

    def _paint_note(self, painter: QPainter, room: QRectF, top: float, note: str) -> None:
        """What the figure leaves out, below its caption."""
        size = self.type_size(18, 0.09)
        painter.setFont(self.theme.font(size))
        palette = self.theme.palette
        painter.setPen(self.theme.colour(palette.muted if self.level is Level.NONE else palette.text))
        painter.drawText(QPointF(room.left(), top + size * 0.9), elided(painter, note, room.width()))

    def _paint_value(self, painter: QPainter, room: QRectF, shown: Face) -> None:
        palette, colour = self.theme.palette, self.theme.colour
        is_old = shown.look is Look.STALE
        is_there = is_old or shown.look is Look.VALUE
        size = self._value_size(shown, room.width(), room.height())
        if self.common:
            size = min(size, self.common)
        size = size if is_there else int(size * 0.7)
        painter.setFont(self.theme.font(size, bold=is_there, italic=is_old))
        painter.setPen(colour(palette.text if shown.look is Look.VALUE else palette.muted))
        base = room.center().y() + size * 0.73 / 2
        painter.drawText(QPointF(room.left(), base), shown.number)
        x = room.left() + QFontMetricsF(painter.font()).horizontalAdvance(shown.number)
        if shown.unit:
            painter.setFont(self.theme.font(max(LEAST_TYPE, int(size * _UNIT)), italic=is_old))
            painter.setPen(colour(palette.muted if self.level is Level.NONE else palette.text))
            painter.drawText(QPointF(x + size * 0.1, base), shown.unit)

    def _value_size(self, shown: Face, width: float, height: float) -> int:
        is_old = shown.look is Look.STALE
        is_there = is_old or shown.look is Look.VALUE
        unit_width = text_width(self.theme, f" {shown.unit}", 100 * _UNIT) if shown.unit else 0.0
        whole = text_width(self.theme, shown.number, 100, bold=is_there, italic=is_old) + unit_width
        most = min(height / 0.85, 230 * self.unit())  # digits are 0.73 of their size high
        return max(LEAST_TYPE, int(min(most, 100 * width / max(1.0, whole))))

    def _paint_foot(self, painter: QPainter, room: QRectF, shown: Face, size: int) -> float:
        """The level with its shape or what a missing value means, then target and note; returns where it begins."""
        palette, colour = self.theme.palette, self.theme.colour
        ink = colour(palette.muted if self.level is Level.NONE else palette.text)
        word = level_word(shown.level) if shown.level is not Level.NONE else shown.word
        beside = shown.target
        begin = room.bottom() - size * 1.45  # also where there is nothing to say: values of a row stand on one line
        if not word and not beside:
            return begin
        both = f"{word}   {beside}" if word and beside else word or beside
        mark = size * 1.25 if shown.level is not Level.NONE else 0.0
        size = max(LEAST_TYPE, fitted(self.theme, both, room.width() - mark, size, bold=bool(word)))
        if size < self.type_size(15, 0.13) and word and beside:  # both do not fit: what is wrong counts more
            beside, size = "", max(LEAST_TYPE, fitted(self.theme, word, room.width() - mark, self.type_size(24, 0.13)))
        base = room.bottom() - size * 0.2
        x = room.left()
        if mark:
            square = QRectF(x, base - size * 0.85, size, size)
            paint_shape(painter, square, level_shape(shown.level), palette.level(shown.level))
            x += size * 1.25
        if word:
            painter.setFont(self.theme.font(size, bold=True, italic=shown.look is Look.STALE))
            painter.setPen(colour(palette.text))
            fits = elided(painter, word, room.right() - x)
            painter.drawText(QPointF(x, base), fits)
            x += QFontMetricsF(painter.font()).horizontalAdvance(fits) + size * 0.8
        if beside:
            painter.setFont(self.theme.font(size))
            painter.setPen(ink)
            painter.drawText(QPointF(x, base), elided(painter, beside, room.right() - x + 2))
        return begin
