"""Writes a reply's body to a new file, piece by piece in a worker thread, within the limits."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from console.net.body import BodyReader

_GATHER = 256 * 1024  # bytes of the wire that are worth a trip to a worker thread

OnBytes = Callable[[int, int | None], None]
"""Takes the bytes received so far (as packed on the wire) and how many the server announced."""


class DiskError(Exception):
    """The file cannot be made or written; `reason` is the system's word for it."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.reason = error.strerror or type(error).__name__


class FileSink:
    """The file a download goes to. A second try of the same call begins the file again.

    Attributes:
        size: bytes of the unpacked body so far.
        head: the first of them, at most `head_bytes`.

    Args:
        path: the file; must not exist.
        on_bytes: told after each piece, on the loop.
    """

    def __init__(self, path: Path, head_bytes: int, on_bytes: OnBytes | None = None) -> None:
        self.path = path
        self.size = 0
        self.head = b""
        self._head_bytes = head_bytes
        self._on_bytes = on_bytes
        self._reader: BodyReader | None = None
        self._file: BinaryIO | None = None
        self._expected: int | None = None
        self._received = 0
        self._gathered = bytearray()
        self._lock = threading.Lock()  # a cancelled call leaves its thread at work for a moment
        self._is_discarded = False
        self._is_made = False

    async def open(self, reader: BodyReader, coding: str, length: str) -> None:
        """Begin with a reply whose headers have arrived.

        Raises:
            DiskError: the file cannot be made, or exists.
        """
        await asyncio.to_thread(self._begin)
        self._reader = reader
        self.size, self.head, self._received = 0, b"", 0
        self._gathered.clear()
        self._expected = int(length) if length.isascii() and length.isdigit() else None

    async def feed(self, piece: bytes) -> None:
        """Take a piece as it came over the wire. Raises DoorError beyond a limit, DiskError when the disk is full."""
        self._gathered += piece
        self._received += len(piece)
        if len(self._gathered) >= _GATHER:
            await self._pass_on()
        if self._on_bytes is not None:
            self._on_bytes(self._received, self._expected)

    async def finish(self) -> bytes:
        """The whole body has arrived: write the rest and close the file; gives the head."""
        assert self._reader is not None
        await self._pass_on()
        await asyncio.to_thread(self._write, self._reader.finish())
        await asyncio.to_thread(self._close)
        return self.head

    async def discard(self) -> None:
        """Close the file and remove it: the call failed or was cancelled. Never raises."""
        await asyncio.shield(asyncio.to_thread(self._discard))

    async def _pass_on(self) -> None:
        data = bytes(self._gathered)
        self._gathered.clear()
        await asyncio.to_thread(self._unpack, data)

    def _begin(self) -> None:
        with self._lock:
            if self._is_discarded:
                return
            try:
                if self._file is None:
                    self._file = _create(self.path)
                    self._is_made = True
                else:
                    self._file.seek(0)
                    self._file.truncate()
            except OSError as exc:
                raise DiskError(exc) from exc

    def _unpack(self, data: bytes) -> None:
        assert self._reader is not None
        self._reader.feed(data)
        self._write(self._reader.take())

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write(data)
            except OSError as exc:
                raise DiskError(exc) from exc
            self.size += len(data)
            if len(self.head) < self._head_bytes:
                self.head += data[: self._head_bytes - len(self.head)]

    def _close(self) -> None:
        with self._lock:
            file, self._file = self._file, None
            try:
                if file is not None:
                    file.close()
            except OSError as exc:
                raise DiskError(exc) from exc

    def _discard(self) -> None:
        self._is_discarded = True
        try:
            self._close()
        except DiskError:
            pass
        if self._is_made:
            try:
                self.path.unlink(missing_ok=True)
            except OSError:
                pass  # the folder it lies in is removed with its run


def _create(path: Path) -> BinaryIO:
    """A new file that only this user may read; a report may hold names and numbers of callers."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")
