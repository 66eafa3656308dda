"""The PBX's wall clock: traps 11 to 17, and TM-05."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.vendors.yeastar import FIELDS
from console.vendors.yeastar.dates import DateFormat, PbxClock, from_go_layout, from_setting, read_clock

ORDERS = ("YMD", "MDY", "DMY")
FORMATS = [DateFormat(order, mark, half) for order in ORDERS for mark in "/-." for half in (True, False)]


def info(moment: datetime, dates: DateFormat, offset: timedelta, *, letters: str = "hh:mm:ss") -> dict[str, Any]:
    """What ``system/information`` says at an instant."""
    order = {"YMD": "YYYY{0}MM{0}DD", "MDY": "MM{0}DD{0}YYYY", "DMY": "DD{0}MM{0}YYYY"}[dates.order]
    return {
        "system_time": dates.write((moment + offset).replace(tzinfo=None)),
        "system_date_format": order.format(dates.separator),
        "system_time_format": letters,
        "timestamp": int(moment.timestamp()),
    }


@given(
    st.integers(1_420_070_400, 2_145_830_400),
    st.sampled_from(FORMATS),
    st.integers(-48, 56),
)
def test_whatever_the_format_time_and_zone_they_are_found(epoch: int, dates: DateFormat, quarters: int) -> None:
    """TM-05: PBX and console in different zones, 12 and 24 hours, any order."""
    moment = datetime.fromtimestamp(epoch, UTC)
    offset = timedelta(minutes=15 * quarters)
    clock = read_clock(info(moment, dates, offset))
    assert clock == PbxClock(dates, offset)
    local = clock.local(moment.timestamp() * 1000)
    assert local == (moment + offset).replace(tzinfo=None)
    assert dates.read(dates.write(local)) == local


def test_trap_13_the_case_of_hh_says_nothing() -> None:
    """A 24-hour unit was seen to call its format ``hh:mm:ss``; the suffix of its time decides."""
    at = datetime(2027, 1, 15, 13, 44, 49, tzinfo=UTC)
    for half in (True, False):
        dates = DateFormat("DMY", "/", half)
        for letters in ("hh:mm:ss", "HH:mm:ss", "hh:mm:ss AM", "hh:mm:ss PM", ""):
            assert read_clock(info(at, dates, timedelta(hours=1), letters=letters)).dates == dates


def test_trap_15_and_17_dates_are_padded_ascii_and_english(monkeypatch: pytest.MonkeyPatch) -> None:
    import locale

    monkeypatch.setattr(locale, "setlocale", lambda *_: "ar_EG.UTF-8")
    early = datetime(2027, 3, 4, 0, 5, 6, tzinfo=UTC)
    assert DateFormat("MDY", "/", is_12_hour=True).write(early) == "03/04/2027 12:05:06 AM"
    assert DateFormat("DMY", "-", is_12_hour=True).write(early.replace(hour=12)) == "04-03-2027 12:05:06 PM"
    assert DateFormat("YMD", "/", is_12_hour=False).write(early) == "2027/03/04 00:05:06"


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("valid format: 02/01/2006 03:04:05 PM", "DD/MM/YYYY hh:mm:ss AM"),
        ("start_time is invalid, valid format: 2006/01/02 15:04:05", "YYYY/MM/DD HH:mm:ss"),
        ("01-02-2006 15:04:05", "MM-DD-YYYY HH:mm:ss"),
    ],
)
def test_trap_14_the_go_layout_of_a_refusal_is_understood(sentence: str, label: str) -> None:
    found = from_go_layout(sentence)
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    "sentence", ["", "valid format: RFC3339", "02/01/2006", "02/02/2006 15:04:05", "2006/01/02 03:04:05"]
)
def test_other_sentences_name_no_format(sentence: str) -> None:
    assert from_go_layout(sentence) is None


def test_a_format_that_contradicts_the_time_is_not_believed() -> None:
    """The named format is wrong, the time itself can only be read in one way."""
    data = info(datetime(2027, 1, 25, 9, 0, tzinfo=UTC), DateFormat("DMY", "/", is_12_hour=False), timedelta(hours=2))
    data["system_date_format"] = "MM/DD/YYYY"
    assert read_clock(data) == PbxClock(DateFormat("DMY", "/", is_12_hour=False), timedelta(hours=2))


def test_an_ambiguous_time_without_a_named_format_stays_unknown() -> None:
    """TM-05: ambiguous is marked, not guessed; 3 March reads the same both ways and gives the offset only."""
    data = info(datetime(2027, 3, 3, 9, 0, tzinfo=UTC), DateFormat("DMY", "/", is_12_hour=False), timedelta(hours=2))
    del data["system_date_format"]
    clock = read_clock(data)
    assert clock.dates is None
    assert clock.offset == timedelta(hours=2)
    assert clock.problem


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"system_time": "yesterday", "timestamp": 1},
        {"system_time": "2027/01/15 15:30:00", "system_date_format": "YYYY/MM/DD"},
        {"system_time": "2027/01/15 15:30:00", "system_date_format": "YYYY/MM/DD", "timestamp": 10**14},
        {"system_time": "2027/13/45 99:99:99", "system_date_format": "YYYY/MM/DD", "timestamp": 1800000000},
        {"system_time": "2027/01/15 13:30:00 PM", "system_date_format": "YYYY/MM/DD", "timestamp": 1800000000},
        {"system_time": 5, "system_date_format": None, "timestamp": "soon"},
    ],
)
def test_nonsense_is_unknown_never_an_exception(data: dict[str, Any]) -> None:
    clock = read_clock(data)
    assert clock.dates is None
    assert clock.local(1e12) is None or clock.offset is not None


def test_the_profiles_own_choice_wins() -> None:
    forced = from_setting("DD/MM/YYYY 12")
    assert forced == DateFormat("DMY", "/", is_12_hour=True)
    at = datetime(2027, 1, 25, 9, 0, tzinfo=UTC)
    data = info(at, DateFormat("YMD", "/", is_12_hour=False), timedelta(hours=1))
    assert read_clock(data, forced) == PbxClock(forced, timedelta(hours=1))
    assert from_setting("automatic") is None


def test_every_choice_of_the_form_is_a_format() -> None:
    field = next(field for field in FIELDS if field.id == "date_format")
    named = [from_setting(value) for value, _ in field.choices if value != "automatic"]
    assert len(set(named)) == 12
    assert None not in named


def test_trap_16_each_channel_has_its_own_format() -> None:
    """Live data needs none of them: events say ``YYYY-MM-DD`` and are used as a touch only."""
    from console.vendors.yeastar.events import parse_event

    touch = parse_event({"type": 30012, "msg": {"time_start": "2027-01-15 15:30:00", "call_to": "6400"}})
    assert touch is not None
    assert touch.queues == ("6400",)
