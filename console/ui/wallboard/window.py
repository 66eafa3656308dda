"""A wallboard on a display: full screen, page after page, for days."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.domain.text import safe_text
from console.domain.wallboard import Wallboard
from console.tasks import Report, TaskScope
from console.ui.models.rows import moments
from console.ui.models.ticker import Ticker
from console.ui.runtime.bridge import StoreBridge
from console.ui.services import Services, StateProvider
from console.ui.text import tr
from console.ui.theme import Theme
from console.ui.wallboard import screens
from console.ui.wallboard.base import Moment, WallContext
from console.ui.wallboard.footer import Footer
from console.ui.wallboard.page_view import PageView

if TYPE_CHECKING:
    from console.ui.wallboard.edit import EditMode

HIDE_CURSOR_MS: Final = 3000
PAUSE_S: Final = 15.0  # rotation rests for so long after somebody touched mouse or keys
PAGE_KEY: Final = "wallboard.page."  # where the page is remembered


class WallboardWindow(QWidget):
    """Shows a board of its own accord until it is closed.

    Signals:
        closed: the board's id; the window is gone then.
        board_edited: the user changed the board (`Wallboard`).

    Args:
        theme: the console's; the board may have one of its own.
        clock: the clock of now.
        is_private: whether the console's privacy switch is on.
    """

    closed = Signal(str)
    board_edited = Signal(object)

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        services: Services,
        board: Wallboard,
        state: StateProvider,
        *,
        is_demo: bool = False,
        is_private: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("wallboard")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(640, 400)
        self.app_theme = theme
        self.clock = clock
        self.services = services
        self.board = board
        self._state = state
        self._is_demo = is_demo
        self._app_private = is_private
        self.scope = TaskScope("wallboard", report)
        self._own_theme: Theme | None = None if board.theme == "follow" else Theme(board.theme)
        self.theme = self._own_theme or theme
        self.page_number = 0
        self._turned_mono = clock.monotonic()
        self._touched_mono = -math.inf
        self._is_held = False
        self._is_gone = False
        self._wanted_screen = board.screen
        self._pointer = QPoint(-1, -1)
        self.edit: EditMode | None = None
        self._build()
        self.bridge = StoreBridge(services.store, self, is_private=self.is_private)
        self.bridge.board_changed.connect(self._on_board_changed)
        self.ticker = Ticker(clock, self)
        self.ticker.ticked.connect(self.refresh)
        self._cursor_timer = QTimer(self)
        self._cursor_timer.setSingleShot(True)
        self._cursor_timer.setInterval(HIDE_CURSOR_MS)
        self._cursor_timer.timeout.connect(self._on_still)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._on_screen_added)
        app.screenRemoved.connect(self._on_screen_removed)
        self.theme.changed.connect(self.update)
        saved = state.get(PAGE_KEY + board.id)
        self.show_board(board, page=saved if type(saved) is int else 0)

    # -- what the owner calls

    @property
    def is_private(self) -> bool:
        """Whether names and numbers are hidden here."""
        return self._app_private or self.board.privacy

    @property
    def pages(self) -> list[PageView]:
        """The pages that have been on screen, in no order."""
        return list(self._pages.values())

    @property
    def current(self) -> PageView | None:
        """The page on screen."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, PageView) else None

    @property
    def screen_key(self) -> str:
        """Which display it was put on."""
        return self._wanted_screen

    def open_on(self, screen: QScreen | None) -> None:
        """Be full screen on a display; None: on the board's own, else where windows appear."""
        chosen = screen or screens.find(self._wanted_screen, QGuiApplication.screens())
        if screen is not None:
            self._wanted_screen = screens.key_of(screen)
        self._place(chosen or QGuiApplication.primaryScreen())

    def show_board(self, board: Wallboard, page: int | None = None) -> None:
        """Show a board, or the same one changed."""
        if board.theme != self.board.theme:
            self._take_theme(board)
        self.board = board
        self.bridge.set_privacy(self.is_private)
        name = safe_text(board.name)
        self.setWindowTitle(f"{name} — {tr('DEMO')}" if self._is_demo else name)
        wanted = {each.id for each in board.pages}
        for gone in [key for key in self._pages if key not in wanted]:
            self._drop(self._pages.pop(gone))
        self.turn_to(self.page_number if page is None else page, is_touched=False)
        self.footer.updateGeometry()

    def set_privacy(self, is_private: bool) -> None:
        """The console's switch is on or off now."""
        self._app_private = is_private
        self.bridge.set_privacy(self.is_private)
        self.refresh()

    def turn_to(self, number: int, *, is_touched: bool = True) -> None:
        """Show a page; numbers go round."""
        if is_touched:
            self._touched_mono = self.clock.monotonic()
        if not self.board.pages:
            return
        former = self.current
        self.page_number = number % len(self.board.pages)
        page = self.board.pages[self.page_number]
        view = self._pages.get(page.id)
        if view is None:
            view = PageView(self._context(), self._stack)
            view.setMouseTracking(True)
            self._pages[page.id] = view
            self._stack.addWidget(view)
        if former is not None and former is not view:
            former.set_active(False)
        view.set_active(True)
        view.show_page(page, self.board.scale)
        self._track(view)
        self._stack.setCurrentWidget(view)
        self._turned_mono = self.clock.monotonic()
        self._state.put(PAGE_KEY + self.board.id, self.page_number)
        self.refresh()

    def refresh(self) -> None:
        """Show this second: figures, ages, connections; turn the page when it is time."""
        mono = self.clock.monotonic()
        if self._is_due(mono):
            self.turn_to(self.page_number + 1, is_touched=False)
            return
        board: Board = self.bridge.board
        now_ms = self.clock.now_ms()
        moment = Moment(board, moments(board, now_ms, mono), now_ms, mono, self.is_private)
        if self.current is not None:
            self.current.show_moment(moment)
        self.footer.show_moment(moment)
        self.footer.show_board(
            self.board.name,
            self.page_number,
            len(self.board.pages),
            is_paused=self.is_paused and self.board.every_s > 0,
            is_private=self.is_private,
            scale=self.board.scale,
        )

    @property
    def is_paused(self) -> bool:
        """Whether pages stay where they are for the moment."""
        is_touched = self.clock.monotonic() - self._touched_mono < PAUSE_S
        return self._is_held or self.edit is not None or is_touched

    def set_note(self, note: str) -> None:
        """Something about this display, said beside the buttons; empty for nothing."""
        self.bar.set_note(note)

    async def aclose(self) -> None:
        """End what is fetched, and close."""
        await self.scope.aclose()
        if not self._is_gone:
            self.close()

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface below the cards."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.theme.colour(self.theme.palette.window))
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Tick while somebody can see it."""
        super().showEvent(event)
        self.refresh()
        self.ticker.start()
        self._cursor_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody can."""
        super().hideEvent(event)
        self.ticker.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Type follows the window."""
        super().resizeEvent(event)
        self.footer.updateGeometry()
        if self.edit is not None:
            self.edit.fit_layer()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of everything, once; what was being arranged is kept."""
        super().closeEvent(event)
        if self.edit is not None:
            self.edit.finish()
        if self._is_gone:
            return
        self._is_gone = True
        self.ticker.stop()
        self.bridge.close()
        for view in self._pages.values():
            view.dispose()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.disconnect(self._on_screen_added)
            app.screenRemoved.disconnect(self._on_screen_removed)
        self.closed.emit(self.board.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Somebody is there: show cursor and buttons, and let the page stay."""
        super().mouseMoveEvent(event)
        place = event.globalPosition().toPoint()
        if place != self._pointer:
            is_first = self._pointer.x() < 0
            self._pointer = place
            if not is_first:  # a window that opens below a pointer that rests is no movement
                self.touch()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As for a move."""
        super().mousePressEvent(event)
        self.touch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, F11 frames, arrows turn pages, space holds, E edits."""
        key = Qt.Key(event.key())
        if self.edit is not None and self.edit.key(event):
            return
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self.turn_to(self.page_number + 1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.turn_to(self.page_number - 1)
        elif key == Qt.Key.Key_Space:
            self._is_held = not self._is_held
            self.refresh()
        elif key == Qt.Key.Key_E and not event.modifiers():
            self.begin_edit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """While the board is arranged, Tab goes from widget to widget."""
        if self.edit is not None and self.focusWidget() in (None, self):
            return False
        return super().focusNextPrevChild(is_next)

    # -- editing

    def touch(self) -> None:
        """Show cursor and buttons for a while, and let the page stay."""
        self._touched_mono = self.clock.monotonic()
        self.unsetCursor()
        self.bar.setVisible(self.edit is None)
        self.bar.raise_()
        self.bar.place()
        self._cursor_timer.start()

    def begin_edit(self) -> None:
        """Arrange the board in place."""
        if self.edit is None:
            from console.ui.wallboard.edit import EditMode

            self.bar.hide()
            self.unsetCursor()
            self.edit = EditMode(self)
            self.edit.begin()

    def end_edit(self) -> None:
        """Called by the edit mode once it has taken itself away."""
        self.edit = None
        self._touched_mono = self.clock.monotonic()
        self._cursor_timer.start()
        self.setFocus()
        self.refresh()

    def toggle_hold(self) -> None:
        """Let the page stay, or turn pages again."""
        self._is_held = not self._is_held
        self._touched_mono = -math.inf if not self._is_held else self._touched_mono
        self.refresh()

    @property
    def is_held(self) -> bool:
        """Whether the user wants the page to stay."""
        return self._is_held

    # -- inside

    def _build(self) -> None:
        from console.ui.wallboard.bar import WallBar

        self._pages: dict[str, PageView] = {}
        self._stack = QStackedWidget(self)
        self.footer = Footer(self.theme, is_demo=self._is_demo, parent=self)
        self.body = QHBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self._stack, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self.body, 1)
        self.column.addWidget(self.footer)
        self.bar = WallBar(self)
        self.bar.hide()
        self._track(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Wallboard {name}", name=safe_text(self.board.name)))

    def _track(self, widget: QWidget) -> None:
        """Movements over what is shown are the window's."""
        widget.setMouseTracking(True)
        for child in widget.findChildren(QWidget):
            child.setMouseTracking(True)

    def _context(self) -> WallContext:
        return WallContext(self.theme, self.clock, self.services, self.scope)

    def _take_theme(self, board: Wallboard) -> None:
        """A board's theme is part of every widget: all pages are made anew."""
        self.theme.changed.disconnect(self.update)
        if board.theme == "follow":
            self.theme, self._own_theme = self.app_theme, None
        else:
            self._own_theme = self._own_theme or Theme(board.theme)
            self._own_theme.set_mode(board.theme)
            self.theme = self._own_theme
        self.theme.changed.connect(self.update)
        for view in self._pages.values():
            self._drop(view)
        self._pages.clear()
        self.footer.set_theme(self.theme)
        self.update()

    def _drop(self, view: PageView) -> None:
        view.dispose()
        self._stack.removeWidget(view)
        view.deleteLater()

    def _is_due(self, mono: float) -> bool:
        """Whether it is time for another page. Computed from the clock: a night of sleep turns one page, not many."""
        every_s = self.board.every_s
        if every_s <= 0 or len(self.board.pages) < 2 or self.is_paused:
            return False
        since = max(self._turned_mono, self._touched_mono)
        return mono - since >= every_s - 0.5  # a second hand that comes a little early is not a second late

    def _place(self, screen: QScreen) -> None:
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()

    def _on_board_changed(self, _board: object, _changed: object) -> None:
        if self.isVisible():
            self.refresh()

    def _on_still(self) -> None:
        """Nobody has moved anything for a while."""
        if self.edit is None and not self.bar.is_in_use():
            self.bar.hide()
            self.setCursor(Qt.CursorShape.BlankCursor)
        elif self.edit is None:
            self._cursor_timer.start()

    def _on_screen_added(self, screen: QScreen) -> None:
        """The board's own display is back."""
        if self._wanted_screen and screens.key_of(screen) == self._wanted_screen and self.screen() is not screen:
            self._place(screen)

    def _on_screen_removed(self, screen: QScreen) -> None:
        """Its display is gone: another one is better than none."""
        left = [each for each in QGuiApplication.screens() if each is not screen]
        if self.screen() is screen and left:
            self._place(screens.find(self._wanted_screen, left) or left[0])

    def put_board(self, board: Wallboard) -> None:
        """Show a board that was edited here, and tell."""
        self.show_board(replace(board, screen=self.board.screen))
        self.board_edited.emit(self.board)
