"""Report files of the demo's exchange: made at once or in the background, fetched by link, and what goes wrong."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from console.demo.faults import Fault
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.servers.yeastar_reports_query import TYPES
from tests.demo.test_yeastar_reports import GOOD, MATRIX, TIMED, array, today
from tests.demo.test_yeastar_wire import V2, Exchange

ORDER = "call_report/download"
QUEUES = {"type": "queueperformance", "queue_id_list": "1,2,3"}


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """An exchange some hours into its day."""
    async with Exchange(start_ms=1_790_269_200_000) as running:
        yield running


async def fetch(exchange: Exchange, link: str, token: str | None = None) -> tuple[str, bytes]:
    """Get a file as a careful client does, spaces and all."""
    url = URL(exchange.server.url).with_path(link).with_query(access_token=token or exchange.token)
    async with exchange.session.get(url) as reply:
        assert reply.status == 200
        return reply.content_type, await reply.read()


def table(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def hms(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


async def test_a_file_says_what_the_list_says(exchange: Exchange) -> None:
    """BOM, header, one line per queue, a line of totals that is no sum of averages."""
    made = await exchange.get(ORDER, base=V2, **QUEUES)
    assert (made["errcode"], made["errmsg"]) == (0, "SUCCESS")
    kind, data = await fetch(exchange, made["download_resource_url"])
    head, *lines, total = table(data)
    assert kind == "application/octet-stream"
    assert head[:3] == ["Queue", "Total Calls", "Answered"]
    rows = array(await exchange.get("call_report/list", base=V2, **QUEUES))
    for line, row in zip(lines, rows, strict=True):
        shown = dict(zip(head, line, strict=True))
        assert shown["Queue"] == row["queue"]
        assert shown["Total Calls"] == str(row["total_calls"])
        assert shown["AVG Handle Time"] == hms(row["average_server_time"])
        assert shown["Max Waiting Time (All Calls)"] == hms(row["max_waiting_time"])
        assert shown["Answered Rate"] == f"{row['answered_rate']:.2f}%"
    last = dict(zip(head, total, strict=True))
    calls, answered = (sum(row[key] for row in rows) for key in ("total_calls", "answered_calls"))
    assert (last["Queue"], last["Total Calls"]) == ("Total", str(calls))
    assert last["Answered Rate"] == f"{100 * answered / calls:.2f}%"


async def test_every_type_makes_a_file(exchange: Exchange) -> None:
    """As many lines as the list has rows (agents and members count), and an empty one for an unknown id."""
    for kind in (*MATRIX, "unreturnmisscall"):
        await check_file(exchange, kind)


async def check_file(exchange: Exchange, kind: str) -> None:
    need = MATRIX.get(kind)
    query = {"type": kind} | ({need: GOOD[need]} if need else {})
    query |= {"time": today(exchange)} if kind in TIMED else {}
    reply = await exchange.get("call_report/list", base=V2, **query)
    rows = array(reply)
    lines = table((await fetch(exchange, (await exchange.get(ORDER, base=V2, **query))["download_resource_url"]))[1])
    assert len({len(line) for line in lines}) == 1
    inner = {"queueagentperformance": "detail", "ringgroupstatistics": "member_list"}.get(kind)
    count = sum(len(row[inner]) for row in rows) if inner else 0
    count += 0 if kind == "queueagentperformance" else len(rows)
    assert len([line for line in lines[1:] if line[0] != "Total"]) == count > 0
    if need:
        empty = await exchange.get(ORDER, base=V2, **query | {need: "99999"})
        assert table((await fetch(exchange, empty["download_resource_url"]))[1]) == lines[:1]
        refused = await exchange.get(ORDER, base=V2, **query | {need: ""})
        assert refused["errcode"] == 40002


async def test_details_change_the_columns_in_the_middle(exchange: Exchange) -> None:
    """After each line a header of its own, first cell empty, and calls under it; totals stay the same."""
    for kind in ("ivr", "queueperformance", "queueperformanceactivity", "queueagentperformance"):
        await check_details(exchange, kind)


async def check_details(exchange: Exchange, kind: str) -> None:
    query = {"type": kind, MATRIX[kind]: GOOD[MATRIX[kind]]} | ({"time": today(exchange)} if kind in TIMED else {})
    plain = table((await fetch(exchange, (await exchange.get(ORDER, base=V2, **query))["download_resource_url"]))[1])
    made = await exchange.get(ORDER, base=V2, need_detail="1", **query)
    lines = table((await fetch(exchange, made["download_resource_url"]))[1])
    assert [line for line in lines if line[0]] == plain
    inner = [line for line in lines if not line[0]]
    heads = [line for line in inner if line[1] == "ID"]
    assert heads
    assert all(line[1:4] == ["ID", "Time", "Call From"] for line in heads)
    if kind == "queueperformance":
        statuses = {line[5] for line in inner}
        assert {"Status", "Answered", "Abandoned(UnHandled//)"} <= statuses
        agents = {line[4] for line in inner if line[5] == "Answered"}
        assert all(agent.endswith(">") and "<2" in agent for agent in agents)


async def test_links(exchange: Exchange) -> None:
    """Raw spaces, another letter case than ``file``, thirty minutes, and a good token each time."""
    made = await exchange.get(ORDER, base=V2, **QUEUES)
    link, name = made["download_resource_url"], made["file"]
    assert link.startswith("/api/download/Queue Performance-p570-37.23.0.123-download-2026")
    assert link.endswith(".csv")
    assert link.rpartition("/")[2] != name
    assert link.lower().endswith(name.lower())
    kind, refusal = await fetch(exchange, f"/api/download/{name}")
    assert (kind, json.loads(refusal)["errcode"]) == ("application/json", 60001)
    assert json.loads((await fetch(exchange, link, "wrong"))[1])["errcode"] == 10004
    async with exchange.session.get(f"{exchange.server.url}/{link}?access_token={exchange.token}") as reply:
        assert reply.status in (400, 404)
    exchange.step(1795)
    exchange.token = (await exchange.sign_in())["access_token"]
    assert (await fetch(exchange, link))[1].startswith(b"\xef\xbb\xbf")
    exchange.step(6)
    assert json.loads((await fetch(exchange, link))[1])["errcode"] == 60001


async def test_names_without_spaces() -> None:
    async with Exchange(Quirks(spaced_names=False, has_v2=False)) as exchange:
        made = await exchange.get(ORDER, **QUEUES)
        assert made["file"].startswith("QueuePerformance-P570-37.14.0.24-download-")
        lines = table((await fetch(exchange, made["download_resource_url"]))[1])
        assert len(lines) == 5
        assert (await exchange.get(ORDER, base=V2, **QUEUES))["errcode"] == 10001


async def subscribed(exchange: Exchange) -> aiohttp.ClientWebSocketResponse:
    socket = await exchange.session.ws_connect(f"/openapi/v1.0/subscribe?access_token={exchange.token}")
    await socket.send_json({"topic_list": [30027]})
    assert (await socket.receive_json())["errcode"] == 0
    return socket


async def order_later(exchange: Exchange, **query: str) -> dict[str, Any]:
    return await exchange.get(ORDER, base=V2, is_async="1", **QUEUES | query)


async def test_in_the_background(exchange: Exchange) -> None:
    """PROCESSING at once, later the event; nothing in the order tells which event will be its own."""
    socket = await subscribed(exchange)
    order = await order_later(exchange)
    assert order == {"errcode": 2, "errmsg": "PROCESSING"}
    frame = await socket.receive_json(timeout=5)
    assert frame.keys() == {"type", "msg"}
    assert frame["type"] == 30027
    message = frame["msg"]
    assert (message["key"], message["result"], message["error"], message["download_id"]) == (
        "report_download",
        "success",
        "",
        1,
    )
    lines = table((await fetch(exchange, message["download_resource_url"]))[1])
    assert lines[-1][0] == "Total"
    await socket.close()


async def test_one_heavy_task_at_a_time(exchange: Exchange) -> None:
    """While one file is made others are refused with 70082; lists and live figures are not."""
    socket = await subscribed(exchange)
    await exchange.server.set_fault(Fault("report_slow", args={"ms": 300}, times=1))
    assert (await order_later(exchange))["errcode"] == 2
    for query in (QUEUES, {**QUEUES, "is_async": "1"}):
        refused = await exchange.get(ORDER, base=V2, **query)
        assert (refused["errcode"], refused["errmsg"]) == (70082, "OVERLOAD_TASK_RUNNING")
    assert (await exchange.get("call_report/list", base=V2, **QUEUES))["errcode"] == 0
    assert (await exchange.get("queue/call_status", id=1))["errcode"] == 0
    await socket.receive_json(timeout=5)
    assert (await exchange.get(ORDER, base=V2, **QUEUES))["errcode"] == 0
    await socket.close()


async def test_a_client_that_gives_up_frees_the_way(exchange: Exchange) -> None:
    await exchange.server.set_fault(Fault("report_slow", args={"ms": 60_000}, times=1))
    query = {**QUEUES, "access_token": exchange.token}
    with pytest.raises(TimeoutError):
        await exchange.session.get(f"{V2}/{ORDER}", params=query, timeout=aiohttp.ClientTimeout(total=0.1))
    while (again := await exchange.get(ORDER, base=V2, **QUEUES))["errcode"] == 70082:
        await asyncio.sleep(0.01)
    assert again["errcode"] == 0


async def test_what_may_go_wrong(exchange: Exchange) -> None:
    """A failed file, an event that never comes, a sign-in page, half a file, a link that is over."""
    socket = await subscribed(exchange)
    await exchange.server.set_fault(Fault("report_failed", times=2))
    await order_later(exchange)
    message = (await socket.receive_json(timeout=5))["msg"]
    assert (message["result"], message["error"], message["download_resource_url"]) == ("failure", "FAILURE", "")
    assert (await exchange.get(ORDER, base=V2, **QUEUES))["errcode"] == -1
    await exchange.server.set_fault(Fault("report_silent", times=1))
    await order_later(exchange)
    while (made := await exchange.get(ORDER, base=V2, **QUEUES))["errcode"] == 70082:
        await asyncio.sleep(0.01)
    await socket.send_str("heartbeat")
    assert await socket.receive_str() == "heartbeat response"
    link = made["download_resource_url"]
    whole = (await fetch(exchange, link))[1]
    await exchange.server.set_fault(Fault("report_html", times=1))
    assert (await fetch(exchange, link))[1].startswith(b"<!DOCTYPE html>")
    await exchange.server.set_fault(Fault("report_truncate", times=1, args={"mode": "reply"}))
    assert (await fetch(exchange, link))[1] == whole[: len(whole) // 2]
    await exchange.server.set_fault(Fault("report_truncate", times=1))
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetch(exchange, link)
    await exchange.server.set_fault(Fault("report_expired", path="Queue Performance", times=1))
    assert json.loads((await fetch(exchange, link))[1])["errcode"] == 60001
    assert (await fetch(exchange, link))[1] == whole
    await socket.close()


def test_names_of_files_are_those_of_types() -> None:
    """As in the vendor's example: ``QueueSatisfaction-…`` for ``queuesatisfaction``."""
    assert {name: kind.file.replace(" ", "").lower() for name, kind in TYPES.items()} == {name: name for name in TYPES}
