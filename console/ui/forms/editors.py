"""One editor per kind of field; each gives and takes text."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from console.settings.checks import TEXT_LIMIT, FieldSpec
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme
from console.ui.widgets import IconButton, set_tip

SECRET_LIMIT = 4096  # characters taken into a secret's line; the store names its own, lower limit


class DeclaredField(FieldSpec, Protocol):
    """A backend's declared field, with what a form needs beyond the checks."""

    @property
    def placeholder(self) -> str:
        """An example shown while the field is empty."""
        ...

    @property
    def help(self) -> str:
        """One line below the field."""
        ...


class Editor(Protocol):
    """What a form asks of an editor."""

    changed: Signal

    def value(self) -> str:
        """The value as text; booleans are ``true`` and ``false``."""
        ...

    def set_value(self, value: str) -> None:
        """Show a value; does not emit `changed` beyond what Qt's own widget would."""
        ...


class TextEditor(QLineEdit):
    """A line of text.

    Signals:
        changed: the value is another one.
    """

    changed = Signal()

    def __init__(self, placeholder: str = "", limit: int = TEXT_LIMIT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(limit)
        self.textChanged.connect(self.changed)

    def value(self) -> str:
        """See `Editor.value`."""
        return self.text()

    def set_value(self, value: str) -> None:
        """See `Editor.set_value`."""
        self.setText(value)


class SecretEditor(QWidget):
    """A secret: hidden characters, an eye to look at them, never filled from what is stored.

    Signals:
        changed: the entered text is another one.
    """

    changed = Signal()

    def __init__(self, theme: Theme, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = TextEditor(placeholder, SECRET_LIMIT)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.changed.connect(self.changed)
        self._eye = IconButton(theme, "eye", tr("Show the characters"))
        self._eye.setCheckable(True)
        self._eye.setFixedSize(32, 32)
        self._eye.toggled.connect(self._on_eye_toggled)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self.line, 1)
        row.addWidget(self._eye)

    def setAccessibleName(self, name: str) -> None:
        """Name line and button after the field."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self._eye.setAccessibleName(tr("Show {name}", name=name))

    def value(self) -> str:
        """See `Editor.value`."""
        return self.line.text()

    def set_value(self, value: str) -> None:
        """See `Editor.set_value`."""
        self.line.setText(value)

    def forget(self) -> None:
        """Drop what was entered, the undo history included, and hide characters again."""
        self._eye.setChecked(False)
        self.line.clear()
        self.line.setModified(False)

    def _on_eye_toggled(self, is_on: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if is_on else QLineEdit.EchoMode.Password)
        self._eye.set_icon_name("eye-off" if is_on else "eye")
        set_tip(self._eye, tr("Hide the characters") if is_on else tr("Show the characters"))


class ChoiceEditor(QComboBox):
    """One of a few values.

    Signals:
        changed: another value was chosen.
    """

    changed = Signal()

    def __init__(self, choices: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for value, label in choices:
            self.addItem(label, value)
        self.currentIndexChanged.connect(self._on_index_changed)

    def value(self) -> str:
        """See `Editor.value`."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """See `Editor.set_value`; an unknown value stays, marked as such."""
        at = self.findData(value)
        if at < 0 and value:
            self.addItem(tr("{value} (unknown)", value=value), value)
            at = self.count() - 1
        self.setCurrentIndex(max(at, 0))

    def _on_index_changed(self, _index: int) -> None:
        self.changed.emit()


class BooleanEditor(QCheckBox):
    """Yes or no.

    Signals:
        changed: it was switched.
    """

    changed = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(mnemonic_safe(label))
        self.toggled.connect(self._on_toggled)

    def value(self) -> str:
        """See `Editor.value`."""
        return "true" if self.isChecked() else "false"

    def set_value(self, value: str) -> None:
        """See `Editor.set_value`."""
        self.setChecked(value.strip().lower() == "true")

    def _on_toggled(self, _is_on: bool) -> None:
        self.changed.emit()


AnyEditor = TextEditor | SecretEditor | ChoiceEditor | BooleanEditor


def make_editor(spec: DeclaredField, theme: Theme, *, is_stored: bool = False) -> AnyEditor:
    """The editor of a declared field; `is_stored` says that a secret is kept already, so that empty keeps it."""
    editor: AnyEditor
    if spec.kind == "secret":
        editor = SecretEditor(theme, tr("Stored \u2013 leave empty to keep it") if is_stored else spec.placeholder)
    elif spec.kind == "choice":
        editor = ChoiceEditor(tuple(spec.choices))
    elif spec.kind == "boolean":
        editor = BooleanEditor(spec.label)
    else:
        editor = TextEditor(spec.placeholder)
    editor.setAccessibleName(spec.label)
    editor.setObjectName(f"profile.field.{spec.id}")
    if spec.kind != "secret":
        editor.set_value(spec.default)
    return editor


def set_problem_frame(editor: QObject, is_bad: bool) -> None:
    """Mark an editor's frame; the words stand beside it."""
    target = editor.line if isinstance(editor, SecretEditor) else editor
    if isinstance(target, QWidget) and bool(target.property("problem")) is not is_bad:
        target.setProperty("problem", is_bad)
        target.style().unpolish(target)
        target.style().polish(target)
