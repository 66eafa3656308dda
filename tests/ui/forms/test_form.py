"""Forms from declared fields: values go in and out, secrets only in."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.domain.secret import Secret
from console.ui.forms.editors import BooleanEditor, ChoiceEditor, SecretEditor, TextEditor
from console.ui.forms.form import DeclaredForm
from console.ui.theme import Theme
from console.vendors.base import FieldKind, ProfileField
from console.vendors.registry import backends
from tests.ui.windows.walk import complaints, shown_texts

FIELDS = (
    ProfileField("user", "User & name", required=True, placeholder="anna"),
    ProfileField("key", "Key", FieldKind.SECRET, required=True),
    ProfileField("extra", "Extra", FieldKind.SECRET),
    ProfileField("mode", "Mode", FieldKind.CHOICE, default="b", choices=(("a", "First"), ("b", "Second"))),
    ProfileField("fast", "Fast", FieldKind.BOOLEAN, default="true"),
)


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> DeclaredForm:
    """A form with a field of each kind."""
    result = DeclaredForm(theme, FIELDS)
    qtbot.addWidget(result)
    result.show()
    return result


def test_each_kind_has_its_editor_and_its_default(form: DeclaredForm) -> None:
    kinds = [type(form.editor(field.id)) for field in FIELDS]
    assert kinds == [TextEditor, SecretEditor, SecretEditor, ChoiceEditor, BooleanEditor]
    assert form.values() == {"user": "", "mode": "b", "fast": "true"}


def test_values_round_trip(form: DeclaredForm) -> None:
    values = {"user": "Zoë <b>", "mode": "a", "fast": "false"}
    form.set_values(values)
    assert form.values() == values


def test_an_unknown_choice_stays(form: DeclaredForm) -> None:
    form.set_values({"mode": "z"})
    assert form.values()["mode"] == "z"
    assert "z (unknown)" in shown_texts(form)


def test_each_change_is_told(form: DeclaredForm, qtbot: QtBot) -> None:
    for field, value in (("user", "x"), ("key", "y"), ("mode", "a"), ("fast", "false")):
        with qtbot.waitSignal(form.changed):
            form.editor(field).set_value(value)


def test_secrets_are_apart_and_can_be_forgotten(form: DeclaredForm) -> None:
    form.editor("key").set_value("canary")
    assert form.secrets() == {"key": Secret("canary")}
    assert "canary" not in str(form.values())
    form.forget_secrets()
    assert form.secrets() == {}
    assert "canary" not in " ".join(shown_texts(form))


def test_missing_secrets_depend_on_what_is_stored(qtbot: QtBot, theme: Theme, form: DeclaredForm) -> None:
    assert form.missing_secrets(must_enter=False) == ("key",)
    stored = DeclaredForm(theme, FIELDS, has_secrets=True)
    qtbot.addWidget(stored)
    assert stored.missing_secrets(must_enter=False) == ()
    assert stored.missing_secrets(must_enter=True) == ("key",)
    assert "leave empty" in stored.editor("key").line.placeholderText()  # type: ignore[union-attr]


def test_the_eye_shows_and_hides(form: DeclaredForm) -> None:
    editor = form.editor("key")
    assert isinstance(editor, SecretEditor)
    assert editor.line.echoMode() is QLineEdit.EchoMode.Password
    editor._eye.click()
    assert editor.line.echoMode() is QLineEdit.EchoMode.Normal
    assert editor._eye.accessibleName() == "Show Key"
    form.forget_secrets()
    assert editor.line.echoMode() is QLineEdit.EchoMode.Password


def test_problems_stand_beside_their_field_and_go_again(form: DeclaredForm) -> None:
    form.show_problems({"user": "User is needed."})
    assert "User is needed." in shown_texts(form)
    assert form.editor("user").accessibleDescription() == "User is needed."
    assert form.editor("user").property("problem") is True
    form.show_problems({})
    assert "User is needed." not in shown_texts(form)


def test_everything_is_named_and_plain(form: DeclaredForm) -> None:
    assert complaints(form) == []


@pytest.mark.parametrize("backend", sorted(backends()))
def test_every_backend_has_a_working_form(qtbot: QtBot, theme: Theme, backend: str) -> None:
    spec = backends()[backend]
    form = DeclaredForm(theme, spec.fields)
    qtbot.addWidget(form)
    assert set(form.values()) | {field.id for field in spec.secret_fields} == {field.id for field in spec.fields}
    assert complaints(form) == []
