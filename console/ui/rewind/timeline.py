"""The slider over a recorded day: what was recorded, gaps hatched, alarms by their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from console.domain.thresholds import Level
from console.ui.rewind.words import local, moment_text, time_text
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type, level_shape, paint_shape
from console.ui.theme.sizes import FOCUS_RING
from console.ui.widgets import set_tip

HEIGHT, TRACK, KNOB = 58, 10, 14  # px
MARK: Final = 10
STEPS_S: Final = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)  # between two captions of the scale
LEAST_CAPTION: Final = 84  # px
_PLAIN, _SHIFT, _CONTROL = 10, 60, 600  # seconds an arrow key goes


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """An alarm on the scale."""

    at_ms: float
    level: Level


class Timeline(QSlider):
    """A slider whose value is the seconds since the beginning of what it shows.

    Signals:
        wanted: the user wants to see a moment (epoch milliseconds).
    """

    wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._start_ms, self._end_ms = 0.0, 1000.0
        self._gaps: tuple[tuple[float, float], ...] = ()
        self._marks: tuple[AlarmMark, ...] = ()
        self._at_ms = 0.0
        self._hover_x: float | None = None
        self._is_pulled = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Moment shown"))
        set_tip(
            self,
            tr(
                "Left and Right: 10 seconds, with Shift 1 minute, with Ctrl 10 minutes. Space plays. Home and End: "
                "first and last moment. Hatched: nothing recorded."
            ),
        )
        theme.changed.connect(self.update)

    @property
    def is_pulled(self) -> bool:
        """Whether the knob is in the user's hand."""
        return self._is_pulled

    @property
    def end_ms(self) -> float:
        """The last moment on it."""
        return self._end_ms

    @property
    def marks(self) -> Sequence[AlarmMark]:
        """The alarms on it."""
        return self._marks

    @property
    def gaps(self) -> Sequence[tuple[float, float]]:
        """What is hatched."""
        return self._gaps

    def show_extent(
        self, start_ms: float, end_ms: float, gaps: Sequence[tuple[float, float]], marks: Sequence[AlarmMark]
    ) -> None:
        """Show a stretch of time with its gaps and alarms."""
        self._start_ms, self._end_ms = start_ms, max(end_ms, start_ms + 1000)
        self._gaps, self._marks = tuple(gaps), tuple(marks)
        self.blockSignals(True)
        self.setRange(0, round((self._end_ms - self._start_ms) / 1000))
        self.blockSignals(False)
        self.show_moment(self._at_ms)

    def show_moment(self, at_ms: float) -> None:
        """Put the knob at a moment, unless the user holds it."""
        if self._is_pulled:
            return
        self._put(at_ms)

    def _put(self, at_ms: float) -> None:
        self._at_ms = at_ms
        self.setAccessibleName(tr("Moment shown: {moment}", moment=moment_text(at_ms)))
        self.setValue(round((at_ms - self._start_ms) / 1000))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow windows have it too."""
        return QSize(160, HEIGHT)

    # -- keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through time; what else a slider takes is left to its bar."""
        key, modifiers = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            far = _PLAIN
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                far = _CONTROL
            elif modifiers & Qt.KeyboardModifier.ShiftModifier:
                far = _SHIFT
            self._want(self._at_ms + (far if key == Qt.Key.Key_Right else -far) * 1000)
        elif key == Qt.Key.Key_Home:
            self._want(self._start_ms)
        elif key == Qt.Key.Key_End:
            self._want(self._end_ms)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the knob to the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_pulled = True
            self._pull(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the knob, or read the time under the pointer."""
        self._hover_x = event.position().x()
        if self._is_pulled:
            self._pull(self._hover_x)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_pulled = False

    def leaveEvent(self, event: object) -> None:
        """No time is pointed at any more."""
        self._hover_x = None
        self.update()

    def _pull(self, x: float) -> None:
        at_ms = self._time_at(x)
        self._put(at_ms)
        self.wanted.emit(at_ms)

    def _want(self, at_ms: float) -> None:
        at_ms = min(max(at_ms, self._start_ms), self._end_ms)
        self._put(at_ms)  # further presses go on from here before the board has come
        self.wanted.emit(at_ms)

    # -- painting

    def _groove(self) -> QRectF:
        side = KNOB / 2 + 4
        return QRectF(side, 20, max(1.0, self.width() - 2 * side), TRACK)

    def _x_at(self, at_ms: float) -> float:
        groove = self._groove()
        part = (at_ms - self._start_ms) / (self._end_ms - self._start_ms)
        return groove.left() + min(max(part, 0.0), 1.0) * groove.width()

    def _time_at(self, x: float) -> float:
        groove = self._groove()
        part = min(max((x - groove.left()) / groove.width(), 0.0), 1.0)
        return self._start_ms + part * (self._end_ms - self._start_ms)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scale, track, alarms, knob, and the time under the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_scale(painter)
        self._paint_track(painter)
        for mark in self._marks:
            square = QRectF(self._x_at(mark.at_ms) - MARK / 2, 6, MARK, MARK)
            paint_shape(painter, square, level_shape(mark.level), self._theme.palette.level(mark.level))
        self._paint_knob(painter)
        if self._hover_x is not None and not self._is_pulled:
            self._paint_hover(painter, self._hover_x)
        painter.end()

    def _paint_scale(self, painter: QPainter) -> None:
        palette, colour, groove = self._theme.palette, self._theme.colour, self._groove()
        seconds = (self._end_ms - self._start_ms) / 1000
        most = max(1.0, groove.width() / LEAST_CAPTION)
        step = next((each for each in STEPS_S if seconds / each <= most), STEPS_S[-1])
        painter.setFont(self._theme.font(Type.CAPTION))
        begin = local(self._start_ms)
        since_midnight = begin.hour * 3600 + begin.minute * 60 + begin.second + begin.microsecond / 1e6
        at_s = (step - since_midnight % step) % step
        while at_s <= seconds:
            at_ms = self._start_ms + at_s * 1000
            x = self._x_at(at_ms)
            painter.setPen(QPen(colour(palette.outline), 1))
            painter.drawLine(QPointF(x, groove.bottom() + 3), QPointF(x, groove.bottom() + 7))
            painter.setPen(colour(palette.muted))
            area = QRectF(min(max(x - 40, 0.0), self.width() - 80.0), groove.bottom() + 8, 80, 16)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            if x < 40:
                flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            elif x > self.width() - 40:
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            painter.drawText(area, int(flags), local(at_ms).strftime("%H:%M"))
            at_s += step

    def _paint_track(self, painter: QPainter) -> None:
        palette, colour, groove = self._theme.palette, self._theme.colour, self._groove()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.scroll))
        painter.drawRoundedRect(groove, TRACK / 2, TRACK / 2)
        painter.save()
        painter.setClipRect(groove.adjusted(0, -1, 0, 1))
        for start, end in self._gaps:
            left = self._x_at(start)
            area = QRectF(left, groove.top(), max(2.0, self._x_at(end) - left), TRACK)
            painter.fillRect(area, colour(palette.window))
            painter.setPen(QPen(colour(palette.outline), 1))
            painter.setClipRect(area)
            x = area.left() - TRACK
            while x < area.right():
                painter.drawLine(QPointF(x, area.bottom()), QPointF(x + TRACK, area.top()))
                x += 5
            painter.setClipRect(groove.adjusted(0, -1, 0, 1))
        painter.restore()

    def _paint_knob(self, painter: QPainter) -> None:
        palette, colour, groove = self._theme.palette, self._theme.colour, self._groove()
        x = self._x_at(self._at_ms)
        painter.setPen(QPen(colour(palette.caution.edge), 2))
        painter.drawLine(QPointF(x, 2), QPointF(x, groove.bottom() + 6))
        painter.setPen(QPen(colour(palette.text), 1.5))
        painter.setBrush(colour(palette.caution.fill))
        painter.drawEllipse(QPointF(x, groove.center().y()), KNOB / 2, KNOB / 2)
        if self.hasFocus():
            painter.setPen(QPen(colour(palette.accent), FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, groove.center().y()), KNOB / 2 + 3, KNOB / 2 + 3)

    def _paint_hover(self, painter: QPainter, x: float) -> None:
        palette, colour, groove = self._theme.palette, self._theme.colour, self._groove()
        x = min(max(x, groove.left()), groove.right())
        painter.setPen(QPen(colour(palette.text), 1))
        painter.drawLine(QPointF(x, groove.top() - 2), QPointF(x, groove.bottom() + 2))
        word = time_text(self._time_at(x))
        painter.setFont(self._theme.font(Type.CAPTION, bold=True))
        width = painter.fontMetrics().horizontalAdvance(word) + 2 * Space.TIGHT
        area = QRectF(min(max(x - width / 2, 0.0), self.width() - width), 0, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.tooltip))
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(colour(palette.tooltip_text))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), word)
