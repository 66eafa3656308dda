"""Erlang-A against a sum over the states of the queue, known limits, and the demo's own floor."""

from __future__ import annotations

from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.demo.world.stationary import Stationary, run_stationary
from console.domain.erlang import Load, expect


def _states(load: Load, agents: int, most: int = 4000) -> tuple[float, float, float]:
    """Share who wait, share who abandon, mean number waiting: by the balance of a birth-and-death chain."""
    assert load.patience_s is not None
    weights = [1.0]
    for n in range(1, most):
        leave = min(n, agents) / load.handling_s + max(0, n - agents) / load.patience_s
        weights.append(weights[-1] * load.arrivals_per_s / leave)
        if weights[-1] > 1e200:
            weights = [weight / 1e200 for weight in weights]
        if n > agents and weights[-1] < max(weights) * 1e-16:
            break
    total = sum(weights)
    waits = sum(weights[agents:]) / total
    waiting = sum((n - agents) * weight for n, weight in enumerate(weights) if n > agents) / total
    return waits, waiting / load.patience_s / load.arrivals_per_s, waiting


_LOADS = st.builds(
    Load,
    arrivals_per_s=st.floats(0.002, 1.0),
    handling_s=st.floats(20, 900),
    patience_s=st.floats(15, 900),
)


@given(_LOADS, st.integers(1, 120))
def test_the_integrals_agree_with_the_balance_of_states(load: Load, agents: int) -> None:
    found = expect(load, agents, 0.0)
    waits, abandoned, waiting = _states(load, agents)
    assert found.abandoned == pytest.approx(abandoned, rel=1e-4, abs=1e-7)
    assert found.mean_waiting == pytest.approx(waiting, rel=1e-4, abs=1e-6)
    assert found.within_target == pytest.approx(1 - waits, rel=1e-4, abs=1e-7)


@given(_LOADS, st.integers(0, 60), st.floats(0, 300))
def test_one_agent_more_never_makes_it_worse(load: Load, agents: int, target_s: float) -> None:
    fewer, more = expect(load, agents, target_s), expect(load, agents + 1, target_s)
    assert more.within_target >= fewer.within_target - 1e-6
    assert more.abandoned <= fewer.abandoned + 1e-6
    assert 0 <= fewer.within_target <= 1
    assert 0 <= fewer.occupancy <= 1


def test_without_impatience_it_is_erlang_c() -> None:
    # 100 calls an hour of three minutes: 5 erlangs and 8 agents; the textbook's chance of waiting is 0.1673
    found = expect(Load(100 / 3600, 180, None), 8, 20)
    assert 1 - expect(Load(100 / 3600, 180, None), 8, 0).within_target == pytest.approx(0.16725, abs=1e-4)
    assert found.within_target == pytest.approx(1 - 0.16725 * exp(-(8 - 5) * 20 / 180), abs=1e-4)
    assert found.mean_wait_s == pytest.approx(0.16725 * 180 / 3, rel=1e-3)
    assert found.abandoned == pytest.approx(0, abs=1e-9)


def test_too_few_agents_for_patient_callers_is_said_and_not_computed() -> None:
    found = expect(Load(1.0, 60, None), 60, 20)
    assert not found.is_stable
    assert found.mean_wait_s == inf


def test_without_agents_everybody_leaves() -> None:
    found = expect(Load(0.1, 60, 90), 0, 20)
    assert (found.abandoned, found.within_target, found.mean_wait_s) == (1.0, 0.0, 90)
    assert found.answered_within_target is None


@pytest.mark.parametrize("load", [(0, 60, 60), (0.1, -1, 60), (0.1, 60, 0), (inf, 60, 60)])
def test_a_load_without_meaning_is_refused(load: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Load(*load)


def test_a_simulated_queue_comes_to_what_is_expected() -> None:
    case = Stationary(agents=7, between_ms=24_000, talk_ms=170_000, patience_ms=120_000)
    found = expect(Load(1 / 24, 170, 120), 7, 20)
    runs = [run_stationary(case, calls=2500, settle=150, seed=seed) for seed in range(4)]
    assert found.abandoned == pytest.approx(sum(run.abandoned for run in runs) / 4, abs=0.012)
    assert found.mean_wait_s == pytest.approx(sum(run.mean_wait_ms for run in runs) / 4000, rel=0.1)
    assert 1 - expect(Load(1 / 24, 170, 120), 7, 0).within_target == pytest.approx(
        sum(run.waited for run in runs) / 4, abs=0.03
    )
