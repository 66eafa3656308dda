"""The line below a page: whose board it is, how the connections are, which page of how many, the time."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, QTime
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.board import Source
from console.domain.clock import to_datetime
from console.domain.enums import HealthState
from console.domain.text import format_age, safe_text
from console.ui.connection import LightTone
from console.ui.marks import tone_mark, tone_shape
from console.ui.text import health_word, tr
from console.ui.theme import Theme, paint_shape
from console.ui.wallboard.base import REFERENCE, Moment, elided

_CALM: Final = (HealthState.LIVE, HealthState.WARMING)


class Line(NamedTuple):
    """One connection in words."""

    name: str
    words: str
    tone: LightTone


def connection_line(source: Source, mono: float) -> Line:
    """How a connection is: quiet while it lives, unmistakable and calm when it does not."""
    state = source.health.state_at(mono)
    name = safe_text(source.profile.name, 40)
    if state is HealthState.LIVE:
        return Line(name, health_word(state), LightTone.GOOD)
    if state is HealthState.WARMING:
        return Line(name, health_word(state), LightTone.QUIET)
    age = source.health.age_s(mono)
    words = health_word(state)
    if age is not None:
        words = tr("{state}, last figures {age} ago", state=words, age=format_age(age))
    return Line(name, words, LightTone.CAUTION)


class Footer(QWidget):
    """Painted as a whole; as high as its type needs on this display."""

    def __init__(self, theme: Theme, *, is_demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_demo = is_demo
        self._name = ""
        self._pages, self._page = 1, 0
        self._is_paused, self._is_private = False, False
        self._scale = 1.0
        self._lines: tuple[Line, ...] = ()
        self._time = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme.changed.disconnect(self.update)
        self._theme = theme
        theme.changed.connect(self.update)
        self.update()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The connections as they are said."""
        return self._lines

    def show_board(self, name: str, page: int, pages: int, *, is_paused: bool, is_private: bool, scale: float) -> None:
        """Say whose board it is and which page."""
        state = (safe_text(name), page, pages, is_paused, is_private, scale)
        if state == (self._name, self._page, self._pages, self._is_paused, self._is_private, self._scale):
            return
        self._name, self._page, self._pages, self._is_paused, self._is_private, self._scale = state
        self.updateGeometry()
        self.update()

    def show_moment(self, moment: Moment) -> None:
        """Say how the connections are."""
        lines = tuple(connection_line(source, moment.mono) for source in moment.board.sources)
        local = to_datetime(moment.now_ms).astimezone()
        locale = QLocale()
        time = locale.toString(QTime(local.hour, local.minute), "HH:mm")
        if (lines, time) != (self._lines, self._time):
            self._lines, self._time = lines, time
            self.setAccessibleName("; ".join(f"{line.name}: {line.words}" for line in lines))
            self.update()

    def type_px(self) -> int:
        """The line's type."""
        window = self.window()
        unit = min(window.height() / REFERENCE, window.width() * 9 / 16 / REFERENCE)
        return max(11, int(20 * max(0.4, unit) * self._scale))

    def sizeHint(self) -> QSize:
        """One line, with room around it."""
        return QSize(320, int(self.type_px() * 2.1))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name at the left, connections behind it, pages and time at the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self.type_px()
        base = self.height() / 2 + size * 0.36
        right = self._paint_right(painter, size, base)
        left = size * 0.9
        palette, colour = self._theme.palette, self._theme.colour
        marks = [tr("DEMO")] if self._is_demo else []
        if self._is_private:
            marks.append(tr("Names hidden"))
        painter.setFont(self._theme.font(size, bold=True))
        for text, ink in ((self._name, palette.text), *((mark, palette.accent) for mark in marks)):
            shown = elided(painter, text, max(0.0, (right - left) * 0.4))
            painter.setPen(colour(ink))
            painter.drawText(QPointF(left, base), shown)
            left += QFontMetricsF(painter.font()).horizontalAdvance(shown) + size * 1.2
        self._paint_lines(painter, left, right - size, size, base)
        painter.end()

    def _paint_lines(self, painter: QPainter, left: float, right: float, size: int, base: float) -> None:
        """Connections; those that are lost come first, in full, on a tinted surface."""
        palette, colour = self._theme.palette, self._theme.colour
        lost = [line for line in self._lines if line.tone is LightTone.CAUTION]
        others = [line for line in self._lines if line.tone is not LightTone.CAUTION]
        for line in (*lost, *others):
            is_lost = line.tone is LightTone.CAUTION
            painter.setFont(self._theme.font(size, bold=is_lost))
            words = f"{line.name}: {line.words}" if is_lost or line.tone is LightTone.QUIET else line.name
            room = right - left - size * 1.9
            if room < size * 4:
                break
            shown = elided(painter, words, room)
            width = QFontMetricsF(painter.font()).horizontalAdvance(shown)
            if is_lost:
                frame = QRectF(left - size * 0.4, self.height() * 0.12, width + size * 2.1, self.height() * 0.76)
                painter.setPen(colour(palette.caution.edge))
                painter.setBrush(colour(palette.caution_surface))
                painter.drawRoundedRect(frame, size * 0.3, size * 0.3)
            side = size * 0.72
            square = QRectF(left, base - size * 0.72, side, side)
            paint_shape(painter, square, tone_shape(line.tone), tone_mark(palette, line.tone))
            painter.setPen(colour(palette.text if is_lost else palette.muted))
            painter.drawText(QPointF(left + size * 1.1, base), shown)
            left += width + size * 2.4

    def _paint_right(self, painter: QPainter, size: int, base: float) -> float:
        """Time and page dots; returns where they begin."""
        palette, colour = self._theme.palette, self._theme.colour
        painter.setFont(self._theme.font(size, bold=True))
        painter.setPen(colour(palette.text))
        right = self.width() - size * 0.9 - QFontMetricsF(painter.font()).horizontalAdvance(self._time)
        painter.drawText(QPointF(right, base), self._time)
        if self._pages < 2:
            return right
        dot, step = size * 0.5, size * 0.95
        right -= size + step * self._pages
        for page in range(self._pages):
            is_here = page == self._page
            painter.setPen(colour(palette.text if is_here else palette.outline))
            painter.setBrush(colour(palette.text if is_here else self._theme.palette.window))
            painter.drawEllipse(QPointF(right + step * page + dot / 2, base - size * 0.36), dot / 2, dot / 2)
        if self._is_paused:
            word = tr("paused")
            painter.setFont(self._theme.font(int(size * 0.85)))
            right -= QFontMetricsF(painter.font()).horizontalAdvance(word) + size * 0.6
            painter.setPen(colour(palette.muted))
            painter.drawText(QPointF(right, base), word)
        return right - size * 0.6
