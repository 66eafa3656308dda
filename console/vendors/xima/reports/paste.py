"""Pasted request details become a definition of one's own.

No endpoint lists the reports of a server, so the vendor's "Show Request Details" (page "Historical Call Data") is the
one source of a report's key and parameters: known value types get native fields, all others are kept as JSON, verbatim.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.text import safe_text
from console.reports.runner import ImportedReport
from console.reports.schema import MADE_UP_TITLE, Choice, Format, Json, Param, ParamKind, ReportDefinition
from console.reports.timeframe import Timeframe, check
from console.vendors.xima.flavour import DEFAULT_PREFIX
from console.vendors.xima.reports.catalogue import FORMATS, KEY_PARAM
from console.vendors.xima.reports.paste_text import (
    MAX_TEXT,
    Address,
    find_addresses,
    find_bodies,
    find_title,
    scrub,
    speaks_of_realtime,
)
from console.vendors.xima.reports.shapes import DIRECTORIES, LISTS, TIME_ROW, TIMEFRAME

MAX_PARAMETERS = 500
UNITS = ("MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS")
_OWN = frozenset({"name", "valueType", "value"})


@dataclass
class _Found:
    """What the parameters of a body came to."""

    params: list[Param] = field(default_factory=list)
    values: dict[str, Json] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    verbatim: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    has_time: bool = False

    def add(self, param: Param, value: Json) -> None:
        """A field and its value."""
        self.params.append(param)
        if value is not None:
            self.values[param.id] = value

    def new_id(self, name: str) -> str:
        """An id made from a name, not used yet."""
        base = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:60] or "parameter"
        made, number = base, 2
        while made in self.used:
            made, number = f"{base}_{number}", number + 1
        self.used.add(made)
        return made


def read_request_details(text: str, backend: str) -> ImportedReport:
    """Recover a report from pasted text: an address, a JSON body, or all of the vendor's window around them.

    Raises:
        UserError: there is none, or more than one, or its JSON is damaged.
    """
    if len(text) > MAX_TEXT:
        raise UserError(message("import.too_long", limit=MAX_TEXT))
    clean, had_secret = scrub(text.removeprefix("\ufeff"))
    address = _one_address(clean)
    bodies, is_repaired = find_bodies(clean)
    if len(bodies) > 1:
        raise UserError(message("import.several", count=len(bodies), what="bodies"))
    if address is None and not bodies:
        raise UserError(message("import.realtime" if speaks_of_realtime(clean) else "import.nothing"))
    body = bodies[0] if bodies else {}
    found = _Found(used={KEY_PARAM.id})
    _read_parameters(body.get("parameters"), found)
    notes = _notes(address, bool(bodies), found)
    if had_secret:
        notes.insert(0, message("import.credential"))
    if is_repaired:
        notes.append(message("import.repaired"))
    definition = _definition(backend, clean, address, body, found)
    return ImportedReport(definition, found.values, address.base_url if address else "", tuple(notes))


def _one_address(text: str) -> Address | None:
    addresses = find_addresses(text)
    if len(addresses) > 1:
        raise UserError(message("import.several", count=len(addresses), what="report keys"))
    return addresses[0] if addresses else None


def _notes(address: Address | None, has_body: bool, found: _Found) -> list[Message]:
    notes = []
    if address is None:
        notes.append(message("import.no_key"))
    elif address.prefix not in ("", DEFAULT_PREFIX):
        notes.append(message("import.prefix", prefix=address.prefix))
    if not has_body:
        notes.append(message("import.no_body"))
    if found.verbatim:
        notes.append(message("import.verbatim", names=safe_text(", ".join(found.verbatim), 200)))
    if found.has_time:
        notes.append(message("import.offset"))
    return notes


def _definition(
    backend: str, text: str, address: Address | None, body: Mapping[str, Any], found: _Found
) -> ReportDefinition:
    key = address.key if address else ""
    wire: dict[str, Json] = {"key": key} if key else {}
    if extra := {name: value for name, value in body.items() if name not in ("format", "parameters")}:
        wire["extra"] = extra
    params = tuple(found.params) if key else (KEY_PARAM, *found.params)
    made_up = f"Report {safe_text(key, 60)}" if key else "Imported report"
    title = find_title(text)
    if not title:
        wire[MADE_UP_TITLE] = made_up
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", key).strip("-.")[:60]
    if not name:
        name = hashlib.sha256(json.dumps(body, sort_keys=True).encode("utf-8")).hexdigest()[:10]
    return ReportDefinition(
        f"custom-{name}",
        backend,
        title or made_up,
        category="Imported",
        params=params,
        rules=tuple(found.rules),
        formats=_formats(body.get("format")),
        free_format=True,
        source="Show Request Details",
        is_custom=True,
        wire=wire,
    )


def _formats(word: Any) -> tuple[Format, ...]:
    """All formats, that of the text first."""
    lower = word.strip().lower() if isinstance(word, str) else ""
    chosen = next((item for item in FORMATS if item.value == lower), Format.TABLE)
    chosen = Format.TABLE if chosen is Format.JSON else chosen
    return (chosen, *(item for item in FORMATS if item is not chosen))


def _read_parameters(parameters: Any, found: _Found) -> None:
    if not isinstance(parameters, list):
        return
    if len(parameters) > MAX_PARAMETERS:
        raise UserError(message("import.parameters", number=MAX_PARAMETERS + 1, what="there are too many"))
    for number, entry in enumerate(parameters, 1):
        if not isinstance(entry, dict):
            raise UserError(message("import.parameters", number=number, what="it is no object"))
        _read_parameter(str(number), entry, found)


def _read_parameter(slot: str, entry: dict[str, Any], found: _Found) -> None:
    name, kind, value = entry.get("name"), entry.get("valueType"), entry.get("value")
    label = safe_text(name, 120) if isinstance(name, str) and name.strip() else f"Parameter {slot}"
    wire: dict[str, Json] = {"slot": slot, "always": True}
    if "name" in entry:
        wire["name"] = name
    if isinstance(kind, str) and kind:
        wire["type"] = kind
    if extra := {key: item for key, item in entry.items() if key not in _OWN}:
        wire["extra"] = extra
    param = Param(
        found.new_id(label),
        ParamKind.RAW_JSON,
        label,
        required=entry.get("required") is True,
        editable=entry.get("editable") is not False,
        wire=wire,
    )
    # a name of another form than text, or a type that is said nowhere or twice, is kept exactly as it stands
    readers = (_read_time, _read_row, _read_lists)
    given: dict[str, Any] = value if isinstance(value, dict) else {}
    is_plain = isinstance(name, str) and given.get("type") == kind
    if is_plain and isinstance(kind, str) and any(read(param, kind, given, found) for read in readers):
        return
    if "valueType" in entry and not (isinstance(kind, str) and kind):
        wire["extra"] = {**(extra or {}), "valueType": kind}
    if "value" not in entry:
        wire["bare"] = True
    found.verbatim.append(label)
    found.add(replace(param, default=value, required=False), value)


def _read_time(param: Param, kind: str, value: dict[str, Any], found: _Found) -> bool:
    if kind != TIMEFRAME:
        return False
    ends = [_wall(value.get(key)) for key in ("start", "end")]
    daily = _daily(value["shift"]) if "shift" in value else None
    if ends[0] is None or ends[1] is None or ("shift" in value and daily is None):
        return False
    timeframe = replace(Timeframe.custom(ends[0], ends[1]), daily=daily)
    if check(timeframe) is not None:
        return False
    wire = _with_rest(param.wire, value, ("type", "start", "end", "shift"))
    json_form = timeframe.to_json()
    found.add(replace(param, kind=ParamKind.TIMEFRAME, required=True, default=json_form, wire=wire), json_form)
    found.has_time = True
    return True


def _wall(value: Any) -> datetime | None:
    """A moment as the wall clock of its own offset shows it."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0)
    except (ValueError, TypeError):
        return None


def _daily(shift: Any) -> tuple[time, time] | None:
    if not isinstance(shift, dict) or shift.keys() != {"startTime", "endTime"}:
        return None
    try:
        start, end = time.fromisoformat(shift["startTime"]), time.fromisoformat(shift["endTime"])
    except (ValueError, TypeError):
        return None
    if start.tzinfo or end.tzinfo or start.microsecond or end.microsecond or end < start:
        return None
    return start, end


def _read_row(param: Param, kind: str, value: dict[str, Any], found: _Found) -> bool:
    length, unit = value.get("intervalLength"), value.get("intervalType")
    if kind != TIME_ROW or not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= 10_000:
        return False
    if not isinstance(unit, str) or not unit.strip():
        return False
    choices = tuple(Choice(word, word.capitalize()) for word in dict.fromkeys((*UNITS, unit)))
    wire = _with_rest(param.wire, value, ("type", "intervalLength", "intervalType"))
    given: Json = {"length": length, "unit": unit}
    found.add(replace(param, kind=ParamKind.INTERVAL, default=given, choices=choices, wire=wire), given)
    return True


def _read_lists(param: Param, kind: str, value: dict[str, Any], found: _Found) -> bool:
    """Lists of keys: one field for each list the type may have, all feeding the one parameter."""
    parts = LISTS.get(kind)
    if parts is None or not any(part in value for part in parts):
        return False
    read = {part: _keys(value[part]) for part in parts if part in value}
    if any(keys is None for keys in read.values()):
        return False
    wire = _with_rest(param.wire, value, ("type", *parts))
    made: list[Param] = []
    for part in parts:
        items = read.get(part) or {}
        own: dict[str, Json] = {**wire, "part": part, "always": part in value}
        if odd := {key: item for key, item in items.items() if item.keys() != {"key"}}:
            own["items"] = {**odd}
        is_first = not made
        label = param.label if is_first else f"{param.label}: {part}"
        made.append(
            replace(
                param,
                id=param.id if is_first else found.new_id(f"{param.id}_{part}"),
                kind=ParamKind.MULTI_CHOICE,
                label=label,
                required=param.required and len(parts) == 1,
                default=[*items],
                directory=DIRECTORIES[part],
                inferred=part in ("skills", "groups"),
                wire=own,
            )
        )
        found.add(made[-1], [*items])
    if param.required and len(made) > 1:
        found.rules.append("one_of:" + ",".join(item.id for item in made))
    return True


def _keys(entries: Any) -> dict[str, dict[str, Any]] | None:
    """The entries of a list by key; None when they are of another form, or one repeats with other fields."""
    if not isinstance(entries, list):
        return None
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(key, str) or not key.strip() or key in found:
            return None
        found[key] = entry
    return found


def _with_rest(wire: Mapping[str, Json], value: Mapping[str, Any], known: Iterable[str]) -> dict[str, Json]:
    """The wire facts with the fields of the value that the console does not know."""
    rest = {key: item for key, item in value.items() if key not in set(known)}
    return {**wire, "value_extra": rest} if rest else dict(wire)
