"""The queue table."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.domain.clock import Clock
from console.domain.enums import Section
from console.ui.models.columns import queue_columns
from console.ui.panes.emptiness import Emptiness
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_pane import TablePane
from console.ui.text import section_title, tr
from console.ui.theme import Theme


class QueuePane(TablePane):
    """All queues of all sources: level, name, waiting, longest wait, staffing, the day's figures."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        nothing = Emptiness(
            "list",
            tr("No queues"),
            tr("The account sees no queue. Ask the administrator to give it the right to see some."),
        )
        spec = PaneSpec(
            "queues",
            section_title(Section.QUEUES),
            Section.QUEUES,
            queue_columns(),
            "{n} queue",
            "{n} queues",
            nothing,
            ("level", True),
        )
        super().__init__(theme, clock, spec, parent)
