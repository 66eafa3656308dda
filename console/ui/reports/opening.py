"""What can be done with a finished run: open its result, save the system's own files."""

from __future__ import annotations

import asyncio
import importlib
import shutil
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.engine.report_job import Job
from console.reports.result import RawFile, ReportResult
from console.reports.whole_file import whole_file
from console.tasks import Report, TaskScope
from console.ui.runtime.dialogs import save_file, tell
from console.ui.text import tr, translate
from console.ui.theme import Theme


class Opener(QObject):
    """Opens results in windows of their own and saves files.

    Args:
        window: owns the dialogs.
        is_demo: windows and files say that everything is made up.
    """

    def __init__(self, window: QWidget, theme: Theme, *, is_demo: bool = False, report: Report | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._is_demo = is_demo
        self._scope = TaskScope("results", report)
        self.windows: list[QWidget] = []
        self._owned: list[ReportResult] = []

    def act(self, command: str, job: Job) -> None:
        """Carry out ``open`` or ``save`` for a run that has a result."""
        if job.result is None:
            return
        if command == "open":
            self.open_result(job.result, job.profile_name)
        elif command == "save":
            files = job.result.files
            self._scope.single_flight("save", lambda: self._save(files))

    def open_result(self, result: ReportResult, site: str, *, owned: bool = False) -> QWidget:
        """Show a result in a window of its own.

        Args:
            owned: nobody else keeps the result: its tables are freed at the end of the program.
        """
        window = make_window(self._theme, result, site=site, is_demo=self._is_demo)
        self.windows = [known for known in self.windows if isValid(known) and known.isVisible()]
        self.windows.append(window)
        if owned:
            self._owned.append(result)
        window.show()
        return window

    async def aclose(self) -> None:
        """Close the windows and end what is under way."""
        for window in self.windows:
            if isValid(window):
                window.close()
        await self._scope.aclose()
        for result in self._owned:
            await asyncio.to_thread(result.close)

    async def _save(self, files: tuple[RawFile, ...]) -> None:
        for file in files:
            target = await save_file(self._window, tr("Save the file as the system sent it"), file.name)
            if target is None:
                return
            try:
                await asyncio.to_thread(copy_whole, file.path, target)
            except ConsoleError as error:
                await tell(self._window, self._theme, tr("That did not work"), translate(error.message))
                return


def make_window(theme: Theme, result: ReportResult, *, site: str, is_demo: bool) -> QWidget:
    """A window over a result; its module is imported when the first result is opened."""
    window = importlib.import_module("console.ui.results.window").ResultWindow
    made: QWidget = window(theme, result, site=site, is_demo=is_demo)
    return made


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all; the dialog has asked before an existing one is replaced. Blocking."""
    with whole_file(target, replace=True) as part:
        shutil.copyfile(source, part)
