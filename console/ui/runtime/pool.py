"""A small thread pool that cannot hold up the exit.

`ThreadPoolExecutor` joins its threads at interpreter exit whatever they do, so one name look-up on a dead network
would keep a closed program alive. These threads are daemons and are waited for only a moment.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class DaemonPool(Executor):
    """Up to `workers` daemon threads, started when there is work.

    Args:
        workers: the most threads at a time.
        grace_s: how long `shutdown` waits for running work.
    """

    def __init__(self, workers: int = 4, grace_s: float = 1.0, name: str = "console-pool") -> None:
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
            del job, future, fn, args, kwargs  # an idle thread must not keep the last result alive
            if not self._closed:
                self._idle.release()
