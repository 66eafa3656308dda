"""The panes: rows, filter, and the truth about time."""

from __future__ import annotations

from PySide6.QtCore import Qt

from console.domain.enums import AgentStatus, HealthState
from console.domain.values import count
from console.ui.models.keyed import LOOK
from console.ui.panes import AgentPane, QueuePane
from tests.ui.boards import agent, board, queue, snapshot, source
from tests.ui.panes.handling import click_header, floor, texts

# rows


def test_queues_appear_sorted_with_their_count(show) -> None:
    pane = show(QueuePane, floor(0, 3, 1))
    assert texts(pane, "name") == ["Queue 1", "Queue 2", "Queue 0"], "the longest wait on top"
    assert texts(pane, "waiting") == ["3", "1", "0"]
    assert pane.count_label.text() == "3 queues"
    assert pane.stack.currentWidget() is pane.table


def test_the_most_urgent_queue_is_on_top_and_equal_ones_stand_by_name(show) -> None:
    alarm = {"agents_available": count(0)}
    queues = [
        queue("a", "Line 10"),
        queue("b", "Line 9"),
        queue("c", "Patient", 1, 50, agents_available=count(4)),
        queue("d", "Nobody free", 1, 5, **alarm),
        queue("e", "Nobody free for longer", 1, 40, **alarm),
        queue("f", "Long", 1, 70, agents_available=count(4)),
    ]
    pane = show(QueuePane, board(source(snapshot(queues=queues))))
    assert texts(pane, "level") == ["Critical", "Critical", "Caution", "Normal", "Normal", "Normal"]
    assert texts(pane, "name") == ["Nobody free for longer", "Nobody free", "Long", "Patient", "Line 9", "Line 10"]
    assert pane.table.header.sortIndicatorSection() == pane.model.column_of("level")


def test_a_third_click_and_a_menu_lead_back_to_the_most_urgent(qtbot, show) -> None:
    pane = show(QueuePane, floor(1, 3, 2))
    first = texts(pane, "name")
    for expected in (["Queue 1", "Queue 2", "Queue 0"], ["Queue 0", "Queue 2", "Queue 1"], first):
        click_header(qtbot, pane, "waiting")
        assert texts(pane, "name") == expected
    assert pane.columns.is_first_sort
    pane.columns.sort_by("name", False)
    menu = pane.menus.header_menu(pane.model.column_of("name"))
    next(action for action in menu.actions() if action.text() == "Most urgent first").trigger()
    assert texts(pane, "name") == first


def test_a_click_on_a_caption_sorts_and_the_next_one_turns_it(qtbot, show) -> None:
    pane = show(QueuePane, floor(0, 3, 1))
    click_header(qtbot, pane, "waiting")
    assert texts(pane, "waiting") == ["3", "1", "0"]
    assert pane.table.header.sortIndicatorSection() == pane.model.column_of("waiting")
    assert pane.table.header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    click_header(qtbot, pane, "waiting")
    assert texts(pane, "waiting") == ["0", "1", "3"]
    assert pane.table.header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
    assert not pane.table.selectionModel().hasSelection()


def test_selection_current_cell_and_scroll_stay_with_their_rows(show, clock) -> None:
    pane = show(QueuePane, floor(*range(60)))
    pane.columns.sort_by("waiting", True)
    pane.select_key(("p1", "q20"))
    pane.table.verticalScrollBar().setValue(pane.table.verticalScrollBar().value() + 7)
    offset = pane.table.rowViewportPosition(pane.table.currentIndex().row())
    pane.set_board(floor(*reversed(range(60))))
    assert pane.model.keys[pane.table.currentIndex().row()] == ("p1", "q20")
    assert [pane.model.keys[i.row()] for i in pane.table.selectionModel().selectedRows()] == [("p1", "q20")]
    assert pane.table.rowViewportPosition(pane.table.currentIndex().row()) == offset


def test_a_table_at_its_top_stays_there(show) -> None:
    pane = show(QueuePane, floor(*range(60)))
    pane.columns.sort_by("waiting", True)
    pane.set_board(floor(*reversed(range(60))))
    assert pane.table.verticalScrollBar().value() == 0
    assert texts(pane, "waiting")[0] == "59"


def test_order_is_held_while_somebody_works_in_the_rows(qtbot, show, clock) -> None:
    pane = show(QueuePane, floor(3, 2, 1))
    pane.columns.sort_by("waiting", True)
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Down)
    pane.set_board(floor(1, 2, 3, 9))
    assert texts(pane, "name") == ["Queue 0", "Queue 1", "Queue 2", "Queue 3"]
    assert texts(pane, "waiting") == ["1", "2", "3", "9"]
    clock.step(5)
    pane._on_ticked()
    assert texts(pane, "waiting") == ["9", "3", "2", "1"]


def test_asking_for_an_order_gives_it_even_while_working(qtbot, show) -> None:
    pane = show(QueuePane, floor(1, 2, 3))
    qtbot.keyClick(pane.table, Qt.Key.Key_Down)
    pane.columns.sort_by("waiting", True)
    assert texts(pane, "waiting") == ["3", "2", "1"]


def test_thousands_of_rows_arrive_in_slices_and_the_newest_board_wins(qtbot, show) -> None:
    pane = show(QueuePane)
    pane.set_board(floor(*([1] * 4000)))
    assert pane.model.rowCount() == 0
    pane.set_board(floor(*([2] * 3000)))
    qtbot.waitUntil(lambda: pane.model.rowCount() == 3000, timeout=5000)
    assert texts(pane, "waiting")[0] == "2"


def test_a_hidden_pane_rests_and_catches_up(show) -> None:
    pane = show(QueuePane, floor(1))
    assert pane._ticker.is_running
    pane.hide()
    assert not pane._ticker.is_running
    pane.set_board(floor(5, 6))
    assert pane.model.rowCount() == 1
    pane.show()
    assert texts(pane, "waiting") == ["6", "5"]


# filter


def test_find_as_you_type_over_all_shown_text(qtbot, show) -> None:
    pane = show(QueuePane, board(source(snapshot(queues=[queue("a", "Sales & Support"), queue("b", "Claims", 7, 5)]))))
    pane.focus_search()
    qtbot.keyClicks(pane.search, "SUPP sal")
    assert texts(pane, "name") == ["Sales & Support"]
    assert pane.count_label.text() == "1 of 2"
    pane.search.setText("7")
    assert texts(pane, "name") == ["Claims"]
    qtbot.keyClick(pane.search, Qt.Key.Key_Escape)
    assert pane.model.rowCount() == 2


def test_nothing_matches_offers_to_clear(qtbot, show) -> None:
    pane = show(QueuePane, floor(1, 2))
    pane.search.setText("zzz")
    assert pane.stack.currentWidget() is pane.empty
    assert pane.empty.title() == "Nothing matches"
    assert "zzz" in pane.empty.line()
    assert pane.count_label.text() == "0 of 2"
    pane.empty._button.click()
    assert pane.model.rowCount() == 2


def test_state_chips_count_and_filter(show) -> None:
    people = [agent("a", "Anna"), agent("b", "Ben", AgentStatus.PAUSED), agent("c", "Cem", AgentStatus.PAUSED)]
    pane = show(AgentPane, board(source(snapshot(agents=people))))
    assert isinstance(pane, AgentPane)
    assert pane.chips[AgentStatus.PAUSED].count() == 2
    assert pane.chips[AgentStatus.AVAILABLE].count() == 1
    assert pane.chips[AgentStatus.ON_CALL].isVisible()
    assert not pane.chips[AgentStatus.RINGING].isVisible()
    pane.chips[AgentStatus.PAUSED].click()
    assert texts(pane, "name") == ["Ben", "Cem"]
    assert pane.count_label.text() == "2 of 3"
    pane.chips[AgentStatus.ON_CALL].click()
    assert texts(pane, "name") == ["Ben", "Cem"]
    pane.chips[AgentStatus.PAUSED].click()
    assert pane.empty.title() == "Nothing matches"
    pane.empty._button.click()
    assert pane.model.rowCount() == 3


# truths, time and freshness


def test_durations_tick_while_live_and_stand_when_stale(show, clock) -> None:
    pane = show(QueuePane, floor(1))
    assert texts(pane, "longest_wait") == ["0:10"]
    clock.step(5)
    pane._on_ticked()
    assert texts(pane, "longest_wait") == ["0:15"]
    assert pane.fresh_chip.text() == "live 5 s"
    clock.step(43)
    pane._on_ticked()
    assert pane.fresh_chip.text() == "stale 48 s"
    assert texts(pane, "longest_wait") == ["0:10"]
    section = pane.model.column_of("longest_wait")
    assert pane.model.data(pane.model.index(0, section), LOOK) == "stale"
    clock.step(10)
    pane._on_ticked()
    assert texts(pane, "longest_wait") == ["0:10"]
    assert pane.model.cell(0, pane.model.column_of("name")).age == "58 s"


def test_a_source_that_comes_back_is_fresh_at_once(show, clock) -> None:
    pane = show(QueuePane, floor(1))
    clock.step(60)
    pane._on_ticked()
    fresh = source(snapshot(queues=[queue("q0", "Queue 0", 1, 10)]), ok_mono=clock.mono)
    pane.set_board(board(fresh))
    section = pane.model.column_of("waiting")
    assert pane.model.data(pane.model.index(0, section), LOOK) == "value"
    assert pane.fresh_chip.text() == "live 0 s"


def test_several_sources_show_their_profile_and_the_worst_freshness(show, clock) -> None:
    one = source(snapshot(queues=[queue("q", "One", 1, 10)]))
    two = source(
        snapshot("p2", queues=[queue("q", "Two", 1, 10)]),
        profile="p2",
        name="Berlin",
        state=HealthState.UNREACHABLE,
    )
    pane = show(QueuePane, board(one))
    profile = pane.model.column_of("profile")
    assert pane.table.isColumnHidden(profile)
    clock.step(3)
    pane.set_board(board(one, two))
    assert not pane.table.isColumnHidden(profile)
    assert texts(pane, "profile") == ["Munich", "Berlin"]
    assert pane.fresh_chip.text() == "1 of 2 live, unreachable 3 s"
    looks = [pane.model.data(pane.model.index(row, pane.model.column_of("waiting")), LOOK) for row in range(2)]
    assert looks == ["value", "stale"]
    pane.set_board(board(one))
    assert pane.table.isColumnHidden(profile)


def test_the_second_hand_is_not_announced(qtbot, show, clock) -> None:
    pane = show(QueuePane, floor(1))
    pane.grab()
    heard: list[list[int]] = []
    pane.model.dataChanged.connect(lambda first, last, roles: heard.append(list(roles)))
    clock.step(1)
    pane._on_ticked()
    assert heard == [[int(Qt.ItemDataRole.DisplayRole)]]
