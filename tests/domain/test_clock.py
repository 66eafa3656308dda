"""console.domain.clock: the server's clock, estimated."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.clock import LocalZone, ServerClock, SystemClock, to_datetime


@given(st.integers(-7_200_000, 7_200_000), st.lists(st.integers(0, 60_000), min_size=1, max_size=40))
def test_the_estimate_is_within_a_second_of_the_truth(skew_ms: int, gaps_ms: list[int]) -> None:
    clock = ServerClock()
    local = 1_800_000_000_000
    for gap in gaps_ms:
        local += gap
        clock.observe_date((local + skew_ms) // 1000 * 1000, local)
        assert abs(clock.offset_ms - skew_ms) <= 1000


def test_a_millisecond_stamp_narrows_the_estimate() -> None:
    clock = ServerClock()
    clock.observe_date(10_000, 10_000)  # truth: somewhere from 0 to 1,000 ahead
    clock.observe_stamp(10_900, 10_000)
    assert clock.offset_ms == 900


def test_a_stamp_far_in_the_future_is_not_believed() -> None:
    clock = ServerClock()
    clock.observe_date(10_000, 10_000)
    clock.observe_stamp(10_000 + 3_600_000, 10_000)
    assert abs(clock.offset_ms) <= 1000


def test_a_set_server_clock_is_taken_over_at_once() -> None:
    clock = ServerClock()
    clock.observe_date(10_000, 10_000)
    clock.observe_date(3_620_000, 20_000)
    assert abs(clock.offset_ms - 3_600_000) <= 1000


def test_a_fast_clock_runs_fast_on_the_wall_only() -> None:
    clock = SystemClock(speed=1000.0)
    wall, mono = clock.now_ms(), clock.monotonic()
    while clock.monotonic() - mono < 0.01:
        pass
    assert clock.now_ms() - wall >= 9_000


async def test_waiting_ends_with_the_event_or_the_time() -> None:
    clock = SystemClock()
    event = asyncio.Event()
    assert not await clock.wait(event, 0.01)
    event.set()
    assert await clock.wait(event, 60)


async def test_a_cancellation_in_the_moment_of_the_event_is_not_lost() -> None:
    clock = SystemClock()
    event = asyncio.Event()
    waiting = asyncio.create_task(clock.wait(event, 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_instants_a_datetime_cannot_hold_are_clamped() -> None:
    assert to_datetime(1e30).year == 9999
    assert to_datetime(-1e30).year == 1


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    set_zone = getattr(time, "tzset", lambda: None)  # Windows keeps its own
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        set_zone()
        yield
    set_zone()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)])
def test_the_zone_of_this_computer_has_the_offset_of_each_moment(night: datetime) -> None:
    zone = LocalZone()
    for half_hours in range(12):
        moment = night + timedelta(minutes=30 * half_hours)
        here, there = moment.astimezone(), moment.astimezone(zone)
        assert (there.hour, there.utcoffset()) == (here.hour, here.utcoffset())
        assert there.timestamp() == moment.timestamp()
