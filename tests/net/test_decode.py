"""JSON at the door: character sets, nonsense, depth, size, numbers."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import ProtocolError
from console.net.decode import parse_json
from console.net.limits import LIMITS
from tests.faultserver.server import FaultServer, reply
from tests.net.support import GET, PATIENT, client

NAMES = ["Jürgen Weiß", "Zoë", "Łukasz"]
LATIN = {"name": "Jürgen Weiß"}


def code_of(body: bytes, headers: dict[str, str] | None = None) -> str:
    """The code of the error a body gives."""
    with pytest.raises(ProtocolError) as caught:
        parse_json(body, headers or {})
    return caught.value.message.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_ds_01_unicode_in_every_form_is_read_without_a_note(encoding: str) -> None:
    got = parse_json(json.dumps(NAMES, ensure_ascii=False).encode(encoding), {"content-type": "application/json"})
    assert got.value == NAMES
    assert got.notes == ()


@pytest.mark.parametrize("declared", ["iso-8859-1", '"ISO-8859-15"', "windows-1252", "latin1"])
def test_ds_01_a_declared_character_set_counts_when_it_is_no_utf_8(declared: str) -> None:
    body = json.dumps(LATIN, ensure_ascii=False).encode("latin-1")
    got = parse_json(body, {"content-type": f"application/json; charset={declared}"})
    assert got.value == LATIN
    assert got.notes == ()


def test_ds_01_a_header_that_lies_about_utf_8_does_not_make_mojibake() -> None:
    body = json.dumps(NAMES, ensure_ascii=False).encode("utf-8")
    assert parse_json(body, {"content-type": "application/json; charset=iso-8859-1"}).value == NAMES


@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=klingon", "; charset=zlib", "; charset=\0"])
def test_ds_01_undeclared_bytes_are_guessed_with_a_note(declared: str) -> None:
    body = json.dumps(LATIN, ensure_ascii=False).encode("latin-1")
    got = parse_json(body, {"content-type": f"application/json{declared}"})
    assert got.value == LATIN
    assert [note.code for note in got.notes] == ["reply.charset"]


def test_ds_01_bytes_that_no_table_knows_still_give_text() -> None:
    assert parse_json(b'"a\x81\xffb"', {}).value == "a\x81ÿb"


async def test_ds_01_the_note_reaches_the_caller() -> None:
    async with FaultServer([reply(json.dumps(LATIN, ensure_ascii=False).encode("latin-1"))]) as server:
        http = client(server.url)
        notes: list[object] = []
        assert await http.decode_json(await http.send(GET), notes) == LATIN  # type: ignore[arg-type]
        await http.aclose()
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "reply.empty"),
        (b" \r\n\t ", "reply.empty"),
        (codecs.BOM_UTF8, "reply.empty"),
        (b"\n\n <!DOCTYPE html><html>", "reply.html"),
        (codecs.BOM_UTF8 + b"<html>", "reply.html"),
        (b'<br />\n<b>Warning</b>: mysql<br />{"a": 1}', "reply.html"),
        (b'{"a": 1', "reply.json"),
        (b'{"a": 1}{"b": 2}', "reply.json"),
        (b'{"a": 1,}', "reply.json"),
        (b"{'a': 1}", "reply.json"),
        (b"NaN", "reply.json"),
        (b"[Infinity]", "reply.json"),
        (b"[1_000]", "reply.json"),
        (b"Unauthorized", "reply.json"),
        (b"\x00\x00", "reply.json"),
        (b'"a\nb"', "reply.json"),
    ],
)
def test_ds_03_what_is_no_json_says_why(body: bytes, code: str) -> None:
    assert code_of(body) == code


@pytest.mark.parametrize("body", [b"null", b"true", b'"Unauthorized"', b"[]", b"{}", b"0"])
def test_ds_03_valid_json_of_any_kind_is_left_to_the_caller(body: bytes) -> None:
    assert parse_json(body, {}).value == json.loads(body)


@pytest.mark.parametrize("pair", [b"[]", b"{}"])
@pytest.mark.parametrize("depth", [65, 200, 2_000, 200_000])
def test_ds_07_deep_nesting_is_refused(pair: bytes, depth: int) -> None:
    opener = b"[" if pair == b"[]" else b'{"a":'
    body = opener * depth + b"1" + pair[1:] * depth
    assert code_of(body) == "reply.limits"


def test_ds_07_nesting_up_to_the_limit_is_read() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64, {}).value


def test_ds_07_a_flood_of_openers_without_an_end_is_refused() -> None:
    assert code_of(b"[" * 1_000_000) in ("reply.limits", "reply.json")


@pytest.mark.parametrize("number", ["1e400", "-1e400", str(2**53 + 1), str(2**64), "9" * 400, "1e300"])
def test_numbers_that_no_reader_holds_exactly_are_refused(number: str) -> None:
    assert code_of(f'{{"a": [{number}]}}'.encode()) in ("reply.limits", "reply.json")


def test_numbers_up_to_the_limit_are_read() -> None:
    assert parse_json(f"[{2**53}, {-(2**53)}, 0.5, -0.0]".encode(), {}).value == [2**53, -(2**53), 0.5, -0.0]


def test_too_many_values_are_refused() -> None:
    body = b"[" + b",".join([b"1"] * 1000) + b"]"
    assert parse_json(body, {}, replace(LIMITS, items=1001)).value
    with pytest.raises(ProtocolError) as caught:
        parse_json(body, {}, replace(LIMITS, items=1000))
    assert caught.value.message.code == "reply.limits"


def test_ten_thousand_agents_pass_the_limits() -> None:
    result = {
        "key": {"metricId": "K13CJXHV", "categoryValue": "John Doe(481)"},
        "value": {
            "type": "DURATION",
            "lastUpdateTime": "2019-10-01T10:13:12.244-06:00",
            "finishedDuration": 20521,
            "numCountingUp": 2,
            "numCountingDown": 1,
        },
    }
    body = json.dumps({"results": [result] * 10_000, "initializing": []}).encode()
    assert len(body) > 2_000_000
    assert len(parse_json(body, {}).value["results"]) == 10_000


def test_ds_08_of_duplicate_keys_the_last_one_wins() -> None:
    assert parse_json(b'{"a": 1, "a": 2}', {}).value == {"a": 2}


async def test_a_large_reply_is_decoded_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from console.net import http as module

    seen: list[bool] = []
    original = module.parse_json

    def spy(*args: object, **options: object) -> object:
        seen.append(threading.current_thread() is threading.main_thread())
        return original(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "parse_json", spy)
    big = b"[" + b",".join([b'"agent"'] * 20_000) + b"]"
    async with FaultServer([reply(big), reply(b"[]")]) as server:
        http = client(server.url, limits=PATIENT)
        for _ in range(2):
            await http.decode_json(await http.send(GET))
        await http.aclose()
    assert seen == [False, True]


@given(st.binary(max_size=200))
def test_ds_14_no_bytes_raise_anything_but_our_error(body: bytes) -> None:
    try:
        parse_json(body, {"content-type": "application/json"})
    except ProtocolError:
        pass


SAMPLE = json.dumps({"results": [{"key": {"metricId": "é"}, "value": {"count": 12}}]}, ensure_ascii=False).encode()


def test_ds_14_a_reply_cut_at_any_byte_is_refused() -> None:
    for end in range(len(SAMPLE)):
        with pytest.raises(ProtocolError):
            parse_json(SAMPLE[:end], {})


@given(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255))
def test_ds_14_a_flipped_byte_gives_our_error_or_a_value(place: int, byte: int) -> None:
    try:
        parse_json(SAMPLE[:place] + bytes([byte]) + SAMPLE[place + 1 :], {})
    except ProtocolError:
        pass


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r'["\ud83d half"]', ["\ufffd half"]),
        (r'["half \udE00"]', ["half \ufffd"]),
        (r'["\ud83d\ude00"]', ["\U0001f600"]),
        (r'["\\ud83d \ud83d"]', [r"\ud83d " + "\ufffd"]),
    ],
)
def test_half_a_character_costs_that_character_only(sent: str, read: list[str]) -> None:
    assert parse_json(sent.encode(), {}).value == read
