"""Closed vocabularies shared by every room; each has a member for "unknown"."""

from __future__ import annotations

from enum import StrEnum


class AgentStatus(StrEnum):
    """An agent's state in the console's words; the vendor's own word stays in `Reading.text`."""

    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CALL = "on_call"
    OTHER_CALL = "other_call"
    AFTER_CALL = "after_call"
    PAUSED = "paused"
    LOGGED_OFF = "logged_off"
    UNKNOWN = "unknown"


class Section(StrEnum):
    """The tables of a snapshot."""

    QUEUES = "queues"
    AGENTS = "agents"
    WAITING = "waiting"


class HealthState(StrEnum):
    """How a profile's source is doing."""

    WARMING = "warming"  # nothing has arrived yet, or only promises
    LIVE = "live"
    STALE = "stale"  # no failure known, but no fresh data either
    REFUSED = "refused"  # sign-in refused or not permitted: waits for a person
    UNREACHABLE = "unreachable"
    ERROR = "error"  # it answers, but not sensibly
