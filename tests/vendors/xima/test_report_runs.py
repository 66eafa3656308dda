"""Runs of historical reports over a socket: patience, refusals, cancel, files of all formats."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import AuthError, ConsoleError, NotFound, NotPermitted, ProtocolError, ServerBusy, TimedOut
from console.domain.messages import english
from console.reports.result import Phase
from console.vendors.xima.flavour import XIMA
from tests.faultserver.server import Call, drip, hang, reply, reset
from tests.vendors.xima.report_support import (
    REPORT,
    answer,
    columns,
    definition,
    desk,
    encoded,
    plan,
    row,
    talking,
)
from tests.vendors.xima.support import KEY

LOGIN = (
    b"<!DOCTYPE html><html><head><title>Login</title></head><body><form><input type='password'></form></body></html>"
)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
END = b"PK\x05\x06" + bytes(18)  # of an archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "job"
    made.mkdir()
    return made


async def test_a_report_is_read_into_a_table_with_all_that_belongs_to_it(folder: Path) -> None:
    async with desk(folder, answer(talking())) as at:
        result = await at.run()
        assert result.table is not None
        assert [c.title for c in result.table.columns] == ["Agent", "Total Calls", "Total Talking"]
        assert result.table.columns[2].help
        assert result.table.view().page(0, 5) == [
            (("Ann Öz(201)", None), (9, "9"), (5_025_400, "1:23:45")),
            (('Ben, "B" Lee(202)', None), (7, "7"), (4_100_000, "1:08:20")),
        ]
        assert [(s.title, s.value, s.text, s.kind.value) for s in result.summary] == [
            ("Agents", 2, "2", "number"),
            ("Avg Total Calls", 8.0, "8.0", "number"),
            ("Total Talking", 9_125_400, "2:32:05", "duration"),
        ]
        assert dict(result.metadata)["Report id"] == "31"
        assert dict(result.metadata)["Skin"] == "Plain"
        assert result.notes == ()
        assert result.charts == {"type": "CHARTS", "rows": []}
        assert result.files[0].path.read_bytes() == encoded(talking())
        assert result.files[0].name == "Agent Talking Summary.json"
        call = at.server.calls[0]
        assert (call.method, call.target) == ("POST", f"/rest/api/v1/historic-data/{REPORT}")
        assert call.headers["authorization"] == f"Bearer {KEY}"
        assert call.headers["content-type"] == "application/json"
        assert call.body.decode() == plan().requests[0].body
        result.close()


async def test_202_is_followed_by_the_very_same_bytes_until_the_report_is_there(folder: Path) -> None:
    async with desk(folder, reply(b"", 202), reply(b"preparing", 202), answer(talking())) as at:
        result = await at.run()
        bodies = [call.body for call in at.server.calls]
        assert len(bodies) == 3
        assert len(set(bodies)) == 1
        assert [t.phase for t in at.told].count(Phase.WAITING) == 2
        waiting = next(t for t in at.told if t.phase is Phase.WAITING)
        assert waiting.message is not None
        assert waiting.message.code == "run.waiting"
        assert len(result.exchange_ids) == 3
        assert at.files == ["answer-3"]
        result.close()


async def test_202_for_ever_is_given_up_and_leaves_nothing(folder: Path) -> None:
    async with desk(folder, reply(b"", 202), total_s=0.05) as at:
        with pytest.raises(ServerBusy) as caught:
            await at.run()
        assert caught.value.message.code == "run.gave_up"
        assert at.files == []


async def test_a_demanded_wait_is_longer_than_ours(folder: Path) -> None:
    async with desk(folder, reply(b"", 202, {"Retry-After": "120"}), total_s=60.0) as at:
        with pytest.raises(ServerBusy):
            await at.run()
        assert len(at.server.calls) == 1


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, ProtocolError, "historic.bad_request"),
        (401, AuthError, "http.unauthorized"),
        (403, NotPermitted, "historic.forbidden"),
        (404, NotFound, "historic.unknown_key"),
        (429, ServerBusy, "http.throttled"),
        (500, ServerBusy, "historic.server_error"),
        (503, ServerBusy, "historic.server_error"),
        (509, ProtocolError, "http.unexpected"),
    ],
)
async def test_each_refusal_is_a_sentence_about_the_report(
    folder: Path, status: int, kind: type[ConsoleError], code: str
) -> None:
    async with desk(folder, reply(b'{"error":"words of the server"}', status)) as at:
        with pytest.raises(kind) as caught:
            await at.run()
        assert caught.value.message.code == code
        assert english(caught.value.message)
        assert "words of the server" in caught.value.detail
        assert caught.value.exchange_id
        assert len(at.server.calls) == 1
        assert at.files == []


async def test_a_time_out_never_starts_a_second_run(folder: Path) -> None:
    async with desk(folder, hang, read_s=0.1) as at:
        with pytest.raises(TimedOut) as caught:
            await at.run()
        assert caught.value.message.code == "historic.timed_out"
        assert len(at.server.calls) == 1


async def test_a_broken_connection_never_starts_a_second_run(folder: Path) -> None:
    async with desk(folder, reset) as at:
        with pytest.raises(ConsoleError) as caught:
            await at.run()
        assert caught.value.message.code == "historic.broken"
        assert len(at.server.calls) == 1


async def test_cancel_ends_a_run_at_once_and_leaves_no_file(folder: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    async with desk(folder, drip(head, b"x" * 100, 0.01)) as at:
        task = asyncio.ensure_future(at.run())
        while not any(t.phase is Phase.DOWNLOADING for t in at.told):
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert at.files == []


async def test_cancel_between_two_requests(folder: Path) -> None:
    async with desk(folder, reply(b"", 202), pauses_s=(3600.0,), total_s=1e9) as at:
        task = asyncio.ensure_future(at.run())
        while not any(t.phase is Phase.WAITING for t in at.told):
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(at.server.calls) == 1


async def test_the_path_of_the_interface_comes_from_the_profile(folder: Path) -> None:
    async with desk(folder, answer(talking()), fields={"api_prefix": "/api/v1/"}) as at:
        of = definition()
        from tests.vendors.xima.report_support import TALKING_VALUES, context

        chosen = at.runner.plan(of, TALKING_VALUES, context(TALKING_VALUES, of))
        (await at.run(chosen)).close()
        assert at.server.calls[0].target == f"/api/v1/historic-data/{REPORT}"


async def test_another_range_than_asked_for_is_noted(folder: Path) -> None:
    other = {"type": "REPORT_TIMEFRAME", "start": "2026-03-19T00:00:00-07:00", "end": "2026-03-19T23:59:59-06:00"}
    async with desk(folder, answer(talking(timeframe=other))) as at:
        result = await at.run()
        assert [note.code for note in result.notes] == ["historic.other_range"]
        result.close()


async def test_a_key_of_another_report_is_noticed(folder: Path) -> None:
    async with desk(folder, answer(talking(title="Call Details"))) as at:
        result = await at.run()
        assert [note.code for note in result.notes] == ["historic.other_report"]
        result.close()


async def test_the_same_range_in_another_offset_is_no_news(folder: Path) -> None:
    same = {"type": "REPORT_TIMEFRAME", "start": "2026-03-19T06:00:00Z", "end": "2026-03-20T05:59:59.000Z"}
    async with desk(folder, answer(talking(timeframe=same))) as at:
        result = await at.run()
        assert result.notes == ()
        result.close()


async def test_an_empty_report_says_so(folder: Path) -> None:
    async with desk(folder, answer(talking(rows=[]))) as at:
        result = await at.run()
        assert [note.code for note in result.notes] == ["run.empty"]
        assert result.table is not None
        assert result.table.row_count == 0
        result.close()


@pytest.mark.parametrize(
    ("form", "body", "headers", "name"),
    [
        ("pdf", PDF, {"Content-Type": "application/json"}, "Agent Talking Summary.pdf"),
        ("pdf", PDF, {"Content-Disposition": 'attachment; filename="../x/Nov.pdf"'}, "Nov.pdf"),
        ("html", b"<html><body><table><tr><td>1</td></tr></table></body></html>", {}, "Agent Talking Summary.html"),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {}, "Agent Talking Summary.xls"),
        ("xlsx", b"PK\x03\x04" + bytes(30) + b"xl/workbook.xml" + END, {}, None),
        ("odt", b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text" + END, {}, None),
        ("wk1", b"\x00\x00\x02\x00\x06\x04", {}, "Agent Talking Summary.bin"),
        ("Free Word", b"just some words", {}, "Agent Talking Summary.txt"),
    ],
)
async def test_files_are_kept_byte_for_byte(
    folder: Path, form: str, body: bytes, headers: dict[str, str], name: str | None
) -> None:
    async with desk(folder, reply(body, 200, headers)) as at:
        result = await at.run(plan(form))
        assert json.loads(at.server.calls[0].body)["format"] == form
        assert result.table is None
        assert result.files[0].path.read_bytes() == body
        assert result.files[0].size == len(body)
        assert name is None or result.files[0].name == name
        assert result.notes == ()


async def test_csv_is_a_table_and_a_file(folder: Path) -> None:
    body = '\ufeffAgent;Calls\nAnn Öz(201);9\n"Ben; Lee(202)";7\n'.encode()
    async with desk(folder, reply(body, 200, {"Content-Type": "text/csv"})) as at:
        result = await at.run(plan("csv"))
        assert result.table is not None
        assert [c.title for c in result.table.columns] == ["Agent", "Calls"]
        assert [cells[0][0] for cells in result.table.view().page(0, 9)] == ["Ann Öz(201)", "Ben; Lee(202)"]
        assert result.files[0].path.read_bytes() == body
        result.close()


@pytest.mark.parametrize("form", ["table", "csv", "pdf", "html", "xls", "xlsx", "odt", "word"])
async def test_a_login_page_is_never_a_report(folder: Path, form: str) -> None:
    async with desk(folder, reply(LOGIN, 200, {"Content-Type": "application/pdf"})) as at:
        with pytest.raises(ProtocolError) as caught:
            await at.run(plan(form))
        assert caught.value.message.code == "run.not_a_file"
        assert at.files == []


@pytest.mark.parametrize("form", ["table", "csv", "pdf", "xlsx", "word"])
async def test_an_error_in_json_is_never_a_report(folder: Path, form: str) -> None:
    async with desk(folder, answer({"message": "no such template"})) as at:
        with pytest.raises(ProtocolError) as caught:
            await at.run(plan(form))
        assert caught.value.message.code == "run.not_a_file"
        assert "no such template" in caught.value.detail
        assert at.files == []


@pytest.mark.parametrize("form", ["table", "pdf"])
async def test_an_empty_answer_is_no_report(folder: Path, form: str) -> None:
    async with desk(folder, reply(b"")) as at:
        with pytest.raises(ProtocolError) as caught:
            await at.run(plan(form))
        assert caught.value.message.code == "reply.empty"


async def test_json_instead_of_a_file_is_read_all_the_same(folder: Path) -> None:
    async with desk(folder, answer(talking())) as at:
        result = await at.run(plan("pdf"))
        assert result.table is not None
        assert [note.code for note in result.notes] == ["historic.other_format"]
        result.close()


async def test_another_file_than_asked_for_is_kept_and_noted(folder: Path) -> None:
    async with desk(folder, reply(PDF)) as at:
        result = await at.run(plan("xlsx"))
        assert result.files[0].name.endswith(".pdf")
        assert [note.code for note in result.notes] == ["historic.other_format"]


class TestDirectories:
    """Lists to choose from."""

    async def test_the_hosted_product_has_lists(self, folder: Path) -> None:
        async def route(call: Call) -> None:
            if call.target.endswith("/agents"):
                await answer({"agents": [{"agent": "Ann Öz(201)", "type": "UC"}, {"agent": "Bob", "type": "XIMA"}]})(
                    call
                )
            elif call.target.endswith("/skills"):
                await answer({"skills": [{"name": "Sales"}]})(call)
            else:
                await reply(b"", 404)(call)

        async with desk(folder, route, flavour=XIMA) as at:
            agents = await at.runner.choices("agents")
            assert [(c.value, c.label, c.note) for c in agents.choices] == [
                ("Ann Öz(201)", "Ann Öz", "201"),
                ("Bob", "Bob", ""),
            ]
            assert agents.notes == ()
            assert [c.value for c in (await at.runner.choices("skills")).choices] == ["Sales"]
            roles = await at.runner.choices("roles")
            assert roles.choices == ()
            assert [note.code for note in roles.notes] == ["historic.free_entry"]

    async def test_the_other_one_knows_what_its_metrics_name(self, folder: Path) -> None:
        metrics = [
            {"metricId": "1", "metricName": "a", "categoryType": "AGENT", "categorySelection": ["Bo(2)", "Al(1)"]},
            {"metricId": "2", "metricName": "b", "categoryType": "GROUP", "categorySelection": ["Sales"]},
        ]
        async with desk(folder, answer(metrics)) as at:
            agents = await at.runner.choices("agents")
            assert [c.value for c in agents.choices] == ["Al(1)", "Bo(2)"]
            assert [note.code for note in agents.notes] == ["historic.no_list"]
            assert [c.value for c in (await at.runner.choices("groups")).choices] == ["Sales"]

    @pytest.mark.parametrize("status", [403, 404])
    async def test_without_realtime_names_are_entered(self, folder: Path, status: int) -> None:
        async with desk(folder, reply(b"", status)) as at:
            agents = await at.runner.choices("agents")
            assert agents.choices == ()
            assert [note.code for note in agents.notes] == ["historic.free_entry"]

    async def test_a_refused_key_is_no_empty_list(self, folder: Path) -> None:
        async with desk(folder, reply(b"", 401)) as at:
            with pytest.raises(AuthError):
                await at.runner.choices("agents")

    async def test_the_offset_of_the_site_is_that_of_its_stamps(self, folder: Path) -> None:
        async def route(call: Call) -> None:
            stamp = "2026-03-20T08:00:00.120-06:00"
            value = {"key": {"metricId": "1"}, "value": {"type": "COUNT", "lastUpdateTime": stamp, "count": 1}}
            listed: Any = [{"metricId": "1", "metricName": "a", "categoryType": "NONE"}]
            await answer({"results": [value], "initializing": []} if "values" in call.target else listed)(call)

        async with desk(folder, route) as at:
            assert (await at.runner.site()).utc_offset_min == -360
            asked = len(at.server.calls)
            await at.runner.site()
            assert len(at.server.calls) == asked

    async def test_no_metric_no_offset(self, folder: Path) -> None:
        async with desk(folder, answer([])) as at:
            assert (await at.runner.site()).utc_offset_min is None


async def test_many_rows_go_through_in_batches(folder: Path) -> None:
    rows = [row(f"Agent {n}(1{n})", (n, str(n)), (n * 1000, "0:00:00")) for n in range(6000)]
    body = talking(rows=rows, columns=columns(("Agent", "STRING"), ("Total Calls", "NUMBER"), ("T", "DURATION")))
    async with desk(folder, answer(body)) as at:
        result = await at.run()
        assert result.table is not None
        assert result.table.row_count == 6000
        assert result.table.view().page(5999, 1)[0][1] == (5999, "5999")
        result.close()
