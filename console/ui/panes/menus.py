"""The menus of a pane: of a header, of the rows, and of the button that brings both to the keyboard."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from console.domain.values import Unit
from console.ui.models.keyed import KeyedTableModel
from console.ui.panes.layout import ColumnLayout
from console.ui.panes.table_view import LiveTable
from console.ui.text import tr
from console.ui.theme import Theme
from console.ui.widgets import add_action

_WITH_TRENDS = ("queues", "agents")  # panes whose rows are drawn over time


class PaneActs(Protocol):
    """What a pane can be asked to do from its menus."""

    action_requested: Any  # a signal: a command for the window

    def copy_selection(self) -> None:
        """Copy rows."""
        ...

    def show_definition(self, column: int, row: int = -1) -> None:
        """Say what a column means."""
        ...

    def add_to_menu(self, menu: QMenu) -> None:
        """Add what only this pane has."""
        ...


class PaneMenus(QObject):
    """Builds menus when they are asked for; each goes when it closes."""

    def __init__(
        self,
        pane: Any,
        theme: Theme,
        table: LiveTable,
        model: KeyedTableModel[Any],
        columns: ColumnLayout,
        button: QWidget,
    ) -> None:
        super().__init__(pane)
        self._pane: PaneActs = pane
        self._widget: QWidget = pane
        self._theme = theme
        self._table = table
        self._model = model
        self._columns = columns
        self._button = button
        self._section = 0
        self._row = -1
        self.last_menu: QMenu | None = None
        table.header.customContextMenuRequested.connect(self._on_header_asked)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_row_asked)

    def header_menu(self, section: int) -> QMenu:
        """Sort by a column, hide it, explain it, and choose among all."""
        self._section, self._row = section, -1
        column = self._model.columns[section]
        menu = self._menu()
        self._add_sorting(menu)
        menu.addSeparator()
        hide = add_action(menu, tr("Hide “{column}”", column=column.title))
        hide.setEnabled(len(self._columns.shown()) > 1)
        hide.triggered.connect(self._on_hide)
        self._add_definition(menu)
        menu.addSeparator()
        self._add_columns(menu)
        return menu

    def button_menu(self) -> QMenu:
        """Choose columns, and sort by any of them: everything the header offers, by keyboard."""
        menu = self._menu()
        self._add_columns(menu)
        menu.addSeparator()
        sorting = menu.addMenu(tr("Sort by"))
        group = QActionGroup(sorting)
        current, is_descending = self._columns.sort
        for section in self._columns.shown():
            column = self._model.columns[section]
            action = add_action(sorting, column.title)
            action.setCheckable(True)
            action.setChecked(column.id == current)
            action.setData(section)
            group.addAction(action)
        group.triggered.connect(self._on_sort_chosen)
        self._add_first_sort(menu)
        turn = add_action(menu, tr("Largest or last on top"))
        turn.setCheckable(True)
        turn.setChecked(is_descending)
        turn.triggered.connect(self._on_turn)
        menu.addSeparator()
        self._pane.add_to_menu(menu)
        add_action(menu, tr("Reset columns")).triggered.connect(self._columns.reset)
        return menu

    def row_menu(self, row: int, section: int) -> QMenu:
        """Copy, explain, and say where a figure comes from."""
        self._section, self._row = section, row
        menu = self._menu()
        if self._table.is_heading(row):
            self._pane.add_to_menu(menu)
            return menu
        copy = add_action(menu, tr("Copy rows with headers"))
        copy.setIcon(self._theme.icon("copy", self._theme.palette.muted))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self._on_copy)
        request = add_action(menu, tr("Show request"))
        request.setIcon(self._theme.icon("code", self._theme.palette.muted))
        request.setShortcut(QKeySequence("Ctrl+Shift+R"))
        request.setEnabled(self._model.cell(row, section).reading.source is not None)
        request.triggered.connect(self._on_request)
        if self._trend():
            trend = add_action(menu, tr("Show trend"))
            trend.setIcon(self._theme.icon("chart-line", self._theme.palette.muted))
            trend.triggered.connect(self._on_trend)
        self._add_definition(menu)
        return menu

    @Slot()
    def open_at_button(self) -> None:
        """Open the button's menu below the button."""
        anchor = self._button
        menu = self.button_menu()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height()))
        menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y() + 2))

    # pieces

    def _menu(self) -> QMenu:
        menu = QMenu(self._widget)
        menu.setToolTipsVisible(False)
        menu.aboutToHide.connect(menu.deleteLater)
        self.last_menu = menu
        return menu

    def _add_sorting(self, menu: QMenu) -> None:
        current, is_descending = self._columns.sort
        is_current = self._model.columns[self._section].id == current
        for descending, text in ((False, tr("Smallest or first on top")), (True, tr("Largest or last on top"))):
            action = add_action(menu, text)
            action.setCheckable(True)
            action.setChecked(is_current and is_descending is descending)
            action.triggered.connect(self._on_descending if descending else self._on_ascending)
        self._add_first_sort(menu)

    def _add_first_sort(self, menu: QMenu) -> None:
        """The way back to the order that puts what needs an act on top, where a table has one."""
        if self._columns.has_urgency:
            action = add_action(menu, tr("Most urgent first"))
            action.setCheckable(True)
            action.setChecked(self._columns.is_first_sort)
            action.triggered.connect(self._columns.sort_as_first)

    def _add_definition(self, menu: QMenu) -> None:
        action = add_action(menu, tr("Show definition"))
        action.setIcon(self._theme.icon("circle-help", self._theme.palette.muted))
        action.setShortcut(QKeySequence(Qt.Key.Key_F1))
        action.triggered.connect(self._on_definition)

    def _add_columns(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        group.setExclusive(False)
        for column in self._model.columns:
            action = add_action(menu, column.title)
            action.setCheckable(True)
            action.setChecked(self._columns.is_shown(column))
            action.setData(column.id)
            group.addAction(action)
        group.triggered.connect(self._on_column_chosen)

    def _trend(self) -> str:
        """The command that draws the figure of the row the menu is for over time; empty where that cannot be."""
        kind = self._widget.objectName().removeprefix("pane.")
        column = self._model.columns[self._section]
        if kind not in _WITH_TRENDS or column.unit not in (Unit.COUNT, Unit.MS, Unit.PERCENT):
            return ""
        key = self._model.rows[self._row].key
        return f"trends:{key[0]}/{kind}/{key[1]}/{column.id}"

    # slots

    @Slot()
    def _on_trend(self) -> None:
        self._pane.action_requested.emit(self._trend())

    @Slot(QPoint)
    def _on_header_asked(self, place: QPoint) -> None:
        section = self._table.header.logicalIndexAt(place)
        if section >= 0:
            self.header_menu(section).popup(self._table.header.mapToGlobal(place))

    @Slot(QPoint)
    def _on_row_asked(self, place: QPoint) -> None:
        index = self._table.indexAt(place)
        if index.isValid():
            if self._table.selectionModel().isRowSelected(index.row()):
                self._table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            else:
                self._table.go_to(index.row(), index.column())
            self.row_menu(index.row(), index.column()).popup(self._table.viewport().mapToGlobal(place))

    @Slot(QAction)
    def _on_column_chosen(self, action: QAction) -> None:
        self._columns.set_shown(str(action.data()), action.isChecked())

    @Slot(QAction)
    def _on_sort_chosen(self, action: QAction) -> None:
        self._columns.sort_by(self._model.columns[int(action.data())].id, self._columns.sort[1])

    @Slot(bool)
    def _on_turn(self, is_descending: bool) -> None:
        self._columns.sort_by(self._columns.sort[0], is_descending)

    def _on_ascending(self) -> None:
        self._columns.sort_by(self._model.columns[self._section].id, False)

    def _on_descending(self) -> None:
        self._columns.sort_by(self._model.columns[self._section].id, True)

    @Slot()
    def _on_hide(self) -> None:
        self._columns.set_shown(self._model.columns[self._section].id, False)

    @Slot()
    def _on_definition(self) -> None:
        self._pane.show_definition(self._section, self._row)

    @Slot()
    def _on_copy(self) -> None:
        self._pane.copy_selection()

    @Slot()
    def _on_request(self) -> None:
        self._table.source_asked.emit()
