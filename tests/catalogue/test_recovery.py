"""The figures the console promises about trouble, measured on whole adapters with the product's own pauses."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from console.domain.enums import HealthState
from console.net.limits import LIMITS
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import Station, floor, running, watch
from tests.faultserver.server import hang, reply

pytestmark = pytest.mark.allow_warnings
LIVE, UNREACHABLE = HealthState.LIVE, HealthState.UNREACHABLE


@pytest.mark.parametrize("outage_s", [3, 11, 19, 29.9])
@pytest.mark.parametrize("seed", range(2))
@lapsed
async def test_after_a_short_outage_values_are_fresh_within_ten_seconds(outage_s: float, seed: int) -> None:
    target = floor()
    async with running(target, jitter=random.Random(seed).random) as station:
        await asyncio.sleep(seed * 1.3)
        await target.server.stop()
        await asyncio.sleep(outage_s)
        seen = station.fresh
        await target.server.start()
        assert await until(lambda: station.fresh > seen) <= 10
        assert station.state is LIVE


@pytest.mark.parametrize("seed", range(2))
@lapsed
async def test_after_a_long_outage_values_are_fresh_within_35_seconds_and_forty_requests_were_enough(seed: int) -> None:
    waits = []
    target = floor()
    async with running(target, jitter=random.Random(seed).random) as station:
        for fault in (None, reply("<html>maintenance</html>", 503)):
            asked = len(station.exchanges.recent("p1"))
            if fault is None:
                await target.server.stop()
            else:
                target.server.then(fault)
            tried = len(station.published)
            await asyncio.sleep(600)
            requests = len(station.published) - tried
            assert 0 < requests <= 40, asked
            if fault is None:
                await target.server.start()
            else:
                target.server.then(target._route)
            waits.append(await until(lambda: station.state is LIVE))
            assert waits[-1] <= 35
            await asyncio.sleep(120)
    assert waits


@lapsed
async def test_a_server_that_answers_no_more_is_called_stale_within_two_intervals() -> None:
    target = floor()
    async with running(target, poll_s=5.0) as station:
        target.server.then(hang)
        took = await until(lambda: station.shown() == "3 (stale)")
        assert took <= max(2 * station.profile.poll_s, 10) + station.profile.poll_s + 0.2
        age = station.source.health.age_s(station.clock.monotonic()) or 0
        assert age <= max(2 * station.profile.poll_s, 10) + 0.2


@lapsed
async def test_a_hung_call_is_given_up_within_ten_seconds() -> None:
    target = floor()
    async with running(target) as station:
        asked = len(target.server.calls)
        target.server.then(hang)
        await until(lambda: len(target.server.calls) > asked)
        assert await until(lambda: station.code == "connect.slow") <= 10.2
        assert LIMITS.poll.total_s <= 10


@lapsed
async def test_fifty_consoles_do_not_come_back_in_the_same_second() -> None:
    """After a restart no second may see more than three times the mean; they all lost the server at one moment."""
    target, clock = floor(), LapseClock()
    dice = random.Random(5)
    await target.server.start()
    async with AsyncExitStack() as stack:
        stations = [Station(target.url, clock, id=f"p{n}", jitter=random.Random(n).random) for n in range(50)]
        for station in stations:
            await asyncio.sleep(dice.random() * 5 / 50)
            await stack.enter_async_context(watch(station))
        await until(lambda: all(station.state is LIVE for station in stations))
        await target.server.stop()
        await asyncio.sleep(100)
        arrivals: Counter[int] = Counter()
        target.server.then(target._route)
        came = [station.fresh for station in stations]
        began = clock.monotonic()
        await target.server.start()
        back: dict[int, float] = {}
        while len(back) < len(stations):
            await asyncio.sleep(0.1)
            for number, station in enumerate(stations):
                if number not in back and station.fresh > came[number]:
                    back[number] = clock.monotonic() - began
        for moment in back.values():
            arrivals[int(moment)] += 1
        span = max(back.values())
        mean = len(back) / max(1.0, span)
        assert span <= 35
        assert max(arrivals.values()) <= max(3 * mean, 3), arrivals
    await target.server.stop()
