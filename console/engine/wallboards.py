"""The wallboards of this installation, and their export and import."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.domain import wallboard as boards_of
from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.wallboard import BOARD_LIMIT, Wallboard, Wallboards, free_name
from console.settings.book import RETRY_S, Book, Kind
from console.settings.disk import Disk
from console.settings.files import DurableFile

STARTER: Final = "Floor"  # the board there is before anybody made one; it is filled by what the systems offer
EXPORT_KIND: Final = "supervisor-console-wallboard"
EXPORT_LIMIT: Final = 2 * 1024 * 1024  # bytes

KIND: Final = Kind(
    "wallboards-file", "wallboard.book_", boards_of.VERSION, boards_of.decode, boards_of.encode, Wallboards
)


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


class WallboardBook(Book[Wallboards]):
    """Holds the boards and keeps them on disk; see `Book`."""

    def __init__(
        self, path: Path, *, tell: Callable[[Message], None], disk: Disk | None = None, retry_s: float = RETRY_S
    ) -> None:
        super().__init__(KIND, path, tell=tell, disk=disk, retry_s=retry_s)

    @property
    def all(self) -> Wallboards:
        """The boards; none before `load`."""
        return self.state

    # -- changes, known at once

    def put(self, board: Wallboard) -> None:
        """Add a board, or change it; UserError for one too many."""
        self._check_room(board)
        self.change(lambda boards: boards.put(board))

    def delete(self, board_id: str) -> None:
        """Forget a board."""
        self.change(lambda boards: boards.without(board_id))

    def rename(self, board_id: str, name: str) -> None:
        """Give a board another name; one that is taken gets a number behind it."""
        board = self.state.get(board_id)
        if board is not None:
            others = (other.name for other in self.state.boards if other.id != board_id)
            self.put(replace(board, name=free_name(name, others)))

    def duplicate(self, board_id: str) -> Wallboard | None:
        """A copy under a free name."""
        board = self.state.get(board_id)
        return None if board is None else self.add(board)

    def add(self, board: Wallboard) -> Wallboard:
        """Add a board under a new id and a free name; returns it as it is then."""
        own = replace(
            board,
            id=new_id(),
            name=free_name(board.name, (other.name for other in self.state.boards)),
            at_login=False,
        )
        self.put(own)
        return own

    # -- files

    async def export(self, board: Wallboard, path: Path) -> None:
        """Write a board to a file of the user's; UserError where it cannot be written."""
        body = {"kind": EXPORT_KIND, "version": boards_of.VERSION, "board": boards_of.encode_board(board)}
        text = json.dumps(body, indent=1) + "\n"
        try:
            await self.worker.run(lambda: path.write_text(text, "utf-8"))
        except OSError as failure:
            raise UserError(message("io.write", path=str(path), reason=failure.strerror or "unknown")) from failure

    async def read(self, path: Path) -> Wallboard:
        """Add the board of an exported file; UserError for a file that is none."""
        try:
            return self.add(await self.worker.run(lambda: _read(path)))
        except OSError as failure:
            raise UserError(message("io.read", path=str(path), reason=failure.strerror or "unknown")) from failure
        except (ValueError, RecursionError) as bad:
            raise UserError(message("wallboard.not_a_file", path=str(path))) from bad

    def _check_room(self, board: Wallboard) -> None:
        if self.state.get(board.id) is None and len(self.state.boards) >= BOARD_LIMIT:
            raise UserError(message("wallboard.full", limit=BOARD_LIMIT))


def _read(path: Path) -> Wallboard:
    """The board of an exported file; ValueError for a file that is none, UserError for one of a newer version."""
    with path.open("rb") as file:
        raw = file.read(EXPORT_LIMIT + 1)
    body = json.loads(raw) if len(raw) <= EXPORT_LIMIT else None
    if not isinstance(body, dict) or body.get("kind") != EXPORT_KIND:
        raise ValueError("another kind of file")
    if type(body.get("version")) is int and body["version"] > boards_of.VERSION:
        raise UserError(message("wallboard.file_newer", path=str(path)))
    return boards_of.decode_board(body.get("board"))
