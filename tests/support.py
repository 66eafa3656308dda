"""Stand-ins that several test rooms share."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

import pytest

START_MS = 1_800_000_000_000.0  # some moment in January 2027


class ManualClock:
    """A clock that stands still until `advance`; waits on it end in the right order, in no real time."""

    def __init__(self, wall_ms: float = START_MS) -> None:
        self._wall_ms = wall_ms
        self._mono = 1000.0
        self._waits: list[tuple[float, int, asyncio.Event]] = []
        self._ids = count()

    def now_ms(self) -> float:
        return self._wall_ms

    def monotonic(self) -> float:
        return self._mono

    def set_wall(self, wall_ms: float) -> None:
        """Set the wall clock only, as a person or a time service does."""
        self._wall_ms = wall_ms

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        due = asyncio.Event()
        heapq.heappush(self._waits, (self._mono + seconds, next(self._ids), due))
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(due.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            due.set()
        return event.is_set()

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking each waiter at its moment and letting it run."""
        end = self._mono + seconds
        await settle()
        while self._waits and self._waits[0][0] <= end:
            at, _, due = heapq.heappop(self._waits)
            self._move(max(at, self._mono))
            due.set()
            await settle()
        self._move(end)
        await settle()

    def _move(self, mono: float) -> None:
        self._wall_ms += (mono - self._mono) * 1000
        self._mono = mono


async def settle(turns: int = 20) -> None:
    """Let everything that can run now run."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(predicate: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Wait for a condition that comes true by itself; fails after `timeout_s`."""
    async with asyncio.timeout(timeout_s):
        while not predicate():
            await asyncio.sleep(0.01)


async def finish(work: Awaitable[object]) -> None:
    """Await a cancelled task to its end."""
    await asyncio.wait([asyncio.ensure_future(work)])


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind; a room uses it by importing it into its conftest."""
    yield
    me = asyncio.current_task()
    for _ in range(100):
        left = [task for task in asyncio.all_tasks() if task is not me and not task.done()]
        if not left:
            return
        await asyncio.sleep(0.02)
    assert left == []
