"""Wallboards as the main window sees them: the list of boards, and the windows they are shown in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QGuiApplication

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.wallboard import Wallboard
from console.tasks import TaskScope
from console.ui.desks.base import Desk, DeskContext
from console.ui.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.engine.wallboards import WallboardBook
    from console.ui.wallboard.awake import Awake
    from console.ui.wallboard.window import WallboardWindow

STARTER_ID = "starter"  # of the board that fills itself until it is kept under an id of its own


class WallDesk(Desk):
    """Opens boards; several at once, each in a window of its own."""

    COMMANDS = frozenset({"wallboards", "wallboard"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.windows: dict[str, WallboardWindow] = {}
        self._scope = TaskScope("wallboards", context.report)
        self._awake: Awake | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._unfollow: Callable[[], None] | None = None
        self._is_leaving = False

    # -- what the main window calls

    def attach(self, services: Services) -> None:
        """Read the boards."""
        super().attach(services)
        if services.wallboards is not None:
            self._unsubscribe = services.wallboards.subscribe(self._on_boards_changed)
            self._scope.start(services.wallboards.load(), "load")

    def perform(self, command: str) -> None:
        """``wallboards`` lists them, ``wallboard:NAME`` opens one."""
        if self.book is None:
            return
        kind, _, which = command.partition(":")
        if kind == "wallboards":
            self._scope.single_flight("manager", self._manage)
        else:
            self._scope.start(self._open_by_name(which), "open")

    def general_changed(self) -> None:
        """Privacy may be on or off now."""
        for window in self.windows.values():
            window.set_privacy(self.context.general().privacy)

    async def aclose(self) -> None:
        """Close every board."""
        self._is_leaving = True
        for listener in (self._unsubscribe, self._unfollow):
            if listener is not None:
                listener()
        for window in list(self.windows.values()):
            await window.aclose()
        await self._scope.aclose()

    # -- boards

    @property
    def book(self) -> WallboardBook | None:
        """The boards of this installation."""
        return self.services.wallboards if self.services is not None else None

    @property
    def awake(self) -> Awake:
        """Keeps displays on."""
        if self._awake is None:
            from console.ui.wallboard.awake import Awake

            self._awake = Awake()
            self._awake.changed.connect(self._on_awake_changed)
        return self._awake

    def starter(self) -> Wallboard:
        """The board there is before anybody made one, for what the systems say now."""
        from console.ui.wallboard.starter import make

        assert self.services is not None
        return make("floor", self.services.store.board, STARTER_ID)

    def boards(self) -> tuple[Wallboard, ...]:
        """All boards; the starter where there are none."""
        book = self.book
        return (book.all.boards if book is not None else ()) or (self.starter(),)

    async def open_named(self, name: str, screen: int | None = None, size: QSize | None = None) -> WallboardWindow:
        """Open the board of that name; UserError names those there are. See `open`."""
        assert self.book is not None
        await self.book.load()
        boards = self.boards()
        wanted = name.strip().casefold()
        board = next((each for each in boards if each.name.casefold() == wanted or each.id == name), None)
        if board is None:
            known = ", ".join(each.name for each in boards)
            raise UserError(message("wallboard.unknown", name=name, known=known))
        return self.open(board, screen, size)

    def open(self, board: Wallboard, screen: int | None = None, size: QSize | None = None) -> WallboardWindow:
        """Show a board full screen, or bring its window to the front.

        Args:
            screen: on which display, from 1; None: on the one it was on before.
            size: as a window of this size instead.
        """
        from console.ui.wallboard.window import WallboardWindow

        assert self.services is not None
        window = self.windows.get(board.id)
        displays = QGuiApplication.screens()
        chosen = displays[screen - 1] if screen is not None and 1 <= screen <= len(displays) else None
        if window is None:
            context = self.context
            window = WallboardWindow(
                context.theme,
                context.live_clock,
                self.services,
                board,
                context.state,
                is_demo=context.is_demo,
                is_private=context.general().privacy,
                report=context.report,
            )
            window.closed.connect(self._on_closed)
            window.board_edited.connect(self._on_edited)
            self.windows[board.id] = window
            self.awake.hold(board.id)
            window.set_note(self.awake.problem)
        if size is not None:
            window.resize(size)
            window.show()
        else:
            window.open_on(chosen)
        window.activateWindow()
        if chosen is not None and self.book is not None and self.book.all.get(board.id) is not None:
            self.book.put(replace(board, screen=window.screen_key))
        if board.id == STARTER_ID:
            self._follow_starter()
        return window

    # -- inside

    async def _open_by_name(self, name: str) -> None:
        from console.ui.runtime.dialogs import tell
        from console.ui.text import tr, translate

        try:
            await self.open_named(name)
        except UserError as error:
            await tell(self.context.window, self.context.theme, tr("That did not work"), translate(error.message))

    async def _manage(self) -> None:
        from console.ui.runtime.dialogs import run_dialog
        from console.ui.wallboard.manager import WallboardsDialog

        assert self.book is not None
        await self.book.load()
        dialog = WallboardsDialog(self.context.window, self.context.theme, self)
        await run_dialog(dialog, dialog.aclose)

    def _follow_starter(self) -> None:
        """Until every system has said what it offers, the starter is made anew with each news."""
        assert self.services is not None
        if self._unfollow is None:
            self._unfollow = self.services.store.subscribe(self._on_news)
        self._on_news(frozenset())

    def _on_news(self, _changed: object) -> None:
        from console.ui.wallboard.starter import is_settled

        window = self.windows.get(STARTER_ID)
        assert self.services is not None
        if window is None or window.edit is not None:
            return
        made = self.starter()
        if made != replace(window.board, screen=made.screen):
            window.show_board(made)
        if is_settled(self.services.store.board):
            self._keep_starter(made)

    def _keep_starter(self, board: Wallboard) -> None:
        """From now on it is a board like any other."""
        window = self.windows.pop(STARTER_ID, None)
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None
        if window is None or self.book is None:
            return
        kept = self.book.add(replace(board, screen=window.screen_key))
        self.windows[kept.id] = window
        window.show_board(kept)
        self.awake.hold(kept.id)
        self.awake.release(STARTER_ID)

    def _on_edited(self, board: object) -> None:
        if isinstance(board, Wallboard) and self.book is not None:
            if board.id == STARTER_ID:
                self._keep_starter(board)
            else:
                self.book.put(board)

    def _on_boards_changed(self) -> None:
        """A board may have been changed in the list, in another window, or deleted."""
        assert self.book is not None
        for board_id, window in list(self.windows.items()):
            board = self.book.all.get(board_id)
            if board is not None and board != window.board and window.edit is None:
                window.show_board(board)
            elif board is None and board_id != STARTER_ID and self.book.is_loaded:
                window.close()

    def _on_closed(self, _board_id: str) -> None:
        sender: QObject | None = self.sender()
        for board_id, window in list(self.windows.items()):
            if window is sender:
                del self.windows[board_id]
                self.awake.release(board_id)
                if not self._is_leaving:
                    self._scope.start(window.scope.aclose(), "close")
        main = self.context.window
        if not self.windows and not self._is_leaving and not main.isVisible():
            main.open()  # it was started on a wallboard: nobody may be left with a program without a window

    def _on_awake_changed(self) -> None:
        for window in self.windows.values():
            window.set_note(self.awake.problem)
