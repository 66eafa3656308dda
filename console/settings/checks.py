"""Checks of single profile fields, each of which gives the value back in its one spelling or raises UserError."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Final, Protocol

from console.domain import columns
from console.domain.enums import Section
from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.profile import MAX_POLL_S, MIN_POLL_S, WEEK_DAYS, Profile
from console.settings.addresses import EXAMPLE, normalise_proxy, normalise_url

NAME_LIMIT: Final = 80  # characters
TEXT_LIMIT: Final = 1024  # characters of a field or a metric id
PIN_DIGITS: Final = 64
WEEK_DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAPPED_SECTIONS: Final = (Section.QUEUES, Section.AGENTS)

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


class FieldSpec(Protocol):
    """What a backend declares about a field; settings know no vendor, so they ask for no more than this."""

    @property
    def id(self) -> str:
        """Stable id."""
        ...

    @property
    def label(self) -> str:
        """Name on screen."""
        ...

    @property
    def kind(self) -> str:
        """``text``, ``secret``, ``choice`` or ``boolean``."""
        ...

    @property
    def required(self) -> bool:
        """Whether a profile needs it."""
        ...

    @property
    def default(self) -> str:
        """Value when nothing was entered."""
        ...

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Value and label of each choice."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: ``name``, ``url``, ``poll_s``, ``site_zone`` and so on, ``fields.<id>``."""

    field: str
    message: Message


def check_name(name: str) -> str:
    """A name without outer spaces; raises UserError (profile.name)."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= NAME_LIMIT or not trimmed.isprintable():
        raise UserError(message("profile.name"))
    return trimmed


def normalise_pin(text: str) -> str:
    """A SHA-256 fingerprint as 64 lower-case digits, or empty; takes what OpenSSL and browsers print."""
    digits = text.strip()
    head, sign, tail = digits.rpartition("=")
    if sign and "fingerprint" in head.lower():
        digits = tail
    digits = re.sub(r"^sha-?256[:/ ]", "", digits.strip(), flags=re.IGNORECASE)
    digits = re.sub(r"[\s:\-]", "", digits).lower()
    if digits and not re.fullmatch(f"[0-9a-f]{{{PIN_DIGITS}}}", digits):
        raise UserError(message("profile.pin"))
    return digits


def check_poll(seconds: float | str) -> float:
    """Seconds between polls; raises UserError (profile.poll) outside the range or for what is no number."""
    try:
        value = float(seconds)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not MIN_POLL_S <= value <= MAX_POLL_S:
        raise UserError(message("profile.poll", low=f"{MIN_POLL_S:g}", high=f"{MAX_POLL_S:g}"))
    return value


def check_zone(name: str) -> str:
    """An IANA zone name as it is spelt in the zone data, or empty; raises UserError (profile.zone)."""
    import zoneinfo  # not on the way to the first paint

    trimmed = name.strip()
    if not trimmed:
        return ""
    known = zoneinfo.available_timezones()
    if trimmed not in known:
        folded = {zone.casefold(): zone for zone in known}
        if trimmed.casefold() not in folded:
            raise UserError(message("profile.zone", zone=trimmed[:80]))
        trimmed = folded[trimmed.casefold()]
    return trimmed


def check_week_start(day: int | str) -> int:
    """The first day of a week: a number from 0 (Monday) to 6 (Sunday) or the English name of the day.

    Raises UserError (profile.week_start).
    """
    if isinstance(day, str):
        word = day.strip().lower()
        found = [number for number, name in enumerate(WEEK_DAY_NAMES) if len(word) > 1 and name.startswith(word)]
        number = found[0] if found else int(word) if word.isdecimal() and len(word) == 1 else -1
    else:
        number = day
    if isinstance(number, bool) or number not in range(WEEK_DAYS):
        raise UserError(message("profile.week_start", days=", ".join(WEEK_DAY_NAMES)))
    return int(number)


def mapping_key(column: str) -> str:
    """``waiting`` or ``queues.waiting`` as ``queues.waiting``; raises UserError (profile.column)."""
    wanted = column.strip().lower()
    section, dot, bare = wanted.partition(".")
    tied = [c for c in columns.STANDARD if c.section in MAPPED_SECTIONS and not c.is_computed]
    for standard in tied:
        if (dot and section == standard.section and bare == standard.id) or (not dot and wanted == standard.id):
            return f"{standard.section}.{standard.id}"
    known = ", ".join(c.id for c in tied)
    raise UserError(message("profile.column", column=column, known=known))


def check_metric(metric: str) -> str:
    """A vendor metric id without outer spaces; raises UserError (profile.mapping) for what cannot be one."""
    trimmed = metric.strip()
    if len(trimmed) > TEXT_LIMIT or not trimmed.isprintable():
        raise UserError(message("profile.mapping"))
    return trimmed


def parse_mapping(text: str) -> tuple[str, str]:
    """``waiting=101`` as (``queues.waiting``, ``101``); raises UserError (profile.mapping or profile.column)."""
    column, sign, metric = text.partition("=")
    if not sign or not column.strip():
        raise UserError(message("profile.mapping"))
    return mapping_key(column), check_metric(metric)


def check_fields(specs: Sequence[FieldSpec], values: Mapping[str, str], *, title: str) -> dict[str, str]:
    """The values of a backend's non-secret fields, defaults filled in, choices and booleans in one spelling.

    Raises UserError for the first problem; `field_problems` lists them all.
    """
    checked, problems = _fields(specs, values, title)
    if problems:
        raise UserError(problems[0].message)
    return checked


def field_problems(specs: Sequence[FieldSpec], values: Mapping[str, str], *, title: str) -> tuple[Problem, ...]:
    """Everything that is wrong with the values of a backend's fields."""
    return _fields(specs, values, title)[1]


def check_profile(profile: Profile, *, example: str = EXAMPLE) -> Profile:
    """The profile with every field in its one spelling; raises UserError for the first problem.

    The backend's own fields are `check_fields`'s matter, the name among others that of `profiles.add`.
    """
    checked, problems = _profile(profile, example)
    if problems:
        raise UserError(problems[0].message)
    return checked


def profile_problems(profile: Profile, *, example: str = EXAMPLE) -> tuple[Problem, ...]:
    """Everything that is wrong with a profile, for an editor that marks each field."""
    return _profile(profile, example)[1]


def _profile(profile: Profile, example: str) -> tuple[Profile, tuple[Problem, ...]]:
    problems: list[Problem] = []
    changes: dict[str, object] = {}
    checks: dict[str, Callable[[], object]] = {
        "name": lambda: check_name(profile.name),
        "url": lambda: normalise_url(profile.url, example=example),
        "pin": lambda: normalise_pin(profile.pin),
        "ca_file": lambda: profile.ca_file.strip(),
        "proxy": lambda: normalise_proxy(profile.proxy),
        "poll_s": lambda: check_poll(profile.poll_s),
        "site_zone": lambda: check_zone(profile.site_zone),
        "week_start": lambda: check_week_start(profile.week_start),
        "mapping": lambda: {mapping_key(key): check_metric(value) for key, value in profile.mapping.items()},
    }
    for name, check in checks.items():
        try:
            changes[name] = check()
        except UserError as exc:
            problems.append(Problem(name, exc.message))
    return with_changes(profile, **changes), tuple(problems)  # type: ignore[arg-type]


def _fields(
    specs: Sequence[FieldSpec], values: Mapping[str, str], title: str
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    known = {spec.id: spec for spec in specs}
    plain = [spec.id for spec in specs if spec.kind != "secret"]
    problems: list[Problem] = []
    for name in values:
        spec = known.get(name)
        if spec is None:
            listed = ", ".join(plain) or "none"
            problems.append(
                Problem(f"fields.{name}", message("profile.field_unknown", title=title, field=name, known=listed))
            )
        elif spec.kind == "secret":
            problems.append(Problem(f"fields.{name}", message("profile.field_secret", field=spec.label)))
    checked: dict[str, str] = {}
    for spec in specs:
        if spec.kind == "secret":
            continue
        try:
            checked[spec.id] = _field(spec, values.get(spec.id, ""))
        except UserError as exc:
            problems.append(Problem(f"fields.{spec.id}", exc.message))
    return checked, tuple(problems)


def _field(spec: FieldSpec, raw: str) -> str:
    value = raw.strip() or spec.default
    if spec.kind == "boolean":
        word = value.lower()
        if word in _TRUE or word in _FALSE or not word:
            return "true" if word in _TRUE else "false"
        raise UserError(message("profile.field_choice", field=spec.label, choices="true, false"))
    if not value:
        if spec.required:
            raise UserError(message("profile.field_required", field=spec.label))
        return ""
    if spec.kind == "choice":
        for choice, _ in spec.choices:
            if choice.casefold() == value.casefold():
                return choice
        choices = ", ".join(choice for choice, _ in spec.choices)
        raise UserError(message("profile.field_choice", field=spec.label, choices=choices))
    if len(value) > TEXT_LIMIT or not value.isprintable():
        raise UserError(message("profile.field_text", field=spec.label, limit=TEXT_LIMIT))
    return value
