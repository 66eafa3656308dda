"""One refresh of 2,000 agents with 10 columns, all values changed and the order with them, on the UI thread.

The real agent pane at 1600 x 900 is given boards; measured is the work from the board to the model (filter, sort, tell
what differs) and the repaint of what is on screen. Nothing else runs in the process.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from harness import options, show
from PySide6.QtWidgets import QApplication

from console.app.memory import rest_collector, spare_what_stays
from console.domain.board import Board, Source
from console.domain.clock import SystemClock, now
from console.domain.enums import HealthState, Section
from console.domain.model import ColumnInfo, Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count, text
from console.ui.panes.agent_pane import AgentPane
from console.ui.theme import Theme

AGENTS = 2_000
STATES = ("available", "on_call", "after_call", "paused", "logged_off")
EXTRA = ("metric:TALK", "metric:SHIFT")


def rows(dice: random.Random, at_ms: float) -> tuple[Row, ...]:
    """Agents with a reading in each of ten columns (the name is one), every one of them new."""
    found = []
    for number in range(AGENTS):
        readings = {
            "state": text(dice.choice(STATES)),
            "time_in_state": Reading(Status.OK, dice.randrange(900_000), Unit.MS, 1.0, at_ms),
            "pause_reason": text(dice.choice(("Lunch", "Training", "Break"))),
            "queues": text(f"Support {dice.randrange(99)}"),
            "caller": text(f"+49 30 {dice.randrange(10**7):07d}"),
            "calls_taken": count(dice.randrange(5_000)),
            "last_call": Reading(Status.OK, dice.randrange(900_000), Unit.MS, 1.0, at_ms),
            EXTRA[0]: count(dice.randrange(5_000)),
            EXTRA[1]: count(dice.randrange(5_000)),
        }
        found.append(Row(f"agent-{number}", f"Agent {number:04d}", readings))
    return tuple(found)


def board(clock: SystemClock, dice: random.Random) -> Board:
    """A floor on which everything is different from the one before."""
    at = now(clock)
    profile = Profile(ProfileId("p"), "Floor", "chronicall", "http://127.0.0.1:9")
    columns = tuple(ColumnInfo(name, name, Unit.COUNT) for name in EXTRA)
    snapshot = Snapshot(profile.id, "chronicall", datetime.now(UTC), {Section.AGENTS: columns}, agents=rows(dice, 0.0))
    health = Health(HealthState.LIVE, at, last_ok_mono=clock.monotonic(), last_ok_at=at)
    return Board((Source(profile, "Chronicall", snapshot, health),))


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=25).runs
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["model"])
    clock = SystemClock()
    theme = Theme("dark")
    theme.apply(app)
    rest_collector()
    spare_what_stays()
    pane = AgentPane(theme, clock)
    pane.columns.restore({"sort": "calls_taken", "descending": True})
    pane.resize(1600, 900)
    pane.show()
    app.processEvents()
    dice = random.Random(3)
    total, again = [], []
    told = []
    pane.model.rowsInserted.connect(lambda *_: told.append(True))
    pane.model.dataChanged.connect(lambda *_: told.append(True))
    for turn in range(runs + 3):
        new = board(clock, dice)
        app.processEvents()
        told.clear()
        started = perf_counter()
        pane.set_board(new)
        while not told:
            app.processEvents()  # the pane's slices, and the repaint
        middle = perf_counter()
        pane.table.viewport().repaint()
        if turn >= 3:
            total.append((middle - started) * 1000)
            again.append((perf_counter() - middle) * 1000)
    show("model.refresh", median(total), "ms", 20.0, f"aim <= 20, repaint included (max {max(total):.1f}; n={runs})")
    columns = len(pane.columns.shown())
    show("model.repaint_again", median(again), "ms", None, f"the same {columns} columns once more, all cells known")


if __name__ == "__main__":
    main()
