"""Boards of queues, and what a pane shows of them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from console.domain.board import Board
from console.ui.panes import TablePane
from tests.ui.boards import board, queue, snapshot, source


def floor(*waiting: int, **more) -> Board:
    queues = [queue(f"q{place}", f"Queue {place}", n, 10 * n) for place, n in enumerate(waiting)]
    return board(source(snapshot(queues=queues, **more)))


def texts(pane: TablePane, column: str) -> list[str]:
    section = pane.model.column_of(column)
    return [pane.model.data(pane.model.index(row, section)) for row in range(pane.model.rowCount())]


def click_header(qtbot, pane: TablePane, column: str) -> None:
    header = pane.table.header
    section = pane.model.column_of(column)
    x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
