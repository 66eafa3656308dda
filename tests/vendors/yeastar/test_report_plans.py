"""Plans: the matrix of parameters as the vendor page has it, dates, periods and ids; traps 11, 13, 15, 17, 18, 22."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest

from console.domain.errors import UserError
from console.domain.messages import english
from console.reports.loader import definition_from_json, definition_to_json
from console.reports.schema import ParamKind, ReportDefinition
from console.reports.validate import errors, validate
from console.vendors.yeastar import BACKENDS
from console.vendors.yeastar.dates import PbxClock, from_setting
from console.vendors.yeastar.paths import ALLOW
from console.vendors.yeastar.reports.directories import NAMES
from console.vendors.yeastar.reports.planning import Ground, make_plan
from tests.vendors.yeastar.report_pbx import DEFINITIONS, FROM, SITE, context, values_of

WINDOW = "start_time end_time"
MATRIX = {
    "extcallstatistics": (WINDOW, "ext_id_list*", "communication_type"),
    "extcallactivity": ("time*", "ext_id_list*", "communication_type"),
    "trunkactivity": ("time*", "trunk_id_list*", "include_internal communication_type"),
    "trunkdiddodactivity": ("time*", "trunk_id*", "communication_type"),
    "ivr": (WINDOW, "ivr_id_list*", "need_detail"),
    "queueavgwaittalktime": ("time*", "queue_id_list*", ""),
    "queueperformance": (WINDOW, "queue_id_list*", "abandon_time talk_time need_detail"),
    "queueperformanceactivity": ("time*", "queue_id_list*", "abandon_time need_detail"),
    "queuecallbackssummary": (WINDOW, "queue_id_list*", ""),
    "queuecallbacksactivity": (WINDOW, "queue_id_list*", "callback_result"),
    "queuesatisfaction": (WINDOW, "queue_id*", ""),
    "queuesatisfactiondetail": (WINDOW, "queue_id* agent_id_list", ""),
    "queueagentlogintime": (WINDOW, "queue_id* agent_id_list", ""),
    "queueagentpausetime": (WINDOW, "queue_id* agent_id_list", "reason"),
    "queueagentmisscalls": (WINDOW, "queue_id* agent_id_list", "abandon_time"),
    "queueagentperformance": (WINDOW, "queue_id* agent_id_list", "abandon_time need_detail"),
    "queueagentinoutcalls": (WINDOW, "queue_id* agent_id_list", ""),
    "ringgroupstatistics": (WINDOW, "ring_group_id_list*", ""),
    "extcallbilling": (WINDOW, "trunk_id_list* ext_id_list", ""),
    "extcallbillingdetails": (WINDOW, "trunk_id_list* ext_id_list", ""),
}
FULL: dict[str, Any] = {
    "agent_id_list": ["91", "92"],
    "communication_type": "Outbound",
    "include_internal": True,
    "need_detail": True,
    "abandon_time": 5,
    "talk_time": 10.0,
    "callback_result": "success",
    "reason": "Lunch break",
    "is_async": True,
}


def ground(setting: str = "YYYY/MM/DD 24", version: str = "v2.0") -> Ground:
    return Ground("p1", "pbx", version, PbxClock(from_setting(setting), None))  # type: ignore[arg-type]


def asked(definition: ReportDefinition, values: dict[str, Any], **options: Any) -> dict[str, str]:
    setting = options.pop("setting", "YYYY/MM/DD 24")
    plan = make_plan(definition, values, context("csv", **options), ground(setting))
    return dict(plan.requests[0].query)


@pytest.mark.parametrize("ident", MATRIX)
def test_the_matrix_of_parameters_is_the_vendors(ident: str) -> None:
    definition = DEFINITIONS[ident]
    words = " ".join(MATRIX[ident]).split()
    names = {word.rstrip("*") for word in words}
    required = {word.rstrip("*") for word in words if word.endswith("*")}
    values = values_of(definition) | {key: value for key, value in FULL.items() if definition.param(key)}
    if definition.param("ext_id_list"):
        values["ext_id_list"] = ["90", "7"]
    query = asked(definition, values)
    assert set(query) == names | {"type", "is_async"}
    assert (query["type"], query["is_async"]) == (ident, "1")
    assert {param.id for param in definition.params if param.required} == required
    plain = asked(definition, values_of(definition) | {"is_async": None})
    assert set(plain) == required | {"type"} | (set(WINDOW.split()) if WINDOW.split()[0] in names else set())


def test_trap_22_values_are_written_as_the_interface_takes_them() -> None:
    query = asked(DEFINITIONS["queueagentperformance"], values_of(DEFINITIONS["queueagentperformance"], **FULL))
    assert (query["abandon_time"], query["need_detail"], query["agent_id_list"]) == ("5", "1", "91,92")
    query = asked(DEFINITIONS["trunkactivity"], values_of(DEFINITIONS["trunkactivity"], include_internal=False))
    assert query["include_internal"] == "0"


def test_directions_are_the_vendors_words_and_trunks_know_no_internal_calls() -> None:
    def words(ident: str) -> list[str]:
        param = DEFINITIONS[ident].param("communication_type")
        assert param is not None
        return [choice.value for choice in param.choices]

    assert words("extcallstatistics") == words("extcallactivity") == ["Inbound", "Outbound", "Internal"]
    assert words("trunkactivity") == words("trunkdiddodactivity") == ["Inbound", "Outbound"]


DAY = (FROM, FROM.replace(hour=23, minute=59, second=59))
MONTH = (datetime(2027, 2, 1, tzinfo=SITE), datetime(2027, 2, 28, 23, 59, 59, tzinfo=SITE))
YEAR = (datetime(2027, 1, 1, tzinfo=SITE), datetime(2027, 12, 31, 23, 59, 59, tzinfo=SITE))


@pytest.mark.parametrize(
    ("setting", "period", "expected"),
    [
        ("YYYY/MM/DD 24", DAY, "2027/01/04"),
        ("YYYY/MM/DD 12", MONTH, "2027/02"),
        ("MM/DD/YYYY 24", DAY, "01/04/2027"),
        ("DD-MM-YYYY 24", DAY, "04-01-2027"),
        ("DD-MM-YYYY 12", MONTH, "02-2027"),
        ("MM/DD/YYYY 24", MONTH, "02/2027"),
        ("DD/MM/YYYY 24", YEAR, "2027"),
    ],
)
def test_trap_15_the_precision_of_time_is_the_size_of_the_rows(
    setting: str, period: tuple[datetime, datetime], expected: str
) -> None:
    definition = DEFINITIONS["queueavgwaittalktime"]
    query = asked(definition, values_of(definition), setting=setting, start=period[0], end=period[1])
    assert query["time"] == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("MM/DD/YYYY 24", "01/04/2027 13:05:09"),
        ("YYYY/MM/DD 12", "2027/01/04 01:05:09 PM"),
        ("DD/MM/YYYY 12", "04/01/2027 01:05:09 PM"),
    ],
)
def test_traps_11_13_and_17_dates_are_the_sites_wall_clock_in_the_display_format(setting: str, expected: str) -> None:
    definition = DEFINITIONS["queuesatisfaction"]
    start = FROM.replace(hour=13, minute=5, second=9)
    plan = make_plan(definition, values_of(definition), context("table", start=start), ground(setting))
    assert dict(plan.requests[0].query)["start_time"] == expected
    said = " ".join(english(note) for note in plan.notes)
    assert plan.facts["date_format"] in said


def test_without_a_known_format_no_date_is_sent_at_all() -> None:
    definition = DEFINITIONS["queuesatisfaction"]
    nothing = Ground("p1", "pbx", "v2.0", PbxClock(problem="it tells no time"))  # type: ignore[arg-type]
    with pytest.raises(UserError) as caught:
        make_plan(definition, values_of(definition), context(), nothing)
    assert caught.value.message.code == "api.dates"
    plan = make_plan(definition, {"queue_id": "11"}, context(), nothing)
    assert dict(plan.requests[0].query) == {"type": "queuesatisfaction", "queue_id": "11"}


def test_a_part_of_each_day_is_sent_for_one_day_only() -> None:
    definition = DEFINITIONS["queuesatisfaction"]
    daily = (time(8), time(12, 30))
    one_day = context(end=FROM.replace(hour=23), daily=daily)
    query = dict(make_plan(definition, values_of(definition), one_day, ground()).requests[0].query)
    assert (query["start_time"], query["end_time"]) == ("2027/01/04 08:00:00", "2027/01/04 12:30:00")
    with pytest.raises(UserError) as caught:
        make_plan(definition, values_of(definition), context(daily=daily), ground())
    assert caught.value.message.code == "pbx.part_of_days"


def test_trap_18_a_run_may_ask_the_other_interface() -> None:
    definition = DEFINITIONS["queueperformance"]
    plan = make_plan(definition, values_of(definition, interface="v1.0"), context(), ground())
    assert plan.requests[0].path == "openapi/v1.0/call_report/list"
    assert "interface" not in dict(plan.requests[0].query)
    with pytest.raises(UserError):
        make_plan(definition, values_of(definition, interface="v9"), context(), ground())


def test_details_are_a_request_of_their_own_for_the_table_and_a_switch_for_the_file() -> None:
    definition = DEFINITIONS["queueperformance"]
    values = values_of(definition, need_detail=True)
    table = make_plan(definition, values, context(), ground())
    assert [request.path.rsplit("/", 1)[1] for request in table.requests] == ["list", "detail"]
    assert dict(table.requests[1].query)["detail_time_end"] == "2027/01/15 23:59:59"
    assert asked(definition, values)["need_detail"] == "1"
    activity = DEFINITIONS["queueperformanceactivity"]
    notes = make_plan(activity, values_of(activity, need_detail=True), context(), ground()).notes
    assert "pbx.calls_in_files_only" in [note.code for note in notes]


def test_an_id_with_a_comma_is_refused() -> None:
    definition = DEFINITIONS["queueperformance"]
    with pytest.raises(UserError) as caught:
        asked(definition, values_of(definition, queue_id_list=["11,12"]))
    assert caught.value.message.code == "pbx.id_with_comma"


def test_own_reports_are_named_by_their_id_instead_of_a_type() -> None:
    definition = DEFINITIONS["my_report"]
    query = asked(definition, values_of(definition))
    assert "type" not in query
    assert query["my_report_id"] == "4"


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda definition: definition.id)
def test_every_definition_keeps_the_contract(definition: ReportDefinition) -> None:
    assert definition.backend == "yeastar"
    assert definition.title
    assert definition.summary.endswith(".")
    assert definition.category
    assert definition.source
    assert definition_from_json(definition_to_json(definition)) == definition
    assert {param.directory for param in definition.params} - {""} <= NAMES
    windows = [param for param in definition.params if param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD)]
    assert len(windows) == 1
    assert definition.param("is_async") is not None
    usual = {param.id: param.default for param in definition.params if param.default is not None}
    assert not errors(validate(definition, values_of(definition) | usual))
    assert definition.id in MATRIX or (definition.inferred and definition.needs)
    for format_ in definition.formats:
        plan = make_plan(definition, values_of(definition), context(format_.value), ground())
        for request in plan.requests:
            assert any(rule.matches(request.method, request.path) for rule in ALLOW)
            assert all(value and "$" not in value for _, value in request.query)


def test_the_backend_offers_them() -> None:
    (spec,) = BACKENDS
    assert len(spec.reports()) == len(DEFINITIONS) >= 25
    assert spec.open_reports is not None
