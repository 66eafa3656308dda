"""Curves over time as charts draw and describe them: steps that hold, and gaps that stay gaps. Pure numbers, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.domain.thresholds import Level, Threshold

Numbers = NDArray[np.float64]

MOST: Final = 20  # curves of one chart
_DOT = 5.0  # px a value is drawn wide at least, however short it held


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve. A value holds until the next point; NaN means that nothing is known from there on.

    Attributes:
        key: tells curves of a chart apart.
        name: as labels show it.
        times_ms: epoch milliseconds, ascending.
        until_ms: how long the last value holds.
        colour: which colour of the palette; beyond their number lines are dashed.
        is_behind: drawn muted behind the others, its times already moved to theirs (the same day last week).
    """

    key: str
    name: str
    times_ms: Numbers
    values: Numbers
    until_ms: float
    colour: int = 0
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class AlertMark:
    """An alert on the time axis; `words` say what it was."""

    at_ms: float
    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class Window:
    """What part of time and values is drawn on how many pixels; y grows downwards."""

    start_ms: float
    end_ms: float
    low: float
    high: float
    width: float
    height: float

    def x(self, at_ms: float) -> float:
        """The pixel of a moment."""
        return (at_ms - self.start_ms) * self.width / max(1e-9, self.end_ms - self.start_ms)

    def y(self, value: float) -> float:
        """The pixel of a value."""
        return (self.high - value) * self.height / max(1e-12, self.high - self.low)

    def at(self, x: float) -> float:
        """The moment of a pixel."""
        return self.start_ms + x * (self.end_ms - self.start_ms) / max(1.0, self.width)


def held(curve: Curve, start_ms: float, end_ms: float) -> tuple[Numbers, Numbers, Numbers]:
    """Beginnings, ends and values of what a curve says of a range, cut to it; NaN where it says nothing."""
    times, values = curve.times_ms, curve.values
    first = max(0, int(np.searchsorted(times, start_ms, "right")) - 1)
    last = int(np.searchsorted(times, end_ms, "left"))
    if last <= first:
        empty = np.empty(0)
        return empty, empty, empty
    begins = times[first:last]
    following = times[last] if last < len(times) else max(curve.until_ms, begins[-1])
    ends = np.append(begins[1:], following)
    kept = values[first:last]
    return np.maximum(begins, start_ms), np.clip(ends, start_ms, end_ms), kept


def stairs(curve: Curve, window: Window, column: float = 1.0) -> Iterator[Numbers]:
    """The lines of a curve as (n, 2) pixels, one array for each stretch without a gap.

    Where there are more points than columns of pixels, each column gets what all its points would have covered:
    the value it begins with, the lowest, the highest and the last.

    Args:
        column: width of a column in pixels; less than 1 for pictures that are drawn larger.
    """
    begins, ends, values = held(curve, window.start_ms, window.end_ms)
    known = np.isfinite(values)
    if not known.any():
        return
    scale = window.width / max(1e-9, window.end_ms - window.start_ms)
    left, right = (begins - window.start_ms) * scale, (ends - window.start_ms) * scale
    y = (window.high - values) * (window.height / max(1e-12, window.high - window.low))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        x0, x1, run = left[first:last], right[first:last], y[first:last]
        if last - first > (x1[-1] - x0[0]) / column + 2:
            yield _binned(x0, float(x1[-1]), run, column)
        else:
            yield _plain(x0, x1, run)


def _plain(left: Numbers, right: Numbers, y: Numbers) -> Numbers:
    points = np.empty((2 * len(y), 2))
    points[0::2, 0], points[1::2, 0] = left, right
    points[0::2, 1] = points[1::2, 1] = y
    if points[-1, 0] - points[0, 0] < _DOT:
        points[-1, 0] = points[0, 0] + _DOT
    return points


def _binned(left: Numbers, end: float, y: Numbers, column: float) -> Numbers:
    places = np.floor(left / column)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(places)) + 1))
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    before = np.concatenate((y[:1], y[starts[1:] - 1]))
    after = np.append(y[starts[1:] - 1], y[-1])
    points = np.empty((4 * len(starts) + 1, 2))
    points[:-1, 0] = np.repeat((places[starts] + 0.5) * column, 4)
    points[0:-1:4, 1], points[1:-1:4, 1] = before, low
    points[2:-1:4, 1], points[3:-1:4, 1] = high, after
    points[-1] = max(end, points[-2, 0]), y[-1]
    return points


def value_at(curve: Curve, at_ms: float) -> float:
    """A curve's value at a moment; NaN where nothing is known."""
    place = int(np.searchsorted(curve.times_ms, at_ms, "right")) - 1
    if place < 0 or (place == len(curve.times_ms) - 1 and at_ms > curve.until_ms):
        return float("nan")
    return float(curve.values[place])


def since(curve: Curve, at_ms: float) -> float:
    """Since when a curve's value has been what it is at a moment; minus infinity where it has always been so."""
    value = value_at(curve, at_ms)
    place = int(np.searchsorted(curve.times_ms, at_ms, "right"))
    former = curve.values[:place]
    is_other = np.isfinite(former) if value != value else former != value
    if value != value and place == len(curve.times_ms) and place and is_other[-1]:
        return curve.until_ms
    others = np.flatnonzero(is_other)
    if len(others):
        return float(curve.times_ms[others[-1] + 1])
    return float(curve.times_ms[0]) if value == value else float("-inf")


def extent(curves: Sequence[Curve], start_ms: float, end_ms: float) -> tuple[float, float] | None:
    """The lowest and highest value of some curves in a range; None where nothing is known."""
    lows, highs = [], []
    for curve in curves:
        values = held(curve, start_ms, end_ms)[2]
        values = values[np.isfinite(values)]
        if len(values):
            lows.append(float(values.min()))
            highs.append(float(values.max()))
    return (min(lows), max(highs)) if lows else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a curve came to in a range; times in ms, `low`, `high` and `last` None where nothing is known.

    Attributes:
        last_ms: until when `last` held.
        bad_ms: how long the value was beyond the critical limit.
        silent_ms: how long nothing was known.
    """

    low: float | None
    high: float | None
    last: float | None
    last_ms: float
    bad_ms: float
    silent_ms: float


def figures(curve: Curve, start_ms: float, end_ms: float, threshold: Threshold | None = None) -> Figures:
    """Look through a curve."""
    begins, ends, values = held(curve, start_ms, end_ms)
    known = np.isfinite(values)
    length = ends - begins
    silent = max(0.0, end_ms - start_ms - float(length[known].sum()))
    if not known.any():
        return Figures(None, None, None, start_ms, 0.0, silent)
    bad = 0.0
    if threshold is not None:
        limit = threshold.critical
        beyond = known & ((values < limit) if threshold.is_low_bad else (values >= limit))
        bad = float(length[beyond].sum())
    place = int(np.flatnonzero(known)[-1])
    seen = values[known]
    return Figures(float(seen.min()), float(seen.max()), float(values[place]), float(ends[place]), bad, silent)


def moments(curves: Sequence[Curve], start_ms: float, end_ms: float) -> Numbers:
    """Every moment of a range at which one of the curves changes, gaps included; ascending."""
    found = []
    for curve in curves:
        begins = held(curve, start_ms, end_ms)[0]
        if len(begins):
            found.append(begins)
            if begins[-1] < curve.until_ms < end_ms:
                found.append(np.array([curve.until_ms]))
    return np.unique(np.concatenate(found)) if found else np.empty(0)
