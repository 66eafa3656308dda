"""What leaves the window: notifications of the system, the badge and the call for attention in the taskbar.

They are a convenience while the window is not in front; the alert centre is the truth. Nothing here ever waits. The
icon in the notification area carries the message; on a Linux desktop without such an area its portal does, over D-Bus.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from console.domain.alert_rules import Action
from console.domain.alerts import Alert, AlertNews
from console.domain.thresholds import Level
from console.ui.alerts.words import grouped, worst_first
from console.ui.text import level_word, tr
from console.ui.theme import Theme
from console.ui.widgets import add_action

GROUP_MS: Final = 3_000  # alerts within this time are one notification
SHOWN_MS: Final = 10_000
_PORTAL: Final = "org.freedesktop.portal.Desktop"
_PATH: Final = "/org/freedesktop/portal/desktop"
_INTERFACE: Final = "org.freedesktop.portal.Notification"
_ID: Final = "supervisor-console-alert"
_LOOK_ALIKES: Final = str.maketrans({"<": "\u2039", ">": "\u203a"})
_PATH_PART: Final = re.compile(r"[A-Za-z0-9_]+")


class Notices(QObject):
    """Takes news; tells the system about what asks for it while the window is not in front.

    Signals:
        opened: somebody pressed a notification; carries the alerts it was about, as a tuple.
    """

    opened = Signal(object)

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self.is_wanted = True
        self.is_private = False
        self._wants_tray = False
        self._waiting: dict[str, Alert] = {}
        self._last: tuple[Alert, ...] = ()
        self._tray: QSystemTrayIcon | None = None
        self._portal: DesktopPortal | None = None
        self._badge = -1
        self.sent: list[tuple[str, str]] = []  # title and text of the last few, for tests
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(GROUP_MS)
        self._soon.timeout.connect(self.send)

    @property
    def is_silent(self) -> bool:
        """Whether there is no desktop to tell."""
        return QGuiApplication.platformName() in ("offscreen", "minimal")

    def set_tray(self, is_wanted: bool) -> None:
        """Show an icon in the notification area, or none."""
        self._wants_tray = is_wanted
        if is_wanted and not self.is_silent and QSystemTrayIcon.isSystemTrayAvailable():
            self._the_tray().show()
        elif self._tray is not None:
            self._tray.hide()

    def take(self, news: Sequence[AlertNews]) -> None:
        """Collect what asks for a notification."""
        for entry in news:
            alert = entry.alert
            if Action.NOTIFICATION in entry.actions or alert.id in self._waiting:
                self._waiting[alert.id] = alert
        if self._waiting and not self._soon.isActive():
            self._soon.start()

    def show_count(self, count: int) -> None:
        """How many alerts wait for an act, as a badge where the system has one."""
        if count != self._badge:
            self._badge = count
            app = QGuiApplication.instance()
            if isinstance(app, QGuiApplication) and not self.is_silent and _has_badge():
                app.setBadgeNumber(count)
            if self._tray is not None:
                self._tray.setProperty("toolTip", self._tray_tip(count))

    @Slot()
    def send(self) -> None:
        """Tell what has been collected, unless it is over by now or the window is in front."""
        alerts = tuple(worst_first(alert for alert in self._waiting.values() if alert.is_open))
        self._waiting.clear()
        if not alerts or not self.is_wanted or self._window.isActiveWindow():
            return
        worst = [alert for alert in alerts if alert.level is alerts[0].level]
        title = f"{level_word(alerts[0].level)} — {tr('Supervisor Console')}"
        text = grouped(worst, is_private=self.is_private)
        if len(worst) < len(alerts):
            text = tr("{text}, and {n} more", text=text, n=len(alerts) - len(worst))
        self._last = alerts
        self.sent = [*self.sent[-7:], (title, text)]
        if not self.is_silent:
            QApplication.alert(self._window)
            self._deliver(title, text, is_critical=alerts[0].level is Level.CRITICAL)

    def close(self) -> None:
        """Take back badge and icon."""
        self._soon.stop()
        self.show_count(0)
        if self._tray is not None:
            self._tray.hide()

    # inside

    def _deliver(self, title: str, text: str, *, is_critical: bool) -> None:
        if sys.platform.startswith("linux"):
            text = without_markup(text)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._the_tray()
            tray.show()  # a hidden icon shows no message on most systems
            icon = QSystemTrayIcon.MessageIcon
            tray.showMessage(title, text, icon.Critical if is_critical else icon.Warning, SHOWN_MS)
            if not self._wants_tray:
                QTimer.singleShot(2 * SHOWN_MS, self, self._hide_tray)
        elif sys.platform.startswith("linux"):
            if self._portal is None:
                self._portal = DesktopPortal(self)
                self._portal.pressed.connect(self._on_pressed)
            self._portal.notify(title, text, is_critical=is_critical)

    def _the_tray(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.setProperty("toolTip", self._tray_tip(max(0, self._badge)))
            self._tray.messageClicked.connect(self._on_pressed)
            self._tray.activated.connect(self._on_icon)
            menu = QMenu(self._window)
            add_action(menu, tr("Show Supervisor Console")).triggered.connect(self.raise_window)
            self._tray.setContextMenu(menu)
        return self._tray

    def _tray_tip(self, count: int) -> str:
        name = tr("Supervisor Console")
        return tr("{name}: {n} alerts", name=name, n=count) if count else name

    @Slot()
    def _hide_tray(self) -> None:
        if self._tray is not None and not self._wants_tray:
            self._tray.hide()

    @Slot()
    def raise_window(self) -> None:
        """Bring the window to the front."""
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()

    def _on_icon(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.raise_window()

    @Slot()
    def _on_pressed(self) -> None:
        self.raise_window()
        if self._last:
            self.opened.emit(self._last)


def without_markup(text: str) -> str:
    """A text no desktop makes a link or a picture of. Several on Linux render markup in the body (the notification
    specification's ``body-markup``), others show what is escaped to the letter: characters that look alike suit both.
    """
    return text.translate(_LOOK_ALIKES)


def _has_badge() -> bool:
    """Whether the taskbar can take a number; on Linux Qt makes a bus path of the desktop file's name."""
    name = QGuiApplication.desktopFileName() or QGuiApplication.applicationName()
    return not sys.platform.startswith("linux") or bool(_PATH_PART.fullmatch(name))


class DesktopPortal(QObject):
    """The desktop's portal for notifications (``org.freedesktop.portal.Notification``), for desktops without a
    notification area. Calls are sent without waiting for an answer; a new notification replaces the last.

    The older service (``org.freedesktop.Notifications``) wants an unsigned number, which Qt for Python cannot send.

    Signals:
        pressed: ours was pressed.
    """

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._bus: Any = None
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError:
            return
        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            self._bus = bus
            slot: Any = SLOT("on_action(QDBusMessage)")
            bus.connect(_PORTAL, _PATH, _INTERFACE, "ActionInvoked", self, slot)

    def notify(self, title: str, text: str, *, is_critical: bool) -> bool:
        """Send one; False where there is no session bus."""
        if self._bus is None:
            return False
        from PySide6.QtDBus import QDBusMessage

        call = QDBusMessage.createMethodCall(_PORTAL, _PATH, _INTERFACE, "AddNotification")
        body = {
            "title": title,
            "body": text,
            "priority": "urgent" if is_critical else "high",
            "default-action": "show",
        }
        call.setArguments([_ID, body])
        self._bus.asyncCall(call)
        return True

    @Slot("QDBusMessage")  # type: ignore[arg-type]  # by name, as the class is imported only where it is used
    def on_action(self, message: Any) -> None:
        """The portal's signal: id of the notification, name of the action, parameters."""
        if message.arguments()[:1] == [_ID]:
            self.pressed.emit()
