"""Columns: the changes of one column of some rows within a segment, as arrays, and packed into few bytes.

A change is (frame, slot, form, number, moment): which frame of the segment, which row, how to read the number (see
`forms`), the number or the place of a text in `strings`, and the server's time of a running duration. Packed, they
stand sorted by row, so that most differences from one to the next are tiny and compress well.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

GROUP: Final = 256  # rows whose changes are packed together
EXACT: Final = 2.0**53  # whole numbers up to here are the same as floats
_BLOCK: Final = struct.Struct("<cII")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class DamagedError(ValueError):
    """Packed bytes are not what we wrote."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of one column, ordered by frame (as they came) or by slot (unpacked); equal lengths.

    Attributes:
        frames: number of the frame within the segment.
        slots: number of the row within the file.
        forms: index into the segment's forms; 0: nothing is said any more.
        numbers: the value, or an index into `strings`; NaN where there is none.
        moments: `at_ms` of running durations, else NaN.
    """

    frames: Ints
    slots: Ints
    forms: Ints
    numbers: Floats
    moments: Floats
    strings: list[str]

    def take(self, chosen: NDArray[np.bool_] | Ints) -> Changes:
        """Some of them."""
        return Changes(
            self.frames[chosen],
            self.slots[chosen],
            self.forms[chosen],
            self.numbers[chosen],
            self.moments[chosen],
            self.strings,
        )

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(slots=True)
class Growing:
    """Changes of one column as they come."""

    frames: array[int] = field(default_factory=lambda: array("I"))
    slots: array[int] = field(default_factory=lambda: array("I"))
    forms: array[int] = field(default_factory=lambda: array("I"))
    numbers: array[float] = field(default_factory=lambda: array("d"))
    moments: array[float] = field(default_factory=lambda: array("d"))
    strings: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frames)

    def changes(self) -> Changes:
        """What came so far, as arrays of their own."""
        return Changes(
            np.array(self.frames, dtype=np.int64),
            np.array(self.slots, dtype=np.int64),
            np.array(self.forms, dtype=np.int64),
            np.array(self.numbers, dtype=np.float64),
            np.array(self.moments, dtype=np.float64),
            list(self.strings),
        )

    def tail(self, start: int, first_string: int) -> tuple[int, list[str], bytes]:
        """What came from a place on: how much, the new strings, and the bytes for the journal."""
        raw = b"".join(part[start:].tobytes() for part in (self.slots, self.forms, self.numbers, self.moments))
        return len(self.frames) - start, list(self.strings)[first_string:], raw

    def extend(self, frame: int, count: int, strings: list[str], raw: bytes) -> None:
        """Take a piece of the journal back."""
        if len(raw) != count * 24:
            raise DamagedError("a piece of the journal has the wrong length")
        self.frames.extend([frame] * count)
        self.slots.frombytes(raw[: 4 * count])
        self.forms.frombytes(raw[4 * count : 8 * count])
        self.numbers.frombytes(raw[8 * count : 16 * count])
        self.moments.frombytes(raw[16 * count :])
        for text in strings:
            self.strings[text] = len(self.strings)


def split(changes: Changes) -> dict[int, Changes]:
    """The changes by group of rows."""
    groups = changes.slots // GROUP
    return {int(group): changes.take(groups == group) for group in np.unique(groups)}


def pack(changes: Changes, text_forms: NDArray[np.bool_]) -> bytes:
    """The changes of one group of rows as bytes.

    Args:
        text_forms: by form, whether its numbers are indexes into the strings.
    """
    ordered = changes.take(np.lexsort((changes.frames, changes.slots)))
    numbers, strings = _own_strings(ordered, text_forms)
    is_running = ~np.isnan(ordered.moments)
    moments = ordered.moments[is_running]
    with np.errstate(invalid="ignore"):
        anchored = moments - numbers[is_running]  # of one straight line always the same
    is_anchored = bool(len(moments)) and _are_whole(anchored, moments, numbers[is_running])
    has_number = ~np.isnan(numbers)
    parts = [
        _text([strings, is_anchored]),
        _ints(ordered.slots),
        _ints(ordered.frames),
        _ints(ordered.forms),
        _ints(np.packbits(has_number).astype(np.int64)),
        _floats(numbers[has_number]),
        _ints(np.packbits(is_running).astype(np.int64)),
        _floats(anchored if is_anchored else moments),
    ]
    return zlib.compress(b"".join(parts), 6)


def unpack(data: bytes) -> Changes:
    """What `pack` packed, ordered by row and frame; raises DamagedError."""
    reader = Reader(data)
    try:
        strings, is_anchored = reader.text()
        slots, frames, forms = reader.ints(), reader.ints(), reader.ints()
        count = len(slots)
        has_number = np.unpackbits(reader.ints().astype(np.uint8), count=count).astype(bool)
        numbers = np.full(count, np.nan)
        numbers[has_number] = reader.floats()
        is_running = np.unpackbits(reader.ints().astype(np.uint8), count=count).astype(bool)
        moments = np.full(count, np.nan)
        found = reader.floats()
        moments[is_running] = found + numbers[is_running] if is_anchored else found
    except (ValueError, TypeError, IndexError) as failure:
        raise DamagedError(str(failure)) from failure
    if not len(frames) == len(forms) == count:
        raise DamagedError("columns of different lengths")
    return Changes(frames, slots, forms, numbers, moments, strings)


def pack_arrays(head: object, ints: list[Ints], floats: list[Floats]) -> bytes:
    """A JSON value and some arrays as bytes, for `Reader`."""
    return zlib.compress(b"".join([_text(head), *map(_ints, ints), *map(_floats, floats)]), 6)


class Reader:
    """Reads blocks back in the order they were written; raises DamagedError."""

    def __init__(self, data: bytes) -> None:
        try:
            self._data = zlib.decompress(data)
        except zlib.error as failure:
            raise DamagedError(str(failure)) from failure
        self._place = 0

    def text(self) -> Any:
        """A JSON value."""
        try:
            return json.loads(self._block(b"t")[1].decode("utf-8", "surrogatepass"))
        except ValueError as failure:
            raise DamagedError(str(failure)) from failure

    def ints(self) -> Ints:
        """Whole numbers."""
        kind, raw, count = self._next()
        if kind not in _WIDTHS or len(raw) != count * _WIDTHS[kind]:
            raise DamagedError("not whole numbers")
        planes = np.frombuffer(raw, np.uint8).reshape(_WIDTHS[kind], count)
        steps = np.ascontiguousarray(planes.T).view(f"<i{_WIDTHS[kind]}").reshape(count)
        return np.cumsum(steps, dtype=np.int64)

    def floats(self) -> Floats:
        """Numbers."""
        kind = self._data[self._place : self._place + 1]
        if kind == b"u":
            self._next()
            table = self._raw()
            return table[self.ints()]
        if kind == b"f":
            return self._raw()
        return self.ints().astype(np.float64)

    def _raw(self) -> Floats:
        _, raw, count = self._next()
        if len(raw) != count * 8:
            raise DamagedError("not numbers")
        planes = np.frombuffer(raw, np.uint8).reshape(8, count)
        return np.ascontiguousarray(planes.T).view("<f8").reshape(count).astype(np.float64)

    def _block(self, wanted: bytes) -> tuple[bytes, bytes, int]:
        kind, raw, count = self._next()
        if kind != wanted:
            raise DamagedError("another block was expected")
        return kind, raw, count

    def _next(self) -> tuple[bytes, bytes, int]:
        try:
            kind, count, size = _BLOCK.unpack_from(self._data, self._place)
        except struct.error as failure:
            raise DamagedError(str(failure)) from failure
        start = self._place + _BLOCK.size
        self._place = start + size
        if self._place > len(self._data):
            raise DamagedError("a block ends too early")
        return kind, self._data[start : self._place], count


def _own_strings(changes: Changes, text_forms: NDArray[np.bool_]) -> tuple[Floats, list[str]]:
    """The numbers, with indexes into only those strings that these changes use."""
    is_text = text_forms[changes.forms]
    if not is_text.any():
        return changes.numbers, []
    used, places = np.unique(changes.numbers[is_text], return_inverse=True)
    numbers = changes.numbers.copy()
    numbers[is_text] = places
    return numbers, [changes.strings[int(place)] for place in used]


def _are_whole(*parts: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        return all(bool(np.all((np.abs(part) < EXACT) & (np.floor(part) == part))) for part in parts)


def _block(kind: bytes, raw: bytes, count: int = 0) -> bytes:
    return _BLOCK.pack(kind, count, len(raw)) + raw


def _text(value: object) -> bytes:
    return _block(b"t", json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _ints(values: Ints) -> bytes:
    """Differences from one to the next, as narrow as they fit, their bytes in planes."""
    steps = np.diff(values, prepend=np.int64(0))
    low, high = (int(steps.min()), int(steps.max())) if len(steps) else (0, 0)
    kind, width = next(
        (kind, width)
        for kind, width in _WIDTHS.items()
        if -(2 ** (8 * width - 1)) <= low and high < 2 ** (8 * width - 1)
    )
    raw = steps.astype(f"<i{width}").view(np.uint8).reshape(len(steps), width).T.tobytes()
    return _block(kind, raw, len(steps))


def _floats(values: Floats) -> bytes:
    if _are_whole(values) and not np.any(np.signbit(values) & (values == 0)):
        return _ints(values.astype(np.int64))
    table, places = np.unique(values, return_inverse=True)
    if 2 * len(table) <= len(values):
        return _block(b"u", b"") + _raw(table) + _ints(places.astype(np.int64))
    return _raw(values)


def _raw(values: Floats) -> bytes:
    raw = values.astype("<f8").view(np.uint8).reshape(len(values), 8).T.tobytes()
    return _block(b"f", raw, len(values))


_WIDTHS: Final = {b"1": 1, b"2": 2, b"4": 4, b"8": 8}
