"""A small thread pool that cannot hold up the exit.

`ThreadPoolExecutor` joins its threads at interpreter exit whatever they do, so one name look-up on a dead network
would keep a closed program alive. These threads are daemons and are waited for only a moment.

What a job worked with is let go of by whoever owns the pool, never by its threads: when a window was closed meanwhile,
a thread may hold the last reference to a model or a widget, and Qt's objects must be freed on their own thread.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class DaemonPool(Executor):
    """Up to `workers` daemon threads, started when there is work.

    Args:
        workers: the most threads at a time.
        grace_s: how long `shutdown` waits for running work.
        release: has a function called soon on the owner's thread, as `call_soon_threadsafe` does; without it what
            jobs worked with is let go of when the next one is submitted.
    """

    def __init__(
        self,
        workers: int = 4,
        grace_s: float = 1.0,
        name: str = "console-pool",
        *,
        release: Callable[[Callable[[], object]], object] | None = None,
    ) -> None:
        self._release = release
        self._spent: deque[_Job] = deque()
        self._workers = workers
        self._grace_s = grace_s
        self._name = name
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._closed = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See `Executor.submit`; raises RuntimeError after `shutdown`."""
        self._spent.clear()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            future: Future[T] = Future()
            self._jobs.put((future, fn, args, kwargs))
            if not self._idle.acquire(blocking=False) and len(self._threads) < self._workers:
                thread = threading.Thread(target=self._run, name=f"{self._name}-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, drop what has not begun, and wait at most the grace time for what runs."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._drop_waiting()
            for _ in self._threads:
                self._jobs.put(None)
        due = time.monotonic() + self._grace_s
        for thread in self._threads if wait else ():
            thread.join(max(0.0, due - time.monotonic()))
        self._release = None
        self._spent.clear()

    def _drop_waiting(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                job[0].cancel()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            future, fn, args, kwargs = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)
            self._spent.append(job)
            del job, future, fn, args, kwargs
            if not self._closed:
                self._idle.release()
                self._let_go()

    def _let_go(self) -> None:
        """Have the owner forget what was used: an idle pool must not keep the last result alive."""
        if (release := self._release) is not None:
            with suppress(RuntimeError):  # the loop has closed: the pool goes with it
                release(self._spent.clear)
