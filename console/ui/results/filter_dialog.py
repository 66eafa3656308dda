"""One condition on one column, typed."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console.domain.text import safe_text
from console.reports.cells import show_value
from console.reports.columns import Column
from console.reports.table_filter import Predicate
from console.ui.results.conditions import hint, match_words, matches, needs_value, read_value
from console.ui.text import tr
from console.ui.theme import Theme, Type
from console.ui.widgets import Label
from console.ui.windows.frame import FramedDialog


class FilterDialog(FramedDialog):
    """Asks for a condition; `predicate` has it once the dialog was accepted."""

    def __init__(self, parent: QWidget | None, theme: Theme, column: Column, present: Predicate | None = None) -> None:
        super().__init__(parent, theme, tr("Filter a column"), primary=tr("Filter"))
        self._column = column
        self.predicate: Predicate | None = None
        title = tr("Rows in which {column}", column=safe_text(column.title, 80))
        self.body.addWidget(Label(theme, title, Type.SECTION, bold=True, wrap=True))
        self.test = QComboBox()
        self.test.setAccessibleName(tr("Condition"))
        for match in matches(column):
            self.test.addItem(match_words(match), match)
        self.value = QLineEdit()
        self.value.setAccessibleName(tr("Value"))
        self.value.setMaxLength(500)
        self.value.setPlaceholderText(hint(column.kind))
        self.problem = Label(theme, size=Type.SMALL, wrap=True)
        self.problem.hide()
        for widget in (self.test, self.value, self.problem):
            self.body.addWidget(widget)
        if present is not None:
            self._show(present)
        self.test.currentIndexChanged.connect(self._on_changed)
        self.value.textChanged.connect(self._on_changed)
        self._on_changed()
        self.setMinimumWidth(360)
        self.value.setFocus()

    def on_primary(self) -> None:
        """Take the condition, or say what is wrong with it."""
        match = matches(self._column)[self.test.currentIndex()]
        try:
            value = read_value(self.value.text(), match, self._column.kind)
        except (ValueError, OverflowError):
            self.problem.setText(
                tr("This cannot be compared with the column. Type it like {example}.", example=hint(self._column.kind))
            )
            self.problem.show()
            self.value.setProperty("problem", True)
            self._polish()
            self.value.setFocus()
            return
        self.predicate = Predicate(match, value)
        self.accept()

    def _show(self, present: Predicate) -> None:
        tests = matches(self._column)
        if present.test in tests:
            self.test.setCurrentIndex(tests.index(present.test))
            if isinstance(present.value, str):
                self.value.setText(present.value)
            elif present.value is not None and not hasattr(present.value, "__len__"):
                self.value.setText(show_value(present.value, self._column.kind).rstrip("%\u202f "))

    @Slot()
    def _on_changed(self) -> None:
        self.value.setEnabled(needs_value(matches(self._column)[self.test.currentIndex()]))
        self.problem.hide()
        self.value.setProperty("problem", False)
        self._polish()

    def _polish(self) -> None:
        self.value.style().unpolish(self.value)
        self.value.style().polish(self.value)
