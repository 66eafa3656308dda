"""Reports as the main window sees them: the report window, the runs below the panes, the results opened from either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from console.domain.clock import Clock
from console.domain.model import ProfileId
from console.tasks import Report
from console.ui.services import Services, StateProvider
from console.ui.theme import Theme

if TYPE_CHECKING:
    from console.engine.reports import Reports
    from console.ui.reports.jobs_panel import JobsPanel
    from console.ui.reports.opening import Opener
    from console.ui.reports.window import ReportWindow
    from console.ui.windows.docks import DockArea

RUNS_HEIGHT = 150  # px of the runs when they first appear


class ReportDesk(QObject):
    """Opens what belongs to reports; nothing of it is imported before it is wanted."""

    def __init__(
        self,
        window: QMainWindow,
        theme: Theme,
        clock: Clock,
        state: StateProvider,
        docks: DockArea,
        *,
        is_demo: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__(window)
        self._owner = window
        self._theme = theme
        self._clock = clock
        self._state = state
        self._docks = docks
        self._is_demo = is_demo
        self._report = report
        self._services: Services | None = None
        self._opener: Opener | None = None
        self._unsubscribe: object = None
        self._had_runs = False
        self.window: ReportWindow | None = None
        self.panel: JobsPanel | None = None

    def attach(self, services: Services) -> None:
        """Take the services; commands before that do nothing."""
        self._services = services
        if services.reports is not None:
            self._unsubscribe = services.reports.jobs.subscribe(self._on_jobs)
            self._docks.jobs.visibilityChanged.connect(self._on_visible)
            if self._docks.jobs.isVisible():  # the layout of last time shows it
                self._the_panel()

    def open_reports(self, profile_id: str = "", report_id: str = "") -> None:
        """Open the report window, or bring it to the front; at a connection and report where they are named."""
        services = self._services
        if services is None or services.reports is None:
            return
        if self.window is None:
            from console.ui.reports.window import ReportWindow

            opener = self._the_opener(services.reports)
            self.window = ReportWindow(
                self._theme, self._clock, services, self._state, opener, is_demo=self._is_demo, report=self._report
            )
        self.window.open()
        if profile_id:
            self.window.use(ProfileId(profile_id), report_id)

    def show_jobs(self) -> None:
        """Show the runs below the panes."""
        if self._the_panel() is None:
            return
        dock = self._docks.jobs
        dock.show()
        self._docks.fit_runs()
        dock.raise_()
        QTimer.singleShot(0, self, self._give_height)

    def save_state(self) -> None:
        """Remember the report window, if it was opened."""
        if self.window is not None:
            self.window.save_state()

    async def aclose(self) -> None:
        """Close what was opened, before the engine closes."""
        if callable(self._unsubscribe):
            self._unsubscribe()
        if self.panel is not None:
            self.panel.detach()
        if self.window is not None:
            await self.window.aclose()
            self.window.deleteLater()
        if self._opener is not None:
            await self._opener.aclose()

    # -- inside

    def _the_opener(self, reports: Reports) -> Opener:
        if self._opener is None:
            from console.ui.reports.opening import Opener

            self._opener = Opener(
                self._owner, self._theme, reports, self._state, is_demo=self._is_demo, report=self._report
            )
        return self._opener

    def _the_panel(self) -> JobsPanel | None:
        services = self._services
        if services is None or services.reports is None:
            return None
        if self.panel is None:
            from console.ui.reports.jobs_panel import JobsPanel

            self.panel = JobsPanel(self._theme)
            self.panel.setProperty("surface", "pane")
            self.panel.acted.connect(self._the_opener(services.reports).act)
            self._docks.jobs.setWidget(self.panel)
            self.panel.attach(services.reports.jobs)
        return self.panel

    def _on_jobs(self, _changed: frozenset[str]) -> None:
        """The first run of a session brings the runs into sight; whoever hides them then is left in peace."""
        if not self._had_runs:
            self._had_runs = True
            self.show_jobs()

    def _on_visible(self, is_visible: bool) -> None:
        if is_visible:
            self._the_panel()

    def _give_height(self) -> None:
        dock = self._docks.jobs
        if not dock.isFloating() and dock.height() < RUNS_HEIGHT:
            self._docks.resizeDocks([dock], [RUNS_HEIGHT], Qt.Orientation.Vertical)
