"""Where data lives, and making sure that it can live there."""

from __future__ import annotations

import os
import secrets as random_names
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.domain.errors import SettingsError
from console.domain.messages import message

HOME_VARIABLE: Final = "SUPERVISOR_CONSOLE_HOME"
UNIX_NAME: Final = "supervisor-console"
TITLE_NAME: Final = "Supervisor Console"
PRIVATE_FOLDER: Final = 0o700


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation; nothing of ours is written anywhere else.

    Attributes:
        config: settings (profiles, preferences).
        state: window state, crash files.
        logs: log files.
        chosen: whether the user named the place; then everything lies below that one folder.
    """

    config: Path
    state: Path
    logs: Path
    chosen: bool = False

    @property
    def settings_file(self) -> Path:
        """Profiles and preferences."""
        return self.config / "settings.json"

    @property
    def window_file(self) -> Path:
        """Geometry, docks and columns."""
        return self.state / "window.json"

    @property
    def reports_file(self) -> Path:
        """Presets, history and imported definitions of reports."""
        return self.config / "reports.json"

    @property
    def runs(self) -> Path:
        """Folder of what running reports download; made when the first one is needed."""
        return self.state / "runs"

    @property
    def recordings(self) -> Path:
        """Folder of what the systems said; made when the first of it is kept."""
        return self.state / "recordings"

    @property
    def rules_file(self) -> Path:
        """Alert rules."""
        return self.config / "alert_rules.json"

    @property
    def alerts_file(self) -> Path:
        """Alerts, open and past."""
        return self.state / "alerts.json"

    @property
    def thresholds_file(self) -> Path:
        """Thresholds and service-level formulas, by profile and queue."""
        return self.config / "thresholds.json"

    @property
    def wallboards_file(self) -> Path:
        """Wallboards."""
        return self.config / "wallboards.json"

    @property
    def crashes(self) -> Path:
        """Folder of crash files."""
        return self.state / "crashes"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder, parents first, each once."""
        return tuple(dict.fromkeys((self.config, self.state, self.logs, self.crashes)))


def resolve_paths(
    config_dir: str | os.PathLike[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    home: Path | None = None,
) -> Paths:
    """Where data lives: `config_dir`, else ``SUPERVISOR_CONSOLE_HOME``, else the platform's usual place.

    Touches no disk. `environ`, `platform` and `home` default to this process's own. Raises SettingsError for a
    relative `config_dir` where there is no working folder.
    """
    env = os.environ if environ is None else environ
    named = os.fspath(config_dir) if config_dir is not None else ""
    named = named or env.get(HOME_VARIABLE, "")
    if named:
        try:
            root = Path(os.path.abspath(os.path.expanduser(named)))
        except OSError as exc:  # a relative name, and the working folder has been deleted
            raise SettingsError(message("settings.folder", path=named, reason=exc.strerror or "unknown")) from exc
        return Paths(root, root, root / "logs", chosen=True)
    user = home if home is not None else Path(os.path.expanduser("~"))
    if platform == "win32":
        roaming = Path(env.get("APPDATA") or user / "AppData" / "Roaming") / TITLE_NAME
        local = Path(env.get("LOCALAPPDATA") or user / "AppData" / "Local") / TITLE_NAME
        return Paths(roaming, local, local / "logs")
    if platform == "darwin":
        support = user / "Library" / "Application Support" / TITLE_NAME
        return Paths(support, support, user / "Library" / "Logs" / TITLE_NAME)
    config = _xdg(env, "XDG_CONFIG_HOME", user / ".config") / UNIX_NAME
    state = _xdg(env, "XDG_STATE_HOME", user / ".local" / "state") / UNIX_NAME
    return Paths(config, state, state / "logs")


def prepare(paths: Paths) -> Paths:
    """Create the folders for this user alone (0700) and prove that they can be written.

    A folder that the user chose and that was there before keeps its mode; what we write into it is private by itself.
    Raises SettingsError (settings.folder) for a folder that cannot be used.
    """
    for folder in paths.folders:
        try:
            _prepare(folder, tighten=not (paths.chosen and folder == paths.config))
        except (OSError, ValueError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else type(exc).__name__
            raise SettingsError(message("settings.folder", path=str(folder), reason=reason)) from exc
    return paths


def _xdg(env: Mapping[str, str], name: str, default: Path) -> Path:
    value = env.get(name, "")
    return Path(value) if os.path.isabs(value) else default  # the XDG text: a relative path must be ignored


def _prepare(folder: Path, *, tighten: bool) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
    except FileExistsError:
        if not folder.is_dir():
            raise
        if tighten and os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(PRIVATE_FOLDER)
    probe = folder / f".probe-{os.getpid()}-{random_names.token_hex(4)}"
    handle = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.close(handle)
    os.unlink(probe)
