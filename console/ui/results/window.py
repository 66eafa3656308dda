"""A finished report on screen: what was asked, what must be said about it, its rows, sub-reports, chart and files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from console.domain.callflow import CALL_ID_COLUMN, CallFlow
from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.reports.result import RawFile, ReportResult
from console.tasks import Report, TaskScope
from console.ui.ranges import range_text
from console.ui.results.details import DetailsPage
from console.ui.results.files import FilesPage
from console.ui.results.late import LatePage
from console.ui.results.notes import NotesStrip
from console.ui.results.panel import ResultPanel
from console.ui.results.said import must_know
from console.ui.results.save_flow import SaveFlow
from console.ui.results.saving import SaveBar
from console.ui.results.services import Desktop, SystemDesktop
from console.ui.results.sub_reports import SubReportsPage
from console.ui.results.summary import SummaryStrip
from console.ui.runtime.dialogs import ask
from console.ui.services import MemoryState, StateProvider
from console.ui.text import mnemonic_safe, plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import DemoMark, ElidedLabel, line, push_button
from console.ui.windows import geometry

if TYPE_CHECKING:
    from console.reports.table import Table
    from console.ui.callflow import CallFlowWindow
    from console.ui.charts import ChartPage

AskFlow = Callable[[str], Awaitable[CallFlow]]
_GEOMETRY = "results.geometry"
_WIDTH, _HEIGHT = 1180, 760


class ResultWindow(QWidget):
    """Shows one `ReportResult`, without holding anything else up. `await window.run()` shows it until it is closed.

    The window reads the result's tables while it is open and never closes them: whoever owns the result does that
    after `run` (or `aclose`) has ended.

    Signals:
        closed: the user closed it; its work ends in `aclose`.

    Args:
        site: name of the profile, or of all of them.
        is_demo: marks the window and every file made from it.
        state: remembers columns, the last choices for saving, the window's place.
        desktop: names files and opens folders.
        folder: where the file dialog begins; the last one used after that.
        call_flow: gives the course of a call by the text of a row's call id; None where the system has none.
        report: is told of failures nobody expected.
    """

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        result: ReportResult,
        *,
        site: str = "",
        is_demo: bool = False,
        state: StateProvider | None = None,
        desktop: Desktop | None = None,
        folder: Path | None = None,
        call_flow: AskFlow | None = None,
        report: Report | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.theme = theme
        self.result = result
        self.site = site
        self.is_demo = is_demo
        self.state = state or MemoryState()
        self._call_flow = call_flow
        self._scope = TaskScope("result", report)
        self._flows: list[CallFlowWindow] = []
        self._may_close = False
        self._ended: asyncio.Future[None] | None = None
        self.panel: ResultPanel | None = None
        self.sub_page: SubReportsPage | None = None
        self.files_page: FilesPage | None = None
        self.chart: LatePage[ChartPage] | None = None
        self.setObjectName("surface-window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title()
        self._build()
        self.saving = SaveFlow(self, self.bar, self._scope, desktop or SystemDesktop(theme), folder)
        self._connect()
        self._place()

    # -- its life

    async def run(self) -> None:
        """Show the window, wait until the user closes it, and free it."""
        self.show()
        self.raise_()
        self.activateWindow()
        await self.until_closed()
        await self.aclose()
        self.deleteLater()

    async def until_closed(self) -> None:
        """Wait until the window is closed."""
        self._ended = asyncio.get_running_loop().create_future()
        try:
            await self._ended
        finally:
            self._ended = None

    async def aclose(self) -> None:
        """Close, and end what is under way."""
        self._may_close = True
        self.close()
        for flow in tuple(self._flows):
            await flow.aclose()
        for panel in self._panels():
            panel.stop()
        await self._scope.aclose()
        if self.chart is not None and self.chart.page is not None:
            self.chart.page.dispose()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first where a file is being written."""
        if self.saving.is_busy and not self._may_close:
            event.ignore()
            self._scope.single_flight("leave", self._leave)
            return
        self.state.put(_GEOMETRY, geometry.save(self))
        event.accept()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        self.closed.emit()

    # -- asked

    def current_panel(self) -> ResultPanel | None:
        """The rows on screen."""
        page = self.tabs.currentWidget()
        if self.sub_page is not None and page is self.sub_page:
            return self.sub_page.panel
        return self.panel or (self.sub_page.panel if self.sub_page is not None else None)

    def open_chart(self) -> ChartPage | None:
        """Go to the chart; None where there are no rows at all to draw."""
        if self.chart is None:
            return None
        self.tabs.setCurrentWidget(self.chart)
        return self.chart.made()

    async def show_call_flow(self, call_id: str) -> CallFlowWindow | None:
        """Open the course of a call; None where the system has none to give."""
        if self._call_flow is None or not call_id:
            return None
        from console.ui.callflow import CallFlowWindow

        window = CallFlowWindow(self.theme, call_id, self._call_flow, site=self.site, is_demo=self.is_demo, parent=self)
        self._flows.append(window)
        try:
            await window.run()
        finally:
            self._flows.remove(window)
        return window

    # -- building

    def _title(self) -> None:
        parts = [tr("DEMO")] if self.is_demo else []
        parts += [safe_text(self.result.title, 120), safe_text(self.site, 80)]
        self.setWindowTitle(" - ".join(part for part in parts if part))

    def _build(self) -> None:
        theme, result = self.theme, self.result
        self.bar = SaveBar(theme, self)
        self.notes = NotesStrip(theme, must_know(result), result.missing, self)
        self.summary = SummaryStrip(theme, self)
        self.summary.show_items(result.summary)
        self.tabs = QTabWidget(self)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("Parts of the result"))
        self.tabs.setDocumentMode(True)
        self.tabs.setFont(theme.font())
        self._add_pages()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self.notes)
        if not self.notes.isHidden():
            column.addSpacing(Space.INSIDE)
        column.addWidget(self.summary)
        column.addWidget(self.tabs, 1)
        column.addWidget(line(parent=self))
        column.addWidget(self.bar)

    def _head(self) -> QHBoxLayout:
        theme, frame = self.theme, self.result.plan.timeframe
        self.title_label = ElidedLabel(theme, safe_text(self.result.title, 200), Type.TITLE, bold=True)
        asked = range_text(frame) if frame is not None else tr("No timeframe") if self.result.plan.requests else ""
        facts = [safe_text(self.site, 120), asked]
        self.frame_label = ElidedLabel(theme, "  ·  ".join(fact for fact in facts if fact), muted=True)
        self.copy_button = push_button(theme, tr("Copy rows"))
        self.save_button = push_button(theme, tr("Save as…"), "primary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title_label)
        words.addWidget(self.frame_label)
        head = QHBoxLayout()
        head.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.BETWEEN)
        head.setSpacing(Space.INSIDE)
        head.addLayout(words, 1)
        if self.is_demo:
            head.addWidget(DemoMark(theme, self))
        head.addWidget(self.copy_button)
        head.addWidget(self.save_button)
        return head

    def _add_pages(self) -> None:
        result = self.result
        if result.table is not None:
            self.panel = self._panel_of(result.table)
            self.tabs.addTab(self.panel, mnemonic_safe(tr("Table")))
        if result.sub_table is not None:
            entering = self._entering(result.sub_table)
            self.sub_page = SubReportsPage(self.theme, result, self._scope, self.state, entering=entering)
            self.sub_page.row_entered.connect(self._on_row_entered)
            self.tabs.addTab(self.sub_page, tr("Sub-reports ({n})", n=len(result.sub_reports)))
        if self.panel is not None or self.sub_page is not None:
            self.chart = LatePage(self._make_chart)
            self.tabs.addTab(self.chart, tr("Chart"))
        if result.files:
            self.files_page = FilesPage(self.theme, result.files, self._scope)
            self.files_page.save_asked.connect(self._on_file_asked)
            self.tabs.addTab(self.files_page, plural("{n} file", "{n} files", len(result.files)))
        self.details = LatePage(self._make_details)
        self.tabs.addTab(self.details, tr("Details"))
        if self.panel is not None and not self.panel.model.rowCount() and self.sub_page is not None:
            self.tabs.setCurrentWidget(self.sub_page)

    def _make_chart(self) -> ChartPage:
        from console.ui.charts import ChartPage

        panel = self.panel or (self.sub_page.panel if self.sub_page is not None else None)
        assert panel is not None
        model, title, name = panel.model, self.windowTitle(), self._name_picture
        page = ChartPage(self.theme, self._scope, model.columns, lambda: model.view, title, name)
        panel.rows_changed.connect(page.refresh)
        page.saved.connect(self._on_picture)
        return page

    def _make_details(self) -> DetailsPage:
        return DetailsPage(self.theme, self.result)

    def _panel_of(self, table: Table) -> ResultPanel:
        report = self.result.plan.report_id
        panel = ResultPanel(self.theme, table, self._scope, self.state, report, entering=self._entering(table))
        panel.row_entered.connect(self._on_row_entered)
        return panel

    def _entering(self, table: Table) -> str:
        has_calls = self._call_flow is not None and any(column.id == CALL_ID_COLUMN for column in table.columns)
        return tr("Show the course of the call") if has_calls else ""

    def _connect(self) -> None:
        self.save_button.clicked.connect(self.saving.ask)
        self.copy_button.clicked.connect(self._on_copy)
        self.bar.folder_asked.connect(self.saving.open_folder)
        self.tabs.currentChanged.connect(self._on_tab)
        for keys, slot in (
            (QKeySequence.StandardKey.Save, self.saving.ask),
            (QKeySequence.StandardKey.Close, self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        self._on_tab()
        if self.files_page is not None:
            self.files_page.begin()
        panel = self.current_panel()
        self.save_button.setVisible(panel is not None)  # files have a button of their own
        if panel is not None:
            panel.view.setFocus()
        elif self.files_page is not None:
            self.files_page.tree.setFocus()

    def _place(self) -> None:
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        saved = self.state.get(_GEOMETRY)
        if saved is not None:
            geometry.restore(self, saved, screens)
        elif screens:
            room = screens[0]
            size = QSize(min(_WIDTH, int(room.width() * 0.94)), min(_HEIGHT, int(room.height() * 0.9)))
            place = QRect(room.topLeft(), size)
            place.moveCenter(room.center())
            self.setGeometry(place)
        self.move(geometry.beside(self, [each for each in QApplication.topLevelWidgets() if each is not self]))

    # -- inside

    def _panels(self) -> list[ResultPanel]:
        found = [self.panel] if self.panel is not None else []
        return found + ([self.sub_page.panel] if self.sub_page is not None else [])

    async def _leave(self) -> None:
        text = tr("A file is still being written. If you close the window now, nothing is saved.")
        if await ask(
            self, self.theme, tr("Stop saving?"), text, confirm=tr("Stop and close"), cancel=tr("Keep saving")
        ):
            self._may_close = True
            self.close()

    async def _show_flow_of(self, panel: ResultPanel, row: int) -> None:
        place = next((n for n, column in enumerate(panel.model.columns) if column.id == CALL_ID_COLUMN), -1)
        if place < 0 or not panel.entering:
            return
        try:
            rows = await panel.model.rows([row])
        except ConsoleError:
            return  # the result was closed meanwhile
        if rows and rows[0][place]:
            self._scope.start(self.show_call_flow(rows[0][place]), "flow")

    @Slot(int)
    def _on_row_entered(self, row: int) -> None:
        panel = self.current_panel()
        if panel is not None:
            self._scope.single_flight("open-flow", lambda: self._show_flow_of(panel, row))

    @Slot()
    def _on_copy(self) -> None:
        panel = self.current_panel()
        if panel is not None:
            if not panel.view.selected_runs():
                panel.view.selectAll()
            panel.copy(True)

    @Slot()
    def _on_tab(self) -> None:
        page = self.tabs.currentWidget()
        self.copy_button.setVisible(page is not None and page in (self.panel, self.sub_page))

    async def _name_picture(self, suffix: str) -> Path | None:
        return await self.saving.name_picture(suffix)

    @Slot(str, object)
    def _on_picture(self, text: str, path: Path | None) -> None:
        self.saving.told(text, path)

    @Slot(object)
    def _on_file_asked(self, file: RawFile) -> None:
        self.saving.ask_for_file(file)
