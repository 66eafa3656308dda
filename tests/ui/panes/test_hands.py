"""Menus, keys and clipboard; hostile names; every look painted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QWidget

from console.domain.enums import AgentStatus, HealthState
from console.domain.model import MetricRow, Row
from console.domain.text import AT_LEAST
from console.domain.values import UNSUPPORTED, WARMING, Reading, Status, count, error
from console.domain.values import text as word
from console.ui.models.rows import SourceView
from console.ui.panes import AgentPane, MetricsPane, QueuePane, WaitingPane
from console.ui.panes.definition import DefinitionPopup
from tests.ui.boards import agent, board, caller, ms, percent, queue, snapshot, source
from tests.ui.panes.handling import floor, texts

HOSTILE = "<b>VIP</b> R&D"


# menus, keys, clipboard


def test_menus_reach_every_column_and_sorting_by_keyboard(show) -> None:
    pane = show(QueuePane, floor(1, 2))
    menu = pane.menus.button_menu()
    captions = {action.text() for action in menu.actions()}
    assert {column.title for column in pane.model.columns} <= captions
    next(action for action in menu.actions() if action.text() == "Offered").trigger()
    assert pane.table.isColumnHidden(pane.model.column_of("offered"))
    (sorting,) = menu.findChildren(QMenu)
    next(action for action in sorting.actions() if action.text() == "Waiting").trigger()
    assert texts(pane, "waiting") == ["2", "1"]
    next(action for action in menu.actions() if action.text() == "Largest or last on top").trigger()
    assert texts(pane, "waiting") == ["1", "2"]
    header = pane.menus.header_menu(pane.model.column_of("waiting"))
    next(action for action in header.actions() if action.text().startswith("Smallest")).trigger()
    assert texts(pane, "waiting") == ["1", "2"]
    next(action for action in header.actions() if action.text().startswith("Hide")).trigger()
    assert pane.table.isColumnHidden(pane.model.column_of("waiting"))
    for each in (menu, header):
        each.deleteLater()


def test_a_figure_is_asked_for_over_time(show) -> None:
    pane = show(QueuePane, floor(1))
    asked: list[str] = []
    pane.action_requested.connect(asked.append)
    menu = pane.menus.row_menu(0, pane.model.column_of("longest_wait"))
    next(action for action in menu.actions() if action.text() == "Show trend").trigger()
    profile, row = pane.model.rows[0].key
    assert asked == [f"trends:{profile}/queues/{row}/longest_wait"]
    words = pane.menus.row_menu(0, pane.model.column_of("name"))
    assert "Show trend" not in {action.text() for action in words.actions()}
    for each in (menu, words):
        each.deleteLater()


def test_f1_shows_the_definition(qtbot, show) -> None:
    pane = show(QueuePane, floor(1))
    pane.table.setCurrentIndex(pane.model.index(0, pane.model.column_of("waiting")))
    qtbot.keyClick(pane.table, Qt.Key.Key_F1)
    popup = pane.findChild(DefinitionPopup)
    assert popup is not None
    assert "Callers waiting in the queue right now." in popup.accessibleName()
    assert "comes from the system" in popup.accessibleName()
    assert not popup.grab().isNull()
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_enter_and_double_click_open_a_row_and_request_names_its_source(qtbot, show) -> None:
    pane = show(QueuePane, floor(1, 2))
    pane.select_key(("p1", "q1"))
    with qtbot.waitSignal(pane.row_activated, timeout=100) as heard:
        qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert heard.args[0].key == ("p1", "q1")
    place = pane.model.row_of(("p1", "q1"))
    pane.table.setCurrentIndex(pane.model.index(place, pane.model.column_of("waiting")))
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(pane.source_requested, timeout=100) as heard:
        qtbot.keyClick(pane.table, Qt.Key.Key_R, keys)
    assert heard.args == ["p1", count(2), "Queue 1 · Waiting: 2"]
    assert not pane.select_key(("p1", "gone"))


def test_copy_gives_headers_and_bare_figures(qtbot, show) -> None:
    rows = [
        Row(
            "q",
            "=HYPERLINK(1)",
            {
                "waiting": count(1234),
                "longest_wait": ms(70_000),
                "offered": WARMING,
                "answered": error("x"),
                "abandoned": UNSUPPORTED,
                "abandon_rate": percent(81.66),
                "avg_wait": ms(3_700_000),
            },
        ),
        queue("r", "Other"),
    ]
    pane = show(QueuePane, board(source(snapshot(queues=rows))))
    pane.select_key(("p1", "q"))
    qtbot.keyClick(pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    header, line = QGuiApplication.clipboard().text().splitlines()
    cells = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert cells["Queue"] == "'=HYPERLINK(1)"
    assert cells["Waiting"] == "1234"
    assert cells["Longest wait"] == "0:01:10"
    assert cells["Average wait"] == "1:01:40"
    assert cells["Abandon rate"] == "81.7%"
    assert [cells[title] for title in ("Offered", "Answered", "Abandoned")] == ["…", "?", "–"]
    pane.table.clearSelection()
    pane.copy_selection()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3


def test_phone_numbers_are_copied_as_they_are(show) -> None:
    row = Row("w", "", {"caller_number": word("+49 89 123"), "caller_name": word("-1+cmd"), "wait": ms(0)})
    pane = show(WaitingPane, board(source(snapshot(waiting=[row]))))
    assert "+49 89 123" in pane.as_tsv([0])
    assert "'+49" not in pane.as_tsv([0])
    assert "'-1+cmd" in pane.as_tsv([0])


def test_slash_goes_to_the_filter_and_down_comes_back(qtbot, show) -> None:
    pane = show(QueuePane, floor(1))
    pane.activateWindow()
    with qtbot.waitSignal(pane.table.search_asked, timeout=100):
        qtbot.keyClick(pane.table, "/")
    with qtbot.waitSignal(pane.search.left, timeout=100):
        qtbot.keyClick(pane.search, Qt.Key.Key_Down)


# for everybody


@pytest.mark.parametrize("kind", [QueuePane, AgentPane, WaitingPane, MetricsPane])
def test_every_control_has_a_spoken_name_and_every_label_is_plain(show, kind) -> None:
    pane = show(kind, floor(1))
    for control in (*pane.findChildren(QAbstractButton), *pane.findChildren(QLineEdit)):
        if control.parent() is pane.table:
            continue  # Qt's own corner button, which never shows
        if not control.isVisibleTo(pane):
            continue
        assert control.accessibleName() or getattr(control, "text", str)(), control
    assert pane.table.accessibleName() == pane.title_label.text()
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in pane.findChildren(QLabel) if label.text())


def test_hostile_names_are_shown_to_the_letter(show) -> None:
    pane = show(QueuePane, board(source(snapshot(queues=[queue("q", HOSTILE)]), name=HOSTILE)))
    assert texts(pane, "name") == [HOSTILE]
    assert texts(pane, "profile") == [HOSTILE]
    index = pane.model.index(0, pane.model.column_of("name"))
    assert pane.model.data(index, Qt.ItemDataRole.AccessibleTextRole).startswith(HOSTILE)
    bad = error("<img src=x>")
    pane.set_board(board(source(snapshot(queues=[queue("q", "Q", 1, 1, offered=bad)]))))
    tip = pane.model.data(pane.model.index(0, pane.model.column_of("offered")), Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip


def test_a_screen_reader_gets_the_table(show) -> None:
    pane = show(QueuePane, floor(7))
    interface = QAccessible.queryAccessibleInterface(pane.table)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Queues"


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("kind", [QueuePane, AgentPane, WaitingPane, MetricsPane])
def test_every_look_and_level_paints(show, theme, kind, mode, clock) -> None:
    truths = [WARMING, UNSUPPORTED, Reading(Status.NOT_APPLICABLE), error("no"), count(3), ms(9e6), percent(3.0)]
    queues = [
        queue(f"q{place}", "مرحبا 客户", place * 3, place * 40, offered=each, staffing=each, agents_available=each)
        for place, each in enumerate(truths)
    ]
    people = [agent(status.value, "Ä", status, 5_000) for status in AgentStatus]
    people.append(Row("none", "N", {"state": WARMING}))
    metrics = [MetricRow(str(place), "M", "X", "", each) for place, each in enumerate(truths)]
    callers = [caller("w", "Ann", 200)]
    snap = snapshot(queues=queues, agents=people, waiting=callers, metrics=metrics)
    old = source(replace(snap, profile_id="p2"), profile="p2", state=HealthState.UNREACHABLE)
    theme.set_mode(mode)
    pane = show(kind, board(source(snap), old))
    pane.table.setFocus()
    pane.table.selectAll()
    image = pane.grab().toImage()
    assert not image.isNull()
    pane.columns.sort_by(pane.model.columns[0].id, True)
    pane.resize(420, 300)
    assert not pane.grab().isNull()


def test_a_pane_can_be_narrow(show) -> None:
    for kind in (QueuePane, AgentPane, WaitingPane, MetricsPane):
        pane: QWidget = show(kind, floor(1))
        assert pane.minimumSizeHint().width() <= 420


# from a queue to its agents


def test_agents_of_one_queue_until_the_chip_is_pressed(qtbot, show) -> None:
    rows = [
        with_queues("a", "Ann", "Sales, Billing, Refunds"),
        with_queues("b", "Ben", "Billing"),
        with_queues("c", "Cem", "Billing, Refunds"),
    ]
    other = source(snapshot("p2", agents=[with_queues("d", "Dot", "Billing, Refunds")]), profile="p2", name="Berlin")
    pane = show(AgentPane, board(source(snapshot(agents=rows)), other))
    pane.show_queue(SourceView("p1", "Munich"), "Billing, Refunds")
    assert texts(pane, "name") == ["Ann", "Cem"]
    assert pane.count_label.text() == "2 of 4"
    assert "Billing, Refunds of Munich" in pane.queue_chip.accessibleName()
    pane.queue_chip.grab()
    qtbot.mouseClick(pane.queue_chip, Qt.MouseButton.LeftButton)
    assert pane.queue_chip.isHidden()
    assert pane.model.rowCount() == 4
    pane.show_queue(SourceView("p1", "Munich"), "Nobody's")
    pane.empty._button.click()
    assert pane.model.rowCount() == 4


def with_queues(key: str, name: str, queues: str) -> Row:
    row = agent(key, name)
    return Row(key, name, {**row.readings, "queues": word(queues)})


def test_a_time_nobody_saw_begin_is_copied_as_at_least(show) -> None:
    row = agent("a", "Ann", seconds=5)
    since = replace(row.readings["time_in_state"], text=AT_LEAST)
    pane = show(AgentPane, board(source(snapshot(agents=[Row("a", "Ann", {**row.readings, "time_in_state": since})]))))
    assert texts(pane, "time_in_state") == ["≥\u202f0:05"]
    assert "≥ 0:00:05" in pane.as_tsv([0])
    place = pane.model.index(0, pane.model.column_of("time_in_state"))
    assert "at least 5 seconds" in place.data(Qt.ItemDataRole.AccessibleTextRole)
