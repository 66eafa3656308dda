"""A night of a wallboard in a few minutes: what memory grows by in eight hours of pages, losses and themes.

The window is the console's own, at 1920x1080, with two pages (tiles, tables, a chart over a recording) that turn every
20 s. Its clock is a fast one: each round is five seconds, with a new snapshot of 12 queues and 60 agents; every half
hour the connection is lost for two minutes; every hour the theme and the size of type change; every round
is painted in which the page turns. ``--hours`` shortens the night.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from harness import show
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication
from watch import rss_mib

from console.domain.columns import standard
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.model import Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count
from console.engine.history.base import Series, SeriesKey
from console.engine.store import Store
from console.ui.runtime.loop import run
from console.ui.services import MemoryState, Services
from console.ui.theme import Theme
from console.ui.wallboard.starter import make
from console.ui.wallboard.window import WallboardWindow

ROUND_S = 5.0
PAINTS_EVERY = 4  # rounds; the pages turn as often
LOST_ROUNDS, LOSS_EVERY = 24, 360
HOUR = 720  # rounds
WARM_ROUNDS = 180
PROFILE = ProfileId("p1")


class FastClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.ms, self.mono = 1_780_000_000_000.0, 1_000.0

    def now_ms(self) -> float:
        """Wall clock."""
        return self.ms

    def monotonic(self) -> float:
        """Seconds."""
        return self.mono

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Nobody waits here."""
        raise NotImplementedError


class Recording:
    """A recording that answers every question about a curve with an hour of points."""

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series:
        """A made-up curve."""
        times = np.arange(start_ms, end_ms, 5_000.0)
        values = np.random.default_rng(int(end_ms) % 1000).integers(0, 9, len(times)).astype(float)
        return Series(key, times, values, Unit.COUNT, "Waiting", key.row_id)


def snapshot(now_ms: float, dice: random.Random) -> Snapshot:
    """12 queues, 60 agents, some callers."""
    columns = {section: tuple(column.info for column in standard(section)) for section in Section}

    def running(most_s: int) -> Reading:
        return Reading(Status.OK, 1000.0 * dice.randrange(most_s), Unit.MS, rate=1.0, at_ms=now_ms)

    def word(text: str) -> Reading:
        return Reading(Status.OK, text, Unit.TEXT)

    states = [status.value for status in AgentStatus]
    queues = [
        Row(
            f"q{n}",
            f"Queue {n}",
            {
                "waiting": count(dice.randrange(12)),
                "longest_wait": running(180),
                "agents_available": count(dice.randrange(4)),
                **{name: count(dice.randrange(900)) for name in ("offered", "answered", "abandoned")},
                "service_level": Reading(Status.OK, dice.uniform(50, 100), Unit.PERCENT),
            },
        )
        for n in range(12)
    ]
    agents = [
        Row(f"a{n}", f"Agent {n}", {"state": word(dice.choice(states)), "time_in_state": running(4000)})
        for n in range(60)
    ]
    waiting = [
        Row(f"c{dice.random()}", "", {"caller_number": word(f"+49 {dice.randrange(10**9)}"), "wait": running(300)})
        for _ in range(dice.randrange(20))
    ]
    taken = datetime.fromtimestamp(now_ms / 1000, UTC)
    return Snapshot(PROFILE, "made-up", taken, columns, tuple(queues), tuple(agents), tuple(waiting))


async def night(app: QApplication, hours: float) -> int:
    """Live through it and print."""
    dice, clock, store = random.Random(1), FastClock(), Store()
    theme = Theme("dark")
    theme.apply(app)
    store.arrange([(Profile(PROFILE, "Site", "made-up", "https://x.example"), "Made up", _health(clock))])
    store.put(PROFILE, _health(clock), snapshot(clock.ms, dice))
    services = Services(store, cast(Any, None), history=cast(Any, Recording()))
    board = replace(make("floor", store.board, "b"), every_s=20.0)
    window = WallboardWindow(theme, clock, services, board, MemoryState())
    window.resize(QSize(1920, 1080))
    window.show()
    picture = QPixmap(window.size())
    marks: list[float] = []
    rounds, began, turns = WARM_ROUNDS + int(hours * HOUR), perf_counter(), 0
    for n in range(rounds):
        clock.ms += ROUND_S * 1000
        clock.mono += ROUND_S
        if n % LOSS_EVERY < LOST_ROUNDS and n > LOST_ROUNDS:
            store.put(PROFILE, replace(_health(clock, n % LOSS_EVERY), state=HealthState.UNREACHABLE))
        else:
            store.put(PROFILE, _health(clock), snapshot(clock.ms, dice))
        page = window.page_number
        window.refresh()
        turns += page != window.page_number
        if n % PAINTS_EVERY == 0:
            window.render(picture)
        if n % HOUR == WARM_ROUNDS:
            theme.set_mode("light" if len(marks) % 2 else "dark")
            window.show_board(replace(board, scale=1.0 + 0.1 * (len(marks) % 3)))
            marks.append(_settled(app))
            show(f"wallboard.memory.hour_{len(marks) - 1}", marks[-1], "MiB", None, f"{turns} pages turned")
        await asyncio.sleep(0)
    marks.append(_settled(app))
    show("wallboard.memory.end", marks[-1], "MiB", None, f"{turns} pages turned")
    show("wallboard.growth", marks[-1] - marks[0], "MiB", 5.0, f"over {hours:g} h, aim <= 5")
    if len(marks) > 3:
        show("wallboard.growth.second_half", marks[-1] - marks[len(marks) // 2], "MiB", 2.5, "aim <= 2.5")
    spent = perf_counter() - began
    show("wallboard.cost", 100 * spent / (rounds * ROUND_S), "%", 3.0, "of a core in real time, paints each 20 s")
    await window.aclose()
    return 0


def _health(clock: FastClock, rounds_ago: float = 0) -> Health:
    at = datetime.fromtimestamp(clock.ms / 1000 - ROUND_S * rounds_ago, UTC)
    return Health(HealthState.LIVE, at, last_ok_mono=clock.mono - ROUND_S * rounds_ago, last_ok_at=at)


def _settled(app: QApplication) -> float:
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return rss_mib()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0, help="of the night (8)")
    hours = parser.parse_args().hours
    app = QApplication([])
    run(lambda _: night(app, hours), app)


if __name__ == "__main__":
    main()
