"""How often a sick server is asked, with an injected clock and dice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.net.limits import RateWatch
from console.net.pace import Backoff, HostPace, clamp_wait, earliest_s


class Hands:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now_ms(self) -> float:
        return self.at * 1000

    def monotonic(self) -> float:
        return self.at

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        raise AssertionError("nobody waits here")


def tries(
    outage_s: float, jitter: Callable[[], float], interval_s: float = 5.0, cost_s: float = 0.0
) -> tuple[list[float], float]:
    """Times of the tries in an outage, and the time of the first try after it."""
    clock = Hands()
    backoff = Backoff(interval_s, clock, jitter=jitter)
    times: list[float] = []
    age = 0.0
    while age < outage_s:
        times.append(age)
        clock.at = 1000 + age + cost_s
        age += cost_s + backoff.delay()
    return times, age


DICE = [lambda: 0.0, lambda: 0.999, *(random.Random(seed).random for seed in range(60))]


@pytest.mark.parametrize("interval_s", [1.0, 5.0, 15.0])
def test_an_outage_of_ten_minutes_costs_at_most_forty_requests(interval_s: float) -> None:
    for dice in DICE:
        times, _ = tries(600, dice, interval_s)
        assert len(times) <= 40


@pytest.mark.parametrize("interval_s", [1.0, 2.0, 5.0, 8.0])
def test_after_a_short_outage_the_next_try_comes_within_ten_seconds(interval_s: float) -> None:
    for dice in DICE:
        for outage in (1.0, 4.9, 5.1, 12.0, 20.0, 25.5, 27.0, 29.9, 30.0):
            _, first = tries(outage, dice, interval_s)
            assert first - outage <= 10


def test_after_a_long_outage_the_next_try_comes_within_thirty_five_seconds() -> None:
    for dice in DICE:
        for outage in (31.0, 60.0, 137.0, 600.0, 3600.0):
            _, first = tries(outage, dice)
            assert first - outage <= 35


def test_slow_failures_do_not_make_the_wait_longer_than_promised() -> None:
    for dice in DICE:
        _, first = tries(300, dice, cost_s=5.0)
        assert first - 300 <= 35


def test_no_try_comes_sooner_than_the_interval() -> None:
    for dice in DICE:
        times, _ = tries(600, dice, 7.0)
        assert all(later - sooner >= 7.0 - 1e-9 for sooner, later in pairwise(times))


def test_ws_06_a_server_that_blinks_gets_no_fresh_series() -> None:
    clock = Hands()
    backoff = Backoff(1.0, clock, jitter=lambda: 0.5)
    delays = []
    for _ in range(60):  # up two seconds, down two seconds
        backoff.succeeded()
        clock.at += 2
        backoff.succeeded()
        delays.append(backoff.delay())
        clock.at += 2 + delays[-1]
    assert delays[-1] >= 10
    assert backoff.failures == 60


def test_sixty_seconds_of_good_service_end_the_outage() -> None:
    clock = Hands()
    backoff = Backoff(5.0, clock, jitter=lambda: 0.999)
    for _ in range(10):
        clock.at += backoff.delay()
    backoff.succeeded()
    clock.at += 59
    backoff.succeeded()
    assert backoff.failures == 10
    clock.at += 2
    backoff.succeeded()
    assert backoff.failures == 0
    assert backoff.delay() == 5.0


def test_sixty_quiet_seconds_after_a_success_count_as_well() -> None:
    clock = Hands()
    backoff = Backoff(5.0, clock, jitter=lambda: 0.999)
    for _ in range(10):
        clock.at += backoff.delay()
    backoff.succeeded()
    clock.at += 61
    assert backoff.delay() == 5.0


def test_reset_starts_a_fresh_series() -> None:
    clock = Hands()
    backoff = Backoff(5.0, clock, jitter=lambda: 0.999)
    for _ in range(10):
        clock.at += backoff.delay()
    backoff.reset()
    assert backoff.delay() == 5.0


def test_au_05_a_demanded_wait_is_a_minimum() -> None:
    backoff = Backoff(5.0, Hands(), jitter=lambda: 0.5)
    assert backoff.delay(120) == 120
    assert backoff.delay(0.5) == 5.0


@given(st.one_of(st.none(), st.floats(), st.integers()))
def test_au_06_no_demanded_wait_leaves_the_safe_range(seconds: float | None) -> None:
    assert 0 <= clamp_wait(seconds) <= 900
    assert 5 <= Backoff(5.0, Hands()).delay(seconds) <= 900


def test_the_bound_on_tries_grows_steadily() -> None:
    for phase in (0.0, 0.3, 1.0):
        bounds = [earliest_s(n, phase) for n in range(1, 60)]
        assert bounds == sorted(bounds)
        assert max(later - sooner for sooner, later in pairwise(bounds)) <= 25


def test_fifty_consoles_do_not_return_as_one_herd() -> None:
    times = []
    for seed in range(50):
        _, first = tries(300, random.Random(seed).random)
        times.append(first - 300)
    busiest = max(sum(1 for at in times if low <= at < low + 1) for low in range(35))
    assert busiest <= 3 * 50 / 20


async def test_a_host_that_asked_for_patience_is_held_and_let_go() -> None:
    clock = Hands()
    pace = HostPace(clock)
    assert pace.held_s == 0
    pace.hold(30)
    pace.hold(10)
    pace.hold(None)
    assert pace.held_s == 30
    clock.at += 31
    assert pace.held_s == 0


async def test_starts_keep_their_gap_and_their_number() -> None:
    clock = Hands()
    pace = HostPace(clock, concurrent=2, gap_s=0.5)
    assert [pace.reserve() for _ in range(3)] == [0.0, 0.5, 1.0]
    clock.at += 10
    assert pace.reserve() == 0.0
    free = HostPace(clock, concurrent=2)
    inside = 0
    most = 0

    async def call() -> None:
        nonlocal inside, most
        async with free.slot():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(6)))
    assert most == 2


def test_a_rate_is_judged_over_a_whole_window_only() -> None:
    watch = RateWatch(100, 10, 0.0)
    assert not watch.too_slow(9.9, 1)
    assert watch.too_slow(10.0, 1)
    watch = RateWatch(100, 10, 0.0)
    for second in range(1, 60):
        assert not watch.too_slow(float(second), 110)
    assert watch.too_slow(69.5, 110)
