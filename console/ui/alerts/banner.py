"""The banner: the newest alerts that need an act, in one line above the floor. It never takes the focus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.domain.alert_rules import Action
from console.domain.alerts import Alert, AlertNews, AlertState
from console.domain.clock import Clock
from console.domain.thresholds import Level
from console.ui.alerts.words import grouped, is_snoozed, worst_first
from console.ui.runtime.clocks import shows_now
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme, level_shape, paint_shape
from console.ui.theme.sizes import ALARM_EDGE
from console.ui.widgets import ElidedLabel, add_action, push_button

HEIGHT: Final = 44  # px, whatever it says
QUIET_S: Final = 5.0  # real seconds between two announcements to a screen reader
_SHAPE: Final = 14
_MINUTES: Final = (5, 15, 60)


class AlertBanner(QWidget):
    """Shows alerts from the news that ask for it until they are acknowledged, snoozed or cleared.

    Args:
        clock: of now, which alerts are of.
        shown: what the window shows its figures by; while that is another moment, the banner says that it is of now.

    Signals:
        acted: ``acknowledge``, ``show``, ``go`` or ``snooze:<minutes>``, and the alerts, as a tuple.
    """

    acted = Signal(str, object)

    def __init__(
        self, theme: Theme, clock: Clock, parent: QWidget | None = None, *, shown: Clock | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("alerts.banner")
        self.setFixedHeight(HEIGHT)
        self._theme = theme
        self._clock = clock
        self._shown = shown
        self._alerts: dict[str, Alert] = {}
        self._is_private = self._is_muted = False
        self._said_at = float("-inf")
        self.announced: list[str] = []
        self.sentence = ElidedLabel(theme, "", bold=True)
        self.show_button = push_button(theme, tr("Show"), "quiet")
        self.show_button.clicked.connect(self._on_show)
        self.snooze_button = push_button(theme, tr("Snooze"), "quiet")
        self.snooze_button.clicked.connect(self._on_snooze)
        self.seen_button = push_button(theme, tr("Acknowledge"))
        self.seen_button.clicked.connect(self._on_seen)
        for button in (self.show_button, self.snooze_button, self.seen_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.AROUND + _SHAPE + Space.INSIDE, 0, Space.BETWEEN, 0)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self.sentence, 1)
        for button in (self.show_button, self.snooze_button, self.seen_button):
            row.addWidget(button)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What it shows, the worst and newest first."""
        return tuple(worst_first(self._alerts.values()))

    def set_private(self, is_private: bool) -> None:
        """Leave people unnamed, or name them."""
        self._is_private = is_private
        self.refresh()

    def set_muted(self, is_muted: bool) -> None:
        """Say nothing while everything is muted; what still waits is shown afterwards."""
        if is_muted is not self._is_muted:
            self._is_muted = is_muted
            self.refresh()

    def begin_with(self, alerts: Iterable[Alert]) -> None:
        """Show what still waits for an act from before."""
        for alert in alerts:
            if not alert.muted and self._is_wanted(alert):
                self._alerts[alert.id] = alert
        self.refresh()

    def take(self, news: Sequence[AlertNews]) -> None:
        """Take changes."""
        is_new = False
        for entry in news:
            alert = entry.alert
            if not self._is_wanted(alert):
                self._alerts.pop(alert.id, None)
            elif alert.id in self._alerts or Action.BANNER in entry.actions:
                is_new = is_new or Action.BANNER in entry.actions
                self._alerts[alert.id] = alert
        self.refresh()
        if is_new and not self._is_muted:
            self._announce()

    def refresh(self) -> None:
        """Say how it stands now."""
        shown = self.alerts
        self.setVisible(bool(shown) and not self._is_muted)
        if shown:
            text = self._text(shown)
            if text != self.sentence.full_text():
                self.sentence.setText(text)
                self.setAccessibleName(text)
            self.update()

    def _text(self, shown: Sequence[Alert]) -> str:
        worst = [alert for alert in shown if alert.level is shown[0].level]
        text = grouped(worst, is_private=self._is_private)
        rest = len(shown) - len(worst)
        text = f"{text}  ·  {plural('{n} caution', '{n} cautions', rest)}" if rest else text
        return (
            text if self._shown is None or shows_now(self._shown) else tr("Now, not in the replay: {text}", text=text)
        )

    def _is_wanted(self, alert: Alert) -> bool:
        return alert.state is AlertState.ACTIVE and not is_snoozed(alert, self._clock.now_ms())

    def _announce(self) -> None:
        """Tell a screen reader, at a limited rate; the focus stays where it is."""
        now = self._clock.monotonic()
        if now - self._said_at < QUIET_S:
            return
        self._said_at = now
        self.announced.append(self.sentence.full_text())
        del self.announced[:-8]
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.announced[-1]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted surface, the level's edge and its shape."""
        shown = self.alerts
        level = shown[0].level if shown else Level.CRITICAL
        palette, colour = self._theme.palette, self._theme.colour
        mark = palette.level(level)
        painter = QPainter(self)
        is_critical = level is Level.CRITICAL
        painter.fillRect(self.rect(), colour(palette.critical_surface if is_critical else palette.caution_surface))
        painter.fillRect(0, 0, ALARM_EDGE, self.height(), colour(mark.fill))
        square = QRectF(Space.AROUND, (self.height() - _SHAPE) / 2, _SHAPE, _SHAPE)
        paint_shape(painter, square, level_shape(level), mark)
        painter.end()

    def snooze_menu(self) -> QMenu:
        """For how long."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for minutes in _MINUTES:
            action = add_action(menu, plural("For {n} minute", "For {n} minutes", minutes))
            action.setData(f"snooze:{minutes}")
            action.triggered.connect(self._on_action)
        return menu

    def _on_snooze(self) -> None:
        self.snooze_menu().popup(self.snooze_button.mapToGlobal(self.snooze_button.rect().bottomLeft()))

    def _on_action(self) -> None:
        self._tell(str(self.sender().data()))  # type: ignore[attr-defined]

    def _on_show(self) -> None:
        self._tell("go" if len(self._alerts) == 1 else "show")

    def _on_seen(self) -> None:
        self._tell("acknowledge")

    def _tell(self, command: str) -> None:
        if self._alerts:
            self.acted.emit(command, self.alerts)
