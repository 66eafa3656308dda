"""Rewind: the whole window at a recorded moment, and back to now with nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert
from console.domain.thresholds import Level
from console.domain.values import Unit, count
from console.settings.schema import General
from console.ui.alerts.banner import AlertBanner
from console.ui.rewind.recorder_dialog import RecorderDialog
from console.ui.rewind.words import moment_text, time_text
from tests.ui.conftest import RunCoroutine, until
from tests.ui.rewind.conftest import BERLIN, Floor
from tests.ui.windows.fakes import START_MS
from tests.ui.windows.walk import clipped, complaints

KEY = Qt.Key
MOD = Qt.KeyboardModifier


def queues(floor: Floor) -> int:
    """How many queues are on screen."""
    return floor.window.docks.pane("queues").model.rowCount()


async def opened(floor: Floor, command: str = "rewind") -> None:
    """Open the replay."""
    floor.window.perform(command)
    await until(lambda: floor.desk.room is not None and floor.room.replay is not None)
    await until(lambda: bool(floor.room.bar.timeline.gaps))


async def at(floor: Floor, at_ms: float) -> None:
    """Wait for a moment to be shown."""
    replay = floor.room.replay
    assert replay is not None
    await until(lambda: replay.clock.now_ms() == at_ms)


def test_the_window_shows_another_moment_and_says_so_everywhere(floor: Floor, arun: RunCoroutine) -> None:
    window = floor.window
    title = window.windowTitle()

    async def story() -> None:
        assert queues(floor) == 12
        await opened(floor)
        moment = START_MS - 60_000
        assert queues(floor) == 3
        assert floor.room.banner.isVisible()
        assert floor.room.frame.isVisible()
        assert moment_text(moment) in floor.room.banner.text
        assert "not now" in floor.room.banner.text
        assert window.windowTitle().startswith("REPLAY")
        assert f"Replay {time_text(moment)}" in window.status.text
        assert moment_text(moment) in floor.room.bar.timeline.accessibleName()
        assert window.bar.chips[BERLIN.id].word == "live 0 s"
        assert len(floor.room.bar.timeline.gaps) == 1
        assert complaints(floor.room.bar) == complaints(floor.room.banner) == []
        height = floor.room.bar.height()
        window.resize(880, 600)
        await until(lambda: floor.room.bar.height() < height - 30)
        assert clipped(floor.room.bar) == clipped(floor.room.banner) == []
        window.perform("rewind")
        assert queues(floor) == 12
        assert window.windowTitle() == title
        assert not floor.room.bar.isVisible()
        assert not floor.room.banner.isVisible()
        assert "Replay" not in window.status.text

    arun(story())


def test_a_pane_in_a_window_of_its_own_is_framed_and_says_so(floor: Floor, arun: RunCoroutine) -> None:
    dock = floor.window.docks.docks["queues"]
    dock.setFloating(True)

    async def story() -> None:
        await opened(floor)
        assert floor.room.apart[dock].isVisible()
        assert dock.ensure().fresh_chip.text().startswith("Replay")
        dock.setFloating(False)
        assert not floor.room.apart[dock].isVisible()
        dock.setFloating(True)
        floor.room.leave()
        assert not floor.room.apart[dock].isVisible()
        assert dock.ensure().fresh_chip.text().startswith("live")

    arun(story())


def test_keys_go_through_time_and_escape_comes_back(floor: Floor, arun: RunCoroutine, qtbot: QtBot) -> None:
    async def story() -> None:
        await opened(floor)
        line, moment = floor.room.bar.timeline, START_MS - 60_000
        assert QApplication.focusWidget() in (line, None)
        for key, modifier, seconds in (
            (KEY.Key_Left, MOD.NoModifier, -10),
            (KEY.Key_Left, MOD.ShiftModifier, -60),
            (KEY.Key_Left, MOD.ControlModifier, -600),
            (KEY.Key_Right, MOD.ShiftModifier, 60),
        ):
            qtbot.keyClick(line, key, modifier)
            moment += seconds * 1000
            await at(floor, moment)
        qtbot.keyClick(line, KEY.Key_Home)
        await at(floor, START_MS - 3_600_000)
        qtbot.keyClick(line, KEY.Key_End)
        await at(floor, START_MS)
        qtbot.keyClick(line, KEY.Key_Escape)
        assert floor.room.replay is None

    arun(story())


def test_it_plays_by_real_time_and_stands_at_a_space(floor: Floor, arun: RunCoroutine, qtbot: QtBot) -> None:
    async def story() -> None:
        await opened(floor, f"rewind:{START_MS - 1_200_000}")
        replay = floor.room.replay
        assert replay is not None
        floor.clock.wait = lambda event, seconds: _wait(event)  # type: ignore[method-assign, assignment]
        floor.room.bar.pace.setCurrentIndex(1)
        qtbot.keyClick(floor.room.bar.timeline, KEY.Key_Space)
        assert replay.is_playing
        floor.clock.move(0.5)
        await until(lambda: queues(floor) == 4)
        qtbot.keyClick(floor.room.bar.timeline, KEY.Key_Space)
        assert not replay.is_playing
        assert replay.clock.now_ms() == START_MS - 1_195_000

    async def _wait(event: object) -> bool:
        await asyncio.sleep(0.01)
        return False

    arun(story())


def test_a_gap_is_named_and_rows_in_it_are_old(floor: Floor, arun: RunCoroutine) -> None:
    async def story() -> None:
        await opened(floor, f"rewind:{START_MS - 1_300_000}")
        await until(lambda: "not running" in floor.room.bar.note.full_text())
        assert time_text(START_MS - 1_595_000)[:5] in floor.room.bar.note.full_text()
        assert "stale" in floor.window.bar.chips[BERLIN.id].word
        floor.room.go_to(START_MS - 900_000)
        await at(floor, START_MS - 900_000)
        assert floor.room.bar.note.full_text() == ""

    arun(story())


def test_nothing_of_the_live_view_is_lost(floor: Floor, arun: RunCoroutine) -> None:
    """Selection, filter, and "only this connection", though the rows were not there meanwhile."""
    window = floor.window

    async def story() -> None:
        pane = window.docks.pane("queues")
        window.actions_.only_wanted.emit(str(BERLIN.id))
        pane.search.setText("a")
        rows = pane.model.rowCount()
        last = max(range(rows), key=lambda row: int(pane.model.keys[row][1][1:]))  # type: ignore[index]
        key = pane.model.keys[last]
        pane.table.go_to(last)
        await opened(floor)
        assert not pane.table.selectionModel().hasSelection()
        floor.room.leave()
        assert pane.search.text() == "a"
        assert pane.model.rowCount() == rows
        chosen = [pane.model.keys[index.row()] for index in pane.table.selectionModel().selectedRows()]
        assert chosen == [key]
        assert window._only == BERLIN.id

    arun(story())


def test_the_panes_get_back_the_heights_they_had(floor: Floor, arun: RunCoroutine) -> None:
    """However often: else each look back would leave the queues a row shorter."""
    docks = floor.window.docks.docks

    async def story() -> None:
        await asyncio.sleep(0.1)
        before = {name: dock.height() for name, dock in docks.items()}
        for _ in range(2):
            await opened(floor)
            await until(lambda: docks["queues"].height() < before["queues"])
            floor.room.leave()
            await until(lambda: {name: dock.height() for name, dock in docks.items()} == before)

    arun(story())


def test_what_needs_now_is_refused_in_words(floor: Floor, arun: RunCoroutine) -> None:
    said: list[str] = []
    actions = floor.window.actions_
    actions.said.connect(said.extend)

    async def story() -> None:
        await opened(floor)
        actions.run("try_now", str(BERLIN.id))
        actions.show_source(count(3), "Sales")
        assert "Go back to now" in said[0]
        assert "reply is not kept" in said[1]
        assert floor.service.tried == []
        floor.room.leave()
        actions.run("try_now", str(BERLIN.id))
        assert floor.service.tried == [BERLIN.id]

    arun(story())


def test_alarms_are_of_now_and_lead_back_to_now(floor: Floor, arun: RunCoroutine) -> None:
    pane = floor.window.docks.pane("queues")
    pane.set_raised({(str(BERLIN.id), f"q{number}"): Level.CRITICAL for number in range(12)})
    live = Alert(*["a", "r", "Rule", Scope.QUEUE, Level.CRITICAL, BERLIN.id, "Berlin", "q2", "Support", "waiting"],
                 Unit.COUNT, 5, 7, 7, START_MS, START_MS)  # fmt: skip
    banner = AlertBanner(floor.window._theme, floor.clock, shown=floor.window._clock)
    banner.begin_with([live])

    async def story() -> None:
        assert pane.model.row_level(0) is Level.CRITICAL
        assert "Now" not in banner.sentence.full_text()
        await opened(floor)
        banner.refresh()
        assert banner.sentence.full_text().startswith("Now, not in the replay")
        assert pane._cells.levels
        for row in range(3):
            assert pane.model.row_level(row) is pane._maker.level(pane.model.rows[row])
        floor.window.go_to("queues", str(BERLIN.id), "q2")
        assert floor.room.replay is None
        assert queues(floor) == 12
        assert pane.model.row_level(0) is Level.CRITICAL

    arun(story())
    banner.deleteLater()


def test_the_slider_is_pulled_and_shows_alarms(floor: Floor, arun: RunCoroutine, qtbot: QtBot) -> None:
    class Service:
        alerts = (SimpleNamespace(fired_ms=START_MS - 1_800_000, level=Level.CAUTION),)

    floor.desk.services = replace(floor.desk.services, alerts=Service())  # type: ignore[type-var, arg-type]

    async def story() -> None:
        await opened(floor)
        line = floor.room.bar.timeline
        assert [mark.level for mark in line.marks] == [Level.CAUTION]
        middle = QPoint(line.width() // 2, 25)
        qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(40, 25))
        assert line.is_pulled
        qtbot.mouseMove(line, middle)
        line.mouseMoveEvent(_moved_to(middle))
        qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=middle)
        replay = floor.room.replay
        assert replay is not None
        await until(lambda: abs(replay.clock.now_ms() - (START_MS - 1_800_000)) < 5_000)
        assert not line.grab().isNull()

    arun(story())


def _moved_to(place: QPoint) -> QMouseEvent:
    button = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, place.toPointF(), place.toPointF(), button, button, MOD.NoModifier)


def test_without_a_recording_the_recorder_is_offered(floor: Floor, arun: RunCoroutine) -> None:
    floor.history.kept.clear()

    async def story() -> None:
        floor.window.change_general(General(theme="light", record=False))
        floor.window.perform("rewind")
        await until(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        assert dialog.windowTitle() == "Nothing to rewind"
        dialog.close()
        await until(lambda: QApplication.activeModalWidget() is None)

    arun(story())


def test_the_recorder_says_what_there_is_and_is_set(floor: Floor, arun: RunCoroutine) -> None:
    async def story() -> None:
        floor.window.perform("recorder")
        await until(lambda: isinstance(QApplication.activeModalWidget(), RecorderDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecorderDialog)
        await until(lambda: dialog.size_now.text() == "10 kB")
        assert dialog.state.text() == "Recording"
        assert moment_text(START_MS) in dialog.extent.text()
        applied: list[General] = []
        floor.history.apply = _taker(applied)  # type: ignore[attr-defined]
        assert complaints(dialog) == clipped(dialog) == []
        dialog.masked.setChecked(True)
        dialog.days.setValue(3)
        dialog.on_primary()
        await until(lambda: QApplication.activeModalWidget() is None)
        assert floor.window._general == General(theme="light", record_masked=True, record_days=3)
        await until(lambda: applied == [floor.window._general])
        floor.window.perform("theme:dark")
        await asyncio.sleep(0)
        assert len(applied) == 1

    arun(story())


def test_deleting_the_recording_leaves_the_replay_first(floor: Floor, arun: RunCoroutine, qtbot: QtBot) -> None:
    forgotten: list[bool] = []

    async def forget_all() -> None:
        forgotten.append(floor.desk.is_replay)
        floor.history.kept.clear()

    floor.history.forget_all = forget_all  # type: ignore[attr-defined]

    async def story() -> None:
        await opened(floor)
        floor.room.bar.recorder.click()
        await until(lambda: isinstance(QApplication.activeModalWidget(), RecorderDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecorderDialog)
        dialog.delete.click()
        await until(lambda: QApplication.activeModalWidget() is not dialog)
        qtbot.keyClick(QApplication.activeModalWidget(), KEY.Key_Return)
        await until(lambda: dialog.extent.text() == "nothing yet")
        assert forgotten == [False]
        dialog.reject()
        await until(lambda: QApplication.activeModalWidget() is None)

    arun(story())


def _taker(taken: list[General]) -> Callable[[General], Coroutine[Any, Any, None]]:
    async def take(general: General) -> None:
        taken.append(general)

    return take
