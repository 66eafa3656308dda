"""The trends window: chosen figures over time, from the recording and as they come."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QSplitter, QVBoxLayout, QWidget

from console.domain.alerts import Alert
from console.domain.errors import ConsoleError
from console.ui.forms.timeframe_calendar import DayLine
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.text import tr, translate
from console.ui.theme import Space, Type
from console.ui.trends.choice import (
    HOUR,
    TODAY,
    YESTERDAY,
    Choice,
    bounds,
    day_name,
    from_command,
    from_json,
    week_before,
)
from console.ui.trends.drawings import Scene
from console.ui.trends.names import Floor, site_zone
from console.ui.trends.panels import Panels
from console.ui.trends.past_window import PastWindow, bar_row
from console.ui.trends.picker import Picker
from console.ui.widgets import DemoMark, ElidedLabel, line, push_button

if TYPE_CHECKING:
    from console.engine.history.base import RowName
    from console.ui.charts.feed import TrendFeed

SIDES_KEY: Final = "trends.sides"
CHOICE_KEY: Final = "trends.choice"
_FLOOR_TICKS: Final = 10  # after so many the list of rows is compared with the floor
_DATE: Final = "date"
_FIRST: Final = 3  # queues chosen for somebody who never chose any


class TrendWindow(PastWindow):
    """Draws what was chosen, once a second at most while it is seen."""

    NAME = "trends"
    LEAST = QSize(900, 520)

    def _set_up(self) -> None:
        self._feed: TrendFeed | None = None
        self._scene: Scene | None = None
        self._ticks = 0
        self._floor = Floor(self._services.store.board, is_private=self._is_private())
        self.choice = from_json(self._state.get(CHOICE_KEY))
        self.picker = Picker(self._theme)
        self.panels = Panels(self._theme)
        self._build()
        self._connect()
        self._restore()

    def title(self) -> str:
        """See `PastWindow`."""
        return tr("Trends")

    # -- what the owner calls

    def open(self, which: str = "") -> None:
        """Show it, in front; at one curve where it is named: ``<profile_id>/<section>/<row_id>/<column>``."""
        named = from_command(which, self.choice) if which else None
        if named is not None:
            self.choice = named
        elif not self.choice.picked:
            owner = self.choice.profile_id or next(iter(self._floor.sources), "")
            first = self._floor.offers(self.choice.kind, owner)[:_FIRST]
            self.choice = replace(self.choice, picked=tuple(offer.picked for offer in first))
        self.bring()

    @property
    def is_loading(self) -> bool:
        """Whether the recording is being read."""
        return "load" in self._scope.running

    def save_state(self) -> None:
        """Remember place, sizes and choice."""
        super().save_state()
        self._state.put(SIDES_KEY, self.sides.sizes())
        self._state.put(CHOICE_KEY, self.choice.as_json())

    async def aclose(self) -> None:
        """See `PastWindow`."""
        await super().aclose()
        self._rest()
        self.panels.dispose()

    def reload(self) -> None:
        """Read again what was chosen."""
        self._floor = Floor(self._services.store.board, is_private=self._is_private())
        self.picker.show_floor(self._floor, self.choice)
        column = self.picker.offered_column()
        if column != self.choice.column:
            self.choice = replace(self.choice, column=column)
            self.picker.show_floor(self._floor, self.choice)
        self._show_span()
        self._scope.restart("load", self._load)

    def forget(self) -> None:
        """See `PastWindow`."""
        self._say_reading()

    # -- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """Follow nothing while nobody looks: curves would grow all day."""
        super().closeEvent(event)
        self._rest()

    def _rest(self) -> None:
        self._scope.cancel("load")
        feed, self._feed, self._scene = self._feed, None, None
        if feed is not None:
            feed.close()

    # -- building

    def _build(self) -> None:
        theme = self._theme
        self.span = ChipRow(
            theme,
            (
                (HOUR, tr("Last hour"), tr("The last sixty minutes; it moves on.")),
                (TODAY, tr("Today so far"), ""),
                (YESTERDAY, tr("Yesterday"), ""),
                (_DATE, tr("A date"), ""),
            ),
        )
        self.day = DayLine(theme, tr("2026-12-31"))
        self.day.setAccessibleName(tr("Date"))
        self.day.name_button(tr("Date"))
        self.week = QCheckBox(tr("Last week behind"))
        self.readout = ElidedLabel(theme, size=Type.SMALL)
        self.table_button = push_button(theme, tr("Table"))
        self.table_button.setCheckable(True)
        self.png_button = push_button(theme, tr("Save PNG…"), "quiet")
        self.svg_button = push_button(theme, tr("Save SVG…"), "quiet")
        self.reset_button = push_button(theme, tr("Reset view"), "quiet")
        head = bar_row()
        head.addWidget(self.span, 1)
        head.addWidget(self.day)
        head.addWidget(self.week)
        if self._is_demo:
            head.addWidget(DemoMark(theme))
        foot = bar_row(Space.INSIDE)
        foot.addWidget(self.readout, 1)
        for button in (self.reset_button, self.png_button, self.svg_button, self.table_button):
            foot.addWidget(button)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.panels, 1)
        column.addWidget(line())
        column.addLayout(foot)
        for pane in (self.picker, right):
            pane.setProperty("surface", "pane")
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.addWidget(self.picker)
        self.sides.addWidget(right)
        self.sides.setStretchFactor(1, 1)
        self.sides.setChildrenCollapsible(False)
        self.setCentralWidget(self.sides)

    def _connect(self) -> None:
        self.picker.chosen.connect(self._on_chosen)
        self.span.chosen.connect(self._on_span)
        self.day.editingFinished.connect(self._on_day)
        self.week.toggled.connect(self._on_week)
        self.panels.pointed.connect(self.readout.setText)
        self.panels.acted.connect(self._perform)
        self.table_button.toggled.connect(self.panels.show_table)
        self.reset_button.clicked.connect(self.panels.reset)
        self.png_button.clicked.connect(self._on_png)
        self.svg_button.clicked.connect(self._on_svg)
        self._add_keys(self.picker.search)

    def _restore(self) -> None:
        self._restore_place()
        sizes = self._state.get(SIDES_KEY)
        is_sound = isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) for size in sizes)
        self.sides.setSizes(sizes if is_sound and isinstance(sizes, list) else [290, 890])
        self.week.setChecked(self.choice.is_week_behind)

    # -- reading and drawing

    async def _load(self) -> None:
        choice, services = self.choice, self._services
        if not choice.picked:
            self._scene = None
            self.panels.say("chart-line", tr("Choose what to draw"), tr("Up to twenty rows, in the list on the left."))
            self._set_buttons()
            return
        if not self.panels.is_drawn:
            self._say_reading()
        try:
            await asyncio.to_thread(import_module, "pyqtgraph")  # takes a third of a second the first time
            zone, zone_name = site_zone(services, choice)
            now = self._clock.now_ms()
            start, end = bounds(choice.span, now, zone)
            week_ms = week_before(start, zone) if choice.is_week_behind else 0.0
            feed = self._the_feed()
            await feed.load(choice.keys(), start, end, now, week_ms)
            usage = await services.history.usage() if services.history is not None else None
            self._scene = Scene(choice, self._floor, feed, zone, zone_name, week_ms, usage)
            self._draw()
            await self._load_rows(choice, start, end)
        except ConsoleError as error:
            self.panels.say("circle-alert", tr("The recording cannot be read"), translate(error.message))
        self._set_buttons()

    def _say_reading(self) -> None:
        self.panels.say("hourglass", tr("Reading the recording"), tr("The chart appears in a moment."))

    async def _load_rows(self, choice: Choice, start: float, end: float) -> None:
        """Rows that were there and are no longer."""
        history = self._services.history
        if history is None:
            return
        owners = [choice.profile_id] if choice.profile_id else list(self._floor.sources)
        found: list[RowName] = []
        for owner in owners:
            found += await history.rows(owner, choice.section, start, end)
        self.picker.show_floor(self._floor, self.choice, found)

    def _the_feed(self) -> TrendFeed:
        if self._feed is None:
            from console.ui.charts.feed import TrendFeed

            self._feed = TrendFeed(self._services.history, self._services.frames)
        return self._feed

    def _draw(self) -> None:
        scene = self._scene
        if scene is None:
            return
        now = self._clock.now_ms()
        start, end = scene.bounds(now)
        drawings = scene.drawings(start, end, now, self._alerts())
        if scene.is_empty(drawings, start, end):
            self.panels.say(*scene.why_empty(start, end))
        else:
            self.panels.draw(drawings, start, end, scene.zone, scene.zone_name)
        self._set_buttons()

    def _alerts(self) -> tuple[Alert, ...]:
        return self._services.alerts.alerts if self._services.alerts is not None else ()

    def tick(self) -> None:
        """Once a second while it is seen: the newest figures, the end of the range, rarely the list."""
        if self.is_loading:
            return
        self._ticks += 1
        if self._ticks % _FLOOR_TICKS == 0:
            self._floor = Floor(self._services.store.board, is_private=self._is_private())
            self.picker.show_floor(self._floor, self.choice)
        if self.choice.is_live():
            self._draw()

    def _set_buttons(self) -> None:
        is_drawn = self.panels.is_drawn
        for button in (self.reset_button, self.png_button, self.svg_button, self.table_button):
            button.setEnabled(is_drawn)
        if not is_drawn:
            self.readout.setText("")

    # -- what the user does

    def _on_chosen(self, choice: Choice) -> None:
        self.choice = choice
        self.reload()

    @Slot(str)
    def _on_span(self, key: str) -> None:
        if key == _DATE:
            zone, _ = site_zone(self._services, self.choice)
            start, _end = bounds(YESTERDAY, self._clock.now_ms(), zone)
            self.day.setText(self.day.text() or day_name(start, zone))
            self.choice = replace(self.choice, span=self.day.text())
            self.day.setFocus()
        else:
            self.choice = replace(self.choice, span=key)
        self.panels.reset()
        self.reload()

    @Slot()
    def _on_day(self) -> None:
        text = self.day.text().strip()
        if self.choice.span not in (HOUR, TODAY, YESTERDAY) and text and text != self.choice.span:
            self.choice = replace(self.choice, span=text)
            self.reload()

    @Slot(bool)
    def _on_week(self, is_on: bool) -> None:
        self.choice = replace(self.choice, is_week_behind=is_on)
        if self.isVisible():
            self.reload()

    def _show_span(self) -> None:
        is_date = self.choice.span not in (HOUR, TODAY, YESTERDAY)
        self.span.show_key(_DATE if is_date else self.choice.span)
        self.day.setVisible(is_date)

    @Slot()
    def _on_png(self) -> None:
        self._scope.single_flight("picture", lambda: self._save(".png"))

    @Slot()
    def _on_svg(self) -> None:
        self._scope.single_flight("picture", lambda: self._save(".svg"))

    async def _save(self, ending: str) -> None:
        scene = self._scene
        if scene is None or not self.panels.is_drawn:
            return
        from console.ui.charts.picture import write_timelines
        from console.ui.runtime.dialogs import save_file

        charts = [panel.chart for panel in self.panels.panels]
        title = scene.heading([panel.title.full_text() for panel in self.panels.panels], charts[0].in_sight)
        title = f"{tr('DEMO')} - {title}" if self._is_demo else title
        name = scene.file_name(charts[0].in_sight) + ending
        path = await save_file(self, self._theme, tr("Save picture"), name, (f"{ending[1:].upper()} (*{ending})",))
        if path is None:
            return
        try:
            write_timelines(charts, path, title, self._theme)
        except ConsoleError as error:
            self.readout.setText(translate(error.message))
        else:
            self.readout.setText(tr("Saved {file}.", file=path.name))
