"""Finished reports on screen. Imported when the first one is opened, never on the way to the first paint."""

from __future__ import annotations

from console.ui.results.services import Desktop, SystemDesktop
from console.ui.results.window import ResultWindow

__all__ = ["Desktop", "ResultWindow", "SystemDesktop"]
