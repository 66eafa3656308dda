"""Reports as JSON by ``call_report/list``: keys per type, nesting, empties, refusals; traps 11, 12, 14, 17, 18, 28."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import NotPermitted, ServerBusy, UserError
from console.domain.messages import english, message
from console.reports.columns import ColumnKind
from console.vendors.yeastar.envelope import NotOffered
from console.vendors.yeastar.reports.explain import ParameterRefused
from tests.vendors.yeastar.report_pbx import CALLS, LIST, cells, notes, planned, report_pbx, run, runner_of
from tests.vendors.yeastar.support import performance


def sales(**changes: Any) -> dict[str, Any]:
    return {"total_number": 1, "queue_performance_list": [performance("6400", **changes)]}


async def test_a_list_becomes_a_typed_table_and_keeps_the_bytes(tmp_path: Path) -> None:
    pbx = report_pbx(lists={"queueperformance": sales(odd_duration=7, odd="x")})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance", abandon_time=5, talk_time=10)
        assert result.table is not None
        (row,) = cells(result.table)
        kinds = {column.id: column.kind for column in result.table.columns}
        result.close()
    assert (row["queue"], row["queue_num"], row["total_calls"], row["sla"]) == ("Queue 6400", "6400", 40, 62.5)
    assert (row["average_waiting_time"], row["average_talking_time"]) == (17_000, 185_000)
    assert (row["odd_duration"], kinds["odd_duration"], row["odd"]) == (7000, ColumnKind.DURATION, "x")
    assert b"queue_performance_list" in result.files[0].path.read_bytes()
    assert pbx.sent(LIST) == {
        "type": "queueperformance",
        "start_time": "2027/01/04 00:00:00",
        "end_time": "2027/01/15 23:59:59",
        "queue_id_list": "11,12",
        "abandon_time": "5",
        "talk_time": "10",
    }
    assert result.exchange_ids


async def test_agents_lie_in_the_row_of_their_queue_and_its_totals_in_the_summary(tmp_path: Path) -> None:
    """Trap 35."""
    agents = [
        {"agent_name": "Ada", "agent_number": "0101", "total_calls": 9, "answered_calls": 7, "missed_call_rate": 22.22},
        {"agent_name": "Bob", "agent_number": "0102", "total_calls": 4, "answered_calls": 4, "missed_call_rate": 0},
    ]
    body: dict[str, Any] = {
        "queue": "Sales",
        "queue_num": "6400",
        "queue_id": 11,
        "total_calls": 11,
        "missed_calls": 2,
        "sla": 80.5,
    }
    body["detail"] = agents
    pbx = report_pbx(lists={"queueagentperformance": {"queue_agent_performance_list": [body]}})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueagentperformance", agent_id_list=["91"])
        rows = cells(result.table)
        result.close()
    assert [(row["queue"], row["agent_name"], row["agent_number"], row["total_calls"]) for row in rows] == [
        ("Sales", "Ada", "0101", 9),
        ("Sales", "Bob", "0102", 4),
    ]
    assert [(item.title, item.value, item.kind) for item in result.summary] == [
        ("Queue: Total Calls", 11, ColumnKind.NUMBER),
        ("Queue: Missed", 2, ColumnKind.NUMBER),
        ("Queue: SLA", 80.5, ColumnKind.PERCENT),
    ]
    assert pbx.sent(LIST)["agent_id_list"] == "91"


async def test_seconds_are_durations_and_rates_are_per_cent(tmp_path: Path) -> None:
    activity = {"time": 8, "answered_call_time": 90, "answered_hold_time": 5, "answered_waiting_time": 30}
    summary = {"queue": "Sales", "success_callbacks": 3, "success_rate": 66.67, "transfer_rate": 3}
    pbx = report_pbx(
        lists={"queueperformanceactivity": {"x_list": [activity]}, "queuecallbackssummary": {"y_list": [summary]}}
    )
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformanceactivity")
        (row,) = cells(result.table)
        result.close()
        other = await run(runner, tmp_path, "queuecallbackssummary")
        assert other.table is not None
        kinds = {column.id: column.kind for column in other.table.columns}
        (rates,) = cells(other.table)
        other.close()
    assert row == {"time": 8, "answered_call_time": 90_000, "answered_hold_time": 5000, "answered_waiting_time": 30_000}
    assert (kinds["success_rate"], rates["success_rate"]) == (ColumnKind.PERCENT, 66.67)
    assert kinds["transfer_rate"] is ColumnKind.NUMBER  # may be money


async def test_columns_that_no_row_brought_are_not_shown(tmp_path: Path) -> None:
    rows = [{"queue": "Sales", "total_calls": 3, "average_handle_time": None}, {"queue": "Help", "total_calls": 1}]
    pbx = report_pbx(lists={"queueperformance": {"queue_performance_list": rows}})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance")
        assert result.table is not None
        assert [column.id for column in result.table.columns] == ["queue", "total_calls"]
        result.close()


async def test_members_of_a_ring_group_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    members = [{"ext_name": "Ada", "ext_num": "1001", "answered_calls": 2, "total_calls": 5}]
    group = {"group_name": "Porters", "group_num": "6300", "answered_calls": 3, "total_calls": 6}
    listed = {"ring_group_statistics_list": [{**group, "member_list": members}, {**group, "member_list": None}]}
    pbx = report_pbx(lists={"ringgroupstatistics": listed})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "ringgroupstatistics")
        assert result.sub_table is not None
        assert [row["group_name"] for row in cells(result.table)] == ["Porters", "Porters"]
        assert cells(result.sub_table) == [
            {
                "sub_report": "Porters (6300)",
                "ext_name": "Ada",
                "ext_num": "1001",
                "answered_calls": 2,
                "total_calls": 5,
            }
        ]
        assert [(sub.key, sub.row_count) for sub in result.sub_reports] == [("Porters (6300)", 1)]
        result.close()


async def test_key_presses_become_columns_and_calls_are_asked_for_by_number(tmp_path: Path) -> None:
    presses = {"press_1": 4, "press_timeout": 2, "press_star": 1}
    listed = {"ivr_list": [{"ivr_name": "Welcome", "ivr_num": "6200", "press_count": presses}]}
    call = {"id": "1", "time": "2027/01/05 09:00:00", "call_from": "Eva<0301>", "key": "1"}
    pbx = report_pbx(lists={"ivr": listed}, overrides={CALLS: {"total_number": 1, "ivr_detail_list": [call]}})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "ivr", need_detail=True)
        (row,) = cells(result.table)
        (inner,) = cells(result.sub_table)
        result.close()
    assert (row["press_1"], row["press_timeout"], row["press_star"]) == (4, 2, 1)
    assert (inner["sub_report"], inner["call_from"], inner["time"].hour) == ("Welcome", "Eva<0301>", 9)
    assert (pbx.sent(CALLS)["ivr_num"], pbx.sent(CALLS)["detail_time_begin"]) == ("6200", "2027/01/04 00:00:00")
    assert "need_detail" not in pbx.sent(LIST)


async def test_calls_that_are_refused_cost_the_figures_nothing(tmp_path: Path) -> None:
    pbx = report_pbx(lists={"queueperformance": sales()}, codes={CALLS: 40002})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance", need_detail=True)
        assert len(cells(result.table)) == 1
        result.close()
    assert "pbx.calls_refused" in notes(result)


async def test_an_unknown_list_key_and_unknown_columns_are_read_as_they_come(tmp_path: Path) -> None:
    """Traps 20 and 27: the key of the callback reports is not documented."""
    listed = {"total_number": 1, "whatever_list": [{"caller": "0301", "asked_at": "2027/01/05 09:00:00", "n": "3"}]}
    pbx = report_pbx(lists={"queuecallbacksactivity": listed})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queuecallbacksactivity", callback_result="fail")
        (row,) = cells(result.table)
        result.close()
    assert (row["caller"], row["asked_at"].day, row["n"]) == ("0301", 5, 3)
    assert pbx.sent(LIST)["callback_result"] == "fail"


@pytest.mark.parametrize(
    ("fields", "version", "expected"),
    [
        ({"api_version": "v1.0"}, "v1.0", ["pbx.empty_format", "pbx.empty_old_interface", "run.empty"]),
        ({}, "v2.0", ["pbx.empty_new_interface", "run.empty"]),
    ],
)
async def test_traps_12_and_18_an_empty_success_names_format_and_version(
    tmp_path: Path, fields: dict[str, str], version: str, expected: list[str]
) -> None:
    pbx = report_pbx(lists={"queueperformance": {"total_number": 0, "queue_performance_list": None}})
    async with runner_of(pbx, fields=fields) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance")
        assert result.table is not None
        assert result.table.row_count == 0
        result.close()
    said = [note for note in result.notes if "empty" in note.code]
    assert [note.code for note in said] == expected
    assert version in " ".join(english(note) for note in said)
    assert "YYYY/MM/DD HH:mm:ss" in " ".join(english(note) for note in result.notes)


async def test_trap_28_an_unknown_id_is_named_first(tmp_path: Path) -> None:
    pbx = report_pbx(lists={"queueagentlogintime": {"total_number": 0, "x_list": []}})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueagentlogintime", agent_id_list=["91", "4711"])
        result.close()
    said = [note for note in result.notes if note.code == "pbx.empty_unknown"]
    assert "Agents 4711" in english(said[0])
    assert "run.empty" not in notes(result)


async def test_an_unknown_id_is_said_once(tmp_path: Path) -> None:
    """The engine's remark on the plan gives way to the one that explains the emptiness."""
    pbx = report_pbx(lists={"queueperformance": {"queue_performance_list": None}})
    async with runner_of(pbx) as (runner, _):
        definition, plan = await planned(runner, "queueperformance", queue_id_list=["4711"])
        before = message("report.unknown_choice", site="Floor", values="4711", param="Queues")
        plan = replace(plan, notes=(*plan.notes, before))
        (result := await runner.run(definition, plan, tmp_path, lambda progress: None)).close()
    assert [note.code for note in result.notes if "4711" in english(note)] == ["pbx.empty_unknown"]
    assert not {"run.empty", "pbx.empty_new_interface"} & set(notes(result))


async def test_trap_14_the_format_named_in_a_refusal_is_taken_up_once(tmp_path: Path) -> None:
    wrong = {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [{"field": "start_time", "valid_msg": "valid format: 02/01/2006 03:04:05 PM"}],
    }
    pbx = report_pbx(lists={"queueperformance": sales()})
    async with runner_of(pbx) as (runner, _):
        definition, plan = await planned(runner, "queueperformance")
        pbx.overrides[LIST] = [wrong]
        result = await runner.run(definition, plan, tmp_path, lambda progress: None)
        result.close()
        later = (await planned(runner, "queueperformance"))[1]
    assert pbx.sent(LIST)["start_time"] == "04/01/2027 12:00:00 AM"
    assert dict(result.plan.requests[0].query)["end_time"] == "15/01/2027 11:59:59 PM"
    assert "pbx.dates_learned" in notes(result)
    assert later.facts["date_format"] == "DD/MM/YYYY hh:mm:ss AM"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (70082, ServerBusy, "api.busy"),
        (70106, UserError, "pbx.no_rates"),
        (10001, NotOffered, "pbx.not_on_firmware"),
        (10005, NotPermitted, "http.forbidden"),
        (70084, NotPermitted, "http.forbidden"),
    ],
)
async def test_codes_are_sentences(tmp_path: Path, code: int, kind: type[Exception], sentence: str) -> None:
    """Trap 49 among them: a busy PBX is waited for by the job, rates are asked for."""
    pbx = report_pbx(lists={"extcallbilling": {}})
    async with runner_of(pbx) as (runner, _):
        definition, plan = await planned(runner, "extcallbilling")
        pbx.codes[LIST] = code
        with pytest.raises(kind) as caught:
            await runner.run(definition, plan, tmp_path, lambda progress: None)
    error: Any = caught.value
    assert error.message.code == sentence
    assert code != 70082 or error.retry_after_s


async def test_a_refused_parameter_is_named_as_on_the_form(tmp_path: Path) -> None:
    pbx = report_pbx(lists={"queueperformance": {}})
    listed = [{"field": "queue_id_list", "value": "x"}, {"field": "start_time", "validation_type": "time"}]
    async with runner_of(pbx) as (runner, _):
        definition, plan = await planned(runner, "queueperformance")
        pbx.overrides[LIST] = {"errcode": 40002, "errmsg": "PARAMETER ERROR", "invalid_param_list": listed}
        with pytest.raises(ParameterRefused) as caught:
            await runner.run(definition, plan, tmp_path, lambda progress: None)
    assert caught.value.params == ("queue_id_list", "range")
    assert "Queues, Time" in str(caught.value)
    assert "validation_type" in caught.value.detail
