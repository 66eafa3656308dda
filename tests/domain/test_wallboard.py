"""Boards as data: what goes to the file comes back, and what is no board is refused."""

from __future__ import annotations

import json

import pytest

from console.domain.wallboard import (
    Kind,
    Page,
    Pick,
    Place,
    Wallboard,
    Wallboards,
    Widget,
    decode,
    decode_board,
    encode,
    encode_board,
    free_name,
    free_place,
)

TILE = Widget(
    "w1", Kind.TILE, Place(0, 0, 2, 2), "Calls", "waiting", (Pick("p1", "q1", "Sales"),), target=5.0, critical=9.0
)
TABLE = Widget("w2", Kind.QUEUES, Place(2, 0, 6, 4), profiles=("p1",), columns=("name", "waiting"))
BOARD = Wallboard("b1", "Floor", (Page("a", "One", (TILE, TABLE)), Page("b")), 30.0, "dark", "HDMI-1|42", True, 1.3)


def test_a_board_comes_back_from_json_as_it_went() -> None:
    body = json.loads(json.dumps(encode(Wallboards((BOARD,)))))
    assert decode(body) == Wallboards((BOARD,))
    assert encode(Wallboards((BOARD,))) == body  # compared with the file's before it is written again


def test_numbers_out_of_range_are_brought_into_it_and_unknown_looks_are_the_usual_one() -> None:
    entry = encode_board(BOARD) | {"every_s": 0.5, "scale": 9, "theme": "pink"}
    board = decode_board(entry)
    assert (board.every_s, board.scale, board.theme) == (5.0, 2.0, "follow")
    assert decode_board(entry | {"every_s": 0}).every_s == 0.0  # by hand only


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"pages": "many"},
        {"every_s": "soon"},
        {"every_s": float("nan")},
        {"pages": [{"id": "a"}, {"id": "a"}]},
        {"pages": [{"id": "a", "widgets": [{"id": "w", "kind": "gauge", "place": {"x": 0, "y": 0, "w": 1, "h": 1}}]}]},
        {"pages": [{"id": "a", "widgets": [{"id": "w", "kind": "tile", "place": {"x": 11, "y": 0, "w": 2, "h": 1}}]}]},
        {
            "pages": [
                {"id": "a", "widgets": [{"id": "w", "kind": "tile", "place": {"x": True, "y": 0, "w": 1, "h": 1}}]}
            ]
        },
    ],
)
def test_what_is_no_board_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_board(encode_board(BOARD) | change)


def test_two_boards_of_one_id_are_refused() -> None:
    entry = encode_board(BOARD)
    with pytest.raises(ValueError, match="same id"):
        decode({"boards": [entry, entry]})


def test_room_is_found_row_by_row_and_names_get_numbers() -> None:
    assert free_place((TILE, TABLE), 2, 2) == Place(8, 0, 2, 2)
    assert free_place((Widget("x", Kind.TEXT, Place(0, 0, 12, 8)),), 1, 1) is None
    assert free_name("Floor", ("floor", "Floor 2")) == "Floor 3"


def test_boards_are_put_found_and_taken_away() -> None:
    boards = Wallboards().put(BOARD)
    assert boards.named(" FLOOR ") is BOARD
    assert boards.put(Wallboard("b1", "Other")).boards == (Wallboard("b1", "Other"),)
    assert boards.without("b1") == Wallboards()
