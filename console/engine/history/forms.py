"""Forms: how the number of a change is to be read, so that a reading comes back exactly as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from console.domain.values import Origin, Reading, Status, Unit
from console.engine.history.columns import EXACT, DamagedError

_NAN: Final = float("nan")


class Form(NamedTuple):
    """How to read a number: everything of a reading but its value and moment. `kind` is the value's type:
    i(nteger), f(loat), b(oolean), s(tring), l(ong integer, as a text) or - for none."""

    status: str
    unit: str
    rate: float
    text: str
    origin: str
    kind: str


ABSENT: Final = Form("", "", 0.0, "", "", "-")


_KINDS: Final[dict[type, str]] = {bool: "b", int: "i", float: "f", str: "s"}


def _kind(value: object) -> str:
    """For sub-classes, such as the members of enums."""
    return next((kind for kind_type, kind in _KINDS.items() if isinstance(value, kind_type)), "s")


def written(reading: Reading | None, strings: dict[str, int]) -> tuple[Form, float, float]:
    """Form, number and moment of a reading; a text gets a place in `strings`."""
    if reading is None:
        return ABSENT, _NAN, _NAN
    value, kind, number = reading.value, "-", _NAN
    if value is not None:
        kind = _KINDS.get(type(value)) or _kind(value)
        if kind == "i" and not -EXACT <= value <= EXACT:  # type: ignore[operator]
            kind, value = "l", str(value)
        is_text = kind in "sl"
        number = strings.setdefault(str(value), len(strings)) if is_text else float(value)
    form = Form(reading.status, reading.unit, reading.rate, reading.text, reading.origin, kind)
    return form, number, _NAN if reading.at_ms is None else reading.at_ms


Decoded = tuple[Status, Unit, float, str, Origin, str]


def decoded(form: Form) -> Decoded | None:
    """A form in the domain's words, None for one that says nothing; raises DamagedError."""
    if form == ABSENT:
        return None
    try:
        return Status(form.status), Unit(form.unit), form.rate, form.text, Origin(form.origin), form.kind
    except ValueError as failure:
        raise DamagedError(str(failure)) from failure


def reading_of(form: Decoded, number: float, moment: float, strings: Sequence[str]) -> Reading:
    """The reading a change stands for; raises DamagedError."""
    status, unit, rate, text, origin, kind = form
    value: int | float | str | bool | None = None
    try:
        if kind == "s":
            value = strings[int(number)]
        elif kind == "l":
            value = int(strings[int(number)])
        elif kind == "i":
            value = int(number)
        elif kind == "b":
            value = bool(number)
        elif kind == "f":
            value = number
        at_ms = None if moment != moment else moment
        return Reading(status, value, unit, rate, at_ms, text, origin)
    except (ValueError, IndexError) as failure:
        raise DamagedError(str(failure)) from failure
