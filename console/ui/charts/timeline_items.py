"""What a chart over time is drawn of: the plot with its curves, and the cursor above it. In the plot's own pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from console.domain.clock import to_datetime
from console.domain.thresholds import Level, Threshold
from console.domain.values import Unit
from console.ui.charts.curves import AlertMark, Curve, Numbers, Window, since, stairs, value_at
from console.ui.charts.words import length_text, tick_text, value_text
from console.ui.text import level_word, tr
from console.ui.theme import Palette, level_shape, paint_shape

_BAND: Final = 26  # of 255: a tenth
_EDGE: Final = 90
MARK: Final = 11.0  # px of an alert's shape
_PAD: Final = 8.0
_SWATCH: Final = 14.0
_FEW: Final = 8  # curves that are drawn thicker on fine screens
_AGE: Final = 60_000.0  # ms a value has stood before it is said


@dataclass(slots=True)
class Look:
    """Everything the painting needs beside the data; replaced as a whole.

    Attributes:
        thickness: px of a curve's line.
        is_picture: drawn for a file: any width of pen, finer columns.
    """

    palette: Palette
    font: QFont
    small: QFont
    zone: tzinfo
    thickness: int = 1
    is_picture: bool = False


@dataclass(slots=True)
class Content:
    """What is drawn."""

    curves: tuple[Curve, ...] = ()
    unit: Unit = Unit.COUNT
    threshold: Threshold | None = None
    marks: tuple[AlertMark, ...] = ()
    metric: str = ""
    ticks: list[float] = field(default_factory=list)


def curve_pen(curve: Curve, palette: Palette, width: float = 1.0) -> QPen:
    """The pen of a curve; dashed where the colours have run out."""
    colours = palette.series
    pen = QPen(QColor(palette.scroll_hover if curve.is_behind else colours[curve.colour % len(colours)]), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if not curve.is_behind and (curve.colour // len(colours)) % 2:
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def polygon(points: Numbers) -> QPolygonF:
    """An (n, 2) array as a polygon, copied at once and not point by point."""
    shape = pg.functions.create_qpolygonf(len(points))
    pg.functions.ndarray_from_qpolygonf(shape)[:] = points
    return shape  # type: ignore[no-any-return]


class PlotLayer(pg.GraphicsObject):  # type: ignore[misc]
    """Bands, hairlines, curves and alert marks. Polygons are kept until data, range or size are others."""

    def __init__(self, parent: pg.ViewBox, look: Look) -> None:
        super().__init__(parent)
        self.look = look
        self.content = Content()
        self.window = Window(0.0, 1.0, 0.0, 1.0, 1.0, 1.0)
        self._lines: list[tuple[Curve, list[QPolygonF]]] | None = None

    def show_content(self, content: Content, window: Window) -> None:
        """Draw something else."""
        if (window.width, window.height) != (self.window.width, self.window.height):
            self.prepareGeometryChange()
        self.content, self.window = content, window
        self._lines = None
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole plot."""
        return QRectF(0, 0, self.window.width, self.window.height)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None = None, _widget: QWidget | None = None
    ) -> None:
        """Paint from back to front."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_bands(painter)
        self._paint_hairlines(painter)
        self._paint_curves(painter)
        self._paint_band_words(painter)
        for mark in self.content.marks:
            x = self.window.x(mark.at_ms)
            if -MARK <= x <= self.window.width + MARK:
                paint_shape(painter, self.mark_rect(mark), level_shape(mark.level), self.look.palette.level(mark.level))

    def mark_rect(self, mark: AlertMark) -> QRectF:
        """Where an alert stands on the time axis."""
        return QRectF(self.window.x(mark.at_ms) - MARK / 2, self.window.height - MARK - 1, MARK, MARK)

    def lines(self) -> list[tuple[Curve, list[QPolygonF]]]:
        """The polygons of each curve, those behind first."""
        if self._lines is None:
            column = 0.25 if self.look.is_picture else 1.0
            ordered = sorted(self.content.curves, key=lambda curve: not curve.is_behind)
            self._lines = [(c, [polygon(p) for p in stairs(c, self.window, column)]) for c in ordered]
        return self._lines

    # -- inside

    def _bands(self) -> list[tuple[Level, float, float]]:
        """Level, top and bottom in pixels, as far as they are in sight."""
        threshold, window = self.content.threshold, self.window
        if threshold is None:
            return []
        caution, critical = window.y(threshold.caution), window.y(threshold.critical)
        if threshold.is_low_bad:
            found = [(Level.CAUTION, caution, critical), (Level.CRITICAL, critical, window.height)]
        else:
            found = [(Level.CAUTION, critical, caution), (Level.CRITICAL, 0.0, critical)]
        cut = [(level, max(0.0, top), min(window.height, bottom)) for level, top, bottom in found]
        return [(level, top, bottom) for level, top, bottom in cut if bottom - top >= 1]

    def _paint_bands(self, painter: QPainter) -> None:
        is_low_bad = self.content.threshold is not None and self.content.threshold.is_low_bad
        for level, top, bottom in self._bands():
            colour = QColor(self.look.palette.level(level).fill)
            colour.setAlpha(_BAND)
            painter.fillRect(QRectF(0, top, self.window.width, bottom - top), colour)
            colour.setAlpha(_EDGE)
            edge = top if is_low_bad else bottom - 1
            painter.fillRect(QRectF(0, edge, self.window.width, 1), colour)

    def _paint_band_words(self, painter: QPainter) -> None:
        """Shape, word and limit, inside the band at its edge; beside each other where there is no room above."""
        threshold = self.content.threshold
        metrics = QFontMetricsF(self.look.small)
        height, x, former = metrics.height(), 6.0, -1000.0
        painter.setFont(self.look.small)
        for level, top, bottom in self._bands():
            assert threshold is not None
            limit = threshold.caution if level is Level.CAUTION else threshold.critical
            text = f"{level_word(level)} {tick_text(limit, self.content.unit)}"
            y = top + 2 if threshold.is_low_bad else bottom - height - 3
            y = min(max(0.0, y), self.window.height - height)
            if abs(y - former) < height:
                x += 24 + metrics.horizontalAdvance(text)
            former = y
            mark = self.look.palette.level(level)
            paint_shape(painter, QRectF(x, y + (height - 9) / 2, 9, 9), level_shape(level), mark)
            painter.setPen(QColor(self.look.palette.muted))
            painter.drawText(QPointF(x + 13, y + metrics.ascent()), text)

    def _paint_hairlines(self, painter: QPainter) -> None:
        colour = QColor(self.look.palette.hairline)
        for value in self.content.ticks:
            y = min(round(self.window.y(value)), int(self.window.height) - 1)
            painter.fillRect(QRectF(0, y, self.window.width, 1), colour)

    def _paint_curves(self, painter: QPainter) -> None:
        look, lines = self.look, self.lines()
        scale = max(1.0, painter.device().devicePixelRatioF())
        # wide pens cost a multiple of thin ones drawn twice; the more curves, the thinner
        passes = 1 if look.is_picture else round(look.thickness * (scale if len(lines) <= _FEW else 1.0))
        for curve, shapes in lines:
            pen = curve_pen(curve, look.palette, 1.5 if look.is_picture else 1.0)
            pen.setCosmetic(not look.is_picture)
            painter.setPen(pen)
            for number in range(1 if curve.is_behind else max(1, passes)):
                painter.translate(number / scale, number / scale)
                for shape in shapes:
                    painter.drawPolyline(shape)
                painter.translate(-number / scale, -number / scale)


class Cursor(pg.GraphicsObject):  # type: ignore[misc]
    """A vertical line with the exact values of all curves at a moment."""

    def __init__(self, parent: pg.ViewBox, layer: PlotLayer) -> None:
        super().__init__(parent)
        self._layer = layer
        self._rect = QRectF()
        self.at_ms: float | None = None
        self.setZValue(10)

    def point_at(self, at_ms: float | None) -> None:
        """Show a moment; None for none."""
        rect = self._layer.boundingRect()
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
        if at_ms != self.at_ms:
            self.at_ms = at_ms
            self.update()

    def boundingRect(self) -> QRectF:
        """The whole plot: the words stand where there is room."""
        return self._rect

    def rows(self) -> list[tuple[Curve, str]]:
        """Each curve's value at the moment, in words."""
        content, at = self._layer.content, self.at_ms
        found = []
        for curve in content.curves if at is not None else ():
            assert at is not None
            value, begun = value_at(curve, at), since(curve, at)
            text = tr("no data") if value != value else value_text(value, content.unit)
            if at - begun >= _AGE and math.isfinite(begun):
                text = tr("{value}, for {length}", value=text, length=length_text(at - begun))
            found.append((curve, text))
        return found

    def words(self) -> str:
        """The same as one line."""
        if self.at_ms is None:
            return ""
        parts = [f"{curve.name} {text}" for curve, text in self.rows()]
        return f"{self._moment()}: {';  '.join(parts)}"

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None = None, _widget: QWidget | None = None
    ) -> None:
        """Paint line, dots and words."""
        if self.at_ms is None:
            return
        look, window = self._layer.look, self._layer.window
        x = window.x(self.at_ms)
        painter.fillRect(QRectF(round(x), 0, 1, window.height), QColor(look.palette.muted))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.palette.pane), 1.5))
        rows = self.rows()
        for curve, _text in rows:
            value = value_at(curve, self.at_ms)
            if value == value:
                painter.setBrush(curve_pen(curve, look.palette).color())
                painter.drawEllipse(QPointF(round(x) + 0.5, window.y(value)), 4, 4)
        self._paint_words(painter, x, rows)

    def _moment(self) -> str:
        return f"{to_datetime(self.at_ms or 0.0).astimezone(self._layer.look.zone):%H:%M:%S}"

    def _paint_words(self, painter: QPainter, x: float, rows: list[tuple[Curve, str]]) -> None:
        look, window = self._layer.look, self._layer.window
        metrics = QFontMetricsF(look.small)
        height = metrics.height() + 2
        room = max(1, int((window.height - 4 * _PAD) / height) - 1)
        hidden = len(rows) - room
        if hidden > 0:
            rows = rows[: room - 1]
        names = [metrics.elidedText(curve.name, Qt.TextElideMode.ElideMiddle, 170) for curve, _ in rows]
        name_width = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        text_width = max((metrics.horizontalAdvance(text) for _, text in rows), default=0.0)
        width = max(2 * _PAD + _SWATCH + name_width + 14 + text_width, metrics.horizontalAdvance("00:00:00") + 2 * _PAD)
        lines = len(rows) + 1 + (1 if hidden > 0 else 0)
        left = x + 12 if x + 12 + width <= window.width else x - 12 - width
        box = QRectF(max(0.0, left), _PAD, width, lines * height + 2 * _PAD - 4)
        painter.setPen(QPen(QColor(look.palette.outline), 1))
        painter.setBrush(QColor(look.palette.raised))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(look.small)
        y = box.top() + _PAD - 2
        painter.setPen(QColor(look.palette.muted))
        painter.drawText(QPointF(box.left() + _PAD, y + metrics.ascent()), self._moment())
        for name, (curve, text) in zip(names, rows, strict=True):
            y += height
            paint_swatch(painter, QPointF(box.left() + _PAD, y + height / 2 - 1), curve, look.palette)
            painter.setPen(QColor(look.palette.muted))
            painter.drawText(QPointF(box.left() + _PAD + _SWATCH, y + metrics.ascent()), name)
            painter.setPen(QColor(look.palette.text))
            right = box.right() - _PAD - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(right, y + metrics.ascent()), text)
        if hidden > 0:
            y += height
            painter.setPen(QColor(look.palette.muted))
            more = tr("and {n} more", n=hidden + 1)
            painter.drawText(QPointF(box.left() + _PAD, y + metrics.ascent()), more)


def paint_swatch(painter: QPainter, at: QPointF, curve: Curve, palette: Palette) -> None:
    """A piece of a curve's line, 10 px long."""
    pen = curve_pen(curve, palette, 2.5)
    if pen.style() is Qt.PenStyle.DashLine:
        pen.setDashPattern([1.6, 0.8])
    painter.setPen(pen)
    painter.drawLine(at, at + QPointF(10, 0))
