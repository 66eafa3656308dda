"""A row of words of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import FOCUS_RING
from console.ui.widgets import FlowLayout, flow_row, set_tip


class WordChip(QAbstractButton):
    """One word; filled while it is the chosen one."""

    _HEIGHT = 26

    def __init__(self, theme: Theme, word: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(word.replace("&", "&&"))
        self._word = word
        self.setCheckable(True)
        self.setFont(theme.font(Type.SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(word)
        set_tip(self, tip)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the word, chosen or not."""
        return QSize(self.fontMetrics().horizontalAdvance(self._word) + 2 * Space.BETWEEN, self._HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip; the chosen one has a border and ground of its own and is told by `checked` to readers."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        back = palette.selection if is_on else palette.hover if self.underMouse() else palette.raised
        border = palette.accent if is_on or self.hasFocus() else palette.outline
        width = float(FOCUS_RING) if self.hasFocus() else 1.0
        if not self.isEnabled():
            border = palette.hairline
        painter.setPen(QPen(colour(border), width))
        painter.setBrush(colour(back))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, self._HEIGHT / 2, self._HEIGHT / 2)
        painter.setPen(colour(palette.text if self.isEnabled() else palette.muted))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._word)
        painter.end()


class ChipRow(QWidget):
    """Chips that wrap; Tab reaches the chosen one, the arrow keys move among them, Space chooses.

    Signals:
        chosen: the user chose; carries the chip's key.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, words: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow, layout = flow_row(self)
        self._layout: FlowLayout = layout
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(flow)
        self._chips: dict[str, WordChip] = {}
        for key, word, tip in words:
            chip = WordChip(theme, word, tip, flow)
            chip.setObjectName(key)
            chip.clicked.connect(self._on_clicked)
            chip.installEventFilter(self)
            layout.addWidget(chip)
            self._chips[key] = chip
        self.key = ""
        self.show_key("")

    def chip(self, key: str) -> WordChip:
        """The chip of a key."""
        return self._chips[key]

    def chips(self) -> tuple[WordChip, ...]:
        """All chips in order."""
        return tuple(self._chips.values())

    def show_key(self, key: str) -> None:
        """Show which is chosen; a key that is none of them: none is."""
        self.key = key if key in self._chips else ""
        entry = self.key or next(iter(self._chips), "")
        for name, chip in self._chips.items():
            chip.setChecked(name == self.key)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name == entry else Qt.FocusPolicy.ClickFocus)
        if entry:
            self.setFocusProxy(self._chips[entry])

    def eventFilter(self, watched: QWidget, event: QKeyEvent) -> bool:  # type: ignore[override]
        """Move with the arrow keys."""
        if event.type() == QKeyEvent.Type.KeyPress and isinstance(watched, WordChip):
            step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
                Qt.Key(event.key()), 0
            )
            chips = self.chips()
            if step and watched in chips:
                chips[(chips.index(watched) + step) % len(chips)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _on_clicked(self) -> None:
        chip = self.sender()
        key = chip.objectName() if chip is not None else ""
        self.show_key(key)
        self.chosen.emit(key)
