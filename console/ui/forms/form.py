"""A form of a backend's declared fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.secret import Secret
from console.ui.forms.editors import AnyEditor, DeclaredField, SecretEditor, make_editor
from console.ui.forms.row import FieldRow
from console.ui.theme import Space, Theme


class DeclaredForm(QWidget):
    """Edits the fields a backend declares; secrets go their own way.

    Signals:
        changed: any value is another one.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        specs: Sequence[DeclaredField],
        *,
        secret_help: str = "",
        has_secrets: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.specs = tuple(specs)
        self._editors: dict[str, AnyEditor] = {}
        self._rows: dict[str, FieldRow] = {}
        self._has_secrets = has_secrets
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.BETWEEN)
        for spec in self.specs:
            editor = make_editor(spec, theme, is_stored=has_secrets)
            is_secret = spec.kind == "secret"
            help_text = spec.help or (secret_help if is_secret else "")
            row = FieldRow(theme, "" if spec.kind == "boolean" else spec.label, editor, help_text)
            editor.changed.connect(self.changed)
            self._editors[spec.id] = editor
            self._rows[spec.id] = row
            column.addWidget(row)

    def set_values(self, values: Mapping[str, str]) -> None:
        """Show the values of the non-secret fields."""
        for spec in self.specs:
            if spec.kind != "secret":
                self._editors[spec.id].set_value(values.get(spec.id, spec.default))

    def values(self) -> dict[str, str]:
        """The values of the non-secret fields, as entered."""
        return {spec.id: self._editors[spec.id].value() for spec in self.specs if spec.kind != "secret"}

    def secrets(self) -> dict[str, Secret]:
        """The secrets that were entered; a field left empty is not among them."""
        entered = {spec.id: self._editors[spec.id].value() for spec in self.specs if spec.kind == "secret"}
        return {field: Secret(text) for field, text in entered.items() if text}

    def missing_secrets(self, *, must_enter: bool) -> tuple[str, ...]:
        """Ids of the required secrets that are neither stored nor entered; `must_enter`: the stored do not count."""
        return tuple(
            spec.id
            for spec in self.specs
            if spec.kind == "secret"
            and spec.required
            and not self._editors[spec.id].value()
            and (must_enter or not self._has_secrets)
        )

    def forget_secrets(self) -> None:
        """Drop entered secrets from the widgets."""
        for editor in self._editors.values():
            if isinstance(editor, SecretEditor):
                editor.forget()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong beside each field, by field id; fields not named are fine."""
        for field, row in self._rows.items():
            row.set_problem(problems.get(field, ""))

    def editor(self, field: str) -> AnyEditor:
        """The editor of a field."""
        return self._editors[field]
