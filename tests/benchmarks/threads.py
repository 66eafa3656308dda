"""Instruments of a process about itself: what each of its threads used, its memory, how long its loop stood still."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import psutil


class ThreadTimes:
    """Processor time by thread, from its making on."""

    def __init__(self) -> None:
        self._process = psutil.Process(os.getpid())
        self._began = time.perf_counter()
        self._former = self._now()

    def shares(self) -> dict[str, Any]:
        """Percent of one core: of the process, and of each thread that used any."""
        wall = time.perf_counter() - self._began
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        found: dict[str, float] = {}
        for number, seconds in self._now().items():
            name = names.get(number, "other")
            found[name] = found.get(name, 0.0) + 100 * (seconds - self._former.get(number, 0.0)) / wall
        return {"cpu_percent": sum(found.values()), "threads": {k: round(v, 2) for k, v in found.items() if v >= 0.01}}

    def _now(self) -> dict[int, float]:
        return {thread.id: thread.user_time + thread.system_time for thread in self._process.threads()}


def rss_mib() -> float:
    """Resident memory of this process."""
    return float(psutil.Process(os.getpid()).memory_info().rss) / 2**20


def gap_figures(gaps: Sequence[tuple[float, float]], refreshes: Sequence[float]) -> dict[str, Any]:
    """The worst gap of each refresh: from one snapshot's arrival to the next one's, so that none is missed."""
    worst: dict[int, float] = {}
    for ended, gap in gaps:
        bin_ = bisect_right(refreshes, ended)
        worst[bin_] = max(worst.get(bin_, 0.0), gap)
    whole = sorted(worst)[1:-1]  # the first and the last are cut off
    lengths = sorted(gap for _, gap in gaps)
    return {
        "gap_p50_ms": 1000 * lengths[len(lengths) // 2],
        "gap_p99_ms": 1000 * lengths[len(lengths) * 99 // 100],
        "gap_max_ms": 1000 * lengths[-1],
        "worst_ms": [1000 * worst[bin_] for bin_ in whole] or [1000 * lengths[-1]],
    }
