"""Where a key of a TOML text stands: `tomllib` tells no positions, and an error without a line is half an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of a key in a TOML text that `tomllib` accepts, or of the nearest table around it."""
    lines = key_lines(text)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def key_lines(text: str) -> dict[Path, int]:
    """Every path of the text (keys, and indices of arrays) and the line it first stands in."""
    found: dict[Path, int] = {}
    clean = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for path, at in _Scanner(clean).paths():
        found.setdefault(path, clean.count("\n", 0, at) + 1)
    return found


class _Scanner:
    """Walks a valid document; what it does not understand it passes over to the end of the line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counts: dict[Path, int] = {}  # how many tables an array of tables has so far

    def paths(self) -> Iterator[tuple[Path, int]]:
        table: Path = ()
        while True:
            self._match(_SKIP)
            if self._at >= len(self._text):
                return
            start = self._at
            if self._take("["):
                is_array = self._take("[")
                table = self._place(self._key(), is_array)
                self._to_line_end()
                yield table, start
            else:
                yield from self._pair(table)
                self._to_line_end()

    def _place(self, key: Path, is_array: bool) -> Path:
        """The path a header names: through arrays of tables it means their latest table."""
        place: Path = ()
        for number, part in enumerate(key, 1):
            place = (*place, part)
            last = number == len(key)
            if last and is_array:
                self._counts[place] = self._counts.get(place, 0) + 1
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
        return place

    def _pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        start = self._at
        key = self._key()
        for number in range(1, len(key) + 1):
            yield (*table, *key[:number]), start
        self._match(_SPACE)
        if not self._take("="):
            self._to_line_end()
            return
        self._match(_SPACE)
        yield from self._value((*table, *key))

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        if self._take("["):
            yield from self._array(path)
        elif self._take("{"):
            yield from self._inline(path)
        elif not self._match(_STRING):
            self._match(_SCALAR)

    def _array(self, path: Path) -> Iterator[tuple[Path, int]]:
        index = 0
        while self._at < len(self._text):
            self._match(_SKIP)
            if self._take("]"):
                return
            start = self._at
            yield (*path, index), start
            yield from self._value((*path, index))
            self._match(_SKIP)
            self._take(",")
            index += 1
            if self._at == start:
                return

    def _inline(self, path: Path) -> Iterator[tuple[Path, int]]:
        while self._at < len(self._text):
            self._match(_SKIP)
            if self._take("}"):
                return
            start = self._at
            yield from self._pair(path)
            self._match(_SKIP)
            self._take(",")
            if self._at == start:
                return

    def _key(self) -> Path:
        parts: list[str] = []
        while True:
            self._match(_SPACE)
            if found := self._match(_STRING):
                parts.append(str(tomllib.loads(f"x = {found}")["x"]))
            else:
                parts.append(self._match(_BARE))
            self._match(_SPACE)
            if not self._take("."):
                return tuple(parts)

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _take(self, char: str) -> bool:
        if not self._text.startswith(char, self._at):
            return False
        self._at += 1
        return True

    def _to_line_end(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end + 1
