"""What is remembered of reports: presets, stars, recent ones, history, imported definitions; and its form on disk.

Version 1 of ``reports.json``::

    {"version": 1, "presets": [{"id", "backend", "report_id", "name", "values", "format", "starred", "profile_id"}],
     "starred": [["<backend>", "<report id>"]], "recent": [["<profile id>", "<report id>"]],
     "history": [{"id", "profile_id", "values", "timeframe", ...}], "custom": [{"backend", "definition": {...}}],
     "keys": {"<profile id>": {"<report id>": "<report key>"}}}

An entry that cannot be read is left out; a part that is no list or object makes the file a broken one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from console.domain.errors import UserError
from console.domain.messages import ENGLISH, Message
from console.domain.model import ProfileId
from console.reports.result import Phase
from console.reports.schema import Json, Values
from console.reports.timeframe import ResolvedTimeframe, resolved_from_json, resolved_to_json

VERSION: Final = 1
PRESET_LIMIT: Final = 500
HISTORY_LIMIT: Final = 300
RECENT_LIMIT: Final = 20
CUSTOM_LIMIT: Final = 300
STAR_LIMIT: Final = 500
KEY_LIMIT: Final = 2000
VALUES_LIMIT: Final = 512 * 1024  # characters of JSON of one preset or definition
PART_LIMIT: Final = 2 * 1024 * 1024  # characters of JSON of all history, and of all presets

Entry = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preset:
    """A form that was saved under a name; relative dates stay relative.

    Attributes:
        profile_id: where it was made; it can be used with every profile of its backend.
    """

    id: str
    backend: str
    report_id: str
    name: str
    values: Values
    format: str = ""
    starred: bool = False
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A run that has ended.

    Attributes:
        id: id of its job, which may still be there.
        values: as entered, relative dates included.
        timeframe: what they came to.
        rows: None when only files came, or nothing.
        size: bytes the server sent.
        error: why it failed.
    """

    id: str
    profile_id: ProfileId
    profile_name: str
    backend: str
    report_id: str
    title: str
    values: Values
    format: str
    timeframe: ResolvedTimeframe | None
    started_at: datetime
    duration_s: float
    rows: int | None
    size: int
    phase: Phase
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class Custom:
    """An imported definition, as JSON of `console.reports.loader`."""

    backend: str
    report_id: str
    definition: Json


@dataclass(frozen=True, slots=True)
class Records:
    """Everything remembered. Lists are newest first, except presets and definitions."""

    presets: tuple[Preset, ...] = ()
    starred: tuple[tuple[str, str], ...] = ()
    recent: tuple[tuple[ProfileId, str], ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    custom: tuple[Custom, ...] = ()
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def decode(body: Mapping[str, Any]) -> Records:
    """Records from a document's body; raises ValueError for a part of the wrong kind."""
    keys = body.get("keys", {})
    if not isinstance(keys, dict):
        raise ValueError("keys is not an object")
    return Records(
        presets=tuple(_entries(body, "presets", _preset))[:PRESET_LIMIT],
        starred=tuple(_entries(body, "starred", _pair))[:STAR_LIMIT],
        recent=tuple((ProfileId(one), two) for one, two in _entries(body, "recent", _pair))[:RECENT_LIMIT],
        history=tuple(_entries(body, "history", _history))[:HISTORY_LIMIT],
        custom=tuple(_entries(body, "custom", _custom))[:CUSTOM_LIMIT],
        keys={
            profile: {report: key for report, key in found.items() if isinstance(key, str)}
            for profile, found in list(keys.items())[:KEY_LIMIT]
            if isinstance(found, dict)
        },
    )


def encode(records: Records) -> Entry:
    """The body of a document; the oldest history goes where there is too much."""
    return {
        "presets": [_preset_json(preset) for preset in records.presets],
        "starred": [list(pair) for pair in records.starred],
        "recent": [list(pair) for pair in records.recent],
        "history": _within([_history_json(entry) for entry in records.history]),
        "custom": [
            {"backend": c.backend, "report_id": c.report_id, "definition": c.definition} for c in records.custom
        ],
        "keys": {profile: dict(keys) for profile, keys in records.keys.items()},
    }


def json_size(value: object) -> int:
    """Characters of a value as JSON."""
    return len(json.dumps(value, allow_nan=False))


def _within(entries: Sequence[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    room = PART_LIMIT
    for entry in entries:
        room -= json_size(entry)
        if room < 0:
            break
        kept.append(entry)
    return kept


def _entries(body: Mapping[str, Any], part: str, read: Callable[[Any], T]) -> list[T]:
    found = body.get(part, [])
    if not isinstance(found, list):
        raise ValueError(f"{part} is not a list")
    kept: list[T] = []
    for entry in found:
        try:
            kept.append(read(entry))
        except (KeyError, TypeError, ValueError, AttributeError, UserError):
            continue  # perhaps a newer copy of the program wrote it; the rest is still good
    return kept


def _text(entry: Any, key: str, default: str | None = None) -> str:
    value = entry[key] if default is None else entry.get(key, default)
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _values(entry: Any) -> Values:
    values = entry["values"]
    if not isinstance(values, dict):
        raise TypeError("values")
    return values


def _pair(entry: Any) -> tuple[str, str]:
    one, two = entry
    if not (isinstance(one, str) and isinstance(two, str)):
        raise TypeError
    return one, two


def _preset(entry: Any) -> Preset:
    return Preset(
        id=_text(entry, "id"),
        backend=_text(entry, "backend"),
        report_id=_text(entry, "report_id"),
        name=_text(entry, "name"),
        values=_values(entry),
        format=_text(entry, "format", ""),
        starred=entry.get("starred") is True,
        profile_id=_text(entry, "profile_id", ""),
    )


def _preset_json(preset: Preset) -> Entry:
    return {
        "id": preset.id,
        "backend": preset.backend,
        "report_id": preset.report_id,
        "name": preset.name,
        "values": dict(preset.values),
        "format": preset.format,
        "starred": preset.starred,
        "profile_id": preset.profile_id,
    }


def _history(entry: Any) -> HistoryEntry:
    frame, rows, error = entry.get("timeframe"), entry.get("rows"), entry.get("error")
    return HistoryEntry(
        id=_text(entry, "id"),
        profile_id=ProfileId(_text(entry, "profile_id")),
        profile_name=_text(entry, "profile_name", ""),
        backend=_text(entry, "backend"),
        report_id=_text(entry, "report_id"),
        title=_text(entry, "title", ""),
        values=_values(entry),
        format=_text(entry, "format", ""),
        timeframe=None if frame is None else resolved_from_json(frame),
        started_at=_moment(_text(entry, "started_at")),
        duration_s=float(entry.get("duration_s", 0.0)),
        rows=None if rows is None else int(rows),
        size=int(entry.get("size", 0)),
        phase=Phase(_text(entry, "phase")),
        error=None if error is None else _message(error),
    )


def _history_json(entry: HistoryEntry) -> Entry:
    error = entry.error
    return {
        "id": entry.id,
        "profile_id": entry.profile_id,
        "profile_name": entry.profile_name,
        "backend": entry.backend,
        "report_id": entry.report_id,
        "title": entry.title,
        "values": dict(entry.values),
        "format": entry.format,
        "timeframe": None if entry.timeframe is None else resolved_to_json(entry.timeframe),
        "started_at": entry.started_at.isoformat(),
        "duration_s": round(entry.duration_s, 3),
        "rows": entry.rows,
        "size": entry.size,
        "phase": entry.phase.value,
        "error": None if error is None else {"code": error.code, "args": {k: str(v) for k, v in error.args.items()}},
    }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment


def _message(entry: Any) -> Message:
    code, args = _text(entry, "code"), dict(entry.get("args", {}))
    ENGLISH[code].format(**args)  # an unknown code, or one whose sentence has changed: KeyError
    return Message(code, args)


def _custom(entry: Any) -> Custom:
    definition = entry["definition"]
    if not isinstance(definition, dict):
        raise TypeError("definition")
    return Custom(_text(entry, "backend"), _text(entry, "report_id"), definition)
