"""The recorder on the event loop: fed by the store's frames, asked by windows, ruled by the preferences."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.enums import Section
from console.domain.errors import UserError
from console.domain.frames import Frame
from console.domain.messages import Message
from console.engine.frames import FrameFeed
from console.engine.history.base import SeriesKey
from console.engine.history.recorder import WAITING, Recorder
from console.engine.store import Store
from console.settings.schema import General
from tests.engine.history.floors import PROFILE, START_MS, frame, queue
from tests.support import ManualClock, until


class Rig:
    """A recorder with a store before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(START_MS)
        self.store = Store()
        self.feed = FrameFeed(self.store, self.clock)
        self.general = General()
        self.said: list[Message] = []
        self.fed: list[Frame] = []
        self.feed.subscribe(self.fed.append)
        self.recorder = self.another()

    def another(self) -> Recorder:
        return Recorder(
            self.folder,
            clock=self.clock,
            general=lambda: self.general,
            tell=self.said.append,
            report_bug=lambda name, error: pytest.fail(f"{name}: {error!r}"),
        )

    async def put(self, offered: int) -> None:
        """News of the store, five seconds after the last."""
        source = frame(self.clock.now_ms(), queues=(queue(offered),)).source
        if self.store.source(PROFILE.id) is None:
            self.store.arrange([(PROFILE, "Fake", source.health)])
            await self.clock.advance(5)
        assert source.snapshot is not None
        self.store.put(PROFILE.id, source.health, source.snapshot)
        await self.clock.advance(5)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path / "state" / "recordings")
    yield rig
    rig.feed.close()
    await rig.recorder.aclose()


async def everything(recorder: Recorder) -> list[Frame]:
    return [each async for each in recorder.frames(0, START_MS + 1e9)]


async def test_what_the_feed_gave_is_there_at_once_and_after_a_restart(rig: Rig):
    rig.recorder.start(rig.feed)
    for offered in range(5):
        await rig.put(offered)
    assert await everything(rig.recorder) == rig.fed
    await rig.recorder.aclose()
    again = rig.another()
    assert await everything(again) == [*rig.fed[:-1], replace(rig.fed[-1], fresh_until_ms=rig.clock.now_ms())]
    board = await again.board_at(rig.fed[-1].at_ms)
    assert board.sources == (rig.fed[-1].source,)
    series = await again.series(SeriesKey(PROFILE.id, Section.QUEUES, "q1", "offered"), START_MS, START_MS + 1e6)
    assert series is not None
    assert series.values[1:6].tolist() == [0, 1, 2, 3, 4]  # nothing was known at first
    assert await again.spans(0, START_MS + 1e9)
    assert await again.resets(0, START_MS + 1e9) == []
    assert [row.name for row in await again.rows(PROFILE.id, Section.QUEUES, 0, START_MS + 1e9)] == ["Sales"]
    assert await again.agent_states(PROFILE.id, 0, START_MS + 1e9) == []
    await again.aclose()


async def test_values_end_where_the_recorder_is_closed_in_order(rig: Rig):
    rig.recorder.start(rig.feed)
    await rig.put(1)
    assert await everything(rig.recorder) == rig.fed
    closed_ms = rig.clock.now_ms()
    assert rig.fed[-1].at_ms < closed_ms < rig.fed[-1].fresh_until_ms
    killed = rig.folder.parent / "killed"
    shutil.copytree(rig.folder, killed)
    await rig.recorder.aclose()
    for folder, end_ms in ((rig.folder, closed_ms), (killed, rig.fed[-1].fresh_until_ms)):
        rig.folder = folder
        again = rig.another()
        assert (await again.spans(0, START_MS + 1e9))[-1].end_ms == end_ms
        await again.aclose()


async def test_frames_are_written_without_anybody_asking(rig: Rig):
    rig.recorder.start(rig.feed)
    await rig.put(1)
    await until(lambda: any(rig.folder.glob("*.sqlite")))


async def test_switched_off_it_writes_nothing_and_switched_on_again_goes_on(rig: Rig):
    rig.general = replace(rig.general, record=False)
    rig.recorder.start(rig.feed)
    await rig.put(1)
    usage = await rig.recorder.usage()
    assert (usage.is_recording, usage.problem, usage.bytes_on_disk) == (False, "record.off", 0)
    assert not rig.folder.exists()
    rig.general = replace(rig.general, record=True)
    await rig.recorder.apply(rig.general)
    await rig.put(2)
    assert len(await everything(rig.recorder)) == 1
    assert (await rig.recorder.usage()).is_recording


async def test_a_removed_profile_leaves_the_board(rig: Rig):
    rig.recorder.start(rig.feed)
    await rig.put(1)
    rig.store.arrange([])
    assert len(await everything(rig.recorder)) == len(rig.fed) == 3
    assert (await rig.recorder.board_at(rig.fed[-2].at_ms)).sources == (rig.fed[-2].source,)
    assert (await rig.recorder.board_at(rig.fed[-1].at_ms)).sources == ()


async def test_forgetting_is_refused_while_another_console_records(rig: Rig):
    rig.recorder.start(rig.feed)
    await rig.put(1)
    assert (await rig.recorder.usage()).is_recording
    other = rig.another()
    with pytest.raises(UserError) as refusal:
        await other.forget_all()
    assert refusal.value.message.code == "record.not_forgotten"
    await other.aclose()
    await rig.recorder.forget_all()
    assert await everything(rig.recorder) == []


async def test_a_fault_of_ours_is_reported_and_reaches_nobody_who_asks(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    bugs: list[BaseException] = []
    rig.recorder = Recorder(
        rig.folder,
        clock=rig.clock,
        general=lambda: rig.general,
        tell=rig.said.append,
        report_bug=lambda name, error: bugs.append(error),
    )
    monkeypatch.setattr("console.engine.history.segment.OpenSegment.add", lambda *args: 1 // 0)
    rig.recorder.take(frame(START_MS, queues=(queue(1),)))
    assert await everything(rig.recorder) == []
    await until(lambda: bool(bugs and rig.said))
    assert isinstance(bugs[0], ZeroDivisionError)
    assert (await rig.recorder.usage()).problem == "record.failed"


async def test_what_the_disk_cannot_keep_up_with_is_left_out_and_said_once(rig: Rig):
    for number in range(WAITING + 3):
        rig.recorder.take(frame(START_MS + number, queues=(queue(number),)))
    assert [sentence.code for sentence in rig.said] == ["record.slow"]
    assert len(await everything(rig.recorder)) == WAITING
