"""console.engine.resume: a night's sleep is noticed, whatever the clocks did meanwhile; nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.engine.resume import LOOK_S, ResumeWatch
from console.tasks import TaskScope
from tests.support import ManualClock, settle


class Watched:
    """A watch on clocks that can be set."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.resumes = 0
        self.watch = ResumeWatch(self.clock, self._on_resume, lambda: self.clock.now_ms() / 1000)

    def _on_resume(self) -> None:
        self.resumes += 1

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock only."""
        self.clock.set_wall(self.clock.now_ms() + seconds * 1000)


@asynccontextmanager
async def watched() -> AsyncIterator[Watched]:
    """A running watch."""
    rig = Watched()
    async with TaskScope("test") as scope:
        scope.start(rig.watch.run(), "watch")
        await settle()
        yield rig


async def test_a_sleep_in_which_the_monotonic_clock_stood_still_is_noticed_once() -> None:
    async with watched() as rig:
        await rig.clock.advance(3)
        rig.step_wall(8 * 3600)
        await rig.clock.advance(LOOK_S)
        assert rig.resumes == 1
        await rig.clock.advance(60)
        assert rig.resumes == 1


async def test_a_sleep_in_which_all_clocks_went_on_is_noticed_once() -> None:
    async with watched() as rig:
        rig.clock._move(rig.clock.monotonic() + 8 * 3600)  # nothing ran meanwhile
        await rig.clock.advance(LOOK_S)
        assert rig.resumes == 1
        await rig.clock.advance(60)
        assert rig.resumes == 1


async def test_small_steps_and_steps_back_are_no_sleep() -> None:
    async with watched() as rig:
        for seconds in (2.0, -2.0, 4.0, -86_400.0):
            rig.step_wall(seconds)
            await rig.clock.advance(LOOK_S)
        assert rig.resumes == 0


class FastClock(ManualClock):
    """A demo's clock: its wall runs an hour each second."""

    def now_ms(self) -> float:
        return super().now_ms() + self.monotonic() * 3_600_000


async def test_a_demo_that_runs_fast_is_no_sleep() -> None:
    clock, seen = FastClock(), []
    started = clock.monotonic()
    watch = ResumeWatch(clock, lambda: seen.append(1), lambda: 1_800_000_000 + clock.monotonic() - started)
    async with TaskScope("test") as scope:
        scope.start(watch.run(), "watch")
        await clock.advance(60)
    assert seen == []
