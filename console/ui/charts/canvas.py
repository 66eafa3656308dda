"""The drawn chart: bars by category or a line by time, in a palette's colours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

from console.domain.text import safe_text
from console.reports.columns import ColumnKind
from console.ui.charts.base import Plot
from console.ui.charts.data import ChartData, Point
from console.ui.charts.scales import exact, step, tick_text
from console.ui.text import plural, tr
from console.ui.theme import Palette

_LABEL = 210  # px of a category's name
_SYMBOLS = 400  # points up to which each is marked; a lone one between two gaps would not be seen otherwise
_LEAST_BAR = 20  # px from bar to bar
_BAR = 0.66  # of the distance between bars


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Round figures in the form of their kind."""

    def __init__(self, side: str, kind: ColumnKind, unit: str) -> None:
        super().__init__(side)
        self._kind, self._unit = kind, unit
        self.enableAutoSIPrefix(False)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Three to five ticks."""
        return [(step(low, high, self._kind, 4 if size > 260 else 3), 0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Their texts."""
        return [tick_text(value, self._kind, spacing, self._unit) for value in values]


class NameAxis(pg.AxisItem):  # type: ignore[misc]
    """The categories' names, as wide as they need."""

    def __init__(self, names: list[str], font: QFont) -> None:
        super().__init__("left")
        self.setTicks([list(enumerate(names))])
        metrics = QFontMetrics(font)
        self.setWidth(max((metrics.horizontalAdvance(name) for name in names), default=0) + 16)


class ChartCanvas(Plot):
    """One chart; make a new one for other data.

    Signals:
        pointed: what is under the pointer, in words; empty for nothing.
    """

    pointed = Signal(str)

    def __init__(self, data: ChartData, palette: Palette, font: QFont, parent: QWidget | None = None) -> None:
        self._data = data
        self._palette = palette
        self._font = font
        self._points = data.points
        self._is_ready = False
        left, bottom = self._axes()
        super().__init__(QColor(palette.pane), left, bottom, (8, 8, 16, 4), parent)
        for axis in (left, bottom):
            is_name = isinstance(axis, NameAxis)
            axis.setPen(QColor(palette.hairline))
            axis.setTextPen(QColor(palette.text if is_name else palette.muted))
            axis.setTickPen(QColor(palette.hairline))
            axis.setStyle(tickFont=font, tickLength=0 if is_name else 4, tickTextOffset=6, hideOverlappingLabels=False)
            axis.setGrid(255 if isinstance(axis, ValueAxis) else False)
        (self._draw_line if data.is_line else self._draw_bars)()
        self._is_ready = True
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.reset()

    def reset(self) -> None:
        """Show everything again."""
        low, high = self._value_range()
        if self._data.is_line:
            times = [_stamp(point.at) for point in self._points if point.at is not None]
            first, last = min(times, default=0.0), max(times, default=1.0)
            room = (last - first) * 0.02 or 3600.0
            self.box.setXRange(first - room, last + room, padding=0)
            self.box.setYRange(low, high, padding=0)
        else:
            self.box.setXRange(low, high, padding=0)
            self.box.setYRange(-0.7, max(len(self._points) - 0.3, 5.3), padding=0)

    def dispose(self) -> None:
        """Free it, soon."""
        self._is_ready = False
        super().dispose()

    def readout(self, place: int) -> str:
        """A point in words."""
        point, data = self._points[place], self._data
        rows = plural("{n} row", "{n} rows", point.rows)
        figure = exact(point.value, data.kind, data.unit) if point.value is not None else tr("no value")
        return f"{name_of(point, data)}: {figure}  ({rows})"

    # -- drawing

    def _axes(self) -> tuple[pg.AxisItem, pg.AxisItem]:
        """What stands on the left and below."""
        data = self._data
        if data.is_line:
            axis = pg.DateAxisItem("bottom", utcOffset=0)  # the site's wall clock, whatever the computer's zone
            return ValueAxis("left", data.kind, data.unit), axis
        metrics = QFontMetrics(self._font)
        mode = Qt.TextElideMode.ElideMiddle
        names = [metrics.elidedText(name_of(point, data), mode, _LABEL) for point in self._points]
        return NameAxis(names, self._font), ValueAxis("bottom", data.kind, data.unit)

    def _draw_bars(self) -> None:
        plain, rest = QColor(self._palette.primary), QColor(self._palette.off.fill)
        places = np.arange(len(self._points), dtype=float)
        values = np.array([point.value or 0.0 for point in self._points])
        brushes = [rest if point.is_rest else plain for point in self._points]
        self.box.addItem(
            pg.BarGraphItem(x0=np.zeros(len(values)), y=places, width=values, height=_BAR, brushes=brushes, pen=None)
        )
        for place, point in enumerate(self._points):
            text = exact(point.value, self._data.kind, self._data.unit) if point.value is not None else tr("no value")
            label = pg.TextItem(text, color=QColor(self._palette.text), anchor=(0.0, 0.5))
            label.setFont(self._font)
            label.setPos(max(0.0, point.value or 0.0), place)
            self.box.addItem(label, ignoreBounds=True)
        self.box.invertY(True)
        self.box.setMouseEnabled(x=False, y=False)  # the page scrolls instead
        self.setMinimumHeight(len(self._points) * _LEAST_BAR + 60)

    def _draw_line(self) -> None:
        times = np.array([_stamp(point.at) for point in self._points], dtype=float)
        values = np.array([np.nan if point.value is None else point.value for point in self._points])
        few = len(values) <= _SYMBOLS
        colour = QColor(self._palette.primary)
        self.box.addItem(
            pg.PlotDataItem(
                times,
                values,
                pen=pg.mkPen(colour, width=1),
                connect="finite",
                symbol="o" if few else None,
                symbolSize=5,
                symbolBrush=colour,
                symbolPen=None,
            )
        )
        self.box.setMouseEnabled(x=True, y=False)
        finite = times[np.isfinite(times)]
        if len(finite):
            room = (finite.max() - finite.min()) * 0.1 or 7200.0
            self.box.setLimits(xMin=finite.min() - room, xMax=finite.max() + room)

    def _value_range(self) -> tuple[float, float]:
        """From zero to a little beyond the largest figure, so that its label fits."""
        values = [point.value for point in self._points if point.value is not None] or [0.0]
        low, high = min(0.0, *values), max(0.0, *values)
        if self._data.kind is ColumnKind.PERCENT and high <= 100 and self._data.is_line:
            high = max(high, 100.0)
        span = (high - low) or 1.0
        room = 0.05 if self._data.is_line else self._label_room()
        return low - span * (0.12 if low < 0 else 0.002), high + span * room

    def _label_room(self) -> float:
        """What the longest figure beside a bar needs, as a share of the bars' width."""
        metrics = QFontMetrics(self._font)
        texts = [exact(point.value, self._data.kind, self._data.unit) for point in self._points]
        longest = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 16
        width = max(self.width() - self.left.width() - 24, longest * 1.5)
        return float(longest / (width - longest))

    def resizeEvent(self, event: Any) -> None:
        """Keep room for the figures beside the bars."""
        super().resizeEvent(event)
        if self._is_ready and not self._data.is_line:
            self.reset()

    def _on_moved(self, at: QPointF) -> None:
        if not self.box.sceneBoundingRect().contains(at) or not self._points:
            self.pointed.emit("")
            return
        spot = self.box.mapSceneToView(at)
        if self._data.is_line:
            times = np.array([_stamp(p.at) if p.value is not None else np.inf for p in self._points])
            place = int(np.argmin(np.abs(times - spot.x())))
            is_near = self._points[place].value is not None
        else:
            place = round(spot.y())
            is_near = 0 <= place < len(self._points) and abs(spot.y() - place) <= 0.5
        self.pointed.emit(self.readout(place) if is_near else "")

    def leaveEvent(self, event: Any) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self.pointed.emit("")


def name_of(point: Point, data: ChartData) -> str:
    """A point's name: the rest and the nameless have words too."""
    if point.is_rest:
        return plural("{n} other", "{n} others", data.hidden) if not data.is_partial else tr("All others")
    return safe_text(point.label, 120) or tr("(empty)")


def _stamp(at: datetime | None) -> float:
    return at.replace(tzinfo=UTC).timestamp() if at is not None else float("nan")
