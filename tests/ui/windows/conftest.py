"""What a window is given: a clock and profiles; and windows that are closed for good at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.settings.schema import General
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow
from tests.ui.conftest import theme
from tests.ui.windows.fakes import FakeProfiles, StillClock, profile

__all__ = ["clock", "make", "profiles", "theme"]


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands."""
    return StillClock()


@pytest.fixture
def profiles() -> FakeProfiles:
    """A profile service with one profile."""
    return FakeProfiles((profile("Berlin"),))


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, clock: StillClock) -> Iterator[Callable[..., MainWindow]]:
    """Build windows; each is closed for good at the end."""
    windows: list[MainWindow] = []

    def build(state: MemoryState | None = None, **options: object) -> MainWindow:
        options.setdefault("general", General(theme="light"))
        window = MainWindow(theme, clock, state=state or MemoryState(), **options)  # type: ignore[arg-type]
        windows.append(window)
        return window

    yield build
    for window in windows:
        window._is_leaving = True
        window.close()
        window.deleteLater()
    QApplication.processEvents()
