"""The agents' day: what each agent of a connection did when, today or on another day."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout, QWidget

from console.domain.enums import Section
from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.ui.charts.day_bars import DayBars
from console.ui.charts.day_rows import DayRow, day_row, day_summary
from console.ui.forms.timeframe_calendar import DayLine
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.models.rows import Words
from console.ui.text import tr, translate
from console.ui.theme import Space, Type
from console.ui.trends.choice import TODAY, YESTERDAY, Choice, bounds, day_name
from console.ui.trends.day_table import DayTable
from console.ui.trends.names import Floor, site_zone
from console.ui.trends.past_window import PastWindow, bar_row
from console.ui.widgets import DemoMark, ElidedLabel, EmptyState, Label, SearchField, line, push_button

PROFILE_KEY: Final = "agent_day.profile"
ORDER_KEY: Final = "agent_day.order"
_DATE: Final = "date"
_SLACK_MS: Final = 60_000.0
BARS, TABLE, EMPTY = range(3)


class AgentDayWindow(PastWindow):
    """Shows who was in which state."""

    NAME = "agent_day"
    EVERY_MS = 10_000  # between two readings of today

    def _set_up(self) -> None:
        self._all: list[DayRow] = []
        self._range = (0.0, _SLACK_MS)
        self._zone_name = ""
        self.day_span = TODAY
        zone, _name = self._zone()
        self.bars = DayBars(self._theme, zone)
        self._build()
        self._connect()
        self._restore()

    def title(self) -> str:
        """See `PastWindow`."""
        return tr("Agents' day")

    # -- what the owner calls

    def open(self, profile_id: str = "") -> None:
        """Show it, in front, at a connection where it is named."""
        self._fill_profiles(profile_id)
        self.bring()

    def forget(self) -> None:
        """See `PastWindow`."""
        self._all = []
        self._say_reading()

    def save_state(self) -> None:
        """Remember place, connection and order."""
        super().save_state()
        self._state.put(PROFILE_KEY, self.profile.currentData() or "")
        self._state.put(ORDER_KEY, list(self.bars.sorted_by))

    @Slot()
    def reload(self) -> None:
        """Read again."""
        self._scope.restart("load", self._load)

    # -- building

    def _build(self) -> None:
        theme = self._theme
        self.profile = QComboBox()
        self.profile.setAccessibleName(tr("Connection"))
        self.profile.setMinimumContentsLength(14)
        self.chips = ChipRow(
            theme, ((TODAY, tr("Today so far"), ""), (YESTERDAY, tr("Yesterday"), ""), (_DATE, tr("A date"), ""))
        )
        self.day = DayLine(theme, tr("2026-12-31"))
        self.day.setAccessibleName(tr("Date"))
        self.day.name_button(tr("Date"))
        self.search = SearchField(theme, tr("Find an agent"))
        self.search.setMaximumWidth(220)
        self.table = DayTable(theme)
        self.empty = EmptyState(theme)
        self.stack = QStackedWidget()
        for each in (self.bars, self.table, self.empty):
            self.stack.addWidget(each)
        self.sentence = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.sentence.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.TIGHT)
        self.readout = ElidedLabel(theme, size=Type.SMALL)
        self.table_button = push_button(theme, tr("Table"))
        self.table_button.setCheckable(True)
        self.png_button = push_button(theme, tr("Save PNG…"), "quiet")
        self.reset_button = push_button(theme, tr("Reset view"), "quiet")
        head, foot = bar_row(), bar_row()
        for widget in (self.profile, self.chips, self.day, self.search):
            head.addWidget(widget, 1 if widget is self.chips else 0)
        if self._is_demo:
            head.addWidget(DemoMark(theme))
        foot.addWidget(self.readout, 1)
        for button in (self.reset_button, self.png_button, self.table_button):
            foot.addWidget(button)
        page = QWidget()
        page.setProperty("surface", "pane")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.stack, 1)
        column.addWidget(self.sentence)
        column.addWidget(line())
        column.addLayout(foot)
        self.setCentralWidget(page)

    def _connect(self) -> None:
        self.profile.activated.connect(self.reload)
        self.chips.chosen.connect(self._on_span)
        self.day.editingFinished.connect(self._on_day)
        self.search.textChanged.connect(self._show_rows)
        self.search.left.connect(self.bars.setFocus)
        self.bars.pointed.connect(self.readout.setText)
        self.table_button.toggled.connect(self._show_rows)
        self.reset_button.clicked.connect(self.bars.reset)
        self.png_button.clicked.connect(self._on_png)
        self.empty.action_triggered.connect(self._perform)
        self._add_keys(self.search)

    def _restore(self) -> None:
        self._restore_place()
        order = self._state.get(ORDER_KEY)
        if isinstance(order, list) and len(order) == 2 and isinstance(order[0], str):
            self.bars.sorted_by = (order[0], order[1] is True)
        self.chips.show_key(TODAY)
        self.day.hide()
        wanted = self._state.get(PROFILE_KEY)
        self._fill_profiles(wanted if isinstance(wanted, str) else "")

    def _fill_profiles(self, wanted: str = "") -> None:
        """The connections that have agents; the others when there is none."""
        kept = wanted or self.profile.currentData() or ""
        sources = self._services.store.board.sources
        having = [s for s in sources if s.snapshot is not None and Section.AGENTS in s.snapshot.columns] or list(
            sources
        )
        self.profile.clear()
        for source in having:
            self.profile.addItem(safe_text(source.profile.name, 60), str(source.profile.id))
        self.profile.setCurrentIndex(max(0, self.profile.findData(kept)))

    # -- reading and showing

    def _zone(self) -> tuple[tzinfo, str]:
        owner = self.profile.currentData() if hasattr(self, "profile") else ""
        return site_zone(self._services, Choice(profile_id=owner or ""))

    async def _load(self) -> None:
        history = self._services.history
        owner = self.profile.currentData() or ""
        if history is None or not owner:
            self._say_none(owner)
            return
        if not self._all:
            self._say_reading()
        zone, self._zone_name = self._zone()
        start, end = bounds(self.day_span, self._clock.now_ms(), zone)
        try:
            found = await history.agent_states(owner, start, end)
            usage = await history.usage()
        except ConsoleError as error:
            self._all = []
            self._say("circle-alert", tr("The recording cannot be read"), translate(error.message))
            return
        floor = Floor(self._services.store.board, is_private=self._is_private())
        names = {offer.picked.row_id: offer.name for offer in floor.offers(Section.AGENTS.value, owner)}
        is_private = self._is_private()
        rows = []
        for number, (row, spans) in enumerate(found):
            gone = tr("Former agent {n}", n=number + 1) if is_private else safe_text(row.name, 60)
            rows.append(day_row(row.row_id, names.get(row.row_id, gone), spans, start, end))
        known = [span for row in rows for span in row.spans if span.state]
        self._all = rows if known else []
        self.bars.zone = zone
        if known:  # begin where something was known: nobody works at midnight
            first = min(span.start_ms for span in known)
            start = max(start, first - _SLACK_MS)
        self._range = (start, end)
        if self._all:
            self._show_rows()
        elif not usage.is_recording:
            self._say_none(owner)
        else:
            self._say("history", tr("Nothing recorded here"), tr("No agent's state is known of this day."))

    def _say_none(self, owner: str) -> None:
        self._all = []
        if not owner:
            self._say("plug", tr("No connections yet"), tr("Add one in the main window to see its agents."))
            return
        text = tr("The agents' day is drawn from the recording.")
        self._say("history", tr("The recording is switched off"), text, "recorder", tr("Recording…"))

    def _say_reading(self) -> None:
        self._say("hourglass", tr("Reading the recording"), tr("The bars appear in a moment."))

    def _say(self, icon: str, title: str, text: str, action: str = "", caption: str = "") -> None:
        self.empty.show_state(icon, title, text, action, caption)
        self.stack.setCurrentWidget(self.empty)
        self.sentence.setText("")
        self.readout.setText("")
        self._set_buttons(False)

    @Slot()
    def _show_rows(self) -> None:
        if not self._all:
            return
        words = Words(self.search.text())
        rows = [row for row in self._all if words.match(row.name.casefold())] if words else self._all
        self.bars.show_rows(rows, *self._range)
        if not rows:
            self._say("search", tr("Nobody of that name"), tr("Other agents are there: clear the search."))
            return
        is_table = self.table_button.isChecked()
        if is_table:
            self.table.totals.show_rows(self.bars.rows)
        self.stack.setCurrentIndex(TABLE if is_table else BARS)
        self.sentence.setText(day_summary(self.bars.rows, *self._range, self.bars.zone))
        self._set_buttons(True)

    def _set_buttons(self, is_on: bool) -> None:
        for button in (self.table_button, self.png_button, self.reset_button):
            button.setEnabled(is_on)

    def tick(self) -> None:
        """See `PastWindow`."""
        if self.day_span == TODAY:
            self._scope.single_flight("load", self._load)

    # -- what the user does

    @Slot(str)
    def _on_span(self, key: str) -> None:
        self.day.setVisible(key == _DATE)
        if key == _DATE:
            start, _end = bounds(YESTERDAY, self._clock.now_ms(), self._zone()[0])
            self.day.setText(self.day.text() or day_name(start, self._zone()[0]))
            self.day.setFocus()
        self.day_span = self.day.text() if key == _DATE else key
        self._all = []
        self.reload()

    @Slot()
    def _on_day(self) -> None:
        text = self.day.text().strip()
        if not self.day.isHidden() and text and text != self.day_span:
            self.day_span = text
            self._all = []
            self.reload()

    @Slot()
    def _on_png(self) -> None:
        self._scope.single_flight("picture", self._save)

    async def _save(self) -> None:
        from console.ui.charts.words import range_text
        from console.ui.runtime.dialogs import save_file

        zone = self.bars.zone
        day = day_name(self.bars.in_sight[0], zone)
        name = tr("Agents' day {day}", day=day).replace("'", "") + ".png"
        path = await save_file(self, self._theme, tr("Save picture"), name, ("PNG (*.png)",))
        if path is None:
            return
        when = f"{day} {range_text(*self.bars.in_sight, zone)} ({self._zone_name})"
        title = ", ".join((tr("Agents' day"), self.profile.currentText(), when))
        try:
            self.bars.write_picture(path, f"{tr('DEMO')} - {title}" if self._is_demo else title)
        except ConsoleError as error:
            self.readout.setText(translate(error.message))
        else:
            self.readout.setText(tr("Saved {file}.", file=path.name))
