"""Rows with an alarm at the top of their table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.domain.thresholds import Level
from console.ui.panes import QueuePane
from console.ui.theme import Theme
from tests.ui.boards import StillClock, board, queue, snapshot, source


def test_alarmed_rows_stand_first_worst_on_top_and_wait_while_somebody_works(qtbot: QtBot, theme: Theme) -> None:
    clock = StillClock()
    pane = QueuePane(theme, clock)
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.show()
    pane.columns.sort_by("name", False)
    pane.set_board(board(source(snapshot(queues=[queue(name, name) for name in "ABCD"]))))

    def names() -> str:
        return "".join(row.row.name for row in pane.model.rows)

    assert names() == "ABCD"
    pane.set_raised({("p1", "C"): Level.CAUTION, ("p1", "D"): Level.CRITICAL})
    assert names() == "DCAB"
    assert pane.model.row_level(0) is Level.CRITICAL
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Down)
    assert pane.table.is_worked_in
    pane.set_raised({("p1", "B"): Level.CRITICAL})
    assert names() == "DCAB", "nothing jumps under the keyboard"
    assert pane.model.row_level(3) is Level.CRITICAL, "but the edge is there at once"
    clock.step(60)
    pane.rearrange()
    assert names() == "BACD"
