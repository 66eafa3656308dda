"""The state of the floor as plain JSON values: what ``GET /state`` tells, for tests and for people."""

from __future__ import annotations

from typing import Any

from console.demo.world.fold import DIRECTIONS, IDLE, OFF, PAUSED, STATE_NAMES, AgentFold, Fold, QueueFold
from console.demo.world.site import Site
from console.demo.world.zone import Zone


def state(fold: Fold, site: Site, zone: Zone) -> dict[str, Any]:
    """Describe a fold at its own instant. Durations in ms, percentages 0-100 or None without calls."""
    t = fold.now
    return {
        "at": zone.iso(t),
        "at_ms": t,
        "queues": [_queue(queue, site, index, t) for index, queue in enumerate(fold.queues)],
        "agents": [_agent(agent, site, index, t, zone) for index, agent in enumerate(fold.agents)],
        "waiting": _waiting(fold, site, t, zone),
        "totals": _totals(fold, t),
    }


def _queue(queue: QueueFold, site: Site, index: int, t: int) -> dict[str, Any]:
    oldest = next(iter(queue.waiting.values()), None)
    ended = queue.answered + queue.unanswered
    by_state = queue.by_state
    available, off, paused = by_state[IDLE], by_state[OFF], by_state[PAUSED]
    return {
        "id": site.queues[index].extension,
        "name": site.queues[index].name,
        "waiting": len(queue.waiting),
        "longest_wait_ms": 0 if oldest is None else t - oldest,
        "agents": dict(zip(STATE_NAMES, by_state, strict=True)),
        "agents_logged_in": sum(by_state) - off,
        "agents_available": available,
        "agents_busy": sum(by_state) - off - available - paused,
        "agents_paused": paused,
        "agents_logged_off": off,
        "offered": queue.entered,
        "answered": queue.answered,
        "unanswered": queue.unanswered,
        "abandoned": queue.abandoned,
        "voicemail": queue.voicemail,
        "overflow": queue.overflow,
        "exit_key": queue.exit_key,
        "exit_timeout": queue.exit_timeout,
        "exit_empty": queue.exit_empty,
        "callback": queue.callback,
        "within_20s": queue.within,
        "abandoned_within_20s": queue.abandoned_within,
        "abandoned_within_5s": queue.abandoned_short,
        "wait_sum_ms": queue.wait_sum,
        "talk_sum_ms": queue.talk_sum(t),
        "talking_now": queue.talk_rate,
        "talk_last_30_min_ms": queue.window_sum(t),
        "service_level": _percent(queue.within, ended),
        "abandon_rate": _percent(queue.abandoned, ended),
    }


def _agent(agent: AgentFold, site: Site, index: int, t: int, zone: Zone) -> dict[str, Any]:
    info = site.agents[index]
    return {
        "id": info.extension,
        "name": info.name,
        "key": info.key,
        "queues": [site.queue_names[queue] for queue in info.queues],
        "state": STATE_NAMES[agent.state],
        "direction": None if agent.direction < 0 else DIRECTIONS[agent.direction],
        "reason": agent.reason,
        "since": zone.iso(agent.since),
        "since_ms": t - agent.since,
        "queue": None if agent.queue < 0 else site.queue_names[agent.queue],
        "caller": agent.caller,
        "calls_taken": agent.answered,
        "talk_sum_ms": agent.talk_base + agent.talk_rate * t,
        "last_call_ms": None if agent.last_end < 0 else t - agent.last_end,
    }


def _waiting(fold: Fold, site: Site, t: int, zone: Zone) -> list[dict[str, Any]]:
    rows = []
    for index, queue in enumerate(fold.queues):
        for position, (call, entered) in enumerate(queue.waiting.items(), 1):
            number = fold.calls[call]
            rows.append(
                {
                    "call": call,
                    "queue": site.queue_names[index],
                    "position": position,
                    "caller_number": number,
                    "caller_name": site.caller_names.get(number),
                    "entered": zone.iso(entered),
                    "wait_ms": t - entered,
                }
            )
    return rows


def _totals(fold: Fold, t: int) -> dict[str, Any]:
    queues = fold.queues
    ended = sum(queue.answered + queue.unanswered for queue in queues)
    oldest = [next(iter(queue.waiting.values())) for queue in queues if queue.waiting]
    within = sum(queue.within for queue in queues)
    return {
        "waiting": sum(len(queue.waiting) for queue in queues),
        "longest_wait_ms": t - min(oldest) if oldest else 0,
        "agents": dict(zip(STATE_NAMES, fold.by_state, strict=True)),
        "offered": sum(queue.entered for queue in queues),
        "answered": sum(queue.answered for queue in queues),
        "unanswered": sum(queue.unanswered for queue in queues),
        "abandoned": sum(queue.abandoned for queue in queues),
        "within_20s": within,
        "wait_sum_ms": sum(queue.wait_sum for queue in queues),
        "service_level": _percent(within, ended),
        "calls_by_direction": dict(zip(DIRECTIONS, fold.directions, strict=True)),
        "calls_by_account_code": dict(sorted(fold.account_codes.items())),
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
