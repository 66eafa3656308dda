"""What a form needs to know: directories by name, clock and format, the interface version; traps 11, 18, 19, 28, 38."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.vendors.yeastar import BACKENDS
from console.vendors.yeastar.reports import definitions
from console.vendors.yeastar.reports.background import Patience
from console.vendors.yeastar.reports.runner import YeastarReports
from tests.vendors.yeastar.report_pbx import (
    DEFINITIONS,
    LIST,
    MENUS,
    context,
    planned,
    report_pbx,
    run,
    runner_of,
    values_of,
)
from tests.vendors.yeastar.support import performance


async def listed(pbx: Any, name: str, depends: str = "") -> tuple[list[tuple[str, str, str]], list[str]]:
    async with runner_of(pbx) as (runner, _):
        found = await runner.choices(name, depends)
    return [(each.value, each.label, each.note) for each in found.choices], [note.code for note in found.notes]


async def test_queues_and_extensions_come_from_all_pages_with_their_numbers() -> None:
    """Traps 21 and 38."""
    pbx = report_pbx(page_size=1)
    assert (await listed(pbx, "queues"))[0] == [("11", "Sales", "6400"), ("12", "Support", "0099")]
    pbx = report_pbx(page_size=2)
    assert [each[0] for each in (await listed(pbx, "extensions"))[0]] == ["90", "91", "92"]


@pytest.mark.parametrize(
    ("name", "depends", "expected"),
    [
        ("trunks", "", [("3", "Town", "")]),
        ("ivrs", "", [("5", "Welcome", "")]),
        ("ring_groups", "", [("6", "Porters", "")]),
        ("ext_groups", "", [("7", "Floor", "")]),
        ("queue_agents", "11", [("91", "Ada", "1001")]),
        ("queue_agents", "12", []),
        ("pause_reasons", "", [("Lunch", "Lunch", "*01")]),
    ],
)
async def test_menus_are_directories(name: str, depends: str, expected: list[tuple[str, str, str]]) -> None:
    assert (await listed(report_pbx(), name, depends))[0] == expected


async def test_groups_stand_beside_extensions_unless_they_share_an_id() -> None:
    pbx = report_pbx()
    pbx.menus["ext_group"].append({"text": "Twins", "value": "91"})
    found, notes = await listed(pbx, "extensions_and_groups")
    assert [each[0] for each in found] == ["7", "90", "91", "92"]
    assert notes == ["pbx.groups_left_out"]


async def test_entries_inside_an_entry_stand_under_its_name() -> None:
    pbx = report_pbx()
    pbx.menus["trunk"] = [{"text": "Providers", "item": [{"text": "Sip", "value": 4}, "odd"]}]
    async with runner_of(pbx) as (runner, _):
        (choice,) = (await runner.choices("trunks")).choices
    assert (choice.value, choice.label, choice.group) == ("4", "Sip", "Providers")


async def test_agents_are_those_of_the_list_of_queues_where_there_is_no_menu() -> None:
    pbx = report_pbx(codes={MENUS: 10001})
    assert (await listed(pbx, "queue_agents", "11"))[0] == [("91001", "Ada", "1001"), ("91002", "Bob", "1002")]


async def test_a_list_the_firmware_does_not_have_is_empty_and_says_why() -> None:
    """Trap 19."""
    found, notes = await listed(report_pbx(), "my_reports")
    assert (found, notes) == ([], ["api.not_offered"])
    assert (await listed(report_pbx(), "queue_agents")) == ([], ["pbx.choose_queue"])


async def test_the_site_says_its_format_and_offset() -> None:
    pbx = report_pbx()
    async with runner_of(pbx) as (runner, _):
        facts = await runner.site()
        await runner.site()
    assert (facts.date_format, facts.utc_offset_min, facts.zone) == ("YYYY/MM/DD HH:mm:ss", 60, "")
    assert pbx.count_of("v1.0/system/information") == 1


async def test_trap_11_a_format_changed_by_an_administrator_is_noticed() -> None:
    pbx = report_pbx()
    async with runner_of(pbx, patience=Patience(clock_s=0.0)) as (runner, _):
        await runner.site()
        pbx.info |= {"system_date_format": "DD/MM/YYYY", "system_time": "15/01/2027 03:30:00 PM"}
        _, plan = await planned(runner, "queueperformance")
    assert dict(plan.requests[0].query)["start_time"] == "04/01/2027 12:00:00 AM"


async def test_trap_11_a_plan_made_before_the_change_is_sent_in_the_new_format(tmp_path: Path) -> None:
    pbx = report_pbx(lists={"queueperformance": {"queue_performance_list": [performance("1")]}})
    async with runner_of(pbx, patience=Patience(clock_s=0.0)) as (runner, _):
        definition, plan = await planned(runner, "queueperformance")
        pbx.info |= {"system_date_format": "DD/MM/YYYY", "system_time": "15/01/2027 03:30:00 PM"}
        result = await runner.run(definition, plan, tmp_path, lambda progress: None)
        result.close()
    assert pbx.sent(LIST)["start_time"] == "04/01/2027 12:00:00 AM"
    assert "pbx.dates_changed" in [note.code for note in result.notes]
    assert "pbx.dates_written" not in [note.code for note in result.notes]


async def test_a_new_connection_plans_with_what_the_last_one_knew() -> None:
    pbx = report_pbx(codes={LIST: 10001})
    async with runner_of(pbx) as (runner, backend):
        await runner.site()
        definition = DEFINITIONS["queueperformance"]
        again = YeastarReports(backend.access, definitions)
        plan = again.plan(definition, values_of(definition), context())
    assert plan.facts["version"] == "v1.0"
    assert dict(plan.requests[0].query)["start_time"] == "2027/01/04 00:00:00"


@pytest.mark.parametrize(("code", "version"), [(10001, "v1.0"), (-2, "v1.0"), (40002, "v2.0"), (70082, "v2.0")])
async def test_trap_18_the_interface_is_probed_once(code: int, version: str) -> None:
    pbx = report_pbx(codes={LIST: code})
    async with runner_of(pbx, patience=Patience(clock_s=0.0)) as (runner, _):
        await runner.site()
        _, plan = await planned(runner, "queueperformance")
    assert plan.facts["version"] == version
    assert pbx.count_of(LIST) == 1


async def test_an_older_pbx_is_asked_through_its_own_interface(tmp_path: Path) -> None:
    pbx = report_pbx(codes={LIST: 10001}, lists={"queueperformance": {"queue_performance_list": [performance("1")]}})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance")
        assert result.table is not None
        assert result.table.row_count == 1
        result.close()
    assert pbx.sent("v1.0/call_report/list")["queue_id_list"] == "11,12"


async def test_the_sign_in_is_shown_without_a_secret() -> None:
    (spec,) = BACKENDS
    async with runner_of(report_pbx()) as (_, backend):
        assert spec.open_reports is not None
        auth = spec.open_reports(backend).auth
    assert auth.sign_in is not None
    assert (auth.sign_in.token_pointer, auth.sign_in.query_name) == ("/access_token", "access_token")
    assert auth.sign_in.request.body == '{"username": "${client_id}", "password": "${client_secret}"}'
    assert auth.user_agent
