"""A model over a report's table of any length: it holds the pages in sight, the engine holds the rest.

Order and filter are a `View` made in a worker thread; a page is fetched there too, and its texts are made there. The
window's thread only looks up what has arrived; a cell that has not shows nothing for some milliseconds.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.domain.values import Origin
from console.reports.cells import LEFT, show, show_value
from console.reports.columns import Cell, Column, ColumnKind
from console.tasks import TaskScope
from console.ui.text import tooltip, tr

if TYPE_CHECKING:
    from console.reports.table import Filter, SortKey, Stop, Table, View

PAGE = 256  # rows fetched at once: more than a screen holds
KEPT = 64  # pages kept: some 16,000 rows
_KEPT_ROWS, _SCANNED = 5000, 20_000  # selected rows that are found again, and rows looked through at a time
_TEXT_LIMIT = 500  # characters of a cell that are painted; copies have all
_TIP_LIMIT = 4000  # characters of a tooltip
WORDS = (ColumnKind.TEXT, ColumnKind.JSON)
ABSENT: Cell = (None, None)

_Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""The (value, text) pair of a cell, None while its page has not arrived."""

_Page = tuple[Sequence[Sequence[Cell]], Sequence[Sequence[str]]]


class ResultModel(QAbstractTableModel):
    """Rows of a `Table` in an order, through a filter.

    Signals:
        reordered: a new order or filter is in place.
        busy_changed: whether an order is being worked out.
        failed: a `ConsoleError` of the engine.

    `chosen` is asked for the selected rows, as runs of (start, count), before another order or filter takes effect;
    `kept` then says where those that are still there stand: the current row first, of a few thousand at most.

    Args:
        scope: owns the work in the background.
    """

    reordered = Signal()
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, table: Table, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._scope = scope
        self._columns = table.columns
        self._view: View = table.view()
        self._sort: tuple[SortKey, ...] = ()
        self._filter: Filter | None = None
        self._stop: Stop | None = None
        self._pages: OrderedDict[int, _Page] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._generation = 0
        self._vendor_texts = True
        self.chosen: Callable[[], list[tuple[int, int]]] = list
        self.kept: tuple[int, ...] = ()

    # -- what is shown

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in model order."""
        return self._columns

    @property
    def view(self) -> View:
        """The rows as they stand: for totals, files and copies."""
        return self._view

    @property
    def sort_keys(self) -> tuple[SortKey, ...]:
        """The order that was asked for last."""
        return self._sort

    @property
    def filter(self) -> Filter | None:
        """The filter that was asked for last."""
        return self._filter

    @property
    def vendor_texts(self) -> bool:
        """Whether the system's own texts are shown where it sent any."""
        return self._vendor_texts

    def set_vendor_texts(self, wanted: bool) -> None:
        """Show the system's own texts where it sent any (as at first), or the console's own throughout."""
        if wanted != self._vendor_texts:
            self._vendor_texts = wanted
            self._generation += 1  # a page on its way has the former texts
            self._pages.clear()
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def order(self, sort: Sequence[SortKey] | None = None, where: Filter | None = None, *, keep: bool = True) -> None:
        """Ask for another order or filter; the newest wish wins, the rows in sight stay until it is ready.

        Args:
            sort: None keeps the present order.
            where: the filter; None keeps the present one, or takes it away where `keep` is false.
        """
        from console.reports.table import Stop

        self._sort = self._sort if sort is None else tuple(sort)
        self._filter = self._filter if where is None and keep else where
        if self._stop is not None:
            self._stop.set()
        stop = self._stop = Stop()
        self.busy_changed.emit(True)
        self._scope.restart(f"order-{id(self)}", lambda: self._reorder(self._sort, self._filter, stop))

    def stop(self) -> None:
        """End what is under way: the window closes."""
        if self._stop is not None:
            self._stop.set()
        self._wanted.clear()
        self._generation += 1

    async def rows(self, numbers: Sequence[int]) -> list[list[str]]:
        """The whole texts of some rows, exactly as they were sent; from the engine where they are not at hand."""
        view, texts = self._view, self._texts

        def fetch() -> list[list[str]]:
            found: list[list[str]] = []
            for start, count in _runs(numbers):
                found += [texts(row, whole=True) for row in view.page(start, count)]
            return found

        return await asyncio.to_thread(fetch)

    def shown(self, row: int, column: int) -> tuple[Cell, str] | None:
        """A cell and its text for whoever paints it; None while its page has not arrived (it is then asked for)."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return None
        cells, texts = page
        return (cells[place][column], texts[place][column]) if place < len(cells) else None

    def sample(self, count: int) -> list[Sequence[str]]:
        """The texts of the first rows, as far as they are at hand: for the widths of columns."""
        page = self._pages.get(0)
        return list(page[1][:count]) if page is not None else []

    # -- Qt

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See Qt."""
        return 0 if parent.isValid() else min(self._view.row_count, 2**31 - 1)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = self._columns[index.column()].kind in LEFT
            side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role not in _CONTENT:
            return None
        found = self.shown(index.row(), index.column())
        if found is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        cell, text = found
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(_tip(cell, self._columns[index.column()], text))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text or (tr("no value") if cell == ABSENT else tr("blank"))
        return text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return safe_text(column.title) or tr("Column {n}", n=section + 1)
        if role == Qt.ItemDataRole.ToolTipRole:
            made = {
                Origin.COMPUTED: tr("Computed by the console."),
                Origin.INFERRED: tr("What it means was inferred by the console."),
            }.get(column.origin, "")
            return tooltip("\n".join(part for part in (safe_text(column.title), column.help, made) if part))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column.kind in LEFT else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    # -- inside

    def _want(self, number: int) -> None:
        self._wanted[number] = None
        self._wanted.move_to_end(number)
        while len(self._wanted) > 4:  # where the scroll bar has only passed through
            self._wanted.popitem(last=False)
        self._scope.single_flight(f"pages-{id(self)}", self._fetch)

    async def _fetch(self) -> None:
        """Fetch the wanted pages, the newest wish first."""
        while self._wanted:
            number, _ = self._wanted.popitem(last=True)
            generation, view = self._generation, self._view
            try:
                cells, texts = await asyncio.to_thread(self._page, view, number)
            except ConsoleError as error:
                if generation == self._generation:
                    self.failed.emit(error)
                continue
            if generation != self._generation:
                continue
            self._pages[number] = (cells, texts)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            last = min((number + 1) * PAGE, self.rowCount()) - 1
            if last >= number * PAGE:
                self.dataChanged.emit(self.index(number * PAGE, 0), self.index(last, len(self._columns) - 1))

    def _page(self, view: View, number: int) -> _Page:
        cells = view.page(number * PAGE, PAGE)
        return cells, [self._texts(row) for row in cells]

    def _texts(self, row: Sequence[Cell], whole: bool = False) -> list[str]:
        found = []
        for cell, column in zip(row, self._columns, strict=True):
            value, _ = cell
            plain = not self._vendor_texts and value is not None
            text = show_value(value, column.kind, column.unit) if plain else show(cell, column)
            found.append(text if whole else safe_text(text, _TEXT_LIMIT))
        return found

    async def _reorder(self, sort: tuple[SortKey, ...], where: Filter | None, stop: Stop) -> None:
        from console.reports.table import Interrupted

        try:
            view = await asyncio.to_thread(self.table.view, sort, where, stop)
            kept = await asyncio.to_thread(_found_again, self._view, self.chosen(), view)
        except Interrupted:
            return  # a newer wish is being worked on
        except ConsoleError as error:
            if stop is self._stop:
                self.busy_changed.emit(False)
                self.failed.emit(error)
            return
        if stop is not self._stop:
            return
        self.beginResetModel()
        self._view, self.kept = view, kept
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()
        self.endResetModel()
        self.busy_changed.emit(False)
        self.reordered.emit()


_CONTENT = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    CELL_ROLE,
)


def _tip(cell: Cell, column: Column, text: str) -> str:
    """The whole text, and the value it is sorted by where that looks different; why there is nothing to see."""
    value, sent = cell
    if cell == ABSENT:
        return tr("The system sent no value here.")
    own = safe_text(show_value(value, column.kind, column.unit), _TIP_LIMIT)
    whole = safe_text(sent, _TIP_LIMIT) if sent is not None else own
    if not whole.strip():
        return tr("The system sent a blank here.")
    if sent is not None and value is not None and own != whole:
        return tr("{text}\nsorted as {value}", text=whole, value=own)
    if sent is not None and value is None and column.kind not in WORDS:
        return tr("{text}\nnot readable as a value: sorted last, left out of sums", text=whole)
    return whole if whole != text or len(whole) > 24 else ""


def _found_again(former: View, runs: Sequence[tuple[int, int]], view: View) -> tuple[int, ...]:
    """Where some rows of one view stand in another, in the order given; more than some thousand are let go."""
    if not runs or sum(count for _, count in runs) > _KEPT_ROWS:
        return ()
    wanted = [number for start, count in runs for number in former.row_ids(start, count)]
    missing, places = set(wanted), {}
    for start in range(0, view.row_count, _SCANNED):
        numbers = view.row_ids(start, _SCANNED)
        if not missing.isdisjoint(numbers):
            places.update({number: start + at for at, number in enumerate(numbers) if number in missing})
            missing.difference_update(numbers)
        if not missing:
            break
    return tuple(places[number] for number in dict.fromkeys(wanted) if number in places)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Row numbers as runs of (start, count), at most some thousand rows each, in ascending order."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == sum(runs[-1]) and runs[-1][1] < 5000:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs
