"""Sparklines: the last hour of a figure as a small line beside it. Plain painting, cheap enough for every tile."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

HOUR_MS: Final = 3_600_000.0
_STEP_MS: Final = 30_000.0  # between two points that are kept
_GAP_MS: Final = 300_000.0  # nobody looked for so long: a replay that jumped or ended, a computer that slept

Trend = tuple[tuple[float, float], ...]


class Sparks:
    """Remembers the last hour of some figures, a point every half minute; NaN where nothing was known."""

    def __init__(self) -> None:
        self._points: dict[str, deque[tuple[float, float]]] = {}

    def add(self, key: str, at_ms: float, value: float) -> None:
        """Take what a figure is now; more often than needed does no harm."""
        points = self._points.setdefault(key, deque())
        if points and at_ms < points[-1][0]:
            points.clear()  # another clock: the past is being looked at, or no longer
        if points and at_ms - points[-1][0] < _STEP_MS:
            return
        if points and at_ms - points[-1][0] > _GAP_MS:
            points.append((points[-1][0] + _STEP_MS, math.nan))
        points.append((at_ms, value))
        while points[0][0] < at_ms - HOUR_MS:
            points.popleft()

    def keep(self, keys: Iterable[str]) -> None:
        """Forget all others."""
        wanted = set(keys)
        for key in [key for key in self._points if key not in wanted]:
            del self._points[key]

    def trend(self, key: str) -> Trend:
        """The points of a figure, oldest first."""
        return tuple(self._points.get(key, ()))


def has_shape(trend: Trend) -> bool:
    """Whether there is anything to see: more than one value that is not always the same."""
    values = {value for _, value in trend if math.isfinite(value)}
    return len(values) > 1


def paint_spark(painter: QPainter, area: QRectF, trend: Trend, line: QColor) -> None:
    """Draw the last hour into a rectangle, its newest point at the right edge; gaps stay gaps.

    Args:
        line: the muted ink of the theme; a dot of it marks the newest point.
    """
    values = [value for _, value in trend if math.isfinite(value)]
    if not values:
        return
    low, high = min(values), max(values)
    scale = area.height() / (high - low) if high > low else 0.0
    end = trend[-1][0]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1.0))
    run: list[QPointF] = []
    spot: QPointF | None = None
    for at_ms, value in (*trend, (end, math.nan)):
        if math.isfinite(value):
            x = area.right() - (end - at_ms) / HOUR_MS * area.width()
            y = area.bottom() - (value - low) * scale if scale else area.center().y()
            run.append(QPointF(x, y))
            continue
        if len(run) > 1:
            painter.drawPolyline(QPolygonF(run))
        spot = run[-1] if run else spot
        run = []
    if spot is not None and math.isfinite(trend[-1][1]):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line)
        painter.drawEllipse(spot, 2.0, 2.0)
    painter.restore()
