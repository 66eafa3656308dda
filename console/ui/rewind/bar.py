"""The bar at the foot of the window by which a recording is gone through."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.ui.rewind.timeline import Timeline
from console.ui.rewind.words import back_text, day_text, local, time_text, zone_text
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, IconButton, Label, line, push_button

PACES: Final = (1, 10, 60)


class RewindBar(QWidget):
    """Shows and asks; whoever owns it carries out.

    Signals:
        wanted: show this moment (epoch milliseconds).
        day_wanted: show that day (a `date`).
        stepped: go to the next (+1) or former (-1) recorded state.
        play_wanted: play so many seconds per second; 0 stands still.
        left: back to now.
        recorder_wanted: show what is recorded, and where.
    """

    wanted = Signal(float)
    day_wanted = Signal(object)
    stepped = Signal(int)
    play_wanted = Signal(int)
    left = Signal()
    recorder_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rewind")
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Rewind"))
        self._days: tuple[date, ...] = ()
        self._is_playing = self._is_compact = False
        self.timeline = Timeline(theme)
        self.timeline.wanted.connect(self.wanted)
        self.back = IconButton(theme, "chevron-left", tr("To the state before"))
        self.play = IconButton(theme, "play", tr("Play"), 20)
        self.forward = IconButton(theme, "chevron-right", tr("To the next state"))
        self.back.clicked.connect(self._on_back)
        self.play.clicked.connect(self.toggle_play)
        self.forward.clicked.connect(self._on_forward)
        self.pace = QComboBox()
        self.pace.setAccessibleName(tr("Speed of the replay"))
        for pace in PACES:
            self.pace.addItem(f"\u00d7{pace}", pace)
        self.pace.currentIndexChanged.connect(self._on_pace)
        self.time = Label(theme, "00:00:00", Type.TITLE, bold=True)
        self.zone = Label(theme, "", Type.SMALL, muted=True)
        self.day = QComboBox()
        self.day.setAccessibleName(tr("Recorded day"))
        self.day.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.day.setMinimumWidth(136)
        self.day.activated.connect(self._on_day)
        self.note = ElidedLabel(theme)
        self.recorder = IconButton(theme, "settings", tr("Recorder…"))
        self.recorder.clicked.connect(self.recorder_wanted)
        self.leave = push_button(theme, tr("Back to now"))
        self.leave.clicked.connect(self.left)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, 0)
        row.setSpacing(Space.INSIDE)
        for widget in (self.back, self.play, self.forward, self.pace, self.day, self.time, self.zone):
            row.addWidget(widget)
        row.addSpacing(Space.BETWEEN)
        row.addWidget(self.note, 1)
        row.addWidget(self.recorder)
        row.addWidget(self.leave)
        self._row, self._foot = row, QHBoxLayout()
        self._foot.setContentsMargins(Space.INSIDE, 0, Space.INSIDE, 0)
        self._foot.addWidget(self.timeline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line())
        column.addLayout(row)
        column.addLayout(self._foot)
        order = (self.timeline, self.back, self.play, self.forward, self.pace, self.day, self.recorder, self.leave)
        for one, other in itertools.pairwise(order):
            self.setTabOrder(one, other)
        self.setFocusProxy(self.timeline)

    def set_compact(self, is_compact: bool) -> None:
        """Take one line only, for a low window; the banner has the way back to now, too."""
        if is_compact is self._is_compact:
            return
        self._is_compact = is_compact
        former, place = (self._foot, self._row) if is_compact else (self._row, self._foot)
        former.removeWidget(self.timeline)
        place.insertWidget(self._row.indexOf(self.note) if is_compact else 0, self.timeline, 3)
        for widget in (self.zone, self.leave):
            widget.setVisible(not is_compact)
        self.note.setVisible(not is_compact or bool(self.note.full_text()))

    @property
    def chosen_pace(self) -> int:
        """Recorded seconds per second."""
        return int(self.pace.currentData())

    def show_days(self, days: Sequence[date]) -> None:
        """Offer these days."""
        if tuple(days) == self._days:
            return
        self._days = tuple(days)
        self.day.clear()
        for day in days:
            self.day.addItem(day_text(day), day)

    def show_moment(self, at_ms: float, now_ms: float) -> None:
        """Show where the replay is."""
        self.time.setText(time_text(at_ms))
        self.zone.setText(f"{zone_text(at_ms)}  ·  {back_text(at_ms, now_ms)}")
        self.timeline.show_moment(at_ms)
        day = local(at_ms).date()
        if day in self._days and self._days.index(day) != self.day.currentIndex():
            self.day.setCurrentIndex(self._days.index(day))

    def show_playing(self, is_playing: bool) -> None:
        """Show whether it plays."""
        if is_playing is not self._is_playing:
            self._is_playing = is_playing
            self.play.set_icon_name("pause" if is_playing else "play")
            self.play.setAccessibleName(tr("Pause") if is_playing else tr("Play"))

    def say(self, sentence: str) -> None:
        """Say why there is little to see; nothing where there is."""
        if sentence != self.note.full_text():
            self.note.setText(sentence)
            self.note.setVisible(not self._is_compact or bool(sentence))

    def toggle_play(self) -> None:
        """Play, or stand still."""
        self.play_wanted.emit(0 if self._is_playing else self.chosen_pace)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays, Escape goes back to now; arrows go through time wherever in the bar the keyboard is."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_Space:
            self.toggle_play()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End) and (
            not self.timeline.hasFocus()
        ):
            self.timeline.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _on_back(self) -> None:
        self.stepped.emit(-1)

    def _on_forward(self) -> None:
        self.stepped.emit(1)

    def _on_pace(self, _index: int) -> None:
        if self._is_playing:
            self.play_wanted.emit(self.chosen_pace)

    def _on_day(self, index: int) -> None:
        if 0 <= index < len(self._days):
            self.day_wanted.emit(self._days[index])
