"""What tells a replay from now at a glance: a striped banner across the top, and a frame around the floor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.rewind.words import moment_text
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button

STRIPES, STRIPE, FRAME = 44, 9, 4  # px
HEIGHT: Final = 38


class ReplayBanner(QWidget):
    """Says that this is not now; hidden while it is.

    Signals:
        left: the user wants to be back at now.
    """

    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = Label(theme, parent=self)
        self._word = Label(theme, tr("REPLAY"), Type.SECTION, bold=True)
        self._moment = Label(theme, "", Type.SECTION, bold=True)
        self._not_now = Label(theme, tr("this is not now"), Type.BODY)
        self.back_button = push_button(theme, tr("Back to now"))
        self.back_button.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(STRIPES + Space.BETWEEN, 3, STRIPES + Space.BETWEEN, 3)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self._icon)
        row.addWidget(self._word)
        row.addWidget(Label(theme, "·", Type.SECTION))
        row.addWidget(self._moment)
        row.addWidget(Label(theme, "·", Type.SECTION))
        row.addWidget(self._not_now)
        row.addStretch(1)
        row.addWidget(self.back_button)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self._refresh)
        self._refresh()
        self.hide()

    @property
    def text(self) -> str:
        """All it says."""
        return self.accessibleName()

    def show_moment(self, at_ms: float) -> None:
        """Name the moment that is shown."""
        moment = moment_text(at_ms)
        if moment != self._moment.text():
            self._moment.setText(moment)
            self.setAccessibleName(tr("Replay, {moment}, this is not now", moment=moment))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surface, and stripes at both ends."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(palette.caution_surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for left in (0, self.width() - STRIPES):
            _paint_stripes(painter, QRectF(left, 0, STRIPES, self.height()), self._theme)
        painter.fillRect(QRectF(0, self.height() - FRAME, self.width(), FRAME), colour(palette.caution.fill))
        painter.end()

    def _refresh(self) -> None:
        icon = self._theme.pixmap("history", self._theme.palette.text, 20, self.devicePixelRatioF())
        self._icon.setPixmap(icon)
        self.update()


class ReplayFrame(QWidget):
    """A frame over the edges of a widget; the pointer goes through it.

    Args:
        is_open: the banner lies above and is its top.
    """

    def __init__(self, theme: Theme, framed: QWidget, *, is_open: bool = False) -> None:
        super().__init__(framed)
        self._theme = theme
        self._is_open = is_open
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        framed.installEventFilter(self)
        self.setGeometry(framed.rect())
        theme.changed.connect(self.update)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the edges."""
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and parent is not None:
            self.setGeometry(parent.rect())
        return False

    def showEvent(self, event: object) -> None:
        """Lie above what came later."""
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        ink = self._theme.colour(self._theme.palette.caution.fill)
        painter.fillRect(QRectF(0, 0, FRAME, self.height()), ink)
        painter.fillRect(QRectF(self.width() - FRAME, 0, FRAME, self.height()), ink)
        painter.fillRect(QRectF(0, self.height() - FRAME, self.width(), FRAME), ink)
        if not self._is_open:
            painter.fillRect(QRectF(0, 0, self.width(), FRAME), ink)
        painter.end()


def _paint_stripes(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Slanted stripes, as on a barrier."""
    painter.save()
    painter.setClipRect(area)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.palette.caution.fill))
    height, x = area.height(), area.left() - area.height()
    while x < area.right():
        corners = [
            QPointF(x, area.bottom()),
            QPointF(x + STRIPE, area.bottom()),
            QPointF(x + STRIPE + height, area.top()),
            QPointF(x + height, area.top()),
        ]
        painter.drawPolygon(QPolygonF(corners))
        x += 2 * STRIPE
    painter.restore()
