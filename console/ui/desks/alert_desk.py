"""Alerts as the main window sees them: centre, banner, what leaves the window, and the rules."""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from console.domain.alert_rules import Action, Scope
from console.domain.alerts import Alert, AlertNews, AlertState
from console.ui.desks.base import Desk, DeskContext
from console.ui.runtime.clocks import shows_now
from console.ui.services import Services

if TYPE_CHECKING:
    from console.ui.alerts.acts import AlertActs
    from console.ui.alerts.alarm_settings import AlarmSettingsDialog
    from console.ui.alerts.banner import AlertBanner
    from console.ui.alerts.centre import AlertCentre
    from console.ui.alerts.dock import AlertDock
    from console.ui.alerts.mute import MuteStrip
    from console.ui.alerts.notices import Notices
    from console.ui.alerts.service import AlertService
    from console.ui.alerts.sound import SoundPlayer

_SECOND_MS = 1000
STATE_FOLDER = "Window layout"  # of `Services.folders`


class AlertDesk(Desk):
    """Opens what belongs to alerts, and takes the engine's news."""

    COMMANDS = frozenset({"alerts", "acknowledge", "mute", "unmute", "rules", "alarm_settings"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.service: AlertService | None = None
        self.banner: AlertBanner | None = None
        self.muted: MuteStrip | None = None
        self.dock: AlertDock | None = None
        self.acts: AlertActs | None = None
        self.notices: Notices | None = None
        self.player: SoundPlayer | None = None
        self._unsubscribe: object = None
        self._second = QTimer(self)
        self._second.setInterval(_SECOND_MS)
        self._second.timeout.connect(self._on_second)

    # what the window calls

    def attach(self, services: Services) -> None:
        """Take the services; without an alert engine there is nothing to do."""
        super().attach(services)
        service: AlertService | None = services.alerts
        if service is None:
            return
        from console.ui.alerts.acts import AlertActs
        from console.ui.alerts.banner import AlertBanner
        from console.ui.alerts.dock import STATE_KEY
        from console.ui.alerts.mute import MuteStrip
        from console.ui.alerts.notices import Notices
        from console.ui.alerts.sound import SoundPlayer

        context = self.context
        self.service = service
        self.acts = AlertActs(
            context.window,
            context.theme,
            context.live_clock,
            service,
            context.go_to,
            context.perform,
            self.open_rules,
            context.report,
        )
        self.banner = AlertBanner(context.theme, context.live_clock, shown=context.clock)
        self.banner.acted.connect(self._on_acted)
        context.add_strip(self.banner)
        self.muted = MuteStrip(context.theme)
        self.muted.clicked.connect(self._on_unmute)
        context.add_strip(self.muted)
        self.banner.begin_with(service.open_alerts)
        folder = services.folders.get(STATE_FOLDER)
        self.player = SoundPlayer(context.live_clock, (folder or Path(gettempdir())) / "sounds", context.report)
        self.notices = Notices(context.window, context.theme)
        self.notices.opened.connect(self._on_notice)
        for dock in context.docks.docks.values():
            dock.visibilityChanged.connect(self._on_pane_seen)
        self._unsubscribe = service.subscribe(self._on_news)
        self.general_changed()
        self._second.start()
        if context.state.get(STATE_KEY) is True:
            self._the_dock()
        self._raise_rows()

    def perform(self, command: str) -> None:
        """Carry out a command of the menu."""
        service = self.service
        if service is None:
            return
        kind, _, which = command.partition(":")
        if kind == "alerts":
            self._show_centre((which,) if which else ())
        elif kind == "acknowledge":
            service.acknowledge([alert.id for alert in service.open_alerts if alert.state is AlertState.ACTIVE])
        elif kind == "mute":
            self._open_mute(service)
        elif kind == "unmute":
            service.mute_until(None)
        elif kind == "alarm_settings":
            self.context.window.actions_.open(self._settings)
        elif kind == "rules":
            self.open_rules(which)

    def general_changed(self) -> None:
        """Privacy names nobody."""
        general = self.context.general()
        for part in (self.banner, self.dock.centre if self.dock is not None else None):
            if part is not None:
                part.set_private(general.privacy)
        if self.acts is not None:
            self.acts.is_private = general.privacy
        if self.notices is not None:
            self.notices.is_private, self.notices.is_wanted = general.privacy, general.notify
            self.notices.set_tray(general.tray)
            self._raise_rows()

    def save_state(self) -> None:
        """Remember whether the centre is shown."""
        if self.dock is not None:
            self.dock.save_state()

    async def aclose(self) -> None:
        """Stop following, close dialogs."""
        self._second.stop()
        if callable(self._unsubscribe):
            self._unsubscribe()
        if self.dock is not None:
            self.dock.centre.detach()
        if self.notices is not None:
            self.notices.close()
        if self.player is not None:
            await self.player.aclose()
        if self.acts is not None:
            await self.acts.aclose()

    def open_rules(self, rule_id: str = "") -> None:
        """Open the rule editor, at a rule."""
        service, services, acts = self.service, self.services, self.acts
        if service is None or services is None or acts is None:
            return
        from console.ui.alerts.rule_words import known_of
        from console.ui.alerts.rules_dialog import RulesDialog

        context = self.context

        def make() -> RulesDialog:
            dialog = RulesDialog(
                context.window,
                context.theme,
                context.live_clock,
                service,
                known_of(services.store.board, is_private=context.general().privacy),
                is_private=context.general().privacy,
                report=context.report,
            )
            dialog.moment_asked.connect(self._on_moment)
            dialog.moment_asked.connect(dialog.reject)
            dialog.settings_asked.connect(self._on_settings)
            if services.history is not None:
                dialog.test.look_back(services.history.usage)
            if rule_id:
                dialog.choose(rule_id)
            return dialog

        acts.open_dialog(make)

    # inside

    def _the_dock(self) -> AlertDock | None:
        if self.dock is None and self.service is not None and self.services is not None:
            from console.ui.alerts.centre import AlertCentre
            from console.ui.alerts.dock import AlertDock
            from console.ui.alerts.figures import FiguresNow

            context = self.context
            centre: AlertCentre = AlertCentre(context.theme, context.live_clock)
            centre.acted.connect(self._on_acted)
            centre.command.connect(self._on_centre_command)
            self.dock = AlertDock(context.theme, centre, context.docks, context.state)
            centre.attach(self.service, FiguresNow(self.services.store, context.live_clock))
            self.general_changed()
        return self.dock

    def _show_centre(self, ids: tuple[str, ...] = ()) -> None:
        dock = self._the_dock()
        if dock is not None:
            dock.reveal()
            if ids:
                dock.centre.choose(ids)

    def _open_mute(self, service: AlertService) -> None:
        from console.ui.alerts.mute import mute_menu

        now = self.context.live_clock.now_ms()
        is_muted = service.muted_until is not None and service.muted_until > now
        menu = mute_menu(self.context.window, service.mute_until, now, is_muted=is_muted)
        menu.aboutToHide.connect(menu.deleteLater)
        window, here = self.context.window, QCursor.pos()
        if not window.frameGeometry().contains(here):  # by key: where it is seen
            here = window.mapToGlobal(window.rect().center())
        menu.popup(here)

    def _settings(self) -> AlarmSettingsDialog:
        from console.ui.alerts.alarm_settings import AlarmSettingsDialog

        assert self.player is not None
        context = self.context
        over = QApplication.activeModalWidget() or context.window  # the rules may be open
        dialog = AlarmSettingsDialog(over, context.theme, context.general(), self.player)
        dialog.changed.connect(context.change_general)
        return dialog

    def _on_news(self, news: tuple[AlertNews, ...]) -> None:
        service, banner, notices, player = self.service, self.banner, self.notices, self.player
        if service is None or banner is None or notices is None or player is None:
            return
        self._show_mute()
        banner.take(news)
        notices.take(news)
        if any(Action.SOUND in entry.actions for entry in news):
            general = self.context.general()
            player.play(general.sound, general.volume)
        self._raise_rows()

    def _raise_rows(self) -> None:
        """Let rows with an alarm stand first, and count what waits for an act."""
        service = self.service
        if service is None or self.notices is None:
            return
        waiting = sum(alert.state is AlertState.ACTIVE for alert in service.open_alerts)
        self.notices.show_count(waiting)
        if self.dock is not None:
            self.dock.show_count(waiting)
        is_now = shows_now(self.context.clock)  # a recorded moment had other alarms
        raised = service.raised if is_now and self.context.general().alarms_first else {}
        for scope, name in (("queue", "queues"), ("agent", "agents"), ("caller", "waiting")):
            pane = self.context.docks.docks[name].pane
            if pane is not None:
                pane.set_raised(raised.get(Scope(scope), {}))

    def _on_pane_seen(self, is_visible: bool) -> None:
        if is_visible:
            QTimer.singleShot(0, self, self._raise_rows)

    def _on_notice(self, alerts: tuple[Alert, ...]) -> None:
        self._on_acted("go" if len(alerts) == 1 else "show", alerts)

    def _on_moment(self, at_ms: float) -> None:
        self.context.perform(f"rewind:{at_ms:.0f}")

    def _on_settings(self) -> None:
        self.context.perform("alarm_settings")

    def _on_unmute(self) -> None:
        if self.service is not None:
            self.service.mute_until(None)

    def _show_mute(self) -> None:
        service, now = self.service, self.context.live_clock.now_ms()
        if service is None or self.banner is None or self.muted is None:
            return
        until = service.muted_until
        self.muted.show_mute(until, now)
        self.banner.set_muted(until is not None and until > now)

    def _on_second(self) -> None:
        """Snoozes and muting end, times run on."""
        self._show_mute()
        self._raise_rows()
        if self.banner is not None and self.banner.isVisible():
            self.banner.refresh()

    def _on_acted(self, command: str, alerts: tuple[Alert, ...]) -> None:
        if command == "show" or (command == "go" and not has_row(alerts[0])):
            self._show_centre(tuple(alert.id for alert in alerts))
        elif self.acts is not None:
            self.acts.do(command, alerts)

    def _on_centre_command(self, command: str) -> None:
        self.context.perform({"settings": "alarm_settings"}.get(command, command))


def has_row(alert: Alert) -> bool:
    """Whether a table has a row for what an alert is about; connections and key figures have none."""
    return alert.scope not in (Scope.CONNECTION, Scope.FIGURE)
