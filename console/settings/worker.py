"""One daemon thread for calls that may block without end: the keyring, and disks that are networks.

The loop's own executor is not used, because leaving the loop waits for whatever runs there.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """The call did not end within its limit; it may still run, and its result is thrown away."""


class _Job(Generic[T]):
    """A call on its way: exactly one of `finish` and `abandon` wins."""

    def __init__(self, call: Callable[[], T], undo: Callable[[], object] | None) -> None:
        self.call = call
        self.undo = undo
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self.loop.create_future()
        self._lock = threading.Lock()
        self._over = False

    def abandon(self) -> bool:
        """Give the call up; False when it has just ended."""
        with self._lock:
            won = not self._over
            self._over = True
            return won

    def finish(self, result: T | None, error: BaseException | None) -> bool:
        """Hand the outcome to the loop; False when nobody waits any more."""
        with self._lock:
            if self._over:
                return False
            self._over = True
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle, result, error)
        return True

    @property
    def is_over(self) -> bool:
        """Whether it ended or was given up."""
        with self._lock:
            return self._over

    def _settle(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Worker:
    """Runs calls one after the other on a daemon thread of its own, started with the first call.

    Args:
        name: of the thread.
        limit_s: seconds a caller waits; None waits for ever.
    """

    def __init__(self, name: str, limit_s: float | None = None) -> None:
        self._name = name
        self._limit_s = limit_s
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stuck: _Job[Any] | None = None
        self._running: _Job[Any] | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether a call that went beyond its limit still holds the thread."""
        return self._stuck is not None and self._running is self._stuck

    async def run(self, call: Callable[[], T], *, undo: Callable[[], object] | None = None) -> T:
        """The result of `call()`, or its exception.

        Args:
            undo: called on the thread when the call ends after it was given up, to take back what it did.

        Raises:
            Abandoned: no result within the limit, or an earlier call still hangs.
        """
        if self.is_stuck:
            raise Abandoned
        job = _Job(call, undo)
        self._start()
        self._jobs.put(job)
        try:
            done, _ = await asyncio.wait({job.future}, timeout=self._limit_s)
        except asyncio.CancelledError:
            job.abandon()  # it may be quick all the same: the next call queues behind it
            raise
        if not done and job.abandon():
            if self._running is job:
                self._stuck = job
            raise Abandoned
        return await job.future

    def close(self) -> None:
        """Let the thread end after what it is doing; does not wait for it."""
        self._jobs.put(None)
        self._thread = None

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.is_over:
                self._running = job
                try:
                    self._perform(job)
                finally:
                    self._running = None
            del job  # an idle thread must keep neither a secret nor a loop alive

    @staticmethod
    def _perform(job: _Job[Any]) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = job.call()
        except BaseException as exc:
            error = exc
        if not job.finish(result, error) and job.undo is not None:
            with contextlib.suppress(Exception):
                job.undo()
