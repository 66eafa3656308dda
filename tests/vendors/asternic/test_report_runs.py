"""Runs against a server: day by day, pages, windows, what is missing by name, and memory."""

from __future__ import annotations

import tracemalloc
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.domain.messages import english
from console.reports.result import Phase, Progress
from console.vendors.asternic.reports import run as run_module
from console.vendors.asternic.reports.ranges import Part
from console.vendors.asternic.reports.shape import Shaper
from console.vendors.asternic.reports.spool import Spool
from tests.vendors.asternic.report_support import (
    ReportServer,
    codes,
    detail,
    found,
    frame,
    rows_of,
    run,
    sheet,
)
from tests.vendors.asternic.support import dump, serving

DETAIL = "reports/answered_calls_detail"


def dmy(day: str, clock: str = "10:00:00") -> str:
    """A wall clock as the detail reports write it."""
    return f"{date.fromisoformat(day):%d-%m-%Y} {clock}"


def days(query: dict[str, str]) -> dict[str, Any]:
    """Two calls on the day asked for."""
    return sheet([detail(dmy(query["start"]), 1), detail(dmy(query["start"], "11:00:00"), 2)])


async def test_a_range_is_asked_for_day_by_day_and_kept_in_order(tmp_path: Path) -> None:
    server = ReportServer(answers={DETAIL: days})
    told: list[Progress] = []
    async with serving(server) as backend:
        result = await run(
            backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-03"), tmp_path, tell=told.append
        )
    rows = rows_of(result)
    assert [row["datetime"][0].day for row in rows] == [1, 1, 2, 2, 3, 3]
    assert rows[0]["wait_time"] == (8_000, None)
    assert [(query["start"], query["end"]) for query in server.asked_for(DETAIL)] == [
        (f"2026-08-0{day}", f"2026-08-0{day}") for day in (1, 2, 3)
    ]
    assert [(item.part, item.parts) for item in told if item.phase is Phase.RUNNING] == [(1, 3), (2, 3), (3, 3)]
    assert told[-1].phase is Phase.READING
    assert (result.missing, result.notes) == ((), ())
    assert result.files[0].name == "answered_calls_detail_2026-08-01.json"
    assert result.files[0].path.read_bytes() == dump(days({"start": "2026-08-01"}))
    assert len(set(result.exchange_ids)) == 3
    assert not (tmp_path / "rows.jsonl").exists()
    result.close()


async def test_a_failing_day_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        server.statuses[DETAIL] = 500 if query["start"].endswith(("02", "04")) else 200
        return days(query)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-05"), tmp_path)
    assert len(rows_of(result)) == 6
    assert result.missing == ("2026-08-02", "2026-08-04")
    assert english(result.notes[-1]).startswith("Missing: 2026-08-02, 2026-08-04. ")
    assert len(server.asked_for(DETAIL)) == 5
    result.close()


async def test_a_server_that_keeps_failing_is_left_alone_and_the_rest_named(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        server.statuses[DETAIL] = 200 if query["start"].endswith("01") else 500
        return days(query)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-09"), tmp_path)
    assert len(server.asked_for(DETAIL)) == 1 + run_module.GIVE_UP_AFTER
    assert result.missing == tuple(f"2026-08-0{day}" for day in range(2, 10))
    result.close()


async def test_a_named_wait_is_kept_and_the_day_asked_once_more(tmp_path: Path) -> None:
    busy = [True]

    def answer(query: dict[str, str]) -> Any:
        server.statuses[DETAIL] = 503 if busy.pop() else 200
        busy[:] = [False]
        return days(query)

    server = ReportServer(answers={DETAIL: answer}, headers={"Retry-After": "20"})
    told: list[Progress] = []
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path, tell=told.append)
    assert (len(rows_of(result)), result.missing) == (2, ())
    assert Phase.WAITING in [item.phase for item in told]
    result.close()


async def test_rows_outside_the_time_are_left_out_and_counted(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        clocks = ("07:59:59", "08:00:00", "12:00:00", "17:00:00", "17:00:01")
        rows = [detail(dmy(query["start"], clock), number) for number, clock in enumerate(clocks)]
        return sheet([*rows, detail("0000-00-00 00:00:00", 9)])

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        window = (time(8), time(17))
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", daily=window), tmp_path)
    rows = rows_of(result)
    assert [row["datetime"][0].hour if row["datetime"][0] else row["datetime"][1] for row in rows] == [
        8,
        12,
        17,
        "0000-00-00 00:00:00",
    ]
    assert codes(result) == ["run.outside", "run.unchecked"]
    assert result.notes[0].args["count"] == 2
    assert server.asked_for(DETAIL)[0]["secondsstart"] == "28800"
    result.close()


async def test_trap_10_a_call_over_midnight_is_kept_once(tmp_path: Path) -> None:
    late = detail("02-08-2026 00:00:20", 7)

    def answer(query: dict[str, str]) -> Any:
        return sheet([*days(query)["rows"], late]) if query["start"] < "2026-08-03" else days(query)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-03"), tmp_path)
    assert [row["unique_id"][0] for row in rows_of(result)].count("1790240400.7") == 1
    assert codes(result) == ["run.twice"]
    result.close()


@pytest.mark.parametrize("is_also_before", [False, True])
async def test_trap_10_a_call_dated_before_its_day_is_kept_once(tmp_path: Path, is_also_before: bool) -> None:
    early = found("2026-08-01 23:59:50", 7)

    def answer(query: dict[str, str]) -> Any:
        rows = [found(f"{query['start']} 10:00:00", 1), found(f"{query['start']} 10:00:00", 1)]
        return sheet([*rows, early] if is_also_before or query["start"] == "2026-08-02" else rows)

    server = ReportServer(answers={"search": answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "search", frame("2026-08-01", "2026-08-02"), tmp_path)
    ids = [row["unique_id"][0] for row in rows_of(result)]
    assert ids.count("1790240400.7") == 1
    assert len(ids) == 5  # equal rows of one answer are the server's own affair
    assert codes(result) == (["run.twice"] if is_also_before else [])
    result.close()


async def test_a_server_that_ignores_the_range_gives_no_row_twice(tmp_path: Path) -> None:
    rows = [detail(dmy(f"2026-08-0{day}", "12:00:00"), day) for day in range(1, 6)]
    server = ReportServer(answers={DETAIL: lambda _: sheet(rows)})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-02", "2026-08-03"), tmp_path)
    assert [row["datetime"][0].day for row in rows_of(result)] == [2, 3]
    assert result.notes[0].args["count"] == 8
    result.close()


async def test_pages_are_asked_for_while_rows_are_missing(tmp_path: Path) -> None:
    everything = [detail(dmy("2026-08-01", f"10:{n:02d}:00"), n) for n in range(25)]

    def answer(query: dict[str, str]) -> Any:
        page = int(query.get("page", "1"))
        return sheet(everything[(page - 1) * 10 : page * 10], 25, page, 3)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert len(rows_of(result)) == 25
    assert [query.get("page") for query in server.asked_for(DETAIL)] == [None, "2", "3"]
    assert (result.missing, result.notes) == ((), ())
    result.close()


@pytest.mark.parametrize("later", ["same", "none"])
async def test_a_page_that_repeats_or_is_empty_ends_the_asking(tmp_path: Path, later: str) -> None:
    def answer(query: dict[str, str]) -> Any:
        rows = [] if "page" in query and later == "none" else days(query)["rows"]
        return sheet(rows, 232, int(query.get("page", "1")), 116)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert len(rows_of(result)) == 2
    assert len(server.asked_for(DETAIL)) == 2
    assert codes(result) == ["run.short"]
    assert result.missing == ("2026-08-01 (2 of 232 rows)",)
    result.close()


async def test_a_page_that_fails_costs_only_itself(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        server.statuses[DETAIL] = 500 if "page" in query else 200
        return sheet(days(query)["rows"], 4)

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert len(rows_of(result)) == 2
    assert codes(result) == ["run.parts_missing", "run.short"]
    result.close()


async def test_an_empty_answer_is_said_and_has_its_columns(tmp_path: Path) -> None:
    server = ReportServer(answers={DETAIL: lambda _: sheet([])})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert rows_of(result) == []
    assert codes(result) == ["run.empty"]
    assert result.table is not None
    assert [column.id for column in result.table.columns][:2] == ["datetime", "queue"]
    result.close()


async def test_counts_of_days_carry_their_day(tmp_path: Path) -> None:
    rows = [{"Queue": "2000", "Received": "3", "% Calls": "75.00"}, {"Queue": "2001", "Received": "1", "% Calls": "25"}]
    entity = "reports/answered_calls_by_queue"
    server = ReportServer(answers={entity: lambda _: sheet(rows)})
    async with serving(server) as backend:
        reports, asked = backend.reports(), frame("2026-08-01", "2026-08-02")
        (tmp_path / "a").mkdir()
        whole = await run(reports, "answered_calls_by_queue", asked, tmp_path / "a")
        (tmp_path / "b").mkdir()
        apart = await run(reports, "answered_calls_by_queue", asked, tmp_path / "b", {"by_day": True})
    assert [list(row.values()) for row in rows_of(whole)] == [
        [("2000", None), (3, None), (75.0, None)],
        [("2001", None), (1, None), (25.0, None)],
    ]
    assert [row["day"][0] for row in rows_of(apart)] == ["2026-08-01"] * 2 + ["2026-08-02"] * 2
    whole.close()
    apart.close()


async def test_search_rows(tmp_path: Path) -> None:
    rows = [
        found("2026-08-01 10:00:00", 1, agent_name="Jos&eacute;"),
        found("2026-08-01 10:05:00", 2, callerid="asterisk", overflow="2", Surprise="x"),
    ]
    server = ReportServer(answers={"search": lambda _: sheet(rows)})
    async with serving(server) as backend:
        result = await run(backend.reports(), "search", frame("2026-08-01"), tmp_path)
    first, second = rows_of(result)
    assert first["talk_derived"][0] == 63_000
    assert first["agent_name"] == ("José", "Jos&eacute;")
    assert first["call_id"][0] == "1790240400.1"
    assert second["caller_id"] == (None, "no caller id")
    assert second["caller_id_sent"][0] == "asterisk"
    assert (first["overflowed"][0], second["overflowed"][0]) == (False, True)
    assert second["surprise"][0] == "x"
    result.close()


async def test_the_lists_are_reports_with_their_pseudo_rows_labelled(tmp_path: Path) -> None:
    async with serving(ReportServer()) as backend:
        result = await run(backend.reports(), "queues", None, tmp_path)
    assert [(row["queue"][0], row["row_kind"][0]) for row in rows_of(result)] == [
        ("100", "queue"),
        ("101", "queue"),
        ("ALL", "pseudo row"),
        ("NONE", "pseudo row"),
    ]
    result.close()


def day_of_calls(start: datetime, count: int) -> dict[str, Any]:
    """Many calls within a day."""
    return sheet([detail(f"{start + timedelta(seconds=n * 15):%d-%m-%Y %H:%M:%S}", n) for n in range(count)])


async def test_trap_32_a_hundred_thousand_rows(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        return dump(day_of_calls(datetime.fromisoformat(query["start"]), 5_000))

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        asked = frame("2026-08-01", "2026-08-20")
        result = await run(backend.reports(), "answered_calls_detail", asked, tmp_path)
    assert result.table is not None
    assert result.table.row_count == 100_000
    assert (result.notes, result.missing) == ((), ())
    result.close()


def test_trap_32_rows_that_were_taken_are_on_disk_only(tmp_path: Path) -> None:
    start = datetime(2026, 8, 1)  # noqa: DTZ001 - the server names no zone
    rows = day_of_calls(start, 2_000)["rows"]
    part = Part(start.date(), start.date())
    spool = Spool(tmp_path / "rows.jsonl", Shaper((), is_detail=True), [part])
    held = []
    try:
        for _ in range(3):
            spool.take(rows, part)
        tracemalloc.start()
        for _ in range(6):
            spool.take(rows, part)
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
        spool.close()
    assert spool.kept == 18_000
    assert held[-1] - held[0] < 500_000  # 2,000 rows are ten times that
