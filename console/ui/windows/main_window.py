"""The main window: connections, key figures, panes. It paints from settings alone; services arrive afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from console.assets import icon_path
from console.domain.board import Board
from console.domain.clock import Clock, now
from console.domain.messages import Message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.settings.schema import General
from console.tasks import Report
from console.ui.connection import unasked_board
from console.ui.desks.base import DeskContext
from console.ui.desks.row import DeskRow
from console.ui.runtime.bridge import StoreBridge
from console.ui.runtime.clocks import ShownClock
from console.ui.services import Services, StateProvider
from console.ui.text import tr, translate
from console.ui.theme import Density, Mode, Theme
from console.ui.widgets import EmptyState, MessageStrip, Tone
from console.ui.windows import geometry
from console.ui.windows.actions import ConnectionActions
from console.ui.windows.floor import Floor
from console.ui.windows.menus import WindowMenus
from console.ui.windows.report_desk import ReportDesk
from console.ui.windows.status_line import StatusLine

if TYPE_CHECKING:
    from console.engine.store import Store
    from console.ui.windows.start_page import StartPage

TICK_MS: Final = 1000
LOW: Final = 880  # px; below it tiles are compact
AFTER_PAINT_MS: Final = 20  # the first frame comes before the tables are imported and made
DENSITY: Final = {"compact": Density.COMPACT, "regular": Density.NORMAL, "roomy": Density.ROOMY}


class MainWindow(QMainWindow):
    """Shows the floor.

    Args:
        theme: already applied to the application.
        clock: what durations and ages are shown by.
        general: preferences, as loaded.
        state: what the window remembers about itself.
        profiles: as loaded, to paint before the engine is there.
        is_demo: say so in the title, and do not offer the first-run page.
        report: takes faults of ours from the window's tasks.

    Signals:
        exit_requested: the user wants to leave; the window stays until its owner closes it for good.
        demo_requested: "Open the demo" on the first-run page.
        general_changed: other preferences (`General`), already in effect; to be saved.
    """

    exit_requested = Signal()
    demo_requested = Signal()
    general_changed = Signal(object)
    _fault_met = Signal(str)  # a thread may fail too, and only the window's own may touch widgets

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        *,
        general: General,
        state: StateProvider,
        profiles: Sequence[Profile] = (),
        is_demo: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self._theme = theme
        self._clock = ShownClock(clock)
        self._general = general
        self._state = state
        self._profiles = tuple(profiles)
        self._is_demo = is_demo
        self._services: Services | None = None
        self._bridge: StoreBridge | None = None
        self.desks = DeskRow(self._desk_context)
        self._unsubscribe: Callable[[], None] | None = None
        self._only: ProfileId | None = None
        self._board = Board()
        self._is_leaving = False
        self._has_failed = False
        self._report = report
        self.setWindowTitle(tr("Supervisor Console") + (f" — {tr('DEMO')}" if is_demo else ""))
        QApplication.setWindowIcon(QIcon(str(icon_path("app"))))  # of every window and dialog
        self.setMinimumSize(QSize(880, 560))
        self.actions_ = ConnectionActions(self, theme, report)
        self.actions_.only_wanted.connect(self._on_only_wanted)
        self.actions_.said.connect(self._on_said)
        self._fault_met.connect(self._on_fault)
        self._build()
        self.menus = WindowMenus(self, self.perform)
        self.menus.add_panes(self.docks.toggle_actions())
        self._apply_general(general)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticker.timeout.connect(self._on_tick)
        self.docks.restore_layout()
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
        self._starts_maximised = geometry.restore(self, state.get(geometry.KEY), screens)
        self._show_profiles()
        self._show_board(unasked_board(self._profiles, now(clock)))

    # -- what the owner calls

    def attach(self, services: Services) -> None:
        """Take the services and show what they know from now on."""
        self._services = services
        self.actions_.attach(services)
        self.desk.attach(services)
        self.docks.make_ready()
        self._follow(services.store)
        self._unsubscribe = services.store.subscribe(self._on_news)
        services.profiles.subscribe(self._on_profiles_changed)
        self._on_profiles_changed()
        self.say(services.messages)
        self.desks.attach(services)

    def open(self) -> None:
        """Show the window as it was left."""
        if self._starts_maximised:
            self.showMaximized()
        else:
            self.show()

    def say(self, messages: Sequence[Message]) -> None:
        """Show messages at the top until they are dismissed."""
        if messages:
            self._on_said([translate(msg) for msg in messages])

    def show_fault(self, kind: str) -> None:
        """Say that the console met a fault of its own; it goes on. May be called from any thread."""
        self._fault_met.emit(kind)

    def _on_fault(self, kind: str) -> None:
        sentence = tr("The console met a fault of its own ({kind}) and goes on. The log has the details.", kind=kind)
        self._strip.show_message(sentence, Tone.CAUTION, "dismiss", tr("Dismiss"))

    def show_waiting(self, title: str, sentence: str = "") -> None:
        """Say what is being waited for while there is no connection to show (the demo starts)."""
        self._waiting.show_state("hourglass", title, sentence)
        self._stack.setCurrentWidget(self._waiting)

    def show_failure(self, title: str, sentence: str, command: str, caption: str) -> None:
        """Say what did not come about, and offer a command of `perform` instead."""
        self._waiting.show_state("circle-alert", title, sentence, command, caption)
        self._stack.setCurrentWidget(self._waiting)
        self._has_failed = True

    def look_at(self, store: Store | None, clock: Clock | None) -> None:
        """Show another store by another clock; (None, None) is the live one again."""
        if self._services is not None:
            self._clock.show(clock)
            self._follow(store or self._services.store)
            self.refresh()

    def go_to(self, pane: str, profile_id: str, row_id: str) -> None:
        """Show a pane and select a row of it as it is now, as far as it is there."""
        self.desks.perform("now")
        if self._only not in (None, profile_id):
            self._on_only_wanted("")
        self.docks.focus_pane(pane)
        self.docks.pane(pane).select_key((profile_id, row_id))

    def refresh(self) -> None:
        """Show the newest state at once, for a picture of the window."""
        if self._bridge is not None:
            self._bridge.flush()
        self._on_tick()

    def save_state(self) -> None:
        """Remember place, docks and tables."""
        self._state.put(geometry.KEY, geometry.save(self))
        self.docks.save_layout()
        self.desk.save_state()
        self.desks.save_state()

    async def aclose(self) -> None:
        """End the window's tasks, stop following the store, and let the window close."""
        await self.desks.aclose()
        await self.desk.aclose()
        await self.actions_.aclose()
        if self._bridge is not None:
            self._bridge.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._ticker.stop()
        self._is_leaving = True
        self.close()

    # -- commands

    def perform(self, command: str) -> None:
        """Carry out a command of the menus."""
        kind, _, which = command.partition(":")
        if kind == "pane":
            self._go_to_pane(which)
        elif kind == "theme":
            self.change_general(replace(self._general, theme=which))
        elif kind == "density":
            self.change_general(replace(self._general, density=which))
        elif kind == "privacy":
            self.change_general(replace(self._general, privacy=not self._general.privacy))
        elif command in ("filter", "copy", "definition", "source"):
            self._in_pane(command)
        elif command == "reset":
            self._floor.reset()
        elif command == "full_screen":
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif command == "quit":
            self.close()
        elif command in ("settings", "about", "keys"):
            from console.ui.windows.own_dialogs import open_own

            open_own(command, self, self._theme, self._general, self._services)
        elif command == "demo":
            self.demo_requested.emit()
        elif command == "reports":
            self.desk.open_reports()
        elif command == "jobs":
            self.desk.show_jobs()
        elif not self.desks.perform(command):
            self.actions_.run(command)

    def change_general(self, general: General) -> None:
        """Put other preferences into effect and tell the owner."""
        if general != self._general:
            self._general = general
            self._apply_general(general)
            self.desks.general_changed()
            self.general_changed.emit(general)

    # -- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """Veto: the clean-up needs a living loop, so the owner closes the window when all is done."""
        if self._is_leaving:
            event.accept()
            return
        event.ignore()
        self.save_state()
        self.exit_requested.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Tick while somebody looks."""
        super().showEvent(event)
        self._on_tick()
        self._ticker.start()
        QTimer.singleShot(AFTER_PAINT_MS, self, self._on_painted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low window leaves more of its height to the tables."""
        super().resizeEvent(event)
        self.tiles.set_compact(self.height() < LOW)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody does."""
        super().hideEvent(event)
        self._ticker.stop()

    # -- inside

    def _build(self) -> None:
        theme, clock = self._theme, self._clock
        self._floor = Floor(theme, clock, self._state, is_demo=self._is_demo)
        self.bar, self.tiles, self.docks = self._floor.bar, self._floor.tiles, self._floor.docks
        self.bar.command.connect(self.actions_.run)
        live = clock.live
        self.desk = ReportDesk(self, theme, live, self._state, self.docks, is_demo=self._is_demo, report=self._report)
        self.docks.action_requested.connect(self._on_pane_action)
        self.docks.source_requested.connect(self.actions_.show_source)
        self._strip = MessageStrip(theme)
        self._strip.action_triggered.connect(self._on_dismissed)
        self._start: StartPage | None = None
        self._waiting = EmptyState(theme)
        self._waiting.action_triggered.connect(self.perform)
        self._stack = QStackedWidget()
        for page in (self._floor, self._waiting):
            self._stack.addWidget(page)
        self.status = StatusLine(theme, clock)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._strips, self._feet = QVBoxLayout(), QVBoxLayout()
        column.addLayout(self._strips)
        column.addWidget(self._strip)
        column.addWidget(self._stack, 1)
        column.addLayout(self._feet)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    @property
    def start(self) -> StartPage:
        """The first-run page, made when it is needed."""
        if self._start is None:
            from console.ui.windows.start_page import StartPage

            self._start = StartPage(self._theme)
            self._start.chosen.connect(self.perform)
            self._stack.addWidget(self._start)
        return self._start

    def _desk_context(self) -> DeskContext:
        return DeskContext(
            window=self,
            theme=self._theme,
            clock=self._clock,
            live_clock=self._clock.live,
            state=self._state,
            docks=self.docks,
            is_demo=self._is_demo,
            report=self._report,
            add_strip=self._strips.addWidget,
            add_foot=self._feet.addWidget,
            look_at=self.look_at,
            general=lambda: self._general,
            change_general=self.change_general,
            go_to=self.go_to,
            perform=self.perform,
        )

    def _follow(self, store: Store) -> None:
        """Show a store from now on, and no other."""
        if self._bridge is not None:
            self._bridge.board_changed.disconnect(self._on_board_changed)
            self._bridge.close()
            self._bridge.deleteLater()
        self._bridge = StoreBridge(store, self, is_private=self._general.privacy)
        self._bridge.board_changed.connect(self._on_board_changed)
        if self._bridge.board.sources:
            self._show_board(self._bridge.board)

    def _show_profiles(self) -> None:
        known = {profile.id for profile in self._profiles}
        if self._only not in known:
            self._only = None
        self.bar.show_profiles(self._profiles, self._only)
        self.status.setVisible(bool(self._profiles))
        if self._profiles:
            self._stack.setCurrentWidget(self._floor)
        elif self._has_failed:
            return
        elif self._is_demo:
            self.show_waiting(tr("The demo call centre is starting"), tr("It takes a few seconds."))
        else:
            self._stack.setCurrentWidget(self.start)

    def _show_board(self, board: Board) -> None:
        self._board = board
        shown = board if self._only is None else Board(tuple(s for s in board.sources if s.profile.id == self._only))
        self.bar.show_board(board)
        self.tiles.show_board(shown)
        self.docks.set_board(shown)
        self.status.show_board(board)

    def _apply_general(self, general: General) -> None:
        self._theme.set_mode(Mode(general.theme))
        self._theme.set_density(DENSITY.get(general.density, Density.NORMAL))
        self.menus.show_general(general)
        self.actions_.set_privacy(general.privacy)
        if self._bridge is not None:
            self._bridge.set_privacy(general.privacy)

    def _on_painted(self) -> None:
        self.docks.make_ready()
        self._focus_first()

    def _focus_first(self) -> None:
        """Nothing is ringed on a quiet floor; the first way in is, on the first day."""
        focus, page = self.focusWidget(), self._stack.currentWidget()
        if page is self._start and self._start is not None:
            self._start.setFocus(Qt.FocusReason.OtherFocusReason)
        elif focus is None or self.bar.isAncestorOf(focus):
            self._stack.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_pane(self, name: str) -> None:
        if self._stack.currentWidget() is not self._floor:
            return
        if name == "next":
            self.docks.cycle()
        else:
            self.docks.focus_pane(name)

    def _in_pane(self, command: str) -> None:
        """A command for the pane that has the keyboard, else the queues."""
        if self._stack.currentWidget() is not self._floor:
            return
        dock = self.docks.current()
        pane = self.docks.pane(dock.name if dock is not None else "queues")
        {
            "filter": pane.focus_search,
            "copy": pane.copy_selection,
            "definition": pane.ask_definition,
            "source": pane.ask_source,
        }[command]()

    # -- slots

    def _on_news(self, changed: frozenset[ProfileId]) -> None:
        for profile_id in changed:
            source = self._services.store.source(profile_id) if self._services is not None else None
            if source is not None:
                self.bar.count(profile_id, source.health)

    def _on_board_changed(self, board: Board, _changed: object) -> None:
        self._show_board(board)

    def _on_profiles_changed(self) -> None:
        if self._services is not None:
            self._profiles = tuple(self._services.profiles.all)
            self._show_profiles()
            if self._bridge is not None:
                self._show_board(self._bridge.board)

    def _on_only_wanted(self, profile_id: str) -> None:
        self._only = ProfileId(profile_id) if profile_id else None
        self._show_profiles()
        self._show_board(self._board)

    def _on_pane_action(self, action: str) -> None:
        name, _, which = action.partition(":")
        if not self.desks.perform(action):
            self.actions_.run({"add_profile": "add", "edit_profile": "edit"}.get(name, name), which)

    def _on_said(self, sentences: Sequence[str]) -> None:
        self._strip.show_also(sentences, "dismiss", tr("Dismiss"))

    def _on_dismissed(self, _action: str) -> None:
        self._strip.hide()

    def _on_tick(self) -> None:
        self.bar.tick()
        self.tiles.tick()
        self.status.tick()
