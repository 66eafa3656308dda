"""What a result's window asks of the desktop: files, questions, folders. Tests bring their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from console.ui.runtime.dialogs import save_file
from console.ui.theme import Theme


class Desktop(Protocol):
    """Where files are named and folders are opened."""

    async def save_file(
        self, parent: QWidget, title: str, name: str, filters: Sequence[str], folder: Path | None
    ) -> Path | None:
        """Let the user name a file to write, asking before one is replaced; None when cancelled."""
        ...

    def open_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager."""
        ...


class SystemDesktop:
    """The real one."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    async def save_file(
        self, parent: QWidget, title: str, name: str, filters: Sequence[str], folder: Path | None
    ) -> Path | None:
        """See `Desktop.save_file`."""
        return await save_file(parent, self._theme, title, name, filters, folder)

    def open_folder(self, folder: Path) -> None:
        """See `Desktop.open_folder`."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
