"""The alarm's sound, by what the computer has: Qt's own sound module is not part of this program.

Windows plays it itself; macOS has ``afplay``; on Linux the sound server's own players are tried in turn. Where none is
there the computer beeps, if it can, and the settings say so.
"""

from __future__ import annotations

import shutil
import sys
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from console.assets import MissingAssetError, asset_path
from console.domain.clock import Clock
from console.tasks import Report, TaskScope
from console.ui.text import tr

NAMES: Final = ("chime", "bell", "pulse", "soft")
GAP_S: Final = 2.0  # real seconds between two sounds: a floor that goes wrong at once rings once
_LINUX: Final = (("pw-play", ()), ("paplay", ()), ("aplay", ("-q",)))


def sound_title(name: str) -> str:
    """A sound in words."""
    return {
        "": tr("No sound"),
        "chime": tr("Chime"),
        "bell": tr("Bell"),
        "pulse": tr("Three short tones"),
        "soft": tr("Soft"),
    }.get(name, name)


def find_player(platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which) -> tuple[str, ...]:
    """The command that plays a file given to it; ``winsound`` for Windows' own; empty where there is none."""
    if platform == "win32":
        return ("winsound",)
    if platform == "darwin":
        return ("afplay",) if which("afplay") else ()
    for name, options in _LINUX:
        found = which(name)
        if found:
            return (found, *options)
    return ()


def player_note(player: tuple[str, ...]) -> str:
    """What to tell where no sound can be played; empty where it can."""
    if player:
        return ""
    return tr(
        "This computer has no player for sounds (pw-play, paplay or aplay): it will beep at most. "
        "Banner and notifications work all the same."
    )


def louder(source: Path, target: Path, volume: int) -> Path:
    """A copy of a 16-bit sound at a volume of 0 to 100, as the ear takes it; may take some milliseconds.

    Raises OSError or wave.Error.
    """
    share = (max(0, min(100, volume)) / 100) ** 2  # half the setting sounds about half as loud
    with wave.open(str(source), "rb") as given:
        shape, frames = given.getparams(), array("h", given.readframes(given.getnframes()))
    if sys.byteorder == "big":
        frames.byteswap()
    scaled = array("h", (int(value * share) for value in frames))
    if sys.byteorder == "big":
        scaled.byteswap()
    target.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(target), "wb") as file:
        file.setparams(shape)
        file.writeframes(scaled.tobytes())
    return target


class SoundPlayer(QObject):
    """Plays one sound at a time and never waits for it.

    Args:
        folder: where copies at the chosen volume are kept.
    """

    def __init__(
        self, clock: Clock, folder: Path, report: Report | None = None, player: tuple[str, ...] | None = None
    ) -> None:
        super().__init__()
        self.player = find_player() if player is None else player
        self._clock = clock
        self._folder = folder
        self._scope = TaskScope("sound", report)
        self._process: QProcess | None = None
        self._last = float("-inf")
        self.played: list[str] = []  # the last few, for tests

    @property
    def is_silent(self) -> bool:
        """Whether there is nobody to hear it: a window without a screen."""
        return QGuiApplication.platformName() in ("offscreen", "minimal")

    def play(self, name: str, volume: int, *, is_test: bool = False) -> None:
        """Play a sound; nothing for an empty name, volume 0, or within `GAP_S` of the last one."""
        now = self._clock.monotonic()
        if name not in NAMES or volume <= 0 or (not is_test and now - self._last < GAP_S):
            return
        self._last = now
        self.played = [*self.played[-7:], name]
        if self.is_silent:
            return
        if not self.player:
            QApplication.beep()
            return
        self._scope.restart("play", lambda: self._play(name, volume))

    async def aclose(self) -> None:
        """Be quiet."""
        await self._scope.aclose()
        if self._process is not None and self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(200)

    async def _play(self, name: str, volume: int) -> None:
        import asyncio

        try:
            file = await asyncio.to_thread(self._file, name, volume)
        except (OSError, wave.Error, MissingAssetError):
            QApplication.beep()
            return
        if self.player == ("winsound",):
            await asyncio.to_thread(_play_on_windows, file)
        else:
            self._start(file)

    def _file(self, name: str, volume: int) -> Path:
        target = self._folder / f"{name}-{volume}.wav"
        if target.is_file():
            return target
        return louder(asset_path("resources", "sounds", f"{name}.wav"), target, volume)

    def _start(self, file: Path) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.deleteLater()
        process = self._process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.errorOccurred.connect(self._on_failed)
        process.start(self.player[0], [*self.player[1:], str(file)])

    def _on_failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            QApplication.beep()


def _play_on_windows(file: Path) -> None:
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
