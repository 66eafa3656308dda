"""The websocket feed against a scripted server: seed, pushes, order, loss, refusal."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from console.domain.errors import AuthError
from console.domain.model import Snapshot
from console.domain.values import Status
from console.net.exchange import ExchangeLog
from tests.vendors.xima.support import (
    FAST,
    KEY,
    ScriptedXima,
    codes,
    count,
    make_backend,
    metric,
    running,
    small_floor,
    string,
    until,
)

VALUES = "realtime/metrics/values"
SOCKET = "realtime-metric-subscription"


def live(floor: ScriptedXima, **options: Any) -> Any:
    """A feed that polls rarely beside its websocket."""
    return running(floor, transport="automatic", **({"poll_s": 0.3} | options))


async def connected(floor: ScriptedXima, feed: Any) -> None:
    """Wait until the websocket stands and the poll after it is through."""
    task = asyncio.ensure_future(until(feed, lambda _: floor.count_of(VALUES) >= 2 and bool(floor.sockets)))
    await task


async def test_the_feed_is_seeded_by_polling_and_follows_pushes() -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        first = await anext(feed)
        assert first.queues[0].reading("waiting").value == 3
        await connected(floor, feed)
        polls = floor.count_of(VALUES)
        await floor.push("101", "Sales(70)", count(7))
        await floor.push("K1RNV2OQ", None, count(207))
        snapshot = await until(feed, lambda s: s.metrics[0].reading.value == 207)
        assert snapshot.queues[0].reading("waiting").value == 7
        assert snapshot.queues[1] is first.queues[1]
        assert floor.count_of(VALUES) == polls
    assert snapshot.queues[0].reading("waiting").source is not None


async def test_the_subscription_repeats_ids_and_encodes_the_key() -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        await connected(floor, feed)
    target = next(target for target in floor.targets if SOCKET in target)
    query = parse_qsl(urlsplit(target).query)
    assert [value for name, value in query if name == "id"] == ["101", "102", "K0FLAEB6", "K1RNV2OQ"]
    assert dict(query)["auth_token"] == KEY
    assert "c4nary&" not in target


async def test_silence_on_a_healthy_websocket_still_gives_snapshots() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.05) as feed:
        await connected(floor, feed)
        for _ in range(4):
            before = await anext(feed)  # the poll that follows a connection is through by then
        polls = floor.count_of(VALUES)
        for _ in range(3):
            after = await anext(feed)
    assert after.taken_at > before.taken_at
    assert after.queues == before.queues
    assert floor.count_of(VALUES) == polls


async def test_silence_behind_a_pulled_cable_lets_the_figures_grow_old() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.05) as feed:
        await connected(floor, feed)
        for _ in range(4):
            await anext(feed)
        floor.is_deaf = True  # the connection stands, and nothing comes over it any more
        seen: list[Snapshot] = []
        following = asyncio.ensure_future(until(feed, lambda snapshot: bool(seen.append(snapshot))))
        await asyncio.sleep(0.5)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
    assert len(seen) <= 2, "what was under way may still come"


async def test_a_push_older_than_what_is_held_is_dropped() -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        await connected(floor, feed)
        now = datetime.now(UTC)
        await floor.push("101", "Sales(70)", count(8, now))
        await until(feed, lambda s: s.queues[0].reading("waiting").value == 8)
        await floor.push("101", "Sales(70)", count(5, now - timedelta(seconds=3)))
        await floor.push("101", "Support(71)", count(1))
        snapshot = await until(feed, lambda s: s.queues[1].reading("waiting").value == 1)
    assert snapshot.queues[0].reading("waiting").value == 8


async def test_a_poll_begun_before_a_push_does_not_undo_it() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, timing=replace(FAST, safety_s=0.3)) as feed:
        await connected(floor, feed)
        floor.hold = asyncio.Event()
        polls = floor.count_of(VALUES)
        await until(feed, lambda _: floor.count_of(VALUES) > polls)  # a poll is under way, its answer already made
        await floor.push("101", "Sales(70)", count(9, datetime.now(UTC) + timedelta(milliseconds=5)))
        await until(feed, lambda s: s.queues[0].reading("waiting").value == 9)
        floor.hold.set()
        floor.hold = None
        for _ in range(3):
            snapshot = await anext(feed)
            assert snapshot.queues[0].reading("waiting").value == 9
            floor.put("101", "Sales(70)", count(9))


async def test_a_push_can_warm_a_value_up_and_take_one_away() -> None:
    floor = small_floor(socket="ok", cold={("101", "Sales(70)")})
    async with live(floor, timing=replace(FAST, warm_first_s=5.0)) as feed:
        await connected(floor, feed)
        await floor.push("101", "Sales(70)", count(4))
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").value == 4)
        assert not snapshot.is_warming
        await floor.push("101", "Sales(70)", {"lastUpdateTime": count(0)["lastUpdateTime"]})
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").status is Status.NOT_APPLICABLE)


async def test_a_new_category_value_makes_a_new_row() -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        await connected(floor, feed)
        await floor.push("K0FLAEB6", "New One(499)", string("Ready"))
        snapshot = await until(feed, lambda s: len(s.agents) == 3)
    assert snapshot.agents[2].name == "New One"
    assert snapshot.agents[2].reading("state").value == "available"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"key": 5}', '{"key": {"metricId": "unknown"}, "value": {}}', "keep-alive"]
)
async def test_a_message_that_is_none_changes_nothing(text: str) -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        await connected(floor, feed)
        await floor.sockets[0].frame(text)
        await floor.push("101", "Support(71)", count(1))
        snapshot = await until(feed, lambda s: s.queues[1].reading("waiting").value == 1)
    assert snapshot.queues[0].reading("waiting").value == 3
    assert codes(snapshot) == []
    assert floor.count_of(SOCKET) == 1


async def test_a_broken_websocket_is_bridged_by_polling_and_made_anew() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.1, timing=replace(FAST, socket_pause_s=0.5)) as feed:
        await connected(floor, feed)
        polls = floor.count_of(VALUES)
        floor.cut()
        floor.put("101", "Sales(70)", count(11))
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").value == 11)
        assert codes(snapshot) == ["socket.down"]
        assert floor.count_of(VALUES) > polls
        # a change the new subscription does not mention, since it happened while nobody listened
        floor.opened = lambda: floor.put("101", "Sales(70)", count(12))
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").value == 12)
        await until(feed, lambda s: codes(s) == [])
    assert floor.count_of(SOCKET) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 200, 501])
async def test_a_refused_websocket_means_plain_polling(status: int) -> None:
    floor = small_floor(socket=status)
    async with live(floor, poll_s=0.05) as feed:
        snapshot = await until(feed, lambda s: bool(codes(s)))
        assert codes(snapshot)[0] in ("socket.refused", "socket.down")
        for number in range(20, 23):
            floor.put("101", "Sales(70)", count(number))
            await until(feed, lambda s, n=number: s.queues[0].reading("waiting").value == n)
    if status != 501:
        assert floor.count_of(SOCKET) == 1


async def test_a_websocket_that_drops_the_handshake_is_tried_again() -> None:
    floor = small_floor(socket="drop")
    async with live(floor, poll_s=0.05) as feed:
        await until(feed, lambda s: codes(s) == ["socket.down"])
        floor.socket = "ok"
        await until(feed, lambda s: codes(s) == [] and bool(floor.sockets))
    assert floor.count_of(SOCKET) >= 2


async def test_a_refused_key_is_found_out_by_polling() -> None:
    floor = small_floor(socket="ok")
    async with live(floor) as feed:
        await connected(floor, feed)
        floor.keys = ("another",)
        floor.cut()
        with pytest.raises(AuthError) as caught:
            await until(feed, lambda _: False)
    assert caught.value.message.code == "http.revoked"


async def test_a_stale_id_does_not_keep_the_websocket_out() -> None:
    floor = small_floor(socket="ok", unknown={"102"})
    async with live(floor) as feed:
        await connected(floor, feed)
    target = next(target for target in floor.targets if SOCKET in target)
    assert "id=101&id=K0FLAEB6" in target
    assert "102" not in target


async def test_the_subscription_follows_the_list() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.1, timing=replace(FAST, list_every_s=0.05, safety_s=0.1)) as feed:
        await connected(floor, feed)
        floor.metrics.append(metric("300", "Answered Calls", "GROUP", "Sales(70)"))
        floor.put("300", "Sales(70)", count(1))
        await until(feed, lambda _: "id=300" in floor.targets[-1] or any("id=300&" in t for t in floor.targets))


async def test_many_ids_take_several_connections() -> None:
    ids = [f"metric-{i:03d}" for i in range(60)]
    floor = ScriptedXima(metrics=[metric(key, key, "NONE") for key in ids], socket="ok")
    for key in ids:
        floor.put(key, None, count(1))
    async with live(floor, timing=replace(FAST, url_limit=600)) as feed:
        await until(feed, lambda _: len(floor.sockets) >= 2)
        await connected(floor, feed)
        await floor.push("metric-059", None, count(5))
        snapshot = await until(feed, lambda s: s.metrics[59].reading.value == 5)
    targets = [target for target in floor.targets if SOCKET in target]
    assert all(len(f"{floor.url}{target}") <= 600 for target in targets)
    assert sorted(v for t in targets for n, v in parse_qsl(urlsplit(t).query) if n == "id") == ids
    assert [line.reading.value for line in snapshot.metrics].count(5) == 1


async def test_a_websocket_that_pushes_nothing_is_not_believed_for_ever() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.05, timing=replace(FAST, safety_s=0.1)) as feed:
        await connected(floor, feed)
        number = 100
        async for snapshot in feed:
            floor.put("101", "Sales(70)", count(number, datetime.now(UTC) - timedelta(milliseconds=1)))
            number += 1
            if codes(snapshot) == ["socket.down"]:
                break
        await until(feed, lambda s: s.queues[0].reading("waiting").value == number - 1)


async def test_a_flood_is_gathered() -> None:
    floor = small_floor(socket="ok")
    async with live(floor, timing=replace(FAST, emit_gap_s=0.1)) as feed:
        await connected(floor, feed)
        for number in range(500):
            await floor.push("101", "Sales(70)", count(number))
        seen = 0
        async for snapshot in feed:
            seen += 1
            if snapshot.queues[0].reading("waiting").value == 499:
                break
    assert seen < 25


async def test_leaving_is_quick_while_a_request_hangs_and_the_websocket_is_mute() -> None:
    floor = small_floor(socket="mute")
    async with floor.server:
        backend = make_backend(floor, transport="automatic", poll_s=0.1, timing=replace(FAST, safety_s=0.1))
        feed = backend.snapshots()
        await until(feed, lambda _: bool(floor.sockets))
        floor.hold = asyncio.Event()
        polls = floor.count_of(VALUES)
        following = asyncio.ensure_future(until(feed, lambda _: False))
        await floor.until(lambda: floor.count_of(VALUES) > polls)
        async with asyncio.timeout(2):
            following.cancel()
            with pytest.raises(asyncio.CancelledError):
                await following
            await feed.aclose()
            await backend.aclose()


@pytest.mark.parametrize("code", [1000, 1001, 1008, 4401, 4403])
async def test_a_goodbye_of_the_server_is_bridged_by_polling(code: int) -> None:
    floor = small_floor(socket="ok")
    async with live(floor, poll_s=0.05) as feed:
        await connected(floor, feed)
        floor.socket = 404
        await floor.sockets[0].close_frame(code)
        floor.put("101", "Sales(70)", count(31))
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").value == 31 and bool(codes(s)))
    assert codes(snapshot)[0] in ("socket.down", "socket.refused")


async def test_frames_are_kept_for_show_request_without_the_key() -> None:
    floor = small_floor(socket="ok")
    exchanges = ExchangeLog()
    async with live(floor, exchanges=exchanges) as feed:
        await connected(floor, feed)
        await floor.push("101", "Sales(70)", count(7))
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").value == 7)
    source = snapshot.queues[0].reading("waiting").source
    assert source is not None
    exchange = exchanges.get(source.exchange_id)
    assert exchange is not None
    assert source.pointer == "/value/count"
    assert json.loads(exchange.body)["value"]["count"] == 7
    everything = repr(exchanges.recent("p1"))
    assert KEY not in everything
    assert quote(KEY, safe="") not in everything
