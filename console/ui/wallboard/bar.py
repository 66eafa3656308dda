"""The buttons that appear over a wallboard while somebody moves the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.text import tr
from console.ui.theme import Space
from console.ui.theme.sizes import RADIUS
from console.ui.widgets import IconButton, Label, push_button

if TYPE_CHECKING:
    from console.ui.wallboard.window import WallboardWindow

_ICON = 20


class FloatingBar(QWidget):
    """A row of controls on a raised surface, at the top of the window."""

    def __init__(self, window: WallboardWindow) -> None:
        super().__init__(window)
        self.wall = window
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.INSIDE)
        self.row.setSpacing(Space.INSIDE)

    def place(self) -> None:
        """Stand in the middle of the upper edge."""
        self.adjustSize()
        room = self.wall.width() - 2 * Space.INSIDE
        width = min(self.width(), room)
        self.setGeometry((self.wall.width() - width) // 2, Space.INSIDE, width, self.height())

    def is_in_use(self) -> bool:
        """Whether the pointer or the keyboard is in it."""
        focus = self.focusWidget()
        return self.underMouse() or (focus is not None and focus.hasFocus())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface; controls are the console's, whatever the board's own theme is."""
        palette, colour = self.wall.app_theme.palette, self.wall.app_theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.outline), 1))
        painter.setBrush(colour(palette.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()


class WallBar(FloatingBar):
    """Turn pages, hold, edit, leave full screen, close."""

    def __init__(self, window: WallboardWindow) -> None:
        super().__init__(window)
        theme = window.app_theme
        self.back = IconButton(theme, "chevron-left", tr("Page before"), _ICON)
        self.hold = IconButton(theme, "pause", tr("Let the page stay"), _ICON)
        self.next = IconButton(theme, "chevron-right", tr("Next page"), _ICON)
        self.edit = push_button(theme, tr("Edit"), "primary")
        self.frame = IconButton(theme, "minimize", tr("Full screen or window"), _ICON)
        self.leave = push_button(theme, tr("Close"))
        for button in (self.back, self.hold, self.next, self.edit, self.frame, self.leave):
            button.setMinimumSize(36, 36)
            self.row.addWidget(button)
        self.note = Label(theme, muted=True)
        self.note.hide()
        self.row.addWidget(self.note)
        self.back.clicked.connect(self._on_back)
        self.hold.clicked.connect(self._on_hold)
        self.next.clicked.connect(self._on_next)
        self.edit.clicked.connect(window.begin_edit)
        self.frame.clicked.connect(self._on_frame)
        self.leave.clicked.connect(window.close)

    def set_note(self, text: str) -> None:
        """Say something about this display."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _on_back(self) -> None:
        self.wall.turn_to(self.wall.page_number - 1)

    def _on_next(self) -> None:
        self.wall.turn_to(self.wall.page_number + 1)

    def _on_hold(self) -> None:
        self.wall.toggle_hold()
        self.hold.set_icon_name("play" if self.wall.is_held else "pause")

    def _on_frame(self) -> None:
        if self.wall.isFullScreen():
            self.wall.showNormal()
        else:
            self.wall.showFullScreen()
