"""The body reader alone: every bound by itself."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace

import pytest

from console.net.body import BodyReader
from console.net.limits import LIMITS, MB
from console.net.translate import DoorError

SMALL = replace(LIMITS, wire_bytes=1000, decoded_bytes=5000, error_bytes=100)


def read(body: bytes, coding: str = "", *, is_error: bool = False, step: int = 64) -> bytes:
    """Feed a body piece by piece until nothing more is wanted."""
    reader = BodyReader(coding, "", SMALL, is_error=is_error)
    for start in range(0, len(body), step):
        reader.feed(body[start : start + step])
        if reader.done:
            break
    return reader.finish()


def test_bytes_on_the_wire_are_bounded() -> None:
    assert len(read(bytes(1000))) == 1000
    with pytest.raises(DoorError):
        read(bytes(1001))


def test_unpacked_bytes_are_bounded_apart_from_those_on_the_wire() -> None:
    assert len(read(gzip.compress(bytes(5000)), "gzip")) == 5000
    with pytest.raises(DoorError):
        read(gzip.compress(bytes(5001)), "gzip")


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_pieces_of_any_size_give_the_same_body(step: int) -> None:
    body = os.urandom(300) + bytes(2000)
    assert read(gzip.compress(body), "GZIP, identity", step=step) == body


@pytest.mark.parametrize(
    ("body", "coding"),
    [(b"a" * 5000, ""), (gzip.compress(b"a" * 50 * MB), "gzip"), (gzip.compress(b"a" * 200) + b"x" * 20, "gzip")],
    ids=["plain", "bomb", "more behind"],  # else the time of packing is in the name, and two processes disagree
)
def test_the_body_of_a_refusal_is_cut_and_never_refused(body: bytes, coding: str) -> None:
    assert read(body, coding, is_error=True) == b"a" * 100


def test_the_body_of_a_refusal_in_an_unknown_packing_is_left_alone() -> None:
    assert read(b"abc", "br", is_error=True) == b""


def test_an_empty_body_in_a_gzip_reply_is_empty() -> None:
    assert read(b"", "gzip") == b""
