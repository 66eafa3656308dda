"""The wallboards of this installation: read once, changed by small pure steps, written off the loop.

Steps, not whole states, are laid over what the file holds at the moment of writing, so that two windows of the
program lose nothing of either.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.domain import wallboard as boards_of
from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.wallboard import BOARD_LIMIT, Wallboard, Wallboards, free_name
from console.settings.disk import Disk
from console.settings.files import Body, Document, DurableFile, NewerDocumentError
from console.settings.worker import Worker
from console.tasks import TaskScope

log = logging.getLogger(__name__)

RETRY_S: Final = 30.0
STARTER: Final = "Floor"  # the board there is before anybody made one; it is filled by what the systems offer
EXPORT_KIND: Final = "supervisor-console-wallboard"
EXPORT_LIMIT: Final = 2 * 1024 * 1024  # bytes

Step = Callable[[Wallboards], Wallboards]


def new_id() -> str:
    """An id for a board, page or widget."""
    return uuid.uuid4().hex[:12]


def known_names(path: Path, disk: Disk | None = None) -> tuple[str, ...]:
    """The names of the boards in a file, without touching it; the starter's where there are none. Blocks."""
    found = DurableFile(path, version=boards_of.VERSION, check=boards_of.decode, disk=disk).read()
    try:
        names = tuple(board.name for board in boards_of.decode(found.body or {}).boards)
    except ValueError:
        names = ()
    return names or (STARTER,)


class WallboardBook:
    """Holds the boards and keeps them on disk. Lives on the loop's thread.

    Args:
        path: of the file, which is made with the first change.
        tell: takes what the user should know: a broken file, one of a newer version, one that cannot be written.
    """

    def __init__(
        self, path: Path, *, tell: Callable[[Message], None], disk: Disk | None = None, retry_s: float = RETRY_S
    ) -> None:
        self._path = path
        self._file = DurableFile(path, version=boards_of.VERSION, check=boards_of.decode, disk=disk)
        self._tell = tell
        self._retry_s = retry_s
        self._worker = Worker("wallboards-file")
        self._scope = TaskScope("wallboards-file")
        self._all = Wallboards()
        self._pending: list[Step] = []
        self._loaded = False
        self._read_only = False
        self._said: set[str] = set()
        self._closed = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def all(self) -> Wallboards:
        """The boards; none before `load`."""
        return self._all

    @property
    def is_loaded(self) -> bool:
        """Whether the file has been read."""
        return self._loaded

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def load(self) -> None:
        """Read the file, once; whatever is wrong with it, there is something to start from."""
        if not self._loaded and not self._closed:
            await asyncio.shield(self._scope.single_flight("load", self._load))

    # -- changes, known at once

    def put(self, board: Wallboard) -> None:
        """Add a board, or change it; UserError for one too many."""
        self._check_room(board)
        self._change(lambda boards: boards.put(board))

    def delete(self, board_id: str) -> None:
        """Forget a board."""
        self._change(lambda boards: boards.without(board_id))

    def rename(self, board_id: str, name: str) -> None:
        """Give a board another name; one that is taken gets a number behind it."""
        board = self._all.get(board_id)
        if board is not None:
            others = (other.name for other in self._all.boards if other.id != board_id)
            self.put(replace(board, name=free_name(name, others)))

    def duplicate(self, board_id: str) -> Wallboard | None:
        """A copy under a free name."""
        board = self._all.get(board_id)
        return None if board is None else self._add(board)

    def add(self, board: Wallboard) -> Wallboard:
        """Add a board under a new id and a free name; returns it as it is then."""
        return self._add(board)

    # -- files

    async def export(self, board: Wallboard, path: Path) -> None:
        """Write a board to a file of the user's; UserError where it cannot be written."""
        body = {"kind": EXPORT_KIND, "version": boards_of.VERSION, "board": boards_of.encode_board(board)}
        text = json.dumps(body, indent=1) + "\n"
        try:
            await self._worker.run(lambda: path.write_text(text, "utf-8"))
        except OSError as failure:
            raise UserError(message("io.write", path=str(path), reason=failure.strerror or "unknown")) from failure

    async def read(self, path: Path) -> Wallboard:
        """Add the board of an exported file; UserError for a file that is none."""
        try:
            raw = await self._worker.run(lambda: _bounded(path))
        except OSError as failure:
            raise UserError(message("io.read", path=str(path), reason=failure.strerror or "unknown")) from failure
        try:
            body = json.loads(raw)
            if not isinstance(body, dict) or body.get("kind") != EXPORT_KIND:
                raise ValueError("another kind of file")
            if type(body.get("version")) is int and body["version"] > boards_of.VERSION:
                raise UserError(message("wallboard.file_newer", path=str(path)))
            board = boards_of.decode_board(body.get("board"))
        except (ValueError, RecursionError) as bad:
            raise UserError(message("wallboard.not_a_file", path=str(path))) from bad
        return self._add(board)

    # -- keeping

    async def flush(self) -> bool:
        """Write what has not been written; False when it cannot be."""
        steps = tuple(self._pending)
        if not steps or self._read_only:
            return not steps
        try:
            found = await self._worker.run(lambda: self._file.update(lambda document: _merge(document, steps)))
        except NewerDocumentError as newer:
            self._read_only = True
            self._say(message("wallboard.book_newer", path=str(self._path), version=newer.version))
            return False
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            self._say(message("wallboard.book_not_saved", path=str(self._path), reason=reason))
            return False
        del self._pending[: len(steps)]
        self._said.discard("wallboard.book_not_saved")
        state = boards_of.decode(found.body or {})
        for step in self._pending:
            state = step(state)
        if state != self._all:
            self._all = state
            self._announce()
        return True

    async def aclose(self) -> None:
        """Write what has changed, and end."""
        self._closed = True
        try:
            await self._scope.aclose()
            await self.flush()
        finally:
            self._worker.close()

    def _add(self, board: Wallboard) -> Wallboard:
        own = replace(
            board,
            id=new_id(),
            name=free_name(board.name, (other.name for other in self._all.boards)),
            at_login=False,
        )
        self.put(own)
        return own

    def _check_room(self, board: Wallboard) -> None:
        if self._all.get(board.id) is None and len(self._all.boards) >= BOARD_LIMIT:
            raise UserError(message("wallboard.full", limit=BOARD_LIMIT))

    def _change(self, step: Step) -> None:
        self._all = step(self._all)
        self._pending.append(step)
        if not self._closed and not self._read_only:
            self._scope.single_flight("write", self._write)
        self._announce()

    async def _load(self) -> None:
        found = await self._worker.run(self._file.read)
        if found.set_aside is not None:
            self._say(message("wallboard.book_broken", path=str(found.set_aside)))
        if found.unreadable:
            self._say(message("wallboard.book_unreadable", path=str(self._path), reason=found.unreadable))
        if found.version > boards_of.VERSION:
            self._read_only = True
            self._say(message("wallboard.book_newer", path=str(self._path), version=found.version))
        try:
            state = boards_of.decode(found.body or {})
        except ValueError:
            state = Wallboards()
        for step in self._pending:  # what was changed before the file had been read
            state = step(state)
        self._all = state
        self._loaded = True
        self._announce()

    async def _write(self) -> None:
        while self._pending and not self._read_only:
            if not await self.flush():
                await asyncio.sleep(self._retry_s)

    def _announce(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _say(self, note: Message) -> None:
        """Each thing once, until it has been put right."""
        log.warning("wallboards file: %s", note.code)
        if note.code not in self._said:
            self._said.add(note.code)
            self._tell(note)


def _merge(document: Document, steps: tuple[Step, ...]) -> Body:
    held = document.body or {}
    state = boards_of.decode(held)
    for step in steps:
        state = step(state)
    return {**held, **boards_of.encode(state)}


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(EXPORT_LIMIT + 1)
    if len(raw) > EXPORT_LIMIT:
        return b""
    return raw
