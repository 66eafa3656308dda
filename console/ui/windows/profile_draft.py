"""The logic of the profile editor without a widget: a fresh draft and what is wrong with one."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

from console.domain.messages import message
from console.domain.profile import Profile
from console.settings.addresses import split_origin
from console.settings.checks import field_problems, profile_problems
from console.settings.profiles import new_id, origin_changed, same_name, unique_name
from console.ui.services import SystemSpec
from console.ui.text import tr, translate

CONSENT: Final = "allow_plain_http"  # the problem key of a missing consent


def new_draft(spec: SystemSpec, others: Sequence[Profile]) -> Profile:
    """An empty profile of a system, with a name nobody has yet."""
    return Profile(new_id(), unique_name(others, spec.title), spec.id, "")


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, so that nothing travels unprotected."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def needs_consent(url: str) -> bool:
    """Whether the secret would travel unprotected to another computer."""
    scheme, host, _ = split_origin(url)
    return scheme == "http" and not is_loopback(host)


def must_reenter_secrets(draft: Profile, old: Profile | None) -> bool:
    """Whether stored secrets do not count: there are none yet, or they belong to another server."""
    return old is None or origin_changed(old, draft)


def problems(draft: Profile, spec: SystemSpec, others: Sequence[Profile]) -> dict[str, str]:
    """What is wrong with a draft, by field: ``name``, ``url``, ``pin`` …, ``fields.<id>``, ``allow_plain_http``."""
    found = {
        problem.field: translate(problem.message)
        for problem in (
            *profile_problems(draft, example=spec.url_example),
            *field_problems(spec.fields, draft.fields, title=spec.title),
        )
    }
    if "name" not in found and any(p.id != draft.id and same_name(p.name, draft.name) for p in others):
        found["name"] = translate(message("profile.exists", name=draft.name))
    if "url" not in found and needs_consent(draft.url) and not draft.allow_plain_http:
        found[CONSENT] = tr("The secret would travel unprotected. Use https, or allow it here.")
    return found
