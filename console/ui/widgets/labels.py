"""Labels that show exactly the characters they are given."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from console.ui.text import tooltip, tr
from console.ui.theme import Mark, Shape, Space, Theme, Type, paint_shape
from console.ui.theme.sizes import RADIUS


def set_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip of plain text."""
    widget.setToolTip(tooltip(text))


def line(orientation: Qt.Orientation = Qt.Orientation.Horizontal, parent: QWidget | None = None) -> QFrame:
    """A hairline."""
    frame = QFrame(parent)
    frame.setProperty("line", "horizontal" if orientation is Qt.Orientation.Horizontal else "vertical")
    return frame


class Label(QLabel):
    """A label of plain text in one of the theme's sizes and inks."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        size: Type = Type.BODY,
        *,
        bold: bool = False,
        muted: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, bold=bold))
        self.setWordWrap(wrap)
        if muted:
            self.setProperty("ink", "muted")
        self.setText(text)


class ElidedLabel(Label):
    """A label that shortens its text with an ellipsis instead of claiming room; the tooltip has all of it."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        size: Type = Type.BODY,
        *,
        bold: bool = False,
        muted: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._full = text
        super().__init__(theme, text, size, bold=bold, muted=muted, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def full_text(self) -> str:
        """The whole text."""
        return self._full

    def setText(self, text: str) -> None:
        """Show a text as far as it fits."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Room for the ellipsis."""
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, max(0, self.width()))
        super().setText(shown)
        set_tip(self, self._full if shown != self._full else "")


class Chip(QWidget):
    """A shape and a word: a state or level that is read without colour."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shape = Shape.RING
        self._mark = theme.palette.off
        self._text = ""
        self.setFont(theme.font(Type.SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_state(self, shape: Shape, mark: Mark, text: str) -> None:
        """Show a shape in a mark's colours with its word."""
        if (shape, mark, text) == (self._shape, self._mark, self._text):
            return
        self._shape, self._mark, self._text = shape, mark, text
        self.setAccessibleName(text)
        set_tip(self, text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The word."""
        return self._text

    def sizeHint(self) -> QSize:
        """Shape, gap and word."""
        metrics = self.fontMetrics()
        return QSize(10 + 6 + metrics.horizontalAdvance(self._text) + 2, max(16, metrics.height()))

    def minimumSizeHint(self) -> QSize:
        """The shape alone; the word is in the tooltip then."""
        return QSize(12, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint shape and word."""
        painter = QPainter(self)
        paint_shape(painter, QRectF(0.5, (self.height() - 10) / 2, 10, 10), self._shape, self._mark)
        painter.setPen(self._theme.colour(self._theme.palette.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        area = self.rect().adjusted(10 + Space.TIGHT + 2, 0, 0, 0)
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(flags), shown)
        painter.end()


class DemoMark(QWidget):
    """Says that everything in the window is made up; quiet, and always in sight."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font(Type.CAPTION, bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        sentence = tr("Sample data: a simulated call centre, no real system.")
        self.setAccessibleName(f"{self.text()}. {sentence}")
        set_tip(self, sentence)
        theme.changed.connect(self.update)

    def text(self) -> str:
        """The word."""
        return tr("DEMO")

    def sizeHint(self) -> QSize:
        """The word in its frame, as high as the chips beside it."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * Space.BETWEEN, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and word."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.accent), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 4.5, -0.5, -4.5), RADIUS, RADIUS)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()
