"""Warm-up: a metric answers "initializing" at first, and again after nobody asked for it over a long time.

The vendor's page says both without naming a number; one to three polls and five minutes are the demo's choice.
"""

from __future__ import annotations


class Warmth:
    """Which metrics are warm. Times are ms on the clients' own pace."""

    def __init__(self, polls: int | None, cold_after_ms: float) -> None:
        self._polls = polls
        self._cold_after = cold_after_ms
        self._asked: dict[str, tuple[int, int]] = {}

    def ask(self, ident: str, place: int, now: int) -> bool:
        """Note that somebody asks for a metric and tell whether it has values already."""
        count, last = self._asked.get(ident, (0, now))
        if now - last > self._cold_after:
            count = 0
        needed = 1 + place % 3 if self._polls is None else self._polls
        if count < needed:
            self._asked[ident] = (count + 1, now)
            return False
        self._asked[ident] = (count, now)
        return True

    def chill(self) -> None:
        """Forget everything, as after a restart of the server."""
        self._asked.clear()
