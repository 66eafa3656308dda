"""The feed of frames: the store's news, stamped once, for everyone who keeps or judges them.

Recorder, alarms and charts are handed the very same frames, so that a recording judged again gives the same alarms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from console.domain.board import Source
from console.domain.clock import Clock
from console.domain.enums import HealthState
from console.domain.frames import Frame
from console.domain.model import ProfileId, Snapshot
from console.engine.store import Store

NOTABLE_MS: Final = 50.0  # two frames within a moment are no clock set back
CATCH_UP: Final = 0.9  # how fast time runs after the computer's clock was set back, until the clock has caught up
SHORTEST_S: Final = 1.0  # real seconds between two frames of a profile; a socket that pushes more is merged

FrameListener = Callable[[Frame], None]


class FrameFeed:
    """Turns the store's news into frames; lives on the event loop's thread.

    Time in a recording never runs backwards and never stands still: where the computer's clock is set back, the
    frames' time goes on from where it was, a little slower, until the clock has caught up.

    Args:
        speed: how fast the clock's wall time runs (a demo's), for how long values hold in it.
    """

    def __init__(self, store: Store, clock: Clock, *, speed: float = 1.0) -> None:
        self._store = store
        self._clock = clock
        self._speed = speed
        self._listeners: list[FrameListener] = []
        self._latest: dict[ProfileId, Frame] = {}
        self._sources: dict[ProfileId, Source] = {}  # as the store has them
        self._sent_mono: dict[ProfileId, float] = {}
        self._timers: dict[ProfileId, asyncio.TimerHandle] = {}
        self._ahead: dict[ProfileId, tuple[Snapshot, float]] = {}
        self._at_ms, self._at_mono = clock.now_ms(), clock.monotonic()
        self._unsubscribe = store.subscribe(self._on_news)

    def now_ms(self) -> float:
        """The time by which frames are stamped: the console's wall clock, or ahead of it while that catches up."""
        mono = self._clock.monotonic()
        least = self._at_ms + (mono - self._at_mono) * 1000 * self._speed * CATCH_UP
        self._at_ms, self._at_mono = max(self._clock.now_ms(), least), mono
        return self._at_ms

    @property
    def latest(self) -> dict[ProfileId, Frame]:
        """The newest frame of each profile."""
        return dict(self._latest)

    def subscribe(self, listener: FrameListener) -> Callable[[], None]:
        """Call `listener` with every new frame; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def close(self) -> None:
        """Stop following the store."""
        self._unsubscribe()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _on_news(self, changed: frozenset[ProfileId]) -> None:
        for profile_id in changed:
            source = self._store.source(profile_id)
            if source is None:
                self._drop(profile_id)
            elif profile_id not in self._timers:
                self._take(profile_id)

    def _take(self, profile_id: ProfileId) -> None:
        """Send now, or when the last one is old enough: the newest state wins."""
        since = self._clock.monotonic() - self._sent_mono.get(profile_id, -SHORTEST_S)
        former = self._latest.get(profile_id)
        source = self._store.source(profile_id)
        if source is None or (former is not None and self._sources.get(profile_id) == source):
            return
        if since >= SHORTEST_S or former is None or former.source.health.state is not source.health.state:
            self._send(profile_id, source)
        else:
            loop = asyncio.get_running_loop()
            self._timers[profile_id] = loop.call_later(SHORTEST_S - since, self._on_due, profile_id)

    def _on_due(self, profile_id: ProfileId) -> None:
        self._timers.pop(profile_id, None)
        source = self._store.source(profile_id)
        if source is not None:
            self._send(profile_id, source)

    def _send(self, profile_id: ProfileId, source: Source) -> None:
        at_ms = self._stamp(profile_id)
        frame = Frame(at_ms, self._in_time(source, at_ms), self._fresh_until(source, at_ms))
        self._latest[profile_id], self._sources[profile_id] = frame, source
        self._sent_mono[profile_id] = self._clock.monotonic()
        for listener in tuple(self._listeners):
            listener(frame)

    def _stamp(self, profile_id: ProfileId, former: Frame | None = None) -> float:
        former = former or self._latest.get(profile_id)
        return self.now_ms() if former is None else max(self.now_ms(), former.at_ms + 1)

    def _in_time(self, source: Source, at_ms: float) -> Source:
        """The server's clock is known against the computer's; where the frames are ahead of that, by so much less."""
        snapshot = source.snapshot
        if snapshot is None:
            return source
        known = self._ahead.get(source.profile.id)
        if known is None or known[0] is not snapshot:
            ahead = max(0.0, at_ms - self._clock.now_ms())
            known = self._ahead[source.profile.id] = (snapshot, ahead if ahead >= NOTABLE_MS else 0.0)
        if not known[1]:
            return source
        return replace(source, snapshot=replace(snapshot, offset_ms=snapshot.offset_ms - known[1]))

    def _fresh_until(self, source: Source, at_ms: float) -> float:
        health = source.health
        age_s = health.age_s(self._clock.monotonic())
        if health.state not in (HealthState.LIVE, HealthState.WARMING) or age_s is None:
            return at_ms
        return at_ms + max(0.0, health.stale_after_s - age_s) * 1000 * self._speed

    def _drop(self, profile_id: ProfileId) -> None:
        """A profile was switched off or removed: its last values hold no longer."""
        timer = self._timers.pop(profile_id, None)
        if timer is not None:
            timer.cancel()
        former = self._latest.pop(profile_id, None)
        self._sources.pop(profile_id, None)
        self._ahead.pop(profile_id, None)
        if former is None:
            return
        at_ms = self._stamp(profile_id, former)
        profile = replace(former.source.profile, enabled=False)  # nobody expects its data any more
        gone = Frame(at_ms, replace(former.source, profile=profile, snapshot=None), at_ms)
        for listener in tuple(self._listeners):
            listener(gone)
