"""console.domain.text: five looks for five truths, and foreign text made harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.text import (
    AT_LEAST,
    DISPLAY_LIMIT,
    Look,
    format_age,
    format_duration,
    format_number,
    format_percent,
    safe_text,
    show,
    speak_duration,
)
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, Status, Unit, count, error, text


def test_the_five_truths_look_and_sound_different() -> None:
    shown = [
        show(count(0), 0),
        show(WARMING, 0),
        show(NOT_APPLICABLE, 0),
        show(UNSUPPORTED, 0),
        show(count(7), 0, stale_age_s=48),
    ]
    assert [s.text for s in shown] == ["0", "…", "n/a", "–", "7"]
    assert len({s.look for s in shown}) == 5
    assert len({s.spoken for s in shown}) == 5


def test_an_unreadable_value_shows_its_reason_and_no_number() -> None:
    shown = show(error("count is not a number"), 0)
    assert (shown.text, shown.look) == ("?", Look.ERROR)
    assert "count is not a number" in shown.tip


def test_a_running_duration_ticks_on_the_servers_clock() -> None:
    reading = Reading(Status.OK, 20_521, Unit.MS, rate=1.0, at_ms=1_000.0)
    assert show(reading, 1_000.0).text == "0:20"
    assert show(reading, 11_000.0).text == "0:30"
    assert show(reading, 11_000.0).spoken == "30 seconds"


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 20_521), (2.0, 40_521), (-1.0, 10_521), (-3.0, 0)])
def test_value_at_is_a_straight_line_that_never_falls_below_zero(rate: float, expected: float) -> None:
    reading = Reading(Status.OK, 20_521, Unit.MS, rate=rate, at_ms=0.0 if rate else None)
    assert reading.value_at(10_000.0) == expected


@pytest.mark.parametrize(
    ("ms", "expected"),
    [(0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_600_000, "1:00:00"), (1_810_489, "30:10"), (-5, "0:00")],
)
def test_durations(ms: float, expected: str) -> None:
    assert format_duration(ms) == expected


def test_long_durations_grow_hours() -> None:
    assert format_duration(100 * 3_600_000) == "100:00:00"


def test_numbers_and_percentages() -> None:
    assert format_number(1234567) == "1\u202f234\u202f567"
    assert format_number(14.0) == "14"
    assert format_number(2.5) == "2.5"
    assert format_percent(81.66) == "81.7\u202f%"
    assert [format_age(s) for s in (12, 130, 7300)] == ["12 s", "2 min", "2 h"]
    assert speak_duration(3_661_000) == "1 hour 1 minute 1 second"
    assert speak_duration(0) == "0 seconds"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("R&D <b>VIP</b>", "R&D <b>VIP</b>"),
        ("two\nlines\tand tabs", "two lines and tabs"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u200bb\u00adc", "abc"),
        ("\x1b[31mred", "[31mred"),
        ("\ud800x", "x"),
        ("José", "José"),
        ("客服中心", "客服中心"),
    ],
)
def test_foreign_text_is_made_harmless(raw: str, expected: str) -> None:
    assert safe_text(raw) == expected


def test_right_to_left_names_are_isolated() -> None:
    assert safe_text("خدمة") == "\u2068خدمة\u2069"


def test_piled_up_marks_are_thinned_and_length_is_cut() -> None:
    assert len(safe_text("a" + "\u0301" * 50_000)) <= 5
    assert len(safe_text("x" * 1_000_000)) == DISPLAY_LIMIT


@given(st.text())
def test_safe_text_never_lets_controls_through(raw: str) -> None:
    shown = safe_text(raw)
    assert len(shown) <= DISPLAY_LIMIT + 2
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert "\u202e" not in shown


def test_a_duration_whose_beginning_nobody_saw_is_never_shown_as_exact() -> None:
    reading = Reading(Status.OK, 0, Unit.MS, rate=1.0, at_ms=0.0, text=AT_LEAST)
    shown = show(reading, 5_000)
    assert (shown.text, shown.spoken) == ("≥\u202f0:05", "at least 5 seconds")


def test_text_reading_is_shown_safely() -> None:
    assert show(text("a\nb"), 0).text == "a b"
