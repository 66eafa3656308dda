"""What stands above the rows, what stays selected, and which figures are added up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel

from console.domain.messages import message
from console.reports.columns import Column, ColumnKind
from console.reports.result import ReportResult
from console.reports.table import TableBuilder
from console.ui.ranges import range_text
from console.ui.results import ResultWindow
from console.ui.windows import geometry
from tests.ui.conftest import until
from tests.ui.results.support import column, plan, result, rows_are_here, settled

Run = Callable[..., Any]


def test_how_it_was_asked_stands_among_the_details_and_not_above_the_rows(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        assert len(window.notes.strips) == 2
        assert "v2.0" not in window.notes.text
        assert "each day" in window.notes.text
        window.tabs.setCurrentWidget(window.details)
        texts = [label.text() for label in window.details.made().findChildren(QLabel)]
        assert any("Asked through interface v2.0" in text and "Dates are written as" in text for text in texts)

    asked = (
        message("pbx.asked", version="v2.0"),
        message("pbx.dates_written", format="DD/MM/YYYY"),
        message("run.days_apart"),
    )
    made = result(notes=(asked[0], message("file.more_originals", count=2)))
    shown(replace(made, plan=replace(made.plan, notes=asked)), body)


def test_what_is_selected_stays_selected_in_another_order_and_through_a_filter(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        panel.view.choose_rows((3, 7), column=2, follow=True)

        def chosen() -> list[str]:
            return [column(window, 0)[row] for row, _ in panel.view.chosen_rows()[:1]]

        panel.columns.sort_by(0, True)
        await until(lambda: column(window, 0)[:1] == ["id39"])
        assert panel.view.currentIndex().column() == 2
        assert chosen() == ["id3"]
        assert sum(count for _, count in panel.view.selected_runs()) == 2
        panel.search.setText("Support 4")
        panel.apply()
        await settled(window, 10)
        assert chosen() == ["id3"]
        assert sum(count for _, count in panel.view.selected_runs()) == 2
        panel.search.setText("Support 1")
        panel.apply()
        await until(lambda: panel.model.filter is not None and panel.model.filter.text == "Support 1")
        await until(lambda: not panel.view.selected_runs())

    shown(result(), body)


def test_ids_and_numbers_of_things_are_not_added_up(shown: Run) -> None:
    columns = (
        Column("q", "Queue"),
        Column("n", "Queue number", ColumnKind.NUMBER),
        Column("id", "Unique id", ColumnKind.NUMBER),
        Column("calls", "Number of calls", ColumnKind.NUMBER),
        Column("wait", "Wait", ColumnKind.DURATION),
    )
    builder = TableBuilder(columns)
    builder.append([("Sales", 6001, 17, 4, 1000), ("Support", 6002, 18, 5, 3000)])

    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        panel.totals_button.setChecked(True)
        await until(panel.totals.isVisible)
        assert [panel.totals.texts(each) for each in columns[1:]] == [
            ("", ""),
            ("", ""),
            ("9", "4.5"),
            ("0:00:04", "0:00:02"),
        ]
        panel.view.selectAll()
        panel.view.selectionModel().setCurrentIndex(panel.model.index(0, 1), QItemSelectionModel.SelectionFlag.NoUpdate)
        await until(lambda: panel.selected.full_text() == "2 rows selected")

    shown(ReportResult(plan(), "Queues", builder.finish()), body)


def test_results_do_not_hide_each_other(qtbot: Any) -> None:
    first, second = QLabel("1"), QLabel("2")
    for window in (first, second):
        qtbot.addWidget(window)
        window.resize(200, 100)
    first.move(40, 40)
    first.show()
    second.move(first.pos())
    place = geometry.beside(second, [first])
    assert (place.x() - first.x(), place.y() - first.y()) == (geometry.STEP, geometry.STEP)
    first.hide()
    assert geometry.beside(second, [first]) == second.pos()


def test_a_range_keeps_numbers_and_units_together() -> None:
    frame = plan().timeframe
    assert frame is not None
    assert range_text(frame).endswith("UTC+00:00, 48\u00a0h, no clock change")
    assert range_text(frame, names_zone=True) == range_text(frame)  # UTC is named already
    named = replace(frame, zone="Europe/Berlin")
    assert range_text(named, names_zone=True).endswith("(Europe/Berlin)")
