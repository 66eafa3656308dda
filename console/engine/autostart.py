"""Wallboards that open when the user logs in: one entry for each, in the system's own place for such things.

Linux: a desktop entry in ``autostart`` (specifications.freedesktop.org/autostart-spec). Windows: a value below the
user's ``Run`` key (learn.microsoft.com: Run and RunOnce Registry Keys). macOS: a launch agent with ``RunAtLoad``
(developer.apple.com: Creating Launch Daemons and Agents). Every method blocks; call them on a thread.
"""

from __future__ import annotations

import asyncio
import plistlib
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.wallboard import Wallboard

PREFIX: Final = "supervisor-console-wallboard-"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
_SAFE_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_RESERVED: Final = re.compile(r'[\s"\'\\><~|&;$*?#()`]')


class Autostart(Protocol):
    """The system's way. Board ids are letters, digits and hyphens; errors are OSError."""

    def put(self, board_id: str, title: str, argv: Sequence[str]) -> None:
        """Start `argv` at every log-in from now on."""
        ...

    def remove(self, board_id: str) -> None:
        """Do so no longer; an entry that is gone already is no error."""
        ...

    def listed(self) -> tuple[str, ...]:
        """The boards there are entries for."""
        ...


def command(program: Sequence[str], config_dir: str, name: str, screen: int | None = None) -> tuple[str, ...]:
    """What opens a board: the program, the user's own folder if there is one, the board, the display."""
    folder = ("--config-dir", config_dir) if config_dir else ()
    display = ("--screen", str(screen)) if screen is not None else ()
    return (*program, *folder, "--wallboard", name, *display)


class LoginBoards:
    """Which boards open at log-in, as the window switches them.

    Args:
        way: the system's.
        program: what starts the console here.
        config_dir: the folder the user chose, or empty.
    """

    def __init__(self, way: Autostart, program: Sequence[str], config_dir: str = "") -> None:
        self._way = way
        self._program = tuple(program)
        self._config_dir = config_dir

    async def switch(self, board: Wallboard, is_on: bool, screen: int | None = None) -> None:
        """Open a board at log-in, or no longer; UserError with the system's words where that cannot be done."""

        def work() -> None:
            if is_on:
                argv = command(self._program, self._config_dir, board.name, screen)
                self._way.put(board.id, f"{board.name} - Supervisor Console", argv)
            else:
                self._way.remove(board.id)

        try:
            await asyncio.to_thread(work)
        except OSError as failure:
            reason = failure.strerror or str(failure) or type(failure).__name__
            raise UserError(message("wallboard.login_failed", reason=reason)) from failure

    async def listed(self) -> tuple[str, ...]:
        """The ids of the boards that open at log-in."""
        try:
            return await asyncio.to_thread(self._way.listed)
        except OSError:
            return ()


class DesktopEntries:
    """Linux and other desktops of freedesktop.org."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, board_id: str, title: str, argv: Sequence[str]) -> None:
        """See `Autostart.put`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._path(board_id), desktop_entry(title, argv).encode())

    def remove(self, board_id: str) -> None:
        """See `Autostart.remove`."""
        self._path(board_id).unlink(missing_ok=True)

    def listed(self) -> tuple[str, ...]:
        """See `Autostart.listed`."""
        found = self._folder.glob(f"{PREFIX}*.desktop") if self._folder.is_dir() else ()
        return tuple(sorted(path.stem.removeprefix(PREFIX) for path in found))

    def _path(self, board_id: str) -> Path:
        return self._folder / f"{PREFIX}{_checked(board_id)}.desktop"


def desktop_entry(title: str, argv: Sequence[str]) -> str:
    """The text of a desktop entry; arguments are quoted as the specification's ``Exec`` key wants it."""
    name = title.replace("\\", r"\\").replace("\n", " ")
    return "\n".join(
        (
            "[Desktop Entry]",
            "Type=Application",
            f"Name={name}",
            "Comment=Opens a wallboard of Supervisor Console",
            f"Exec={' '.join(_exec_argument(part) for part in argv)}",
            "Icon=supervisor-console",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
            "",
        )
    )


def _exec_argument(text: str) -> str:
    """Percent signs are doubled; what has reserved characters is quoted, and the quoting escaped for the file."""
    text = text.replace("%", "%%").replace("\n", " ")
    if text and not _RESERVED.search(text):
        return text
    quoted = re.sub(r'(["`$\\])', r"\\\1", text)
    return '"' + quoted.replace("\\", "\\\\") + '"'


class LaunchAgents:
    """macOS."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, board_id: str, title: str, argv: Sequence[str]) -> None:
        """See `Autostart.put`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._path(board_id), launch_agent(board_id, argv))

    def remove(self, board_id: str) -> None:
        """See `Autostart.remove`."""
        self._path(board_id).unlink(missing_ok=True)

    def listed(self) -> tuple[str, ...]:
        """See `Autostart.listed`."""
        found = self._folder.glob(f"{PREFIX}*.plist") if self._folder.is_dir() else ()
        return tuple(sorted(path.stem.removeprefix(PREFIX) for path in found))

    def _path(self, board_id: str) -> Path:
        return self._folder / f"{PREFIX}{_checked(board_id)}.plist"


def launch_agent(board_id: str, argv: Sequence[str]) -> bytes:
    """The property list of an agent: once at log-in, with a window."""
    entry: Mapping[str, Any] = {
        "Label": f"{PREFIX}{board_id}",
        "ProgramArguments": list(argv),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    return plistlib.dumps(dict(entry), sort_keys=False)


class RunKey:
    """Windows: values below the user's own Run key.

    Args:
        registry: the standard library's ``winreg``, or what stands for it.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry

    def put(self, board_id: str, title: str, argv: Sequence[str]) -> None:
        """See `Autostart.put`."""
        reg = self._registry
        with reg.CreateKeyEx(reg.HKEY_CURRENT_USER, RUN_KEY, 0, reg.KEY_SET_VALUE) as key:
            reg.SetValueEx(key, PREFIX + _checked(board_id), 0, reg.REG_SZ, subprocess.list2cmdline(argv))

    def remove(self, board_id: str) -> None:
        """See `Autostart.remove`."""
        reg = self._registry
        try:
            with reg.OpenKey(reg.HKEY_CURRENT_USER, RUN_KEY, 0, reg.KEY_SET_VALUE) as key:
                reg.DeleteValue(key, PREFIX + _checked(board_id))
        except FileNotFoundError:
            return

    def listed(self) -> tuple[str, ...]:
        """See `Autostart.listed`."""
        reg = self._registry
        names: list[str] = []
        try:
            with reg.OpenKey(reg.HKEY_CURRENT_USER, RUN_KEY, 0, reg.KEY_READ) as key:
                while True:
                    names.append(reg.EnumValue(key, len(names))[0])
        except OSError:  # past the last value, or no key at all
            return tuple(sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)))


def this_autostart(
    platform: str, home: Path, environ: Mapping[str, str], load: Callable[[str], Any] = __import__
) -> Autostart | None:
    """The way of a system; None where none is known."""
    if platform == "win32":
        return RunKey(load("winreg"))
    if platform == "darwin":
        return LaunchAgents(home / "Library" / "LaunchAgents")
    if platform.startswith(("linux", "freebsd")):
        named = environ.get("XDG_CONFIG_HOME", "")
        return DesktopEntries((Path(named) if named.startswith("/") else home / ".config") / "autostart")
    return None


def _checked(board_id: str) -> str:
    if not _SAFE_ID.fullmatch(board_id):
        raise OSError("no board's id")
    return board_id


def _write(path: Path, data: bytes) -> None:
    """The old entry or the new one, never half of one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(path)
