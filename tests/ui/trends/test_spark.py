"""Sparklines: an hour of points, gaps, and a tile that has room for one."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from console.domain.board import Board
from console.ui.theme import Theme
from console.ui.tiles.strip import TileStrip
from console.ui.trends.spark import HOUR_MS, Sparks, has_shape, paint_spark
from tests.ui.boards import StillClock
from tests.ui.trends.fakes import floor


def test_an_hour_is_kept_and_another_clock_begins_anew() -> None:
    sparks = Sparks()
    for second in range(0, 7200, 5):
        sparks.add("a", second * 1000.0, float(second))
    trend = sparks.trend("a")
    assert len(trend) == 121
    assert trend[-1][0] - trend[0][0] <= HOUR_MS
    sparks.add("a", 10.0, 1.0)
    assert sparks.trend("a") == ((10.0, 1.0),)
    sparks.keep([])
    assert sparks.trend("a") == ()


def test_nothing_is_drawn_from_the_end_of_a_replay_to_now() -> None:
    sparks = Sparks()
    for minute in (0, 1, 2, 40, 41):
        sparks.add("a", minute * 60_000.0, float(minute))
    values = [value for _, value in sparks.trend("a")]
    assert [value for value in values if math.isfinite(value)] == [0.0, 1.0, 2.0, 40.0, 41.0]
    assert math.isnan(values[3])


def test_a_line_without_a_shape_is_not_drawn() -> None:
    assert not has_shape(((0.0, 3.0), (1.0, 3.0), (2.0, math.nan)))
    assert has_shape(((0.0, 3.0), (1.0, 4.0)))


def test_gaps_stay_empty(theme: Theme) -> None:
    image = QImage(120, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.palette.pane))
    trend = tuple((minute * 60_000.0, math.nan if 20 <= minute < 40 else float(minute % 7)) for minute in range(61))
    painter = QPainter(image)
    paint_spark(painter, QRectF(0, 1, 120, 18), trend, QColor(theme.palette.text))
    painter.end()
    ground = QColor(theme.palette.pane).rgb()
    inked = {x for x in range(120) for y in range(20) if image.pixel(x, y) != ground}
    assert not inked & set(range(42, 78))
    assert inked & set(range(10, 38))
    assert inked & set(range(82, 119))


def test_a_tile_shows_how_its_figure_went(theme: Theme) -> None:
    clock = StillClock()
    strip = TileStrip(theme, clock)  # type: ignore[arg-type]
    strip.show_board(Board((floor(),)))
    assert not strip.tiles[0].values[0].trend  # nothing to see yet
    before = strip.tiles[0].grab().toImage()
    for waiting in range(1, 9):
        clock.step(31)
        source = floor()
        assert source.snapshot is not None
        object.__setattr__(source.snapshot.metrics[0].reading, "value", waiting * 3)
        object.__setattr__(source.health, "last_ok_mono", clock.mono)
        strip.show_board(Board((source,)))
    assert len(strip.tiles[0].values[0].trend) == 9
    assert strip.tiles[0].grab().toImage() != before
