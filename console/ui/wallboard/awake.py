"""Keeps the display on while a wallboard is shown: each system in its own way, and an honest word where none works.

Linux asks ``org.freedesktop.ScreenSaver`` over the session bus (the request lives as long as the connection does),
Windows takes ``SetThreadExecutionState``, macOS a ``caffeinate`` that ends with this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, Signal

from console.ui.text import tr

SERVICE: Final = "org.freedesktop.ScreenSaver"
PATH: Final = "/org/freedesktop/ScreenSaver"
APP_NAME: Final = "Supervisor Console"
REASON: Final = "A wallboard is shown"
ANSWER_MS: Final = 5000
# winbase.h: keep the state until told otherwise; the system and the display are in use
ES_CONTINUOUS: Final = 0x80000000
ES_SYSTEM_REQUIRED: Final = 0x00000001
ES_DISPLAY_REQUIRED: Final = 0x00000002


class Way(Protocol):
    """One system's way. Both calls return at once; `failed` is told when it turns out not to work."""

    def begin(self, failed: Callable[[], None]) -> None:
        """Keep the display on from now on."""
        ...

    def end(self) -> None:
        """Let it sleep again."""
        ...


class WindowsWay:
    """The thread that asks must be the one that takes it back: the window's."""

    def __init__(self, set_state: Callable[[int], int] | None = None) -> None:
        self._set_state = set_state or _set_thread_execution_state

    def begin(self, failed: Callable[[], None]) -> None:
        """See `Way.begin`; the system gives 0 where it refuses."""
        if not self._set_state(ES_CONTINUOUS | ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED):
            failed()

    def end(self) -> None:
        """See `Way.end`."""
        self._set_state(ES_CONTINUOUS)


class MacWay:
    """``caffeinate -d`` keeps the display on, ``-i`` the computer, ``-w`` ends it with this process."""

    def __init__(self, spawn: Callable[[Sequence[str]], Any] | None = None) -> None:
        self._spawn = spawn or _spawn
        self._child: Any = None

    def begin(self, failed: Callable[[], None]) -> None:
        """See `Way.begin`."""
        try:
            self._child = self._spawn(["/usr/bin/caffeinate", "-d", "-i", "-w", str(os.getpid())])
        except OSError:
            failed()

    def end(self) -> None:
        """See `Way.end`."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
            self._child = None


class SessionBus(QObject):
    """A connection of our own to the session bus, and one question over it."""

    NAME: Final = "supervisor-console-awake"

    def __init__(self) -> None:
        super().__init__()
        self._watcher: Any = None
        self._answered: Callable[[bool], None] = _nothing

    def ask(self, answered: Callable[[bool], None]) -> bool:
        """Ask the desktop not to blank; False when there is no bus. `answered` is told whether it agreed."""
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, self.NAME)
        if not bus.isConnected():
            return False
        message = QDBusMessage.createMethodCall(SERVICE, PATH, SERVICE, "Inhibit")
        message.setArguments([APP_NAME, REASON])
        self._answered = answered
        self._watcher = QDBusPendingCallWatcher(bus.asyncCall(message, ANSWER_MS), self)
        self._watcher.finished.connect(self._on_finished)
        return True

    def close(self) -> None:
        """Go: the desktop takes the request back by itself."""
        from PySide6.QtDBus import QDBusConnection

        self._answered = _nothing
        QDBusConnection.disconnectFromBus(self.NAME)

    def _on_finished(self, watcher: Any) -> None:
        self._answered(not watcher.isError())
        self._watcher = None
        watcher.deleteLater()


class BusWay:
    """The session bus: asked without waiting, because a desktop that hangs must not hang the window."""

    def __init__(self, bus: Any = None) -> None:
        self._bus = bus
        self._failed: Callable[[], None] | None = None

    def begin(self, failed: Callable[[], None]) -> None:
        """See `Way.begin`."""
        self._failed = failed
        self._bus = self._bus or SessionBus()
        if not self._bus.ask(self._on_answer):
            failed()

    def end(self) -> None:
        """See `Way.end`."""
        self._failed = None
        if self._bus is not None:
            self._bus.close()

    def _on_answer(self, has_agreed: bool) -> None:
        if not has_agreed and self._failed is not None:
            self._failed()


def way_of(platform: str) -> Way | None:
    """The way of a system; None where none is known."""
    if platform == "win32":
        return WindowsWay()
    if platform == "darwin":
        return MacWay()
    return BusWay() if platform.startswith(("linux", "freebsd")) else None


class Awake(QObject):
    """Keeps the display on while anybody holds it.

    Signals:
        changed: `problem` may be another one now.
    """

    changed = Signal()

    def __init__(self, way: Way | None = None, *, find: Callable[[str], Way | None] = way_of) -> None:
        super().__init__()
        self._way = way
        self._find = find
        self._holders: set[str] = set()
        self.problem = ""

    def hold(self, who: str) -> None:
        """Keep it on for `who`."""
        if not self._holders:
            self.problem = ""
            self._way = self._way or self._find(sys.platform)
            if self._way is None:
                self._on_failed()
            else:
                self._way.begin(self._on_failed)
        self._holders.add(who)

    def release(self, who: str) -> None:
        """`who` needs it no longer; the last one lets it sleep."""
        if who in self._holders:
            self._holders.discard(who)
            if not self._holders and self._way is not None:
                self._way.end()

    def _on_failed(self) -> None:
        self.problem = tr("This computer may switch the display off: its desktop does not let programs keep it on.")
        self.changed.emit()


def _nothing(_has_agreed: bool) -> None:
    """Nobody is told."""


def _set_thread_execution_state(flags: int) -> int:
    import ctypes

    return int(ctypes.windll.kernel32.SetThreadExecutionState(ctypes.c_uint(flags)))  # type: ignore[attr-defined]


def _spawn(command: Sequence[str]) -> Any:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
