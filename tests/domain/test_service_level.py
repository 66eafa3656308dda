"""Service level: the published figures of every variant, honest gaps, and totals that are sums over sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.model import Row
from console.domain.service_level import (
    BY_ID,
    VARIANTS,
    Call,
    Choice,
    Choices,
    Counts,
    Variant,
    count_calls,
    formula_words,
    live_reading,
    service_level,
    total,
)
from console.domain.values import WARMING, Origin, Status, count

DAY = Counts(1060, 1000, 860, 60, 20, 10)


@pytest.mark.parametrize(
    ("variant", "percent"),
    [("SL-1", 83.0), ("SL-2", 86.0), ("SL-3", 81.1), ("SL-4", 82.7), ("SL-5", 82.1), ("SL-6", 81.9)],
)
def test_one_day_has_six_service_levels(variant: str, percent: float) -> None:
    found = service_level(BY_ID[variant], DAY)
    assert (found.status, found.origin) == (Status.OK, Origin.COMPUTED)
    assert isinstance(found.value, float)
    assert round(found.value, 1) == percent


def test_a_count_nobody_sends_is_named() -> None:
    found = service_level(BY_ID["SL-7"], DAY)
    assert (found.status, found.value) == (Status.UNSUPPORTED, None)
    assert "flowed out" in found.text
    with_flows = Counts(1160, 1000, 860, 60, 20, 10, flow_outs=100)
    assert service_level(BY_ID["SL-7"], with_flows).value == 100 * 860 / 1160


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_no_calls_is_not_applicable_and_contradictions_are_errors(variant: Variant) -> None:
    assert service_level(variant, Counts(0, 0, 0, 0, 0, 0, 0)).status is Status.NOT_APPLICABLE
    assert service_level(variant, Counts(5, 5, 9, 0, 0, 0, 0)).status is Status.ERROR
    assert variant.formula.count(" / ") == 1
    assert variant.formula in formula_words(f"service_level:{variant.id}")


def test_a_warming_count_is_no_figure_yet() -> None:
    readings = {"answered": count(5), "abandoned": WARMING, "answered_in_target": count(4)}
    assert live_reading(Row("1", "Q", readings), Choice()).status is Status.WARMING
    assert live_reading(Row("1", "Q", readings), Choice("SL-2")).value == 80.0


def test_each_queue_counts_its_own_way() -> None:
    choices = Choices(Choice("SL-1"), {"support": Choice("SL-2")})
    assert [choices.of(name).variant for name in ("SUPPORT", "Sales")] == ["SL-2", "SL-1"]


@st.composite
def days(draw: st.DrawFn) -> Counts:
    """Draw counts that can be true."""
    answered, abandoned = draw(st.integers(0, 5000)), draw(st.integers(0, 500))
    gone = draw(st.integers(0, abandoned))
    flows = draw(st.integers(0, 50))
    short = draw(st.integers(0, gone))
    return Counts(answered + abandoned + flows, answered, draw(st.integers(0, answered)), abandoned, gone, short, flows)


@given(st.lists(days(), min_size=1, max_size=6), st.sampled_from(VARIANTS))
def test_a_total_lies_between_its_queues(parts: list[Counts], variant: Variant) -> None:
    values = [found.value for part in parts if (found := service_level(variant, part)).value is not None]
    whole = total((variant, part) for part in parts)
    assert (whole.counted, whole.left_out) == (len(parts), 0)
    if not values:
        assert whole.reading.status is Status.NOT_APPLICABLE
    else:
        assert isinstance(whole.reading.value, float)
        numbers = [float(value) for value in values]
        assert min(numbers) - 1e-9 <= whole.reading.value <= max(numbers) + 1e-9


def test_a_total_is_no_mean_of_percentages() -> None:
    busy, quiet = Counts(1000, 1000, 900, 0), Counts(10, 10, 1, 0)
    whole = total([(BY_ID["SL-2"], busy), (BY_ID["SL-2"], quiet), (BY_ID["SL-7"], busy)])
    assert whole.reading.value == 100 * 901 / 1010
    assert (whole.counted, whole.left_out) == (2, 1)


def test_calls_are_counted_at_the_limit() -> None:
    calls = [
        Call("Q", 20.0, "answered"),
        Call("Q", 20.1, "answered"),
        Call("Q", 5.0, "abandoned"),
        Call("Q", 19.0, "abandoned"),
        Call("Q", 90.0, "abandoned"),
        Call("Q", 3.0, "flowed_out"),
    ]
    assert count_calls(calls, Choice("SL-3", 20, 5)) == Counts(6, 2, 1, 3, 2, 1, 1)
