"""What can be done about the chosen alerts, as buttons: words where there is the width, else icons."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme
from console.ui.widgets import push_button, set_tip

ALWAYS_WORDS: Final = "acknowledge"  # the act wanted most keeps its word


def captions() -> tuple[tuple[str, str, str], ...]:
    """Command, caption and icon of each, in their order."""
    return (
        ("acknowledge", tr("Acknowledge"), "check"),
        ("snooze", tr("Snooze"), "timer"),
        ("note", tr("Note"), "pencil"),
        ("archive", tr("Archive"), "inbox"),
        ("go", tr("Go to row"), "list"),
    )


class ActRow(QWidget):
    """The buttons; its owner greys what cannot be done.

    Attributes:
        buttons: by command; each carries it as its property ``command``.

    Signals:
        pressed: one of them; carries the command.
    """

    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_narrow = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, Space.INSIDE, Space.TIGHT)
        layout.setSpacing(Space.TIGHT)
        self.buttons = {name: push_button(theme, caption, "quiet") for name, caption, _ in captions()}
        for name, button in self.buttons.items():
            button.setProperty("command", name)
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button)
        layout.addStretch(1)
        self._needed = self.sizeHint().width()
        for name, caption, _ in captions():
            self.buttons[name].setAccessibleName(caption)
        theme.changed.connect(self._show)

    def minimumSizeHint(self) -> QSize:
        """It asks for no width: icons take little of it."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words or icons."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._needed
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._show()

    @Slot()
    def _show(self) -> None:
        for name, caption, icon in captions():
            button = self.buttons[name]
            is_icon = self._is_narrow and name != ALWAYS_WORDS
            button.setText("" if is_icon else mnemonic_safe(caption))
            button.setIcon(self._theme.icon(icon, self._theme.palette.link) if is_icon else QIcon())
            set_tip(button, caption if is_icon else "")

    @Slot()
    def _on_clicked(self) -> None:
        self.pressed.emit(str(self.sender().property("command")))
