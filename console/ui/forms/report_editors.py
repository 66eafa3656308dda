"""Editors of plain values: text, numbers, yes or no, one of a few, JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console.reports.schema import Choice, Json, Param, ParamKind
from console.ui.forms.report_base import UNSET, Held, ParamEditor, hint, plain_row, short_line, text_of
from console.ui.forms.report_parse import parse_integer, parse_json, parse_number, same_json
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Theme, Type
from console.ui.windows.frame import WheelGuard

TEXT_MOST = 100_000  # characters
LIST_MOST = 12  # choices a drop-down list may have; more are searched


class LineEditor(ParamEditor):
    """A line of text, with its unit behind it."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.line = QLineEdit() if param.kind is ParamKind.TEXT and not param.unit else short_line()
        self.line.setPlaceholderText(param.placeholder)
        self.line.setMaxLength(TEXT_MOST)
        self.line.textChanged.connect(self._tell)
        self.setFocusProxy(self.line)
        row = plain_row(self)
        is_short = self.line.maximumWidth() < 1000
        row.addWidget(self.line, 0 if is_short else 1)
        self.unit = hint(theme, param.unit)
        self.unit.setVisible(bool(param.unit))
        row.addWidget(self.unit)
        if is_short:
            row.addStretch(1)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.line,)

    def name_parts(self, name: str) -> None:
        """The unit is part of what is asked."""
        super().name_parts(f"{name}, {self.param.unit}" if self.param.unit else name)

    def set_read_only(self) -> None:
        """The text can still be selected and copied."""
        self.line.setReadOnly(True)

    def _show(self, value: Held) -> None:
        self.line.setText(text_of(value))
        self.line.setCursorPosition(0)

    def _state(self) -> object:
        return self.line.text()

    def _read(self) -> Held:
        text = self.line.text()
        return text if text else UNSET


class NumberEditor(LineEditor):
    """A number; what is none is kept as text, and said."""

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        text = self.line.text().strip()
        if not text or self._parse(text) is not None:
            return ""
        if self.param.kind is ParamKind.INTEGER:
            return tr("Enter a whole number, such as 12.")
        return tr("Enter a number, such as 12 or 1.5.")

    def _read(self) -> Held:
        text = self.line.text()
        if not text.strip():
            return UNSET
        number = self._parse(text)
        return text if number is None else number

    def _parse(self, text: str) -> int | float | None:
        return parse_integer(text) if self.param.kind is ParamKind.INTEGER else parse_number(text)


class FlagEditor(ParamEditor):
    """Yes or no, with its own caption."""

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.box = QCheckBox(mnemonic_safe(param.label))
        self.box.toggled.connect(self._tell)
        self.setFocusProxy(self.box)
        row = plain_row(self)
        row.addWidget(self.box)
        row.addStretch(1)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.box,)

    def _show(self, value: Held) -> None:
        self.box.setChecked(value is True or (isinstance(value, str) and value.strip().lower() in ("true", "1", "yes")))

    def _state(self) -> object:
        return self.box.isChecked()

    def _read(self) -> Held:
        return self.box.isChecked()


class ListEditor(ParamEditor):
    """One of a few; a value that is none of them stays, marked."""

    def __init__(
        self, theme: Theme, param: Param, choices: Sequence[Choice] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, param, parent)
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(6)
        self.box.installEventFilter(WheelGuard(self))
        self.box.setPlaceholderText(tr("Choose…"))
        if not param.required:
            self.box.addItem(tr("Not set"), None)
        for choice in choices or param.choices:
            note = f"  {choice.note}" if choice.note else ""
            self.box.addItem((choice.label or choice.value) + note, choice.value)
        self._known = self.box.count()
        self.box.currentIndexChanged.connect(self._tell)
        self.setFocusProxy(self.box)
        plain_row(self).addWidget(self.box, 1)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.box,)

    def _show(self, value: Held) -> None:
        while self.box.count() > self._known:
            self.box.removeItem(self.box.count() - 1)
        if value is UNSET or value is None:
            self.box.setCurrentIndex(-1 if self.param.required else 0)
            return
        text = text_of(value)
        at = next((at for at in range(self.box.count()) if self.box.itemData(at) == text), -1)
        if at < 0:
            self.box.addItem(tr("{value} (not in the list)", value=text), text)
            at = self.box.count() - 1
        self.box.setCurrentIndex(at)

    def _state(self) -> object:
        return self.box.currentData()

    def _read(self) -> Held:
        found = self.box.currentData()
        return UNSET if found is None else str(found)


class _CodeBox(QPlainTextEdit):
    """Text of one width; Tab leaves it, Enter stays in it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a new line, never the dialog's button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class JsonEditor(ParamEditor):
    """A JSON value as text; the text is kept to the letter as the draft beside the value."""

    _LEAST, _MOST = 3, 14  # lines

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(theme, param, parent)
        self.box = _CodeBox()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(Type.SMALL)
        self.box.setFont(font)
        self.box.setTabChangesFocus(True)
        self.box.setPlaceholderText(param.placeholder)
        self.box.textChanged.connect(self._on_text_changed)
        self.setFocusProxy(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        self._fit()

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.box,)

    def problem(self) -> str:
        """See `ParamEditor.problem`."""
        text = self.box.toPlainText()
        return parse_json(text)[1] if text.strip() else ""

    def draft(self) -> str:
        """The text, where writing the value again would give another one."""
        text = self.box.toPlainText()
        held = self.value()
        return text if text and (held is UNSET or text != _pretty(held)) else ""

    def restore_draft(self, text: str) -> None:
        """Show the text as it was typed, provided it says what the value says."""
        held = self.value()
        found, why = parse_json(text)
        if (held is UNSET and not text.strip()) or (held is not UNSET and (why or same_json(found, held))):
            self._is_showing = True
            self.box.setPlainText(text)
            self._is_showing = False
            self._baseline = self._state()

    def set_read_only(self) -> None:
        """The text can still be selected and copied."""
        self.box.setReadOnly(True)

    def _show(self, value: Held) -> None:
        self.box.setPlainText("" if value is UNSET else _pretty(value))

    def _state(self) -> object:
        return self.box.toPlainText()

    def _read(self) -> Held:
        text = self.box.toPlainText()
        return parse_json(text)[0] if text.strip() else UNSET

    def _on_text_changed(self) -> None:
        self._fit()
        self._tell()

    def _fit(self) -> None:
        lines = min(self._MOST, max(self._LEAST, self.box.document().blockCount()))
        self.box.setFixedHeight(lines * self.box.fontMetrics().lineSpacing() + 24)


def _pretty(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
