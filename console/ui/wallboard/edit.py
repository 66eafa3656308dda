"""Arranging a board in place: the bar above, the layer over the page, the properties at the side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton

from console.domain.wallboard import Kind, Wallboard
from console.ui.runtime.dialogs import ask
from console.ui.text import tr
from console.ui.wallboard.bar import FloatingBar
from console.ui.wallboard.draft import Draft
from console.ui.wallboard.edit_layer import EditLayer
from console.ui.wallboard.panel import PropertyPanel
from console.ui.widgets import IconButton, Label, add_action, push_button

if TYPE_CHECKING:
    from console.ui.wallboard.window import WallboardWindow

_ICON: Final = 20
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def kind_title(kind: Kind) -> str:
    """A kind of widget in words."""
    return {
        Kind.TILE: tr("Figure"),
        Kind.QUEUES: tr("Table of queues"),
        Kind.AGENTS: tr("Table of agents"),
        Kind.WAITING: tr("Waiting callers"),
        Kind.CHART: tr("Chart"),
        Kind.ALERTS: tr("Open alerts"),
        Kind.CLOCK: tr("Clock"),
        Kind.TEXT: tr("Notice"),
    }[kind]


class EditBar(FloatingBar):
    """Add, back and forth, pages, discard, done."""

    def __init__(self, window: WallboardWindow) -> None:
        super().__init__(window)
        theme = window.app_theme
        self.add: QPushButton = push_button(theme, tr("Add"))
        self.add.setMenu(QMenu(self.add))
        self.undo = IconButton(theme, "rotate-ccw", tr("Undo"), _ICON)
        self.redo = IconButton(theme, "refresh-cw", tr("Redo"), _ICON)
        self.back = IconButton(theme, "chevron-left", tr("Page before"), _ICON)
        self.page = Label(theme)
        self.next = IconButton(theme, "chevron-right", tr("Next page"), _ICON)
        self.pages: QPushButton = push_button(theme, tr("Pages"))
        self.pages.setMenu(QMenu(self.pages))
        self.note = Label(theme, muted=True)
        self.discard = push_button(theme, tr("Discard"))
        self.done = push_button(theme, tr("Done"), "primary")
        for button in (self.undo, self.redo, self.back, self.next):
            button.setMinimumSize(36, 36)
        for widget in (self.add, self.undo, self.redo, self.back, self.page, self.next, self.pages):
            self.row.addWidget(widget)
        self.row.addWidget(self.note, 1)
        self.row.addStretch(1)
        for widget in (self.discard, self.done):
            self.row.addWidget(widget)
        self.note.hide()


class EditMode(QObject):
    """Lives while a window's board is arranged. The board is kept with "Done"."""

    def __init__(self, window: WallboardWindow) -> None:
        super().__init__(window)
        self._window = window
        self.draft = Draft(window.board, window.page_number, self._on_changed)
        self.bar = EditBar(window)
        self.panel = PropertyPanel(window.app_theme, self.draft, window.bridge)
        self.layer: EditLayer | None = None

    # -- what the window calls

    def begin(self) -> None:
        """Show everything that arranging needs."""
        window, bar = self._window, self.bar
        for kind in Kind:
            add_action(bar.add.menu(), kind_title(kind)).setData(str(kind))
        for command, caption in (
            ("add", tr("Add a page")),
            ("remove", tr("Remove this page")),
            ("earlier", tr("Show this page earlier")),
            ("later", tr("Show this page later")),
        ):
            add_action(bar.pages.menu(), caption).setData(command)
        bar.add.menu().triggered.connect(self._on_add)
        bar.pages.menu().triggered.connect(self._on_pages)
        bar.undo.clicked.connect(self.draft.undo)
        bar.redo.clicked.connect(self.draft.redo)
        bar.back.clicked.connect(self._on_back)
        bar.next.clicked.connect(self._on_next)
        bar.done.clicked.connect(self.finish)
        bar.discard.clicked.connect(self.leave)
        self.panel.deleted.connect(self.draft.delete)
        self.panel.duplicated.connect(self._on_duplicate)
        window.column.insertWidget(0, bar)
        window.body.addWidget(self.panel)
        self.panel.show()
        bar.show()
        self._on_changed()
        window.setFocus()

    def key(self, event: QKeyEvent) -> bool:
        """Carry out a key; False when it means nothing here."""
        key = Qt.Key(event.key())
        held = event.modifiers()
        has_control = bool(held & Qt.KeyboardModifier.ControlModifier)
        has_shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        draft = self.draft
        is_on_page = self._window.focusWidget() in (None, self._window)  # else keys a field has no use for come by
        if not is_on_page and key not in (Qt.Key.Key_Escape, Qt.Key.Key_Z, Qt.Key.Key_Y):
            return True
        if key in _ARROWS and not has_control:
            step = _ARROWS[key]
            self._say("" if (draft.resize(*step) if has_shift else draft.move(*step)) else self._blocked())
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            draft.select_next(-1 if key is Qt.Key.Key_Backtab else 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            draft.delete()
        elif has_control and key is Qt.Key.Key_Z:
            (draft.redo if has_shift else draft.undo)()
        elif has_control and key is Qt.Key.Key_Y:
            draft.redo()
        elif has_control and key is Qt.Key.Key_D:
            self._on_duplicate()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            draft.turn_to(draft.page_number + (1 if key is Qt.Key.Key_PageDown else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.panel.focus_first()
        elif key is Qt.Key.Key_Escape:
            self._on_escape()
        else:
            return key is Qt.Key.Key_E
        return True

    def fit_layer(self) -> None:
        """The window has another size."""
        if self.layer is not None and self._window.current is not None:
            self.layer.setGeometry(self._window.current.rect())

    def finish(self) -> None:
        """Keep the board as it is now."""
        board = self.draft.board
        is_changed = self.draft.is_changed
        self._take_away()
        if is_changed:
            self._window.put_board(board)

    def leave(self) -> None:
        """Go back to the board as it was; asks when something was changed."""
        if self.draft.is_changed:
            self._window.scope.single_flight("discard", self._ask)
        else:
            self._take_away()

    async def _ask(self) -> None:
        window = self._window
        question = tr("What you have arranged since you began is lost.")
        if await ask(
            window,
            window.app_theme,
            tr("Discard the changes?"),
            question,
            confirm=tr("Discard"),
            cancel=tr("Go on editing"),
        ):
            self.discard()

    def discard(self) -> None:
        """Go back to the board as it was."""
        original: Wallboard = self.draft.original
        self._take_away()
        self._window.show_board(original, page=self._window.page_number)

    # -- inside

    def _take_away(self) -> None:
        if self.layer is not None:
            self.layer.hide()
            self.layer.deleteLater()
            self.layer = None
        for widget in (self.bar, self.panel):
            widget.hide()
            widget.deleteLater()
        self._window.body.removeWidget(self.panel)
        self._window.column.removeWidget(self.bar)
        self._window.end_edit()
        self.deleteLater()

    def _on_changed(self) -> None:
        window, draft, bar = self._window, self.draft, self.bar
        window.show_board(draft.board, page=draft.page_number)
        view = window.current
        if view is not None and (self.layer is None or self.layer.parent() is not view):
            if self.layer is not None:
                self.layer.hide()
                self.layer.deleteLater()
            self.layer = EditLayer(window.app_theme, draft, view)
            self.layer.wanted.connect(self.panel.focus_first)
            self.layer.show()
        if self.layer is not None and view is not None:
            self.layer.setGeometry(view.rect())
            self.layer.raise_()
            self.layer.update()
        bar.undo.setEnabled(draft.can_undo)
        bar.redo.setEnabled(draft.can_redo)
        bar.page.setText(tr("Page {n} of {all}", n=draft.page_number + 1, all=len(draft.board.pages)))
        self.panel.follow()

    def _say(self, note: str) -> None:
        self.bar.note.setText(note)
        self.bar.note.setVisible(bool(note))

    def _blocked(self) -> str:
        return tr("There is no room in that direction.") if self.draft.selected is not None else ""

    def _on_add(self, action: QAction) -> None:
        kind = Kind(str(action.data()))
        column = "waiting" if kind in (Kind.TILE, Kind.CHART) else ""
        has_room = self.draft.add(kind, column=column)
        self._say("" if has_room else tr("This page is full: make something smaller, or add a page."))

    def _on_duplicate(self) -> None:
        has_room = self.draft.duplicate()
        self._say("" if has_room else tr("This page is full: make something smaller, or add a page."))

    def _on_pages(self, action: QAction) -> None:
        draft = self.draft
        steps: dict[str, Callable[[], bool]] = {
            "add": draft.add_page,
            "remove": draft.remove_page,
            "earlier": lambda: draft.move_page(-1),
            "later": lambda: draft.move_page(1),
        }
        has_happened = steps[str(action.data())]()
        self._say("" if has_happened else tr("That is not possible with this page."))

    def _on_back(self) -> None:
        self.draft.turn_to(self.draft.page_number - 1)

    def _on_next(self) -> None:
        self.draft.turn_to(self.draft.page_number + 1)

    def _on_escape(self) -> None:
        if self.draft.selected is not None:
            self.draft.select("")
        else:
            self.leave()
