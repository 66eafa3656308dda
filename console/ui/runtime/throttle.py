"""Run now, merge what comes soon after."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """Calls `action` at once, then at most once per `interval_ms`; requests in between become one call at the end.

    Args:
        interval_ms: the shortest time between two calls.
        action: what to call; must not run a nested event loop.
    """

    def __init__(self, interval_ms: int, action: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._interval_ms = interval_ms
        self._action = action
        self._last_mono: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fire)

    def request(self) -> None:
        """Ask for a call; the newest request is always followed by one."""
        if self._timer.isActive():
            return
        left_ms = 0.0
        if self._last_mono is not None:
            left_ms = self._interval_ms - (time.monotonic() - self._last_mono) * 1000
        if left_ms <= 0:
            self._fire()
        else:
            self._timer.start(max(1, int(left_ms)))

    def cancel(self) -> None:
        """Forget a call that has not happened."""
        self._timer.stop()

    @property
    def is_pending(self) -> bool:
        """Whether a call is still to come."""
        return self._timer.isActive()

    def _fire(self) -> None:
        self._last_mono = time.monotonic()
        self._action()
