"""Windows for rows about what a person sees."""

from __future__ import annotations

from collections.abc import Callable

from console.domain.board import Board
from console.engine.store import Store
from console.ui.services import Services
from console.ui.windows.main_window import MainWindow
from tests.ui.windows.fakes import FakeProfiles, store_of

Make = Callable[[], MainWindow]


def attach(window: MainWindow, board: Board) -> tuple[Store, FakeProfiles]:
    """Give a window a store and profiles that fit a board."""
    store, service = store_of(board.sources), FakeProfiles(tuple(source.profile for source in board.sources))
    window.attach(Services(store, service))
    return store, service
