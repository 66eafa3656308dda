"""Values as they are written on a command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.reports.schema import Choice, Json, Param, ParamKind
from console.reports.validate import parse_value, split_assignment, value_to_text

QUEUES = (Choice("7", "Sales"), Choice("8", "Support"), Choice("9", "support"), Choice("10", "A, B"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ParamKind.TEXT, " a b ", " a b "),
        (ParamKind.TEXT, "", None),
        (ParamKind.INTEGER, " 12 ", 12),
        (ParamKind.INTEGER, "-3", -3),
        (ParamKind.NUMBER, "1.50", 1.5),
        (ParamKind.NUMBER, "2", 2),
        (ParamKind.BOOLEAN, "Yes", True),
        (ParamKind.BOOLEAN, "off", False),
        (ParamKind.CHOICE, "7", "7"),
        (ParamKind.CHOICE, "sales", "7"),
        (ParamKind.CHOICE, "Support", "8"),
        (ParamKind.CHOICE, "gone", "gone"),
        (ParamKind.MULTI_CHOICE, "Sales, 8,8", ["7", "8"]),
        (ParamKind.MULTI_CHOICE, '"A, B",7', ["10", "7"]),
        (ParamKind.MULTI_CHOICE, " , ", []),
        (ParamKind.DURATION, "90", 90),
        (ParamKind.DURATION, "1:30", 90),
        (ParamKind.DURATION, "90:00", 5400),
        (ParamKind.DURATION, "1:00:05.5", 3605.5),
        (ParamKind.DURATION_RANGE, "0:30..5:00", {"min": 30, "max": 300}),
        (ParamKind.DURATION_RANGE, "..300", {"min": None, "max": 300}),
        (ParamKind.TIME_OF_DAY, "8:30", "08:30:00"),
        (ParamKind.TIME_OF_DAY, "23:59:59", "23:59:59"),
        (ParamKind.DATE, "2026-11-22", "2026-11-22"),
        (ParamKind.TIMEFRAME, "last_7_days", {"preset": "last_days", "days": 7}),
        (ParamKind.PERIOD, "2026-11", {"period": "2026-11"}),
        (ParamKind.INTERVAL, "1 days", {"length": 1, "unit": "DAYS"}),
        (ParamKind.RAW_JSON, ' {"a": [1, null]} ', {"a": [1, None]}),
        (ParamKind.RAW_JSON, "", None),
    ],
)
def test_text_becomes_a_value_and_back(kind: ParamKind, text: str, value: Json):
    param = Param("p", kind, "P")
    assert parse_value(param, text, QUEUES) == value
    if value:
        assert parse_value(param, value_to_text(param, value), QUEUES) == value


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (ParamKind.INTEGER, "1.5", "P must be a whole number"),
        (ParamKind.INTEGER, "9" * 5000, "P must be a whole number"),
        (ParamKind.NUMBER, "nan", "P must be a number"),
        (ParamKind.BOOLEAN, "maybe", "P must be yes or no"),
        (ParamKind.CHOICE, "SUPPORT", "stands for several entries of P: 8, 9"),
        (ParamKind.MULTI_CHOICE, '"a', "quotation marks"),
        (ParamKind.DURATION, "1:75", "h:mm:ss"),
        (ParamKind.DURATION, "1:75:00", "h:mm:ss"),
        (ParamKind.DURATION, "-5", "h:mm:ss"),
        (ParamKind.DURATION_RANGE, "5", "a range of durations"),
        (ParamKind.DURATION_RANGE, "..", "a range of durations"),
        (ParamKind.TIME_OF_DAY, "24:00", "08:30:00"),
        (ParamKind.DATE, "22.11.2026", "2026-11-22"),
        (ParamKind.TIMEFRAME, "soon", "is not a timeframe"),
        (ParamKind.PERIOD, "soon", "is not a period"),
        (ParamKind.INTERVAL, "days", "a number and a unit"),
        (ParamKind.RAW_JSON, "{", "line 1 column 2"),
        (ParamKind.RAW_JSON, "NaN", "is not JSON"),
        (ParamKind.RAW_JSON, "[" * 200_000, "P is not valid JSON"),
    ],
)
def test_what_cannot_be_read_is_said(kind: ParamKind, text: str, sentence: str):
    with pytest.raises(UserError) as caught:
        parse_value(Param("p", kind, "P"), text, QUEUES)
    assert sentence in str(caught.value)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool)))
def test_lists_come_back(items: list[str]):
    param = Param("p", ParamKind.MULTI_CHOICE, "P")
    items = list(dict.fromkeys(items))
    assert parse_value(param, value_to_text(param, items)) == (items or None)


def test_units_are_chosen_by_value_or_label():
    param = Param("p", ParamKind.INTERVAL, "P", choices=(Choice("HOUR", "hours"),))
    assert parse_value(param, "2hours") == {"length": 2, "unit": "HOUR"}


def test_a_value_of_a_wrong_form_is_written_as_json():
    assert value_to_text(Param("p", ParamKind.TIMEFRAME, "P"), {"x": 1}) == '{"x": 1}'
    assert value_to_text(Param("p", ParamKind.INTERVAL, "P"), "x") == '"x"'
    assert value_to_text(Param("p", ParamKind.TEXT, "P"), None) == ""


@pytest.mark.parametrize(("text", "pair"), [("a=b=c", ("a", "b=c")), (" a =", ("a", ""))])
def test_assignments(text: str, pair: tuple[str, str]):
    assert split_assignment(text) == pair


@pytest.mark.parametrize("text", ["", "a", "=b", " =b"])
def test_no_assignment(text: str):
    with pytest.raises(UserError, match="NAME=VALUE"):
        split_assignment(text)
