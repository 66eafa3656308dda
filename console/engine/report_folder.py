"""Folders for what runs download: private, one per process, gone with it, and swept up after a crash.

Everything here blocks for a moment and is called in a worker thread.
"""

from __future__ import annotations

import contextlib
import os
import secrets as random_names
import shutil
import stat
import threading
from pathlib import Path
from typing import Final

from console.settings.locks import FileLock

PRIVATE_FOLDER: Final = 0o700
_PREFIX: Final = "run-"


class JobFolders:
    """The folders of this process below `root`, which is made when the first one is needed.

    A process holds the lock beside its folder as long as it lives; a folder whose lock is free is a left-over.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: Path | None = None
        self._lock: FileLock | None = None
        self._guard = threading.Lock()

    def make(self, job_id: str) -> Path:
        """A new empty folder; raises OSError."""
        with self._guard:
            own = self._own or self._settle()
        folder = own / job_id
        folder.mkdir(mode=PRIVATE_FOLDER)
        return folder

    def drop(self, folder: Path) -> None:
        """Remove a folder and what is in it; what cannot be removed now goes with the process, or with the next."""
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> int:
        """Remove what processes that no longer live have left; gives how many folders."""
        removed = 0
        with contextlib.suppress(OSError):
            for folder in sorted(self._root.iterdir()):
                if folder.name.startswith(_PREFIX) and folder.is_dir() and folder != self._own:
                    removed += self._sweep(folder)
        return removed

    def close(self) -> None:
        """Remove everything of this process."""
        with self._guard:
            own, self._own = self._own, None
            lock, self._lock = self._lock, None
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)
        if lock is not None:
            lock.release()
        if own is not None and not own.exists():
            with contextlib.suppress(OSError):
                _lock_path(own).unlink()

    def _settle(self) -> Path:
        self._root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if os.name == "posix" and stat.S_IMODE(self._root.stat().st_mode) & 0o077:
            self._root.chmod(PRIVATE_FOLDER)
        own = self._root / f"{_PREFIX}{os.getpid()}-{random_names.token_hex(4)}"
        lock = FileLock(_lock_path(own))
        lock.acquire()  # before the folder exists, so that nobody ever sees it unlocked
        try:
            own.mkdir(mode=PRIVATE_FOLDER)
        except BaseException:
            lock.release()
            raise
        self._own, self._lock = own, lock
        return own

    @staticmethod
    def _sweep(folder: Path) -> int:
        lock = FileLock(_lock_path(folder), timeout_s=0.0)
        try:
            if not lock.try_acquire():
                return 0
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            return 0
        finally:
            lock.release()
        if folder.exists():
            return 0
        with contextlib.suppress(OSError):
            _lock_path(folder).unlink()
        return 1


def _lock_path(folder: Path) -> Path:
    return folder.with_name(folder.name + ".lock")
