"""Websocket faults through a whole adapter: values stay true, by pushes or polls, and the person knows which."""

from __future__ import annotations

import asyncio
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.domain.enums import HealthState
from console.net.limits import LIMITS
from console.vendors.xima.timing import TIMING
from tests.catalogue.lapse import lapsed, until
from tests.catalogue.station import Floor, Station, count, floor, running

pytestmark = pytest.mark.allow_warnings
LIVE = HealthState.LIVE
AUTOMATIC = {"transport": "automatic"}
DEAD_S = 30.0  # a dead websocket is found within this


def handshakes(target: Floor) -> int:
    """How often a websocket was asked for."""
    return sum("upgrade" in call.headers for call in target.server.calls)


def polls(target: Floor) -> int:
    """How often values were asked for."""
    return target.count_of("realtime/metrics/values")


async def connected(target: Floor) -> None:
    """Wait for the websocket."""
    await until(lambda: bool(target.sockets))
    await asyncio.sleep(1)


@lapsed
async def test_ws_01_a_peer_that_went_silent_is_found_in_time_and_polls_take_over() -> None:
    target = floor(socket="mute")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        assert "socket.down" not in station.notices
        target.socket = 503
        took = await until(lambda: "socket.down" in station.notices)
        assert took <= DEAD_S
        assert LIMITS.ping_s + LIMITS.pong_s <= DEAD_S
        target.put("101", "Sales(70)", count(7))
        assert await until(lambda: station.shown() == "7 (value)") <= station.profile.poll_s + 0.2
        assert station.state is LIVE


def frame(payload: bytes, opcode: int = 1, *, fin: bool = True, rsv1: bool = False) -> tuple[Any, ...]:
    """A frame to send raw."""
    return payload, opcode, fin, rsv1


@pytest.mark.parametrize(
    "frames",
    [
        [frame(b"a" * 3_000_000)],
        [frame(zlib.compress(bytes(10_000_000)), rsv1=True)],
        [frame(b"\xff\xfe\xfa")],
        [frame(b"{}", 2)],
        [frame(b"{", fin=False), *[frame(b"", 0, fin=False)] * 3000],
    ],
    ids=["3 MB", "packed bomb", "no UTF-8", "binary", "endless fragments"],
)
@lapsed
async def test_ws_03_what_cannot_be_a_message_costs_the_connection_only(frames: list[tuple[Any, ...]]) -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        call, before = target.sockets[0], handshakes(target)
        for payload, opcode, fin, rsv1 in frames:
            try:
                await call.frame(payload, opcode, fin=fin, rsv1=rsv1)
            except ConnectionError:
                break
        target.put("101", "Sales(70)", count(8))
        await until(lambda: station.shown() == "8 (value)", 20)
        await until(lambda: handshakes(target) > before)
        assert station.state is LIVE


STRANGER = '{"key": {"metricId": "999"}, "value": 1}'


@pytest.mark.parametrize("text", ["", "null", "[]", '{"key": 5}', "not json", "[" * 200_000, STRANGER])
@lapsed
async def test_ws_03_a_message_that_says_nothing_changes_nothing(text: str) -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        await target.sockets[0].frame(text)
        await target.push("101", "Sales(70)", count(9))
        await until(lambda: station.shown() == "9 (value)", 5)
        assert (station.state, handshakes(target)) == (LIVE, 1)


@lapsed
async def test_ws_04_of_a_flood_the_newest_values_are_shown_a_few_times_a_second() -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        call, before, began = target.sockets[0], station.fresh, station.clock.monotonic()
        for second in range(10):
            for number in range(1000):
                key = {"metricId": "101", "categoryValue": ("Sales(70)", "Support(71)")[number % 2]}
                value = count(second * 1000 + number)
                await call.frame(json.dumps({"key": key, "value": value}))
                if number % 50 == 49:
                    await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        assert station.shown() == "9\u202f998 (value)"
        assert station.shown("Support") == "9\u202f999 (value)"
        took = station.clock.monotonic() - began
        assert station.fresh - before <= 10 * took
        assert station.state is LIVE


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4000])
@lapsed
async def test_ws_05_a_polite_goodbye_is_answered_by_coming_back(code: int) -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        await target.sockets[0].close_frame(code)
        await until(lambda: handshakes(target) == 2 and bool(target.sockets))
        await target.push("101", "Sales(70)", count(6))
        await until(lambda: station.shown() == "6 (value)", 5)


@pytest.mark.parametrize("code", [1008, 4401, 4403])
@lapsed
async def test_ws_05_a_refusing_goodbye_is_believed_and_polls_go_on(code: int) -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        await target.sockets[0].close_frame(code)
        await until(lambda: "socket.refused" in station.notices)
        await still_polling(target, station)


@pytest.mark.parametrize("status", [401, 403, 404, 200, 426])
@lapsed
async def test_ws_05_a_refused_or_stripped_upgrade_leaves_polling(status: int) -> None:
    target = floor(socket=status)
    async with running(target, fields=AUTOMATIC) as station:
        await until(lambda: "socket.refused" in station.notices)
        await still_polling(target, station)


async def still_polling(target: Floor, station: Station) -> None:
    """For five minutes no websocket is tried, and values come by polls at the usual cadence."""
    tried, polled = handshakes(target), polls(target)
    await asyncio.sleep(300)
    assert handshakes(target) == tried
    assert polls(target) - polled >= 300 / station.profile.poll_s - 3
    target.put("101", "Sales(70)", count(5))
    await until(lambda: station.shown() == "5 (value)", station.profile.poll_s + 1)
    assert station.state is LIVE


@lapsed
async def test_ws_06_a_server_that_blinks_for_long_is_not_hammered() -> None:
    target = floor(socket="ok")

    async def blink() -> None:
        while True:
            await asyncio.sleep(2)
            target.socket = 503
            target.cut()
            await asyncio.sleep(2)
            target.socket = "ok"

    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        blinking = asyncio.ensure_future(blink())
        await asyncio.sleep(600)
        tried = handshakes(target)
        await asyncio.sleep(600)
        blinking.cancel()
        assert handshakes(target) - tried <= 600 / 7.5, "the back-off is not reset by two seconds of service"
        assert station.state is LIVE


@lapsed
async def test_ws_07_after_a_gap_everything_is_read_before_changes_are_shown() -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        polled = polls(target)
        target.socket = 503
        target.cut()
        target.put("101", "Sales(70)", count(40))  # changed while nobody could push it
        await until(lambda: "socket.down" in station.notices)
        target.socket = "ok"
        await connected(target)
        await until(lambda: station.shown() == "40 (value)", 3)
        assert polls(target) > polled
        assert "socket.down" not in station.notices


@lapsed
async def test_ws_07_a_change_older_than_what_is_shown_is_dropped() -> None:
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        now = datetime.now(UTC)
        await target.push("101", "Sales(70)", count(12, now + timedelta(seconds=5)))
        await until(lambda: station.shown() == "12 (value)", 5)
        await target.push("101", "Sales(70)", count(11, now - timedelta(seconds=5)))
        await target.push("101", "Support(71)", count(2, now + timedelta(seconds=6)))
        await until(lambda: station.shown("Support") == "2 (value)", 5)
        assert station.shown() == "12 (value)"


@lapsed
async def test_ws_01_a_peer_that_only_pongs_is_checked_by_polls() -> None:
    """Silence may mean that nothing changes, or that pushes are lost: the safety poll tells within a minute."""
    target = floor(socket="ok")
    async with running(target, fields=AUTOMATIC) as station:
        await connected(target)
        target.put("101", "Sales(70)", count(21))  # never pushed
        assert await until(lambda: station.shown() == "21 (value)") <= 60
        assert TIMING.safety_s <= 60
