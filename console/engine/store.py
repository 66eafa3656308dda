"""The store: the newest snapshot and health of each profile, and who wants to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from console.domain.board import Board, Source
from console.domain.model import Health, ProfileId, Snapshot
from console.domain.profile import Profile

Listener = Callable[[frozenset[ProfileId]], None]


class Store:
    """Holds one `Source` per enabled profile and calls its listeners when one changes.

    Lives on the event loop's thread. Nothing is compared here: views diff what they show.
    """

    def __init__(self) -> None:
        self._sources: dict[ProfileId, Source] = {}
        self._listeners: list[Listener] = []

    @property
    def board(self) -> Board:
        """All sources, in the order of the profiles."""
        return Board(tuple(self._sources.values()))

    def source(self, profile_id: ProfileId) -> Source | None:
        """One profile's source, or None when it is not enabled."""
        return self._sources.get(profile_id)

    def arrange(self, sources: Iterable[tuple[Profile, str, Health]]) -> None:
        """Set which profiles there are and in which order; known ones keep their snapshot and health."""
        former = self._sources
        self._sources = {}
        for profile, title, health in sources:
            old = former.get(profile.id)
            if old is None:
                self._sources[profile.id] = Source(profile, title, None, health)
            else:
                self._sources[profile.id] = Source(profile, title, old.snapshot, old.health)
        self._tell(frozenset(former) | frozenset(self._sources))

    def put(self, profile_id: ProfileId, health: Health, snapshot: Snapshot | None = None) -> None:
        """Take a session's news; without a snapshot the former one stays, to be shown as old."""
        old = self._sources.get(profile_id)
        if old is None:
            return  # a last word of a session that is being closed
        self._sources[profile_id] = Source(old.profile, old.backend_title, snapshot or old.snapshot, health)
        self._tell(frozenset((profile_id,)))

    def forget(self, profile_id: ProfileId, health: Health) -> None:
        """Drop a profile's snapshot: what it now names is another server."""
        old = self._sources.get(profile_id)
        if old is not None:
            self._sources[profile_id] = Source(old.profile, old.backend_title, None, health)
            self._tell(frozenset((profile_id,)))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the ids of changed profiles; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def _tell(self, changed: frozenset[ProfileId]) -> None:
        for listener in tuple(self._listeners):
            listener(changed)
