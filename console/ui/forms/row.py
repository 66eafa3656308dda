"""One field of a form: label above, editor, and below it what is wrong or what helps."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui.connection import LightTone
from console.ui.forms.editors import set_problem_frame
from console.ui.marks import MessageLine
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label


class FieldRow(QWidget):
    """Places an editor between its label and its message.

    Args:
        label: name of the field; empty for an editor that carries its own (a check box).
        help_text: one line below the editor while nothing is wrong.
    """

    def __init__(
        self, theme: Theme, label: str, editor: QWidget, help_text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._message = MessageLine(theme)
        self._help = Label(theme, help_text, Type.SMALL, muted=True, wrap=True)
        self._help.setVisible(bool(help_text))
        self._problem = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        if label:
            caption = Label(theme, label, Type.SMALL, bold=True)
            column.addWidget(caption)
        column.addWidget(editor)
        column.addWidget(self._message)
        column.addWidget(self._help)

    @property
    def problem(self) -> str:
        """What is wrong, as shown; empty when nothing is."""
        return self._problem

    def set_help(self, text: str) -> None:
        """Show another line below the editor while nothing is wrong; empty: none."""
        self._help.setText(text)
        self._help.setVisible(bool(text) and not self._problem)

    def set_problem(self, text: str) -> None:
        """Show what is wrong, or that nothing is."""
        if text == self._problem:
            return
        self._problem = text
        self._message.say(LightTone.CRITICAL, text)
        self._help.setVisible(not text and bool(self._help.text()))
        set_problem_frame(self.editor, bool(text))
        self.editor.setAccessibleDescription(text)
