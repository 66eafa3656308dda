"""The panes as docks: dockable, tabbable, floatable, hideable, and remembered. A pane is made when it is first seen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSizePolicy, QTabBar, QTabWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.board import Board
from console.domain.clock import Clock
from console.ui.services import StateProvider
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import IconButton, Label, set_tip

if TYPE_CHECKING:
    from console.ui.models.rows import ViewRow
    from console.ui.panes import TablePane

STATE_KEY: Final = "main.docks"
OWN_KEY: Final = "main.docks.own"  # whether the user moved, closed or resized a pane
LAYOUT_VERSION: Final = 2  # saved dock states of another number are left alone
GRIP_HEIGHT: Final = 9  # px
WIDE: Final = 1840  # px; from here on all columns fit beside the agents, below it the queues need the whole width
LOW: Final = 560  # px of all panes below which a third row of them does not fit

FLOATING: Final = QSize(640, 420)  # px; what a pane in a window of its own is at least
BESIDE: Final = 48  # px; how far it moves from its place, so that it is seen to be one

NAMES: Final = ("queues", "agents", "waiting", "metrics")


def make_pane(name: str, theme: Theme, clock: Clock) -> TablePane:
    """A pane by name; the tables are imported with the first one, after the window has been painted."""
    from console.ui.panes import AgentPane, MetricsPane, QueuePane, WaitingPane

    kinds: dict[str, Callable[[Theme, Clock], TablePane]] = {
        "queues": QueuePane,
        "agents": AgentPane,
        "waiting": WaitingPane,
        "metrics": MetricsPane,
    }
    return kinds[name](theme, clock)


def pane_title(name: str) -> str:
    """The name of a pane in menus and tabs."""
    return {
        "queues": tr("Queues"),
        "agents": tr("Agents"),
        "waiting": tr("Waiting callers"),
        "metrics": tr("Metrics"),
    }[name]


class Grip(QWidget):
    """A dock's title bar: a handle to drag, quiet because the pane says its own name."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(GRIP_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setAccessibleName(tr("Move {pane}", pane=title))
        set_tip(self, tr("Drag to move {pane}; double-click to float it", pane=title))
        theme.changed.connect(self.update)

    def set_flat(self, is_flat: bool) -> None:
        """Take no height."""
        self.setFixedHeight(0 if is_flat else GRIP_HEIGHT)

    def sizeHint(self) -> QSize:
        """As flat as a handle can be."""
        return QSize(80, self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        """See `sizeHint`."""
        return QSize(40, self.maximumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the handle on the pane's surface."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(palette.pane))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.scroll_hover if self.underMouse() else palette.hairline))
        painter.drawRoundedRect(QRectF(self.width() / 2 - 16, 4, 32, 3), 1.5, 1.5)
        painter.end()


class PaneDock(QDockWidget):
    """Holds one pane, made on demand."""

    def __init__(self, theme: Theme, name: str, make: Callable[[], TablePane], parent: QMainWindow) -> None:
        super().__init__(pane_title(name), parent)
        self.name = name
        self.pane: TablePane | None = None
        self._theme = theme
        self._make = make
        self.setObjectName(f"dock.{name}")
        self.setAccessibleName(pane_title(name))
        self.setTitleBarWidget(Grip(theme, pane_title(name), self))
        self.topLevelChanged.connect(self._on_floated)
        self.setWidget(self._blank())

    def show_tabbed(self, is_tabbed: bool) -> None:
        """Beside other panes under tabs, the tab is name and handle; alone, the pane is."""
        bar = self.titleBarWidget()
        if isinstance(bar, Grip):
            bar.set_flat(is_tabbed and not self.isFloating())
        if self.pane is not None:
            self.pane.title_label.setVisible(not is_tabbed or self.isFloating())
            self.pane.show_apart(self.isFloating())

    def ensure(self) -> TablePane:
        """The pane, made now if need be."""
        if self.pane is None:
            pane = self.pane = self._make()
            for icon, caption, slot in (
                ("external-link", tr("Float or dock"), self._on_float),
                ("x", tr("Hide"), self._on_hide),
            ):
                button = IconButton(self._theme, icon, f"{caption}: {pane_title(self.name)}")
                button.clicked.connect(slot)
                pane.head.addWidget(button)
            old = self.widget()
            self.setWidget(pane)
            old.deleteLater()
        return self.pane

    def _blank(self) -> QWidget:
        """What the first paint shows: the pane's surface and name."""
        blank = QWidget()
        blank.setProperty("surface", "pane")
        blank.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(blank)
        column.setContentsMargins(Space.BETWEEN, Space.BETWEEN, 0, 0)
        column.addWidget(Label(self._theme, pane_title(self.name), Type.SECTION, bold=True))
        column.addStretch(1)
        return blank

    def _on_float(self) -> None:
        was_at, size = self.mapToGlobal(QPoint(0, 0)), self.size()
        self.setFloating(not self.isFloating())
        if self.isFloating():
            area = self.screen().availableGeometry()
            self.resize(size.expandedTo(FLOATING).boundedTo(area.size() * 0.9))
            least = area.topLeft()
            most = area.bottomRight() - QPoint(self.width(), self.height())
            place = was_at + QPoint(BESIDE, BESIDE)
            self.move(max(least.x(), min(place.x(), most.x())), max(least.y(), min(place.y(), most.y())))

    def _on_floated(self, is_floating: bool) -> None:
        """A pane of its own is a window like any other: with a frame, a name and buttons, on any screen."""
        name, owner = pane_title(self.name), self.parentWidget()
        whose = f" — {owner.window().windowTitle()}" if owner is not None and is_floating else ""
        self.setWindowTitle(f"{name}{whose}")
        if is_floating:
            self.setWindowFlags(Qt.WindowType.Window)
            self.show()

    def _on_hide(self) -> None:
        self.toggleViewAction().trigger()  # as the View menu does, so that both count as the user's own layout


class JobsDock(QDockWidget):
    """Holds the runs of reports below the panes; away until there is one, or until it is asked for."""

    def __init__(self, theme: Theme, parent: QMainWindow) -> None:
        super().__init__(tr("Report runs"), parent)
        self.setObjectName("dock.jobs")
        self.setAccessibleName(tr("Report runs"))
        self.setTitleBarWidget(Grip(theme, tr("Report runs"), self))
        parent.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self)
        self.hide()


class DockArea(QMainWindow):
    """The part of the main window below the tiles.

    Signals:
        action_requested: a button in a pane; ``add_profile`` or ``edit_profile:<profile id>``.
        source_requested: "show request" of a figure; carries its `Reading` and what it is of.
    """

    action_requested = Signal(str)
    source_requested = Signal(object, str)

    def __init__(self, theme: Theme, clock: Clock, state: StateProvider, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._theme = theme
        self._clock = clock
        self._state = state
        self._board = Board()
        self._is_laid_out = False
        self._is_ready = False
        self._is_arranging = False
        self._is_own = False  # until the user has arranged the panes, the layout follows the width
        self._is_wide = False
        self.docks: dict[str, PaneDock] = {}
        for name in NAMES:
            dock = PaneDock(theme, name, self._maker(name), self)
            dock.visibilityChanged.connect(self._on_visibility_changed)
            dock.topLevelChanged.connect(self._on_moved)
            dock.dockLocationChanged.connect(self._on_moved)
            dock.toggleViewAction().triggered.connect(self._on_own)
            self.docks[name] = dock
        self.jobs = JobsDock(theme, self)
        self.setCentralWidget(None)  # type: ignore[arg-type]  # the docks take all of the room
        self._arrange(is_wide=False)

    def pane(self, name: str) -> TablePane:
        """A pane, made now if need be."""
        return self.docks[name].ensure()

    def make_ready(self) -> None:
        """Make the panes that can be seen, and from now on each one that comes into sight."""
        if not self._is_ready:
            self._is_ready = True
            self.show_seen()
            self._show_tabs()

    def show_seen(self, *_: object) -> None:
        """Make the panes that have come into sight."""
        for dock in self.docks.values():
            if self._is_ready and dock.pane is None and not dock.visibleRegion().isEmpty():
                dock.ensure()

    def set_board(self, board: Board) -> None:
        """Hand a board to the panes there are."""
        self._board = board
        for dock in self.docks.values():
            if dock.pane is not None:
                dock.pane.set_board(board)

    def toggle_actions(self) -> tuple[QAction, ...]:
        """Show or hide each pane, for the View menu."""
        return (*(dock.toggleViewAction() for dock in self.docks.values()), self.jobs.toggleViewAction())

    def focus_pane(self, name: str) -> None:
        """Show a pane and put the keyboard into it."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()
        dock.ensure().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def current(self) -> PaneDock | None:
        """The dock that has the keyboard, if any."""
        return next((dock for dock in self.docks.values() if dock.isAncestorOf(self.focus_widget_or_self())), None)

    def focus_widget_or_self(self) -> QWidget:
        """The widget with the keyboard focus in this window, else this area."""
        window = self.window()
        return window.focusWidget() or self

    def cycle(self) -> None:
        """Move the keyboard to the next visible pane."""
        shown = [dock for dock in self.docks.values() if not dock.visibleRegion().isEmpty()]
        if shown:
            now = self.current()
            at = shown.index(now) if now in shown else -1
            self.focus_pane(shown[(at + 1) % len(shown)].name)

    def save_layout(self) -> None:
        """Remember docks and tables."""
        packed = base64.b64encode(self.saveState(LAYOUT_VERSION).data()).decode("ascii")
        self._state.put(STATE_KEY, packed)
        self._state.put(OWN_KEY, self._is_own or any(dock.isHidden() for dock in self.docks.values()))
        for name in self.docks:
            self._save_table(name)

    def restore_layout(self) -> bool:
        """Take up the remembered docks; False when there are none that fit."""
        packed = self._state.get(STATE_KEY)
        if not isinstance(packed, str) or self._state.get(OWN_KEY) is not True:
            return False
        try:
            raw = base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):
            return False
        self._is_arranging = True
        self._is_laid_out = self._is_own = self.restoreState(QByteArray(raw), LAYOUT_VERSION)
        self._is_arranging = False
        return self._is_laid_out

    def reset_layout(self) -> None:
        """The layout of the first day."""
        self._is_arranging = True
        for dock in self.docks.values():
            dock.setFloating(False)
            dock.show()
            if dock.pane is not None:
                dock.pane.columns.reset()
                dock.pane.clear_filter()
        self._is_own = False
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the default proportions once the size is known."""
        super().showEvent(event)
        if not self._is_laid_out:
            self._is_laid_out = True
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the panes otherwise when the width asks for it, as long as the user has not arranged them."""
        super().resizeEvent(event)
        if self._is_laid_out and not self._is_own and self._is_wide is not (self.width() >= WIDE):
            self._lay_out()
        self.fit_runs()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Only the lines between panes bring the pointer here: one was dragged."""
        super().mouseReleaseEvent(event)
        self._is_own = True

    def fit_runs(self) -> None:
        """Where there is no height for a third row of panes the runs stand under a tab beside the callers."""
        jobs, waiting = self.jobs, self.docks["waiting"]
        is_low = self._is_laid_out and self.height() < LOW and not self._is_wide
        if is_low and not jobs.isHidden() and not jobs.isFloating() and jobs not in self.tabifiedDockWidgets(waiting):
            self._is_arranging = True
            self.tabifyDockWidget(waiting, jobs)
            self._is_arranging = False
            self._show_tabs()

    def _lay_out(self) -> None:
        current = self.docks["metrics"].visibleRegion().isEmpty()
        self._arrange(is_wide=self.width() >= WIDE)
        self._proportion()
        if not current:
            self.docks["metrics"].raise_()

    def _arrange(self, *, is_wide: bool) -> None:
        """Stand the queues beside the others on a wide screen, else above them, where they have the whole width."""
        top, across, down = Qt.DockWidgetArea.TopDockWidgetArea, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        queues, agents = self.docks["queues"], self.docks["agents"]
        waiting, metrics = self.docks["waiting"], self.docks["metrics"]
        self._is_arranging, self._is_wide = True, is_wide
        for dock in self.docks.values():
            self.removeDockWidget(dock)
        self.addDockWidget(top, queues)
        self.splitDockWidget(queues, agents, across if is_wide else down)
        self.splitDockWidget(agents, waiting, down if is_wide else across)
        self.tabifyDockWidget(waiting, metrics)
        for dock in self.docks.values():
            dock.show()
        waiting.raise_()
        self._is_arranging = False
        QTimer.singleShot(0, self, self._show_tabs)  # Qt knows who stands under whose tab once it has laid them out

    def _proportion(self) -> None:
        width, height = self.width(), self.height()
        queues, agents, waiting = (self.docks[name] for name in ("queues", "agents", "waiting"))
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if self._is_wide:
            wide, high = int(width * 0.63), max(190, int(height * 0.33))
            self.resizeDocks([queues, agents], [wide, width - wide], across)
            self.resizeDocks([agents, waiting], [height - high, high], down)
        else:
            high, wide = int(height * 0.54), int(width * 0.64)
            self.resizeDocks([queues, agents], [high, height - high], down)
            self.resizeDocks([agents, waiting], [wide, width - wide], across)

    def _on_own(self) -> None:
        self._is_own = True

    def _on_moved(self, *_: object) -> None:
        if not self._is_arranging:
            self._is_own = True
        self._show_tabs()

    def _show_tabs(self, *_: object) -> None:
        if not all(isValid(dock) for dock in self.docks.values()):
            return  # Qt takes the docks apart one by one, and each still says that it is hidden
        for dock in self.docks.values():
            beside = [other for other in self.tabifiedDockWidgets(dock) if not other.isHidden()]
            dock.show_tabbed(bool(beside))

    def _maker(self, name: str) -> Callable[[], TablePane]:
        def make() -> TablePane:
            pane = make_pane(name, self._theme, self._clock)
            saved = self._state.get(f"table.{name}")
            if isinstance(saved, dict):
                pane.restore(saved)
            typed = self._state.get(f"filter.{name}")
            if isinstance(typed, str):
                pane.search.setText(typed)
            pane.layout_changed.connect(self._on_table_changed)
            pane.action_requested.connect(self.action_requested)
            pane.source_requested.connect(self._on_source_requested)
            pane.row_activated.connect(self._on_row_activated)
            pane.set_board(self._board)
            return pane

        return make

    def _save_table(self, name: str) -> None:
        pane = self.docks[name].pane
        if pane is not None:
            self._state.put(f"table.{name}", pane.state())
            self._state.put(f"filter.{name}", pane.search.text())

    def _on_table_changed(self) -> None:
        sender = self.sender()
        for name, dock in self.docks.items():
            if dock.pane is sender:
                self._save_table(name)

    def _on_source_requested(self, _profile_id: str, reading: object, heading: str) -> None:
        self.source_requested.emit(reading, heading)

    def _on_row_activated(self, row: ViewRow) -> None:
        """Enter leads on: from a queue or a caller to the queue's agents, from anything else to where it comes from."""
        from console.ui.panes import AgentPane

        sender = self.sender()
        name = next((name for name, dock in self.docks.items() if dock.pane is sender), "")
        queue = {"queues": row.row.name, "waiting": row.row.reading("queue").value}.get(name)
        if isinstance(queue, str) and queue:
            dock = self.docks["agents"]
            dock.show()
            dock.raise_()
            agents = dock.ensure()
            assert isinstance(agents, AgentPane)
            agents.show_queue(row.source, queue)
        elif name:
            self.docks[name].ensure().ask_source()

    def _on_visibility_changed(self, is_visible: bool) -> None:
        for bar in self.findChildren(QTabBar):
            bar.setAccessibleName(tr("Panes"))
            bar.setExpanding(False)
        dock = self.sender()
        if is_visible and self._is_ready and isinstance(dock, PaneDock):
            dock.ensure()
        self._show_tabs()
