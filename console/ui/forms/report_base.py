"""What every editor of a report's parameter shares: a JSON value in, the same value out until it is edited."""

from __future__ import annotations

import json
from enum import Enum
from typing import Final, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from console.reports.schema import Json, Param
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label

SHORT_WIDTH = 168  # px of a line for a number, a time, a day


class Unset(Enum):
    """The value of a parameter that is not set: its key is absent."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
Held: TypeAlias = "Json | Unset"
"""What an editor holds."""


class ParamEditor(QWidget):
    """Edits one parameter.

    A value that was set comes out unchanged, be it of an odd form, for as long as the editor shows what it showed
    right after: subclasses give `_show`, `_state` (what is on screen, comparable) and `_read` (the value of it).

    Signals:
        changed: the user changed the value.
    """

    changed = Signal()

    def __init__(self, theme: Theme, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.param = param
        self._kept: Held = UNSET
        self._baseline: object = None
        self._is_showing = False

    # -- what the form asks

    def value(self) -> Held:
        """The value in the JSON form of the kind; what was typed, as text, where it is not one of that kind."""
        return self._kept if self._state() == self._baseline else self._read()

    def set_value(self, value: Held) -> None:
        """Show a value; not told as a change."""
        self._is_showing = True
        try:
            self._show(value)
        finally:
            self._is_showing = False
        self._kept = value
        self._baseline = self._state()

    def problem(self) -> str:
        """What is wrong with what was typed, where the editor knows better than the definition; else empty."""
        return ""

    def draft(self) -> str:
        """Text to be kept beside the value because the value does not have all of it; empty where it does."""
        return ""

    def restore_draft(self, text: str) -> None:
        """Show such a text again."""

    def set_read_only(self) -> None:
        """Show the value, let nobody change it."""
        self.setEnabled(False)

    def set_problem(self, is_bad: bool) -> None:
        """Mark the frame; the words stand beside it."""
        for widget in self.framed():
            mark_problem(widget, is_bad)

    def framed(self) -> tuple[QWidget, ...]:
        """The widgets whose frame shows a problem."""
        return ()

    def name_parts(self, name: str) -> None:
        """Give accessible names after the parameter's label."""
        self.setAccessibleName(name)
        for widget in self.framed():
            widget.setAccessibleName(name)

    def describe(self, text: str) -> None:
        """Say the parameter's problem or help to a screen reader."""
        self.setAccessibleDescription(text)
        for widget in self.framed():
            widget.setAccessibleDescription(text)

    def focus(self) -> QWidget:
        """The widget that takes the focus for the whole editor."""
        proxy = self.focusProxy()
        return proxy if proxy is not None else self

    # -- what a subclass gives

    def _show(self, value: Held) -> None:
        raise NotImplementedError

    def _state(self) -> object:
        raise NotImplementedError

    def _read(self) -> Held:
        raise NotImplementedError

    def _tell(self, *_: object) -> None:
        """Tell a change, unless it is ours."""
        if not self._is_showing:
            self.changed.emit()


def mark_problem(widget: QWidget, is_bad: bool) -> None:
    """Mark a control's frame."""
    if bool(widget.property("problem")) is not is_bad:
        widget.setProperty("problem", is_bad)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def text_of(value: Held) -> str:
    """A value as a line of text; nothing for one that is not set."""
    if value is UNSET or value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def short_line(placeholder: str = "", width: int = SHORT_WIDTH) -> QLineEdit:
    """A line for a short value, as wide as such a value needs."""
    line = QLineEdit()
    line.setPlaceholderText(placeholder)
    line.setFixedWidth(width)
    return line


def plain_row(widget: QWidget) -> QHBoxLayout:
    """A row without margins as the layout of a widget."""
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.INSIDE)
    return row


def hint(theme: Theme, text: str = "") -> Label:
    """A muted word beside a control."""
    return Label(theme, text, Type.SMALL, muted=True)
