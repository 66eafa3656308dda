"""The thresholds of all profiles as they lie on disk. Pure.

Version 1::

    {"profiles": {"<profile id>": {
        "columns": {"waiting": {"caution": 5, "critical": 10, "low_is_bad": false}, "abandon_rate": null},
        "states": {"paused": {"caution": 1800000, …}},
        "service_level": {"variant": "SL-3", "target_s": 20, "short_s": 5},
        "queues": {"<casefolded name>": {"columns": {…}, "service_level": {…}}}}}}

null switches a default off; an absent entry is the default. What is not understood is kept as it is and left alone.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from console.domain.enums import AgentStatus
from console.domain.service_level import BY_ID, Choice, Choices
from console.domain.thresholds import DEFAULT_LIMITS, Limits, Threshold

VERSION: Final = 1
_MOST: Final = 1e300  # whole numbers of JSON may be beyond all that a float can hold

Body = dict[str, Any]
_STATES: Final = {status.value: status for status in AgentStatus}


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """What was set for one profile: thresholds, and how service levels are counted."""

    limits: Limits = DEFAULT_LIMITS
    choices: Choices = field(default_factory=Choices)


NOTHING_SET: Final = ProfileLimits()


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one profile.

    Attributes:
        part: ``columns``, ``states`` or ``service_level``.
        key: column id or state; empty for a service level.
        value: a `Threshold`, a `Choice`, or None to switch a threshold off.
        queue: name of the queue it is meant for; empty: for the whole profile.
        is_reset: take the entry away, so that the default holds again; `value` does not matter.
    """

    part: str
    key: str = ""
    value: Threshold | Choice | None = None
    queue: str = ""
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class LimitRecords:
    """All profiles, and the body they were read from."""

    profiles: Mapping[str, ProfileLimits] = field(default_factory=dict)
    body: Body = field(default_factory=dict)


def decode(body: Mapping[str, Any]) -> LimitRecords:
    """The records of a document; ValueError where it is no such document. An odd entry is passed over."""
    profiles = body.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ValueError("profiles is not an object")
    return LimitRecords({owner: _profile(entry) for owner, entry in profiles.items()}, dict(body))


def edited(records: LimitRecords, profile_id: str, edits: Iterable[Edit]) -> LimitRecords:
    """The records with changes of one profile laid over them."""
    body = copy.deepcopy(records.body)
    own = _inside(_inside(body, "profiles"), profile_id)
    for edit in edits:
        place = _inside(_inside(own, "queues"), edit.queue.casefold()) if edit.queue else own
        if edit.part == "service_level":
            held, key = place, "service_level"
        else:
            held, key = _inside(place, edit.part), edit.key
        if edit.is_reset:
            held.pop(key, None)
        else:
            held[key] = _entry(edit.value)
    _prune(own)
    return decode(body)


def encode(records: LimitRecords) -> Body:
    """The document of the records."""
    return records.body


def _entry(value: Threshold | Choice | None) -> Body | None:
    if isinstance(value, Threshold):
        return {"caution": value.caution, "critical": value.critical, "low_is_bad": value.is_low_bad}
    if isinstance(value, Choice):
        return {"variant": value.variant, "target_s": value.target_s, "short_s": value.short_s}
    return None


def _inside(held: Body, key: str) -> Body:
    """The object under a key, made where there is none."""
    found = held.get(key)
    if not isinstance(found, dict):
        found = held[key] = {}
    return found


def _prune(held: Body) -> None:
    """Leave no empty objects behind."""
    for key, value in list(held.items()):
        if isinstance(value, dict):
            _prune(value)
            if not value:
                del held[key]


def _profile(entry: object) -> ProfileLimits:
    held = _object(entry)
    queues: dict[str, dict[str, Threshold | None]] = {}
    choices: dict[str, Choice] = {}
    whole = _choice(held.get("service_level"))
    for name, of_queue in _object(held.get("queues")).items():
        columns = _thresholds(_object(of_queue).get("columns"))
        if columns:
            queues[name.casefold()] = columns
        choice = _choice(_object(of_queue).get("service_level"))
        if choice is not None:
            choices[name.casefold()] = choice
    states = {_STATES[key]: value for key, value in _thresholds(held.get("states")).items() if key in _STATES}
    limits = Limits(_thresholds(held.get("columns")), queues, states)
    return ProfileLimits(limits, Choices(whole or Choice(), choices))


def _object(value: object) -> Body:
    return value if isinstance(value, dict) else {}


def _thresholds(value: object) -> dict[str, Threshold | None]:
    found: dict[str, Threshold | None] = {}
    for key, entry in _object(value).items():
        if entry is None:
            found[key] = None
        elif (threshold := _threshold(_object(entry))) is not None:
            found[key] = threshold
    return found


def _threshold(entry: Body) -> Threshold | None:
    caution, critical, low = entry.get("caution"), entry.get("critical"), entry.get("low_is_bad", False)
    if not (_is_number(caution) and _is_number(critical) and isinstance(low, bool)):
        return None
    return Threshold(float(caution), float(critical), is_low_bad=low)  # type: ignore[arg-type]


def _choice(value: object) -> Choice | None:
    entry, default = _object(value), Choice()
    variant = entry.get("variant")
    if not isinstance(variant, str) or variant not in BY_ID:
        return None
    target, short = entry.get("target_s"), entry.get("short_s")
    return Choice(
        variant,
        float(target) if _is_number(target) else default.target_s,  # type: ignore[arg-type]
        float(short) if _is_number(short) else default.short_s,  # type: ignore[arg-type]
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST
