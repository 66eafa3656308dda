"""console.engine.replay: any recorded moment, in a store of its own, by a clock of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.board import Source
from console.domain.clock import to_datetime
from console.domain.enums import HealthState
from console.domain.frames import Frame
from console.domain.model import Health, ProfileId, Snapshot
from console.domain.profile import Profile
from console.engine.history.base import Span, united
from console.engine.replay import Gap, Replay, ReplayClock, gaps
from tests.engine.fake_history import FakeHistory
from tests.support import START_MS, ManualClock, settle

ONE = Profile(ProfileId("p1"), "One", "fake", "http://h")
TWO = Profile(ProfileId("p2"), "Two", "fake", "http://h")


def snapshot(number: int) -> Snapshot:
    return Snapshot(ONE.id, "fake", to_datetime(START_MS + number * 1000), {})


def frame(at_s: float, number: int | None, profile: Profile = ONE, state: HealthState = HealthState.LIVE) -> Frame:
    """One second after START_MS is 1.0; the monotonic seconds are those of another process."""
    at_ms = START_MS + at_s * 1000
    health = Health(state, to_datetime(START_MS), last_ok_mono=777.0 + at_s, last_ok_at=to_datetime(at_ms))
    made = None if number is None else snapshot(number)
    fresh_ms = at_ms + 10_000 if made is not None and state is HealthState.LIVE else at_ms
    return Frame(at_ms, Source(profile, "Fake", made, health), fresh_ms)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_MS + 3_600_000)


def numbers(replay: Replay) -> dict[str, int]:
    """The number in each profile's snapshot."""
    return {
        source.profile.name: next(n for n in range(200) if source.snapshot == snapshot(n))
        for source in replay.store.board.sources
        if source.snapshot is not None
    }


async def test_a_moment_shows_what_stood_then_and_its_ages(clock: ManualClock) -> None:
    history = FakeHistory([frame(0, 1), frame(5, 2), frame(7, 3, TWO)])
    replay = Replay(history, clock, order=[TWO.id, ONE.id])
    await replay.seek(START_MS + 6_000)
    assert numbers(replay) == {"One": 2}
    assert replay.clock.now_ms() == START_MS + 6_000
    health = replay.store.board.sources[0].health
    assert health.age_s(replay.clock.monotonic()) == pytest.approx(1.0)
    await replay.seek(START_MS + 40_000)
    assert [source.profile.name for source in replay.store.board.sources] == ["Two", "One"]
    assert replay.store.board.sources[1].health.state_at(replay.clock.monotonic()) is HealthState.STALE
    await replay.seek(START_MS - 1)
    assert replay.store.board.sources == ()
    await replay.aclose()


async def test_ages_are_real_seconds_where_the_recorded_clock_ran_fast(clock: ManualClock) -> None:
    replay = Replay(FakeHistory([frame(0, 1)]), clock, speed=60)
    await replay.seek(START_MS + 120_000)
    assert replay.store.board.sources[0].health.age_s(replay.clock.monotonic()) == pytest.approx(2.0)
    await replay.aclose()


async def test_a_failing_source_waits_as_it_waited_and_one_that_was_removed_is_gone(clock: ManualClock) -> None:
    failed = frame(5, 1, state=HealthState.UNREACHABLE)
    health = replace(failed.source.health, next_try_mono=777.0 + 5 + 8)
    failed = replace(failed, source=replace(failed.source, health=health))
    never = frame(5, None, TWO, HealthState.UNREACHABLE)
    health = replace(never.source.health, last_ok_at=None, last_ok_mono=None, next_try_mono=790.0)
    history = FakeHistory([failed, replace(never, source=replace(never.source, health=health)), frame(9, None)])
    replay = Replay(history, clock)
    await replay.seek(START_MS + 7_000)
    one, two = (source.health for source in replay.store.board.sources)
    assert one.next_try_mono is not None
    assert one.next_try_mono - replay.clock.monotonic() == pytest.approx(6.0)
    assert two.next_try_mono is None  # on which scale it was is not known any more
    await replay.seek(START_MS + 9_000)
    assert [source.profile.name for source in replay.store.board.sources] == ["Two"]
    await replay.aclose()


async def test_of_quick_seeks_only_the_newest_is_gone_to(clock: ManualClock) -> None:
    history = FakeHistory([frame(second, second) for second in range(60)])
    replay = Replay(history, clock)
    history.gate.clear()
    async with asyncio.TaskGroup() as group:
        for second in range(40):
            group.create_task(replay.seek(START_MS + second * 1000))
        await settle()
        history.gate.set()
    assert len(history.asked) == 2
    assert numbers(replay) == {"One": 39}
    await replay.aclose()


async def test_it_plays_at_a_pace_through_a_seek_and_stops_at_now() -> None:
    clock = ManualClock(START_MS + 100_000)
    history = FakeHistory([frame(second, second) for second in range(0, 100, 5)])
    replay = Replay(history, clock)
    told: list[bool] = []
    replay.subscribe(lambda: told.append(replay.is_playing))
    await replay.seek(START_MS + 2_000)
    replay.play(10)
    await clock.advance(1.0)
    assert replay.clock.now_ms() == START_MS + 12_000
    assert numbers(replay) == {"One": 10}
    replay.pause()
    await clock.advance(5.0)
    assert replay.clock.now_ms() == START_MS + 12_000
    replay.play(1)
    await clock.advance(3.5)
    assert numbers(replay) == {"One": 15}
    await replay.seek(START_MS + 60_000)
    await clock.advance(5.0)
    assert numbers(replay) == {"One": 65}
    replay.play(60)
    await clock.advance(2.0)
    assert not replay.is_playing
    assert not told[-1]
    assert 0 <= clock.now_ms() - replay.clock.now_ms() < 2_500
    await replay.aclose()


async def test_where_the_recording_is_read_too_slowly_frames_are_skipped(clock: ManualClock) -> None:
    history = FakeHistory([frame(second, second // 10) for second in range(0, 1000, 10)])
    replay = Replay(history, clock)
    await replay.seek(START_MS)
    replay.play(60)
    clock._move(clock.monotonic() + 10)  # nothing ran for ten seconds
    await settle()
    assert numbers(replay) == {"One": 60}
    assert history.asked[-1] == START_MS + 600_000
    await replay.aclose()


async def test_it_steps_from_frame_to_frame_across_gaps(clock: ManualClock) -> None:
    replay = Replay(FakeHistory([frame(0, 0), frame(5, 1), frame(1500, 2, TWO)]), clock)
    await replay.seek(START_MS + 1_000)
    for frames, number in ((1, 5), (1, 1500), (-1, 5), (-1, 0)):
        assert await replay.step(frames)
        assert replay.clock.now_ms() == START_MS + number * 1000
    assert not await replay.step(-1)
    await replay.aclose()


async def test_gaps_say_whether_the_console_ran(clock: ManualClock) -> None:
    frames = [frame(0, 1), frame(5, 2), frame(600, 3), frame(605, 4, state=HealthState.UNREACHABLE), frame(900, 5)]
    replay = Replay(FakeHistory(frames), clock)
    ends = (START_MS, START_MS + 1_000_000)
    assert await replay.gap_at(START_MS + 3_000, *ends) is None
    assert await replay.gap_at(START_MS + 300_000, *ends) == Gap(START_MS + 15_000, START_MS + 600_000, False)
    shorter = [frame(0, 1), frame(30, 1, state=HealthState.UNREACHABLE), frame(900, 5)]
    assert await Replay(FakeHistory(shorter), clock).gap_at(START_MS + 99_000, *ends) == Gap(
        START_MS + 10_000, START_MS + 900_000, True
    )
    assert await replay.bounds() == (START_MS, START_MS + 900_000)
    here = to_datetime(START_MS).astimezone().date()
    assert await replay.days() == [here]
    assert await Replay(FakeHistory(), clock).days() == []
    far = [frame(0, 1), frame(86_400 * 3, 2)]
    assert await Replay(FakeHistory(far), clock).days() == [here, here + timedelta(days=3)]


def test_spans_that_touch_are_one_and_gaps_lie_between() -> None:
    spans = united([Span(5, 9), Span(0, 3), Span(2, 4)])
    assert spans == [Span(0, 4), Span(5, 9)]
    assert gaps(spans, 1, 12) == [(4, 5), (9, 12)]


async def test_the_clock_of_now_and_the_clock_of_then_agree_on_now(clock: ManualClock) -> None:
    then = ReplayClock(clock)
    assert then.monotonic() == clock.monotonic()
    then.run(10)
    await clock.advance(2.0)
    assert then.monotonic() == pytest.approx(clock.monotonic() + 18)
