"""Charts: what suits which table, figures that equal the table's, gaps, words, and pictures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from console.domain.errors import UserError
from console.reports.columns import Column, ColumnKind
from console.reports.table import Table, TableBuilder
from console.tasks import TaskScope
from console.ui.charts import ChartPage
from console.ui.charts.canvas import ChartCanvas
from console.ui.charts.data import BARS, ChartSpec, fetch, measures, propose
from console.ui.charts.page import sentence
from console.ui.charts.picture import write_picture
from console.ui.charts.scales import exact, step, tick_text
from console.ui.theme import DARK, LIGHT, Theme, Type
from tests.ui.conftest import until

Run = Callable[..., Any]
COLUMNS = (
    Column("call", "Call"),
    Column("at", "At", ColumnKind.DATETIME),
    Column("queue", "Queue"),
    Column("talk", "Talk", ColumnKind.DURATION),
    Column("level", "Level", ColumnKind.PERCENT),
)
DAY = datetime(2016, 8, 1, tzinfo=UTC).replace(tzinfo=None)


def make(rows: list[tuple[Any, ...]], columns: tuple[Column, ...] = COLUMNS) -> Table:
    builder = TableBuilder(columns)
    builder.append(rows)
    return builder.finish()


def calls(count: int = 300, queues: int = 4) -> Table:
    """Calls, one an hour, without any on the third day."""
    hours = [hour for hour in range(count + 24) if not 48 <= hour < 72][:count]
    return make([(f"c{n}", DAY + timedelta(hours=n), f"Q{n % queues}", n * 1000, float(n % 100)) for n in hours])


def test_a_column_of_few_names_is_proposed_and_adds_up() -> None:
    with calls() as table:
        view = table.view()
        spec = propose(view, COLUMNS)
        assert spec == ChartSpec("queue", "talk", "sum")
        assert spec is not None
        data = fetch(view, COLUMNS, spec)
        assert not data.is_line
        assert data.points[0].label in ("Q0", "Q1", "Q2", "Q3")
        values = [point.value or 0 for point in data.points]
        assert values == sorted(values, reverse=True)
        assert sum(values) == view.totals()["talk"].sum


def test_many_names_become_others_that_keep_the_sum() -> None:
    with calls(300, 60) as table:
        view = table.view()
        data = fetch(view, COLUMNS, ChartSpec("queue", "talk"))
        drawn = [point for point in data.points if not point.is_rest]
        assert (len(drawn), data.hidden) == (BARS, 40)
        rest = next((point.value for point in data.points if point.is_rest), data.rest)
        assert rest is not None
        assert sum(point.value or 0 for point in drawn) + rest == view.totals()["talk"].sum
        averages = fetch(view, COLUMNS, ChartSpec("queue", "level", "avg"))
        assert not any(point.is_rest for point in averages.points)
        assert "40 more are not drawn" in sentence(averages, COLUMNS)


def test_a_rest_that_would_dwarf_the_others_is_told_instead() -> None:
    with calls(900, 900) as table:
        data = fetch(table.view(), COLUMNS, ChartSpec("queue", "talk"))
        assert data.rest is not None
        assert "they come to" in sentence(data, COLUMNS)


def test_few_rows_with_a_name_each_keep_the_tables_order() -> None:
    columns = (Column("hour", "Hour"), Column("calls", "Calls", ColumnKind.NUMBER))
    with make([("09:00", 3), ("10:00", 9), ("11:00", None), ("12:00", 1)], columns) as table:
        spec = propose(table.view(), columns)
        assert spec == ChartSpec("hour", "calls")
        assert spec is not None
        data = fetch(table.view(), columns, spec)
        assert [(point.label, point.value) for point in data.points] == [
            ("09:00", 3.0),
            ("10:00", 9.0),
            ("11:00", None),
            ("12:00", 1.0),
        ]


def test_a_day_without_rows_is_a_gap_and_not_a_zero() -> None:
    with calls() as table:
        data = fetch(table.view(), COLUMNS, ChartSpec("at", "talk", "sum", "day"))
        assert data.is_line
        assert [point.value for point in data.points][2] is None
        assert data.points[1].rows == 24
        assert "1 gap without values." in sentence(data, COLUMNS)
        assert fetch(table.view(), COLUMNS, ChartSpec("at")).spec.bucket == "day"


@pytest.mark.parametrize(("bucket", "gap"), [("hour", 1), ("week", 0), ("month", 0), ("year", 0)])
def test_buckets(bucket: str, gap: int) -> None:
    with calls() as table:
        data = fetch(table.view(), COLUMNS, ChartSpec("at", "", "sum", bucket))
        assert sum(point.value is None for point in data.points) == gap
        assert sum(point.rows for point in data.points) == 300


def test_nothing_sensible_is_none() -> None:
    with make([], COLUMNS) as table:
        assert propose(table.view(), COLUMNS) is None
    columns = (Column("id", "Id"),)
    with make([(f"x{n}",) for n in range(400)], columns) as table:
        assert propose(table.view(), columns) is None


def test_percentages_are_never_added_up() -> None:
    assert measures(COLUMNS[4]) == ("avg",)
    assert measures(COLUMNS[3]) == ("sum", "avg")
    columns = (Column("queue", "Queue"), COLUMNS[4])
    with make([("a", 1.0), ("b", 2.0), ("a", 3.0)], columns) as table:
        assert propose(table.view(), columns) == ChartSpec("queue", "level", "avg")


@pytest.mark.parametrize(
    ("low", "high", "kind", "found"),
    [
        (0, 100, ColumnKind.NUMBER, 50),
        (0, 7, ColumnKind.NUMBER, 2),
        (0, 3_600_000, ColumnKind.DURATION, 900_000),
        (0, 40_000, ColumnKind.DURATION, 10_000),
        (0, 4 * 864_000_000, ColumnKind.DURATION, 864_000_000),
        (5, 5, ColumnKind.NUMBER, 1),
        (0, float("nan"), ColumnKind.NUMBER, 1),
    ],
)
def test_steps_are_round(low: float, high: float, kind: ColumnKind, found: float) -> None:
    assert step(low, high, kind) == found


def test_tick_texts() -> None:
    assert tick_text(5_400_000, ColumnKind.DURATION, 1) == "1:30:00"
    assert tick_text(50, ColumnKind.PERCENT, 10) == "50\u202f%"
    assert tick_text(12_000, ColumnKind.NUMBER, 1000) == "12\u202f000"
    assert tick_text(0.25, ColumnKind.NUMBER, 0.05) == "0.25"
    assert tick_text(5, ColumnKind.MONEY, 1, "EUR") == "5 EUR"
    assert exact(None, ColumnKind.NUMBER) == "–"


@pytest.mark.parametrize("spec", [ChartSpec("queue", "talk"), ChartSpec("at", "level", "avg")])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_a_canvas_reads_off_what_it_draws(theme: Theme, qapp: QApplication, spec: ChartSpec, palette: Any) -> None:
    with calls() as table:
        data = fetch(table.view(), COLUMNS, spec)
    canvas = ChartCanvas(data, palette, theme.font(Type.SMALL))
    canvas.resize(700, 400)
    canvas.show()
    canvas.grab()
    told: list[str] = []
    canvas.pointed.connect(told.append)
    place = 0 if not data.is_line else 3
    point = data.points[place]
    spot = QPointF(1, 0) if not data.is_line else QPointF(point.at.replace(tzinfo=UTC).timestamp(), 1)  # type: ignore[union-attr]
    canvas._on_moved(canvas.box.mapViewToScene(spot))
    assert told[-1] == canvas.readout(place)
    assert exact(point.value, data.kind) in told[-1]
    canvas.reset()
    canvas.dispose()


def test_pictures_are_light_and_whole(theme: Theme, qapp: QApplication, tmp_path: Path) -> None:
    theme.set_mode("dark")
    with calls() as table:
        data = fetch(table.view(), COLUMNS, ChartSpec("queue", "talk"))
    for name in ("a.png", "b.svg"):
        write_picture(data, tmp_path / name, "Calls", sentence(data, COLUMNS), theme)
    image = QImage(str(tmp_path / "a.png"))
    assert image.pixelColor(2, 2).lightness() > 250
    assert b"<svg" in (tmp_path / "b.svg").read_bytes()[:400]
    with pytest.raises(UserError):
        write_picture(data, tmp_path / "gone" / "a.png", "Calls", "", theme)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.svg"]
    theme.set_mode("light")


def test_the_page_follows_rows_choices_and_theme(arun: Run, theme: Theme, tmp_path: Path) -> None:
    async def body() -> None:
        scope = TaskScope("chart")
        table = calls()
        told: list[str] = []

        async def name(_suffix: str) -> Path:
            return tmp_path / "c.png"

        page = ChartPage(theme, scope, COLUMNS, table.view, "Calls", name)
        page.saved.connect(lambda text, _path: told.append(text))
        page.show()
        await until(lambda: page.canvas is not None)
        assert page.sentence.text().startswith("Sum of Talk by Queue, computed by the console")
        assert not page.bucket.isVisible()
        page.by.setCurrentIndex(page.by.findData("at"))
        page.by.activated.emit(page.by.currentIndex())
        await until(lambda: page.data is not None and page.data.is_line)
        assert page.bucket.currentText() == "automatic: day"
        page.figure.setCurrentIndex(page.figure.findData("level"))
        page.figure.activated.emit(page.figure.currentIndex())
        await until(lambda: page.data is not None and page.data.spec.measure == "avg")
        former = page.canvas
        theme.set_mode("dark")
        assert page.canvas is not former
        theme.set_mode("light")
        page.save_button.click()
        await until(lambda: bool(told))
        assert told == ["Saved c.png."]
        page.reset_button.click()
        page.dispose()
        page.close()
        page.deleteLater()
        await scope.aclose()
        table.close()

    arun(body(), timeout=15)


def test_nothing_to_draw_is_said(arun: Run, theme: Theme) -> None:
    async def body() -> None:
        scope = TaskScope("chart")
        table = make([(f"x{n}", None, None, None, None) for n in range(3)])

        async def name(_suffix: str) -> None:
            return None

        page = ChartPage(theme, scope, COLUMNS, table.view, "Calls", name)
        page.show()
        page.choose(ChartSpec("queue", "talk"))
        await until(lambda: page.empty._title.text() == "There are no values to draw")
        page.dispose()
        page.deleteLater()
        await scope.aclose()
        table.close()

    arun(body())


def test_a_result_window_does_not_load_the_plotting_library() -> None:
    code = "import sys, console.ui.results; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_of_single_calls_their_number_is_drawn_and_no_sum() -> None:
    columns = (Column("id", "Unique id"), Column("end", "Ending"), Column("over", "Overflow", ColumnKind.NUMBER))
    builder = TableBuilder(columns)
    builder.append([(f"17.{n}", ("ABANDON", "AGENT")[n % 2], 1) for n in range(80)])
    with builder.finish() as table:
        assert propose(table.view(), columns) == ChartSpec("end")
