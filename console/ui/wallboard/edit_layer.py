"""The layer above a page while it is arranged: the grid, frames, handles, and what the mouse does with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from console.domain.wallboard import GRID_COLUMNS, GRID_ROWS, Place
from console.ui.theme.sizes import RADIUS

if TYPE_CHECKING:
    from console.ui.theme import Theme
    from console.ui.wallboard.draft import Draft
    from console.ui.wallboard.page_view import PageView

_EDGE: Final = 14  # px at a frame that resize
_HANDLE: Final = 10


class Grip(NamedTuple):
    """What is held: the widget, which of its edges (-1, 0, 1 across and down; 0, 0 moves it), and where."""

    widget_id: str
    dx: int
    dy: int
    start: QPoint
    place: Place


class EditLayer(QWidget):
    """Covers a page.

    Signals:
        wanted: a widget was double-clicked: its properties are wanted.
    """

    wanted = Signal()

    def __init__(self, theme: Theme, draft: Draft, page: PageView) -> None:
        super().__init__(page)
        self._theme = theme
        self._draft = draft
        self._page = page
        self._grip: Grip | None = None
        self._ghost: Place | None = None
        self.setMouseTracking(True)
        self.setGeometry(page.rect())

    @property
    def ghost(self) -> Place | None:
        """Where what is held would be put."""
        return self._ghost

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is below, and hold it."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        spot = event.position().toPoint()
        self._grip = self._grip_at(spot)
        self._ghost = None
        self._draft.select(self._grip.widget_id if self._grip is not None else "")
        self.window().setFocus()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where it would go."""
        spot = event.position().toPoint()
        grip = self._grip
        if grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(self._grip_at(spot))
            return
        width, height = self._page.cell()
        across = round((spot.x() - grip.start.x()) / width)
        down = round((spot.y() - grip.start.y()) / height)
        ghost = moved(grip, across, down)
        if ghost != self._ghost:
            self._ghost = ghost
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it there if there is room."""
        grip, ghost = self._grip, self._ghost
        self._grip = self._ghost = None
        if grip is not None and ghost is not None:
            self._draft.place(grip.widget_id, ghost)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Its properties."""
        self.wanted.emit()

    # -- paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, frames, the chosen one's handles, and the place of what is held."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter)
        selected = self._draft.selected
        for widget in self._draft.page.widgets:
            self._paint_frame(painter, QRectF(self._page.rect_of(widget.place)), widget is selected)
        if self._ghost is not None and self._grip is not None:
            is_free = self._draft.is_free(self._ghost, self._grip.widget_id)
            ink = palette.accent if is_free else palette.critical.edge
            painter.setPen(QPen(colour(ink), 3, Qt.PenStyle.SolidLine if is_free else Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self._page.rect_of(self._ghost)), RADIUS, RADIUS)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        """Where there is room; the widgets themselves stay legible."""
        empty = QRegion(self.rect())
        for widget in self._draft.page.widgets:
            empty = empty.subtracted(QRegion(self._page.rect_of(widget.place)))
        painter.save()
        painter.setClipRegion(empty)
        painter.setPen(QPen(self._theme.colour(self._theme.palette.outline), 1, Qt.PenStyle.DotLine))
        width, height = self._page.cell()
        gap = self._page.gap() / 2
        for across in range(GRID_COLUMNS + 1):
            x = gap + across * width
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        for down in range(GRID_ROWS + 1):
            y = gap + down * height
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.restore()

    def _paint_frame(self, painter: QPainter, frame: QRectF, is_chosen: bool) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour(palette.accent if is_chosen else palette.outline), 3 if is_chosen else 1))
        painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        if is_chosen:
            self._paint_handles(painter, frame)

    def _paint_handles(self, painter: QPainter, frame: QRectF) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        painter.setPen(QPen(colour(palette.accent), 2))
        painter.setBrush(colour(palette.raised))
        for x in (frame.left(), frame.center().x(), frame.right()):
            for y in (frame.top(), frame.center().y(), frame.bottom()):
                if QPointF(x, y) != frame.center():
                    painter.drawRect(QRectF(x - _HANDLE / 2, y - _HANDLE / 2, _HANDLE, _HANDLE))

    # -- inside

    def _grip_at(self, spot: QPoint) -> Grip | None:
        for widget in self._draft.page.widgets:
            rect: QRect = self._page.rect_of(widget.place)
            if rect.adjusted(-4, -4, 4, 4).contains(spot):
                dx = -1 if spot.x() < rect.left() + _EDGE else 1 if spot.x() > rect.right() - _EDGE else 0
                dy = -1 if spot.y() < rect.top() + _EDGE else 1 if spot.y() > rect.bottom() - _EDGE else 0
                return Grip(widget.id, dx, dy, spot, widget.place)
        return None

    def _show_cursor(self, grip: Grip | None) -> None:
        shapes = Qt.CursorShape
        if grip is None:
            shape = shapes.ArrowCursor
        elif grip.dx and grip.dy:
            shape = shapes.SizeFDiagCursor if grip.dx == grip.dy else shapes.SizeBDiagCursor
        elif grip.dx:
            shape = shapes.SizeHorCursor
        else:
            shape = shapes.SizeVerCursor if grip.dy else shapes.SizeAllCursor
        self.setCursor(shape)


def moved(grip: Grip, across: int, down: int) -> Place:
    """The place of what is held after so many cells, on the grid and at least one cell large."""
    place = grip.place
    if not grip.dx and not grip.dy:
        x = min(max(0, place.x + across), GRID_COLUMNS - place.w)
        y = min(max(0, place.y + down), GRID_ROWS - place.h)
        return replace(place, x=x, y=y)
    x, w = _stretched(place.x, place.w, grip.dx, across, GRID_COLUMNS)
    y, h = _stretched(place.y, place.h, grip.dy, down, GRID_ROWS)
    return Place(x, y, w, h)


def _stretched(start: int, length: int, edge: int, by: int, limit: int) -> tuple[int, int]:
    if edge > 0:
        return start, min(max(1, length + by), limit - start)
    if edge < 0:
        begin = min(max(0, start + by), start + length - 1)
        return begin, start + length - begin
    return start, length
