"""Thresholds: the right side, only for fresh numbers, the worst wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.enums import AgentStatus
from console.domain.thresholds import COLUMNS, DEFAULT_LIMITS, STATES, Level, Limits, Threshold, worst
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, Status, Unit, count

level, reading_level, threshold = DEFAULT_LIMITS.level, DEFAULT_LIMITS.reading_level, DEFAULT_LIMITS.threshold


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("service_level", 80.0, Level.NONE),
        ("service_level", 79.9, Level.CAUTION),
        ("service_level", 59.9, Level.CRITICAL),
        ("longest_wait", 59_999, Level.NONE),
        ("longest_wait", 60_000, Level.CAUTION),
        ("longest_wait", 120_000, Level.CRITICAL),
        ("abandon_rate", 4.9, Level.NONE),
        ("abandon_rate", 5.0, Level.CAUTION),
        ("abandon_rate", 8.0, Level.CRITICAL),
        ("offered", 1e9, Level.NONE),
    ],
)
def test_level_turns_at_the_limit(column: str, value: float, expected: Level) -> None:
    assert level(column, value) is expected


@pytest.mark.parametrize(
    ("free", "callers", "expected"),
    [
        (0, 3, Level.CRITICAL),
        (1, 3, Level.CAUTION),
        (2, 3, Level.NONE),
        (0, 0, Level.NONE),
        (0, None, Level.NONE),
    ],
)
def test_available_agents_matter_only_while_callers_wait(free: int, callers: int | None, expected: Level) -> None:
    assert level("agents_available", free, callers_waiting=callers) is expected


def test_time_in_state_has_limits_per_state() -> None:
    hour = 3_600_000.0
    assert level("time_in_state", hour, state=AgentStatus.PAUSED) is Level.CRITICAL
    assert level("time_in_state", hour, state=AgentStatus.AVAILABLE) is Level.NONE
    assert level("time_in_state", hour) is Level.NONE
    assert threshold("time_in_state", state=AgentStatus.RINGING) is STATES[AgentStatus.RINGING]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OK])
def test_only_a_fresh_number_has_a_level(status: Status) -> None:
    value = 99 if status is Status.STALE else None
    assert reading_level("waiting", Reading(status, value), 0.0) is Level.NONE


def test_words_and_flags_have_no_level() -> None:
    assert reading_level("waiting", Reading(Status.OK, "99", Unit.TEXT), 0.0) is Level.NONE
    assert reading_level("waiting", Reading(Status.OK, True, Unit.FLAG), 0.0) is Level.NONE


def test_a_running_wait_is_judged_by_its_value_now() -> None:
    wait = Reading(Status.OK, 59_000.0, Unit.MS, rate=1.0, at_ms=1_000.0)
    assert reading_level("longest_wait", wait, 1_000.0) is Level.NONE
    assert reading_level("longest_wait", wait, 2_000.0) is Level.CAUTION
    assert reading_level("longest_wait", wait, 62_000.0) is Level.CRITICAL


@pytest.mark.parametrize("waiting", [WARMING, UNSUPPORTED, NOT_APPLICABLE, None])
def test_unknown_callers_raise_no_alarm_about_agents(waiting: Reading | None) -> None:
    assert reading_level("agents_available", count(0), 0.0, waiting=waiting) is Level.NONE
    assert reading_level("agents_available", count(0), 0.0, waiting=count(1)) is Level.CRITICAL


def test_not_a_number_has_no_level() -> None:
    for limit in (*COLUMNS.values(), *STATES.values()):
        assert limit.level(float("nan")) is Level.NONE
        assert limit.fraction(float("nan")) == 0.0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_fraction_stays_between_empty_and_full(value: float) -> None:
    for limit in COLUMNS.values():
        assert 0.0 <= limit.fraction(value) <= 1.0
    assert Threshold(1, 0).fraction(value) == 0.0


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_worse_value_never_has_a_lower_level(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for limit in COLUMNS.values():
        better, worse = (high, low) if limit.is_low_bad else (low, high)
        assert limit.level(worse) >= limit.level(better)


def test_the_worst_level_wins() -> None:
    assert worst([]) is Level.NONE
    assert worst([Level.CAUTION, Level.CRITICAL, Level.NONE]) is Level.CRITICAL


def test_a_queue_has_its_own_limits_and_the_profile_lends_the_rest() -> None:
    own = Threshold(1, 2)
    limits = Limits(
        columns={"waiting": Threshold(20, 40), "abandon_rate": None},
        queues={"support": {"waiting": own, "longest_wait": None}},
        states={AgentStatus.PAUSED: None},
    )
    assert limits.threshold("waiting", queue="SUPPORT") is own
    assert limits.level("waiting", 2, queue="Support") is Level.CRITICAL
    assert limits.level("waiting", 2, queue="Sales") is Level.NONE
    assert limits.level("longest_wait", 1e9, queue="Support") is Level.NONE
    assert limits.level("longest_wait", 1e9, queue="Sales") is Level.CRITICAL
    assert limits.level("abandon_rate", 99, queue="Support") is Level.NONE
    assert limits.threshold("time_in_state", state=AgentStatus.PAUSED) is None
    assert limits.level("service_level_computed", 70) is Level.CAUTION


@pytest.mark.parametrize(
    ("critical", "is_low_bad", "caution"), [(10, False, 7), (60, True, 60 / 0.7), (90, True, 100), (0, False, 0)]
)
def test_a_milder_limit_left_out_is_seventy_percent_of_the_way(
    critical: float, is_low_bad: bool, caution: float
) -> None:
    limit = Threshold.of(None, critical, is_low_bad=is_low_bad, most=100)
    assert limit.caution == pytest.approx(caution)
    assert limit.is_ordered
    assert not Threshold(5, 1).is_ordered
    assert not Threshold(1, 5, is_low_bad=True).is_ordered
