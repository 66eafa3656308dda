"""What a pane is asked about its board and its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.board import Board
from console.domain.enums import Section
from console.domain.text import safe_text
from console.domain.values import Reading
from console.ui.models.keyed import KeyedTableModel
from console.ui.models.rows import ViewRow

if TYPE_CHECKING:
    from console.ui.panes.table_pane import TablePane


def board_size(board: Board, section: Section | None) -> int:
    """How many rows a board has for a section (None: the metrics), about."""
    snapshots = [source.snapshot for source in board.sources if source.snapshot is not None]
    return sum(len(each.metrics if section is None else each.rows(section)) for each in snapshots)


def figure_at(model: KeyedTableModel[ViewRow], row: int, column: int) -> tuple[str, Reading, str]:
    """A cell as "show request" wants it: profile id, reading, and what it is a figure of."""
    line, cell = model.rows[row], model.cell(row, column)
    heading = " · ".join(filter(None, (safe_text(line.row.name), model.columns[column].title)))
    return line.key[0], cell.reading, f"{heading}: {cell.shown.text}"


def open_definition(pane: TablePane, column: int, row: int) -> None:
    """Say what a column means; with a row (not -1) also who made its figure."""
    from console.ui.panes.definition import DefinitionPopup  # not on the way to the first paint

    reading = pane.model.cell(row, column).reading if row >= 0 else None
    popup = DefinitionPopup(pane.theme, pane.model.columns[column], reading, pane)
    popup.show_at(pane.table.cell_corner())
