"""Which columns of a result are shown, how wide and in which order, and what the rows are sorted by; remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from console.reports.columns import Column, ColumnKind
from console.reports.table_filter import SortKey
from console.ui.results.delegate import STATUS_WIDTH, is_status
from console.ui.results.model import WORDS, ResultModel
from console.ui.results.view import ResultView
from console.ui.services import StateProvider
from console.ui.theme.sizes import CELL_PADDING, MAX_COLUMN

KEY: Final = "results.columns"
_REMEMBERED = 100  # reports whose columns are remembered
_SAMPLE = 120  # rows that decide the widths
_MIN_WIDTH, _MOST = 44, 320
_SPREAD = 64  # pixels a column may grow where there is room


class ColumnChoice(QObject):
    """Keeps the header in step with what the user chose, by column id.

    Signals:
        sort_changed: another order is asked for; `sort` has it.
        changed: other columns are shown, or in another order.

    Args:
        report: id of the report whose columns these are; empty where nothing is to be remembered.
    """

    sort_changed = Signal()
    changed = Signal()

    def __init__(self, view: ResultView, model: ResultModel, state: StateProvider, report: str) -> None:
        super().__init__(view)
        self._view = view
        self._header = view.header
        self._model = model
        self._state = state
        self._report = report
        self._ids = [column.id for column in model.columns]
        self._hidden: set[str] = set()
        self._widths: dict[str, int] = {}
        self._order: list[str] = []
        self._forced: frozenset[str] = frozenset()
        self._is_busy = False
        self._is_measured = False
        self._least: dict[int, int] = {}
        self.sort: tuple[SortKey, ...] = ()
        self._restore()
        self._lay_out()
        self._header.sectionClicked.connect(self._on_clicked)
        self._header.sectionResized.connect(self._on_resized)
        self._header.sectionMoved.connect(self._on_moved)
        model.dataChanged.connect(self._on_rows_came)
        view.resized.connect(self.fill)

    # -- asked

    def shown(self) -> list[int]:
        """The shown columns in their order, as places in the model."""
        order = (self._header.logicalIndex(place) for place in range(self._header.count()))
        return [section for section in order if not self._header.isSectionHidden(section)]

    def is_shown(self, section: int) -> bool:
        """Whether a column is shown."""
        return not self._header.isSectionHidden(section)

    def sort_of(self, section: int) -> bool | None:
        """Whether a column descends in the order; None where it is not part of it."""
        return next((key.descending for key in self.sort if key.column == self._ids[section]), None)

    # -- told

    def sort_by(self, section: int, descending: bool | None, *, add: bool = False) -> None:
        """Sort by a column (None takes it out of the order); with `add` after those that are already sorted by."""
        column = self._ids[section]
        kept = [key for key in self.sort if key.column != column] if add else []
        keys = list(self.sort) if add else []
        if descending is None:
            self.sort = tuple(kept)
        elif add and self.sort_of(section) is not None:
            self.sort = tuple(SortKey(column, descending) if key.column == column else key for key in keys)
        else:
            self.sort = (*kept, SortKey(column, descending))
        self._show_sort()
        self.sort_changed.emit()

    def set_shown(self, section: int, is_shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        if not is_shown and len(self.shown()) == 1:
            return
        (self._hidden.discard if is_shown else self._hidden.add)(self._ids[section])
        self._lay_out()
        self._keep()
        self.changed.emit()

    def hide_for_now(self, columns: frozenset[str]) -> None:
        """Hide columns that say nothing at the moment, without remembering it."""
        if columns != self._forced:
            self._forced = columns
            self._lay_out()
            self.changed.emit()

    def make_room(self, widths: Mapping[int, int]) -> None:
        """Give columns at least a width, except those whose width the user chose."""
        self._least = dict(widths)
        self.fill()

    @Slot()
    def reset(self) -> None:
        """Back to the server's columns, order and rows."""
        self._hidden.clear()
        self._widths.clear()
        self._order.clear()
        for place in range(self._header.count()):
            self._header.moveSection(self._header.visualIndex(place), place)
        self.sort = ()
        self._is_measured = False
        self._lay_out()
        self._measure()
        self._show_sort()
        self._keep()
        self.sort_changed.emit()
        self.changed.emit()

    @Slot()
    def fill(self) -> None:
        """Let columns without a width of the user's own use the room that is left over."""
        shown = self.shown()
        own = [section for section in shown if self._ids[section] not in self._widths]
        if not own or not self._is_measured:
            return
        wanted = {section: self._wanted(section) for section in own}
        fixed = sum(self._header.sectionSize(section) for section in shown if section not in wanted)
        room = self._view.viewport().width() - fixed - sum(wanted.values())
        each = min(max(0, room // len(own)), _SPREAD)
        self._is_busy = True
        for section, width in wanted.items():
            self._header.resizeSection(section, width + each)
        self._is_busy = False

    # -- inside

    def _wanted(self, section: int) -> int:
        metrics = self._view.fontMetrics()
        texts = {row[section] for row in self._model.sample(_SAMPLE)}
        longest = max((metrics.horizontalAdvance(text[:200]) for text in texts), default=0)
        if is_status(self._model.columns[section]):
            longest = int(longest * 1.1) + STATUS_WIDTH  # bold, beside its shape
        wanted = max(self._header.caption_width(section), longest + 2 * CELL_PADDING + 2, _MIN_WIDTH)
        return max(min(wanted, _MOST), self._least.get(section, 0))

    @Slot()
    def _on_rows_came(self) -> None:
        if not self._is_measured:
            self._measure()

    def _measure(self) -> None:
        if self._model.sample(1):
            self._is_measured = True
            self.fill()

    def _lay_out(self) -> None:
        self._is_busy = True
        for section, column in enumerate(self._model.columns):
            hidden = column.id in self._hidden or column.id in self._forced
            self._header.setSectionHidden(section, hidden)
            if not hidden:
                width = self._widths.get(column.id) or max(self._header.caption_width(section), _first_width(column))
                self._header.resizeSection(section, min(width, 900))
        for place, column_id in enumerate(i for i in self._order if i in self._ids):
            self._header.moveSection(self._header.visualIndex(self._ids.index(column_id)), place)
        if not self.shown() and self._ids:
            self._header.setSectionHidden(0, False)
        self._is_busy = False
        self.fill()

    def _show_sort(self) -> None:
        places = {column: section for section, column in enumerate(self._ids)}
        self._header.sorted_by = {
            places[str(key.column)]: (rank, key.descending) for rank, key in enumerate(self.sort, 1)
        }
        self._header.viewport().update()

    @Slot(int)
    def _on_clicked(self, section: int) -> None:
        """Words from A, figures with the largest on top; the next click turns it, the third takes it back."""
        first = self._model.columns[section].kind not in (*WORDS, ColumnKind.DATETIME)
        now = self.sort_of(section)
        if now is not None and not self._header.is_adding and len(self.sort) > 1:
            now = None  # sorted by it among others: a plain click begins anew
        self.sort_by(
            section, first if now is None else (not first if now is first else None), add=self._header.is_adding
        )

    @Slot(int, int, int)
    def _on_resized(self, section: int, old: int, new: int) -> None:
        if not self._is_busy and new > 0 and 0 <= section < len(self._ids):
            self._widths[self._ids[section]] = new
            self._keep()

    @Slot()
    def _on_moved(self) -> None:
        if not self._is_busy:
            self._order = [self._ids[self._header.logicalIndex(place)] for place in range(self._header.count())]
            self._keep()
            self.changed.emit()

    def _keep(self) -> None:
        if not self._report:
            return
        found = self._state.get(KEY)
        known: dict[str, Any] = dict(found) if isinstance(found, Mapping) else {}
        known.pop(self._report, None)
        known[self._report] = {"hidden": sorted(self._hidden), "widths": dict(self._widths), "order": self._order}
        self._state.put(KEY, dict(list(known.items())[-_REMEMBERED:]))

    def _restore(self) -> None:
        """Take up what was remembered; anything of another shape is left out."""
        found = self._state.get(KEY)
        saved = found.get(self._report) if isinstance(found, Mapping) and self._report else None
        if not isinstance(saved, Mapping):
            return
        hidden, widths, order = saved.get("hidden"), saved.get("widths"), saved.get("order")
        self._hidden = set(_names(hidden))
        self._order = _names(order)
        if isinstance(widths, Mapping):
            self._widths = {
                str(key): min(max(width, _MIN_WIDTH), 900) for key, width in widths.items() if type(width) is int
            }


def _names(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _first_width(column: Column) -> int:
    """Before the first rows are here."""
    if column.kind is ColumnKind.DATETIME:
        return 160
    return min(180, MAX_COLUMN) if column.kind in WORDS else 90
