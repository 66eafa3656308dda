"""The figures of a chart over time as a table: a row for each moment at which something changed, gaps in words."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from console.domain.clock import to_datetime
from console.domain.text import safe_text
from console.domain.values import Unit
from console.ui.charts.curves import Curve, moments, value_at
from console.ui.charts.words import value_text
from console.ui.text import tooltip, tr
from console.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_TIME_WIDTH, _WIDTH = 160, 130  # px
_HEADING = 30  # characters of a name; Qt cuts longer ones at their beginning


class TimelineModel(QAbstractTableModel):
    """Moments times curves; every cell is worked out when it is looked at."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: tuple[Curve, ...] = ()
        self._moments = np.empty(0)
        self._unit = Unit.COUNT
        self._zone: tzinfo | None = None

    def show_curves(self, curves: tuple[Curve, ...], start_ms: float, end_ms: float, unit: Unit, zone: tzinfo) -> None:
        """Show a range of some curves; the newest moment is the last row."""
        self.beginResetModel()
        self._curves, self._unit, self._zone = curves, unit, zone
        self._moments = moments(curves, start_ms, end_ms)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The moments."""
        return 0 if parent.isValid() else len(self._moments)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The time and the curves."""
        return 0 if parent.isValid() else 1 + len(self._curves)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, alignment, and muted ink for gaps."""
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self._moments):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            )
        at = float(self._moments[row])
        if column == 0:
            if role == Qt.ItemDataRole.DisplayRole:
                return f"{to_datetime(at).astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
            return None
        value = value_at(self._curves[column - 1], at)
        is_known = value == value
        if role == Qt.ItemDataRole.DisplayRole:
            return value_text(value, self._unit) if is_known else tr("no data")
        if role == Qt.ItemDataRole.ForegroundRole and not is_known:
            return QColor(self._theme.palette.muted)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The curves' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("Time") if section == 0 else safe_text(self._curves[section - 1].name, _HEADING)
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return tooltip(self._curves[section - 1].name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            )
        return None


class TimelineTable(QTableView):
    """The model in a table that is read with the keyboard."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = TimelineModel(theme, self)
        self.setModel(self.figures)
        self.setAccessibleName(tr("Figures of the chart"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(False)

    def show_curves(self, curves: tuple[Curve, ...], start_ms: float, end_ms: float, unit: Unit, zone: tzinfo) -> None:
        """Show a range of some curves, the newest figures in sight."""
        self.figures.show_curves(curves, start_ms, end_ms, unit, zone)
        for column in range(self.figures.columnCount()):
            wanted = (
                self.horizontalHeader()
                .fontMetrics()
                .horizontalAdvance(str(self.figures.headerData(column, Qt.Orientation.Horizontal)))
            )
            self.setColumnWidth(column, max(_WIDTH if column else _TIME_WIDTH, wanted + 32))
        self.scrollToBottom()
