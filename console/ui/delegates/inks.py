"""Colours, fonts and measured texts of one theme, made once and shared by all cells."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPixmap, QStaticText, QTransform

from console.domain.enums import AgentStatus
from console.ui.theme import Mark, Shape, Theme, Type, paint_shape

_REMEMBERED = 4096
_LAID_OUT = 1000  # a laid-out text weighs some kilobytes; a screen shows some hundreds
_ONE_FONT = "\u2026"  # our font has the letters of Europe and the punctuation up to the ellipsis
_UNTURNED = QTransform()


class Inks:
    """What painting needs of a theme. Make a new one after `Theme.changed`."""

    def __init__(self, theme: Theme) -> None:
        palette = theme.palette
        self.palette = palette
        self.text = QColor(palette.text)
        self.muted = QColor(palette.muted)
        self.hairline = QColor(palette.hairline)
        self.hover = QColor(palette.hover)
        self.selection = QColor(palette.selection)
        self.accent = QColor(palette.accent)
        self.track = QColor(palette.track)
        self.pane = QColor(palette.pane)
        self.outline = QColor(palette.outline)
        self.font = theme.font()
        self.bold = theme.font(bold=True)
        self.italic = theme.font(italic=True)
        self.caption = theme.font(Type.CAPTION)
        self.metrics = QFontMetrics(self.font)
        self.bold_metrics = QFontMetrics(self.bold)
        self.italic_metrics = QFontMetrics(self.italic)
        self.caption_metrics = QFontMetrics(self.caption)
        self.ascent = self.metrics.ascent()
        self.height = self.metrics.height()
        self.staffing = tuple(
            QColor(palette.state(status).fill)
            for status in (
                AgentStatus.AVAILABLE,
                AgentStatus.ON_CALL,
                AgentStatus.PAUSED,
                AgentStatus.LOGGED_OFF,
            )
        )
        self._elided: dict[tuple[str, int, int], str] = {}
        self._widths: dict[tuple[str, int], int] = {}
        self._laid_out: dict[tuple[str, int], tuple[QStaticText, float]] = {}
        self._shapes: dict[tuple[Shape, Mark, float, float, float, float], QPixmap] = {}

    def width(self, text: str, metrics: QFontMetrics) -> int:
        """The width of a text, remembered."""
        key = (text, id(metrics))
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > _REMEMBERED:
                self._widths.clear()
            found = self._widths[key] = metrics.horizontalAdvance(text)
        return found

    def elided(
        self, text: str, metrics: QFontMetrics, room: int, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> str:
        """The text as far as it fits, remembered."""
        if self.width(text, metrics) <= room:
            return text
        key = (text, id(metrics), room)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > _REMEMBERED:
                self._elided.clear()
            found = self._elided[key] = metrics.elidedText(text, mode, max(0, room))
        return found

    def draw(self, painter: QPainter, x: int, baseline: int, text: str, font: QFont) -> None:
        """Draw a text with the pen that is set. Laying it out is most of the work, so that is done once per text.

        `font` must be one of these inks' own: it is remembered by identity.
        """
        painter.setFont(font)
        if not text.isascii() and max(text) > _ONE_FONT:  # another font's line may be higher and stand elsewhere
            painter.drawText(x, baseline, text)
            return
        key = (text, id(font))
        found = self._laid_out.get(key)
        if found is None:
            if len(self._laid_out) > _LAID_OUT:
                self._laid_out.clear()
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.prepare(_UNTURNED, font)
            found = self._laid_out[key] = (laid_out, QFontMetricsF(font).ascent())
        painter.drawStaticText(x, round(baseline - found[1]), found[0])

    def draw_shape(self, painter: QPainter, square: QRectF, shape: Shape, mark: Mark) -> None:
        """Paint a shape as `paint_shape` does, from a picture of it that is made once for each place between pixels."""
        left, top = math.floor(square.x()), math.floor(square.y())
        scale = painter.device().devicePixelRatioF()
        key = (shape, mark, square.width(), square.x() - left, square.y() - top, scale)
        found = self._shapes.get(key)
        if found is None:
            if len(self._shapes) > _REMEMBERED:
                self._shapes.clear()
            side = math.ceil(square.width()) + 2
            found = QPixmap(QSize(side, side) * scale)
            found.setDevicePixelRatio(scale)
            found.fill(Qt.GlobalColor.transparent)
            on_picture = QPainter(found)
            paint_shape(on_picture, square.translated(-left, -top), shape, mark)
            on_picture.end()
            self._shapes[key] = found
        painter.drawPixmap(left, top, found)
