"""console.engine.reports: one door to definitions, choices, plans, runs and what is remembered of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.domain.errors import ConnectFailed, UserError
from console.domain.messages import message
from console.engine.report_library import Collision
from console.reports.result import Phase
from tests.engine.report_fakes import CALLS, KEYED, YESTERDAY, Rig, Server, open_rig, waits_for
from tests.support import ManualClock, settle, until

NIGHT = datetime(2027, 1, 15, 3, 30, tzinfo=UTC)  # 22:30 of the 14th in New York


async def test_yesterday_is_the_sites_own(rig: Rig) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    plan = await reports.plan(profile_id, CALLS, YESTERDAY, at=NIGHT)
    assert plan.timeframe is not None
    assert plan.timeframe.start.isoformat() == "2027-01-13T00:00:00-05:00"
    assert plan.timeframe.end.isoformat() == "2027-01-13T23:59:59-05:00"
    elsewhere = await rig.add("Elsewhere", site_zone="Asia/Tokyo")
    plan = await reports.plan(elsewhere, CALLS, YESTERDAY, at=NIGHT)
    assert plan.timeframe is not None
    assert plan.timeframe.start.isoformat() == "2027-01-14T00:00:00+09:00"


async def test_the_week_begins_when_the_profile_says(rig: Rig) -> None:
    sunday = await rig.add(week_start=6, site_zone="UTC")
    frames = rig.core.reports.resolve(sunday, CALLS, {"when": {"preset": "last_week"}}, NIGHT)
    assert frames["when"].start.strftime("%A %d") == "Sunday 03"


async def test_a_site_without_zone_is_counted_in_ours_and_that_is_said(rig: Rig) -> None:
    rig.server.zone = ""
    plan = await rig.core.reports.plan(await rig.add(), CALLS, YESTERDAY)
    assert [note.code for note in plan.notes] == ["report.no_zone"]


async def test_values_that_cannot_be_sent_never_reach_the_server(rig: Rig) -> None:
    profile_id = await rig.add()
    with pytest.raises(UserError):
        await rig.core.reports.run(profile_id, CALLS, {})
    with pytest.raises(UserError, match="does not come as pdf"):
        await rig.core.reports.plan(profile_id, CALLS, YESTERDAY, "pdf")
    assert rig.server.backends == []
    assert rig.core.reports.jobs.all == ()


async def test_definitions_are_there_at_once_and_the_servers_are_asked_for(rig: Rig) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    assert await reports.definitions(profile_id) == (CALLS,)
    assert rig.server.backends == []
    assert await reports.discover(profile_id) == (CALLS, KEYED)
    assert await reports.definitions(profile_id) == (CALLS, KEYED)


async def test_a_report_is_found_by_id_key_title_and_beginning(rig: Rig) -> None:
    find = rig.core.reports.find
    profile_id = await rig.add()
    for text in ("calls", "CALLS-KEY", "calls by queue"):
        assert await find(profile_id, text) == CALLS
    assert rig.server.asked == []
    assert await find(profile_id, "Calls by") == CALLS
    assert await find(profile_id, "keyed") == KEYED
    assert rig.server.asked == ["definitions"]
    with pytest.raises(UserError, match=r"Calls by Queue \(calls\), Calls of an Account \(keyed\)"):
        await find(profile_id, "Cal")
    with pytest.raises(UserError, match="no report Missed"):
        await find(profile_id, "Missed")


async def test_a_beginning_counts_also_where_the_server_cannot_be_asked(rig: Rig) -> None:
    profile_id = await rig.add()
    rig.server.list_error = ConnectFailed(message("connect.refused", host="h", port=1))
    assert await rig.core.reports.find(profile_id, "Calls b") == CALLS
    with pytest.raises(ConnectFailed):
        await rig.core.reports.find(profile_id, "Missed")


async def test_choices_are_asked_once_until_they_are_old_or_wanted_anew(rig: Rig, clock: ManualClock) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    known = await reports.choices(profile_id, "queues")
    assert known.unknown(["s", "x"]) == ("x",)
    await reports.choices(profile_id, "queues")
    assert rig.server.asked == ["choices queues"]
    await reports.choices(profile_id, "queues", refresh=True)
    await clock.advance(601)
    await reports.choices(profile_id, "queues")
    assert rig.server.asked == ["choices queues"] * 3


async def test_a_list_that_cannot_be_had_is_told_to_everybody_who_asked_and_is_no_fault_of_ours(rig: Rig) -> None:
    profile_id = await rig.add()
    down = ConnectFailed(message("connect.refused", host="h", port=1))
    rig.server.list_error = down
    both = await asyncio.gather(
        *(rig.core.reports.choices(profile_id, "queues") for _ in range(2)), return_exceptions=True
    )
    assert both == [down, down]
    assert len(rig.server.asked) == 1
    assert rig.bugs == []


async def test_a_sites_day_may_be_ahead_of_ours(rig: Rig, clock: ManualClock) -> None:
    rig.server.zone = "Pacific/Kiritimati"
    clock.set_wall(datetime(2027, 1, 15, 12, 0, tzinfo=UTC).timestamp() * 1000)  # 02:00 of the 16th there
    profile_id = await rig.add()
    values = {"when": {"preset": "custom", "start": "2027-01-16T00:00:00", "end": "2027-01-16T23:59:59"}}
    plan = await rig.core.reports.plan(profile_id, CALLS, values)
    assert plan.timeframe is not None
    values["when"].update(start="2027-01-18T00:00:00", end="2027-01-18T23:59:59")
    with pytest.raises(UserError):
        await rig.core.reports.plan(profile_id, CALLS, values)


async def test_a_moved_profile_forgets_what_the_old_server_said(rig: Rig) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    await reports.choices(profile_id, "queues")
    await reports.site(profile_id)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await rig.core.profiles.save(replace(profile, url="https://other.example"))
    assert reports.known_choices(profile_id, "queues") is None
    assert not reports.has_own_zone(profile_id)


async def test_details_name_the_variable_of_each_secret_and_hold_none(rig: Rig) -> None:
    profile_id = await rig.add("North site", pin="ab" * 32)
    plan = await rig.core.reports.plan(profile_id, CALLS, YESTERDAY)
    details = await rig.core.reports.details(profile_id, plan)
    assert details.environment == {"key": "SUPERVISOR_CONSOLE_SECRET_NORTH_SITE_KEY"}
    assert (details.base_url, details.pin) == ("https://pbx.example", "ab" * 32)
    assert details.requests is plan.requests


@pytest.mark.allow_warnings
async def test_one_report_at_several_sites_unites_what_came_and_names_what_did_not(rig: Rig) -> None:
    reports = rig.core.reports
    ids = [await rig.add(name) for name in ("North", "South", "West")]
    down = ConnectFailed(message("connect.refused", host="south", port=1))
    rig.server.script += [None, down, None]
    job = await reports.run_on_many(ids, CALLS, {**YESTERDAY, "queues": ["s", "x"]})
    await reports.jobs.wait(job)
    assert job.phase is Phase.DONE
    assert job.result is not None
    assert job.result.table is not None
    rows = job.result.table.view().page(0, 10)
    assert job.result.table.columns[0].title == "Site"
    good = {part.profile_name for part in job.parts if part.phase is Phase.DONE}
    assert {str(row[0][0]) for row in rows} == good
    assert len(good) == 2
    assert len(rows) == 4
    codes = [note.code for note in job.result.notes]
    assert codes.count("report.site_failed") == 1
    assert "report.unknown_choice" in codes
    bodies = {part.plan.requests[0].body for part in job.parts}
    assert len(bodies) == 1, "one moment for all sites"


@pytest.mark.allow_warnings
async def test_all_sites_down_is_a_failure_and_can_be_tried_again(rig: Rig) -> None:
    reports = rig.core.reports
    ids = [await rig.add(name) for name in ("North", "South")]
    down = ConnectFailed(message("connect.refused", host="h", port=1))
    rig.server.script += [down, down]
    job = await reports.run_on_many(ids, CALLS, YESTERDAY)
    await reports.jobs.wait(job)
    assert (job.phase, job.error) == (Phase.FAILED, down)
    again = reports.jobs.retry(job)
    await reports.jobs.wait(again)
    assert again.phase is Phase.DONE
    assert [part.plan for part in again.parts] == [part.plan for part in job.parts]


async def test_cancelling_the_whole_cancels_every_part(rig: Rig) -> None:
    ids = [await rig.add(name) for name in ("North", "South")]
    rig.server.script += [waits_for(asyncio.Event())] * 2
    job = await rig.core.reports.run_on_many(ids, CALLS, YESTERDAY)
    await until(lambda: rig.server.running == 2)
    await settle()
    assert job.progress.parts == 2
    rig.core.reports.jobs.cancel(job)
    assert {part.phase for part in job.parts} == {Phase.CANCELLED}
    assert job.host_may_still_work
    await until(lambda: rig.server.running == 0)


async def test_two_runs_can_be_compared(rig: Rig) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    first = await reports.jobs.wait(await reports.run(profile_id, CALLS, YESTERDAY))
    rig.server.rows = (("Sales", 15, 61_000), ("Night", 1, 5_000))
    second = await reports.jobs.wait(await reports.run(profile_id, CALLS, YESTERDAY))
    assert first.result is not None
    assert second.result is not None
    found = await reports.compare(first.result, second.result)
    assert found.keys == ("queue",)
    names = [column.id for column in found.table.columns]
    rows = {row[0][0]: dict(zip(names, row, strict=True)) for row in found.table.view().page(0, 10)}
    assert {name: row["status"][0] for name, row in rows.items()} == {
        "Sales": "changed",
        "Service": "removed",
        "Night": "added",
    }
    assert rows["Sales"]["calls:change"][0] == 3
    found.table.close()


async def test_presets_keep_relative_dates_and_can_be_renamed_starred_and_deleted(rig: Rig) -> None:
    reports = rig.core.reports
    await reports.load()
    profile_id = await rig.add()
    memory = reports.memory
    preset = memory.save_preset(profile_id, CALLS, " Morning round ", YESTERDAY, "csv")
    assert preset.name == "Morning round"
    assert preset.values == YESTERDAY
    with pytest.raises(UserError, match="already a preset"):
        memory.save_preset(profile_id, CALLS, "morning ROUND", {})
    with pytest.raises(UserError, match="1 to 80"):
        memory.save_preset(profile_id, CALLS, " ", {})
    again = memory.save_preset(profile_id, CALLS, "Morning round", {"when": {"preset": "today"}}, overwrite=True)
    assert again.id == preset.id
    starred = memory.star_preset(memory.rename_preset(again, "Noon"), True)
    assert memory.find_preset(profile_id, CALLS, "noon") == starred
    memory.delete_preset(starred)
    with pytest.raises(UserError, match="Known are: none"):
        memory.find_preset(profile_id, CALLS, "Noon")


async def test_what_was_done_is_remembered_by_the_next_console(
    tmp_path: Path, rig: Rig, server: Server, clock: ManualClock
) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    await reports.discover(profile_id)
    await reports.jobs.wait(await reports.run(profile_id, CALLS, YESTERDAY))
    await reports.jobs.wait(await reports.run(profile_id, KEYED, {"report_key": "K0FLAEB6"}))
    reports.memory.save_preset(profile_id, CALLS, "Morning", YESTERDAY)
    reports.memory.star(CALLS, True)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await reports.library.import_text(profile, "Call Records")
    await rig.core.aclose()
    text = rig.core.paths.reports_file.read_text()
    assert json.loads(text)["history"][0]["report_id"] == "keyed"
    other = open_rig(tmp_path / "home", server, clock)
    await other.core.reports.load()
    memory = other.core.reports.memory
    keyed, calls = memory.history(profile_id)
    assert (keyed.phase, calls.rows, calls.size > 0) == (Phase.DONE, 2, True)
    assert calls.values == YESTERDAY
    assert calls.timeframe is not None
    assert calls.timeframe.zone == "America/New_York"
    assert memory.recent() == ((profile_id, "keyed"), (profile_id, "calls"))
    assert memory.starred(profile_id) == ("calls",)
    assert [preset.name for preset in memory.presets(profile_id)] == ["Morning"]
    assert memory.initial_values(profile_id, KEYED) == {"report_key": "K0FLAEB6"}
    known = await other.core.reports.definitions(profile_id)
    assert [d.id for d in known] == ["calls", "call-records"]
    assert known[1].is_custom
    await other.core.aclose()


@pytest.mark.allow_warnings
async def test_a_failed_run_is_in_the_history_with_its_sentence(rig: Rig) -> None:
    down = ConnectFailed(message("connect.refused", host="h", port=1))
    rig.server.script.append(down)
    reports = rig.core.reports
    await reports.jobs.wait(await reports.run(await rig.add(), CALLS, YESTERDAY))
    (entry,) = reports.memory.history()
    assert (entry.phase, entry.error) == (Phase.FAILED, down.message)


async def test_an_import_that_meets_another_is_refused_replaces_or_stands_beside(rig: Rig) -> None:
    reports = rig.core.reports
    await reports.load()
    profile = rig.core.profiles.get(await rig.add())
    assert profile is not None
    library = reports.library
    first = await library.import_text(profile, "Call Records")
    assert first.values == {"report_key": "Call Records"}
    with pytest.raises(UserError, match="already has a report"):
        await library.import_text(profile, "Call Records")
    replaced = await library.import_text(profile, "Call Records", collision=Collision.REPLACE)
    assert replaced.replaced
    beside = await library.import_text(profile, "Call Records", collision=Collision.KEEP_BOTH)
    assert (beside.definition.id, beside.definition.title) == ("call-records-2", "Call Records (2)")
    shipped = await library.import_text(profile, "Calls", collision=Collision.REPLACE)
    assert shipped.definition.id == "calls-2", "what comes with the console is never replaced"
    library.remove(first.definition)
    assert [d.id for d in await reports.definitions(profile.id)] == ["calls", "call-records-2", "calls-2"]


@pytest.mark.allow_warnings
async def test_a_damaged_file_is_set_aside_and_said_once(tmp_path: Path, server: Server, clock: ManualClock) -> None:
    rig = open_rig(tmp_path / "home", server, clock)
    path = rig.core.paths.reports_file
    path.write_text('{"version": 1, "presets": 7}')
    await rig.core.reports.load()
    await rig.core.reports.load()
    assert [note.code for note in rig.told] == ["report.book_broken"]
    rig.core.reports.memory.star(CALLS, True)
    await rig.core.aclose()
    assert json.loads(path.read_text())["starred"] == [["fake", "calls"]]
    assert len(list(path.parent.glob("reports.json.broken-*"))) == 1


@pytest.mark.allow_warnings
async def test_a_newer_versions_file_is_read_and_left_alone(tmp_path: Path, server: Server, clock: ManualClock) -> None:
    rig = open_rig(tmp_path / "home", server, clock)
    path = rig.core.paths.reports_file
    text = json.dumps({"version": 9, "starred": [["fake", "calls"], 3], "presets": []})
    path.write_text(text)
    await rig.core.reports.load()
    assert rig.core.reports.memory.is_starred(CALLS)
    rig.core.reports.memory.star(CALLS, False)
    await rig.core.aclose()
    assert path.read_text() == text
    assert [note.code for note in rig.told] == ["report.book_newer"]


async def test_two_consoles_lose_nothing_of_each_other(tmp_path: Path, server: Server, clock: ManualClock) -> None:
    one = open_rig(tmp_path / "home", server, clock)
    two = open_rig(tmp_path / "home", server, clock)
    await one.core.reports.load()
    await two.core.reports.load()
    one.core.reports.memory.star(CALLS, True)
    two.core.reports.memory.star(KEYED, True)
    await one.core.aclose()
    await two.core.aclose()
    starred = json.loads(one.core.paths.reports_file.read_text())["starred"]
    assert sorted(pair[1] for pair in starred) == ["calls", "keyed"]


async def test_keys_that_come_with_a_system_are_there_before_anybody_enters_one(rig: Rig) -> None:
    reports = rig.core.reports
    profile_id = await rig.add()
    await reports.discover(profile_id)
    await reports.note_keys(profile_id, {KEYED.title: "LT1", CALLS.title: "LT2", "Unknown": "LT3"})
    assert reports.memory.initial_values(profile_id, KEYED)["report_key"] == "LT1"
    assert "report_key" not in reports.memory.initial_values(profile_id, CALLS)
