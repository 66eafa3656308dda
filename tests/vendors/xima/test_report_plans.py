"""Plans: the documented body, byte for byte; every definition can be asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.domain.errors import UserError
from console.reports.loader import definition_from_json, definition_to_json
from console.reports.schema import Json, ParamKind, ReportDefinition
from console.vendors.registry import backends
from console.vendors.xima.reports.catalogue import definitions_of
from console.vendors.xima.reports.plan import format_word
from console.vendors.xima.reports.shapes import iso
from tests.vendors.xima.report_support import REPORT, TALKING_VALUES, definition, plan

ALL = [(backend, item) for backend in ("chronicall", "xima") for item in definitions_of(backend)]


def some_values(of: ReportDefinition) -> dict[str, Json]:
    """A value for everything a definition asks for."""
    made: dict[str, Json] = {}
    for param in of.params:
        match param.kind:
            case ParamKind.TEXT:
                made[param.id] = REPORT
            case ParamKind.TIMEFRAME:
                made[param.id] = {"preset": "last_month", "daily": ["08:00:00", "16:30:00"]}
            case ParamKind.MULTI_CHOICE:
                made[param.id] = [f"{param.id} (1)", 'Zoë, "Q" O\'Neil(2)']
            case ParamKind.INTERVAL:
                made[param.id] = param.default
            case _:
                made[param.id] = {"type": param.wire["type"], "any": [1, None]}
    return made


def body_of(form: str = "table", values: dict[str, Json] | None = None, of: ReportDefinition | None = None) -> dict:
    """The decoded body of a plan."""
    found: dict = json.loads(plan(form, values or TALKING_VALUES, of).requests[0].body)
    return found


def test_the_documented_body() -> None:
    made = plan()
    assert made.requests[0].method == "POST"
    assert made.requests[0].path == f"/rest/api/v1/historic-data/{REPORT}"
    assert json.loads(made.requests[0].body) == {
        "format": "json",
        "parameters": [
            {
                "name": "Report Timeframe",
                "valueType": "REPORT_TIMEFRAME",
                "value": {
                    "type": "REPORT_TIMEFRAME",
                    "start": "2026-03-19T00:00:00.000-06:00",
                    "end": "2026-03-19T23:59:59.000-06:00",
                },
            },
            {
                "name": "Rows (Agent)",
                "valueType": "PBX_USERS",
                "value": {"type": "PBX_USERS", "pbxUsers": [{"key": "Ann Öz(201)"}, {"key": 'Ben, "B" Lee(202)'}]},
            },
        ],
    }
    assert made.requests[0].body == plan().requests[0].body
    assert "Ann Öz" in made.requests[0].body


def test_days_across_a_clock_change_carry_each_their_own_offset() -> None:
    values = TALKING_VALUES | {
        "timeframe": {"preset": "custom", "start": "2026-03-08T00:00:00", "end": "2026-03-08T23:59:59"}
    }
    value = body_of(values=values)["parameters"][0]["value"]
    assert value["start"] == "2026-03-08T00:00:00.000-07:00"
    assert value["end"] == "2026-03-08T23:59:59.000-06:00"


def test_a_shift_limits_each_day() -> None:
    values = TALKING_VALUES | {"timeframe": {"preset": "yesterday", "daily": ["08:00:00", "16:59:59"]}}
    assert body_of(values=values)["parameters"][0]["value"]["shift"] == {"startTime": "08:00:00", "endTime": "16:59:59"}


def test_agents_and_roles_feed_one_parameter() -> None:
    of = definition("agent-call-volume")
    values: dict[str, Json] = {
        "report_key": REPORT,
        "timeframe": {"preset": "today"},
        "rows_time": {"length": 1, "unit": "DAYS"},
    }
    both = body_of(values=values | {"agents": ["A(1)"], "agent_roles": ["R7"]}, of=of)["parameters"]
    assert [p["name"] for p in both] == ["Report Timeframe", "Rows (Time)", "Agent"]
    assert both[1]["value"] == {"type": "TIME_ROW", "intervalLength": 1, "intervalType": "DAYS"}
    assert both[2]["value"] == {"type": "PBX_USERS", "pbxUsers": [{"key": "A(1)"}], "roles": [{"key": "R7"}]}
    one = body_of(values=values | {"agent_roles": ["R7"]}, of=of)["parameters"]
    assert one[2]["value"] == {"type": "PBX_USERS", "roles": [{"key": "R7"}]}


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("table", "json"),
        ("json", "json"),
        ("pdf", "pdf"),
        ("xlsx", "xlsx"),
        (" Odd Word ", "Odd Word"),
        ("JSON", "JSON"),
    ],
)
def test_formats(form: str, word: str) -> None:
    assert format_word(form) == word
    assert body_of(form)["format"] == word


@pytest.mark.parametrize("key", ["", " ", "..", "a/b", "a?b", "a#b", "a\nb", "k" * 201])
def test_a_key_that_cannot_stand_in_an_address_is_refused(key: str) -> None:
    with pytest.raises(UserError):
        plan(values=TALKING_VALUES | {"report_key": key})


def test_a_missing_agent_is_said_before_anything_is_sent() -> None:
    with pytest.raises(UserError) as caught:
        plan(values={"report_key": REPORT, "timeframe": {"preset": "today"}})
    assert caught.value.message.code == "historic.needed"


@pytest.mark.parametrize("wrong", ["Ann", [1], [""], {"a": 1}])
def test_a_value_of_another_form_is_refused(wrong: Json) -> None:
    with pytest.raises(UserError):
        plan(values=TALKING_VALUES | {"rows_agents": wrong})


def test_half_a_character_does_not_break_the_body() -> None:
    made = plan(values=TALKING_VALUES | {"rows_agents": ["\ud83d(1)"]})
    assert json.loads(made.requests[0].body.encode())["parameters"][1]["value"]["pbxUsers"] == [{"key": "\ud83d(1)"}]


def test_offsets_nobody_reads_become_utc() -> None:
    from zoneinfo import ZoneInfo

    assert iso(datetime(1880, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))).endswith("+00:00")
    assert iso(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000+00:00"


@pytest.mark.parametrize(("backend", "of"), ALL, ids=lambda item: getattr(item, "id", item))
class TestEveryDefinition:
    """What holds for all of them."""

    def test_a_plan_can_be_made(self, backend: str, of: ReportDefinition) -> None:
        assert of.backend == backend
        body = body_of(values=some_values(of), of=of)
        names = [entry["name"] for entry in body["parameters"]]
        assert names[0] == "Report Timeframe"
        assert len(set(names)) == len(names)
        for entry in body["parameters"]:
            assert entry["value"]["type"] == entry["valueType"]

    def test_needed_values_suffice(self, backend: str, of: ReportDefinition) -> None:
        values = {p.id: some_values(of)[p.id] for p in of.params if p.required}
        assert body_of(values=values, of=of)["parameters"]

    def test_it_survives_being_stored(self, backend: str, of: ReportDefinition) -> None:
        assert definition_from_json(json.loads(json.dumps(definition_to_json(of)))) == of

    def test_it_says_what_it_is(self, backend: str, of: ReportDefinition) -> None:
        assert of.summary
        assert of.source
        assert of.params[0].id == "report_key"
        assert all(column.help for column in of.columns)

    def test_only_documented_parameters_are_unmarked(self, backend: str, of: ReportDefinition) -> None:
        unknown = {"SKILLS", "GROUPS", "FEATURE_TYPES", "ACCOUNT_CODES", "DURATION", "CALL_COST_PROFILE"}
        assert all(p.inferred for p in of.params if p.wire.get("type") in unknown)


def test_the_vendors_use_cases_have_a_definition_each() -> None:
    for backend in ("chronicall", "xima"):
        assert {"account-code-summary", "agent-time-card", "call-details"} <= {d.id for d in definitions_of(backend)}


def test_the_backends_offer_them() -> None:
    for backend in ("chronicall", "xima"):
        spec = backends()[backend]
        assert spec.reports() == definitions_of(backend)
        assert spec.open_reports is not None
        assert spec.import_report is not None


def test_a_parameter_that_cannot_be_changed_is_sent_as_it_is() -> None:
    of = definition()
    fixed = replace(of.params[2], editable=False, default=["Fixed(1)"])
    of = replace(of, params=(*of.params[:2], fixed))
    values = {k: v for k, v in TALKING_VALUES.items() if k != "rows_agents"}
    assert body_of(values=values, of=of)["parameters"][1]["value"]["pbxUsers"] == [{"key": "Fixed(1)"}]
