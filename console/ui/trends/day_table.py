"""The agents' day as a table: a row for each agent, their totals by state, and how long nothing was known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from console.ui.charts.day_rows import TOTALS, DayRow, total_text, total_title
from console.ui.text import tr
from console.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NAME, _WIDTH = 240, 120  # px


class DayModel(QAbstractTableModel):
    """Agents times totals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[DayRow] = ()

    def show_rows(self, rows: Sequence[DayRow]) -> None:
        """Show agents."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The agents."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name and totals."""
        return 0 if parent.isValid() else 1 + len(TOTALS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and alignment."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return total_text(row.totals.get(TOTALS[column - 1], 0.0)) if column else row.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _side(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return total_title(TOTALS[section - 1]) if section else tr("Agent")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _side(section)
        return None


class DayTable(QTableView):
    """The model in a table."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.totals = DayModel(self)
        self.setModel(self.totals)
        self.setAccessibleName(tr("Agents' day in figures"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.horizontalHeader().setHighlightSections(False)
        for column in range(self.totals.columnCount()):
            self.setColumnWidth(column, _WIDTH if column else _NAME)


def _side(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
