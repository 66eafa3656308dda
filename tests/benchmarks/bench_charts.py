"""A live chart of 20 curves with 3,600 points each: new points, bands, three hairlines and gaps, and one paint.

The peer is measured in the same run: a bare widget that draws the same points with QPainter, without axes or words.
"""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from harness import options, show
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.ui.charts.curves import Curve, Numbers
from console.ui.charts.timeline import TimelineChart
from console.ui.charts.timeline_items import polygon
from console.ui.theme import Theme

CURVES, POINTS, SIZE = 20, 3_600, (1200, 700)
BEGIN_MS, STEP_MS = 1_700_000_000_000.0, 1_000.0
AIM = 5.0  # times the bare painter


class Bare(QWidget):
    """Draws polylines, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[QPolygonF] = []
        self.colours = [QColor.fromHsv(18 * number, 200, 200) for number in range(CURVES)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        for colour, shape in zip(self.colours, self.shapes, strict=False):
            painter.setPen(colour)
            painter.drawPolyline(shape)
        painter.end()


def walk(dice: np.random.Generator) -> Numbers:
    """Waiting callers of an hour, a value a second."""
    return np.abs(np.cumsum(dice.integers(-1, 2, 2 * POINTS))).astype(np.float64)


def timed(work: Any) -> float:
    """Milliseconds of one call."""
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=27).runs
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["charts"])
    theme = Theme("dark")
    theme.apply(app)
    data = [walk(np.random.default_rng(number)) for number in range(CURVES)]
    gaps = [values.copy() for values in data]
    for number, values in enumerate(gaps):
        values[300 + number :: 700] = np.nan  # a gap every 700 points, elsewhere in each
    highest = max(float(values.max()) for values in data)
    bare, chart = Bare(), TimelineChart(theme)
    for widget in (bare, chart):
        widget.resize(*SIZE)
        widget.show()
    app.processEvents()
    times = BEGIN_MS + np.arange(2 * POINTS) * STEP_MS

    def draw_bare(turn: int) -> None:
        x = np.linspace(0.0, SIZE[0], POINTS)
        scale = SIZE[1] / highest
        bare.shapes = [polygon(np.column_stack((x, SIZE[1] - v[turn : turn + POINTS] * scale))) for v in data]
        bare.repaint()

    def draw_chart(turn: int) -> None:
        start, end = times[turn], times[turn + POINTS]
        part = slice(turn, turn + POINTS)
        curves = [Curve(str(n), f"Queue {n}", times[part], v[part], end, n) for n, v in enumerate(gaps)]
        chart.set_series(curves, unit=Unit.COUNT, threshold=Threshold(20, 40), span=(start, end))
        chart.viewport().repaint()

    floor, drawn = [], []
    for turn in range(runs + 3):
        first, second = timed(lambda: draw_bare(turn)), timed(lambda: draw_chart(turn))  # noqa: B023
        app.processEvents()
        if turn >= 3:
            floor.append(first)
            drawn.append(second)
    show("charts.bare_painter", median(floor), "ms", None, f"{CURVES} x {POINTS} points (n={runs})")
    aim = f"aim <= {AIM:.0f}x the bare painter (max {max(drawn):.1f})"
    show("charts.update_and_paint", median(drawn), "ms", median(floor), aim)

    def point(at: int) -> None:
        chart.point_at(times[at * 9])
        chart.viewport().repaint()

    moved = [timed(lambda: point(at)) for at in range(1, runs)]  # noqa: B023
    show("charts.hover", median(moved), "ms", median(floor), "the crosshair moves and everything is painted again")
    chart.dispose()
    app.processEvents()


if __name__ == "__main__":
    main()
