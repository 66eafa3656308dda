"""A bounded queue in which the newest value of a key replaces an unread older one: floods stay small."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LatestByKey(Generic[K, V]):
    """Holds at most one value per key and at most `limit` keys.

    When a new key finds no room the oldest key goes, and `dropped` counts it: the reader must then fetch a full
    picture, because something is missing.
    """

    def __init__(self, limit: int = 100_000) -> None:
        self._limit = limit
        self._values: dict[K, V] = {}
        self._filled = asyncio.Event()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: K, value: V) -> None:
        """Add a value; an unread value of the same key is replaced and moves to the end."""
        self._values.pop(key, None)
        if len(self._values) >= self._limit:
            del self._values[next(iter(self._values))]
            self.dropped += 1
        self._values[key] = value
        self._filled.set()

    async def take(self) -> dict[K, V]:
        """Wait until there is something and take all of it, oldest key first."""
        await self._filled.wait()
        return self.take_now()

    def take_now(self) -> dict[K, V]:
        """Take what is there, perhaps nothing."""
        values, self._values = self._values, {}
        self._filled.clear()
        return values
