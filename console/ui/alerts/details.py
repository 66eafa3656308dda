"""What is known of one alert: its figures, its life, its note."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert
from console.domain.text import Look, safe_text
from console.ui.alerts.alert_list import AlertCells
from console.ui.alerts.words import (
    NAME,
    clock_text,
    column_title,
    exact_time,
    figure_text,
    headline,
    is_snoozed,
    life,
    scope_word,
    state_words,
)
from console.ui.text import level_word, plural, tr
from console.ui.theme import Shape, Space, Theme, Type, level_shape
from console.ui.widgets import Chip, ElidedLabel, Label, line

_EVENTS = 5  # a life has no more stages


class AlertDetails(QWidget):
    """Below the list; empty of words while nothing or several are selected."""

    def __init__(self, theme: Theme, cells: AlertCells, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cells = cells
        self.alert: Alert | None = None
        self.setAccessibleName(tr("Details of the alert"))
        self.title = ElidedLabel(theme, "", bold=True)
        self.chip = Chip(theme)
        self.where = ElidedLabel(theme, "", Type.SMALL, muted=True)
        self.values = {name: Label(theme, bold=True) for name in ("now", "fired", "worst", "limit")}
        captions = {"now": tr("Now"), "fired": tr("When it fired"), "worst": tr("Worst"), "limit": tr("Limit")}
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.GROUPS)
        grid.setVerticalSpacing(0)
        for column, (name, value) in enumerate(self.values.items()):
            grid.addWidget(Label(theme, captions[name], Type.CAPTION, muted=True), 0, column)
            grid.addWidget(value, 1, column)
        grid.setColumnStretch(len(self.values), 1)
        self._times = [Label(theme, size=Type.SMALL, muted=True) for _ in range(_EVENTS)]
        self._events = [ElidedLabel(theme, "", Type.SMALL) for _ in range(_EVENTS)]
        told = QGridLayout()
        told.setHorizontalSpacing(Space.BETWEEN)
        told.setVerticalSpacing(1)
        told.setColumnStretch(1, 1)
        for row, (time, event) in enumerate(zip(self._times, self._events, strict=True)):
            told.addWidget(time, row, 0)
            told.addWidget(event, row, 1)
        self.more = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.note = Label(theme, size=Type.SMALL, wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.setSpacing(Space.INSIDE)
        head.addWidget(self.title, 1)
        head.addWidget(self.chip)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.INSIDE)
        column_.setSpacing(Space.TIGHT)
        column_.addLayout(head)
        column_.addWidget(self.where)
        column_.addLayout(grid)
        column_.addWidget(line())
        column_.addLayout(told)
        column_.addWidget(self.more)
        column_.addWidget(self.note)
        column_.addStretch(1)
        theme.changed.connect(self.refresh)

    def show_alert(self, alert: Alert | None) -> None:
        """Show one alert, or nothing."""
        self.alert = alert
        self.setVisible(alert is not None)
        self.refresh()

    def refresh(self) -> None:
        """Say how it stands now."""
        alert = self.alert
        if alert is None:
            return
        now = self._cells.now_ms()
        palette = self._theme.palette
        self.title.setText(headline(alert, is_private=self._cells.is_private))
        shape = level_shape(alert.level) if alert.is_open else Shape.DISC
        mark = palette.level(alert.level) if alert.is_open else palette.off
        self.chip.show_state(shape, mark, f"{level_word(alert.level)}, {state_words(alert.state).lower()}")
        column = column_title(alert.scope, alert.column)
        connection = safe_text(alert.profile_name, NAME)
        kind = scope_word(alert.scope) if alert.scope is not Scope.CONNECTION else ""
        self.where.setText("  ·  ".join(part for part in (kind, connection, column) if part))
        figure = self._cells.figure(alert)
        is_now = alert.is_open and figure.look is not Look.STALE
        self.values["now"].setText(figure.text if is_now else "–")
        self.values["now"].setAccessibleName(figure.spoken if is_now else tr("not known now"))
        for name, value in (("fired", alert.value), ("worst", alert.worst), ("limit", alert.limit)):
            self.values[name].setText(figure_text(alert, value, is_private=self._cells.is_private))
        self._show_life(alert)
        self._show_more(alert, now)

    def _show_life(self, alert: Alert) -> None:
        told = life(alert, is_private=self._cells.is_private)
        for row, (time, event) in enumerate(zip(self._times, self._events, strict=True)):
            is_used = row < len(told)
            time.setVisible(is_used)
            event.setVisible(is_used)
            if is_used:
                time.setText(exact_time(told[row][0]))
                event.setText(told[row][1])

    def _show_more(self, alert: Alert, now_ms: float) -> None:
        parts = []
        if alert.firings > 1:
            parts.append(plural("It came back {n} time.", "It came back {n} times.", alert.firings - 1))
        if alert.is_open and not alert.has_data:
            parts.append(tr("The system is silent: nobody knows whether it still holds."))
        if is_snoozed(alert, now_ms) and alert.snoozed_until_ms is not None:
            parts.append(tr("Snoozed until {time}.", time=clock_text(alert.snoozed_until_ms, now_ms)))
        if alert.muted:
            parts.append(tr("It came while alerts were muted or in quiet hours, so it said nothing."))
        self.more.setText(" ".join(parts))
        self.more.setVisible(bool(parts))
        self.note.setText(tr("Note: {text}", text=safe_text(alert.note, 2000)))
        self.note.setVisible(bool(alert.note))
