"""The board: all sources side by side, as the store hands them to whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.model import Health, Snapshot
from console.domain.profile import Profile
from console.domain.thresholds import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Source:
    """One profile with its newest snapshot (None before the first), the health of its connection, and its limits."""

    profile: Profile
    backend_title: str
    snapshot: Snapshot | None
    health: Health
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class Board:
    """The sources of all enabled profiles, in the order the user gave them."""

    sources: tuple[Source, ...] = ()
