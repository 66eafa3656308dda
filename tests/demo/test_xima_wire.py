"""Every rule of the Chronicall / Xima realtime wire, over a socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.demo.servers.xima import XimaServer
from tests.demo.wire import API, START, Wire, shown


async def test_the_list_names_every_metric_with_its_category_and_selection(wire: Wire) -> None:
    """An array of metricId, metricName, categoryType, categorySelection; ids look like base-36 instants."""
    listed = await wire.metrics()
    assert len(listed) == 37
    assert all(set(row) == {"metricId", "metricName", "categoryType", "categorySelection"} for row in listed)
    assert all(re.fullmatch("[0-9A-Z]{8}", row["metricId"]) for row in listed)
    assert len({row["metricId"] for row in listed}) == 37
    kinds = Counter(row["categoryType"] for row in listed)
    assert kinds == {"GROUP": 19, "AGENT": 9, "NONE": 7, "CALL_DIRECTION": 1, "ACCOUNT_CODE": 1}
    by_name = {row["metricName"]: row for row in listed}
    assert by_name["Calls in Queue"]["categorySelection"] == wire.demo.world.site.queue_names
    assert by_name["Calls Today"]["categorySelection"] == ["INBOUND", "OUTBOUND", "INTERNAL"]
    assert by_name["Total Calls in Queue"]["categorySelection"] == []
    agents = by_name["Agent State"]["categorySelection"]
    assert all(re.fullmatch(r".+\(\d+\)", agent) for agent in agents)
    assert "Maria Jones(208)" in agents
    assert "Maria Jones(209)" in agents
    assert "Ben (Nacht) Keller(212)" in agents


async def test_ccaas_says_skill_and_has_agents_and_skills(wire: Wire, ccaas: Wire) -> None:
    """Same world, other words; the lists exist on CCaaS only."""
    listed = await ccaas.metrics()
    assert Counter(row["categoryType"] for row in listed)["SKILL"] == 19
    assert not {row["metricId"] for row in listed} & {row["metricId"] for row in await wire.metrics()}
    agents = (await ccaas.get(f"{API}/agents")).json["agents"]
    assert [row["agent"] for row in agents] == ccaas.demo.world.site.agent_keys
    assert {row["type"] for row in agents} == {"UC", "XIMA"}
    skills = (await ccaas.get(f"{API}/skills")).json["skills"]
    assert [row["name"] for row in skills] == ccaas.demo.world.site.queue_names
    assert (await wire.get(f"{API}/agents")).status == 404
    assert (await wire.get(f"{API}/skills")).status == 404


@pytest.mark.parametrize("path", ["realtime/metrics", "realtime/metrics/values?id=X", "agents", "skills"])
async def test_without_a_good_key_everything_is_401(ccaas: Wire, path: str) -> None:
    """No header, wrong key, other scheme, the right key in the wrong letters."""
    for header in ("", "Bearer", "Bearer wrong", f"Basic {ccaas.key}", f"bearer {ccaas.key}", f"Bearer  {ccaas.key}"):
        assert (await ccaas.get(f"{API}/{path}", Authorization=header)).status == 401


async def test_the_values_call_takes_a_comma_list_and_fails_as_a_whole(wire: Wire) -> None:
    """404 for one unknown id among good ones, 403 for one not assigned, 400 without or with repeated ids."""
    good = wire.id("Calls in Queue")
    assert (await wire.values(good, wire.id("Agent State"))).status == 200
    assert (await wire.values(good, "K0FLAEB6")).status == 404
    assert (await wire.values(good, good.lower())).status == 404
    assert (await wire.get(f"{API}/realtime/metrics/values")).status == 400
    assert (await wire.get(f"{API}/realtime/metrics/values?id={good}&id={good}")).status == 400
    wire.key = wire.server.keys["limited"]
    hidden = {"DND Reason", "Agent Current Caller ID", "Talking Time Today", "Abandoned Today"}
    assert {row["metricName"] for row in await wire.metrics()}.isdisjoint(hidden)
    assert (await wire.values(good)).status == 200
    assert (await wire.values(good, wire.id("DND Reason"))).status == 403
    assert (await wire.values(wire.id("DND Reason"), "K0FLAEB6")).status == 404


async def test_values_have_the_documented_shapes_and_all_types_occur(wire: Wire) -> None:
    """Fields by type, a value without a type, an undocumented type, net counting down, an average of nothing."""
    fields = {
        "COUNT": {"count"},
        "BOOLEAN": {"value"},
        "STRING": {"value"},
        "PERCENT": {"value"},
        "DURATION": {"finishedDuration", "numCountingUp", "numCountingDown"},
        "AVERAGE_DURATION": {"durationSum", "count", "numCountingUp", "numCountingDown"},
        None: set(),
    }
    seen: set[Any] = set()
    board = await wire.board()
    for value in board.values():
        kind = value.get("type")
        seen.add(kind)
        assert set(value) - {"type", "lastUpdateTime"} == fields[kind]
        assert re.fullmatch(r"2026-09-\d\dT\d\d:\d\d:\d\d\.\d{3}-06:00", value["lastUpdateTime"])
    assert seen == set(fields)
    rare = wire.demo.world.site.queue_names[-1]
    assert board["Avg Speed of Answer", rare]["count"] == 0
    assert "type" not in board["Service Level", rare]
    assert board["Calls in Queue", rare]["count"] == 0
    assert any(
        value["numCountingDown"] > value["numCountingUp"]
        for (name, _), value in board.items()
        if name == "Talking Duration Last 30 Minutes"
    )
    raw = (await wire.values(wire.id("Total Calls in Queue"))).json["results"]
    assert raw[0]["key"] == {"metricId": wire.id("Total Calls in Queue")}


async def test_metrics_warm_up_answer_206_and_go_cold_again(session: aiohttp.ClientSession) -> None:
    """One to three polls of "initializing", then values; cold again after nobody asked for long."""
    options = Options(queues=3, agents=5, start_ms=START, manual=True, cold_after_s=60)
    async with start(options) as demo:
        wire = Wire(demo, session)
        listed = await wire.metrics()
        everything = {
            (row["metricId"], selected) for row in listed for selected in (row["categorySelection"] or [None])
        }
        for lap in range(2):
            statuses = []
            for _ in range(5):
                reply = await wire.values(*(row["metricId"] for row in listed))
                statuses.append(reply.status)
                ready = {(r["key"]["metricId"], r["key"].get("categoryValue")) for r in reply.json["results"]}
                cold = {(key["metricId"], key.get("categoryValue")) for key in reply.json["initializing"]}
                assert ready | cold == everything
                assert not ready & cold
                assert bool(cold) == (reply.status == 206)
                await demo.step(50)
            assert statuses == [206, 206, 206, 200, 200], lap
            await demo.step(20)


async def test_dates_and_stamps_tell_simulated_time(wire: Wire) -> None:
    """The Date header follows the clock moved by hand; no stamp lies in the future or steps back."""
    last: dict[Any, str] = {}
    for _ in range(20):
        await wire.demo.step(97.3)
        reply = await wire.values(*(row["metricId"] for row in await wire.metrics()))
        assert 0 <= wire.demo.clock.now() - reply.date_ms < 1000
        for result in reply.json["results"]:
            key = json.dumps(result["key"])
            stamp = result["value"]["lastUpdateTime"]
            assert last.get(key, "") <= stamp <= wire.demo.world.zone.iso(wire.demo.clock.now())
            last[key] = stamp


def expected_board(told: dict[str, Any]) -> dict[tuple[str, str | None], Any]:
    """What the wire must say, computed from ``GET /state`` of the same instant."""
    words = {
        "available": "Idle",
        "ringing": "Ringing",
        "talking": "Talking",
        "hold": "Hold",
        "after_call": "After Call Work",
        "paused": "Do Not Disturb",
        "dialing": "Dialing",
        "logged_off": "Logged Out",
    }
    board: dict[tuple[str, str | None], Any] = {}
    for row in told["queues"]:
        answered = row["answered"]
        for name, value in {
            "Calls in Queue": row["waiting"],
            "Max Queue Duration": row["longest_wait_ms"],
            "Agents Logged In": row["agents_logged_in"],
            "Agents Available": row["agents_available"],
            "Agents Busy": row["agents_busy"],
            "Agents in DND": row["agents_paused"],
            "Agents Logged Off": row["agents_logged_off"],
            "Presented Calls Today": row["offered"],
            "Answered Calls Today": answered,
            "Unanswered Calls Today": row["unanswered"],
            "Abandoned Calls Today": row["abandoned"],
            "Abandoned Calls Percent": row["abandon_rate"],
            "Avg Speed of Answer": row["wait_sum_ms"] / answered if answered else None,
            "Avg Talking Duration": row["talk_sum_ms"] / answered if answered else None,
            "Service Level": row["service_level"],
            "Talking Duration Last 30 Minutes": row["talk_last_30_min_ms"],
            "Calls Answered within Service Level": row["within_20s"],
            "Calls Abandoned within Service Level": row["abandoned_within_20s"],
            "Short Abandoned Calls": row["abandoned_within_5s"],
        }.items():
            board[name, row["name"]] = value
    for row in told["agents"]:
        for name, value in {
            "Agent State": words[row["state"]],
            "Time in State": row["since_ms"],
            "DND Reason": row["reason"],
            "Agent Answered Calls": row["calls_taken"],
            "Agent Current Caller ID": row["caller"],
            "Agent Queues": ", ".join(row["queues"]),
            "Talking Time Today": row["talk_sum_ms"],
            "Logged In": row["state"] != "logged_off",
            "Time Since Last Call": row["last_call_ms"],
        }.items():
            board[name, row["key"]] = value
    totals = told["totals"]
    board["Total Calls in Queue", None] = len(told["waiting"])
    board["Longest Wait Now", None] = max((row["wait_ms"] for row in told["waiting"]), default=0)
    board["Total Agents Available", None] = totals["agents"]["available"]
    board["Answered Today", None] = totals["answered"]
    board["Abandoned Today", None] = totals["abandoned"]
    board["Overall Service Level", None] = totals["service_level"]
    board["Avg Speed of Answer (all)", None] = totals["wait_sum_ms"] / totals["answered"]
    for direction, count in totals["calls_by_direction"].items():
        board["Calls Today", direction] = count
    for code, count in totals["calls_by_account_code"].items():
        board["Calls by Account Code", code] = count
    return board


@pytest.mark.parametrize("backend", ["chronicall", "xima"])
async def test_the_wire_agrees_with_the_state_of_the_same_instant(
    demo: RunningDemo, session: aiohttp.ClientSession, backend: str
) -> None:
    """Every number of both servers, at many instants, after the vendor's own arithmetic."""
    wire = Wire(demo, session, backend)
    for step in (0, 0.001, 13.7, 1, 600, 59.999, 3600, 7200, 86_400):
        await demo.step(step)
        async with session.get(f"{demo.control_url}/state") as response:
            told = await response.json()
        now = demo.clock.now()
        assert told["at_ms"] == now
        board = {key: shown(value, now) for key, value in (await wire.board()).items()}
        for key, value in expected_board(told).items():
            assert board[key] == pytest.approx(value, abs=1e-6), key


async def test_values_taken_earlier_stay_right_until_the_next_event(wire: Wire) -> None:
    """Durations are straight lines: the same bytes are served until something happens to that value."""
    before = (await wire.values(wire.id("Time in State"))).json["results"]
    await wire.demo.step(4)
    after = (await wire.values(wire.id("Time in State"))).json["results"]
    told = {row["key"]: row["since_ms"] for row in wire.demo.state()["agents"]}
    same = [new for old, new in zip(before, after, strict=True) if old == new]
    assert len(same) > 20
    for result in same:
        assert shown(result["value"], wire.demo.clock.now()) == told[result["key"]["categoryValue"]]


async def test_an_unchanged_value_keeps_its_stamp_though_its_queue_lives_on(wire: Wire) -> None:
    """A count that stays the same is not new, whatever else happens in that queue."""
    before = await wire.board()
    await wire.demo.step(120)
    after = await wire.board()
    quiet = 0
    for queue in wire.demo.world.site.queue_names:
        old, new = (board["Abandoned Calls Today", queue] for board in (before, after))
        if old["count"] == new["count"]:
            assert old == new
            quiet += before["Answered Calls Today", queue] != after["Answered Calls Today", queue]
    assert quiet > 1


# -- websocket -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("id={good}", 400),
        ("auth_token={key}", 400),
        ("id=&auth_token={key}", 400),
        ("id={good}&auth_token=wrong", 401),
        ("id={good}&auth_token={limited}", 101),
        ("id={hidden}&auth_token={limited}", 403),
        ("id={good}&id=K0FLAEB6&auth_token={key}", 403),
        ("id={good},{hidden}&auth_token={key}", 403),
        ("id={good}&id={hidden}&auth_token={key}", 101),
    ],
)
async def test_the_upgrade_answers_with_a_status(wire: Wire, query: str, status: int) -> None:
    """400, 401, 403 as HTTP replies; ids are repeated, never joined by commas."""
    text = query.format(
        good=wire.id("Calls in Queue"),
        hidden=wire.id("DND Reason"),
        key=quote(wire.key, safe=""),
        limited=quote(wire.server.keys["limited"], safe=""),
    )
    url = f"{wire.server.url}{API}/realtime-metric-subscription?{text}"
    if status == 101:
        async with wire.session.ws_connect(url) as socket:
            assert not socket.closed
    else:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await wire.session.ws_connect(url)
        assert refused.value.status == status
        assert refused.value.headers is not None
        assert "Date" in refused.value.headers


async def test_a_key_not_encoded_in_the_socket_address_is_refused(wire: Wire) -> None:
    """The plus sign of a base64 key turns into a space: the trap is real here."""
    assert "+" in wire.key
    url = f"{wire.server.url}{API}/realtime-metric-subscription?id={wire.id('Logged In')}&auth_token={wire.key}"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await wire.session.ws_connect(aiohttp.client.URL(url, encoded=True))
    assert refused.value.status == 401


async def test_a_plain_get_on_the_socket_address_is_not_upgraded(wire: Wire) -> None:
    """It is a bad request, not a hanging one."""
    reply = await wire.get(wire.socket_url(wire.id("Logged In")).removeprefix(wire.server.url))
    assert reply.status == 400


async def drain(socket: aiohttp.ClientWebSocketResponse) -> list[dict[str, Any]]:
    """Read what has been sent, up to the pong that follows a ping."""
    await socket.ping(b"mark")
    messages = []
    while True:
        message = await socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.PONG:
            return messages
        assert message.type is aiohttp.WSMsgType.TEXT
        messages.append(json.loads(message.data))


async def test_the_socket_sends_one_object_per_change_and_ends_at_the_polled_state(wire: Wire) -> None:
    """First every value, then the changes only, each key at most once per update, oldest never after newer."""
    names = ("Agent State", "Calls in Queue", "Total Calls in Queue")
    async with wire.socket(*names, autoping=False) as socket:
        held: dict[str, dict[str, Any]] = {}
        first = await drain(socket)
        assert len(first) == 40 + 12 + 1
        total = 0
        for lap in range(12):
            await wire.demo.step(7)
            update = await drain(socket) if lap else first + await drain(socket)
            if lap:
                keys = [json.dumps(message["key"]) for message in update]
                assert len(keys) == len(set(keys))
                total += len(keys)
            for message in update:
                assert set(message) == {"key", "value"}
                held[json.dumps(message["key"])] = message["value"]
        assert 0 < total < 11 * 53 / 2
        polled = (await wire.values(*(wire.id(name) for name in names))).json["results"]
        assert held == {json.dumps(result["key"]): result["value"] for result in polled}
        await wire.demo.step(0)
        assert await drain(socket) == []


async def test_a_socket_may_start_silent(session: aiohttp.ClientSession) -> None:
    """Whether a first picture is sent is not documented: the other way exists too."""
    options = Options(queues=3, agents=10, start_ms=START, manual=True, warm_polls=0, socket_snapshot=False)
    async with start(options) as demo, Wire(demo, session).socket("Agent State", autoping=False) as socket:
        assert await drain(socket) == []
        await demo.step(60)
        assert 0 < len(await drain(socket)) <= 10


async def test_a_subscription_warms_its_metrics_and_keeps_them_warm(session: aiohttp.ClientSession) -> None:
    """Nothing is sent for a cold metric; while subscribed it does not go cold."""
    options = Options(queues=3, agents=5, start_ms=START, manual=True, cold_after_s=60)
    async with start(options) as demo:
        wire = Wire(demo, session)
        async with wire.socket("Max Queue Duration", autoping=False) as socket:
            assert await drain(socket) == []
            for _ in range(4):
                await demo.step(50)
            assert {message["key"]["metricId"] for message in await drain(socket)} == {wire.id("Max Queue Duration")}
            assert (await wire.values(wire.id("Max Queue Duration"))).status == 200


async def test_updates_come_by_themselves_while_the_clock_runs(session: aiohttp.ClientSession) -> None:
    """At speed, changes arrive without any request."""
    options = Options(queues=3, agents=10, speed=600, warm_polls=0, push_interval_s=0.02)
    async with start(options) as demo, Wire(demo, session).socket("Agent State") as socket:
        for _ in range(25):
            assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT
        demo.clock.pause()
        await asyncio.sleep(0)
        assert demo.clock.paused


async def test_two_servers_show_one_world(wire: Wire, ccaas: Wire) -> None:
    """The same figure under two ids."""
    await wire.demo.step(123)
    assert await wire.board() == await ccaas.board()


def test_servers_are_made_by_a_registry() -> None:
    """Further vendors add a factory."""
    from console.demo.servers.registry import FACTORIES

    assert len(FACTORIES) >= 2
    assert XimaServer.backend == ""
