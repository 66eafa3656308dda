"""The profile editor: add, edit and copy a connection. Cancel never changes anything."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QTabWidget, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError
from console.domain.profile import Profile
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.runtime.dialogs import open_file, run_dialog
from console.ui.services import CheckOutcome, ProfileService, SavedProfile, SystemSpec
from console.ui.text import mnemonic_safe, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, line
from console.ui.windows.certificate import certificate_lines
from console.ui.windows.check_panel import CheckPanel
from console.ui.windows.editor_pages import ConnectionPage, SecurityPage
from console.ui.windows.frame import FramedDialog, scrolled
from console.ui.windows.mapping_page import MappingPage
from console.ui.windows.profile_draft import must_reenter_secrets, new_draft, problems
from console.ui.windows.system_cards import SystemCards

WIDTH, HEIGHT = 680, 720  # px; wide enough for a long address


async def add_profile(
    parent: QWidget | None, theme: Theme, profiles: ProfileService, *, report: Report | None = None
) -> SavedProfile | None:
    """Let the user add a connection; None when cancelled."""
    return await _run(ProfileEditor(parent, theme, profiles, report=report))


async def edit_profile(
    parent: QWidget | None,
    theme: Theme,
    profiles: ProfileService,
    profile: Profile,
    *,
    page: str = "",
    report: Report | None = None,
) -> SavedProfile | None:
    """Let the user edit a connection; `page` is ``security`` or ``columns`` to begin there. None when cancelled."""
    dialog = ProfileEditor(parent, theme, profiles, profile, report=report)
    dialog.show_page(page)
    return await _run(dialog)


async def _run(dialog: ProfileEditor) -> SavedProfile | None:
    await run_dialog(dialog, dialog.aclose)
    return dialog.saved


class ProfileEditor(FramedDialog):
    """Edits one draft.

    Args:
        profile: what to edit; None adds a new one.
        report: takes faults of ours from the dialog's tasks.

    Attributes:
        saved: the outcome once the user has saved, else None.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        profiles: ProfileService,
        profile: Profile | None = None,
        *,
        report: Report | None = None,
    ) -> None:
        title = tr("Add a connection") if profile is None else tr("Edit {name}", name=profile.name)
        super().__init__(parent, theme, title, primary=tr("Save"))
        self.setObjectName("profile.editor")
        self.saved: SavedProfile | None = None
        self._profiles = profiles
        self._old = profile
        self._scope = TaskScope("editor", report)
        self._specs = {spec.id: spec for spec in profiles.specs()}
        if profile is not None:
            self._draft = profile
        else:
            self._draft = new_draft(next(iter(self._specs.values())), profiles.all)
        self._touched: set[str] = set()
        self._shows_all = False
        self._enabled = QCheckBox(mnemonic_safe(tr("Connect when the console starts")))
        self._tabs = QTabWidget()
        for named in (self._tabs, self._tabs.tabBar()):
            named.setAccessibleName(tr("Parts of the connection"))
        self._tabs.setDocumentMode(True)
        self._check = CheckPanel(theme, self._scope)
        self._check.wanted.connect(self._on_test_wanted)
        self._check.checked.connect(self._on_checked)
        self._build()
        self.fit(WIDTH, HEIGHT)

    # -- what is shown

    @property
    def spec(self) -> SystemSpec:
        """The system of the draft."""
        return self._specs[self._draft.backend]

    @property
    def check_panel(self) -> CheckPanel:
        """The connection test."""
        return self._check

    @property
    def connection(self) -> ConnectionPage:
        """Name, address and the system's own fields."""
        return self._connection

    @property
    def security(self) -> SecurityPage:
        """Trust and proxy."""
        return self._security

    @property
    def mapping(self) -> MappingPage | None:
        """Columns and metrics, where the system has a choice."""
        return self._mapping

    def show_page(self, page: str) -> None:
        """Bring a page to the front: ``security``, ``columns``, else the first."""
        wanted: QWidget | None = {"security": self._security, "columns": self._mapping}.get(page)
        for at in range(self._tabs.count()):
            if wanted is not None and self._tabs.widget(at).isAncestorOf(wanted):
                self._tabs.setCurrentIndex(at)

    def draft(self) -> Profile:
        """What the dialog shows, as a profile."""
        draft = self._security.read(self._connection.read(self._draft))
        if self._mapping is not None:
            draft = self._mapping.read(draft)
        return replace(draft, enabled=self._enabled.isChecked())

    def problems(self) -> dict[str, str]:
        """Everything that is wrong, by field; empty when the draft can be saved."""
        draft = self.draft()
        found = {**problems(draft, self.spec, self._profiles.all), **self._security.problems_of(draft)}
        must_enter = must_reenter_secrets(draft, self._old)
        for field in self._connection.form.missing_secrets(must_enter=must_enter):
            label = next(spec.label for spec in self.spec.fields if spec.id == field)
            if self._old is not None and must_enter:
                why = tr("The address names another server: enter the {field} again.", field=label)
            else:
                why = tr("{field} is needed.", field=label)
            found[f"fields.{field}"] = why
        return found

    # -- life

    async def aclose(self) -> None:
        """End the dialog's tasks and drop what was entered as a secret."""
        await self._scope.aclose()
        self._connection.form.forget_secrets()

    def on_primary(self) -> None:
        """Save when everything is right, else go to what is not."""
        if self.saved is not None:
            self.accept()
            return
        self._shows_all = True
        found = self.problems()
        self._show_problems(found)
        if found:
            self._go_to(next(iter(found)))
            return
        self._scope.single_flight("save", self._save)

    # -- inside

    def _build(self) -> None:
        if self._old is None and len(self._specs) > 1:
            caption = Label(self.theme, tr("System"), Type.SMALL, bold=True)
            cards = SystemCards(self.theme, tuple(self._specs.values()), self._draft.backend)
            cards.chosen.connect(self._on_system_chosen)
            self.body.addWidget(caption)
            self.body.addWidget(cards)
        else:
            self.body.addWidget(Label(self.theme, self.spec.title, muted=True))
        self.body.addWidget(self._tabs, 1)
        self.body.addWidget(line())
        self.body.addWidget(self._check)
        self._enabled.setChecked(self._draft.enabled)
        self.footer.insertWidget(0, self._enabled)
        self._fill_tabs()

    def _fill_tabs(self) -> None:
        while self._tabs.count():
            old = self._tabs.widget(0)
            self._tabs.removeTab(0)
            old.deleteLater()
        self._connection = ConnectionPage(self.theme, self.spec, self._draft, has_secrets=self._old is not None)
        self._connection.changed.connect(self._on_changed)
        self._security = SecurityPage(self.theme, self._draft)
        self._security.changed.connect(self._on_changed)
        self._security.fetch_wanted.connect(self._on_fetch_wanted)
        self._security.ca_file_wanted.connect(self._on_ca_file_wanted)
        self._mapping: MappingPage | None = None
        self._tabs.addTab(scrolled(self._connection), tr("Connection"))
        self._tabs.addTab(scrolled(self._security), tr("Security and proxy"))
        if self.spec.can_map_metrics:
            self._mapping = MappingPage(self.theme, self._draft)
            self._mapping.test_wanted.connect(self._on_test_wanted)
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, Space.INSIDE)
            column.addWidget(self._mapping)
            self._tabs.addTab(page, tr("Columns"))
        first = self._connection.url if self._old is None else self._connection.name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_problems(self, found: dict[str, str]) -> None:
        """Words appear once a field was touched, or all of them after a try to save."""
        if not self._shows_all:
            found = {field: text for field, text in found.items() if field in self._touched}
        self._connection.show_problems(found)
        self._security.show_problems(found)

    def _go_to(self, field: str) -> None:
        for page in (self._connection, self._security):
            widget = page.widget_of(field)
            if widget is not None:
                for at in range(self._tabs.count()):
                    if self._tabs.widget(at).isAncestorOf(widget):
                        self._tabs.setCurrentIndex(at)
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _entered(self) -> set[str]:
        """Fields that are not empty, or differ from what they began with."""
        draft, began = self.draft(), self._draft
        touched = {
            name
            for name in ("name", "url", "pin", "ca_file", "proxy", "poll_s", "allow_plain_http")
            if getattr(draft, name) != getattr(began, name)
        }
        touched |= {f"fields.{key}" for key, value in draft.fields.items() if value != began.fields.get(key, "")}
        if "url" in touched and self._old is not None:
            touched |= {f"fields.{spec.id}" for spec in self.spec.fields if spec.kind == "secret"}
        return touched

    def _on_changed(self) -> None:
        self._touched |= self._entered()
        self._show_problems(self.problems())

    def _on_system_chosen(self, spec: SystemSpec) -> None:
        name, url = self._connection.name.text(), self._connection.url.text()
        fresh = new_draft(spec, self._profiles.all)
        former = new_draft(self.spec, self._profiles.all)
        self._draft = replace(fresh, name=fresh.name if name in ("", former.name) else name, url=url)
        self._touched.clear()
        self._shows_all = False
        self._check.say(LightTone.QUIET)
        self._fill_tabs()

    def _on_test_wanted(self) -> None:
        found = {field: text for field, text in self.problems().items() if field != "name"}
        if found:
            self._shows_all = True
            self._show_problems(self.problems())
            self._go_to(next(iter(found)))
            return
        draft, secrets = self.draft(), self._connection.form.secrets()
        self._check.run(lambda: self._profiles.check(draft, secrets))

    def _on_checked(self, result: CheckOutcome) -> None:
        if self._mapping is not None:
            self._mapping.show_metrics(result.metrics)

    def _on_fetch_wanted(self) -> None:
        self._scope.single_flight("fetch", self._fetch)

    async def _fetch(self) -> None:
        draft = self.draft()
        self._security.set_fetching(True)
        try:
            leaf = await self._profiles.fetch_fingerprint(draft)
        except ConsoleError as error:
            self._security.show_fetch_problem(translate(error.message))
        else:
            self._security.show_leaf(certificate_lines(leaf), leaf.sha256, draft.url)
        finally:
            self._security.set_fetching(False)

    def _on_ca_file_wanted(self) -> None:
        self._scope.single_flight("ca_file", self._choose_ca_file)

    async def _choose_ca_file(self) -> None:
        path = await open_file(self, tr("Choose a CA file"), [tr("Certificates (*.pem *.crt *.cer)"), tr("All (*)")])
        if path is not None:
            self._security.ca_file.setText(str(path))

    async def _save(self) -> None:
        draft, secrets = self.draft(), self._connection.form.secrets()
        self._set_busy(True)
        try:
            saved = await self._profiles.save(draft, secrets, session_only=self._connection.session_only.isChecked())
        except ConsoleError as error:
            self._check.say(LightTone.CRITICAL, translate(error.message))
            return
        finally:
            self._set_busy(False)
        self._connection.form.forget_secrets()
        self.saved = saved
        if saved.messages:
            self._show_saved(saved)
        else:
            self.accept()

    def _show_saved(self, saved: SavedProfile) -> None:
        """Saved, and there is something to know: say it and leave only the way out."""
        self._check.button.setEnabled(False)
        self._tabs.setEnabled(False)
        self._enabled.setEnabled(False)
        self._check.say(LightTone.CAUTION, *(translate(msg) for msg in saved.messages))
        self.cancel_button.hide()
        if self.primary_button is not None:
            self.primary_button.setText(tr("Close"))
            self.primary_button.setFocus()

    def _set_busy(self, is_busy: bool) -> None:
        if self.primary_button is not None:
            self.primary_button.setEnabled(not is_busy)
            self.primary_button.setText(tr("Saving…") if is_busy else tr("Save"))

    def reject(self) -> None:
        """Esc and Cancel; after saving there is nothing left to cancel."""
        self.done(int(QDialog.DialogCode.Accepted if self.saved is not None else QDialog.DialogCode.Rejected))
