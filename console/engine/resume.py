"""Notices that the computer has slept: what is on screen is then hours old, though no clock of ours says so.

On Linux the monotonic clock stands still in sleep, so the wall clock runs away from it; elsewhere it goes on, so a
short wait has taken hours. Both are taken for a night's sleep. Setting the wall clock forward looks the same and
costs one fresh start of each connection; setting it back is no sleep.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from console.domain.clock import Clock

LOOK_S = 1.0
JUMP_S = 5.0  # less is a busy computer or a time service at work
SPREAD_S = 5.0  # a floor of consoles that wake together does not sign in together


class ResumeWatch:
    """Calls `on_resume` once after each sleep. `run()` never returns; cancel it to stop.

    Args:
        clock: real seconds; what a demo does to its wall clock plays no part.
        wall_s: the computer's own wall clock, in seconds.
    """

    def __init__(self, clock: Clock, on_resume: Callable[[], None], wall_s: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._on_resume = on_resume
        self._wall_s = wall_s

    async def run(self) -> None:
        """Look once a second."""
        never = asyncio.Event()
        mono, wall = self._clock.monotonic(), self._wall_s()
        while True:
            await self._clock.wait(never, LOOK_S)
            mono, former_mono = self._clock.monotonic(), mono
            wall, former_wall = self._wall_s(), wall
            has_slept = (wall - former_wall) - (mono - former_mono) > JUMP_S
            if has_slept or mono - former_mono > LOOK_S + JUMP_S:
                self._on_resume()
