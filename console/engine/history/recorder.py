"""The recorder: keeps every frame on disk, and answers what was.

Everything but handing frames over happens on one thread of its own, in order: what was fed is known to whoever asks
next. Nothing heavy is imported before that thread runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from console.domain.clock import Clock
from console.domain.errors import UserError
from console.domain.frames import Frame
from console.domain.messages import Message, message
from console.settings.worker import Worker
from console.tasks import TaskScope

if TYPE_CHECKING:
    from console.domain.board import Board
    from console.domain.enums import Section
    from console.engine.frames import FrameFeed
    from console.engine.history.archive import Archive
    from console.engine.history.base import Reset, RowName, Series, SeriesKey, Span, StateSpan, Usage
    from console.settings.schema import General

log = logging.getLogger(__name__)

WAITING: Final = 500  # frames that may wait for the disk; what comes beyond them is left out
BATCH_S: Final = 0.05  # how long frames are gathered before they are handed over
BATCH: Final = 200
PAUSE_S: Final = 0.0005  # in the middle of long work, so that the window's thread gets its turn
CLOSE_S: Final = 0.9
T = TypeVar("T")


class Recorder:
    """Fulfils `console.engine.history.base.History`; lives on the event loop's thread.

    Args:
        folder: of the recording; made when there is something to record.
        general: the preferences as they are; looked at with each frame.
        tell: takes sentences, such as that a damaged file was set aside.
        report_bug: takes exceptions that are faults of ours.
        make: opens the archive on the thread; exchanged by tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        general: Callable[[], General],
        tell: Callable[[Message], None],
        report_bug: Callable[[str, BaseException], None],
        make: Callable[..., Archive] | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._general = general
        self._tell = tell
        self._report_bug = report_bug
        self._make = make
        self._worker = Worker("recorder")
        self._scope = TaskScope("recorder", report_bug)
        self._frames: deque[Frame] = deque()
        self._terms: General | None = None
        self._archive: Archive | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._is_closed = False
        self._is_slow = False

    def start(self, feed: FrameFeed) -> None:
        """Record what the feed gives from now on."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = feed.subscribe(self.take)
        for frame in feed.latest.values():
            self.take(frame)

    def take(self, frame: Frame) -> None:
        """Record a frame, soon; returns at once."""
        if self._is_closed:
            return
        if len(self._frames) >= WAITING:
            if not self._is_slow:
                self._is_slow = True
                self._tell(message("record.slow"))
            return
        self._frames.append(frame)
        self._scope.single_flight("write", self._write)

    async def apply(self, general: General) -> None:
        """Let changed preferences take effect now, and not with the next frame."""
        self._terms = general
        await self._run(lambda archive: None, general)

    async def forget_all(self) -> None:
        """Delete the whole recording; a new one begins with the next frame. Raises UserError where that fails."""

        def forget(archive: Archive) -> None:
            archive.forget_all()

        try:
            await self._run(forget)
        except OSError as failure:
            reason = failure.strerror or "unknown"
            raise UserError(message("record.not_forgotten", reason=reason)) from failure

    async def aclose(self) -> None:
        """Write what waits and close the files, within about a second; recorded values end now."""
        if self._is_closed:
            return
        now_ms = self._clock.now_ms()
        self._unsubscribe()
        self._is_closed = True
        try:
            if self._archive is not None or self._frames:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await self._run(lambda archive: archive.close(now_ms))
        finally:
            await self._scope.aclose()
            self._worker.close()

    # -- what was

    async def board_at(self, at_ms: float) -> Board:
        """See `History.board_at`."""
        return await self._run(lambda archive: archive.board_at(at_ms))

    async def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
        """See `History.frames`."""
        way: Iterator[Frame] = await self._run(lambda archive: archive.frames(start_ms, end_ms, tuple(profile_ids)))
        while batch := await self._run(lambda archive: _some(way)):
            for frame in batch:
                yield frame

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        """See `History.series`."""
        return await self._run(lambda archive: archive.series(key, start_ms, end_ms))

    async def agent_states(
        self, profile_id: str, start_ms: float, end_ms: float
    ) -> Sequence[tuple[RowName, Sequence[StateSpan]]]:
        """See `History.agent_states`."""
        return await self._run(lambda archive: archive.agent_states(profile_id, start_ms, end_ms))

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
        """See `History.spans`."""
        return await self._run(lambda archive: archive.spans(start_ms, end_ms, profile_id))

    async def resets(self, start_ms: float, end_ms: float) -> Sequence[Reset]:
        """See `History.resets`."""
        return await self._run(lambda archive: archive.resets(start_ms, end_ms))

    async def rows(self, profile_id: str, section: Section | None, start_ms: float, end_ms: float) -> Sequence[RowName]:
        """See `History.rows`."""
        return await self._run(lambda archive: archive.rows(profile_id, section, start_ms, end_ms))

    async def usage(self) -> Usage:
        """See `History.usage`."""
        return await self._run(lambda archive: archive.usage())

    # -- the thread

    async def _write(self) -> None:
        while self._frames:
            await self._run(lambda archive: None)
        self._is_slow = False

    async def _run(self, call: Callable[[Archive], T], general: General | None = None) -> T:
        """What `call` gives on the thread, once everything fed so far is written."""
        self._loop = asyncio.get_running_loop()
        terms, now_ms = general or self._general(), self._clock.now_ms()

        def work() -> T:
            archive = self._ready(terms, now_ms)
            while self._frames:
                self._record(archive, self._frames.popleft())
            return call(archive)

        return await self._worker.run(work)

    def _record(self, archive: Archive, frame: Frame) -> None:
        try:
            archive.writer.record(frame)
        except Exception as error:  # the boundary: a fault here must not reach whoever asks for a curve
            archive.writer.give_up(type(error).__name__)
            if self._loop is not None:
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._report_bug, "recorder", error)

    def _ready(self, general: General, now_ms: float) -> Archive:
        """The archive by the user's terms; on the thread."""
        if self._archive is None:
            from console.engine.history.archive import Archive

            self._archive = (self._make or Archive)(self._folder, self._tell_from_thread, pause=_pause)
        from console.engine.history.writing import Terms

        terms = Terms(general.record, general.record_masked, general.record_days, general.record_mb)
        if terms != self._archive.writer.terms:
            self._archive.writer.change(terms, now_ms)
        return self._archive

    def _tell_from_thread(self, sentence: Message) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._tell, sentence)


def _some(way: Iterator[Frame]) -> list[Frame]:
    """The next frames, as many as come quickly."""
    until, found = time.monotonic() + BATCH_S, list[Frame]()
    for frame in islice(way, BATCH):
        found.append(frame)
        if time.monotonic() >= until:
            break
    return found


def _pause() -> None:
    time.sleep(PAUSE_S)
