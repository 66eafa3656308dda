"""What the report window's buttons do beyond running: presets, imports, schedules, and runs of the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.engine.report_records import HistoryEntry
from console.reports.result import ReportResult
from console.reports.schema import ReportDefinition, Values
from console.tasks import Report, TaskScope
from console.ui.reports.desk import Desk
from console.ui.reports.history_tab import range_words
from console.ui.reports.opening import Opener
from console.ui.reports.values_text import frozen
from console.ui.runtime.dialogs import run_dialog, tell
from console.ui.services import Services
from console.ui.text import tr, translate
from console.ui.theme import Theme

Start = Callable[[ReportDefinition, Values, str, tuple[ProfileId, ...]], None]


class Acts(QObject):
    """Carries out buttons of one report window; one dialog at a time. Dialogs are imported when they are opened.

    Args:
        start: runs a report at sites and says in the window what stands in the way.
        sites: the connections that are chosen.

    Signals:
        imported: a report was made of pasted request details; carries its id.
    """

    imported = Signal(str)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        desk: Desk,
        services: Services,
        opener: Opener,
        scope: TaskScope,
        *,
        start: Start,
        sites: Callable[[], tuple[ProfileId, ...]],
        report: Report | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._desk = desk
        self._services = services
        self._opener = opener
        self._scope = scope
        self._start = start
        self._sites = sites
        self._report = report
        self.dialog: QDialog | None = None  # the one that is open

    # -- runs of the past

    def again(self, entry: HistoryEntry) -> None:
        """Run with the same words; "yesterday" is worked out anew."""
        definition = self._desk.definition
        if definition is not None:
            self._start(definition, entry.values, entry.format, (entry.profile_id,))

    def retry(self, entry: HistoryEntry) -> None:
        """Run with the very range of then: the same plan where its run is still known, else its dates as such."""
        job = self._desk.reports.jobs.get(entry.id)
        if job is not None and job.is_over:
            self._desk.reports.jobs.retry(job)
            return
        definition = self._desk.definition
        if definition is not None:
            values = frozen(definition, entry.values, entry.timeframe)
            self._start(definition, values, entry.format, (entry.profile_id,))

    def copy(self, entry: HistoryEntry) -> None:
        """Put the parameters of a run into the form."""
        if self._desk.definition is not None:
            self._desk.fill(entry.values)

    def open_entry(self, entry: HistoryEntry) -> None:
        """Open the result of a run that is still there."""
        job = self._desk.result_job(entry.id)
        if job is not None:
            self._opener.act("open", job)

    def compare(self, before: HistoryEntry, after: HistoryEntry) -> None:
        """Open what changed between two runs."""
        self._scope.single_flight("compare", lambda: self._compare(before, after))

    async def _compare(self, before: HistoryEntry, after: HistoryEntry) -> None:
        first, second = self._desk.result_job(before.id), self._desk.result_job(after.id)
        if first is None or second is None or first.result is None or second.result is None:
            return
        try:
            found = await self._desk.reports.compare(first.result, second.result)
        except ConsoleError as error:
            await tell(self._window, self._theme, tr("These runs cannot be compared"), translate(error.message))
            return
        title = compared_title(before, after)
        plan = replace(second.plan, title=title, requests=(), timeframe=None)
        result = ReportResult(plan, title, found.table)
        key = f"{before.id}.{after.id}"
        if key in self._opener.windows:
            await asyncio.to_thread(result.close)
        self._opener.open_result(result, after.profile_name, key, after.profile_id, owned=True)

    # -- dialogs

    def save_preset(self) -> None:
        """Save the form under a name."""
        self._show_dialog(self._preset_dialog)

    def import_details(self) -> None:
        """Make a report of pasted request details."""
        self._scope.single_flight("dialog", self._import)

    def schedule(self) -> None:
        """Schedule what the form says."""
        self._scope.single_flight("dialog", self._schedule)

    def show_schedules(self) -> None:
        """List the schedules."""
        self._scope.single_flight("dialog", self._schedules)

    def _show_dialog(self, make: Callable[[], QDialog | None]) -> None:
        async def show() -> None:
            dialog = make()
            if dialog is not None:
                await self._run(dialog)

        self._scope.single_flight("dialog", show)

    async def _run(self, dialog: QDialog, clean_up: bool = False) -> bool:
        self.dialog = dialog
        try:
            close = dialog.aclose if clean_up else None  # type: ignore[attr-defined]
            return await run_dialog(dialog, close) == QDialog.DialogCode.Accepted
        finally:
            self.dialog = None

    def _preset_dialog(self) -> QDialog | None:
        from console.ui.reports.presets import PresetDialog

        desk = self._desk
        if desk.profile_id is None or desk.definition is None or desk.form is None:
            return None
        memory, values = desk.reports.memory, desk.form.values()
        return PresetDialog(
            self._window, self._theme, memory, desk.profile_id, desk.definition, values, desk.format_name()
        )

    async def _import(self) -> None:
        from console.ui.reports.import_dialog import ImportDialog

        profile_id = self._desk.profile_id
        profile = self._services.profiles.get(profile_id) if profile_id is not None else None
        if profile is None:
            return
        dialog = ImportDialog(self._window, self._theme, self._desk.reports, profile, self._report)
        if await self._run(dialog, clean_up=True) and isValid(self):
            self.imported.emit(dialog.report_id)

    async def _schedule(self) -> None:
        from console.ui.reports.schedule_dialog import ScheduleDialog

        desk = self._desk
        if desk.profile_id is None or desk.definition is None or desk.form is None:
            return
        if self._services.schedules is None:
            await self._tell_why_not()
            return
        if desk.form.focus_first_problem():
            return
        sites = [profile for site in self._sites() if (profile := self._services.profiles.get(site)) is not None]
        dialog = ScheduleDialog(self._window, self._theme, self._services.schedules, desk, sites, self._report)
        if await self._run(dialog, clean_up=True):
            await self._schedules()

    async def _schedules(self) -> None:
        from console.ui.reports.schedule_list import SchedulesDialog

        if self._services.schedules is None:
            await self._tell_why_not()
            return
        dialog = SchedulesDialog(self._window, self._theme, self._services.schedules, self._report)
        await self._run(dialog, clean_up=True)

    async def _tell_why_not(self) -> None:
        why = self._services.schedules_off or tr("This computer's scheduler cannot be used.")
        await tell(self._window, self._theme, tr("Reports cannot be scheduled here"), why)


def compared_title(before: HistoryEntry, after: HistoryEntry) -> str:
    """Which two runs were compared: by their ranges, or by when they ran where those are the same."""
    first, second = range_words(before.timeframe), range_words(after.timeframe)
    if first == second:
        first, second = (f"{entry.started_at.astimezone():%Y-%m-%d %H:%M:%S}" for entry in (before, after))
    return tr("{title}: {first} and {second} compared", title=after.title, first=first, second=second)
