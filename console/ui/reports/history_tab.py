"""The runs of a report: what was asked, what came, and the ways to have it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.domain.text import format_duration, safe_text
from console.engine.report_records import HistoryEntry
from console.reports.result import Phase
from console.reports.schema import ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.ui.connection import LightTone
from console.ui.delegates.padded import PaddedDelegate
from console.ui.marks import MessageLine
from console.ui.reports.list_rows import outcome_words, rows_words, size_words
from console.ui.reports.values_text import values_lines
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import EmptyState, Label, flow_row, push_button, set_tip

_Index = QModelIndex | QPersistentModelIndex
WHEN, STATUS, ROWS, RANGE, TOOK, SIZE = range(6)
_NUMBERS: Final = (TOOK, ROWS, SIZE)


def range_words(frame: ResolvedTimeframe | None) -> str:
    """An absolute range in a few words: one day, or from to; with times where they are not whole days."""
    if frame is None:
        return ""
    start, end = frame.start, frame.end
    whole = (start.hour, start.minute, start.second, end.hour, end.minute) == (0, 0, 0, 23, 59)
    if whole and start.date() == end.date():
        return f"{start:%Y-%m-%d}"
    if whole:
        return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"
    if start.date() == end.date():
        return f"{start:%Y-%m-%d %H:%M} – {end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"


class HistoryModel(QAbstractTableModel):
    """Runs, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[HistoryEntry, ...] = ()
        self._titles = (tr("Started"), tr("Outcome"), tr("Rows"), tr("Range"), tr("Took"), tr("Size"))

    def fill(self, entries: Sequence[HistoryEntry]) -> None:
        """Show other runs."""
        self.beginResetModel()
        self.entries = tuple(entries)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See `QAbstractTableModel.rowCount`."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """See `QAbstractTableModel.columnCount`."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles, aligned as their columns are."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            entry = self.entries[index.row()]
            return {
                WHEN: f"{entry.started_at.astimezone():%Y-%m-%d %H:%M}",
                RANGE: range_words(entry.timeframe),
                TOOK: format_duration(entry.duration_s * 1000),
                ROWS: rows_words(entry.rows),
                SIZE: size_words(entry.size) if entry.size else "",
                STATUS: tr("done") if entry.phase is Phase.DONE else outcome_words(entry),
            }[index.column()]
        return None


class HistoryTab(QWidget):
    """The runs of the report shown.

    Args:
        has_result: whether a run's result is still there.

    Signals:
        again_wanted: run with the same relative dates; carries the entry.
        retry_wanted: run with the very dates of then; carries the entry.
        copy_wanted: put the parameters into the form; carries the entry.
        open_wanted: carries the entry.
        compare_wanted: carries the older and the newer entry.
    """

    again_wanted = Signal(object)
    retry_wanted = Signal(object)
    copy_wanted = Signal(object)
    open_wanted = Signal(object)
    compare_wanted = Signal(object, object)

    def __init__(self, theme: Theme, has_result: Callable[[HistoryEntry], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._has_result = has_result
        self._definition: ReportDefinition | None = None
        self.model = HistoryModel(self)
        self.table = QTableView()
        self.details = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = MessageLine(theme)
        self.empty = EmptyState(theme)
        self.buttons = {
            name: push_button(theme, caption)
            for name, caption in (
                ("open", tr("Open result")),
                ("again", tr("Run again")),
                ("retry", tr("Same dates again")),
                ("copy", tr("Copy into form")),
                ("compare", tr("Compare two")),
            )
        }
        for name, tip in (
            ("again", tr("With the same words: yesterday is then the day before today")),
            ("retry", tr("With the very range of that run, byte for byte where it is still known")),
            ("compare", tr("Choose two runs whose results are still here")),
        ):
            self.buttons[name].setAccessibleDescription(tip)
            set_tip(self.buttons[name], tip)
        self._pages = QStackedWidget()
        self._build()
        self.show_entries(None, ())

    def show_entries(self, definition: ReportDefinition | None, entries: Sequence[HistoryEntry]) -> None:
        """Show runs; the chosen ones stay chosen."""
        kept = {entry.id for entry in self.chosen()}
        self._definition = definition
        self.model.fill(entries)
        selection = self.table.selectionModel()
        for at, entry in enumerate(self.model.entries):
            if entry.id in kept:
                flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
                selection.select(self.model.index(at, 0), flags)
        self.empty.show_state(
            "history", tr("No runs yet"), tr("Each run is kept here with its parameters, so that it can be had again.")
        )
        self._pages.setCurrentIndex(1 if entries else 0)
        self._on_selected()

    def chosen(self) -> tuple[HistoryEntry, ...]:
        """The chosen runs, newest first."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.model.entries[row] for row in rows if row < len(self.model.entries))

    # -- inside

    def _build(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(tr("Runs"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setItemDelegate(PaddedDelegate(table))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for at, width in ((WHEN, 144), (STATUS, 88), (ROWS, 76), (RANGE, 188), (TOOK, 72)):
            table.setColumnWidth(at, width)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        table.selectionModel().selectionChanged.connect(self._on_selected)
        table.doubleClicked.connect(self._on_double_clicked)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.BETWEEN)
        column.setSpacing(Space.INSIDE)
        column.addWidget(table, 1)
        column.addWidget(self.problem)
        column.addWidget(self.details)
        flow, layout = flow_row(page)
        for name, button in self.buttons.items():
            button.setProperty("command", name)
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button)
        row = QHBoxLayout()
        row.addWidget(flow, 1)
        column.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

    def _on_selected(self, *_: object) -> None:
        chosen = self.chosen()
        one = chosen[0] if len(chosen) == 1 else None
        kept = [entry for entry in chosen if self._has_result(entry)]
        self.buttons["open"].setEnabled(one is not None and bool(kept))
        for name in ("again", "retry", "copy"):
            self.buttons[name].setEnabled(one is not None and self._definition is not None)
        self.buttons["compare"].setEnabled(len(chosen) == 2 and len(kept) == 2)
        self.details.setVisible(bool(chosen))
        self.problem.say(LightTone.CRITICAL, translate(one.error) if one is not None and one.error else "")
        if one is not None:
            lines = [safe_text(one.profile_name, 80), *values_lines(self._definition, one.values)]
            self.details.setText("  ·  ".join(lines))
        elif len(chosen) == 2 and len(kept) < 2:
            self.details.setText(tr("The result of one of them is not kept any more: run it again to compare."))
        else:
            self.details.setText(tr("{n} runs chosen", n=len(chosen)))

    def _on_double_clicked(self, _index: QModelIndex) -> None:
        if self.buttons["open"].isEnabled():
            self.open_wanted.emit(self.chosen()[0])

    def _on_clicked(self) -> None:
        sender, chosen = self.sender(), self.chosen()
        name = str(sender.property("command")) if sender is not None else ""
        if name == "compare" and len(chosen) == 2:
            self.compare_wanted.emit(chosen[1], chosen[0])
        elif len(chosen) == 1:
            signals = {
                "open": self.open_wanted,
                "again": self.again_wanted,
                "retry": self.retry_wanted,
                "copy": self.copy_wanted,
            }
            if name in signals:
                signals[name].emit(chosen[0])


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
