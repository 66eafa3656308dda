"""A recording in memory: a list of frames, for tests of what reads one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from console.domain.board import Board
from console.domain.frames import Frame
from console.domain.model import ProfileId
from console.engine.history.base import Span, Usage


class FakeHistory:
    """Answers what a replay asks. `gate`, while it is cleared, holds up every board; `asked` are their moments."""

    def __init__(self, frames: Sequence[Frame] = ()) -> None:
        self.kept = list(frames)
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[float] = []

    def add(self, frame: Frame) -> None:
        self.kept.append(frame)

    def _standing(self, at_ms: float) -> list[Frame]:
        newest: dict[ProfileId, Frame] = {}
        for frame in self.kept:
            if frame.at_ms <= at_ms:
                newest[frame.profile_id] = frame
        return list(newest.values())

    async def board_at(self, at_ms: float) -> Board:
        self.asked.append(at_ms)
        await self.gate.wait()
        return Board(tuple(frame.source for frame in self._standing(at_ms)))

    async def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
        for frame in sorted(self._standing(start_ms), key=lambda each: each.at_ms):
            yield frame
        for frame in self.kept:
            if start_ms < frame.at_ms <= end_ms:
                yield frame

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> list[Span]:
        clipped = [(max(f.at_ms, start_ms), min(f.fresh_until_ms, end_ms)) for f in self.kept]
        return [Span(start, end) for start, end in clipped if start < end]

    async def usage(self) -> Usage:
        times = [frame.at_ms for frame in self.kept]
        return Usage(10_000, min(times, default=None), max(times, default=None), True)
