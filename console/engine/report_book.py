"""The file of `Records`: read once, changed by small pure steps, written off the loop.

Steps, not whole states, are laid over what the file holds at the moment of writing, so that a command that runs
beside the window loses nothing of either.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.domain.messages import Message, message
from console.engine import report_records as records_of
from console.engine.report_records import Records
from console.settings.disk import Disk
from console.settings.files import Body, Document, DurableFile, NewerDocumentError
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

RETRY_S: Final = 30.0

Step = Callable[[Records], Records]


class ReportBook:
    """Holds the records and keeps them on disk. Lives on the loop's thread.

    Args:
        path: of the file, which is made with the first change.
        tell: takes what the user should know: a broken file, one of a newer version, one that cannot be written.
    """

    def __init__(
        self, path: Path, *, tell: Callable[[Message], None], disk: Disk | None = None, retry_s: float = RETRY_S
    ) -> None:
        self._path = path
        self._file = DurableFile(path, version=records_of.VERSION, check=records_of.decode, disk=disk)
        self._tell = tell
        self._retry_s = retry_s
        self._worker = Worker("reports-file")
        self._scope = TaskScope("reports-file")
        self._records = Records()
        self._pending: list[Step] = []
        self._loaded = False
        self._read_only = False
        self._said: set[str] = set()
        self._closed = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def records(self) -> Records:
        """What is remembered; empty before `load`."""
        return self._records

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def load(self) -> None:
        """Read the file, once; whatever is wrong with it, there are records to start from."""
        if not self._loaded and not self._closed:
            await asyncio.shield(self._scope.single_flight("load", self._load))

    def change(self, step: Step) -> None:
        """Change the records now and on disk soon; `step` is pure and may be applied more than once."""
        self._records = step(self._records)
        self._pending.append(step)
        if not self._closed and not self._read_only:
            self._scope.single_flight("write", self._write)
        self._announce()

    async def flush(self) -> bool:
        """Write what has not been written; False when it cannot be."""
        steps = tuple(self._pending)
        if not steps or self._read_only:
            return not steps
        try:
            found = await self._worker.run(lambda: self._file.update(lambda document: self._merge(document, steps)))
        except NewerDocumentError as newer:
            self._read_only = True
            self._say(message("report.book_newer", path=str(self._path), version=newer.version))
            return False
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            self._say(message("report.book_not_saved", path=str(self._path), reason=reason))
            return False
        del self._pending[: len(steps)]
        self._said.discard("report.book_not_saved")
        state = records_of.decode(found.body or {})
        for step in self._pending:
            state = step(state)
        self._records = state
        return True

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        self._closed = True
        try:
            await self._scope.aclose()
            await self.flush()
        finally:
            self._worker.close()

    async def _load(self) -> None:
        found = await self._worker.run(self._file.read)
        if found.set_aside is not None:
            self._say(message("report.book_broken", path=str(found.set_aside)))
        if found.unreadable:
            self._say(message("report.book_unreadable", path=str(self._path), reason=found.unreadable))
        if found.version > records_of.VERSION:
            self._read_only = True
            self._say(message("report.book_newer", path=str(self._path), version=found.version))
        try:
            state = records_of.decode(found.body or {})
        except ValueError:
            state = Records()
        for step in self._pending:  # what was changed before the file had been read
            state = step(state)
        self._records = state
        self._loaded = True
        self._announce()

    async def _write(self) -> None:
        while self._pending and not self._read_only:
            if not await self.flush():
                await asyncio.sleep(self._retry_s)

    def _merge(self, document: Document, steps: tuple[Step, ...]) -> Body:
        held = document.body or {}
        state = records_of.decode(held)
        for step in steps:
            state = step(state)
        return {**held, **records_of.encode(state)}

    def _say(self, note: Message) -> None:
        """Each thing once, until it has been put right."""
        log.warning("reports file: %s", note.code)
        if note.code not in self._said:
            self._said.add(note.code)
            self._tell(note)

    def _announce(self) -> None:
        for listener in tuple(self._listeners):
            listener()
