"""Relative ranges and periods, resolved once per run into absolute ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class ResolvedTimeframe:
    """An absolute range. `start` and `end` are aware, in the site's zone; `end` is the last second included.

    Attributes:
        zone: IANA name of the site's zone.
        daily: the part of each day that counts (from, to, both included), None for whole days.
        origin: the JSON form of the timeframe or period it was resolved from.
    """

    start: datetime
    end: datetime
    zone: str
    daily: tuple[time, time] | None = None
    origin: str = ""
