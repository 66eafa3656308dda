"""The few disk operations that durable files are made of, one method each, so that tests can fail at any of them."""

from __future__ import annotations

import errno
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

PRIVATE_FILE: Final = 0o600
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF})


class TooLargeError(OSError):
    """A file is larger than anything we ever wrote."""


class Disk:
    """The operating system's files; every method may raise OSError."""

    def resolve(self, path: Path) -> Path:
        """The file a path leads to, behind symbolic links; it need not exist."""
        return Path(os.path.realpath(path))

    def read(self, path: Path, limit: int) -> bytes:
        """The whole content; raises TooLargeError above `limit` bytes without reading on."""
        with open(path, "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return data

    def create(self, path: Path) -> int:
        """Open a new file for this user alone; raises FileExistsError for one that is there."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        return os.open(path, flags, PRIVATE_FILE)

    def write(self, handle: int, data: memoryview) -> int:
        """Write some of `data`; gives how many bytes were taken, which may be fewer."""
        return os.write(handle, data)

    def sync(self, handle: int) -> None:
        """Push a file's content to the medium."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Close a file."""
        os.close(handle)

    def replace(self, source: Path, target: Path) -> None:
        """Rename over whatever `target` is; whole or not at all."""
        os.replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        """Push a folder's names to the medium, where the system can do that."""
        if os.name != "posix":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as exc:
            if exc.errno not in _NO_FOLDER_SYNC:
                raise
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        """Delete a file."""
        os.unlink(path)

    def names(self, folder: Path) -> list[str]:
        """The names in a folder."""
        return os.listdir(folder)

    def sleep(self, seconds: float) -> None:
        """Wait, between two attempts."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """The time, for the names of files set aside."""
        return datetime.now(UTC)


def reason_of(error: OSError) -> str:
    """Why it failed, in the system's words and without a path."""
    return error.strerror or type(error).__name__
