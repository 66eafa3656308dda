"""Editors of timeframes and periods: words, own dates, and a line that says what they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import UserError
from console.reports.schema import Json, Param
from console.reports.timeframe import Relative, ResolvedTimeframe, Timeframe, check, describe, resolve
from console.reports.timeframe_period import Period, PeriodPreset, check_period, describe_period, resolve_period
from console.ui.forms.report_base import UNSET, Held, ParamEditor, hint, mark_problem, plain_row, short_line, text_of
from console.ui.forms.report_parse import parse_integer, parse_moment, parse_time
from console.ui.forms.timeframe_calendar import DayLine
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.ranges import range_text
from console.ui.text import mnemonic_safe, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label

MOMENT_WIDTH = 208  # px of a line for a day and a time
_REFRESH_MS = 60_000


def local_now() -> datetime:
    """The moment, aware."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class FormSite:
    """What relative ranges depend on.

    Attributes:
        zone: the site's zone, see `console.reports.timeframe.find_zone`.
        week_start: 0 for Monday to 6 for Sunday.
        until_now: ranges end now at the latest.
    """

    zone: str = "UTC"
    week_start: int = 0
    now: Callable[[], datetime] = local_now
    until_now: bool = False


class _RangeEditor(ParamEditor):
    """Chips on top, what belongs to the chosen one below, and the resolved range as it stands."""

    def __init__(
        self, theme: Theme, param: Param, site: FormSite, chips: ChipRow, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, param, parent)
        self.site = site
        self.chips = chips
        self.resolved = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(Space.INSIDE)
        self.column.addWidget(chips)
        self.setFocusProxy(chips)
        chips.chosen.connect(self._on_chosen)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    def set_site(self, site: FormSite) -> None:
        """Take another zone, first day of the week or clock."""
        self.site = site
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the clock while it is seen: today becomes another day at midnight."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def set_value(self, value: Held) -> None:
        """See `ParamEditor.set_value`."""
        super().set_value(value)
        self.refresh()

    def refresh(self) -> None:
        """Say again what the range comes to."""
        text = "" if self.value() is UNSET or self.problem() else self._outcome()
        self.resolved.setText(text)
        self.resolved.setVisible(bool(text))

    def focus(self) -> QWidget:
        """See `ParamEditor.focus`."""
        return self.chips.focusProxy() or self.chips

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        self.setAccessibleName(name)
        self.chips.setAccessibleName(name)
        for chip in self.chips.chips():
            chip.setAccessibleName(f"{name}: {chip.text().replace('&&', '&')}")

    def _outcome(self) -> str:
        raise NotImplementedError

    def _arrange(self) -> None:
        """Show what belongs to the chosen chip."""
        raise NotImplementedError

    def _on_chosen(self, _key: str) -> None:
        self._on_edited()

    def _on_edited(self, *_: object) -> None:
        self._arrange()
        if not self._is_showing:
            self.refresh()
        self._tell()


class TimeframeEditor(_RangeEditor):
    """A range by word or by dates, and the part of each day that counts."""

    def __init__(self, theme: Theme, param: Param, site: FormSite, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, site, ChipRow(theme, _timeframe_words(site)), parent)
        self._last_range: ResolvedTimeframe | None = None
        self.days = short_line("7", 80)
        self.start = DayLine(theme, tr("yyyy-mm-dd hh:mm:ss"), site.week_start)
        self.end = DayLine(theme, tr("yyyy-mm-dd hh:mm:ss"), site.week_start)
        self.has_daily = QCheckBox(mnemonic_safe(tr("Only a part of each day")))
        self.daily_from, self.daily_to = short_line(tr("hh:mm"), 96), short_line(tr("hh:mm"), 96)
        self._days_row, self._custom_row, self._daily_row = QWidget(), QWidget(), QWidget()
        self._build()
        for line in (self.days, self.start, self.end, self.daily_from, self.daily_to):
            line.textChanged.connect(self._on_edited)
        self.has_daily.toggled.connect(self._on_edited)
        self._arrange()

    def framed(self) -> tuple[QWidget, ...]:
        """The lines in use."""
        lines: list[QWidget] = [] if self._days_row.isHidden() else [self.days]
        lines += [] if self._custom_row.isHidden() else [self.start, self.end]
        lines += [] if self._daily_row.isHidden() else [self.daily_from, self.daily_to]
        return tuple(lines)

    def set_problem(self, is_bad: bool) -> None:
        """Mark the lines that cannot be read, or all in use where each can."""
        wrong, used = self._unreadable(), self.framed()
        for line in (self.days, self.start, self.end, self.daily_from, self.daily_to):
            mark_problem(line, is_bad and line in (wrong or used))

    def focus(self) -> QWidget:
        """The first line that cannot be read, else the chips."""
        return next(iter(self._unreadable()), None) or super().focus()

    def describe(self, text: str) -> None:
        """See `ParamEditor.describe`."""
        for widget in (self, self.focus(), self.days, self.start, self.end, self.daily_from, self.daily_to):
            widget.setAccessibleDescription(text)

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        super().name_parts(name)
        self.days.setAccessibleName(tr("{name}, number of days", name=name))
        self.daily_from.setAccessibleName(tr("{name}, each day from", name=name))
        self.daily_to.setAccessibleName(tr("{name}, each day to", name=name))
        self.has_daily.setAccessibleName(tr("{name}, only a part of each day", name=name))
        for line, word in ((self.start, tr("{name}, from", name=name)), (self.end, tr("{name}, to", name=name))):
            line.setAccessibleName(word)
            line.name_button(word)

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        wrong = self._unreadable()
        if self.days in wrong:
            return tr("Enter how many days, such as 7.")
        if self.start in wrong or self.end in wrong:
            return tr("Enter day and time, such as 2026-11-22 08:00; a day alone is all of it.")
        if wrong:
            return tr("Enter the times of day, such as 08:00 and 17:30.")
        value = self.value()
        if value is UNSET:
            return ""
        try:
            fault = check(Timeframe.from_json(value))
        except UserError as error:
            fault = error.message
        return translate(fault) if fault is not None else ""

    def range(self) -> ResolvedTimeframe | None:
        """What the range comes to now; None while it is not set or wrong."""
        value = self.value()
        if value is UNSET:
            return None
        site = self.site
        try:
            return resolve(Timeframe.from_json(value), site.now(), site.zone, site.week_start, until_now=site.until_now)
        except UserError:
            return None

    def _build(self) -> None:
        row = plain_row(self._days_row)
        for widget in (
            hint(self.theme, tr("Last")),
            self.days,
            hint(self.theme, tr("whole days before today")),
        ):
            row.addWidget(widget)
        row.addStretch(1)
        grid = QGridLayout(self._custom_row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.INSIDE)
        grid.setVerticalSpacing(Space.TIGHT)
        for at, (word, line) in enumerate(((tr("From"), self.start), (tr("To"), self.end))):
            line.setFixedWidth(MOMENT_WIDTH)
            grid.addWidget(hint(self.theme, word), at, 0)
            grid.addWidget(line, at, 1)
        grid.setColumnStretch(2, 1)
        row = plain_row(self._daily_row)
        row.setContentsMargins(Space.GROUPS, 0, 0, 0)
        words = (hint(self.theme, tr("from")), self.daily_from, hint(self.theme, tr("to")), self.daily_to)
        for widget in words:
            row.addWidget(widget)
        row.addStretch(1)
        for part in (self._days_row, self._custom_row, self.has_daily, self._daily_row, self.resolved):
            self.column.addWidget(part)

    def _arrange(self) -> None:
        key = self.chips.key
        self._days_row.setVisible(key == Relative.LAST_DAYS.value)
        self._custom_row.setVisible(key == Relative.CUSTOM.value)
        self._daily_row.setVisible(self.has_daily.isChecked())
        self.has_daily.setEnabled(bool(key))

    def _on_chosen(self, key: str) -> None:
        """Own dates begin with what the word before them came to."""
        if key == Relative.CUSTOM.value and not (self.start.text() or self.end.text()):
            former = self._last_range or resolve(
                Timeframe(), self.site.now(), self.site.zone if self._has_zone() else "UTC", self.site.week_start
            )
            self._is_showing = True
            self.start.setText(_moment_text(former.start.replace(tzinfo=None)))
            self.end.setText(_moment_text(former.end.replace(tzinfo=None)))
            self._is_showing = False
        if key == Relative.LAST_DAYS.value and not self.days.text():
            self.days.setText("7")
        super()._on_chosen(key)

    def _has_zone(self) -> bool:
        try:
            resolve(Timeframe(), self.site.now(), self.site.zone)
        except UserError:
            return False
        return True

    def refresh(self) -> None:
        """See `_RangeEditor.refresh`."""
        super().refresh()
        self._last_range = self.range() or self._last_range

    def _show(self, value: Held) -> None:
        data = value if isinstance(value, dict) else {}
        daily = data.get("daily")
        ends = daily if isinstance(daily, list) and len(daily) == 2 else ["", ""]
        self.chips.show_key(text_of(data.get("preset")))
        self.days.setText(text_of(data.get("days")))
        self.start.setText(text_of(data.get("start")).replace("T", " "))
        self.end.setText(text_of(data.get("end")).replace("T", " "))
        self.has_daily.setChecked(daily is not None)
        self.daily_from.setText(text_of(ends[0]))
        self.daily_to.setText(text_of(ends[1]))
        self._arrange()

    def _state(self) -> object:
        lines = (self.days, self.start, self.end, self.daily_from, self.daily_to)
        return self.chips.key, self.has_daily.isChecked(), *(line.text() for line in lines)

    def _read(self) -> Held:
        key = self.chips.key
        if not key:
            return UNSET
        data: dict[str, Json] = {"preset": key}
        if key == Relative.LAST_DAYS.value:
            number = parse_integer(self.days.text())
            data["days"] = self.days.text() if number is None else number
        if key == Relative.CUSTOM.value:
            for name, line in (("start", self.start), ("end", self.end)):
                moment = parse_moment(line.text(), end_of_day=name == "end")
                data[name] = (line.text() or None) if moment is None else moment.isoformat(timespec="seconds")
        if self.has_daily.isChecked():
            data["daily"] = [parse_time(line.text()) or line.text() for line in (self.daily_from, self.daily_to)]
        return data

    def _unreadable(self) -> tuple[QLineEdit, ...]:
        if self._state() == self._baseline and self._kept is UNSET:
            return ()
        wrong: list[QLineEdit] = []
        if self.chips.key == Relative.LAST_DAYS.value and parse_integer(self.days.text()) is None:
            wrong.append(self.days)
        if self.chips.key == Relative.CUSTOM.value:
            ends = ((self.start, False), (self.end, True))
            wrong += [line for line, is_end in ends if parse_moment(line.text(), end_of_day=is_end) is None]
        if self.has_daily.isChecked() and self.chips.key:
            wrong += [line for line in (self.daily_from, self.daily_to) if parse_time(line.text()) is None]
        return tuple(wrong)

    def _outcome(self) -> str:
        found = self.range()
        return range_text(found, names_zone=True) if found else ""


class PeriodEditor(_RangeEditor):
    """A day, month or year, by word or typed."""

    def __init__(self, theme: Theme, param: Param, site: FormSite, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, site, ChipRow(theme, _period_words()), parent)
        self.of = DayLine(theme, tr("yyyy, yyyy-mm or yyyy-mm-dd"), site.week_start)
        self.of.setFixedWidth(MOMENT_WIDTH + 24)
        self.of.textChanged.connect(self._on_edited)
        self.column.addWidget(self.of)
        self.column.addWidget(self.resolved)
        self._arrange()

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.of,)

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        super().name_parts(name)
        word = tr("{name}, day, month or year", name=name)
        self.of.setAccessibleName(word)
        self.of.name_button(word)

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        value = self.value()
        if value is UNSET:
            return ""
        try:
            fault = check_period(Period.from_json(value))
        except UserError as error:
            if self.chips.key == PeriodPreset.CUSTOM.value:
                return tr("Enter a day, a month or a year: 2026-11-22, 2026-11 or 2026.")
            fault = error.message
        return translate(fault) if fault is not None else ""

    def _arrange(self) -> None:
        self.of.setVisible(self.chips.key == PeriodPreset.CUSTOM.value)

    def _on_chosen(self, key: str) -> None:
        """Own dates begin with today."""
        if key == PeriodPreset.CUSTOM.value and not self.of.text():
            self._is_showing = True
            self.of.setText(self.site.now().date().isoformat())
            self._is_showing = False
        super()._on_chosen(key)

    def _show(self, value: Held) -> None:
        try:
            period = Period.from_json(None if value is UNSET else value)
            key, text = period.preset.value, period.to_text() if period.preset is PeriodPreset.CUSTOM else ""
        except UserError:
            text = text_of(next(iter(value.values()), None) if isinstance(value, dict) else value)
            key = PeriodPreset.CUSTOM.value if text else ""
        self.chips.show_key(key)
        self.of.setText(text)
        self._arrange()

    def _state(self) -> object:
        return self.chips.key, self.of.text()

    def _read(self) -> Held:
        key = self.chips.key
        if not key:
            return UNSET
        try:
            return Period.parse(self.of.text() if key == PeriodPreset.CUSTOM.value else key).to_json()
        except UserError:
            return {"period": self.of.text()}

    def _outcome(self) -> str:
        try:
            period = Period.from_json(self._value_json())
            found = resolve_period(period, self.site.now(), self.site.zone, until_now=self.site.until_now)
        except UserError:
            return ""
        text = range_text(found, names_zone=True)
        return f"{text}. {translate(describe_period(period))}"

    def _value_json(self) -> Json:
        value = self.value()
        return None if value is UNSET else value


def _timeframe_words(site: FormSite) -> tuple[tuple[str, str, str], ...]:
    words = (
        (Relative.TODAY, tr("Today")),
        (Relative.YESTERDAY, tr("Yesterday")),
        (Relative.THIS_WEEK, tr("This week")),
        (Relative.LAST_WEEK, tr("Last week")),
        (Relative.THIS_MONTH, tr("This month")),
        (Relative.LAST_MONTH, tr("Last month")),
        (Relative.MONTH_TO_DATE, tr("Month to date")),
        (Relative.LAST_DAYS, tr("Last N days")),
        (Relative.SAME_DAY_LAST_WEEK, tr("Same day last week")),
        (Relative.CUSTOM, tr("Custom…")),
    )
    return tuple(
        (preset.value, word, translate(describe(Timeframe(preset), site.week_start, site.until_now)))
        for preset, word in words
    )


def _period_words() -> tuple[tuple[str, str, str], ...]:
    words = (
        (PeriodPreset.TODAY, tr("Today")),
        (PeriodPreset.YESTERDAY, tr("Yesterday")),
        (PeriodPreset.THIS_MONTH, tr("This month")),
        (PeriodPreset.LAST_MONTH, tr("Last month")),
        (PeriodPreset.THIS_YEAR, tr("This year")),
        (PeriodPreset.LAST_YEAR, tr("Last year")),
        (PeriodPreset.CUSTOM, tr("Custom…")),
    )
    return tuple((preset.value, word, "") for preset, word in words)


def _moment_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
