"""The keyed model against every history a table can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.domain.text import Look, Shown
from console.domain.thresholds import Level
from console.domain.values import Unit, count
from console.ui.models.cells import Cell
from console.ui.models.columns import Column, Kind
from console.ui.models.keyed import KEY, LEVEL_ROLE, LOOK, RAW, READING, SOURCE, KeyedTableModel, runs


class Item(NamedTuple):
    key: int
    value: int


class PlainCells:
    """Cells that say how often they were made."""

    def __init__(self) -> None:
        self.made = 0
        self.is_critical = False

    def cell(self, row: Item, column: Column) -> Cell:
        self.made += 1
        value = row.key if column.id == "name" else row.value
        return Cell(Shown(str(value), Look.VALUE, f"spoken {value}", f"<tip {value}>"), count(value))

    def level(self, row: Item) -> Level:
        return Level.CRITICAL if self.is_critical else Level.NONE


def column(column_id: str, kind: Kind = Kind.COUNT) -> Column:
    return Column(column_id, column_id.title(), kind, Unit.COUNT, lambda row, at: count(0), 80, "What it means.")


COLUMNS = (column("name", Kind.NAME), column("value"))


def make(cells: PlainCells | None = None) -> KeyedTableModel[Item]:
    return KeyedTableModel(COLUMNS, lambda item: item.key, cells or PlainCells(), lambda item, columns: "a sentence")


def shown(model: KeyedTableModel[Item]) -> list[tuple[str, str]]:
    return [(model.data(model.index(row, 0)), model.data(model.index(row, 1))) for row in range(model.rowCount())]


histories = st.lists(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 3)), max_size=70, unique_by=lambda pair: pair[0]),
    min_size=1,
    max_size=6,
)


@settings(max_examples=120, deadline=None)
@given(histories, st.data())
def test_any_history_ends_in_the_given_rows_and_indexes_follow_their_keys(qapp, history, data) -> None:
    model = make()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    selection = QItemSelectionModel(model)
    kept: dict[int, QPersistentModelIndex] = {}
    for step in history:
        rows = [Item(*pair) for pair in step]
        before = set(kept)
        model.apply(rows)
        assert shown(model) == [(str(key), str(value)) for key, value in step]
        present = {row.key: place for place, row in enumerate(rows)}
        for key in before:
            if key in present:
                assert kept[key].row() == present[key]
                assert selection.isSelected(model.index(present[key], 0))
            else:
                assert not kept.pop(key).isValid()
        assert {index.row() for index in selection.selectedIndexes()} == {present[key] for key in kept}
        for row in data.draw(st.lists(st.sampled_from(rows), max_size=5) if rows else st.just([])):
            kept[row.key] = QPersistentModelIndex(model.index(present[row.key], 1))
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            selection.select(model.index(present[row.key], 0), flags)
    del tester


def many(count_: int, value: int = 0) -> list[Item]:
    return [Item(number, value) for number in range(count_)]


class Heard:
    """What a model told its views."""

    def __init__(self, model: KeyedTableModel[Item]) -> None:
        self.changes: list[tuple[int, int]] = []
        self.removals: list[tuple[int, int]] = []
        self.insertions: list[tuple[int, int]] = []
        self.layouts = 0
        self.resets = 0
        model.dataChanged.connect(self._changed)
        model.rowsRemoved.connect(self._removed)
        model.rowsInserted.connect(self._inserted)
        model.layoutChanged.connect(self._laid_out)
        model.modelReset.connect(self._reset)

    def _changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        self.changes.append((first.row(), last.row()))

    def _removed(self, parent: QModelIndex, first: int, last: int) -> None:
        self.removals.append((first, last))

    def _inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self.insertions.append((first, last))

    def _laid_out(self) -> None:
        self.layouts += 1

    def _reset(self) -> None:
        self.resets += 1


def test_nothing_is_told_when_nothing_changed(qapp) -> None:
    model = make()
    model.apply(many(10))
    heard = Heard(model)
    model.apply(many(10))
    model.apply([*model.rows])
    assert (heard.changes, heard.removals, heard.insertions, heard.layouts) == ([], [], [], 0)


def test_one_change_per_run(qapp) -> None:
    model = make()
    model.apply(many(10))
    heard = Heard(model)
    rows = many(10)
    for place in (1, 2, 7):
        rows[place] = Item(place, 9)
    model.apply(rows)
    assert heard.changes == [(1, 2), (7, 7)]


def test_one_change_for_all_when_most_changed(qapp) -> None:
    model = make()
    model.apply(many(10))
    heard = Heard(model)
    model.apply([Item(number, 5 if number % 3 else 0) for number in range(10)])
    assert heard.changes == [(0, 9)]


def test_removals_and_insertions_come_in_blocks(qapp) -> None:
    model = make()
    model.apply(many(20))
    heard = Heard(model)
    model.apply([row for row in many(25) if row.key not in (3, 4, 5, 9)])
    assert heard.removals == [(9, 9), (3, 5)]
    assert heard.insertions == [(16, 20)]
    assert heard.layouts == heard.resets == 0


def test_scattered_changes_take_two_moves_and_two_blocks(qapp) -> None:
    model = make()
    model.apply(many(200))
    heard = Heard(model)
    rows = [Item(number, 0) for number in range(400) if number % 2]
    model.apply(rows)
    assert len(heard.removals) == len(heard.insertions) == 1
    assert heard.layouts <= 2
    assert heard.resets == 0
    assert [row.key for row in model.rows] == [row.key for row in rows]


def test_a_second_row_with_the_same_key_is_left_out(qapp) -> None:
    model = make()
    model.apply([Item(1, 1), Item(2, 2), Item(1, 3)])
    assert shown(model) == [("1", "1"), ("2", "2")]


def test_cells_are_made_once_until_something_changes(qapp) -> None:
    cells = PlainCells()
    model = make(cells)
    model.apply(many(3))
    assert cells.made == 0
    for _ in range(5):
        model.data(model.index(1, 1))
    assert cells.made == 1
    model.apply(many(3, 1))
    assert model.data(model.index(1, 1)) == "1"
    assert cells.made == 2
    model.refresh()
    model.data(model.index(1, 1))
    assert cells.made == 3


def test_tick_tells_only_what_shows_something_else(qapp) -> None:
    cells = PlainCells()
    model = make(cells)
    model.apply(many(6))
    for row in range(6):
        model.cell(row, 1)
        model.row_level(row)
    heard = Heard(model)
    model.tick(0, 99, [1])
    assert heard.changes == []
    cells.is_critical = True
    model.tick(2, 4, [1])
    assert heard.changes == [(2, 4)]
    model.tick(5, 2, [1])
    assert heard.changes == [(2, 4)]


def test_extra_columns_come_and_go_behind_the_fixed_ones(qapp) -> None:
    model = make()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.apply(many(3))
    model.set_extra_columns([column("a"), column("b"), column("c")])
    model.set_extra_columns([column("c"), column("d"), column("a")])
    assert [each.id for each in model.columns] == ["name", "value", "a", "c", "d"]
    assert model.columnCount() == 5
    assert model.column_of("c") == 3
    assert model.column_of("b") == -1
    model.set_extra_columns([])
    assert model.columnCount() == 2


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Qt.ItemDataRole.DisplayRole, "7"),
        (Qt.ItemDataRole.ToolTipRole, "<qt>&lt;tip 7&gt;</qt>"),
        (Qt.ItemDataRole.AccessibleTextRole, "Value: spoken 7"),
        (Qt.ItemDataRole.AccessibleDescriptionRole, "<tip 7>"),
        (RAW, 7),
        (LOOK, "value"),
        (LEVEL_ROLE, 0),
        (KEY, 1),
        (SOURCE, None),
        (Qt.ItemDataRole.DecorationRole, None),
    ],
)
def test_roles(qapp, role: int, expected: object) -> None:
    model = make()
    model.apply([Item(1, 7)])
    assert model.data(model.index(0, 1), role) == expected


def test_name_speaks_the_row_and_headers_explain_themselves(qapp) -> None:
    model = make()
    model.apply([Item(1, 7)])
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "a sentence"
    assert model.data(model.index(0, 1), READING) == count(7)
    ask: Callable[..., object] = model.headerData
    assert ask(1, Qt.Orientation.Horizontal) == "Value"
    assert ask(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleDescriptionRole) == "What it means."
    assert "What it means." in str(ask(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole))
    assert ask(9, Qt.Orientation.Horizontal) is None
    assert ask(0, Qt.Orientation.Vertical) is None
    right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
    assert ask(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == right
    assert model.data(model.index(0, 1), Qt.ItemDataRole.TextAlignmentRole) == right
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == 0


def test_runs() -> None:
    assert runs([]) == []
    assert runs([1, 2, 3, 5, 8, 9]) == [(1, 3), (5, 5), (8, 9)]
