"""Parameters between a form and the wire: one object per parameter, `value.type` repeating `valueType`.

Known shapes (vendor page "Historical Call Data"; REPORT_TIMEFRAME's `shift`, TIME_ROW and roles as public clients
send them; SKILLS and GROUPS inferred from PBX_USERS). Everything else travels as it was pasted.

A `Param.wire` holds: ``name`` and ``type`` of the wire parameter, ``part`` (the list inside its value that the form's
parameter fills), ``slot`` (params of one slot feed one wire parameter; its name where absent), ``extra`` (fields beside
name, valueType and value), ``value_extra`` (unknown fields inside value), ``items`` (list entries with more than a
key), ``always`` (sent even when empty), ``bare`` (it had no value at all).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.runner import PlanContext
from console.reports.schema import Json, Param, ParamKind, ReportDefinition, Values
from console.reports.timeframe import ResolvedTimeframe

TIMEFRAME = "REPORT_TIMEFRAME"
USERS = "PBX_USERS"
TIME_ROW = "TIME_ROW"
LISTS: Mapping[str, tuple[str, ...]] = {USERS: ("pbxUsers", "roles"), "SKILLS": ("skills",), "GROUPS": ("groups",)}
"""Value types that are lists of keys, and the names of those lists."""

DIRECTORIES: Mapping[str, str] = {"pbxUsers": "agents", "roles": "roles", "skills": "skills", "groups": "groups"}
REPORT_KEY = "report_key"  # id of the parameter that asks for the key of a report


def wire_parameters(definition: ReportDefinition, values: Values, context: PlanContext) -> list[dict[str, Json]]:
    """The list ``parameters`` of a request's body, in the order of the definition.

    Raises:
        UserError: a value is not of the form its kind names, or a needed one is missing.
    """
    slots: dict[str, list[Param]] = {}
    for param in definition.params:
        if "name" in param.wire or "slot" in param.wire:
            slots.setdefault(str(param.wire.get("slot", param.wire.get("name"))), []).append(param)
    found = (_wire_parameter(params, values, context) for params in slots.values())
    return [entry for entry in found if entry is not None]


def iso(moment: datetime) -> str:
    """An instant as the documented request writes it: milliseconds and the site's own offset."""
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        moment = moment.astimezone(UTC)  # an offset of days long past, which no server reads
    return moment.isoformat(timespec="milliseconds")


def _wire_parameter(params: list[Param], values: Values, context: PlanContext) -> dict[str, Json] | None:
    first = params[0]
    kind = str(first.wire.get("type", ""))
    entry: dict[str, Json] = {"name": first.wire["name"]} if "name" in first.wire else {}
    if kind:
        entry["valueType"] = kind
    if not first.wire.get("bare"):
        value = _value(kind, params, values, context)
        if value is _UNSET:
            if any(param.required for param in params):
                raise UserError(message("historic.needed", label=first.label))
            return None
        entry["value"] = value
    return entry | _mapping(first.wire.get("extra"))


_UNSET: Any = object()


def _value(kind: str, params: list[Param], values: Values, context: PlanContext) -> Json:
    first = params[0]
    if first.kind is ParamKind.RAW_JSON:
        if first.id in values:
            return values[first.id]
        return first.default if first.wire.get("always") or first.default is not None else _UNSET
    if first.kind is ParamKind.TIMEFRAME:
        resolved = context.timeframes.get(first.id)
        return _UNSET if resolved is None else _timeframe(resolved) | _mapping(first.wire.get("value_extra"))
    if first.kind is ParamKind.INTERVAL:
        given = _given(first, values)
        return _UNSET if given is None else _interval(first, given) | _mapping(first.wire.get("value_extra"))
    return _lists(kind, params, values)


def _given(param: Param, values: Values) -> Json:
    """The value of a form, or what a parameter that cannot be changed always says."""
    value = values.get(param.id)
    return param.default if value is None and not param.editable else value


def _timeframe(resolved: ResolvedTimeframe) -> dict[str, Json]:
    value: dict[str, Json] = {"type": TIMEFRAME, "start": iso(resolved.start), "end": iso(resolved.end)}
    if resolved.daily is not None:
        start, end = (part.isoformat("seconds") for part in resolved.daily)
        value["shift"] = {"startTime": start, "endTime": end}
    return value


def _interval(param: Param, given: Json) -> dict[str, Json]:
    length, unit = (given.get("length"), given.get("unit")) if isinstance(given, Mapping) else (None, None)
    if not isinstance(length, int) or isinstance(length, bool) or length < 1 or not isinstance(unit, str) or not unit:
        raise UserError(message("historic.form", label=param.label, what="a length and a unit"))
    return {"type": TIME_ROW, "intervalLength": length, "intervalType": unit}


def _lists(kind: str, params: list[Param], values: Values) -> Json:
    """A value made of lists of keys. Empty lists are left out but the main one of a parameter that is always sent."""
    value: dict[str, Json] = {"type": kind} if kind else {}
    is_sent = False
    for param in params:
        given = _given(param, values)
        keys = [] if given is None else given
        if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
            raise UserError(message("historic.form", label=param.label, what="a list of names"))
        if not keys and not param.wire.get("always"):
            continue
        known = _mapping(param.wire.get("items"))
        value[str(param.wire.get("part", "keys"))] = [known.get(str(key), {"key": key}) for key in keys]
        is_sent = True
    return value | _mapping(params[0].wire.get("value_extra")) if is_sent else _UNSET


def _mapping(value: Json | Mapping[str, Json]) -> dict[str, Json]:
    return dict(value) if isinstance(value, Mapping) else {}
