"""The runs on screen: one row each, newest on top, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from console.engine.jobs import Jobs
from console.engine.report_job import Job
from console.reports.result import Phase
from console.ui.reports.job_words import ICONS, job_line, job_share, job_site, job_title
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, IconButton, Label, line
from console.ui.windows.frame import scrolled

TICK_MS = 1000  # elapsed times move once a second, all at once
SHOWN = 60  # rows; older ended runs are in History


class JobRow(QWidget):
    """One run.

    Signals:
        acted: a button was pressed; carries the command and the `Job`.
    """

    acted = Signal(str, object)

    def __init__(self, theme: Theme, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self.icon = Label(theme)
        self.icon.setFixedSize(20, 20)
        self.title = ElidedLabel(theme, job_title(job), bold=True)
        self.state = ElidedLabel(theme, "", Type.SMALL)
        self.why = Label(theme, size=Type.SMALL, wrap=True)  # what went wrong is never cut short
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(tr("Progress of {title}", title=job_title(job)))
        self.buttons: dict[str, IconButton] = {}
        for command, icon, caption in (
            ("cancel", "x", tr("Cancel {title}", title=job_title(job))),
            ("open", "table", tr("Open the result of {title}", title=job_title(job))),
            ("save", "save", tr("Save the original files of {title}", title=job_title(job))),
            ("retry", "rotate-ccw", tr("Run {title} again, the very same request", title=job_title(job))),
            ("remove", "trash", tr("Remove {title} from the list", title=job_title(job))),
        ):
            button = IconButton(theme, icon, caption)
            button.setProperty("command", command)
            button.clicked.connect(self._on_clicked)
            self.buttons[command] = button
        self._arrange()
        theme.changed.connect(self._on_theme)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands now."""
        job = self.job
        text, share = f"{job_site(job)}  ·  {job_line(job)}", job_share(job)
        now = (job.phase, text, share, job.result is not None)
        if now == self._shown:
            return
        is_new_phase = not self._shown or self._shown[0] is not job.phase or self._shown[3] != now[3]
        self._shown = now
        has_failed = job.phase is Phase.FAILED
        self.state.setText(text)
        self.why.setText(text if has_failed else "")
        self.why.setVisible(has_failed)
        self.state.setVisible(not has_failed)
        self.setAccessibleName(f"{job_title(job)}. {text}")
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(share * 1000))
        if is_new_phase:
            self._show_phase()

    def _show_phase(self) -> None:
        job = self.job
        has_result = job.result is not None
        shown = {
            "cancel": not job.is_over,
            "open": has_result,
            "save": has_result and job.result is not None and bool(job.result.files),
            "retry": job.is_over,
            "remove": job.is_over,
        }
        for command, button in self.buttons.items():
            button.setVisible(shown[command])
        palette = self._theme.palette
        ink = {Phase.DONE: palette.available.edge, Phase.FAILED: palette.critical.edge}.get(job.phase, palette.muted)
        self.icon.setPixmap(self._theme.pixmap(ICONS[job.phase], ink, 16, self.devicePixelRatioF()))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.INSIDE, Space.TIGHT)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self.icon)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.state)
        names.addWidget(self.why)
        row.addLayout(names, 1)
        row.addWidget(self.bar)
        for button in self.buttons.values():
            row.addWidget(button)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("command")), self.job)

    def _on_theme(self) -> None:
        self._show_phase()


class JobsPanel(QWidget):
    """All runs. It follows `jobs` from `attach` to `detach`, and ticks only while it is seen and something runs.

    Signals:
        acted: ``open``, ``save`` or ``remove`` of a `Job`; the rest is done here.
        changed: there are other runs, or one of them stands otherwise.
    """

    acted = Signal(str, object)
    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._jobs: Jobs | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self.rows: dict[str, JobRow] = {}
        self.empty = EmptyState(theme)
        self.empty.show_state("list", tr("No reports are running"), tr("Runs appear here, with their results."))
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(scrolled(self._list))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.setAccessibleName(tr("Report runs"))
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._on_tick)

    def attach(self, jobs: Jobs) -> None:
        """Follow these jobs."""
        self._jobs = jobs
        self._unsubscribe = jobs.subscribe(self._on_changed)
        self._on_changed(frozenset(job.id for job in jobs.all))

    def detach(self) -> None:
        """Stop following."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._ticker.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with time."""
        super().showEvent(event)
        self._on_tick()
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._ticker.stop()

    # -- inside

    def _on_changed(self, changed: frozenset[str]) -> None:
        jobs = self._jobs
        if jobs is None:
            return
        shown = self._shown(jobs.all)
        for job_id in [known for known in self.rows if all(known != job.id for job in shown)]:
            self._drop(job_id)
        for job in shown:
            row = self.rows.get(job.id)
            if row is None:
                self._add(job)
            elif job.id in changed:
                row.refresh()
        self._pages.setCurrentIndex(1 if self.rows else 0)
        self._pace()
        self.changed.emit()

    def _shown(self, jobs: Sequence[Job]) -> list[Job]:
        """Everything that runs, and the newest of what has ended, oldest first."""
        over = [job for job in jobs if job.is_over]
        hidden = {job.id for job in over[: max(0, len(over) - SHOWN)]}
        return [job for job in jobs if job.id not in hidden]

    def _add(self, job: Job) -> None:
        holder = JobRow(self._theme, job)
        holder.acted.connect(self._on_acted)
        rule = line()
        layout = QVBoxLayout()
        layout.setSpacing(0)
        layout.addWidget(holder)
        layout.addWidget(rule)
        holder.setProperty("rule", True)
        self._column.insertLayout(0, layout)
        self.rows[job.id] = holder

    def _drop(self, job_id: str) -> None:
        row = self.rows.pop(job_id)
        for at in range(self._column.count()):
            layout = self._column.itemAt(at).layout()
            if layout is not None and layout.indexOf(row) >= 0:
                while (item := layout.takeAt(0)) is not None:
                    if (widget := item.widget()) is not None:
                        widget.hide()
                        widget.deleteLater()
                self._column.removeItem(layout)
                layout.deleteLater()
                return

    def _on_acted(self, command: str, job: Job) -> None:
        jobs = self._jobs
        if jobs is None:
            return
        if command == "cancel":
            jobs.cancel(job)
        elif command == "retry":
            jobs.retry(job)
        else:
            self.acted.emit(command, job)

    def _on_tick(self) -> None:
        for row in self.rows.values():
            if not row.job.is_over:
                row.refresh()

    def _pace(self) -> None:
        runs = any(not row.job.is_over for row in self.rows.values())
        if runs and self.isVisible():
            if not self._ticker.isActive():
                self._ticker.start()
        else:
            self._ticker.stop()
