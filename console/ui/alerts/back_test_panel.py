"""Trying a rule on the past before it is switched on: how often it would have fired, when and where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.domain.alert_rules import Rule, Scope
from console.domain.clock import Clock, day_start, to_datetime
from console.domain.errors import ConsoleError
from console.domain.text import format_duration, safe_text
from console.tasks import Report, TaskScope
from console.ui.alerts.words import NAME, scope_word, value_text
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button

if TYPE_CHECKING:
    from console.engine.alerts.back_test import BackTest, Firing
    from console.engine.history.base import Usage

SHOWN: Final = 500  # firings listed; more are counted
HOUR_MS: Final = 3_600_000.0
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NUMBERS: Final = (2, 3)  # columns, how long and how bad
_WIDTHS: Final = ((0, 116), (2, 84), (3, 84), (4, 60))  # px; the place takes the rest
_BARS_HEIGHT: Final = 64
RANGES: Final = ("today", "yesterday", "week")


def range_title(name: str) -> str:
    """A range in words, as it stands in the list."""
    return {"today": tr("Today"), "yesterday": tr("Yesterday"), "week": tr("Last 7 days")}[name]


def range_of(name: str, now_ms: float, zone: tzinfo | None = None) -> tuple[float, float]:
    """Begin and end of a range (epoch ms), by the days of a zone; of this computer's without one."""
    today = to_datetime(now_ms).astimezone(zone).date()
    begin = today - timedelta(days={"today": 0, "yesterday": 1, "week": 7}[name])
    end_ms = day_start(today, zone).timestamp() * 1000 if name == "yesterday" else now_ms
    return day_start(begin, zone).timestamp() * 1000, end_ms


def outcome_text(found: BackTest, range_name: str) -> str:
    """What came out, in a sentence or two."""
    when = {"today": tr("today"), "yesterday": tr("yesterday"), "week": tr("in the last 7 days")}[range_name]
    if not found.spans:
        return tr("Nothing was recorded {when}, so nothing can be said.", when=when)
    fired, told = len(found.firings), found.notifications
    if fired:
        first = tr(
            "Would have fired {times} {when} and told somebody {told}.",
            times=plural("{n} time", "{n} times", fired),
            when=when,
            told=plural("{n} time", "{n} times", told),
        )
    else:
        first = tr("Would not have fired {when}.", when=when)
    is_one_day = range_name != "week"
    form = "%H:%M" if is_one_day else "%Y-%m-%d %H:%M"
    begin, end = (
        to_datetime(ms).astimezone().strftime(form) for ms in (found.spans[0].start_ms, found.spans[-1].end_ms)
    )
    covers = tr("The recording covers {begin} to {end}", begin=begin, end=end)
    gaps = len(found.spans) - 1
    if gaps:
        covers += tr(
            ", {long} in all, with {gaps}", long=_hours(found.covered_ms), gaps=plural("{n} gap", "{n} gaps", gaps)
        )
    text = f"{first} {covers}."
    if found.errors:
        text += " " + plural("{n} system has no such figure.", "{n} systems have no such figure.", len(found.errors))
    return text


def _hours(ms: float) -> str:
    hours, minutes = divmod(round(ms / 60_000), 60)
    if not hours:
        return tr("{m} min", m=minutes)
    return tr("{h} h {m} min", h=hours, m=minutes) if minutes else tr("{h} h", h=hours)


class HourBars(QWidget):
    """Firings per hour as small bars; one hue, the figures in the description."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hours: list[tuple[float, int]] = []
        self.setFixedHeight(_BARS_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Firings by hour"))
        theme.changed.connect(self.update)

    def show_hours(self, per_hour: Mapping[float, int], start_ms: float, end_ms: float) -> None:
        """Show counts by the start of each hour."""
        first = start_ms // HOUR_MS * HOUR_MS
        count = max(1, min(24 * 7 + 1, int(-(-(end_ms - first) // HOUR_MS))))
        self._hours = [(first + at * HOUR_MS, per_hour.get(first + at * HOUR_MS, 0)) for at in range(count)]
        told = [f"{self._label(ms)}: {n}" for ms, n in self._hours if n]
        self.setAccessibleDescription(", ".join(told) or tr("none"))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a day."""
        return QSize(240, _BARS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars over a hairline, with some hours named."""
        if not self._hours:
            return
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        font = self._theme.font(Type.CAPTION)
        painter.setFont(font)
        base, highest = self.height() - 16, max(1, *(n for _, n in self._hours), 1)
        step = self.width() / len(self._hours)
        for at, (_, count) in enumerate(self._hours):
            if count:
                high = max(3.0, (base - 14) * count / highest)
                bar = QRectF(at * step + 1, base - high, max(1.0, min(step - 2, 28.0)), high)
                painter.fillRect(bar, colour(palette.accent))
                if step >= 18:
                    painter.setPen(colour(palette.muted))
                    above = QRectF(at * step, bar.top() - 14, bar.width() + 2, 13)
                    painter.drawText(above, int(Qt.AlignmentFlag.AlignHCenter), str(count))
        painter.fillRect(QRectF(0, base, self.width(), 1), colour(palette.hairline))
        painter.setPen(colour(palette.muted))
        every = max(1, round(len(self._hours) / 8))
        for at in range(0, len(self._hours), every):
            place = QRectF(at * step, base + 2, max(60.0, step), 13)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), self._label(self._hours[at][0]))
        painter.end()

    def _label(self, ms: float) -> str:
        moment = to_datetime(ms).astimezone()
        return moment.strftime("%H:%M" if len(self._hours) <= 25 else "%a %H:%M")


class BackTestPanel(QWidget):
    """Runs a rule on the recording.

    Args:
        rule: gives the rule as it is entered now; None where it is not complete.
        run: the engine's `back_test`.

    Signals:
        moment_asked: show the floor at this moment (epoch ms, as a float).
    """

    moment_asked = Signal(float)

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        rule: Callable[[], Rule | None],
        run: Callable[..., Awaitable[BackTest]],
        report: Report | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rule = rule
        self._run_test = run
        self._scope = TaskScope("back-test", report)
        self.is_private = False
        self.outcome: BackTest | None = None
        self.range = QComboBox()
        self.range.setAccessibleName(tr("Range"))
        for name in RANGES:
            self.range.addItem(range_title(name), name)
        self.range.setCurrentIndex(RANGES.index("yesterday"))
        self.range.activated.connect(self._on_range)
        self._is_chosen = False  # the range, by the user
        self.start = push_button(theme, tr("Try the rule"))
        self.start.clicked.connect(self.begin)
        self.stop = push_button(theme, tr("Cancel"), "quiet")
        self.stop.clicked.connect(self.cancel)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress"))
        self.note = MessageLine(theme)
        self.words = Label(theme, "", Type.BODY, bold=True, wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bars = HourBars(theme)
        self.table = QTableWidget(0, 5)
        self.more = Label(theme, size=Type.SMALL, muted=True)
        self._arrange(theme)
        self.forget()

    # what the dialog calls

    def forget(self) -> None:
        """The rule is another: what came out says nothing about it."""
        self._scope.cancel("run")
        self.outcome = None
        self.table.setRowCount(0)
        for widget in (self.bars, self.table, self.more, self.bar, self.stop):
            widget.hide()
        self.start.setEnabled(True)
        self.note.say(LightTone.QUIET, "")
        self.words.setText(tr("See how often this rule would have fired before you rely on it."))

    def look_back(self, usage: Callable[[], Awaitable[Usage]]) -> None:
        """Begin with today where the recording does not reach further back: `usage` is the recording's extent."""
        self._scope.restart("extent", lambda: self._look_back(usage))

    def begin(self) -> None:
        """Start."""
        rule = self._rule()
        if rule is None:
            self.note.say(LightTone.CAUTION, tr("Complete the rule first."))
            return
        self.forget()
        self._scope.restart("run", lambda: self._run(rule))

    def cancel(self) -> None:
        """Stop."""
        self._scope.cancel("run")

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    # inside

    def _arrange(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.INSIDE)
        for widget in (self.range, self.start, self.stop):
            head.addWidget(widget)
        head.addWidget(self.bar, 1)
        head.addStretch(1)
        table = self.table
        table.setHorizontalHeaderLabels(
            [tr("When"), tr("Where"), tr("Lasted"), tr("Worst"), tr("Told")],
        )
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAccessibleName(tr("Firings"))
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(_LEFT)
        for at in _NUMBERS:
            head_item = table.horizontalHeaderItem(at)
            if head_item is not None:
                head_item.setTextAlignment(_RIGHT)
        for at, width in _WIDTHS:
            table.setColumnWidth(at, width)
        table.cellActivated.connect(self._on_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.BETWEEN, 0, 0)
        column.setSpacing(Space.BETWEEN)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.words)
        column.addWidget(self.bars)
        column.addWidget(table, 20)
        column.addWidget(self.more)
        column.addStretch(1)

    def _on_range(self, _at: int) -> None:
        self._is_chosen = True

    async def _look_back(self, usage: Callable[[], Awaitable[Usage]]) -> None:
        first_ms = (await usage()).first_ms
        midnight_ms, _ = range_of("today", self._clock.now_ms())
        if isValid(self) and not self._is_chosen and (first_ms is None or first_ms >= midnight_ms):
            self.range.setCurrentIndex(RANGES.index("today"))

    async def _run(self, rule: Rule) -> None:
        now = self._clock.now_ms()
        name = str(self.range.currentData())
        begin, end = range_of(name, now)
        self.start.setEnabled(False)
        self.bar.setValue(0)
        self.bar.show()
        self.stop.show()
        self.words.setText("")
        try:
            found = await self._run_test(rule, begin, end, self._on_progress)
        except ConsoleError as error:
            if isValid(self):
                self.note.say(LightTone.CRITICAL, translate(error.message))
            return
        finally:
            if isValid(self):
                self.start.setEnabled(True)
                self.bar.hide()
                self.stop.hide()
        if isValid(self):
            self._show(found, name)

    def _on_progress(self, share: float) -> None:
        if isValid(self):
            self.bar.setValue(round(share * 1000))

    def _show(self, found: BackTest, name: str) -> None:
        self.outcome = found
        self.words.setText(outcome_text(found, name))
        self.bars.setVisible(bool(found.firings))
        self.table.setVisible(bool(found.firings))
        if not found.firings:
            return
        self.bars.show_hours(found.per_hour, found.start_ms, found.end_ms)
        listed = found.firings[:SHOWN]
        self.table.setRowCount(len(listed))
        form = "%H:%M:%S" if name != "week" else "%a %H:%M:%S"
        for row, firing in enumerate(listed):
            for column, text in enumerate(self._texts(firing, found.rule.scope, form)):
                item = QTableWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, firing.fired_ms)
                item.setTextAlignment(_RIGHT if column in _NUMBERS else _LEFT)
                self.table.setItem(row, column, item)
        rest = len(found.firings) - len(listed)
        self.more.setText(tr("and {n} more", n=rest))
        self.more.setVisible(rest > 0)

    def _texts(self, firing: Firing, scope: Scope, form: str) -> tuple[str, ...]:
        when = to_datetime(firing.fired_ms).astimezone().strftime(form)
        is_person = self.is_private and scope in (Scope.AGENT, Scope.CALLER)
        where = scope_word(scope) if is_person else safe_text(firing.row_name or firing.profile_name, NAME)
        if firing.profile_name and firing.row_name:
            where = tr("{row} · {profile}", row=where, profile=safe_text(firing.profile_name, NAME))
        ended = firing.cleared_ms
        lasted = format_duration(ended - firing.fired_ms) if ended is not None else tr("to the end")
        told = tr("yes") if firing.notifies else tr("no")
        return when, where, lasted, value_text(firing.worst, firing.unit), told

    def _on_row(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self.moment_asked.emit(float(item.data(Qt.ItemDataRole.UserRole)))
