"""Quiet hours on one line: days of the week, from, to."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import QHBoxLayout, QTimeEdit, QToolButton, QWidget

from console.domain.alert_rules import QuietHours
from console.ui.alerts.rule_words import day_names
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import IconButton, Label, flow_row
from console.ui.windows.zone_box import week_days


class QuietRow(QWidget):
    """Edits one `QuietHours`.

    Signals:
        changed: something else is entered.
        remove_asked: the cross was pressed.
    """

    changed = Signal()
    remove_asked = Signal()

    def __init__(self, theme: Theme, quiet: QuietHours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        parts, flow = flow_row(self)  # a narrow dialog has the times below the days
        days, row = _together()
        flow.addWidget(days)
        self.days: list[QToolButton] = []
        for day, (short, name) in enumerate(zip(day_names(), week_days(), strict=True)):
            button = QToolButton()
            button.setText(short)
            button.setFont(theme.font(Type.SMALL))
            button.setCheckable(True)
            button.setChecked(day in quiet.days)
            button.setAccessibleName(name)
            button.toggled.connect(self.changed)
            self.days.append(button)
            row.addWidget(button)
        self.begin = self._time(quiet.start_min, tr("Quiet from"))
        self.end = self._time(quiet.end_min, tr("Quiet until"))
        times, row = _together()
        flow.addWidget(times)
        for label, editor in ((tr("from"), self.begin), (tr("to"), self.end)):
            row.addWidget(Label(theme, label, muted=True))
            row.addWidget(editor)
        self.remove = IconButton(theme, "x", tr("Remove these quiet hours"))
        self.remove.clicked.connect(self.remove_asked)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.TIGHT)
        whole.addWidget(parts, 1)
        whole.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)

    def quiet(self) -> QuietHours:
        """What is entered; on no day means never."""
        days = frozenset(day for day, button in enumerate(self.days) if button.isChecked())
        return QuietHours(_minutes(self.begin), _minutes(self.end), days)

    def _time(self, minutes: int, name: str) -> QTimeEdit:
        edit = QTimeEdit(QTime(minutes // 60 % 24, minutes % 60))
        edit.setDisplayFormat("HH:mm")
        edit.setAccessibleName(name)
        edit.timeChanged.connect(self.changed)
        return edit


def _together() -> tuple[QWidget, QHBoxLayout]:
    """What stays side by side."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.TIGHT)
    return widget, row


def _minutes(edit: QTimeEdit) -> int:
    time = edit.time()
    return time.hour() * 60 + time.minute()
