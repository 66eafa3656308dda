"""The message strip of a pane, and what a pane shows when it has no rows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.domain.thresholds import Level
from console.ui.text import mnemonic_safe
from console.ui.theme import Space, Theme, Type, level_shape, paint_shape
from console.ui.widgets.buttons import push_button
from console.ui.widgets.labels import ElidedLabel, Label, set_tip

_EMPTY_WIDTH = 320
_EMPTY_ICON = 32
_MOST_LINES = 4  # sentences over each other


class Tone(StrEnum):
    """How loud a message is."""

    INFO = "info"
    CAUTION = "caution"
    CRITICAL = "critical"


class MessageStrip(QWidget):
    """One sentence above the content, with at most one thing to do; hidden while it has nothing to say.

    Signals:
        action_triggered: the button was pressed; carries the action's id.
    """

    action_triggered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = Tone.INFO
        self._action = ""
        self._icon = QLabel(self)
        self._label = Label(theme, wrap=True, parent=self)
        self._line = ElidedLabel(theme, size=Type.SMALL, muted=True, parent=self)
        self._button = push_button(theme, "", "quiet", self)
        self._button.clicked.connect(self._on_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.AROUND, Space.TIGHT, Space.INSIDE, Space.TIGHT)
        layout.setSpacing(Space.INSIDE)
        layout.addWidget(self._icon)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._line, 1)
        layout.addWidget(self._button)
        theme.changed.connect(self._refresh)
        self.hide()

    def show_message(self, text: str, tone: Tone = Tone.INFO, action: str = "", caption: str = "") -> None:
        """Say a sentence; with `action` and `caption` also offer a button."""
        self._tone, self._action = tone, action
        self._label.setText(text)
        self._label.show()
        self._line.hide()
        self.setMinimumHeight(36)
        self.setAccessibleName(text)
        self._button.setText(mnemonic_safe(caption))
        self._button.setVisible(bool(action))
        self._refresh()
        self.show()

    def show_also(self, sentences: Sequence[str], action: str = "", caption: str = "") -> None:
        """Say sentences below those that nobody has dismissed yet: each once, and only the newest few."""
        is_new = not self.text()
        lines = [line for line in self.text().splitlines() if line not in sentences] + list(sentences)
        self.show_message("\n".join(lines[-_MOST_LINES:]), Tone.INFO if is_new else self._tone, action, caption)

    def show_line(self, text: str, more: str = "") -> None:
        """Say something of little weight on one low line, shortened where it must be; `more` is its tooltip."""
        self._tone, self._action = Tone.INFO, ""
        self._line.setText(text)
        self._line.show()
        self._label.hide()
        self._button.hide()
        self.setMinimumHeight(24)
        set_tip(self, more)
        self.setAccessibleName(f"{text}. {more}" if more else text)
        self._refresh()
        self.show()

    def text(self) -> str:
        """What it says; empty while hidden."""
        if self.isHidden():
            return ""
        return self._label.text() if self._line.isHidden() else self._line.full_text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted surface, and the level's shape where the tone is one."""
        palette, colour = self._theme.palette, self._theme.colour
        surface = {Tone.CAUTION: palette.caution_surface, Tone.CRITICAL: palette.critical_surface}
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(surface.get(self._tone, palette.info_surface)))
        level = {Tone.CAUTION: Level.CAUTION, Tone.CRITICAL: Level.CRITICAL}.get(self._tone)
        if level is not None:
            spot = self._icon.geometry()
            square = QRectF(spot.x() + 1, spot.center().y() - 6, 13, 13)
            paint_shape(painter, square, level_shape(level), palette.level(level))
        painter.end()

    @Slot()
    def _refresh(self) -> None:
        scale = self.devicePixelRatioF()
        self._icon.setFixedSize(16, 16)
        if self._tone is Tone.INFO:
            self._icon.setPixmap(self._theme.pixmap("info", self._theme.palette.accent, 16, scale))
        else:
            self._icon.clear()
        self.update()

    @Slot()
    def _on_clicked(self) -> None:
        self.action_triggered.emit(self._action)


class EmptyState(QWidget):
    """What a pane shows instead of rows: an icon, what it is, what to do, one button.

    Signals:
        action_triggered: the button was pressed; carries the action's id.
    """

    action_triggered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = "inbox"
        self._action = ""
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = Label(theme, size=Type.SECTION, bold=True, wrap=True, parent=self)
        self._line = Label(theme, muted=True, wrap=True, parent=self)
        self._button = push_button(theme, "", parent=self)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.hide()
        self._button.clicked.connect(self._on_clicked)
        for label in (self._title, self._line):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setFixedWidth(_EMPTY_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.AROUND, Space.AROUND, Space.AROUND, Space.AROUND)
        layout.setSpacing(Space.INSIDE)
        layout.addStretch(2)
        for widget in (self._icon, self._title, self._line):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(Space.TIGHT)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme.changed.connect(self._refresh)

    def show_state(self, icon: str, title: str, line: str = "", action: str = "", caption: str = "") -> None:
        """Say what it is and what to do; with `action` and `caption` also offer a button."""
        self._icon_name, self._action = icon, action
        self._title.setText(title)
        self._line.setText(line)
        for label in (self._title, self._line):  # a centred layout would give wrapped text one line's height
            label.setFixedHeight(max(0, label.heightForWidth(_EMPTY_WIDTH)))
        self._button.setText(mnemonic_safe(caption))
        self._button.setVisible(bool(action))
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if action else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{title}. {line}" if line else title)
        self._fit()
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low the words go before the icon, and what it is before what to do."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.height() - 2 * Space.AROUND
        title, line = self._title.height() + Space.INSIDE, self._line.height() + Space.INSIDE
        room -= title + (self._button.sizeHint().height() + Space.INSIDE + Space.TIGHT if self._action else 0)
        has_line = bool(self._line.text()) and (room >= line or self.height() == 0)
        self._line.setVisible(has_line)
        self._icon.setVisible(room - (line if has_line else 0) >= _EMPTY_ICON + Space.INSIDE)

    def title(self) -> str:
        """What it says it is."""
        return self._title.text()

    def line(self) -> str:
        """What it says to do."""
        return self._line.text()

    @Slot()
    def _refresh(self) -> None:
        muted = self._theme.palette.muted
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, muted, _EMPTY_ICON, self.devicePixelRatioF()))

    @Slot()
    def _on_clicked(self) -> None:
        self.action_triggered.emit(self._action)
