"""The first paint, before there is an event loop: the window is on screen while everything else is still to come."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication


def paint_now(app: QApplication) -> None:
    """Let the shown window paint.

    Only for the moment before the event loop: inside a task this would be a nested loop, and the other task's
    wake-up would be lost for ever.
    """
    app.processEvents()
