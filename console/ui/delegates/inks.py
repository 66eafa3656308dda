"""Colours, fonts and measured texts of one theme, made once and shared by all cells."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics

from console.domain.enums import AgentStatus
from console.ui.theme import Theme, Type

_REMEMBERED = 4096


class Inks:
    """What painting needs of a theme. Make a new one after `Theme.changed`."""

    def __init__(self, theme: Theme) -> None:
        palette = theme.palette
        self.palette = palette
        self.text = QColor(palette.text)
        self.muted = QColor(palette.muted)
        self.hairline = QColor(palette.hairline)
        self.hover = QColor(palette.hover)
        self.selection = QColor(palette.selection)
        self.accent = QColor(palette.accent)
        self.track = QColor(palette.track)
        self.quiet_bar = QColor(palette.scroll)
        self.pane = QColor(palette.pane)
        self.outline = QColor(palette.outline)
        self.font = theme.font()
        self.bold = theme.font(bold=True)
        self.italic = theme.font(italic=True)
        self.caption = theme.font(Type.CAPTION)
        self.metrics = QFontMetrics(self.font)
        self.bold_metrics = QFontMetrics(self.bold)
        self.italic_metrics = QFontMetrics(self.italic)
        self.caption_metrics = QFontMetrics(self.caption)
        self.ascent = self.metrics.ascent()
        self.height = self.metrics.height()
        self.staffing = tuple(
            QColor(palette.state(status).fill)
            for status in (
                AgentStatus.AVAILABLE,
                AgentStatus.ON_CALL,
                AgentStatus.PAUSED,
                AgentStatus.LOGGED_OFF,
            )
        )
        self._elided: dict[tuple[str, int, int], str] = {}
        self._widths: dict[tuple[str, int], int] = {}

    def width(self, text: str, metrics: QFontMetrics) -> int:
        """The width of a text, remembered."""
        key = (text, id(metrics))
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > _REMEMBERED:
                self._widths.clear()
            found = self._widths[key] = metrics.horizontalAdvance(text)
        return found

    def elided(self, text: str, metrics: QFontMetrics, room: int) -> str:
        """The text as far as it fits, remembered."""
        if self.width(text, metrics) <= room:
            return text
        key = (text, id(metrics), room)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > _REMEMBERED:
                self._elided.clear()
            found = self._elided[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        return found
