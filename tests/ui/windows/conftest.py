"""As in the program: closing the last window does not end the loop."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _windows_do_not_quit(qapp: QApplication) -> None:
    qapp.setQuitOnLastWindowClosed(False)
