"""A table of a wallboard: large rows, alarms on top, pages turned by themselves."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from console.domain.enums import AgentStatus
from console.domain.text import Look, Shown, safe_text
from console.domain.thresholds import Level
from console.domain.wallboard import Kind, Widget
from console.ui.models.columns import Column
from console.ui.models.columns import Kind as CellKind
from console.ui.text import state_word, tr
from console.ui.theme import level_shape, paint_shape, state_shape
from console.ui.tiles.tile import distinct
from console.ui.wallboard.base import LEAST_TYPE, Moment, WallContext, WallWidget, elided, text_width
from console.ui.wallboard.figures import cell_level
from console.ui.wallboard.table_rows import (
    Extract,
    Line,
    TableRows,
    chosen_columns,
    empty_sentence,
    extract,
    shown_cell,
)

_REFERENCE: Final = 25  # px of the rows' type on the reference display
_LINE: Final = 1.72  # height of a row, in its type's size
_ROOMY: Final = 2.1  # the same at most, where there is room to spare
_TIGHTEST: Final = 0.8  # rows may become that much smaller before they are turned over page by page
_GAP: Final = 0.9  # between columns, in the type's size
_MARK: Final = 1.15  # a shape and the gap behind it, likewise
_SHORTEST: Final = 6.5  # of a name that is shortened, likewise
_FLEXIBLE: Final = frozenset({"name", "profile", "queue", "queues", "pause_reason", "caller_name", "caller"})
_STATES: Final = {status.value: status for status in AgentStatus}


class _Cell(NamedTuple):
    text: str
    look: Look
    level: Level
    state: AgentStatus | None


class TableView(WallWidget):
    """Queues, agents or waiting callers."""

    def __init__(self, context: WallContext, widget: Widget, parent: QWidget | None = None) -> None:
        super().__init__(context, widget, parent)
        self._rows = TableRows(widget.kind)
        self._lines: list[Line] = []
        self._columns: tuple[Column, ...] = ()
        self._owners: dict[str, str] = {}  # short names of the systems
        self._is_alike = False  # some rows of different systems have one name
        self._mono = 0.0
        self._empty = ""
        self.page = Extract((), "")

    def title(self) -> str:
        """The user's caption, or what the table holds."""
        words = {Kind.QUEUES: tr("Queues"), Kind.AGENTS: tr("Agents"), Kind.WAITING: tr("Waiting callers")}
        return safe_text(self.widget.title) or words[self.widget.kind]

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        self._lines = self._rows.lines(self.widget, moment.board, moment.at)
        self._columns = chosen_columns(self.widget, moment.board)
        self._owners = distinct(
            self._owner(line) for line in {line.source.profile.id: line for line in self._lines}.values()
        )
        self._is_alike = len({line.row.row.name for line in self._lines}) < len(
            {(line.row.row.name, line.source.profile.id) for line in self._lines}
        )
        self._mono = moment.mono
        self._empty = "" if self._lines else empty_sentence(self.widget, moment.board)
        alarms = sum(line.level is not Level.NONE for line in self._lines)
        self.setAccessibleName(
            tr("{title}: {n} rows, {alarms} with an alarm", title=self.title(), n=len(self._lines), alarms=alarms)
        )
        self.update()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """Caption, headings, rows."""
        size = self._type(room)
        capacity = self._capacity(room, size)
        self.page = extract(self._lines, capacity, self._mono)
        top = self.paint_caption(painter, room, self.title(), self.page.note)
        if not self._lines:
            painter.setFont(self.theme.font(self.type_size(26, 0.16)))
            painter.setPen(self.theme.colour(self.theme.palette.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(room.left(), top, room.width(), room.bottom() - top), flags, self._empty)
            return
        cells = [[self._cell(column, line) for column in self._columns] for line in self.page.lines]
        columns, widths = self._layout(cells, size, room.width())
        y = self._paint_headings(painter, QRectF(room.left(), top, room.width(), size * _LINE), columns, widths, size)
        full = len(self.page.lines) >= capacity - 1 or bool(self.page.note)
        step = (
            max(size * _LINE, min(size * _ROOMY, (room.bottom() - y) / max(capacity - 2, len(cells))))
            if full
            else size * _LINE
        )
        for line, row in zip(self.page.lines, cells, strict=True):
            area = QRectF(room.left(), y, room.width(), step)
            self._paint_row(painter, area, line, [(at, row[at], widths[at]) for at in columns], size)
            y += step

    # -- sizes

    def _capacity(self, room: QRectF, size: float) -> int:
        caption = self.type_size(26, 0.14) * 1.4
        return max(1, int((room.height() - caption - size * _LINE) / (size * _LINE)))

    def _type(self, room: QRectF) -> float:
        """The rows' type: somewhat smaller where that spares turning pages."""
        size = float(max(LEAST_TYPE, self.type_size(_REFERENCE)))
        wanted = len(self._lines)
        if wanted <= self._capacity(room, size):
            return size
        smallest = max(float(LEAST_TYPE), size * _TIGHTEST)
        while size > smallest and wanted > self._capacity(room, size):
            size = max(smallest, size - 0.5)
        return size if wanted <= self._capacity(room, size) else float(max(LEAST_TYPE, self.type_size(_REFERENCE)))

    def _layout(self, cells: list[list[_Cell]], size: float, room: float) -> tuple[list[int], dict[int, float]]:
        """The columns that have room, by place, and their widths; names get what is left, numbers are never cut.

        Whose a row is goes first where room is short, unless rows of several systems have one name.
        """
        widths = self._widths(cells, size)
        owners = [at for at, column in enumerate(self._columns) if column.id == "profile"]
        if owners and sum(widths.values()) > room:
            for row in cells:
                whose = row[owners[0]]
                row[owners[0]] = whose._replace(text=self._owners.get(whose.text, whose.text))
            widths = self._widths(cells, size)
        flexible = [at for at, column in enumerate(self._columns) if column.id in _FLEXIBLE]
        least = {at: min(width, size * _SHORTEST) if at in flexible else width for at, width in widths.items()}
        kept = list(widths)
        if owners and not self._is_alike and sum(least.values()) > room:
            kept.remove(owners[0])
        while len(kept) > 1 and sum(least[at] for at in kept) > room:
            others = [at for at in kept[1:] if at not in owners]
            kept.remove(others[-1] if others else kept[-1])
        spare = room - sum(widths[at] for at in kept)
        names = [at for at in flexible if at in kept]
        if spare >= 0:
            widths[names[0] if names else kept[0]] += spare / 2
            for at in kept:
                widths[at] += spare / 2 / len(kept)
        else:
            give = {at: widths[at] - least[at] for at in names}
            total = sum(give.values()) or 1.0
            for at in names:
                widths[at] += spare * give[at] / total
        return kept, widths

    def _widths(self, cells: list[list[_Cell]], size: float) -> dict[int, float]:
        widths: dict[int, float] = {}
        for at, column in enumerate(self._columns):
            own = [self._cell_width(row[at], size) for row in cells]
            head = text_width(self.theme, column.title, size * 0.8)
            widths[at] = max([head, *own]) + size * _GAP
        return widths

    def _cell_width(self, cell: _Cell, size: float) -> float:
        mark = size * _MARK if cell.state is not None or cell.level is not Level.NONE else 0.0
        return text_width(self.theme, cell.text, size, bold=cell.level is not Level.NONE) + mark

    def _owner(self, line: Line) -> str:
        return next((self._cell(column, line).text for column in self._columns if column.id == "profile"), "")

    def _cell(self, column: Column, line: Line) -> _Cell:
        shown: Shown = shown_cell(column, line)
        if column.kind is CellKind.STATE:
            status = _STATES.get(str(column.value(line.row, line.at).value), AgentStatus.UNKNOWN)
            return _Cell(state_word(status), shown.look, Level.NONE, status)
        level = cell_level(column.id, line.source, line.row.row, line.at)
        return _Cell(shown.text, shown.look, level, None)

    # -- paint

    def _paint_headings(
        self, painter: QPainter, area: QRectF, columns: list[int], widths: dict[int, float], size: float
    ) -> float:
        palette, colour = self.theme.palette, self.theme.colour
        painter.setFont(self.theme.font(max(LEAST_TYPE, int(size * 0.8))))
        x, base = area.left() + size * 0.5, area.bottom() - size * 0.55
        inner = area.width() - size * 0.5
        for at in columns:
            width = widths[at] * inner / area.width()
            self._draw(
                painter,
                self._columns[at],
                elided(painter, self._columns[at].title, width - size * 0.3),
                x,
                base,
                width,
                size,
                palette.muted,
            )
            x += width
        painter.setPen(QPen(colour(palette.outline), 1))
        painter.drawLine(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()))
        return area.bottom()

    def _paint_row(
        self, painter: QPainter, area: QRectF, line: Line, cells: list[tuple[int, _Cell, float]], size: float
    ) -> None:
        palette, colour = self.theme.palette, self.theme.colour
        if line.level is not Level.NONE:
            surface = palette.critical_surface if line.level is Level.CRITICAL else palette.caution_surface
            painter.fillRect(area.adjusted(0, 1, 0, 0), colour(surface))
            edge = QRectF(area.left(), area.top() + 1, max(4.0, size * 0.2), area.height() - 1)
            painter.fillRect(edge, colour(palette.level(line.level).edge))
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.drawLine(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()))
        x, base = area.left() + size * 0.5, area.center().y() + size * 0.36
        inner = area.width() - size * 0.5
        for at, cell, width in cells:
            share = width * inner / area.width()
            self._paint_cell(painter, self._columns[at], cell, x, base, share, size, line)
            x += share

    def _paint_cell(
        self,
        painter: QPainter,
        column: Column,
        cell: _Cell,
        x: float,
        base: float,
        width: float,
        size: float,
        line: Line,
    ) -> None:
        palette = self.theme.palette
        is_old = cell.look is Look.STALE or line.at.stale_age_s is not None
        is_loud = cell.level is not Level.NONE
        painter.setFont(self.theme.font(int(size), bold=is_loud or column.id == "name", italic=is_old))
        quiet = is_old or (cell.look is not Look.VALUE) or (column.id == "profile" and line.level is Level.NONE)
        ink = palette.muted if quiet and line.level is Level.NONE else palette.text
        mark = size * _MARK if cell.state is not None or is_loud else 0.0
        text = cell.text if column.is_numeric else elided(painter, cell.text, width - mark - size * 0.3)
        if mark:
            side = size * 0.8
            left = x if not column.is_numeric else x + width - size * _GAP - self._cell_width(cell, size)
            square = QRectF(left, base - size * 0.76, side, side)
            if cell.state is not None:
                paint_shape(painter, square, state_shape(cell.state), palette.state(cell.state))
            else:
                paint_shape(painter, square, level_shape(cell.level), palette.level(cell.level))
        self._draw(painter, column, text, x if column.is_numeric else x + mark, base, width, size, ink)

    def _draw(
        self, painter: QPainter, column: Column, text: str, x: float, base: float, width: float, size: float, ink: str
    ) -> None:
        painter.setPen(self.theme.colour(ink))
        if column.is_numeric:
            x += width - size * _GAP - painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(QPointF(x, base), text)
