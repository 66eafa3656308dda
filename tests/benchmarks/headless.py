"""The engine without a window, watched from inside: ``headless.py PLAN --config-dir FOLDER``; prints one JSON line.

Plan (JSON): ``settle_s`` after the first live numbers before ``measure_s`` are measured.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

from threads import ThreadTimes, gap_figures, rss_mib

from console.app.memory import LOOK_MS, look_when_due, rest_collector, spare_what_stays
from console.domain.frames import Frame
from console.engine.core import Core, open_core
from console.engine.history.archive import Archive
from console.net.redact import Redactor
from console.settings.paths import resolve_paths

TICK_S = 0.005
_PAGES = ("page_count", "freelist_count", "page_size")


def main(plan: dict[str, Any], folder: str) -> None:
    """Run and print."""
    print(json.dumps(asyncio.run(watch(plan, folder))), flush=True)


async def watch(plan: dict[str, Any], folder: str) -> dict[str, Any]:
    """What was seen of an engine on the settings of a folder."""
    rest_collector()
    told: list[str] = []
    core = open_core(
        resolve_paths(folder, environ={}),
        report_bug=lambda where, error: logging.getLogger(where).error("", exc_info=error),
        redactor=Redactor(),
        tell=lambda sentence: told.append(sentence.code),
    )
    refreshes: list[float] = []
    first = asyncio.Event()

    def on_frame(frame: Frame) -> None:
        if frame.source.snapshot is not None:
            refreshes.append(perf_counter())
            first.set()

    core.frames.subscribe(on_frame)
    core.alerts.use_history(core.recorder)
    await core.limits.load()
    await core.alerts.start()
    core.recorder.start(core.frames)
    core.profiles.start()
    async with asyncio.timeout(60):
        await first.wait()
    spare_what_stays()
    await asyncio.sleep(plan["settle_s"])
    seen = await _measure(core, plan, refreshes)
    await core.aclose()
    return seen | {"told": told, "sealed_bytes": sealed_bytes(core.paths.recordings)}


def sealed_bytes(folder: Path) -> int:
    """The size of the recording once all of it is packed."""
    archive = Archive(folder, lambda sentence: None)
    archive.writer._may_write()  # packs what lies in the journal
    archive.close()
    total = 0
    for path in folder.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as base:
            pages, free, size = (base.execute(f"PRAGMA {what}").fetchone()[0] for what in _PAGES)
            total += (pages - free) * size
    return total


async def _measure(core: Core, plan: dict[str, Any], refreshes: list[float]) -> dict[str, Any]:
    times, gaps = ThreadTimes(), list[tuple[float, float]]()
    seen: dict[str, Any] = {"rss_first_mib": rss_mib(), "bytes_first": (await core.recorder.usage()).bytes_on_disk}
    profiler = None
    if plan.get("profile"):
        import cProfile

        profiler = cProfile.Profile()
        profiler.enable()
    until, last = perf_counter() + plan["measure_s"], perf_counter()
    look_at = last
    while last < until:
        await asyncio.sleep(TICK_S)
        if last >= look_at:  # as the window does
            look_at = last + LOOK_MS / 1000
            look_when_due()
        now = perf_counter()
        gaps.append((now, now - last))
        last = now
    if profiler is not None:
        profiler.disable()
        profiler.dump_stats(plan["profile"])
    seen |= times.shares()
    usage = await core.recorder.usage()
    return (
        seen
        | gap_figures(gaps, refreshes)
        | {"rss_mib": rss_mib(), "bytes": usage.bytes_on_disk, "problem": usage.problem}
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[3] if Path(sys.argv[3]).is_dir() else "")
