"""The chart over time on screen: bands, marks, readout, keys, themes, pictures, and an end without remains."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.errors import UserError
from console.domain.thresholds import Level, Threshold
from console.domain.values import Unit
from console.ui.charts.curves import AlertMark, Curve
from console.ui.charts.picture import write_timelines
from console.ui.charts.timeline import TimelineChart
from console.ui.charts.timeline_table import TimelineTable
from console.ui.theme import DARK, LIGHT, Theme
from console.ui.theme.palette import Palette

START, MINUTE = 1_700_000_000_000.0, 60_000.0
END = START + 60 * MINUTE


def curve(number: int = 0, name: str = "", gap: bool = True) -> Curve:
    times = START + np.arange(60) * MINUTE
    values = (np.arange(60.0) + number) % 13
    if gap:
        values[20:30] = np.nan
    return Curve(str(number), name or f"Queue {number}", times, values, END, number)


def chart(theme: Theme, *curves: Curve, width: int = 800, height: int = 360, unit: Unit = Unit.COUNT) -> TimelineChart:
    result = TimelineChart(theme)
    result.resize(width, height)
    result.show()
    result.set_range(START, END)
    result.set_series(
        curves,
        unit=unit,
        metric="waiting",
        threshold=Threshold(5, 10),
        marks=[AlertMark(START + 30 * MINUTE, Level.CRITICAL, "Critical: too many wait")],
    )
    return result


def is_drawn(picture: QImage, colour: str, left: int, right: int) -> bool:
    """Whether a curve's colour occurs between two columns of pixels."""
    wanted = QColor(colour).rgb()
    return any(picture.pixel(x, y) == wanted for x in range(left, right) for y in range(picture.height()))


def test_gaps_are_empty_and_colours_follow_the_theme(theme: Theme, qapp: QApplication) -> None:
    shown = chart(theme, curve())
    assert shown.viewport().focusPolicy() is Qt.FocusPolicy.NoFocus  # the keyboard stops at the chart, once
    plot = shown.frame.places.plot
    before, middle, after = (int(plot.left() + plot.width() * minute / 60) for minute in (10, 21, 45))
    palettes: tuple[Palette, ...] = (LIGHT, DARK)
    for palette in palettes:
        theme.set_mode(palette.name)
        picture = shown.grab().toImage()
        assert is_drawn(picture, palette.series[0], before, before + 30)
        assert not is_drawn(picture, palette.series[0], middle, middle + 80)
        assert is_drawn(picture, palette.series[0], after, after + 30)
    shown.dispose()


def test_a_moment_is_read_by_pointer_and_by_keys(theme: Theme, qtbot: QtBot) -> None:
    shown = chart(theme, curve(), curve(1))
    said: list[str] = []
    shown.pointed.connect(said.append)
    plot = shown.frame.places.plot
    shown._point(QPointF(plot.left() + plot.width() * 25.5 / 60, plot.center().y()))
    assert said[-1].endswith("Queue 0 no data, for 6 minutes;  Queue 1 no data, for 6 minutes")
    assert shown.grab().toImage().width() == 800
    shown._point(QPointF(2, 2))
    assert said[-1] == ""
    qtbot.keyClick(shown, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert "Queue 0 7" in said[-1]  # minute 59
    shown.dispose()


def test_keys_zoom_and_move_within_the_range_and_news_leave_that_alone(theme: Theme, qtbot: QtBot) -> None:
    shown = chart(theme, curve())
    moved: list[tuple[float, float]] = []
    shown.range_changed.connect(lambda *to: moved.append(to))
    qtbot.keyClick(shown, Qt.Key.Key_Plus)
    start, end = shown.in_sight
    assert (end - start) / MINUTE == pytest.approx(42)
    assert shown.is_zoomed
    for _ in range(5):
        qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert shown.in_sight[1] == END
    kept = shown.in_sight
    shown.set_range(START + MINUTE, END + MINUTE)
    shown.set_series([curve()], unit=Unit.COUNT)
    assert shown.in_sight == kept
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    assert shown.in_sight == (START + MINUTE, END + MINUTE)
    assert moved[-1] == shown.in_sight
    shown.set_range(START + 2 * MINUTE, END + 2 * MINUTE)
    assert shown.in_sight == (START + 2 * MINUTE, END + 2 * MINUTE)
    shown.dispose()


def test_a_screen_reader_hears_one_sentence(theme: Theme) -> None:
    shown = chart(theme, curve(name="Support"))
    shown.describe()
    text = shown.accessibleDescription()
    assert text.startswith("Support, waiting, ")
    assert "between 0 and 12, now 7, at or above 10 for" in text
    assert text.endswith("no data for 10 minutes.")
    shown.dispose()


def test_an_alert_says_what_it_was(theme: Theme) -> None:
    shown = chart(theme, curve())
    mark = shown.content.marks[0]
    at = shown.layer.mark_rect(mark).center() + shown.frame.places.plot.topLeft()
    assert shown.mark_near(at) is mark
    assert shown.mark_near(at + QPointF(60, 0)) is None
    where = QPointF(at)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, where, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier(0)
    )
    shown.mouseMoveEvent(moved)
    assert "Critical: too many wait" in shown.toolTip()
    shown.dispose()


@pytest.mark.parametrize(
    ("count", "width", "height", "is_direct"),
    [(3, 800, 360, True), (12, 800, 360, True), (20, 800, 360, False), (8, 800, 110, False), (3, 300, 300, False)],
)
def test_names_stand_at_the_curves_where_they_fit_and_else_below(
    theme: Theme, count: int, width: int, height: int, is_direct: bool
) -> None:
    shown = chart(theme, *(curve(n) for n in range(count)), width=width, height=height)
    places = shown.frame.places
    assert places.is_direct is is_direct
    assert places.plot.height() >= 20
    assert is_direct or places.legend.top() >= places.plot.bottom()
    shown.grab()
    shown.dispose()


def test_the_limits_stay_in_sight_only_while_they_are_near(theme: Theme) -> None:
    quiet = Curve("q", "Q", np.array([START]), np.array([1.0]), END)
    shown = chart(theme, quiet)
    assert shown.layer.window.high < 5
    shown.set_series([curve()], unit=Unit.COUNT, threshold=Threshold(5, 10))
    assert shown.layer.window.high > 12
    shown.set_series([quiet], unit=Unit.PERCENT, threshold=Threshold(80, 60, is_low_bad=True))
    assert [level for level, _, _ in shown.layer._bands()] == [Level.CAUTION, Level.CRITICAL]
    shown.dispose()


def test_nothing_one_point_and_huge_figures_are_drawn(theme: Theme) -> None:
    shown = chart(theme)
    assert shown.summary() == ""
    for values in ([], [3.0], [1e15, 0.0, 1e300], [np.nan, np.nan]):
        times = START + np.arange(len(values)) * MINUTE
        shown.set_series([Curve("k", "K", times, np.array(values), END)], unit=Unit.MS)
        shown.grab()
        assert len(shown.content.ticks) <= 12
    shown.dispose()


def test_the_table_shows_gaps_in_words(theme: Theme) -> None:
    table = TimelineTable(theme)
    shown = chart(theme, curve())
    table.show_curves(shown.content.curves, START, END, Unit.COUNT, shown.layer.look.zone)
    model = table.figures
    texts = [model.data(model.index(row, 1)) for row in range(model.rowCount())]
    assert (texts[0], texts[20], texts[59]) == ("0", "no data", "7")
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Queue 0"
    shown.dispose()


def test_pictures_are_light_whole_and_hold_their_title(theme: Theme, tmp_path: Path) -> None:
    theme.set_mode("dark")
    charts = [chart(theme, curve(), curve(1)), chart(theme, curve(2))]
    png, svg = tmp_path / "a.png", tmp_path / "a.svg"
    write_timelines(charts, png, "DEMO - Waiting, Munich", theme)
    write_timelines(charts, svg, "DEMO - Waiting, Munich", theme)
    picture = QImage(str(png))
    assert picture.pixelColor(3, 3) == QColor(LIGHT.pane)
    assert is_drawn(picture.scaled(1200, 720), LIGHT.pane, 0, 5)
    text = svg.read_text()
    assert "DEMO - Waiting, Munich" in text
    assert "between 0 and 12" in text
    with pytest.raises(UserError):
        write_timelines(charts, tmp_path / "none" / "a.png", "x", theme)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "a.svg"]
    for each in charts:
        each.dispose()


def test_charts_come_and_go_without_remains(theme: Theme, qapp: QApplication) -> None:
    def once() -> None:
        shown = chart(theme, curve(), width=300, height=160)
        shown.grab()
        shown.point_at(START + MINUTE)
        shown.dispose()
        shown.dispose()  # a second time is no harm
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    for _ in range(5):
        once()
    gc.collect()
    before, widgets = len(gc.get_objects()), len(qapp.allWidgets())
    for _ in range(100):
        once()
    theme.set_mode("dark")  # nobody is left to hear of it
    gc.collect()
    assert len(gc.get_objects()) - before < 300
    assert len(qapp.allWidgets()) == widgets
