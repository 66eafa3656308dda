"""Reports as files by ``call_report/download``: links, tokens, what came instead of a file; traps 45 to 50."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import NotPermitted, ProtocolError, ServerBusy, TimedOut, UserError
from console.reports.result import Phase, Progress
from console.tasks import TaskScope
from tests.vendors.yeastar.report_pbx import (
    FAST,
    FILE,
    LINK,
    LIST,
    NAME,
    ReportPbx,
    cells,
    notes,
    planned,
    report_pbx,
    run,
    runner_of,
)
from tests.vendors.yeastar.support import performance

CSV = "\ufeffQueue,Total Calls,Answered,Abandon Rate\r\nSales,40,30,15.00%\r\nTotal,40,30,15.00%\r\n".encode()
EVENTS = {"events": "true"}
READY = {
    "key": "report_download",
    "result": "success",
    "file": NAME,
    "download_resource_url": FILE,
    "error": "",
    "download_id": 8,
}


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def test_a_file_is_fetched_by_its_link_and_kept_byte_for_byte(tmp_path: Path) -> None:
    """Trap 47: the link's own case is used, not the name in ``file``."""
    pbx = report_pbx(files={FILE: CSV})
    told: list[Progress] = []
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance", "csv", told.append, need_detail=False)
        (row,) = cells(result.table)
        result.close()
    assert (row["queue"], row["total_calls"], row["abandoned_rate"]) == ("Sales", 40, 15.0)
    assert result.files[0].path.read_bytes() == CSV
    assert (result.files[0].media_type, result.files[0].size) == ("text/csv", len(CSV))
    assert pbx.sent(LINK)["need_detail"] == "0"
    assert [item.value for item in result.summary] == [40, 30, 15.0]
    assert Phase.DOWNLOADING in {progress.phase for progress in told}


@pytest.mark.parametrize("link", ["api/download/a b.csv", "/api/download/a b.csv", "/api/download/a%20b.csv"])
async def test_trap_47_links_join_without_doubled_slashes_and_keep_their_spaces(tmp_path: Path, link: str) -> None:
    pbx = report_pbx(files={"/api/download/a%20b.csv": CSV}, link=link)
    async with runner_of(pbx) as (runner, _):
        (await run(runner, tmp_path, "queueperformance", "csv")).close()
    assert pbx.count_of("/api/download/a%20b.csv") == 1


@pytest.mark.parametrize("link", ["https://elsewhere.example/api/download/x.csv", "//elsewhere.example/x.csv"])
async def test_a_link_to_another_server_is_not_followed(tmp_path: Path, link: str) -> None:
    pbx = report_pbx(link=link)
    async with runner_of(pbx) as (runner, _):
        with pytest.raises(ProtocolError) as caught:
            await run(runner, tmp_path, "queueperformance", "csv")
    assert caught.value.message.code == "http.foreign_link"
    assert left(tmp_path) == []


@pytest.mark.parametrize("gone", [404, b'{"errcode":60001,"errmsg":"DATA NOT FOUND"}'])
async def test_trap_46_an_expired_link_is_asked_for_again(tmp_path: Path, gone: object) -> None:
    pbx = report_pbx(files={"/api/download/old.csv": gone, FILE: CSV}, link=["/api/download/old.csv", FILE])
    async with runner_of(pbx) as (runner, _):
        (await run(runner, tmp_path, "queueperformance", "csv")).close()
    assert pbx.count_of(LINK) == 2


async def test_fl_05_trap_46_a_link_that_is_never_there_is_a_sentence(tmp_path: Path) -> None:
    pbx = report_pbx(files={FILE: 404})
    async with runner_of(pbx) as (runner, _):
        with pytest.raises(ProtocolError) as caught:
            await run(runner, tmp_path, "queueperformance", "csv")
    assert caught.value.message.code == "pbx.link_expired"
    assert (pbx.count_of(LINK), left(tmp_path)) == (2, [])


async def test_trap_46_a_token_that_ends_between_link_and_file_is_renewed(tmp_path: Path) -> None:
    pbx = report_pbx(files={FILE: CSV})
    async with runner_of(pbx) as (runner, _):
        definition, plan = await planned(runner, "queueperformance", "csv")
        answer = pbx._answer

        def ending(path: str, query: dict[str, str], body: bytes) -> Any:
            found = answer(path, query, body)
            if path == LINK:
                pbx.live.clear()
            return found

        pbx._answer = ending  # type: ignore[method-assign]
        (await runner.run(definition, plan, tmp_path, lambda progress: None)).close()
    assert (pbx.count_of(LINK), pbx.count_of(FILE), len(pbx.tokens)) == (1, 2, 2)


@pytest.mark.parametrize(("refusals", "tries"), [(1, 2), (2, 2)])
async def test_a_file_refused_with_a_status_gets_one_fresh_token(tmp_path: Path, refusals: int, tries: int) -> None:
    pbx = report_pbx(files={FILE: [*[401] * refusals, CSV]})
    async with runner_of(pbx) as (runner, _):
        if refusals == 1:
            (await run(runner, tmp_path, "queueperformance", "csv")).close()
        else:
            with pytest.raises(ServerBusy):
                await run(runner, tmp_path, "queueperformance", "csv")
    assert (pbx.count_of(FILE), len(pbx.tokens)) == (tries, 2)
    assert len(left(tmp_path)) == (1 if refusals == 1 else 0)


@pytest.mark.parametrize(
    ("sent", "kind", "code"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", ProtocolError, "run.not_a_file"),
        (b'{"errcode":10005,"errmsg":"ACCESS DENIED"}', NotPermitted, "http.forbidden"),
        (b'\xef\xbb\xbf {"errcode":0,"errmsg":"SUCCESS"}', ProtocolError, "run.not_a_file"),
    ],
)
async def test_fl_05_trap_48_what_is_no_file_is_never_saved_as_one(
    tmp_path: Path, sent: bytes, kind: type[Exception], code: str
) -> None:
    pbx = report_pbx(files={FILE: sent})
    async with runner_of(pbx) as (runner, _):
        with pytest.raises(kind) as caught:
            await run(runner, tmp_path, "queueperformance", "csv")
    error: Any = caught.value
    assert (error.message.code, left(tmp_path)) == (code, [])


async def test_trap_48_an_empty_file_has_no_rows_and_is_explained(tmp_path: Path) -> None:
    pbx = report_pbx(files={FILE: b""})
    async with runner_of(pbx) as (runner, _):
        result = await run(runner, tmp_path, "queueperformance", "csv")
        assert cells(result.table) == []
        result.close()
    assert "run.empty" in notes(result)


async def test_an_answer_without_a_link_is_a_sentence(tmp_path: Path) -> None:
    pbx = report_pbx(link="")
    async with runner_of(pbx) as (runner, _):
        with pytest.raises(ProtocolError) as caught:
            await run(runner, tmp_path, "queueperformance", "csv")
    assert caught.value.message.code == "pbx.no_link"


async def tell_when_asked(pbx: ReportPbx, *messages: dict[str, Any]) -> None:
    """Send events once a report has been asked for in the background."""
    before = pbx.count_of(LINK)
    await pbx.until(lambda: pbx.count_of(LINK) > before)
    for msg in messages:
        await pbx.event(30027, msg)


async def test_trap_45_a_background_run_waits_for_its_event(tmp_path: Path) -> None:
    pbx = report_pbx(files={FILE: CSV}, socket="ok")
    told: list[Progress] = []
    other = READY | {"file": "IVR-X.23-download-1-a.csv", "download_resource_url": "/api/download/other.csv"}
    async with runner_of(pbx, fields=EVENTS) as (runner, _), TaskScope("test") as scope:
        scope.start(tell_when_asked(pbx, other, READY), "pbx")
        result = await run(runner, tmp_path, "queueperformance", "table", told.append, is_async=True)
        assert len(cells(result.table)) == 1
        result.close()
    assert pbx.sent(LINK)["is_async"] == "1"
    assert pbx.count_of("/api/download/other.csv") == 0
    assert Phase.WAITING in {progress.phase for progress in told}


async def test_trap_45_without_a_word_in_time_it_is_given_up_and_never_repeated(tmp_path: Path) -> None:
    patience = FAST.__class__(socket_s=2.0, ready_s=0.05, stray_s=0.01)
    pbx = report_pbx(socket="ok")
    async with runner_of(pbx, patience=patience, fields=EVENTS) as (runner, _):
        with pytest.raises(TimedOut) as caught:
            await run(runner, tmp_path, "queueperformance", "csv", is_async=True)
    assert caught.value.message.code == "pbx.never_ready"
    assert pbx.count_of(LINK) == 1


async def test_trap_45_the_event_of_a_cancelled_run_is_not_taken_for_the_next(tmp_path: Path) -> None:
    patience = FAST.__class__(socket_s=2.0, ready_s=5.0, stray_s=5.0)
    pbx = report_pbx(files={FILE: CSV}, socket="ok")
    stray = READY | {"download_resource_url": "/api/download/stray.csv"}
    async with runner_of(pbx, patience=patience, fields=EVENTS) as (runner, _), TaskScope("test") as scope:
        first = scope.start(run(runner, tmp_path, "queueperformance", "csv", is_async=True), "first")
        await pbx.until(lambda: pbx.count_of(LINK) == 1)
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.wait({first})
        assert first.cancelled()
        second = scope.start(run(runner, tmp_path, "queueperformance", "csv", is_async=True), "second")
        await asyncio.sleep(0.05)
        assert pbx.count_of(LINK) == 1
        await pbx.event(30027, stray)
        await pbx.until(lambda: pbx.count_of(LINK) == 2)
        await pbx.event(30027, READY)
        (await second).close()
    assert pbx.count_of("/api/download/stray.csv") == 0


@pytest.mark.parametrize("name", [NAME, ""])
async def test_a_background_run_that_fails_at_the_pbx_says_so(tmp_path: Path, name: str) -> None:
    pbx = report_pbx(socket="ok")
    failed = READY | {"result": "FAILURE", "error": "disk full", "download_resource_url": "", "file": name}
    async with runner_of(pbx, fields=EVENTS) as (runner, _), TaskScope("test") as scope:
        scope.start(tell_when_asked(pbx, failed), "pbx")
        with pytest.raises(ProtocolError) as caught:
            await run(runner, tmp_path, "queueperformance", "csv", is_async=True)
    assert (caught.value.message.code, caught.value.detail) == ("pbx.background_failed", "disk full")


@pytest.mark.parametrize(
    ("fields", "socket", "kind", "code"),
    [({}, "ok", UserError, "pbx.events_off"), (EVENTS, 503, TimedOut, "pbx.events_down")],
)
async def test_trap_45_without_a_live_socket_nothing_is_begun(
    tmp_path: Path, fields: dict[str, str], socket: str | int, kind: type[Exception], code: str
) -> None:
    patience = FAST.__class__(socket_s=0.05)
    pbx = report_pbx(socket=socket)
    async with runner_of(pbx, patience=patience, fields=fields) as (runner, _):
        with pytest.raises(kind) as caught:
            await run(runner, tmp_path, "queueperformance", "csv", is_async=True)
    error: Any = caught.value
    assert (error.message.code, pbx.count_of(LINK)) == (code, 0)


async def test_trap_50_a_running_report_blocks_no_poll_and_no_second_report_is_sent(tmp_path: Path) -> None:
    listed = {"queue_performance_list": [performance("6400")]}
    pbx = report_pbx(lists={"queueperformance": listed, "queueagentlogintime": {"x": []}})
    gate = asyncio.Event()
    route = pbx._route

    async def slow(request: Any) -> None:
        if "call_report/list" in request.target and "start_time" in request.target and not gate.is_set():
            await gate.wait()
        await route(request)

    pbx.server.then(slow)
    async with runner_of(pbx) as (runner, backend), TaskScope("test") as scope:
        first = scope.start(run(runner, tmp_path, "queueperformance"), "first")
        await asyncio.sleep(0.1)
        second = scope.start(run(runner, tmp_path, "queueagentlogintime"), "second")
        for _ in range(6):
            await backend.access.client.queues()
        assert pbx.count_of(LIST) == 1  # the probe; the report itself is being worked on
        assert not first.done()
        gate.set()
        (await first).close()
        (await second).close()
    assert pbx.count_of(LIST) == 3


async def test_trap_50_a_cancelled_report_ends_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    pbx = report_pbx(files={FILE: CSV})
    gate = asyncio.Event()
    route = pbx._route

    async def slow(request: Any) -> None:
        if request.target.startswith("/api/"):
            await gate.wait()
        await route(request)

    pbx.server.then(slow)
    async with runner_of(pbx) as (runner, _), TaskScope("test") as scope:
        task = scope.start(run(runner, tmp_path, "queueperformance", "csv"), "run")
        await pbx.until(lambda: pbx.count_of(LINK) == 1)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        gate.set()
    assert left(tmp_path) == []
