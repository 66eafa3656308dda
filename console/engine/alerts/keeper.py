"""One JSON file that follows what is in memory: read once, written off the loop, some seconds apart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.domain.messages import Message, message
from console.settings.disk import Disk
from console.settings.files import Body, Document, DurableFile, NewerDocumentError
from console.settings.locks import FileLock
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

PAUSE_S: Final = 2.0
RETRY_S: Final = 30.0

Merge = Callable[[Document], Body]


class Keeper:
    """Keeps a document on disk. Lives on the loop's thread.

    Args:
        name: ``rules`` or ``list``: names the sentences (``alert.<name>_newer`` and so on).
        make: called on the loop's thread for what is to be written; gives what makes the new body of what the file
            holds by then, on another thread.
        taken: takes what the file holds after that.
        is_alone: whether one copy of the program keeps the document for as long as it runs, and no other.
        tell: takes what the user should know, each thing once.
        pause_s: between two writes.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        version: int,
        check: Callable[[Body], object],
        make: Callable[[], Merge],
        taken: Callable[[Body], None] = lambda body: None,
        is_alone: bool = False,
        tell: Callable[[Message], None],
        disk: Disk | None = None,
        pause_s: float = PAUSE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._path = path
        self._name = name
        self._version = version
        self._file = DurableFile(path, version=version, check=check, disk=disk)
        self._make = make
        self._taken = taken
        self._lock = FileLock(path.with_name(path.name + ".owner")) if is_alone else None
        self._tell = tell
        self._pause_s = pause_s
        self._retry_s = retry_s
        self._worker = Worker(f"alert-{name}")
        self._scope = TaskScope(f"alert-{name}")
        self._is_dirty = False
        self._is_closed = False
        self._said: set[str] = set()
        self.is_read_only = False  # a newer version's file, one that cannot be read, or that another copy keeps

    async def load(self) -> Document:
        """Read the file and say what is wrong with it."""
        is_elsewhere = await self._worker.run(self._is_elsewhere)
        found = await self._worker.run(self._file.read)
        if found.set_aside is not None:
            self._say("broken", path=str(found.set_aside))
        if found.unreadable:
            self.is_read_only = True
            self._say("unreadable", path=str(self._path), reason=found.unreadable)
        if found.version > self._version:
            self.is_read_only = True
            self._say("newer", path=str(self._path), version=found.version)
        if is_elsewhere and not self.is_read_only:
            self.is_read_only = True
            self._say("elsewhere", path=str(self._path))
        return found

    def touch(self, *, soon: bool = True) -> None:
        """Something has changed; without `soon` it is written together with whatever changes next."""
        self._is_dirty = True
        if soon and not self._is_closed and not self.is_read_only:
            self._scope.single_flight("write", self._write)

    async def flush(self) -> bool:
        """Write what has not been written; False when it cannot be."""
        if not self._is_dirty or self.is_read_only:
            return not self._is_dirty
        self._is_dirty = False
        merge = self._make()
        try:
            written = await self._worker.run(lambda: self._file.update(merge))
        except NewerDocumentError as newer:
            self.is_read_only = True
            self._say("newer", path=str(self._path), version=newer.version)
            return False
        except OSError as failure:
            self._is_dirty = True
            self._say("not_saved", path=str(self._path), reason=failure.strerror or type(failure).__name__)
            return False
        except BaseException:
            self._is_dirty = True
            raise
        self._said.discard("not_saved")
        self._taken(written.body or {})
        return True

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        self._is_closed = True
        try:
            await self._scope.aclose()
            await self.flush()
        finally:
            if self._lock is not None:
                self._lock.release()
            self._worker.close()

    def _is_elsewhere(self) -> bool:
        """Whether another copy of the program keeps the document; where there can be no lock, nobody knows of any."""
        if self._lock is None:
            return False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return not self._lock.try_acquire()
        except OSError:
            return False

    async def _write(self) -> None:
        while await self._write_once():
            pass

    async def _write_once(self) -> bool:
        """Write, and leave the disk alone for a while; False when nothing is left to do."""
        if not self._is_dirty or self.is_read_only:
            return False
        await asyncio.sleep(self._pause_s if await self.flush() else self._retry_s)
        return True

    def _say(self, what: str, **args: object) -> None:
        log.warning("alert %s: %s", self._name, what)
        if what not in self._said:
            self._said.add(what)
            self._tell(message(f"alert.{self._name}_{what}", **args))
