"""DS-05: one grammar for numbers, in ASCII; everything else is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.vendors.asternic import figures

UNKNOWN = (
    "1,234",
    "12,5",
    "१२",
    "1_000",
    "",
    "-",
    "n/a",
    "0x10",
    "1e3",
    "٣",
    "５",
    "12 0",
    "+5",
    "NaN",
    "inf",
    "--1",
    "5;",
    "1" * 30,
    "\t5",
    "5\n",
    "5\u00a0",
    True,
    False,
    None,
    [],
    {},
    ["5"],
    float("nan"),
    float("inf"),
    10**40,
)


@pytest.mark.parametrize("raw", UNKNOWN, ids=repr)
def test_ds_05_what_fits_no_grammar_is_unknown_with_a_reason(raw: object) -> None:
    for parse in (figures.count, figures.percent, figures.seconds):
        figure = parse(raw)
        assert figure.value is None
        assert figure.problem


@pytest.mark.parametrize(
    ("raw", "value"), [("0", 0), ("5", 5), (" 5 ", 5), (7, 7), (7.0, 7), ("12.0", 12), ("007", 7), ("-0", 0)]
)
def test_counts(raw: object, value: int) -> None:
    figure = figures.count(raw)
    assert (figure.value, type(figure.value)) == (value, int)


@pytest.mark.parametrize("raw", ["-1", "1.5", "00:03:31", "5 %", "9999999999"])
def test_no_counts(raw: object) -> None:
    assert figures.count(raw).value is None


@pytest.mark.parametrize(("raw", "value"), [("71.12", 71.12), ("3.17 %", 3.17), ("5%", 5), ("0", 0), (100, 100)])
def test_rates(raw: object, value: float) -> None:
    assert figures.percent(raw).value == value


@pytest.mark.parametrize("raw", ["101", "-1", "3,17 %", "% 5", "5 % %"])
def test_no_rates(raw: object) -> None:
    assert figures.percent(raw).value is None


@pytest.mark.parametrize(
    ("raw", "value"), [("00:03:31", 211), ("3:31", 211), ("100:00:01", 360_001), ("17", 17), ("17.5", 17.5), (9, 9)]
)
def test_durations(raw: object, value: float) -> None:
    assert figures.seconds(raw).value == value


@pytest.mark.parametrize("raw", ["0:3:31", "00:61:00", "00:00:61", "-5", "-0:05", "1:2", "9" * 9, "1 day", "3:31 PM"])
def test_no_durations(raw: object) -> None:
    assert figures.seconds(raw).value is None


@given(st.text(max_size=12) | st.integers() | st.floats() | st.binary(max_size=4) | st.none())
def test_ds_05_any_value_ends_in_a_figure(raw: object) -> None:
    for parse in (figures.count, figures.percent, figures.seconds):
        figure = parse(raw)
        assert (figure.value is None) == bool(figure.problem)
        assert figure.value is None or figure.value >= 0


@given(st.integers(0, 10**9))
def test_every_count_comes_back(number: int) -> None:
    assert figures.count(str(number)).value == number


@given(st.integers(0, 360_000))
def test_every_duration_comes_back_from_a_clock(seconds: int) -> None:
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    assert figures.seconds(clock).value == seconds


@pytest.mark.parametrize("raw", ["", "12", 12, None, "999999999", "5000000000", True, "1.79e9", "१७९०२४०४००"])
def test_no_instants(raw: object) -> None:
    assert figures.epoch_ms(raw) is None
    assert figures.minutes_ago(raw) is None
