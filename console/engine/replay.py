"""Replay: what was recorded, brought back into a store of its own, moment by moment, by a clock of its own.

Views that follow a store and a clock show a recorded moment as they show now: nothing but store and clock differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from console.domain.board import Board, Source
from console.domain.clock import Clock, to_datetime
from console.domain.enums import HealthState
from console.domain.frames import Frame
from console.domain.model import ProfileId
from console.engine.history.base import History, Span, united
from console.engine.store import Store
from console.tasks import Report, TaskScope

AHEAD_S: Final = 30.0  # real seconds of a recording asked for at once while it plays
LATE_S: Final = 2.0  # real seconds behind its moment from which a frame is skipped and the whole board taken anew
NEAR_S: Final = 1.0  # real seconds before now at which playing ends: what is newer is being written
SEARCH_MS: Final = (60_000.0, 600_000.0, 7_200_000.0, 90_000_000.0)  # how far to look for the next or former frame
MARGIN_S: Final = 20.0  # real seconds before the end of a gap in which a console that starts says its first words
Listener = Callable[[], None]


class ReplayClock:
    """A clock that stands at a recorded moment, or runs on from it. See `console.domain.clock.Clock`.

    Args:
        live: the clock of now; its monotonic seconds are the real time that passes.
        speed: how fast the recorded wall clock ran (a demo's), so that ages come out in real seconds as they were.
    """

    def __init__(self, live: Clock, speed: float = 1.0) -> None:
        self._live = live
        self._speed = speed
        self._origin_ms, self._origin_mono = live.now_ms(), live.monotonic()
        self._at_ms = self._origin_ms
        self._since = self._origin_mono
        self._pace = 0.0

    @property
    def pace(self) -> float:
        """Recorded seconds per real second; 0 while it stands."""
        return self._pace

    def now_ms(self) -> float:
        """The moment looked at, epoch milliseconds of the console's wall clock then."""
        return self._at_ms + (self._live.monotonic() - self._since) * 1000 * self._pace

    def monotonic(self) -> float:
        """The moment looked at on a scale of real seconds as they passed then; see `monotonic_at`."""
        return self.monotonic_at(self.now_ms())

    def monotonic_at(self, wall_ms: float) -> float:
        """A moment of the recorded wall clock on this clock's monotonic scale; now is now on both."""
        return self._origin_mono + (wall_ms - self._origin_ms) / 1000 / self._speed

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Real time passes whatever is shown."""
        return await self._live.wait(event, seconds)

    def set(self, at_ms: float) -> None:
        """Stand at a moment, or run on from it."""
        self._at_ms, self._since = at_ms, self._live.monotonic()

    def run(self, pace: float) -> None:
        """Run from here on at so many recorded seconds per real second; 0 stands still."""
        self.set(self.now_ms())
        self._pace = pace


class ReplayStore(Store):
    """A store that is told whole sources. What is not recorded of a moment is not in it."""

    def show(self, sources: Iterable[Source]) -> None:
        """Hold these sources, in this order, and no others."""
        former = self._sources
        self._sources = {source.profile.id: source for source in sources}
        self._tell(frozenset(former) | frozenset(self._sources))


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which no source was fresh; epoch milliseconds.

    Attributes:
        was_running: the console ran and said why; else it was closed, or recorded nothing.
    """

    start_ms: float
    end_ms: float
    was_running: bool


class Replay:
    """Goes to recorded moments and plays on from them. Lives on the event loop's thread.

    Args:
        history: the recording.
        live: the clock of now.
        speed: of the recorded wall clock; see `ReplayClock`.
        order: the profiles in the user's order; those it does not name come after them.

    Attributes:
        store: the sources as they stood at the moment; follow it like the live one.
        clock: the moment.
    """

    def __init__(
        self,
        history: History,
        live: Clock,
        *,
        speed: float = 1.0,
        order: Sequence[ProfileId] = (),
        report: Report | None = None,
    ) -> None:
        self._history = history
        self._live = live
        self.clock = ReplayClock(live, speed)
        self.store = ReplayStore()
        self._speed = speed
        self._places = {profile_id: place for place, profile_id in enumerate(order)}
        self._scope = TaskScope("replay", report)
        self._turn = asyncio.Lock()
        self._wanted: float | None = None
        self._sought = self._from = self._live.now_ms()  # the moment of the board; how far was played since
        self._shown: dict[ProfileId, float] = {}
        self._listeners: list[Listener] = []

    @property
    def is_playing(self) -> bool:
        """Whether the clock runs."""
        return self.clock.pace > 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` when another moment was reached, or playing began or ended; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def aclose(self) -> None:
        """Stand still and end what is under way."""
        self.clock.run(0)
        self._listeners.clear()
        await self._scope.aclose()

    # -- moments

    async def seek(self, at_ms: float) -> None:
        """Go to a moment; returns when it, or a newer wish, is shown. Of wishes made meanwhile only the newest counts.

        A failure of the recording is raised to whoever asked.
        """
        self._wanted = at_ms
        async with self._turn:
            newest = self._take_wish()
            if newest is None:
                return  # who came before has gone to the newest already
            self._scope.cancel("play")
            try:
                board = await self._history.board_at(newest)
            except Exception:
                self.pause()
                raise
            self._take(board, newest)
            if self.is_playing:
                self._scope.restart("play", self._play)

    async def step(self, frames: int) -> bool:
        """Go to the next (+1) or former (-1) moment at which something was recorded; False when there is none."""
        self.pause()
        at_ms = await (self._next_ms() if frames > 0 else self._former_ms())
        if at_ms is not None:
            await self.seek(at_ms)
        return at_ms is not None

    def play(self, pace: float) -> None:
        """Run on from here, so many recorded seconds per real second."""
        self.clock.run(pace)
        self._scope.restart("play", self._play)
        self._tell()

    def pause(self) -> None:
        """Stand still."""
        if self.is_playing:
            self.clock.run(0)
            self._scope.cancel("play")
            self._tell()

    def _take_wish(self) -> float | None:
        wish, self._wanted = self._wanted, None
        return wish

    def _take(self, board: Board, at_ms: float) -> None:
        """Show a board as that of a moment; clock and store change together."""
        self.clock.set(at_ms)
        self._sought = self._from = at_ms
        self._shown.clear()
        found = [self._rebased(source) for source in board.sources if not _is_gone(source)]
        found.sort(key=lambda source: self._places.get(source.profile.id, len(self._places)))
        self.store.show(found)
        self._tell()

    def _show(self, frame: Frame) -> None:
        self._shown[frame.profile_id] = frame.at_ms
        sources = {source.profile.id: source for source in self.store.board.sources}
        if _is_gone(frame.source):
            sources.pop(frame.profile_id, None)
        else:
            sources[frame.profile_id] = self._rebased(frame.source)
        self.store.show(
            sorted(sources.values(), key=lambda source: self._places.get(source.profile.id, len(self._places)))
        )

    def _rebased(self, source: Source) -> Source:
        """Put the monotonic seconds of a process that may be long gone on this clock's scale."""
        health = source.health
        if health.last_ok_at is None:
            return replace(source, health=replace(health, last_ok_mono=None, next_try_mono=None))
        ok_mono = self.clock.monotonic_at(health.last_ok_at.timestamp() * 1000)
        next_try = None
        if health.next_try_mono is not None and health.last_ok_mono is not None:
            next_try = ok_mono + health.next_try_mono - health.last_ok_mono
        return replace(source, health=replace(health, last_ok_mono=ok_mono, next_try_mono=next_try))

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # -- playing

    async def _play(self) -> None:
        """Hand out frames at their moments until now is reached; a piece of the recording at a time."""
        try:
            while (pace := self.clock.pace) and self.clock.now_ms() < self._live.now_ms() - NEAR_S * 1000 * self._speed:
                end = min(max(self._from, self.clock.now_ms()) + AHEAD_S * 1000 * pace, self._live.now_ms())
                if await self._play_piece(self._from, end):
                    await self._reach(end)
                    self._from = end
                else:
                    at_ms = self.clock.now_ms()
                    self._take(await self._history.board_at(at_ms), at_ms)
        except Exception:
            self.clock.run(0)
            self._tell()
            raise
        self.clock.run(0)
        self.clock.set(min(self.clock.now_ms(), self._live.now_ms()))
        self._tell()

    async def _play_piece(self, start_ms: float, end_ms: float) -> bool:
        """Whether the frames could be handed out in time."""
        frames = self._history.frames(start_ms, end_ms)
        try:
            async for frame in frames:
                if frame.at_ms <= self._shown.get(frame.profile_id, self._sought):
                    continue
                if self.clock.now_ms() - frame.at_ms > LATE_S * 1000 * self.clock.pace:
                    return False
                await self._reach(frame.at_ms)
                self._show(frame)
                self._from = frame.at_ms
            return True
        finally:
            await _end(frames)

    async def _reach(self, at_ms: float) -> None:
        never = asyncio.Event()
        while self.is_playing and (left := (at_ms - self.clock.now_ms()) / 1000 / self.clock.pace) > 0:
            await self._live.wait(never, left)

    # -- what there is

    async def bounds(self) -> tuple[float, float] | None:
        """The first and the last recorded moment; None where nothing is recorded."""
        usage = await self._history.usage()
        if usage.first_ms is None or usage.last_ms is None:
            return None
        return usage.first_ms, usage.last_ms

    async def spans(self, start_ms: float, end_ms: float) -> list[Span]:
        """Where any source was fresh, in the order of time and without overlaps."""
        return united(await self._history.spans(start_ms, end_ms))

    async def days(self) -> list[date]:
        """The days of this computer's zone that have something recorded."""
        bounds = await self.bounds()
        if bounds is None:
            return []
        found: set[date] = {_day(bounds[0]), _day(bounds[1])}
        for span in await self.spans(*bounds):
            first, last = _day(span.start_ms), _day(span.end_ms)
            found |= {date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)}
        return sorted(found)

    async def gap_at(self, at_ms: float, start_ms: float, end_ms: float) -> Gap | None:
        """The gap a moment lies in, looked for between two others; None where some source was fresh."""
        spans = await self.spans(start_ms, end_ms)
        for gap_start, gap_end in gaps(spans, start_ms, end_ms):
            if gap_start <= at_ms < gap_end:
                until = gap_end - MARGIN_S * 1000 * self._speed
                first = await self._first_after(gap_start, gap_end)
                return Gap(gap_start, gap_end, first is not None and first < until)
        return None

    async def _next_ms(self) -> float | None:
        now = self.clock.now_ms()
        start = now
        for far in SEARCH_MS:
            found = await self._first_after(start, now + far, after=now)
            if found is not None:
                return found
            start = now + far
        return None

    async def _first_after(self, start_ms: float, end_ms: float, *, after: float | None = None) -> float | None:
        frames = self._history.frames(start_ms, end_ms)
        try:
            async for frame in frames:
                if frame.at_ms > (start_ms if after is None else after):
                    return frame.at_ms
            return None
        finally:
            await _end(frames)

    async def _former_ms(self) -> float | None:
        now = self.clock.now_ms()
        for far in SEARCH_MS:
            frames = self._history.frames(now - far, now)
            try:
                earlier = [frame.at_ms async for frame in frames if frame.at_ms < now]
            finally:
                await _end(frames)
            if earlier:
                return max(earlier)
        return None


def gaps(spans: Sequence[Span], start_ms: float, end_ms: float) -> list[tuple[float, float]]:
    """What merged spans leave open between two moments."""
    found: list[tuple[float, float]] = []
    at_ms = start_ms
    for span in spans:
        if span.start_ms > at_ms:
            found.append((at_ms, min(span.start_ms, end_ms)))
        at_ms = max(at_ms, span.end_ms)
    if at_ms < end_ms:
        found.append((at_ms, end_ms))
    return [gap for gap in found if gap[0] < gap[1]]


def _is_gone(source: Source) -> bool:
    """Whether this is a profile's last frame: switched off or removed, it was on no board from then on."""
    return source.snapshot is None and source.health.state is HealthState.LIVE


def _day(at_ms: float) -> date:
    return to_datetime(at_ms).astimezone().date()


async def _end(frames: object) -> None:
    """End a reading that is not wanted any further, at once and not when it is collected."""
    close = getattr(frames, "aclose", None)
    if close is not None:
        await close()
