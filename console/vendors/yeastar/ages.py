"""Durations the console carries from poll to poll: anchored calls, and how long a state has been seen.

The wire sends whole seconds relative to each reply, and no time for a state at all. So a call's start is pinned at its
first sight and kept while later replies agree within their rounding, and a state's age counts from the change the
console saw; before it has seen one, the age is "at least".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from console.domain.provenance import SourceRef
from console.domain.values import Origin, Reading, Status, Unit

AT_LEAST = "at least"
FORMULA_AGE = "yeastar.time_in_state"
SLACK_MS = 1_500.0  # whole seconds, and the time a reply was on its way


class CallAnchors:
    """Starts of calls by their ids, on the server's clock."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, float]] = {}

    def reading(self, key: Hashable, duration_s: int, at_ms: float, exchange_id: str, pointer: str) -> Reading:
        """A running duration; unchanged from poll to poll as long as the replies agree. A key of None is not kept."""
        value, since = duration_s * 1000.0, at_ms
        kept = self._kept.get(key)
        if kept is not None and abs((kept[0] - kept[1]) - (value - since)) <= SLACK_MS:
            value, since = kept
        if key is not None:
            self._kept[key] = (value, since)
        source = SourceRef(exchange_id, pointer)
        return Reading(Status.OK, value, Unit.MS, rate=1.0, at_ms=since, source=source)

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Forget calls that are over."""
        alive = set(keys)
        self._kept = {key: kept for key, kept in self._kept.items() if key in alive}


@dataclass(slots=True)
class _Age:
    state: Hashable
    since_ms: float
    is_exact: bool
    looked_s: float


class StateAges:
    """Since when each agent is in the present state, as far as the console has seen."""

    def __init__(self, gap_limit_s: float) -> None:
        self._gap_limit_s = gap_limit_s
        self._ages: dict[str, _Age] = {}

    def look(self, key: str, state: Hashable, at_ms: float, mono_s: float) -> None:
        """Note a state seen at a moment; after a long gap nothing is known of the time between."""
        age = self._ages.get(key)
        if age is None or mono_s - age.looked_s > self._gap_limit_s:
            self._ages[key] = _Age(state, at_ms, is_exact=False, looked_s=mono_s)
        elif age.state != state:
            self._ages[key] = _Age(state, at_ms, is_exact=True, looked_s=mono_s)
        else:
            age.looked_s = mono_s

    def reading(self, key: str) -> Reading:
        """The time in state, marked "at least" until a change was seen."""
        age = self._ages[key]
        return Reading(
            Status.OK,
            0.0,
            Unit.MS,
            rate=1.0,
            at_ms=age.since_ms,
            text="" if age.is_exact else AT_LEAST,
            origin=Origin.COMPUTED,
            source=SourceRef("", "", FORMULA_AGE),
        )

    def keep_only(self, keys: Iterable[str]) -> None:
        """Forget agents who are gone."""
        alive = set(keys)
        self._ages = {key: age for key, age in self._ages.items() if key in alive}
