"""The thresholds and service-level formulas of all profiles, and the sources that carry them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.domain.board import Source
from console.domain.messages import Message
from console.domain.model import ProfileId, Row, Snapshot
from console.domain.service_level import Choice, Choices, with_service_level
from console.domain.thresholds import Limits
from console.engine import limit_records as records_of
from console.engine.limit_records import NOTHING_SET, Edit, LimitRecords, ProfileLimits
from console.settings.book import RETRY_S, Book, Kind
from console.settings.disk import Disk

KIND: Final = Kind("thresholds-file", "limits.", records_of.VERSION, records_of.decode, records_of.encode, LimitRecords)

_Known = dict[str, tuple[Row, Choice, Row]]


class LimitBook(Book[LimitRecords]):
    """Holds what was set and keeps it on disk; see `Book`."""

    def __init__(
        self, path: Path, *, tell: Callable[[Message], None], disk: Disk | None = None, retry_s: float = RETRY_S
    ) -> None:
        super().__init__(KIND, path, tell=tell, disk=disk, retry_s=retry_s)
        self._rows: dict[ProfileId, _Known] = {}
        self._made: dict[ProfileId, tuple[Snapshot, Snapshot, Choices]] = {}

    def of(self, profile_id: ProfileId) -> ProfileLimits:
        """All that was set for a profile."""
        return self.state.profiles.get(profile_id, NOTHING_SET)

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

    def edit(self, profile_id: ProfileId, edits: Sequence[Edit]) -> None:
        """Change thresholds and formulas of a profile, now and on disk soon."""
        if edits:
            own = tuple(edits)
            self.change(lambda records: records_of.edited(records, profile_id, own))
