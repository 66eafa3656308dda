"""The schedules of this computer: what runs when, what the last run came to, and removing one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.engine.schedules.schedule import Scheduled
from console.engine.schedules.service import Schedules
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.marks import MessageLine, ToneMark
from console.ui.reports.schedule_words import cadence_words
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, IconButton, Label, line
from console.ui.windows.frame import FramedDialog, scrolled


class ScheduleRow(QWidget):
    """One schedule."""

    def __init__(self, theme: Theme, entry: Scheduled, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        schedule, outcome = entry.schedule, entry.outcome
        title = safe_text(schedule.title, 120)
        tone, state = LightTone.QUIET, tr("has not run yet")
        if outcome is not None:
            when = f"{outcome.at.astimezone():%Y-%m-%d %H:%M}"
            is_good = outcome.code == 0
            tone = LightTone.GOOD if is_good else LightTone.CRITICAL
            words = safe_text(outcome.text, 300) or tr("code {n}", n=outcome.code)
            state = f"{when}: {words}" if is_good else tr("{when}, failed: {why}", when=when, why=words)
        if not entry.is_installed:
            tone, state = (
                LightTone.CAUTION,
                tr("Removed in the system's scheduler: it does not run. {last}", last=state),
            )
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(theme, title, bold=True))
        sites = ", ".join(safe_text(name, 60) for name in schedule.profiles)
        where = f"{cadence_words(schedule.cadence)}  ·  {sites}  ·  {safe_text(schedule.output, 200)}"
        names.addWidget(ElidedLabel(theme, where, Type.SMALL, muted=True))
        self.state = Label(theme, state, Type.SMALL, wrap=True)
        names.addWidget(self.state)
        self.remove = IconButton(theme, "trash", tr("Remove the schedule {name}", name=title))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, Space.INSIDE, 0, Space.INSIDE)
        row.setSpacing(Space.INSIDE)
        row.addWidget(ToneMark(theme, tone))
        row.addLayout(names, 1)
        row.addWidget(self.remove)


class ScheduleListPanel(QWidget):
    """All schedules; `load` fills it, `aclose` ends what is under way."""

    def __init__(
        self, theme: Theme, schedules: Schedules, report: Report | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._schedules = schedules
        self._scope = TaskScope("schedules", report)
        self.rows: list[ScheduleRow] = []
        self.note = MessageLine(theme)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, Space.INSIDE, 0)
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.INSIDE)
        column.addWidget(self.note)
        column.addWidget(scrolled(self._list), 1)

    def load(self) -> None:
        """Ask for them."""
        self._scope.restart("load", self._load)

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    async def _load(self) -> None:
        try:
            found = await self._schedules.all()
        except ConsoleError as error:
            self.note.say(LightTone.CRITICAL, translate(error.message))
            return
        if isValid(self):
            self._fill(found)

    def _fill(self, found: Sequence[Scheduled]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [ScheduleRow(self._theme, entry) for entry in found]
        for row in self.rows:
            row.remove.clicked.connect(self._on_remove)
            self._column.addWidget(row)
            self._column.addWidget(line())
        if self.rows:
            self._column.addStretch(1)
            return
        empty = EmptyState(self._theme)
        empty.show_state("clock", tr("No schedules yet"), tr("Choose a report and press Schedule… below its form."))
        self._column.addWidget(empty, 1)

    def _on_remove(self) -> None:
        sender = self.sender()
        found = next((row.entry.schedule.id for row in self.rows if row.remove is sender), None)
        if found is not None:
            self._scope.single_flight("remove", lambda: self._remove(found))

    async def _remove(self, schedule_id: str) -> None:
        self.note.say(LightTone.QUIET, "")
        try:
            await self._schedules.remove(schedule_id)
        except ConsoleError as error:
            self.note.say(LightTone.CRITICAL, translate(error.message))
        await self._load()


class SchedulesDialog(FramedDialog):
    """The list in a dialog of its own; `aclose` is awaited at the end."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, schedules: Schedules, report: Report | None = None
    ) -> None:
        super().__init__(parent, theme, tr("Schedules"))
        self.panel = ScheduleListPanel(theme, schedules, report)
        words = tr("They run through {scheduler}, while you are signed in.", scheduler=schedules.scheduler_title)
        self.body.addWidget(Label(theme, words, muted=True, wrap=True))
        self.body.addWidget(self.panel, 1)
        self.fit(680, 420)
        self.panel.load()

    async def aclose(self) -> None:
        """End what is under way."""
        await self.panel.aclose()
