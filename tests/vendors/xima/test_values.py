"""Single values: types, arithmetic, what fits which column."""

from __future__ import annotations

import math
from typing import Any

import pytest

from console.domain.enums import AgentStatus
from console.domain.values import Origin, Reading, Status, Unit
from console.vendors.xima.states import agent_state
from console.vendors.xima.values import FORMULA_AVERAGE, FORMULA_DURATION, FORMULAS, Fit, Kind, Place, read
from console.vendors.xima.wire import key_text, stamp_ms

STAMP = "2018-09-24T13:17:35.661-06:00"
AT = 1_537_816_655_661
PLACE = Place("x1", "/results/0/value", AT + 1_000)


def one(raw: object, fit: Fit | None = None, place: Place = PLACE) -> Reading:
    """The reading of a value with one use."""
    return read(raw, (fit or Fit(),), place)[0]


def line(done: object = 20_521, up: object = 2, down: object = 1, **more: object) -> dict[str, object]:
    """A DURATION as the vendor prints it."""
    return {
        "type": "DURATION",
        "lastUpdateTime": STAMP,
        "finishedDuration": done,
        "numCountingUp": up,
        "numCountingDown": down,
    } | more


def average(total: object = 20_521, count: object = 5, up: object = 2, down: object = 1) -> dict[str, object]:
    """An AVERAGE_DURATION as the vendor prints it."""
    return {
        "type": "AVERAGE_DURATION",
        "lastUpdateTime": STAMP,
        "durationSum": total,
        "count": count,
        "numCountingUp": up,
        "numCountingDown": down,
    }


def test_the_stamp_is_an_exact_instant() -> None:
    assert stamp_ms(STAMP) == AT
    assert stamp_ms("2018-09-24T19:17:35.661Z") == AT
    for bad in (None, 5, "", "yesterday", "2018-09-24T13:17:35.661", "2018-02-30T00:00:00+00:00", "9" * 50):
        assert stamp_ms(bad) is None


def test_a_duration_runs_as_documented() -> None:
    reading = one(line())
    assert (reading.value, reading.rate, reading.unit, reading.at_ms) == (20_521, 1, Unit.MS, AT)
    assert reading.value_at(AT) == 20_521
    assert reading.value_at(AT + 10_000) == 30_521
    assert reading.origin is Origin.VENDOR
    assert reading.source is not None
    assert (reading.source.formula, reading.source.pointer) == (FORMULA_DURATION, "/results/0/value")


def test_an_average_runs_by_an_inferred_formula() -> None:
    reading = one(average())
    assert reading.value == pytest.approx(4104.2)
    assert reading.value_at(AT + 10_000) == pytest.approx(6104.2)
    assert reading.origin is Origin.INFERRED
    assert reading.source is not None
    assert "inferred" in FORMULAS[reading.source.formula]
    assert reading.source.formula == FORMULA_AVERAGE


def test_an_average_over_nothing_does_not_apply() -> None:
    assert one(average(count=0)).status is Status.NOT_APPLICABLE
    assert one(average(count=0, total=None)).unit is Unit.MS


def test_what_stands_still_has_no_time() -> None:
    reading = one(line(up=3, down=3))
    assert (reading.rate, reading.at_ms, reading.value) == (0, None, 20_521)
    assert one(line(up=3, down=3, lastUpdateTime=None)).value == 20_521
    assert reading == one(line(up=0, down=0, lastUpdateTime="2020-01-01T00:00:00.000Z"))


def test_what_shrinks_stops_at_zero() -> None:
    reading = one(line(up=0, down=2))
    assert reading.rate == -2
    assert reading.value_at(AT + 60_000) == 0


def test_a_stamp_from_the_future_starts_now() -> None:
    reading = one(line(), place=Place("x", "/value", AT - 3_600_000.0))
    assert reading.at_ms == AT - 3_600_000.0
    assert reading.value_at(AT - 3_600_000.0) == 20_521
    assert "ahead of the server's own clock" in reading.text
    assert one(line(), place=Place("x", "/value", AT - 1_500.0)).at_ms == AT


@pytest.mark.parametrize(
    ("raw", "value", "unit", "pointer"),
    [
        ({"type": "COUNT", "count": 206}, 206, Unit.COUNT, "/count"),
        ({"type": "COUNT", "count": 0}, 0, Unit.COUNT, "/count"),
        ({"type": "COUNT", "count": 1.5}, 1.5, Unit.COUNT, "/count"),
        ({"type": "BOOLEAN", "value": False}, False, Unit.FLAG, "/value"),
        ({"type": "STRING", "value": "string value"}, "string value", Unit.TEXT, "/value"),
    ],
)
def test_plain_types_are_taken_as_sent(raw: dict[str, Any], value: object, unit: Unit, pointer: str) -> None:
    reading = one(raw)
    assert (reading.status, reading.value, reading.unit) == (Status.OK, value, unit)
    assert type(reading.value) is type(value)
    assert reading.source is not None
    assert reading.source.pointer == f"/results/0/value{pointer}"
    assert reading.source.formula == ""


def test_no_type_is_no_value() -> None:
    for raw in ({"lastUpdateTime": STAMP}, {}, {"type": None, "count": 5}):
        assert one(raw).status is Status.NOT_APPLICABLE
        assert one(raw, Fit(Unit.MS)).unit is Unit.MS
    assert one({"type": "STRING", "value": ""}).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "raw",
    [
        None,
        5,
        "COUNT",
        [],
        {"type": 5},
        {"type": "COUNT"},
        {"type": "COUNT", "count": None},
        {"type": "COUNT", "count": True},
        {"type": "COUNT", "count": "5"},
        {"type": "COUNT", "count": math.nan},
        {"type": "COUNT", "count": math.inf},
        {"type": "COUNT", "count": 2**53},
        {"type": "BOOLEAN", "value": 1},
        {"type": "BOOLEAN", "value": "true"},
        {"type": "STRING", "value": 5},
        {"type": "STRING"},
        {"type": "SOMETHING"},
        {"type": "SOMETHING", "value": [1]},
        line(done=None),
        line(done=-1),
        line(done=True),
        line(up=-1),
        line(up=None),
        line(up=1.5),
        line(down="1"),
        line(lastUpdateTime=None),
        line(lastUpdateTime="soon"),
        average(count=-1),
        average(count=0.5),
        average(count=None),
        average(total="x"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_a_reason(raw: object) -> None:
    reading = one(raw)
    assert (reading.status, reading.value) == (Status.ERROR, None)
    assert reading.text
    assert reading.source is not None


def test_an_undocumented_type_is_shown_and_flagged() -> None:
    reading = one({"type": "PERCENT", "value": 81.7})
    assert (reading.value, reading.unit, reading.origin) == (81.7, Unit.PERCENT, Origin.INFERRED)
    assert "PERCENT" in reading.text
    assert one({"type": "DOUBLE", "count": 4}).unit is Unit.COUNT
    assert one({"type": "FLAG", "value": True}).unit is Unit.FLAG
    assert one({"type": "WORD", "value": "x"}).unit is Unit.TEXT


def test_a_share_is_accepted_from_what_carries_one() -> None:
    fit = Fit(Unit.PERCENT, title="Service level")
    for raw, value in (
        ({"type": "PERCENT", "value": 81.7}, 81.7),
        ({"type": "COUNT", "count": 82}, 82),
        ({"type": "STRING", "value": "81.7 %"}, 81.7),
        ({"type": "STRING", "value": "82%"}, 82.0),
    ):
        reading = one(raw, fit)
        assert (reading.status, reading.value, reading.unit) == (Status.OK, value, Unit.PERCENT)
    for raw in (
        {"type": "STRING", "value": "٨٢ %"},
        {"type": "STRING", "value": "high"},
        {"type": "COUNT", "count": 101},
        {"type": "BOOLEAN", "value": True},
        line(),
    ):
        assert one(raw, fit).status is Status.ERROR


@pytest.mark.parametrize(
    ("unit", "raw"),
    [
        (Unit.MS, {"type": "COUNT", "count": 5}),
        (Unit.MS, {"type": "STRING", "value": "0:05"}),
        (Unit.MS, {"type": "MYSTERY", "value": 5}),
        (Unit.COUNT, line()),
        (Unit.COUNT, {"type": "STRING", "value": "5"}),
        (Unit.COUNT, {"type": "BOOLEAN", "value": True}),
        (Unit.TEXT, {"type": "COUNT", "count": 5}),
    ],
)
def test_a_type_that_does_not_fit_its_column_says_so(unit: Unit, raw: dict[str, Any]) -> None:
    reading = one(raw, Fit(unit, title="Waiting"))
    assert (reading.status, reading.unit) == (Status.ERROR, unit)
    assert str(raw["type"]) in reading.text
    assert "Waiting" in reading.text


def test_a_proposed_column_is_inferred() -> None:
    place = Place("x", "/value", None, Origin.INFERRED)
    assert one({"type": "COUNT", "count": 5}, Fit(Unit.COUNT, inferred=True), place).origin is Origin.INFERRED


def test_state_and_reason_from_one_word() -> None:
    fits = (Fit(Unit.TEXT, Kind.STATE), Fit(Unit.TEXT, Kind.REASON))
    state, reason = read({"type": "STRING", "value": "DND: Restroom"}, fits, PLACE)
    assert (state.value, state.text) == ("paused", "DND: Restroom")
    assert (reason.value, reason.origin) == ("Restroom", Origin.INFERRED)
    state, reason = read({"type": "STRING", "value": "Talking"}, fits, PLACE)
    assert (state.value, state.text, reason.status) == ("on_call", "Talking", Status.NOT_APPLICABLE)
    state, reason = read({"lastUpdateTime": STAMP}, fits, PLACE)
    assert state.status is reason.status is Status.NOT_APPLICABLE
    state, reason = read({"type": "COUNT", "count": 1}, fits, PLACE)
    assert state.status is reason.status is Status.ERROR


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("Ready", AgentStatus.AVAILABLE, ""),
        ("Idle", AgentStatus.AVAILABLE, ""),
        ("RINGING", AgentStatus.RINGING, ""),
        ("Queue Offer", AgentStatus.RINGING, ""),
        ("Talking", AgentStatus.ON_CALL, ""),
        ("Hold", AgentStatus.ON_CALL, ""),
        ("Dialing", AgentStatus.OTHER_CALL, ""),
        ("After Call Work", AgentStatus.AFTER_CALL, ""),
        ("ACW", AgentStatus.AFTER_CALL, ""),
        ("Do Not Disturb", AgentStatus.PAUSED, ""),
        ("DND: Restroom", AgentStatus.PAUSED, "Restroom"),
        ("Not Ready (Team Meeting)", AgentStatus.PAUSED, "Team Meeting"),
        ("Lunch", AgentStatus.PAUSED, "Lunch"),
        ("Logged Out", AgentStatus.LOGGED_OFF, ""),
        ("Talking: John", AgentStatus.ON_CALL, ""),
        ("Gardening", AgentStatus.UNKNOWN, ""),
        (":", AgentStatus.UNKNOWN, ""),
    ],
)
def test_agent_words(word: str, status: AgentStatus, reason: str) -> None:
    assert agent_state(word) == (status, reason)


def test_long_and_hostile_text_is_cut_and_cleaned() -> None:
    reading = one({"type": "STRING", "value": "x" * 1_000_000})
    assert len(str(reading.value)) == 4096
    assert one({"type": "STRING", "value": "a\x00b\u202ec"}).value == "abc"
    assert one({"type": "STRING", "value": "\x00\u200b"}).status is Status.NOT_APPLICABLE


def test_keys_stay_apart_when_cut() -> None:
    assert key_text("John Doe(481)") == "John Doe(481)"
    assert key_text("José(1)") == "José(1)"
    long = [key_text("x" * 600 + end) for end in "ab"]
    assert long[0] != long[1]
    assert max(map(len, long)) <= 512
    key_text("\ud800").encode()
    assert key_text("\ud800") != key_text("\ud801")
