"""Long folds beside the event loop, without the pauses of the garbage collector.

A finished day of a large floor is millions of small tuples. Python's collector would walk through all of them again
and again while they are made, each time for seconds in which no server answers. They form no cycles, so it is
switched off meanwhile, and on a large floor told to leave alone what is there afterwards.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from console.demo.tasks import in_thread

T = TypeVar("T")
_LARGE = 500  # agents from which a day is worth it


class _Quiet:
    """How many folds run without the collector."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running = 0
        self._was_on = True

    def __enter__(self) -> None:
        with self._lock:
            if not self._running:
                self._was_on = gc.isenabled()
                gc.disable()
            self._running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1
            if not self._running and self._was_on:
                gc.freeze()
                gc.enable()


_quiet = _Quiet()


async def fold(function: Callable[[], T], agents: int) -> T:
    """Run a fold over a floor of so many agents in a thread and give its result."""

    def quietly() -> T:
        with _quiet:
            return function()

    return await in_thread(function if agents <= _LARGE else quietly)
