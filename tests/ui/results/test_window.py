"""The result window: what is said above the rows, sorting, filtering, copying, sub-reports, files, and its end."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from console.domain.callflow import CallFlow
from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.columns import Column, ColumnKind
from console.reports.result import RawFile, ReportResult, SummaryItem
from console.reports.table import Match, Predicate, TableBuilder, compare
from console.ui.results import ResultWindow
from console.ui.results.delegate import is_status, status_look
from console.ui.results.files import zip_entries
from console.ui.services import MemoryState
from console.ui.theme import DARK, LIGHT, Theme
from tests.ui.conftest import until
from tests.ui.results.support import (
    COLUMNS,
    FakeDesktop,
    column,
    plan,
    result,
    rows_are_here,
    settled,
    table,
    with_sub_reports,
)

Run = Callable[..., Any]
Body = Callable[[ResultWindow], Awaitable[None]]


def test_it_says_what_was_asked_and_what_is_missing(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        assert window.windowTitle() == "DEMO - Call records - Denver"
        assert "Mon 1 Aug 2016 08:00:00 → Wed 3 Aug 2016" in window.frame_label.full_text()
        assert "2016-08-02" in window.notes.text
        assert "no file of its own" in window.notes.text
        assert [tile.accessibleName() for tile in window.summary.tiles] == ["Calls: 7", "Lost: –"]
        assert window.panel is not None
        assert window.panel.count.text() == "40 rows"

    items = (SummaryItem("Calls", 7, kind=ColumnKind.NUMBER), SummaryItem("Lost", None))
    made = result(summary=items, missing=("2016-08-02",), notes=(message("file.no_original"),))
    shown(made, body, site="Denver", is_demo=True)


def test_many_remarks_wait_behind_a_button(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        assert len(window.notes.strips) == 3
        window.notes.strips[-1].action_triggered.emit("more")
        assert len(window.notes.strips) == 5

    shown(result(notes=tuple(message("file.more_originals", count=n) for n in range(5))), body)


def test_header_clicks_sort_by_value_and_shift_adds_a_column(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        header = panel.view.header

        def click(place: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
            at = QPoint(header.sectionViewportPosition(place) + 12, 10)
            QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, at)

        await rows_are_here(window)
        click(3)
        assert [(key.column, key.descending) for key in panel.columns.sort] == [("calls", True)]
        click(2, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: panel.model.sort_keys == panel.columns.sort and not panel.busy.text())
        assert header.sorted_by == {3: (1, True), 2: (2, False)}
        await until(lambda: column(window, 3)[:1] == ["5"])
        assert column(window, 2)[:2] == ["Support 1", "Support 2"]
        assert column(window, 3)[-5:] == [""] * 5  # absent ones last
        click(3)
        assert [(key.column, key.descending) for key in panel.columns.sort] == [("calls", True)]
        click(3)
        click(3)
        assert panel.columns.sort == ()

    shown(result(), body)


def test_typing_filters_and_the_newest_wins(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        QTest.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        for text in ("s", "su", "support 3"):
            panel.search.setText(text)
        await settled(window, 10)
        assert panel.count.text() == "10 of 40 rows"
        panel.search.setText("nothing like it")
        await settled(window, 0)
        assert panel.stack.currentWidget() is panel.empty
        panel.empty.action_triggered.emit("clear")
        await settled(window, 40)

    shown(result(), body)


def test_conditions_on_columns_show_as_chips_that_go_when_pressed(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        panel.set_condition(5, Predicate(Match.AT_LEAST, 30.0))
        await settled(window, 10)
        panel.only_like(0, 2, exclude=True)
        await until(lambda: panel.model.rowCount() < 10)
        assert panel.view.header.filtered == {5, 2}
        assert panel._chips[0].text().startswith("Service level is at least 30")
        for _ in range(2):
            panel._chips[0].click()
        await settled(window, 40)

    shown(result(), body)


def test_an_empty_cell_can_be_asked_for(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        panel.only_like(6, 3)
        await settled(window, 5)
        menu = panel.menus.row_menu(0, 3)
        assert "Only rows that are empty here" in [action.text() for action in menu.actions()]

    shown(result(), body)


def test_absent_blank_and_zero_differ(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        spoken = Qt.ItemDataRole.AccessibleTextRole
        model = panel.model
        assert model.data(model.index(0, 3), spoken) == "0"
        assert model.data(model.index(6, 3), spoken) == "no value"
        assert model.data(model.index(0, 6), spoken) == "no value"
        assert model.data(model.index(1, 6), spoken) == "blank"
        assert model.data(model.index(5, 4), spoken) == "n/a"
        picture = [panel.view.grab(panel.view.visualRect(model.index(row, 6))).toImage() for row in (0, 1)]
        assert picture[0] != picture[1]

    shown(result(), body)


def test_rows_are_copied_whole_with_the_shown_columns(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        for place in (0, 1, 3, 5):
            panel.columns.set_shown(place, False)
        panel.view.selectRow(2)
        QTest.keyClick(
            panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        await until(lambda: "copied" in panel.selected.full_text())
        assert QGuiApplication.clipboard().text() == 'Queue\tTalk\tNote\nSupport 3\t2 s\t"asked\tagain"\n'

    shown(result(), body)


def test_a_selection_is_added_up_and_says_by_whom(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        panel.view.setCurrentIndex(panel.model.index(0, 3))
        panel.view.selectAll()
        await until(lambda: "sum" in panel.selected.full_text())
        # 5 x (0+1+2+3+4+5), five absent, then 0+1+2+3+4 of the last five rows
        assert panel.selected.full_text().startswith("40 rows selected  ·  Calls: sum 85")
        assert "computed by the console" in panel.selected.full_text()
        panel.totals_button.setChecked(True)
        await until(lambda: not panel.totals.isHidden())
        assert panel.totals.texts(COLUMNS[3])[0] == "85"
        assert panel.totals.texts(COLUMNS[5])[0] == ""  # percentages are not added up
        panel.view.setCurrentIndex(panel.model.index(0, 4))
        panel.view.selectionModel().clearSelection()
        panel.view.selectRow(1)
        panel.view.setCurrentIndex(panel.model.index(1, 4))
        await until(lambda: panel.selected.full_text() == "")

    shown(result(), body)


def test_columns_are_remembered_for_each_report(shown: Run) -> None:
    state = MemoryState()

    async def change(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        panel.columns.set_shown(1, False)
        panel.view.header.resizeSection(2, 222)
        panel.view.header.moveSection(0, 2)

    async def look(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        assert panel.view.header.isSectionHidden(1)
        assert panel.view.header.sectionSize(2) == 222
        assert panel.view.header.visualIndex(0) == 2
        panel.columns.reset()
        assert panel.columns.shown() == list(range(7))

    shown(result(), change, state=state)
    shown(result(), look, state=state)


@pytest.mark.parametrize("saved", [7, {"calls": 3}, {"calls": {"widths": [1], "hidden": "x", "order": 4}}])
def test_columns_of_another_shape_are_left_out(shown: Run, saved: object) -> None:
    async def body(window: ResultWindow) -> None:
        assert window.panel is not None
        assert window.panel.columns.shown()

    shown(result(), body, state=MemoryState({"results.columns": saved}))


def test_the_model_obeys_qt_in_the_window(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, window)
        panel.columns.sort_by(4, True)
        panel.search.setText("support 2")
        await settled(window, 75)
        panel.model.set_vendor_texts(False)
        await rows_are_here(window)

    shown(result(300), body)


def test_a_sub_report_is_chosen_from_the_tree(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        page = window.sub_page
        assert page is not None
        window.tabs.setCurrentWidget(page)
        assert page.panel.model.rowCount() == 8
        page.choose("a")
        await until(lambda: page.panel.model.rowCount() == 3)
        assert page.title.text() == "Alpha"
        assert [tile.accessibleName() for tile in page.summary.tiles] == ["Total: 3"]
        assert not page.panel.columns.is_shown(0)
        page.choose("b")  # with its child
        await until(lambda: page.panel.model.rowCount() == 5)
        assert page.panel.columns.is_shown(0)
        page.choose("")
        await until(lambda: page.panel.model.rowCount() == 8)

    shown(with_sub_reports(), body)


def test_files_are_listed_and_archives_stay_closed(shown: Run, tmp_path: Path) -> None:
    path = tmp_path / "answer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("calls.csv", "x" * 3000)
        archive.writestr("../evil", "x")
    target = tmp_path / "kept" / "answer.zip"
    target.parent.mkdir()
    desktop = FakeDesktop(target)
    made = ReportResult(plan(), "Billing", files=(RawFile(path, "answer.zip", "application/zip", path.stat().st_size),))

    async def body(window: ResultWindow) -> None:
        page = window.files_page
        assert page is not None
        item = page.tree.topLevelItem(0)
        assert item is not None
        await until(lambda: item.childCount() == 2)
        assert [item.child(n).text(0) for n in range(2)] == ["calls.csv", "../evil"]
        page.save_button.click()
        await until(target.exists)
        await until(lambda: not window.saving.is_busy)

    shown(made, body, desktop=desktop)
    assert target.read_bytes() == path.read_bytes()
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["answer.zip", "answer.zip", "kept"]


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no archive" * 40, b"PK\x05\x06" + b"\xff" * 18])
def test_a_damaged_archive_is_only_said_to_be_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert zip_entries(path) == ([], -1)


def test_an_empty_result_says_so_and_is_not_drawn(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        assert panel.stack.currentWidget() is panel.empty
        page = window.open_chart()
        assert page is not None
        await until(lambda: page.empty._title.text() == "There are no rows to draw")

    shown(ReportResult(plan(), "Nothing", TableBuilder(COLUMNS).finish()), body)


def test_a_comparison_has_shape_word_and_colour(shown: Run) -> None:
    before, after = table(10), table(12)
    made = ReportResult(plan("compare"), "Compared", compare(before, after, ["call_id"]))

    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        place = next(n for n, one in enumerate(panel.model.columns) if is_status(one))
        await rows_are_here(window)
        panel.columns.sort_by(place, False)
        await until(lambda: column(window, place)[:1] == ["added"])
        assert panel.view.grab().toImage().width() > 0

    shown(made, body)
    before.close()
    after.close()
    for palette in (LIGHT, DARK):
        looks = [status_look(palette, word) for word in ("added", "removed", "changed", "same")]
        assert len({look[0] for look in looks if look is not None}) == 4
        assert len({look[1] for look in looks if look is not None}) == 4
    assert not is_status(Column("status", "Status"))


def test_enter_on_a_row_opens_the_course_of_its_call(shown: Run) -> None:
    asked: list[str] = []

    async def ask(call_id: str) -> CallFlow:
        asked.append(call_id)
        raise UserError(message("file.no_original"))

    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        panel.view.setCurrentIndex(panel.model.index(3, 2))
        QTest.keyClick(panel.view, Qt.Key.Key_Return)
        await until(lambda: asked == ["id3"])
        await until(lambda: window._flows[0].empty._button.isVisible())
        assert "no file of its own" in window._flows[0].empty._line.text()
        assert panel.menus.row_menu(0, 0).actions()[0].text() == "Show the course of the call"

    shown(result(), body, call_flow=ask)


def test_without_a_course_enter_does_nothing(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        panel.view.row_entered.emit(0)
        assert panel.menus.row_menu(0, 0).actions()[0].text() == "Copy rows"
        assert await window.show_call_flow("x") is None

    shown(result(), body)


def test_run_ends_when_the_window_is_closed(arun: Run, theme: Theme) -> None:
    async def body() -> None:
        made = result()
        window = ResultWindow(theme, made)
        async with asyncio.TaskGroup() as group:
            group.create_task(window.run())
            await asyncio.sleep(0.02)
            window.close()
        made.close()

    arun(body())


def test_every_menu_entry_works_from_the_button(shown: Run) -> None:
    async def body(window: ResultWindow) -> None:
        panel = window.panel
        assert panel is not None
        await rows_are_here(window)
        menu = panel.menus.button_menu()
        texts = [action.text() for action in menu.actions() if action.text()]
        assert texts[:2] == ["Columns", "Sort and filter"]
        own = next(action for action in menu.actions() if "own formatting" in action.text())
        own.trigger()
        await rows_are_here(window)
        assert column(window, 4)[1] == "0:00:01"
        columns = panel.menus.column_menu(4)
        next(action for action in columns.actions() if action.text() == "Largest or last on top").trigger()
        assert panel.columns.sort_of(4) is True
        columns = panel.menus.column_menu(4)
        next(action for action in columns.actions() if action.text() == "Do not sort by it").trigger()
        assert panel.columns.sort_of(4) is None

    shown(result(), body)
