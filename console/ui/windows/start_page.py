"""What the window shows before there is any connection: three ways in."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.assets import icon_path
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import FOCUS_RING, RADIUS
from console.ui.widgets import Label


class WayIn(QAbstractButton):
    """A card: glyph, what it is, what happens."""

    def __init__(
        self, theme: Theme, icon: str, title: str, sentence: str, *, is_first: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._sentence = sentence
        self._is_first = is_first
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Three fit side by side on the smallest screen."""
        return QSize(268, 128)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_strong = self.hasFocus() or self._is_first
        width = float(FOCUS_RING) if self.hasFocus() else 1.0
        painter.setPen(QPen(colour(palette.accent if is_strong else palette.hairline), width))
        painter.setBrush(colour(palette.hover if self.underMouse() else palette.pane))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)
        ink = palette.accent if self._is_first else palette.muted
        glyph = self._theme.pixmap(self._icon, ink, 24, self.devicePixelRatioF())
        painter.drawPixmap(QRect(Space.AROUND, Space.AROUND, 24, 24), glyph)
        painter.setFont(self._theme.font(Type.SECTION, bold=True))
        painter.setPen(colour(palette.text))
        room = self.rect().adjusted(Space.AROUND, 52, -Space.AROUND, -Space.BETWEEN)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), self.text())
        painter.setFont(self._theme.font(Type.BODY))
        painter.setPen(colour(palette.muted))
        flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(room.adjusted(0, 26, 0, 0), flags, self._sentence)
        painter.end()


class StartPage(QWidget):
    """The first-run page.

    Signals:
        chosen: ``demo``, ``add`` or ``import``.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self._theme = theme
        picture = Label(theme)
        picture.setPixmap(QIcon(str(icon_path("app"))).pixmap(QSize(72, 72), self.devicePixelRatioF()))
        picture.setAccessibleName(tr("Supervisor Console"))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label(theme, tr("See your floor live"), Type.TITLE, bold=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        below = Label(theme, tr("Queues, agents and callers of your phone systems, side by side."), muted=True)
        below.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._ways: dict[str, WayIn] = {}
        ways = QHBoxLayout()
        ways.setSpacing(Space.AROUND)
        ways.addStretch(1)
        for name, icon, caption, sentence in (
            ("demo", "play", tr("Open the demo"), tr("A simulated call centre with 12 queues and 60 agents.")),
            ("add", "plug", tr("Add a connection"), tr("Connect to a phone system with its address and a key.")),
            ("import", "download", tr("Import profiles"), tr("Take over connections that were exported elsewhere.")),
        ):
            way = WayIn(theme, icon, caption, sentence, is_first=name == "demo")
            way.clicked.connect(self._on_clicked)
            self._ways[name] = way
            ways.addWidget(way)
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(Space.INSIDE)
        column.addStretch(2)
        for widget in (picture, title, below):
            column.addWidget(widget)
        column.addSpacing(Space.GROUPS)
        column.addLayout(ways)
        column.addStretch(3)
        self.setFocusProxy(self._ways["demo"])

    def way(self, name: str) -> WayIn:
        """One of the cards."""
        return self._ways[name]

    def _on_clicked(self) -> None:
        for name, way in self._ways.items():
            if way is self.sender():
                self.chosen.emit(name)
