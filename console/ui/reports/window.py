"""The report window: list, form, and beside them preview, request, history and meaning; the runs below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QTabWidget, QWidget
from shiboken6 import isValid

from console.domain.clock import Clock
from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.engine.report_records import HistoryEntry
from console.engine.reports import Job, Reports
from console.reports.schema import ReportDefinition, Values
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.reports.about_tab import AboutTab
from console.ui.reports.acts import Acts
from console.ui.reports.desk import Desk
from console.ui.reports.form_column import RUN_KEY, FormColumn
from console.ui.reports.history_tab import HistoryTab
from console.ui.reports.jobs_panel import JobsPanel
from console.ui.reports.list_rows import ListRow
from console.ui.reports.opening import Opener
from console.ui.reports.preview_tab import PreviewTab
from console.ui.reports.report_list import ReportList
from console.ui.reports.request_tab import RequestView
from console.ui.reports.shelf_acts import ShelfActs
from console.ui.services import Services, StateProvider
from console.ui.text import tr, translate
from console.ui.theme import Theme
from console.ui.windows import geometry

GEOMETRY_KEY: Final = "reports.geometry"
COLUMNS_KEY: Final = "reports.columns"
ROWS_KEY: Final = "reports.rows"
TAB_KEY: Final = "reports.tab"
LANGUAGE_KEY: Final = "reports.language"
PLACE_KEY: Final = "reports.place"  # [profile id, report id]
REST_MS: Final = 250  # after the last keystroke, before the request is worked out
PREVIEW, REQUEST, HISTORY, ABOUT = range(4)


class ReportWindow(QMainWindow):
    """Asks for reports. Non-modal; closing hides it, and everything stays as it was.

    Args:
        services: those of the main window; `Services.reports` is set.
        opener: opens results, shared with the main window.
    """

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        services: Services,
        state: StateProvider,
        opener: Opener,
        *,
        is_demo: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__()
        assert services.reports is not None
        self.setObjectName("reports")
        title = tr("Reports")
        self.setWindowTitle(f"{title} — {tr('DEMO')}" if is_demo else title)
        self.setMinimumSize(QSize(960, 560))
        self._theme = theme
        self._services = services
        self._state = state
        self._opener = opener
        self._reports: Reports = services.reports
        self._scope = TaskScope("reports window", report)
        self.desk = Desk(theme, clock, self._reports, services.profiles, self._scope, self)
        self.list = ReportList(theme)
        self.column = FormColumn(theme)
        self.desk.read_format_by(self.column.format_name)
        self.preview = PreviewTab(theme, self._scope)
        self.request = RequestView(theme, self._scope)
        self.history = HistoryTab(theme, self._has_result)
        self.about = AboutTab(theme)
        self.jobs = JobsPanel(theme)
        parts = (self, theme, self.desk, services, opener, self._scope)
        self.acts = Acts(*parts, start=self._start, sites=self.list.chosen_sites, report=report)
        self.acts.imported.connect(self._on_imported)
        self.shelf_acts = ShelfActs(self, theme, self.desk, self._scope)
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.setInterval(REST_MS)
        self._rested.timeout.connect(self._on_rested)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._refresh_runs)
        self._build()
        self._connect()
        self._restore()
        self.jobs.attach(self._reports.jobs)
        self._forget_memory = self._reports.memory.subscribe(self._on_memory)
        self._forget_profiles = services.profiles.subscribe(self._on_profiles)
        self._on_profiles()

    # -- what the owner calls

    def open(self) -> None:
        """Show it, in front."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()
        if QApplication.focusWidget() in (None, self.list.profile):  # nobody has been anywhere yet
            self.list.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def use(self, profile_id: ProfileId, report_id: str = "") -> None:
        """Go to a connection, and to a report of it."""
        at = self.list.profile.findData(str(profile_id))
        if at >= 0 and at != self.list.profile.currentIndex():
            self.list.profile.blockSignals(True)
            self.list.profile.setCurrentIndex(at)
            self.list.profile.blockSignals(False)
        if at >= 0:
            self.desk.use_profile(profile_id, report_id)

    async def aclose(self) -> None:
        """End what is under way and close for good; called before the engine closes."""
        self.save_state()
        self.jobs.detach()
        self._forget_memory()
        if callable(self._forget_profiles):
            self._forget_profiles()
        self._rested.stop()
        self._soon.stop()
        self.tabs.currentChanged.disconnect(self._on_tab)  # tabs that go one by one would tell a window that is gone
        self.preview.show_report(None)
        await self._scope.aclose()
        self.close()

    def save_state(self) -> None:
        """Remember place, sizes, tab, connection and report."""
        self._state.put(GEOMETRY_KEY, geometry.save(self))
        self._state.put(COLUMNS_KEY, self.columns.sizes())
        self._state.put(ROWS_KEY, self.rows.sizes())
        self._state.put(TAB_KEY, self.tabs.currentIndex())
        self._state.put(LANGUAGE_KEY, self.request.language)
        definition = self.desk.definition
        if self.desk.profile_id is not None:
            self._state.put(PLACE_KEY, [str(self.desk.profile_id), definition.id if definition is not None else ""])

    # -- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how it was; runs go on."""
        self.save_state()
        super().closeEvent(event)

    # -- building

    def _build(self) -> None:
        self.list.setProperty("surface", "pane")
        self.column.setProperty("surface", "pane")
        panes: tuple[QWidget, ...] = (self.list, self.column, self.jobs)
        for pane in panes:
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("About the report"))
        for widget, caption in (
            (self.preview, tr("Preview")),
            (self.request, tr("Request")),
            (self.history, tr("History")),
            (self.about, tr("About")),
        ):
            widget.setProperty("surface", "pane")
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.tabs.addTab(widget, caption)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        sides: tuple[tuple[QWidget, int], ...] = ((self.list, 0), (self.column, 2), (self.tabs, 3))
        for part, stretch in sides:
            self.columns.addWidget(part)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.tabs.setMinimumWidth(340)
        self.jobs.setProperty("surface", "pane")
        self.jobs.setMinimumHeight(56)
        self.jobs.hide()
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.addWidget(self.columns)
        self.rows.addWidget(self.jobs)
        self.rows.setStretchFactor(0, 1)
        self.rows.setChildrenCollapsible(False)
        self.columns.setChildrenCollapsible(False)
        self.setCentralWidget(self.rows)

    def _connect(self) -> None:
        self.list.profile_chosen.connect(self._on_profile)
        self.list.sites_changed.connect(self._on_sites)
        self.list.report_chosen.connect(self._on_report)
        self.list.report_opened.connect(self._on_opened)
        self.list.view.menu_wanted.connect(self.shelf_acts.show_menu)
        self.list.star_wanted.connect(self.shelf_acts.toggle_star)
        self.list.discover_wanted.connect(self.desk.discover)
        self.list.import_wanted.connect(self.acts.import_details)
        self.list.schedules_wanted.connect(self.acts.show_schedules)
        self.column.run_wanted.connect(self.run)
        self.column.reset_wanted.connect(self.desk.reset)
        self.column.star_wanted.connect(self._on_star)
        self.column.preset_wanted.connect(self.acts.save_preset)
        self.column.schedule_wanted.connect(self.acts.schedule)
        self.column.format_changed.connect(self._on_form_changed)
        self.desk.shelf_changed.connect(self._on_shelf)
        self.desk.report_changed.connect(self._on_report_changed)
        self.desk.told.connect(self._on_told)
        self.desk.busy_changed.connect(self.list.set_busy)
        self.tabs.currentChanged.connect(self._on_tab)
        self.preview.open_wanted.connect(self._on_open_job)
        self.history.again_wanted.connect(self.acts.again)
        self.history.retry_wanted.connect(self.acts.retry)
        self.history.copy_wanted.connect(self.acts.copy)
        self.history.open_wanted.connect(self.acts.open_entry)
        self.history.compare_wanted.connect(self.acts.compare)
        self.jobs.acted.connect(self._opener.act)
        self.jobs.changed.connect(self._on_jobs)
        keys: tuple[tuple[str | QKeySequence.StandardKey, Callable[[], object]], ...] = (
            (RUN_KEY, self.run),
            ("Ctrl+Enter", self.run),
            (QKeySequence.StandardKey.Find, self._on_find),
            ("F5", self.desk.discover),
            (QKeySequence.StandardKey.Close, self.close),
        )
        for key, slot in keys:
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        for at in range(self.tabs.count()):
            QShortcut(QKeySequence(f"Ctrl+{at + 1}"), self).activated.connect(self._on_tab_key)

    def _restore(self) -> None:
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
        geometry.restore(self, self._state.get(GEOMETRY_KEY), screens)
        self.columns.setSizes(_sizes(self._state.get(COLUMNS_KEY), (270, 440, 620)))
        self.rows.setSizes(_sizes(self._state.get(ROWS_KEY), (700, 92)))
        tab = self._state.get(TAB_KEY)
        self.tabs.setCurrentIndex(tab if isinstance(tab, int) and 0 <= tab < self.tabs.count() else PREVIEW)
        language = self._state.get(LANGUAGE_KEY)
        if isinstance(language, str):
            self.request.set_language(language)

    # -- connection and report

    def _on_profiles(self) -> None:
        offered = tuple(self._services.profiles.all)
        known = {profile.id for profile in offered}
        leading = self.desk.profile_id
        if leading in known:
            self.list.show_profiles(offered, leading)
            self.desk.renew_site()
            return
        place = self._state.get(PLACE_KEY)
        saved = place if isinstance(place, list) and len(place) == 2 else ["", ""]
        first = next((p.id for p in offered if p.id == saved[0]), offered[0].id if offered else None)
        self.list.show_profiles(offered, first)
        if first is None:
            self.desk.drop_profile()
        else:
            self.desk.use_profile(first, str(saved[1]) if first == saved[0] else "")

    def _on_profile(self, profile_id: str) -> None:
        self.desk.use_profile(ProfileId(profile_id))

    def _on_sites(self) -> None:
        self.column.show_sites(len(self.list.chosen_sites()))
        self._soon.start()

    def _on_shelf(self) -> None:
        self.list.show_shelf(self.desk.shelf())
        profile_id = self.desk.profile_id
        self.list.set_can_import(profile_id is not None and self._reports.can_import(profile_id))

    def _on_told(self, is_failure: bool, sentence: str) -> None:
        self.list.say(LightTone.CAUTION if is_failure else LightTone.QUIET, sentence)

    def _on_report(self, row: ListRow) -> None:
        preset = self.desk.preset(row.preset_id) if row.preset_id else None
        is_same = self.desk.definition is not None and self.desk.definition.id == row.report_id
        if preset is not None or not is_same:
            self.desk.choose(row.report_id, preset)

    def _on_opened(self, _row: ListRow) -> None:
        form = self.desk.form
        if form is not None:
            shown = [param.id for param in form.definition.params if form.is_shown(param.id) and param.editable]
            for name in shown[:1]:
                form.editor(name).focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_report_changed(self) -> None:
        definition, form = self.desk.definition, self.desk.form
        if definition is None or form is None:
            self._show_no_report()
        else:
            starred = self.desk.is_starred()
            self.column.show_report(definition, form, self.desk.first_format, starred=starred)
            form.changed.connect(self._on_form_changed)
            self.list.view.show_chosen(definition.id, *_place(self.list.view.current_row(), definition.id))
        self.column.show_sites(len(self.list.chosen_sites()))
        if self.tabs.currentIndex() == ABOUT:
            self.about.show_report(definition)
        self._refresh_runs()
        self._on_rested()

    def _show_no_report(self) -> None:
        if self.desk.profile_id is None:
            title, sentence = tr("No connections yet"), tr("Add one in the main window to ask for its reports.")
            self.column.show_empty(title, sentence, "plug")
        else:
            self.column.show_empty(tr("No report chosen"), tr("Choose one in the list: its form appears here."))
        self.request.show_nothing()

    # -- the request

    def _on_form_changed(self) -> None:
        self.column.problem.say(LightTone.QUIET, "")
        self._rested.start()

    def _on_rested(self) -> None:
        form, definition, profile_id = self.desk.form, self.desk.definition, self.desk.profile_id
        if self.tabs.currentIndex() != REQUEST:
            return
        if form is None or definition is None or profile_id is None:
            self.request.show_nothing()
            return
        if form.problems:
            self._scope.cancel("request")
            self.request.show_problem(tuple(dict.fromkeys(sentence for _, sentence in form.problems))[:5])
            return
        asked = (profile_id, definition, form.values(), self.column.format_name())
        self._scope.restart("request", lambda: self._work_out(*asked))

    async def _work_out(self, profile_id: ProfileId, definition: ReportDefinition, values: Values, name: str) -> None:
        try:
            plan = await self._reports.plan(profile_id, definition, values, name)
            details = await self._reports.details(profile_id, plan)
        except ConsoleError as error:
            if isValid(self) and definition is self.desk.definition:
                self.request.show_problem((translate(error.message),))
            return
        if isValid(self) and definition is self.desk.definition:
            self.request.show_details(details)

    # -- running

    def run(self) -> None:
        """Run what the form says; what is wrong is shown where it is."""
        form, definition = self.desk.form, self.desk.definition
        if form is None or definition is None:
            return
        if form.focus_first_problem():
            self.column.problem.say(LightTone.CRITICAL, tr("Not everything can be sent yet; see the fields above."))
            return
        self._start(definition, form.values(), self.column.format_name(), self.list.chosen_sites())

    def _start(self, definition: ReportDefinition, values: Values, name: str, sites: tuple[ProfileId, ...]) -> None:
        self._scope.single_flight("run", lambda: self._begin_run(definition, values, name, sites))

    async def _begin_run(
        self, definition: ReportDefinition, values: Values, name: str, sites: tuple[ProfileId, ...]
    ) -> None:
        self.column.set_running(True)
        self.column.problem.say(LightTone.QUIET, "")
        try:
            if len(sites) > 1:
                await self._reports.run_on_many(sites, definition, values, name)
            else:
                await self._reports.run(sites[0], definition, values, name)
        except ConsoleError as error:
            self.column.problem.say(LightTone.CRITICAL, translate(error.message))
        finally:
            if isValid(self):
                self.column.set_running(False)

    def _on_jobs(self) -> None:
        self.jobs.setVisible(bool(self.jobs.rows))
        if not self._soon.isActive():
            self._soon.start()

    def _refresh_runs(self) -> None:
        sites = self.list.chosen_sites()
        self.preview.show_report(self.desk.definition, self.desk.last_job(sites))
        self.history.show_entries(self.desk.definition, self.desk.history(sites))

    def _on_memory(self) -> None:
        self.list.show_shelf(self.desk.shelf())
        self.column.show_starred(self.desk.is_starred())
        self._soon.start()

    def _on_tab(self, at: int) -> None:
        if at == REQUEST:
            self._on_rested()
        elif at == ABOUT:
            self.about.show_report(self.desk.definition)

    def _on_tab_key(self) -> None:
        sender = self.sender()
        if isinstance(sender, QShortcut):
            self.tabs.setCurrentIndex(int(sender.key().toString()[-1]) - 1)
            self.tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_find(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    # -- stars and dialogs

    def _on_star(self) -> None:
        if self.desk.definition is not None:
            self._reports.memory.star(self.desk.definition, not self.desk.is_starred())

    def _on_imported(self, report_id: str) -> None:
        if self.desk.profile_id is not None:
            self.desk.use_profile(self.desk.profile_id, report_id)

    def _has_result(self, entry: HistoryEntry) -> bool:
        return self.desk.result_job(entry.id) is not None

    def _on_open_job(self, job: Job) -> None:
        self._opener.act("open", job)


def _sizes(saved: object, otherwise: tuple[int, ...]) -> list[int]:
    """Saved sizes of a splitter, where they make sense."""
    if isinstance(saved, list) and len(saved) == len(otherwise) and all(type(part) is int for part in saved):
        return [max(0, part) for part in saved] if any(saved) else list(otherwise)
    return list(otherwise)


def _place(row: ListRow | None, report_id: str) -> tuple[str, str]:
    """Preset and section under which a report stays marked: those of the row the user went to, if it is of it."""
    return (row.preset_id, row.section) if row is not None and row.report_id == report_id else ("", "")
