"""Answers cut, mutated and mangled: values that were sent, unknown, or a typed error - never anything else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import ProtocolError
from console.domain.model import Row
from console.domain.values import Origin, Status
from console.net.decode import parse_json
from console.vendors.asternic.board import Board
from console.vendors.asternic.lenient import Repeated, has_repeats, repair, with_repeats
from console.vendors.asternic.wire import PARTS, parse_list, parse_realtime
from tests.vendors.asternic.support import AGENTS, FLOOR, QUEUES, agent, caller, dump, floor, mapped, older, summary

WARNING = b"<br />\n<b>Warning</b>: array{} of [0] <br />\n"
SMALL: dict[str, Any] = {
    "waiting calls": {"100": {"1": caller("+12025550147", "75"), "2": caller("asterisk", "9")}, "101": {}},
    "summary": {"queue": {"100": summary(Waiting="2", Agents="1", Answered="734", max_wait="75")}},
    "agents": {"100": {"Anna": agent("busy", "SIP/301", duration="95", callerid="+12025550100")}},
}
PRINTED = {
    "newer": dump(SMALL),
    "older": dump(SMALL | {"summary": {"queue": {"100": older(callsWaiting="2", answeredCals="734")}}}),
    "lists": dump(SMALL | {"waiting calls": {"100": [caller("+12025550147", "75")]}, "agents": {"100": [agent()]}}),
    "bom": b"\xef\xbb\xbf" + dump(SMALL),
    "latin-1": json.dumps(floor(waiting={}, queue={"1": summary()}), ensure_ascii=False).encode("cp1252"),
    "warning": WARNING + dump(SMALL),
    "commas": dump(SMALL).replace(b"}", b",}"),
    "twice": dump(SMALL) + b"\n" + dump(SMALL),
    "nameless": b'{"waiting calls": {},' + dump(SMALL)[:-1] + b"}}",
    "quotes": dump(SMALL).replace(b"Anna", b'An"n"a'),
}


def read(body: bytes) -> Any:
    """A body as the client reads it: strictly, else leniently when what comes out is an answer."""
    try:
        value = parse_json(body, {}).value
    except ProtocolError as error:
        if error.message.code not in ("reply.json", "reply.html"):
            raise
        mended = repair(body, {}, "pbx")
        if mended is None or not any(part in mended.value for part in (*PARTS, "data")):
            raise
        return mended.value
    if has_repeats(body, value) and (again := with_repeats(body, {}, "pbx")) is not None:
        return again.value
    return value


def cells(board: Board) -> Iterator[tuple[Row, str, object]]:
    """Every vendor cell with a value: row, column, value at the moment of the answer."""
    for rows in (board.queues, board.agents, board.waiting):
        for row in rows:
            for column, reading in row.readings.items():
                if reading.status is Status.OK and reading.origin is not Origin.COMPUTED:
                    yield row, column, reading.value_at(1_790_240_400_000.0)


def sent_numbers(body: bytes) -> set[float]:
    """Every number a body could honestly be said to hold: as it stands, as seconds, as a clock time."""
    text = body.decode("utf-8", "replace")
    numbers = {float(found) for found in re.findall(r"\d{1,15}(?:\.\d{1,9})?", text)}
    for hours, minutes, seconds in re.findall(r"(?:(\d{1,4}):)?(\d{1,4}):(\d\d)", text):
        numbers.add(int(hours or 0) * 3600.0 + int(minutes) * 60 + int(seconds))
    return numbers | {number * 1000 for number in numbers} | {number * 60_000 for number in numbers} | {0.0}


def assert_honest(body: bytes, board: Board) -> None:
    """No figure that was not sent."""
    allowed = sent_numbers(body)
    for row, column, value in cells(board):
        if isinstance(value, (int, float)):
            assert float(value) in allowed or column == "position", (row.id, column, value)


def figures_of(board: Board) -> dict[tuple[str, str], object]:
    return {(row.id, column): value for row, column, value in cells(board)}


@pytest.mark.parametrize("name", PRINTED)
def test_every_kind_of_answer_cut_at_every_byte(name: str) -> None:
    whole = PRINTED[name]
    expected = figures_of(mapped(read(whole)))
    assert expected
    complete = 0
    for length in range(len(whole)):
        try:
            board = mapped(read(whole[:length]))
        except ProtocolError:
            continue
        complete += 1
        assert figures_of(board) == expected, length
    # only an answer followed by something else may be complete before its end
    assert complete == (len(PRINTED["newer"]) + 1 if name == "twice" else 0)


@pytest.mark.parametrize(("body", "kind"), [(QUEUES, "queue"), (AGENTS, "agent")], ids=["queues", "agents"])
def test_lists_cut_at_every_byte(body: object, kind: str) -> None:
    whole = dump(body)
    for length in range(len(whole)):
        with pytest.raises(ProtocolError):
            parse_list(read(whole[:length]), "pbx", kind)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """A few random changes: bytes, removals, doublings, swapped pieces, other people's values."""
    body = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(body))
        until = min(len(body), at + chance.randint(1, 12))
        match chance.randrange(6):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at:until]
            case 2:
                body[at:at] = body[at:until]
            case 3:
                body[at:at] = chance.choice([b'"', b"{", b"}", b"[", b",", b":", b"\\", b"null", b"-1", b"\x00", b"<"])
            case 4:
                for old, new in ((b'"0"', b'"-3"'), (b"{}", b"[]"), (b'"75"', b"true"), (b'"busy"', b"{}")):
                    if chance.random() < 0.3:
                        body = bytearray(bytes(body).replace(old, new, 1))
            case _:
                body[at:until] = bytes(reversed(body[at:until]))
        if not body:
            return b" "
    return bytes(body)


@pytest.mark.parametrize("name", PRINTED)
def test_two_thousand_mutations_end_in_sent_values_unknown_or_typed_errors(name: str) -> None:
    chance = random.Random(f"asternic/{name}")
    read_well = 0
    for _ in range(2_000 // len(PRINTED) + 1):
        body = mutate(PRINTED[name], chance)
        try:
            board = mapped(read(body))
        except ProtocolError:
            continue
        read_well += 1
        assert_honest(body, board)
        mapped(read(PRINTED[name]), board, at_s=5)  # what it left behind harms nothing
    assert read_well > 10


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["0", "5", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["1", "2", "Waiting", "status", "paused", "waitTime", "location", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON) | {"other": JSON}))
def test_ds_04_any_json_ends_in_rows_or_a_typed_error(body: object) -> None:
    code, board = "", Board()
    try:
        board = mapped(body)
    except ProtocolError as error:
        code = error.message.code
    assert code in ("", "reply.shape", "reply.blank")
    repr(board).encode()
    for rows in (board.queues, board.agents, board.waiting):
        assert len({row.id for row in rows}) == len(rows)
        for row in rows:
            texts = [row.id, row.name, *(reading.text for reading in row.readings.values())]
            texts += [reading.source.pointer for reading in row.readings.values() if reading.source]
            "".join(texts).encode()
    mapped(FLOOR, board, at_s=5)


@settings(max_examples=300)
@given(
    st.recursive(
        st.text(max_size=8) | st.integers(-1000, 1000) | st.none() | st.booleans(),
        lambda i: st.lists(i, max_size=3) | st.dictionaries(st.text(max_size=4), i, max_size=3),
        max_leaves=8,
    )
)
def test_valid_json_means_the_same_to_the_lenient_reader(value: object) -> None:
    body = json.dumps({"data": value}).encode()
    mended = repair(body, {}, "pbx")
    assert mended is not None
    assert (mended.value, mended.repairs) == ({"data": value}, ())


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\ 1a\n', max_size=60).map(str.encode))
def test_the_lenient_reader_never_fails_otherwise(body: bytes) -> None:
    mended = repair(body, {}, "pbx")
    assert mended is None or isinstance(mended.value, dict)


def test_ds_07_depth_is_bounded_in_the_lenient_reader_too() -> None:
    with pytest.raises(ProtocolError) as caught:
        repair(b'{"a":' * 5000, {}, "pbx")
    assert caught.value.message.code == "reply.limits"
    with pytest.raises(ProtocolError):
        repair(b'{"a": 99999999999999999,}', {}, "pbx")


def test_ds_08_repeated_names_are_found_and_kept() -> None:
    body = b'{"agents": {"100": {"John": {"status": "busy"}, "John" : {"status": "ringing"}}}}'
    value = parse_json(body, {}).value
    assert has_repeats(body, value)
    again = with_repeats(body, {}, "pbx")
    assert again is not None
    inner = again.value["agents"]["100"]
    assert isinstance(inner, Repeated)
    assert inner.again == (("John", {"status": "busy"}),)
    assert [row.id for row in mapped(again.value).agents] == ["John", "John~2"]


def test_text_that_looks_like_names_is_not_taken_for_repetition() -> None:
    body = dump({"agents": {"100": {'odd":name': agent()}}})
    value = parse_json(body, {}).value
    assert with_repeats(body, {}, "pbx") is None or not has_repeats(body, value)


def test_a_complete_answer_is_not_looked_for_inside_a_cut_one() -> None:
    inner = dump(SMALL)
    assert repair(b'{"data": [' + inner, {}, "pbx") is None


def test_escapes_and_letters_beyond_the_basic_plane() -> None:
    mended = repair(rb'{"data": "\ud83d\ude00 \u00fc \/ \q \ud83d",}', {}, "pbx")
    assert mended is not None
    assert mended.value == {"data": "😀 ü / \\q \ufffd"}


def test_names_that_cannot_be_encoded_or_are_endless_stay_usable() -> None:
    body = {"waiting calls": {"\ud800": {}, "q" * 5000: {}}, "agents": {"\ud800": {"\udfff": agent("\ud800")}}}
    board = mapped(body)
    for rows in (board.queues, board.agents):
        for item in rows:
            (item.id + item.name).encode()
            assert len(item.id) <= 512


@pytest.mark.parametrize(
    "body",
    [
        {"waiting calls": 5},
        {"waiting calls": {"100": "two"}},
        {"waiting calls": {"100": {"1": 7}}},
        {"waiting calls": [{"1": {}}]},
        {"summary": "none today"},
        {"summary": {"queue": {"100": 3}}},
        {"agents": {"100": {"Anna": 1}}},
        {"agents": 1.5},
    ],
    ids=str,
)
def test_parts_of_a_strange_shape_fail_the_whole_answer(body: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_realtime(body, "pbx")
    assert caught.value.message.code == "reply.shape"
    assert caught.value.pointer


@pytest.mark.parametrize("body", [[], {}, None, 5, "x", {"rows": []}, {"data": 5}, {"data": "x"}], ids=str)
def test_lists_of_a_strange_shape(body: object) -> None:
    with pytest.raises(ProtocolError):
        parse_list(body, "pbx", "queue")


def test_rows_of_a_list_that_cannot_be_read_are_left_out() -> None:
    rows = [None, 5, {"queue": None}, {"queue_id": "4"}, {"queue_id": 4, "queue": 100, "queue_name": ""}]
    assert [(item.id, item.key, item.label) for item in parse_list({"data": rows}, "pbx", "queue")] == [
        ("4", "100", "100")
    ]
