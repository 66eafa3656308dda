"""What the windows of analyses share: a head, a column of questions on the left, an answer or an empty state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError
from console.tasks import Report, TaskScope
from console.ui.services import Services
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import DemoMark, ElidedLabel, EmptyState, Label, line
from console.ui.windows.frame import scrolled

QUESTIONS = 316  # px


class AnalysisWindow(QWidget):
    """A window of its own; work under way ends when it is closed for good.

    Args:
        title: of the window.
        lead: one sentence that says what it answers.
    """

    def __init__(
        self, theme: Theme, services: Services, title: str, lead: str, *, is_demo: bool, report: Report | None
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.theme = theme
        self.services = services
        self.scope = TaskScope("analysis", report)
        self.setObjectName("surface-window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(f"{title} \u2014 {tr('DEMO')}" if is_demo else title)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.BETWEEN)
        self.head.setSpacing(Space.INSIDE)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(theme, title, Type.TITLE, bold=True))
        words.addWidget(ElidedLabel(theme, lead, muted=True))
        self.head.addLayout(words, 1)
        if is_demo:
            self.head.addWidget(DemoMark(theme))
        self.questions = QVBoxLayout()
        self.questions.setContentsMargins(Space.AROUND, Space.AROUND, Space.AROUND, Space.AROUND)
        self.questions.setSpacing(Space.BETWEEN)
        side = QWidget()
        side.setLayout(self.questions)
        area = scrolled(side)
        area.setFixedWidth(QUESTIONS)
        self.empty = EmptyState(theme)
        self.empty.action_triggered.connect(self.act)
        self.stack = QStackedWidget()
        self.stack.setProperty("surface", "pane")
        self.stack.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stack.addWidget(self.empty)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(area)
        below.addWidget(line(Qt.Orientation.Vertical))
        below.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(line())
        column.addLayout(below, 1)
        for keys in (QKeySequence(QKeySequence.StandardKey.Close), QKeySequence(Qt.Key.Key_Escape)):
            QShortcut(keys, self).activated.connect(self.close)

    def fit(self, width: int, height: int) -> None:
        """Take a size, but never more than the screen has."""
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(width, int(room.width() * 0.94)), min(height, int(room.height() * 0.9)))

    def bring(self) -> None:
        """Show the window, in front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def act(self, action: str) -> None:
        """The empty state's button was pressed."""

    def say(self, icon: str, title: str, sentence: str = "", action: str = "", caption: str = "") -> None:
        """Show a state instead of an answer."""
        self.empty.show_state(icon, title, sentence, action, caption)
        self.stack.setCurrentWidget(self.empty)

    def ask(self, work: Callable[[], Awaitable[None]]) -> None:
        """Start work in place of the former; a foreseen failure is shown with "Try again"."""

        async def guarded() -> None:
            try:
                await work()
            except ConsoleError as error:
                self.say("circle-alert", tr("It did not work"), translate(error.message), "again", tr("Try again"))

        self.scope.restart("ask", guarded)

    async def aclose(self) -> None:
        """Close, and end what is under way."""
        self.close()
        await self.scope.aclose()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing hides; what is asked goes on in vain no longer."""
        self.scope.cancel("ask")
        event.accept()
