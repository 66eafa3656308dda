"""One key figure, large enough to be read from two metres."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.text import Look, Shown, format_age, safe_text
from console.domain.thresholds import Level
from console.ui.text import level_word, tr
from console.ui.theme import Space, Theme, Type, level_shape, paint_shape
from console.ui.theme.sizes import ALARM_EDGE, RADIUS
from console.ui.tiles.figures import split_unit
from console.ui.widgets import set_tip

HEIGHT, MIN_WIDTH = 78, 132  # px
_QUIET = (Look.NOT_APPLICABLE, Look.UNSUPPORTED, Look.WARMING, Look.ERROR)


class Tile(QWidget):
    """Label, value, unit; the alarm is an edge and a shape, never a coloured block."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self._profile = ""
        self._shown = Shown("", Look.WARMING, "")
        self._level = Level.NONE
        self._age_s: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The value as shown."""
        return self._shown.text

    @property
    def look(self) -> Look:
        """How it looks."""
        return self._shown.look

    @property
    def level(self) -> Level:
        """Its alarm level."""
        return self._level

    def show_figure(self, title: str, profile: str, shown: Shown, level: Level, age_s: float | None) -> None:
        """Show a figure; `profile` is empty where there is only one, `age_s` is the age of an old value."""
        age = None if age_s is None else int(age_s)
        if (title, profile, shown, level, age) == (self._title, self._profile, self._shown, self._level, self._age_s):
            return
        self._title, self._profile, self._shown, self._level, self._age_s = title, profile, shown, level, age
        alarm = f", {level_word(level)}" if level is not Level.NONE else ""
        where = f" ({safe_text(profile, 80)})" if profile else ""
        self.setAccessibleName(f"{safe_text(title)}{where}: {shown.spoken}{alarm}")
        set_tip(self, "\n".join(filter(None, (f"{safe_text(title)}{where}", shown.tip))))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a figure."""
        return QSize(176, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for a duration of hours."""
        return QSize(MIN_WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.setBrush(colour(palette.pane))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self._level is not Level.NONE:
            self._paint_edge(painter, frame, colour(palette.level(self._level).edge))
        left = Space.BETWEEN + 2
        room = self.rect().adjusted(left, 10, -Space.BETWEEN, -8)
        self._paint_caption(painter, room)
        self._paint_value(painter, room)
        painter.end()

    def _paint_edge(self, painter: QPainter, frame: QRectF, ink: QColor) -> None:
        clip = QPainterPath()
        clip.addRoundedRect(frame, RADIUS, RADIUS)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(QRectF(frame.left() - 1, frame.top(), ALARM_EDGE + 1, frame.height()), ink)
        painter.restore()

    def _paint_caption(self, painter: QPainter, room: QRect) -> None:
        """The title, shortened; an alarm's shape on its right."""
        palette = self._theme.palette
        right = room.right()
        if self._level is not Level.NONE:
            square = QRectF(right - 12, room.top() + 1, 12, 12)
            paint_shape(painter, square, level_shape(self._level), palette.level(self._level))
            right -= 18
        painter.setPen(self._theme.colour(palette.muted))
        painter.setFont(self._theme.font(Type.SMALL))
        width = right - room.left()
        caption = painter.fontMetrics().elidedText(safe_text(self._title), Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(room.left(), room.top(), width + 2, 16), int(Qt.AlignmentFlag.AlignLeft), caption)

    def _paint_value(self, painter: QPainter, room: QRect) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        look = self._shown.look
        is_old = look is Look.STALE
        number, unit = split_unit(self._shown)
        font = self._theme.font(Type.TILE, bold=look in (Look.VALUE, Look.STALE), italic=is_old)
        base = room.bottom() - 4
        side = self._side_text(unit)
        side_font = self._theme.font(Type.SMALL, italic=is_old)
        side_width = QFontMetrics(side_font).horizontalAdvance(side) + 6 if side else 0
        painter.setFont(font)
        painter.setPen(colour(palette.muted if is_old or look in _QUIET else palette.text))
        shown = painter.fontMetrics().elidedText(
            number, Qt.TextElideMode.ElideRight, room.width() - min(side_width, 60)
        )
        painter.drawText(room.left(), base, shown)
        x = room.left() + painter.fontMetrics().horizontalAdvance(shown) + 6
        painter.setFont(side_font)
        painter.setPen(colour(palette.muted))
        if side:
            painter.drawText(x, base, side)
            x += side_width
        self._paint_owner(painter, QRect(x + Space.TIGHT, base, room.right() - x - Space.TIGHT, 1))

    def _paint_owner(self, painter: QPainter, room: QRect) -> None:
        """Whose figure it is, in the room that is left; the tooltip has it in any case."""
        painter.setFont(self._theme.font(Type.CAPTION))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(safe_text(self._profile, 80), Qt.TextElideMode.ElideRight, max(0, room.width()))
        if len(name) > 3 or name == self._profile:
            painter.drawText(room.right() - metrics.horizontalAdvance(name), room.top(), name)

    def _side_text(self, unit: str) -> str:
        if self._shown.look is Look.STALE and self._age_s is not None:
            old = tr("{age} old", age=format_age(self._age_s))
            return f"{unit}  {old}" if unit else old
        return unit
