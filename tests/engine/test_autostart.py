"""Boards at log-in: the very text each system reads, what is listed, and what is taken away."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import UserError
from console.domain.wallboard import Wallboard
from console.engine.autostart import (
    RUN_KEY,
    DesktopEntries,
    LaunchAgents,
    LoginBoards,
    RunKey,
    command,
    desktop_entry,
    launch_agent,
    this_autostart,
)

ARGV = command(("/opt/Supervisor Console/app",), "", 'Floor "B" 100 %', 2)


def test_the_desktop_entry_is_what_the_specification_reads() -> None:
    assert desktop_entry("Floor - Supervisor Console", ARGV) == (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Floor - Supervisor Console\n"
        "Comment=Opens a wallboard of Supervisor Console\n"
        'Exec="/opt/Supervisor Console/app" --wallboard "Floor \\\\"B\\\\" 100 %%" --screen 2\n'
        "Icon=supervisor-console\n"
        "Terminal=false\n"
        "X-GNOME-Autostart-enabled=true\n"
    )


def test_the_launch_agent_starts_at_log_in() -> None:
    assert plistlib.loads(launch_agent("b1", ARGV)) == {
        "Label": "supervisor-console-wallboard-b1",
        "ProgramArguments": list(ARGV),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }


class Registry:
    """As much of `winreg` as is used."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, KEY_READ, REG_SZ = "HKCU", 2, 1, 1

    def __init__(self) -> None:
        self.values: dict[str, str] = {"OneDrive": "x"}

    @contextmanager
    def _key(self, root: str, path: str, _reserved: int, _access: int) -> Iterator[str]:
        assert (root, path) == ("HKCU", RUN_KEY)
        yield path

    CreateKeyEx = OpenKey = _key

    def SetValueEx(self, _key: str, name: str, _reserved: int, _kind: int, value: str) -> None:
        self.values[name] = value

    def DeleteValue(self, _key: str, name: str) -> None:
        if self.values.pop(name, None) is None:
            raise FileNotFoundError(name)

    def EnumValue(self, _key: str, at: int) -> tuple[str, str, int]:
        names = list(self.values)
        if at >= len(names):
            raise OSError("no more")
        return names[at], self.values[names[at]], 1


def test_windows_has_a_value_for_each_board() -> None:
    registry = Registry()
    way = RunKey(registry)
    way.put("b1", "Floor", ARGV)
    name = "supervisor-console-wallboard-b1"
    assert registry.values[name] == '"/opt/Supervisor Console/app" --wallboard "Floor \\"B\\" 100 %" --screen 2'
    assert way.listed() == ("b1",)
    way.remove("b1")
    way.remove("b1")
    assert way.listed() == ()
    assert list(registry.values) == ["OneDrive"]


@pytest.mark.parametrize("kind", [DesktopEntries, LaunchAgents])
async def test_entries_are_put_listed_and_taken_away(tmp_path: Path, kind: Any) -> None:
    boards = LoginBoards(kind(tmp_path / "autostart"), ("console",), "/home/me/console")
    assert await boards.listed() == ()
    board = Wallboard("b1", "Floor")
    await boards.switch(board, True)
    await boards.switch(board, True)
    assert await boards.listed() == ("b1",)
    text = next((tmp_path / "autostart").iterdir()).read_text()
    assert "--config-dir" in text
    assert "/home/me/console" in text
    await boards.switch(board, False)
    await boards.switch(board, False)
    assert await boards.listed() == ()


async def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file where the folder should be")
    boards = LoginBoards(DesktopEntries(tmp_path / "autostart"), ("console",))
    with pytest.raises(UserError):
        await boards.switch(Wallboard("b1", "Floor"), True)
    with pytest.raises(UserError):
        await boards.switch(Wallboard("../evil", "Floor"), True)


def test_each_system_has_its_own_place(tmp_path: Path) -> None:
    assert isinstance(this_autostart("win32", tmp_path, {}, lambda _: Registry()), RunKey)
    assert isinstance(this_autostart("darwin", tmp_path, {}), LaunchAgents)
    linux = this_autostart("linux", tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "own")})
    assert linux is not None
    linux.put("b1", "Floor", ("console",))
    assert (tmp_path / "own" / "autostart" / "supervisor-console-wallboard-b1.desktop").is_file()
    assert this_autostart("emscripten", tmp_path, {}) is None
