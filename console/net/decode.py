"""JSON at the door: strict, bounded, in whatever character set it came."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.net.limits import LIMITS, MAX_NUMBER, Limits

# what malformed input makes parsers raise; MemoryError because a bound may still be too high for a small machine
PARSE_ERRORS = (ValueError, RecursionError, OverflowError, UnicodeError, KeyError, TypeError, MemoryError)

# an escaped backslash and a whole pair are left alone (groups); what remains is half a character beyond the basic plane
_HALVES = re.compile(
    rb"(\\\\)|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded body and what had to be assumed to read it."""

    value: Any
    notes: tuple[Message, ...] = ()


def parse_json(body: bytes, headers: Mapping[str, str], limits: Limits = LIMITS, *, host: str = "server") -> Decoded:
    """Decode a JSON body to plain Python values; duplicate keys: the last one wins.

    Args:
        headers: lower-case names; only ``content-type`` is read.
        host: for the sentences.

    Raises:
        ProtocolError: ``reply.empty``, ``reply.html``, ``reply.json`` or ``reply.limits``.
    """
    notes: tuple[Message, ...] = ()
    data = body.removeprefix(codecs.BOM_UTF8)
    stripped = data[:256].lstrip()
    if not stripped and not data.strip():
        raise ProtocolError(message("reply.empty", host=host))
    if looks_like_html(data):
        raise ProtocolError(message("reply.html", host=host))
    try:
        try:
            value = _decode(data)
        except RecursionError:
            raise
        except PARSE_ERRORS:
            text, note = decode_text(data, headers, host)
            if text is None:
                raise
            notes = (note,) if note is not None else ()
            value = _decode(text.encode("utf-8"))
    except RecursionError as exc:
        raise _beyond(host, f"nested deeper than {limits.depth} levels") from exc
    except PARSE_ERRORS as exc:
        raise ProtocolError(message("reply.json", host=host, what=_reason(exc))) from exc
    check_limits(value, limits, host)
    return Decoded(value, notes)


def _decode(data: bytes) -> Any:
    """The strict reader; half a character written as an escape costs that character, not the whole reply."""
    import msgspec

    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise
    except PARSE_ERRORS:
        mended = _HALVES.sub(lambda match: match.group() if match.lastindex else b"\\ufffd", data)
        if mended == data:
            raise
        return msgspec.json.decode(mended)


def looks_like_html(data: bytes) -> bool:
    """Whether a body is markup; JSON never begins with ``<``."""
    return data.removeprefix(codecs.BOM_UTF8)[:512].lstrip().startswith(b"<")


def decode_text(data: bytes, headers: Mapping[str, str], host: str) -> tuple[str | None, Message | None]:
    """The text of a body that is not UTF-8, with a note; `(None, None)` when it is UTF-8 after all.

    UTF-16 and UTF-32 show themselves; then the declared character set counts; then Windows-1252 is a guess.
    """
    wide = json.detect_encoding(data[:4])
    if not wide.startswith("utf-8"):
        try:
            return data.decode(wide).removeprefix("\ufeff"), None
        except UnicodeDecodeError:
            pass
    try:
        data.decode("utf-8")
        return None, None
    except UnicodeDecodeError:
        pass
    declared = declared_charset(headers)
    if declared and declared != "utf-8":
        try:
            return data.decode(declared), None
        except UnicodeDecodeError:
            pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text, message("reply.charset", host=host, charset="Windows-1252")


def declared_charset(headers: Mapping[str, str]) -> str:
    """The normalised name of the character set in ``content-type``, or empty when none known is named."""
    for part in headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "charset":
            try:
                info = codecs.lookup(value.strip().strip("\"'")[:40])
            except (LookupError, ValueError):
                return ""
            # codecs also lists converters that are no character sets (zip, rot13)
            return info.name if info._is_text_encoding else ""
    return ""


def check_limits(value: Any, limits: Limits, host: str) -> None:
    """Check depth, number of values and range of numbers of a decoded body; walks without recursion.

    Raises:
        ProtocolError: ``reply.limits``.
    """
    level: list[Any] = [value]
    items = 0
    depth = -1
    while level:
        depth += 1
        if depth > limits.depth:
            raise _beyond(host, f"nested deeper than {limits.depth} levels")
        items += len(level)
        if items > limits.items:
            raise _beyond(host, f"more than {limits.items} values")
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict:
                below.extend(item.values())
            elif kind is list:
                below.extend(item)
            elif (kind is int or kind is float) and not -MAX_NUMBER <= item <= MAX_NUMBER:
                raise _beyond(host, "a number beyond 2^53")
        level = below


def _beyond(host: str, what: str) -> ProtocolError:
    return ProtocolError(message("reply.limits", host=host, what=what))


def _reason(exc: BaseException) -> str:
    """The parser's words; they quote no content of the reply."""
    text = str(exc)
    at = text.rfind("(byte ")
    return f"at {text[at + 1 :].rstrip(')')}" if at >= 0 else "it ends early or is malformed"
