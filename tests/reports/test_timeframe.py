"""Timeframes: what each word means, clock changes, text and JSON forms."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.messages import english
from console.reports.timeframe import (
    CHIPS,
    Relative,
    Timeframe,
    clock_changes,
    describe,
    find_zone,
    hours,
    length_s,
    resolve,
    resolved_from_json,
    resolved_to_json,
    show,
    split_days,
)

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Denver",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC+05:30",
]
NOW = datetime(2026, 11, 19, 13, 30, 15, 500_000, tzinfo=UTC)  # a Thursday

_naive = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30))  # noqa: DTZ001 - wall-clock times
_daily = st.none() | st.tuples(
    st.times(time(0), time(11)).map(lambda t: t.replace(microsecond=0)),
    st.times(time(12), time(23, 59, 59)).map(lambda t: t.replace(microsecond=0)),
)


@st.composite
def timeframes(draw: st.DrawFn) -> Timeframe:
    """Any timeframe that can be resolved."""
    preset = draw(st.sampled_from(Relative))
    daily = draw(_daily)
    if preset is Relative.CUSTOM:
        start, end = sorted(draw(_naive).replace(microsecond=0) for _ in range(2))
        return Timeframe(preset, start=start, end=end, daily=daily)
    if preset is Relative.LAST_DAYS:
        return Timeframe(preset, draw(st.integers(1, 400)), daily=daily)
    return Timeframe(preset, daily=daily)


_moments = st.datetimes(datetime(1975, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_zones = st.sampled_from(ZONES)


@given(timeframes(), _moments, _zones, st.integers(0, 6), st.booleans())
def test_resolve_holds_what_it_promises(frame: Timeframe, now: datetime, zone: str, week_start: int, until_now: bool):
    resolved = resolve(frame, now, zone, week_start, until_now=until_now)
    assert resolved == resolve(frame, now, zone, week_start, until_now=until_now)
    assert resolved.start.tzinfo is find_zone(zone) or zone.startswith("UTC")
    assert length_s(resolved) >= 1
    for moment in (resolved.start, resolved.end):
        assert moment.microsecond == 0
        assert moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)
    if until_now and resolved.start <= now:
        assert resolved.end <= now
    assert resolved_from_json(resolved_to_json(resolved)) == resolved


@given(timeframes())
def test_text_and_json_come_back(frame: Timeframe):
    assert Timeframe.parse(frame.to_text()) == frame
    assert Timeframe.from_json(frame.to_json()) == frame


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-11-19T00:00:00", "2026-11-19T23:59:59"),
        ("yesterday", "2026-11-18T00:00:00", "2026-11-18T23:59:59"),
        ("this_week", "2026-11-16T00:00:00", "2026-11-22T23:59:59"),
        ("last week", "2026-11-09T00:00:00", "2026-11-15T23:59:59"),
        ("this-month", "2026-11-01T00:00:00", "2026-11-30T23:59:59"),
        ("LAST_MONTH", "2026-10-01T00:00:00", "2026-10-31T23:59:59"),
        ("month_to_date", "2026-11-01T00:00:00", "2026-11-19T23:59:59"),
        ("same_day_last_week", "2026-11-12T00:00:00", "2026-11-12T23:59:59"),
        ("last_7_days", "2026-11-12T00:00:00", "2026-11-18T23:59:59"),
        ("last_1_day", "2026-11-18T00:00:00", "2026-11-18T23:59:59"),
        ("2016-08-01", "2016-08-01T00:00:00", "2016-08-01T23:59:59"),
        ("2016-08-01..2016-08-10", "2016-08-01T00:00:00", "2016-08-10T23:59:59"),
        ("2016-08-01T08:00..2016-08-01T17:30", "2016-08-01T08:00:00", "2016-08-01T17:30:00"),
        ("2016-08-01T08:00:05..2016-08-02", "2016-08-01T08:00:05", "2016-08-02T23:59:59"),
    ],
)
def test_words_mean_what_is_written(text: str, start: str, end: str):
    resolved = resolve(Timeframe.parse(text), NOW, "UTC")
    assert (resolved.start.isoformat()[:19], resolved.end.isoformat()[:19]) == (start, end)


@pytest.mark.parametrize("text", ["today", "this_week", "this_month", "month_to_date"])
def test_a_range_that_goes_on_can_end_now(text: str):
    assert resolve(Timeframe.parse(text), NOW, "UTC", until_now=True).end == NOW.replace(microsecond=0)
    assert "now" in english(describe(Timeframe.parse(text), until_now=True))


@pytest.mark.parametrize(("week_start", "first"), [(0, 16), (1, 17), (2, 18), (3, 19), (4, 13), (5, 14), (6, 15)])
def test_weeks_begin_where_the_site_says(week_start: int, first: int):
    week = resolve(Timeframe(Relative.THIS_WEEK), NOW, "UTC", week_start)
    before = resolve(Timeframe(Relative.LAST_WEEK), NOW, "UTC", week_start)
    assert (week.start.day, week.start.weekday()) == (first, week_start)
    assert before.end + timedelta(seconds=1) == week.start


def test_the_day_is_the_sites_own():
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert resolve(Timeframe(), late, "Asia/Kathmandu").start.isoformat() == "2026-11-20T00:00:00+05:45"
    assert resolve(Timeframe(), late, "America/New_York").start.isoformat() == "2026-11-19T00:00:00-05:00"


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "length"),
    [
        ("Europe/Berlin", "2026-03-29", "00:00:00+01:00", "23:59:59+02:00", 23),
        ("Europe/Berlin", "2026-10-25", "00:00:00+02:00", "23:59:59+01:00", 25),
        ("America/New_York", "2026-03-08", "00:00:00-05:00", "23:59:59-04:00", 23),
        ("America/Denver", "2026-03-08", "00:00:00-07:00", "23:59:59-06:00", 23),
        ("America/New_York", "2026-11-01", "00:00:00-04:00", "23:59:59-05:00", 25),
        ("Australia/Lord_Howe", "2026-04-05", "00:00:00+11:00", "23:59:59+10:30", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", "00:00:00+10:30", "23:59:59+11:00", 23.5),
        ("America/Sao_Paulo", "2017-10-15", "01:00:00-02:00", "23:59:59-02:00", 23),  # no midnight
        ("America/Sao_Paulo", "2018-02-17", "00:00:00-02:00", "23:59:59-03:00", 25),  # the last hour comes twice
        ("Asia/Kathmandu", "1986-01-01", "00:15:00+05:45", "23:59:59+05:45", 23.75),
        ("Asia/Kathmandu", "2026-03-29", "00:00:00+05:45", "23:59:59+05:45", 24),
    ],
)
def test_tm_04_days_that_are_not_24_hours(zone: str, day: str, start: str, end: str, length: float):
    resolved = resolve(Timeframe.parse(day), NOW, zone)
    assert (resolved.start.isoformat()[11:], resolved.end.isoformat()[11:]) == (start, end)
    assert hours(resolved) == length
    assert bool(clock_changes(resolved)) == (length != 24)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        # 02:00 to 03:00 does not exist: a start moves behind the gap, an end before it
        ("2026-03-29T02:30..2026-03-29T12:00", "03:00:00+02:00", "12:00:00+02:00"),
        ("2026-03-29T00:00..2026-03-29T02:30", "00:00:00+01:00", "01:59:59+01:00"),
        ("2026-03-29T02:10..2026-03-29T02:20", "03:00:00+02:00", "03:00:00+02:00"),
        # 02:00 to 03:00 comes twice: a start is the first, an end the second
        ("2026-10-25T02:30..2026-10-25T02:30", "02:30:00+02:00", "02:30:00+01:00"),
    ],
)
def test_times_that_do_not_exist_or_come_twice(text: str, start: str, end: str):
    resolved = resolve(Timeframe.parse(text), NOW, "Europe/Berlin")
    assert (resolved.start.isoformat()[11:], resolved.end.isoformat()[11:]) == (start, end)


@pytest.mark.parametrize(
    ("text", "zone", "line"),
    [
        (
            "2019-09-09..2019-09-10",
            "America/Denver",
            "Mon 9 Sep 2019 00:00:00 -> Tue 10 Sep 2019 23:59:59, UTC-06:00, 48 h, no clock change",
        ),
        (
            "2026-10-25@08:00-17:30",
            "Europe/Berlin",
            "Sun 25 Oct 2026 00:00:00 -> Sun 25 Oct 2026 23:59:59, each day 08:00:00-17:30:00, UTC+02:00 to UTC+01:00, "
            "25 h, clocks change on Sun 25 Oct 2026 02:00:00",
        ),
        (
            "2025-01-01..2025-12-31",
            "Europe/Berlin",
            "Wed 1 Jan 2025 00:00:00 -> Wed 31 Dec 2025 23:59:59, UTC+01:00, 8760 h, 2 clock changes",
        ),
        (
            "2026-11-19T08:00..2026-11-19T08:29:59",
            "UTC",
            "Thu 19 Nov 2026 08:00:00 -> Thu 19 Nov 2026 08:29:59, UTC+00:00, 30 min, no clock change",
        ),
    ],
)
def test_a_range_on_one_line(text: str, zone: str, line: str):
    assert show(resolve(Timeframe.parse(text), NOW, zone)) == line


@given(timeframes().filter(lambda f: f.preset is not Relative.CUSTOM), _moments, _zones)
def test_days_of_a_range_cover_it_without_overlap(frame: Timeframe, now: datetime, zone: str):
    resolved = resolve(frame, now, zone)
    days = split_days(resolved)
    assert (days[0].start, days[-1].end) == (resolved.start, resolved.end)
    assert sum(length_s(day) for day in days) == length_s(resolved)
    assert all(day.start.date() == day.end.date() for day in days)


def test_days_in_the_future_can_be_left_out():
    week = resolve(Timeframe(Relative.THIS_WEEK), NOW, "UTC")
    assert [day.start.day for day in split_days(week, NOW)] == [16, 17, 18, 19]


@pytest.mark.parametrize("chip", CHIPS, ids=Timeframe.to_text)
def test_every_chip_says_what_it_means(chip: Timeframe):
    assert english(describe(chip)).endswith(".")
    assert "Sunday" in english(describe(Timeframe(Relative.LAST_WEEK), week_start=6)).partition(" to ")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "last_days",
        "custom",
        "last_0x_days",
        "2016-13-01",
        "2016-02-30",
        "2016-08-01T25:00",
        "01-08-2016",
        "2016-08-01..",
        "..2016-08-01",
        "today@",
        "today@08:00",
        "today@8-17",
        "0000-00-00",
        "today@08:00-25:00",
    ],
)
def test_bad_text_is_told_what_to_write(text: str):
    with pytest.raises(UserError, match="Write yesterday, last_week, last_7_days"):
        Timeframe.parse(text)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (Timeframe.parse("2016-08-10..2016-08-01"), "timeframe.order"),
        (Timeframe.parse("0001-01-01"), "timeframe.year"),
        (Timeframe.parse("9999-12-31"), "timeframe.year"),
        (Timeframe(Relative.CUSTOM), "timeframe.open"),
        (Timeframe.last_days(0), "timeframe.days"),
        (Timeframe.last_days(9999), "timeframe.days"),
        (Timeframe.parse("today@17:00-08:00"), "timeframe.daily"),
    ],
)
def test_what_cannot_be_resolved_is_said(frame: Timeframe, code: str):
    with pytest.raises(UserError) as caught:
        resolve(frame, NOW, "UTC")
    assert caught.value.message.code == code


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "UTC+99:00", "a\x00b"])
def test_unknown_zone(zone: str):
    with pytest.raises(UserError, match="There is no time zone"):
        find_zone(zone)


@pytest.mark.parametrize(
    "data",
    [
        None,
        1,
        "today",
        [],
        {},
        {"preset": "soon"},
        {"preset": "last_days", "days": "7"},
        {"preset": "last_days", "days": True},
        {"preset": "custom", "start": 5, "end": None},
        {"preset": "custom", "start": "2016-08-01T00:00:00+02:00", "end": None},
        {"preset": "today", "daily": ["08:00"]},
        {"preset": "today", "daily": "x"},
    ],
)
def test_broken_json_is_said(data: object):
    with pytest.raises(UserError) as caught:
        Timeframe.from_json(data)  # type: ignore[arg-type]
    assert caught.value.message.code == "timeframe.form"


@pytest.mark.parametrize("data", [None, {}, {"start": "x", "end": "y", "zone": "UTC"}])
def test_broken_frozen_range_is_said(data: object):
    with pytest.raises(UserError):
        resolved_from_json(data)  # type: ignore[arg-type]
