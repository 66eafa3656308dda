"""The chart over time: curves with gaps, bands, alert marks; hover, zoom, pan and keys. For windows and wallboards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.domain.clock import LocalZone
from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.ui.charts.curves import AlertMark, Curve, Window, extent
from console.ui.charts.timeline_frame import Frame
from console.ui.charts.timeline_items import Content, Cursor, Look, PlotLayer
from console.ui.charts.words import summary, value_ticks
from console.ui.theme import Palette, Theme, Type
from console.ui.widgets import set_tip

_SHORTEST_MS: Final = 10_000.0  # the closest look
_PAN: Final = 0.15  # of what is in sight, for a key
_ZOOM: Final = 0.7
_DESCRIBED_MS: Final = 400
_NEAR: Final = 9.0  # px around an alert's shape


class TimelineChart(pg.GraphicsView):  # type: ignore[misc]
    """Draws up to twenty curves of one unit over a range of time.

    Call `set_range` and `set_series` as often as there is news: whoever has zoomed in stays there. `dispose` ends it;
    it must be called before the parent goes.

    Signals:
        pointed: the moment and values under the pointer, in words; empty for none.
        range_changed: start and end in sight, epoch ms; only when the user moved them.

    Args:
        zone: whose wall clock the time axis shows; this computer's unless given.
        zone_name: written at the end of the time axis.
        text_px: height of the labels' type; the theme's small size unless given (a wallboard's is larger).
        thickness: px of the lines.
        palette: fixed colours instead of the theme's, for pictures.
    """

    pointed = Signal(str)
    range_changed = Signal(float, float)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        zone: tzinfo | None = None,
        zone_name: str = "",
        text_px: int = 0,
        thickness: int = 1,
        palette: Palette | None = None,
    ) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self._theme = theme
        self._fixed_palette = palette
        self._home = (0.0, 60_000.0)
        self._is_home = True
        self._is_alive = True
        self._tip = ""
        self._waits = False
        self._described = QTimer(self)
        self._described.setSingleShot(True)
        self._described.setInterval(_DESCRIBED_MS)
        self._described.timeout.connect(self.describe)
        self._text_px = text_px or int(Type.SMALL)
        self.setObjectName("timeline")
        self.setMinimumSize(160, 90)
        self.box = pg.ViewBox(enableMenu=False)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.disableAutoRange()
        self.scene().addItem(self.box)
        font, small = theme.font(self._text_px), theme.font(self._text_px)
        look = Look(palette or theme.palette, font, small, zone or LocalZone(), thickness, palette is not None)
        self.layer = PlotLayer(self.box, look)
        self.cursor_item = Cursor(self.box, self.layer)
        self.frame = Frame(self.layer)
        self.frame.zone_name = zone_name
        self.scene().addItem(self.frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the chart has a name, its inside has none
        self.box.sigXRangeChanged.connect(self._on_range)
        self.box.sigRangeChangedManually.connect(self._on_moved)
        theme.changed.connect(self._on_theme)
        self._apply_colours()

    # -- what is shown

    def set_series(
        self,
        curves: Sequence[Curve],
        *,
        unit: Unit,
        metric: str = "",
        threshold: Threshold | None = None,
        marks: Sequence[AlertMark] = (),
        span: tuple[float, float] | None = None,
    ) -> None:
        """Draw curves; the same range and zoom as before.

        Args:
            unit: of all of them.
            metric: what they show, for the sentence.
            threshold: drawn as bands.
            span: another range, as by `set_range`, in one go.
        """
        self.layer.content = Content(tuple(curves), unit, threshold, tuple(marks), metric)
        if span is not None:
            self._waits = True
            self.set_range(*span)
            self._waits = False
        self._lay_out()

    def set_range(self, start_ms: float, end_ms: float) -> None:
        """What "everything" is; followed unless the user has zoomed or moved."""
        end_ms = max(end_ms, start_ms + 1000.0)
        self._home = (start_ms, end_ms)
        self.box.setLimits(xMin=start_ms, xMax=end_ms, minXRange=min(_SHORTEST_MS, end_ms - start_ms))
        if self._is_home:
            self._look_at(start_ms, end_ms)

    def set_zone(self, zone: tzinfo, name: str = "") -> None:
        """Show another wall clock."""
        self.layer.look.zone = zone
        self.frame.zone_name = name
        self._lay_out()

    def reset(self) -> None:
        """Everything again."""
        self._is_home = True
        self._look_at(*self._home)
        self.range_changed.emit(*self._home)

    def show_window(self, start_ms: float, end_ms: float) -> None:
        """Look at a part, as another chart beside this one does; the whole range means following it again."""
        self._is_home = (start_ms, end_ms) == self._home
        self._look_at(start_ms, end_ms)

    @property
    def in_sight(self) -> tuple[float, float]:
        """Start and end of what is in sight."""
        low, high = self.box.viewRange()[0]
        return float(low), float(high)

    @property
    def is_zoomed(self) -> bool:
        """Whether the user has moved away from "everything"."""
        return not self._is_home

    @property
    def content(self) -> Content:
        """What is drawn."""
        return self.layer.content

    def summary(self, most: int = 5) -> str:
        """What is in sight, in words, of so many curves; also the chart's accessible description."""
        content, look = self.layer.content, self.layer.look
        return summary(
            content.curves,
            *self.in_sight,
            metric=content.metric,
            unit=content.unit,
            zone=look.zone,
            threshold=content.threshold,
            most=most,
        )

    @Slot()
    def describe(self) -> None:
        """Tell screen readers what is in sight; done by itself soon after each change."""
        text = self.summary()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def align_left(self, least: float) -> None:
        """Begin the plot no further left than `least` pixels, so that charts below each other share their moments."""
        if least != self.frame.least_left:
            self.frame.least_left = least
            self._lay_out()

    def point_at(self, at_ms: float | None) -> None:
        """Show the values of a moment."""
        if at_ms != self.cursor_item.at_ms:
            self.cursor_item.point_at(at_ms)
            self.pointed.emit(self.cursor_item.words())

    def dispose(self) -> None:
        """Take it apart here and now: what is left to the garbage collector may be freed on another thread."""
        if not self._is_alive:
            return
        self._is_alive = False
        self._described.stop()
        self._theme.changed.disconnect(self._on_theme)
        self.box.sigXRangeChanged.disconnect(self._on_range)
        self.box.sigRangeChangedManually.disconnect(self._on_moved)
        self.layer.content = Content()
        self.hide()  # not `close`: what pyqtgraph clears there, Qt frees with the view
        self.setParent(None)
        self.deleteLater()

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give everything its place."""
        super().resizeEvent(event)
        if getattr(self, "frame", None) is not None and self._is_alive:
            self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values under the pointer, and say what an alert's shape there stands for."""
        super().mouseMoveEvent(event)
        self._point(event.position())
        mark = self.mark_near(event.position())
        words = mark.words if mark is not None else ""
        if words != self._tip:
            self._tip = words
            set_tip(self, words)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        if self._is_alive:
            self.point_at(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Everything again."""
        self.reset()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, Home shows everything, Ctrl with arrows reads values."""
        key, is_reading = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        direction = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        if direction and is_reading:
            self._step_cursor(direction)
        elif direction:
            self._pan(direction * _PAN)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Home:
            self.reset()
        elif key == Qt.Key.Key_Escape and self.cursor_item.at_ms is not None:
            self.point_at(None)
        else:
            event.ignore()

    def mark_near(self, at: QPointF) -> AlertMark | None:
        """The alert under a pixel of the chart."""
        spot = at - self.frame.places.plot.topLeft()
        for mark in reversed(self.layer.content.marks):
            if self.layer.mark_rect(mark).adjusted(-_NEAR / 2, -_NEAR, _NEAR / 2, _NEAR).contains(spot):
                return mark
        return None

    def drawBackground(self, painter: QPainter, rect: object) -> None:
        """The pane's surface."""
        painter.fillRect(rect, QColor(self.layer.look.palette.pane))  # type: ignore[call-overload]

    # -- inside

    def _look_at(self, start_ms: float, end_ms: float) -> None:
        if self.in_sight == (start_ms, end_ms):
            self._lay_out()
        else:
            self.box.setXRange(start_ms, end_ms, padding=0)

    def _lay_out(self) -> None:
        """Value range, places, and what follows from them."""
        if self._waits:
            return
        content = self.layer.content
        start, end = self.in_sight
        low, high = self._value_range(start, end)
        height = float(self.height())
        content.ticks = value_ticks(low, high, content.unit, 5 if height > 220 else 4 if height > 130 else 2)
        places = self.frame.arrange(float(self.width()), height)
        plot = places.plot
        self.box.setGeometry(plot)
        self.layer.show_content(content, Window(start, end, low, high, plot.width(), plot.height()))
        self.cursor_item.point_at(self.cursor_item.at_ms)
        if self.isVisible() and not self._described.isActive():
            self._described.start()

    def _value_range(self, start: float, end: float) -> tuple[float, float]:
        """From zero to a little above the highest value, with the next limit in sight where it is near."""
        content = self.layer.content
        found = extent(content.curves, start, end)
        low, high = found if found is not None else (0.0, 0.0)
        low = min(0.0, low)
        if content.unit is Unit.PERCENT and high <= 100:
            return low, 104.0
        limit = content.threshold
        if limit is not None and not limit.is_low_bad and limit.caution > 0:
            if high >= 0.3 * limit.caution:
                high = max(high, limit.caution * 1.25)
            if high > limit.caution * 1.25 and high >= 0.5 * limit.critical:
                high = max(high, limit.critical * 1.15)
        if high - low <= 0:
            high = low + (60_000.0 if content.unit is Unit.MS else 4.0)
        room = (high - low) * 0.08
        return (low - room if low < 0 else low), _quiet(high + room)

    def _apply_colours(self) -> None:
        self.layer.look.palette = self._fixed_palette or self._theme.palette
        self.resetCachedContent()
        self.frame.update()
        self.layer.update()
        self.viewport().update()

    @Slot()
    def _on_theme(self) -> None:
        if self._is_alive:
            self._apply_colours()

    def _on_range(self, *_range: object) -> None:
        if self._is_alive:
            self._lay_out()

    def _on_moved(self, *_what: object) -> None:
        start, end = self.in_sight
        self._is_home = abs(start - self._home[0]) < 1 and abs(end - self._home[1]) < 1
        self.range_changed.emit(start, end)

    def _point(self, at: QPointF) -> None:
        plot = self.frame.places.plot
        inside = plot.contains(at) and bool(self.layer.content.curves)
        self.point_at(self.layer.window.at(at.x() - plot.left()) if inside else None)

    def _step_cursor(self, direction: int) -> None:
        start, end = self.in_sight
        at = self.cursor_item.at_ms if self.cursor_item.at_ms is not None else end
        self.point_at(min(max(start, at + direction * (end - start) / 60), end))

    def _pan(self, part: float) -> None:
        start, end = self.in_sight
        move = (end - start) * part
        move = max(self._home[0] - start, min(move, self._home[1] - end))
        self._move_to(start + move, end + move)

    def _zoom(self, factor: float) -> None:
        start, end = self.in_sight
        middle = self.cursor_item.at_ms if self.cursor_item.at_ms is not None else (start + end) / 2
        first, last = self._home
        length = min(max((end - start) * factor, min(_SHORTEST_MS, last - first)), last - first)
        new = max(first, min(middle - length * (middle - start) / max(1.0, end - start), last - length))
        self._move_to(new, new + length)

    def _move_to(self, start: float, end: float) -> None:
        self.box.setXRange(start, end, padding=0)
        self._on_moved()


def _quiet(high: float) -> float:
    """The next figure of two digits, so that the scale does not move with every poll."""
    if high <= 0:
        return high
    part = 10.0 ** (math.floor(math.log10(high)) - 1)
    return math.ceil(high / part) * part
