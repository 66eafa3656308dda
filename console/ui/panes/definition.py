"""The popup that says what a column means."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.service_level import formula_words
from console.domain.values import Origin, Reading
from console.ui.models.columns import Column
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import RADIUS
from console.ui.widgets import Label

_WIDTH = 340


class DefinitionPopup(QWidget):
    """Title, definition and origin of a column; any key or a click elsewhere closes it."""

    def __init__(self, theme: Theme, column: Column, reading: Reading | None, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFixedWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.BETWEEN)
        layout.setSpacing(Space.TIGHT)
        texts = [column.definition or tr("The system gives no definition."), origin_text(reading)]
        layout.addWidget(Label(theme, column.title, Type.BODY, bold=True, wrap=True, parent=self))
        for muted, text in enumerate(texts):
            if text:
                layout.addWidget(Label(theme, text, muted=bool(muted), wrap=True, parent=self))
        self.setAccessibleName(". ".join([column.title, *filter(None, texts)]))

    def show_at(self, corner: QPoint) -> None:
        """Open below a point, inside its screen."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        x = max(area.left(), min(corner.x(), area.right() - self.width()))
        y = max(area.top(), min(corner.y() + Space.TIGHT, area.bottom() - self.height()))
        self.move(x, y)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close."""
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the raised card."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.setBrush(colour(palette.raised))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
        painter.end()


def origin_text(reading: Reading | None) -> str:
    """Who made the figure, in one sentence; empty without one."""
    if reading is None or not reading.has_value:
        return ""
    formula = formula_words(reading.source.formula) if reading.source is not None else ""
    if formula:
        return tr("This figure is computed by the console: {formula}.", formula=formula)
    return {
        Origin.VENDOR: tr("This figure comes from the system as it is."),
        Origin.COMPUTED: tr("This figure is computed by the console."),
        Origin.INFERRED: tr("This column was tied to the system's metric by its name; check it in the profile."),
    }[reading.origin]
