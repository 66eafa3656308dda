"""Instruments: when something was painted, how long the loop was busy, what a process used."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 5


class PaintMark(QObject):
    """Notes when a widget's first paint is over: `at` is taken by the first thing the loop does after it."""

    def __init__(self, widget: QWidget, is_wanted: Callable[[], bool] = lambda: True) -> None:
        super().__init__(widget)
        self.at: float | None = None
        self.then: Callable[[], None] = lambda: None
        self._is_seen = False
        self._is_wanted = is_wanted
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look for the paint; the widget and its children are painted in one go, then the queued call runs."""
        if not self._is_seen and event.type() == QEvent.Type.Paint and self._is_wanted():
            self._is_seen = True
            QTimer.singleShot(0, self._mark)
        return False

    def _mark(self) -> None:
        self.at = perf_counter()
        self._widget.removeEventFilter(self)
        self.then()


class GapRecorder(QObject):
    """A precise timer of 5 ms on the loop of the window; what comes late shows how long the loop was busy."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps: list[tuple[float, float]] = []  # when it ended, how long it was (seconds)
        self._last = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Record from now on."""
        self._last = perf_counter()
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        """Rest."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        now = perf_counter()
        self.gaps.append((now, now - self._last))
        self._last = now
