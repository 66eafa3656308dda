"""The clock of the demo: simulated time, which may run faster, stand still, or be moved by hand."""

from __future__ import annotations

import time


class SimClock:
    """Simulated time in epoch milliseconds.

    Running, it advances with the machine's monotonic clock times ``speed``; ``manual`` it moves by `step` only.
    """

    def __init__(self, start_ms: int, *, speed: float = 1.0, manual: bool = False) -> None:
        self.speed = speed
        self.manual = manual
        self._base = start_ms
        self._anchor: float | None = None if manual else time.monotonic()

    @property
    def paused(self) -> bool:
        """Whether time stands still."""
        return self._anchor is None

    def now(self) -> int:
        """Give the simulated instant."""
        if self._anchor is None:
            return self._base
        return self._base + int((time.monotonic() - self._anchor) * 1000 * self.speed)

    def wire_ms(self) -> int:
        """Give a time in ms for what happens at the clients' pace (metrics going cold); origin arbitrary."""
        return self._base if self.manual else int(time.monotonic() * 1000)

    def pause(self) -> None:
        """Let time stand still."""
        self._base = self.now()
        self._anchor = None

    def resume(self) -> None:
        """Let time run on; a clock moved by hand stays so."""
        if self._anchor is None and not self.manual:
            self._anchor = time.monotonic()

    def step(self, seconds: float) -> None:
        """Move forward by so many simulated seconds, running or not."""
        self._base += max(0, round(seconds * 1000))
