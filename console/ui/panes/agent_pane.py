"""The agent table, with the floor's states as counts that filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from console.domain.clock import Clock
from console.domain.enums import AgentStatus, Section
from console.domain.text import safe_text
from console.ui.models.columns import agent_columns, agent_status, count_states, serves
from console.ui.models.groups import Grouping, GroupRow, by_queue, by_state
from console.ui.models.rows import SourceView, ViewRow
from console.ui.panes.emptiness import Emptiness
from console.ui.panes.headings import Headings
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_pane import TablePane
from console.ui.text import section_title, state_word, tr
from console.ui.theme import Space, Theme, state_shape
from console.ui.widgets import FilterChip, RemovableChip, add_action, flow_row

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
        self._grouping = Grouping.NONE
        self.headings = Headings(theme, self.model, self)
        self.headings.changed.connect(self._on_headings_changed)
        self.table.heading_pressed.connect(self.headings.press)
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

    # headings

    @property
    def has_headings(self) -> bool:
        """Whether agents stand under headings."""
        return self._grouping is not Grouping.NONE

    @property
    def grouping(self) -> Grouping:
        """What agents stand together by."""
        return self._grouping

    def under_headings(self, rows: Sequence[ViewRow]) -> Generator[None, None, list[ViewRow]]:
        """The agents by state or by queue."""
        if self._grouping is Grouping.STATE:
            return (yield from by_state(rows, self.headings.closed))
        queues = {
            str(source.profile.id): frozenset(row.name for row in source.snapshot.queues)
            for source in self._board.sources
            if source.snapshot is not None
        }
        return (yield from by_queue(rows, self.headings.closed, queues))

    def group(self, grouping: Grouping) -> None:
        """Put agents under other headings, or under none."""
        self._set_grouping(grouping)
        self.layout_changed.emit()
        self._on_headings_changed()

    def _set_grouping(self, grouping: Grouping) -> None:
        self._grouping = grouping
        self.table.heading_painter = self.headings if self.has_headings else None

    def state(self) -> dict[str, Any]:
        """Columns, sorting, and what agents stand together by."""
        return {**super().state(), "grouping": self._grouping.value}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a saved `state`."""
        known = {grouping.value: grouping for grouping in Grouping}
        self._set_grouping(known.get(str(state.get("grouping")), Grouping.NONE))
        super().restore(state)

    def add_to_menu(self, menu: QMenu) -> None:
        """Add the choice of headings, and opening or closing all."""
        group = QActionGroup(menu)
        for grouping, caption in (
            (Grouping.NONE, tr("No groups")),
            (Grouping.STATE, tr("Group by state")),
            (Grouping.QUEUE, tr("Group by queue")),
        ):
            action = add_action(menu, caption)
            action.setCheckable(True)
            action.setChecked(grouping is self._grouping)
            action.setData(grouping.value)
            group.addAction(action)
        group.triggered.connect(self._on_grouping_chosen)
        if self.has_headings:
            add_action(menu, tr("Open all groups")).triggered.connect(self.headings.open_all)
            add_action(menu, tr("Close all groups")).triggered.connect(self._on_close_all)
        menu.addSeparator()

    # one queue's agents

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
        self._show_counts(count_states(rows))

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

    @Slot(QAction)
    def _on_grouping_chosen(self, action: QAction) -> None:
        self.group(Grouping(action.data()))

    @Slot()
    def _on_close_all(self) -> None:
        self.headings.close_all(row.row for row in self.model.rows if isinstance(row.row, GroupRow))

    @Slot()
    def _on_headings_changed(self) -> None:
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
