"""What all widgets of a wallboard share: their card, their type, and how they are told what to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.domain.thresholds import Level
from console.domain.wallboard import Widget
from console.tasks import TaskScope
from console.ui.models.rows import Freshness
from console.ui.services import Services
from console.ui.theme import Theme

_MEASURED: Final = 100  # px at which texts are measured
LEAST_TYPE: Final = 11  # px; smaller is not read by anybody
REFERENCE: Final = 1080.0  # px: the height of a display whose type is written as it is


@dataclass(frozen=True)
class WallContext:
    """What the widgets of a window are given.

    Attributes:
        theme: the board's own, or the console's.
        clock: the clock of now.
        scope: owns what is fetched.
    """

    theme: Theme
    clock: Clock
    services: Services
    scope: TaskScope


@dataclass(frozen=True)
class Moment:
    """A board at a moment."""

    board: Board
    at: Mapping[str, Freshness]
    now_ms: float
    mono: float
    is_private: bool = False


@lru_cache(maxsize=2048)
def _width_of(text: str, family: str, weight: int, italic: bool) -> float:
    font = QFont(family)
    font.setPixelSize(_MEASURED)
    font.setWeight(QFont.Weight(weight))
    font.setItalic(italic)
    font.setFeature(QFont.Tag("tnum"), 1)
    return QFontMetricsF(font).horizontalAdvance(text)


def text_width(theme: Theme, text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """How wide a text is in a size; digits count alike, so that ticking figures keep theirs."""
    font = theme.font(_MEASURED, bold=bold, italic=italic)
    digits = "".join("0" if char.isdigit() else char for char in text)
    return _width_of(digits, font.family(), int(font.weight()), italic) * size / _MEASURED


def fitted(theme: Theme, text: str, room: float, most: float, *, bold: bool = False, italic: bool = False) -> int:
    """The largest size in px, at most `most`, in which a text is no wider than `room`."""
    width = text_width(theme, text, _MEASURED, bold=bold, italic=italic)
    size = most if width <= 0 else min(most, _MEASURED * room / width)
    return max(1, int(size))


def elided(painter: QPainter, text: str, room: float) -> str:
    """A text shortened to a width with the painter's font."""
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)


class WallWidget(QWidget):
    """One widget of a page: a quiet card, with its alarm as a wide edge and a tint.

    Painted wholly by itself, because its type follows its size. `scale` is the board's.
    """

    def __init__(self, context: WallContext, widget: Widget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.theme = context.theme
        self.widget = widget
        self.scale = 1.0
        self.level = Level.NONE
        self.setObjectName(f"wall-{widget.kind}")
        self.theme.changed.connect(self.update)

    def set_widget(self, widget: Widget) -> None:
        """Show something else, or the same otherwise."""
        self.widget = widget
        self.update()

    def set_scale(self, scale: float) -> None:
        """Take the board's size of type."""
        if scale != self.scale:
            self.scale = scale
            self.update()

    def show_moment(self, moment: Moment) -> None:
        """Show a board as it is at a moment; called once a second while its page is on screen."""

    def set_active(self, is_active: bool) -> None:
        """Its page is on screen now, or no longer."""

    def dispose(self) -> None:
        """Let go of what lives elsewhere, before the widget is deleted."""

    def unit(self) -> float:
        """A px of the reference display here: type and distances are multiples of it."""
        window = self.window()
        height = min(window.height() / REFERENCE, window.width() * 9 / 16 / REFERENCE)
        return max(0.4, height) * self.scale

    def type_size(self, reference: float, share: float = 1.0) -> int:
        """A type size: `reference` px on the reference display, but no more than `share` of the card's height."""
        return max(LEAST_TYPE, int(min(reference * self.unit(), share * self.height())))

    def padding(self) -> float:
        """The card's inner margin."""
        return max(6.0, min(22 * self.unit(), 0.08 * min(self.width(), self.height())))

    def room(self) -> QRectF:
        """The card's inside."""
        pad = self.padding()
        return QRectF(self.rect()).adjusted(pad, pad * 0.8, -pad, -pad * 0.8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, then what is on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter)
        self.paint_content(painter, self.room())
        painter.end()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """Paint what the widget shows."""

    def paint_caption(self, painter: QPainter, room: QRectF, text: str, note: str = "") -> float:
        """Write the caption, with a note at its right; returns where the content begins."""
        palette = self.theme.palette
        size = self.type_size(26, 0.14)
        painter.setFont(self.theme.font(size, bold=True))
        metrics = QFontMetricsF(painter.font())
        base = room.top() + metrics.ascent()
        taken = 0.0
        if note:
            painter.setFont(self.theme.font(max(LEAST_TYPE, int(size * 0.8))))
            painter.setPen(self.theme.colour(palette.muted if self.level is Level.NONE else palette.text))
            shown = elided(painter, note, room.width() * 0.6)
            taken = QFontMetricsF(painter.font()).horizontalAdvance(shown)
            painter.drawText(QPointF(room.right() - taken, base), shown)
            taken += size * 0.6
        painter.setFont(self.theme.font(size, bold=True))
        painter.setPen(self.theme.colour(palette.muted if self.level is Level.NONE else palette.text))
        painter.drawText(QPointF(room.left(), base), elided(painter, text, room.width() - taken))
        return room.top() + metrics.height() * 1.1

    def _paint_card(self, painter: QPainter) -> None:
        palette, colour = self.theme.palette, self.theme.colour
        surface = {Level.CAUTION: palette.caution_surface, Level.CRITICAL: palette.critical_surface}
        radius = 10 * min(1.5, self.unit())
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.setBrush(colour(surface.get(self.level, palette.pane)))
        painter.drawRoundedRect(frame, radius, radius)
        if self.level is Level.NONE:
            return
        clip = QPainterPath()
        clip.addRoundedRect(frame, radius, radius)
        painter.save()
        painter.setClipPath(clip)
        edge = max(5.0, 10 * self.unit())
        painter.fillRect(
            QRectF(frame.left(), frame.top(), edge, frame.height()), colour(palette.level(self.level).edge)
        )
        painter.restore()
