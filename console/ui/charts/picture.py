"""A chart as a PNG or SVG file: always light, with its title and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
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
        save_view([canvas], path, title, sentence, theme)
    finally:
        canvas.dispose()


def write_timelines(charts: Sequence[TimelineChart], path: Path, title: str, theme: Theme) -> None:
    """Write what charts over time show, below each other; their sentences stand below the title.

    Raises:
        UserError: it cannot be written.
    """
    copies = [_light_copy(chart, theme, len(charts)) for chart in charts]
    try:
        save_view(copies, path, title, " ".join(chart.summary() for chart in charts), theme)
    finally:
        for copy in copies:
            copy.dispose()


def _light_copy(chart: TimelineChart, theme: Theme, count: int) -> TimelineChart:
    copy = TimelineChart(theme, zone=chart.layer.look.zone, zone_name=chart.frame.zone_name, palette=LIGHT)
    copy.resize(_SIZE.width() - 2 * _EDGE, (_SIZE.height() - _HEAD - _EDGE) // count)
    copy.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    copy.show()
    copy.set_range(*chart.in_sight)
    content = chart.content
    copy.set_series(
        content.curves, unit=content.unit, metric=content.metric, threshold=content.threshold, marks=content.marks
    )
    return copy


def save_view(canvases: Sequence[QGraphicsView], path: Path, title: str, sentence: str, theme: Theme) -> None:
    """Write drawn charts below each other with a title and a sentence.

    Raises:
        UserError: it cannot be written.
    """
    with whole_file(path, replace=True) as file:
        if path.suffix.lower() == ".svg":
            _svg(canvases, file, title, sentence, theme)
        else:
            _png(canvases, file, title, sentence, theme)


def _png(canvases: Sequence[QGraphicsView], file: Path, title: str, sentence: str, theme: Theme) -> None:
    image = QImage(_SIZE * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    painter = QPainter(image)
    _paint(painter, canvases, title, sentence, theme)
    painter.end()
    if not image.save(str(file), "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, the method text
        raise UserError(message("io.write", path=str(file.name), reason="the picture could not be encoded"))


def _svg(canvases: Sequence[QGraphicsView], file: Path, title: str, sentence: str, theme: Theme) -> None:
    from PySide6.QtSvg import QSvgGenerator

    generator = QSvgGenerator()
    generator.setFileName(str(file))
    generator.setSize(_SIZE)
    generator.setViewBox(QRect(0, 0, _SIZE.width(), _SIZE.height()))
    generator.setTitle(title)
    generator.setDescription(sentence)
    painter = QPainter(generator)
    _paint(painter, canvases, title, sentence, theme)
    painter.end()


def _paint(painter: QPainter, canvases: Sequence[QGraphicsView], title: str, sentence: str, theme: Theme) -> None:
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
    height = (_SIZE.height() - _HEAD - _EDGE) / len(canvases)
    for number, canvas in enumerate(canvases):
        target = QRectF(_EDGE, _HEAD + number * height, width, height)
        canvas.render(painter, target, canvas.viewport().rect())
