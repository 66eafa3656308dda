"""Mute: nothing is said until a time, and everybody can see that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.ui.alerts.words import clock_text
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, add_action, push_button, set_tip

FOREVER: Final = math.inf
MINUTE_MS: Final = 60_000.0
STRIP_HEIGHT: Final = 34  # px


def mute_text(until_ms: float | None, now_ms: float) -> str:
    """How long it is muted; empty while it is not."""
    if until_ms is None or until_ms <= now_ms:
        return ""
    if math.isinf(until_ms) or until_ms - now_ms > 366 * 24 * 60 * MINUTE_MS:
        return tr("Muted")
    return tr("Muted until {time}", time=clock_text(until_ms, now_ms))


def mute_menu(parent: QWidget, choose: Callable[[float | None], None], now_ms: float, *, is_muted: bool) -> QMenu:
    """For how long; `choose` is told the end, None to undo it."""
    menu = QMenu(parent)
    menu.setTitle(tr("Mute"))
    choices: list[tuple[str, float | None]] = [
        (tr("Mute for 15 minutes"), now_ms + 15 * MINUTE_MS),
        (tr("Mute for 1 hour"), now_ms + 60 * MINUTE_MS),
        (tr("Mute until I undo it"), FOREVER),
    ]
    if is_muted:
        choices.append((tr("Unmute now"), None))
    for caption, until in choices:
        add_action(menu, caption).triggered.connect(_Choice(menu, choose, until).take)
    return menu


class _Choice(QObject):
    """One entry of the menu; lives as long as it."""

    def __init__(self, menu: QMenu, choose: Callable[[float | None], None], until: float | None) -> None:
        super().__init__(menu)
        self._choose, self._until = choose, until

    def take(self) -> None:
        """Choose it."""
        self._choose(self._until)


class MuteBadge(QWidget):
    """Says that alerts are muted, with the way out; takes no room otherwise.

    Signals:
        clicked: undo it.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.icon = Label(theme)
        self.label = Label(theme, size=Type.SMALL)
        self.button = push_button(theme, tr("Unmute"), "quiet")
        self.button.clicked.connect(self.clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self.icon)
        row.addWidget(self.label)
        row.addWidget(self.button)
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_mute(self, until_ms: float | None, now_ms: float) -> None:
        """Say how long, or nothing."""
        text = mute_text(until_ms, now_ms)
        if text != self.label.text():
            self.label.setText(text)
            self.setAccessibleName(text)
            set_tip(self, tr("No banner, notification or sound; alerts are listed all the same.") if text else "")
        self.setVisible(bool(text))

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self.icon.setPixmap(self._theme.pixmap("bell-off", self._theme.palette.caution.edge, 14, ratio))


class MuteStrip(QWidget):
    """The same across the window, so that nobody forgets it; low, and away while nothing is muted.

    Signals:
        clicked: undo it.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("alerts.muted")
        self.setFixedHeight(STRIP_HEIGHT)
        self.badge = MuteBadge(theme)
        self.badge.clicked.connect(self.clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.AROUND, 0, Space.BETWEEN, 0)
        row.addWidget(self.badge)
        row.addStretch(1)
        theme.changed.connect(self.update)
        self.hide()

    def show_mute(self, until_ms: float | None, now_ms: float) -> None:
        """Say how long, or nothing."""
        self.badge.show_mute(until_ms, now_ms)
        self.setVisible(not self.badge.isHidden())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted surface."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(self._theme.palette.caution_surface))
        painter.end()
