"""The window's fixtures, for rows about what a person sees."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import arun, loop_errors
from tests.ui.windows.conftest import clock, theme
from tests.ui.windows.test_main_window import make

__all__ = ["arun", "clock", "loop_errors", "make", "theme"]


@pytest.fixture
def windows_do_not_quit(qapp: QApplication) -> None:
    """As in the program: closing the last window does not end the loop."""
    qapp.setQuitOnLastWindowClosed(False)
