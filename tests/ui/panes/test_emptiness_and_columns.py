"""What a pane says when it has no rows, and which columns it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.board import Board
from console.domain.enums import HealthState, Section
from console.domain.messages import Message
from console.domain.model import ColumnInfo, MetricRow, Row
from console.domain.values import Unit, count
from console.ui.panes import AgentPane, MetricsPane, QueuePane, WaitingPane
from console.ui.theme import Density
from tests.ui.boards import board, caller, columns, ms, percent, queue, snapshot, source
from tests.ui.panes.handling import floor, texts

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
    assert pane.strip.text() == "Not available from Munich"
    assert "how many wait, not who" in pane.strip.accessibleName()


def test_nobody_waiting_is_good_news(show) -> None:
    pane = show(WaitingPane, board(source(snapshot())))
    assert pane.empty.title() == "Nobody is waiting"
    assert pane.empty._button.isHidden()


def test_nobody_waiting_is_not_claimed_for_a_source_that_is_silent(show) -> None:
    live = source(snapshot())
    lost = source(snapshot("p2"), profile="p2", name="Graz", state=HealthState.UNREACHABLE)
    pane = show(WaitingPane, board(live, lost))
    assert pane.empty.title() == "Nobody is waiting, as far as is known"
    assert "Graz" in pane.empty.line()
    assert "Munich" not in pane.empty.line()


def test_a_silent_source_without_caller_list_takes_nothing_from_the_good_news(show) -> None:
    live = source(snapshot())
    reason = {Section.WAITING: Message("waiting.unavailable")}
    other = source(
        snapshot("p2", has=columns(Section.QUEUES), unavailable=reason), profile="p2", state=HealthState.UNREACHABLE
    )
    assert show(WaitingPane, board(live, other)).empty.title() == "Nobody is waiting"


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


def test_columns_use_the_room_of_a_wide_screen_and_keep_chosen_widths(show) -> None:
    pane = show(QueuePane, floor(1))
    pane.table.header.resizeSection(pane.model.column_of("offered"), 111)
    pane.resize(1900, 500)
    header = pane.table.header
    used = sum(header.sectionSize(section) for section in pane.columns.shown())
    assert pane.table.viewport().width() - used < len(pane.columns.shown())
    assert header.sectionSize(pane.model.column_of("offered")) == 111
    assert set(pane.state()["widths"]) == {"offered"}
    pane.resize(700, 500)
    shown = pane.columns.shown()
    edges = [header.sectionViewportPosition(section) + header.sectionSize(section) for section in shown]
    assert pane.table.viewport().width() in edges, "as many columns as fit end where the table does"
    assert header.sectionSize(pane.model.column_of("offered")) == 111
    for section in shown:
        column = pane.model.columns[section]
        assert header.sectionSize(section) >= column.narrowest


def test_every_standard_queue_column_fits_a_small_screen(show) -> None:
    day = {"offered": count(9), "abandon_rate": percent(2), "avg_wait": ms(1), "service_level": percent(90)}
    row = replace(queue("q", "Support"), readings={**queue("q", "Support").readings, **day})
    extra = ColumnInfo("metric:m1", "Talking duration", Unit.MS)
    has = columns(Section.QUEUES)
    has = {Section.QUEUES: (*has[Section.QUEUES], extra)}
    sources = [source(snapshot(str(n), queues=[row], has=has), profile=str(n), name=f"Site {n}") for n in range(4)]
    pane = show(QueuePane, board(*sources))
    for width in (1340, 1166):
        pane.resize(width, 320)
        last = pane.model.column_of("service_level")
        edge = pane.table.header.sectionViewportPosition(last) + pane.table.header.sectionSize(last)
        assert edge <= pane.table.viewport().width(), width


def test_vendor_metrics_of_one_title_share_a_column_shown_when_all_have_it(show) -> None:
    def site(profile: str, metric: str, *more: ColumnInfo):
        has = {Section.QUEUES: (ColumnInfo(f"metric:{metric}", "Talking time", Unit.MS), *more)}
        row = Row("q", "Support", {f"metric:{metric}": ms(60_000), "metric:own": count(7)})
        return source(snapshot(profile, queues=[row], has=has), profile=profile, name=profile)

    own = ColumnInfo("metric:own", "Penalty", Unit.COUNT)
    pane = show(QueuePane, board(site("a", "m1", own)))
    assert not pane.table.isColumnHidden(pane.model.column_of("metric:own"))
    pane.set_board(board(site("a", "m1", own), site("b", "m2")))
    assert texts(pane, "metric:m1") == ["1:00", "1:00"]
    assert pane.model.column_of("metric:m2") == -1
    assert "m1, m2" in pane.model.columns[pane.model.column_of("metric:m1")].definition
    assert not pane.table.isColumnHidden(pane.model.column_of("metric:m1"))
    assert pane.table.isColumnHidden(pane.model.column_of("metric:own"))
