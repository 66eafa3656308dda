"""The pages of the profile editor: what the connection is, and how far it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from console.domain.profile import MAX_POLL_S, MIN_POLL_S, Profile
from console.settings.addresses import split_origin
from console.ui.connection import LightTone
from console.ui.forms.editors import TextEditor
from console.ui.forms.form import DeclaredForm
from console.ui.forms.row import FieldRow
from console.ui.marks import MessageLine
from console.ui.services import SystemSpec
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, line, push_button
from console.ui.windows.frame import WheelGuard
from console.ui.windows.profile_draft import CONSENT, needs_consent
from console.ui.windows.zone_box import ZoneBox, week_days

SECRET_HELP = "Kept in the secret store of this computer, never in a file."  # noqa: S105 - a sentence


class PollBox(QDoubleSpinBox):
    """Seconds without needless decimals."""

    def textFromValue(self, value: float) -> str:
        """See `QDoubleSpinBox.textFromValue`."""
        return f"{value:g}"


class ConnectionPage(QWidget):
    """Name, address, the system's own fields, poll interval.

    Signals:
        changed: something was entered.
    """

    changed = Signal()

    def __init__(
        self, theme: Theme, spec: SystemSpec, draft: Profile, *, has_secrets: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._spec = spec
        guard = WheelGuard(self)
        self.name = TextEditor()
        self.name.setText(draft.name)
        self.url = TextEditor(spec.url_example)
        self.url.setText(draft.url)
        self.form = DeclaredForm(theme, spec.fields, secret_help=tr(SECRET_HELP), has_secrets=has_secrets)
        self.form.set_values(draft.fields)
        self.consent = QCheckBox(mnemonic_safe(tr("Send the secret over plain http")))
        self.consent.setChecked(draft.allow_plain_http)
        self.session_only = QCheckBox(mnemonic_safe(tr("Keep the secret for this session only")))
        self.poll = PollBox()
        self.poll.setRange(MIN_POLL_S, MAX_POLL_S)
        self.poll.setDecimals(1)
        self.poll.setValue(draft.poll_s)
        self.poll.setSuffix(tr(" s"))
        self.poll.setFixedWidth(120)
        self.poll.installEventFilter(guard)
        self.zone = ZoneBox(draft.site_zone)
        self.zone.installEventFilter(guard)
        self.week_start = QComboBox()
        for day, name in enumerate(week_days()):
            self.week_start.addItem(name, day)
        self.week_start.setCurrentIndex(self.week_start.findData(draft.week_start))
        self.week_start.setFixedWidth(180)
        self.week_start.installEventFilter(guard)
        zone_help = tr("Reports count days in it. Empty: as the system says, else as this computer.")
        self._rows = {
            "name": FieldRow(theme, tr("Name"), self.name),
            "url": FieldRow(theme, tr("Address"), self.url),
            CONSENT: FieldRow(theme, "", self.consent),
            "poll_s": FieldRow(theme, tr("Ask for new values every"), self.poll),
            "site_zone": FieldRow(theme, tr("Time zone of the site"), self.zone, zone_help),
            "week_start": FieldRow(theme, tr("Weeks begin on"), self.week_start),
        }
        for editor, spoken in (
            (self.name, tr("Name")),
            (self.url, tr("Address")),
            (self.poll, tr("Poll interval")),
            (self.week_start, tr("First day of the week")),
        ):
            editor.setAccessibleName(spoken)
        self._arrange()
        for signal in (self.name.changed, self.url.changed, self.form.changed, self.poll.valueChanged):
            signal.connect(self._on_changed)
        self.consent.toggled.connect(self._on_changed)
        self.zone.currentTextChanged.connect(self._on_changed)
        self.week_start.currentIndexChanged.connect(self._on_changed)
        self._show_consent()

    def read(self, draft: Profile) -> Profile:
        """The draft with what this page shows."""
        return replace(
            draft,
            name=self.name.text().strip(),
            url=self.url.text().strip(),
            fields=self.form.values(),
            poll_s=round(self.poll.value(), 3),
            site_zone=self.zone.name(),
            week_start=int(self.week_start.currentData()),
            allow_plain_http=self.consent.isChecked() and needs_consent(self.url.text()),
        )

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong beside each field."""
        for field, row in self._rows.items():
            row.set_problem(problems.get(field, ""))
        prefix = "fields."
        self.form.show_problems({k.removeprefix(prefix): v for k, v in problems.items() if k.startswith(prefix)})

    def widget_of(self, field: str) -> QWidget | None:
        """The editor of a field of this page."""
        if field.startswith("fields."):
            return self.form.editor(field.removeprefix("fields."))
        row = self._rows.get(field)
        return row.editor if row is not None else None

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.AROUND, Space.INSIDE, Space.INSIDE)
        column.setSpacing(Space.BETWEEN)
        column.addWidget(self._rows["name"])
        column.addWidget(self._rows["url"])
        column.addWidget(self._rows[CONSENT])
        column.addWidget(self.form)
        if any(spec.kind == "secret" for spec in self._spec.fields):
            column.addWidget(self.session_only)
        column.addWidget(self._rows["poll_s"])
        column.addWidget(self._rows["site_zone"])
        column.addWidget(self._rows["week_start"])
        column.addStretch(1)

    def _show_consent(self) -> None:
        self._rows[CONSENT].setVisible(needs_consent(self.url.text().strip()))

    def _on_changed(self, *_: object) -> None:
        self._show_consent()
        self.changed.emit()


class SecurityPage(QWidget):
    """Whom to trust, and the way through a proxy.

    Signals:
        changed: something was entered.
        fetch_wanted: show the server's certificate.
        ca_file_wanted: let the user pick a file.
    """

    changed = Signal()
    fetch_wanted = Signal()
    ca_file_wanted = Signal()

    def __init__(self, theme: Theme, draft: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._guard = WheelGuard(self)
        self.trust = QComboBox()
        for caption, kind in (
            (tr("What this computer trusts"), ""),
            (tr("The authorities in a file"), "ca_file"),
            (tr("This one certificate only"), "pin"),
        ):
            self.trust.addItem(caption, kind)
        self.trust.setAccessibleName(tr("Which certificates are trusted"))
        self.ca_file = TextEditor("/etc/ssl/company-ca.pem")
        self.ca_file.setText(draft.ca_file)
        self.ca_file.setAccessibleName(tr("CA file"))
        self.pin = TextEditor(tr("64 hexadecimal digits"))
        self.pin.setText(draft.pin)
        self.pin.setAccessibleName(tr("SHA-256 fingerprint"))
        self.proxy = QComboBox()
        for caption, kind in (
            (tr("As this computer is set up"), "system"),
            (tr("None"), "none"),
            (tr("This one"), "url"),
        ):
            self.proxy.addItem(caption, kind)
        self.proxy.setAccessibleName(tr("Proxy"))
        self.proxy_url = TextEditor("http://proxy.example.com:3128")
        self.proxy_url.setAccessibleName(tr("Address of the proxy"))
        self._leaf: str = ""
        self._build()
        self._show(draft)
        for editor in (self.ca_file, self.pin, self.proxy_url):
            editor.changed.connect(self._on_changed)
        for combo in (self.trust, self.proxy):
            combo.currentIndexChanged.connect(self._on_changed)
            combo.installEventFilter(self._guard)
        self._show_parts()

    def read(self, draft: Profile) -> Profile:
        """The draft with what this page shows; the kinds of trust that are not chosen are dropped."""
        kind = self.trust.currentData()
        proxy = self.proxy.currentData()
        return replace(
            draft,
            pin=self.pin.text().strip() if kind == "pin" else "",
            ca_file=self.ca_file.text().strip() if kind == "ca_file" else "",
            proxy=self.proxy_url.text().strip() if proxy == "url" else str(proxy),
        )

    def problems_of(self, draft: Profile) -> dict[str, str]:
        """What only this page knows: a choice that was made and not filled in."""
        found: dict[str, str] = {}
        if self.trust.currentData() == "pin" and not draft.pin:
            found["pin"] = tr("Fetch the fingerprint, or paste the one the administrator gave you.")
        if self.trust.currentData() == "ca_file" and not draft.ca_file:
            found["ca_file"] = tr("Choose a file of PEM certificates.")
        if self.proxy.currentData() == "url" and not draft.proxy:
            found["proxy"] = tr("Enter the address of the proxy.")
        return found

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong beside each field."""
        for field, row in self._rows.items():
            row.set_problem(problems.get(field, ""))

    def widget_of(self, field: str) -> QWidget | None:
        """The editor of a field of this page."""
        row = self._rows.get(field)
        return row.editor if row is not None else None

    def show_leaf(self, lines: tuple[tuple[str, str], ...], fingerprint: str, url: str) -> None:
        """Show a fetched certificate; nothing is trusted until the button says so."""
        self._leaf = fingerprint
        _, host, port = split_origin(url)
        self._leaf_title.setText(tr("{host}:{port} shows this certificate", host=host, port=port))
        self._leaf_text.setText("\n".join(f"{name}: {value}" for name, value in lines))
        self._leaf_text.setVisible(True)
        self._leaf_title.setVisible(True)
        self._leaf_note.say(
            LightTone.CAUTION,
            tr("Compare the fingerprint with the one the server's administrator gives you before you trust it."),
        )
        self._trust_button.setVisible(True)

    def show_fetch_problem(self, sentence: str) -> None:
        """Say why there is no certificate to show."""
        self._hide_leaf()
        self._leaf_note.say(LightTone.CRITICAL, sentence)

    def set_fetching(self, is_fetching: bool) -> None:
        """Show that the certificate is on its way."""
        self.fetch_button.setEnabled(not is_fetching)
        self.fetch_button.setText(tr("Fetching…") if is_fetching else tr("Fetch fingerprint"))

    def _build(self) -> None:
        theme = self._theme
        self.browse_button = push_button(theme, tr("Choose…"))
        self.browse_button.setAccessibleName(tr("Choose a CA file"))
        self.browse_button.clicked.connect(self.ca_file_wanted)
        self.fetch_button = push_button(theme, tr("Fetch fingerprint"))
        self.fetch_button.clicked.connect(self.fetch_wanted)
        self._ca_part = _beside(self.ca_file, self.browse_button)
        self._pin_part = _beside(self.pin, self.fetch_button)
        self._leaf_title = Label(theme, size=Type.SMALL, bold=True)
        self._leaf_text = Label(theme, size=Type.SMALL, wrap=True)
        self._leaf_note = MessageLine(theme)
        self._trust_button = push_button(theme, tr("Trust this certificate"))
        self._trust_button.clicked.connect(self._on_trusted)
        self._rows = {
            "ca_file": FieldRow(theme, tr("CA file"), self._ca_part),
            "pin": FieldRow(theme, tr("SHA-256 fingerprint"), self._pin_part),
            "proxy": FieldRow(theme, tr("Address of the proxy"), self.proxy_url),
        }
        self._rows["ca_file"].editor = self.ca_file
        self._rows["pin"].editor = self.pin
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.AROUND, Space.INSIDE, Space.INSIDE)
        column.setSpacing(Space.BETWEEN)
        column.addWidget(FieldRow(theme, tr("Trusted certificates"), self.trust))
        column.addWidget(self._rows["ca_file"])
        column.addWidget(self._rows["pin"])
        for widget in (self._leaf_title, self._leaf_text, self._leaf_note):
            column.addWidget(widget)
        trust_row = QHBoxLayout()
        trust_row.addWidget(self._trust_button)
        trust_row.addStretch(1)
        column.addLayout(trust_row)
        column.addWidget(line())
        column.addWidget(FieldRow(theme, tr("Proxy"), self.proxy))
        column.addWidget(self._rows["proxy"])
        column.addStretch(1)
        self._hide_leaf()

    def _show(self, draft: Profile) -> None:
        kind = "pin" if draft.pin else "ca_file" if draft.ca_file else ""
        self.trust.setCurrentIndex(self.trust.findData(kind))
        known = draft.proxy if draft.proxy in ("system", "none") else "url"
        self.proxy.setCurrentIndex(self.proxy.findData(known))
        if known == "url":
            self.proxy_url.setText(draft.proxy)

    def _show_parts(self) -> None:
        kind = self.trust.currentData()
        self._rows["ca_file"].setVisible(kind == "ca_file")
        self._rows["pin"].setVisible(kind == "pin")
        self._rows["proxy"].setVisible(self.proxy.currentData() == "url")
        if kind != "pin":
            self._hide_leaf()

    def _hide_leaf(self) -> None:
        self._leaf = ""
        for widget in (self._leaf_title, self._leaf_text, self._leaf_note, self._trust_button):
            widget.hide()

    def _on_trusted(self) -> None:
        self.pin.setText(self._leaf)
        self._hide_leaf()

    def _on_changed(self, *_: object) -> None:
        self._show_parts()
        self.changed.emit()


def _beside(editor: QWidget, button: QWidget) -> QWidget:
    part = QWidget()
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.INSIDE)
    row.addWidget(editor, 1)
    row.addWidget(button)
    part.setFocusProxy(editor)
    return part
