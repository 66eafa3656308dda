"""The drawing of a call's course: a ruler, a lane for each queue and agent, bars to scale."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.callflow import CallFlow, FlowSpan, SpanKind
from console.domain.text import safe_text
from console.ui.callflow.lanes import Gap, clock, gaps, lanes, ticks
from console.ui.callflow.words import flow_words, kind_look, kind_word, span_words
from console.ui.text import tr
from console.ui.theme import Theme, Type, paint_shape
from console.ui.theme.sizes import FOCUS_RING, RADIUS

_LANE, _BAR, _RULER = 44, 24, 28
_TITLES = 170  # px for the lanes' names
_EDGE = 16
_LEAST = 3  # px of the shortest span
_SHAPE = 12
_NEAREST_MS = 1000  # the closest look: a second over the whole width


class FlowCanvas(QWidget):
    """Draws a `CallFlow`. Wheel and plus/minus zoom, dragging and the arrows move, Home fits.

    Signals:
        pointed: what is under the pointer, in words; empty for nothing.
    """

    pointed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flow = CallFlow("")
        self._lanes = lanes(self._flow)
        self._gaps: tuple[Gap, ...] = ()
        self._from, self._to = 0.0, 1.0  # what is in sight, ms
        self._dragged_from: float | None = None
        self._places: list[tuple[QRectF, FlowSpan]] = []
        self._current = -1  # place in `_places` under the keyboard
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Course of the call"))
        theme.changed.connect(self.update)

    def show_flow(self, flow: CallFlow) -> None:
        """Draw another call."""
        self._flow, self._lanes, self._gaps = flow, lanes(flow), gaps(flow)
        self._current = -1
        self.setAccessibleDescription(flow_words(flow))
        self.setFixedHeight(_RULER + max(1, len(self._lanes)) * _LANE + _EDGE)
        self.fit()

    def fit(self) -> None:
        """Bring the whole call into sight."""
        room = max(self._flow.length_ms, 1000)
        self._from, self._to = -room * 0.01, room * 1.03
        self.update()

    def zoom(self, factor: float, at: float = 0.5) -> None:
        """Look closer (factor below 1) or from farther away, around a place from 0 to 1 of the width."""
        most = max(self._flow.length_ms, 1000) * 1.04
        width = min(max((self._to - self._from) * factor, _NEAREST_MS), most)
        middle = self._from + (self._to - self._from) * at
        self._show_from(middle - width * at, width)

    def sizeHint(self) -> QSize:
        """All lanes."""
        return QSize(640, _RULER + max(1, len(self._lanes)) * _LANE + _EDGE)

    def readout(self, at: QPointF) -> str:
        """What is under a place, in words."""
        for rect, span in reversed(self._places):
            if rect.adjusted(-3, -4, 3, 4).contains(at):
                return span_words(span)
        for gap in self._gaps:
            if self._x(gap.start_ms) <= at.x() <= self._x(gap.end_ms) and at.x() > _TITLES:
                return tr("Nothing was recorded for {length}", length=clock(gap.end_ms - gap.start_ms))
        return ""

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ruler, lanes, gaps and bars."""
        theme, palette, colour = self._theme, self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(palette.pane))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(Type.SMALL))
        self._paint_ruler(painter)
        self._paint_gaps(painter)
        self._places = []
        painter.save()
        painter.setClipRect(QRect(_TITLES, 0, self.width() - _TITLES, self.height()))
        for number, lane in enumerate(self._lanes):
            starts = sorted({span.start_ms for span in lane.spans})
            for span in sorted(lane.spans, key=lambda span: span.length_ms == 0):  # moments lie on top
                after = next((start for start in starts if start > span.start_ms), span.end_ms)
                self._paint_span(painter, span, _RULER + number * _LANE, self._x(min(after, span.end_ms)))
        painter.restore()
        self._paint_titles(painter)
        if 0 <= self._current < len(self._places) and self.hasFocus():
            painter.setPen(QPen(colour(palette.accent), FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._places[self._current][0].adjusted(-3, -3, 3, 3), RADIUS, RADIUS)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is in sight, or say what is under the pointer."""
        x = event.position().x()
        if self._dragged_from is not None and event.buttons() & Qt.MouseButton.LeftButton:
            width = self._to - self._from
            self._show_from(self._from - (x - self._dragged_from) * width / self._room(), width)
            self._dragged_from = x
        self.pointed.emit(self.readout(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay."""
        self._dragged_from = None

    def leaveEvent(self, event: object) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.pointed.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer with Ctrl; else the page scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = min(max((event.position().x() - _TITLES) / self._room(), 0.0), 1.0)
            self.zoom(0.8 if event.angleDelta().y() > 0 else 1.25, at)
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go from one thing to the next and say it; plus, minus and Home zoom."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._places:
            ordered = sorted(range(len(self._places)), key=lambda n: self._places[n][1].start_ms)
            now = ordered.index(self._current) if self._current in ordered else -1
            step = 1 if key == Qt.Key.Key_Right else -1
            self._current = ordered[min(max(now + step, 0), len(ordered) - 1)]
            self.pointed.emit(span_words(self._places[self._current][1]))
            self.update()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.7)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1.4)
        elif key == Qt.Key.Key_Home:
            self.fit()
        else:
            super().keyPressEvent(event)

    # -- pieces

    def _room(self) -> float:
        return max(1.0, self.width() - _TITLES - _EDGE)

    def _x(self, ms: float) -> float:
        return _TITLES + (ms - self._from) / (self._to - self._from) * self._room()

    def _show_from(self, start: float, width: float) -> None:
        room = max(self._flow.length_ms, 1000)
        self._from = min(max(start, -room * 0.01), max(-room * 0.01, room * 1.03 - width))
        self._to = self._from + width
        self.update()

    def _paint_ruler(self, painter: QPainter) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        for ms in ticks(max(0.0, self._from), self._to, int(self._room() / 90)):
            x = self._x(ms)
            painter.fillRect(QRectF(x, _RULER - 4, 1, self.height() - _RULER), colour(palette.hairline))
            painter.setPen(colour(palette.muted))
            painter.drawText(QRectF(x - 40, 2, 80, _RULER - 8), int(Qt.AlignmentFlag.AlignCenter), clock(ms))

    def _paint_gaps(self, painter: QPainter) -> None:
        """Hatched over all lanes, with how long where there is room for it."""
        palette, colour = self._theme.palette, self._theme.colour
        for gap in self._gaps:
            left, right = max(self._x(gap.start_ms), _TITLES), self._x(gap.end_ms)
            if right <= left:
                continue
            rect = QRectF(left, _RULER, right - left, self.height() - _RULER - _EDGE / 2)
            painter.fillRect(rect, QBrush(colour(palette.outline), Qt.BrushStyle.BDiagPattern))
            words = tr("not recorded {length}", length=clock(gap.end_ms - gap.start_ms))
            width = painter.fontMetrics().horizontalAdvance(words) + 12
            if width < rect.width():
                box = QRectF(rect.center().x() - width / 2, rect.bottom() - 22, width, 20)
                painter.fillRect(box, colour(palette.pane))
                painter.setPen(colour(palette.muted))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_span(self, painter: QPainter, span: FlowSpan, top: int, free: float) -> None:
        """A bar, or a shape for a moment; words as far as `free`, where the next thing of the lane begins."""
        palette, colour = self._theme.palette, self._theme.colour
        shape, mark = kind_look(palette, span.kind)
        left, right = self._x(span.start_ms), self._x(span.end_ms)
        y = top + (_LANE - _BAR) / 2
        if span.length_ms == 0:
            rect = QRectF(left - _SHAPE / 2, top + (_LANE - _SHAPE) / 2, _SHAPE, _SHAPE)
            painter.fillRect(rect.adjusted(-2, -2, 2, 2), colour(palette.pane))
            paint_shape(painter, rect, shape, mark)
            self._places.append((rect, span))
            return
        rect = QRectF(left, y, max(_LEAST, right - left), _BAR)
        self._places.append((rect, span))
        painter.setPen(QPen(colour(mark.edge), 1, Qt.PenStyle.DashLine if span.is_open else Qt.PenStyle.SolidLine))
        is_quiet = span.kind is SpanKind.WAITING
        painter.setBrush(colour(palette.track if is_quiet else palette.raised))
        painter.drawRoundedRect(rect, 3, 3)
        if not is_quiet:  # a strip of colour carries the meaning, the words stand on a quiet ground
            painter.fillRect(QRectF(rect.left(), rect.top(), min(5.0, rect.width()), rect.height()), colour(mark.fill))
        if rect.width() > 26:
            paint_shape(painter, QRectF(max(left, _TITLES) + 9, y + (_BAR - 10) / 2, 10, 10), shape, mark)
        length = clock(span.length_ms) + (" …" if span.is_open else "")
        room = QRectF(max(left, _TITLES) + 24, y, min(rect.right(), free) - max(left, _TITLES) - 28, _BAR)
        painter.setPen(colour(palette.text))
        for words in (f"{kind_word(span.kind)} {length}", length):
            if painter.fontMetrics().horizontalAdvance(words) <= room.width():
                painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
                break

    def _paint_titles(self, painter: QPainter) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        metrics = painter.fontMetrics()
        for number, lane in enumerate(self._lanes):
            top = _RULER + number * _LANE
            painter.fillRect(QRectF(0, top + _LANE - 1, self.width(), 1), colour(palette.hairline))
            icon = self._theme.pixmap("list" if lane.is_queue else "user", palette.muted, 14, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(_EDGE, top + (_LANE - 14) / 2), icon)
            title = safe_text(lane.title, 120) or tr("No queue")
            shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, _TITLES - _EDGE - 34)
            painter.setPen(colour(palette.text))
            painter.drawText(QRectF(_EDGE + 22, top, _TITLES, _LANE), int(Qt.AlignmentFlag.AlignVCenter), shown)
