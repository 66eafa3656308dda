"""Small pieces that say something by shape and word: a mark, and a line with a mark before it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.ui.connection import LightTone
from console.ui.theme import Mark, Palette, Shape, Space, Theme, Type, paint_shape
from console.ui.widgets import Label

SIZE = 12  # px of a mark beside body text


def tone_shape(tone: LightTone) -> Shape:
    """The shape of a tone; never two alike."""
    return {
        LightTone.GOOD: Shape.DISC,
        LightTone.CAUTION: Shape.TRIANGLE,
        LightTone.CRITICAL: Shape.HEXAGON,
    }.get(tone, Shape.RING)


def tone_mark(palette: Palette, tone: LightTone) -> Mark:
    """The colours of a tone."""
    return {
        LightTone.GOOD: palette.available,
        LightTone.CAUTION: palette.caution,
        LightTone.CRITICAL: palette.critical,
    }.get(tone, palette.off)


class ToneMark(QWidget):
    """A shape in the colour of its tone; purely visual, the word beside it is what is spoken."""

    def __init__(self, theme: Theme, tone: LightTone = LightTone.QUIET, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self.setFixedSize(SIZE, SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def set_tone(self, tone: LightTone) -> None:
        """Take another tone."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        """See `QWidget.sizeHint`."""
        return QSize(SIZE, SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        paint_shape(
            painter, QRectF(0, 0, SIZE, SIZE), tone_shape(self._tone), tone_mark(self._theme.palette, self._tone)
        )
        painter.end()


class MessageLine(QWidget):
    """One sentence with a mark before it; takes no room while it is empty."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = ToneMark(theme)
        self._label = Label(theme, size=Type.SMALL, wrap=True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._label.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.INSIDE)
        mark_column = QVBoxLayout()
        mark_column.setContentsMargins(0, 2, 0, 0)  # level with the first line of the text
        mark_column.addWidget(self._mark)
        mark_column.addStretch(1)
        row.addLayout(mark_column)
        row.addWidget(self._label, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty when it is hidden."""
        return self._label.text()

    def say(self, tone: LightTone, text: str) -> None:
        """Show a sentence; an empty one hides the line."""
        self._mark.set_tone(tone)
        self._label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
