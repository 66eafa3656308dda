"""The one table model for live rows: it takes the finished list and tells views only what differs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.thresholds import Level
from console.ui.models.cells import Cell
from console.ui.models.columns import Column
from console.ui.text import tooltip

RowT = TypeVar("RowT")
GivenT = TypeVar("GivenT", contravariant=True)

RAW = Qt.ItemDataRole.UserRole + 1
READING = Qt.ItemDataRole.UserRole + 2
LOOK = Qt.ItemDataRole.UserRole + 3
LEVEL_ROLE = Qt.ItemDataRole.UserRole + 4
KEY = Qt.ItemDataRole.UserRole + 5
SOURCE = Qt.ItemDataRole.UserRole + 6
TICK = Qt.ItemDataRole.DisplayRole  # a tick changes nothing but the shown text

_COMPARED = 600  # rows compared by value per refresh; beyond, new objects count as changed and the screen is repainted
_BLOCKS = 24  # separate removals or insertions told one by one; beyond, two moves and one block are cheaper

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_NO_PARENT = QModelIndex()


class Cells(Protocol[GivenT]):
    """Makes the cells and sentences of rows."""

    def cell(self, row: GivenT, column: Column) -> Cell:
        """The cell of a row and column, now."""
        ...

    def level(self, row: GivenT) -> Level:
        """The alarm level of a whole row, now."""
        ...


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of each run without a gap."""
    result: list[tuple[int, int]] = []
    for number in numbers:
        if result and result[-1][1] == number - 1:
            result[-1] = (result[-1][0], number)
        else:
            result.append((number, number))
    return result


def _coarse(spans: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """Runs that touch the rows from `first` to `last` as they are, all before these as one, and all behind as one.

    Telling of a row takes as long as painting a cell; of thousands of rows some hundred change each second.
    """
    above = [span for span in spans if span[1] < first]
    below = [span for span in spans if span[0] > last and span[1] >= first]
    between = spans[len(above) : len(spans) - len(below)]
    return [
        *([(above[0][0], above[-1][1])] if above else []),
        *between,
        *([(below[0][0], below[-1][1])] if below else []),
    ]


class KeyedTableModel(QAbstractTableModel, Generic[RowT]):
    """Rows with keys. `apply` keeps selection, current cell and open editors on their keys.

    Args:
        columns: the columns that never go away; `set_extra_columns` adds others behind them.
        key: the key of a row, unique in a list (a second row with the same key is left out).
        cells: makes cells; asked only for what is on screen, and once per cell and change.
        sentence: a row as a sentence for a screen reader, spoken on the first of `spoken_columns` found.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key: Callable[[RowT], Hashable],
        cells: Cells[RowT],
        sentence: Callable[[RowT, tuple[Column, ...]], str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._fixed = tuple(columns)
        self._columns = tuple(columns)
        self._key = key
        self._cells = cells
        self._sentence = sentence
        self._rows: list[RowT] = []
        self._keys: list[Hashable] = []
        self._places: dict[Hashable, int] = {}
        self._cache: dict[tuple[int, int], Cell] = {}
        self._levels: dict[int, Level] = {}
        self.on_screen: Callable[[], tuple[int, int]] | None = None  # first and last row looked at, told by the view

    # what it holds

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, by section of the header."""
        return self._columns

    @property
    def rows(self) -> Sequence[RowT]:
        """The rows as shown."""
        return self._rows

    @property
    def keys(self) -> Sequence[Hashable]:
        """Their keys."""
        return self._keys

    def row_of(self, key: Hashable) -> int:
        """The place of a key, -1 where it is not shown."""
        return self._places.get(key, -1)

    def column_of(self, column_id: str) -> int:
        """The section of a column, -1 where there is none."""
        return next((place for place, column in enumerate(self._columns) if column.id == column_id), -1)

    def cell(self, row: int, column: int) -> Cell:
        """A cell, made when first asked for after a change."""
        place = (row, column)
        found = self._cache.get(place)
        if found is None:
            found = self._cache[place] = self._cells.cell(self._rows[row], self._columns[column])
        return found

    def row_level(self, row: int) -> Level:
        """The alarm level of a row, for its edge."""
        found = self._levels.get(row)
        if found is None:
            found = self._levels[row] = self._cells.level(self._rows[row])
        return found

    # Qt's questions

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Answer for one role; our own roles are RAW, READING, LOOK, LEVEL_ROLE, KEY and SOURCE."""
        answer = _ANSWERS.get(role)
        if answer is None or not index.isValid():
            return None
        return answer(self, index.row(), index.column())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """Titles, their alignment and their definitions."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return column.title
        if role == _Role.TextAlignmentRole:
            return _RIGHT if column.is_numeric else _LEFT
        if role == _Role.ToolTipRole:
            return tooltip(f"{column.title}\n{column.definition}" if column.definition else column.title)
        if role == _Role.AccessibleDescriptionRole:
            return column.definition
        return None

    def _display(self, row: int, column: int) -> str:
        return self.cell(row, column).shown.text

    def _tip(self, row: int, column: int) -> str:
        shown = self.cell(row, column).shown
        return tooltip(shown.tip)

    def _alignment(self, row: int, column: int) -> int:
        return _RIGHT if self._columns[column].is_numeric else _LEFT

    def _accessible(self, row: int, column: int) -> str:
        spec = self._columns[column]
        if self._sentence is not None and spec.id in ("name", "caller_name"):
            return self._sentence(self._rows[row], self._columns)
        return f"{spec.title}: {self.cell(row, column).shown.spoken}"

    def _description(self, row: int, column: int) -> str:
        return self.cell(row, column).shown.tip or self._columns[column].definition

    def _raw(self, row: int, column: int) -> object:
        return self.cell(row, column).reading.value

    def _reading(self, row: int, column: int) -> object:
        return self.cell(row, column).reading

    def _look(self, row: int, column: int) -> str:
        return self.cell(row, column).shown.look.value

    def _level(self, row: int, column: int) -> int:
        return int(self.cell(row, column).level)

    def _key_of(self, row: int, column: int) -> object:
        return self._keys[row]

    def _source(self, row: int, column: int) -> object:
        return self.cell(row, column).reading.source

    # changes

    def set_extra_columns(self, extra: Sequence[Column]) -> bool:
        """Have exactly these columns behind the fixed ones: vanished ones go, new ones come at the end.

        Returns whether a column that stays means something else now, or is shown by default now or no longer.
        """
        wanted = {column.id: column for column in extra}
        for place in range(len(self._columns) - 1, len(self._fixed) - 1, -1):
            if self._columns[place].id not in wanted:
                self.beginRemoveColumns(_NO_PARENT, place, place)
                self._columns = self._columns[:place] + self._columns[place + 1 :]
                self._forget()
                self.endRemoveColumns()
        renewed = tuple(_renewed(column, wanted.get(column.id)) for column in self._columns)
        has_renewed = any(new is not old for new, old in zip(renewed, self._columns, strict=True))
        if has_renewed:
            self._columns = renewed
            self._forget()
        present = {column.id for column in self._columns}
        added = tuple(column for column in wanted.values() if column.id not in present)
        if added:
            first = len(self._columns)
            self.beginInsertColumns(_NO_PARENT, first, first + len(added) - 1)
            self._columns += added
            self.endInsertColumns()
        return has_renewed

    def apply(self, rows: Sequence[RowT]) -> None:
        """Show this list, already filtered and sorted."""
        keys = [self._key(row) for row in rows]
        if keys != self._keys:
            places = {key: place for place, key in enumerate(keys)}
            if len(places) != len(keys):
                rows, keys = self._without_twins(rows, keys)
                places = {key: place for place, key in enumerate(keys)}
            if len(keys) == len(self._keys) and all(map(self._places.__contains__, keys)):
                self._reorder(keys, places)
            else:
                self._reshape(rows, keys, places)
        self._update(rows)

    def refresh(self) -> None:
        """Every text may be different now, though no row is: a source went quiet, or came back."""
        self._forget()
        self._tell(0, len(self._rows) - 1)

    def tick(self, first: int, last: int, columns: Sequence[int]) -> None:
        """A second has passed: tell which cells of these rows and columns show something else now."""
        last = min(last, len(self._rows) - 1)
        if first > last:
            return
        former = {row: self._levels.pop(row, None) for row in range(first, last + 1)}
        edges = [row for row, level in former.items() if level is not None and level is not self.row_level(row)]
        for start, end in runs(edges):
            self._tell(start, end)
        for column in columns:
            changed = []
            for row in range(first, last + 1):
                old = self._cache.pop((row, column), None)
                if old is None or old != self.cell(row, column):
                    changed.append(row)
            for start, end in runs(changed):
                self.dataChanged.emit(self.index(start, column), self.index(end, column), [TICK])

    def _forget(self) -> None:
        """Forget cells by place; between the two halves of each change, for views may ask in the first half."""
        self._cache.clear()
        self._levels.clear()

    def _without_twins(self, rows: Sequence[RowT], keys: list[Hashable]) -> tuple[list[RowT], list[Hashable]]:
        first: dict[Hashable, RowT] = {}
        for key, row in zip(keys, rows, strict=True):
            first.setdefault(key, row)
        return list(first.values()), list(first)

    def _reshape(self, rows: Sequence[RowT], keys: list[Hashable], places: dict[Hashable, int]) -> None:
        old = self._places
        gone = runs([place for place, key in enumerate(self._keys) if key not in places])
        come = runs([place for place, key in enumerate(keys) if key not in old])
        target = [key for key in keys if key in old]
        if len(gone) > _BLOCKS:
            leaving = [key for key in self._keys if key not in places]
            self._reorder(target + leaving)
            gone = [(len(target), len(self._keys) - 1)]
        for first, last in reversed(gone):
            self.beginRemoveRows(_NO_PARENT, first, last)
            del self._rows[first : last + 1]
            del self._keys[first : last + 1]
            self._forget()
            self.endRemoveRows()
        self._index_keys()
        if self._keys != target:
            self._reorder(target)
        if len(come) > _BLOCKS:
            arrived = [place for first, last in come for place in range(first, last + 1)]
            self._insert(len(self._keys), [rows[place] for place in arrived], [keys[place] for place in arrived])
            self._index_keys()
            self._reorder(keys, places)
        else:
            for first, last in come:
                self._insert(first, rows[first : last + 1], keys[first : last + 1])
            self._index_keys()

    def _index_keys(self) -> None:
        self._places = {key: place for place, key in enumerate(self._keys)}

    def _insert(self, place: int, rows: Sequence[RowT], keys: Sequence[Hashable]) -> None:
        self.beginInsertRows(_NO_PARENT, place, place + len(rows) - 1)
        self._rows[place:place] = rows
        self._keys[place:place] = keys
        self._forget()
        self.endInsertRows()

    def _reorder(self, keys: list[Hashable], places: dict[Hashable, int] | None = None) -> None:
        """Put the present rows into the order of `keys`; persistent indexes follow their keys."""
        self.layoutAboutToBeChanged.emit()
        if places is None:
            places = {key: place for place, key in enumerate(keys)}
        kept = self.persistentIndexList()
        if kept:
            moved = [self.createIndex(places[self._keys[index.row()]], index.column()) for index in kept]
        rows, former = self._rows, self._places
        self._rows = [rows[former[key]] for key in keys]
        self._keys = list(keys)
        self._places = places
        if kept:
            self.changePersistentIndexList(kept, moved)
        self._forget()
        self.layoutChanged.emit()

    def _update(self, rows: Sequence[RowT]) -> None:
        """Take the new row objects and tell which differ; keys and places agree already."""
        former = self._rows
        other = [place for place, (old, new) in enumerate(zip(former, rows, strict=True)) if old is not new]
        if not other:
            return
        self._rows = list(rows)
        self._forget()  # equal rows still come from another exchange, which "show request" must name
        is_few = len(other) <= _COMPARED
        changed = [place for place in other if former[place] != rows[place]] if is_few else other
        if not changed:
            return
        if self.on_screen is not None:
            spans = _coarse(runs(changed), *self.on_screen())
        else:
            spans = runs(changed) if len(changed) * 2 <= len(rows) else [(0, len(rows) - 1)]
        for first, last in spans:
            self._tell(first, last)

    def _tell(self, first: int, last: int) -> None:
        if 0 <= first <= last and self._columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))


def _renewed(old: Column, new: Column | None) -> Column:
    """The new column where it differs in more than the function that reads it, which is made anew each time."""
    if new is None or (new.definition, new.is_default) == (old.definition, old.is_default):
        return old
    return new


_ANSWERS: dict[int, Callable[[Any, int, int], Any]] = {
    int(_Role.DisplayRole): KeyedTableModel._display,
    int(_Role.ToolTipRole): KeyedTableModel._tip,
    int(_Role.TextAlignmentRole): KeyedTableModel._alignment,
    int(_Role.AccessibleTextRole): KeyedTableModel._accessible,
    int(_Role.AccessibleDescriptionRole): KeyedTableModel._description,
    int(RAW): KeyedTableModel._raw,
    int(READING): KeyedTableModel._reading,
    int(LOOK): KeyedTableModel._look,
    int(LEVEL_ROLE): KeyedTableModel._level,
    int(KEY): KeyedTableModel._key_of,
    int(SOURCE): KeyedTableModel._source,
}
