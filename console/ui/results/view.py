"""The view of a result's rows: uniform heights, keys, a hovered row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from console.ui.results.delegate import ResultDelegate
from console.ui.results.header import ResultHeader
from console.ui.results.model import ResultModel
from console.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex


class ResultView(QTableView):
    """A table over a `ResultModel`.

    Signals:
        row_entered: Enter or a double click on a row; carries its number.
        copy_asked: Ctrl+C; True with Shift, which brings the headers along.
        search_asked: Ctrl+F, or a slash.
        resized: the viewport has another size.
    """

    row_entered = Signal(int)
    copy_asked = Signal(bool)
    search_asked = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, model: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.delegate = ResultDelegate(theme, model, self)
        self.header = ResultHeader(theme, model, self)
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self.delegate)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(theme.row_height)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setModel(model)
        self.header.sectionPressed.disconnect()  # Qt would select a million cells of a column at each press
        self.doubleClicked.connect(self._on_double_clicked)
        theme.changed.connect(self._on_theme_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Our keys first, then the table's own."""
        key, modifiers = event.key(), event.modifiers()
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_entered.emit(self.currentIndex().row())
        elif key == Qt.Key.Key_C and modifiers & ~shift == control:
            self.copy_asked.emit(bool(modifiers & shift))
        elif event.text() == "/" or (key == Qt.Key.Key_F and modifiers == control):
            self.search_asked.emit()
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: it would look through every row on the window's thread."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row under the pointer."""
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Mark the row that is under the pointer now."""
        super().wheelEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: Any) -> None:
        """No row is under the pointer any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is more or less room."""
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.delegate.has_focus = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.delegate.has_focus = False
        self.viewport().update()

    def selected_runs(self) -> list[tuple[int, int]]:
        """The selected rows as runs of (start, count), however many they are."""
        found: list[tuple[int, int]] = []
        selection = self.selectionModel().selection()
        parts = [selection.at(place) for place in range(selection.count())]
        for start, end in sorted((part.top(), part.bottom() + 1) for part in parts):
            if found and start <= sum(found[-1]):
                end = max(end, sum(found[-1]))
                start = found.pop()[0]
            found.append((start, end - start))
        return found

    def chosen_rows(self) -> list[tuple[int, int]]:
        """The selected rows as runs, the one the keyboard is on in front; none where nothing is selected."""
        runs, row = self.selected_runs(), self.currentIndex().row()
        return [(row, 1), *runs] if any(start <= row < start + count for start, count in runs) else runs

    def choose_rows(self, rows: Sequence[int], *, column: int, follow: bool) -> None:
        """Select rows, with the keyboard on the first of them; `follow` brings it into sight."""
        model, chosen = self.model(), QItemSelection()
        if not rows:
            return
        for row in rows:
            chosen.select(model.index(row, 0), model.index(row, model.columnCount() - 1))
        self.setAutoScroll(False)
        index = model.index(rows[0], max(0, column))
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.setAutoScroll(True)
        if follow:
            self.scrollTo(index)

    def _hover(self, row: int) -> None:
        former = self.delegate.hovered_row
        if row != former:
            self.delegate.hovered_row = row
            for each in (former, row):
                if each >= 0:
                    top = self.rowViewportPosition(each)
                    self.viewport().update(0, top, self.viewport().width(), self._theme.row_height)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: _Index) -> None:
        if index.isValid():
            self.row_entered.emit(index.row())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self.viewport().update()
