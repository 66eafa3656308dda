"""Erlang-A (M/M/n+M): what a queue with impatient callers comes to with a number of agents. An estimate, and pure.

Callers arrive at random at a steady rate, handling times and patience are exponential, all agents are alike and
serve this queue alone, first come first served. Formulas after Mandelbaum and Zeltyn, "Service engineering in action:
the Palm/Erlang-A queue" (2007): with the density of the offered wait

    f(x) = lambda * g(x) / (eps + lambda * J),   g(x) = exp(lambda / theta * (1 - exp(-theta * x)) - n * mu * x)

and ``J`` the integral of ``g``; a caller whose patience ends first abandons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, expm1, inf, lgamma, log, log1p
from typing import Final

_STEPS: Final = 400  # of Simpson's rule; the integrands are smooth
_HUGE: Final = 700.0  # exp of more is no number
_NEGLIGIBLE: Final = 40.0  # exp(-40) beside the peak adds nothing to fifteen digits


@dataclass(frozen=True, slots=True)
class Load:
    """What a queue has to cope with.

    Attributes:
        arrivals_per_s: mean rate of callers, > 0.
        handling_s: mean time an agent is busy with a call (talk, hold, after-call work), > 0.
        patience_s: mean time a caller would wait; None: nobody hangs up (Erlang C).
    """

    arrivals_per_s: float
    handling_s: float
    patience_s: float | None

    def __post_init__(self) -> None:
        """ValueError for what no formula holds for."""
        figures = (self.arrivals_per_s, self.handling_s, *(() if self.patience_s is None else (self.patience_s,)))
        if not all(0 < figure < inf for figure in figures):
            raise ValueError("rates and times of a load must be positive")

    @property
    def erlangs(self) -> float:
        """Offered load: the mean number of agents needed if nobody waited."""
        return self.arrivals_per_s * self.handling_s


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is to be expected in the long run; shares are 0 to 1, times seconds.

    Attributes:
        within_target: answered within the target, of all offered (SL-3).
        answered_within_target: answered within the target, of those answered (SL-2); None when nobody is answered.
        mean_wait_s: of all callers, those who hang up included; infinite where the queue only grows.
        mean_answered_wait_s: of answered callers (ASA); None when nobody is answered.
        occupancy: share of their time the agents are busy.
    """

    agents: int
    abandoned: float
    within_target: float
    answered_within_target: float | None
    mean_wait_s: float
    mean_answered_wait_s: float | None
    mean_waiting: float
    occupancy: float

    @property
    def is_stable(self) -> bool:
        """False: callers would wait ever longer."""
        return self.mean_wait_s < inf


def expect(load: Load, agents: int, target_s: float) -> Expectation:
    """What `agents` agents would come to.

    Args:
        agents: how many serve the queue, >= 0.
        target_s: the time within which a call should be answered, >= 0.

    Raises ValueError for a negative number.
    """
    if agents < 0 or target_s < 0:
        raise ValueError("agents and target must not be negative")
    if agents == 0:
        wait = inf if load.patience_s is None else load.patience_s
        lost = 0.0 if load.patience_s is None else 1.0
        return Expectation(0, lost, 0.0, None, wait, None, load.arrivals_per_s * wait, 0.0)
    if load.patience_s is None and load.erlangs >= agents:
        return Expectation(agents, 0.0, 0.0, 0.0, inf, inf, inf, 1.0)
    return _palm(load, agents, target_s)


def _palm(load: Load, agents: int, target_s: float) -> Expectation:
    rate, leave = load.arrivals_per_s, 0.0 if load.patience_s is None else 1 / load.patience_s
    serve = agents / load.handling_s

    def height(x: float) -> float:
        calls = rate * x if leave == 0.0 else -rate / leave * expm1(-leave * x)
        return calls - serve * x

    peak = 0.0 if rate <= serve or leave == 0.0 else log(rate / serve) / leave
    top = height(peak)
    end = _end(height, peak, top, scale=load.handling_s / agents)
    edges = sorted({0.0, min(peak, end), min(target_s, end), end})

    def integral(weight: Callable[[float], float], until: float = inf) -> float:
        parts = [
            _simpson(lambda x: weight(x) * exp(height(x) - top), low, high)
            for low, high in pairwise(edges)
            if high <= until
        ]
        return sum(parts)

    whole = integral(lambda x: 1.0)
    ahead = _log_idle(load.erlangs, agents) - top - log(rate * whole)  # log of (at once : has to wait)
    waits = 1 / (1 + exp(min(ahead, _HUGE)))

    def share(weight: Callable[[float], float], until: float = inf) -> float:
        return waits * integral(weight, until) / whole

    def stays(x: float) -> float:
        return exp(-leave * x)

    answered = 1 - waits + share(stays)
    in_time = 1 - waits + share(stays, target_s)
    answered_wait = share(lambda x: x * stays(x)) / answered
    abandoned = max(0.0, 1.0 - answered)
    mean_wait = (
        abandoned / leave if leave else answered_wait
    )  # as many leave as hang up: rate x abandoned = leave x waiting
    occupancy = min(1.0, rate * answered / serve)
    return Expectation(
        agents, abandoned, min(in_time, 1.0), min(in_time / answered, 1.0), mean_wait, answered_wait,
        rate * mean_wait, occupancy,
    )  # fmt: skip


def _end(height: Callable[[float], float], peak: float, top: float, scale: float) -> float:
    """Where the integrand has become negligible."""
    width = scale
    while height(peak + width) - top > -_NEGLIGIBLE:
        width *= 2
    return peak + width


def _simpson(value: Callable[[float], float], low: float, high: float) -> float:
    step = (high - low) / _STEPS
    if step <= 0:
        return 0.0
    odd = sum(value(low + step * place) for place in range(1, _STEPS, 2))
    even = sum(value(low + step * place) for place in range(2, _STEPS, 2))
    return (value(low) + value(high) + 4 * odd + 2 * even) * step / 3


def _log_idle(erlangs: float, agents: int) -> float:
    """log of eps = sum over j < n of (a^j / j!) / (a^(n-1) / (n-1)!): one over Erlang B of n-1 agents."""
    last = (agents - 1) * log(erlangs) - lgamma(agents)
    logs = [j * log(erlangs) - lgamma(j + 1) - last for j in range(agents)]
    highest = max(logs)
    return highest + log1p(sum(exp(value - highest) for value in logs) - 1)
