"""A lock between processes that dies with its holder.

The operating system's own file locks are used: a crashed or killed process holds nothing, whoever gets its process
id afterwards. Some network drives have no locks; there a lease file stands in, taken over once its holder has shown
no sign of life for `LEASE_STALE_S`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets as random_names
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

LOCK_TIMEOUT_S: Final = 5.0
LEASE_STALE_S: Final = 4.0  # a save takes milliseconds, 2 s when a virus scanner is in the way
_PAUSE_S: Final = 0.05
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class LockBusyError(OSError):
    """Another process holds the lock and keeps it."""


class FileLock:
    """An exclusive lock on a path, for `with`; neither re-entrant nor shared between threads.

    Args:
        path: of the lock file, which is made when needed and stays.
        timeout_s: how long `acquire` waits.
        sleep, monotonic: exchanged by tests.
    """

    def __init__(
        self,
        path: Path,
        *,
        timeout_s: float = LOCK_TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._monotonic = monotonic
        self._handle: int | None = None
        self._lease: _Lease | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object still holds the lock; a lease can be lost to somebody who found it stale."""
        return self._handle is not None or (self._lease is not None and self._lease.is_mine())

    def try_acquire(self) -> bool:
        """Take the lock if it is free; raises OSError when there can be no lock at that path."""
        if self._lease is None:
            try:
                self._handle = self._lock_file()
            except _NoLocksError:
                self._lease = _Lease(self._path.with_name(self._path.name + ".lease"), self._monotonic)
        return self._handle is not None if self._lease is None else self._lease.try_take()

    def acquire(self) -> None:
        """Take the lock, waiting up to the timeout; raises LockBusyError, or OSError when there can be none."""
        until = self._monotonic() + self._timeout_s
        while not self.try_acquire():
            if self._monotonic() >= until:
                raise LockBusyError(errno.EAGAIN, "another copy of the console holds it")
            self._sleep(_PAUSE_S)

    def release(self) -> None:
        """Give the lock back; harmless when it is not held. The file stays: deleting it would split the lock."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.give_back()

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()

    def _lock_file(self) -> int | None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            locked = lock_handle(handle)
        except OSError as exc:
            os.close(handle)
            if exc.errno in _NO_LOCKS:
                raise _NoLocksError from exc
            raise
        if locked:
            return handle
        os.close(handle)
        return None


def lock_handle(handle: int) -> bool:
    """Lock an open file without waiting; False when somebody else has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


class _NoLocksError(Exception):
    """This file system knows no locks."""


class _Lease:
    """A file whose existence is the lock; its content says whose."""

    def __init__(self, path: Path, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._monotonic = monotonic
        self._token = f"{os.getpid()}-{random_names.token_hex(8)}".encode()
        self._seen = b""
        self._seen_at = 0.0

    def is_mine(self) -> bool:
        """Whether the file still names us."""
        return self._read() == self._token

    def try_take(self) -> bool:
        """Make the file, or take it over when its content has stood still for too long."""
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return self._take_over()
        try:
            os.write(handle, self._token)
        finally:
            os.close(handle)
        return self.is_mine()

    def give_back(self) -> None:
        """Delete the file if it is ours."""
        if self.is_mine():
            with contextlib.suppress(OSError):
                os.unlink(self._path)

    def _take_over(self) -> bool:
        content = self._read()
        if content is None:
            return False
        if content != self._seen or not self._seen_at:
            self._seen, self._seen_at = content, self._monotonic()
            return False
        if self._monotonic() - self._seen_at < LEASE_STALE_S:
            return False
        claim = self._path.with_name(f"{self._path.name}-{self._token.decode()}")
        claim.write_bytes(self._token)
        os.replace(claim, self._path)
        return self.is_mine()

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None
