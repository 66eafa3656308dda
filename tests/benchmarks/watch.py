"""Runs the console's own `main` with instruments on the window. The console knows nothing of it."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from time import perf_counter
from typing import Any

from probes import GapRecorder, PaintMark
from PySide6.QtCore import QObject, QTimer
from threads import ThreadTimes, gap_figures, rss_mib

from console.app.main import main
from console.ui.windows.main_window import MainWindow

Json = dict[str, Any]


class Watch(QObject):
    """What one plan asks for.

    Plan (JSON): ``settle_s`` seconds after the first live numbers before `measure_s` seconds are measured;
    ``gaps`` whether the loop is recorded; ``polls`` measure until so many polls instead; ``close_after_s`` leave so
    long after the first paint, live or not; ``profile`` a file for the profile of the measured time.
    """

    def __init__(self, started: float, plan: Json, window: MainWindow) -> None:
        super().__init__(window)
        self.seen: Json = {}
        self._started = started
        self._plan = plan
        self._window = window
        self._refreshes: list[float] = []
        self._recorder = GapRecorder(self)
        self._paint = PaintMark(window)
        self._paint.then = self._on_painted
        agents = window.docks.pane("agents")
        self._live = PaintMark(agents.table.viewport(), lambda: agents.model.rowCount() > 0)
        self._live.then = self._on_live

    def follow(self, store: Any) -> None:
        """Note each snapshot the store takes."""
        store.subscribe(self._on_stored)

    def _on_stored(self, _changed: object) -> None:
        self._refreshes.append(perf_counter())
        polls = self._plan.get("polls")
        if polls and len(self._refreshes) == self._plan["warm_polls"]:
            self._measure()
        elif polls and len(self._refreshes) == self._plan["warm_polls"] + polls:
            self._after(0.0, self._finish)

    def _on_painted(self) -> None:
        self.seen["painted_ms"] = (self._paint.at - self._started) * 1000
        if (seconds := self._plan.get("close_after_s")) is not None:
            self._after(seconds, self._leave)

    def _on_live(self) -> None:
        self.seen["live_ms"] = (self._live.at - self._started) * 1000
        if self._plan.get("leave_live"):
            self._leave()
        elif "measure_s" in self._plan:
            self._after(self._plan["settle_s"], self._measure)
            self._after(self._plan["settle_s"] + self._plan["measure_s"], self._finish)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        QTimer.singleShot(round(seconds * 1000), self, what)

    def _measure(self) -> None:
        if self._plan.get("polls"):
            gc.collect()
        self._from = perf_counter()
        self._cpu_from = time.process_time()
        self._threads = ThreadTimes()
        self.seen["rss_first_mib"] = rss_mib()
        if self._plan.get("gaps"):
            self._recorder.start()
        if self._plan.get("profile"):
            import cProfile

            self._profiler = cProfile.Profile()
            self._profiler.enable()

    def _finish(self) -> None:
        if self._plan.get("profile"):
            self._profiler.disable()
            self._profiler.dump_stats(self._plan["profile"])
        self._recorder.stop()
        if self._plan.get("polls"):
            gc.collect()
        wall = perf_counter() - self._from
        self.seen["cpu_percent"] = 100 * (time.process_time() - self._cpu_from) / wall
        self.seen["threads"] = self._threads.shares()["threads"]
        self.seen["rss_mib"] = rss_mib()
        self.seen["polls"] = sum(at >= self._from for at in self._refreshes)
        if self._plan.get("gaps"):
            self.seen |= gap_figures(self._recorder.gaps, self._refreshes)
        self._leave()

    def _leave(self) -> None:
        self.seen["left_at"] = time.time()
        self._window.close()


def run(started: float, plan_text: str, arguments: list[str]) -> int:
    """Run the console by its command line under a plan, then print what was seen."""
    plan: Json = json.loads(plan_text)
    watches: list[Watch] = []
    build, attach = MainWindow.__init__, MainWindow.attach

    def build_watched(window: MainWindow, *args: Any, **more: Any) -> None:
        build(window, *args, **more)
        watches.append(Watch(started, plan, window))

    def attach_watched(window: MainWindow, services: Any) -> None:
        watches[0].follow(services.store)
        attach(window, services)

    MainWindow.__init__ = build_watched  # type: ignore[method-assign]
    MainWindow.attach = attach_watched  # type: ignore[method-assign]
    if plan.get("lapse"):
        _lapse(plan["lapse"])
    seen: Json = {}
    try:
        return main(arguments)
    finally:
        if watches:
            seen = watches[0].seen
        print(json.dumps(seen), flush=True)


def _lapse(speed: float) -> None:
    """Let an hour of polls, refreshes and second hands pass in less: the console's clock runs `speed` times faster."""
    from console.app import window as composition
    from console.domain.clock import SystemClock
    from console.ui.models.ticker import Ticker
    from console.ui.runtime.bridge import StoreBridge

    class LapseClock(SystemClock):
        def __init__(self, **_ours: object) -> None:
            super().__init__(speed)

        def monotonic(self) -> float:
            return time.monotonic() * speed

        async def wait(self, event: Any, seconds: float) -> bool:
            return await super().wait(event, seconds / speed)

    composition.SystemClock = LapseClock  # type: ignore[misc]
    Ticker._to_next_ms = lambda _self: max(1, round(1000 / speed))  # type: ignore[method-assign]
    StoreBridge.__init__.__defaults__ = (None, 1)
