"""A page of a wallboard: its widgets on the grid."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from console.domain.wallboard import GRID_COLUMNS, GRID_ROWS, Kind, Page, Place, Widget
from console.ui.wallboard.base import Moment, WallContext, WallWidget
from console.ui.wallboard.chart_view import ChartView
from console.ui.wallboard.small_views import AlertsView, ClockView, NoticeView
from console.ui.wallboard.table_view import TableView
from console.ui.wallboard.tile_view import TileView

VIEWS: dict[Kind, type[WallWidget]] = {
    Kind.TILE: TileView,
    Kind.QUEUES: TableView,
    Kind.AGENTS: TableView,
    Kind.WAITING: TableView,
    Kind.CHART: ChartView,
    Kind.ALERTS: AlertsView,
    Kind.CLOCK: ClockView,
    Kind.TEXT: NoticeView,
}


class PageView(QWidget):
    """Lays the widgets of a page out; those that stay the same stay the same objects."""

    def __init__(self, context: WallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._scale = 1.0
        self._is_active = False
        self._moment: Moment | None = None
        self.page = Page("")
        self.views: dict[str, WallWidget] = {}

    def show_page(self, page: Page, scale: float) -> None:
        """Show a page, or the same one changed."""
        self.page, self._scale = page, scale
        wanted = {widget.id: widget for widget in page.widgets}
        for gone in [key for key, view in self.views.items() if not self._fits(wanted.get(key), view)]:
            self._drop(self.views.pop(gone))
        for widget in page.widgets:
            view = self.views.get(widget.id)
            if view is None:
                view = VIEWS[widget.kind](self._context, widget, self)
                self.views[widget.id] = view
                view.set_active(self._is_active)
                view.show()
            elif view.widget != widget:
                view.set_widget(widget)
            view.set_scale(scale)
            if self._moment is not None and self._is_active:
                view.show_moment(self._moment)
        self.arrange()

    def show_moment(self, moment: Moment) -> None:
        """Show a board at a moment."""
        self._moment = moment
        for view in self.views.values():
            view.show_moment(moment)
        self._level_tiles()

    def set_active(self, is_active: bool) -> None:
        """Be the page on screen, or rest."""
        self._is_active = is_active
        for view in self.views.values():
            view.set_active(is_active)

    def dispose(self) -> None:
        """Let go of all widgets."""
        for view in self.views.values():
            self._drop(view)
        self.views.clear()

    def gap(self) -> float:
        """The distance between two widgets."""
        return max(4.0, 12 * min(self.width() / 1920, self.height() / 1080))

    def cell(self) -> tuple[float, float]:
        """Width and height of a cell of the grid, its share of the gaps included."""
        gap = self.gap()
        return (self.width() - gap) / GRID_COLUMNS, (self.height() - gap) / GRID_ROWS

    def rect_of(self, place: Place) -> QRect:
        """Where some cells are."""
        gap, (width, height) = self.gap(), self.cell()
        left, top = round(gap + place.x * width), round(gap + place.y * height)
        right, bottom = round((place.x + place.w) * width), round((place.y + place.h) * height)
        return QRect(left, top, right - left, bottom - top)

    def arrange(self) -> None:
        """Give every widget its place."""
        for widget in self.page.widgets:
            self.views[widget.id].setGeometry(self.rect_of(widget.place))
        self._level_tiles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The grid fills the page."""
        super().resizeEvent(event)
        self.arrange()

    def _level_tiles(self) -> None:
        """Tiles of one size write their values in one size, unless one is so long that the others would suffer."""
        groups: dict[tuple[int, int], list[TileView]] = {}
        for view in self.views.values():
            if isinstance(view, TileView):
                groups.setdefault((view.widget.place.w, view.widget.place.h), []).append(view)
        for tiles in groups.values():
            sizes = [tile.value_size() for tile in tiles]
            common = max(min(sizes), int(0.6 * max(sizes)))
            for tile in tiles:
                tile.set_common(common)

    def _fits(self, widget: Widget | None, view: WallWidget) -> bool:
        return widget is not None and widget.kind is view.widget.kind

    def _drop(self, view: WallWidget) -> None:
        view.dispose()
        view.hide()
        view.deleteLater()
