"""Two copies of the console saving into one file: what each changed survives.

A three-way merge: `base` is what the file held when this copy last looked, `mine` what it wants to save, `theirs`
what the file holds now. What only one side changed is taken from it; where both changed the same profile, the later
save wins and both revisions are counted. Keys nobody knows are carried along from `theirs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Any

from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.settings.profiles import same_name, unique_name
from console.settings.schema import (
    GENERAL_KEYS,
    PROFILE_KEYS,
    General,
    Settings,
    encode_general,
    encode_profile,
)

ById = dict[ProfileId, Profile]


@dataclass(frozen=True, slots=True)
class Merged:
    """The settings both sides end with, and what their owner should be told."""

    settings: Settings
    messages: tuple[Message, ...] = ()


def merge(base: Settings, mine: Settings, theirs: Settings) -> Merged:
    """Merge two changed settings with a common ancestor; pure."""
    old, ours, other = _by_id(base), _by_id(mine), _by_id(theirs)
    told: list[Message] = []
    chosen: ById = {}
    for key in dict.fromkeys((*ours, *other)):
        profile = _choose(old.get(key), ours.get(key), other.get(key), told)
        if profile is not None:
            chosen[key] = profile
    ordered = [chosen[key] for key in _order(list(old), list(ours), list(other)) if key in chosen]
    return Merged(
        Settings(_distinct(ordered, other, told), _general(base.general, mine.general, theirs.general)), tuple(told)
    )


def to_body(settings: Settings, former: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body to save: `settings` laid over what the file held, so that unknown keys stay and revisions count on."""
    held = dict(former) if former is not None else {}
    entries = {entry["id"]: entry for entry in held.get("profiles", [])}
    held["profiles"] = [_entry(profile, entries.get(profile.id)) for profile in settings.profiles]
    held["general"] = {**held.get("general", {}), **encode_general(settings.general)}
    return held


def _entry(profile: Profile, former: Mapping[str, Any] | None) -> dict[str, Any]:
    fresh = encode_profile(profile)
    if former is None:
        return {**fresh, "revision": 1}
    revision = former.get("revision", 0)
    if any(former.get(key) != fresh[key] for key in PROFILE_KEYS):
        revision += 1
    return {**former, **fresh, "revision": revision}


def _by_id(settings: Settings) -> ById:
    return {profile.id: profile for profile in settings.profiles}


def _choose(old: Profile | None, ours: Profile | None, other: Profile | None, told: list[Message]) -> Profile | None:
    if ours == other or other == old:
        return ours
    if ours == old:
        return other
    if ours is None:
        assert other is not None
        told.append(message("settings.kept", names=other.name))
        return other
    told.append(message("settings.merged", names=ours.name))
    return ours


def _order(old: list[ProfileId], ours: list[ProfileId], other: list[ProfileId]) -> list[ProfileId]:
    """The order of whoever changed it; when both did, this side's, with the other's additions behind."""
    first, second = (ours, other) if other == old or ours != old else (other, ours)
    return list(dict.fromkeys((*first, *second)))


def _distinct(ordered: list[Profile], other: ById, told: list[Message]) -> tuple[Profile, ...]:
    """Give a profile of ours another name when the other side has meanwhile taken it."""
    result: list[Profile] = []
    for profile in ordered:
        rivals = [p for p in ordered if p.id != profile.id and same_name(p.name, profile.name)]
        is_new_name = profile.id not in other or not same_name(other[profile.id].name, profile.name)
        if is_new_name and any(rival.id in other and same_name(other[rival.id].name, rival.name) for rival in rivals):
            name = unique_name([*ordered, *result], profile.name)
            told.append(message("settings.renamed", name=profile.name, new_name=name))
            result.append(with_changes(profile, name=name))
        else:
            result.append(profile)
    return tuple(result)


def _general(base: General, mine: General, theirs: General) -> General:
    changed = {key: getattr(mine, key) for key in GENERAL_KEYS if getattr(mine, key) != getattr(base, key)}
    return with_changes(theirs, **changed)
