"""A watchman who looks at a queue's figures second by second and rings by a rule: alarms recounted the slow way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

TRUSTED_S = 15.0  # nothing is rung long after the newest poll: then the next one must say so
TICK_MS = 500


@dataclass(frozen=True, slots=True)
class Firing:
    """One alarm; epoch ms."""

    profile_id: str
    row: str
    fired_ms: float
    cleared_ms: float | None
    notifies: bool


def firings_of(
    polls: Sequence[int],
    end_ms: int,
    step_s: float,
    holds: Callable[[int, float, bool], bool],
    for_s: float,
    cooldown_s: float,
) -> list[Firing]:
    """The alarms of one queue.

    Args:
        polls: when its system was read; where the next one is late, nothing is known from the failed one on.
        holds: whether the conditions hold: by the poll of that moment, at this moment, with an alarm open or not.
    """
    found: list[Firing] = []
    open_: Firing | None = None
    pending: float | None = None
    for place, polled in enumerate(polls):
        is_last = place + 1 == len(polls)
        until = end_ms if is_last else polls[place + 1]
        is_cut = until - polled > step_s * 1000 + 1
        if is_cut:
            until = polled + round(step_s * 1000)
        now = float(polled)
        while now < until or (now == polled):
            if not holds(polled, now, open_ is not None):
                pending = None
                if open_ is not None:
                    found.append(replace(open_, cleared_ms=now))
                    open_ = None
            elif open_ is None:
                pending = now if pending is None else pending
                if now - pending >= for_s * 1000 and now - polled <= TRUSTED_S * 1000:
                    last = found[-1].cleared_ms if found else None
                    is_told = last is None or now - last >= cooldown_s * 1000
                    open_, pending = Firing("", "", now, None, is_told), None
            now += TICK_MS
        if is_cut:
            pending = None
    return [*found, *([open_] if open_ is not None else [])]
