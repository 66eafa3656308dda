"""Alerts as the main window sees them: centre, banner, what leaves the window, and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCursor

from console.domain.alerts import Alert, AlertNews, AlertState
from console.ui.desks.base import Desk, DeskContext
from console.ui.services import Services

if TYPE_CHECKING:
    from console.ui.alerts.acts import AlertActs
    from console.ui.alerts.banner import AlertBanner
    from console.ui.alerts.centre import AlertCentre
    from console.ui.alerts.dock import AlertDock
    from console.ui.alerts.service import AlertService

_SECOND_MS = 1000


class AlertDesk(Desk):
    """Opens what belongs to alerts, and takes the engine's news."""

    COMMANDS = frozenset({"alerts", "acknowledge", "mute", "unmute", "rules", "alarm_settings"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.service: AlertService | None = None
        self.banner: AlertBanner | None = None
        self.dock: AlertDock | None = None
        self.acts: AlertActs | None = None
        self._unsubscribe: object = None
        self._second = QTimer(self)
        self._second.setInterval(_SECOND_MS)
        self._second.timeout.connect(self._on_second)

    # what the window calls

    def attach(self, services: Services) -> None:
        """Take the services; without an alert engine there is nothing to do."""
        super().attach(services)
        service: AlertService | None = getattr(services, "alerts", None)
        if service is None:
            return
        from console.ui.alerts.acts import AlertActs
        from console.ui.alerts.banner import AlertBanner
        from console.ui.alerts.dock import STATE_KEY

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
        self.banner = AlertBanner(context.theme, context.live_clock)
        self.banner.acted.connect(self._on_acted)
        context.add_strip(self.banner)
        self.banner.begin_with(service.open_alerts)
        self._unsubscribe = service.subscribe(self._on_news)
        self.general_changed()
        self._second.start()
        if context.state.get(STATE_KEY) is True:
            self._the_dock()

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
        if self.acts is not None:
            await self.acts.aclose()

    def open_rules(self, _rule_id: str = "") -> None:
        """Open the rule editor."""

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
        menu.popup(QCursor.pos())

    def _on_news(self, news: tuple[AlertNews, ...]) -> None:
        if self.banner is not None:
            self.banner.take(news)

    def _on_second(self) -> None:
        """Snoozes end, times run on."""
        if self.banner is not None and self.banner.isVisible():
            self.banner.refresh()

    def _on_acted(self, command: str, alerts: tuple[Alert, ...]) -> None:
        if command == "show":
            self._show_centre(tuple(alert.id for alert in alerts))
        elif self.acts is not None:
            self.acts.do(command, alerts)

    def _on_centre_command(self, command: str) -> None:
        self.context.perform({"settings": "alarm_settings"}.get(command, command))
