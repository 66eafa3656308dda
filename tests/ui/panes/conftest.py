"""A theme, a clock that stands, and panes that stay alive for the length of a test."""

from __future__ import annotations

import pytest

from console.domain.board import Board
from console.ui.panes import TablePane
from console.ui.theme import Theme
from tests.ui.boards import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("dark")


@pytest.fixture
def show(qtbot, theme: Theme, clock: StillClock):
    alive: list[TablePane] = []  # qtbot holds widgets weakly; a window would own its panes

    def make(kind: type[TablePane], shown: Board | None = None) -> TablePane:
        pane = kind(theme, clock)
        alive.append(pane)
        qtbot.addWidget(pane)
        pane.resize(1200, 500)
        pane.show()
        if shown is not None:
            pane.set_board(shown)
        return pane

    return make
