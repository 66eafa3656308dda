"""The view of live rows: uniform rows, a hovered row, no accessibility events from the second hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from console.domain.clock import Clock
from console.ui.delegates import CellDelegate
from console.ui.models.keyed import TICK, KeyedTableModel
from console.ui.panes.header import TableHeader
from console.ui.runtime.clocks import live_clock
from console.ui.theme import Theme

_WORKING_S = 2.0  # how long after a key or movement somebody still counts as working in the table
_POINTING_S = 15.0  # the same for a pointer that rests on a row; a mouse left there for good must not hide an alarm

_Index = QModelIndex | QPersistentModelIndex


_HEADING_KEYS = {
    Qt.Key.Key_Return: -1,
    Qt.Key.Key_Enter: -1,
    Qt.Key.Key_Space: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Left: 0,
}


class HeadingPainter(Protocol):
    """Knows and paints the headings among the rows."""

    def is_heading(self, row: int) -> bool:
        """Whether a row is one."""
        ...

    def paint(self, painter: QPainter, rect: QRect, row: int, is_current: bool) -> None:
        """Paint one across the table."""
        ...


class LiveTable(QTableView):
    """A table over a `KeyedTableModel`.

    Signals:
        row_entered: Enter or a double click on a row; carries its number.
        copy_asked, definition_asked, source_asked: Ctrl+C, F1 and Ctrl+Shift+R.
        search_asked: Ctrl+F, or a slash.
        resized: the viewport has another size.
        heading_pressed: a heading is to be opened or closed; carries its row and what is wanted: 1 open, 0 closed,
            -1 the other of the two.
    """

    row_entered = Signal(int)
    copy_asked = Signal()
    definition_asked = Signal()
    source_asked = Signal()
    search_asked = Signal()
    resized = Signal()
    heading_pressed = Signal(int, int)

    def __init__(self, theme: Theme, clock: Clock, model: KeyedTableModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = live_clock(clock)  # hands are at work now, whatever moment is shown
        self._live = model
        self._worked_at = float("-inf")
        self.heading_painter: HeadingPainter | None = None  # set while rows stand under headings
        self.delegate = CellDelegate(theme, model, self)
        self.header = TableHeader(theme, model, self)
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        model.on_screen = self.visible_rows
        self._set_up()
        self.header.sectionMoved.connect(self._find_first_column)
        self.header.sectionCountChanged.connect(self._find_first_column)
        self.doubleClicked.connect(self._on_double_clicked)
        theme.changed.connect(self._on_theme_changed)

    def _set_up(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(self._theme.row_height)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSortingEnabled(True)  # else a click on a caption would select its column; the model never sorts
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)

    @property
    def is_worked_in(self) -> bool:
        """Whether keys or pointer are at work in the rows right now, so that nothing should jump."""
        is_pointed_at = self.delegate.hovered_row >= 0 and self.viewport().underMouse()
        return self._clock.monotonic() - self._worked_at < (_POINTING_S if is_pointed_at else _WORKING_S)

    def visible_rows(self) -> tuple[int, int]:
        """First and last row on screen; last < first where there is none."""
        if not self._live.rowCount():
            return 0, -1
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._live.rowCount() - 1

    def tell_columns_changed(self) -> None:
        """Columns were shown or hidden."""
        self._find_first_column()

    # Qt's calls

    def dataChanged(self, top_left: _Index, bottom_right: _Index, roles: Sequence[int] = ()) -> None:
        """Repaint; a tick repaints its cells only and is not announced to screen readers each second."""
        if list(roles) == [TICK]:
            area = self.visualRect(top_left).united(self.visualRect(bottom_right))
            self.viewport().update(area)
        else:
            super().dataChanged(top_left, bottom_right, list(roles))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Our keys first, then the table's own."""
        self._worked_at = self._clock.monotonic()
        key, modifiers = event.key(), event.modifiers()
        control = Qt.KeyboardModifier.ControlModifier
        if key in _HEADING_KEYS and not modifiers and self.is_heading(self.currentIndex().row()):
            self.heading_pressed.emit(self.currentIndex().row(), _HEADING_KEYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_entered.emit(self.currentIndex().row())
        elif key == Qt.Key.Key_C and modifiers == control:
            self.copy_asked.emit()
        elif key == Qt.Key.Key_F1:
            self.definition_asked.emit()
        elif key == Qt.Key.Key_R and modifiers == control | Qt.KeyboardModifier.ShiftModifier:
            self.source_asked.emit()
        elif event.text() == "/" or (key == Qt.Key.Key_F and modifiers == control):
            self.search_asked.emit()
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row under the pointer."""
        self._worked_at = self._clock.monotonic()
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Somebody is at work; a heading opens or closes."""
        self._worked_at = self._clock.monotonic()
        row = self.rowAt(event.position().toPoint().y())
        if event.button() is Qt.MouseButton.LeftButton and self.is_heading(row):
            self.heading_pressed.emit(row, -1)
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, then the headings across them."""
        super().paintEvent(event)
        if self.heading_painter is None:
            return
        painter = QPainter(self.viewport())
        first, last = self.visible_rows()
        for row in range(first, last + 1):
            if self.is_heading(row):
                top, width = self.rowViewportPosition(row), self.viewport().width()
                is_current = self.delegate.has_focus and row == self.currentIndex().row()
                self.heading_painter.paint(painter, QRect(0, top, width, self.rowHeight(row)), row, is_current)
        painter.end()

    def is_heading(self, row: int) -> bool:
        """Whether a row is a heading."""
        return self.heading_painter is not None and row >= 0 and self.heading_painter.is_heading(row)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Somebody is at work."""
        self._worked_at = self._clock.monotonic()
        super().wheelEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: Any) -> None:
        """No row is under the pointer any more."""
        self._hover(-1)
        self._worked_at = float("-inf")
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is more or less room."""
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.delegate.has_focus = True
        if not self.currentIndex().isValid() and self._live.rowCount():
            first, _ = self.visible_rows()
            self.selectionModel().setCurrentIndex(
                self._live.index(first, max(0, self.delegate.first_column)),
                QItemSelectionModel.SelectionFlag.NoUpdate,
            )
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.delegate.has_focus = False
        self.viewport().update()

    # our own

    def go_to(self, row: int, column: int = -1) -> None:
        """Make a row the only selected one and bring it on screen, whatever keys are held down."""
        index = self._live.index(row, column if column >= 0 else self.delegate.first_column)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def anchor(self) -> tuple[object, int] | None:
        """A key on screen and its distance from the top edge, to be found again after a change of order."""
        if self.verticalScrollBar().value() == 0 or not self._live.rowCount():
            return None
        first, last = self.visible_rows()
        current = self.currentIndex().row()
        row = current if first <= current <= last else first
        return self._live.keys[row], self.rowViewportPosition(row)

    def restore_anchor(self, anchor: tuple[object, int] | None) -> None:
        """Scroll so that the anchor's row stands where it stood."""
        if anchor is None:
            return
        row = self._live.row_of(anchor[0])
        if row >= 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(row) - anchor[1])

    def _hover(self, row: int) -> None:
        former = self.delegate.hovered_row
        if row != former:
            self.delegate.hovered_row = row
            for each in (former, row):
                if 0 <= each < self._live.rowCount():
                    top = self.rowViewportPosition(each)
                    self.viewport().update(0, top, self.viewport().width(), self.rowHeight(each))

    @Slot()
    def _find_first_column(self) -> None:
        for place in range(self.header.count()):
            logical = self.header.logicalIndex(place)
            if not self.header.isSectionHidden(logical):
                self.delegate.first_column = logical
                break
        self.viewport().update()

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: _Index) -> None:
        if index.isValid() and not self.is_heading(index.row()):
            self.row_entered.emit(index.row())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self.viewport().update()

    def cell_corner(self) -> QPoint:
        """Below the current cell, in global coordinates, for a popup; the header's corner without one."""
        index = self.currentIndex()
        if index.isValid():
            return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        return self.viewport().mapToGlobal(QPoint(0, 0))
