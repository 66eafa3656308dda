"""Definitions and requests: what is offered, and byte for byte what is asked."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from console.domain.errors import NotFound, UserError
from console.domain.model import ProfileId
from console.reports.schema import ParamKind, ReportDefinition
from console.vendors.asternic import BACKENDS
from console.vendors.asternic.reports import definitions
from console.vendors.asternic.reports.plan import make_plan
from console.vendors.asternic.reports.ranges import Part, part_of, split
from tests.vendors.asternic.report_support import ReportServer, context, frame
from tests.vendors.asternic.support import serving

PATH = "/stats/rest/index.php"


def queries(definition: ReportDefinition, values: dict[str, Any], timeframe: Any) -> list[list[tuple[str, str]]]:
    plan = make_plan(ProfileId("p"), PATH, definition, values, context(timeframe))
    assert {request.path for request in plan.requests} == {PATH}
    return [list(request.query) for request in plan.requests]


def test_static_definitions_need_no_server() -> None:
    known = {item.id: item for item in BACKENDS[0].reports()}
    assert set(known) == {*definitions.PRINTED, *definitions.SEEN, "search", "queues", "agents"}
    assert not known["answered_calls_detail"].inferred
    assert known["unanswered_calls_detail"].inferred
    for item in known.values():
        assert item.backend == "asternic"
        assert len({param.id for param in item.params}) == len(item.params)
        assert len({column.id for column in item.columns}) == len(item.columns)


async def test_every_report_the_server_lists_is_offered_under_its_heading() -> None:
    async with serving(ReportServer()) as backend:
        found = await backend.reports().definitions()
    assert [(item.id, item.category) for item in found] == [
        ("answered_calls_detail", "Answered calls"),
        ("answered_calls_by_queue", "Answered calls"),
        ("unanswered_calls_detail", "Unanswered calls"),
        ("distribution_by_queue", "Distribution"),
        ("agents_sessions", "Other reports"),
        ("search", "Calls"),
        ("queues", "Lists"),
        ("agents", "Lists"),
    ]
    assert not any(item.inferred for item in found)
    assert {param.id for param in found[4].params} == {"timeframe", "agent", "queue", "by_day"}


async def test_hostile_names_are_left_out_and_clashing_ones_renamed() -> None:
    names = ["../queues", "a/b", "x&entity=queues", "", "a\nb", "a" * 101, "search", "búsqueda propia", "ok", "ok"]
    server = ReportServer()
    server.bodies["reports"] = {"data": [{"report": name} for name in names] + [None, {"report": {"x": 1}}, "plain"]}
    async with serving(server) as backend:
        found = await backend.reports().definitions()
    assert [item.id for item in found][:-3] == ["report_search", "búsqueda propia", "ok", "plain"]
    assert found[0].wire["entity"] == "reports/search"


@pytest.mark.parametrize("body", [{"data": []}, {"data": {}}, {"data": None}])
async def test_a_server_that_lists_none_gets_the_documented_ones(body: Any) -> None:
    server = ReportServer()
    server.bodies["reports"] = body
    async with serving(server) as backend:
        assert await backend.reports().definitions() == definitions.static()
        server.statuses["reports"] = 404
        assert await backend.reports().definitions() == definitions.static()


async def test_trap_11_pseudo_rows_are_no_choices_and_order_is_natural() -> None:
    server = ReportServer()
    server.bodies["queues"]["data"] += [
        {"queue_id": "9", "queue": "9", "queue_name": "9"},
        {"queue_id": "10", "queue": "C&amp;A", "queue_name": "C&amp;A"},
    ]
    async with serving(server) as backend:
        reports = backend.reports()
        queues, agents = await reports.choices("queues"), await reports.choices("agents")
        assert (await reports.choices("nonsense")).choices == ()
    assert [(choice.value, choice.label) for choice in queues.choices] == [
        ("9", "9"),
        ("C&A", "C&A"),
        ("100", "Sales"),
        ("101", "Ventas España"),
    ]
    assert [note.args for note in queues.notes] == [{"names": "ALL, NONE"}]
    assert [choice.value for choice in agents.choices] == ["Agent/301", "Maria Jones"]


def test_a_range_is_one_request_a_day_in_order() -> None:
    asked = queries(definitions.report("answered_calls_detail"), {}, frame("2026-02-27", "2026-03-01"))
    assert asked == [
        [("entity", "reports/answered_calls_detail"), ("start", day), ("end", day)]
        for day in ("2026-02-27", "2026-02-28", "2026-03-01")
    ]


def test_a_count_over_days_is_one_request_unless_asked_for_by_day() -> None:
    report = definitions.report("answered_calls_by_queue")
    whole = queries(report, {}, frame("2026-08-01", "2026-08-10"))
    assert whole == [[("entity", "reports/answered_calls_by_queue"), ("start", "2026-08-01"), ("end", "2026-08-10")]]
    plan = make_plan(ProfileId("p"), PATH, report, {"by_day": True}, context(frame("2026-08-01", "2026-08-10")))
    assert len(plan.requests) == 10
    assert [note.code for note in plan.notes] == ["run.by_day", "run.days_apart"]


def test_trap_6_seconds_of_the_day_lie_within_a_day() -> None:
    window = (time(8, 30), time(17, 59, 59))
    asked = queries(definitions.report("answered_calls_by_queue"), {}, frame("2026-08-01", "2026-08-02", window))
    assert [dict(query) for query in asked] == [
        {
            "entity": "reports/answered_calls_by_queue",
            "start": day,
            "end": day,
            "secondsstart": "30600",
            "secondsend": "64799",
        }
        for day in ("2026-08-01", "2026-08-02")
    ]


def test_trap_7_a_window_across_midnight_is_two() -> None:
    parts = split(frame("2026-08-01", "2026-08-01", (time(22), time(6))), by_day=True)
    assert [(part.low, part.high) for part in parts] == [(0, 21_600), (79_200, 86_399)]


def test_a_range_within_days_bounds_its_first_and_last_day() -> None:
    parts = split(frame("2026-08-01", "2026-08-03", start=time(14), end=time(9, 30)), by_day=False)
    assert [(str(part.first), part.low, part.high) for part in parts] == [
        ("2026-08-01", 50_400, 86_399),
        ("2026-08-02", 0, 86_399),
        ("2026-08-03", 0, 34_200),
    ]


def test_days_are_the_calendars_across_the_clock_change() -> None:
    parts = split(frame("2026-10-24", "2026-10-26"), by_day=True)
    assert [str(part.first) for part in parts] == ["2026-10-24", "2026-10-25", "2026-10-26"]


@pytest.mark.parametrize(
    "part", [Part(date(2026, 8, 1), date(2026, 8, 2)), Part(date(2026, 8, 1), date(2026, 8, 1), 5, 9)]
)
def test_a_part_is_read_back_from_its_request(part: Part) -> None:
    assert part_of(dict(part.query())) == part
    assert part_of({"start": "nonsense", "end": ""}) is None


def test_the_search_takes_every_filter() -> None:
    values = {
        "agent": "Travis Núñez",
        "queue": "100",
        "uniqueid": "1790240400.1",
        "clid": "+12025550100",
        "url": "www.example.com/a?b",
        "tag": "Sale",
        "did": "",
        "talktime": {"min": 60, "max": None},
        "waittime": {"min": None, "max": 20},
    }
    (asked,) = queries(definitions.search(), values, frame("2026-08-01"))
    assert asked == [
        ("entity", "search"),
        ("start", "2026-08-01"),
        ("end", "2026-08-01"),
        ("agent", "Travis Núñez"),
        ("queue", "100"),
        ("uniqueid", "1790240400.1"),
        ("clid", "+12025550100"),
        ("url", "www.example.com/a?b"),
        ("tag", "Sale"),
        ("talktime", "60,99999"),
        ("waittime", "0,20"),
    ]
    kinds = {param.id: param.kind for param in definitions.search().params}
    assert kinds["talktime"] is ParamKind.DURATION_RANGE


def test_a_list_may_be_one_entry() -> None:
    assert queries(definitions.listing("queues"), {"id": "6"}, None) == [[("entity", "queues/6")]]
    assert queries(definitions.listing("agents"), {}, None) == [[("entity", "agents")]]


@pytest.mark.parametrize(
    "values",
    [
        {"clid": "1\r\nX: y"},
        {"clid": "9" * 501},
        {"clid": ["1"]},
        {"talktime": {"min": 9, "max": 3}},
        {"talktime": {"min": -1, "max": 3}},
        {"talktime": {"min": 0, "max": 100_000}},
        {"talktime": "1,2"},
        {"talktime": {"min": True, "max": 3}},
    ],
)
def test_what_cannot_be_sent_is_said_before_it_is_sent(values: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="cannot be sent"):
        queries(definitions.search(), values, frame("2026-08-01"))


def test_an_endless_or_an_empty_range_is_refused() -> None:
    with pytest.raises(UserError, match="requests"):
        queries(definitions.search(), {}, frame("2001-01-01", "2026-08-01"))
    with pytest.raises(UserError, match="no second"):
        queries(definitions.search(), {}, frame("2026-08-01", "2026-08-01", (time(8), time(9)), start=time(12)))


async def test_a_plan_says_when_the_folder_is_a_guess_and_how_to_sign_in() -> None:
    server = ReportServer(base="/qstats")
    async with serving(server) as backend:
        reports = backend.reports()
        plan = reports.plan(definitions.search(), {}, context(frame("2026-08-01")))
        assert [note.code for note in plan.notes] == ["run.folder_guessed"]
        await reports.site()
        plan = reports.plan(definitions.search(), {}, context(frame("2026-08-01")))
        assert (plan.requests[0].path, plan.notes) == ("/qstats/rest/index.php", ())
        assert reports.auth.basic_password == "password"


@pytest.mark.parametrize("status", [403, 404])
async def test_an_account_with_reports_but_without_live_figures_is_found_all_the_same(status: int) -> None:
    server = ReportServer(base="/qstats")
    server.statuses["realtime"] = status
    async with serving(server) as backend:
        reports = backend.reports()
        await reports.site()
        assert reports.plan(definitions.search(), {}, context(frame("2026-08-01"))).requests[0].path.startswith("/qst")


async def test_where_there_is_nothing_the_search_says_so() -> None:
    server = ReportServer(base="/elsewhere")
    async with serving(server) as backend:
        with pytest.raises(NotFound, match="no interface"):
            await backend.reports().site()
