"""The alert engine on a clock that stands still, fed by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from console.domain.alerts import AlertNews
from console.domain.frames import Frame
from console.domain.messages import Message
from console.engine.alerts.service import Alerts
from console.engine.frames import FrameFeed, FrameListener
from console.settings.paths import resolve_paths
from tests.domain.alert_floor import T0
from tests.support import ManualClock


class HandFeed:
    """A feed of frames without a store."""

    def __init__(self, clock: ManualClock) -> None:
        self.now_ms = clock.now_ms
        self.latest: dict[str, Frame] = {}
        self._listeners: list[FrameListener] = []

    def subscribe(self, listener: FrameListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def send(self, frame: Frame) -> None:
        for listener in tuple(self._listeners):
            listener(frame)


class Rig:
    """One run of the engine, and everything it said."""

    def __init__(self, home: Path, clock: ManualClock, **more: Any) -> None:
        self.clock = clock
        self.paths = resolve_paths(home, environ={})
        self.feed = HandFeed(clock)
        self.told: list[Message] = []
        self.news: list[AlertNews] = []
        self.bugs: list[BaseException] = []
        self.alerts = Alerts(
            self.paths,
            cast(FrameFeed, self.feed),
            clock,
            tell=self.told.append,
            local=lambda ms: datetime.fromtimestamp(ms / 1000, UTC),
            **more,
            report_bug=lambda _where, error: self.bugs.append(error),
        )
        self.alerts.subscribe(self.news.extend)

    async def play(self, frames: Sequence[Frame]) -> None:
        """Feed frames, each at its own moment, the engine's second going by in between."""
        for frame in frames:
            await self.until((frame.at_ms - T0) / 1000)
            self.feed.send(frame)

    async def until(self, at: float) -> None:
        """Let time pass up to `at` seconds after T0."""
        await self.clock.advance((T0 - self.clock.now_ms()) / 1000 + at)

    @property
    def told_of(self) -> list[AlertNews]:
        """The news that came with something to do."""
        return [one for one in self.news if one.actions]


@asynccontextmanager
async def running(home: Path, clock: ManualClock | None = None, **more: Any) -> AsyncIterator[Rig]:
    rig = Rig(home, clock or ManualClock(T0), **more)
    await rig.alerts.start()
    try:
        yield rig
    finally:
        await rig.alerts.aclose()
