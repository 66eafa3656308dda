"""The clock the window shows its figures by: now, or another moment while a recording is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.clock import Clock

if TYPE_CHECKING:
    import asyncio


class ShownClock:
    """Hands through to the live clock, or to the one that was set in its place."""

    def __init__(self, live: Clock) -> None:
        self.live = live
        self._shown = live

    @property
    def is_live(self) -> bool:
        """Whether it shows now."""
        return self._shown is self.live

    def show(self, clock: Clock | None) -> None:
        """Show another moment from now on; None shows now again."""
        self._shown = clock or self.live

    def now_ms(self) -> float:
        """See `Clock.now_ms`."""
        return self._shown.now_ms()

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self._shown.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Real time passes whatever is shown."""
        return await self.live.wait(event, seconds)


def live_clock(clock: Clock) -> Clock:
    """The clock by which real time passes, for timers and for what people do with their hands."""
    return clock.live if isinstance(clock, ShownClock) else clock


def shows_now(clock: Clock) -> bool:
    """Whether a clock shows now, and not a recorded moment."""
    return not isinstance(clock, ShownClock) or clock.is_live
