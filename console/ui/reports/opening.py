"""What can be done with a finished run: open its result, save the system's own files."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.domain.callflow import CallFlow
from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.engine.reports import Job, Reports
from console.reports.result import RawFile, ReportResult
from console.reports.whole_file import whole_file
from console.tasks import Report, TaskScope
from console.ui.runtime.dialogs import save_file, tell
from console.ui.services import StateProvider
from console.ui.text import tr, translate
from console.ui.theme import Theme

if TYPE_CHECKING:
    from console.ui.results.window import ResultWindow


class Opener(QObject):
    """Opens results in windows of their own and saves files.

    Args:
        window: owns the dialogs.
        reports: whose runs they are.
        state: what result windows remember.
        is_demo: windows and files say that everything is made up.
    """

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        reports: Reports,
        state: StateProvider,
        *,
        is_demo: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._reports = reports
        self._state = state
        self._is_demo = is_demo
        self._report = report
        self._scope = TaskScope("results", report)
        self.windows: dict[str, ResultWindow] = {}

    def act(self, command: str, job: Job) -> None:
        """Carry out ``open``, ``save`` or ``remove`` for a run."""
        if command == "remove":
            self._scope.single_flight(f"remove.{job.id}", lambda: self._remove(job))
        elif job.result is None:
            return
        elif command == "open":
            self.open_result(job.result, job.profile_name, job.id, job.profile_id)
        elif command == "save":
            files = job.result.files
            self._scope.single_flight("save", lambda: self._save(files))

    def open_result(
        self, result: ReportResult, site: str, key: str, profile_id: ProfileId, *, owned: bool = False
    ) -> ResultWindow:
        """Show a result in a window of its own, or bring it to the front.

        Args:
            key: names the window; the id of its job where it has one.
            owned: nobody else keeps the result: its tables are freed when the window is closed.
        """
        known = self.windows.get(key)
        if known is not None:
            known.show()
            known.raise_()
            known.activateWindow()
            return known
        from console.ui.results.window import ResultWindow

        async def course(call_id: str) -> CallFlow:
            return await self._reports.call_flow(profile_id, call_id)

        window = ResultWindow(
            self._theme,
            result,
            site=site,
            is_demo=self._is_demo,
            state=self._state,
            call_flow=course,
            report=self._report,
        )
        self.windows[key] = window
        self._scope.start(self._show(key, window, result if owned else None), f"result.{key}")
        return window

    async def aclose(self) -> None:
        """Close the windows and end what is under way."""
        for window in tuple(self.windows.values()):
            await window.aclose()
        await self._scope.aclose()

    async def _show(self, key: str, window: ResultWindow, owned: ReportResult | None) -> None:
        try:
            await window.run()
        finally:
            self.windows.pop(key, None)
            if owned is not None:
                await asyncio.to_thread(owned.close)

    async def _remove(self, job: Job) -> None:
        """The window reads the run's tables: it goes first."""
        window = self.windows.get(job.id)
        if window is not None:
            await window.aclose()
        self._reports.jobs.remove(job)

    async def _save(self, files: tuple[RawFile, ...]) -> None:
        for file in files:
            target = await save_file(self._window, self._theme, tr("Save the file as the system sent it"), file.name)
            if target is None:
                return
            try:
                await asyncio.to_thread(copy_whole, file.path, target)
            except ConsoleError as error:
                await tell(self._window, self._theme, tr("That did not work"), translate(error.message))
                return


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all; the dialog has asked before an existing one is replaced. Blocking."""
    with whole_file(target, replace=True) as part:
        shutil.copyfile(source, part)
