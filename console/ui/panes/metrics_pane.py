"""The figures that belong to no queue, agent or tile."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.ui.models.columns import metric_columns
from console.ui.models.rows import ViewRow, metric_rows
from console.ui.panes.emptiness import Emptiness
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_pane import TablePane
from console.ui.text import tr
from console.ui.theme import Theme


class MetricsPane(TablePane):
    """Title, category, whom it is for, and value of every other metric a system sends."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        nothing = Emptiness(
            "gauge",
            tr("No other metrics"),
            tr("Every metric of the system is shown as a tile, or with queues and agents."),
        )
        spec = PaneSpec(
            "metrics", tr("Metrics"), None, metric_columns(), "{n} metric", "{n} metrics", nothing, ("name", False)
        )
        super().__init__(theme, clock, spec, parent)

    def source_rows(self, board: Board) -> list[ViewRow]:
        """The lines of the metrics table."""
        return metric_rows(board)
