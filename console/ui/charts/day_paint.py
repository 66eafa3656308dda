"""How the agents' day is painted, on screen and for pictures: names, bars, totals. Only what is in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from console.domain.enums import AgentStatus
from console.ui.charts.day_rows import NAME, TOTALS, DayRow, status_of, total_text, total_title
from console.ui.charts.words import moment_text, time_ticks
from console.ui.text import state_word, tr
from console.ui.theme import Palette, paint_shape, state_shape

HEADER: Final = 34.0
LEGEND: Final = 30.0
_NAME: Final = 200.0
_TOTAL: Final = 76.0
_PAD: Final = 10.0
_SHAPE: Final = 9.0  # px of a state's shape in a bar that is wide enough for it
_SHOWN: Final = (
    AgentStatus.AVAILABLE,
    AgentStatus.RINGING,
    AgentStatus.ON_CALL,
    AgentStatus.OTHER_CALL,
    AgentStatus.AFTER_CALL,
    AgentStatus.PAUSED,
    AgentStatus.LOGGED_OFF,
)
_HATCH: Final = {
    AgentStatus.PAUSED: Qt.BrushStyle.BDiagPattern,
    AgentStatus.AFTER_CALL: Qt.BrushStyle.Dense5Pattern,
    AgentStatus.OTHER_CALL: Qt.BrushStyle.FDiagPattern,
    AgentStatus.RINGING: Qt.BrushStyle.VerPattern,
}


@dataclass(frozen=True, slots=True)
class DayLook:
    """What painting needs beside the rows."""

    palette: Palette
    font: QFont
    small: QFont
    zone: tzinfo
    row_height: float


@dataclass(frozen=True, slots=True)
class DayPlaces:
    """Where what stands across the width; totals are left out where there is no room for them."""

    width: float
    totals: tuple[str, ...]

    @property
    def left(self) -> float:
        """Where the bars begin."""
        return min(_NAME, self.width * 0.3)

    @property
    def right(self) -> float:
        """Where the bars end."""
        return max(self.left + 40, self.width - _TOTAL * len(self.totals) - _PAD)

    def x(self, at_ms: float, start_ms: float, end_ms: float) -> float:
        """The pixel of a moment."""
        return self.left + (at_ms - start_ms) * (self.right - self.left) / max(1.0, end_ms - start_ms)

    def moment(self, x: float, start_ms: float, end_ms: float) -> float:
        """The moment of a pixel."""
        return start_ms + (x - self.left) * (end_ms - start_ms) / max(1.0, self.right - self.left)

    def column_at(self, x: float) -> str:
        """The id of the column at a pixel; empty among the bars."""
        if x < self.left:
            return NAME
        if x < self.right or not self.totals:
            return ""
        return self.totals[min(len(self.totals) - 1, int((x - self.right) / _TOTAL))]


def places_for(width: float) -> DayPlaces:
    """As many totals as leave the bars half of the width."""
    room = int((width * 0.5 - 40) / _TOTAL)
    return DayPlaces(width, TOTALS[: max(0, min(len(TOTALS), room))])


@lru_cache(maxsize=64)
def _brushes(palette_name: str, status: AgentStatus, fill: str, edge: str) -> tuple[QBrush, QBrush | None]:
    """The ground of a bar, and the hatching over it."""
    del palette_name
    ground = QColor(fill)
    hatch = None
    if status in _HATCH:
        hatch = QBrush(QColor(edge), _HATCH[status])
        ground.setAlpha(110)
    return QBrush(ground), hatch


def paint_header(
    painter: QPainter, places: DayPlaces, start_ms: float, end_ms: float, look: DayLook, sorted_by: tuple[str, bool]
) -> None:
    """Column titles and the time axis; the sorted column has an arrow."""
    metrics = QFontMetricsF(look.small)
    painter.setFont(look.small)
    baseline = HEADER / 2 + metrics.ascent() / 2 - 1
    arrow = "\u2193" if sorted_by[1] else "\u2191"
    painter.setPen(QColor(look.palette.muted))
    title = f"{tr('Agent')} {arrow}" if sorted_by[0] == NAME else tr("Agent")
    painter.drawText(QPointF(_PAD, baseline), title)
    for number, column in enumerate(places.totals):
        text = total_title(column)
        text = f"{text} {arrow}" if sorted_by[0] == column else text
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _TOTAL - 4)
        right = places.right + _TOTAL * (number + 1)
        painter.drawText(QPointF(right - metrics.horizontalAdvance(text), baseline), text)
    most = max(2, int((places.right - places.left) // (metrics.horizontalAdvance("00:00:00") + 24)))
    ticks, distance = time_ticks(start_ms, end_ms, most, look.zone)
    for at_ms in ticks:
        x = places.x(at_ms, start_ms, end_ms)
        text = moment_text(at_ms, look.zone, distance)
        half = metrics.horizontalAdvance(text) / 2
        if places.left <= x - half and x + half <= places.right:
            painter.drawText(QPointF(x - half, baseline), text)
    painter.fillRect(QRectF(0, HEADER - 1, places.width, 1), QColor(look.palette.hairline))


def paint_rows(
    painter: QPainter,
    rows: Sequence[DayRow],
    top: float,
    places: DayPlaces,
    start_ms: float,
    end_ms: float,
    look: DayLook,
    marked: tuple[str, int] = ("", -1),
) -> None:
    """Rows from `top` on; `marked`: key of a row and the place of the span under the pointer."""
    metrics = QFontMetricsF(look.font)
    small = QFontMetricsF(look.small)
    hairline = QColor(look.palette.hairline)
    distance_ms = time_ticks(start_ms, end_ms, 10, look.zone)[0]
    bottom = top + len(rows) * look.row_height
    for at_ms in distance_ms:
        x = round(places.x(at_ms, start_ms, end_ms))
        if places.left <= x <= places.right:
            painter.fillRect(QRectF(x, top, 1, bottom - top), hairline)
    for number, row in enumerate(rows):
        y = top + number * look.row_height
        middle = y + look.row_height / 2
        painter.setFont(look.font)
        painter.setPen(QColor(look.palette.text))
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, places.left - 2 * _PAD)
        painter.drawText(QPointF(_PAD, middle + metrics.ascent() / 2 - 1), name)
        _paint_bar(painter, row, y, places, start_ms, end_ms, look, marked[1] if marked[0] == row.key else -1)
        painter.setFont(look.small)
        for at, column in enumerate(places.totals):
            text = total_text(row.totals.get(column, 0.0))
            painter.setPen(QColor(look.palette.muted if text == "–" else look.palette.text))
            right = places.right + _TOTAL * (at + 1) - small.horizontalAdvance(text)
            painter.drawText(QPointF(right, middle + small.ascent() / 2 - 1), text)
        painter.fillRect(QRectF(0, y + look.row_height - 1, places.width, 1), hairline)


def _paint_bar(
    painter: QPainter,
    row: DayRow,
    y: float,
    places: DayPlaces,
    start_ms: float,
    end_ms: float,
    look: DayLook,
    marked: int,
) -> None:
    high = max(8.0, look.row_height - 12)
    top = y + (look.row_height - 1 - high) / 2
    last = -10.0
    for place in row.seen(start_ms, end_ms):
        span = row.spans[place]
        status = status_of(span)
        if status is None:
            continue
        x0 = max(places.left, places.x(span.start_ms, start_ms, end_ms))
        x1 = min(places.right, places.x(span.end_ms, start_ms, end_ms))
        if x1 <= places.left or x0 >= places.right or x1 - last < 0.5:
            continue  # so short that its neighbour's pixel hides it
        last = x1
        area = QRectF(x0, top, max(1.0, x1 - x0), high)
        mark = look.palette.state(status)
        if status is AgentStatus.LOGGED_OFF:
            painter.fillRect(QRectF(x0, top + high / 2 - 0.5, area.width(), 1), QColor(look.palette.outline))
        else:
            ground, hatch = _brushes(look.palette.name, status, mark.fill, mark.edge)
            painter.fillRect(area, ground)
            if hatch is not None:
                painter.fillRect(area, hatch)
            if area.width() > _SHAPE + 8 and hatch is None:
                shape = QRectF(x0 + 4, top + (high - _SHAPE) / 2, _SHAPE, _SHAPE)
                light = type(mark)(look.palette.pane, look.palette.pane)
                paint_shape(painter, shape, state_shape(status), light)
        if place == marked:
            painter.setPen(QPen(QColor(look.palette.text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, -1.5, -0.5, 1.5))


def paint_legend(painter: QPainter, top: float, width: float, look: DayLook) -> None:
    """What the bars' colours and hatchings stand for."""
    metrics = QFontMetricsF(look.small)
    painter.setFont(look.small)
    middle = top + LEGEND / 2
    x = _PAD
    for status in _SHOWN:
        word = state_word(status)
        needed = 22 + 15 + metrics.horizontalAdvance(word) + 16
        if x + needed > width:
            return
        mark = look.palette.state(status)
        swatch = QRectF(x, middle - 6, 22, 12)
        if status is AgentStatus.LOGGED_OFF:
            painter.fillRect(QRectF(x, middle - 0.5, 22, 1), QColor(look.palette.outline))
        else:
            ground, hatch = _brushes(look.palette.name, status, mark.fill, mark.edge)
            painter.fillRect(swatch, ground)
            if hatch is not None:
                painter.fillRect(swatch, hatch)
        paint_shape(painter, QRectF(x + 27, middle - 5, 10, 10), state_shape(status), mark)
        painter.setPen(QColor(look.palette.muted))
        painter.drawText(QPointF(x + 42, middle + metrics.ascent() / 2 - 1), word)
        x += needed + 6
