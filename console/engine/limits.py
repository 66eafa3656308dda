"""The thresholds and service-level formulas of all profiles: read once, changed at once, written off the loop.

Changes, not whole states, are laid over what the file holds at the moment of writing, so that two copies of the
program lose nothing of either.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.domain.board import Source
from console.domain.messages import Message, message
from console.domain.model import ProfileId, Row, Snapshot
from console.domain.service_level import Choice, Choices, with_service_level
from console.domain.thresholds import Limits
from console.engine import limit_records as records_of
from console.engine.limit_records import NOTHING_SET, Edit, LimitRecords, ProfileLimits
from console.settings.disk import Disk
from console.settings.files import Body, Document, DurableFile, NewerDocumentError
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

RETRY_S: Final = 30.0

Step = Callable[[LimitRecords], LimitRecords]
_Known = dict[str, tuple[Row, Choice, Row]]


class LimitBook:
    """Holds what was set and keeps it on disk. Lives on the loop's thread.

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
        self._worker = Worker("thresholds-file")
        self._scope = TaskScope("thresholds-file")
        self._records = LimitRecords()
        self._pending: list[Step] = []
        self._loaded = False
        self._read_only = False
        self._said: set[str] = set()
        self._closed = False
        self._listeners: list[Callable[[], None]] = []
        self._rows: dict[ProfileId, _Known] = {}
        self._made: dict[ProfileId, tuple[Snapshot, Snapshot, Choices]] = {}

    @property
    def is_read_only(self) -> bool:
        """Whether changes hold only until the program ends: the file is of a newer version."""
        return self._read_only

    def of(self, profile_id: ProfileId) -> ProfileLimits:
        """All that was set for a profile."""
        return self._records.profiles.get(profile_id, NOTHING_SET)

    def limits(self, profile_id: ProfileId) -> Limits:
        """The thresholds of a profile."""
        return self.of(profile_id).limits

    def choices(self, profile_id: ProfileId) -> Choices:
        """How the service levels of a profile are counted."""
        return self.of(profile_id).choices

    def complete(self, source: Source) -> Source:
        """A source with its limits, and with the computed service level where its counts permit one."""
        own = self.of(source.profile.id)
        snapshot = None if source.snapshot is None else self.completed(source.profile.id, source.snapshot)
        if snapshot is source.snapshot and own.limits == source.limits:
            return source
        return replace(source, snapshot=snapshot, limits=own.limits)

    def completed(self, profile_id: ProfileId, snapshot: Snapshot) -> Snapshot:
        """A snapshot with the computed service level; the same object again for the same one, for who compares so."""
        choices = self.choices(profile_id)
        made = self._made.get(profile_id)
        if made is not None and (snapshot is made[0] or snapshot is made[1]) and choices == made[2]:
            return made[1]
        known = self._rows.setdefault(profile_id, {})
        if len(known) > 2 * len(snapshot.queues):
            known.clear()
        result = with_service_level(snapshot, choices, known)
        self._made[profile_id] = (snapshot, result, choices)
        return result

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def edit(self, profile_id: ProfileId, edits: Sequence[Edit]) -> None:
        """Change thresholds and formulas of a profile, now and on disk soon."""
        if edits:
            own = tuple(edits)
            self._change(lambda records: records_of.edited(records, profile_id, own))

    # -- keeping

    async def load(self) -> None:
        """Read the file, once; whatever is wrong with it, the defaults hold."""
        if not self._loaded and not self._closed:
            await asyncio.shield(self._scope.single_flight("load", self._load))

    async def flush(self) -> bool:
        """Write what has not been written; False when it cannot be."""
        steps = tuple(self._pending)
        if not steps or self._read_only:
            return not steps
        try:
            found = await self._worker.run(lambda: self._file.update(lambda document: _merge(document, steps)))
        except NewerDocumentError as newer:
            self._read_only = True
            self._say(message("limits.newer", path=str(self._path), version=newer.version))
            return False
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            self._say(message("limits.not_saved", path=str(self._path), reason=reason))
            return False
        del self._pending[: len(steps)]
        self._said.discard("limits.not_saved")
        self._take(records_of.decode(found.body or {}))
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
            self._say(message("limits.broken", path=str(found.set_aside)))
        if found.unreadable:
            self._say(message("limits.unreadable", path=str(self._path), reason=found.unreadable))
        if found.version > records_of.VERSION:
            self._read_only = True
            self._say(message("limits.newer", path=str(self._path), version=found.version))
        self._loaded = True
        try:
            self._take(records_of.decode(found.body or {}))
        except ValueError:
            self._take(LimitRecords())

    def _take(self, records: LimitRecords) -> None:
        """What the file holds, with the changes over it that it does not hold yet."""
        for step in self._pending:
            records = step(records)
        if records.profiles != self._records.profiles:
            self._records = records
            self._announce()
        self._records = records

    def _change(self, step: Step) -> None:
        self._records = step(self._records)
        self._pending.append(step)
        if not self._closed and not self._read_only:
            self._scope.single_flight("write", self._write)
        self._announce()

    async def _write(self) -> None:
        while self._pending and not self._read_only:
            if not await self.flush():
                await asyncio.sleep(self._retry_s)

    def _say(self, note: Message) -> None:
        """Each thing once, until it has been put right."""
        log.warning("thresholds file: %s", note.code)
        if note.code not in self._said:
            self._said.add(note.code)
            self._tell(note)

    def _announce(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _merge(document: Document, steps: Sequence[Step]) -> Body:
    records = records_of.decode(document.body or {})
    for step in steps:
        records = step(records)
    return records_of.encode(records)
