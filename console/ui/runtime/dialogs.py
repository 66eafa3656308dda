"""Dialogs that are awaited. The only module that opens them; it never runs a nested event loop.

A nested loop inside a task loses other tasks' wake-ups for good, so each dialog is opened window-modal and a future
is resolved when it finishes. All text is plain.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button

TEXT_WIDTH = 440  # px; about 65 characters a line


class _Answer(QObject):
    """Turns a dialog's end into a future's result; a dialog deleted under us counts as rejected."""

    def __init__(self, dialog: QDialog, future: asyncio.Future[int]) -> None:
        super().__init__()
        self._future = future
        dialog.finished.connect(self._on_finished)
        dialog.destroyed.connect(self._on_destroyed)

    def _on_finished(self, result: int) -> None:
        if not self._future.done():
            self._future.set_result(result)

    def _on_destroyed(self) -> None:
        self._on_finished(int(QDialog.DialogCode.Rejected))


async def run_dialog(dialog: QDialog, clean_up: Callable[[], Awaitable[None]] | None = None) -> int:
    """Open a dialog and wait for its end; returns its result code.

    Then `clean_up` is awaited (the dialog's tasks end while its widgets live) and the dialog is deleted.
    Cancelling the caller closes the dialog.
    """
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    answer = _Answer(dialog, future)
    dialog.open()
    try:
        return await future
    finally:
        if isValid(dialog):
            dialog.finished.disconnect(answer._on_finished)
            dialog.close()
        try:
            if clean_up is not None:
                await clean_up()
        finally:
            if isValid(dialog):
                dialog.deleteLater()


async def ask(
    parent: QWidget | None,
    theme: Theme,
    title: str,
    text: str,
    *,
    confirm: str,
    cancel: str = "",
    detail: str = "",
) -> bool:
    """Ask one question; True when `confirm` was pressed. Esc and closing mean no."""
    dialog = PlainDialog(parent, theme, title, text, confirm=confirm, cancel=cancel or tr("Cancel"), detail=detail)
    return await run_dialog(dialog) == QDialog.DialogCode.Accepted


async def tell(parent: QWidget | None, theme: Theme, title: str, text: str, *, detail: str = "") -> None:
    """Say something that was asked for (the end of an action the user began); background faults use strips."""
    await run_dialog(PlainDialog(parent, theme, title, text, confirm=tr("Close"), detail=detail))


async def open_file(
    parent: QWidget | None, title: str, filters: Sequence[str] = (), folder: Path | None = None
) -> Path | None:
    """Let the user pick a file to read; None when cancelled."""
    dialog = _file_dialog(parent, title, filters, folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return await _picked(dialog)


async def save_file(
    parent: QWidget | None,
    theme: Theme,
    title: str,
    name: str,
    filters: Sequence[str] = (),
    folder: Path | None = None,
) -> Path | None:
    """Let the user name a file to write; asks before an existing one is replaced. None when cancelled.

    The question is our own: a system's dialog may add the ending after it has asked for the name without it, and
    Qt's asks within a nested loop. On macOS the panel cannot be kept from asking, and knows the ending.
    """
    panel_asks = sys.platform == "darwin"
    while True:
        dialog = _file_dialog(parent, title, filters, folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not panel_asks)
        dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
        dialog.selectFile(name)
        path = await _picked(dialog)
        if path is None or panel_asks or not await asyncio.to_thread(path.exists):
            return path
        question = tr("{file} is already there. If you replace it, what it holds now is lost.", file=path.name)
        if await ask(
            parent, theme, tr("Replace the file?"), question, confirm=tr("Replace"), cancel=tr("Choose again")
        ):
            return path
        name, folder = path.name, path.parent


async def choose_folder(parent: QWidget | None, title: str, folder: Path | None = None) -> Path | None:
    """Let the user pick a folder; None when cancelled."""
    dialog = _file_dialog(parent, title, (), folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await _picked(dialog)


def _file_dialog(parent: QWidget | None, title: str, filters: Sequence[str], folder: Path | None) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    if filters:
        dialog.setNameFilters(list(filters))
    begin = str(folder) if folder is not None else _documents()
    if begin:
        dialog.setDirectory(begin)
    return dialog


def _documents() -> str:
    """Where files begin: never where the program happens to have been started, which may be a system's folder."""
    kinds = QStandardPaths.StandardLocation
    found = [QStandardPaths.writableLocation(kind) for kind in (kinds.DocumentsLocation, kinds.HomeLocation)]
    return next((path for path in found if path and Path(path).is_dir()), "")


async def _picked(dialog: QFileDialog) -> Path | None:
    picked: list[str] = []

    def keep(path: str) -> None:
        picked[:] = [path]

    dialog.fileSelected.connect(keep)
    result = await run_dialog(dialog)
    return Path(picked[0]) if result == QDialog.DialogCode.Accepted and picked else None


class PlainDialog(QDialog):
    """A sentence, an optional detail, and one or two buttons."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        title: str,
        text: str,
        *,
        confirm: str,
        cancel: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.GROUPS, Space.GROUPS, Space.GROUPS, Space.AROUND)
        column.setSpacing(Space.BETWEEN)
        column.addWidget(Label(theme, title, Type.SECTION, bold=True, wrap=True))
        body = Label(theme, text, wrap=True)
        body.setFixedWidth(TEXT_WIDTH)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(body)
        if detail:
            column.addWidget(_detail_box(detail))
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.INSIDE)
        buttons.addStretch(1)
        if cancel:
            no = push_button(theme, cancel)
            no.clicked.connect(self.reject)
            buttons.addWidget(no)
        yes = push_button(theme, confirm, "primary")
        yes.clicked.connect(self.accept)
        yes.setDefault(True)
        buttons.addWidget(yes)
        column.addSpacing(Space.TIGHT)
        column.addLayout(buttons)
        yes.setFocus()


def _detail_box(detail: str) -> QPlainTextEdit:
    box = QPlainTextEdit()
    box.setPlainText(detail)
    box.setReadOnly(True)
    box.setFixedHeight(120)
    box.setAccessibleName(tr("Details"))
    return box
