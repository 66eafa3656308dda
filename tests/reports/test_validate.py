"""Values against definitions: every problem stands beside its field and says what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.domain.messages import english
from console.reports.schema import Choice, Condition, Json, Param, ParamKind, ReportDefinition
from console.reports.timeframe import Timeframe
from console.reports.timeframe_period import Period
from console.reports.validate import (
    Surroundings,
    default_values,
    errors,
    is_set,
    known_choices,
    resolve_values,
    sent_values,
    validate,
)

NOW = datetime(2026, 11, 19, 13, 30, tzinfo=UTC)
AROUND = Surroundings(NOW)


def _report(*params: Param, rules: tuple[str, ...] = ()) -> ReportDefinition:
    return ReportDefinition("r", "x", "Agent Calls", params=params, rules=rules)


def _problems(definition: ReportDefinition, values: dict[str, Json], around: Surroundings = AROUND) -> list[str]:
    return [
        f"{problem.param}: {'(warning) ' if problem.is_warning else ''}{english(problem.message)}"
        for problem in validate(definition, values, around)
    ]


@pytest.mark.parametrize(
    ("param", "value", "sentence"),
    [
        (Param("p", ParamKind.TEXT, "Name", required=True), None, "Name must be given."),
        (Param("p", ParamKind.TEXT, "Name", required=True), "", "Name must be given."),
        (Param("p", ParamKind.MULTI_CHOICE, "Agents", required=True), [], "Agents must be given."),
        (Param("p", ParamKind.TEXT, "Name"), 5, "Name must be text."),
        (Param("p", ParamKind.TEXT, "Name"), "a\nb", "Name must not hold control characters, such as a line end."),
        (
            Param("p", ParamKind.TEXT, "Number", pattern=r"\d+", placeholder="4711"),
            "x1",
            "Number does not have the required form, such as 4711.",
        ),
        (Param("p", ParamKind.INTEGER, "Count"), 1.5, "Count must be a whole number."),
        (Param("p", ParamKind.INTEGER, "Count"), True, "Count must be a whole number."),
        (Param("p", ParamKind.INTEGER, "Count", minimum=1), 0, "Count must be at least 1."),
        (Param("p", ParamKind.NUMBER, "Rate", maximum=9.5, unit="%"), 10, "Rate must be at most 9.5 %."),
        (Param("p", ParamKind.NUMBER, "Rate"), float("nan"), "Rate must be a number."),
        (Param("p", ParamKind.NUMBER, "Rate"), float("inf"), "Rate must be a number."),
        (Param("p", ParamKind.BOOLEAN, "All"), "yes", "All must be yes or no."),
        (Param("p", ParamKind.CHOICE, "Queue"), ["1"], "Queue must be one choice."),
        (Param("p", ParamKind.MULTI_CHOICE, "Queues"), "1", "Queues must be a list of choices."),
        (Param("p", ParamKind.MULTI_CHOICE, "Queues"), [1], "Queues must be a list of choices."),
        (Param("p", ParamKind.DURATION, "Wait"), -1, "Wait must be a duration in seconds or as h:mm:ss."),
        (
            Param("p", ParamKind.DURATION_RANGE, "Wait"),
            {"min": 9, "max": 1},
            "The largest of Wait is below the smallest.",
        ),
        (Param("p", ParamKind.DURATION_RANGE, "Wait"), {"min": "x"}, "Wait must be a duration"),
        (Param("p", ParamKind.DURATION_RANGE, "Wait"), {"low": 1}, "Wait must be a range"),
        (Param("p", ParamKind.TIME_OF_DAY, "From"), "8:00", "From must be a time like 08:30:00."),
        (Param("p", ParamKind.TIME_OF_DAY, "From"), "24:00:00", "From must be a time like 08:30:00."),
        (Param("p", ParamKind.DATE, "Day"), "2026-02-30", "Day must be a date like 2026-11-22."),
        (Param("p", ParamKind.DATE, "Day"), "0001-01-01", "The year must lie between 1970 and 2199."),
        (Param("p", ParamKind.INTERVAL, "Rows"), {"length": 0, "unit": "DAYS"}, "Rows must be a number and a unit"),
        (
            Param("p", ParamKind.INTERVAL, "Rows", choices=(Choice("DAYS", "days"),)),
            {"length": 1, "unit": "AEONS"},
            "Rows must be one of: DAYS.",
        ),
        (Param("p", ParamKind.RAW_JSON, "Extra"), [float("nan")], "Extra is not valid JSON"),
        (Param("p", ParamKind.TEXT, "Key", default="a", editable=False), "b", "Key cannot be changed in this report."),
        (Param("p", ParamKind.TIMEFRAME, "When", required=True), None, "When must be given."),
        (Param("p", ParamKind.TIMEFRAME, "When"), "yesterday", "This is not a timeframe"),
        (Param("p", ParamKind.PERIOD, "Time"), {"preset": "today"}, "This is not a period"),
    ],
)
def test_each_kind_of_problem(param: Param, value: Json, sentence: str):
    (found,) = _problems(_report(param), {} if value is None else {"p": value})
    assert found.startswith(f"p: {sentence}")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ParamKind.TEXT, "x"),
        (ParamKind.INTEGER, 0),
        (ParamKind.NUMBER, 0.5),
        (ParamKind.BOOLEAN, False),
        (ParamKind.CHOICE, "1"),
        (ParamKind.MULTI_CHOICE, ["1", "2"]),
        (ParamKind.DURATION, 0),
        (ParamKind.DURATION_RANGE, {"min": 5, "max": None}),
        (ParamKind.TIME_OF_DAY, "08:30:00"),
        (ParamKind.DATE, "2026-11-22"),
        (ParamKind.TIMEFRAME, Timeframe().to_json()),
        (ParamKind.PERIOD, Period().to_json()),
        (ParamKind.INTERVAL, {"length": 1, "unit": "DAYS"}),
        (ParamKind.RAW_JSON, {"a": [None, 1]}),
    ],
)
def test_good_values_have_no_problem(kind: ParamKind, value: Json):
    report = _report(Param("p", kind, "P", required=True))
    assert validate(report, {"p": value}, AROUND) == ()
    assert sent_values(report, {"p": value}) == {"p": value}


@pytest.mark.parametrize(
    ("text", "rules", "sentence"),
    [
        ("2026-11-10..2026-11-01", (), "The end is before the start. Exchange them."),
        ("2026-11-20", (), "This begins in the future (Fri 20 Nov 2026 00:00:00)"),
        ("2026-10-01..2026-11-01", ("max_days:31",), "This covers 32 days, and the report takes at most 31."),
    ],
)
def test_ranges(text: str, rules: tuple[str, ...], sentence: str):
    report = _report(Param("when", ParamKind.TIMEFRAME, "When"), rules=rules)
    (found,) = _problems(report, {"when": Timeframe.parse(text).to_json()})
    assert found.startswith(f"when: {sentence}")


def test_a_range_may_lie_ahead_where_the_report_says_so():
    report = _report(Param("when", ParamKind.TIMEFRAME, "When"), rules=("future_ok", "max_days:31"))
    assert not _problems(report, {"when": Timeframe.parse("2026-12-01..2026-12-31").to_json()})


def test_a_future_period_is_said_and_without_a_clock_it_is_not_judged():
    report = _report(Param("time", ParamKind.PERIOD, "Time"))
    values: dict[str, Json] = {"time": Period.parse("2027").to_json()}
    assert "begins in the future" in _problems(report, values)[0]
    assert not validate(report, values)


def test_unknown_choices_are_kept_and_said():
    param = Param("q", ParamKind.MULTI_CHOICE, "Queues", directory="queues", choices=(Choice("-1", "ALL"),))
    report = _report(param)
    values: dict[str, Json] = {"q": ["7", "-1", "9"]}
    assert not _problems(report, values)  # nothing loaded, nothing judged
    around = Surroundings(NOW, choices={"queues": (Choice("7", "Sales"),)})
    found = validate(report, values, around)
    assert [problem.is_warning for problem in found] == [True]
    assert english(found[0].message) == ("The system does not list 9 under Queues. They are kept and sent as they are.")
    assert errors(found) == ()
    assert sent_values(report, values) == values
    narrowed = Surroundings(NOW, choices={"queues": (), "q": (Choice("7", ""), Choice("9", ""))})
    assert not validate(report, values, narrowed)
    assert known_choices(param, {}) is None


def test_unknown_names_get_the_nearest():
    report = _report(Param("agents", ParamKind.TEXT, "Rows (Agent)"), Param("queue", ParamKind.TEXT, "Queue"))
    assert _problems(report, {"agent": 1}) == ["agent: Agent Calls has no parameter agent. Did you mean agents?"]
    assert "Did you mean agents" in _problems(report, {"rows (agent)": 1})[0]
    assert _problems(report, {"zzz": 1})[0].endswith("Known are: agents, queue.")


def test_what_is_hidden_is_neither_judged_nor_sent():
    report = _report(
        Param("by", ParamKind.CHOICE, "By", choices=(Choice("queue", "Queue"), Choice("agent", "Agent"))),
        Param("queue", ParamKind.TEXT, "Queue", required=True, visible_if=Condition("by", ("queue",))),
        Param("deep", ParamKind.TEXT, "Deep", required=True, visible_if=Condition("queue")),
    )
    assert _problems(report, {"by": "agent"}) == []
    assert _problems(report, {"by": "queue"}) == ["queue: Queue must be given."]
    assert _problems(report, {"by": "queue", "queue": "7"}) == ["deep: Deep must be given."]
    values: dict[str, Json] = {"by": "agent", "queue": "7", "deep": "x"}
    assert all(problem.is_warning for problem in validate(report, values))
    assert sent_values(report, values) == {"by": "agent"}


@pytest.mark.parametrize(("value", "shown"), [(True, True), (False, False), (["a", "true"], True), (None, False)])
def test_conditions_compare_as_text(value: Json, shown: bool):
    report = _report(
        Param("flag", ParamKind.RAW_JSON, "Flag"),
        Param("x", ParamKind.TEXT, "X", visible_if=Condition("flag", ("true",))),
    )
    assert ("x" in sent_values(report, {"flag": value, "x": "1"})) is shown


def test_conditions_in_a_circle_end():
    report = _report(
        Param("a", ParamKind.TEXT, "A", visible_if=Condition("b")),
        Param("b", ParamKind.TEXT, "B", visible_if=Condition("a")),
    )
    assert sent_values(report, {"a": "1", "b": "1"}) == {}


@pytest.mark.parametrize(
    ("rule", "values", "found"),
    [
        ("one_of:a,b", {}, ["a: Fill in at least one of: A, B."]),
        ("one_of:a,b", {"b": "1"}, []),
        ("not_both:a,b", {"a": "1", "b": "1"}, ["b: Fill in only one of: A, B."]),
        ("not_both:a,b", {"a": "1", "b": ""}, []),
    ],
)
def test_rules_across_fields(rule: str, values: dict[str, Json], found: list[str]):
    report = _report(Param("a", ParamKind.TEXT, "A"), Param("b", ParamKind.TEXT, "B"), rules=(rule,))
    assert _problems(report, values) == found


def test_defaults_are_copies_and_ranges_begin_with_yesterday():
    agents: list[Json] = ["1"]
    report = _report(
        Param("agents", ParamKind.MULTI_CHOICE, "Agents", default=agents),
        Param("when", ParamKind.TIMEFRAME, "When", required=True),
        Param("time", ParamKind.PERIOD, "Time", required=True),
        Param("until", ParamKind.TIMEFRAME, "Until"),
        Param("zero", ParamKind.INTEGER, "Zero", default=0),
    )
    values = default_values(report)
    assert values == {
        "agents": ["1"],
        "when": {"preset": "yesterday"},
        "time": {"period": "yesterday"},
        "zero": 0,
    }
    assert values["agents"] is not agents
    assert validate(report, values, AROUND) == ()


def test_ranges_are_resolved_by_parameter():
    report = _report(
        Param("when", ParamKind.TIMEFRAME, "When"),
        Param("time", ParamKind.PERIOD, "Time"),
        Param("name", ParamKind.TEXT, "Name"),
        rules=("until_now",),
    )
    values: dict[str, Json] = {"when": {"preset": "today"}, "time": {"period": "2025"}, "name": "x"}
    found = resolve_values(report, values, NOW, "UTC")
    assert {name: resolved.end.isoformat() for name, resolved in found.items()} == {
        "when": NOW.isoformat(),
        "time": "2025-12-31T23:59:59+00:00",
    }


@pytest.mark.parametrize(
    ("value", "set_"),
    [(None, False), ("", False), ([], False), ({"min": None}, False), (0, True), (False, True), ({"a": 1}, True)],
)
def test_zero_and_no_are_values(value: Json, set_: bool):
    assert is_set(value) is set_
