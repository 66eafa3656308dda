"""The alert centre: what needs an act, what somebody has seen, what is over, what was put away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert, AlertNews, AlertState
from console.domain.clock import Clock
from console.domain.text import Shown
from console.ui.alerts.act_row import ActRow
from console.ui.alerts.alert_list import AlertCells, AlertList, AlertModel
from console.ui.alerts.details import AlertDetails
from console.ui.alerts.figures import FiguresNow
from console.ui.alerts.mute import MuteBadge
from console.ui.alerts.service import AlertService
from console.ui.alerts.words import (
    column_title,
    ended_first,
    place,
    state_words,
    worst_first,
)
from console.ui.models.rows import Words
from console.ui.models.ticker import Ticker
from console.ui.text import level_word, plural, tr
from console.ui.theme import Shape, Space, Theme, Type
from console.ui.widgets import (
    EmptyState,
    FilterChip,
    IconButton,
    Label,
    SearchField,
    add_action,
    flow_row,
    line,
)
from console.ui.windows.frame import scrolled

REFRESH_MS: Final = 60  # news of one frame are shown together
BESIDE: Final = 700  # px of width from which the details stand beside the list
LEAST: Final = QSize(300, 150)
BELOW: Final = 400  # px of height from which they stand below it
SNOOZES: Final = (5, 15, 60)  # minutes offered
_SHAPES: Final = {
    AlertState.ACTIVE: Shape.HEXAGON,
    AlertState.ACKNOWLEDGED: Shape.DIAMOND,
    AlertState.CLEARED: Shape.DISC,
    AlertState.ARCHIVED: Shape.RING,
}


class AlertCentre(QWidget):
    """Lists alerts and says what can be done about them; whoever owns it does it.

    Signals:
        acted: carries a command and the alerts it is about, as a tuple. Commands: ``acknowledge``,
            ``snooze:<minutes>``, ``snooze:until``, ``snooze:end``, ``note``, ``archive``, ``go``, ``moment``,
            ``trend``, ``rule``.
        command: something about no alert: ``rules``, ``settings``, ``mute``, ``unmute``.
    """

    acted = Signal(str, object)
    command = Signal(str)

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alerts.centre")
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Alert centre"))
        self._theme = theme
        self._service: AlertService | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._words = Words("")
        self._goes_on = False
        self.shown = AlertState.ACTIVE
        self._figures = FiguresNow(None, clock)
        self.cells = AlertCells(clock.now_ms, self._figure)
        self.model = AlertModel(self.cells, self)
        self.list = AlertList(theme, self.model, self.cells)
        self.details = AlertDetails(theme, self.cells)
        self.details_area = scrolled(self.details)  # a low dock must not push the other panes apart
        self.details_area.hide()
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        self._ticker = Ticker(clock, self)
        self._ticker.ticked.connect(self._on_ticked)
        theme.changed.connect(self._show_counts)

    # what its owner calls

    def attach(self, service: AlertService, figures: FiguresNow) -> None:
        """Follow these alerts."""
        self._service, self._figures = service, figures
        self._unsubscribe = service.subscribe(self._on_news)
        self.refresh()

    def detach(self) -> None:
        """Stop following."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._ticker.stop()
        self._soon.stop()

    def set_private(self, is_private: bool) -> None:
        """Leave people unnamed, or name them."""
        if is_private is not self.cells.is_private:
            self.cells.is_private = is_private
            self.model.refresh()
            self.refresh()

    def show_state(self, state: AlertState) -> None:
        """Go to one of the four lists."""
        self.chips[state].setChecked(True)

    def choose(self, ids: Sequence[str]) -> None:
        """Show and select these alerts."""
        service = self._service
        found = [alert for alert in service.alerts if alert.id in ids] if service is not None else []
        if found:
            self.show_state(found[0].state)
            self.search.clear()
            self.refresh()
            self.list.choose(ids)

    def refresh(self) -> None:
        """Show how all stands now."""
        if self._service is None:
            return
        everything = self._service.alerts
        mine = [alert for alert in everything if alert.state is self.shown]
        found = [alert for alert in mine if self._words.match(self._haystack(alert))] if self._words else mine
        is_open = self.shown in (AlertState.ACTIVE, AlertState.ACKNOWLEDGED)
        self.model.apply(worst_first(found) if is_open else ended_first(found))
        if self._goes_on:  # only after an act of the user: what cleared by itself must hand its keys to no other
            self._goes_on = False
            self.list.select_current()
        self._show_counts()
        self._show_emptiness(bool(mine))
        self._on_chosen()
        self.badge.show_mute(self._service.muted_until, self.cells.now_ms())

    # building

    def _build(self) -> None:
        theme = self._theme
        self.title = Label(theme, tr("Alerts"), Type.SECTION, bold=True)
        self.badge = MuteBadge(theme)
        self.badge.clicked.connect(self._on_badge)
        self.search = SearchField(theme, tr("Find alerts"))
        self.search.setMinimumWidth(110)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(self._on_typed)
        self.search.left.connect(self.list.setFocus)
        self.menu_button = IconButton(theme, "ellipsis-vertical", tr("More about alerts"))
        self.menu_button.clicked.connect(self._on_menu)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(Space.BETWEEN, 2, Space.INSIDE, Space.TIGHT)
        self.head.setSpacing(Space.INSIDE)
        self.head.addWidget(self.title)
        self.head.addWidget(self.badge)
        self.head.addStretch(1)
        self.head.addWidget(self.search, 3)
        self.head.addWidget(self.menu_button)
        chips, flow = flow_row(self)
        flow.setContentsMargins(Space.BETWEEN, 0, Space.INSIDE, Space.TIGHT)
        self.chips: dict[AlertState, FilterChip] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for state in AlertState:
            chip = self.chips[state] = FilterChip(theme, _SHAPES[state], state_words(state), chips)
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.chips[self.shown].setChecked(True)
        self._group.buttonToggled.connect(self._on_tab)
        self.empty = EmptyState(theme)
        self.empty.action_triggered.connect(self._on_empty_action)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.details_area)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.head)
        layout.addWidget(chips)
        row = ActRow(theme)
        row.pressed.connect(self._act)
        self.buttons = row.buttons
        layout.addWidget(row)
        layout.addWidget(line())
        layout.addWidget(self.splitter, 1)
        self.list.acted.connect(self._on_key)
        self.list.chosen.connect(self._on_chosen)
        self.setFocusProxy(self.list)

    # what it shows

    def _figure(self, alert: Alert) -> Shown | None:
        return self._figures.shown(alert)

    def _haystack(self, alert: Alert) -> str:
        named = place(alert, is_private=self.cells.is_private)
        title = column_title(alert.scope, alert.column)
        parts = (named, alert.rule_name, alert.profile_name, title, level_word(alert.level), alert.note)
        return " ".join(parts).casefold()

    def _show_counts(self) -> None:
        counts = dict.fromkeys(AlertState, 0)
        for alert in self._service.alerts if self._service is not None else ():
            counts[alert.state] += 1
        palette = self._theme.palette
        marks = {AlertState.ACTIVE: palette.critical if counts[AlertState.ACTIVE] else palette.off}
        for state, chip in self.chips.items():
            chip.show_count(counts[state], marks.get(state, palette.off))
            is_usual = state in (AlertState.ACTIVE, AlertState.ACKNOWLEDGED)
            chip.setVisible(is_usual or bool(counts[state]) or chip.isChecked())

    def _show_emptiness(self, has_any: bool) -> None:
        if self.model.rowCount():
            self.stack.setCurrentWidget(self.list)
            return
        if has_any:
            what = ("search", tr("No alert matches"), tr("Other words may find it."), "clear", tr("Clear the filter"))
        else:
            what = self._nothing()
        self.empty.show_state(*what)
        self.stack.setCurrentWidget(self.empty)

    def _nothing(self) -> tuple[str, str, str, str, str]:
        has_rules = self._service is not None and any(rule.is_enabled for rule in self._service.rules)
        if self.shown is AlertState.ACTIVE and not has_rules:
            line_ = tr("No alert rule is switched on, so nothing can call.")
            return "bell-off", tr("Nothing is watched"), line_, "rules", tr("Alert rules…")
        titles = {
            AlertState.ACTIVE: (tr("Nothing needs you now"), tr("An alert appears here as soon as a rule fires.")),
            AlertState.ACKNOWLEDGED: (
                tr("Nothing is acknowledged"),
                tr("Alerts somebody has seen stand here while they hold."),
            ),
            AlertState.CLEARED: (tr("Nothing has cleared"), tr("Alerts that are over stand here until archived.")),
            AlertState.ARCHIVED: (tr("The archive is empty"), tr("What you archive is kept here.")),
        }
        return "circle-check", *titles[self.shown], "", ""

    def minimumSizeHint(self) -> QSize:
        """Little, so that showing more never pushes the other panes apart."""
        return LEAST

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up, and tick."""
        super().showEvent(event)
        self.refresh()
        self._ticker.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the details beside the list where there is the width, else below it."""
        super().resizeEvent(event)
        is_wide = self.width() >= BESIDE
        across = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if across is not self.splitter.orientation():
            self.splitter.setOrientation(across)
            self.splitter.setSizes([3 * self.width(), 2 * self.width()] if is_wide else [self.height(), 1])
        self._place_details()

    def _place_details(self) -> None:
        """Where there is no room for list and details the list has it; its tooltips tell the rest."""
        has_room = self.width() >= BESIDE or self.height() >= BELOW
        was_shown = not self.details_area.isHidden()
        self.details_area.setVisible(has_room and self.details.alert is not None)
        if not was_shown and not self.details_area.isHidden():
            QTimer.singleShot(0, self, self._keep_in_sight)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._ticker.stop()

    # slots

    def _on_news(self, _news: tuple[AlertNews, ...]) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _on_ticked(self) -> None:
        self.model.tick(*self.list.visible_rows(), (0,))
        self.details.refresh()
        if self._service is not None:
            self.badge.show_mute(self._service.muted_until, self.cells.now_ms())

    def _on_typed(self, typed: str) -> None:
        self._words = Words(typed)
        self.refresh()

    def _on_tab(self, _button: object, is_on: bool) -> None:
        if is_on:
            self.shown = next(state for state, chip in self.chips.items() if chip.isChecked())
            self.list.clearSelection()
            self.refresh()

    def _on_chosen(self) -> None:
        chosen = self.list.selected()
        self.details.show_alert(chosen[0] if len(chosen) == 1 else None)
        self._place_details()
        states = {alert.state for alert in chosen}
        is_open = any(alert.is_open for alert in chosen)
        can = {
            "acknowledge": AlertState.ACTIVE in states,
            "snooze": is_open,
            "note": len(chosen) == 1,
            "archive": bool(states - {AlertState.ARCHIVED}),
            "go": len(chosen) == 1 and chosen[0].scope not in (Scope.FIGURE, Scope.CONNECTION),
        }
        for name, button in self.buttons.items():
            button.setEnabled(can[name])

    def _keep_in_sight(self) -> None:
        """The details took their height from the list."""
        index = self.list.currentIndex()
        if index.isValid():
            self.list.scrollTo(index)

    def _on_key(self, command: str) -> None:
        if self.buttons[command].isEnabled():
            self._act(command)

    def _act(self, command: str) -> None:
        if command == "snooze":
            button = self.buttons["snooze"]
            self.snooze_menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
        else:
            self._tell(command)

    def snooze_menu(self) -> QMenu:
        """For how long."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries = [(f"snooze:{n}", plural("For {n} minute", "For {n} minutes", n)) for n in SNOOZES]
        entries.append(("snooze:until", tr("Until a time…")))
        if any(alert.snoozed_until_ms is not None for alert in self.list.selected()):
            entries.append(("snooze:end", tr("Wake it now")))
        return self._filled(menu, entries)

    def more_menu(self) -> QMenu:
        """What is wanted less often."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(self.list.selected()) == 1:
            self._filled(
                menu,
                [("moment", tr("Show at this moment")), ("trend", tr("Trend")), ("rule", tr("Edit the rule…"))],
            )
            menu.addSeparator()
        if self.shown is AlertState.CLEARED and self.model.rowCount():
            self._filled(menu, [("archive_all", tr("Archive all that are cleared"))])
            menu.addSeparator()
        return self._filled(
            menu,
            [("=rules", tr("Alert rules…")), ("=settings", tr("Sounds and notifications…")), ("=mute", tr("Mute…"))],
        )

    def _filled(self, menu: QMenu, entries: Sequence[tuple[str, str]]) -> QMenu:
        for name, caption in entries:
            action = add_action(menu, caption)
            action.setData(name)
            action.triggered.connect(self._on_action)
        return menu

    def _on_menu(self) -> None:
        self.more_menu().popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    def _on_action(self) -> None:
        name = str(self.sender().data())  # type: ignore[attr-defined]
        if name.startswith("="):
            self.command.emit(name[1:])
        elif name == "archive_all":
            self.acted.emit("archive", tuple(self.model.rows))
        else:
            self._tell(name)

    def _tell(self, command: str) -> None:
        chosen = self.list.selected()
        if chosen:
            self._goes_on = command in ("acknowledge", "archive")
            self.acted.emit(command, chosen)

    def _on_badge(self) -> None:
        self.command.emit("unmute")

    def _on_empty_action(self, action: str) -> None:
        if action == "clear":
            self.search.clear()
        else:
            self.command.emit(action)
