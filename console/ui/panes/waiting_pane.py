"""The callers who wait, one by one, from systems that name them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.domain.clock import Clock
from console.domain.enums import Section
from console.ui.models.columns import waiting_columns
from console.ui.panes.emptiness import Emptiness
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_pane import TablePane
from console.ui.text import section_title, tr
from console.ui.theme import Theme


class WaitingPane(TablePane):
    """Waiting callers with place, name, number, queue and wait; the longest wait on top."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        nothing = Emptiness("circle-check", tr("Nobody is waiting"), tr("A caller appears here as soon as one waits."))
        spec = PaneSpec(
            "waiting",
            section_title(Section.WAITING),
            Section.WAITING,
            waiting_columns(),
            "{n} caller",
            "{n} callers",
            nothing,
            ("wait", True),
        )
        super().__init__(theme, clock, spec, parent)
