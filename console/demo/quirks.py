"""``--quirk BACKEND.NAME=VALUE``: the habits of an installation, set at the start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

Q = TypeVar("Q")

_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def read_quirks(backend: str, kind: type[Q], given: Iterable[str]) -> Q:
    """Build a server's quirks from the command line's; those of other backends are left alone.

    Args:
        kind: a dataclass whose fields all have defaults; a value takes the type of the default. A tuple is written
            with commas.
        given: ``backend.name=value`` each.

    Raises:
        ValueError: a plain sentence about the first that cannot be.
    """
    defaults = {f.name: f.default for f in fields(kind) if f.default is not MISSING}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for quirk in given:
        owner, name, text = _parts(quirk)
        if owner != backend:
            continue
        if name not in defaults:
            raise ValueError(f"{backend} has no quirk {name!r}. It has: {', '.join(sorted(defaults))}.")
        values[name] = _value(quirk, defaults[name], text)
    return kind(**values)


def check_owners(given: Iterable[str], backends: Iterable[str]) -> None:
    """Refuse quirks of backends without any. ValueError says so in a plain sentence."""
    known = sorted(backends)
    for quirk in given:
        if _parts(quirk)[0] not in known:
            raise ValueError(f"{quirk!r} belongs to no server with quirks. Those are: {', '.join(known)}.")


def _parts(quirk: str) -> tuple[str, str, str]:
    place, equals, text = quirk.partition("=")
    owner, dot, name = place.partition(".")
    if not (equals and dot and owner and name):
        raise ValueError(f"{quirk!r} is not a quirk like asternic.clock_times=true.")
    return owner.strip(), name.strip(), text.strip()


def _value(quirk: str, default: object, text: str) -> object:
    if isinstance(default, bool):
        if text.lower() not in _TRUTH:
            raise ValueError(f"{quirk!r}: the value must be true or false.")
        return _TRUTH[text.lower()]
    if isinstance(default, (int, float)):
        try:
            return type(default)(text)
        except ValueError:
            raise ValueError(f"{quirk!r}: the value must be a number.") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text
