"""The floor's engine against queueing theory: M/M/c+M must match Erlang-A."""

from __future__ import annotations

from math import sqrt
from statistics import mean, stdev

import pytest

from console.demo.world.stationary import Stationary, run_stationary

REPLICATIONS = 12
# two-sided 99.9 % quantile of Student's t with 11 degrees of freedom
T_QUANTILE = 4.437


def erlang_a(agents: int, between_ms: float, talk_ms: float, patience_ms: float) -> dict[str, float]:
    """Solve the birth-death chain: births 1/between, deaths min(n, c)/talk + max(0, n - c)/patience."""
    weights = [1.0]
    n = 0
    while weights[-1] > 1e-15 * sum(weights) or n < agents:
        n += 1
        death = min(n, agents) / talk_ms + max(0, n - agents) / patience_ms
        weights.append(weights[-1] / between_ms / death)
    total = sum(weights)
    queue = sum((n - agents) * weight for n, weight in enumerate(weights) if n > agents) / total
    return {
        "waited": sum(weights[agents:]) / total,  # arrivals see time averages
        "mean_queue": queue,
        "abandoned": queue / patience_ms * between_ms,  # flow lost over flow offered
        "mean_wait_ms": queue * between_ms,  # Little's law
    }


def test_the_formulas_know_two_closed_cases() -> None:
    """Patience equal to service time makes an M/M/infinity chain: Poisson; and no queue for endless agents."""
    solved = erlang_a(1, 1000, 1000, 1000)
    # Poisson(1): P(N >= 1) = 1 - 1/e, E[(N - 1)+] = 1/e
    assert solved["waited"] == pytest.approx(1 - 0.36787944, rel=1e-6)
    assert solved["mean_queue"] == pytest.approx(0.36787944, rel=1e-6)
    assert erlang_a(200, 1000, 1000, 1000)["abandoned"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "case",
    [
        Stationary(agents=10, between_ms=20_000, talk_ms=200_000, patience_ms=150_000),
        Stationary(agents=5, between_ms=50_000, talk_ms=200_000, patience_ms=400_000),
        Stationary(agents=3, between_ms=40_000, talk_ms=180_000, patience_ms=60_000),
    ],
    ids=["at the limit", "busy", "overloaded"],
)
def test_a_stationary_run_matches_erlang_a(case: Stationary) -> None:
    """Each figure lies in the confidence interval of twelve replications, and the interval is a narrow one."""
    expected = erlang_a(case.agents, case.between_ms, case.talk_ms, case.patience_ms)
    runs = [run_stationary(case, calls=2500, settle=150, seed=seed) for seed in range(REPLICATIONS)]
    assert sum(run.calls for run in runs) > 28_000
    for name, value in expected.items():
        seen = [getattr(run, name) for run in runs]
        half_width = T_QUANTILE * stdev(seen) / sqrt(len(seen))
        assert abs(mean(seen) - value) <= half_width, f"{name}: {mean(seen)} against {value} +- {half_width}"
        assert half_width < 0.2 * value, f"{name}: the run says too little"
