"""Rows with an alarm stand at the top of their table, worst first, whatever it is sorted by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from console.domain.clock import Clock
from console.domain.thresholds import Level
from console.ui.models.cells import Cell, CellMaker
from console.ui.models.columns import Column
from console.ui.models.rows import ViewRow
from console.ui.runtime.clocks import shows_now

Raised = Mapping[Any, Level]  # by profile id and row id
NOTHING: Final[Raised] = MappingProxyType({})


class RaisedCells:
    """The cells of a pane, whose rows also carry the edge of the alarm that raised them; alarms are always of now.

    Args:
        clock: what the pane shows.
    """

    def __init__(self, maker: CellMaker, clock: Clock) -> None:
        self._maker = maker
        self._clock = clock
        self.levels: Raised = NOTHING

    def cell(self, row: ViewRow, column: Column) -> Cell:
        """The cell of a row and column, now."""
        return self._maker.cell(row, column)

    def level(self, row: ViewRow) -> Level:
        """The row's own level or its alarm's, whichever is higher."""
        own = self._maker.level(row)
        if not self.levels or not shows_now(self._clock):
            return own
        return max(own, self.levels.get(row.key[:2], Level.NONE))

    def first(self, rows: list[ViewRow]) -> list[ViewRow]:
        """The raised rows first, the worst of them on top; otherwise the order stays."""
        levels = self.levels
        if not levels or not shows_now(self._clock):
            return rows
        raised = [row for row in rows if row.key[:2] in levels]
        if not raised:
            return rows
        raised.sort(key=lambda row: -int(levels[row.key[:2]]))
        return raised + [row for row in rows if row.key[:2] not in levels]
