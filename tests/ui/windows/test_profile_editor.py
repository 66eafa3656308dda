"""The profile editor: what it asks, what it refuses, what it saves, and what it never shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.errors import AuthError
from console.domain.messages import message
from console.domain.secret import Secret
from console.ui.forms.editors import SecretEditor
from console.ui.theme import Theme
from console.ui.windows.profile_editor import ProfileEditor, add_profile, edit_profile
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.fakes import FakeProfiles, profile
from tests.ui.windows.walk import complaints, shown_texts

CANARY = "canary-7f3a9c"


async def opened() -> ProfileEditor:
    """The editor on screen."""

    def find() -> ProfileEditor | None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ProfileEditor) and w.isVisible()]
        return found[0] if found else None

    await until(lambda: find() is not None)
    editor = find()
    assert editor is not None
    return editor


def run_editor(
    arun: RunCoroutine, theme: Theme, profiles: FakeProfiles, steps: Callable[[ProfileEditor], object], **options: str
) -> object:
    """Open the editor on the first profile, or to add one, and go through `steps`, which may be a coroutine."""

    async def body() -> object:
        old = profiles.all[0] if options.get("edit") else None
        work = edit_profile(None, theme, profiles, old) if old else add_profile(None, theme, profiles)
        task = asyncio.ensure_future(work)
        editor = await opened()
        done = steps(editor)
        if asyncio.iscoroutine(done):
            await done
        return await task

    return arun(body())


def fill(
    editor: ProfileEditor, *, name: str = "Graz", url: str = "https://graz.example.com", key: str = CANARY
) -> None:
    """Enter a whole profile."""
    editor.connection.name.setText(name)
    editor.connection.url.setText(url)
    editor.connection.form.editor("key").set_value(key)


def test_adding_saves_the_fields_and_the_secret_apart(arun: RunCoroutine, theme: Theme, qtbot: QtBot) -> None:
    profiles = FakeProfiles()

    def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.connection.form.editor("transport").set_value("poll")
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    saved = run_editor(arun, theme, profiles, steps)
    (kept, secrets, session_only) = profiles.saved[0]
    assert saved is not None
    assert (kept.name, kept.backend, kept.url) == ("Graz", "chronicall", "https://graz.example.com")
    assert kept.fields == {"transport": "poll", "compress": "true"}
    assert secrets == {"key": Secret(CANARY)}
    assert not session_only
    assert kept.enabled


def test_saving_an_unfilled_draft_says_what_is_missing_beside_each_field(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles()

    def steps(editor: ProfileEditor) -> None:
        assert "is needed" not in " ".join(shown_texts(editor))
        editor.on_primary()
        texts = " ".join(shown_texts(editor))
        assert "Authentication key is needed." in texts
        assert "is not a usable address" in texts
        assert editor.connection.url.hasFocus() or editor.focusWidget() is editor.connection.url
        editor.reject()

    assert run_editor(arun, theme, profiles, steps) is None
    assert profiles.saved == []


def test_a_bad_address_is_told_while_it_is_typed(arun: RunCoroutine, theme: Theme) -> None:
    def steps(editor: ProfileEditor) -> None:
        editor.connection.url.setText("graz.example.com")
        assert "https://graz.example.com" in editor.connection._rows["url"].problem
        editor.connection.url.setText("https://graz.example.com")
        assert editor.connection._rows["url"].problem == ""
        editor.reject()

    run_editor(arun, theme, FakeProfiles(), steps)


def test_a_taken_name_is_refused(arun: RunCoroutine, theme: Theme, profiles: FakeProfiles) -> None:
    def steps(editor: ProfileEditor) -> None:
        fill(editor, name="berlin")
        assert "already" in editor.problems()["name"]
        editor.on_primary()
        editor.reject()

    run_editor(arun, theme, profiles, steps)
    assert profiles.saved == []


def test_plain_http_needs_consent_except_to_this_computer(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles()

    async def steps(editor: ProfileEditor) -> None:
        fill(editor, url="http://127.0.0.1:8080")
        assert editor.problems() == {}
        editor.connection.url.setText("http://graz.example.com")
        assert list(editor.problems()) == ["allow_plain_http"]
        assert editor.connection.consent.isVisible()
        editor.connection.consent.setChecked(True)
        assert editor.problems() == {}
        editor.on_primary()

    run_editor(arun, theme, profiles, steps)
    assert profiles.saved[0][0].allow_plain_http


def test_another_host_demands_the_secret_again(arun: RunCoroutine, theme: Theme, profiles: FakeProfiles) -> None:
    def steps(editor: ProfileEditor) -> None:
        assert editor.problems() == {}
        editor.connection.url.setText("https://elsewhere.example.com")
        assert "again" in editor.problems()["fields.key"]
        editor.connection.form.editor("key").set_value("new")
        assert editor.problems() == {}
        editor.reject()

    run_editor(arun, theme, profiles, steps, edit="yes")
    assert profiles.saved == []


def test_cancel_changes_nothing(arun: RunCoroutine, theme: Theme, profiles: FakeProfiles, qtbot: QtBot) -> None:
    before = profiles.all

    def steps(editor: ProfileEditor) -> None:
        editor.connection.name.setText("Other")
        qtbot.keyClick(editor, Qt.Key.Key_Escape)

    assert run_editor(arun, theme, profiles, steps, edit="yes") is None
    assert profiles.all == before


def test_an_unchanged_profile_is_saved_as_it_was(arun: RunCoroutine, theme: Theme) -> None:
    whole = replace(
        profile("Berlin"),
        fields={"transport": "auto", "compress": "false"},
        mapping={"queues.waiting": "m4"},
        pin="ab" * 32,
        proxy="http://proxy.example.com:3128",
        poll_s=2.5,
        enabled=False,
    )
    profiles = FakeProfiles((whole,))
    run_editor(arun, theme, profiles, lambda editor: editor.on_primary(), edit="yes")
    assert profiles.saved == [(whole, {}, False)]


def test_the_secret_is_in_no_widget_after_saving(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles(has_keyring=False)

    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.on_primary()
        await until(lambda: editor.saved is not None)
        assert not [text for text in shown_texts(editor) if CANARY in text]
        editor.on_primary()

    run_editor(arun, theme, profiles, steps)
    assert profiles.saved[0][1]["key"].reveal() == CANARY


def test_without_a_keyring_it_says_so_and_names_the_variable(arun: RunCoroutine, theme: Theme) -> None:
    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.on_primary()
        await until(lambda: editor.saved is not None)
        assert editor.isVisible()
        (sentence,) = editor.check_panel.sentences
        assert "this session only" in sentence
        assert "SUPERVISOR_CONSOLE_SECRET_X_KEY" in sentence
        editor.reject()

    saved = run_editor(arun, theme, FakeProfiles(has_keyring=False), steps)
    assert saved is not None


def test_session_only_is_passed_on(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles()

    def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.connection.session_only.setChecked(True)
        editor.on_primary()

    run_editor(arun, theme, profiles, steps)
    assert profiles.saved[0][2] is True


def test_a_test_shows_its_findings_and_changes_nothing(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles()

    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.check_panel.button.click()
        await until(lambda: len(editor.check_panel.sentences) == 3)
        assert editor.check_panel.sentences[0] == "pbx.example.com answers: Chronicall 4.2."
        assert editor.mapping is not None
        assert editor.mapping.combo("queues.waiting").currentText() == "proposed: Calls in Queue"
        editor.reject()

    run_editor(arun, theme, profiles, steps)
    assert profiles.checked[0][1] == {"key": Secret(CANARY)}
    assert profiles.saved == []


def test_a_failed_test_says_what_to_do(arun: RunCoroutine, theme: Theme) -> None:
    refused = AuthError(
        message("http.unauthorized", host="graz.example.com", secret="key"), detail="<b>no</b>\u202e way"
    )

    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.check_panel.button.click()
        await until(lambda: len(editor.check_panel.sentences) == 2)
        assert "does not accept the key" in editor.check_panel.sentences[0]
        assert editor.check_panel.sentences[1] == "<b>no</b> way"
        assert complaints(editor) == []
        editor.reject()

    run_editor(arun, theme, FakeProfiles(check_error=refused), steps)


def test_a_test_runs_once_and_can_be_cancelled(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles(check_gate=asyncio.Event())

    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.check_panel.wanted.emit()
        editor.check_panel.wanted.emit()
        await until(lambda: bool(profiles.checked))
        assert editor.check_panel.button.text() == "Cancel test"
        editor.check_panel.button.click()
        await until(lambda: not editor.check_panel.is_running)
        assert editor.check_panel.sentences == ("The test was cancelled.",)
        editor.reject()

    run_editor(arun, theme, profiles, steps)
    assert len(profiles.checked) == 1


def test_a_test_cancelled_before_it_began_leaves_the_button_usable(arun: RunCoroutine, theme: Theme) -> None:
    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.check_panel.button.click()
        editor.check_panel.button.click()
        await until(lambda: not editor.check_panel.is_running)
        assert editor.check_panel.button.text() == "Test connection"
        editor.reject()

    run_editor(arun, theme, FakeProfiles(), steps)


def test_closing_during_a_test_ends_it(arun: RunCoroutine, theme: Theme) -> None:
    profiles = FakeProfiles(check_gate=asyncio.Event())

    async def steps(editor: ProfileEditor) -> None:
        fill(editor)
        editor.check_panel.button.click()
        await until(lambda: bool(profiles.checked))
        editor.reject()

    assert run_editor(arun, theme, profiles, steps) is None


def test_a_metric_is_chosen_for_a_column(arun: RunCoroutine, theme: Theme, profiles: FakeProfiles) -> None:
    async def steps(editor: ProfileEditor) -> None:
        assert editor.mapping is not None
        editor.mapping.test_wanted.emit()
        await until(lambda: len(editor.check_panel.sentences) == 3)
        waiting = editor.mapping.combo("queues.waiting")
        waiting.setCurrentIndex(waiting.findData("m4"))
        longest = editor.mapping.combo("queues.longest_wait")
        longest.setCurrentIndex(longest.findData(""))
        editor.on_primary()

    run_editor(arun, theme, profiles, steps, edit="yes")
    assert profiles.saved[0][0].mapping == {"queues.waiting": "m4", "queues.longest_wait": ""}


def test_a_fetched_certificate_is_trusted_only_by_the_button(
    arun: RunCoroutine, theme: Theme, profiles: FakeProfiles
) -> None:
    async def steps(editor: ProfileEditor) -> None:
        security = editor.security
        security.trust.setCurrentIndex(security.trust.findData("pin"))
        assert "pin" in editor.problems()
        security.fetch_button.click()
        await until(lambda: "AB:AB" in security._leaf_text.text())
        assert "Example CA" in security._leaf_text.text()
        assert "pin" in editor.problems()
        security._trust_button.click()
        assert editor.problems() == {}
        editor.on_primary()

    run_editor(arun, theme, profiles, steps, edit="yes")
    assert profiles.saved[0][0].pin == "ab" * 32


def test_another_system_brings_its_own_fields(arun: RunCoroutine, theme: Theme) -> None:
    from console.ui.windows.system_cards import SystemCard

    def steps(editor: ProfileEditor) -> None:
        editor.connection.url.setText("https://pbx.example.com")
        card = next(card for card in editor.findChildren(SystemCard) if card.spec.id == "asternic")
        card.click()
        assert editor.connection.name.text() == "Asternic PRO"
        assert editor.connection.url.text() == "https://pbx.example.com"
        assert set(editor.problems()) == {"fields.username", "fields.password"}
        assert editor.mapping is None
        editor.reject()

    run_editor(arun, theme, FakeProfiles(), steps)


def test_every_widget_is_plain_and_named(arun: RunCoroutine, theme: Theme, profiles: FakeProfiles) -> None:
    async def steps(editor: ProfileEditor) -> None:
        editor.check_panel.button.click()
        await until(lambda: len(editor.check_panel.sentences) == 3)
        assert complaints(editor) == []
        assert not any(secret.line.text() for secret in editor.findChildren(SecretEditor)), (
            "a stored secret never comes back into the form"
        )
        editor.reject()

    run_editor(arun, theme, profiles, steps, edit="yes")
