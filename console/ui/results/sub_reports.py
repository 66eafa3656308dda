"""The sub-reports of a result: a tree on the left, the rows of the chosen one (or of all) on the right."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHeaderView, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.reports.columns import Value
from console.reports.result import SUB_REPORT, ReportResult, SubReport
from console.reports.table import Match, Predicate
from console.tasks import TaskScope
from console.ui.results.panel import ResultPanel
from console.ui.results.summary import SummaryStrip
from console.ui.services import StateProvider
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label

_LISTED = 20_000  # sub-reports in the tree; the rest are among the flattened rows
_TREE_WIDTH = 260


class SubReportsPage(QWidget):
    """Chooses among sub-reports and shows their rows.

    Signals:
        row_entered: see `ResultPanel`.
    """

    row_entered = Signal(int)

    def __init__(
        self, theme: Theme, result: ReportResult, scope: TaskScope, state: StateProvider, *, entering: str = ""
    ) -> None:
        super().__init__()
        assert result.sub_table is not None
        self._by_key: dict[str, SubReport] = {}
        self.tree = self._make_tree(theme)
        self.panel = ResultPanel(
            theme, result.sub_table, scope, state, f"{result.plan.report_id}/sub", entering=entering
        )
        self.title = Label(theme, size=Type.SECTION, bold=True)
        self.title.setContentsMargins(Space.AROUND, Space.INSIDE, Space.AROUND, Space.INSIDE)
        self.title.setMinimumWidth(1)
        self.summary = SummaryStrip(theme)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.title, self.summary):
            column.addWidget(widget)
        column.addWidget(self.panel, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.tree)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([_TREE_WIDTH, 900])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self._fill(result)
        self.panel.row_entered.connect(self.row_entered)
        self.tree.currentItemChanged.connect(self._on_chosen)
        self.tree.setCurrentIndex(self.tree.model().index(0, 0))

    def choose(self, key: str) -> None:
        """Choose a sub-report by its key; empty for all."""
        for item in _items(self.tree.invisibleRootItem()):
            if item.data(0, Qt.ItemDataRole.UserRole) == key:
                self.tree.setCurrentItem(item)
                return

    def _make_tree(self, theme: Theme) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels([tr("Sub-report"), tr("Rows")])
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setAccessibleName(tr("Sub-reports"))
        tree.setFont(theme.font())
        tree.setMinimumWidth(160)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = tree.header()
        header.setStretchLastSection(False)
        tree.headerItem().setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 84)
        header.setFont(theme.font(Type.SMALL, bold=True))
        return tree

    def _fill(self, result: ReportResult) -> None:
        every = plural("All {n} sub-reports", "All {n} sub-reports", len(result.sub_reports))
        rows = result.sub_table.row_count if result.sub_table is not None else 0
        items = [self._item(every, rows, "")]
        left = [_LISTED]
        items += [item for sub in result.sub_reports if (item := self._branch(sub, left)) is not None]
        self.tree.addTopLevelItems(items)
        self.tree.setRootIsDecorated(any(sub.children for sub in result.sub_reports))
        if len(result.sub_reports) <= 20:
            self.tree.expandAll()

    def _branch(self, sub: SubReport, left: list[int]) -> QTreeWidgetItem | None:
        if left[0] <= 0:
            return None
        left[0] -= 1
        self._by_key[sub.key] = sub
        item = self._item(safe_text(sub.title, 200) or safe_text(sub.key, 200), _rows_of(sub), sub.key)
        item.addChildren([child for each in sub.children if (child := self._branch(each, left)) is not None])
        return item

    @staticmethod
    def _item(title: str, rows: int, key: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title, f"{rows:,}".replace(",", "\u202f")])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(0, Qt.ItemDataRole.UserRole, key)
        return item

    @Slot(QTreeWidgetItem)
    def _on_chosen(self, item: QTreeWidgetItem | None) -> None:
        sub = self._by_key.get(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else None
        self.title.setVisible(sub is not None)
        self.title.setText(safe_text(sub.title, 200) if sub is not None else "")
        self.summary.show_items(sub.summary if sub is not None else ())
        keys: list[Value] = list(_keys(sub)) if sub is not None else []
        alone = sub is not None and len(keys) == 1
        self.panel.columns.hide_for_now(frozenset({SUB_REPORT}) if alone else frozenset())
        self.panel.set_base({SUB_REPORT: Predicate(Match.ONE_OF, keys)} if keys else {})


def _keys(sub: SubReport) -> Iterable[str]:
    yield sub.key
    for child in sub.children:
        yield from _keys(child)


def _rows_of(sub: SubReport) -> int:
    return sub.row_count + sum(_rows_of(child) for child in sub.children)


def _items(item: QTreeWidgetItem) -> Iterable[QTreeWidgetItem]:
    for place in range(item.childCount()):
        yield item.child(place)
        yield from _items(item.child(place))
