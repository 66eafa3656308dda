"""Profiles as pure operations: every change the command line and the window make, and its checks.

Functions take the tuple of profiles and give a new one; nothing here reads or writes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace as with_changes
from typing import Final

from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.settings.addresses import split_origin
from console.settings.checks import (
    NAME_LIMIT,
    Problem,
    check_metric,
    check_name,
    check_profile,
    mapping_key,
    profile_problems,
)
from console.settings.schema import SchemaError, decode_profile, encode_profile
from console.settings.secrets import variable_name

Profiles = tuple[Profile, ...]

EXPORT_KEY: Final = "supervisor_console_profiles"  # a file format, version 1
EXPORT_VERSION: Final = 1
IMPORT_LIMIT: Final = 1000  # profiles in a file


def new_id() -> ProfileId:
    """A fresh profile id."""
    return ProfileId(str(uuid.uuid4()))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same to people: letter case makes no difference."""
    return one.strip().casefold() == other.strip().casefold()


def find(profiles: Sequence[Profile], name: str) -> Profile:
    """The profile of that name (any letter case) or id; raises UserError (profile.unknown) naming those there are."""
    for profile in profiles:
        if same_name(profile.name, name):
            return profile
    for profile in profiles:
        if profile.id == name:
            return profile
    known = ", ".join(profile.name for profile in profiles) or "none"
    raise UserError(message("profile.unknown", name=name, known=known))


def add(profiles: Profiles, profile: Profile) -> Profiles:
    """`profiles` with a new one at the end; raises UserError for a taken or unusable name."""
    checked = with_changes(profile, name=check_name(profile.name))
    _refuse_taken(profiles, checked)
    if any(other.id == checked.id for other in profiles):
        raise UserError(message("profile.exists", name=checked.name))
    return (*profiles, checked)


def replace(profiles: Profiles, profile: Profile) -> Profiles:
    """`profiles` with the one of the same id exchanged; raises UserError for an unknown id or a taken name."""
    find_id(profiles, profile.id)
    checked = with_changes(profile, name=check_name(profile.name))
    _refuse_taken(profiles, checked)
    return tuple(checked if other.id == checked.id else other for other in profiles)


def find_id(profiles: Sequence[Profile], profile_id: ProfileId) -> Profile:
    """The profile of that id; raises UserError (profile.unknown)."""
    for profile in profiles:
        if profile.id == profile_id:
            return profile
    known = ", ".join(profile.name for profile in profiles) or "none"
    raise UserError(message("profile.unknown", name=profile_id, known=known))


def remove(profiles: Profiles, profile_id: ProfileId) -> Profiles:
    """`profiles` without the one of that id; raises UserError (profile.unknown)."""
    find_id(profiles, profile_id)
    return tuple(profile for profile in profiles if profile.id != profile_id)


def duplicate(profiles: Profiles, profile_id: ProfileId) -> tuple[Profiles, Profile]:
    """A copy with a new id and a name of its own, placed behind the original; gives the tuple and the copy.

    The copy's secrets are `Secrets.copy`'s matter.
    """
    original = find_id(profiles, profile_id)
    copy = with_changes(original, id=new_id(), name=unique_name(profiles, original.name))
    at = profiles.index(original) + 1
    return (*profiles[:at], copy, *profiles[at:]), copy


def set_enabled(profiles: Profiles, profile_id: ProfileId, enabled: bool) -> Profiles:
    """`profiles` with one switched on or off."""
    return replace(profiles, with_changes(find_id(profiles, profile_id), enabled=enabled))


def set_mapping(profiles: Profiles, profile_id: ProfileId, column: str, metric: str | None) -> Profiles:
    """Tie a column (``waiting`` or ``queues.waiting``) to a vendor metric.

    An empty metric switches a proposed tie off; None forgets the user's own and lets the proposal count again.
    Raises UserError for an unknown profile or column.
    """
    profile = find_id(profiles, profile_id)
    key = mapping_key(column)
    mapping = {known: value for known, value in profile.mapping.items() if known != key}
    if metric is not None:
        mapping[key] = check_metric(metric)
    return replace(profiles, with_changes(profile, mapping=mapping))


def unique_name(profiles: Sequence[Profile], wanted: str) -> str:
    """`wanted`, or ``wanted (2)``, ``(3)`` … when it is taken; never longer than a name may be.

    A name counts as taken too when its secrets would come from the same variable: another profile, perhaps from a
    stranger's file, must not get them.
    """
    taken = {profile.name.strip().casefold() for profile in profiles}
    variables = {variable_name(profile.name.strip(), "") for profile in profiles}

    def is_free(name: str) -> bool:
        return name.strip().casefold() not in taken and variable_name(name.strip(), "") not in variables

    if is_free(wanted):
        return wanted
    for number in range(2, len(profiles) + 3):
        tail = f" ({number})"
        name = wanted[: NAME_LIMIT - len(tail)].rstrip() + tail
        if is_free(name):
            return name
    raise AssertionError("more taken names than profiles")


def origin_changed(old: Profile, new: Profile) -> bool:
    """Whether the secret would go to another server: scheme, host or port differ, or the kind of server does.

    Then the stored secret must not be taken along: an edited address would carry the old key to a new host.
    """
    return old.backend != new.backend or split_origin(old.url) != split_origin(new.url)


def export_profiles(profiles: Sequence[Profile]) -> str:
    """Profiles as the text of a file for another computer: no ids, and a profile holds no secret."""
    entries = [{key: value for key, value in encode_profile(p).items() if key != "id"} for p in profiles]
    return json.dumps({EXPORT_KEY: EXPORT_VERSION, "profiles": entries}, indent=2, allow_nan=False) + "\n"


def import_profiles(
    text: str | bytes,
    existing: Profiles,
    *,
    path: str,
    backends: Collection[str] | None = None,
    check_own: Callable[[Profile], Sequence[Problem]] = lambda profile: (),
) -> tuple[Profiles, Profiles]:
    """Add the profiles of an exported file: new ids, names made unique, every field checked.

    Args:
        text: the file's content.
        path: its name, for the sentence.
        backends: the ids that are known; None takes any.
        check_own: what is wrong with the fields of a profile's own kind; a secret among them must not be kept.

    Gives all profiles, and the new ones among them. Raises UserError (profile.import) naming every bad field; then
    nothing is imported.
    """
    entries = _exported(text, path)
    problems: list[str] = []
    fresh: list[Profile] = []
    for number, entry in enumerate(entries, 1):
        try:
            profile = decode_profile({**entry, "id": new_id()} if isinstance(entry, dict) else entry, f"{number}")
        except SchemaError as exc:
            problems.append(f"profile {exc}")
            continue
        wrong = (*profile_problems(profile), *check_own(profile))
        found = [f"profile {number}: {p.field}: {english(p.message)}" for p in wrong]
        if backends is not None and profile.backend not in backends:
            unknown = message("profile.backend", backend=profile.backend, known=", ".join(sorted(backends)))
            found.append(f"profile {number}: backend: {english(unknown)}")
        problems.extend(found)
        if not found:
            checked = check_profile(profile)
            name = unique_name([*existing, *fresh], checked.name)
            fresh.append(with_changes(checked, name=name, allow_plain_http=False))  # consent is the user's own
    if problems:
        raise UserError(message("profile.import", path=path, what="; ".join(problems)))
    return (*existing, *fresh), tuple(fresh)


def _exported(text: str | bytes, path: str) -> list[object]:
    what = "it is not JSON"
    try:
        document = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff"))
        if not isinstance(document, dict) or EXPORT_KEY not in document:
            what = f"{EXPORT_KEY} is missing"
        elif document[EXPORT_KEY] != EXPORT_VERSION:
            what = f"its version is not {EXPORT_VERSION}"
        elif not isinstance(document.get("profiles"), list) or len(document["profiles"]) > IMPORT_LIMIT:
            what = f"profiles is not a list of at most {IMPORT_LIMIT}"
        else:
            return list(document["profiles"])
    except (ValueError, RecursionError, MemoryError):
        pass
    raise UserError(message("profile.import", path=path, what=what))


def _refuse_taken(profiles: Sequence[Profile], profile: Profile) -> None:
    for other in profiles:
        if other.id != profile.id and same_name(other.name, profile.name):
            raise UserError(message("profile.exists", name=other.name))
