"""The file of wallboards: kept, set aside, left alone; and boards as files of their own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from console.domain.errors import UserError
from console.domain.messages import Message
from console.domain.wallboard import BOARD_LIMIT, Kind, Page, Place, Wallboard, Wallboards, Widget
from console.engine.wallboards import STARTER, WallboardBook, known_names
from console.settings.files import encode_document

PAGE = Page("p", "", (Widget("w", Kind.CLOCK, Place(0, 0, 2, 2)),))


async def opened(path: Path, said: list[Message]) -> WallboardBook:
    book = WallboardBook(path, tell=said.append)
    await book.load()
    return book


async def test_boards_survive_a_restart(tmp_path: Path) -> None:
    path, said = tmp_path / "wallboards.json", list[Message]()
    book = await opened(path, said)
    first = book.add(Wallboard("new", "Floor", (PAGE,)))
    second = book.duplicate(first.id)
    assert second is not None
    book.rename(second.id, "floor")
    await book.aclose()
    again = await opened(path, said)
    assert [board.name for board in again.all.boards] == ["Floor", "floor 2"]
    assert again.all.boards[0].pages == (PAGE,)
    assert known_names(path) == ("Floor", "floor 2")
    again.delete(first.id)
    assert await again.flush()
    assert known_names(path) == ("floor 2",)
    await again.aclose()
    assert not said


async def test_two_windows_lose_nothing_of_either(tmp_path: Path) -> None:
    path, said = tmp_path / "wallboards.json", list[Message]()
    one, other = await opened(path, said), await opened(path, said)
    one.add(Wallboard("", "One"))
    assert await one.flush()
    other.add(Wallboard("", "Other"))
    assert await other.flush()
    assert [board.name for board in other.all.boards] == ["One", "Other"]
    await one.aclose()
    await other.aclose()


@pytest.mark.allow_warnings
async def test_a_newer_file_is_left_as_it_is(tmp_path: Path) -> None:
    path, said = tmp_path / "wallboards.json", list[Message]()
    raw = encode_document({"boards": [], "walls": 3}, 2, 7)
    path.write_bytes(raw)
    book = await opened(path, said)
    book.add(Wallboard("", "Mine"))
    await book.aclose()
    assert path.read_bytes() == raw
    assert [note.code for note in said] == ["wallboard.book_newer"]


@pytest.mark.allow_warnings
async def test_a_damaged_file_is_set_aside_and_said_once(tmp_path: Path) -> None:
    path, said = tmp_path / "wallboards.json", list[Message]()
    path.write_bytes(b'{"version": 1, "boards": [{')
    book = await opened(path, said)
    assert book.all == Wallboards()
    book.add(Wallboard("", "Floor"))
    await book.aclose()
    assert [note.code for note in said] == ["wallboard.book_broken"]
    assert sum(".broken-" in name for name in os.listdir(tmp_path)) == 1
    assert known_names(path) == ("Floor",)


async def test_boards_go_to_files_and_come_back_under_a_free_name(tmp_path: Path) -> None:
    book = await opened(tmp_path / "wallboards.json", [])
    board = book.add(Wallboard("", "Floor", (PAGE,), at_login=True))
    file = tmp_path / "floor.wallboard.json"
    await book.export(board, file)
    copy = await book.read(file)
    assert (copy.name, copy.pages, copy.at_login) == ("Floor 2", board.pages, False)
    assert copy.id != board.id
    held = json.loads(file.read_text())
    for body, code in (
        ({**held, "version": 9}, "wallboard.file_newer"),
        ({**held, "kind": "profile"}, "wallboard.not_a_file"),
        ({**held, "board": {"id": "x"}}, "wallboard.not_a_file"),
    ):
        file.write_text(json.dumps(body))
        with pytest.raises(UserError) as refused:
            await book.read(file)
        assert refused.value.message.code == code
    with pytest.raises(UserError):
        await book.read(tmp_path / "missing.json")
    await book.aclose()


async def test_there_is_an_end_to_boards_and_a_name_before_the_first(tmp_path: Path) -> None:
    path = tmp_path / "wallboards.json"
    assert known_names(path) == (STARTER,)
    book = await opened(path, [])
    for _ in range(BOARD_LIMIT):
        book.add(Wallboard("", "Floor"))
    with pytest.raises(UserError):
        book.add(Wallboard("", "Floor"))
    await book.aclose()
