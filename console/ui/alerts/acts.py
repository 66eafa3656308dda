"""What can be done with alerts, wherever it was asked for: in the centre, the banner or a notification."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QTimeEdit, QWidget

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert
from console.domain.clock import Clock, to_datetime
from console.tasks import Report, TaskScope
from console.ui.alerts.mute import MINUTE_MS
from console.ui.alerts.service import AlertService
from console.ui.alerts.words import PANES, SECTIONS, headline
from console.ui.runtime.dialogs import run_dialog
from console.ui.text import plural, tr
from console.ui.theme import Theme
from console.ui.widgets import ElidedLabel, Label
from console.ui.windows.frame import FramedDialog

if TYPE_CHECKING:
    from console.ui.alerts.rules_dialog import RulesDialog

NOTE_LIMIT = 2000  # characters


class NoteDialog(FramedDialog):
    """A note for an alert."""

    def __init__(self, parent: QWidget | None, theme: Theme, title: str, note: str) -> None:
        super().__init__(parent, theme, tr("Note"), primary=tr("Save"))
        self.body.addWidget(ElidedLabel(theme, title, bold=True))
        self.edit = QPlainTextEdit(note)
        self.edit.setAccessibleName(tr("Note"))
        self.edit.setPlaceholderText(tr("What was done about it, or what to know the next time"))
        self.edit.setTabChangesFocus(True)
        self.body.addWidget(self.edit, 1)
        self.fit(440, 240)
        self.edit.setFocus()

    def note(self) -> str:
        """What was written."""
        return self.edit.toPlainText().strip()[:NOTE_LIMIT]


class UntilDialog(FramedDialog):
    """A time of day until which nothing is said; one that has passed means tomorrow's."""

    def __init__(self, parent: QWidget | None, theme: Theme, now: datetime) -> None:
        super().__init__(parent, theme, tr("Snooze until"), primary=tr("Snooze"))
        self._now = now
        later = now + timedelta(hours=2)
        self.time = QTimeEdit(QTime(later.hour, later.minute))
        self.time.setDisplayFormat("HH:mm")
        self.time.setAccessibleName(tr("Until"))
        self.says = Label(theme, muted=True)
        self.body.addWidget(Label(theme, tr("Until")))
        self.body.addWidget(self.time)
        self.body.addWidget(self.says)
        self.time.timeChanged.connect(self._refresh)
        self._refresh()
        self.fit(320, 180)

    def until(self) -> datetime:
        """The moment chosen."""
        chosen = self.time.time()
        wall = self._now.replace(hour=chosen.hour(), minute=chosen.minute(), second=0, microsecond=0, tzinfo=None)
        until = wall.astimezone()  # of this computer, whose clock may be set to summer time overnight
        return until if until > self._now else (wall + timedelta(days=1)).astimezone()

    def _refresh(self) -> None:
        is_today = self.until().date() == self._now.date()
        self.says.setText(tr("Today.") if is_today else tr("Tomorrow."))


class AlertActs:
    """Carries out commands on alerts.

    Args:
        go_to: shows a row: pane, profile id, row id.
        perform: commands of the menus (rewind, trends).
        edit_rule: opens the editor at a rule.
    """

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        clock: Clock,
        service: AlertService,
        go_to: Callable[[str, str, str], None],
        perform: Callable[[str], None],
        edit_rule: Callable[[str], None],
        report: Report | None = None,
    ) -> None:
        self._window = window
        self._theme = theme
        self._clock = clock
        self._service = service
        self._go_to = go_to
        self._perform = perform
        self._edit_rule = edit_rule
        self._scope = TaskScope("alerts", report)
        self.is_private = False

    async def aclose(self) -> None:
        """Close what is open."""
        await self._scope.aclose()

    def open_dialog(self, make: Callable[[], RulesDialog]) -> None:
        """Open the rules, unless a dialog is open."""
        self._scope.single_flight("dialog", lambda: self._run_rules(make))

    async def _run_rules(self, make: Callable[[], RulesDialog]) -> None:
        dialog = make()
        await run_dialog(dialog, dialog.aclose)

    def do(self, command: str, alerts: Sequence[Alert]) -> str:
        """Carry out a command; returns what to tell about it, often nothing."""
        if not alerts:
            return ""
        ids, kind, _, which = [alert.id for alert in alerts], *command.partition(":")
        if kind == "acknowledge":
            self._service.acknowledge(ids)
        elif kind == "archive":
            self._service.archive(ids)
        elif kind == "snooze":
            self._snooze(ids, which)
        elif kind == "note":
            self._open(lambda: self._note(alerts[0]))
        elif kind == "go":
            self.go(alerts[0])
        elif kind == "moment":
            self._perform(f"rewind:{alerts[0].fired_ms:.0f}")
        elif kind == "trend":
            self._perform(trend_command(alerts[0]))
        elif kind == "rule":
            self._edit_rule(alerts[0].rule_id)
        return plural("{n} alert acknowledged", "{n} alerts acknowledged", len(ids)) if kind == "acknowledge" else ""

    def go(self, alert: Alert) -> None:
        """Show the row an alert is about."""
        if alert.scope is not Scope.CONNECTION:
            self._go_to(PANES[alert.scope], alert.profile_id, alert.row_id)

    def _snooze(self, ids: Sequence[str], which: str) -> None:
        if which == "until":
            self._open(lambda: self._snooze_until(ids))
        elif which == "end":
            self._service.snooze(ids, None)
        else:
            self._service.snooze(ids, self._clock.now_ms() + float(which) * MINUTE_MS)

    def _open(self, make: Callable[[], _Dialog]) -> None:
        self._scope.single_flight("dialog", lambda: self._run(make()))

    async def _run(self, entry: _Dialog) -> None:
        dialog, done = entry
        dialog.accepted.connect(done)
        await run_dialog(dialog)

    def _note(self, alert: Alert) -> _Dialog:
        title = headline(alert, is_private=self.is_private)
        dialog = NoteDialog(self._window, self._theme, title, alert.note)
        return dialog, lambda: self._service.set_note(alert.id, dialog.note())

    def _snooze_until(self, ids: Sequence[str]) -> _Dialog:
        dialog = UntilDialog(self._window, self._theme, to_datetime(self._clock.now_ms()).astimezone())
        return dialog, lambda: self._service.snooze(ids, dialog.until().timestamp() * 1000)


_Dialog = tuple[QDialog, Callable[[], None]]


def trend_command(alert: Alert) -> str:
    """The command that opens the course of the figure behind an alert."""
    section = SECTIONS.get(alert.scope)
    if section is None:
        return "trends"
    return f"trends:{alert.profile_id}/{section.value}/{alert.row_id}/{alert.column}"
