"""What the report gives: its known columns, or the rows of the last run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QTableView, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.domain.values import Origin
from console.reports.columns import Column, ColumnKind
from console.reports.schema import ReportDefinition
from console.tasks import TaskScope
from console.ui.delegates.padded import PaddedDelegate
from console.ui.kinds import kind_title
from console.ui.reports.history_tab import range_words
from console.ui.reports.list_rows import size_words
from console.ui.text import plural, tooltip, tr
from console.ui.theme import Space, Theme
from console.ui.theme.sizes import MAX_COLUMN
from console.ui.widgets import EmptyState, Label, push_button

if TYPE_CHECKING:
    from console.engine.report_job import Job

_Index = QModelIndex | QPersistentModelIndex
_FITTED = 200  # columns whose width is fitted
_WIDTHS = {ColumnKind.TEXT: 140, ColumnKind.DATETIME: 164, ColumnKind.JSON: 200}  # px at least


def origin_title(origin: Origin) -> str:
    """Who makes a figure."""
    return {
        Origin.VENDOR: tr("System"),
        Origin.COMPUTED: tr("Console"),
        Origin.INFERRED: tr("Inferred"),
    }.get(origin, origin.value)


class ColumnModel(QAbstractTableModel):
    """One row for each output column."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self._titles = (tr("Column"), tr("Holds"), tr("Made by"), tr("Meaning"))

    def fill(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See `QAbstractTableModel.rowCount`."""
        return 0 if parent.isValid() else len(self.columns)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """See `QAbstractTableModel.columnCount`."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles on the left, as everything here is words."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the tooltip has the whole meaning."""
        if not index.isValid():
            return None
        column = self.columns[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(safe_text(column.help, 800))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        unit = f", {safe_text(column.unit, 20)}" if column.unit else ""
        texts = (safe_text(column.title, 120), f"{kind_title(column.kind)}{unit}", origin_title(column.origin))
        return (*texts, safe_text(column.help, 400))[index.column()]


class PreviewTab(QWidget):
    """Columns, or rows of the last run.

    Signals:
        open_wanted: open the result of the run shown; carries the `Job`.
    """

    open_wanted = Signal(object)

    def __init__(self, theme: Theme, scope: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scope = scope
        self._definition: ReportDefinition | None = None
        self.job: Job | None = None
        self._result_model: Any = None
        self.head = Label(theme, muted=True, wrap=True)
        self.open_button = push_button(theme, tr("Open result"))
        self.open_button.clicked.connect(self._on_open)
        self.columns = ColumnModel(self)
        self.column_table = self._table(tr("Columns of the report"))
        self.column_table.setModel(self.columns)
        self.column_table.setItemDelegate(PaddedDelegate(self.column_table))
        for at, width in enumerate((190, 120, 90)):
            self.column_table.setColumnWidth(at, width)
        self.column_table.horizontalHeader().setStretchLastSection(True)
        self.rows = self._table(tr("Rows of the last run"))
        self.empty = EmptyState(theme)
        self._pages = QStackedWidget()
        for page in (self.empty, self.column_table, self.rows):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.INSIDE)
        column.setSpacing(Space.INSIDE)
        row = QHBoxLayout()
        row.addWidget(self.head, 1)
        row.addWidget(self.open_button)
        column.addLayout(row)
        column.addWidget(self._pages, 1)
        self.show_report(None)

    def show_report(self, definition: ReportDefinition | None, job: Job | None = None) -> None:
        """Show a report's known columns, or the rows of `job` when it has some."""
        self._definition = definition
        result = job.result if job is not None else None
        table = (result.table or result.sub_table) if result is not None else None
        if job is not None and job is self.job and table is not None and self._result_model is not None:
            return
        self._drop_rows()
        self.job = job if result is not None else None
        self.open_button.setVisible(result is not None)
        if result is not None and table is not None and job is not None:
            self.head.setText(self._said_of(job))
            self._show_rows(table)
        elif result is not None and job is not None:
            self.head.setText(self._said_of(job))
            name = ", ".join(safe_text(file.name, 80) for file in result.files)
            self.empty.show_state("file-text", name or tr("No rows"), tr("The answer is a file, kept as it came."))
            self._pages.setCurrentWidget(self.empty)
        elif definition is not None and definition.columns:
            self.head.setText(tr("What the report is known to give; an answer may bring more columns or fewer."))
            self.columns.fill(definition.columns)
            self._pages.setCurrentWidget(self.column_table)
        else:
            self.head.setText("")
            title = tr("No preview yet") if definition is not None else tr("No report chosen")
            sentence = (
                tr("Which columns this report gives is known after the first run.")
                if definition is not None
                else tr("Choose one in the list.")
            )
            self.empty.show_state("table", title, sentence)
            self._pages.setCurrentWidget(self.empty)
        self.head.setVisible(bool(self.head.text()))

    # -- inside

    def _said_of(self, job: Job) -> str:
        count = job.row_count
        parts = [tr("Last run {when}", when=f"{job.queued_at.astimezone():%H:%M:%S}"), range_words(job.plan.timeframe)]
        parts.append(plural("{n} row", "{n} rows", count) if count is not None else "")
        parts.append(size_words(job.size) if job.size else "")
        return "  ·  ".join(part for part in parts if part)

    def _show_rows(self, table: Any) -> None:
        from console.ui.results.delegate import ResultDelegate
        from console.ui.results.model import ResultModel

        self._result_model = ResultModel(table, self._scope, self)
        self.rows.setModel(self._result_model)
        self.rows.setItemDelegate(ResultDelegate(self._theme, self._result_model, self._result_model))
        header = self.rows.horizontalHeader()
        metrics = header.fontMetrics()
        for at, column in enumerate(table.columns[:_FITTED]):
            wanted = max(_WIDTHS.get(column.kind, 84), metrics.horizontalAdvance(column.title) + 28)
            self.rows.setColumnWidth(at, min(MAX_COLUMN, wanted))
        self._pages.setCurrentWidget(self.rows)

    def _drop_rows(self) -> None:
        model, self._result_model = self._result_model, None
        if model is not None:
            model.stop()
            self.rows.setModel(None)
            self.rows.setItemDelegate(PaddedDelegate(self.rows))
            model.deleteLater()

    def _table(self, spoken: str) -> QTableView:
        table = QTableView()
        table.setAccessibleName(spoken)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        table.horizontalHeader().setHighlightSections(False)
        return table

    def _on_open(self) -> None:
        if self.job is not None:
            self.open_wanted.emit(self.job)
