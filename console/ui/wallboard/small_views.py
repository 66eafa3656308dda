"""The small widgets of a wallboard: the clock, a notice, the open alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale, QPointF, QRectF, Qt, QTime
from PySide6.QtGui import QFontMetricsF, QPainter

from console.domain.alerts import Alert
from console.domain.clock import to_datetime
from console.domain.text import format_duration, safe_text
from console.domain.thresholds import Level, worst
from console.ui.alerts.words import place
from console.ui.text import level_word, tr
from console.ui.theme import level_shape, paint_shape
from console.ui.wallboard.base import LEAST_TYPE, Moment, WallWidget, elided, fitted

CLOCK_FORMAT: Final = "HH:mm"  # without seconds: a figure that changes each second draws the eye
_NOTICE_CHARS: Final = 2000


class ClockView(WallWidget):
    """The time of this computer, and the date."""

    _time, _date = "", ""

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        local: datetime = to_datetime(moment.now_ms).astimezone()
        locale = QLocale()
        at = QTime(local.hour, local.minute)
        time = locale.toString(at, CLOCK_FORMAT)
        date = locale.toString(local.date(), "ddd d MMM")  # type: ignore[call-overload]
        if (time, date) != (self._time, self._date):
            self._time, self._date = time, str(date)
            self.setAccessibleName(f"{time}, {date}")
            self.update()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """The time as large as it fits, the date below."""
        palette = self.theme.palette
        title = safe_text(self.widget.title)
        top = self.paint_caption(painter, room, title) if title else room.top()
        small = max(LEAST_TYPE, fitted(self.theme, self._date, room.width(), self.type_size(28, 0.16)))
        height = room.bottom() - top - small * 1.4
        size = max(
            LEAST_TYPE, fitted(self.theme, self._time, room.width(), min(height / 0.85, 220 * self.unit()), bold=True)
        )
        painter.setFont(self.theme.font(size, bold=True))
        painter.setPen(self.theme.colour(palette.text))
        base = top + height / 2 + size * 0.73 / 2
        painter.drawText(QPointF(room.left(), base), self._time)
        painter.setFont(self.theme.font(small))
        painter.setPen(self.theme.colour(palette.muted))
        painter.drawText(QPointF(room.left(), room.bottom() - small * 0.25), self._date)


class NoticeView(WallWidget):
    """The user's own words, as large as they fit."""

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        self.setAccessibleName(" ".join(filter(None, (self.widget.title, self.widget.text))))

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """Caption and text; the text becomes smaller until all of it is there."""
        palette = self.theme.palette
        title = safe_text(self.widget.title)
        top = self.paint_caption(painter, room, title) if title else room.top()
        text = "\n".join(safe_text(part, _NOTICE_CHARS) for part in self.widget.text[:_NOTICE_CHARS].splitlines())
        is_empty = not text.strip()
        area = QRectF(room.left(), top, room.width(), room.bottom() - top)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
        size = self.type_size(56, 0.6)
        while size > LEAST_TYPE:
            bound = QFontMetricsF(self.theme.font(size)).boundingRect(area, flags, text)
            if bound.height() <= area.height() and bound.width() <= area.width() + 1:
                break
            size = max(LEAST_TYPE, int(size * 0.92))
        painter.setFont(self.theme.font(size))
        painter.setPen(self.theme.colour(palette.muted if is_empty else palette.text))
        painter.drawText(area, flags, tr("Your notice") if is_empty else text)


class AlertsView(WallWidget):
    """The open alerts, the worst and newest first."""

    _shown: tuple[tuple[Alert, str], ...] = ()
    _is_known = False

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        service = self.context.services.alerts
        self._is_known = service is not None
        wanted = self.widget.profiles
        found = [
            a for a in (service.open_alerts if service is not None else ()) if not wanted or a.profile_id in wanted
        ]
        found = [replace(a, row_name=place(a, is_private=moment.is_private)) for a in found]
        found.sort(key=lambda alert: (-int(alert.level), -alert.fired_ms))
        self._shown = tuple((alert, format_duration(moment.now_ms - alert.fired_ms)) for alert in found)
        self.level = worst(alert.level for alert in found)
        self.setAccessibleName(tr("Alerts: {n} open", n=len(found)))
        self.update()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """One line for each alert; how many more there are where they do not fit."""
        palette = self.theme.palette
        if self.level is not Level.NONE:
            room = room.adjusted(6 * self.unit(), 0, 0, 0)
        size = self.type_size(24, 0.16)
        step = size * 1.75
        lines = max(1, int((room.height() - self.type_size(26, 0.14) * 1.4) / step))
        over = max(0, len(self._shown) - lines)
        shown = self._shown[: max(1, lines - 1)] if over else self._shown
        note = tr("{n} more", n=len(self._shown) - len(shown)) if over else ""
        top = self.paint_caption(painter, room, safe_text(self.widget.title) or tr("Alerts"), note)
        if not self._shown:
            painter.setFont(self.theme.font(self.type_size(26, 0.16)))
            painter.setPen(self.theme.colour(palette.muted))
            words = tr("Nothing needs you now.") if self._is_known else tr("Alerts are not kept here.")
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(room.left(), top, room.width(), room.bottom() - top), flags, words)
            return
        for at, (alert, age) in enumerate(shown):
            self._paint_line(painter, room, top + step * (at + 1) - size * 0.55, alert, age, size)

    def _paint_line(self, painter: QPainter, room: QRectF, base: float, alert: Alert, age: str, size: int) -> None:
        palette = self.theme.palette
        square = QRectF(room.left(), base - size * 0.8, size * 0.9, size * 0.9)
        paint_shape(painter, square, level_shape(alert.level), palette.level(alert.level))
        painter.setFont(self.theme.font(size))
        painter.setPen(self.theme.colour(palette.text))
        width = painter.fontMetrics().horizontalAdvance(age)
        painter.drawText(QPointF(room.right() - width, base), age)
        x = room.left() + size * 1.3
        painter.setFont(self.theme.font(size, bold=True))
        words = f"{safe_text(alert.row_name, 60)} · {safe_text(alert.rule_name, 60)}"
        if not alert.has_data:
            words = f"{words} ({tr('no data')})"
        painter.drawText(
            QPointF(x, base), elided(painter, f"{level_word(alert.level)}: {words}", room.right() - width - size - x)
        )
