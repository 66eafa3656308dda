"""The wire of the realtime, queues and agents entities: decoded JSON in, typed records out.

Shapes are those of the vendor page "Call Data API", sections Realtime, Queues and Agents. PHP prints an empty map
as ``{}`` or ``[]`` and a map with the keys 0 to n as a list, so every map may also be a list, null or an empty
text, and all of those mean empty. A part that is absent means unknown. Structure is taken strictly (a reply whose
parts cannot be read fails as a whole), content tolerantly: what a value means is decided later, value by value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.vendors.asternic.lenient import members

Json = Any
Object = Mapping[str, Json]

WAITING, SUMMARY, AGENTS = "waiting calls", "summary", "agents"
PARTS = (WAITING, SUMMARY, AGENTS)
PSEUDO = frozenset({"ALL", "NONE"})  # rows for "all queues" and "no queue" that stand among real ones
KEY_LIMIT = 512
MAX_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """A waiting caller as sent; `position` is None where the key is no number."""

    queue: str
    position: int | None
    fields: Object
    pointer: str


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in one queue as sent; who serves three queues is here three times."""

    queue: str
    name: str
    fields: Object
    pointer: str


@dataclass(frozen=True, slots=True)
class Realtime:
    """A realtime answer. A part that is None was not in it; a queue absent from a part is unknown there.

    Attributes:
        calls: waiting callers by queue.
        summaries: the figures of a queue, by queue.
        members: agents by queue.
    """

    calls: Mapping[str, tuple[Call, ...]] | None
    summaries: Mapping[str, Object] | None
    members: Mapping[str, tuple[Member, ...]] | None

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue named anywhere, in the order sent."""
        found: dict[str, None] = {}
        for part in (self.summaries, self.calls, self.members):
            found.update(dict.fromkeys(part or ()))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of the queues or agents list: number, key in the phone system, label."""

    id: str
    key: str
    label: str


def parse_realtime(body: Json, host: str) -> Realtime:
    """A realtime answer.

    Raises:
        ProtocolError: ``reply.blank`` for an empty one, ``reply.shape`` for anything else that is none.
    """
    if is_empty(body):
        raise ProtocolError(message("reply.blank", host=host))
    if not isinstance(body, dict):
        _bad(host, "", "an object was expected")
    if not any(part in body for part in PARTS):
        _bad(host, "", f"none of {', '.join(PARTS)} is in it")
    return Realtime(
        _calls(body[WAITING], host) if WAITING in body else None,
        _summaries(body[SUMMARY], host) if SUMMARY in body else None,
        _members(body[AGENTS], host) if AGENTS in body else None,
    )


def parse_list(body: Json, host: str, kind: str) -> tuple[Named, ...]:
    """The ``queues`` or ``agents`` list; pseudo rows and rows that cannot be read are left out.

    Args:
        kind: ``queue`` or ``agent``, the stem of the field names.

    Raises:
        ProtocolError: it is no such list.
    """
    if not isinstance(body, dict) or "data" not in body:
        _bad(host, "/data", "it is missing")
    found: list[Named] = []
    rows = body["data"]
    if not is_empty(rows) and not isinstance(rows, (list, dict)):
        _bad(host, "/data", "a list was expected")
    for _, row, _ in _entries(rows, host, "/data"):
        if not isinstance(row, dict):
            continue
        number, key = scalar_text(row.get(f"{kind}_id")), scalar_text(row.get(kind))
        if not key or number == "-1" or key in PSEUDO:
            continue
        found.append(Named(number or key, key_text(key), scalar_text(row.get(f"{kind}_name")) or key))
    return tuple(found)


def is_empty(value: Json) -> bool:
    """Whether a value is one of the many spellings of "nothing"."""
    return value is None or value in ("", [], {})


def scalar_text(value: Json) -> str:
    """A text or number as text, with what cannot be encoded replaced; empty for anything else."""
    if type(value) is str:
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def key_text(raw: str) -> str:
    """Foreign text as an identifier: what cannot be encoded or is too long is cut and told apart by a digest."""
    if len(raw) <= KEY_LIMIT:
        try:
            raw.encode()
            return raw
        except UnicodeEncodeError:
            pass
    data = raw.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(data).hexdigest()[:12]
    return f"{data.decode('utf-8', 'replace')[: KEY_LIMIT - 13]}~{digest}"


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A field's name without case, spaces and dots: the generations differ in those (``Max. wait time``)."""
    return "".join(char for char in name.casefold() if char.isalnum())


def escape(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901)."""
    return scalar_text(name).replace("~", "~0").replace("/", "~1")


def _calls(part: Json, host: str) -> dict[str, tuple[Call, ...]]:
    found: dict[str, tuple[Call, ...]] = {}
    for queue, callers, pointer in _by_queue(part, host, f"/{WAITING}"):
        calls: list[Call] = []
        for key, fields, place in _entries(callers, host, pointer):
            if is_empty(fields):
                continue
            if not isinstance(fields, dict):
                _bad(host, place, "a caller was expected")
            position = int(key) if key.isascii() and key.isdigit() and len(key) < 7 else None
            calls.append(Call(queue, position, fields, place))
        if isinstance(callers, list):  # a list counts from 0, a place in a queue from 1
            calls = [Call(call.queue, number, call.fields, call.pointer) for number, call in enumerate(calls, 1)]
        calls.sort(key=lambda call: call.position or 10**9)  # "10" comes after "2"
        found[queue] = tuple(calls)
    return found


def _summaries(part: Json, host: str) -> dict[str, Object] | None:
    if is_empty(part):
        return {}
    if not isinstance(part, dict):
        _bad(host, f"/{SUMMARY}", "an object was expected")
    if "queue" not in part:
        return None
    found: dict[str, Object] = {}
    for queue, fields, pointer in _by_queue(part["queue"], host, f"/{SUMMARY}/queue"):
        if not isinstance(fields, dict) and not is_empty(fields):
            _bad(host, pointer, "the figures of a queue were expected")
        found[queue] = fields or {}
    return found


def _members(part: Json, host: str) -> dict[str, tuple[Member, ...]]:
    found: dict[str, tuple[Member, ...]] = {}
    for queue, agents, pointer in _by_queue(part, host, f"/{AGENTS}"):
        of_queue: list[Member] = []
        for key, fields, place in _entries(agents, host, pointer):
            if isinstance(fields, str) and fields:
                fields = {"status": fields}
            if not isinstance(fields, dict) and not is_empty(fields):
                _bad(host, place, "an agent was expected")
            name = _own_name(fields or {}) if isinstance(agents, list) else key_text(key)
            of_queue.append(Member(queue, name or f"#{key}", fields or {}, place))
        found[queue] = tuple(of_queue)
    return found


def _own_name(fields: Object) -> str:
    """The name an agent of a list carries itself."""
    for name in ("agent", "agent_name", "agentName", "name", "location"):
        if text := scalar_text(fields.get(name)):
            return key_text(text)
    return ""


def _by_queue(part: Json, host: str, pointer: str) -> Iterator[tuple[str, Json, str]]:
    """The entries of a map by queue, pseudo queues left out; a list must name the queue in each entry."""
    if isinstance(part, list) and part:
        gathered: dict[str, list[Json]] = {}
        for number, entry in enumerate(part):
            queue = scalar_text(entry.get("queue")) if isinstance(entry, dict) else ""
            if not queue:
                _bad(host, f"{pointer}/{number}", "it does not say which queue it belongs to")
            gathered.setdefault(key_text(queue), []).append(entry)
        is_figures = pointer.endswith("/queue")
        for queue, entries in gathered.items():
            if queue not in PSEUDO:
                yield queue, entries[-1] if is_figures else entries, pointer
        return
    for key, value, place in _entries(part, host, pointer):
        if key not in PSEUDO:
            yield key_text(key), value, place


def _entries(part: Json, host: str, pointer: str) -> Iterator[tuple[str, Json, str]]:
    """Key, value and pointer of each entry of a map or a list."""
    if is_empty(part):
        return
    if isinstance(part, list):
        pairs = [(str(number), value) for number, value in enumerate(part)]
    elif isinstance(part, dict):
        pairs = members(part)
    else:
        _bad(host, pointer, "an object was expected")
    if len(pairs) > MAX_ROWS:
        raise ProtocolError(message("reply.limits", host=host, what=f"{len(pairs)} rows"), pointer=pointer)
    for key, value in pairs:
        yield key, value, f"{pointer}/{escape(key)}"


def _bad(host: str, pointer: str, what: str) -> NoReturn:
    raise ProtocolError(message("reply.shape", host=host, pointer=pointer or "/", what=what), pointer=pointer)
