"""Damaged replies: bytes flipped, cut, doubled; keys dropped, doubled; types swapped; numbers and depth absurd."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Json = Any

HUGE = (2**53, 2**53 + 1, -(2**63), 10**18, 10**400, 1e308, -1e308, 1e-300, -1, -0.0, 0.1)
WORDS = ("", " ", "null", "NaN", "Infinity", "1,234", "12,5", "0x10", "१२", "1_000", "-", "true", "00:03:31", "9" * 400)
NASTY = ("\u202e", "\ud800", "\x00", "a" * 5000, "<b>x</b>", "\u0301" * 200, "\ufeff", "'; --", "\u2028", "{}", "[]")
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "01", "+1", ".5", "'x'", "undefined", "1 2", "")
MOST_STEPS = 4


class Raw:
    """Text that is written as it is: numbers JSON does not know, and worse."""

    def __init__(self, text: str) -> None:
        self.text = text


class Pairs(list[tuple[str, Json]]):
    """An object in which names may occur more than once."""


def dump(value: Json) -> str:
    """JSON text of a value with `Raw` and `Pairs` in it."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {dump(inner)}" for key, inner in value) + "}"
    if isinstance(value, dict):
        return dump(Pairs(value.items()))
    if isinstance(value, list):
        return "[" + ", ".join(dump(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def mutated(body: bytes, dice: random.Random) -> bytes:
    """The body with some damage; never the body itself."""
    ways = (_in_structure, _in_structure, _in_structure, _in_bytes)
    for _ in range(20):
        found = dice.choice(ways)(body, dice)
        if found != body:
            return found
    return body[:-1]


def _in_bytes(body: bytes, dice: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(dice.randint(1, MOST_STEPS)):
        if not data:
            break
        at = dice.randrange(len(data))
        end = min(len(data), at + dice.randint(1, 40))
        match dice.randrange(6):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at] = dice.randrange(256)
            case 2:
                del data[at:]
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at:end]
            case _:
                data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))
    return bytes(data)


def _in_structure(body: bytes, dice: random.Random) -> bytes:
    root = {"root": json.loads(body)}
    for _ in range(dice.randint(1, MOST_STEPS)):
        places = _places(root)
        if not places:
            break
        holder, key = dice.choice(places)
        dice.choice(_STEPS)(holder, key, dice)
    return dump(root.get("root", Raw(""))).encode("utf-8", "surrogatepass")


def _places(value: Json) -> list[tuple[Json, Json]]:
    """Every place in a value as its holder and key."""
    found: list[tuple[Json, Json]] = []
    todo = [value]
    while todo:
        holder = todo.pop()
        steps = holder.keys() if isinstance(holder, dict) else range(len(holder))
        for key in list(steps):
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)) and not isinstance(holder[key], Pairs):
                todo.append(holder[key])
    return found


def _drop(holder: Json, key: Json, dice: random.Random) -> None:
    del holder[key]


def _swap(holder: Json, key: Json, dice: random.Random) -> None:
    value = holder[key]
    holder[key] = dice.choice(
        (None, True, False, 0, 1, -1, 2.5, [], {}, [value], {"x": value}, str(value), [None], dice.choice(WORDS))
    )


def _huge(holder: Json, key: Json, dice: random.Random) -> None:
    number = dice.choice(HUGE)
    holder[key] = dice.choice((number, str(number)))


def _raw(holder: Json, key: Json, dice: random.Random) -> None:
    holder[key] = Raw(dice.choice(RAW))


def _nasty(holder: Json, key: Json, dice: random.Random) -> None:
    holder[key] = dice.choice(NASTY)


def _deep(holder: Json, key: Json, dice: random.Random) -> None:
    depth = dice.choice((40, 63, 64, 65, 70, 500, 20_000))
    opener, closer = dice.choice((("[", "]"), ('{"a":', "}")))
    holder[key] = Raw(opener * depth + "1" + closer * depth)


def _double(holder: Json, key: Json, dice: random.Random) -> None:
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    elif isinstance(holder[key], dict) and holder[key]:
        inner = list(holder[key].items())
        name, value = dice.choice(inner)
        holder[key] = Pairs([*inner, (name, dice.choice((value, 1, "x", None)))])


def _rename(holder: Json, key: Json, dice: random.Random) -> None:
    if isinstance(holder, dict) and key != "root":
        holder[dice.choice((key.upper(), f" {key}", "", "__proto__", dice.choice(NASTY)))] = holder.pop(key)


_STEPS: tuple[Callable[[Json, Json, random.Random], None], ...] = (
    _drop,
    _swap,
    _swap,
    _huge,
    _raw,
    _nasty,
    _deep,
    _double,
    _rename,
)
