"""Makes a report of pasted request details: what was recovered is shown as it is pasted, before anything is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.engine.report_library import Collision
from console.engine.reports import Reports
from console.reports.runner import ImportedReport
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.forms.editors import TextEditor
from console.ui.forms.row import FieldRow
from console.ui.marks import MessageLine
from console.ui.reports.values_text import values_lines
from console.ui.text import plural, tr, translate
from console.ui.theme import Theme, Type
from console.ui.widgets import Label
from console.ui.windows.frame import FramedDialog, WheelGuard, scrolled

REST_MS = 200  # after the last change of the pasted text
_LINES = 40  # recovered values shown


class ImportDialog(FramedDialog):
    """Takes pasted text; `aclose` is awaited at the end.

    Attributes:
        report_id: the new report, after the dialog was accepted.
    """

    def __init__(
        self, parent: QWidget | None, theme: Theme, reports: Reports, profile: Profile, report: Report | None = None
    ) -> None:
        super().__init__(parent, theme, tr("Import request details"), primary=tr("Import"))
        self._reports = reports
        self._profile = profile
        self._scope = TaskScope("import", report)
        self._read: ImportedReport | None = None
        self._taken: frozenset[str] = frozenset()
        self.report_id = ""
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(tr("Request details"))
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(tr("Paste the address, the JSON body, or all of it"))
        self.text.textChanged.connect(self._on_typed)
        self.status = MessageLine(theme)
        self.found = Label(theme, size=Type.SMALL, wrap=True)
        self.found.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.name = TextEditor()
        self.name.setAccessibleName(tr("Title"))
        self.name_row = FieldRow(theme, tr("Title"), self.name)
        self.collision = QComboBox()
        self.collision.setAccessibleName(tr("A report of this id is there already"))
        self.collision.addItem(tr("Keep both"), Collision.KEEP_BOTH.value)
        self.collision.addItem(tr("Replace the one that is there"), Collision.REPLACE.value)
        self.collision.installEventFilter(WheelGuard(self))
        self.collision_row = FieldRow(theme, tr("A report of this id is there already"), self.collision)
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.setInterval(REST_MS)
        self._rested.timeout.connect(self._on_rested)
        self._arrange()
        self._show(None)
        self._scope.start(self._load(), "taken")

    async def aclose(self) -> None:
        """End what is under way."""
        self._rested.stop()
        await self._scope.aclose()

    def on_primary(self) -> None:
        """Keep the report."""
        if self._read is not None:
            self._scope.single_flight("import", self._import)

    # -- inside

    def _arrange(self) -> None:
        where = tr("In the vendor's own window, open Show Request Details of the report and copy its text here.")
        self.body.addWidget(Label(self.theme, where, muted=True, wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.text, 3)
        side = scrolled(self.found)
        side.setMinimumWidth(260)
        side.setAccessibleName(tr("What was recovered"))
        row.addWidget(side, 2)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.status)
        self.body.addWidget(self.name_row)
        self.body.addWidget(self.collision_row)
        self.fit(860, 560)

    def _on_typed(self) -> None:
        self._rested.start()

    def _on_rested(self) -> None:
        text = self.text.toPlainText()
        if not text.strip():
            self._scope.cancel("read")
            self._show(None)
        else:
            self._scope.restart("read", lambda: self._parse(text))

    async def _load(self) -> None:
        try:
            known = await self._reports.definitions(self._profile.id)
        except ConsoleError:
            return
        self._taken = frozenset(definition.id for definition in known)

    async def _parse(self, text: str) -> None:
        try:
            read = await self._reports.read_import(self._profile.id, text)
        except ConsoleError as error:
            if isValid(self):
                self._show(None)
                self.status.say(LightTone.CRITICAL, translate(error.message))
            return
        if isValid(self):
            self._show(read)

    def _show(self, read: ImportedReport | None) -> None:
        former = self._read
        self._read = read
        if self.primary_button is not None:
            self.primary_button.setEnabled(read is not None)
        self.name_row.setEnabled(read is not None)
        self.collision_row.setVisible(read is not None and read.definition.id in self._taken)
        if read is None:
            self.found.setText(tr("What the text holds appears here: report, parameters, values."))
            self.status.say(LightTone.QUIET, "")
            return
        if former is None or not self.name.text().strip() or self.name.text() == former.definition.title:
            self.name.setText(read.definition.title)
        self.found.setText("\n".join(self._lines(read)))
        notes = [translate(note) for note in read.notes]
        self.status.say(LightTone.CAUTION if notes else LightTone.GOOD, "  ".join(notes) or tr("Everything was read."))

    def _lines(self, read: ImportedReport) -> list[str]:
        definition = read.definition
        lines = [safe_text(definition.title, 120), ""]
        if read.base_url:
            lines.append(tr("Server: {url}", url=safe_text(read.base_url, 200)))
            if not self._profile.url.startswith(read.base_url.rstrip("/")):
                name = safe_text(self._profile.name, 80)
                lines.append(tr("It is run on {name} all the same.", name=name))
        lines.append(plural("{n} parameter", "{n} parameters", len(definition.params)))
        values = values_lines(definition, read.values)
        lines += ["", *values[:_LINES]]
        missing = [p.label for p in definition.params if p.id not in read.values and p.required]
        if missing:
            lines += ["", tr("Asked for in the form: {names}", names=", ".join(missing[:10]))]
        return lines

    async def _import(self) -> None:
        read = self._read
        if read is None:
            return
        is_taken = read.definition.id in self._taken
        collision = Collision(str(self.collision.currentData())) if is_taken else Collision.REFUSE
        title = self.name.text().strip()
        try:
            kept = await self._reports.import_report(
                self._profile.id, self.text.toPlainText(), collision=collision, title=title
            )
        except ConsoleError as error:
            if isValid(self):
                self.status.say(LightTone.CRITICAL, translate(error.message))
                if error.message.code == "report.import_exists":
                    self._taken |= {read.definition.id}
                    self.collision_row.show()
            return
        if isValid(self):
            self.report_id = kept.definition.id
            self.accept()
