"""Clocks: the wall clock values are shown by, the monotonic one time limits use, and the server's.

A demo at speed X needs the console's wall clock to run at X too; time limits, cadence and ages stay real.
"""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

LONGEST_TIMER_S = 60.0  # longer waits are re-armed: a cancelled Qt timer lives on until it would have fired


class Clock(Protocol):
    """The time as the console sees it."""

    def now_ms(self) -> float:
        """Wall clock, epoch milliseconds; may run faster than real time in a demo."""
        ...

    def monotonic(self) -> float:
        """Real seconds that never jump, for time limits, cadence and ages."""
        ...

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until `event` is set, at most `seconds` of `monotonic()`; returns whether it was set."""
        ...


class SystemClock:
    """The computer's clocks; with `speed` the wall clock runs that many times faster from its start on."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._wall = time.time()
        self._mono = time.monotonic()

    def now_ms(self) -> float:
        """See `Clock.now_ms`."""
        if self.speed == 1.0:
            return time.time() * 1000
        return (self._wall + (time.monotonic() - self._mono) * self.speed) * 1000

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """See `Clock.wait`; loop timers may wake early, so the clock decides."""
        import asyncio  # not on the way to the first paint

        due = time.monotonic() + seconds
        while (left := due - time.monotonic()) > 0 and not event.is_set():
            # not `wait_for`: before Python 3.12 it loses a cancellation that comes in the moment the event is set
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, LONGEST_TIMER_S)):
                    await event.wait()
        return event.is_set()


def speed_of(clock: Clock) -> float:
    """How fast the clock's wall time runs: 1 but in a demo; for limits that compare times of the server."""
    return clock.speed if isinstance(clock, SystemClock) else 1.0


def to_datetime(epoch_ms: float) -> datetime:
    """Epoch milliseconds as an aware UTC instant; clamps what a `datetime` cannot hold."""
    return datetime.fromtimestamp(min(max(epoch_ms / 1000, -62135596800.0), 253402300799.0), UTC)


class LocalZone(tzinfo):
    """This computer's zone for a window that stays open: each moment has its own offset, where the zone of one moment
    would keep that of winter all summer."""

    def fromutc(self, dt: datetime) -> datetime:
        """See `tzinfo.fromutc`."""
        local = dt.replace(tzinfo=UTC).astimezone()
        is_second = local.replace(tzinfo=None).astimezone().utcoffset() != local.utcoffset()  # of an hour that is twice
        return local.replace(tzinfo=self, fold=int(is_second))

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """See `tzinfo.utcoffset`."""
        return None if dt is None else dt.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:
        """See `tzinfo.dst`: not told apart from the offset."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """See `tzinfo.tzname`."""
        return None if dt is None else dt.replace(tzinfo=None).astimezone().tzname()


def day_start(day: date, zone: tzinfo | None = None) -> datetime:
    """Midnight by a zone's wall clock, by this computer's without one; right on days on which the clocks change too,
    where a local moment less 24 hours is not."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    return start if zone is not None else start.astimezone()


def now(clock: Clock) -> datetime:
    """The clock's wall time as an aware UTC instant."""
    return to_datetime(clock.now_ms())


class ServerClock:
    """Estimates server clock minus the console's clock from what replies say about time.

    The HTTP ``Date`` header has whole seconds, so one sample is known to within a second; the estimate is the
    value nearest to the former one inside that second. A sample more than `JUMP_MS` away means the server's
    clock was set: it is taken over at once. Stamps with milliseconds narrow it from below: a server cannot
    stamp what it has not reached.
    """

    JUMP_MS = 2_000.0

    def __init__(self) -> None:
        self._offset_ms: float | None = None

    @property
    def offset_ms(self) -> float:
        """The estimate; 0 before the first sample."""
        return self._offset_ms or 0.0

    @property
    def is_known(self) -> bool:
        """Whether any sample has arrived."""
        return self._offset_ms is not None

    def observe_date(self, date_ms: float, received_ms: float) -> None:
        """Take a ``Date`` header (whole seconds) and the console's time when the reply arrived."""
        low = date_ms - received_ms
        high = low + 1000.0
        former = self._offset_ms
        if former is None or former < low - self.JUMP_MS or former > high + self.JUMP_MS:
            self._offset_ms = low + 500.0
        else:
            self._offset_ms = min(max(former, low), high)

    def observe_stamp(self, stamp_ms: float, received_ms: float) -> None:
        """Take the newest millisecond stamp in a reply: the server's clock is at least there.

        Only a small correction is believed; a stamp far in the future is a fault of that value, not of the clock.
        """
        low = stamp_ms - received_ms
        former = self._offset_ms
        if former is None or 0 < low - former <= self.JUMP_MS:
            self._offset_ms = low
