"""One key figure, large enough to be read from two metres; of several systems side by side, never added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.text import Look, Shown, format_age, safe_text
from console.domain.thresholds import Level, worst
from console.ui.text import level_word, tr
from console.ui.theme import Space, Theme, Type, level_shape, paint_shape
from console.ui.theme.sizes import ALARM_EDGE, RADIUS
from console.ui.tiles.figures import split_unit
from console.ui.trends.spark import Trend, paint_spark
from console.ui.widgets import set_tip

HEIGHT, COMPACT_HEIGHT = 78, 56  # px
SHARED_HEIGHT, COMPACT_SHARED_HEIGHT = 90, 68  # px; with a line for the systems' names
MIN_WIDTH, MIN_SHARE = 132, 88  # px: of a tile with one value, and of each of several
_SHAPE = 11
_TREND, _TREND_LEAST = (76, 18), 30  # px of a sparkline, and its least width
_QUIET = (Look.NOT_APPLICABLE, Look.UNSUPPORTED, Look.WARMING, Look.ERROR)


class TileValue(NamedTuple):
    """One value of a tile; `profile` is empty where there is only one system, `age_s` is the age of an old value.

    `trend` is its last hour where that has a shape.
    """

    profile: str
    shown: Shown
    level: Level
    age_s: float | None = None
    trend: Trend = ()


class Tile(QWidget):
    """Title, values, units, whose they are; the alarm is an edge and a shape, never a coloured block."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self._values: tuple[TileValue, ...] = (TileValue("", Shown("", Look.WARMING, ""), Level.NONE),)
        self._is_compact = False
        self._is_shared = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The values as shown."""
        return " · ".join(value.shown.text for value in self._values)

    @property
    def values(self) -> Sequence[TileValue]:
        """What it shows."""
        return self._values

    @property
    def look(self) -> Look:
        """How the first value looks."""
        return self._values[0].shown.look

    @property
    def level(self) -> Level:
        """The worst alarm level among its values."""
        return worst(value.level for value in self._values)

    def set_form(self, *, is_compact: bool, is_shared: bool) -> None:
        """Be low, and have a line for the systems' names, as all tiles of a strip are or have."""
        if (is_compact, is_shared) != (self._is_compact, self._is_shared):
            self._is_compact, self._is_shared = is_compact, is_shared
            self.updateGeometry()
            self.update()

    def show_figure(self, title: str, profile: str, shown: Shown, level: Level, age_s: float | None) -> None:
        """Show a single value."""
        self.show_values(title, [TileValue(profile, shown, level, age_s)])

    def show_values(self, title: str, values: Sequence[TileValue]) -> None:
        """Show a figure of one system or of several."""
        whole = tuple(v if v.age_s is None else v._replace(age_s=float(int(v.age_s))) for v in values)
        if (title, whole) == (self._title, self._values):
            return
        if len(whole) != len(self._values):
            self.updateGeometry()
        self._title, self._values = title, whole
        self.setAccessibleName("; ".join(self._spoken(value) for value in whole))
        tips = (f"{self._named(value)}: {value.shown.text}  {value.shown.tip}".rstrip() for value in whole)
        set_tip(self, "\n".join(tips))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a figure."""
        return QSize(max(176, MIN_SHARE * len(self._values)), self._height())

    def minimumSizeHint(self) -> QSize:
        """Room for a duration of hours."""
        return QSize(max(MIN_WIDTH, MIN_SHARE * len(self._values)), self._height())

    def _height(self) -> int:
        if self._is_compact:
            return COMPACT_SHARED_HEIGHT if self._is_shared else COMPACT_HEIGHT
        return SHARED_HEIGHT if self._is_shared else HEIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.setBrush(colour(palette.pane))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self.level is not Level.NONE:
            self._paint_edge(painter, frame, colour(palette.level(self.level).edge))
        inset = 7 if self._is_compact else 10
        room = self.rect().adjusted(Space.BETWEEN + 2, inset, -Space.BETWEEN, -(6 if self._is_compact else 8))
        self._paint_caption(painter, room)
        share = room.width() / len(self._values)
        for place, value in enumerate(self._values):
            left = room.left() + round(place * share)
            self._paint_value(painter, QRect(left, room.top(), round(share) - Space.INSIDE, room.height()), value)
        painter.end()

    def _paint_edge(self, painter: QPainter, frame: QRectF, ink: QColor) -> None:
        clip = QPainterPath()
        clip.addRoundedRect(frame, RADIUS, RADIUS)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(QRectF(frame.left() - 1, frame.top(), ALARM_EDGE + 1, frame.height()), ink)
        painter.restore()

    def _paint_caption(self, painter: QPainter, room: QRect) -> None:
        painter.setPen(self._theme.colour(self._theme.palette.muted))
        painter.setFont(self._theme.font(Type.SMALL))
        caption = painter.fontMetrics().elidedText(safe_text(self._title), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QRect(room.left(), room.top(), room.width() + 2, 16), int(Qt.AlignmentFlag.AlignLeft), caption)

    def _paint_value(self, painter: QPainter, room: QRect, value: TileValue) -> None:
        """The value with its alarm's shape before it and its unit or age behind it; its owner on the line below."""
        palette, colour = self._theme.palette, self._theme.colour
        base = room.bottom() - (2 if not self._is_shared else 16)
        number, unit = split_unit(value.shown)
        is_old = value.shown.look is Look.STALE
        x = room.left()
        taken = _SHAPE + 6 if value.level is not Level.NONE else 0
        font = self._fitting(f"{number} {unit}" if unit else number, value, room.width() - taken)
        if value.level is not Level.NONE:
            middle = base - QFontMetrics(font).capHeight() / 2
            square = QRectF(x, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            paint_shape(painter, square, level_shape(value.level), palette.level(value.level))
            x += _SHAPE + 6
        age = tr("{age} old", age=format_age(value.age_s)) if is_old and value.age_s is not None else ""
        side = unit if self._is_shared else "  ".join(filter(None, (unit, age)))
        side_font = self._theme.font(Type.SMALL, italic=is_old)
        painter.setFont(font)
        painter.setPen(colour(palette.muted if is_old or value.shown.look in _QUIET else palette.text))
        painter.drawText(x, base, number)
        x += painter.fontMetrics().horizontalAdvance(number) + 6
        painter.setPen(colour(palette.muted))
        if side and QFontMetrics(side_font).horizontalAdvance(side) <= room.right() + Space.INSIDE - x:
            painter.setFont(side_font)
            painter.drawText(x, base, side)
            x += painter.fontMetrics().horizontalAdvance(side) + Space.INSIDE
        self._paint_trend(painter, QRect(x, base - _TREND[1], room.right() - x - Space.TIGHT, _TREND[1]), value.trend)
        if value.profile:
            painter.setFont(self._theme.font(Type.CAPTION))
            metrics = painter.fontMetrics()
            tail = f" · {format_age(value.age_s)}" if age and value.age_s is not None else ""
            left = room.width() - metrics.horizontalAdvance(tail)
            names = self._owners(metrics, left)
            name = names[safe_text(value.profile, 80)]
            owner = metrics.elidedText(name, _shortening(names.values(), metrics, left), left)
            painter.drawText(room.left(), room.bottom(), owner + tail)

    def _paint_trend(self, painter: QPainter, room: QRect, trend: Trend) -> None:
        """The last hour at the right of the number, where there is room left."""
        width = min(_TREND[0], room.width() - Space.INSIDE)
        if trend and width >= _TREND_LEAST:
            area = QRectF(room.right() - width, room.top(), width, room.height())
            paint_spark(painter, area, trend, self._theme.colour(self._theme.palette.outline))

    def _fitting(self, number: str, value: TileValue, width: int) -> QFont:
        """The largest font in which number and unit have room: a cut-off number would be another number."""
        is_old = value.shown.look is Look.STALE
        is_bold = value.shown.look in (Look.VALUE, Look.STALE)
        sizes = (Type.TILE, Type.TITLE, Type.SECTION, Type.BODY, Type.CAPTION)
        font = self._theme.font(Type.CAPTION, bold=is_bold, italic=is_old)
        for size in sizes[1:] if self._is_compact else sizes:
            font = self._theme.font(size, bold=is_bold, italic=is_old)
            if QFontMetrics(font).horizontalAdvance(number) <= width:
                break
        return font

    def _owners(self, metrics: QFontMetrics, width: int) -> dict[str, str]:
        """What to write for each system: where there is little room, its name without the words all of them share."""
        names = {name: name for name in (safe_text(value.profile, 80) for value in self._values)}
        if all(metrics.horizontalAdvance(name) <= width for name in names):
            return names
        return distinct(names)

    def _named(self, value: TileValue) -> str:
        where = f" ({safe_text(value.profile, 80)})" if value.profile else ""
        return f"{safe_text(self._title)}{where}"

    def _spoken(self, value: TileValue) -> str:
        alarm = f", {level_word(value.level)}" if value.level is not Level.NONE else ""
        return f"{self._named(value)}: {value.shown.spoken}{alarm}"


def distinct(names: Iterable[str]) -> dict[str, str]:
    """Names by their own words: without those at the beginning and the end that all of them share."""
    words = {name: name.split() for name in names}
    least = min((len(each) for each in words.values()), default=0)
    if len(words) < 2 or least < 2:
        return {name: name for name in words}
    first = _shared(list(words.values()), least - 1)
    behind = _shared([each[::-1] for each in words.values()], least - 1 - first)
    return {name: " ".join(each[first : len(each) - behind]) for name, each in words.items()}


def _shared(names: Sequence[Sequence[str]], most: int) -> int:
    """How many words all names begin with, at most `most`."""
    count = 0
    while count < most and len({words[count] for words in names}) == 1:
        count += 1
    return count


def _shortening(names: Iterable[str], metrics: QFontMetrics, width: int) -> Qt.TextElideMode:
    """Shorten names at their end, or in the middle where they would look alike then."""
    end, whole = Qt.TextElideMode.ElideRight, set(names)
    is_clear = len({metrics.elidedText(name, end, width) for name in whole}) == len(whole)
    return end if is_clear else Qt.TextElideMode.ElideMiddle
