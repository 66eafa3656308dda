"""The choice of a system as cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from console.ui.services import SystemSpec
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import FOCUS_RING, RADIUS

PER_ROW = 4


class SystemCard(QAbstractButton):
    """One system: a glyph and its name; pressed when it is the chosen one."""

    def __init__(self, theme: Theme, spec: SystemSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.spec = spec
        self.setCheckable(True)
        self.setText(spec.title)
        self.setAccessibleName(tr("System: {title}", title=spec.title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the glyph above the name."""
        return QSize(140, 84)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, glyph and name."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        width = float(FOCUS_RING) if is_on or self.hasFocus() else 1.0
        edge = palette.accent if is_on or self.hasFocus() else palette.outline
        back = palette.selection if is_on else palette.hover if self.underMouse() else palette.raised
        painter.setPen(QPen(colour(edge), width))
        painter.setBrush(colour(back))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)
        glyph = self._theme.pixmap("server", palette.accent if is_on else palette.muted, 20, self.devicePixelRatioF())
        painter.drawPixmap(QRect(self.width() // 2 - 10, 12, 20, 20), glyph)
        painter.setFont(self._theme.font(Type.BODY, bold=is_on))
        painter.setPen(colour(palette.text))
        room = self.rect().adjusted(Space.INSIDE, 36, -Space.INSIDE, -Space.TIGHT)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        if painter.boundingRect(room, flags, self.text()).height() > room.height():
            painter.setFont(self._theme.font(Type.CAPTION, bold=is_on))
        painter.drawText(room, flags, self.text())
        painter.end()


class SystemCards(QWidget):
    """All systems, one of them chosen.

    Signals:
        chosen: another one was picked; carries its `SystemSpec`.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, specs: Sequence[SystemSpec], current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("System"))
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.INSIDE)
        self.cards: list[SystemCard] = []
        for at, spec in enumerate(specs):
            card = SystemCard(theme, spec)
            card.setChecked(spec.id == current)
            self._group.addButton(card)
            self.cards.append(card)
            grid.addWidget(card, at // PER_ROW, at % PER_ROW)
        self._group.buttonToggled.connect(self._on_toggled)

    def _on_toggled(self, card: QAbstractButton, is_on: bool) -> None:
        if is_on and isinstance(card, SystemCard):
            self.chosen.emit(card.spec)
