"""The pool: work is done, errors come back, and a stuck thread does not hold up the end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import wait

import pytest

from console.ui.runtime.pool import DaemonPool


def test_pool_gives_results_and_errors_back() -> None:
    pool = DaemonPool(2)
    good = [pool.submit(pow, number, 2) for number in range(20)]
    bad = pool.submit(int, "x")
    assert [future.result(5) for future in good] == [number**2 for number in range(20)]
    with pytest.raises(ValueError, match="invalid literal"):
        bad.result(5)
    pool.shutdown()


def test_pool_keeps_to_its_number_of_threads() -> None:
    pool = DaemonPool(3)
    release = threading.Event()
    jobs = [pool.submit(release.wait, 5) for _ in range(10)]
    names = {thread.name for thread in threading.enumerate() if thread.name.startswith("console-pool")}
    assert len(names) == 3
    release.set()
    wait(jobs, 5)
    pool.shutdown()


def test_what_a_job_worked_with_is_let_go_of_by_the_owner_and_never_by_a_thread() -> None:
    """Qt's objects must be freed on their own thread, also when only the job still held them."""
    freed: list[str] = []
    asked: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    class Model:
        def page(self) -> int:
            return 7

        def __del__(self) -> None:
            freed.append(threading.current_thread().name)

    pool = DaemonPool(1, release=asked.put)
    assert pool.submit(Model().page).result(5) == 7
    let_go = asked.get(timeout=5)
    assert not freed
    let_go()
    assert freed == [threading.current_thread().name]
    pool.shutdown()


def test_shutdown_leaves_a_stuck_thread_behind_and_drops_what_waits() -> None:
    pool = DaemonPool(1, grace_s=0.05)
    release = threading.Event()
    stuck = pool.submit(release.wait, 30)
    while not stuck.running():
        time.sleep(0.001)
    waiting = pool.submit(pow, 2, 2)
    pool.shutdown()
    assert waiting.cancelled()
    assert not stuck.done()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(pow, 2, 2)
    release.set()
