"""Saving a form under a name."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.domain.text import safe_text
from console.engine.report_memory import NAME_LIMIT, Memory
from console.engine.report_records import Preset
from console.reports.schema import ReportDefinition, Values
from console.ui.forms.editors import TextEditor
from console.ui.forms.row import FieldRow
from console.ui.text import tr, translate
from console.ui.theme import Theme
from console.ui.widgets import Label
from console.ui.windows.frame import FramedDialog


class PresetDialog(FramedDialog):
    """Asks for a name, and once more before a preset of that name is replaced.

    Attributes:
        saved: the preset, after the dialog was accepted.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        memory: Memory,
        profile_id: ProfileId,
        definition: ReportDefinition,
        values: Values,
        format_name: str,
    ) -> None:
        super().__init__(parent, theme, tr("Save as preset"), primary=tr("Save"))
        self._memory = memory
        self._profile_id = profile_id
        self._definition = definition
        self._values = values
        self._format = format_name
        self._agreed = ""
        self.saved: Preset | None = None
        self.name = TextEditor()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(tr("Name of the preset"))
        self.row = FieldRow(theme, tr("Name"), self.name)
        self.body.addWidget(Label(theme, safe_text(definition.title, 120), bold=True, wrap=True))
        self.body.addWidget(self.row)
        sentence = tr("Relative dates such as “yesterday” stay relative: each run works them out anew.")
        self.body.addWidget(Label(theme, sentence, muted=True, wrap=True))
        self.body.addStretch(1)
        self.name.textChanged.connect(self._on_typed)
        self.fit(440, 230)
        self._on_typed()

    def on_primary(self) -> None:
        """Save; a name that is taken is asked about in place."""
        name = self.name.text()
        is_agreed = self._agreed == name.strip().casefold()
        try:
            self.saved = self._memory.save_preset(
                self._profile_id, self._definition, name, self._values, self._format, overwrite=is_agreed
            )
        except ConsoleError as error:
            self.row.set_problem(translate(error.message))
            if error.message.code == "report.preset_exists" and self.primary_button is not None:
                self._agreed = name.strip().casefold()
                self.primary_button.setText(tr("Replace it"))
            return
        self.accept()

    def _on_typed(self) -> None:
        self.row.set_problem("")
        self._agreed = ""
        if self.primary_button is not None:
            self.primary_button.setText(tr("Save"))
            self.primary_button.setEnabled(bool(self.name.text().strip()))
