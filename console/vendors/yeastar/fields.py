"""Single fields of a reply: numbers that may be text, blanks that are a space, lists that are null.

Everything here either gives what was sent or None; nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.domain.text import ENTRY_LIMIT

Json = Any
LONGEST_S = 60 * 60 * 24 * 30  # a call or a state older than a month is a fault of the value
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?%?", re.ASCII)
_PREFIXED = re.compile(r"(?i)queue-(.+)")


def whole(value: Json) -> int | None:
    """A whole number, sent as number or text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**15 else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**15 else None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return None


def count(value: Json) -> int | None:
    """A whole number that is not negative."""
    number = whole(value)
    return number if number is not None and number >= 0 else None


def percent(value: Json) -> float | None:
    """A percentage from 0 to 100: a number, or text with or without the sign."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value.strip().removesuffix("%"))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= 100 else None


def seconds(value: Json) -> int | None:
    """A duration in whole seconds; None for what no call can have lasted."""
    number = count(value)
    return number if number is not None and number <= LONGEST_S else None


def flag(value: Json) -> bool | None:
    """0 or 1, as number, text or JSON's own."""
    if isinstance(value, bool):
        return value
    number = whole(value)
    return bool(number) if number in (0, 1) else None


def text(value: Json) -> str:
    """A text without the blanks around it; an id or number that came as a number is spelled out; else empty."""
    if isinstance(value, str):
        return value[:ENTRY_LIMIT].strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def queue_number(value: Json) -> str:
    """The number of a queue, which events also write as ``queue-6402``."""
    number = text(value)
    match = _PREFIXED.fullmatch(number)
    return match.group(1).strip() if match else number


def rows(body: Json, host: str, *keys: str) -> list[dict[str, Json]]:
    """The array of a reply by its key, or the only array there is; null and missing are empty.

    Raises:
        ProtocolError: it is no list of objects.
    """
    found: Json = None
    for key in keys:
        if isinstance(body, dict) and key in body:
            found = body[key]
            break
    else:
        key = keys[0]
        lists = [name for name, value in body.items() if isinstance(value, list)] if isinstance(body, dict) else []
        if len(lists) == 1:
            key = lists[0]
            found = body[key]
    if found is None or found == {}:
        return []
    if not isinstance(found, list):
        bad(host, f"/{key}", "a list was expected")
    for index, entry in enumerate(found):
        if not isinstance(entry, dict):
            bad(host, f"/{key}/{index}", "an object was expected")
    return found


def bad(host: str, pointer: str, what: str) -> NoReturn:
    """Refuse a reply."""
    raise ProtocolError(message("reply.shape", host=host, pointer=pointer or "/", what=what), pointer=pointer)
