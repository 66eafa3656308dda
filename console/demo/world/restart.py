"""Counters that begin anew in the middle of a day, as after a restart of the system that counts."""

from __future__ import annotations

import copy

from console.demo.world.fold import Fold

_COUNTERS = (
    "entered",
    "answered",
    "abandoned",
    "abandoned_short",
    "abandoned_within",
    "voicemail",
    "overflow",
    "exit_key",
    "exit_timeout",
    "exit_empty",
    "callback",
    "wait_sum",
    "within",
)


def restarted(fold: Fold) -> Fold:
    """Give a fold of its own that knows the floor as it is and has counted nothing yet; it goes on over the same log.

    Who is waiting or talking stays; of talks in progress only what is talked from here on counts. The rolling window
    of the last half hour is no counter of the day and stays as well.
    """
    own = copy.deepcopy(fold)
    for queue in own.queues:
        for name in _COUNTERS:
            setattr(queue, name, 0)
        queue.talk_base = -queue.talk_rate * own.now
        queue.version += 1
        queue.changed = own.now
    for agent in own.agents:
        agent.answered = 0
        agent.talk_base = -agent.talk_rate * own.now
        agent.version += 1
        agent.changed = own.now
    own.directions = [0] * len(own.directions)
    own.account_codes = {}
    own.version += 1
    own.changed = own.now
    return own
