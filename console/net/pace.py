"""Pace: how long to wait before the next try, and how many requests a host gets at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from console.domain.clock import Clock
from console.net.translate import MAX_RETRY_AFTER_S

GOOD_SERVICE_S = 60.0
SHORT_OUTAGE_S = 30.0


class Backoff:
    """Delays between the tries of one profile while it fails.

    Full jitter over a doubling span, ``max(interval, rand(0,1) * min(cap, base * 2**n))``, with two bounds: in the
    first `SHORT_OUTAGE_S` of an outage at most `short_cap_s`, so that a restarted server is found again within ten
    seconds; and never more tries than `earliest_s` permits, whatever the dice say: 38 in a ten-minute outage.

    An outage counts as over only after `GOOD_SERVICE_S` of service, so that a server that blinks does not get a
    fresh series each time.

    Args:
        interval_s: seconds between cycles in good times; no try comes sooner after a failure.
        jitter: uniform numbers in [0, 1).
    """

    def __init__(
        self,
        interval_s: float,
        clock: Clock,
        *,
        base_s: float = 1.0,
        cap_s: float = 30.0,
        short_cap_s: float = 8.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._base_s = base_s
        self._cap_s = cap_s
        self._short_cap_s = short_cap_s
        self._jitter = jitter
        self._failures = 0
        self._since = 0.0
        self._phase = 0.0
        self._good_since: float | None = None

    @property
    def failures(self) -> int:
        """Failures in the present outage."""
        return self._failures

    def delay(self, retry_after_s: float | None = None) -> float:
        """Note a failure; gives the seconds until the next try.

        Args:
            retry_after_s: the least wait the server demands; clamped to 15 minutes, nonsense is ignored.
        """
        at = self._clock.monotonic()
        self._forget_old(at)
        self._good_since = None
        if not self._failures:
            self._since = at
            self._phase = self._jitter()
        age = at - self._since
        wait = self._jitter() * min(self._cap_s, self._base_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        bound = earliest_s(self._failures, self._phase) - age
        if age < SHORT_OUTAGE_S:
            wait, bound = min(wait, self._short_cap_s), min(bound, self._short_cap_s)
        return max(wait, bound, self._interval_s, clamp_wait(retry_after_s))

    def succeeded(self) -> None:
        """Note good data."""
        at = self._clock.monotonic()
        if self._good_since is None:
            self._good_since = at
        self._forget_old(at)

    def reset(self) -> None:
        """Forget the outage: after waking from sleep, when the network came back, or when the user asks."""
        self._failures = 0

    def _forget_old(self, at: float) -> None:
        if self._good_since is not None and at - self._good_since >= GOOD_SERVICE_S:
            self._failures = 0


def earliest_s(failures: int, phase: float) -> float:
    """The age of an outage before which the next try must not come: one in 5 s at first, then one in 20 s.

    Args:
        phase: 0 to 1, drawn once per outage: without it all consoles of a floor would come back in one second.
    """
    short = max(0, failures - 2) * 5.0
    return short if short < SHORT_OUTAGE_S else SHORT_OUTAGE_S + (failures - 8 + phase) * 20.0


def clamp_wait(seconds: float | None) -> float:
    """A wait named by a server as a number that is safe to sleep: 0 to 900, nonsense is 0."""
    if seconds is None or not seconds >= 0:
        return 0.0
    return min(seconds, MAX_RETRY_AFTER_S)


class HostPace:
    """Keeps the requests to one host apart: at most `concurrent` at once, at least `gap_s` between two starts.

    `hold` keeps the wait that a server has demanded; `held_s` says what is left of it.
    """

    def __init__(self, clock: Clock, *, concurrent: int = 4, gap_s: float = 0.0) -> None:
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrent)
        self._gap_s = gap_s
        self._next_s = 0.0
        self._held_until = 0.0

    def hold(self, seconds: float | None) -> None:
        """No request starts for so many seconds."""
        self._held_until = max(self._held_until, self._clock.monotonic() + clamp_wait(seconds))

    @property
    def held_s(self) -> float:
        """Seconds for which no request may start."""
        return max(0.0, self._held_until - self._clock.monotonic())

    def reserve(self) -> float:
        """Book the next start; gives the seconds to wait for it."""
        at = self._clock.monotonic()
        start = max(at, self._next_s)
        self._next_s = start + self._gap_s
        return start - at

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot and for the moment to start."""
        async with self._slots:
            wait = self.reserve()
            if wait > 0:
                await asyncio.sleep(wait)
            yield
