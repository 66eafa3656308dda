"""Sounds and notifications: once, grouped, and none where nobody could hear them."""

from __future__ import annotations

import wave
from array import array
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.assets import asset_path
from console.domain.alert_rules import Action
from console.domain.alerts import AlertNews, AlertState, Ending
from console.settings.schema import General
from console.ui.alerts.alarm_settings import AlarmSettingsDialog
from console.ui.alerts.notices import Notices
from console.ui.alerts.sound import NAMES, SoundPlayer, find_player, louder, player_note
from console.ui.alerts.words import life
from console.ui.theme import Theme
from tests.ui.alerts.fakes import alert
from tests.ui.boards import StillClock

_TOLD = frozenset({Action.NOTIFICATION})


def loudest(file: Path) -> int:
    with wave.open(str(file), "rb") as sound:
        assert sound.getsampwidth() == 2
        assert sound.getnframes() / sound.getframerate() < 2
        return max(map(abs, array("h", sound.readframes(sound.getnframes()))))


def test_every_sound_is_there_and_its_volume_can_be_chosen(tmp_path: Path) -> None:
    for name in NAMES:
        file = asset_path("resources", "sounds", f"{name}.wav")
        quiet = louder(file, tmp_path / f"{name}.wav", 50)
        assert 0.2 < loudest(quiet) / loudest(file) < 0.3


def test_the_player_is_what_the_computer_has() -> None:
    assert find_player("win32", lambda _name: None) == ("winsound",)
    assert find_player("darwin", lambda name: f"/usr/bin/{name}") == ("afplay",)
    assert find_player("linux", lambda name: "/bin/aplay" if name == "aplay" else None) == ("/bin/aplay", "-q")
    nobody = find_player("linux", lambda _name: None)
    assert nobody == ()
    assert "no player" in player_note(nobody)


def test_a_floor_that_goes_wrong_at_once_rings_once(tmp_path: Path, qtbot: QtBot) -> None:
    clock = StillClock()
    player = SoundPlayer(clock, tmp_path, player=())
    for _ in range(5):
        player.play("chime", 60)
    clock.step(3)
    player.play("chime", 0)
    player.play("", 60)
    player.play("bell", 60)
    assert player.played == ["chime", "bell"]


def test_what_fires_together_is_one_notification_and_what_is_over_is_none(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window, theme)
    first, second, third = alert(1), alert(2, "Sales"), alert(3, "Billing")
    notices.take([AlertNews(each, _TOLD) for each in (first, second, third)])
    notices.take([AlertNews(replace(third, state=AlertState.CLEARED))])
    notices.send()
    assert notices.sent == [("Critical — Supervisor Console", "2 queues critical: Support, Sales")]
    notices.take([AlertNews(first)])
    notices.send()
    notices.is_wanted = False
    notices.take([AlertNews(first, _TOLD)])
    notices.send()
    assert len(notices.sent) == 1


def test_settings_take_effect_at_once_and_can_be_heard(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    player = SoundPlayer(StillClock(), tmp_path, player=())
    dialog = AlarmSettingsDialog(None, theme, General(), player)
    qtbot.addWidget(dialog)
    told: list[General] = []
    dialog.changed.connect(told.append)
    dialog.sound.setCurrentIndex(dialog.sound.findData("bell"))
    dialog.volume.setValue(20)
    dialog.first.setChecked(False)
    dialog.test.click()
    assert (told[-1].sound, told[-1].volume, told[-1].alarms_first) == ("bell", 20, False)
    assert player.played == ["bell"]
    assert dialog.note.text()


def test_an_alert_says_why_the_console_put_it_away() -> None:
    said = {
        ending: life(alert(1, state=AlertState.ARCHIVED, archived_ms=9e12, ending=ending))[-1][1] for ending in Ending
    }
    assert said[Ending.NONE] == "Archived"
    assert "rule was changed" in said[Ending.RULE]
    assert "connection was removed" in said[Ending.PROFILE]
