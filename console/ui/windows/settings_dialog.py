"""Preferences: the look takes effect at once, the rooms' own settings are led to, where things are kept is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QWidget

from console.settings.schema import DENSITIES, THEMES, General
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, IconButton, Label, line, push_button
from console.ui.windows.frame import FramedDialog, scrolled


def theme_title(name: str) -> str:
    """A theme choice in words."""
    return {"system": tr("As the system"), "dark": tr("Dark"), "light": tr("Light")}.get(name, name)


def density_title(name: str) -> str:
    """A row height in words."""
    return {"compact": tr("Compact"), "regular": tr("Regular"), "roomy": tr("Roomy")}.get(name, name)


def open_folder(folder: Path) -> None:
    """Show one of our own folders in the system's file manager; never anything a server named."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class SettingsDialog(FramedDialog):
    """Edits preferences.

    Signals:
        changed: the new `General`.
        asked: a command of the menus; the dialog has made way for what it opens.
    """

    changed = Signal(object)
    asked = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        general: General,
        *,
        folders: Mapping[str, Path],
        secret_store: str,
    ) -> None:
        super().__init__(parent, theme, tr("Settings"))
        self._general = general
        self.look = self._choice(THEMES, [theme_title(name) for name in THEMES], general.theme, tr("Theme"))
        self.density = self._choice(
            DENSITIES, [density_title(name) for name in DENSITIES], general.density, tr("Height of table rows")
        )
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, Space.INSIDE, 0)
        grid.setHorizontalSpacing(Space.GROUPS)
        grid.setVerticalSpacing(Space.BETWEEN)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Label(theme, tr("Look"), Type.SECTION, bold=True), 0, 0, 1, 3)
        for row, (caption, editor) in enumerate(
            ((tr("Theme"), self.look), (tr("Height of table rows"), self.density)), start=1
        ):
            grid.addWidget(Label(theme, caption), row, 0)
            grid.addWidget(editor, row, 1, 1, 2)
        self.privacy = QCheckBox(mnemonic_safe(tr("Hide numbers and names of callers and agents")))
        self.privacy.setChecked(general.privacy)
        grid.addWidget(Label(theme, tr("Privacy")), 3, 0)
        grid.addWidget(self.privacy, 3, 1, 1, 2)
        row = self._add_rooms(grid, 4)
        grid.addWidget(line(), row, 0, 1, 3)
        grid.addWidget(Label(theme, tr("Where things are kept"), Type.SECTION, bold=True), row + 1, 0, 1, 3)
        grid.addWidget(Label(theme, tr("Secrets")), row + 2, 0)
        grid.addWidget(ElidedLabel(theme, secret_store or tr("not known yet"), muted=True), row + 2, 1, 1, 2)
        self._folders: dict[QWidget, Path] = {}
        for at, (caption, folder) in enumerate(folders.items(), start=row + 3):
            button = IconButton(theme, "folder-open", tr("Open the folder: {what}", what=caption))
            button.clicked.connect(self._on_open)
            self._folders[button] = folder
            grid.addWidget(Label(theme, caption), at, 0)
            place = QHBoxLayout()
            place.setSpacing(Space.INSIDE)
            place.addWidget(ElidedLabel(theme, str(folder), muted=True), 1)
            place.addWidget(button)
            grid.addLayout(place, at, 1, 1, 2)
        grid.setRowStretch(grid.rowCount(), 1)
        self.body.addWidget(scrolled(content), 1)
        self.look.currentIndexChanged.connect(self._on_chosen)
        self.density.currentIndexChanged.connect(self._on_chosen)
        self.privacy.toggled.connect(self._on_chosen)
        self.fit(640, 640)

    def _add_rooms(self, grid: QGridLayout, row: int) -> int:
        """What has a dialog of its own, each with the way there; returns the next free row."""
        grid.addWidget(line(), row, 0, 1, 3)
        grid.addWidget(Label(self.theme, tr("Alarms and recording"), Type.SECTION, bold=True), row + 1, 0, 1, 3)
        rooms = (
            ("alarm_settings", tr("Alarms"), tr("How a new alert is told"), tr("Sounds and notifications…")),
            ("thresholds", tr("Thresholds"), tr("Caution and critical"), tr("Thresholds…")),
            ("service_level", tr("Service level"), tr("Formula and target"), tr("Service level…")),
            ("recorder", tr("Recording"), tr("What is kept, and for how long"), tr("Recorder…")),
        )
        for at, (command, caption, what, way) in enumerate(rooms, start=row + 2):
            button = push_button(self.theme, way, "quiet")
            button.setProperty("command", command)
            button.clicked.connect(self._on_room)
            grid.addWidget(Label(self.theme, caption), at, 0)
            grid.addWidget(ElidedLabel(self.theme, what, muted=True), at, 1)
            grid.addWidget(button, at, 2, Qt.AlignmentFlag.AlignRight)
        return row + 2 + len(rooms)

    def _choice(self, names: tuple[str, ...], titles: list[str], now: str, spoken: str) -> QComboBox:
        combo = QComboBox()
        for name, title in zip(names, titles, strict=True):
            combo.addItem(title, name)
        combo.setCurrentIndex(max(0, combo.findData(now)))
        combo.setAccessibleName(spoken)
        return combo

    def _on_chosen(self) -> None:
        self._general = replace(
            self._general,
            theme=str(self.look.currentData()),
            density=str(self.density.currentData()),
            privacy=self.privacy.isChecked(),
        )
        self.changed.emit(self._general)

    def _on_room(self) -> None:
        """Make way first: two dialogs about the same preferences would not know of each other's changes."""
        command = str(self.sender().property("command"))
        self.accept()
        self.asked.emit(command)

    def _on_open(self) -> None:
        for button, folder in self._folders.items():
            if button is self.sender():
                open_folder(folder)
