"""A line for a day or a moment, with a calendar that opens below it."""

from __future__ import annotations

from PySide6.QtCore import QDate, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QTextCharFormat
from PySide6.QtWidgets import QApplication, QCalendarWidget, QFrame, QLineEdit, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.ui.forms.report_base import SHORT_WIDTH
from console.ui.forms.report_parse import parse_date, parse_moment
from console.ui.text import tr
from console.ui.theme import Space, Theme
from console.ui.theme.sizes import RADIUS


class Popup(QFrame):
    """A surface that opens below a control and closes on Escape or a click outside; no loop of its own.

    Signals:
        closed: it is gone.
    """

    closed = Signal()

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.theme = theme
        self._owner = owner
        self.setProperty("surface", "raised")

    def open_below(self, anchor: QWidget, width: int, height: int) -> None:
        """Open below `anchor`, or above it where the screen ends, never beyond an edge."""
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
        place = QRect(below.x(), below.y(), width, height)
        screen = anchor.screen() or QApplication.primaryScreen()
        room = screen.availableGeometry()
        if place.bottom() > room.bottom():
            top = anchor.mapToGlobal(QPoint(0, 0)).y() - height - 2
            place.moveTop(top if top >= room.top() else max(room.top(), room.bottom() - height))
        place.moveLeft(max(room.left(), min(place.left(), room.right() - width)))
        self.setGeometry(place)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; Enter never reaches the dialog below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the focus back and tell it."""
        super().hideEvent(event)
        if isValid(self._owner):
            self._owner.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint surface and outline."""
        painter = QPainter(self)
        palette = self.theme.palette
        painter.fillRect(self.rect(), self.theme.colour(palette.raised))
        painter.setPen(QPen(self.theme.colour(palette.outline), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class _Month(QCalendarWidget):
    """A month in the theme's colours: Qt paints weekends red, and the days around the month as those in it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintCell(self, painter: QPainter, rect: QRect, date: QDate) -> None:
        """Paint a day: today has a frame, the chosen one a ground, days of other months are muted."""
        palette, colour = self._theme.palette, self._theme.colour
        is_mine = (date.year(), date.month()) == (self.yearShown(), self.monthShown())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.fillRect(rect, colour(palette.raised))
        painter.setPen(Qt.PenStyle.NoPen)
        if date == self.selectedDate():
            painter.setBrush(colour(palette.primary))
            painter.drawRoundedRect(cell, RADIUS - 2, RADIUS - 2)
        elif date == QDate.currentDate():
            painter.setPen(QPen(colour(palette.outline), 1))
            painter.drawRoundedRect(cell, RADIUS - 2, RADIUS - 2)
        ink = palette.on_primary if date == self.selectedDate() else palette.text if is_mine else palette.muted
        painter.setPen(colour(ink))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(date.day()))
        painter.restore()


class DayLine(QLineEdit):
    """A line for a day; a button in it opens a calendar. What is picked replaces the day and keeps the rest.

    Args:
        week_start: 0 for Monday to 6 for Sunday.
    """

    def __init__(self, theme: Theme, placeholder: str = "", week_start: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._week_start = week_start
        self.setPlaceholderText(placeholder)
        self.setFixedWidth(SHORT_WIDTH)
        self._open = QAction(self)
        self._open.setText(tr("Choose from a calendar"))
        self._open.triggered.connect(self.open_calendar)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        self._popup: Popup | None = None
        self._calendar: QCalendarWidget | None = None
        self._refresh()
        theme.changed.connect(self._refresh)

    def name_button(self, name: str) -> None:
        """Say to a screen reader what the calendar is for."""
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(tr("{name}: choose from a calendar", name=name))

    @property
    def calendar(self) -> QCalendarWidget | None:
        """The calendar, once it was opened."""
        return self._calendar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Down and F4 open the calendar, as in a drop-down list."""
        is_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if (is_down or event.key() == Qt.Key.Key_F4) and not self.isReadOnly():
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    @Slot()
    def open_calendar(self) -> None:
        """Open the calendar at the day in the line."""
        if self.isReadOnly():
            return
        if self._popup is None:
            self._popup = Popup(self._theme, self)
            self._calendar = self._make_calendar()
            column = QVBoxLayout(self._popup)
            column.setContentsMargins(Space.INSIDE, Space.INSIDE, Space.INSIDE, Space.INSIDE)
            column.addWidget(self._calendar)
        assert self._calendar is not None
        former = parse_moment(self.text(), end_of_day=False)
        shown = QDate(former.year, former.month, former.day) if former else QDate()
        self._calendar.setSelectedDate(shown if shown.isValid() else QDate.currentDate())
        self._colour_calendar()
        size = self._popup.sizeHint()
        self._popup.open_below(self, max(size.width(), 280), max(size.height(), 240))
        self._calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _make_calendar(self) -> QCalendarWidget:
        calendar = _Month(self._theme)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek(self._week_start % 7 + 1))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setMinimumDate(QDate(1970, 1, 1))
        calendar.setMaximumDate(QDate(2199, 12, 31))
        calendar.setAccessibleName(tr("Calendar"))
        names = {
            "qt_calendar_prevmonth": tr("Month before"),
            "qt_calendar_nextmonth": tr("Month after"),
            "qt_calendar_monthbutton": tr("Month"),
            "qt_calendar_yearbutton": tr("Year"),
        }
        for button in calendar.findChildren(QToolButton):
            button.setAccessibleName(names.get(button.objectName(), tr("Calendar")))
        calendar.clicked.connect(self._on_picked)
        calendar.activated.connect(self._on_picked)
        return calendar

    def _colour_calendar(self) -> None:
        calendar = self._calendar
        if calendar is None:
            return
        palette, colour = self._theme.palette, self._theme.colour
        head = QTextCharFormat()
        head.setForeground(colour(palette.muted))
        head.setBackground(colour(palette.raised))
        calendar.setHeaderTextFormat(head)
        for day in Qt.DayOfWeek:
            calendar.setWeekdayTextFormat(day, head)
        for name, icon in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
            button = calendar.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(self._theme.icon(icon, palette.muted))

    @Slot(QDate)
    def _on_picked(self, day: QDate) -> None:
        text = self.text()
        former = None if parse_date(text) else parse_moment(text, end_of_day=False)
        self.setText(day.toString("yyyy-MM-dd") + (f" {former:%H:%M:%S}" if former else ""))
        if self._popup is not None:
            self._popup.close()

    @Slot()
    def _refresh(self) -> None:
        self._open.setIcon(self._theme.icon("calendar", self._theme.palette.muted))
        self._colour_calendar()
