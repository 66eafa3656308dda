"""As in the program: closing the last window does not end the loop, and the theme is in place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.ui.theme import Theme
from tests.ui.windows.fakes import FakeProfiles, StillClock, profile


@pytest.fixture(autouse=True)
def _windows_do_not_quit(qapp: QApplication) -> None:
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, applied; the application is left as it was."""
    sheet, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    result = Theme("light")
    result.apply(qapp)
    yield result
    qapp.styleHints().colorSchemeChanged.disconnect(result._on_scheme_changed)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands."""
    return StillClock()


@pytest.fixture
def profiles() -> FakeProfiles:
    """A profile service with one profile."""
    return FakeProfiles((profile("Berlin"),))
