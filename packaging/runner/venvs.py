"""Virtual environments made from the lock: complete or made again, one maker at a time, ready at once after that."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from runner.ground import LOCKS, ROOT, VENVS, RunError, logged, say, shown, timed

# raised when environments made by an older version of this file must not be used any more
_RECIPE: Final = 1
_STAMP: Final = "supervisor-console.ready"
_WINDOWS: Final = sys.platform == "win32"


class Venv:
    """One environment below ``.venv``: which lock file it is made from, and whether the project is installed in it.

    ``installed`` means an editable installation with metadata and entry points (the tests look at them);
    otherwise a path file is enough for ``python -m console``.
    """

    def __init__(self, name: str, lock: str, *, installed: bool) -> None:
        self.name = name
        self.folder = VENVS / name
        self._lock = LOCKS / lock
        self._installed = installed
        self._log = VENVS / f"{name}.log"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self._scripts / ("python.exe" if _WINDOWS else "python")

    def script(self, name: str) -> Path:
        """Return the path of a command that a package of the lock brings along."""
        return self._scripts / (f"{name}.exe" if _WINDOWS else name)

    def ensure(self) -> Path:
        """Make the environment unless it is complete and current; return its interpreter.

        Raises RunError when it cannot be made. What is half-made then is made again the next time.
        """
        key = self._key()
        if self._is_ready(key):
            return self.python
        VENVS.mkdir(exist_ok=True)
        with _sole_maker(VENVS / f"{self.name}.lock"):
            if not self._is_ready(key):  # another run may have made it while this one waited
                self._make(key)
        return self.python

    @property
    def _scripts(self) -> Path:
        return self.folder / ("Scripts" if _WINDOWS else "bin")

    def _key(self) -> str:
        """Return what the environment depends on, as one hash: lock, interpreter, place, recipe."""
        parts = [str(_RECIPE), sys.version, platform.machine(), sys.base_prefix, str(ROOT), str(self._installed)]
        digest = hashlib.sha256("\0".join(parts).encode())
        digest.update(self._lock.read_bytes())
        if self._installed:
            digest.update((ROOT / "pyproject.toml").read_bytes())  # entry points and metadata
        return digest.hexdigest()

    def _is_ready(self, key: str) -> bool:
        try:
            stamp = (self.folder / _STAMP).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return False
        return stamp == key and self.python.exists()

    def _make(self, key: str) -> None:
        if self.folder.exists():
            say(f"{shown(self.folder)} is incomplete or out of date; making it again.")
            self._remove()
        self._log.unlink(missing_ok=True)
        with timed(f"Making the environment {shown(self.folder)} (only once)"):
            logged([sys.executable, "-m", "venv", self.folder], self._log, "Making the environment")
        with timed(f"Installing {shown(self._lock)}"):
            self._pip("Installing the locked packages", "--require-hashes", "--only-binary", ":all:", "-r", self._lock)
        with timed("Adding the project"):
            self._add_project()
        stamp = self.folder / f"{_STAMP}.part"
        stamp.write_text(key, encoding="ascii")
        stamp.replace(self.folder / _STAMP)

    def _remove(self) -> None:
        (self.folder / _STAMP).unlink(missing_ok=True)  # first, so that an interruption leaves it "incomplete"
        try:
            if self.folder.is_symlink():
                self.folder.unlink()
            else:
                shutil.rmtree(self.folder)
        except OSError as error:
            raise RunError(
                f"{shown(self.folder)} cannot be removed ({error.strerror}): {error.filename}. "
                "Close the programs that run from it, then try again."
            ) from error

    def _pip(self, what: str, *arguments: str | Path) -> None:
        command = [self.python, "-m", "pip", "install", "--compile", "--no-input", "--disable-pip-version-check"]
        logged([*command, *arguments], self._log, what)

    def _add_project(self) -> None:
        if self._installed:
            # everything the build needs is in the lock, so nothing is looked up
            arguments = ("--no-build-isolation", "--no-deps", "--no-index", "--editable", ROOT)
            self._pip("Installing the project", *arguments)
        else:
            self._write_path_file()
        console = ROOT / "console"
        logged([self.python, "-m", "compileall", "-q", console], self._log, "Compiling the project")

    def _write_path_file(self) -> None:
        shape = {"base": str(self.folder), "platbase": str(self.folder)}
        site = Path(sysconfig.get_path("purelib", "venv", vars=shape))
        # read back by `site` in the locale's encoding before Python 3.13 and as UTF-8 from there on
        encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
        (site / "supervisor_console.pth").write_text(f"{ROOT}\n", encoding=encoding)


@contextmanager
def _sole_maker(lock: Path) -> Iterator[None]:
    """Hold a lock file while making an environment; the system drops the lock when the process ends."""
    with lock.open("ab") as stream:
        if not _try_lock(stream):
            say("Another run is making this environment; waiting for it …")
            _wait_for_lock(stream)
        yield


if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for_lock(stream: IO[bytes]) -> None:
        while not _try_lock(stream):
            time.sleep(0.2)
else:
    import fcntl

    def _try_lock(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _wait_for_lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX)


def run_in(python: Path, arguments: list[str], env: dict[str, str]) -> int:
    """Become ``python arguments`` where the system can; elsewhere run it and return its exit code."""
    command = [str(python), *arguments]
    if not _WINDOWS:
        sys.stdout.flush()
        os.execve(command[0], command, env)  # noqa: S606 - the shell is the caller's
    return subprocess.run(command, env=env, check=False).returncode
