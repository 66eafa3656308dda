"""The system libraries and tools that Qt and the tests need on Linux, and how Debian and Ubuntu call them."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runner.ground import MACHINE_LACKS_SOMETHING, VENVS, RunError, complain, logged, say, timed


@dataclass(frozen=True)
class Need:
    """A library (by soname), a program or a Python module, and the Debian packages that bring it, best first."""

    thing: str
    packages: tuple[str, ...]

    def is_met(self) -> bool:
        """Tell whether it is there and, for a library, loads with everything it needs itself."""
        if ".so." not in self.thing:
            return shutil.which(self.thing) is not None
        try:
            ctypes.CDLL(self.thing)
        except OSError:
            return False
        return True


def _needs(table: str) -> tuple[Need, ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Need(row[0], tuple(row[1:])) for row in rows)


# Found by starting from a bare Debian 12 and adding one package at a time until a window ran, then by reading
# what Qt's platform plug-ins are linked against.
QT: Final = _needs("""
    libGL.so.1              libgl1
    libEGL.so.1             libegl1
    libX11.so.6             libx11-6
    libxkbcommon.so.0       libxkbcommon0
    libglib-2.0.so.0        libglib2.0-0t64 libglib2.0-0
    libgthread-2.0.so.0     libglib2.0-0t64 libglib2.0-0
    libfontconfig.so.1      libfontconfig1
    libfreetype.so.6        libfreetype6
    libdbus-1.so.3          libdbus-1-3
""")
XCB: Final = _needs("""
    libX11-xcb.so.1         libx11-xcb1
    libxkbcommon-x11.so.0   libxkbcommon-x11-0
    libxcb-cursor.so.0      libxcb-cursor0
    libxcb-icccm.so.4       libxcb-icccm4
    libxcb-image.so.0       libxcb-image0
    libxcb-keysyms.so.1     libxcb-keysyms1
    libxcb-randr.so.0       libxcb-randr0
    libxcb-render-util.so.0 libxcb-render-util0
    libxcb-shape.so.0       libxcb-shape0
    libxcb-sync.so.1        libxcb-sync1
    libxcb-util.so.1        libxcb-util1
    libxcb-xfixes.so.0      libxcb-xfixes0
    libxcb-xkb.so.1         libxcb-xkb1
""")
WAYLAND: Final = _needs("""
    libwayland-client.so.0  libwayland-client0
    libwayland-cursor.so.0  libwayland-cursor0
    libwayland-egl.so.1     libwayland-egl1
""")
TEST_TOOLS: Final = _needs("""
    Xvfb                    xvfb
    dbus-run-session        dbus-daemon dbus
    gnome-keyring-daemon    gnome-keyring
""")


def has_display() -> bool:
    """Tell whether a window can be shown. A display that is named but does not answer is none."""
    if sys.platform != "linux":
        return True
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    return _wayland_answers() or _x_answers()


def demo_needs() -> tuple[Need, ...]:
    """Return what the demo needs: Qt's libraries, and those of the display server that is there."""
    if not has_display():
        return QT
    return QT + XCB + (WAYLAND if _wayland_answers() else ())


def test_needs() -> tuple[Need, ...]:
    """Return what the tests need: all of Qt, a virtual display, and a session bus with a keyring."""
    return QT + XCB + TEST_TOOLS


def ensure(needs: Iterable[Need]) -> None:
    """Make sure that the system has what is needed.

    Debian and Ubuntu: install what is missing as root, otherwise stop with the line to type. Other Linux
    systems: name what is missing and go on. Windows and macOS need nothing.
    """
    if sys.platform != "linux":
        return
    missing = [need for need in needs if not need.is_met()]
    if _lacks_venv():
        missing.append(Need("ensurepip", (f"python3.{sys.version_info[1]}-venv",)))
    if not missing:
        return
    things = ", ".join(need.thing for need in missing)
    if shutil.which("apt-get") is None:
        complain(f"This system lacks {things}. Install the packages that hold them if the program does not start.")
        return
    if os.geteuid() != 0:
        raise RunError(_request(things, _packages(missing)), MACHINE_LACKS_SOMETHING)
    _install(missing)


def _install(missing: list[Need]) -> None:
    VENVS.mkdir(exist_ok=True)
    log = VENVS / "apt.log"
    log.unlink(missing_ok=True)
    try:
        with timed("Refreshing the list of system packages"):
            logged(["apt-get", "-q", "update"], log, "Refreshing the list of packages", _APT_ENV)
    except RunError:
        say("  that failed; going on with the list at hand")  # one bad source must not stop the others
    packages = _packages(missing)
    with timed(f"Installing system packages: {' '.join(packages)}"):
        logged([*_APT_INSTALL, *packages], log, "Installing the system packages", _APT_ENV)
    still = [need.thing for need in missing if need.thing != "ensurepip" and not need.is_met()]
    if still:
        raise RunError(
            f"{', '.join(still)} still missing after installing {' '.join(packages)}.", MACHINE_LACKS_SOMETHING
        )


_APT_ENV: Final = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
# another apt may be at work (a fresh machine updates itself), hence the wait
_APT_WAIT: Final = ("-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0")
_APT_INSTALL: Final = ("apt-get", "-q", "-y", *_APT_WAIT, "install", "--no-install-recommends")


def _request(things: str, packages: list[str]) -> str:
    return (
        f"This system lacks {things}.\n"
        "Install them with the line below, then start this command again:\n"
        f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
    )


def _packages(missing: list[Need]) -> list[str]:
    """Return the packages to install, each once: of several names the first that this release knows."""
    chosen = {}
    for need in missing:
        known = [name for name in need.packages if len(need.packages) == 1 or _is_known(name)]
        chosen[known[0] if known else need.packages[-1]] = None
    return list(chosen)


def _is_known(package: str) -> bool:
    command = ["apt-cache", "show", "--no-all-versions", package]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _lacks_venv() -> bool:
    """Tell whether this is a distribution's Python without the part that makes environments."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return True
    return False


def _x_answers() -> bool:
    display = os.environ.get("DISPLAY", "")
    if not display.startswith((":", "unix:")):
        return bool(display)  # forwarded from another machine: let Qt find out
    number = display.partition(":")[2].partition(".")[0]
    return _listens(f"/tmp/.X11-unix/X{number}") or _listens(f"\0/tmp/.X11-unix/X{number}")  # noqa: S108


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and _listens(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name)))


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
