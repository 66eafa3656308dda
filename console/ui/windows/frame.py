"""What every dialog of ours shares: margins, a footer with the primary button on the right, Esc and Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.ui.text import tr
from console.ui.theme import Space, Theme
from console.ui.widgets import line, push_button


class FramedDialog(QDialog):
    """A dialog with a body and a footer.

    Args:
        primary: caption of the primary button, which Enter presses; empty for a dialog that is only closed.
    """

    def __init__(
        self, parent: QWidget | None, theme: Theme, title: str, *, primary: str = "", cancel: str = ""
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._was_shown = False
        self.setWindowTitle(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(Space.GROUPS, Space.AROUND, Space.GROUPS, Space.AROUND)
        self.body.setSpacing(Space.BETWEEN)
        outer.addLayout(self.body, 1)
        outer.addWidget(line())
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(Space.GROUPS, Space.BETWEEN, Space.GROUPS, Space.BETWEEN)
        self.footer.setSpacing(Space.INSIDE)
        self.footer.addStretch(1)
        outer.addLayout(self.footer)
        self.cancel_button = push_button(theme, cancel or (tr("Cancel") if primary else tr("Close")))
        self.cancel_button.clicked.connect(self.reject)
        self.footer.addWidget(self.cancel_button)
        self.primary_button: QPushButton | None = None
        if primary:
            self.primary_button = push_button(theme, primary, "primary")
            self.primary_button.setDefault(True)
            self.primary_button.clicked.connect(self.on_primary)
            self.footer.addWidget(self.primary_button)

    def on_primary(self) -> None:
        """What Enter and the primary button do; accepts unless a dialog knows better."""
        self.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins at the first field, not at the button that cancels; the buttons follow the last one."""
        super().showEvent(event)
        if self._was_shown or self.primary_button is None:
            return
        self._was_shown = True
        if self.focusWidget() not in (None, self.cancel_button):
            return
        first = self.nextInFocusChain()
        while first is not None and first is not self and not self._takes_keys(first):
            first = first.nextInFocusChain()
        if first is not None and first is not self:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _takes_keys(self, widget: QWidget) -> bool:
        if widget in (self.cancel_button, self.primary_button):
            return False
        by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        return by_tab and widget.isEnabled() and widget.isVisibleTo(self) and widget.focusProxy() is None

    def fit(self, width: int, height: int) -> None:
        """Take a size, but never more than nine tenths of the screen."""
        screen = self.screen()
        if screen is not None:
            room = screen.availableSize()
            width, height = min(width, int(room.width() * 0.9)), min(height, int(room.height() * 0.9))
        self.resize(width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the primary button wherever the focus is, except where Enter has a meaning of its own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.primary_button is not None:
            focus = self.focusWidget()
            if isinstance(focus, QPushButton) and focus is not self.primary_button:
                focus.click()
            elif self.primary_button.isEnabled():
                self.primary_button.click()
            return
        super().keyPressEvent(event)


def scrolled(content: QWidget) -> QScrollArea:
    """Content that scrolls when the dialog is lower than it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


class WheelGuard(QObject):
    """Keeps the mouse wheel from changing a combo or spin box that has no focus; the form scrolls instead."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand the wheel on."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
