"""Which columns a table shows, how wide, in which order, and by which one it is sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from console.domain.values import Unit
from console.ui.models.columns import Column, Kind
from console.ui.models.keyed import KeyedTableModel
from console.ui.models.rows import Order
from console.ui.panes.table_view import LiveTable
from console.ui.theme.sizes import MAX_COLUMN

_MIN_WIDTH = 44
_NAME_ENOUGH = 300  # pixels after which a name gains nothing from more room
_SPREAD = 72  # pixels a column may grow; beyond, figures stand too far from their neighbours
_FEWEST = 4  # columns; where not even so few fit, none is shrunk
_PROFILE = "profile"


class ColumnLayout(QObject):
    """Keeps the header in step with what the user chose; all by column id, so that it survives new columns.

    Signals:
        order_changed: another sorting is asked for.
        changed: anything worth saving changed.
    """

    order_changed = Signal()
    changed = Signal()

    def __init__(
        self, table: LiveTable, model: KeyedTableModel[Any], sort: tuple[str, bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._header = table.header
        self._model = model
        self._first_sort = sort
        self._sort_id, self._is_descending = sort
        self._chosen: dict[str, bool] = {}  # what the user said; other columns follow their default
        self._widths: dict[str, int] = {}
        self._wanted_order: list[str] = []
        self._wants_profile = False
        self._is_busy = False
        self.is_new_order = False
        model.columnsInserted.connect(self._on_columns_inserted)
        model.columnsRemoved.connect(self._on_columns_removed)
        self._header.sectionClicked.connect(self._on_section_clicked)
        self._header.sectionResized.connect(self._on_section_resized)
        self._header.sectionMoved.connect(self._on_section_moved)
        self._header.setSortIndicatorClearable(False)
        table.resized.connect(self.fill)
        self._lay_out()

    # asked by the pane

    def order(self) -> Order:
        """What rows are sorted by."""
        place = self._model.column_of(self._sort_id)
        if place < 0:
            return Order()
        column = self._model.columns[place]
        unit = Unit.TEXT if column.kind in (Kind.TEXT, Kind.NAME, Kind.SOURCE, Kind.STATE) else column.unit
        return Order(column.sorts_by, unit, self._is_descending, by_name=column.rank is not None)

    @property
    def sort(self) -> tuple[str, bool]:
        """Column id and whether it descends."""
        return self._sort_id, self._is_descending

    def shown(self) -> list[int]:
        """The shown columns in their order, as sections of the model."""
        order = (self._header.logicalIndex(place) for place in range(self._header.count()))
        return [section for section in order if not self._header.isSectionHidden(section)]

    def searched(self) -> list[Column]:
        """The shown columns, as columns."""
        return [self._model.columns[section] for section in self.shown()]

    def ticking(self, has_stale: bool) -> list[int]:
        """The shown columns whose text may change by itself; the name too while it carries an age."""
        kinds = {Kind.DURATION, Kind.LEVEL} | ({Kind.NAME} if has_stale else set())
        return [
            section
            for section in self.shown()
            if self._model.columns[section].kind in kinds or self._model.columns[section].unit is Unit.MS
        ]

    def is_shown(self, column: Column) -> bool:
        """Whether a column is to be shown."""
        default = self._wants_profile if column.id == _PROFILE else column.is_default
        return self._chosen.get(column.id, default)

    # told by the user

    def set_shown(self, column_id: str, is_shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        if not is_shown and len(self.shown()) == 1:
            return
        self._chosen[column_id] = is_shown
        self._lay_out()
        self.changed.emit()

    def sort_by(self, column_id: str, is_descending: bool) -> None:
        """Sort by a column."""
        self._sort_id, self._is_descending = column_id, is_descending
        self._show_sort()
        self.is_new_order = True
        self.order_changed.emit()
        self.changed.emit()

    @Slot()
    def sort_as_first(self) -> None:
        """Sort as on the first day."""
        self.sort_by(*self._first_sort)

    @property
    def has_urgency(self) -> bool:
        """Whether the sorting of the first day puts what is most urgent on top."""
        return any(column.id == self._first_sort[0] and column.rank is not None for column in self._model.columns)

    @property
    def is_first_sort(self) -> bool:
        """Whether rows are sorted as on the first day."""
        return self.sort == self._first_sort

    @Slot()
    def reset(self) -> None:
        """Back to the columns, widths, order and sorting of the first day."""
        self._chosen.clear()
        self._widths.clear()
        self._wanted_order.clear()
        for place in range(self._header.count()):
            self._header.moveSection(self._header.visualIndex(place), place)
        self._lay_out()
        self.sort_as_first()

    @Slot()
    def fill(self) -> None:
        """Use the room there is, never the user's own widths.

        With room to spare the name grows first, then all columns spread. With too little the columns shrink alike, as
        far as each can, so that all fit, or else as many of the first as can: then those end where the table does.
        """
        columns = self._model.columns
        shown = [(section, self._widths.get(columns[section].id, 0)) for section in self.shown()]
        own = [(section, columns[section]) for section, width in shown if not width]
        needed = sum(width or columns[section].width for section, width in shown)
        room = self._table.viewport().width() - needed
        widths = _spread(own, room) if room >= 0 else self._squeezed(shown)
        self._is_busy = True
        for section, width in widths.items():
            if self._header.sectionSize(section) != width:
                self._header.resizeSection(section, width)
        self._is_busy = False

    def _squeezed(self, shown: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Widths by section, too many pixels being asked for; `shown` has the user's own widths, 0 for none."""
        columns, room = self._model.columns, self._table.viewport().width()
        widths = {section: columns[section].width for section, width in shown if not width}
        standard = sum(not columns[section].is_extra for section, _ in shown)
        for fitting in (len(shown), *range(min(standard, len(shown) - 1), _FEWEST - 1, -1)):
            first = shown[:fitting]
            lack = sum(width or columns[section].width for section, width in first) - room
            own = [(section, columns[section]) for section, width in first if not width]
            if lack <= sum(column.width - column.narrowest for _, column in own):
                return widths | (_shrunk(own, lack) if lack > 0 else {})
        return widths

    def show_profile(self, wants_profile: bool) -> None:
        """Show the profile column by itself when there is more than one source."""
        if wants_profile != self._wants_profile:
            self._wants_profile = wants_profile
            self._lay_out()

    def renew(self) -> None:
        """Columns are shown by default now that were not, or the other way round."""
        self._lay_out()

    def settle(self) -> None:
        """Show the sort arrow where it belongs."""
        self._show_sort()

    # saved and restored

    def state(self) -> dict[str, Any]:
        """Plain values: ``order``, ``widths``, ``shown``, ``sort``, ``descending``."""
        ids = [column.id for column in self._model.columns]
        order = [ids[self._header.logicalIndex(place)] for place in range(len(ids))]
        order += [column for column in self._wanted_order if column not in ids]
        return {
            "order": order,
            "widths": dict(self._widths),
            "shown": dict(self._chosen),
            "sort": self._sort_id,
            "descending": self._is_descending,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up saved values; anything of another shape is left out."""
        widths, shown, order = state.get("widths"), state.get("shown"), state.get("order")
        if isinstance(widths, Mapping):
            self._widths = {
                str(key): min(max(value, _MIN_WIDTH), MAX_COLUMN)
                for key, value in widths.items()
                if isinstance(value, int) and not isinstance(value, bool)
            }
        if isinstance(shown, Mapping):
            self._chosen = {str(key): value for key, value in shown.items() if isinstance(value, bool)}
        if isinstance(order, Sequence) and not isinstance(order, str):
            self._wanted_order = [key for key in order if isinstance(key, str)]
        sort = state.get("sort")
        if isinstance(sort, str):
            self._sort_id, self._is_descending = sort, state.get("descending") is True
        self._lay_out()
        self.is_new_order = True
        self.order_changed.emit()

    # the header

    def _lay_out(self) -> None:
        self._is_busy = True
        for section, column in enumerate(self._model.columns):
            width = min(self._widths.get(column.id, column.width), MAX_COLUMN)
            if self._header.sectionSize(section) != width:
                self._header.resizeSection(section, width)
            self._header.setSectionHidden(section, not self.is_shown(column))
        place = 0
        for column_id in self._wanted_order:
            section = self._model.column_of(column_id)
            if section >= 0:
                self._header.moveSection(self._header.visualIndex(section), place)
                place += 1
        if not self.shown() and self._model.columns:
            self._header.setSectionHidden(0, False)
        self._is_busy = False
        self.fill()
        self._show_sort()
        self._table.tell_columns_changed()

    def _show_sort(self) -> None:
        direction = Qt.SortOrder.DescendingOrder if self._is_descending else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(self._model.column_of(self._sort_id), direction)

    @Slot()
    def _on_columns_inserted(self) -> None:
        self._lay_out()

    @Slot()
    def _on_columns_removed(self) -> None:
        self._lay_out()

    @Slot(int)
    def _on_section_clicked(self, section: int) -> None:
        """Sort figures with the largest on top, words from A; the next click turns it, the third takes it back."""
        column = self._model.columns[section]
        is_down = column.is_numeric or column.kind in (Kind.LEVEL, Kind.STAFFING)
        if column.id != self._sort_id:
            self.sort_by(column.id, is_down)
        elif self._is_descending is is_down or column.id == self._first_sort[0]:
            self.sort_by(column.id, not self._is_descending)
        else:
            self.sort_as_first()

    @Slot(int, int, int)
    def _on_section_resized(self, section: int, old: int, new: int) -> None:
        if self._is_busy:
            return
        if new > 0 and 0 <= section < len(self._model.columns):
            self._widths[self._model.columns[section].id] = new
            self.fill()
            self.changed.emit()

    @Slot()
    def _on_section_moved(self) -> None:
        if not self._is_busy:
            ids = [column.id for column in self._model.columns]
            self._wanted_order = [ids[self._header.logicalIndex(place)] for place in range(len(ids))]
            self.changed.emit()


def _spread(own: Sequence[tuple[int, Column]], room: int) -> dict[int, int]:
    """Widths by section with `room` more pixels than the columns ask for."""
    widths = {section: column.width for section, column in own}
    name = next((section for section, column in own if column.is_flexible), None)
    if name is None:
        return widths
    others = [section for section in widths if section != name]
    first = min(room, max(0, _NAME_ENOUGH - widths[name]))
    each = min((room - first) // max(1, len(others)), _SPREAD)
    for section in others:
        widths[section] += each
    widths[name] = min(max(widths[name] + first, widths[name] + room - each * len(others)), MAX_COLUMN)
    return widths


def _shrunk(own: Sequence[tuple[int, Column]], lack: int) -> dict[int, int]:
    """Widths by section with `lack` fewer pixels than the columns ask for; they can give so many."""
    widths = {section: column.width for section, column in own}
    give = {section: column.width - column.narrowest for section, column in own}
    left = sum(give.values())
    for section, most in give.items():
        share = -(-lack * most // left) if left else 0
        widths[section] -= share
        lack -= share
        left -= most
    return widths
