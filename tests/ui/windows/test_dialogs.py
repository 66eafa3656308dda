"""Settings, about, shortcuts, connections: what they say and do."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.settings.schema import General
from console.ui.runtime.dialogs import PlainDialog
from console.ui.theme import Theme
from console.ui.windows.about import AboutDialog, ShortcutsDialog, allowed_text, licences
from console.ui.windows.check_dialog import CheckDialog
from console.ui.windows.connections import ConnectionsDialog
from console.ui.windows.frame import FramedDialog
from console.ui.windows.settings_dialog import SettingsDialog
from console.vendors.registry import backends
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.fakes import FakeProfiles, profile
from tests.ui.windows.walk import complaints, shown_texts

FOLDERS = {"Settings": Path("/somewhere/settings"), "Logs": Path("/somewhere/logs")}


def test_settings_tell_each_change(qtbot: QtBot, theme: Theme) -> None:
    dialog = SettingsDialog(None, theme, General(), folders=FOLDERS, secret_store="Secret Service")
    qtbot.addWidget(dialog)
    told: list[General] = []
    dialog.changed.connect(told.append)
    dialog.look.setCurrentIndex(dialog.look.findData("dark"))
    dialog.density.setCurrentIndex(dialog.density.findData("roomy"))
    assert told == [General(theme="dark"), General(theme="dark", density="roomy")]
    texts = shown_texts(dialog)
    assert {"Secret Service", "/somewhere/settings", "/somewhere/logs"} <= set(texts)
    assert complaints(dialog) == []


def test_about_lists_every_permitted_request(qtbot: QtBot, theme: Theme) -> None:
    specs = tuple(backends().values())
    dialog = AboutDialog(None, theme, specs=specs, folders=FOLDERS)
    qtbot.addWidget(dialog)
    said = allowed_text(specs)
    assert all(rule.path.lstrip("/") in said for spec in specs for rule in spec.allow)
    assert said in shown_texts(dialog)
    assert "SIL" in licences()
    assert complaints(dialog) == []


def test_shortcuts_are_listed(qtbot: QtBot, theme: Theme) -> None:
    from PySide6.QtGui import QKeySequence

    dialog = ShortcutsDialog(None, theme, [("Find", QKeySequence("Ctrl+F"))])
    qtbot.addWidget(dialog)
    assert {"Find", "Ctrl+F"} <= set(shown_texts(dialog))


def test_removing_a_connection_asks_first(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles((profile("Berlin"), profile("Graz")))

    async def body() -> None:
        dialog = ConnectionsDialog(None, theme, profiles)
        dialog.show()
        for answer, left in ((False, 2), (True, 1)):
            dialog.rows[0].buttons["remove"].click()
            await until(lambda: bool([d for d in dialog.findChildren(PlainDialog) if d.isVisible()]))
            (question,) = (d for d in dialog.findChildren(PlainDialog) if d.isVisible())
            assert "Remove Berlin?" in shown_texts(question)
            question.done(int(answer))
            await until(lambda left=left: len(profiles.all) == left and not dialog._scope.running)
        assert [row.profile.name for row in dialog.rows] == ["Graz"]
        await dialog.aclose()
        dialog.close()
        dialog.deleteLater()

    arun(body())


def test_duplicating_shows_the_copy(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles((profile("Berlin"),))

    async def body() -> None:
        dialog = ConnectionsDialog(None, theme, profiles)
        dialog.rows[0].buttons["duplicate"].click()
        await until(lambda: len(dialog.rows) == 2)
        assert dialog.rows[1].profile.name == "Berlin (2)"
        await dialog.aclose()
        dialog.deleteLater()

    arun(body())


def test_a_test_of_a_saved_profile_says_what_it_found(arun: RunCoroutine, theme: Theme) -> None:
    trouble = ProtocolError(message("reply.html", host="x"))
    profiles = FakeProfiles((profile("Berlin"),), check_error=trouble)

    async def body() -> None:
        dialog = CheckDialog(None, theme, profiles, profiles.all[0], None)
        dialog.begin()
        await until(lambda: bool(dialog.panel.sentences) and not dialog.panel.is_running)
        assert "web page instead of data" in dialog.panel.sentences[0]
        profiles.check_error = None
        dialog.panel.button.click()
        await until(lambda: len(dialog.panel.sentences) == 3)
        await dialog.aclose()
        dialog.deleteLater()
        await asyncio.sleep(0)

    arun(body())


def test_the_keyboard_begins_at_the_first_field(theme: Theme, qtbot: QtBot) -> None:
    dialog = FramedDialog(None, theme, "Name it", primary="Save")
    qtbot.addWidget(dialog)
    label, field = QLabel("Name"), QLineEdit()
    dialog.body.addWidget(label)
    dialog.body.addWidget(field)
    dialog.open()
    assert dialog.focusWidget() is field
    only = FramedDialog(None, theme, "Read it")
    qtbot.addWidget(only)
    only.open()
    assert only.focusWidget() in (None, only.cancel_button)


def test_settings_lead_to_what_has_a_dialog_of_its_own(qtbot: QtBot, theme: Theme) -> None:
    dialog = SettingsDialog(None, theme, General(), folders=FOLDERS, secret_store="Secret Service")
    qtbot.addWidget(dialog)
    asked: list[str] = []
    dialog.asked.connect(asked.append)
    for button in dialog.findChildren(QPushButton):
        if button.property("command"):
            button.click()
    assert asked == ["alarm_settings", "thresholds", "service_level", "recorder"]
    assert not dialog.isVisible()
    told: list[General] = []
    dialog.changed.connect(told.append)
    dialog.privacy.click()
    assert told == [General(privacy=True)]
