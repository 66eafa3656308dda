"""What stands around the plot: labels of both axes, and the curves' names, beside their ends or as a legend below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from console.ui.charts.curves import Curve, value_at
from console.ui.charts.timeline_items import PlotLayer, curve_pen, paint_swatch
from console.ui.charts.words import moment_text, tick_text, time_ticks
from console.ui.text import plural

_TOP: Final = 10.0
_GAP: Final = 8.0
_SWATCH: Final = 15.0
_NAME: Final = 150.0  # px of a name at most
_DIRECT: Final = 12  # names beside their curves' ends at most
_ROWS: Final = 7  # of a legend at most
_SHARE: Final = 0.3  # of the height for it at most
_LEGEND_NAME: Final = 220.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where what stands; `is_direct`: names beside the curves' ends."""

    plot: QRectF
    is_direct: bool
    legend: QRectF


class Frame(pg.GraphicsObject):  # type: ignore[misc]
    """Paints all that is outside the plot."""

    def __init__(self, layer: PlotLayer) -> None:
        super().__init__()
        self._layer = layer
        self._size = QRectF(0, 0, 1, 1)
        self.places = Places(QRectF(0, 0, 1, 1), False, QRectF())
        self.zone_name = ""
        self.least_left = 0.0
        self.wanted_left = 0.0
        self._most_rows = 1
        self.setZValue(-5)

    def arrange(self, width: float, height: float) -> Places:
        """Give everything its place in a size."""
        size = QRectF(0, 0, width, height)
        if size != self._size:
            self.prepareGeometryChange()
            self._size = size
        content = self._layer.content
        metrics = QFontMetricsF(self._layer.look.small)
        line = metrics.height()
        distance = abs(content.ticks[1] - content.ticks[0]) if len(content.ticks) > 1 else 1.0
        texts = [tick_text(value, content.unit, distance) for value in content.ticks]
        self.wanted_left = max((metrics.horizontalAdvance(text) for text in texts), default=10.0) + 2 * _GAP
        left = max(self.wanted_left, self.least_left)
        bottom = line + _GAP
        names = self._names()
        right, legend_height = 16.0, 0.0
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        is_direct = (
            0 < len(names) <= _DIRECT
            and (line + 1) * len(names) <= height - bottom - _TOP
            and width >= 420
            and (len(names) > 1 or width >= 560)
        )
        if is_direct:
            right = min(widest, max(_NAME, width * 0.2)) + _SWATCH + 3 * _GAP
        elif names:
            self._most_rows = max(1, min(_ROWS, int(height * _SHARE / (line + 3))))
            legend_height = min(self._most_rows, len(self._legend_rows(width - left - _GAP))) * (line + 3) + _GAP
        plot = QRectF(left, _TOP, max(20.0, width - left - right), max(20.0, height - _TOP - bottom - legend_height))
        legend = QRectF(left, height - legend_height + _GAP / 2, width - left - _GAP, legend_height)
        self.places = Places(plot, is_direct, legend)
        self.update()
        return self.places

    def boundingRect(self) -> QRectF:
        """The whole chart."""
        return self._size

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None = None, _widget: QWidget | None = None
    ) -> None:
        """Paint labels and names."""
        painter.setFont(self._layer.look.small)
        self._paint_values(painter)
        self._paint_times(painter)
        if self.places.is_direct:
            self._paint_names(painter)
        else:
            self._paint_legend(painter)

    # -- inside

    def _names(self) -> list[str]:
        return [curve.name for curve in self._layer.content.curves]

    def _paint_values(self, painter: QPainter) -> None:
        look, content, plot = self._layer.look, self._layer.content, self.places.plot
        metrics = QFontMetricsF(look.small)
        distance = abs(content.ticks[1] - content.ticks[0]) if len(content.ticks) > 1 else 1.0
        painter.setPen(QColor(look.palette.muted))
        for value in content.ticks:
            text = tick_text(value, content.unit, distance)
            y = plot.top() + self._layer.window.y(value) + metrics.ascent() / 2 - 1
            painter.drawText(QPointF(plot.left() - _GAP - metrics.horizontalAdvance(text), y), text)

    def _paint_times(self, painter: QPainter) -> None:
        look, window, plot = self._layer.look, self._layer.window, self.places.plot
        metrics = QFontMetricsF(look.small)
        most = max(2, int(plot.width() // (metrics.horizontalAdvance("00:00:00") + 28)))
        ticks, distance = time_ticks(window.start_ms, window.end_ms, most, look.zone)
        baseline = plot.bottom() + metrics.ascent() + 5
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), QColor(look.palette.outline))
        free = self._size.right()
        if self.zone_name:
            width = metrics.horizontalAdvance(self.zone_name)
            if self._size.right() - width - _GAP > plot.right() + 24:
                painter.setPen(QColor(look.palette.muted))
                painter.drawText(QPointF(self._size.right() - width - _GAP, baseline), self.zone_name)
                free -= width + 2 * _GAP
        painter.setPen(QColor(look.palette.muted))
        for at_ms in ticks:
            x = plot.left() + window.x(at_ms)
            text = moment_text(at_ms, look.zone, distance)
            half = metrics.horizontalAdvance(text) / 2
            if x - half < 2 or x + half > free:
                continue
            painter.fillRect(QRectF(round(x), plot.bottom(), 1, 4), QColor(look.palette.outline))
            painter.drawText(QPointF(x - half, baseline), text)

    def _paint_names(self, painter: QPainter) -> None:
        """Names at the height of their curves' ends, pushed apart where they would overlap."""
        look, window, plot = self._layer.look, self._layer.window, self.places.plot
        metrics = QFontMetricsF(look.small)
        line = metrics.height() + 1
        wanted: list[tuple[float, float, Curve]] = []
        for curve in self._layer.content.curves:
            end = min(window.end_ms, curve.until_ms)
            value = value_at(curve, end - 1)
            y = window.y(value) if value == value else window.height
            wanted.append((min(max(0.0, y), window.height), window.x(end) if value == value else -1.0, curve))
        wanted.sort(key=lambda each: each[0])
        tops = spread([y - line / 2 for y, _, _ in wanted], line, plot.height() + 2)
        for top, (y, x, curve) in zip(tops, wanted, strict=True):
            middle = plot.top() + top + line / 2
            start = QPointF(plot.right() + 14, middle)
            if x >= window.width - 2:
                painter.setPen(QPen(curve_pen(curve, look.palette).color(), 1))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawLine(QPointF(plot.right() + 2, plot.top() + y), start)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            paint_swatch(painter, start, curve, look.palette)
            room = self._size.right() - start.x() - _SWATCH - _GAP / 2
            name = metrics.elidedText(curve.name, Qt.TextElideMode.ElideMiddle, room)
            painter.setPen(QColor(look.palette.muted if curve.is_behind else look.palette.text))
            painter.drawText(QPointF(start.x() + _SWATCH, middle + metrics.ascent() / 2 - 1), name)

    def _legend_rows(self, width: float) -> list[list[tuple[float, Curve, str]]]:
        metrics = QFontMetricsF(self._layer.look.small)
        rows: list[list[tuple[float, Curve, str]]] = [[]]
        x = 0.0
        for curve in self._layer.content.curves:
            name = metrics.elidedText(curve.name, Qt.TextElideMode.ElideMiddle, _LEGEND_NAME)
            needed = _SWATCH + metrics.horizontalAdvance(name) + 2 * _GAP
            if x + needed > width and rows[-1]:
                rows.append([])
                x = 0.0
            rows[-1].append((x, curve, name))
            x += needed
        return rows

    def _paint_legend(self, painter: QPainter) -> None:
        look, place = self._layer.look, self.places.legend
        metrics = QFontMetricsF(look.small)
        rows = self._legend_rows(place.width())
        line = metrics.height() + 3
        most = self._most_rows
        for number, row in enumerate(rows[:most]):
            y = place.top() + number * line
            hidden = sum(len(rest) for rest in rows[most:]) if number == most - 1 else 0
            for at, (x, curve, name) in enumerate(row):
                if hidden and at == len(row) - 1 and at:
                    painter.setPen(QColor(look.palette.muted))
                    more = plural("and {n} more", "and {n} more", hidden + 1)
                    painter.drawText(QPointF(place.left() + x, y + metrics.ascent()), more)
                    continue
                paint_swatch(painter, QPointF(place.left() + x, y + metrics.height() / 2), curve, look.palette)
                painter.setPen(QColor(look.palette.muted if curve.is_behind else look.palette.text))
                painter.drawText(QPointF(place.left() + x + _SWATCH, y + metrics.ascent()), name)


def spread(wanted: list[float], distance: float, room: float) -> list[float]:
    """Places for labels of one height, ascending, as near to the wanted ones as they fit without overlapping."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + distance) if places else max(place, -distance / 2))
    limit = room - distance
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], limit)
        limit = places[number] - distance
    return places
