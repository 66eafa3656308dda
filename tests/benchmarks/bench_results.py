"""A result of one million rows by twelve columns on screen: opened, scrolled, sorted, filtered, added up and drawn.

Each step is watched in a fresh process by a precise timer of 5 ms on the window's own loop: the longest time that the
window could not answer is the figure that counts (aim: 40 ms). How long the work itself takes is printed beside it.

``idle`` is two seconds of nothing: what the machine itself takes from the loop. ``--file`` keeps the made-up file for
the next time, ``--rows`` makes it smaller.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from callfile import HEADER, ROWS, write_calls
from harness import HERE, ROOT, compile_all, environment, options, show

GAP_AIM = 40.0
AIMS = {"open": 300.0, "sort_number": 200.0, "sort_text": 300.0, "filter": 200.0}
STEPS = (
    "idle",
    "open",
    "scroll",
    "jump",
    "sort_number",
    "sort_text",
    "filter",
    "typing",
    "select_all",
    "totals",
    "copy",
    "chart",
)
_RESTS = 0.3  # seconds after a step, in which its page still arrives


def main() -> None:
    """Measure in fresh processes and print."""
    runs = options(__doc__, seconds=0, runs=3).runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--child", type=Path)
    chosen = parser.parse_known_args()[0]
    if chosen.child is not None:
        print(json.dumps(_child(chosen.child)))
        return
    compile_all()
    with tempfile.TemporaryDirectory(prefix="supervisor-console-bench-") as folder:
        path = chosen.file or Path(folder, "calls.csv")
        if not path.exists():
            write_calls(path, chosen.rows)
        seen = [_measured(path) for _ in range(runs)]
    for step in STEPS:
        took = [run[f"{step}.took"] for run in seen]
        aim = AIMS.get(step)
        said = f"aim <= {aim:.0f} " if aim else ""
        show(f"results.{step}", median(took), "ms", aim, f"{said}(max {max(took):.0f}; n={runs})")
        gaps = [run[f"{step}.gap"] for run in seen]
        show(
            f"results.{step}.gap", median(gaps), "ms", GAP_AIM, f"aim <= {GAP_AIM:.0f} (max {max(gaps):.0f}; n={runs})"
        )


def _measured(path: Path) -> dict[str, float]:
    command = [sys.executable, str(HERE / "bench_results.py"), "--child", str(path)]
    done = subprocess.run(command, env=environment(PYTHONPATH=str(ROOT)), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the window ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _child(path: Path) -> dict[str, float]:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from console.app import memory
    from console.ui.runtime.loop import make_loop
    from console.ui.theme import Theme

    app = QApplication([])
    theme = Theme("light")
    theme.apply(app)
    memory.rest_collector()
    memory.spare_what_stays()
    keeper = QTimer()
    keeper.timeout.connect(memory.look_when_due)
    keeper.start(memory.LOOK_MS)

    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
        return runner.run(_Watch(theme).run(path))


class _Watch:
    """Takes the steps and notes the longest gap of each."""

    def __init__(self, theme: object) -> None:
        from probes import GapRecorder
        from PySide6.QtCore import QObject

        self._theme = theme
        self._owner = QObject()
        self._recorder = GapRecorder(self._owner)
        self._seen: dict[str, float] = {}

    async def run(self, path: Path) -> dict[str, float]:
        """All steps in their order."""
        from console.reports.columns import Column, ColumnKind
        from console.reports.request import RunPlan
        from console.reports.result import ReportResult
        from console.reports.table import Table

        kind = ColumnKind
        kinds = (kind.NUMBER, kind.DATETIME, *[kind.TEXT] * 6, kind.NUMBER, kind.DURATION, kind.DURATION, kind.PERCENT)
        columns = tuple(Column(title, title, own) for title, own in zip(HEADER, kinds, strict=True))
        table = await asyncio.to_thread(Table.from_csv, path, columns)
        result = ReportResult(RunPlan("p", "calls", "Calls", {}, "csv", ()), "Calls", table)
        from console.ui.results import ResultWindow  # what only the first window pays is not what is measured

        self._window = ResultWindow(self._theme, result)  # type: ignore[arg-type]
        await self._window.aclose()
        self._recorder.start()
        await self._step("idle", lambda: asyncio.sleep(2))
        await self._step("open", self._open(result))
        panel = self._window.panel
        assert panel is not None
        self._panel = panel
        await self._step("scroll", self._scroll())
        await self._step("jump", self._jump())
        await self._step("sort_number", lambda: self._ordered(lambda: panel.columns.sort_by(8, True)))
        await self._step("sort_text", lambda: self._ordered(lambda: panel.columns.sort_by(3, False)))
        await self._step("filter", lambda: self._ordered(lambda: self._filter("voicemail left")))
        await self._step("typing", self._typing())
        await self._step("select_all", self._until_said(panel.view.selectAll))
        await self._step("totals", self._totals())
        await self._step("copy", self._until_said(lambda: panel.copy(True)))
        await self._step("chart", self._chart())
        self._recorder.stop()
        await self._window.aclose()
        table.close()
        return self._seen

    async def _step(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(_RESTS)
        self._recorder.gaps.clear()
        began = perf_counter()
        await work()
        self._seen[f"{name}.took"] = (perf_counter() - began) * 1000
        await asyncio.sleep(_RESTS)
        self._seen[f"{name}.gap"] = max(gap for _, gap in self._recorder.gaps) * 1000

    def _open(self, result: object) -> Callable[[], Awaitable[None]]:
        from console.ui.results import ResultWindow

        async def work() -> None:
            self._window = ResultWindow(self._theme, result)  # type: ignore[arg-type]
            self._window.resize(1600, 900)
            self._window.show()
            panel = self._window.panel
            while panel is None or not panel.model.sample(1):
                await asyncio.sleep(0.001)

        return work

    def _scroll(self) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            bar = self._panel.view.verticalScrollBar()
            for _ in range(120):
                bar.setValue(bar.value() + bar.pageStep())
                await asyncio.sleep(0.008)

        return work

    def _jump(self) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            bar = self._panel.view.verticalScrollBar()
            for part in range(60):
                bar.setValue(bar.maximum() * (part * 37 % 60) // 60)
                await asyncio.sleep(0.016)

        return work

    async def _ordered(self, ask: Callable[[], object]) -> None:
        done = asyncio.get_running_loop().create_future()
        self._panel.model.reordered.connect(lambda: done.done() or done.set_result(None))
        ask()
        await done
        self._panel.model.reordered.disconnect()
        self._panel.model.reordered.connect(self._panel._on_reordered)

    def _filter(self, text: str) -> None:
        self._panel.search.setText(text)
        self._panel.apply()

    def _typing(self) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            for end in range(1, 9):
                self._panel.search.setText("customer"[:end])
                await asyncio.sleep(0.09)
            await self._ordered(lambda: self._filter(""))

        return work

    def _until_said(self, ask: Callable[[], object]) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self._panel.selected.setText("")
            ask()
            while self._panel.selected.full_text() in ("", "Copying…"):
                await asyncio.sleep(0.002)

        return work

    def _totals(self) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self._panel.totals_button.setChecked(True)
            while self._panel.totals.isHidden():
                await asyncio.sleep(0.002)

        return work

    def _chart(self) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            page = self._window.open_chart()
            assert page is not None
            while page.canvas is None:
                await asyncio.sleep(0.002)

        return work


if __name__ == "__main__":
    main()
