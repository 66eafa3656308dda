"""Frames: what the console knew of one source from one moment on. Recorder, replay, alarms and charts share them."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.board import Source
from console.domain.model import ProfileId


@dataclass(frozen=True, slots=True)
class Frame:
    """One source as it stood from `at_ms` on, until the next frame of the same profile.

    Attributes:
        at_ms: the console's wall clock (epoch milliseconds) when it became the newest; grows from frame to frame.
        source: profile, snapshot (None before the first) and health.
        fresh_until_ms: the console's wall clock from which on the values count as old unless a newer frame comes;
            `at_ms` itself where they are old already. Running durations stop there.
    """

    at_ms: float
    source: Source
    fresh_until_ms: float

    @property
    def profile_id(self) -> ProfileId:
        """Whose it is."""
        return self.source.profile.id

    def is_fresh_at(self, at_ms: float) -> bool:
        """Whether its values hold at a moment of the console's wall clock."""
        return self.source.snapshot is not None and at_ms < self.fresh_until_ms

    def server_ms(self, at_ms: float) -> float:
        """The server's clock at a moment of the console's; it stands still once the values are old."""
        offset = self.source.snapshot.offset_ms if self.source.snapshot is not None else 0.0
        return min(at_ms, max(self.fresh_until_ms, self.at_ms)) + offset
