"""The agent table, with the floor's states as counts that filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from console.domain.clock import Clock
from console.domain.enums import AgentStatus, Section
from console.domain.text import safe_text
from console.ui.models.columns import agent_columns, agent_status, serves
from console.ui.models.rows import SourceView, ViewRow
from console.ui.panes.emptiness import Emptiness
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_pane import TablePane
from console.ui.text import section_title, state_word, tr
from console.ui.theme import Space, Theme, state_shape
from console.ui.widgets import FilterChip, RemovableChip, flow_row

_ALWAYS = frozenset({AgentStatus.AVAILABLE, AgentStatus.ON_CALL, AgentStatus.AFTER_CALL, AgentStatus.PAUSED})


class AgentPane(TablePane):
    """All agents of all sources; a chip for each state counts them and, pressed, leaves only them."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        nothing = Emptiness(
            "users",
            tr("No agents"),
            tr("The account sees no agent. Ask the administrator to give it the right to see some."),
        )
        spec = PaneSpec(
            "agents",
            section_title(Section.AGENTS),
            Section.AGENTS,
            agent_columns(),
            "{n} agent",
            "{n} agents",
            nothing,
        )
        self.chips: dict[AgentStatus, FilterChip] = {}
        super().__init__(theme, clock, spec, parent)
        self._chosen: frozenset[AgentStatus] = frozenset()
        self._queue: tuple[str, str] | None = None
        row, flow = flow_row(self)
        flow.setContentsMargins(Space.BETWEEN, 0, Space.INSIDE, Space.INSIDE)
        self.below_head.addWidget(row)
        self.queue_chip = RemovableChip(theme, row)
        self.queue_chip.clicked.connect(self._on_queue_removed)
        self.queue_chip.hide()
        flow.addWidget(self.queue_chip)
        for status in AgentStatus:
            chip = FilterChip(theme, state_shape(status), state_word(status), row)
            chip.setVisible(status in _ALWAYS)
            chip.toggled.connect(self._on_chip_toggled)
            self.chips[status] = chip
            flow.addWidget(chip)
        self.setTabOrder(self.menu_button, self.queue_chip)
        previous: QWidget = self.queue_chip
        for chip in self.chips.values():
            self.setTabOrder(previous, chip)
            previous = chip
        self.setTabOrder(previous, self.table)
        self._show_counts(Counter())
        theme.changed.connect(self._on_theme_changed)

    @property
    def has_quick_filter(self) -> bool:
        """Whether a chip is pressed, or only one queue's agents are shown."""
        return bool(self._chosen) or self._queue is not None

    def quick_filter(self, row: ViewRow) -> bool:
        """Whether the row's state is among the pressed chips, and the agent serves the queue asked for."""
        if self._chosen and agent_status(row) not in self._chosen:
            return False
        return self._queue is None or (row.key[0] == self._queue[0] and serves(row, self._queue[1]))

    def show_queue(self, source: SourceView, queue: str) -> None:
        """Show only the agents of one queue of one source, until the chip that says so is removed."""
        self._queue = (source.profile_id, queue)
        self.queue_chip.show_text(
            tr("{queue} of {profile}", queue=safe_text(queue, 60), profile=safe_text(source.name, 40))
        )
        self.queue_chip.show()
        self.columns.is_new_order = True
        self.rearrange()

    def board_taken(self, rows: Sequence[ViewRow]) -> None:
        """Count the states."""
        self._show_counts(Counter(agent_status(row) for row in rows))

    def quick_filter_cleared(self) -> None:
        """Release all chips and show the agents of every queue."""
        self._queue = None
        self.queue_chip.hide()
        for chip in self.chips.values():
            chip.setChecked(False)

    def _show_counts(self, counts: Counter[AgentStatus]) -> None:
        for status, chip in self.chips.items():
            count = counts.get(status, 0)
            chip.show_count(count, self._theme.palette.state(status))
            chip.setVisible(bool(count) or status in _ALWAYS or chip.isChecked())

    @Slot()
    def _on_chip_toggled(self) -> None:
        self._chosen = frozenset(status for status, chip in self.chips.items() if chip.isChecked())
        self.columns.is_new_order = True
        self.rearrange()

    @Slot()
    def _on_queue_removed(self) -> None:
        self._queue = None
        self.queue_chip.hide()
        self.table.setFocus()
        self.columns.is_new_order = True
        self.rearrange()

    @Slot()
    def _on_theme_changed(self) -> None:
        for status, chip in self.chips.items():
            chip.show_count(chip.count(), self._theme.palette.state(status))
            chip.update()
