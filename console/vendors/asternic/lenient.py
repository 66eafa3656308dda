"""The one lenient pass over an answer that strict JSON readers refuse, or in which they would lose something.

The product seems to write its JSON by hand, in PHP: the vendor's own sample of the realtime answer holds an object
without a name, a comma before a closing brace and a repeated key, and PHP's warnings may stand in front of the data.
The strict reader always goes first; what is done here is listed in `Repaired.repairs` and shown to the user:

- text before the first object and behind its end is left out (warnings, a second object);
- surplus commas are left out;
- an object without a name is taken as part of the one around it;
- of equal names the last one counts, but agents and callers under equal names are all kept (`Repeated`);
- raw control characters, unknown escapes and unescaped quotes inside a text are taken literally. A quote ends a text
  only where a colon, comma or closing bracket follows.

Nothing is ever added: an answer that was cut off stays unreadable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.net.decode import PARSE_ERRORS, decode_text
from console.net.limits import LIMITS, MAX_NUMBER

Json = Any

BEFORE, AFTER = "text before the data", "text behind the data"
COMMA, NAMELESS, REPEATED = "surplus commas", "an object without a name", "repeated names"
CHARACTERS, QUOTES = "stray characters in a text", "unescaped quotes"
MOST_BYTES = 8 * 1024 * 1024  # beyond it an answer that needs repair is refused

_START = re.compile(r'\{[ \t\r\n]*(?=")')
_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?")
_ENDS = re.compile(r"[ \t\r\n]*(?:[:,}\]]|$)")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: tuple[tuple[str, Json], ...] = (("true", True), ("false", False), ("null", None))


class Repeated(dict[str, Json]):
    """An object in which names occurred more than once; the usual access sees the last of each.

    Attributes:
        again: the members a plain dictionary would have lost, in the order sent.
    """

    again: tuple[tuple[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Repaired:
    """What the lenient pass read, what it had to do for it, and whether it guessed the character set."""

    value: Json
    repairs: tuple[str, ...]
    notes: tuple[Message, ...] = ()


def members(value: Mapping[str, Json]) -> list[tuple[str, Json]]:
    """The members of an object, those under equal names included."""
    return [*value.items(), *(value.again if isinstance(value, Repeated) else ())]


def repair(body: bytes, headers: Mapping[str, str], host: str) -> Repaired | None:
    """Read an answer leniently; None when there is no complete object in it.

    Raises:
        ProtocolError: ``reply.limits``.
    """
    if len(body) > MOST_BYTES:
        return None
    text, notes = _text(body, headers, host)
    start = _START.search(text)
    if start is None:
        return None
    reader = _Reader(text, start.start(), host)
    if text[: start.start()].strip():
        reader.repairs.add(BEFORE)
    try:
        value = reader.value(0)
    except (ValueError, IndexError):
        return None
    if text[reader.at :].strip():
        reader.repairs.add(AFTER)
    return Repaired(value, tuple(sorted(reader.repairs)), notes)


def has_repeats(body: bytes, value: Json) -> bool:
    """Whether a valid answer seems to hold more names than its value: a cheap test, wrong only on the safe side."""
    names = 0
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            names += len(item)
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return names != body.count(b'":') + body.count(b'" :')


def with_repeats(body: bytes, headers: Mapping[str, str], host: str) -> Repaired | None:
    """A valid answer once more, keeping what stands under equal names; None when there are none after all."""
    seen = False

    def gather(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal seen
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        seen = True
        return _repeated(pairs)

    try:
        value = json.loads(_text(body, headers, host)[0], object_pairs_hook=gather)
    except PARSE_ERRORS:
        return None  # the strict reader understood it in a way this one does not: its word stands
    return Repaired(value, (REPEATED,)) if seen else None


def _text(body: bytes, headers: Mapping[str, str], host: str) -> tuple[str, tuple[Message, ...]]:
    data = body.removeprefix(b"\xef\xbb\xbf")
    text, note = decode_text(data, headers, host)
    return data.decode("utf-8") if text is None else text, () if note is None else (note,)


def _repeated(pairs: list[tuple[str, Json]]) -> Repeated:
    found = Repeated()
    again = []
    for name, value in pairs:
        if name in found:
            again.append((name, found[name]))
        found[name] = value
    found.again = tuple(again)
    return found


def _whole(text: str) -> str:
    """Text whose characters beyond the basic plane were escaped in two halves."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    """A reader for one text. Raises ValueError or IndexError where even leniency ends."""

    def __init__(self, text: str, at: int, host: str) -> None:
        self.text = text
        self.at = at
        self.repairs: set[str] = set()
        self._host = host
        self._items = 0

    def value(self, depth: int) -> Json:
        """The value that begins here."""
        self._items += 1
        if depth > LIMITS.depth or self._items > LIMITS.items:
            raise ProtocolError(message("reply.limits", host=self._host, what="nested too deep or too long"))
        char = self._peek()
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._list(depth)
        if char == '"':
            return self._string()
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self._number()

    def _peek(self) -> str:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.text[self.at]

    def _object(self, depth: int) -> dict[str, Json]:
        self.at += 1
        pairs: list[tuple[str, Json]] = []
        while not self._ended("}", bool(pairs)):
            if self._peek() == "{":
                self.repairs.add(NAMELESS)
                pairs += members(self.value(depth + 1))
            else:
                name = self._string()
                if self._peek() != ":":
                    raise ValueError
                self.at += 1
                pairs.append((name, self.value(depth + 1)))
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self.repairs.add(REPEATED)
        return _repeated(pairs)

    def _list(self, depth: int) -> list[Json]:
        self.at += 1
        found: list[Json] = []
        while not self._ended("]", bool(found)):
            found.append(self.value(depth + 1))
        return found

    def _ended(self, closing: str, has_some: bool) -> bool:
        """Take the commas up to the next member, or the end; between two members there must be one."""
        commas = 0
        while (char := self._peek()) == ",":
            commas += 1
            self.at += 1
        if char == closing:
            self.at += 1
            if commas:
                self.repairs.add(COMMA)
            return True
        if commas > 1 or (commas and not has_some):
            self.repairs.add(COMMA)
        elif has_some and not commas:
            raise ValueError
        return False

    def _string(self) -> str:
        if self._peek() != '"':
            raise ValueError
        self.at += 1
        parts: list[str] = []
        while True:
            match = _PLAIN.match(self.text, self.at)
            assert match is not None
            parts.append(match.group())
            self.at = match.end()
            char = self.text[self.at]
            self.at += 1
            if char == "\\":
                parts.append(self._escape())
            elif char != '"':
                self.repairs.add(CHARACTERS)
                parts.append(char)
            elif _ENDS.match(self.text, self.at):
                return _whole("".join(parts))
            else:
                self.repairs.add(QUOTES)
                parts.append(char)

    def _escape(self) -> str:
        char = self.text[self.at]
        self.at += 1
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char == "u" and (match := _HEX.match(self.text, self.at)):
            self.at = match.end()
            return chr(int(match.group(), 16))
        self.repairs.add(CHARACTERS)
        return "\\" + char

    def _number(self) -> float | int:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise ValueError
        self.at = match.end()
        text = match.group()
        value = int(text) if text.lstrip("-").isdigit() else float(text)
        if abs(value) > MAX_NUMBER:
            raise ProtocolError(message("reply.limits", host=self._host, what="a number beyond 2^53"))
        return value
