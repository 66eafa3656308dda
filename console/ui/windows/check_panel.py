"""The connection test in the editor: a button that becomes Cancel while it runs, and the findings as sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.tasks import TaskScope
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.services import CheckOutcome
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme
from console.ui.widgets import Label, push_button

MakeCheck = Callable[[], Coroutine[object, object, CheckOutcome]]
DETAIL_LIMIT = 500  # characters of a server's own words


class CheckPanel(QWidget):
    """Runs one test at a time.

    Signals:
        checked: a test succeeded; carries the `CheckOutcome`.
        wanted: the user asked for a test; the owner answers with `run`.
    """

    checked = Signal(object)
    wanted = Signal()

    def __init__(self, theme: Theme, scope: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scope = scope
        self._lines: list[MessageLine] = []
        self.button = push_button(theme, tr("Test connection"))
        self.button.clicked.connect(self._on_clicked)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(tr("The connection test is running"))
        self._progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._progress.hide()
        self._hint = Label(theme, tr("The test signs in, reads a little, and changes nothing."), muted=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.INSIDE)
        row = QHBoxLayout()
        row.setSpacing(Space.BETWEEN)
        row.addWidget(self.button)
        row.addWidget(self._progress, 1)
        row.addWidget(self._hint, 1)
        self._column.addLayout(row)

    @property
    def is_running(self) -> bool:
        """Whether a test is under way."""
        return self._progress.isVisibleTo(self)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the last test said."""
        return tuple(line.text for line in self._lines)

    def run(self, make: MakeCheck) -> None:
        """Start a test unless one is running."""
        if not self.is_running:
            self._show_running(True)
            self._say(())
            task = self._scope.single_flight("check", lambda: self._check(make))
            task.add_done_callback(self._on_done)

    def say(self, tone: LightTone, *sentences: str) -> None:
        """Show other sentences in the same place."""
        self._say(tuple((tone, sentence) for sentence in sentences))

    async def _check(self, make: MakeCheck) -> None:
        try:
            result = await make()
        except ConsoleError as error:
            said = [(LightTone.CRITICAL, translate(error.message))]
            if error.detail:
                said.append((LightTone.QUIET, safe_text(error.detail, DETAIL_LIMIT)))
            self._say(tuple(said))
            return
        good = tuple((LightTone.GOOD, translate(found)) for found in result.findings)
        self._say((*good, *((LightTone.CAUTION, translate(found)) for found in result.warnings)))
        self.checked.emit(result)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        """However it ended, even before it began: the button is a test button again."""
        if not isValid(self):
            return
        self._show_running(False)
        if task.cancelled():
            self._say(((LightTone.QUIET, tr("The test was cancelled.")),))
        elif task.exception() is not None:
            self._say(((LightTone.CRITICAL, tr("The console met a fault of its own. The log has the details.")),))

    def _on_clicked(self) -> None:
        if self.is_running:
            self._scope.cancel("check")
        else:
            self.wanted.emit()

    def _show_running(self, is_running: bool) -> None:
        self._progress.setVisible(is_running)
        self._hint.setVisible(not is_running)
        self.button.setText(tr("Cancel test") if is_running else tr("Test connection"))

    def _say(self, sentences: tuple[tuple[LightTone, str], ...]) -> None:
        for old in self._lines:
            self._column.removeWidget(old)
            old.deleteLater()
        self._lines = []
        for tone, sentence in sentences:
            said = MessageLine(self._theme, self)
            said.say(tone, sentence)
            self._column.addWidget(said)
            self._lines.append(said)
