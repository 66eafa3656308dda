"""Time lapse: an event loop whose clock stands still while anything happens and jumps over every wait.

Server, adapter and session of a test run in one loop, so when no socket is ready and no thread works, nothing can
happen before the next timer: the loop goes there at once. Ten minutes of an outage take a fraction of a second, with
the time limits, pauses and pings the product ships with, and every measured second is exact however busy the
machine is.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
import pytest

from console.settings.worker import Worker

GRACE_S = 0.001  # real: what was written to the loopback arrives within it
STUCK_S = 60.0  # real: a test that waits so long for a socket or a thread will never end
REST_S = 0.1  # lapsed; ten times that in long waits


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for sockets in real time only as long as something can still come."""

    loop: LapseLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector.select`."""
        if timeout is not None and timeout <= 0:
            return super().select(0)
        given_up = time.monotonic() + STUCK_S
        while True:
            must_wait = timeout is None or self.loop.threads > 0
            ready = super().select(0.5 if must_wait else GRACE_S)
            if ready:
                return ready
            if not must_wait and timeout is not None:
                self.loop.lapsed_s += timeout
                return []
            if time.monotonic() > given_up:
                raise RuntimeError("nothing will ever happen: no timer, no socket, no thread")


class LapseLoop(asyncio.SelectorEventLoop):
    """See the module."""

    def __init__(self) -> None:
        self.lapsed_s = 1000.0
        self.threads = 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds of the loop's own clock."""
        return self.lapsed_s

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Run in a thread; time stands still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: object) -> None:
        self.threads -= 1


class LapseClock:
    """The product's clock on a `LapseLoop`; the wall clock can be set apart from it."""

    def __init__(self) -> None:
        self._start_s = asyncio.get_running_loop().time()
        self._wall_ms = time.time() * 1000

    def now_ms(self) -> float:
        """See `console.domain.clock.Clock`."""
        return self._wall_ms + (self.monotonic() - self._start_s) * 1000

    def monotonic(self) -> float:
        """See `console.domain.clock.Clock`."""
        return asyncio.get_running_loop().time()

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back, as a person, a time service or a night's sleep does."""
        self._wall_ms += seconds * 1000

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """See `console.domain.clock.Clock`."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        return event.is_set()


@contextmanager
def _counted_threads() -> Iterator[None]:
    """Time stands still for threads that are not the loop's too: anyio makes TLS contexts in its own, we save files."""

    def counted(real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, LapseLoop)
            loop.threads += 1
            try:
                return await real(*args, **kwargs)
            finally:
                loop.threads -= 1

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anyio.to_thread, "run_sync", counted(anyio.to_thread.run_sync))
        patch.setattr(Worker, "run", counted(Worker.run))
        yield


def run(coro: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in time lapse; what its loop had to report fails it."""
    reports: list[str] = []

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        reports.append(f"{context.get('message')}: {context.get('exception')!r}")

    with _counted_threads(), asyncio.Runner(loop_factory=LapseLoop) as runner:
        runner.get_loop().set_exception_handler(note)
        result = runner.run(coro)
    assert not reports, reports
    return result


def lapsed(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Decorator: the coroutine test runs in time lapse."""

    @functools.wraps(test)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        run(test(*args, **kwargs))  # type: ignore[arg-type]

    return wrapper


async def until(predicate: Callable[[], bool], most_s: float = 120.0) -> float:
    """Let time lapse until something is true; returns how many seconds that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not predicate():
        assert loop.time() - began < most_s, f"not within {most_s} s"
        lapsed_s = loop.time() - began
        await asyncio.sleep(REST_S if lapsed_s < 15 else REST_S * 10)
    return loop.time() - began
