"""Periods: a day, month or year and the size of its rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.messages import english
from console.reports.timeframe import Timeframe, resolve
from console.reports.timeframe_period import (
    Period,
    PeriodPreset,
    RowSize,
    describe_period,
    period_of,
    resolve_period,
)

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)

_periods = st.sampled_from([p for p in PeriodPreset if p is not PeriodPreset.CUSTOM]).map(Period) | st.dates(
    datetime(1970, 1, 1).date(),  # noqa: DTZ001
    datetime(2199, 12, 31).date(),  # noqa: DTZ001
).flatmap(
    lambda day: st.sampled_from(
        [
            Period(PeriodPreset.CUSTOM, day.year, day.month, day.day),
            Period(PeriodPreset.CUSTOM, day.year, day.month),
            Period(PeriodPreset.CUSTOM, day.year),
        ]
    )
)


@given(_periods, st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu"]))
def test_forms_come_back(period: Period, zone: str):
    assert Period.parse(period.to_text()) == period
    assert Period.from_json(period.to_json()) == period
    resolved = resolve_period(period, NOW, zone)
    assert resolved.start < resolved.end
    assert period_of(resolved) == period.fixed(NOW, zone)
    assert period.fixed(NOW, zone).rows is period.rows
    assert english(describe_period(period))


@pytest.mark.parametrize(
    ("text", "start", "end", "fixed", "rows"),
    [
        ("today", "2026-03-01", "2026-03-01", "2026-03-01", RowSize.HOUR),
        ("yesterday", "2026-02-28", "2026-02-28", "2026-02-28", RowSize.HOUR),
        ("this_month", "2026-03-01", "2026-03-31", "2026-03", RowSize.DAY),
        ("last month", "2026-02-01", "2026-02-28", "2026-02", RowSize.DAY),
        ("this_year", "2026-01-01", "2026-12-31", "2026", RowSize.MONTH),
        ("last_year", "2025-01-01", "2025-12-31", "2025", RowSize.MONTH),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-02", RowSize.DAY),
        ("2026-11-22", "2026-11-22", "2026-11-22", "2026-11-22", RowSize.HOUR),
    ],
)
def test_words_mean_what_is_written(text: str, start: str, end: str, fixed: str, rows: RowSize):
    period = Period.parse(text)
    resolved = resolve_period(period, NOW, "UTC")
    assert resolved.start.isoformat() == f"{start}T00:00:00+00:00"
    assert resolved.end.isoformat() == f"{end}T23:59:59+00:00"
    assert period.fixed(NOW, "UTC").to_text() == fixed
    assert period.rows is rows


def test_it_can_end_now():
    assert resolve_period(Period.parse("this_year"), NOW, "UTC", until_now=True).end == NOW
    assert resolve_period(Period.parse("last_year"), NOW, "UTC", until_now=True).end < NOW


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-00", "2026-02-30", "2026-11-00", "custom", "last_week"])
def test_bad_text_is_told_what_to_write(text: str):
    with pytest.raises(UserError, match="Write yesterday, this_month"):
        Period.parse(text)


@pytest.mark.parametrize("data", [None, 5, {}, {"period": 2026}, {"period": "soon"}, {"preset": "today"}])
def test_broken_json_is_said(data: object):
    with pytest.raises(UserError, match="Choose one again"):
        Period.from_json(data)  # type: ignore[arg-type]


def test_a_timeframe_is_no_period():
    assert period_of(resolve(Timeframe.parse("today"), NOW, "UTC")) is None


def test_year_out_of_reach():
    with pytest.raises(UserError, match="between 1970 and 2199"):
        resolve_period(Period.parse("0000"), NOW, "UTC")
