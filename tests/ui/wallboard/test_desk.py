"""Boards from the main window: the one that fills itself, names that are not there, several at once, the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from console.domain.enums import HealthState
from console.domain.errors import UserError
from console.engine.autostart import DesktopEntries, LoginBoards
from console.engine.store import Store
from console.engine.wallboards import WallboardBook
from console.settings.schema import General
from console.ui.desks.base import DeskContext
from console.ui.desks.wall_desk import STARTER_ID, WallDesk
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.wallboard.awake import Awake
from console.ui.wallboard.manager import WallboardsDialog
from console.ui.windows.main_window import MainWindow
from tests.ui.boards import StillClock
from tests.ui.conftest import RunCoroutine, until
from tests.ui.wallboard.boards import floor, lost, services_of, store_of
from tests.ui.wallboard.test_awake import FakeWay


class Rig:
    """A desk with a book on disk and a way to keep displays on."""

    def __init__(self, theme: Theme, store: Store, path: Path) -> None:
        self.clock = StillClock()
        self.store, self.way, self.general = store, FakeWay(), General(theme="light")
        self.main = MainWindow(theme, self.clock, general=self.general, state=MemoryState())
        self.book = WallboardBook(path, tell=lambda note: None)
        fields: dict[str, Any] = dict.fromkeys(DeskContext.__dataclass_fields__)
        fields |= {"window": self.main, "theme": theme, "clock": self.clock, "live_clock": self.clock}
        fields |= {"state": MemoryState(), "is_demo": False, "general": lambda: self.general}
        self.desk = WallDesk(DeskContext(**fields))
        self.desk._awake = Awake(cast(Any, self.way))
        self.desk.services = services_of(store, wallboards=self.book)
        self.desk._unsubscribe = self.book.subscribe(self.desk._on_boards_changed)

    async def aclose(self) -> None:
        await self.desk.aclose()
        await self.book.aclose()


@pytest.fixture
def rig(theme: Theme, tmp_path: Path, arun: RunCoroutine) -> Iterator[Callable[[Store], Rig]]:
    made: list[Rig] = []

    def build(store: Store) -> Rig:
        made.append(Rig(theme, store, tmp_path / "wallboards.json"))
        return made[-1]

    yield build
    for each in made:
        arun(each.aclose())
        each.main._is_leaving = True
        each.main.close()
        each.main.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_starter_fills_itself_until_every_system_has_spoken(
    rig: Callable[[Store], Rig], arun: RunCoroutine
) -> None:
    source = floor()
    store = store_of(replace(source, snapshot=None, health=replace(source.health, state=HealthState.WARMING)))
    made = rig(store)

    async def go() -> None:
        window = await made.desk.open_named("floor")
        assert window.board.id == STARTER_ID
        assert made.book.all.boards == ()
        store.put(source.profile.id, source.health, source.snapshot)
        kept = made.book.all.boards[0]
        assert kept.name == "Floor"
        assert window.board == kept
        assert [page.id for page in kept.pages] == ["floor", "agents"]
        kinds = [str(widget.kind) for widget in kept.pages[0].widgets]
        assert kinds == ["tile"] * 6 + ["queues", "chart", "waiting"]
        assert list(made.desk.windows) == [kept.id]
        with pytest.raises(UserError) as unknown:
            await made.desk.open_named("Ground")
        assert unknown.value.message.args == {"name": "Ground", "known": "Floor"}

    arun(go())


def test_several_boards_stand_side_by_side_and_the_display_may_sleep_after_the_last(
    rig: Callable[[Store], Rig], arun: RunCoroutine
) -> None:
    made = rig(store_of(floor()))

    async def go() -> None:
        first = await made.desk.open_named("Floor")
        copy = made.book.duplicate(first.board.id)
        assert copy is not None
        second = made.desk.open(copy)
        assert made.desk.open(copy) is second
        assert len(made.desk.windows) == 2
        made.general = replace(made.general, privacy=True)
        made.desk.general_changed()
        assert first.is_private
        assert second.is_private
        assert made.way.calls == ["begin"]
        made.book.put(replace(copy, theme="dark"))  # in the list, while it is shown
        assert second.theme.palette.is_dark
        made.book.delete(copy.id)
        assert not second.isVisible()
        assert made.way.calls == ["begin"]
        first.close()
        assert made.way.calls == ["begin", "end"]
        assert made.main.isVisible()  # nobody is left with a program without a window

    arun(go())


def test_the_list_shows_how_a_board_is_shown_and_keeps_changes(
    rig: Callable[[Store], Rig], arun: RunCoroutine, theme: Theme, tmp_path: Path
) -> None:
    source = floor()
    made = rig(store_of(replace(source, health=lost(1_000.0))))

    async def go() -> None:
        await made.book.load()
        dialog = WallboardsDialog(made.main, theme, made.desk)
        assert [board.name for board in made.desk.boards()] == ["Floor"]
        assert not dialog.buttons["delete"].isEnabled()  # the starter is nobody's yet
        board = made.book.add(made.desk.starter())
        dialog.every.setCurrentIndex(dialog.every.findData(60.0))
        dialog.every.activated.emit(dialog.every.currentIndex())
        dialog.private.click()
        kept = made.book.all.get(board.id)
        assert kept is not None
        assert (kept.every_s, kept.privacy) == (60.0, True)
        assert not dialog.login.isEnabled()  # nothing is there that could arrange it
        dialog.on_primary()
        assert list(made.desk.windows) == [board.id]
        await dialog.aclose()
        dialog.deleteLater()
        login = LoginBoards(DesktopEntries(tmp_path / "autostart"), ("console",))
        made.desk.services = replace(made.desk.services, login_boards=login)  # type: ignore[type-var]
        dialog = WallboardsDialog(made.main, theme, made.desk)
        await until(lambda: not dialog._scope.running)
        dialog.login.click()
        await until(lambda: made.book.all.boards[0].at_login)
        assert await login.listed() == (board.id,)
        await login.switch(board, False)  # taken away in the system's own settings
        await dialog.aclose()
        dialog.deleteLater()
        dialog = WallboardsDialog(made.main, theme, made.desk)
        await until(lambda: not made.book.all.boards[0].at_login)
        assert not dialog.login.isChecked()
        await dialog.aclose()
        dialog.deleteLater()

    arun(go())
