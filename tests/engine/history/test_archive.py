"""What was recorded is what comes back, whatever happens to the process or the files meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.domain.enums import Section
from console.domain.messages import Message
from console.domain.model import MetricRow, ProfileId, Row
from console.domain.values import WARMING, count, text
from console.engine.history.archive import Archive
from console.engine.history.base import SeriesKey, Span, StateSpan
from console.engine.history.dayfile import VERSION
from console.engine.history.writing import RETRY_S, Terms
from tests.engine.history.floors import PROFILE, START_MS, agent, frame, queue, random_frames

END_MS = START_MS + 86_400_000
OFFERED = SeriesKey("p1", Section.QUEUES, "q1", "offered")


class Folder:
    """A recording, and what was said about it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[Message] = []
        self.mono = 0.0
        self._open: list[Archive] = []

    def archive(self, **more: Any) -> Archive:
        archive = Archive(self.path, self.said.append, monotonic=lambda: self.mono, **more)
        self._open.append(archive)
        return archive

    def codes(self) -> list[str]:
        return [sentence.code for sentence in self.said]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.path.glob("*.sqlite*"))

    def close(self) -> None:
        for archive in self._open:
            archive.close()


@pytest.fixture
def folder(tmp_path: Path):
    folder = Folder(tmp_path / "recordings")
    yield folder
    folder.close()


@pytest.mark.parametrize("seed", range(3))
def test_every_frame_comes_back_as_it_was(folder: Folder, seed: int):
    dice = random.Random(seed)
    other = replace(PROFILE, id=ProfileId("p2"))
    fed = sorted([*random_frames(dice, 90), *random_frames(dice, 40, other)], key=lambda each: each.at_ms)
    archive = folder.archive()
    for each in fed[:-20]:
        archive.writer.record(each)
    assert list(archive.frames(0, END_MS, ())) == fed[:-20]
    archive.close()
    archive = folder.archive()
    for each in fed[-20:]:
        archive.writer.record(each)
    back = list(archive.frames(0, END_MS, ()))
    assert back == fed
    offsets = [each.source.snapshot.offset_ms for each in back if each.source.snapshot]
    assert offsets == [each.source.snapshot.offset_ms for each in fed if each.source.snapshot]
    mine = [each for each in fed if each.profile_id == "p1"]
    for _ in range(20):
        place = dice.randrange(1, len(mine))
        at_ms = dice.uniform(mine[place - 1].at_ms, np.nextafter(mine[place].at_ms, 0))
        expected = mine[place - 1]
        assert next(archive.frames(at_ms, END_MS, ("p1",))) == expected
        if expected.source.snapshot is not None:
            assert expected.source in archive.board_at(at_ms).sources
    assert archive.board_at(START_MS - 1).sources == ()
    assert not folder.said
    assert {path.stat().st_mode & 0o777 for path in folder.path.glob("*.sqlite*")} == {0o600} or os.name == "nt"


def test_a_killed_process_loses_nothing_it_was_done_with(folder: Folder):
    script = (
        "import random, sys, time; from pathlib import Path\n"
        "from console.engine.history.archive import Archive\n"
        "from tests.engine.history.floors import random_frames\n"
        "archive = Archive(Path(sys.argv[1]), print)\n"
        "for number, each in enumerate(random_frames(random.Random(5), 1000)):\n"
        "    archive.writer.record(each); print(number, flush=True)\n"
        "    if number == 70: time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(folder.path)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "70\n":
            pass
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    expected = list(random_frames(random.Random(5), 71))
    archive = folder.archive()
    assert list(archive.frames(0, END_MS, ())) == expected  # read from the journal
    later = replace(expected[-1], at_ms=expected[-1].at_ms + 5000)
    archive.writer.record(later)
    assert list(archive.frames(0, END_MS, ())) == [*expected, later]
    assert not folder.said


def test_a_second_process_reads_and_does_not_write(folder: Folder):
    first, second = folder.archive(), folder.archive()
    first.writer.record(frame(START_MS, queues=(queue(1),)))
    second.writer.record(frame(START_MS + 1, queues=(queue(9),)))
    assert folder.codes() == ["record.other"]
    assert (second.usage().is_recording, second.usage().problem) == (False, "record.other")
    assert list(second.frames(0, END_MS, ())) == [frame(START_MS, queues=(queue(1),))]
    first.close()
    folder.mono += RETRY_S
    second.writer.record(frame(START_MS + 5000, queues=(queue(2),)))
    assert second.usage().is_recording
    assert len(list(second.frames(0, END_MS, ()))) == 2


@pytest.mark.parametrize("offset", [0, 30, 100, 5000, 9000, 30_000])
@pytest.mark.parametrize("is_cut", [True, False], ids=["truncated", "overwritten"])
def test_a_damaged_file_is_set_aside_and_recording_goes_on(folder: Folder, offset: int, is_cut: bool):
    archive = folder.archive()
    for each in random_frames(random.Random(1), 60):
        archive.writer.record(each)
    archive.close()
    path = folder.path / folder.files()[0]
    data = path.read_bytes()
    path.write_bytes(data[:offset] if is_cut else data[:offset] + b"\xa5" * 4000 + data[offset + 4000 :])
    archive = folder.archive()
    before = list(archive.frames(0, END_MS, ()))
    assert len(before) <= 60
    new = frame(START_MS + 7_200_000, queues=(queue(1),))
    archive.writer.record(new)
    archive.writer.record(replace(new, at_ms=new.at_ms + 5000))
    after = list(archive.frames(new.at_ms - 1, END_MS, ("p1",)))
    assert after[-2:] == [new, replace(new, at_ms=new.at_ms + 5000)]
    assert len(folder.said) <= 3
    if offset < 9000:
        assert "record.broken" in folder.codes()
        assert any(name.endswith(".broken") for name in folder.files())


def test_a_file_damaged_while_it_is_written_is_left_at_once(folder: Folder):
    archive = folder.archive()
    frames = [frame(START_MS + n * 700_000, queues=(queue(n),)) for n in range(6)]
    for each in frames[:3]:
        archive.writer.record(each)
    path = folder.path / folder.files()[0]
    with sqlite3.connect(path) as other:
        other.execute("UPDATE segments SET head = x'00' WHERE head IS NOT NULL")
        other.execute("UPDATE parts SET data = x'1234'")
    other.close()
    assert list(archive.frames(0, END_MS, ()))[-1] == frames[2]  # the others are gaps
    assert folder.codes() == ["record.damaged"]
    archive._shelf.set_aside(path.name)
    for each in frames[3:]:
        archive.writer.record(each)
    assert list(archive.frames(START_MS + 1_500_000, END_MS, ())) == frames[3:]


def test_a_newer_file_is_not_touched(folder: Folder):
    archive = folder.archive()
    archive.writer.record(frame(START_MS, queues=(queue(1),)))
    archive.close()
    path = folder.path / folder.files()[0]
    with sqlite3.connect(path) as base:
        base.execute(f"PRAGMA user_version={VERSION + 1}")
    base.close()
    before = path.read_bytes()
    archive = folder.archive()
    archive.writer.change(Terms(days=1), START_MS + 86_400_000 * 9)
    assert list(archive.frames(0, END_MS, ())) == []
    new = frame(START_MS + 5000, queues=(queue(2),))
    archive.writer.record(new)
    assert list(archive.frames(0, END_MS, ())) == [new]
    archive.close()
    assert path.read_bytes() == before
    assert folder.codes() == ["record.newer"]


def test_a_full_disk_pauses_recording_and_says_so_once(folder: Folder):
    full = False

    class Connection(sqlite3.Connection):
        def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
            if full and statement.startswith("INSERT"):
                failure = sqlite3.OperationalError("database or disk is full")
                failure.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise failure
            return super().execute(statement, *more)

    archive = folder.archive(connect=lambda *args, **more: sqlite3.connect(*args, factory=Connection, **more))
    frames = [frame(START_MS + n * 5000, queues=(queue(n),)) for n in range(6)]
    archive.writer.record(frames[0])
    full = True
    for each in frames[1:4]:
        archive.writer.record(each)
        folder.mono += RETRY_S
    assert folder.codes() == ["record.full"]
    assert archive.usage().problem == "record.full"
    full = False
    archive.writer.record(frames[4])
    archive.writer.record(frames[5])
    assert archive.usage().is_recording
    assert list(archive.frames(0, END_MS, ())) == [frames[0], frames[4], frames[5]]


def test_a_folder_that_cannot_be_made_is_said_once(folder: Folder):
    folder.path.write_text("in the way")
    archive = folder.archive()
    for n in range(3):
        archive.writer.record(frame(START_MS + n, queues=(queue(n),)))
        folder.mono += RETRY_S
    assert folder.codes()[0] == "record.folder"
    assert folder.codes().count("record.folder") == 1
    assert not archive.usage().is_recording
    folder.path.unlink()


def test_old_days_are_dropped(folder: Folder):
    archive = folder.archive()
    archive.writer.change(Terms(days=3), START_MS)
    for day in range(6):
        archive.writer.record(frame(START_MS + day * 86_400_000, queues=(queue(day),)))
    assert len([name for name in folder.files() if name.endswith(".sqlite")]) == 3
    first_ms = archive.usage().first_ms
    assert first_ms == START_MS + 3 * 86_400_000


def test_what_is_too_much_is_dropped_from_its_beginning(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.engine.history.writing.SMALLEST_FILE", 100_000)
    archive = folder.archive()
    archive.writer.change(Terms(megabytes=1), START_MS)
    fed = list(random_frames(random.Random(3), 500))
    for each in fed:
        archive.writer.record(each)
    first_ms = archive.usage().first_ms
    assert first_ms is not None
    assert first_ms > START_MS + 1_200_000
    back = list(archive.frames(0, END_MS, ()))
    assert back == fed[-len(back) :]
    archive.close()  # its log is gone then
    assert sum(path.stat().st_size for path in folder.path.iterdir()) < 1_500_000


def test_forgetting_leaves_nothing(folder: Folder):
    archive = folder.archive()
    archive.writer.record(frame(START_MS, queues=(queue(1),)))
    archive.forget_all()
    assert folder.files() == []
    assert archive.usage().bytes_on_disk == 0
    archive.writer.record(frame(START_MS + 5000, queues=(queue(1),)))
    assert len(list(archive.frames(0, END_MS, ()))) == 1


def test_masked_recordings_hold_no_caller_and_no_agent(folder: Folder):
    archive = folder.archive()
    archive.writer.change(Terms(is_masked=True), START_MS)
    for n in range(3):
        row = agent("on_call", id="Gwendolyn Canary", name="Gwendolyn Canary")
        row = replace(row, readings={**row.readings, "caller": text("+49 30 5550199"), "metric:X": text("Mr Canary")})
        caller = replace(queue(1), id="5550199-1", name="+49 30 5550199", readings={"caller_number": text("5550199")})
        figure = MetricRow("K1:Gwendolyn Canary", "Calls", "AGENT", "Gwendolyn Canary", text("Gwendolyn Canary"))
        archive.writer.record(
            frame(START_MS + n * 5000, agents=(row,), waiting=(caller,), metrics=(figure,), queues=(queue(n),))
        )
    states = archive.agent_states("p1", START_MS, START_MS + 15_000)
    assert states[0][1] == [StateSpan(START_MS, START_MS + 15_000, "on_call")]
    key = SeriesKey("p1", Section.AGENTS, "Gwendolyn Canary", "time_in_state")  # as the live row is called
    assert archive.series(key, START_MS, END_MS) is not None
    snapshot = archive.board_at(START_MS).sources[0].snapshot
    assert snapshot is not None
    everything = repr(list(archive.frames(0, END_MS, ())))
    archive.writer.seal_all()
    archive.close()
    shutil.rmtree(folder.path / "none", ignore_errors=True)
    with sqlite3.connect(folder.path / folder.files()[0]) as base:
        everything += "".join(base.iterdump())
    base.close()
    raw = b"".join(path.read_bytes() for path in folder.path.iterdir())
    for word in ("Canary", "5550199", "Gwendolyn"):
        assert word not in everything
        assert word.encode() not in raw


def test_a_curve_has_gaps_where_nothing_was_known(folder: Folder):
    archive = folder.archive()
    for n in (0, 1, 2, 10, 11):
        archive.writer.record(frame(START_MS + n * 5000, queues=(queue(n // 2),)))
    series = archive.series(OFFERED, START_MS, START_MS + 3_600_000)
    assert series is not None
    assert ((series.times_ms - START_MS) / 1000).tolist() == [0, 10, 20, 50, 65]
    np.testing.assert_array_equal(series.values, [0, 1, np.nan, 5, np.nan])
    assert (series.title, series.row_name, series.unit) == ("Offered today", "Sales", "count")
    assert archive.spans(START_MS, END_MS, "p1") == [
        Span(START_MS, START_MS + 20_000),
        Span(START_MS + 50_000, START_MS + 65_000),
    ]
    assert archive.spans(START_MS + 5000, START_MS + 6000, "") == [Span(START_MS + 5000, START_MS + 6000)]
    assert archive.series(SeriesKey("p1", Section.QUEUES, "q2", "offered"), START_MS, END_MS) is None


def test_a_running_duration_is_sampled_at_each_frame(folder: Folder):
    archive = folder.archive()
    for n in range(3):
        archive.writer.record(frame(START_MS + n * 5000, agents=(agent("paused"),)))
    series = archive.series(SeriesKey("p1", Section.AGENTS, "a1", "time_in_state"), START_MS, START_MS + 12_000)
    assert series is not None
    assert series.values.tolist() == [0, 5000, 10_000]


def test_agents_states_are_told_with_reasons_and_gaps(folder: Folder):
    archive = folder.archive()
    stays = ["available", "on_call", "on_call", "paused", "paused"]
    for n, state in enumerate(stays):
        row = agent(state, reason="Lunch" if state == "paused" else "")
        archive.writer.record(frame(START_MS + n * 400_000, agents=(row,), fresh_ms=400_000 if n != 2 else 100_000))
    ((name, spans),) = archive.agent_states("p1", START_MS - 1000, START_MS + 2_000_000)
    assert name.name == "Ann"
    assert [((s.start_ms - START_MS) / 1000, s.state, s.reason) for s in spans] == [
        (-1, "", ""),
        (0, "available", ""),
        (400, "on_call", ""),
        (900, "", ""),
        (1200, "paused", "Lunch"),
    ]
    assert archive.rows("p1", Section.AGENTS, START_MS, END_MS) == [name]


def test_counters_that_warm_up_one_after_the_other_are_all_seen_to_have_gone_down(folder: Folder):
    archive = folder.archive()
    row = Row("q1", "Sales", {"offered": count(50), "answered": count(40)})
    archive.writer.record(frame(START_MS, queues=(row,)))
    archive.close()
    archive = folder.archive()
    warming = Row("q1", "Sales", {"offered": count(2), "answered": WARMING})
    archive.writer.record(frame(START_MS + 600_000, queues=(warming,)))
    archive.writer.record(frame(START_MS + 605_000, queues=(replace(row, readings={"offered": count(3)}),)))
    warm = Row("q1", "Sales", {"offered": count(3), "answered": count(1)})
    archive.writer.record(frame(START_MS + 610_000, queues=(warm,)))
    (reset,) = archive.resets(START_MS, END_MS)
    assert (reset.at_ms, reset.columns, reset.rows) == (START_MS + 600_000, ("answered", "offered"), 1)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_counter_that_goes_down_is_a_reset(folder: Folder, is_restarted: bool):
    archive = folder.archive()
    rows = lambda n: (queue(n), queue(n, id="q2", name="Support"))  # noqa: E731
    archive.writer.record(frame(START_MS, queues=rows(500)))
    archive.writer.record(frame(START_MS + 5000, queues=rows(501)))
    if is_restarted:
        archive.close()
        archive = folder.archive()
        first = frame(START_MS + 895_000)  # a console that starts knows nothing at first
        archive.writer.record(replace(first, source=replace(first.source, snapshot=None)))
    archive.writer.record(frame(START_MS + 900_000, queues=rows(0)))
    archive.writer.record(frame(START_MS + 905_000, queues=rows(3)))
    (reset,) = archive.resets(START_MS, END_MS)
    assert (reset.at_ms, reset.columns, reset.rows) == (START_MS + 900_000, ("offered",), 2)


def test_the_newer_recording_counts_where_the_clock_was_set_back(folder: Folder):
    archive = folder.archive()
    old = [frame(START_MS + n * 200_000, queues=(queue(n),)) for n in range(12)]
    for each in old:
        archive.writer.record(each)
    archive.close()
    archive = folder.archive()
    new = [frame(START_MS + 500_000 + n * 200_000, queues=(queue(100 + n),)) for n in range(7)]  # two segments
    for each in new:
        archive.writer.record(each)
    back = list(archive.frames(0, END_MS, ()))
    assert [each.at_ms for each in back] == sorted(each.at_ms for each in back)
    assert back[:3] + back[-3:] == old[:3] + old[-3:]
    assert [each for each in back if each in new] == new


def test_a_renamed_queue_is_one_curve(folder: Folder):
    archive = folder.archive()
    archive.writer.record(frame(START_MS, queues=(queue(1),)))
    archive.writer.record(frame(START_MS + 5000, queues=(queue(2, name="Sales EU"),)))
    series = archive.series(OFFERED, START_MS, START_MS + 10_000)
    assert series is not None
    assert (series.values.tolist(), series.row_name) == ([1, 2], "Sales EU")


def test_a_quiet_day_of_a_small_floor_is_small(folder: Folder):
    archive = folder.archive()
    agents = tuple(agent("available", id=f"a{n}", name=f"Agent {n}") for n in range(60))
    for n in range(360):
        archive.writer.record(
            frame(START_MS + n * 5000, queues=tuple(queue(n, id=f"q{k}") for k in range(12)), agents=agents)
        )
    archive.close()
    size = sum(path.stat().st_size for path in folder.path.iterdir())
    assert size * 48 < 50_000_000
