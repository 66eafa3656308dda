"""The floor: connections, key figures and panes, one below the other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from console.domain.clock import Clock
from console.ui.profile_bar import ProfileBar
from console.ui.services import StateProvider
from console.ui.theme import Space, Theme
from console.ui.tiles.strip import TileStrip
from console.ui.windows.docks import DockArea

TILES_KEY: Final = "tiles.chosen"


class DockRoom(QScrollArea):
    """The room of the panes: where banners leave less height than they need, they scroll, and cover nothing.

    Widths are never scrolled: the tables do that themselves.
    """

    def __init__(self, docks: DockArea) -> None:
        super().__init__()
        self._docks = docks
        docks.setMinimumWidth(1)  # else the panes' own least widths would make them wider than the window
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(docks)
        self.verticalScrollBar().valueChanged.connect(docks.show_seen)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Follow the keyboard, never the pointer: what is clicked stays where it is."""
        if now is None or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        dock = next((dock for dock in self._docks.docks.values() if dock.isAncestorOf(now)), None)
        if dock is not None and not dock.isFloating():
            self.ensureWidgetVisible(dock, 0, 0)


class Floor(QWidget):
    """Makes the three and lays them out.

    Attributes:
        bar: the connections.
        tiles: the key figures; which are chosen is remembered.
        docks: the panes.
    """

    def __init__(self, theme: Theme, clock: Clock, state: StateProvider, *, is_demo: bool) -> None:
        super().__init__()
        self._state = state
        self.bar = ProfileBar(theme, clock, is_demo=is_demo)
        self.tiles = TileStrip(theme, clock)
        self.docks = DockArea(theme, clock, state)
        keys = state.get(TILES_KEY)
        if isinstance(keys, list):
            self.tiles.choose([key for key in keys if isinstance(key, str)])
        self.tiles.choice_changed.connect(self._on_tiles_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.tiles)
        docks = QVBoxLayout()
        docks.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, 0)
        self.room = DockRoom(self.docks)
        docks.addWidget(self.room)
        column.addLayout(docks, 1)

    def reset(self) -> None:
        """The panes and tiles of the first day."""
        self.docks.reset_layout()
        self.tiles.choose(None)
        self._state.put(TILES_KEY, None)

    def _on_tiles_chosen(self, keys: object) -> None:
        self._state.put(TILES_KEY, keys)
