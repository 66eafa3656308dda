"""Finding address, body and credentials in pasted text, whatever surrounds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from console.domain.errors import UserError
from console.domain.messages import message
from console.vendors.xima.flavour import DEFAULT_PREFIX, HISTORIC

MAX_TEXT = 1024 * 1024
MAX_TRIES = 200  # openings of objects that are tried
MAX_DEPTH = 4  # of a body inside other objects

_MARK = re.compile(rf"{HISTORIC}/", re.IGNORECASE)
_KEY = re.compile(r"[^\s\"'`<>{}|\\^?#/,;()\[\]]{1,200}")
_BEFORE = re.compile(r"(?:(?P<base>https?://[^/]*)|)(?P<path>[^:]*)$", re.IGNORECASE)
_BREAKS = frozenset(" \t\r\n\"'`<>{}|\\^?#")
MAX_BEFORE = 500  # characters of an address before the key
MAX_SECRETS = 20  # that are also looked for elsewhere in the text
_HOST = re.compile(
    r"^[ \t]*host[ \t]*:[ \t]*(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_REALTIME = re.compile(r"realtime(?:/metrics|-metric-subscription)", re.IGNORECASE)
_WORD = r"([^\s\"'`&\\,;)}{<>]+)"
_IS = r"[\"']?[ \t]*[:=][ \t]*[\"']?[ \t]*"
_CREDENTIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"authori[sz]ation\\?{_IS}(?:(?:bearer|basic|token)[ \t]+)?{_WORD}",
        r"\bbearer[ \t]+([^\s\"'`\\,;)}{<>]{12,})",
        rf"\b(?:auth_token|access_token|x-api-key|api[_-]?key|authentication[_-]?key){_IS}{_WORD}",
        r"(?<!\S)(?:-u|--user)[ =]+[\"']?([^\s\"'`<>]+)",
        r"https?://([^\s/@\"'`<>:]{0,200}:[^\s/@\"'`<>]{0,200})@",
    )
)
_TITLE = re.compile(
    r"^[ \t]*(?:report template|report name|report title|report|title)[ \t]*[:=][ \t]*(\S.{0,79})$", re.I | re.M
)
_OPENING = re.compile(r"\{\s*(?:[\"}]|$)")
_OPENINGS_FIXED = ((r"\\\"", '"'), (r"\"\"", '"'), (r"&quot;", '"'), ("[\u201c\u201d\u201e]", '"'))


@dataclass(frozen=True, slots=True)
class Address:
    """What an address in the text says: the key, and where known the server's base and the path of the interface."""

    key: str
    base_url: str
    prefix: str


def scrub(text: str) -> tuple[str, bool]:
    """The text without credentials, and whether there were any. Placeholders such as ``{key}`` are none."""
    spans = [match.span(1) for pattern in _CREDENTIALS for match in pattern.finditer(text)]
    found = {text[start:end] for start, end in spans}
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at:start])
        at = max(at, end)
    text = "".join([*kept, text[at:]])
    for secret in sorted(found, key=len, reverse=True)[:MAX_SECRETS]:
        # a real key occurs nowhere by chance; a word of a sentence may
        if len(secret) >= 16 or (len(secret) >= 8 and re.search(r"[\d+/=_-]", secret)):
            text = text.replace(secret, "")
    return text, bool(found)


def find_addresses(text: str) -> list[Address]:
    """All addresses of reports in the text, each key once."""
    host = _HOST.search(text)
    found: dict[str, Address] = {}
    for mark in _MARK.finditer(text):
        match = _KEY.match(text, mark.end())
        key = unquote(match[0]).strip(".:*") if match else ""
        if not key or not key.isprintable() or any(char in "/\\?#%" for char in key):
            continue
        base, path = _before(text, mark.start())
        if not base and host is not None:
            base = f"https://{host[1]}{host[2] or ''}"
        address = Address(key, *_split(base, path))
        if key not in found or (address.base_url and not found[key].base_url):
            found[key] = address
    return list(found.values())


def _before(text: str, end: int) -> tuple[str, str]:
    """Origin and path that stand before a place in the text."""
    start = end
    while start > 0 and end - start < MAX_BEFORE and text[start - 1] not in _BREAKS:
        start -= 1
    match = _BEFORE.search(text[start:end])
    return (match["base"] or "", match["path"]) if match else ("", "")


def _split(base: str, path: str) -> tuple[str, str]:
    """Base address with the path before the interface, and the path of the interface."""
    path = "/" + path.strip("/") if path.strip("/") else ""
    prefix = ""
    for known in (DEFAULT_PREFIX, DEFAULT_PREFIX.removeprefix("/rest")):
        if path.lower().endswith(known):
            path, prefix = path[: -len(known)], known
            break
    try:
        parts = urlsplit(base)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except ValueError:
        return "", prefix
    host = f"[{host}]" if ":" in host else host
    return (f"{parts.scheme}://{host}{port}{path}" if host else ""), prefix


def speaks_of_realtime(text: str) -> bool:
    """Whether the text holds an address of realtime metrics."""
    return _REALTIME.search(text) is not None


def find_title(text: str) -> str:
    """A report's title on a line of its own, or nothing."""
    match = _TITLE.search(text)
    title = match[1].strip() if match else ""
    return title if title.isprintable() and "{" not in title and "/" not in title else ""


def find_bodies(text: str) -> tuple[list[dict[str, Any]], bool]:
    """All different bodies in the text, and whether quotes or line ends had to be put right.

    Raises:
        UserError: there is JSON, but cut off or damaged, or it is an answer instead of a request.
    """
    failures: list[json.JSONDecodeError] = []
    for index, variant in enumerate(_variants(text)):
        values = list(_objects(variant, failures if index == 0 else []))
        bodies = [body for value in values for body in _bodies_in(value)]
        if bodies:
            return _distinct(bodies), index > 0
        if any(isinstance(value, dict) and {"rows", "columns"} <= value.keys() for value in values):
            raise UserError(message("import.answer"))
    if failures:
        raise UserError(message("import.cut", line=failures[0].lineno, column=failures[0].colno))
    return [], False


def _variants(text: str) -> Iterator[str]:
    """The text as it is, then with what shells and word processors do to quotes undone."""
    yield text
    joined = re.sub(r"[\\^`][ \t]*\r?\n", "\n", text).replace("'\\''", "'").replace("\u00a0", " ")
    yield joined
    for pattern, quote in _OPENINGS_FIXED:
        yield re.sub(pattern, quote, joined)


def _objects(text: str, failures: list[json.JSONDecodeError]) -> Iterator[Any]:
    """Every JSON object that can be read, outermost first."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    at, tries = 0, 0
    while (match := _OPENING.search(text, at)) and tries < MAX_TRIES:
        tries += 1
        try:
            value, at = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError as failure:
            failures.append(failure)
            at = match.start() + 1
        except RecursionError:
            raise UserError(message("import.nested")) from None
        except ValueError:  # a number of thousands of digits, or NaN
            failures.append(json.JSONDecodeError("number", text, match.start()))
            at = match.start() + 1
        else:
            yield value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _bodies_in(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The body in a value: itself, or one under some key of it."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        return
    if isinstance(value.get("parameters"), list) or ("format" in value and len(value) == 1):
        yield value
        return
    for item in value.values():
        yield from _bodies_in(item, depth + 1)


def _distinct(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for body in bodies:
        found.setdefault(json.dumps(body, sort_keys=True), body)
    return list(found.values())
