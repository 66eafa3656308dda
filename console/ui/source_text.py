"""The place a figure came from, as text: the part of a JSON reply around a pointer, and where in it the figure stands.

Pure, so that large replies can be read on a worker thread.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

ROOM = 60  # lines of context around a figure; a record of more is shown alone
MOST_LINES = 2000  # lines shown at most
RAW_LIMIT = 8000  # characters of a reply that is no JSON
_DEEP = 200  # levels; deeper is no reply, but an attack

# what would reorder or hide its neighbours is shown as the escape it could have been sent as
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class Fragment(NamedTuple):
    """Text with the figure's lines (first and last, from 0; -1 for none) and a code of what is odd about it.

    `note`: empty, ``cut`` (only the beginning of the reply was kept), ``no_place`` (the reply has no such place),
    ``no_json`` (the reply is no JSON).
    """

    text: str
    first: int = -1
    last: int = -1
    note: str = ""


def fragment(body: str, pointer: str, *, is_cut: bool = False) -> Fragment:
    """The record around `pointer` (RFC 6901) in a JSON text, pretty-printed.

    Args:
        body: the reply as it was kept.
        pointer: the place of the figure; empty for the whole reply.
        is_cut: only the beginning of the reply was kept.
    """
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        return Fragment(_visible(body[:RAW_LIMIT]), note="cut" if is_cut else "no_json")
    way = _way(whole, pointer)
    if way is None:
        lines, _ = _printed(whole, None, ROOM)
        return Fragment("\n".join(lines), note="no_place")
    values, steps = way
    shown = _printed(values[-1], ())
    for place in range(len(steps) - 1, -1, -1):
        wider = _printed(values[place], steps[place:], ROOM)
        if len(wider[0]) > ROOM:
            break
        shown = wider
    lines, (first, last) = shown
    return Fragment("\n".join(lines), first, last)


def pretty(body: str) -> str:
    """A JSON text with line ends and indents, any other text as it is, both shortened."""
    try:
        return "\n".join(_printed(json.loads(body), None)[0])
    except (ValueError, RecursionError):
        return _visible(body[:RAW_LIMIT])


def _way(whole: object, pointer: str) -> tuple[list[object], tuple[str | int, ...]] | None:
    """The values from the root to the pointer's, and the steps between; None where the pointer leads nowhere."""
    values, steps = [whole], list[str | int]()
    for token in pointer.split("/")[1:] if pointer else ():
        name, here = token.replace("~1", "/").replace("~0", "~"), values[-1]
        if isinstance(here, dict) and name in here:
            steps.append(name)
            values.append(here[name])
        elif isinstance(here, list) and name.isascii() and name.isdigit() and int(name) < len(here):
            steps.append(int(name))
            values.append(here[int(name)])
        else:
            return None
    return values, tuple(steps)


class _FullError(Exception):
    """Enough lines have been printed."""


def _printed(
    value: object, steps: tuple[str | int, ...] | None, limit: int = MOST_LINES
) -> tuple[list[str], tuple[int, int]]:
    """Lines of a value, and the first and last line of what `steps` lead to in it; cut after `limit`."""
    lines: list[str] = []
    found = [-1, -1]

    def put(prefix: str, item: object, indent: str, comma: str, left: tuple[str | int, ...] | None) -> None:
        if len(lines) > limit or len(indent) > 2 * _DEEP:
            raise _FullError
        start = len(lines)
        pairs: list[tuple[str, str | int, object]] = []
        if isinstance(item, dict):
            pairs = [(f"{json.dumps(name, ensure_ascii=False)}: ", name, inner) for name, inner in item.items()]
        elif isinstance(item, list):
            pairs = [("", place, inner) for place, inner in enumerate(item)]
        if pairs:
            opening, closing = "{}" if isinstance(item, dict) else "[]"
            lines.append(f"{indent}{prefix}{opening}")
            for place, (caption, step, inner) in enumerate(pairs):
                further = left[1:] if left and left[0] == step else None
                put(caption, inner, f"{indent}  ", "," if place < len(pairs) - 1 else "", further)
            lines.append(f"{indent}{closing}{comma}")
        else:
            lines.append(f"{indent}{prefix}{json.dumps(item, ensure_ascii=False)}{comma}")
        if left == ():
            found[:] = [start, len(lines) - 1]

    try:
        put("", value, "", "", steps)
    except _FullError:
        lines.append("…")
        if steps == ():
            found[:] = [0, len(lines) - 1]
    return [_visible(text) for text in lines], (found[0], found[1])


def _visible(text: str) -> str:
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
