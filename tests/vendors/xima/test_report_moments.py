"""Moments in columns of an undocumented format: taken for such only where number and text prove each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.vendors.xima.reports.moments import ORDERS, moment_reader, order_of


def cell(at: datetime, order: str) -> dict[str, object]:
    return {"value": int(at.timestamp() * 1000), "formattedValue": at.strftime(order)}


ZONES = ("UTC", "America/Denver", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Auckland")


@given(
    st.lists(st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1)), min_size=1, max_size=5),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.sampled_from(ORDERS),
)
def test_what_a_system_shows_is_read_back(moments: list[datetime], zone: str, order: str) -> None:
    cells = [cell(at.replace(tzinfo=ZoneInfo(zone), microsecond=0), order) for at in moments]
    found = order_of("DATE_TIME", cells)
    assert found
    for one in cells:
        value, text = moment_reader(found)(one)
        assert text == one["formattedValue"]
        assert isinstance(value, datetime)
        assert value.strftime(order) == text


def test_day_and_month_are_told_apart_by_the_number() -> None:
    at = datetime(2026, 3, 4, 9, 0, 5, tzinfo=ZoneInfo("America/Denver"))
    assert order_of("DATE_TIME", [cell(at, "%m/%d/%Y %H:%M:%S")]) == "%m/%d/%Y %H:%M:%S"
    assert order_of("DATE_TIME", [cell(at, "%d/%m/%Y %H:%M:%S")]) == "%d/%m/%Y %H:%M:%S"
    assert moment_reader("%d/%m/%Y %H:%M:%S")(cell(at, "%d/%m/%Y %H:%M:%S"))[0] == at.replace(tzinfo=None)


@pytest.mark.parametrize(
    "change",
    [
        {"value": 1_790_240_400_000 + 3 * 86_400_000},  # another day
        {"value": 1_790_240_400_000 + 100_000},  # no offset from UTC is 100 s
        {"value": "2026"},
        {"value": True},
        {"formattedValue": "soon"},
        {"formattedValue": None},
    ],
)
def test_what_does_not_agree_proves_nothing(change: dict[str, object]) -> None:
    good = {"value": 1_790_240_400_000, "formattedValue": "9/24/2026 9:00:00 AM"}
    assert order_of("DATE_TIME", [good])
    assert order_of("DATE_TIME", [good, {**good, **change}]) == ""
    assert order_of("SCORE", [good]) == ""
    assert order_of("DATE_TIME", []) == ""


def test_a_later_cell_that_is_no_moment_keeps_its_text() -> None:
    read = moment_reader(ORDERS[0])
    assert read({"value": 5, "formattedValue": "never"}) == (None, "never")
    assert read({"value": None, "formattedValue": ""}) == (None, None)
    assert read({"value": 17}) == (None, "17")
    assert read(None) == (None, None)
    assert read("x") == (None, "x")
    later = {"value": -1, "formattedValue": (datetime(2026, 1, 1) + timedelta(hours=1)).strftime(ORDERS[0])}  # noqa: DTZ001
    assert read(later)[0] == datetime(2026, 1, 1, 1)  # noqa: DTZ001
