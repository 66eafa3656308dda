"""From the store's callbacks to the views: at most four times a second, the newest state wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.domain.board import Board
from console.domain.model import ProfileId
from console.domain.privacy import Mask
from console.ui.runtime.throttle import Throttle

if TYPE_CHECKING:
    from console.engine.store import Store

INTERVAL_MS = 250  # four refreshes a second are as many as an eye can use


class StoreBridge(QObject):
    """Follows a store and tells its changes.

    Args:
        is_private: hand out boards without callers' numbers and agents' names; see `console.domain.privacy`.

    Signals:
        board_changed: the board and the ids of the profiles that changed since the last signal.
    """

    board_changed = Signal(object, object)

    def __init__(
        self, store: Store, parent: QObject | None = None, interval_ms: int = INTERVAL_MS, *, is_private: bool = False
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._mask = Mask() if is_private else None
        self._changed: set[ProfileId] = set()
        self._throttle = Throttle(interval_ms, self._emit, self)
        self._unsubscribe = store.subscribe(self._on_store_changed)

    @property
    def board(self) -> Board:
        """The store's board as it is now, masked where privacy is on."""
        return self._store.board if self._mask is None else self._mask.board(self._store.board)

    def set_privacy(self, is_private: bool) -> None:
        """Mask who is on the board from now on, or show it again; tells the other board at once."""
        if is_private != (self._mask is not None):
            self._mask = Mask() if is_private else None
            self._changed |= {source.profile.id for source in self._store.board.sources}
            self.flush()

    def flush(self) -> None:
        """Hand over the newest state now (first paint, screenshots)."""
        self._throttle.cancel()
        self._emit()

    def close(self) -> None:
        """Stop following the store."""
        self._unsubscribe()
        self._throttle.cancel()

    def _on_store_changed(self, changed: frozenset[ProfileId]) -> None:
        self._changed |= changed
        self._throttle.request()

    def _emit(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        self.board_changed.emit(self.board, changed)
