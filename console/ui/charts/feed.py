"""The curves of a window: what was recorded, and what comes while one looks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from console.domain.enums import Section
from console.domain.frames import Frame
from console.domain.model import MetricRow, Row
from console.domain.values import Reading, Status, Unit
from console.engine.history.base import Series, SeriesKey

if TYPE_CHECKING:
    from console.engine.frames import FrameFeed
    from console.engine.history.base import History

Numbers = NDArray[np.float64]
_NOTHING = np.empty(0)
_WORTH = 1_000  # points that are let go of at once
_MOST_LIVE = 20_000  # points that came while one looked; then they are folded into the others


@dataclass(slots=True)
class Track:
    """One curve as it grows."""

    unit: Unit | None = None
    times: Numbers = field(default_factory=lambda: _NOTHING)
    values: Numbers = field(default_factory=lambda: _NOTHING)
    new_times: list[float] = field(default_factory=list)
    new_values: list[float] = field(default_factory=list)
    is_known: bool = False  # the recording or a frame has such a row and column

    def last_ms(self) -> float:
        """The time of the newest point."""
        if self.new_times:
            return self.new_times[-1]
        return float(self.times[-1]) if len(self.times) else -math.inf

    def last_value(self) -> float:
        """The newest value; NaN where nothing is known."""
        if self.new_values:
            return self.new_values[-1]
        return float(self.values[-1]) if len(self.values) else math.nan

    def append(self, at_ms: float, value: float) -> None:
        """A newer point; one that says the same again is left out."""
        if at_ms <= self.last_ms():
            return
        last = self.last_value()
        if value == last or (value != value and last != last):
            return
        self.new_times.append(at_ms)
        self.new_values.append(value)
        if len(self.new_times) > _MOST_LIVE:
            self.times, self.values = self.arrays()
            self.new_times, self.new_values = [], []

    def forget(self, before_ms: float) -> None:
        """Let go of what is before a moment, but for the point that holds there; done only where it is worth it."""
        if len(self.new_times) > _WORTH and self.new_times[_WORTH] < before_ms:
            self.times, self.values = self.arrays()
            self.new_times, self.new_values = [], []
        gone = int(np.searchsorted(self.times, before_ms, "right")) - 1
        if gone > _WORTH:
            self.times, self.values = self.times[gone:].copy(), self.values[gone:].copy()

    def arrays(self) -> tuple[Numbers, Numbers]:
        """All points."""
        if not self.new_times:
            return self.times, self.values
        return (np.concatenate((self.times, self.new_times)), np.concatenate((self.values, self.new_values)))


def reading_value(reading: Reading, server_ms: float) -> float:
    """A reading as a point of a curve; NaN unless it is a number that holds."""
    if reading.status is not Status.OK:
        return math.nan
    value = reading.value_at(server_ms)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return math.nan
    return float(value)


class TrendFeed:
    """Reads curves from the recording and lets them grow by the feed of frames.

    Args:
        history: the recording; None: curves begin now.
        frames: what comes; None: only what was recorded by the time it is asked for.
    """

    def __init__(self, history: History | None, frames: FrameFeed | None) -> None:
        self._history = history
        self._frames = frames
        self._fresh_until: dict[str, float] = {}
        self._asked_ms = 0.0
        self.tracks: dict[SeriesKey, Track] = {}
        self.behind: dict[SeriesKey, Series] = {}
        self._unsubscribe = frames.subscribe(self._on_frame) if frames is not None else None
        for frame in (frames.latest if frames is not None else {}).values():
            self._fresh_until[str(frame.profile_id)] = frame.fresh_until_ms

    def close(self) -> None:
        """Stop following."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def load(
        self, keys: Iterable[SeriesKey], start_ms: float, end_ms: float, now_ms: float, week_ms: float = 0.0
    ) -> None:
        """Read curves of a range; with `week_ms` also what they were so long before. The former ones go.

        Frames that come meanwhile are not lost: they are newer than what the recording answers with.
        """
        wanted = list(dict.fromkeys(keys))
        self._asked_ms = now_ms
        fresh = {key: Track() for key in wanted}
        former, self.tracks = self.tracks, fresh
        if end_ms >= now_ms - 1000:
            for frame in (self._frames.latest if self._frames is not None else {}).values():
                self._take(frame)
        behind: dict[SeriesKey, Series] = {}
        if self._history is not None:
            for key in wanted:
                series = await self._history.series(key, start_ms, end_ms)
                if series is not None:
                    self._found(fresh[key], series)
                if week_ms:
                    earlier = await self._history.series(key, start_ms - week_ms, end_ms - week_ms)
                    if earlier is not None and len(earlier.times_ms):
                        behind[key] = earlier
        else:
            for key in wanted:
                if key in former:
                    fresh[key] = former[key]
        self.behind = behind

    def first_ms(self, key: SeriesKey) -> float | None:
        """When a curve is first known; None where it is not."""
        track = self.tracks.get(key)
        if track is None:
            return None
        known = np.flatnonzero(np.isfinite(track.values))
        if len(known):
            return float(track.times[known[0]])
        return next((at for at, v in zip(track.new_times, track.new_values, strict=True) if v == v), None)

    def until(self, key: SeriesKey, end_ms: float, now_ms: float) -> float:
        """How long the last value of a curve holds."""
        if end_ms < now_ms - 1000:
            return end_ms
        if self._frames is None:
            return min(end_ms, self._asked_ms)
        return min(end_ms, now_ms, self._fresh_until.get(key.profile_id, -math.inf))

    # -- inside

    def _found(self, track: Track, series: Series) -> None:
        """What was recorded, and behind it what came while it was read."""
        newer = [(at, value) for at, value in zip(track.new_times, track.new_values, strict=True)]
        track.unit, track.is_known = series.unit, True
        track.times, track.values = series.times_ms, series.values
        track.new_times, track.new_values = [], []
        for at, value in newer:
            track.append(at, value)

    def _on_frame(self, frame: Frame) -> None:
        profile_id = str(frame.profile_id)
        former = self._fresh_until.get(profile_id, math.inf)
        self._fresh_until[profile_id] = frame.fresh_until_ms
        if former < frame.at_ms:  # silent in between
            for key, track in self.tracks.items():
                if key.profile_id == profile_id and (track.new_times or len(track.times)):
                    track.append(max(former, track.last_ms() + 1), math.nan)
        self._take(frame)

    def _take(self, frame: Frame) -> None:
        wanted = [(key, track) for key, track in self.tracks.items() if key.profile_id == str(frame.profile_id)]
        finder = _Finder(frame)
        for key, track in wanted:
            reading = finder.reading(key)
            value = math.nan
            if reading is not None and frame.is_fresh_at(frame.at_ms):
                value = reading_value(reading, frame.server_ms(frame.at_ms))
            if reading is not None and reading.status is not Status.UNSUPPORTED:
                track.is_known = True
                track.unit = track.unit or reading.unit
            track.append(frame.at_ms, value)


class _Finder:
    """Finds readings of one frame; each section is looked through once."""

    def __init__(self, frame: Frame) -> None:
        self._snapshot = frame.source.snapshot
        self._rows: dict[Section | None, Mapping[str, Row | MetricRow]] = {}

    def reading(self, key: SeriesKey) -> Reading | None:
        """The reading of a key; None where there is no such row."""
        if self._snapshot is None:
            return None
        if key.section not in self._rows:
            rows: tuple[Row, ...] | tuple[MetricRow, ...]
            rows = self._snapshot.metrics if key.section is None else self._snapshot.rows(key.section)
            self._rows[key.section] = {row.id: row for row in rows}
        row = self._rows[key.section].get(key.row_id)
        if isinstance(row, MetricRow):
            return row.reading
        return row.reading(key.column) if row is not None else None
