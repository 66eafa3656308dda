"""The panes: what they show, what they keep, what they say when there is nothing to show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QWidget

from console.domain.board import Board
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.messages import Message
from console.domain.model import ColumnInfo, MetricRow, Row
from console.domain.values import UNSUPPORTED, WARMING, Reading, Status, Unit, count, error
from console.domain.values import text as word
from console.ui.models.keyed import LOOK
from console.ui.panes import AgentPane, MetricsPane, QueuePane, TablePane, WaitingPane
from console.ui.panes.definition import DefinitionPopup
from console.ui.theme import Density, Theme
from tests.ui.boards import StillClock, agent, board, caller, columns, ms, percent, queue, snapshot, source

HOSTILE = "<b>VIP</b> R&D"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("dark")


@pytest.fixture
def show(qtbot, theme: Theme, clock: StillClock):
    alive: list[TablePane] = []  # qtbot holds widgets weakly; a window would own its panes

    def make(kind: type[TablePane], shown: Board | None = None) -> TablePane:
        pane = kind(theme, clock)
        alive.append(pane)
        qtbot.addWidget(pane)
        pane.resize(1200, 500)
        pane.show()
        if shown is not None:
            pane.set_board(shown)
        return pane

    return make


def floor(*waiting: int, **more) -> Board:
    queues = [queue(f"q{place}", f"Queue {place}", n, 10 * n) for place, n in enumerate(waiting)]
    return board(source(snapshot(queues=queues, **more)))


def texts(pane: TablePane, column: str) -> list[str]:
    section = pane.model.column_of(column)
    return [pane.model.data(pane.model.index(row, section)) for row in range(pane.model.rowCount())]


def click_header(qtbot, pane: TablePane, column: str) -> None:
    header = pane.table.header
    section = pane.model.column_of(column)
    x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))


# rows


def test_queues_appear_sorted_with_their_count(show) -> None:
    pane = show(QueuePane, floor(0, 3, 1))
    assert texts(pane, "name") == ["Queue 0", "Queue 1", "Queue 2"]
    assert texts(pane, "waiting") == ["0", "3", "1"]
    assert pane.count_label.text() == "3 queues"
    assert pane.stack.currentWidget() is pane.table


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
    assert texts(pane, "waiting") == ["5", "6"]


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


# emptiness


@pytest.mark.parametrize("kind", [QueuePane, AgentPane, WaitingPane, MetricsPane])
def test_without_connection_it_offers_one(qtbot, show, kind) -> None:
    pane = show(kind, Board())
    assert pane.empty.title() == "No system is connected"
    with qtbot.waitSignal(pane.action_requested, timeout=100) as heard:
        pane.empty._button.click()
    assert heard.args == ["add_profile"]


def test_before_the_first_figures_it_waits(show) -> None:
    pane = show(QueuePane, board(source(None, state=HealthState.WARMING, ok_mono=None)))
    assert pane.empty.title() == "Waiting for the first figures"
    assert pane.fresh_chip.text() == "warming up"


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (HealthState.REFUSED, "Munich: sign-in refused"),
        (HealthState.UNREACHABLE, "Munich: unreachable"),
        (HealthState.ERROR, "Munich: unreadable"),
    ],
)
def test_trouble_says_what_to_do(qtbot, show, state: HealthState, title: str) -> None:
    message = Message("connect.dns", {"host": "pbx.example"})
    pane = show(QueuePane, board(source(None, state=state, ok_mono=None, message=message)))
    assert pane.empty.title() == title
    assert "pbx.example cannot be found" in pane.empty.line()
    with qtbot.waitSignal(pane.action_requested, timeout=100) as heard:
        pane.empty._button.click()
    assert heard.args == ["edit_profile:p1"]


def test_a_system_without_caller_list_says_so(show) -> None:
    reason = {Section.WAITING: Message("waiting.unavailable")}
    snap = snapshot(has=columns(Section.QUEUES), unavailable=reason)
    pane = show(WaitingPane, board(source(snap)))
    assert pane.empty.title() == "Not available from this system"
    assert "how many wait, not who" in pane.empty.line()
    other = snapshot("p2", waiting=[caller("w", "Ann", 5)])
    pane.set_board(board(source(snap), source(other, profile="p2", name="Berlin")))
    assert pane.model.rowCount() == 1
    assert pane.strip.text().startswith("Munich: Waiting callers are not available")


def test_nobody_waiting_is_good_news(show) -> None:
    pane = show(WaitingPane, board(source(snapshot())))
    assert pane.empty.title() == "Nobody is waiting"
    assert pane.empty._button.isHidden()


def test_waiting_callers_have_the_longest_on_top(show) -> None:
    pane = show(WaitingPane, board(source(snapshot(waiting=[caller("a", "Ann", 5), caller("b", "Ben", 70)]))))
    assert texts(pane, "caller_name") == ["Ben", "Ann"]
    assert texts(pane, "wait") == ["1:10", "0:05"]


def test_metrics_without_tiles(show) -> None:
    metrics = [
        MetricRow("1", "Total", "NONE", "", count(3)),
        MetricRow("2", "Calls", "CALL_TYPE", "Inbound", count(4)),
        MetricRow("3", "Average", "CALL_TYPE", "", ms(61_000)),
    ]
    pane = show(MetricsPane, board(source(snapshot(metrics=metrics))))
    assert texts(pane, "name") == ["Average", "Calls"]
    assert texts(pane, "value") == ["1:01", "4"]
    assert texts(pane, "subject") == ["–", "Inbound"]


# columns


def test_columns_chosen_widened_moved_and_sorted_come_back(show) -> None:
    pane = show(QueuePane, floor(1, 2))
    pane.columns.set_shown("avg_talk", True)
    pane.columns.set_shown("offered", False)
    pane.table.header.resizeSection(pane.model.column_of("name"), 311)
    pane.table.header.moveSection(pane.table.header.visualIndex(pane.model.column_of("waiting")), 0)
    pane.columns.sort_by("waiting", True)
    state = pane.state()
    again = show(QueuePane, floor(1, 2))
    again.restore(state)
    assert again.state() == state
    assert again.columns.shown() == pane.columns.shown()
    assert again.columns.shown()[0] == again.model.column_of("waiting")
    assert again.table.header.sectionSize(again.model.column_of("name")) == 311
    assert texts(again, "waiting") == ["2", "1"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"widths": [1], "shown": 3, "order": "abc", "sort": 7},
        {"widths": {"name": "wide", "waiting": 10**9}, "order": ["gone", 5, "waiting"], "sort": "gone"},
        {"shown": dict.fromkeys(("level", "name", "waiting"), False)},
    ],
)
def test_a_broken_state_is_left_out(show, broken) -> None:
    pane = show(QueuePane, floor(1, 2))
    pane.restore(broken)
    assert pane.columns.shown()
    assert pane.model.rowCount() == 2
    assert pane.table.header.sectionSize(pane.model.column_of("waiting")) <= 400


def test_the_last_column_cannot_be_hidden_and_reset_brings_all_back(show) -> None:
    pane = show(QueuePane, floor(1))
    before = pane.columns.shown()
    for column in pane.model.columns:
        pane.columns.set_shown(column.id, False)
    assert len(pane.columns.shown()) == 1
    pane.columns.reset()
    assert pane.columns.shown() == before


def test_vendor_columns_appear_and_go_with_their_source(show) -> None:
    extra = (*columns(Section.QUEUES)[Section.QUEUES], ColumnInfo("metric:9", "Callbacks", Unit.COUNT))
    row = queue("q", "Q", 1, 1, **{"metric:9": count(4)})
    pane = show(QueuePane, board(source(snapshot(queues=[row], has={Section.QUEUES: extra}))))
    assert texts(pane, "metric:9") == ["4"]
    pane.set_board(floor(1))
    assert pane.model.column_of("metric:9") == -1


def test_a_name_of_a_megabyte_stays_in_its_column(show) -> None:
    pane = show(QueuePane, board(source(snapshot(queues=[queue("q", "x" * 1_000_000)]))))
    assert not pane.grab().isNull()
    assert pane.table.header.sectionSize(pane.model.column_of("name")) <= 400
    assert pane.table.rowHeight(0) == 30


def test_density_sets_the_row_height(show, theme) -> None:
    pane = show(QueuePane, floor(1))
    for density in Density:
        theme.set_density(density)
        assert pane.table.rowHeight(0) == int(density)


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
    next(action for action in menu.actions() if action.text() == "Largest or last on top").trigger()
    assert texts(pane, "waiting") == ["2", "1"]
    header = pane.menus.header_menu(pane.model.column_of("waiting"))
    next(action for action in header.actions() if action.text().startswith("Smallest")).trigger()
    assert texts(pane, "waiting") == ["1", "2"]
    next(action for action in header.actions() if action.text().startswith("Hide")).trigger()
    assert pane.table.isColumnHidden(pane.model.column_of("waiting"))
    for each in (menu, header):
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
    pane.table.setCurrentIndex(pane.model.index(1, pane.model.column_of("waiting")))
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(pane.source_requested, timeout=100) as heard:
        qtbot.keyClick(pane.table, Qt.Key.Key_R, keys)
    assert heard.args == ["p1", count(2)]
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
