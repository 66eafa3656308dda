"""The wire of the realtime interface: decoded JSON in, typed records out.

Structure is taken strictly (a reply whose keys cannot be read fails as a whole), content tolerantly: unknown
fields are kept, and what a value means is decided later, value by value. Shapes are those of the vendor page
"Realtime Data"; `/agents` and `/skills` those of "Requesting agent and skill lists".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from console.domain.errors import ProtocolError
from console.domain.messages import message

Key = tuple[str, str | None]  # metric id, category value (None for a metric without categories)
Json = Any

KEY_LIMIT = 512  # characters of an id or category value; longer ones are cut and told apart by a digest
MAX_METRICS = 20_000
MAX_VALUES = 1_000_000
NO_CATEGORY = "NONE"
OLDEST_YEAR = 2000  # no such system was there before: an older stamp is a clock that was never set, or nonsense

_KNOWN_DEF = frozenset({"metricId", "metricName", "categoryType", "categorySelection"})


@dataclass(frozen=True, slots=True)
class MetricDef:
    """One entry of the metrics list.

    Attributes:
        id: opaque, case kept.
        name: free text of an administrator, may repeat.
        category: ``AGENT``, ``GROUP``, ``NONE``, ...: an open set.
        selection: the category values it was set up for, as keys.
        extra: fields this program does not know.
    """

    id: str
    name: str
    category: str
    selection: tuple[str, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValuesReply:
    """The body of a values request: raw values by key in the order sent, and what is still being prepared."""

    items: list[tuple[Key, Json]]
    initializing: list[Key]


def parse_metrics(body: Json, host: str) -> tuple[MetricDef, ...]:
    """The metrics list; a repeated id counts once, the first entry stands.

    Raises:
        ProtocolError: it is no list of objects with ids.
    """
    if not isinstance(body, list):
        _bad(host, "", "a list of metrics was expected")
    if len(body) > MAX_METRICS:
        raise ProtocolError(message("reply.limits", host=host, what=f"{len(body)} metrics"))
    found: dict[str, MetricDef] = {}
    for index, item in enumerate(body):
        if not isinstance(item, dict):
            _bad(host, f"/{index}", "an object was expected")
        metric_id = _id(item.get("metricId"), host, f"/{index}/metricId")
        if metric_id not in found:
            found[metric_id] = _definition(metric_id, item)
    return tuple(found.values())


def _definition(metric_id: str, item: dict[str, Json]) -> MetricDef:
    name, category, chosen = item.get("metricName"), item.get("categoryType"), item.get("categorySelection")
    selection: dict[str, None] = {}
    for value in chosen if isinstance(chosen, list) else ():
        if (key := category_text(value)) is not None:
            selection[key] = None
    if not isinstance(category, str) or not category.strip():
        category = "UNKNOWN" if selection else NO_CATEGORY
    return MetricDef(
        metric_id,
        name if isinstance(name, str) else "",
        category.strip().upper()[:64],
        tuple(selection),
        {key: value for key, value in item.items() if key not in _KNOWN_DEF},
    )


def parse_values(body: Json, host: str) -> ValuesReply:
    """The body of a values request.

    Raises:
        ProtocolError: no such body, or a key in it that cannot be read (then nothing of it is believed).
    """
    if not isinstance(body, dict):
        _bad(host, "", "an object with results was expected")
    if "results" not in body:
        _bad(host, "/results", "it is missing")
    results = _list(body["results"], host, "/results")
    promised = _list(body.get("initializing"), host, "/initializing")
    items: list[tuple[Key, Json]] = []
    add = items.append
    for index, item in enumerate(results):
        try:
            key = item["key"]
            metric_id = key["metricId"]
            category = key.get("categoryValue")
            if type(metric_id) is not str or type(category) is not str:
                metric_id, category = _key(key, host, f"/results/{index}/key")
            elif not (metric_id.isascii() and category.isascii() and 0 < len(category) < KEY_LIMIT):
                metric_id, category = key_text(metric_id), key_text(category) or None
            add(((metric_id, category), item.get("value")))
        except (TypeError, KeyError, AttributeError):
            _bad(host, f"/results/{index}/key", "it cannot be read")
    return ValuesReply(items, [_key(entry, host, f"/initializing/{index}") for index, entry in enumerate(promised)])


def parse_push(body: Json, host: str) -> tuple[Key, Json]:
    """One message of the websocket: the same object as in `results`, alone (page "Realtime Data over Websocket").

    Raises:
        ProtocolError: it is no such object.
    """
    if not isinstance(body, dict):
        _bad(host, "", "an object was expected")
    return _key(body.get("key"), host, "/key"), body.get("value")


def parse_names(body: Json, host: str, listed: str, field_name: str) -> tuple[str, ...]:
    """Agent or skill names of a directory reply, e.g. ``{"skills":[{"name":"Sales"}]}``, as keys.

    Raises:
        ProtocolError: it is no such object. Entries that cannot be read are left out.
    """
    if not isinstance(body, dict) or listed not in body:
        _bad(host, f"/{listed}", "it is missing")
    names: dict[str, None] = {}
    for entry in _list(body[listed], host, f"/{listed}"):
        if isinstance(entry, dict) and (key := category_text(entry.get(field_name))) is not None:
            names[key] = None
    return tuple(names)


def category_text(value: Json) -> str | None:
    """A category value as a key, None where there is none."""
    if isinstance(value, str):
        return key_text(value) or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def key_text(raw: str) -> str:
    """Foreign text as an identifier: what cannot be encoded or is too long is cut and told apart by a digest."""
    if len(raw) <= KEY_LIMIT:
        if raw.isascii():
            return raw
        try:
            raw.encode()
            return raw
        except UnicodeEncodeError:
            pass
    data = raw.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(data).hexdigest()[:12]
    return f"{data.decode('utf-8', 'replace')[: KEY_LIMIT - 13]}~{digest}"


def stamp_ms(value: Json) -> int | None:
    """``lastUpdateTime`` as epoch milliseconds; None when it is no ISO 8601 instant with an offset."""
    if type(value) is not str or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or moment.year < OLDEST_YEAR:
            return None
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _key(value: Json, host: str, pointer: str) -> Key:
    if not isinstance(value, dict):
        _bad(host, pointer, "it cannot be read")
    metric_id = _id(value.get("metricId"), host, f"{pointer}/metricId")
    category = value.get("categoryValue")
    if category is None or category == "":
        return metric_id, None
    text = category_text(category)
    if text is None:
        _bad(host, f"{pointer}/categoryValue", "text was expected")
    return metric_id, text


def _id(value: Json, host: str, pointer: str) -> str:
    text = category_text(value)
    if text is None:
        _bad(host, pointer, "an id was expected")
    return text


def _list(value: Json, host: str, pointer: str) -> list[Json]:
    if value is None or value == {}:  # "nothing" has several spellings
        return []
    if not isinstance(value, list):
        _bad(host, pointer, "a list was expected")
    if len(value) > MAX_VALUES:
        raise ProtocolError(message("reply.limits", host=host, what=f"{len(value)} values"), pointer=pointer)
    return value


def _bad(host: str, pointer: str, what: str) -> NoReturn:
    raise ProtocolError(message("reply.shape", host=host, pointer=pointer or "/", what=what), pointer=pointer)
