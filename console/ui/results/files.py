"""The files a server sent: name, what they are, size; saved byte for byte, and never unpacked."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.reports.result import RawFile
from console.tasks import TaskScope
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button

_ENTRIES = 200  # names of a zip that are shown
_ZIP = "application/zip"
_LARGEST_INDEX = 50_000  # entries of a zip whose index is read at all


class FilesPage(QWidget):
    """Lists files. Call `begin` once.

    Signals:
        save_asked: a file is to be saved; carries the `RawFile`.
    """

    save_asked = Signal(object)

    def __init__(self, theme: Theme, files: Sequence[RawFile], scope: TaskScope) -> None:
        super().__init__()
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._files = tuple(files)
        self._scope = scope
        words = tr(
            "Files as the system sent them, byte for byte. They are saved as they are; archives are not unpacked."
        )
        self.tree = QTreeWidget()
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([tr("File"), tr("Content"), tr("Size")])
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName(tr("Files"))
        self.tree.setRootIsDecorated(any(file.media_type == _ZIP for file in files))
        self.tree.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setFont(theme.font(Type.SMALL, bold=True))
        header.resizeSection(1, 260)
        header.resizeSection(2, 110)
        self.save_button = push_button(theme, tr("Save the file…"), "primary")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.AROUND, Space.AROUND, Space.AROUND, Space.AROUND)
        column.setSpacing(Space.BETWEEN)
        column.addWidget(Label(theme, words, muted=True, wrap=True))
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        for file in self._files:
            item = QTreeWidgetItem([safe_text(file.name), media_words(file.media_type), size_text(file.size)])
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.tree.addTopLevelItem(item)
        self.tree.setCurrentIndex(self.tree.model().index(0, 0))
        self.save_button.setEnabled(bool(files))
        self.save_button.clicked.connect(self._on_save)
        self.tree.itemActivated.connect(self._on_activated)

    def showEvent(self, event: QShowEvent) -> None:
        """Place the rows again: Qt did so before the style sheet was known to it."""
        super().showEvent(event)
        self.tree.doItemsLayout()

    def begin(self) -> None:
        """Read what archives hold, in the background."""
        for place, file in enumerate(self._files):
            if file.media_type == _ZIP:
                self._scope.start(self._list(place, file.path), f"zip-{place}")

    async def _list(self, place: int, path: Path) -> None:
        names, count = await asyncio.to_thread(zip_entries, path)
        item = self.tree.topLevelItem(place)
        if item is None:
            return
        if count < 0:
            item.addChild(QTreeWidgetItem([tr("The archive cannot be read."), "", ""]))
        for name, size in names:
            child = QTreeWidgetItem([safe_text(name, 300), tr("in the archive"), size_text(size)])
            child.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.addChild(child)
        if count > len(names):
            more = plural("and {n} more entry", "and {n} more entries", count - len(names))
            item.addChild(QTreeWidgetItem([more, "", ""]))
        item.setExpanded(True)

    @Slot()
    def _on_save(self) -> None:
        item = self.tree.currentItem()
        while item is not None and item.parent() is not None:
            item = item.parent()
        place = self.tree.indexOfTopLevelItem(item) if item is not None else -1
        if 0 <= place < len(self._files):
            self.save_asked.emit(self._files[place])

    @Slot()
    def _on_activated(self) -> None:
        self._on_save()


def zip_entries(path: Path) -> tuple[list[tuple[str, int]], int]:
    """The first names of an archive with their stated sizes, and how many there are; -1 when it cannot be read.

    Only the index at its end is read; nothing is unpacked.
    """
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - 65_557))  # the longest end record there can be
            tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or int.from_bytes(tail[at + 10 : at + 12], "little") > _LARGEST_INDEX:
            return [], -1
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
        return [(info.filename, info.file_size) for info in found[:_ENTRIES]], len(found)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return [], -1


def media_words(media_type: str) -> str:
    """A content type in words."""
    return {
        "application/pdf": tr("PDF document"),
        "text/csv": tr("CSV table"),
        "text/html": tr("HTML page"),
        "text/plain": tr("Text"),
        "application/json": tr("JSON"),
        "application/zip": tr("ZIP archive"),
        "application/vnd.ms-excel": tr("Excel sheet (XLS)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": tr("Excel sheet (XLSX)"),
        "application/vnd.oasis.opendocument.text": tr("OpenDocument text"),
    }.get(media_type, media_type)


def size_text(size: int) -> str:
    """Bytes as people write them."""
    if size < 1000:
        return plural("{n} byte", "{n} bytes", size)
    for unit in ("kB", "MB"):
        size_in_unit = size / (1000 if unit == "kB" else 1_000_000)
        if size_in_unit < 1000:
            return f"{size_in_unit:.1f}\u202f{unit}"
    return f"{size / 1e9:.1f}\u202fGB"
