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

    Args:
        complete: adds to a source what does not come from its system: its limits, and figures computed by the console.
    """

    def __init__(self, complete: Callable[[Source], Source] | None = None) -> None:
        self._complete = complete or _as_it_is
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
            source = Source(profile, title, None, health)
            if old is not None:
                source = Source(profile, title, old.snapshot, old.health, old.limits)
            self._sources[profile.id] = self._complete(source)
        self._tell(frozenset(former) | frozenset(self._sources))

    def put(self, profile_id: ProfileId, health: Health, snapshot: Snapshot | None = None) -> None:
        """Take a session's news; without a snapshot the former one stays, to be shown as old."""
        old = self._sources.get(profile_id)
        if old is None:
            return  # a last word of a session that is being closed
        source = Source(old.profile, old.backend_title, snapshot or old.snapshot, health, old.limits)
        self._sources[profile_id] = self._complete(source)
        self._tell(frozenset((profile_id,)))

    def forget(self, profile_id: ProfileId, health: Health) -> None:
        """Drop a profile's snapshot: what it now names is another server."""
        old = self._sources.get(profile_id)
        if old is not None:
            self._sources[profile_id] = Source(old.profile, old.backend_title, None, health, old.limits)
            self._tell(frozenset((profile_id,)))

    def complete_again(self) -> None:
        """What `complete` adds is something else now: tell whatever changes by it."""
        changed = set()
        for profile_id, old in self._sources.items():
            source = self._sources[profile_id] = self._complete(old)
            if source is not old:
                changed.add(profile_id)
        if changed:
            self._tell(frozenset(changed))

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


def _as_it_is(source: Source) -> Source:
    return source
