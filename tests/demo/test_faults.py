"""Faults on demand: each does at the wire what its name says, and ends with ``clear``."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from console.demo.faults import KINDS, parse_fault
from console.demo.main import RunningDemo
from tests.demo.wire import API, Wire


async def post(demo: RunningDemo, session: aiohttp.ClientSession, **body: Any) -> Any:
    async with session.post(f"{demo.control_url}/fault", data=json.dumps(body)) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_down_stops_listening_on_the_port_until_cleared(
    demo: RunningDemo, session: aiohttp.ClientSession, wire: Wire, ccaas: Wire
) -> None:
    """Refused connections, no half-alive keep-alive; the same port afterwards; the other server untouched."""
    await wire.metrics()
    port = wire.server.port
    async with wire.socket("Logged In") as socket:
        told = await post(demo, session, profile="Demo Chronicall", kind="down")
        assert told[0]["faults"] == ["down"]
        ended = [(await socket.receive(timeout=5)).type for _ in range(41)]
        assert aiohttp.WSMsgType.TEXT not in ended[40:]
    with pytest.raises(aiohttp.ClientConnectionError):
        await wire.metrics()
    with pytest.raises(OSError, match=r"."):
        await asyncio.open_connection("127.0.0.1", port)
    assert len(await ccaas.metrics()) == 37
    await post(demo, session, profile="chronicall", kind="clear")
    assert wire.server.port == port
    assert len(await wire.metrics()) == 37
    await post(demo, session, kind="clear")
    assert len(await wire.metrics()) == 37


async def test_hang_answers_only_after_clear(wire: Wire) -> None:
    """The request is taken and nothing comes back."""
    await wire.demo.fault("hang", path="values")
    assert len(await wire.metrics()) == 37
    asked = asyncio.ensure_future(wire.values(wire.id("Logged In")))
    done, _ = await asyncio.wait({asked}, timeout=0.05)
    assert not done
    await wire.demo.fault("clear")
    assert (await asked).status == 200


async def test_slow_delays(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """By as many milliseconds as told."""
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr("console.demo.servers.base.asyncio.sleep", sleep)
    await wire.demo.fault("slow", ms=1500)
    assert len(await wire.metrics()) == 37
    assert waits == [1.5]


async def test_status_comes_with_its_body_and_only_so_many_times(wire: Wire) -> None:
    """503 with Retry-After twice, then all is well."""
    await wire.demo.fault("status", status=503, retry_after=7, times=2)
    for _ in range(2):
        reply = await wire.get(f"{API}/realtime/metrics")
        assert (reply.status, reply.headers["Retry-After"]) == (503, "7")
        assert b"<html>" in reply.body
    assert len(await wire.metrics()) == 37


async def test_html_and_invalid_json_come_with_200(wire: Wire) -> None:
    """A sign-in page, and text that is no JSON."""
    await wire.demo.fault("html")
    reply = await wire.get(f"{API}/realtime/metrics")
    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    await wire.demo.fault("clear")
    await wire.demo.fault("invalid_json")
    reply = await wire.get(f"{API}/realtime/metrics")
    assert reply.status == 200
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(reply.body)


async def test_truncate_cuts_the_text_or_the_connection(wire: Wire) -> None:
    """Half of the JSON as a whole reply; or fewer bytes than announced."""
    whole = (await wire.get(f"{API}/realtime/metrics")).body
    await wire.demo.fault("truncate")
    assert (await wire.get(f"{API}/realtime/metrics")).body == whole[: len(whole) // 2]
    await wire.demo.fault("truncate", at=10)
    assert (await wire.get(f"{API}/realtime/metrics")).body == whole[:10]
    await wire.demo.fault("truncate", mode="drop")
    with pytest.raises(aiohttp.ClientPayloadError):
        await wire.get(f"{API}/realtime/metrics")


async def test_revoke_key_refuses_the_old_key_and_ends_its_sockets(
    demo: RunningDemo, session: aiohttp.ClientSession, wire: Wire
) -> None:
    """401 from the next request on; the new key, told in the reply, works; the other user is untouched."""
    old = wire.key
    async with wire.socket("Total Calls in Queue") as socket:
        assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT
        told = await post(demo, session, profile="chronicall", kind="revoke_key")
        assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (await wire.get(f"{API}/realtime/metrics")).status == 401
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await wire.socket("Logged In")
    assert refused.value.status == 401
    wire.key = told[0]["secrets"]["key"]
    assert wire.key != old
    assert len(await wire.metrics()) == 37
    wire.key = wire.server.keys["limited"]
    assert len(await wire.metrics()) == 30


async def test_drop_sockets_cuts_without_goodbye_and_allows_new_ones(wire: Wire) -> None:
    """No close frame: the connection is reset."""
    async with wire.socket("Total Calls in Queue") as socket:
        await socket.receive(timeout=5)
        await wire.demo.fault("drop_sockets")
        assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert socket.close_code in (None, 1006)
    async with wire.socket("Total Calls in Queue") as socket:
        assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT


async def test_muted_sockets_stay_open_but_say_nothing_not_even_pong(wire: Wire) -> None:
    """Half open; after clear the changes missed arrive."""
    async with wire.socket("Calls Today", autoping=False) as socket:
        for _ in range(3):
            await socket.receive(timeout=5)
        await wire.demo.fault("mute_sockets")
        await wire.demo.step(600)
        await socket.ping(b"x")
        with pytest.raises(asyncio.TimeoutError):
            await socket.receive(timeout=0.05)
        await wire.demo.fault("clear")
        await wire.demo.step(0)
        assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT


async def test_clock_skew_moves_date_and_stamps_together(wire: Wire) -> None:
    """The server's clock is wrong as a whole; values in arithmetic stay right on that clock."""
    plain = (await wire.values(wire.id("Time in State"))).json["results"][0]["value"]
    await wire.demo.fault("clock_skew", seconds=-3600)
    reply = await wire.values(wire.id("Time in State"))
    assert 0 <= wire.demo.clock.now() - 3_600_000 - reply.date_ms < 1000
    skewed = reply.json["results"][0]["value"]
    assert skewed["finishedDuration"] == plain["finishedDuration"]
    assert skewed["lastUpdateTime"] < plain["lastUpdateTime"]
    await wire.demo.fault("clear")
    assert (await wire.values(wire.id("Time in State"))).json["results"][0]["value"] == plain


async def test_no_metrics_and_old_version(wire: Wire, ccaas: Wire) -> None:
    """An empty list; a server that knows none of the addresses."""
    await wire.demo.fault("no_metrics", "chronicall")
    assert await wire.metrics() == []
    assert (await wire.values(wire.id("Logged In"))).status == 404
    assert len(await ccaas.metrics()) == 37
    await wire.demo.fault("old_version")
    for path in ("realtime/metrics", "realtime/metrics/values?id=A", "agents", "skills"):
        assert (await ccaas.get(f"{API}/{path}")).status == 404
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await wire.socket("Logged In")
    assert refused.value.status == 404


async def test_never_warm_keeps_initializing(wire: Wire) -> None:
    """206 without any value, however often asked."""
    await wire.demo.fault("never_warm")
    for _ in range(5):
        reply = await wire.values(wire.id("Logged In"))
        assert reply.status == 206
        assert reply.json["results"] == []
        assert len(reply.json["initializing"]) == 40


async def test_unknown_metric_is_gone_from_list_values_and_socket(wire: Wire) -> None:
    """404 for polls and 403 for sockets that still name it; by name or id; the rest goes on."""
    for metric in ("Logged In", wire.id("Logged In"), ["Logged In", "DND Reason"]):
        await wire.demo.fault("unknown_metric", metric=metric)
        assert "Logged In" not in {row["metricName"] for row in await wire.metrics()}
        assert (await wire.values(wire.id("Agent State"), wire.id("Logged In"))).status == 404
        assert (await wire.values(wire.id("Agent State"))).status == 200
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await wire.socket("Agent State", "Logged In")
        assert refused.value.status == 403
    await wire.demo.fault("clear")
    assert (await wire.values(wire.id("Logged In"))).status == 200


async def test_what_arrived_is_remembered(wire: Wire) -> None:
    """So that tests can assert what a client sent, without the key showing in a repr."""
    await wire.values(wire.id("Logged In"))
    last = wire.server.requests[-1]
    assert (last.method, last.target) == ("GET", f"{API}/realtime/metrics/values?id={wire.id('Logged In')}")
    assert last.headers["Authorization"] == f"Bearer {wire.key}"
    assert wire.key not in repr(last)


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"kind": "nonsense"}, {"kind": "hang", "times": "x"}, {"kind": "hang", "profile": 1}],
)
def test_nonsense_faults_are_refused_with_a_sentence(body: object) -> None:
    """ValueError, whose text goes out as a 400."""
    with pytest.raises(ValueError, match=r"\.$"):
        parse_fault(body)


def test_every_kind_can_be_asked_for() -> None:
    """And ``clear``."""
    assert len(KINDS) >= 17
    assert all(parse_fault({"kind": kind})[1] is not None for kind in KINDS)
    assert parse_fault({"kind": "clear", "profile": "x"}) == ("x", None)
