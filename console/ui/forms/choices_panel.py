"""The panel of a multi-select: search, list, all, none, invert, and a list from elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPlainTextEdit, QStackedWidget, QTableView, QVBoxLayout, QWidget

from console.ui.forms.choices import ChoiceBook
from console.ui.forms.choices_model import ChoicesModel, Heading
from console.ui.forms.choices_paint import ROW, ChoiceDelegate
from console.ui.forms.choices_state import ListState, StateLine
from console.ui.forms.timeframe_calendar import Popup
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, SearchField, flow_row, push_button

WIDTH, HEIGHT = 340, 420  # px, at least and at most


class ChoiceList(QTableView):
    """The entries; Space and Enter turn one round, letters go on searching.

    A table of one column: a list view asks for every row before it paints the first, a table for those on screen.

    Signals:
        pressed_row: the user pressed a row.
        left: the focus belongs to the search field; carries what was typed.
    """

    pressed_row = Signal(int)
    left = Signal(str)

    def __init__(self, model: ChoicesModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.setItemDelegate(ChoiceDelegate(theme, self))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setModel(model)
        self.clicked.connect(self._on_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key, row = event.key(), self.currentIndex().row()
        is_plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.pressed_row.emit(row)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.setCurrentIndex(self.model().index(0 if key == Qt.Key.Key_Home else self.model().rowCount() - 1, 0))
        elif key == Qt.Key.Key_Up and row <= 0:
            self.left.emit("")
        elif is_plain and event.text().isprintable() and event.text().strip():
            self.left.emit(event.text())
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.pressed_row.emit(index.row())


class ChoicesPanel(Popup):
    """What opens below a field of choices.

    Args:
        is_single: one choice, and choosing closes.
        can_clear: pressing the one choice again takes it away.

    Signals:
        changed: other keys are chosen.
        retry_wanted: load the list again.
    """

    changed = Signal()
    retry_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        owner: QWidget,
        book: ChoiceBook,
        name: str,
        *,
        is_single: bool = False,
        can_clear: bool = True,
    ) -> None:
        super().__init__(theme, owner)
        self.book = book
        self.model = ChoicesModel(book, is_single=is_single, can_clear=can_clear, parent=self)
        self.search = SearchField(theme, tr("Search"))
        self.search.setAccessibleName(tr("{name}: search", name=name))
        self.list = ChoiceList(self.model, theme)
        self.list.setAccessibleName(tr("{name}: list", name=name))
        self.status = StateLine(theme)
        self.count = Label(theme, size=Type.SMALL, muted=True)
        self.nothing = Label(theme, muted=True, wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.use_typed = push_button(theme, "", "quiet")
        self.all_button = push_button(theme, tr("All"), "quiet")
        self.none_button = push_button(theme, tr("None"), "quiet")
        self.invert_button = push_button(theme, tr("Invert"), "quiet")
        self.paste_button = push_button(theme, tr("Paste a list…"), "quiet")
        self.done_button = push_button(theme, tr("Done"))
        self.pages = QStackedWidget()
        self.paste_box = QPlainTextEdit()
        self.add_button = push_button(theme, tr("Add"))
        self.replace_button = push_button(theme, tr("Replace"))
        self.back_button = push_button(theme, tr("Back"), "quiet")
        self.outcome = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self._name_all(name)
        self._arrange(is_single=is_single)
        self._connect()
        self.refresh()

    # -- what the field asks

    def open(self, anchor: QWidget) -> None:
        """Open below the field with an empty search."""
        self.search.clear()
        self.model.set_filter("")
        self.model.reload()
        self.pages.setCurrentIndex(0)
        rows = min(12, max(4, self.model.rowCount()))
        height = min(HEIGHT, max(250, rows * ROW + 190))
        self.open_below(anchor, max(WIDTH, anchor.width()), height)
        chosen = self.book.chosen
        self._set_current(self.model.row_of(chosen[0]) if len(chosen) == 1 else 0)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        self.refresh()

    def show_state(self, state: ListState) -> None:
        """Say where the list stands."""
        self.status.show_state(state)
        self.model.reload()
        self.refresh()

    def refresh(self) -> None:
        """Write counts and what can be pressed again."""
        model, text = self.model, self.search.text().strip()
        total, unknown = len(self.book.choices), len(self.book.unknown())
        chosen = len(self.book.chosen) - unknown
        shown = len(model.shown)
        words = tr("{n} of {total} chosen", n=f"{chosen:,}", total=f"{total:,}") if total else ""
        if not total and chosen:
            words = tr("{n} chosen", n=f"{chosen:,}")
        if unknown:
            words += tr(" · {n} not in the list", n=f"{unknown:,}")
        if text and total:
            words += tr(" · {n} shown", n=f"{shown:,}")
        self.count.setText(words.replace(",", "\u202f"))
        for button in (self.all_button, self.none_button, self.invert_button):
            button.setEnabled(bool(model.rowCount()))
        is_new = bool(text) and not self.book.is_chosen(text) and self.book.get(text) is None and not shown
        self.use_typed.setText(tr("Use “{text}” as typed", text=text[:60]).replace("&", "&&") if is_new else "")
        self.use_typed.setVisible(is_new)
        self.nothing.setText(tr("Nothing matches “{text}”.", text=text[:60]) if text else tr("The list is empty."))
        self.nothing.setVisible(not model.rowCount())
        self.list.setVisible(bool(model.rowCount()))

    # -- building

    def _name_all(self, name: str) -> None:
        for button, spoken in (
            (self.all_button, tr("Choose all shown")),
            (self.none_button, tr("Choose none of those shown")),
            (self.invert_button, tr("Invert those shown")),
        ):
            button.setAccessibleName(spoken)
        self.paste_box.setAccessibleName(tr("{name}: list to paste", name=name))
        self.paste_box.setPlaceholderText(tr("Names or numbers, one a line or parted by commas, semicolons or tabs"))
        self.paste_box.setTabChangesFocus(True)

    def _arrange(self, *, is_single: bool) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self.pages)
        self.pages.addWidget(self._list_page(is_single=is_single))
        self.pages.addWidget(self._paste_page())

    def _list_page(self, *, is_single: bool) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.INSIDE, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        column.setSpacing(Space.TIGHT)
        for widget in (self.search, self.status):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.use_typed)
        if not is_single:
            flow, layout = flow_row(page)
            for button in (self.all_button, self.none_button, self.invert_button, self.paste_button):
                layout.addWidget(button)
            column.addWidget(flow)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.done_button)
        column.addLayout(row)
        for button in (self.all_button, self.none_button, self.invert_button, self.paste_button):
            button.setVisible(not is_single)
            if is_single:
                button.setParent(self)
        return page

    def _paste_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.INSIDE, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        column.setSpacing(Space.INSIDE)
        column.addWidget(self.paste_box, 1)
        column.addWidget(self.outcome)
        row = QHBoxLayout()
        row.addWidget(self.back_button)
        row.addStretch(1)
        row.addWidget(self.replace_button)
        row.addWidget(self.add_button)
        column.addLayout(row)
        return page

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.list.pressed_row.connect(self._on_pressed)
        self.list.left.connect(self._on_list_left)
        self.model.chosen_changed.connect(self._on_chosen)
        self.status.retry_wanted.connect(self.retry_wanted)
        self.use_typed.clicked.connect(self._on_use_typed)
        self.all_button.clicked.connect(self.model.choose_shown)
        self.none_button.clicked.connect(self.model.drop_shown)
        self.invert_button.clicked.connect(self.model.invert_shown)
        self.paste_button.clicked.connect(self._on_paste)
        self.done_button.clicked.connect(self.close)
        self.back_button.clicked.connect(self._on_back)
        self.add_button.clicked.connect(self._on_add)
        self.replace_button.clicked.connect(self._on_replace)
        self.paste_box.textChanged.connect(self._explain_paste)

    # -- acting

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the search field: Down to the list, Enter chooses, Escape in the empty field closes."""
        if watched is not self.search or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Down and self.model.rowCount():
            self._set_current(max(0, self.list.currentIndex().row()))
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter()
            return True
        if event.key() == Qt.Key.Key_Escape and not self.search.text():
            self.close()
            return True
        return False

    def _set_current(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            self.list.selectionModel().setCurrentIndex(
                self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _on_search(self, text: str) -> None:
        self.model.set_filter(text)
        self._set_current(self.model.first())
        self.refresh()

    def _on_enter(self) -> None:
        """The one that is left, or the current one, or what was typed."""
        text = self.search.text().strip()
        if not self.use_typed.isHidden():
            self._on_use_typed()
        elif text and self.list.currentIndex().isValid():
            self._on_pressed(self.list.currentIndex().row())
            self.search.selectAll()

    def _on_pressed(self, row: int) -> None:
        if self.model.is_single and isinstance(self.model.entry(row), Heading):
            return
        self.model.press(row)
        if self.model.is_single:
            self.close()

    def _on_list_left(self, typed: str) -> None:
        self.search.setFocus(Qt.FocusReason.BacktabFocusReason)
        if typed:
            self.search.insert(typed)

    def _on_chosen(self) -> None:
        self.refresh()
        self.changed.emit()

    def _on_use_typed(self) -> None:
        text = self.search.text().strip()
        if text:
            self.search.clear()
            self.model.add_keys((text,))
            if self.model.is_single:
                self.close()

    def _on_paste(self) -> None:
        self.pages.setCurrentIndex(1)
        self._explain_paste()
        self.paste_box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.paste_box.selectAll()

    def _on_back(self) -> None:
        self.pages.setCurrentIndex(0)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _explain_paste(self) -> None:
        found = self.book.read(self.paste_box.toPlainText())
        known = plural("{n} found in the list", "{n} found in the list", len(found.known))
        if not found.known and not found.unknown:
            words = ""
        elif not found.unknown:
            words = f"{known}."
        else:
            words = tr(
                "{known}; not in the list, kept as typed: {names}.",
                known=known,
                names=", ".join(found.unknown[:5]) + ("…" if len(found.unknown) > 5 else ""),
            )
        self.outcome.setText(words)
        for button in (self.add_button, self.replace_button):
            button.setEnabled(bool(words))

    def _on_add(self) -> None:
        found = self.book.read(self.paste_box.toPlainText())
        self.paste_box.clear()
        self._on_back()
        self.model.add_keys((*found.known, *found.unknown))

    def _on_replace(self) -> None:
        self.book.set_chosen(())
        self._on_add()
