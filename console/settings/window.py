"""Window state in a file of its own: written seldom, never in the way, lost without harm."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.settings.disk import Disk
from console.settings.files import Body, DurableFile, NewerDocumentError
from console.settings.schema import WINDOW_VERSION, Json, WindowState, decode_window
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

WRITE_PAUSE_S: Final = 10.0
ENTRY_LIMIT: Final = 64 * 1024  # characters of JSON per key


class WindowMemory:
    """Remembers how windows looked; at most one write in `pause_s`, and one at the end.

    Loading blocks for a moment and is meant to come before the loop runs; everything else is for the loop.
    """

    def __init__(
        self,
        path: Path,
        *,
        disk: Disk | None = None,
        pause_s: float = WRITE_PAUSE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = DurableFile(path, version=WINDOW_VERSION, check=decode_window, disk=disk)
        self._pause_s = pause_s
        self._monotonic = monotonic
        self._entries: dict[str, Json] = {}
        self._changed: set[str] = set()
        self._written_at = -float("inf")
        self._worker = Worker("window-state")
        self._scope = TaskScope("window-state")
        self._closed = False

    def load(self) -> WindowState:
        """Read the file; whatever is wrong with it, there is a state to start from."""
        found = self._file.read()
        if found.set_aside is not None:
            log.warning("window state could not be read and was set aside as %s", found.set_aside.name)
        try:
            state = decode_window(found.body or {})
        except ValueError:
            state = WindowState()
        self._entries = dict(state.entries)
        return state

    def get(self, key: str, default: Json = None) -> Json:
        """The remembered value of a key."""
        return self._entries.get(key, default)

    def put(self, key: str, value: object) -> None:
        """Remember a value; written within the pause. Raises ValueError for what is no small JSON value."""
        try:
            text = json.dumps(value, allow_nan=False)
        except (TypeError, RecursionError) as exc:
            raise ValueError(f"{key} is not a JSON value") from exc
        if len(text) > ENTRY_LIMIT:
            raise ValueError(f"{key} is larger than {ENTRY_LIMIT} characters")
        own: Json = json.loads(text)  # a copy: the caller may go on changing its lists
        if key in self._entries and self._entries[key] == own:
            return
        self._entries[key] = own
        self._changed.add(key)
        if not self._closed:
            self._scope.single_flight("write", self._write_later)

    async def flush(self) -> None:
        """Write what has changed now; a failure is logged, the state stays in memory."""
        changed, self._changed = self._changed, set()
        if not changed:
            return
        values = {key: self._entries[key] for key in changed}
        self._written_at = self._monotonic()
        try:
            await self._worker.run(lambda: self._file.update(lambda found: _laid_over(found.body, values)))
        except (OSError, NewerDocumentError) as exc:
            log.warning("window state was not saved: %s", type(exc).__name__)
            self._changed |= changed
        except BaseException:
            self._changed |= changed
            raise

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        self._closed = True
        try:
            await self._scope.aclose()
            await self.flush()
        finally:
            self._worker.close()

    async def _write_later(self) -> None:
        while self._changed:
            await asyncio.sleep(max(0.0, self._written_at + self._pause_s - self._monotonic()))
            await self.flush()


def _laid_over(body: Body | None, values: dict[str, Json]) -> Body:
    held = body if body is not None else {}
    return {**held, "entries": {**held.get("entries", {}), **values}}
