"""Agents under headings: by state, by queue, opened and closed, and held still while somebody works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication

from console.domain.enums import AgentStatus
from console.domain.model import Row
from console.domain.values import text as word
from console.ui.models.groups import Grouping, GroupRow, hold_places, split_names
from console.ui.models.rows import SourceView, ViewRow
from console.ui.panes import AgentPane
from tests.ui.boards import agent, board, queue, snapshot, source
from tests.ui.panes.handling import click_header, texts

ON_CALL, PAUSED = AgentStatus.ON_CALL, AgentStatus.PAUSED


def worker(key: str, name: str, status: AgentStatus = ON_CALL, queues: str = "Sales") -> Row:
    row = agent(key, name, status)
    return Row(key, name, {**row.readings, "queues": word(queues)})


def floor(*rows: Row):
    return board(source(snapshot(agents=rows, queues=[queue("q", "Billing, Refunds"), queue("r", "Sales")])))


THREE = (worker("a", "Ann"), worker("b", "Ben", PAUSED, "Billing, Refunds, Sales"), worker("c", "Cem"))


def headings(pane: AgentPane) -> list[tuple[str, int]]:
    return [(row.row.name, row.row.count) for row in pane.model.rows if isinstance(row.row, GroupRow)]


def test_agents_stand_by_state(show) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.STATE)
    assert texts(pane, "name") == ["On call", "Ann", "Cem", "Paused", "Ben"]
    assert headings(pane) == [("On call", 2), ("Paused", 1)]
    assert pane.count_label.text() == "3 agents"
    assert not pane.table.grab().isNull()
    pane.group(Grouping.NONE)
    assert texts(pane, "name") == ["Ann", "Ben", "Cem"]


def test_agents_of_several_queues_stand_under_each(show) -> None:
    pane = show(AgentPane, floor(*THREE, worker("d", "Dot", queues="")))
    pane.group(Grouping.QUEUE)
    assert texts(pane, "name") == ["Billing, Refunds", "Ben", "Sales", "Ann", "Ben", "Cem", "No queue", "Dot"]
    assert pane.count_label.text() == "4 agents"
    two = board(source(snapshot(agents=THREE)), source(snapshot("p2", agents=THREE), profile="p2", name="Berlin"))
    pane.set_board(two)
    assert {"Sales of Munich", "Sales of Berlin"} <= {name for name, _ in headings(pane)}


def test_pointer_and_keys_open_and_close(qtbot, show) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.STATE)
    place = QPoint(60, pane.table.rowViewportPosition(0) + 5)
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(pane, "name") == ["On call", "Paused", "Ben"]
    pane.select_key(pane.model.keys[0])
    for key, shown in ((Qt.Key.Key_Left, 3), (Qt.Key.Key_Right, 5), (Qt.Key.Key_Space, 3), (Qt.Key.Key_Return, 5)):
        qtbot.keyClick(pane.table, key)
        assert pane.model.rowCount() == shown, key
    for caption, shown in (("Close all groups", 2), ("Open all groups", 5)):
        menu = pane.menus.button_menu()
        next(action for action in menu.actions() if action.text() == caption).trigger()
        assert pane.model.rowCount() == shown
    assert {"Group by queue", "No groups"} <= {action.text() for action in pane.menus.row_menu(0, 0).actions()}


def test_sorting_and_filtering_work_within_groups(qtbot, show) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.STATE)
    click_header(qtbot, pane, "name")
    assert texts(pane, "name") == ["On call", "Cem", "Ann", "Paused", "Ben"]
    pane.search.setText("ann")
    assert texts(pane, "name") == ["On call", "Ann"]
    assert pane.count_label.text() == "1 of 3"


def test_headings_are_spoken_and_not_copied(show) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.STATE)
    name = pane.model.index(0, pane.model.column_of("name"))
    assert name.data(Qt.ItemDataRole.AccessibleTextRole) == "On call, 2 agents, open"
    assert QAccessible.queryAccessibleInterface(pane.table) is not None
    pane.table.selectAll()
    pane.copy_selection()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1 + 3


def test_the_grouping_is_remembered_and_junk_is_not(show) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.QUEUE)
    other = show(AgentPane, floor(*THREE))
    other.restore(pane.state())
    assert other.grouping is Grouping.QUEUE
    assert other.model.rowCount() == pane.model.rowCount()
    for junk in ("by shoe size", 7, None):
        other.restore({"grouping": junk})
        assert other.grouping is Grouping.NONE


def test_nobody_jumps_between_groups_under_a_working_hand(show, clock) -> None:
    pane = show(AgentPane, floor(*THREE))
    pane.group(Grouping.STATE)
    pane.table._worked_at = clock.monotonic()
    pane.set_board(floor(worker("a", "Ann", PAUSED), THREE[1], THREE[2], worker("e", "Eva", PAUSED)))
    assert texts(pane, "name") == ["On call", "Ann", "Cem", "Paused", "Ben", "Eva"]
    clock.step(60)
    pane._on_ticked()
    assert texts(pane, "name") == ["On call", "Cem", "Paused", "Ann", "Ben", "Eva"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sales", ("Sales",)),
        ("Sales, Billing, Refunds", ("Sales", "Billing, Refunds")),
        ("Billing, Other", ("Billing", "Other")),
        ("Sales, Sales", ("Sales",)),
        ("", ("",)),
    ],
)
def test_names_with_commas_stay_whole(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text, {"Sales", "Billing, Refunds"}) == names


KEYS = st.lists(st.integers(0, 12), unique=True)


@given(KEYS, KEYS)
def test_places_are_held_and_newcomers_follow_whom_they_now_follow(old: list[int], new: list[int]) -> None:
    view = SourceView("p", "P")
    rows = [ViewRow(("p", str(n)), view, Row(str(n), "", {})) for n in new]
    held = [row.key for row in hold_places(rows, [("p", str(n)) for n in old])]
    assert sorted(held) == sorted(row.key for row in rows)
    assert [key for key in held if int(key[1]) in old] == [("p", str(n)) for n in old if n in new]
