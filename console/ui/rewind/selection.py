"""What was selected in the panes, kept over a recorded moment in which the rows may not have been there."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QItemSelectionModel

from console.ui.panes.table_pane import TablePane
from console.ui.windows.docks import DockArea


class KeptSelection:
    """Takes note of the selected rows of all panes when made; `restore` selects them where nothing is selected."""

    def __init__(self, docks: DockArea) -> None:
        self._kept: list[tuple[TablePane, list[Hashable], Hashable | None]] = []
        for dock in docks.docks.values():
            if dock.pane is not None:
                keys = dock.pane.model.keys
                selected = [keys[index.row()] for index in dock.pane.table.selectionModel().selectedRows()]
                current = dock.pane.table.currentIndex().row()
                self._kept.append((dock.pane, selected, keys[current] if 0 <= current < len(keys) else None))

    def restore(self) -> None:
        """Select them again, as far as they are there and nothing else was selected meanwhile."""
        flags = QItemSelectionModel.SelectionFlag
        for pane, selected, current in self._kept:
            chooser, model = pane.table.selectionModel(), pane.model
            if chooser.hasSelection():
                continue
            place = model.row_of(current) if current is not None else -1
            if place >= 0:
                chooser.setCurrentIndex(model.index(place, pane.table.delegate.first_column), flags.NoUpdate)
            for key in selected:
                row = model.row_of(key)
                if row >= 0:
                    chooser.select(model.index(row, 0), flags.Select | flags.Rows)
