"""The board: all sources side by side, as the store hands them to whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.model import Health, Snapshot
from console.domain.profile import Profile


@dataclass(frozen=True, slots=True)
class Source:
    """One profile with its newest snapshot (None before the first) and the health of its connection."""

    profile: Profile
    backend_title: str
    snapshot: Snapshot | None
    health: Health


@dataclass(frozen=True, slots=True)
class Board:
    """The sources of all enabled profiles, in the order the user gave them."""

    sources: tuple[Source, ...] = ()
