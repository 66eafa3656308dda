"""Figures of a curve over a stretch of time: integral, mean, and how far a counter of the day went up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from console.engine.history.base import Series


@dataclass(frozen=True, slots=True)
class Measured:
    """What a curve comes to.

    Attributes:
        integral: value times milliseconds over the known time.
        known_ms: how long a value was known.
    """

    integral: float
    known_ms: float

    @property
    def mean(self) -> float | None:
        """Mean over the known time; None when nothing was known."""
        return self.integral / self.known_ms if self.known_ms > 0 else None


def measure(series: Series, start_ms: float, end_ms: float) -> Measured:
    """Integral of the steps between two moments; unknown stretches are left out, not filled."""
    times = np.clip(np.append(series.times_ms, end_ms), start_ms, end_ms)
    lengths = np.diff(times)
    known = np.isfinite(series.values) & (lengths > 0)
    return Measured(float(np.sum(series.values[known] * lengths[known])), float(np.sum(lengths[known])))


def increase(series: Series, start_ms: float, end_ms: float) -> float | None:
    """How far a counter went up between two moments; None where it was never known.

    A step down is a reset: what it has counted since then is added. What was counted while nothing was known is left
    out, as that time is in `measure`: a rate takes calls and time of the same stretches.
    """
    values = series.values[(series.times_ms >= start_ms) & (series.times_ms < end_ms)]
    before = series.values[series.times_ms < start_ms]
    values = np.append(before[-1:], values)
    if not np.isfinite(values).any():
        return None
    steps = np.diff(values)
    rises = np.where(steps >= 0, steps, values[1:])
    return float(np.sum(rises[np.isfinite(steps)]))


def last_before(series: Series, at_ms: float) -> float | None:
    """The last known value before a moment; None without one."""
    values = series.values[(series.times_ms < at_ms) & np.isfinite(series.values)]
    return float(values[-1]) if len(values) else None
