"""Preferences: the look takes effect at once; where things are kept is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from console.settings.schema import DENSITIES, THEMES, General
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, IconButton, Label, line
from console.ui.windows.frame import FramedDialog


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
    """

    changed = Signal(object)

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
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.GROUPS)
        grid.setVerticalSpacing(Space.BETWEEN)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Label(theme, tr("Look"), Type.SECTION, bold=True), 0, 0, 1, 3)
        for row, (caption, editor) in enumerate(
            ((tr("Theme"), self.look), (tr("Height of table rows"), self.density)), start=1
        ):
            grid.addWidget(Label(theme, caption), row, 0)
            grid.addWidget(editor, row, 1, 1, 2)
        grid.addWidget(line(), 3, 0, 1, 3)
        grid.addWidget(Label(theme, tr("Where things are kept"), Type.SECTION, bold=True), 4, 0, 1, 3)
        grid.addWidget(Label(theme, tr("Secrets")), 5, 0)
        grid.addWidget(ElidedLabel(theme, secret_store or tr("not known yet"), muted=True), 5, 1, 1, 2)
        self._folders: dict[QWidget, Path] = {}
        for row, (caption, folder) in enumerate(folders.items(), start=6):
            button = IconButton(theme, "folder-open", tr("Open the folder: {what}", what=caption))
            button.clicked.connect(self._on_open)
            self._folders[button] = folder
            grid.addWidget(Label(theme, caption), row, 0)
            grid.addWidget(ElidedLabel(theme, str(folder), muted=True), row, 1)
            grid.addWidget(button, row, 2)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.look.currentIndexChanged.connect(self._on_chosen)
        self.density.currentIndexChanged.connect(self._on_chosen)
        self.fit(600, 420)

    def _choice(self, names: tuple[str, ...], titles: list[str], now: str, spoken: str) -> QComboBox:
        combo = QComboBox()
        for name, title in zip(names, titles, strict=True):
            combo.addItem(title, name)
        combo.setCurrentIndex(max(0, combo.findData(now)))
        combo.setAccessibleName(spoken)
        return combo

    def _on_chosen(self, _index: int) -> None:
        self._general = replace(
            self._general, theme=str(self.look.currentData()), density=str(self.density.currentData())
        )
        self.changed.emit(self._general)

    def _on_open(self) -> None:
        for button, folder in self._folders.items():
            if button is self.sender():
                open_folder(folder)
