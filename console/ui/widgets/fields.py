"""The find-as-you-type field, the short list of a dialog, and the box that shows code."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontDatabase, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QPlainTextEdit, QWidget

from console.ui.text import tr
from console.ui.theme import Theme, Type


class SearchField(QLineEdit):
    """A line edit with a looking glass, and a cross while there is something to clear.

    Signals:
        left: Escape in the empty field, or Down: the focus belongs to the table now.
    """

    left = Signal()

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setMaxLength(200)
        self._glass = QAction(self)
        self._glass.setText(placeholder)
        self._clear = QAction(self)
        self._clear.setText(tr("Clear the filter"))
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)
        self._refresh()
        theme.changed.connect(self._refresh)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears, then leaves; Down leaves."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))

    @Slot()
    def _refresh(self) -> None:
        muted = self._theme.palette.muted
        self._glass.setIcon(self._theme.icon("search", muted))
        self._clear.setIcon(self._theme.icon("x", muted))


class ListBox(QListWidget):
    """A list whose rows have the style sheet's height from the first moment.

    Qt places the rows of a list before the sheet is known to it, and leaves them there, one over the other.
    """

    def showEvent(self, event: QShowEvent) -> None:
        """Place the rows again."""
        super().showEvent(event)
        self.doItemsLayout()


def code_box(spoken: str) -> QPlainTextEdit:
    """A box that shows code or a reply to be read and copied; Tab leaves it."""
    box = QPlainTextEdit()
    box.setReadOnly(True)
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(Type.SMALL)
    box.setFont(font)
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    box.setAccessibleName(spoken)
    box.setTabChangesFocus(True)
    return box
