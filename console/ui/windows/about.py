"""About the program: version, licences, what it may ask of servers, where its data lies, and the keys."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, qVersion
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from console import __version__
from console.assets import MissingAssetError, asset_path, icon_path
from console.ui.services import SystemSpec
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label
from console.ui.windows.frame import FramedDialog, scrolled
from console.ui.windows.key_table import KeyGroup


class AboutDialog(FramedDialog):
    """Says what the program is and what it may do."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, *, specs: Sequence[SystemSpec], folders: Mapping[str, Path]
    ) -> None:
        super().__init__(parent, theme, tr("About Supervisor Console"))
        head = QHBoxLayout()
        head.setSpacing(Space.AROUND)
        picture = Label(theme)
        picture.setPixmap(QIcon(str(icon_path("app"))).pixmap(QSize(48, 48), self.devicePixelRatioF()))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label(theme, tr("Supervisor Console"), Type.TITLE, bold=True))
        built = tr("Version {version}, Qt {qt}, Python {py}", version=__version__, qt=qVersion(), py=_python())
        names.addWidget(Label(theme, built, muted=True))
        head.addWidget(picture)
        head.addLayout(names, 1)
        self.body.addLayout(head)
        tabs = QTabWidget()
        for named in (tabs, tabs.tabBar()):
            named.setAccessibleName(tr("About the console"))
        tabs.setDocumentMode(True)
        tabs.addTab(_text(allowed_text(specs), tr("Permitted requests")), tr("Permitted requests"))
        tabs.addTab(_text(_places(folders), tr("Data on this computer")), tr("Data on this computer"))
        tabs.addTab(_text(licences(), tr("Licences")), tr("Licences"))
        self.body.addWidget(tabs, 1)
        self.fit(720, 520)


class ShortcutsDialog(FramedDialog):
    """The keys of the main window, and below them those of each room."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        keys: Sequence[tuple[str, QKeySequence]],
        rooms: Sequence[KeyGroup] = (),
    ) -> None:
        super().__init__(parent, theme, tr("Keyboard shortcuts"))
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.GROUPS)
        grid.setVerticalSpacing(Space.INSIDE)
        grid.setColumnStretch(1, 1)
        own = tuple((what, key.toString(QKeySequence.SequenceFormat.NativeText)) for what, key in keys)
        row = 0
        for heading, entries in ((tr("Main window"), own), *rooms):
            title = Label(theme, heading, Type.SECTION, bold=True)
            title.setContentsMargins(0, Space.BETWEEN if row else 0, 0, 0)
            grid.addWidget(title, row, 0, 1, 2)
            for at, (what, shown) in enumerate(entries, start=row + 1):
                grid.addWidget(Label(theme, shown, bold=True), at, 0)
                grid.addWidget(Label(theme, what, muted=True, wrap=True), at, 1)
            row += 1 + len(entries)
        grid.setRowStretch(row, 1)
        self.body.addWidget(scrolled(content), 1)
        self.fit(600, 560)


def allowed_text(specs: Sequence[SystemSpec]) -> str:
    """Everything the console may ask of servers, system by system."""
    blocks = [tr("The console only reads. It can make these requests and no others:")]
    for spec in specs:
        rules = [f"  {rule.method:<5} /{rule.path.lstrip('/')}   {rule.purpose}" for rule in spec.allow]
        blocks.append("\n".join([spec.title, *rules]))
    return "\n\n".join(blocks)


def licences() -> str:
    """Our licence and those of what is bundled."""
    texts = [tr("Supervisor Console is free software under the MIT licence.")]
    for caption, tree, name in (
        (tr("Font: Inter, SIL Open Font Licence"), "resources", "fonts/OFL.txt"),
        (tr("Icons"), "icons", "LICENSE"),
    ):
        try:
            body = asset_path(tree, *name.split("/")).read_text(encoding="utf-8")  # type: ignore[arg-type]
        except (MissingAssetError, OSError):
            body = ""
        texts.append(f"{caption}\n\n{body}".strip())
    return "\n\n\n".join(texts)


def _places(folders: Mapping[str, Path]) -> str:
    lines = [f"{caption}\n  {folder}" for caption, folder in folders.items()]
    return "\n\n".join([tr("Nothing is written anywhere else:"), *lines])


def _python() -> str:
    return platform.python_version()


def _text(body: str, spoken: str) -> QPlainTextEdit:
    box = QPlainTextEdit()
    box.setReadOnly(True)
    box.setPlainText(body)
    box.setAccessibleName(spoken)
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    return box
