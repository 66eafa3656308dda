"""The base of all panes: heading, filter, table or empty state, kept in step with a board."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.domain.enums import HealthState
from console.ui.models.cells import CellMaker, haystack, speak_row
from console.ui.models.columns import Column, vendor_columns
from console.ui.models.groups import hold_places
from console.ui.models.keyed import KeyedTableModel
from console.ui.models.rows import SectionRows, ViewRow, Words, arrange, hold_order, moments
from console.ui.models.ticker import Ticker
from console.ui.panes.emptiness import (
    CLEAR_FILTER,
    lacking_line,
    nothing_matches,
    nothing_recorded,
    without_rows,
)
from console.ui.panes.freshness import fresh_line, fresh_mark
from console.ui.panes.layout import ColumnLayout
from console.ui.panes.menus import PaneMenus
from console.ui.panes.questions import board_size, figure_at, open_definition
from console.ui.panes.raising import Raised, RaisedCells
from console.ui.panes.spec import PaneSpec
from console.ui.panes.table_view import LiveTable
from console.ui.runtime.clocks import shows_now
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Chip, EmptyState, IconButton, Label, MessageStrip, SearchField, line

_BREATH_MS = 1  # not 0: timers that are due, and what is to be painted, come first
_AT_ONCE = 1500  # rows arranged in one go; more are arranged in slices between which the window breathes


class TablePane(QWidget):
    """A table of live rows.

    Feed it with `set_board`; it reads the clock for ticking and ages. It keeps selection, current cell and scroll
    position by key, holds the order while somebody works in the rows, and rests while hidden.

    Signals:
        action_requested: a button of an empty state; ``add_profile`` or ``edit_profile:<profile id>``.
        row_activated: Enter or double click; carries the `ViewRow`.
        source_requested: "show request" of a cell; carries profile id, `Reading` and what it is a figure of.
        layout_changed: columns, widths, order or sorting are different; `state()` is worth saving.
    """

    action_requested = Signal(str)
    row_activated = Signal(object)
    source_requested = Signal(str, object, str)
    layout_changed = Signal()

    def __init__(self, theme: Theme, clock: Clock, spec: PaneSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"pane.{spec.name}")
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(spec.title)
        self._theme = self.theme = theme
        self._clock = clock
        self._spec = spec
        self._board = Board()
        self._is_dirty = False
        self._words = Words("")
        self._section_rows = None if spec.section is None else SectionRows(spec.section)
        self._all_count = self._kept_count = 0
        self._is_held = False
        self._is_apart = False
        self._steps: Generator[None, None, list[ViewRow]] | None = None
        self._stale: frozenset[str] = frozenset()
        self._maker = CellMaker()
        self._cells = RaisedCells(self._maker, clock)
        self.model: KeyedTableModel[ViewRow] = KeyedTableModel(
            spec.columns, _row_key, self._cells, self._sentence, self
        )
        self.table = LiveTable(theme, clock, self.model, self)
        self.table.setAccessibleName(spec.title)
        self.columns = ColumnLayout(self.table, self.model, spec.sort, self)
        self._build()
        self.menus = PaneMenus(self, theme, self.table, self.model, self.columns, self.menu_button)
        self._ticker = Ticker(clock, self)
        self._slices = QTimer(self)
        self._slices.setInterval(_BREATH_MS)
        self._connect()
        self._show_emptiness()

    # building

    def _build(self) -> None:
        theme, spec = self._theme, self._spec
        self.title_label = Label(theme, spec.title, Type.SECTION, bold=True, parent=self)
        self.count_label = Label(theme, size=Type.BODY, muted=True, parent=self)
        self.fresh_chip = Chip(theme, self)
        self.search = SearchField(theme, tr("Filter {what}", what=spec.title.lower()), self)
        self.search.setMinimumWidth(136)
        self.search.setMaximumWidth(208)
        self.menu_button = IconButton(theme, "columns-3", tr("Columns and sorting"), parent=self)
        self.strip = MessageStrip(theme, self)
        self.empty = EmptyState(theme, self)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(Space.BETWEEN, 2, Space.INSIDE, Space.TIGHT + 2)
        self.head.setSpacing(Space.INSIDE)
        for widget in (self.title_label, self.count_label):
            self.head.addWidget(widget, 0, Qt.AlignmentFlag.AlignBaseline)
        self.head.addWidget(self.fresh_chip)
        self.head.addStretch(1)
        self.head.addWidget(self.search, 4)
        self.head.addWidget(self.menu_button)
        self.below_head = QHBoxLayout()
        self.below_head.setContentsMargins(0, 0, 0, 0)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.head)
        layout.addLayout(self.below_head)
        layout.addWidget(self.strip)
        layout.addWidget(line(parent=self))
        layout.addWidget(self.stack, 1)
        self.setTabOrder(self.search, self.menu_button)
        self.setTabOrder(self.menu_button, self.table)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self._ticker.ticked.connect(self._on_ticked)
        self._slices.timeout.connect(self._on_slice)
        self.search.textChanged.connect(self._on_typed)
        self.search.left.connect(self.table.setFocus)
        self.menu_button.clicked.connect(self.menus.open_at_button)
        self.table.search_asked.connect(self.focus_search)
        self.table.copy_asked.connect(self.copy_selection)
        self.table.definition_asked.connect(self.ask_definition)
        self.table.source_asked.connect(self.ask_source)
        self.table.row_entered.connect(self._on_row_entered)
        self.columns.order_changed.connect(self.rearrange)
        self.columns.changed.connect(self.layout_changed)
        self.empty.action_triggered.connect(self._on_action)
        self.strip.action_triggered.connect(self._on_action)
        self._theme.changed.connect(self._show_freshness)

    # what others call

    def set_board(self, board: Board) -> None:
        """Show a board. A hidden pane only keeps it until it is shown."""
        self._board = board
        if self.isVisible():
            self._take_board()
        else:
            self._is_dirty = True

    def set_raised(self, levels: Raised) -> None:
        """Let these rows stand first, with the edge of their alarm."""
        if levels != self._cells.levels:
            self._cells.levels = levels
            self.model.refresh()
            self.rearrange()

    def show_apart(self, is_apart: bool) -> None:
        """Stand in a window of its own, where nothing else says how fresh the rows are."""
        if is_apart is not self._is_apart:
            self._is_apart = is_apart
            self._show_freshness()

    def state(self) -> dict[str, Any]:
        """Columns, widths, order and sorting, as plain values for a settings file."""
        return self.columns.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a saved `state`; what does not fit any more is left out."""
        self.columns.restore(state)

    @Slot()
    def focus_search(self) -> None:
        """Put the keyboard into the filter."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def clear_filter(self) -> None:
        """Show all rows again."""
        self.quick_filter_cleared()
        self.search.clear()

    def select_key(self, key: tuple[str, str]) -> bool:
        """Go to a row by profile id and row id; False where it is not shown."""
        row = self.model.row_of(key)
        if row >= 0:
            self.table.go_to(row)
        return row >= 0

    @Slot()
    def copy_selection(self) -> None:
        """Put the selected rows, or all without a selection, on the clipboard with captions; headings stay behind."""
        selected = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = [row for row in selected or range(self.model.rowCount()) if not self.table.is_heading(row)]
        QGuiApplication.clipboard().setText(self.as_tsv(rows))

    def as_tsv(self, rows: Sequence[int]) -> str:
        """Rows as tab-separated text, with the shown columns in their shown order."""
        from console.ui.panes.copying import table_text  # not on the way to the first paint

        return table_text(self.model, self.columns.shown(), rows, self._maker)

    # subclasses

    def source_rows(self, board: Board) -> list[ViewRow]:
        """All rows of a board."""
        assert self._section_rows is not None
        return self._section_rows.rows(board)

    def quick_filter(self, row: ViewRow) -> bool:
        """Whether a row passes the pane's own filter, beside the typed one."""
        return True

    @property
    def has_quick_filter(self) -> bool:
        """Whether `quick_filter` is on."""
        return False

    def board_taken(self, rows: Sequence[ViewRow]) -> None:
        """A new board's rows, before any filter."""

    @property
    def has_headings(self) -> bool:
        """Whether rows stand under headings."""
        return False

    def under_headings(self, rows: Sequence[ViewRow]) -> Generator[None, None, list[ViewRow]]:
        """The rows, filtered and sorted, under headings; yields between slices."""
        raise NotImplementedError

    def add_to_menu(self, menu: QMenu) -> None:
        """Add what only this pane has to the menu of its button."""

    def quick_filter_cleared(self) -> None:
        """Everything is to be shown again."""

    # the flow

    def _take_board(self) -> None:
        self._is_dirty = False
        self._set_moments()
        section = self._spec.section
        if section is not None:
            if self.model.rowCount() == 0:
                self.columns.settle()
            if self.model.set_extra_columns(vendor_columns(self._board, section)):
                self.columns.renew()
        self.columns.show_profile(len(self._board.sources) > 1)
        self.rearrange()
        self._show_freshness()
        self._show_strip()

    @Slot()
    def rearrange(self) -> None:
        """Filter and sort the board's rows anew."""
        self._steps = self._arranging()
        if max(board_size(self._board, self._spec.section), self.model.rowCount()) <= _AT_ONCE:
            self._run_all()
        else:
            self._slices.start()

    def _arranging(self) -> Generator[None, None, list[ViewRow]]:
        """Make, count, filter and sort the rows; the window breathes at each yield."""
        rows = self.source_rows(self._board)
        self._all_count = len(rows)
        yield
        self.board_taken(rows)
        yield
        accepts = self._accepts if self._words or self.has_quick_filter else None
        kept = self._cells.first((yield from arrange(rows, self._maker.moments, self.columns.order(), accepts)))
        self._kept_count = len(kept)
        return (yield from self.under_headings(kept)) if self.has_headings else kept

    def _run_all(self) -> None:
        while self._steps is not None:
            self._on_slice()

    @Slot()
    def _on_slice(self) -> None:
        steps = self._steps
        if steps is None:
            self._slices.stop()
            return
        try:
            next(steps)
        except StopIteration as done:
            self._steps = None
            self._slices.stop()
            self._apply(done.value)

    def _apply(self, rows: list[ViewRow]) -> None:
        self._is_held = self.table.is_worked_in and not self.columns.is_new_order
        if self._is_held:
            hold = hold_places if self.has_headings else hold_order
            rows = hold(rows, self.model.keys)  # type: ignore[arg-type]
        self.columns.is_new_order = False
        anchor = self.table.anchor()
        self.model.apply(rows)
        self.table.restore_anchor(anchor)
        self._show_emptiness()

    def _accepts(self, row: ViewRow) -> bool:
        return self.quick_filter(row) and (not self._words or self._words.match(self._haystack(row)))

    def _haystack(self, row: ViewRow) -> str:
        return haystack(row, self.columns.searched(), self._maker)

    def _set_moments(self) -> None:
        now = moments(self._board, self._clock.now_ms(), self._clock.monotonic())
        stale = frozenset(owner for owner, at in now.items() if at.stale_age_s is not None)
        former, self._maker.moments = self._maker.moments, now
        has_other_limits = any(owner in former and at.limits != former[owner].limits for owner, at in now.items())
        if stale != self._stale or has_other_limits:
            self._stale = stale
            self.model.refresh()

    @Slot()
    def _on_ticked(self) -> None:
        self._set_moments()
        self._show_freshness()
        if self._is_held and not self.table.is_worked_in:
            self.rearrange()
        first, last = self.table.visible_rows()
        if self.stack.currentWidget() is self.table:
            self.model.tick(first, last, self.columns.ticking(bool(self._stale)))
        if not self.model.rowCount():
            self._show_emptiness()

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden, and tick."""
        super().showEvent(event)
        if self._is_dirty:
            self._take_board()
        else:
            self._set_moments()
            self._show_freshness()
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._ticker.stop()
        if self._steps is not None:
            self._steps, self._is_dirty = None, True
            self._slices.stop()

    # what it says about itself

    @Slot()
    def _show_freshness(self) -> None:
        fresh = fresh_line(self._board, self._clock.monotonic(), is_replay=not shows_now(self._clock))
        is_quiet = fresh is None or (fresh.state is HealthState.LIVE and not self._is_apart)
        self.fresh_chip.setVisible(not is_quiet)  # the bar above says who is live; a pane of its own window says it too
        if fresh is None:
            return
        self.fresh_chip.show_state(*fresh_mark(fresh, self._theme), fresh.text)

    def _show_strip(self) -> None:
        """Say which of several sources has no such table; a single one has the whole pane to say it."""
        section = self._spec.section
        if section is None or not self.model.rowCount():
            self.strip.hide()
            return
        line, reasons = lacking_line(self._board, section)
        if line:
            self.strip.show_line(line, reasons)
        else:
            self.strip.hide()

    def _show_emptiness(self) -> None:
        self._show_count(self._kept_count)
        if self.model.rowCount():
            self.stack.setCurrentWidget(self.table)
            return
        if self._all_count:
            what = nothing_matches(self.search.text().strip())
        elif not self._board.sources and not shows_now(self._clock):
            what = nothing_recorded()
        else:
            what = without_rows(self._board, self._clock.monotonic(), self._spec.section, self._spec.nothing)
        self.empty.show_state(*what)
        self.stack.setCurrentWidget(self.empty)

    def _show_count(self, shown: int) -> None:
        if shown != self._all_count:
            text = tr("{shown} of {all}", shown=shown, all=self._all_count)
        else:
            text = plural(self._spec.one, self._spec.many, shown) if shown else ""
        self.count_label.setText(text)
        self.count_label.setVisible(bool(text))

    def _sentence(self, row: ViewRow, columns: tuple[Column, ...]) -> str:
        return speak_row(row, columns, self._maker)

    # slots

    @Slot(str)
    def _on_typed(self, typed: str) -> None:
        self._words = Words(typed)
        self.columns.is_new_order = True
        self.rearrange()

    @Slot(str)
    def _on_action(self, action: str) -> None:
        if action == CLEAR_FILTER:
            self.quick_filter_cleared()
            self.search.clear()
            self.rearrange()
        else:
            self.action_requested.emit(action)

    @Slot(int)
    def _on_row_entered(self, row: int) -> None:
        self.row_activated.emit(self.model.rows[row])

    @Slot()
    def ask_definition(self) -> None:
        """Say what the current column means, and who made the current figure."""
        index = self.table.currentIndex()
        column = index.column() if index.isValid() else self.table.delegate.first_column
        self.show_definition(column, index.row() if index.isValid() else -1)

    def show_definition(self, column: int, row: int = -1) -> None:
        """Open the definition of a column; with a row also say who made its figure."""
        open_definition(self, column, row)

    @Slot()
    def ask_source(self) -> None:
        """Ask for the request behind the current cell."""
        index = self.table.currentIndex()
        if index.isValid() and not self.table.is_heading(index.row()):
            self.source_requested.emit(*figure_at(self.model, index.row(), index.column()))


def _row_key(row: ViewRow) -> tuple[str, ...]:
    return row.key
