"""Large replies that repeat themselves: what came byte for byte before is not decoded, checked and keyed again.

Most of ten thousand values stay what they were from one second to the next, and half of a core went into reading
them anew. Here a reply is cut into its entries without looking inside, each is compared with the entry that stood
in its place, and only the others are read. Whatever is unusual about a reply is left to the strict reader: a reply
that is taken here is one that `console.net.decode.parse_json` and `parse_values` take, with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import ne
from typing import TYPE_CHECKING

from console.domain.errors import ProtocolError
from console.net.decode import PARSE_ERRORS, check_limits
from console.net.limits import Limits
from console.vendors.xima.wire import MAX_VALUES, Json, Key, ValuesReply, parse_values

if TYPE_CHECKING:
    import msgspec

_KEPT = 64  # replies remembered at most


@dataclass(frozen=True, slots=True)
class Remembered:
    """The entries of one reply: as sent, and as read."""

    raws: list[msgspec.Raw]
    items: list[tuple[Key, Json]]


class Memory:
    """The last large reply to each question."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Remembered] = {}

    def get(self, ids: tuple[str, ...]) -> Remembered | None:
        """What was answered last when the values of `ids` were asked for."""
        return self._kept.get(ids)

    def put(self, ids: tuple[str, ...], remembered: Remembered) -> None:
        """Keep an answer; those to questions cut otherwise are let go, so no value is held twice."""
        if ids not in self._kept:
            asked = frozenset(ids)
            self._kept = {key: kept for key, kept in self._kept.items() if asked.isdisjoint(key)}
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
        self._kept[ids] = remembered


def recall(former: Remembered | None, body: bytes, limits: Limits, host: str) -> tuple[ValuesReply, Remembered] | None:
    """Read a values reply with the help of the one before; None where the strict reader has to decide.

    Pure, so a worker thread may do it. Items of unchanged entries are the same objects as before.
    """
    import msgspec

    if len(body) > 2 * limits.items:
        return None  # shorter bodies cannot hold too many values: each takes two bytes at least
    try:
        parts = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if "results" not in parts or _may_repeat_a_key(parts, body):
            return None
        raws = msgspec.json.decode(parts.pop("results"), type=list[msgspec.Raw])
        if len(raws) > MAX_VALUES:
            return None
        items, places = _aligned(former, raws)
        decode = msgspec.json.Decoder().decode
        fresh = {name: decode(raw) for name, raw in parts.items()}
        fresh["results"] = [decode(raws[place]) for place in places]
        check_limits(fresh, limits, host)
        reply = parse_values(fresh, host)
    except (*PARSE_ERRORS, ProtocolError):
        return None
    for place, item in zip(places, reply.items, strict=True):
        items[place] = item
    return ValuesReply(items, reply.initializing), Remembered(raws, items.copy())


def _aligned(former: Remembered | None, raws: list[msgspec.Raw]) -> tuple[list[tuple[Key, Json]], list[int]]:
    """What is known of the entries, and the places of those that are to be read."""
    if former is None:
        return [(("", None), None)] * len(raws), list(range(len(raws)))
    if len(raws) == len(former.raws):
        return former.items.copy(), [place for place, is_new in enumerate(map(ne, raws, former.raws)) if is_new]
    known = dict(zip(map(bytes, former.raws), former.items, strict=True))
    found = [known.get(bytes(raw)) for raw in raws]
    places = [place for place, item in enumerate(found) if item is None]
    return [item or (("", None), None) for item in found], places


def _may_repeat_a_key(parts: Mapping[str, msgspec.Raw], body: bytes) -> bool:
    """Whether the body is longer than its parts explain: the last of two equal keys counts, but both must be JSON.

    A member needs its quoted name, a colon and a comma (the braces make up for the comma that is one too many). A
    second one of the same name needs two characters more than that, so a few blanks are no reason to doubt.
    """
    names = [len(name.encode()) for name in parts]
    explained = 1 + sum(memoryview(raw).nbytes for raw in parts.values()) + sum(size + 4 for size in names)
    return len(body) - explained >= min(names) + 5
