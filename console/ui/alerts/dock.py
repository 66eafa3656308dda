"""The alert centre's dock among the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget

from console.ui.alerts.centre import AlertCentre
from console.ui.services import StateProvider
from console.ui.text import tr
from console.ui.theme import Theme
from console.ui.widgets import IconButton
from console.ui.windows.docks import FLOATING, Grip

if TYPE_CHECKING:
    from console.ui.windows.docks import DockArea

STATE_KEY = "alerts.shown"


class AlertDock(QDockWidget):
    """Holds the centre; away until it is asked for, then where it was left the last time."""

    def __init__(self, theme: Theme, centre: AlertCentre, docks: DockArea, state: StateProvider) -> None:
        super().__init__(tr("Alerts"), docks)
        self._docks = docks
        self._state = state
        self.setObjectName("dock.alerts")
        self.setAccessibleName(tr("Alerts"))
        self._grip = Grip(theme, tr("Alerts"), self)
        self.setTitleBarWidget(self._grip)
        self.centre = centre
        self.setWidget(centre)
        for icon, caption, slot in (
            ("external-link", tr("Float or dock: Alerts"), self._on_float),
            ("x", tr("Hide: Alerts"), self._on_hide),
        ):
            button = IconButton(theme, icon, caption)
            button.clicked.connect(slot)
            centre.head.addWidget(button)
        self.topLevelChanged.connect(self._on_floated)
        self.visibilityChanged.connect(self._show_tabbed)
        self._is_at_home = not docks.restoreDockWidget(self)  # False: it stands where it was left the last time
        if self._is_at_home:
            self._stand()
            self.setVisible(state.get(STATE_KEY) is True)
        docks.docks["waiting"].dockLocationChanged.connect(self._on_panes_moved)

    def reveal(self) -> None:
        """Show it, in front of what stands in the same place."""
        self.show()
        self.raise_()
        self.centre.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_count(self, count: int) -> None:
        """How many wait for an act, on the tab."""
        title = tr("Alerts ({n})", n=count) if count else tr("Alerts")
        if not self.isFloating() and title != self.windowTitle():
            self.setWindowTitle(title)

    def save_state(self) -> None:
        """Remember whether it is shown; Qt remembers where."""
        self._state.put(STATE_KEY, not self.isHidden())

    def _stand(self) -> None:
        """Under a tab beside the callers, where it takes no room from the others."""
        self._docks.tabifyDockWidget(self._docks.docks["waiting"], self)

    def _on_panes_moved(self, *_: object) -> None:
        """The panes stand otherwise now; as long as nobody has moved this one it goes with the callers."""
        if self._is_at_home:
            QTimer.singleShot(0, self, self._rejoin)

    def _rejoin(self) -> None:
        waiting = self._docks.docks["waiting"]
        if not self._is_at_home or self.isFloating() or waiting in self._docks.tabifiedDockWidgets(self):
            return
        was_hidden = self.isHidden()
        self._stand()
        self.setVisible(not was_hidden)
        waiting.raise_()

    def _show_tabbed(self, *_: object) -> None:
        is_tabbed = bool(self._docks.tabifiedDockWidgets(self)) and not self.isFloating()
        self._grip.set_flat(is_tabbed)
        self.centre.title.setVisible(not is_tabbed)

    def _on_float(self) -> None:
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.resize(self.size().expandedTo(FLOATING))

    def _on_floated(self, is_floating: bool) -> None:
        if is_floating:
            self._is_at_home = False
            self.setWindowTitle(f"{tr('Alerts')} — {self._docks.window().windowTitle()}")
            self.setWindowFlags(Qt.WindowType.Window)
            self.show()
        else:
            self.setWindowTitle(tr("Alerts"))
            self.raise_()  # back under its tab it is still what is looked at
        self._show_tabbed()

    def _on_hide(self) -> None:
        self.hide()
