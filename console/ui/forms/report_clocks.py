"""Editors of times: durations and their ranges, times of day, days, intervals."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console.reports.schema import Json, Param
from console.ui.forms.report_base import UNSET, Held, ParamEditor, hint, plain_row, short_line, text_of
from console.ui.forms.report_parse import (
    day_words,
    parse_date,
    parse_duration,
    parse_integer,
    parse_time,
    show_duration,
)
from console.ui.forms.timeframe_calendar import DayLine
from console.ui.text import tr
from console.ui.theme import Theme
from console.ui.windows.frame import WheelGuard

DURATION_HELP = "h:mm:ss or seconds"
_UNITS = ("MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS", "YEARS")


class _OneLine(ParamEditor):
    """A short line that is parsed, with a hint behind it that says how it was understood."""

    def __init__(self, theme: Theme, param: Param, line: QLineEdit, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.line = line
        self.understood = hint(theme)
        self.setFocusProxy(line)
        line.textChanged.connect(self._on_text_changed)
        row = plain_row(self)
        row.addWidget(line)
        row.addWidget(self.understood)
        row.addStretch(1)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.line,)

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        text = self.line.text().strip()
        return "" if not text or self._parse(text) is not None else self._wanted()

    def set_read_only(self) -> None:
        """The text can still be selected and copied."""
        self.line.setReadOnly(True)

    def _show(self, value: Held) -> None:
        self.line.setText(self._text(value))
        self._explain()

    def _state(self) -> object:
        return self.line.text()

    def _read(self) -> Held:
        text = self.line.text()
        if not text.strip():
            return UNSET
        found = self._parse(text)
        return text if found is None else found

    def _text(self, value: Held) -> str:
        return text_of(value)

    def _parse(self, text: str) -> Json:
        raise NotImplementedError

    def _wanted(self) -> str:
        raise NotImplementedError

    def _meaning(self, value: Json) -> str:
        return ""

    def _explain(self) -> None:
        value = self._parse(self.line.text()) if self.line.text().strip() else None
        self.understood.setText("" if value is None else self._meaning(value))

    def _on_text_changed(self) -> None:
        self._explain()
        self._tell()


class DurationEditor(_OneLine):
    """Seconds, typed as such or as h:mm:ss."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, short_line(param.placeholder or tr(DURATION_HELP)), parent)

    def _text(self, value: Held) -> str:
        return _duration_text(value)

    def _parse(self, text: str) -> Json:
        return parse_duration(text)

    def _wanted(self) -> str:
        return tr("Enter a duration as h:mm:ss or in seconds, such as 0:01:30 or 90.")

    def _meaning(self, value: Json) -> str:
        return _seconds_words(value)


class DurationRangeEditor(ParamEditor):
    """From one duration to another; an empty end is open."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.low, self.high = short_line(tr("no limit"), 104), short_line(tr("no limit"), 104)
        row = plain_row(self)
        for widget in (self.low, hint(theme, tr("to")), self.high):
            row.addWidget(widget)
        row.addWidget(hint(theme, tr("h:mm:ss")))
        row.addStretch(1)
        for line in (self.low, self.high):
            line.textChanged.connect(self._tell)
        self.setFocusProxy(self.low)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return self.low, self.high

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        self.setAccessibleName(name)
        self.low.setAccessibleName(tr("{name}, at least", name=name))
        self.high.setAccessibleName(tr("{name}, at most", name=name))

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        ends = [_end(line) for line in (self.low, self.high)]
        if any(isinstance(end, str) for end in ends):
            return tr(
                "Enter durations as h:mm:ss or in seconds, such as 0:01:30 or 90; leave an end empty to keep it open."
            )
        low, high = ends
        if isinstance(low, int | float) and isinstance(high, int | float) and high < low:
            return tr("The longest is shorter than the shortest.")
        return ""

    def set_read_only(self) -> None:
        """The text can still be selected and copied."""
        self.low.setReadOnly(True)
        self.high.setReadOnly(True)

    def _show(self, value: Held) -> None:
        ends = value if isinstance(value, dict) else {}
        for line, key in ((self.low, "min"), (self.high, "max")):
            line.setText(_duration_text(ends.get(key)))

    def _state(self) -> object:
        return self.low.text(), self.high.text()

    def _read(self) -> Held:
        low, high = _end(self.low), _end(self.high)
        return UNSET if low is None and high is None else {"min": low, "max": high}


class TimeEditor(_OneLine):
    """A time of day."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, short_line(param.placeholder or tr("hh:mm:ss")), parent)

    def _parse(self, text: str) -> Json:
        return parse_time(text)

    def _wanted(self) -> str:
        return tr("Enter a time of day, such as 08:30.")


class DateEditor(_OneLine):
    """A day, typed or picked from a calendar."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, DayLine(theme, param.placeholder or tr("yyyy-mm-dd")), parent)

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        super().name_parts(name)
        if isinstance(self.line, DayLine):
            self.line.name_button(name)

    def _parse(self, text: str) -> Json:
        return parse_date(text)

    def _wanted(self) -> str:
        return tr("Enter a day, such as 2026-11-22.")

    def _meaning(self, value: Json) -> str:
        return day_words(str(value))


class IntervalEditor(ParamEditor):
    """A number and its unit; a unit nobody told us of stays."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.length = short_line("1", 80)
        self.unit = QComboBox()
        self.unit.setFixedWidth(160)
        self.unit.installEventFilter(WheelGuard(self))
        named = [(choice.value, choice.label or choice.value) for choice in param.choices]
        for value, label in named or [(unit, _unit_word(unit)) for unit in _UNITS]:
            self.unit.addItem(label, value)
        self.unit.setPlaceholderText(tr("Choose…"))
        self._known = self.unit.count()
        row = plain_row(self)
        row.addWidget(self.length)
        row.addWidget(self.unit)
        row.addStretch(1)
        self.length.textChanged.connect(self._tell)
        self.unit.currentIndexChanged.connect(self._tell)
        self.setFocusProxy(self.length)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return self.length, self.unit

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        self.setAccessibleName(name)
        self.length.setAccessibleName(tr("{name}, number", name=name))
        self.unit.setAccessibleName(tr("{name}, unit", name=name))

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        text = self.length.text().strip()
        if not text and self.unit.currentIndex() < 0:
            return ""
        if (parse_integer(text) or 0) < 1:
            return tr("Enter how many, from 1 up.")
        return tr("Choose the unit.") if self.unit.currentIndex() < 0 else ""

    def _show(self, value: Held) -> None:
        data = value if isinstance(value, dict) else {}
        while self.unit.count() > self._known:
            self.unit.removeItem(self.unit.count() - 1)
        self.length.setText(text_of(data.get("length")))
        unit = text_of(data.get("unit"))
        at = self.unit.findData(unit) if unit else -1
        if unit and at < 0:
            self.unit.addItem(tr("{value} (not in the list)", value=unit), unit)
            at = self.unit.count() - 1
        self.unit.setCurrentIndex(at)

    def _state(self) -> object:
        return self.length.text(), self.unit.currentData()

    def _read(self) -> Held:
        text, unit = self.length.text(), self.unit.currentData()
        if not text.strip() and (unit is None or not self.param.required):
            return UNSET
        number = parse_integer(text)
        data: dict[str, Json] = dict(self._kept) if isinstance(self._kept, dict) else {}
        data["length"] = text if number is None else number
        data["unit"] = unit
        return data


def _end(line: QLineEdit) -> int | float | str | None:
    text = line.text()
    if not text.strip():
        return None
    found = parse_duration(text)
    return text if found is None else found


def _duration_text(value: Held) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return show_duration(value)
    return text_of(value)


def _seconds_words(value: Json) -> str:
    return (
        tr("= {n} s", n=f"{value:g}" if isinstance(value, float) else value) if isinstance(value, int | float) else ""
    )


def _unit_word(unit: str) -> str:
    return {
        "MINUTES": tr("minutes"),
        "HOURS": tr("hours"),
        "DAYS": tr("days"),
        "WEEKS": tr("weeks"),
        "MONTHS": tr("months"),
        "YEARS": tr("years"),
    }.get(unit, unit)
