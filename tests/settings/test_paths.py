"""Where data lives, and PS-06 for folders."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console.domain.errors import SettingsError
from console.settings.paths import Paths, prepare, resolve_paths

HOME = Path("/home/ann")


def resolved(platform: str, env: dict[str, str] | None = None, config_dir: str | None = None) -> Paths:
    return resolve_paths(config_dir, environ=env or {}, platform=platform, home=HOME)


def test_the_platforms_usual_places() -> None:
    linux = resolved("linux")
    assert linux.settings_file == HOME / ".config/supervisor-console/settings.json"
    assert linux.logs == HOME / ".local/state/supervisor-console/logs"
    assert not linux.chosen
    xdg = resolved("linux", {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"})
    assert (xdg.config, xdg.state) == (Path("/c/supervisor-console"), Path("/s/supervisor-console"))
    assert resolved("linux", {"XDG_CONFIG_HOME": "relative"}) == linux
    windows = resolved("win32", {"APPDATA": "/r", "LOCALAPPDATA": "/l"})
    assert (windows.config, windows.state) == (Path("/r/Supervisor Console"), Path("/l/Supervisor Console"))
    assert resolved("win32").config == HOME / "AppData/Roaming/Supervisor Console"
    mac = resolved("darwin")
    assert mac.config == mac.state == HOME / "Library/Application Support/Supervisor Console"
    assert mac.logs == HOME / "Library/Logs/Supervisor Console"


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_one_word_moves_everything(platform: str) -> None:
    env = {"SUPERVISOR_CONSOLE_HOME": "/from/variable", "XDG_CONFIG_HOME": "/c"}
    for paths, root in (
        (resolved(platform, env), Path("/from/variable")),
        (resolved(platform, env, "/from/argument"), Path("/from/argument")),
    ):
        everything = [*paths.folders, paths.settings_file, paths.window_file]
        assert all(path.is_relative_to(root) for path in everything)
        assert paths.chosen


def test_a_relative_folder_is_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_paths("here", environ={}).config == tmp_path / "here"


@pytest.mark.skipif(os.name != "posix", reason="mode bits of POSIX")
def test_ps_06_folders_are_private(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        paths = prepare(resolve_paths(tmp_path / "new", environ={}))
    finally:
        os.umask(mask)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in paths.folders} == {0o700}
    assert all(not list(folder.glob(".probe-*")) for folder in paths.folders)
    prepare(paths)


@pytest.mark.skipif(os.name != "posix", reason="mode bits of POSIX")
def test_ps_06_our_own_folder_is_tightened_and_the_users_is_not(tmp_path: Path) -> None:
    ours = resolve_paths(environ={}, platform="linux", home=tmp_path)
    ours.config.mkdir(parents=True, mode=0o755)
    prepare(ours)
    assert stat.S_IMODE(ours.config.stat().st_mode) == 0o700
    theirs = tmp_path / "shared"
    theirs.mkdir()
    theirs.chmod(0o755)
    prepare(resolve_paths(theirs, environ={}))
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o755
    assert stat.S_IMODE((theirs / "logs").stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["file", "file/below", "nul\x00", "x" * 300])
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError) as caught:
        prepare(resolve_paths(tmp_path / place, environ={}))
    assert caught.value.message.code == "settings.folder"
    assert "--config-dir" in str(caught.value)
