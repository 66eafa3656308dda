"""Buttons: push buttons by role, icon-only buttons with a spoken name, chips that filter."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Mark, Shape, Theme, Type, paint_shape
from console.ui.theme.sizes import FOCUS_RING, ICON
from console.ui.widgets.labels import set_tip


def push_button(
    theme: Theme,
    text: str,
    role: Literal["normal", "primary", "quiet"] = "normal",
    parent: QWidget | None = None,
) -> QPushButton:
    """A button with a plain caption; one `primary` at most in a window."""
    button = QPushButton(mnemonic_safe(text), parent)
    button.setFont(theme.font(bold=role == "primary"))
    button.setProperty("role", role)
    button.setAutoDefault(False)
    return button


def add_action(menu: QMenu, text: str) -> QAction:
    """Add an entry whose caption is shown to the letter."""
    return menu.addAction(mnemonic_safe(text))


class IconButton(QToolButton):
    """A button with an icon only: its name is spoken and shown as a tooltip."""

    def __init__(self, theme: Theme, icon: str, name: str, size: int = ICON, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._size = size
        self.setIconSize(QSize(size, size))
        self.setAccessibleName(name)
        set_tip(self, name)
        self.setAutoRaise(True)
        self._refresh()
        theme.changed.connect(self._refresh)

    def set_icon_name(self, icon: str) -> None:
        """Show another bundled icon."""
        self._icon_name = icon
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.setIcon(self._theme.icon(self._icon_name, self._theme.palette.muted, self._size))


class FilterChip(QAbstractButton):
    """A count that filters: shape, word and number; pressed while its filter is on."""

    _HEIGHT = 26

    def __init__(self, theme: Theme, shape: Shape, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shape = shape
        self._mark = theme.palette.off
        self._word = word
        self._count = 0
        self.setCheckable(True)
        self.setFont(theme.font(Type.SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(word)

    def show_count(self, count: int, mark: Mark) -> None:
        """Set the number and the mark of the shape."""
        if (count, mark) == (self._count, self._mark):
            return
        self._count, self._mark = count, mark
        self.setAccessibleName(tr("{word}: {n}", word=self._word, n=count))
        self.updateGeometry()
        self.update()

    def count(self) -> int:
        """The number shown."""
        return self._count

    def sizeHint(self) -> QSize:
        """Room for shape, word and number."""
        digits = QFontMetrics(self._theme.font(Type.SMALL, bold=True)).horizontalAdvance("0" * len(str(self._count)))
        word = self.fontMetrics().horizontalAdvance(self._word)
        return QSize(10 + 10 + 6 + word + 8 + digits + 1 + 10, self._HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        back = palette.selection if is_on else palette.hover if self.underMouse() else palette.pane
        border, width = (palette.accent, 1.0) if is_on else (palette.hairline, 1.0)
        if self.hasFocus():
            border, width = palette.accent, float(FOCUS_RING)
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        pen = painter.pen()
        pen.setColor(colour(border))
        pen.setWidthF(width)
        painter.setPen(pen)
        painter.setBrush(colour(back))
        painter.drawRoundedRect(frame, self._HEIGHT / 2, self._HEIGHT / 2)
        paint_shape(painter, QRectF(10, (self.height() - 10) / 2, 10, 10), self._shape, self._mark)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(self.font())
        painter.setPen(colour(palette.text if self.isChecked() or self._count else palette.muted))
        area = self.rect().adjusted(26, 0, -10, 0)
        painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignLeft), self._word)
        painter.setFont(self._theme.font(Type.SMALL, bold=bool(self._count)))
        painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignRight), str(self._count))


class RemovableChip(QAbstractButton):
    """A filter that was set elsewhere, in words, with a cross: pressed, it goes."""

    _HEIGHT, _CROSS, _MOST = 26, 12, 280

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font(Type.SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_text(self, text: str) -> None:
        """Say what is filtered by."""
        self.setText(text)
        spoken = tr("Only {what}. Press to show all again.", what=text)
        self.setAccessibleName(spoken)
        set_tip(self, spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for words and cross."""
        words = min(self._MOST, self.fontMetrics().horizontalAdvance(self.text()))
        return QSize(10 + words + 8 + self._CROSS + 8, self._HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip as one that is on."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = float(FOCUS_RING) if self.hasFocus() else 1.0
        painter.setPen(QPen(colour(palette.accent), width))
        painter.setBrush(colour(palette.hover if self.underMouse() else palette.selection))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, self._HEIGHT / 2, self._HEIGHT / 2)
        painter.setPen(colour(palette.text))
        area = self.rect().adjusted(10, 0, -8 - self._CROSS - 6, 0)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width() + 2)
        painter.drawText(area.adjusted(0, 0, 4, 0), int(Qt.AlignmentFlag.AlignVCenter), shown)
        cross = self._theme.pixmap("x", palette.muted, self._CROSS, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() - 8 - self._CROSS, (self.height() - self._CROSS) / 2), cross)
        painter.end()
