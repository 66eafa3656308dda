"""A table of a result with all that belongs to it: filter, order, columns, totals, copies, and how many rows it has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError
from console.reports.columns import Column
from console.reports.table import Filter, Interrupted, Match, Predicate, Table
from console.tasks import TaskScope
from console.ui.results.columns import ColumnChoice
from console.ui.results.conditions import in_words
from console.ui.results.copying import COPY_LIMIT, copy_text
from console.ui.results.filter_dialog import FilterDialog
from console.ui.results.menus import PanelMenus
from console.ui.results.model import WORDS, ResultModel
from console.ui.results.selection import selection_text
from console.ui.results.totals import TotalsRow
from console.ui.results.view import ResultView
from console.ui.runtime.dialogs import run_dialog
from console.ui.services import StateProvider
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import (
    ElidedLabel,
    EmptyState,
    IconButton,
    Label,
    RemovableChip,
    SearchField,
    flow_row,
    line,
)

_TYPING_MS = 120  # after the last key the filter is worked out
_SELECTING_MS = 150
_BUSY_MS = 150  # work that is over sooner is not announced


class ResultPanel(QWidget):
    """Rows of one table.

    Signals:
        row_entered: Enter, a double click or the menu; carries the row's number in the present order.
        rows_changed: another order or filter is in place.

    Args:
        report: id under which columns are remembered.
        entering: what happens on Enter, as a menu's caption; empty where nothing does.
    """

    row_entered = Signal(int)
    rows_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        table: Table,
        scope: TaskScope,
        state: StateProvider,
        report: str,
        *,
        entering: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.entering = entering
        self._scope = scope
        self._base: dict[int | str, Predicate] = {}
        words = tuple(column.id for column in table.columns if column.kind in WORDS)
        self._searched: tuple[int | str, ...] | None = words or None  # a table of figures is searched as it is shown
        self.conditions: dict[str, Predicate] = {}
        self._chips: list[RemovableChip] = []
        self._copied = ""
        self.model = ResultModel(table, scope, self)
        self.view = ResultView(theme, self.model, self)
        self.model.chosen = self._chosen
        self._place = 0  # column of the keyboard
        self._filtered_by = self.model.filter
        self.columns = ColumnChoice(self.view, self.model, state, report)
        self._build()
        self.menus = PanelMenus(self)
        self._timers = [self._timer(_TYPING_MS, self.apply), self._timer(_SELECTING_MS, self._on_selection_settled)]
        self._busy_timer = self._timer(_BUSY_MS, self._show_busy)
        self._connect()
        self._show_rows()

    # -- asked by the window

    def shown_columns(self) -> tuple[Column, ...]:
        """The shown columns in their order."""
        return tuple(self.model.columns[section] for section in self.columns.shown())

    @property
    def filter(self) -> Filter:
        """What the rows are filtered by."""
        columns: dict[int | str, Predicate | Sequence[Predicate]] = dict(self._base)
        columns.update(self.conditions)
        return Filter(self.search.text().strip(), self._searched, columns)

    @property
    def is_filtered(self) -> bool:
        """Whether the user has a filter on."""
        return bool(self.search.text().strip() or self.conditions)

    def set_base(self, base: Mapping[int | str, Predicate]) -> None:
        """Show only such rows, whatever the user filters by."""
        self._base = dict(base)
        self.apply()

    def stop(self) -> None:
        """End what is under way: the window closes."""
        for timer in (*self._timers, self._busy_timer):
            timer.stop()
        self.model.stop()

    # -- told by the user

    @Slot()
    def apply(self) -> None:
        """Work out order and filter."""
        self._timers[0].stop()
        self.model.order(self.columns.sort, self.filter)

    @Slot()
    def clear_filter(self) -> None:
        """Show all rows again."""
        self.conditions.clear()
        self.search.clear()
        self._show_conditions()
        self.apply()

    def set_condition(self, section: int, predicate: Predicate | None) -> None:
        """Set or take away the condition on a column."""
        column = self.model.columns[section].id
        if predicate is None:
            self.conditions.pop(column, None)
        else:
            self.conditions[column] = predicate
        self._show_conditions()
        self.apply()

    def ask_condition(self, section: int) -> None:
        """Ask for a condition on a column."""
        self._scope.single_flight("condition", lambda: self._ask_condition(section))

    def only_like(self, row: int, section: int, *, exclude: bool = False) -> None:
        """Show only rows with (or without) the value of a cell."""
        found = self.model.shown(row, section)
        if found is None:
            return
        (value, sent), _ = found
        if value is None and not sent:
            predicate = Predicate(Match.FILLED if exclude else Match.EMPTY)
        else:
            predicate = Predicate(Match.DIFFERS if exclude else Match.EQUALS, sent if value is None else value)
        self.set_condition(section, predicate)

    @Slot(bool)
    def copy(self, headers: bool = False) -> None:
        """Copy the selected rows."""
        runs = self.view.selected_runs()
        if runs:
            self._scope.restart("copy", lambda: self._copy(runs, headers))

    @Slot(bool)
    def show_totals(self, wanted: bool) -> None:
        """Show or hide sums and averages."""
        self.totals_button.setChecked(wanted)
        if wanted:
            self._scope.restart("totals", self._add_up)
        else:
            self.totals.hide()

    @Slot()
    def focus_search(self) -> None:
        """Go to the filter box."""
        self.search.setFocus()
        self.search.selectAll()

    # -- building

    def _build(self) -> None:
        theme = self.theme
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchField(theme, tr("Filter all text columns"), self)
        self.search.setMinimumWidth(160)
        self.search.setMaximumWidth(340)
        self.totals_button = QCheckBox(tr("Totals"))
        self.columns_button = IconButton(theme, "columns-3", tr("Columns, sorting and formatting"), parent=self)
        head = QHBoxLayout()
        head.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        head.setSpacing(Space.INSIDE)
        head.addWidget(self.search, 2)
        head.addStretch(1)
        head.addWidget(self.totals_button)
        head.addWidget(self.columns_button)
        self.chips, self._chip_row = flow_row(self)
        self.chips.setContentsMargins(Space.BETWEEN, 0, Space.BETWEEN, Space.INSIDE)
        self.chips.hide()
        self.empty = EmptyState(theme, self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.totals = TotalsRow(theme, self.view, self.model, self)
        self.count = Label(theme, size=Type.SMALL, muted=True, parent=self)
        self.busy = Label(theme, size=Type.SMALL, muted=True, parent=self)
        self.selected = ElidedLabel(theme, size=Type.SMALL, muted=True, parent=self)
        self.selected.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.TIGHT)
        foot.setSpacing(Space.BETWEEN)
        foot.addWidget(self.count)
        foot.addWidget(self.busy)
        foot.addWidget(self.selected, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.chips)
        column.addWidget(line(parent=self))
        column.addWidget(self.stack, 1)
        column.addWidget(self.totals)
        column.addWidget(line(parent=self))
        column.addLayout(foot)
        self.view.setAccessibleName(tr("Rows of the report"))
        self.setFocusProxy(self.view)

    def _timer(self, ms: int, action: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(action)
        return timer

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_typed)
        self.search.left.connect(self.view.setFocus)
        self.totals_button.toggled.connect(self.show_totals)
        self.columns_button.clicked.connect(self.menus.open_at_button)
        self.columns.sort_changed.connect(self.apply)
        self.model.busy_changed.connect(self._on_busy)
        self.model.reordered.connect(self._on_reordered)
        self.model.failed.connect(self._on_failed)
        self.view.row_entered.connect(self.row_entered)
        self.view.copy_asked.connect(self.copy)
        self.view.search_asked.connect(self.focus_search)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)
        self.view.selectionModel().currentChanged.connect(self._on_selected)
        self.empty.action_triggered.connect(self.clear_filter)

    # -- inside

    def _chosen(self) -> list[tuple[int, int]]:
        self._place = self.view.currentIndex().column()
        return self.view.chosen_rows()

    async def _ask_condition(self, section: int) -> None:
        column = self.model.columns[section]
        dialog = FilterDialog(self.window(), self.theme, column, self.conditions.get(column.id))
        await run_dialog(dialog)
        if dialog.predicate is not None:
            self.set_condition(section, dialog.predicate)

    async def _copy(self, runs: list[tuple[int, int]], headers: bool) -> None:
        count = sum(size for _, size in runs)
        self.selected.setText(tr("Copying…"))
        try:
            text = await copy_text(self.model, runs, self.columns.shown(), headers)
        except ConsoleError as error:
            self._on_failed(error)
            return
        QGuiApplication.clipboard().setText(text)
        copied = plural("{n} row copied", "{n} rows copied", min(count, COPY_LIMIT))
        if count > COPY_LIMIT:
            copied += ". " + tr("More do not fit on a clipboard: use “Save as…” for all of them.")
        self.selected.setText(copied)

    async def _add_up(self) -> None:
        view = self.model.view
        try:
            totals = await asyncio.to_thread(view.totals)
        except Interrupted:
            return
        except ConsoleError as error:
            self._on_failed(error)
            return
        self.totals.show_totals(totals, view.row_count)
        self.columns.make_room(self.totals.widths())

    def _show_conditions(self) -> None:
        for chip in self._chips:
            self._chip_row.removeWidget(chip)
            chip.deleteLater()
        self._chips = []
        ids = [column.id for column in self.model.columns]
        for column_id, predicate in self.conditions.items():
            chip = RemovableChip(self.theme, self.chips)
            chip.setObjectName(column_id)
            chip.show_text(in_words(self.model.columns[ids.index(column_id)], predicate))
            chip.clicked.connect(self._on_chip)
            self._chip_row.addWidget(chip)
            chip.show()
            self._chips.append(chip)
        self.chips.setVisible(bool(self._chips))
        self.view.header.filtered = frozenset(ids.index(column_id) for column_id in self.conditions)
        self.view.header.viewport().update()

    def _show_rows(self) -> None:
        shown, every = self.model.rowCount(), self.model.table.row_count
        if shown == every:
            self.count.setText(plural("{n} row", "{n} rows", every))
        else:
            self.count.setText(tr("{shown} of {rows}", shown=_spaced(shown), rows=plural("{n} row", "{n} rows", every)))
        if shown:
            self.stack.setCurrentWidget(self.view)
        elif self.is_filtered:
            self.empty.show_state(
                "filter", tr("No row matches"), tr("The report has other rows."), "clear", tr("Show all rows")
            )
            self.stack.setCurrentWidget(self.empty)
        else:
            self.empty.show_state(
                "inbox",
                tr("The report has no rows"),
                tr("The system answered, and nothing matched what was asked. A wider timeframe may have some."),
            )
            self.stack.setCurrentWidget(self.empty)

    @Slot()
    def _on_typed(self) -> None:
        self._timers[0].start()

    @Slot()
    def _on_chip(self) -> None:
        chip = self.sender()
        if chip is not None:
            ids = [column.id for column in self.model.columns]
            self.set_condition(ids.index(chip.objectName()), None)

    @Slot(bool)
    def _on_busy(self, is_busy: bool) -> None:
        if is_busy:
            self._busy_timer.start()
        else:
            self._busy_timer.stop()
            self.busy.setText("")

    @Slot()
    def _show_busy(self) -> None:
        self.busy.setText(tr("Working out the rows…"))

    @Slot()
    def _on_reordered(self) -> None:
        self._show_rows()
        self.selected.setText("")
        is_new, self._filtered_by = self.model.filter != self._filtered_by, self.model.filter
        self.view.choose_rows(self.model.kept, column=self._place, follow=is_new)
        if self.totals_button.isChecked():
            self._scope.restart("totals", self._add_up)
        self.rows_changed.emit()

    @Slot()
    def _on_selected(self) -> None:
        self._timers[1].start()

    @Slot()
    def _on_selection_settled(self) -> None:
        self._scope.restart("selection", self._say_selection)

    async def _say_selection(self) -> None:
        runs, place = self.view.selected_runs(), self.view.currentIndex().column()
        try:
            self.selected.setText(await selection_text(self.model, runs, place))
        except ConsoleError as error:
            self._on_failed(error)

    @Slot(object)
    def _on_failed(self, error: ConsoleError) -> None:
        self.selected.setText(translate(error.message))


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
