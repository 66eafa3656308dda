"""Limits at the door: sizes, depths, numbers and times beyond which a reply fails as a whole, never by half."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

MB = 1024 * 1024
MAX_NUMBER = 2**53  # beyond it a JSON number is no longer exact in every reader


class CallClass(StrEnum):
    """What kind of call it is; each kind has its own patience."""

    POLL = "poll"  # answers within seconds, repeated for ever
    REPORT = "report"  # may compute for minutes, run once


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds a call may take.

    Attributes:
        connect_s: to open a connection, TLS included.
        read_s: silence between two pieces of the reply; for the first piece it is the server's thinking time.
        total_s: the whole call; infinite where `min_rate` alone watches over a long body.
        pool_s: to wait for a free connection of our own.
    """

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 10.0
    pool_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of one profile's transport; tests inject small ones.

    A reply of 10,000 agents is about 2 MB and 150,000 values, so the defaults leave a factor of ten.
    """

    wire_bytes: int = 16 * MB
    decoded_bytes: int = 64 * MB
    file_bytes: int = 2048 * MB  # a download, packed or not; it goes to disk piece by piece
    head_bytes: int = 64 * 1024  # of a download that stay in memory, to be shown
    error_bytes: int = 64 * 1024
    depth: int = 64
    items: int = 2_000_000
    min_rate: float = 1024.0  # bytes per second, averaged over `rate_window_s`
    rate_window_s: float = 30.0
    thread_bytes: int = 64 * 1024  # larger bodies are decoded in a worker thread
    max_connections: int = 8
    cancels_before_rebuild: int = 50
    close_s: float = 1.0
    poll: Deadlines = field(default_factory=Deadlines)
    report: Deadlines = field(default_factory=lambda: Deadlines(read_s=900.0, total_s=3600.0))
    # websocket
    frame_bytes: int = MB
    frame_queue: int = 64
    ping_s: float = 10.0
    pong_s: float = 10.0

    def deadlines(self, call: CallClass) -> Deadlines:
        """The times of a call class."""
        return self.report if call is CallClass.REPORT else self.poll


LIMITS = Limits()


class RateWatch:
    """Tells when a body drips: fewer than `min_rate` bytes a second over the last `window_s` seconds."""

    def __init__(self, min_rate: float, window_s: float, now_s: float) -> None:
        self._min_rate = min_rate
        self._window_s = window_s
        self._start = now_s
        self._pieces: deque[tuple[float, int]] = deque()
        self._sum = 0

    def too_slow(self, now_s: float, size: int) -> bool:
        """Take note of `size` bytes at `now_s` and judge the last window; never true before one window has passed."""
        self._pieces.append((now_s, size))
        self._sum += size
        while self._pieces and self._pieces[0][0] <= now_s - self._window_s:
            self._sum -= self._pieces.popleft()[1]
        return now_s - self._start >= self._window_s and self._sum < self._min_rate * self._window_s
