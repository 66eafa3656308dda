"""A stationary run of the floor's engine: M/M/c+M, one queue, ``c`` equal agents, impatient callers.

Nothing here routes, queues or hangs up: `Engine` does, exactly as on the floor. Only the choices are simpler, so
that the result can be held against the Erlang-A formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from console.demo.world import events as ev
from console.demo.world.engine import Engine

_NEVER = 10**12


@dataclass(frozen=True, slots=True)
class Stationary:
    """The parameters: means in ms. Offered load is ``talk_ms / between_ms``."""

    agents: int
    between_ms: float
    talk_ms: float
    patience_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was seen: shares of calls, mean wait of all calls in ms, time-average number waiting."""

    calls: int
    waited: float
    abandoned: float
    mean_wait_ms: float
    mean_queue: float


class _Memoryless:
    def __init__(self, parameters: Stationary, rng: Random) -> None:
        self._parameters = parameters
        self._rng = rng

    def _draw(self, mean: float) -> int:
        return round(self._rng.expovariate(1 / mean))

    def next_arrival(self, queue: int, t: int) -> int | None:
        return t + self._draw(self._parameters.between_ms)

    def number(self) -> str:
        return ""

    def patience(self, queue: int) -> int:
        return self._draw(self._parameters.patience_ms)

    def ring(self) -> tuple[int, bool]:
        return 0, True

    def talk(self, queue: int) -> int:
        return self._draw(self._parameters.talk_ms)

    def hold(self, talk: int) -> tuple[int, int] | None:
        return None

    def wrap_up(self, queue: int) -> int:
        return 0

    def transfer(self, queue: int) -> int | None:
        return None

    def account_code(self) -> str | None:
        return None

    def no_answer_pause(self) -> int:
        return 0

    def voicemail_after(self) -> int:
        return _NEVER


def run_stationary(parameters: Stationary, *, calls: int, settle: int, seed: int) -> Measured:
    """Run until about ``settle + calls`` callers came and measure all but the first ``settle``."""
    engine = Engine(1, [(0,)] * parameters.agents, _Memoryless(parameters, Random(seed)))
    for desk in engine.desks:
        engine.log_in(0, desk)
    engine.open_queue(0, 0)
    start = round(settle * parameters.between_ms)
    end = start + round(calls * parameters.between_ms)
    engine.run_until(end)
    entered: dict[int, int] = {}
    seen = waited = abandoned = wait_sum = queue_ms = 0
    for t, kind, call, *_ in engine.log:
        if kind == ev.ENTER:
            entered[call] = t
        elif kind in (ev.ANSWER, ev.ABANDON):
            came = entered.pop(call)
            queue_ms += max(0, t - max(came, start))
            if came >= start:
                seen += 1
                waited += t > came
                abandoned += kind == ev.ABANDON
                wait_sum += t - came
    queue_ms += sum(end - max(came, start) for came in entered.values())
    return Measured(seen, waited / seen, abandoned / seen, wait_sum / seen, queue_ms / (end - start))
