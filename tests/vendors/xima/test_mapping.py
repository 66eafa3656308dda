"""Proposals, plans and boards: which metric fills what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.columns import STANDARD
from console.domain.enums import Section
from console.domain.values import Origin, Status, Unit
from console.vendors.xima.board import Batch, Board, polled, pushed
from console.vendors.xima.mapping import Directory, make_plan, metric_infos, row_names
from console.vendors.xima.proposals import propose
from console.vendors.xima.values import Origins
from console.vendors.xima.wire import MetricDef, parse_metrics, parse_values
from tests.vendors.xima.support import count, metric, string

QUEUES, AGENTS = Section.QUEUES, Section.AGENTS


def proposed(name: str, category: str) -> str:
    """The column a single metric is proposed for."""
    found = propose([MetricDef("1", name, category)])
    return next((column for _, column in found), "")


@pytest.mark.parametrize(
    ("category", "name", "column"),
    [
        ("GROUP", "Calls in Queue", "waiting"),
        ("SKILL", "CALLS IN QUEUE", "waiting"),
        ("SKILL", "Queue: calls", "waiting"),
        ("SKILL", "Current Queued Calls", "waiting"),
        ("SKILL", "Calls Waiting", "waiting"),
        ("SKILL", "Max Queue Duration", "longest_wait"),
        ("SKILL", "Max Wait Time", "longest_wait"),
        ("SKILL", "Longest Wait", "longest_wait"),
        ("SKILL", "Skill Login Count", "agents_logged_in"),
        ("GROUP", "Agents Logged In", "agents_logged_in"),
        ("GROUP", "Agents Available", "agents_available"),
        ("GROUP", "Ready Count", "agents_available"),
        ("GROUP", "Busy Agents", "agents_busy"),
        ("GROUP", "Do Not Disturb Count", "agents_paused"),
        ("GROUP", "Agents in DND", "agents_paused"),
        ("GROUP", "Agents Logged Off", "agents_logged_off"),
        ("GROUP", "Inbound Calls Presented", "offered"),
        ("SKILL", "Presented Call Count", "offered"),
        ("SKILL", "Calls Presented Today", "offered"),
        ("GROUP", "Inbound Calls Answered", "answered"),
        ("GROUP", "Unanswered Calls", "unanswered"),
        ("SKILL", "Abandoned Call Count", "abandoned"),
        ("SKILL", "Abandoned Calls Percent", "abandon_rate"),
        ("SKILL", "% Abandoned", "abandon_rate"),
        ("SKILL", "Avg Speed of Answer", "avg_wait"),
        ("GROUP", "Average Speed Of Answer", "avg_wait"),
        ("GROUP", "Avg Talking Duration", "avg_talk"),
        ("GROUP", "Service Level", "service_level"),
        ("GROUP", "Service Level (20 s)", "service_level"),
        ("GROUP", "% Answered within Service Level", "service_level"),
        ("SKILL", "Calls Answered within Service Level", "answered_in_target"),
        ("GROUP", "Answered Calls within 20 sec", "answered_in_target"),
        ("GROUP", "Calls Abandoned within SLA", "abandoned_in_target"),
        ("GROUP", "Short Abandoned Calls", "short_abandoned"),
        ("AGENT", "Agent State", "state"),
        ("AGENT", "Time in State", "time_in_state"),
        ("AGENT", "Agent State Duration", "time_in_state"),
        ("AGENT", "DND Reason", "pause_reason"),
        ("AGENT", "Agent Queues", "queues"),
        ("AGENT", "Agent Current Caller ID", "caller"),
        ("AGENT", "Agent Answered Calls", "calls_taken"),
        ("AGENT", "Time Since Last Call", "last_call"),
        # what must not be guessed
        ("GROUP", "Calls in Queue Today", ""),
        ("GROUP", "Total Queued Calls", ""),
        ("GROUP", "Abandoned Calls within 5 s", ""),
        ("GROUP", "Answered Calls Last 30 Minutes", ""),
        ("GROUP", "Outbound Answered Calls", ""),
        ("GROUP", "Avg Wait Time", ""),
        ("GROUP", "Max Wait Time Today", ""),
        ("GROUP", "Agents Logged Into Multimedia", ""),
        ("AGENT", "Calls in Queue", ""),
        ("AGENT", "Chat State", ""),
        ("AGENT", "Skill Login Count", ""),
        ("NONE", "Calls in Queue", ""),
        ("CALL_DIRECTION", "Answered Calls", ""),
        ("GROUP", "", ""),
        ("GROUP", "metricA", ""),
    ],
)
def test_proposals_by_name(category: str, name: str, column: str) -> None:
    assert proposed(name, category) == column


def test_the_best_match_wins_and_nothing_is_used_twice() -> None:
    metrics = [
        MetricDef("weak", "Queued Calls", "GROUP"),
        MetricDef("best", "Calls in Queue", "GROUP"),
        MetricDef("twin", "Calls in Queue", "GROUP"),
    ]
    assert propose(metrics) == {(QUEUES, "waiting"): "best"}


@given(
    st.lists(st.tuples(st.text(max_size=30), st.sampled_from(["AGENT", "GROUP", "SKILL", "NONE", "X"])), max_size=12)
)
def test_any_names_give_at_most_one_metric_per_column(names: list[tuple[str, str]]) -> None:
    metrics = [MetricDef(str(number), name, category) for number, (name, category) in enumerate(names)]
    found = propose(metrics)
    assert len(set(found.values())) == len(found)
    assert all(any(c.id == column and c.section is section for c in STANDARD) for section, column in found)


def plan_of(*entries: dict[str, Any], **options: Any) -> Any:
    """A plan for a list as sent."""
    return make_plan(parse_metrics(list(entries), "h"), options.pop("mapping", {}), **options)


def board_of(
    plan: Any, results: list[tuple[str, str | None, Any]], cold: Any = (), former: Board | None = None
) -> Board:
    """A board of one reply."""
    body = {
        "results": [
            {"key": {"metricId": i} | ({} if c is None else {"categoryValue": c}), "value": v} for i, c, v in results
        ],
        "initializing": [{"metricId": i} | ({} if c is None else {"categoryValue": c}) for i, c in cold],
    }
    reply = parse_values(body, "h")
    batch = Batch(reply.items, Origins("x1", "/results", None, 0.0), frozenset(plan.metrics))
    return polled(former or Board(), plan, [batch], reply.initializing)


def test_a_profiles_mapping_overrides_proposals() -> None:
    entries = [metric("1", "Calls in Queue", "GROUP", "S"), metric("2", "Strange Name", "GROUP", "S")]
    plan = plan_of(*entries, mapping={"queues.waiting": "2"})
    board = board_of(plan, [("1", "S", count(1)), ("2", "S", count(2))])
    row = board.section(QUEUES)[0]
    assert row.reading("waiting").value == 2
    assert row.reading("waiting").origin is Origin.VENDOR
    assert row.reading("metric:1").value == 1


def test_an_empty_mapping_switches_a_proposal_off() -> None:
    plan = plan_of(metric("1", "Calls in Queue", "GROUP", "S"), mapping={"queues.waiting": ""})
    assert [target.column for target in plan.targets[QUEUES]] == ["metric:1"]
    assert not plan.is_tied


def test_one_metric_may_fill_two_columns_when_the_user_says_so() -> None:
    plan = plan_of(metric("1", "Whatever", "AGENT", "A"), mapping={"agents.state": "1", "agents.pause_reason": "1"})
    board = board_of(plan, [("1", "A", string("DND: Lunch"))])
    row = board.section(AGENTS)[0]
    assert row.reading("state").value == "paused"
    assert row.reading("pause_reason").value == "DND: Lunch"


def test_mappings_that_cannot_be_are_left_aside() -> None:
    plan = plan_of(
        metric("1", "Calls in Queue", "GROUP", "S"),
        mapping={"agents.state": "1", "queues.nonsense": "1", "waiting": "1", "queues.answered": "404"},
    )
    assert [target.column for target in plan.targets[QUEUES]] == ["waiting"]
    assert plan.unknown == ("404",)


def test_equal_titles_stay_distinguishable() -> None:
    plan = plan_of(metric("7", "Talk", "NONE"), metric("8", "talk", "NONE"), metric("9", "Other", "NONE"))
    assert [item.title for item in plan.metrics.values()] == ["Talk (7)", "talk (8)", "Other"]
    infos = metric_infos(parse_metrics([metric("9", "", "NONE")], "h"))
    assert infos[0].title == "9"


def test_columns_come_in_their_natural_order_with_units() -> None:
    plan = plan_of(
        metric("z", "Odd", "GROUP", "S"),
        metric("b", "Answered Calls", "GROUP", "S"),
        metric("a", "Calls in Queue", "GROUP", "S"),
    )
    board = board_of(plan, [("z", "S", string("x"))])
    assert [(column.id, column.title, column.unit) for column in board.columns[QUEUES]] == [
        ("waiting", "Waiting", Unit.COUNT),
        ("answered", "Answered", Unit.COUNT),
        ("metric:z", "Odd", Unit.TEXT),
    ]


def test_selection_decides_between_warming_and_unsupported() -> None:
    plan = plan_of(metric("1", "Calls in Queue", "GROUP", "S", "T"), metric("2", "Answered Calls", "GROUP", "S"))
    board = board_of(plan, [("1", "S", count(0))])
    s, t = board.section(QUEUES)
    assert s.reading("waiting").value == 0
    assert s.reading("answered").status is Status.WARMING
    assert t.reading("waiting").status is Status.WARMING
    assert t.reading("answered").status is Status.UNSUPPORTED
    assert board.missing == {("1", "T"), ("2", "S")}


def test_other_categories_become_lines_of_their_own() -> None:
    plan = plan_of(
        metric("1", "Answered Today", "NONE"),
        metric("2", "Calls", "CALL_DIRECTION", "INBOUND", "OUTBOUND"),
        metric("3", "Novel", "ROLE", "Boss"),
    )
    board = board_of(plan, [("1", None, count(5)), ("2", "INBOUND", count(1)), ("2", "INTERNAL", count(2))])
    assert [(line.id, line.category, line.name, line.reading.value) for line in board.metrics] == [
        ("1", "NONE", "", 5),
        ("2/INBOUND", "CALL_DIRECTION", "INBOUND", 1),
        ("2/OUTBOUND", "CALL_DIRECTION", "OUTBOUND", None),
        ("2/INTERNAL", "CALL_DIRECTION", "INTERNAL", 2),
        ("3/Boss", "ROLE", "Boss", None),
    ]
    assert board.rows == {}


def test_extensions_show_only_where_they_are_needed() -> None:
    assert row_names(["John Doe(481)", "John Doe(482)", "Jane Roe(483)", "Sales (EU)(70)", "Night"]) == {
        "John Doe(481)": "John Doe (481)",
        "John Doe(482)": "John Doe (482)",
        "Jane Roe(483)": "Jane Roe",
        "Sales (EU)(70)": "Sales (EU)",
        "Night": "Night",
    }


def test_the_directory_adds_rows_once() -> None:
    plan = plan_of(metric("1", "Calls in Queue", "SKILL", "Sales(70)"), directory=Directory(queues=("Sales", "Night")))
    assert plan.rows[QUEUES] == ("Sales(70)", "Night")


def test_a_value_sent_twice_counts_once_and_the_newer_one() -> None:
    old, new = count(1), count(2)
    old["lastUpdateTime"], new["lastUpdateTime"] = "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"
    plan = plan_of(metric("1", "Calls in Queue", "GROUP", "S"))
    for results in ([("1", "S", new), ("1", "S", old)], [("1", "S", old), ("1", "S", new)]):
        assert board_of(plan, results).section(QUEUES)[0].reading("waiting").value == 2


def test_values_nobody_asked_for_are_ignored() -> None:
    plan = plan_of(metric("1", "Calls in Queue", "GROUP", "S"))
    board = board_of(plan, [("1", "S", count(1)), ("other", "S", count(9)), ("other", "New", count(9))])
    assert len(board.section(QUEUES)) == 1
    assert pushed(board, {("other", "S"): (count(1), Origins("x", "/value", None, 0.0))}) is board


def test_a_restamped_figure_is_the_same_reading() -> None:
    plan = plan_of(metric("1", "Calls in Queue", "GROUP", "S"))
    first = board_of(plan, [("1", "S", {"type": "COUNT", "count": 4, "lastUpdateTime": "2020-01-01T00:00:00Z"})])
    second = board_of(
        plan, [("1", "S", {"type": "COUNT", "count": 4, "lastUpdateTime": "2020-01-01T00:00:09Z"})], former=first
    )
    assert second.section(QUEUES)[0] is first.section(QUEUES)[0]
    assert second.newest_stamp is not None
    assert first.newest_stamp is not None
    assert second.newest_stamp - first.newest_stamp == 9_000


@given(st.data())
def test_partial_and_full_rebuilds_agree(data: st.DataObject) -> None:
    """Rows patched after pushes are those of a fresh build from the same values."""
    plan = plan_of(
        metric("1", "Calls in Queue", "GROUP", "S", "T"),
        metric("2", "Agent State", "AGENT", "A", "B"),
        metric("3", "Tile", "NONE"),
    )
    keys = [("1", "S"), ("1", "T"), ("2", "A"), ("2", "B"), ("3", None), ("2", "C")]
    values = st.one_of(st.integers(0, 9).map(count), st.sampled_from([string("Ready"), {}, {"type": "COUNT"}]))
    board = board_of(plan, [(i, c, data.draw(values)) for i, c in data.draw(st.sets(st.sampled_from(keys)))])
    for _ in range(data.draw(st.integers(0, 4))):
        chosen = data.draw(st.sets(st.sampled_from(keys)))
        board = pushed(board, {key: (data.draw(values), Origins("x", "/value", None, 1.0)) for key in chosen})
    fresh = board_of(plan, [(i, c, cell.raw) for (i, c), cell in board.cells.items()])
    assert board.rows == fresh.rows
    assert board.missing == fresh.missing
    assert [(line.id, line.reading) for line in board.metrics] == [(line.id, line.reading) for line in fresh.metrics]
