"""The second hand: once a second, on the second, while somebody can see it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.domain.clock import Clock
from console.ui.runtime.clocks import live_clock

_SECOND_MS = 1000


class Ticker(QObject):
    """Ticks at each whole second of the console's monotonic clock, so that all panes change digits together.

    Each beat is computed from the clock: a timer that runs late does not drift. A recorded moment that stands still
    ticks like now does.

    Signals:
        ticked: a second has passed.
    """

    ticked = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = live_clock(clock)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def is_running(self) -> bool:
        """Whether it ticks."""
        return self._timer.isActive()

    def start(self) -> None:
        """Tick from the next whole second on."""
        self._timer.start(self._to_next_ms())

    def stop(self) -> None:
        """Rest: nobody looks."""
        self._timer.stop()

    def _to_next_ms(self) -> int:
        return _SECOND_MS - int(self._clock.monotonic() * 1000) % _SECOND_MS + 1

    @Slot()
    def _on_timeout(self) -> None:
        self._timer.start(self._to_next_ms())
        self.ticked.emit()
