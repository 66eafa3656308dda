"""What the windows over the recording share: closing hides them, and they work only while they are seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMainWindow

from console.domain.clock import Clock
from console.tasks import Report, TaskScope
from console.ui.services import Services, StateProvider
from console.ui.text import tr
from console.ui.theme import Space, Theme
from console.ui.windows import geometry

_USUAL = QSize(1180, 700)


class PastWindow(QMainWindow):
    """A window of its own over what was recorded.

    Args:
        is_private: whether agents are shown as numbers now.
        perform: carries out a command of the menus.

    Class attributes:
        NAME: for the style sheet, logs and the key of its place.
        EVERY_MS: between two calls of `tick` while it is seen.
        LEAST: its smallest size.
    """

    NAME = ""
    EVERY_MS = 1000
    LEAST = QSize(820, 460)

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        services: Services,
        state: StateProvider,
        *,
        is_private: Callable[[], bool] = lambda: False,
        perform: Callable[[str], None] = lambda _command: None,
        is_demo: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName(self.NAME.replace("_", "-"))
        self.setWindowTitle(f"{self.title()} — {tr('DEMO')}" if is_demo else self.title())
        self.setMinimumSize(self.LEAST)
        self._theme, self._clock, self._services, self._state = theme, clock, services, state
        self._is_private, self._perform, self._is_demo = is_private, perform, is_demo
        self._scope = TaskScope(self.NAME, report)
        self._timer = QTimer(self)
        self._timer.setInterval(self.EVERY_MS)
        self._timer.timeout.connect(self._on_timer)
        self._set_up()

    # -- what the kinds say

    def _set_up(self) -> None:
        """Make what it shows; called once everything here is there."""

    def title(self) -> str:
        """What it is called."""
        return ""

    def reload(self) -> None:
        """Read again; called whenever it comes into sight."""

    def tick(self) -> None:
        """Time has passed while it was seen."""

    def forget(self) -> None:
        """Let go of what was read: it may name somebody who must not be named any more."""

    def save_state(self) -> None:
        """Remember place and sizes."""
        self._state.put(f"{self.NAME}.geometry", geometry.save(self))

    # -- what the owner calls

    def bring(self) -> None:
        """Show it, in front."""
        if self.isMinimized():
            self.showNormal()
        was_visible = self.isVisible()
        self.show()
        self.raise_()
        self.activateWindow()
        if was_visible:
            self.reload()

    def general_changed(self) -> None:
        """Names may have to be hidden now."""
        if self.isVisible():
            self.reload()
        else:
            self.forget()

    async def aclose(self) -> None:
        """End what is under way and close for good."""
        self.save_state()
        self._timer.stop()
        await self._scope.aclose()
        self.close()

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was missed."""
        super().showEvent(event)
        self.reload()
        self._timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Rest until it is opened again."""
        self.save_state()
        self._timer.stop()
        super().closeEvent(event)

    # -- for the kinds

    def _restore_place(self) -> None:
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
        geometry.restore(self, self._state.get(f"{self.NAME}.geometry"), screens, _USUAL)

    def _add_keys(self, search: QLineEdit) -> None:
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence(QKeySequence.StandardKey.Find), search.setFocus),
            (QKeySequence("F5"), self.reload),
        ):
            QShortcut(keys, self).activated.connect(slot)

    @Slot()
    def _on_timer(self) -> None:
        if self.isVisible() and not self.isMinimized():
            self.tick()


def bar_row(gap: int = Space.BETWEEN) -> QHBoxLayout:
    """The row of a window's head or foot."""
    row = QHBoxLayout()
    row.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.INSIDE)
    row.setSpacing(gap)
    return row
