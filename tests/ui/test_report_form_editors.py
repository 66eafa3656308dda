"""Every kind of parameter: its value comes out as it went in, and what is typed becomes what it means."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from console.reports.schema import Choice, Param, ParamKind
from console.ui.forms.report_base import UNSET, ParamEditor
from console.ui.forms.report_kinds import make_param_editor
from console.ui.forms.report_parse import (
    parse_date,
    parse_duration,
    parse_json,
    parse_moment,
    parse_number,
    parse_time,
    same_json,
    show_duration,
)
from console.ui.forms.timeframe_editor import FormSite
from console.ui.theme import Theme

K = ParamKind
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_SECONDS = st.integers(0, 10**7) | st.floats(0, 10**6)
_CLOCK = st.times().map(lambda at: at.isoformat("seconds"))
GENERATED = {
    K.TEXT: st.text(max_size=40),
    K.INTEGER: st.integers(),
    K.NUMBER: st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    K.BOOLEAN: st.booleans(),
    K.CHOICE: st.text(min_size=1, max_size=8),
    K.MULTI_CHOICE: st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=6),
    K.DURATION: _SECONDS,
    K.DURATION_RANGE: st.fixed_dictionaries({"min": st.none() | _SECONDS, "max": st.none() | _SECONDS}),
    K.TIME_OF_DAY: _CLOCK,
    K.DATE: st.dates().map(str),
    K.TIMEFRAME: st.sampled_from(["today", "last_week", "month_to_date"]).map(lambda word: {"preset": word})
    | st.integers(1, 400).map(lambda days: {"preset": "last_days", "days": days})
    | st.datetimes().map(lambda at: {"preset": "custom", "start": at.isoformat("T", "seconds"), "end": None})
    | st.lists(_CLOCK, min_size=2, max_size=2).map(lambda ends: {"preset": "yesterday", "daily": ends}),
    K.PERIOD: st.sampled_from(["today", "last_year", "2026", "2026-02", "2024-02-29"]).map(lambda w: {"period": w}),
    K.INTERVAL: st.fixed_dictionaries({"length": st.integers(1, 99), "unit": st.sampled_from(["DAYS", "ODD_UNIT"])}),
    K.RAW_JSON: _JSON,
}


def param(kind: ParamKind, **more: Any) -> Param:
    """A parameter of a kind."""
    return Param("p", kind, "Label", **more)


def make(qtbot: QtBot, theme: Theme, kind: ParamKind, **more: Any) -> ParamEditor:
    """Its editor."""
    editor = make_param_editor(theme, param(kind, **more), FormSite())
    qtbot.addWidget(editor)
    return editor


def test_every_kind_has_values_to_try() -> None:
    assert set(GENERATED) == set(ParamKind)


@pytest.mark.parametrize("kind", list(ParamKind))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_value_comes_out_as_it_went_in(qtbot: QtBot, theme: Theme, kind: ParamKind, data: st.DataObject) -> None:
    editor = make_param_editor(theme, param(kind), FormSite())
    for value in (data.draw(GENERATED[kind]), data.draw(_JSON)):
        editor.set_value(value)
        held = editor.value()
        assert held is not UNSET
        assert same_json(held, value)
        editor.set_value(UNSET)
        assert editor.value() is UNSET
    editor.deleteLater()


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (K.TEXT, "Zoë <b> & co", "Zoë <b> & co"),
        (K.TEXT, "", UNSET),
        (K.INTEGER, " 12 ", 12),
        (K.INTEGER, "-3", -3),
        (K.INTEGER, "12x", "12x"),
        (K.NUMBER, "1.50", 1.5),
        (K.NUMBER, "7", 7),
        (K.NUMBER, "inf", "inf"),
        (K.DURATION, "1:30", 90),
        (K.DURATION, "0:01:30", 90),
        (K.DURATION, "1h 5m", 3900),
        (K.DURATION, "soon", "soon"),
        (K.TIME_OF_DAY, "8:30", "08:30:00"),
        (K.TIME_OF_DAY, "8 pm", "20:00:00"),
        (K.DATE, "2026-2-9", "2026-02-09"),
        (K.DATE, "2026-02-30", "2026-02-30"),
    ],
)
def test_what_is_typed_becomes_what_it_means(
    qtbot: QtBot, theme: Theme, kind: ParamKind, typed: str, value: object
) -> None:
    editor: Any = make(qtbot, theme, kind)
    editor.line.setText("before")
    editor.line.setText(typed)
    assert editor.value() == value
    is_wrong = value == typed and kind is not K.TEXT
    assert bool(editor.problem()) is is_wrong


def test_ends_of_a_range_may_be_open(qtbot: QtBot, theme: Theme) -> None:
    editor: Any = make(qtbot, theme, K.DURATION_RANGE)
    editor.low.setText("1:00")
    assert editor.value() == {"min": 60, "max": None}
    editor.high.setText("30")
    assert "shorter" in editor.problem()
    editor.low.clear()
    assert editor.value() == {"min": None, "max": 30}
    assert editor.problem() == ""
    editor.high.setText("x")
    assert editor.value() == {"min": None, "max": "x"}
    assert "h:mm:ss" in editor.problem()


def test_a_number_and_its_unit(qtbot: QtBot, theme: Theme) -> None:
    editor: Any = make(qtbot, theme, K.INTERVAL, required=True)
    editor.set_value({"length": 1, "unit": "FORTNIGHTS", "extra": 7})
    assert "not in the list" in editor.unit.currentText()
    editor.length.setText("2")
    assert editor.value() == {"length": 2, "unit": "FORTNIGHTS", "extra": 7}
    editor.length.setText("0")
    assert editor.problem()
    editor.unit.setCurrentIndex(editor.unit.findData("HOURS"))
    editor.length.setText("4")
    assert editor.value() == {"length": 4, "unit": "HOURS", "extra": 7}


def test_one_of_a_few_keeps_what_it_does_not_know(qtbot: QtBot, theme: Theme) -> None:
    choices = (Choice("a", "Anna & Co"), Choice("b", "Bert"))
    editor: Any = make(qtbot, theme, K.CHOICE, choices=choices)
    editor.set_value("z")
    assert editor.value() == "z"
    assert editor.box.currentText() == "z (not in the list)"
    editor.box.setCurrentIndex(editor.box.findData("b"))
    assert editor.value() == "b"
    editor.box.setCurrentIndex(0)
    assert editor.value() is UNSET


def test_json_says_where_it_is_wrong_and_keeps_its_text(qtbot: QtBot, theme: Theme) -> None:
    editor: Any = make(qtbot, theme, K.RAW_JSON)
    text = '{"b":1,\n   "a": [1,2]}'
    editor.box.setPlainText(text)
    assert editor.value() == {"b": 1, "a": [1, 2]}
    draft = editor.draft()
    assert draft == text
    editor.set_value({"b": 1, "a": [1, 2]})
    assert editor.box.toPlainText() != text
    editor.restore_draft(draft)
    assert editor.box.toPlainText() == text
    assert editor.draft() == text
    editor.set_value({"b": 2})
    editor.restore_draft(draft)
    assert json.loads(editor.box.toPlainText()) == {"b": 2}, "a draft of another value is not taken"
    editor.box.setPlainText('{\n "a": 1,,\n}')
    assert "line 2, column 9" in editor.problem()
    held, wrong = editor.value(), editor.draft()
    editor.set_value(held)
    editor.restore_draft(wrong)
    assert editor.box.toPlainText() == '{\n "a": 1,,\n}'


@given(st.integers(0, 10**8) | st.floats(0, 10**6).map(lambda s: round(s, 3)))
def test_durations_are_read_as_they_are_shown(seconds: float) -> None:
    assert parse_duration(show_duration(seconds)) == pytest.approx(seconds, abs=1e-6)


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    for reader in (parse_duration, parse_time, parse_date, parse_number, parse_json):
        reader(text)
    parse_moment(text, end_of_day=True)


@pytest.mark.parametrize("text", ["1:75", "2:70:00", "::", "1:2:3:4", "-5"])
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize("text", ["25:00", "8:60", "13 pm", "0 am"])
def test_what_is_no_time(text: str) -> None:
    assert parse_time(text) is None


def test_a_day_alone_is_all_of_it() -> None:
    first, last = (parse_moment("2026-11-22", end_of_day=end) for end in (False, True))
    assert first is not None
    assert last is not None
    assert (str(first), str(last)) == ("2026-11-22 00:00:00", "2026-11-22 23:59:59")
    assert str(parse_moment("2026-11-22T8:30", end_of_day=True)) == "2026-11-22 08:30:00"


@pytest.mark.parametrize(
    "text", ["11/22/26 8:30 pm", "11/22/2026 20:30", "22 Nov 2026 20:30", "22/11/26 20:30", "22/11/2026 20:30"]
)
def test_a_moment_may_be_written_as_the_locale_writes_it(text: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB" if text.startswith("22/") else "en_US"))
    try:
        assert str(parse_moment(text, end_of_day=False)) == "2026-11-22 20:30:00"
    finally:
        QLocale.setDefault(before)
