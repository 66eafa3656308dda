"""Internal ids of the exchange. They have nothing to do with dialable numbers, and less with names.

Extensions and extension groups share parameters (``ext_id_list``), so their ids never meet.
"""

from __future__ import annotations

from collections.abc import Iterable

_EXTENSION, _TRUNK, _IVR, _RING_GROUP = 71, 5, 31, 11
_KINDS = {"queue": 1, "extension": _EXTENSION, "ext_group": 1, "trunk": _TRUNK, "ivr": _IVR, "ring_group": _RING_GROUP}


def ident(kind: str, index: int) -> int:
    """Give the id of a thing by its position in the site's list."""
    return index + _KINDS[kind]


def position(kind: str, text: str, count: int) -> int | None:
    """Give the position of a thing by its id, None when there is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    index = int(text) - _KINDS[kind]
    return index if 0 <= index < count else None


def positions(kind: str, text: str, count: int) -> tuple[int, ...]:
    """Read ids separated by commas; unknown ones and repetitions are passed over, as the exchange does."""
    found = (position(kind, part.strip(), count) for part in text.split(","))
    return unique(index for index in found if index is not None)


def unique(indexes: Iterable[int]) -> tuple[int, ...]:
    """Keep the first of each, in order."""
    return tuple(dict.fromkeys(indexes))
