"""The menus of a result's table: of a column, of a row, and of the button that brings both to the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from console.domain.text import safe_text
from console.ui.text import tr
from console.ui.widgets import add_action

if TYPE_CHECKING:
    from console.ui.results.panel import ResultPanel

_TITLE = 60  # characters of a column's title in a menu


class PanelMenus(QObject):
    """Builds menus when they are asked for; each goes when it closes."""

    def __init__(self, panel: ResultPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._section = 0
        self._row = -1
        self.last_menu: QMenu | None = None
        panel.view.header.customContextMenuRequested.connect(self._on_header_asked)
        panel.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        panel.view.customContextMenuRequested.connect(self._on_row_asked)

    def column_menu(self, section: int, menu: QMenu | None = None) -> QMenu:
        """Sort by a column, filter it, hide it; then all columns."""
        self._section = section
        panel, is_whole = self._panel, menu is None
        menu = menu or self._menu()
        present = panel.columns.sort_of(section)
        for descending, text in ((False, tr("Smallest or first on top")), (True, tr("Largest or last on top"))):
            action = self._add(menu, text, self._on_descending if descending else self._on_ascending)
            action.setCheckable(True)
            action.setChecked(present is descending)
        self._add(menu, tr("Sort by this column as well"), self._on_sort_too).setEnabled(
            bool(panel.columns.sort) and present is None
        )
        self._add(menu, tr("Do not sort by it"), self._on_unsorted).setEnabled(present is not None)
        menu.addSeparator()
        self._add(menu, tr("Filter…"), self._on_filter).setIcon(panel.theme.icon("filter", panel.theme.palette.muted))
        has_filter = panel.model.columns[section].id in panel.conditions
        self._add(menu, tr("Take its filter away"), self._on_unfilter).setEnabled(has_filter)
        menu.addSeparator()
        title = safe_text(panel.model.columns[section].title, _TITLE)
        hide = self._add(menu, tr("Hide “{column}”", column=title), self._on_hide)
        hide.setEnabled(len(panel.columns.shown()) > 1)
        if is_whole:
            menu.addSeparator()
            self._add_columns(menu)
        return menu

    def button_menu(self) -> QMenu:
        """Everything the header offers, by keyboard."""
        panel = self._panel
        menu = self._menu()
        self._add_columns(menu)
        every = menu.addMenu(tr("Sort and filter"))
        for section in panel.columns.shown():
            action = add_action(every, safe_text(panel.model.columns[section].title, _TITLE))
            action.setData(section)
        every.triggered.connect(self._on_column_chosen)
        menu.addSeparator()
        own = self._add(menu, tr("The console's own formatting"), self._on_own)
        own.setCheckable(True)
        own.setChecked(not panel.model.vendor_texts)
        totals = self._add(menu, tr("Totals"), panel.totals_button.toggle)
        totals.setCheckable(True)
        totals.setChecked(panel.totals_button.isChecked())
        menu.addSeparator()
        self._add(menu, tr("Show all rows"), panel.clear_filter).setEnabled(panel.is_filtered)
        self._add(menu, tr("Reset columns"), panel.columns.reset)
        return menu

    def row_menu(self, row: int, section: int) -> QMenu:
        """Copy, filter by a cell, and where a row leads to."""
        self._section, self._row = section, row
        panel, menu = self._panel, self._menu()
        if panel.entering:
            enter = self._add(menu, panel.entering, self._on_enter)
            enter.setShortcut(QKeySequence(Qt.Key.Key_Return))
            menu.addSeparator()
        copy = self._add(menu, tr("Copy rows"), self._on_copy)
        copy.setIcon(panel.theme.icon("copy", panel.theme.palette.muted))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        headed = self._add(menu, tr("Copy rows with headers"), self._on_copy_headed)
        headed.setShortcut(QKeySequence("Ctrl+Shift+C"))
        menu.addSeparator()
        found = panel.model.shown(row, section)
        text = safe_text(found[1], 40) if found is not None else ""
        only = tr("Only rows with “{text}”", text=text) if text else tr("Only rows that are empty here")
        without = tr("No rows with “{text}”", text=text) if text else tr("Only rows that are not empty here")
        self._add(menu, only, self._on_only)
        self._add(menu, without, self._on_without)
        self._add(menu, tr("Filter…"), self._on_filter)
        return menu

    @Slot()
    def open_at_button(self) -> None:
        """Open the button's menu below the button."""
        anchor, menu = self._panel.columns_button, self.button_menu()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height()))
        menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y() + 2))

    # -- pieces

    def _menu(self) -> QMenu:
        menu = QMenu(self._panel)
        menu.aboutToHide.connect(menu.deleteLater)
        self.last_menu = menu
        return menu

    @staticmethod
    def _add(menu: QMenu, text: str, slot: object) -> QAction:
        action = add_action(menu, text)
        action.triggered.connect(slot)
        return action

    def _add_columns(self, menu: QMenu) -> None:
        panel = self._panel
        columns = menu.addMenu(tr("Columns"))
        for section, column in enumerate(panel.model.columns):
            action = add_action(columns, safe_text(column.title, _TITLE) or tr("Column {n}", n=section + 1))
            action.setCheckable(True)
            action.setChecked(panel.columns.is_shown(section))
            action.setData(section)
        columns.triggered.connect(self._on_column_toggled)

    # -- slots

    @Slot(QPoint)
    def _on_header_asked(self, point: QPoint) -> None:
        section = self._panel.view.header.logicalIndexAt(point)
        if section >= 0:
            self.column_menu(section).popup(self._panel.view.header.mapToGlobal(point))

    @Slot(QPoint)
    def _on_row_asked(self, point: QPoint) -> None:
        view = self._panel.view
        index = view.indexAt(point)
        if not index.isValid():
            index = view.currentIndex()
        if index.isValid():
            if not view.selectionModel().isRowSelected(index.row()):
                view.selectRow(index.row())
            self.row_menu(index.row(), index.column()).popup(view.viewport().mapToGlobal(point))

    @Slot(QAction)
    def _on_column_chosen(self, action: QAction) -> None:
        menu = self.column_menu(action.data(), self._menu())
        anchor = self._panel.columns_button
        menu.popup(anchor.mapToGlobal(QPoint(-menu.sizeHint().width() + anchor.width(), anchor.height() + 2)))

    @Slot(QAction)
    def _on_column_toggled(self, action: QAction) -> None:
        self._panel.columns.set_shown(action.data(), action.isChecked())

    @Slot()
    def _on_ascending(self) -> None:
        self._panel.columns.sort_by(self._section, False)

    @Slot()
    def _on_descending(self) -> None:
        self._panel.columns.sort_by(self._section, True)

    @Slot()
    def _on_sort_too(self) -> None:
        self._panel.columns.sort_by(self._section, False, add=True)

    @Slot()
    def _on_unsorted(self) -> None:
        self._panel.columns.sort_by(self._section, None, add=True)

    @Slot()
    def _on_filter(self) -> None:
        self._panel.ask_condition(self._section)

    @Slot()
    def _on_unfilter(self) -> None:
        self._panel.set_condition(self._section, None)

    @Slot()
    def _on_hide(self) -> None:
        self._panel.columns.set_shown(self._section, False)

    @Slot()
    def _on_own(self) -> None:
        self._panel.model.set_vendor_texts(not self._panel.model.vendor_texts)

    @Slot()
    def _on_enter(self) -> None:
        self._panel.row_entered.emit(self._row)

    @Slot()
    def _on_copy(self) -> None:
        self._panel.copy(False)

    @Slot()
    def _on_copy_headed(self) -> None:
        self._panel.copy(True)

    @Slot()
    def _on_only(self) -> None:
        self._panel.only_like(self._row, self._section)

    @Slot()
    def _on_without(self) -> None:
        self._panel.only_like(self._row, self._section, exclude=True)
