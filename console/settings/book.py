"""A small file of one state: read once, changed by pure steps at once, written off the loop.

Steps, not whole states, are laid over what the file holds at the moment of writing, so that two copies of the program
(a window and a command, say) lose nothing of either.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from console.domain.messages import Message, message
from console.settings.disk import Disk
from console.settings.files import Body, Document, DurableFile, NewerDocumentError
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

RETRY_S: Final = 30.0

State = TypeVar("State")


@dataclass(frozen=True)
class Kind(Generic[State]):
    """What a book holds.

    Attributes:
        name: of the file, in logs.
        sentences: what its message codes begin with: ``<sentences>broken``, ``unreadable``, ``newer``, ``not_saved``.
        version: of the file's form.
        decode: a state of a body; raises ValueError for what is none.
        encode: the body of a state; keys of the file it does not name are kept.
        empty: the state without a file.
    """

    name: str
    sentences: str
    version: int
    decode: Callable[[Mapping[str, Any]], State]
    encode: Callable[[State], Mapping[str, Any]]
    empty: Callable[[], State]


class Book(Generic[State]):
    """Holds a state and keeps it on disk. Lives on the loop's thread.

    Args:
        path: of the file, which is made with the first change.
        tell: takes what the user should know, each thing once until it has been put right: a broken file (set aside),
            one of a newer version (left as it is: changes hold until the program ends), one that cannot be written.
    """

    def __init__(
        self,
        kind: Kind[State],
        path: Path,
        *,
        tell: Callable[[Message], None],
        disk: Disk | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._kind = kind
        self._path = path
        self._file = DurableFile(path, version=kind.version, check=kind.decode, disk=disk)
        self._tell = tell
        self._retry_s = retry_s
        self._scope = TaskScope(kind.name)
        self._pending: list[Callable[[State], State]] = []
        self._said: set[str] = set()
        self._is_closed = False
        self._listeners: list[Callable[[], None]] = []
        self.worker = Worker(kind.name)
        self.state = kind.empty()
        self.is_loaded = False
        self.is_read_only = False

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def load(self) -> None:
        """Read the file, once; whatever is wrong with it, there is a state to start from."""
        if not self.is_loaded and not self._is_closed:
            await asyncio.shield(self._scope.single_flight("load", self._load))

    def change(self, step: Callable[[State], State]) -> None:
        """Change the state now and on disk soon; `step` is pure and may be applied more than once."""
        self.state = step(self.state)
        self._pending.append(step)
        if not self._is_closed and not self.is_read_only:
            self._scope.single_flight("write", self._write)
        self._announce()

    async def flush(self) -> bool:
        """Write what has not been written; False when it cannot be."""
        steps = tuple(self._pending)
        if not steps or self.is_read_only:
            return not steps
        try:
            found = await self.worker.run(lambda: self._file.update(lambda document: self._merge(document, steps)))
        except NewerDocumentError as newer:
            self.is_read_only = True
            self._say("newer", path=str(self._path), version=newer.version)
            return False
        except OSError as failure:
            self._say("not_saved", path=str(self._path), reason=failure.strerror or type(failure).__name__)
            return False
        del self._pending[: len(steps)]
        self._said.discard("not_saved")
        former = self.state
        self._take(self._kind.decode(found.body or {}))
        if self.state != former:  # another copy of the program has changed it, too
            self._announce()
        return True

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        self._is_closed = True
        try:
            await self._scope.aclose()
            await self.flush()
        finally:
            self.worker.close()

    async def _load(self) -> None:
        found = await self.worker.run(self._file.read)
        if found.set_aside is not None:
            self._say("broken", path=str(found.set_aside))
        if found.unreadable:
            self._say("unreadable", path=str(self._path), reason=found.unreadable)
        if found.version > self._kind.version:
            self.is_read_only = True
            self._say("newer", path=str(self._path), version=found.version)
        try:
            self._take(self._kind.decode(found.body or {}))
        except ValueError:
            self._take(self._kind.empty())
        self.is_loaded = True
        self._announce()

    def _take(self, state: State) -> None:
        """What the file holds, with the changes over it that it does not hold yet."""
        for step in self._pending:
            state = step(state)
        self.state = state

    async def _write(self) -> None:
        while self._pending and not self.is_read_only:
            if not await self.flush():
                await asyncio.sleep(self._retry_s)

    def _merge(self, document: Document, steps: tuple[Callable[[State], State], ...]) -> Body:
        held = document.body or {}
        state = self._kind.decode(held)
        for step in steps:
            state = step(state)
        return {**held, **self._kind.encode(state)}

    def _say(self, what: str, **args: object) -> None:
        log.warning("%s: %s", self._kind.name, what)
        if what not in self._said:
            self._said.add(what)
            self._tell(message(self._kind.sentences + what, **args))

    def _announce(self) -> None:
        for listener in tuple(self._listeners):
            listener()
