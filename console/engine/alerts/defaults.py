"""The alert rules the console comes with.

Limits follow the default thresholds (`console.domain.thresholds`); how long each must hold, how far it must come back
and how long it then keeps silent are ours, chosen so that an ordinary morning of a floor of a dozen queues says little:
an alarm is for what needs an act. On the demo's floor, looked at every six seconds, "nobody available" speaks up 16
times an hour when one caller and 30 s are enough, and 5 times with two callers and 60 s.
"""

from __future__ import annotations

from typing import Final

from console.domain.alert_rules import CONNECTION_COLUMN, Action, Compare, Condition, Rule, Scope
from console.domain.enums import AgentStatus
from console.domain.thresholds import Level

_SECOND: Final = 1000.0
_MINUTE: Final = 60 * _SECOND
_QUIETLY: Final = frozenset({Action.BANNER, Action.RAISE, Action.LOG})


def default_rules() -> tuple[Rule, ...]:
    """The rules, in the order they are listed."""
    return (
        Rule(
            "default-longest-wait",
            "Caller waiting too long",
            Scope.QUEUE,
            (Condition("longest_wait", Compare.AT_LEAST, 120 * _SECOND, dead_band=30 * _SECOND),),
            for_s=10,
            cooldown_s=600,
        ),
        Rule(
            "default-nobody-available",
            "Callers wait and nobody is available",
            Scope.QUEUE,
            (
                Condition("agents_available", Compare.AT_MOST, 0),
                Condition("waiting", Compare.AT_LEAST, 2),  # one alone is what the longest wait is for
            ),
            for_s=60,
            cooldown_s=900,
        ),
        Rule(
            "default-service-level",
            "Service level too low",
            Scope.QUEUE,
            (Condition("service_level", Compare.BELOW, 60.0, dead_band=5.0),),
            level=Level.CAUTION,  # a figure of the whole day: nobody can mend it within minutes
            for_s=60,
            cooldown_s=1800,
            actions=_QUIETLY,
        ),
        Rule(
            "default-abandon-rate",
            "Too many callers give up",
            Scope.QUEUE,
            (Condition("abandon_rate", Compare.AT_LEAST, 8.0, dead_band=1.0),),
            level=Level.CAUTION,
            for_s=60,
            cooldown_s=1800,
            actions=_QUIETLY,
        ),
        Rule(
            "default-long-pause",
            "Paused for more than an hour",
            Scope.AGENT,
            (Condition("time_in_state", Compare.ABOVE, 60 * _MINUTE, states=frozenset({AgentStatus.PAUSED})),),
            level=Level.CAUTION,
            actions=_QUIETLY,
        ),
        Rule(
            "default-no-data",
            "A system sends no data",
            Scope.CONNECTION,
            (Condition(CONNECTION_COLUMN, Compare.AT_LEAST, 60 * _SECOND),),
            cooldown_s=300,
        ),
    )
