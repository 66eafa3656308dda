"""Waiting callers across polls. The wire gives them no id: only a number, a place and whole seconds of waiting.

A caller is the same as before when queue, number and name are the same and the wait has grown as time has passed.
Position alone tells nothing, as everybody moves up. Whatever delays an answer (whole seconds, the network, a copy
kept by the server) makes a wait look shorter, never longer, so the earliest start ever computed is the best one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.vendors.asternic import figures
from console.vendors.asternic.figures import Figure
from console.vendors.asternic.wire import Call, scalar_text

TOLERANCE_MS = 5_000.0
NOBODY = frozenset({"", "asterisk", "unknown", "anonymous", "<unknown>", "unavailable", "private", "restricted"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A waiting caller with an identity of ours.

    Attributes:
        id: unique for as long as the backend lives.
        start_ms: when the wait began, on the server's clock; None when the wait cannot be read.
    """

    id: str
    call: Call
    number: str
    name: str
    wait: Figure
    start_ms: float | None


@dataclass(frozen=True, slots=True)
class Callers:
    """Everybody waiting, by queue; immutable."""

    by_queue: Mapping[str, tuple[Caller, ...]] = field(default_factory=dict)
    next_id: int = 1

    def follow(self, calls: Mapping[str, tuple[Call, ...]], now_ms: float) -> Callers:
        """The callers of a new answer, known ones recognised."""
        number = self.next_id
        found: dict[str, tuple[Caller, ...]] = {}
        for queue, of_queue in calls.items():
            old = _by_person(self.by_queue.get(queue, ()))
            fresh = [_read(call, now_ms) for call in of_queue]
            known = _recognise(old, fresh)
            rows = []
            for place, caller in enumerate(fresh):
                former = known.get(place)
                if former is None:
                    rows.append(_as(caller, f"{queue}:{number}", caller.start_ms))
                    number += 1
                else:
                    rows.append(_as(caller, former.id, earliest(former.start_ms, caller.start_ms)))
            found[queue] = tuple(rows)
        return Callers(found, number)


def is_nobody(number: str) -> bool:
    """Whether a caller number stands for "none given"; such callers are never taken for one another's redials."""
    return number.strip().casefold() in NOBODY


def earliest(former: float | None, sample: float | None) -> float | None:
    """The start of a wait or call after another sample; a start that moved far later belongs to something new."""
    if former is None or sample is None:
        return sample if former is None else former
    return sample if sample > former + TOLERANCE_MS else min(former, sample)


def _read(call: Call, now_ms: float) -> Caller:
    wait = figures.seconds(call.fields["waitTime"]) if "waitTime" in call.fields else Figure(None, "it is missing")
    number, name = scalar_text(call.fields.get("calleridNum")), scalar_text(call.fields.get("calleridName"))
    start_ms = None if wait.value is None else now_ms - wait.value * 1000
    return Caller("", call, number, name, wait, start_ms)


def _as(caller: Caller, identity: str, start_ms: float | None) -> Caller:
    return Caller(identity, caller.call, caller.number, caller.name, caller.wait, start_ms)


def _by_person(callers: Iterable[Caller]) -> dict[tuple[str, str], list[Caller]]:
    found: dict[tuple[str, str], list[Caller]] = {}
    for caller in callers:
        found.setdefault((caller.number, caller.name), []).append(caller)
    return found


def _recognise(old: dict[tuple[str, str], list[Caller]], fresh: list[Caller]) -> dict[int, Caller]:
    """Which new caller is which old one: by number and name first, then by the nearest start."""
    pairs: list[tuple[float, int, int, Caller]] = []
    for place, caller in enumerate(fresh):
        for rank, former in enumerate(old.get((caller.number, caller.name), ())):
            if caller.start_ms is None or former.start_ms is None:
                pairs.append((TOLERANCE_MS, place, rank, former))
            elif abs(caller.start_ms - former.start_ms) <= TOLERANCE_MS:
                pairs.append((abs(caller.start_ms - former.start_ms), place, rank, former))
    known: dict[int, Caller] = {}
    taken: set[str] = set()
    for _, place, _, former in sorted(pairs, key=lambda pair: pair[:3]):
        if place not in known and former.id not in taken:
            known[place] = former
            taken.add(former.id)
    return known
