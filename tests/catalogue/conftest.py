"""The window's fixtures, for rows about what a person sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.settings.schema import General
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow
from tests.catalogue.windows import Make
from tests.ui.conftest import arun, loop_errors, theme
from tests.ui.windows.fakes import StillClock

__all__ = ["arun", "loop_errors", "theme"]


@pytest.fixture
def windows_do_not_quit(qapp: QApplication) -> None:
    """As in the program: closing the last window does not end the loop."""
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands."""
    return StillClock()


@pytest.fixture
def make(theme: Theme, clock: StillClock) -> Iterator[Make]:
    """Build windows; each is closed for good at the end."""
    windows: list[MainWindow] = []

    def build() -> MainWindow:
        window = MainWindow(theme, clock, general=General(theme="light"), state=MemoryState())
        windows.append(window)
        return window

    yield build
    for window in windows:
        window._is_leaving = True
        window.close()
        window.deleteLater()
    QApplication.processEvents()
