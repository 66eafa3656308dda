"""The shapes that carry state and alarm beside their colour, as painter paths in a unit square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from console.domain.enums import AgentStatus
from console.domain.thresholds import Level
from console.ui.theme.palette import Mark


class Shape(StrEnum):
    """One shape per meaning; no two states share both shape and colour."""

    DISC = "disc"
    QUARTER = "quarter"
    PLAY = "play"
    PLAY_OPEN = "play_open"
    DIAMOND = "diamond"
    BARS = "bars"
    RING = "ring"
    QUESTION = "question"
    TRIANGLE = "triangle"
    HEXAGON = "hexagon"


_STATES = {
    AgentStatus.AVAILABLE: Shape.DISC,
    AgentStatus.RINGING: Shape.QUARTER,
    AgentStatus.ON_CALL: Shape.PLAY,
    AgentStatus.OTHER_CALL: Shape.PLAY_OPEN,
    AgentStatus.AFTER_CALL: Shape.DIAMOND,
    AgentStatus.PAUSED: Shape.BARS,
    AgentStatus.LOGGED_OFF: Shape.RING,
}


def state_shape(status: AgentStatus) -> Shape:
    """The shape of an agent state; a question mark for what is not known."""
    return _STATES.get(status, Shape.QUESTION)


def level_shape(level: Level) -> Shape:
    """The shape of an alarm level; a quiet ring for none."""
    return {Level.CAUTION: Shape.TRIANGLE, Level.CRITICAL: Shape.HEXAGON}.get(level, Shape.RING)


@dataclass(frozen=True, slots=True)
class _Drawing:
    body: QPainterPath  # filled with the mark's fill, outlined with its edge
    line: QPainterPath  # drawn with the edge only


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _circle(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0.5, 0.5), radius, radius)
    return path


def _regular(sides: int, radius: float, turn: float) -> QPainterPath:
    step = 2 * math.pi / sides
    return _polygon(
        *((0.5 + radius * math.cos(turn + step * i), 0.5 + radius * math.sin(turn + step * i)) for i in range(sides))
    )


@cache
def _drawing(shape: Shape) -> _Drawing:
    body, line = QPainterPath(), QPainterPath()
    if shape is Shape.DISC:
        body = _circle(0.42)
    elif shape is Shape.QUARTER:
        line = _circle(0.42)
        body.moveTo(0.5, 0.5)
        body.arcTo(QRectF(0.08, 0.08, 0.84, 0.84), 90, -90)
        body.closeSubpath()
    elif shape is Shape.PLAY:
        body = _polygon((0.2, 0.08), (0.92, 0.5), (0.2, 0.92))
    elif shape is Shape.PLAY_OPEN:
        line = _polygon((0.2, 0.1), (0.9, 0.5), (0.2, 0.9))
    elif shape is Shape.DIAMOND:
        body = _polygon((0.5, 0.02), (0.98, 0.5), (0.5, 0.98), (0.02, 0.5))
    elif shape is Shape.BARS:
        body.addRect(QRectF(0.16, 0.1, 0.24, 0.8))
        body.addRect(QRectF(0.6, 0.1, 0.24, 0.8))
    elif shape is Shape.RING:
        line = _circle(0.38)
    elif shape is Shape.QUESTION:
        line.moveTo(0.28, 0.32)
        line.arcTo(QRectF(0.28, 0.08, 0.44, 0.44), 180, -225)
        line.cubicTo(QPointF(0.55, 0.55), QPointF(0.5, 0.55), QPointF(0.5, 0.7))
        body.addEllipse(QPointF(0.5, 0.92), 0.05, 0.05)
    elif shape is Shape.TRIANGLE:
        body = _polygon((0.5, 0.06), (0.98, 0.92), (0.02, 0.92))
    elif shape is Shape.HEXAGON:
        body = _regular(6, 0.48, math.pi / 6)
    else:
        line.moveTo(0.2, 0.5)
        line.lineTo(0.8, 0.5)
    return _Drawing(body, line)


def paint_shape(painter: QPainter, rect: QRectF, shape: Shape, mark: Mark) -> None:
    """Draw a shape into a square, antialiased, its outline inside the square at any scale."""
    drawing = _drawing(shape)
    width = max(1.0, rect.width() / 9)
    inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    place = QTransform(inner.width(), 0, 0, inner.height(), inner.x(), inner.y())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(mark.edge), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(QColor(mark.fill))
    painter.drawPath(place.map(drawing.body))
    if not drawing.line.isEmpty():
        painter.setPen(QPen(pen.color(), width * 1.35, Qt.PenStyle.SolidLine, pen.capStyle(), pen.joinStyle()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(place.map(drawing.line))
    painter.restore()
