"""From the store's callbacks to the views: at most four times a second, the newest state wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from console.domain.board import Board
from console.domain.model import ProfileId
from console.ui.runtime.throttle import Throttle

if TYPE_CHECKING:
    from console.engine.store import Store

INTERVAL_MS = 250  # four refreshes a second are as many as an eye can use

Apply = Callable[[Board], None]


class StoreBridge(QObject):
    """Follows a store and hands its board to views.

    Views registered by `add_view` are spared while they are hidden and catch up when they are shown.

    Signals:
        board_changed: the board and the ids of the profiles that changed since the last signal.
    """

    board_changed = Signal(object, object)

    def __init__(self, store: Store, parent: QObject | None = None, interval_ms: int = INTERVAL_MS) -> None:
        super().__init__(parent)
        self._store = store
        self._changed: set[ProfileId] = set()
        self._views: list[_View] = []
        self._throttle = Throttle(interval_ms, self._emit, self)
        self._unsubscribe = store.subscribe(self._on_store_changed)

    @property
    def board(self) -> Board:
        """The store's board as it is now."""
        return self._store.board

    def add_view(self, widget: QWidget, apply: Apply) -> None:
        """Call `apply(board)` on each change while `widget` is visible, and once when it becomes visible."""
        view = _View(widget, apply, self)
        self._views.append(view)
        view.offer()

    def flush(self) -> None:
        """Hand over the newest state now (first paint, screenshots)."""
        self._throttle.cancel()
        self._emit()

    def close(self) -> None:
        """Stop following the store."""
        self._unsubscribe()
        self._throttle.cancel()
        self._views.clear()

    def _on_store_changed(self, changed: frozenset[ProfileId]) -> None:
        self._changed |= changed
        self._throttle.request()

    def _emit(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        board = self._store.board
        self.board_changed.emit(board, changed)
        for view in tuple(self._views):
            view.offer()


class _View(QObject):
    """One registered view; watches its widget's visibility."""

    def __init__(self, widget: QWidget, apply: Apply, bridge: StoreBridge) -> None:
        super().__init__(widget)
        self._widget = widget
        self._apply = apply
        self._bridge = bridge
        self._is_dirty = False
        widget.installEventFilter(self)

    def offer(self) -> None:
        """Apply now when visible, else remember that there is news."""
        self._is_dirty = True
        if self._widget.isVisible():
            self._catch_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the widget is shown."""
        if event.type() == QEvent.Type.Show and self._is_dirty:
            self._catch_up()
        return False

    def _catch_up(self) -> None:
        self._is_dirty = False
        self._apply(self._bridge.board)
