"""Ranges by word and by date: what is stored, what is said, and the clocks of the site."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, Qt
from pytestqt.qtbot import QtBot

from console.reports.schema import Json, Param, ParamKind
from console.ui.forms.report_base import UNSET
from console.ui.forms.timeframe_editor import FormSite, PeriodEditor, TimeframeEditor
from console.ui.theme import Theme
from tests.ui.windows.walk import complaints

ZONE = ZoneInfo("Europe/Berlin")
SITE = FormSite("Europe/Berlin", 0, lambda: datetime(2026, 3, 30, 10, 0, tzinfo=ZONE))  # the day after clocks changed


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> TimeframeEditor:
    """A timeframe that is not set."""
    result = TimeframeEditor(theme, Param("when", ParamKind.TIMEFRAME, "When"), SITE)
    qtbot.addWidget(result)
    result.name_parts("When")
    result.show()
    return result


def press(editor: TimeframeEditor | PeriodEditor, key: str) -> None:
    """Press a chip."""
    editor.chips.chip(key).click()


@pytest.mark.parametrize(
    "key",
    ["today", "yesterday", "this_week", "last_week", "this_month", "last_month", "month_to_date", "same_day_last_week"],
)
def test_a_word_is_stored_as_a_word(editor: TimeframeEditor, qtbot: QtBot, key: str) -> None:
    assert editor.value() is UNSET
    with qtbot.waitSignal(editor.changed):
        press(editor, key)
    assert editor.value() == {"preset": key}
    assert editor.problem() == ""
    assert "→" in editor.resolved.text()


def test_the_line_says_what_it_comes_to_on_the_site(editor: TimeframeEditor) -> None:
    press(editor, "yesterday")
    text = editor.resolved.text()
    assert text.startswith("Sun 29 Mar 2026 00:00:00 → Sun 29 Mar 2026 23:59:59")
    assert "23\u00a0h" in text
    assert "clocks change" in text
    assert text.endswith("(Europe/Berlin)")
    editor.set_site(FormSite("America/Denver", 6, SITE.now))
    assert "UTC-06:00" in editor.resolved.text()


def test_last_days_asks_how_many(editor: TimeframeEditor) -> None:
    press(editor, "last_days")
    assert editor.value() == {"preset": "last_days", "days": 7}
    editor.days.setText("30")
    assert editor.value() == {"preset": "last_days", "days": 30}
    editor.days.setText("many")
    assert editor.value() == {"preset": "last_days", "days": "many"}
    assert editor.problem()
    assert editor.resolved.text() == ""
    editor.days.setText("0")
    assert editor.problem()


def test_own_dates_begin_with_the_range_before_them(editor: TimeframeEditor) -> None:
    press(editor, "last_week")
    press(editor, "custom")
    assert editor.value() == {"preset": "custom", "start": "2026-03-23T00:00:00", "end": "2026-03-29T23:59:59"}
    editor.end.setText("2026-03-24")
    assert editor.value() == {"preset": "custom", "start": "2026-03-23T00:00:00", "end": "2026-03-24T23:59:59"}
    editor.end.setText("2026-03-20 8:30")
    assert "before the start" in editor.problem()
    editor.end.setText("soon")
    assert "day and time" in editor.problem()
    assert editor.value() == {"preset": "custom", "start": "2026-03-23T00:00:00", "end": "soon"}
    editor.set_problem(True)
    assert editor.end.property("problem") is True
    assert not editor.start.property("problem")
    editor.set_problem(False)
    assert not editor.end.property("problem")


def test_a_part_of_each_day(editor: TimeframeEditor) -> None:
    press(editor, "yesterday")
    editor.has_daily.setChecked(True)
    assert editor.problem()
    editor.daily_from.setText("8:00")
    editor.daily_to.setText("5:30 pm")
    assert editor.value() == {"preset": "yesterday", "daily": ["08:00:00", "17:30:00"]}
    assert "each day 08:00:00-17:30:00" in editor.resolved.text()
    editor.daily_to.setText("7:00")
    assert editor.problem()


@pytest.mark.parametrize("value", [{"preset": "next_decade"}, "yesterday", 5, {"preset": "custom", "start": 3}])
def test_a_value_of_an_odd_form_is_kept_and_said(editor: TimeframeEditor, value: Json) -> None:
    editor.set_value(value)
    assert editor.value() == value
    assert editor.problem()
    press(editor, "today")
    assert editor.value() == {"preset": "today"}


def test_a_day_is_picked_from_the_calendar(editor: TimeframeEditor, qtbot: QtBot) -> None:
    editor.set_value({"preset": "custom", "start": "2026-03-01T08:00:00", "end": "2026-03-02T17:00:00"})
    qtbot.keyClick(editor.start, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = editor.start.calendar
    assert calendar is not None
    assert calendar.selectedDate() == QDate(2026, 3, 1)
    assert calendar.firstDayOfWeek() is Qt.DayOfWeek.Monday
    assert complaints(calendar) == []
    calendar.clicked.emit(QDate(2026, 3, 2))
    assert editor.value() == {"preset": "custom", "start": "2026-03-02T08:00:00", "end": "2026-03-02T17:00:00"}
    assert not calendar.isVisible()


def test_the_arrow_keys_move_and_space_chooses(editor: TimeframeEditor, qtbot: QtBot) -> None:
    chips = editor.chips.chips()
    assert [chip.focusPolicy() for chip in chips].count(Qt.FocusPolicy.StrongFocus) == 1
    editor.set_value({"preset": "yesterday"})
    with qtbot.waitExposed(editor):
        editor.show()
    chips[1].setFocus()
    qtbot.keyClick(chips[1], Qt.Key.Key_Right)
    qtbot.keyClick(chips[2], Qt.Key.Key_Space)
    assert editor.value() == {"preset": "this_week"}
    assert chips[2].isChecked()
    assert not chips[1].isChecked()
    assert chips[2].accessibleName() == "When: This week"
    assert "Monday" in chips[2].toolTip()


def test_a_zone_nobody_knows_breaks_nothing(editor: TimeframeEditor) -> None:
    editor.set_site(FormSite("Mars/Olympus", 0, SITE.now))
    press(editor, "today")
    press(editor, "custom")
    assert editor.resolved.text() == ""
    assert editor.value() == {"preset": "custom", "start": "2026-03-30T00:00:00", "end": "2026-03-30T23:59:59"}


def test_a_period_is_a_word_or_typed(qtbot: QtBot, theme: Theme) -> None:
    editor = PeriodEditor(theme, Param("time", ParamKind.PERIOD, "Period"), SITE)
    qtbot.addWidget(editor)
    editor.name_parts("Period")
    editor.show()
    press(editor, "last_month")
    assert editor.value() == {"period": "last_month"}
    assert "Sun 1 Feb 2026 00:00:00" in editor.resolved.text()
    assert "a row for each day" in editor.resolved.text()
    press(editor, "custom")
    assert editor.value() == {"period": "2026-03-30"}
    for typed, rows in (("2025", "month"), ("2025-07", "day"), ("2025-07-01", "hour")):
        editor.of.setText(typed)
        assert editor.value() == {"period": typed}
        assert f"a row for each {rows}" in editor.resolved.text()
    editor.of.setText("2025-13")
    assert editor.problem().startswith("Enter a day, a month or a year")
    assert editor.resolved.text() == ""
    assert complaints(editor) == []
