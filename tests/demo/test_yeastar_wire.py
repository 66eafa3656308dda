"""Every rule of the demo's P-Series wire, over a socket, and its report recounted from the event log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from console.demo.clock import SimClock
from console.demo.faults import Fault
from console.demo.options import Options
from console.demo.servers.base import Stage
from console.demo.servers.yeastar import YeastarServer
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.tasks import Tasks
from console.demo.world.events import as_json
from console.demo.world.world import World
from console.demo.world.zone import Zone
from tests.demo.wire import START

V1, V2 = "/openapi/v1.0", "/openapi/v2.0"


class Exchange:
    """One exchange and an application that has signed in."""

    def __init__(self, quirks: Quirks | None = None, *, start_ms: int = START, zone: str = "America/Denver") -> None:
        world = World(seed=5, queues=6, agents=25, start_ms=start_ms, zone=Zone(zone))
        options = Options(seed=5, queues=6, agents=25, start_ms=start_ms, manual=True)
        self.clock = SimClock(start_ms, manual=True)
        self.tasks = Tasks()
        self.world = world
        self.server = YeastarServer(Stage(world, self.clock, options, self.tasks, None), quirks=quirks)
        self.token = ""

    async def __aenter__(self) -> Exchange:
        await self.server.start()
        self.session = aiohttp.ClientSession(base_url=self.server.url)
        self.token = (await self.sign_in())["access_token"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.server.stop()
        await self.tasks.aclose()

    async def sign_in(self, secret: str | None = None) -> dict[str, Any]:
        tokens = self.server.tokens
        return await self.post("get_token", username=tokens.client_id, password=secret or tokens.client_secret)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(f"{V1}/{path}", json=body) as response:
            assert response.status == 200
            return await response.json()  # type: ignore[no-any-return]

    async def get(self, path: str, *, base: str = V1, token: str | None = None, **query: Any) -> dict[str, Any]:
        query["access_token"] = self.token if token is None else token
        async with self.session.get(f"{base}/{path}", params=query) as response:
            assert response.status == 200
            return await response.json()  # type: ignore[no-any-return]

    def step(self, seconds: float) -> None:
        self.clock.step(seconds)
        self.world.advance(self.clock.now())


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """An exchange with a 12-hour clock and recent firmware."""
    async with Exchange() as running:
        yield running


async def test_the_token_pair(exchange: Exchange) -> None:
    """Thirty minutes and a day; a refresh token serves once; a revoked or expired token is 10004."""
    pair = await exchange.sign_in()
    assert pair["errcode"] == 0
    assert (pair["access_token_expire_time"], pair["refresh_token_expire_time"]) == (1800, 86400)
    assert len(pair["access_token"]) == 32
    again = await exchange.post("refresh_token", refresh_token=pair["refresh_token"])
    assert again["access_token"] != pair["access_token"]
    assert (await exchange.post("refresh_token", refresh_token=pair["refresh_token"]))["errcode"] == 10004
    assert (await exchange.get("del_token", token=again["access_token"]))["errcode"] == 0
    assert (await exchange.get("queue/list", token=again["access_token"]))["errcode"] == 10004
    assert (await exchange.get("queue/list"))["errcode"] == 0
    exchange.step(1801)
    assert (await exchange.get("queue/list"))["errmsg"] == "TOKEN EXPIRED"


async def test_eight_tokens_at_most(exchange: Exchange) -> None:
    codes = [(await exchange.sign_in())["errcode"] for _ in range(9)]
    assert codes == [0] * 7 + [60002] * 2
    exchange.step(1801)
    assert (await exchange.sign_in())["errcode"] == 0


async def test_five_failures_block_the_address(exchange: Exchange) -> None:
    wrong = [(await exchange.sign_in("wrong")) for _ in range(6)]
    assert [each["errcode"] for each in wrong] == [-1] * 5 + [70004]
    assert wrong[0]["invalid_param_list"] == [{"field": "username or password", "value": "error"}]
    assert (await exchange.sign_in())["errcode"] == 70004


async def test_a_user_agent_is_demanded_and_unknown_paths_are_10001(exchange: Exchange) -> None:
    async with exchange.session.get(
        f"{V1}/queue/list", headers={"User-Agent": ""}, params={"access_token": exchange.token}
    ) as response:
        assert response.status == 403
    assert (await exchange.get("queue/panel/callstatistics"))["errcode"] == 10001
    assert (await exchange.get("queue/list", base=V2))["errcode"] == 10001


async def test_directories_come_in_pages(exchange: Exchange) -> None:
    first = await exchange.get("extension/list", page=1, page_size=10)
    assert (first["total_number"], len(first["data"])) == (33, 10)  # 25 agents and the office
    last = await exchange.get("extension/list", page=4, page_size=10)
    assert len(last["data"]) == 3
    assert (await exchange.get("extension/list", page=5, page_size=10))["data"] is None
    queues = (await exchange.get("queue/list", page=1, page_size=100))["queue_list"]
    assert [each["number"] for each in queues] == [queue.extension for queue in exchange.world.site.queues]
    assert queues[0]["static_agent_list"] is None


async def test_live_lists_follow_the_floor(exchange: Exchange) -> None:
    """Callers, connected and ringing calls, agents; an unknown id is an empty skeleton with 60001."""
    seen = {"waiting": 0, "active": 0, "ringing": 0, "paused": 0}
    for _ in range(15):
        exchange.step(97)
        fold = exchange.world.fold
        for index, queue in enumerate(fold.queues):
            calls = await exchange.get("queue/call_status", id=index + 1)
            assert calls["waiting_calls"] == len(queue.waiting) == len(calls["waiting_list"] or [])
            for kind in ("waiting", "active", "ringing"):
                seen[kind] += calls[f"{kind}_calls"]
            for each in calls["waiting_list"] or []:
                assert each["callee_number"] == exchange.world.site.queues[index].extension
                assert isinstance(each["call_id"], str)
            agents = (await exchange.get("queue/agent_status", id=index + 1))["data"]
            assert len(agents) == len(exchange.world.site.members[index])
            seen["paused"] += sum(each["is_pause"] for each in agents)
    assert all(seen.values()), seen
    unknown = await exchange.get("queue/call_status", id=999)
    assert (unknown["errcode"], unknown["waiting_calls"]) == (60001, 0)


@pytest.mark.parametrize("zone", ["America/Denver", "Asia/Tokyo", "Europe/London"])
@pytest.mark.parametrize("is_12_hour", [True, False])
async def test_the_clock_is_shown_in_the_display_format(zone: str, is_12_hour: bool) -> None:
    async with Exchange(Quirks(is_12_hour=is_12_hour), zone=zone, start_ms=START + 6 * 3_600_000) as exchange:
        data = (await exchange.get("system/information"))["data"]
        assert data["timestamp"] == exchange.clock.now() // 1000
        assert data["system_time"].endswith(("AM", "PM")) == is_12_hour
        local = exchange.server.quirks.read(data["system_time"])
        assert local is not None
        gap = local - datetime.fromtimestamp(data["timestamp"], UTC).replace(tzinfo=None)
        assert gap % timedelta(minutes=15) == timedelta(0)
        assert abs(gap) <= timedelta(hours=14)


def window(exchange: Exchange, start_s: float, end_s: float) -> dict[str, str]:
    """A window around the start of the world's day, in the display format."""
    base = exchange.world.day_start(exchange.world.day)
    shown = [exchange.server.quirks.wall(exchange.server.local(base + int(each * 1000))) for each in (start_s, end_s)]
    return {"start_time": shown[0], "end_time": shown[1]}


async def test_reports_live_in_v2_and_v1_says_nothing(exchange: Exchange) -> None:
    """An empty success on v1.0, a named format on v2.0, and ids that are needed."""
    query = {"type": "queueperformance", "queue_id_list": "1,2", **window(exchange, -3600, 40_000)}
    old = await exchange.get("call_report/list", **query)
    assert (old["errcode"], old["total_number"], old["queue_performance_list"]) == (0, 0, None)
    new = await exchange.get("call_report/list", base=V2, **query)
    assert [row["queue_num"] for row in new["queue_performance_list"]] == ["6001", "6002"]
    refused = await exchange.get("call_report/list", base=V2, **query | {"start_time": "2026/09/24 00:00:00"})
    assert refused["errcode"] == 40002
    assert refused["invalid_param_list"][0]["valid_msg"] == "valid format: 02/01/2006 03:04:05 PM"
    assert (await exchange.get("call_report/list", base=V2, **query | {"queue_id_list": ""}))["errcode"] == 40002
    unknown = await exchange.get("call_report/list", base=V2, **query | {"queue_id_list": "77"})
    assert (unknown["errcode"], unknown["queue_performance_list"]) == (0, None)
    assert (await exchange.get("call_report/list", base=V2, **query | {"type": "nonsense"}))["errcode"] == -2


async def test_older_firmware_reports_on_v1_and_a_wrong_format_is_an_empty_success() -> None:
    async with Exchange(Quirks(has_v2=False, date_format="YYYY/MM/DD", is_12_hour=False)) as exchange:
        query = {"type": "queueperformance", "queue_id_list": "1", **window(exchange, -3600, 40_000)}
        assert (await exchange.get("call_report/list", base=V2, **query))["errcode"] == 10001
        found = await exchange.get("call_report/list", **query)
        assert found["queue_performance_list"][0]["total_calls"] > 0
        wrong = await exchange.get("call_report/list", **query | {"start_time": "24/09/2026 00:00:00"})
        assert (wrong["errcode"], wrong["queue_performance_list"]) == (0, None)


@pytest.mark.parametrize(("start_s", "end_s"), [(-3600, 60_000), (3600, 9000), (0, 7200)])
async def test_the_report_is_what_the_event_log_says(exchange: Exchange, start_s: float, end_s: float) -> None:
    """Recounted per call by code that shares nothing with the server's fold."""
    exchange.step(1700)
    ids = ",".join(str(index + 1) for index in range(6))
    query = {"type": "queueperformance", "queue_id_list": ids, **window(exchange, start_s, end_s)}
    rows = (await exchange.get("call_report/list", base=V2, **query))["queue_performance_list"]
    base = exchange.world.day_start(exchange.world.day)
    first, last = base + start_s * 1000, min(base + end_s * 1000 + 999, exchange.world.now)
    names, keys = exchange.world.site.queue_names, exchange.world.site.agent_keys
    log = [as_json(each, names, keys) for each in exchange.world.log_of(exchange.world.day)]
    for row in rows:
        assert row_of(log, row["queue"], first, last).items() <= row.items()
    assert sum(row["answered_calls"] for row in rows) > 20


def row_of(log: list[dict[str, Any]], queue: str, first: float, last: float) -> dict[str, Any]:
    """The figures of one queue, call by call."""
    calls: dict[int, dict[str, int]] = {}
    for event in log:
        if event.get("queue") == queue and event["t"] <= last:
            if event["event"] == "enter" and event["t"] >= first:
                calls[event["call"]] = {}
            if event["call"] in calls:
                calls[event["call"]].setdefault(event["event"], event["t"])
    answered = [each for each in calls.values() if "answer" in each]
    abandoned = [each for each in calls.values() if "abandon" in each]
    gone = {"voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback"}
    missed = [each for each in calls.values() if gone & set(each)]
    waits = [each["answer"] - each["enter"] for each in answered]
    lost = [each[way] - each["enter"] for each in calls.values() for way in gone | {"abandon"} if way in each]
    talk = 0.0
    for each in answered:
        end = each.get("end", last)
        held = min(each.get("retrieve", end), end) - each["hold"] if "hold" in each else 0
        talk += end - each["answer"] - held
    total = len(answered) + len(abandoned) + len(missed)
    return {
        "total_calls": total,
        "answered_calls": len(answered),
        "abandoned_calls": len(abandoned),
        "missed_calls": len(missed),
        "average_waiting_time": int(sum(waits) / len(waits) // 1000) if waits else 0,
        "all_call_average_waiting_time": int(sum((*waits, *lost)) / total // 1000) if total else 0,
        "max_waiting_time": int(max((*waits, *lost), default=0) // 1000),
        "average_talking_time": int(talk / len(answered) // 1000) if answered else 0,
        "sla": round(100 * sum(wait <= 20_000 for wait in waits) / total, 2) if total else 0,
        "abandoned_rate": round(100 * len(abandoned) / total, 2) if total else 0,
    }


async def test_the_event_socket(exchange: Exchange) -> None:
    """Heartbeats are bare text, topics are acknowledged, events come as the vendor writes them."""
    url = f"{V1}/subscribe?access_token={exchange.token}"
    async with exchange.session.ws_connect(url) as socket:
        await socket.send_str("heartbeat")
        assert await socket.receive_str() == "heartbeat response"
        await socket.send_json({"topic_list": [99999]})
        assert (await socket.receive_json())["errcode"] == 40002
        await socket.send_json({"topic_list": [30011, 30012, 30026, 30029]})
        assert (await socket.receive_json())["errcode"] == 0
        frames = []
        for _ in range(20):
            exchange.step(45)
            await exchange.server.push()
            await socket.send_str("heartbeat")
            while (said := await socket.receive_str()) != "heartbeat response":
                frames.append(json.loads(said))
    kinds = {frame["type"] for frame in frames}
    assert {30011, 30012, 30029} <= kinds
    for frame in frames:
        if frame["type"] in (30011, 30012):
            assert isinstance(json.loads(frame["msg"])["call_id"], str)
        elif frame["type"] == 30029:
            assert frame["msg"]["queue_number"].startswith("queue-6")
        else:
            assert "sn" not in frame
            assert frame["msg"]["queue_number"].startswith("6")


async def test_the_socket_wants_a_good_token_and_signs_of_life(exchange: Exchange) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await exchange.session.ws_connect(f"{V1}/subscribe?access_token=wrong")
    async with exchange.session.get(f"{V1}/subscribe", params={"access_token": exchange.token}) as response:
        assert response.status == 400
    async with exchange.session.ws_connect(f"{V1}/subscribe?access_token={exchange.token}") as socket:
        exchange.step(61)
        await exchange.server.push()
        message = await socket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR)


async def test_faults_of_its_own(exchange: Exchange) -> None:
    """An error code for some paths, tokens that end, a new secret."""
    await exchange.server.set_fault(Fault("errcode", path="agent_status", args={"errcode": 10005}))
    assert (await exchange.get("queue/agent_status", id=1))["errcode"] == 10005
    assert (await exchange.get("queue/call_status", id=1))["errcode"] == 0
    await exchange.server.set_fault(None)
    await exchange.server.set_fault(Fault("expire_tokens"))
    assert (await exchange.get("queue/list"))["errcode"] == 10004
    secret = exchange.server.tokens.client_secret
    await exchange.server.set_fault(Fault("revoke_key"))
    assert (await exchange.sign_in(secret))["errcode"] == -1
    assert (await exchange.sign_in())["errcode"] == 0


async def test_text_for_numbers() -> None:
    async with Exchange(Quirks(as_text=True, null_lists=False)) as exchange:
        listed = await exchange.get("queue/list", page=1, page_size=100)
        assert (listed["errcode"], listed["total_number"], listed["queue_list"][0]["id"]) == ("0", "6", "1")
        assert (await exchange.get("queue/call_status", id=1))["waiting_list"] is not None
