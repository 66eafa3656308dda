"""The recorder: what it costs to write a floor, how large a day becomes, how fast a day's curve is read again.

Frames are made up: each second some agents change their state (as often as on the demo's floor: about every 90 s) and
some queues their figures; durations either keep their line or, with --restamped, are stamped anew in every frame.
A part of a day is written and its size taken for the whole. What is read is a whole day: that part, over and over.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from harness import options, show

from console.domain.board import Source
from console.domain.enums import HealthState, Section
from console.domain.frames import Frame
from console.domain.model import ColumnInfo, Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Status, Unit, count, text
from console.engine.history.archive import Archive
from console.engine.history.base import SeriesKey
from console.engine.history.dayfile import DayFile, summary
from console.engine.history.segment import Heads

POLL_S = 5.0
DAY_S = 86_400.0
MB = 1_000_000.0
CHANGE_S = 90.0  # between two changes of one agent's state
BUSY = 0.4  # share of the queues that change from one frame to the next
STATES = ("available", "ringing", "on_call", "after_call", "paused")
COLUMNS = tuple(ColumnInfo(name, name, Unit.COUNT) for name in ("waiting", "offered"))
START_MS = 1_800_057_600_000.0  # midnight, UTC


class Floor:
    """A floor whose rows are the same objects while nothing changes, as vendors hand them out."""

    def __init__(self, queues: int, agents: int, *, restamped: bool = False) -> None:
        self._dice = random.Random(7)
        self._restamped = restamped
        self.profile = Profile(ProfileId("00000000-0000-4000-8000-000000000001"), "Floor", "b", "http://127.0.0.1:9")
        self._offered = [0] * queues
        self._taken = [0] * agents
        self._queues = [self._queue(number, START_MS) for number in range(queues)]
        self._agents = [self._agent(number, START_MS) for number in range(agents)]

    def frame(self, at_ms: float) -> Frame:
        """The next frame."""
        dice = self._dice
        for number in range(len(self._queues)):
            if dice.random() < BUSY:
                self._queues[number] = self._queue(number, at_ms)
        for number in range(len(self._agents)):
            if dice.random() < POLL_S / CHANGE_S:
                self._agents[number] = self._agent(number, at_ms)
            elif self._restamped:
                self._agents[number] = self._stamped(self._agents[number], at_ms)
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        snapshot = Snapshot(
            self.profile.id,
            "b",
            at,
            {Section.QUEUES: COLUMNS},
            tuple(self._queues),
            tuple(self._agents),
            offset_ms=3.25,
        )
        health = Health(HealthState.LIVE, datetime.fromtimestamp(START_MS / 1000, UTC), None, POLL_S, at_ms / 1000, at)
        return Frame(at_ms, Source(self.profile, "Bench", snapshot, health), at_ms + 9_983.25)

    def _queue(self, number: int, at_ms: float) -> Row:
        dice = self._dice
        self._offered[number] += 1
        offered = self._offered[number]
        readings = {
            "waiting": count(dice.randrange(9)),
            "longest_wait": Reading(Status.OK, dice.randrange(90_000), Unit.MS, 1.0, float(int(at_ms) - 1500)),
            "agents_available": count(dice.randrange(30)),
            "agents_busy": count(dice.randrange(30)),
            "agents_logged_in": count(20 + number % 5),
            "offered": count(offered),
            "answered": count(offered * 9 // 10),
            "abandoned": count(offered // 10),
            "abandon_rate": Reading(Status.OK, 100 * (offered // 10) / offered, Unit.PERCENT),
            "avg_wait": Reading(Status.OK, 10_000 + dice.randrange(20_000) / offered, Unit.MS),
            "service_level": Reading(Status.OK, 100 * (offered * 8 // 10) / offered, Unit.PERCENT),
        }
        return Row(f"queue-{number}", f"Queue {number:03d}", readings)

    def _agent(self, number: int, at_ms: float) -> Row:
        dice = self._dice
        state = dice.choice(STATES)
        self._taken[number] += state == "on_call"
        readings = {
            "state": text(state, text=state.title()),
            "time_in_state": Reading(Status.OK, 0, Unit.MS, 1.0, float(int(at_ms) - dice.randrange(5_000))),
            "pause_reason": text(dice.choice(("Lunch", "Training")))
            if state == "paused"
            else Reading(Status.NOT_APPLICABLE, unit=Unit.TEXT),
            "queues": text(f"Queue {number % 97:03d}"),
            "caller": text(f"+49 30 {dice.randrange(10**7):07d}")
            if state == "on_call"
            else Reading(Status.NOT_APPLICABLE, unit=Unit.TEXT),
            "calls_taken": count(self._taken[number]),
            "last_call": Reading(Status.OK, 0, Unit.MS, 1.0, float(int(at_ms) - dice.randrange(60_000))),
        }
        return Row(f"agent-{number}", f"Agent {number:05d}", readings)

    @staticmethod
    def _stamped(row: Row, at_ms: float) -> Row:
        readings = dict(row.readings)
        stamp = float(int(at_ms) - 200)
        for column in ("time_in_state", "last_call"):
            old = readings[column]
            readings[column] = Reading(Status.OK, int(old.value_at(stamp) or 0), Unit.MS, 1.0, stamp)
        return Row(row.id, row.name, readings)


def written(name: str, queues: int, agents: int, minutes: float, day_mb: float, *, restamped: bool = False) -> None:
    """Write some minutes of a floor and print cost and size."""
    floor = Floor(queues, agents, restamped=restamped)
    frames = int(minutes * 60 / POLL_S)
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), print)
        costs = []
        for number in range(frames):
            frame = floor.frame(START_MS + number * POLL_S * 1000 + 0.125 * number)
            started = time.process_time()
            archive.writer.record(frame)
            costs.append((time.process_time() - started) * 1000)
        started = time.process_time()
        archive.writer.seal_all()
        costs[-1] += (time.process_time() - started) * 1000
        archive.close()
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / MB
    day = size * DAY_S / (frames * POLL_S)
    show(f"recorder.{name}.day", day, "MB", day_mb, f"aim <= {day_mb:.0f} MB a day")
    mean = sum(costs) / len(costs)
    show(
        f"recorder.{name}.cpu_per_frame",
        mean,
        "ms",
        250.0,
        f"aim <= 5 % of a core (median {median(costs):.1f}, max {max(costs):.0f})",
    )


def gaps(queues: int, agents: int, frames: int) -> None:
    """How long another thread that sleeps 2 ms at a time is kept from running while frames are written."""
    from console.engine.history.recorder import _pause

    floor = Floor(queues, agents)
    made = [floor.frame(START_MS + number * POLL_S * 1000) for number in range(frames)]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), print, pause=_pause)

        def work() -> None:
            for frame in made:
                archive.writer.record(frame)
                time.sleep(0.05)
            archive.writer.seal_all()
            archive.close()

        thread = threading.Thread(target=work)
        thread.start()
        worst = []
        while thread.is_alive():
            started = time.perf_counter()
            time.sleep(0.002)
            worst.append((time.perf_counter() - started) * 1000 - 2)
        thread.join()
    worst.sort()
    show("recorder.large.gap", worst[-1], "ms", 20.0, f"aim <= 20 (99 %: {worst[int(len(worst) * 0.99)]:.1f})")


def spread_over_a_day(folder: Path, minutes: int) -> None:
    """Copy the segments of the day's first minutes over the rest of it."""
    (path,) = folder.glob("*.sqlite")
    file = DayFile(path, is_writer=True)
    run = file._base.execute
    with file.transaction():
        for place in file.places():
            for turn in range(1, 1440 // minutes):
                heads, shift = Heads.unpack(file.stored(place.id).heads().pack()), turn * minutes * 60_000.0
                heads.at_ms, heads.fresh_ms = heads.at_ms + shift, heads.fresh_ms + shift
                fresh, resets = summary(heads)
                copy = file.begin(place.profile_id, place.start_ms + shift)
                values = (heads.pack(), float(heads.at_ms[-1]), json.dumps(fresh), json.dumps(resets), copy)
                run("UPDATE segments SET head = ?, end_ms = ?, fresh = ?, resets = ? WHERE id = ?", values)
                run(
                    "INSERT INTO parts SELECT ?, section, column_id, rows, data FROM parts WHERE segment = ?",
                    (copy, place.id),
                )
    file.close()


def read(queues: int, agents: int, minutes: int) -> None:
    """A day's curve, the states of all agents and a whole board, from a folder with a day of a floor."""
    floor = Floor(queues, agents)
    profile_id = str(floor.profile.id)
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), print)
        for number in range(int(minutes * 60 / POLL_S)):
            archive.writer.record(floor.frame(START_MS + number * POLL_S * 1000))
        archive.writer.seal_all()
        archive.close()
        spread_over_a_day(Path(folder), minutes)
        end = START_MS + DAY_S * 1000
        for name, key in (
            ("queue", SeriesKey(profile_id, Section.QUEUES, "queue-7", "offered")),
            ("agent", SeriesKey(profile_id, Section.AGENTS, "agent-77", "calls_taken")),
        ):
            archive = Archive(Path(folder), print)
            started = time.perf_counter()
            series = archive.series(key, START_MS, end)
            taken = time.perf_counter() - started
            assert series is not None
            show(f"recorder.large.curve.{name}", taken, "s", 0.5, f"aim <= 0.5 for a day, {len(series.values)} points")
            started = time.perf_counter()
            archive.series(key, START_MS, end)
            show(f"recorder.large.curve.{name}.again", time.perf_counter() - started, "s", 0.5)
            archive.close()
        archive = Archive(Path(folder), print)
        started = time.perf_counter()
        states = archive.agent_states(profile_id, START_MS, end)
        taken = time.perf_counter() - started
        show("recorder.large.agent_states", taken, "s", 5.0, f"aim: a few seconds, {len(states)} agents")
        started = time.perf_counter()
        spans = sum(len(own) for _, own in states[:100])
        show("recorder.large.agent_states.spans", (time.perf_counter() - started) * 1000, "ms", None, f"{spans} of 100")
        for name, at_ms in (("", 43_200_000.0), (".near", 43_260_000.0)):
            started = time.perf_counter()
            archive.board_at(START_MS + at_ms)
            show(f"recorder.large.board_at{name}", time.perf_counter() - started, "s")
        archive.close()


def main() -> None:
    """Measure and print."""
    options(__doc__, seconds=0)
    written("small", 12, 60, 60, 50.0)
    written("small.restamped", 12, 60, 60, 50.0, restamped=True)
    written("large", 500, 10_000, 20, 1500.0)
    if "--restamped" in sys.argv:
        written("large.restamped", 500, 10_000, 20, 1500.0, restamped=True)
    gaps(500, 10_000, 20)
    read(500, 10_000, 20)
    os.sync()


if __name__ == "__main__":
    main()
