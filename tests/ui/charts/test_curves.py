"""Curves over time as numbers and words: gaps, steps, sentences, ticks; no widget."""

from __future__ import annotations

from datetime import timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from console.domain.enums import AgentStatus
from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.engine.history.base import StateSpan
from console.ui.charts.curves import Curve, Window, extent, figures, moments, since, stairs, value_at
from console.ui.charts.day_rows import arranged, day_row, day_summary, span_words
from console.ui.charts.timeline_frame import spread
from console.ui.charts.words import MINUTE, length_text, summary, time_ticks, value_ticks

NAN = float("nan")
ZONE = timezone(timedelta(hours=1))
NINE = 1_700_035_200_000.0  # 09:00 there


def curve(*points: tuple[float, float], until: float = 160, name: str = "Support") -> Curve:
    """Points as (minutes after nine, value)."""
    times = np.array([NINE + minute * MINUTE for minute, _ in points])
    return Curve(name, name, times, np.array([value for _, value in points]), NINE + until * MINUTE)


def test_a_gap_is_never_crossed_by_a_line() -> None:
    drawn = curve((0, 1), (10, 5), (20, NAN), (30, 2), until=40)
    window = Window(NINE, NINE + 60 * MINUTE, 0, 10, 600, 100)
    first, second = stairs(drawn, window)
    assert first.tolist() == [[0, 90], [100, 90], [100, 50], [200, 50]]  # a step holds until the next point
    assert second.tolist() == [[300, 80], [400, 80]]  # and the last value until nothing is known any more


def test_a_lone_value_can_be_seen() -> None:
    [line] = stairs(curve((30, 4), until=30), Window(NINE, NINE + 60 * MINUTE, 0, 10, 600, 100))
    assert line[1, 0] - line[0, 0] >= 3


def test_a_range_begins_with_what_held_before_it() -> None:
    drawn = curve((0, 7), (50, 3))
    [line] = stairs(drawn, Window(NINE + 10 * MINUTE, NINE + 20 * MINUTE, 0, 10, 100, 100))
    assert line.tolist() == [[0, 30], [100, 30]]
    assert extent([drawn], NINE + 10 * MINUTE, NINE + 20 * MINUTE) == (7, 7)


@pytest.mark.parametrize("seed", range(4))
def test_columns_of_pixels_cover_what_all_points_would(seed: int) -> None:
    dice = np.random.default_rng(seed)
    values = dice.integers(0, 50, 5000).astype(float)
    values[dice.integers(0, 5000, 3)] = NAN
    whole = Curve("k", "k", NINE + np.arange(5000) * 1000.0, values, NINE + 5_000_000)
    window = Window(NINE, NINE + 5_000_000, 0, 50, 100, 50)
    lines = list(stairs(whole, window))
    assert sum(len(line) for line in lines) < 700
    assert len(lines) == int(np.isnan(values).sum()) + 1
    drawn = np.concatenate(lines)
    for column in range(0, 100, 9):
        inside = values[column * 50 : column * 50 + 50]
        spots = drawn[np.floor(drawn[:, 0]) == column, 1]
        assert spots.min() <= 50 - np.nanmax(inside)
        assert spots.max() >= 50 - np.nanmin(inside)


def test_a_moment_is_read_off_with_its_age() -> None:
    drawn = curve((0, 1), (10, 5), (15, 5), (20, NAN), (22, NAN), (30, 2), until=40)
    assert value_at(drawn, NINE + 18 * MINUTE) == 5
    ages = [(since(drawn, NINE + minute * MINUTE) - NINE) / MINUTE for minute in (5, 18, 25, 35, 41)]
    assert ages == [0, 10, 20, 30, 40]
    assert since(drawn, NINE - 1) == float("-inf")
    for silent in (-1, 25, 41):
        assert np.isnan(value_at(drawn, NINE + silent * MINUTE))


@pytest.mark.parametrize(
    ("points", "until", "threshold", "said"),
    [
        (
            ((0, 0), (60, 14), (66, 5), (100, NAN), (102, 3)),
            162,
            Threshold(5, 10),
            "between 0 and 14, now 3, at or above 10 for 6 minutes, no data for 2 minutes.",
        ),
        (((0, 4),), 162, None, "always 4, now 4."),
        (((0, 4),), 100, None, "always 4, last 4 at 10:40, no data for 1 hour 2 minutes."),
        (((0, NAN),), 162, None, "no data."),
        ((), 162, None, "no data."),
        (((0, 90), (10, 50), (20, 85)), 162, Threshold(80, 60, is_low_bad=True),
         "between 50 and 90, now 85, below 60 for 10 minutes."),
    ],
)  # fmt: skip
def test_one_curve_is_one_sentence(
    points: tuple[tuple[float, float], ...], until: float, threshold: Threshold | None, said: str
) -> None:
    text = summary(
        [curve(*points, until=until)],
        NINE,
        NINE + 162 * MINUTE,
        metric="waiting",
        unit=Unit.COUNT,
        zone=ZONE,
        threshold=threshold,
    )
    assert text == f"Support, waiting, 09:00 to 11:42: {said}"


def test_many_curves_are_told_in_part() -> None:
    curves = [curve((0, n), name=f"Q{n}") for n in range(8)]
    text = summary(curves, NINE, NINE + 60 * MINUTE, metric="waiting", unit=Unit.COUNT, zone=ZONE)
    assert text.startswith("waiting, 09:00 to 10:00. Q0: always 0")
    assert text.endswith("3 more curves are in the table.")


def test_figures_count_what_is_before_the_first_point_as_silence() -> None:
    found = figures(curve((30, 12), until=60), NINE, NINE + 60 * MINUTE, Threshold(5, 10))
    assert (found.silent_ms, found.bad_ms, found.last) == (30 * MINUTE, 30 * MINUTE, 12)


def test_the_table_has_a_row_for_each_change_and_for_the_silence() -> None:
    rows = moments([curve((0, 1), (20, 2), until=30), curve((10, 5), (20, 6), until=60)], NINE, NINE + 60 * MINUTE)
    assert [(at - NINE) / MINUTE for at in rows] == [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("low", "high", "unit", "found"),
    [
        (0, 42, Unit.COUNT, [0, 10, 20, 30, 40]),
        (0, 4, Unit.COUNT, [0, 1, 2, 3, 4]),
        (0, 104, Unit.PERCENT, [0, 25, 50, 75, 100]),
        (0, 150_000, Unit.MS, [0, 30_000, 60_000, 90_000, 120_000, 150_000]),
        (-8, 8, Unit.COUNT, [-5, 0, 5]),
    ],
)
def test_hairlines_stand_at_round_values(low: float, high: float, unit: Unit, found: list[float]) -> None:
    assert value_ticks(low, high, unit, 5) == found


def test_times_are_round_on_the_sites_own_clock() -> None:
    ticks, distance = time_ticks(NINE, NINE + 60 * MINUTE, 6, ZoneInfo("Asia/Kathmandu"))  # UTC+05:45
    assert distance == 10 * MINUTE
    assert all((at + (5 * 60 + 45) * MINUTE) % (10 * MINUTE) == 0 for at in ticks)


def test_labels_are_pushed_apart_and_stay_inside() -> None:
    places = spread([0, 2, 3, 95, 96], 14, 100)
    assert all(b - a >= 14 for a, b in pairwise(places))
    assert places[-1] <= 86


@pytest.mark.parametrize(
    ("ms", "said"), [(1000, "1 second"), (119_000, "2 minutes"), (3_600_000, "1 hour"), (3_720_000, "1 hour 2 minutes")]
)
def test_lengths_in_words(ms: float, said: str) -> None:
    assert length_text(ms) == said


def spans(*parts: tuple[float, float, str]) -> list[StateSpan]:
    """Spans as (from, to, state) in minutes after nine."""
    return [StateSpan(NINE + a * MINUTE, NINE + b * MINUTE, state, "Lunch") for a, b, state in parts]


def test_a_day_adds_up_inside_its_range_only() -> None:
    states = spans(
        (-30, 10, "available"), (10, 20, "on_call"), (20, 25, "other_call"), (25, 30, ""), (30, 50, "paused"),
        (50, 70, "logged_off"), (70, 75, "a new word"),
    )  # fmt: skip
    row = day_row("a", "Ann", states, NINE, NINE + 60 * MINUTE)
    assert {key: ms / MINUTE for key, ms in row.totals.items()} == {
        "signed_in": 45, "available": 10, "on_call": 15, "after_call": 0, "paused": 20,
    }  # fmt: skip
    assert row.span_at(NINE + 22 * MINUTE) == 2
    assert row.span_at(NINE + 80 * MINUTE) == -1
    assert span_words(row, 4, ZONE) == f"Ann: {'Paused'} (Lunch), 09:30:00 to 09:50:00, 20 minutes"
    assert span_words(row, 3, ZONE) == "Ann: nothing known, 09:25:00 to 09:30:00, 5 minutes"
    assert AgentStatus.PAUSED.value == states[4].state


def test_agents_are_sorted_and_summed_up() -> None:
    end = NINE + 60 * MINUTE
    rows = [
        day_row("1", "Agent 10", spans((0, 60, "available")), NINE, end),
        day_row("2", "Agent 9", spans((0, 30, "on_call")), NINE, end),
        day_row("3", "Zoe", [], NINE, end),
    ]
    assert [row.name for row in arranged(rows, "name", descending=False)] == ["Agent 9", "Agent 10", "Zoe"]
    assert [row.name for row in arranged(rows, "signed_in", descending=True)] == ["Agent 10", "Agent 9", "Zoe"]
    text = day_summary(rows, NINE, end, ZONE)
    assert text.startswith("3 agents, 09:00 to 10:00: 2 were signed in, longest Agent 10 with 1 hour")
    assert day_summary(rows[2:], NINE, end, ZONE) == "1 agent, 09:00 to 10:00: nobody was signed in."
