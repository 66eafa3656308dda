"""Sorting, filtering and the moments of sources."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.model import ColumnInfo, MetricRow, Row
from console.domain.text import Look
from console.domain.thresholds import Level
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, Status, Unit, count, error
from console.domain.values import text as word
from console.ui.models.cells import CellMaker, speak_row
from console.ui.models.columns import (
    STAFFING,
    agent_columns,
    cell_level,
    metric_columns,
    queue_columns,
    row_level,
    vendor_columns,
    waiting_columns,
)
from console.ui.models.rows import (
    SLICE,
    Freshness,
    Order,
    SectionRows,
    SourceView,
    ViewRow,
    Words,
    arrange,
    arranged,
    hold_order,
    metric_rows,
    moments,
    natural_key,
    sort_value,
)
from tests.ui.boards import START_MS, StillClock, agent, board, columns, ms, queue, snapshot, source

HERE = {"p1": Freshness(START_MS, None)}
VIEW = SourceView("p1", "Munich")
QUEUES = {column.id: column for column in queue_columns()}
AGENTS = {column.id: column for column in agent_columns()}


def view(row: Row) -> ViewRow:
    return ViewRow(("p1", row.id), VIEW, row)


def by(column: str, descending: bool = False) -> Order:
    spec = QUEUES[column]
    return Order(spec.value, spec.unit, descending)


def names(rows: list[ViewRow]) -> list[str]:
    return [row.row.name for row in rows]


def test_names_sort_naturally() -> None:
    rows = [view(queue(name, name)) for name in ("Line 10", "line 9", "Äpfel", "Line 1", "alpha")]
    assert names(arranged(rows, HERE, by("name"))) == ["alpha", "Line 1", "line 9", "Line 10", "Äpfel"]
    assert natural_key("x" + "9" * 500)


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_both_ways(descending: bool) -> None:
    nothing = [WARMING, UNSUPPORTED, NOT_APPLICABLE, error("bad")]
    rows = [view(Row(f"n{place}", f"n{place}", {"offered": reading})) for place, reading in enumerate(nothing)]
    rows += [view(Row(f"v{value}", f"v{value}", {"offered": count(value)})) for value in (3, 0, 11)]
    result = names(arranged(rows, HERE, by("offered", descending)))
    assert result[:3] == (["v11", "v3", "v0"] if descending else ["v0", "v3", "v11"])
    assert result[3:] == ["n0", "n1", "n2", "n3"]


def test_equal_rows_keep_the_order_of_the_board() -> None:
    rows = [view(queue(str(place), str(place), waiting=place % 2)) for place in range(10)]
    assert names(arranged(rows, HERE, by("waiting"))) == ["0", "2", "4", "6", "8", "1", "3", "5", "7", "9"]
    assert names(arranged(rows, HERE, by("waiting", True))) == ["1", "3", "5", "7", "9", "0", "2", "4", "6", "8"]


def test_running_durations_sort_by_their_value_now() -> None:
    still = Row("still", "still", {"longest_wait": ms(15_000)})
    running = Row("running", "running", {"longest_wait": ms(10_000, running=True)})
    rows = [view(still), view(running)]
    assert names(arranged(rows, HERE, by("longest_wait", True))) == ["still", "running"]
    later = {"p1": Freshness(START_MS + 6_000, None)}
    assert names(arranged(rows, later, by("longest_wait", True))) == ["running", "still"]


def test_sort_values() -> None:
    assert sort_value(count(0), 0) == 0.0
    assert sort_value(word(""), 0) is None
    assert sort_value(Reading(Status.STALE, 5), 0) == 5.0
    assert sort_value(count(float("nan")), 0) is None
    assert sort_value(ms(5_000, running=True), START_MS - 60_000) == 0.0


def test_figures_and_words_in_one_column_do_not_break_the_sort() -> None:
    rows = [view(Row("a", "a", {"offered": count(3)})), view(Row("b", "b", {"offered": word("many")}))]
    assert sorted(names(arranged(rows, HERE, by("offered")))) == ["a", "b"]


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=60), st.booleans())
def test_sorting_is_a_permutation_in_order(values: list[float | None], descending: bool) -> None:
    rows = [
        view(Row(str(place), str(place), {} if value is None else {"offered": count(value)}))
        for place, value in enumerate(values)
    ]
    result = arranged(rows, HERE, by("offered", descending))
    assert sorted(row.key for row in result) == sorted(row.key for row in rows)
    figures = [row.row.reading("offered").value for row in result]
    known = [value for value in figures if value is not None]
    assert figures[: len(known)] == sorted(known, reverse=descending)


def test_thousands_are_arranged_in_slices() -> None:
    rows = [view(queue(str(place), str(place), waiting=random.randrange(9))) for place in range(SLICE * 3)]
    steps = sum(1 for _ in arrange(rows, HERE, by("waiting"), lambda row: True))
    assert steps >= 12
    assert arranged(rows, HERE, Order()) == rows


@pytest.mark.parametrize(
    ("typed", "hit"),
    [
        ("", True),
        ("supp", True),
        ("SUPP sal", True),
        ("sales  support", True),
        ("sales x", False),
        ("&", True),
        ("straße", True),
    ],
)
def test_every_typed_word_must_occur(typed: str, hit: bool) -> None:
    assert Words(typed).match("Sales & Support\nSTRASSE".casefold()) is hit
    assert bool(Words(typed)) is bool(typed)


def test_held_rows_keep_their_order_and_newcomers_go_last() -> None:
    rows = [view(queue(key, key)) for key in "abcd"]
    held = hold_order(rows, [("p1", "c"), ("p1", "gone"), ("p1", "a")])
    assert [row.key[1] for row in held] == ["c", "a", "b", "d"]


def test_a_stale_source_stands_at_its_last_fresh_moment() -> None:
    clock = StillClock()
    snap = snapshot(queues=[queue("q", "Q", 1, 5)], offset_ms=500.0)
    lively = board(source(snap), source(snap, profile="p2", state=HealthState.UNREACHABLE))
    clock.step(7)
    now = moments(lively, clock.now_ms(), clock.monotonic())
    assert now["p1"] == Freshness(START_MS + 7_000 + 500, None)
    assert now["p2"] == Freshness(START_MS + 500, 7.0)
    clock.step(30)
    quiet = moments(lively, clock.now_ms(), clock.monotonic())
    assert quiet["p1"] == Freshness(START_MS + 500, 37.0)


def test_rows_of_all_sources_keep_their_profile() -> None:
    both = board(
        source(snapshot(queues=[queue("q", "One")])),
        source(snapshot("p2", queues=[queue("q", "Two")]), profile="p2", name="Berlin"),
        source(None, profile="p3"),
    )
    rows = SectionRows(Section.QUEUES).rows(both)
    assert [(row.key, row.source.name) for row in rows] == [(("p1", "q"), "Munich"), (("p2", "q"), "Berlin")]


def test_tiles_are_no_metric_rows() -> None:
    metrics = [MetricRow("1", "Total", "NONE", "", count(1)), MetricRow("2", "Inbound", "TYPE", "x", count(2))]
    rows = metric_rows(board(source(snapshot(metrics=metrics)), source(None, profile="p2")))
    assert [row.row.name for row in rows] == ["Inbound"]
    assert rows[0].row.reading("value") == count(2)


# columns and cells


def maker(stale: float | None = None) -> CellMaker:
    cells = CellMaker()
    cells.moments = {"p1": Freshness(START_MS, stale)}
    return cells


def test_every_column_has_title_definition_and_sane_width() -> None:
    for column in (*queue_columns(), *agent_columns(), *waiting_columns(), *metric_columns()):
        assert column.title
        assert column.definition, column.id
        assert 40 < column.width <= 400
    for group in (queue_columns(), agent_columns(), waiting_columns(), metric_columns()):
        assert len({column.id for column in group}) == len(group)


def test_five_truths_look_and_sound_different() -> None:
    cells = maker()
    row = view(
        Row(
            "q",
            "Q",
            {"waiting": count(0), "offered": WARMING, "answered": NOT_APPLICABLE, "abandoned": error("not permitted")},
        )
    )
    shown = [cells.cell(row, QUEUES[column]).shown for column in ("waiting", "offered", "answered", "unanswered")]
    shown.append(cells.cell(row, QUEUES["abandoned"]).shown)
    shown.append(maker(48.0).cell(row, QUEUES["waiting"]).shown)
    assert [each.text for each in shown] == ["0", "…", "n/a", "–", "?", "0"]
    assert len({each.look for each in shown}) == 6
    assert len({each.spoken for each in shown}) == 6
    assert shown[4].tip == "not permitted"
    assert "48 s" in shown[5].tip


def test_old_values_raise_no_alarm_and_show_no_bar() -> None:
    row = view(queue("q", "Q", waiting=12, longest_s=300))
    fresh, old = maker().cell(row, QUEUES["waiting"]), maker(48.0).cell(row, QUEUES["waiting"])
    assert (fresh.level, fresh.fraction) == (Level.CRITICAL, 1.0)
    assert (old.level, old.fraction, old.shown.look) == (Level.NONE, None, Look.STALE)
    assert maker().level(row) is Level.CRITICAL
    assert maker(48.0).level(row) is Level.NONE
    assert maker(48.0).cell(row, QUEUES["name"]).age == "48 s"
    assert maker().cell(row, QUEUES["name"]).age == ""
    assert maker(48.0).cell(row, QUEUES["level"]).shown.text == "Critical"


def test_a_bad_rate_marks_its_cell_and_not_the_row() -> None:
    row = view(Row("q", "Q", {"service_level": Reading(Status.OK, 40.0, Unit.PERCENT)}))
    assert cell_level("service_level", row, HERE["p1"]) is Level.CRITICAL
    assert row_level(row, HERE["p1"]) is Level.NONE


def test_state_shows_our_word_and_keeps_the_vendors() -> None:
    cells = maker()
    cell = cells.cell(view(agent("a", "A", AgentStatus.AFTER_CALL, vendor="ACW")), AGENTS["state"])
    assert (cell.shown.text, cell.status) == ("After call", AgentStatus.AFTER_CALL)
    assert "ACW" in cell.shown.tip
    strange = cells.cell(view(agent("a", "A", AgentStatus.UNKNOWN, vendor="Follow-me")), AGENTS["state"])
    assert strange.shown.text == "Follow-me"
    odd = Row("a", "A", {"state": word("dancing")})
    assert cells.cell(view(odd), AGENTS["state"]).status is AgentStatus.UNKNOWN
    old = maker(60.0).cell(view(agent("a", "A")), AGENTS["state"])
    assert old.shown.look is Look.STALE
    assert old.shown.spoken.startswith("Available, old")
    assert cells.cell(view(Row("a", "A", {"state": WARMING})), AGENTS["state"]).shown.look is Look.WARMING


def test_staffing_says_four_figures_and_invents_none() -> None:
    cells = maker()
    full = view(Row("q", "Q", {column: count(value) for column, value in zip(STAFFING, (7, 4, 2, 1), strict=True)}))
    cell = cells.cell(full, QUEUES["staffing"])
    assert cell.shown.text == "7 · 4 · 2 · 1"
    assert cell.shown.spoken == "7 available, 4 busy, 2 paused, 1 logged off"
    assert cell.parts == (7.0, 4.0, 2.0, 1.0)
    some = cells.cell(view(Row("q", "Q", {"agents_busy": count(4)})), QUEUES["staffing"])
    assert some.shown.text == "– · 4 · – · –"
    assert some.parts == (None, 4.0, None, None)
    none = cells.cell(view(Row("q", "Q", {})), QUEUES["staffing"])
    assert none.shown.look is Look.UNSUPPORTED


def test_no_free_agent_is_an_alarm_while_callers_wait() -> None:
    busy = {column: count(0) for column in STAFFING}
    assert maker().cell(view(queue("q", "Q", 2, 5, **busy)), QUEUES["staffing"]).level is Level.CRITICAL
    assert maker().cell(view(queue("q", "Q", 0, 0, **busy)), QUEUES["staffing"]).level is Level.NONE


def test_a_row_speaks_in_a_sentence() -> None:
    row = view(queue("q", "Support", waiting=7, longest_s=130))
    said = speak_row(row, queue_columns(), maker())
    assert said == "Support, 7 waiting, longest 2 minutes 10 seconds, critical"
    person = speak_row(view(agent("a", "Anna", AgentStatus.ON_CALL, 61)), agent_columns(), maker())
    assert person == "Anna, On call, for 1 minute 1 second"


def test_vendor_metrics_become_columns_once() -> None:
    extra = ColumnInfo("metric:7", "Callbacks", Unit.COUNT)
    has = {Section.QUEUES: (*columns(Section.QUEUES)[Section.QUEUES], extra)}
    two = board(source(snapshot(has=has)), source(snapshot("p2", has=has), profile="p2"), source(None, profile="p3"))
    found = vendor_columns(two, Section.QUEUES)
    assert [(column.id, column.title, column.is_numeric) for column in found] == [("metric:7", "Callbacks", True)]
    many = {Section.QUEUES: tuple(ColumnInfo(f"metric:{n}", str(n), Unit.TEXT) for n in range(9))}
    assert sum(column.is_default for column in vendor_columns(board(source(snapshot(has=many))), Section.QUEUES)) == 4
