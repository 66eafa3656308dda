"""Settings as frozen dataclasses, and their form on disk.

Version 1::

    {"version": 1, "revision": 7, "profiles": [{"id": …, "revision": 2, …}], "general": {"theme": "system", …},
     "checksum": "sha256:…"}

Keys the program does not know are kept and written back (see `merge`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from console.domain.model import ProfileId
from console.domain.profile import MAX_POLL_S, MIN_POLL_S, WEEK_DAYS, Profile

VERSION: Final = 1
WINDOW_VERSION: Final = 1
PROFILE_LIMIT: Final = 10_000
THEMES: Final = ("system", "dark", "light")
DENSITIES: Final = ("compact", "regular", "roomy")

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


class SchemaError(ValueError):
    """A body whose shape or types are wrong; the text names the place and never a value."""


@dataclass(frozen=True, slots=True)
class General:
    """Preferences.

    Attributes:
        theme: ``system``, ``dark`` or ``light``.
        density: height of table rows: ``compact``, ``regular`` or ``roomy``.
        privacy: hide callers' numbers and agents' names on every screen.
        record: keep what the systems said, on this computer.
        record_masked: keep it without callers' numbers and agents' names.
        record_days: days kept, today included.
        record_mb: megabytes kept at most; the oldest go first.
        alarms_first: rows with an alarm stand at the top of their table.
        notify: native notifications while the window is not in front.
        sound: name of the alarm's sound, empty for none.
        volume: its volume, 0 to 100.
        tray: an icon in the notification area.
    """

    theme: str = "system"
    density: str = "regular"
    privacy: bool = False
    record: bool = True
    record_masked: bool = False
    record_days: int = 15
    record_mb: int = 8_000
    alarms_first: bool = True
    notify: bool = True
    sound: str = "chime"
    volume: int = 60
    tray: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All the console remembers that people chose: profiles in their order, and preferences."""

    profiles: tuple[Profile, ...] = ()
    general: General = field(default_factory=General)


@dataclass(frozen=True, slots=True)
class WindowState:
    """How windows looked: small JSON values by key (``main.geometry``, ``table.queues``); opaque to settings."""

    entries: Mapping[str, Json] = field(default_factory=dict)


_NEEDED: Final = ("id", "name", "backend", "url")
_GENERAL_RANGES: Final = {"record_days": (1, 400), "record_mb": (50, 1_000_000), "volume": (0, 100)}
PROFILE_KEYS: Final = tuple(f.name for f in dataclasses.fields(Profile))
GENERAL_KEYS: Final = tuple(f.name for f in dataclasses.fields(General))


def encode_profile(profile: Profile) -> dict[str, Any]:
    """A profile as JSON values."""
    found = {key: getattr(profile, key) for key in PROFILE_KEYS}
    return {**found, "fields": dict(profile.fields), "mapping": dict(profile.mapping)}


def decode_profile(entry: object, where: str = "profile") -> Profile:
    """A profile from JSON values; a key that is absent has its default. Raises SchemaError naming every bad field.

    A poll interval outside the permitted range is brought into it; a week that begins on no day begins on Monday.
    """
    if not isinstance(entry, dict):
        raise SchemaError(f"{where} is not an object")
    problems = [f"{where} has no {key}" for key in _NEEDED if not entry.get(key)]
    values: dict[str, Any] = {}
    for keys, check, what in _PROFILE_TYPES:
        for key in keys:
            if key in entry and check(entry[key]):
                values[key] = entry[key]
            elif key in entry:
                problems.append(f"{where}: {key} is not {what}")
    if problems:
        raise SchemaError("; ".join(problems))
    if "poll_s" in values:
        values["poll_s"] = min(max(float(values["poll_s"]), MIN_POLL_S), MAX_POLL_S)
    if "week_start" in values:
        day = values["week_start"]
        values["week_start"] = int(day) if day in range(WEEK_DAYS) else 0
    return Profile(**{**values, "id": ProfileId(values["id"])})


def encode_general(general: General) -> dict[str, Any]:
    """Preferences as JSON values."""
    return dataclasses.asdict(general)


def decode_general(entry: object) -> General:
    """Preferences from JSON values; raises SchemaError for wrong types. A choice we do not know is the default."""
    if not isinstance(entry, dict):
        raise SchemaError("general is not an object")
    usual = General()
    for key in GENERAL_KEYS:
        if key in entry and type(entry[key]) is not type(getattr(usual, key)):
            raise SchemaError(f"general: {key} has the wrong type")
    values = {key: entry[key] for key in GENERAL_KEYS if key in entry}
    for key, known in (("theme", THEMES), ("density", DENSITIES)):
        if values.get(key) not in known:
            values.pop(key, None)
    for key, (low, high) in _GENERAL_RANGES.items():
        if key in values:
            values[key] = min(max(values[key], low), high)
    return General(**values)


def decode_settings(body: Mapping[str, Any]) -> Settings:
    """Settings from a document's body; raises SchemaError."""
    entries = body.get("profiles", [])
    if not isinstance(entries, list) or len(entries) > PROFILE_LIMIT:
        raise SchemaError("profiles is not a list")
    profiles = tuple(decode_profile(entry, f"profile {number}") for number, entry in enumerate(entries, 1))
    for entry in entries:
        if type(entry.get("revision", 0)) is not int:
            raise SchemaError("a revision is not a number")
    if len({profile.id for profile in profiles}) != len(profiles):
        raise SchemaError("two profiles have the same id")
    return Settings(profiles, decode_general(body.get("general", {})))


def decode_what_we_can(body: Mapping[str, Any]) -> Settings:
    """Settings of a newer version: the parts that still look like ours; never raises."""
    profiles: list[Profile] = []
    entries = body.get("profiles")
    for entry in entries if isinstance(entries, list) else []:
        try:
            profiles.append(decode_profile(entry))
        except SchemaError:
            continue
    try:
        general = decode_general(body.get("general", {}))
    except SchemaError:
        general = General()
    return Settings(tuple({profile.id: profile for profile in profiles}.values()), general)


def decode_window(body: Mapping[str, Any]) -> WindowState:
    """Window state from a document's body; raises SchemaError."""
    entries = body.get("entries", {})
    if not isinstance(entries, dict):
        raise SchemaError("entries is not an object")
    return WindowState(entries)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -(2**53) < value < 2**53 and math.isfinite(value)


_PROFILE_TYPES: Final[tuple[tuple[tuple[str, ...], Callable[[object], bool], str], ...]] = (
    (
        ("id", "name", "backend", "url", "pin", "ca_file", "proxy", "site_zone"),
        lambda value: isinstance(value, str),
        "a text",
    ),
    (("enabled", "allow_plain_http"), lambda value: isinstance(value, bool), "true or false"),
    (("fields", "mapping"), _is_text_map, "texts by name"),
    (("poll_s", "week_start"), _is_number, "a number"),
)
