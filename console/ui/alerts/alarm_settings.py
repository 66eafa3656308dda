"""How an alert makes itself known on this computer: sound, notifications, order of rows. Takes effect at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSlider, QWidget

from console.settings.schema import General
from console.ui.alerts.sound import NAMES, SoundPlayer, player_note, sound_title
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, line, push_button
from console.ui.windows.frame import FramedDialog


class AlarmSettingsDialog(FramedDialog):
    """Edits the part of the preferences that is about alerts.

    Signals:
        changed: the new `General`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None, theme: Theme, general: General, player: SoundPlayer) -> None:
        super().__init__(parent, theme, tr("Sounds and notifications"))
        self._general = general
        self._player = player
        self.sound = QComboBox()
        self.sound.setAccessibleName(tr("Sound of a new alert"))
        for name in ("", *NAMES):
            self.sound.addItem(sound_title(name), name)
        self.sound.setCurrentIndex(max(0, self.sound.findData(general.sound)))
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setPageStep(10)
        self.volume.setValue(general.volume)
        self.volume.setAccessibleName(tr("Volume"))
        self.share = Label(theme, muted=True)
        self.test = push_button(theme, tr("Play"))
        self.notify = self._check(tr("Notifications of the system while this window is not in front"), general.notify)
        self.tray = self._check(tr("An icon in the notification area"), general.tray)
        self.first = self._check(tr("Rows with an alarm stand at the top of their table"), general.alarms_first)
        self._arrange(theme)
        for signal in (
            self.sound.currentIndexChanged,
            self.volume.valueChanged,
            *(box.toggled for box in (self.notify, self.tray, self.first)),
        ):
            signal.connect(self._on_changed)
        self.test.clicked.connect(self._on_test)
        self._show_volume()
        self.fit(480, 340)

    def _arrange(self, theme: Theme) -> None:
        self.body.addWidget(Label(theme, tr("Sound of a new alert"), Type.SECTION, bold=True))
        row = QHBoxLayout()
        row.setSpacing(Space.INSIDE)
        row.addWidget(self.sound, 1)
        row.addWidget(self.test)
        self.body.addLayout(row)
        loud = QHBoxLayout()
        loud.setSpacing(Space.BETWEEN)
        loud.addWidget(Label(theme, tr("Volume")))
        loud.addWidget(self.volume, 1)
        self.share.setMinimumWidth(44)
        loud.addWidget(self.share)
        self.body.addLayout(loud)
        note = player_note(self._player.player)
        self.note = Label(theme, note, Type.SMALL, muted=True, wrap=True)
        self.note.setVisible(bool(note))
        self.body.addWidget(self.note)
        self.body.addWidget(line())
        for box in (self.notify, self.tray, self.first):
            self.body.addWidget(box)
        self.body.addStretch(1)

    def _check(self, caption: str, is_on: bool) -> QCheckBox:
        box = QCheckBox(mnemonic_safe(caption))
        box.setChecked(is_on)
        return box

    def _show_volume(self) -> None:
        self.share.setText(tr("{n} %", n=self.volume.value()))
        has_sound = bool(self.sound.currentData())
        self.volume.setEnabled(has_sound)
        self.test.setEnabled(has_sound)

    def _on_changed(self) -> None:
        self._show_volume()
        self._general = replace(
            self._general,
            sound=str(self.sound.currentData()),
            volume=self.volume.value(),
            notify=self.notify.isChecked(),
            tray=self.tray.isChecked(),
            alarms_first=self.first.isChecked(),
        )
        self.changed.emit(self._general)

    def _on_test(self) -> None:
        self._player.play(str(self.sound.currentData()), self.volume.value(), is_test=True)
