"""The realtime metrics which the demo's administrator has enabled, each a function of the fold.

A value is a tuple: the wire's type word and its fields, or None where there is no value right now. Durations are
given as a straight line through the origin of time, ``base + (up - down) * t``, so that two equal lines are equal
tuples whenever they are taken. Types and the "no value" form: Xima page "Realtime data".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.demo.world.fold import ACW, DIALING, HOLD, IDLE, OFF, PAUSED, RINGING, TALKING, Fold, QueueFold
from console.demo.world.names import ACCOUNT_CODES
from console.demo.world.site import Site

Value = tuple[object, ...] | None
Compute = Callable[[Fold, Site, int], Value]

STATE_WORDS = {
    OFF: "Logged Out",
    IDLE: "Idle",
    RINGING: "Ringing",
    TALKING: "Talking",
    HOLD: "Hold",
    ACW: "After Call Work",
    PAUSED: "Do Not Disturb",
    DIALING: "Dialing",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One enabled metric. ``category`` QUEUE stands for the queue word of the flavour."""

    name: str
    category: str
    compute: Compute
    limited: bool = True
    """Whether the limited service user may see it."""


def _count(value: int) -> Value:
    return ("COUNT", value)


def _line(base: int, up: int, down: int = 0) -> Value:
    return ("DURATION", base, up, down)


def _percent(part: int, whole: int) -> Value:
    return ("PERCENT", round(100 * part / whole, 2)) if whole else None


def _busy(by_state: list[int]) -> int:
    return by_state[RINGING] + by_state[TALKING] + by_state[HOLD] + by_state[ACW] + by_state[DIALING]


def _ended(queue: QueueFold) -> int:
    return queue.answered + queue.unanswered


def _max_queue(fold: Fold, _site: Site, index: int) -> Value:
    waiting = fold.queues[index].waiting
    return _line(-next(iter(waiting.values())), 1) if waiting else _line(0, 0)


def _average_talk(fold: Fold, _site: Site, index: int) -> Value:
    queue = fold.queues[index]
    return ("AVERAGE_DURATION", queue.talk_base, queue.answered, queue.talk_rate, 0)


def _window(fold: Fold, _site: Site, index: int) -> Value:
    queue = fold.queues[index]
    return _line(queue.window_base, queue.talk_rate, queue.talk_rate - queue.window_rate)


def _longest(fold: Fold, _site: Site, _index: int) -> Value:
    oldest = [next(iter(queue.waiting.values())) for queue in fold.queues if queue.waiting]
    return _line(-min(oldest), 1) if oldest else _line(0, 0)


def _text(value: str | None) -> Value:
    return None if value is None else ("STRING", value)


def _since_last(fold: Fold, _site: Site, index: int) -> Value:
    last = fold.agents[index].last_end
    return None if last < 0 else _line(-last, 1)


def _agent_queues(_fold: Fold, site: Site, index: int) -> Value:
    return ("STRING", ", ".join(site.queue_names[queue] for queue in site.agents[index].queues))


def _account_code(fold: Fold, _site: Site, index: int) -> Value:
    return _count(fold.account_codes.get(ACCOUNT_CODES[index], 0))


def _all(fold: Fold, field: Callable[[QueueFold], int]) -> int:
    return sum(map(field, fold.queues))


QUEUE_METRICS: tuple[Metric, ...] = (
    Metric("Calls in Queue", "QUEUE", lambda f, s, i: _count(len(f.queues[i].waiting))),
    Metric("Max Queue Duration", "QUEUE", _max_queue),
    Metric("Agents Logged In", "QUEUE", lambda f, s, i: _count(sum(f.queues[i].by_state) - f.queues[i].by_state[OFF])),
    Metric("Agents Available", "QUEUE", lambda f, s, i: _count(f.queues[i].by_state[IDLE])),
    Metric("Agents Busy", "QUEUE", lambda f, s, i: _count(_busy(f.queues[i].by_state))),
    Metric("Agents in DND", "QUEUE", lambda f, s, i: _count(f.queues[i].by_state[PAUSED])),
    Metric("Agents Logged Off", "QUEUE", lambda f, s, i: _count(f.queues[i].by_state[OFF])),
    Metric("Presented Calls Today", "QUEUE", lambda f, s, i: _count(f.queues[i].entered)),
    Metric("Answered Calls Today", "QUEUE", lambda f, s, i: _count(f.queues[i].answered)),
    Metric("Unanswered Calls Today", "QUEUE", lambda f, s, i: _count(f.queues[i].unanswered)),
    Metric("Abandoned Calls Today", "QUEUE", lambda f, s, i: _count(f.queues[i].abandoned)),
    Metric("Abandoned Calls Percent", "QUEUE", lambda f, s, i: _percent(f.queues[i].abandoned, _ended(f.queues[i]))),
    Metric(
        "Avg Speed of Answer",
        "QUEUE",
        lambda f, s, i: ("AVERAGE_DURATION", f.queues[i].wait_sum, f.queues[i].answered, 0, 0),
    ),
    Metric("Avg Talking Duration", "QUEUE", _average_talk),
    Metric("Service Level", "QUEUE", lambda f, s, i: _percent(f.queues[i].within, _ended(f.queues[i]))),
    Metric("Talking Duration Last 30 Minutes", "QUEUE", _window),
    Metric("Calls Answered within Service Level", "QUEUE", lambda f, s, i: _count(f.queues[i].within), limited=False),
    Metric(
        "Calls Abandoned within Service Level",
        "QUEUE",
        lambda f, s, i: _count(f.queues[i].abandoned_within),
        limited=False,
    ),
    Metric("Short Abandoned Calls", "QUEUE", lambda f, s, i: _count(f.queues[i].abandoned_short), limited=False),
)
AGENT_METRICS: tuple[Metric, ...] = (
    Metric("Agent State", "AGENT", lambda f, s, i: ("STRING", STATE_WORDS[f.agents[i].state])),
    Metric("Time in State", "AGENT", lambda f, s, i: _line(-f.agents[i].since, 1)),
    Metric("DND Reason", "AGENT", lambda f, s, i: _text(f.agents[i].reason), limited=False),
    Metric("Agent Answered Calls", "AGENT", lambda f, s, i: _count(f.agents[i].answered)),
    Metric("Agent Current Caller ID", "AGENT", lambda f, s, i: _text(f.agents[i].caller), limited=False),
    Metric("Agent Queues", "AGENT", _agent_queues),
    Metric(
        "Talking Time Today",
        "AGENT",
        lambda f, s, i: _line(f.agents[i].talk_base, f.agents[i].talk_rate),
        limited=False,
    ),
    Metric("Logged In", "AGENT", lambda f, s, i: ("BOOLEAN", f.agents[i].state != OFF)),
    Metric("Time Since Last Call", "AGENT", _since_last),
)
TOTAL_METRICS: tuple[Metric, ...] = (
    Metric("Total Calls in Queue", "NONE", lambda f, s, i: _count(_all(f, lambda q: len(q.waiting)))),
    Metric("Longest Wait Now", "NONE", _longest),
    Metric("Total Agents Available", "NONE", lambda f, s, i: _count(f.by_state[IDLE])),
    Metric("Answered Today", "NONE", lambda f, s, i: _count(_all(f, lambda q: q.answered))),
    Metric("Abandoned Today", "NONE", lambda f, s, i: _count(_all(f, lambda q: q.abandoned)), limited=False),
    Metric("Overall Service Level", "NONE", lambda f, s, i: _percent(_all(f, lambda q: q.within), _all(f, _ended))),
    Metric(
        "Avg Speed of Answer (all)",
        "NONE",
        lambda f, s, i: (
            "AVERAGE_DURATION",
            _all(f, lambda q: q.wait_sum),
            _all(f, lambda q: q.answered),
            0,
            0,
        ),
    ),
    Metric("Calls Today", "CALL_DIRECTION", lambda f, s, i: _count(f.directions[i])),
    Metric("Calls by Account Code", "ACCOUNT_CODE", _account_code),
)
METRICS: tuple[Metric, ...] = (*QUEUE_METRICS, *AGENT_METRICS, *TOTAL_METRICS)
