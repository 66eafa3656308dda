"""A chart as a PNG or SVG file: always light, with its title and what it shows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsView

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.whole_file import whole_file
from console.ui.charts.canvas import ChartCanvas
from console.ui.charts.data import ChartData
from console.ui.charts.timeline import TimelineChart
from console.ui.theme import LIGHT, Theme, Type

_SIZE = QSize(1200, 720)
_HEAD, _EDGE = 76, 16


def write_picture(data: ChartData, path: Path, title: str, sentence: str, theme: Theme) -> None:
    """Write a picture, whole or not at all; ``.svg`` gives lines, everything else pixels. The file may be replaced.

    Raises:
        UserError: it cannot be written.
    """
    canvas = ChartCanvas(data, LIGHT, theme.font(Type.SMALL))
    canvas.resize(_SIZE.width() - 2 * _EDGE, _SIZE.height() - _HEAD - _EDGE)
    canvas.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    canvas.show()
    canvas.reset()
    try:
        save_view(canvas, path, title, sentence, theme)
    finally:
        canvas.dispose()


def write_timeline(chart: TimelineChart, path: Path, title: str, theme: Theme) -> None:
    """Write what a chart over time shows, likewise; its sentence stands below the title.

    Raises:
        UserError: it cannot be written.
    """
    look = chart.layer.look
    copy = TimelineChart(theme, zone=look.zone, zone_name=chart.frame.zone_name, palette=LIGHT)
    copy.resize(_SIZE.width() - 2 * _EDGE, _SIZE.height() - _HEAD - _EDGE)
    copy.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    copy.show()
    try:
        copy.set_range(*chart.in_sight)
        content = chart.content
        copy.set_series(
            content.curves,
            unit=content.unit,
            metric=content.metric,
            threshold=content.threshold,
            marks=content.marks,
        )
        save_view(copy, path, title, chart.summary(), theme)
    finally:
        copy.dispose()


def save_view(canvas: QGraphicsView, path: Path, title: str, sentence: str, theme: Theme) -> None:
    """Write a drawn chart with its title and sentence.

    Raises:
        UserError: it cannot be written.
    """
    with whole_file(path, replace=True) as file:
        if path.suffix.lower() == ".svg":
            _svg(canvas, file, title, sentence, theme)
        else:
            _png(canvas, file, title, sentence, theme)


def _png(canvas: QGraphicsView, file: Path, title: str, sentence: str, theme: Theme) -> None:
    image = QImage(_SIZE * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    painter = QPainter(image)
    _paint(painter, canvas, title, sentence, theme)
    painter.end()
    if not image.save(str(file), "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, the method text
        raise UserError(message("io.write", path=str(file.name), reason="the picture could not be encoded"))


def _svg(canvas: QGraphicsView, file: Path, title: str, sentence: str, theme: Theme) -> None:
    from PySide6.QtSvg import QSvgGenerator

    generator = QSvgGenerator()
    generator.setFileName(str(file))
    generator.setSize(_SIZE)
    generator.setViewBox(QRect(0, 0, _SIZE.width(), _SIZE.height()))
    generator.setTitle(title)
    generator.setDescription(sentence)
    painter = QPainter(generator)
    _paint(painter, canvas, title, sentence, theme)
    painter.end()


def _paint(painter: QPainter, canvas: QGraphicsView, title: str, sentence: str, theme: Theme) -> None:
    width = _SIZE.width() - 2 * _EDGE
    painter.fillRect(QRect(0, 0, _SIZE.width(), _SIZE.height()), QColor(LIGHT.pane))
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(theme.font(Type.TITLE, bold=True))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRect(_EDGE, 10, width, 30), flags, title)
    painter.setPen(QColor(LIGHT.muted))
    painter.setFont(theme.font(Type.SMALL))
    painter.drawText(QRect(_EDGE, 40, width, 30), flags | int(Qt.TextFlag.TextWordWrap), sentence)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    target = QRectF(_EDGE, _HEAD, width, _SIZE.height() - _HEAD - _EDGE)
    canvas.render(painter, target, canvas.viewport().rect())
