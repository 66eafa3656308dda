"""The row of tiles and the menu that chooses them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.domain.text import safe_text
from console.ui.text import tr
from console.ui.theme import Space, Theme
from console.ui.tiles.figures import FIRST_TILES, Figure, chosen, figures, grouped
from console.ui.tiles.tile import Tile, TileValue
from console.ui.trends.spark import Sparks, has_shape
from console.ui.widgets import IconButton, add_action

MOST_VALUES = 16


class TileStrip(QWidget):
    """Shows the chosen key figures of a board; takes no room while there are none. Call `tick` once a second.

    Signals:
        choice_changed: the user chose other figures; carries the list of keys, or None for the first few.
    """

    choice_changed = Signal(object)

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tiles")
        self.setAccessibleName(tr("Key figures"))
        self._theme = theme
        self._clock = clock
        self._keys: list[str] | None = None
        self._available: tuple[Figure, ...] = ()
        self._figures: tuple[Figure, ...] = ()
        self._groups: tuple[tuple[Figure, ...], ...] = ()
        self._is_compact = False
        self._has_many_sources = False
        self._tiles: list[Tile] = []
        self._sparks = Sparks()
        self._button = IconButton(theme, "sliders-horizontal", tr("Choose key figures"))
        self._button.clicked.connect(self._open_menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.INSIDE)
        self._row.setSpacing(Space.INSIDE)
        self._row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def tiles(self) -> Sequence[Tile]:
        """The tiles on screen."""
        return self._tiles

    def choose(self, keys: Sequence[str] | None) -> None:
        """Show these figures; None: the first few."""
        self._keys = None if keys is None else list(keys)
        self._arrange()

    def set_compact(self, is_compact: bool) -> None:
        """Take less height, for a low window."""
        if is_compact is not self._is_compact:
            self._is_compact = is_compact
            self._arrange()

    def show_board(self, board: Board) -> None:
        """Show a board's figures."""
        self._available = figures(board)
        self._has_many_sources = len(board.sources) > 1
        self._arrange()

    def tick(self) -> None:
        """Show running figures and ages as they are now."""
        now_ms, mono = self._clock.now_ms(), self._clock.monotonic()
        for tile, group in zip(self._tiles, self._groups, strict=True):
            tile.show_values(group[0].title, [self._value(figure, now_ms, mono) for figure in group])

    def _value(self, figure: Figure, now_ms: float, mono: float) -> TileValue:
        health = figure.source.health
        self._sparks.add(figure.key, now_ms, figure.number(now_ms, mono))
        trend = self._sparks.trend(figure.key)
        return TileValue(
            figure.profile if self._has_many_sources else "",
            figure.shown(now_ms, mono),
            figure.level(now_ms, mono),
            health.age_s(mono) if health.is_stale_at(mono) else None,
            trend if has_shape(trend) else (),
        )

    def toggle(self, key: str) -> None:
        """Show a figure, or leave it out."""
        keys = list(self._keys) if self._keys is not None else [figure.key for figure in self._figures]
        if key in keys:
            keys.remove(key)
        elif len(self._figures) < MOST_VALUES:
            keys.append(key)
        self._choose_and_tell(keys)

    def menu(self) -> QMenu:
        """The menu of all figures, those shown ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = {figure.key for figure in self._figures}
        for figure in self._available:
            where = f"  ·  {safe_text(figure.profile, 40)}" if self._has_many_sources else ""
            action = add_action(menu, f"{safe_text(figure.title)}{where}")
            action.setCheckable(True)
            action.setChecked(figure.key in shown)
            action.setEnabled(figure.key in shown or len(shown) < MOST_VALUES)
            action.setData(figure.key)
        menu.addSeparator()
        first = add_action(menu, tr("The first {n} of all systems", n=FIRST_TILES))
        first.setData("")
        menu.triggered.connect(self._on_triggered)
        return menu

    def _arrange(self) -> None:
        self._figures = chosen(self._available, self._keys)
        self._groups = grouped(self._figures)
        self._sparks.keep(figure.key for figure in self._figures)
        while len(self._tiles) > len(self._groups):
            gone = self._tiles.pop()
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._tiles) < len(self._groups):
            tile = Tile(self._theme, self)
            self._tiles.append(tile)
            self._row.insertWidget(self._row.count() - 1, tile, 1)
        self.setVisible(bool(self._available))
        is_shared = self._has_many_sources
        for place, (tile, group) in enumerate(zip(self._tiles, self._groups, strict=True)):
            tile.set_form(is_compact=self._is_compact, is_shared=is_shared)
            self._row.setStretch(place, len(group))
        self.tick()

    def _choose_and_tell(self, keys: list[str] | None) -> None:
        self._keys = keys
        self._arrange()
        self.choice_changed.emit(keys)

    def _open_menu(self) -> None:
        self.menu().popup(self._button.mapToGlobal(QPoint(0, self._button.height() + 2)))

    def _on_triggered(self, action: QAction) -> None:
        key = str(action.data())
        if key:
            self.toggle(key)
        else:
            self._choose_and_tell(None)
