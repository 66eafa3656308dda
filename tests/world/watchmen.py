"""A watchman who looks at a queue's figures second by second and rings by a rule: alarms recounted the slow way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.domain.alert_rules import Compare, Condition, Rule, Scope

# limits and times fall between two polls, so that a millisecond decides nothing
WAIT = Rule(
    "wait",
    "Long wait",
    Scope.QUEUE,
    (Condition("longest_wait", Compare.AT_LEAST, 60_000.0, dead_band=25_000.0),),
    for_s=5,
    cooldown_s=235,
)
NOBODY = Rule(
    "nobody",
    "Nobody there",
    Scope.QUEUE,
    (Condition("agents_available", Compare.AT_MOST, 0.0), Condition("waiting", Compare.AT_LEAST, 1.0)),
    for_s=50,
    cooldown_s=115,
)
RATE = Rule(
    "rate",
    "Many give up",
    Scope.QUEUE,
    (Condition("abandon_rate", Compare.AT_LEAST, 7.0, dead_band=0.5),),
    profiles=("chronicall", "xima"),
    for_s=30,
    cooldown_s=595,
)
RULES = (WAIT, NOBODY, RATE)

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


def holds(rule: Rule, queue: Mapping[str, Any], available: int, counted: Callable[[str], int], is_held: bool) -> bool:
    """Whether a rule's conditions hold in a queue of the world.

    Args:
        queue: as the world says it at this moment, or as its last poll lets one expect it.
        available: agents available as the system counts them.
        counted: a counter of the day as the system says it.
        is_held: an alarm is open, so the dead-band counts.
    """
    if rule is WAIT:
        return bool(queue["waiting"]) and queue["longest_wait_ms"] >= (35_000 if is_held else 60_000)
    if rule is NOBODY:
        return available == 0 and queue["waiting"] >= 1
    ended = counted("answered") + counted("unanswered")
    rate = 100 * counted("abandoned") / ended if ended else 0.0
    return rate > 6.5 if is_held else rate >= 7
