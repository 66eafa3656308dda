"""One raw value of the wire as readings: types, arithmetic and what fits which column. Pure.

Types and the DURATION formula are documented on the vendor page "Realtime Data". The formula of AVERAGE_DURATION is
missing from every copy of that page and is inferred from its fields; types the page does not name are shown
with a note. A figure that cannot be read is an error with its reason, never a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any, TypeGuard

from console.domain.enums import AgentStatus
from console.domain.provenance import SourceRef
from console.domain.text import ENTRY_LIMIT, safe_text
from console.domain.values import Origin, Reading, Status, Unit, Value
from console.vendors.xima.states import agent_state
from console.vendors.xima.wire import stamp_ms

FORMULA_DURATION = "xima.duration"
FORMULA_AVERAGE = "xima.average_duration"
FORMULA_STATE = "xima.agent_state"
FORMULA_REASON = "xima.pause_reason"
FORMULA_PERCENT = "xima.percent_text"
FORMULAS: dict[str, str] = {
    FORMULA_DURATION: "finishedDuration + (numCountingUp - numCountingDown) * (time - lastUpdateTime)",
    FORMULA_AVERAGE: "(durationSum + (numCountingUp - numCountingDown) * (time - lastUpdateTime)) / count "
    "(inferred: the documentation names the fields, not the formula)",
    FORMULA_STATE: "the vendor's word looked up in the console's table of agent states",
    FORMULA_REASON: "what follows the colon in the vendor's word for the agent's state",
    FORMULA_PERCENT: "the number in the vendor's text",
}


def _setter(owner: type, name: str) -> Callable[[Any, Any], None]:
    setter: Callable[[Any, Any], None] = owner.__dict__[name].__set__
    return setter


LIMIT = 2**53  # beyond it a JSON number is not exact
MAX_RUNNING = 1_000_000  # more simultaneous timers than any floor has
AHEAD_MS = 2_000  # a stamp may be this far ahead of the server's clock as we know it
_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*%?\s*", re.ASCII)


class Kind(Enum):
    """How a text becomes the cell of a column."""

    PLAIN = "plain"
    STATE = "state"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Fit:
    """What a column wants of a value.

    Attributes:
        unit: the unit the column has by its meaning; None takes whatever comes.
        kind: see `Kind`.
        title: column title, for the reason of an error.
        inferred: the metric was tied to the column by its name alone.
    """

    unit: Unit | None = None
    kind: Kind = Kind.PLAIN
    title: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a batch of values came from and when.

    Attributes:
        exchange_id: the exchange that holds the reply or frame.
        base: JSON pointer to the array of results; of a pushed object, to its value.
        server_ms: the server's time at receipt, as estimated; None when nothing is known about it.
        mono: monotonic second of receipt.
    """

    exchange_id: str
    base: str
    server_ms: float | None
    mono: float


@dataclass(slots=True)
class Place:
    """Where one value stands, and what is known about its time. Lives for one call, so it is not frozen."""

    exchange_id: str
    pointer: str
    server_ms: float | None = None
    origin: Origin = Origin.VENDOR


def read(raw: object, fits: Sequence[Fit], place: Place) -> tuple[Reading, ...]:
    """The readings of a raw value (the object under ``value``), one for each use. Never raises.

    A reading of status NOT_APPLICABLE has the unit of its column even when the value itself says none.
    """
    first = fits[0]
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == "STRING" and first.kind is not Kind.PLAIN and isinstance(raw, dict):
        word = raw.get("value")
        if isinstance(word, str) and (shown := clean(word)) and all(fit.kind is not Kind.PLAIN for fit in fits):
            return tuple([_state(shown, fit.kind, place.exchange_id, f"{place.pointer}/value") for fit in fits])
    base = _read(raw, kind, place)
    if len(fits) == 1 and first.kind is Kind.PLAIN and (first.unit is None or first.unit is base.unit):
        return (base,)
    return tuple(_adapted(base, kind, fit, place) for fit in fits)


def _read(raw: object, kind: object, place: Place) -> Reading:
    """The value as its type says, in the unit of the type."""
    if not isinstance(raw, dict):
        return _error("there is no value object", place)
    if kind == "COUNT":
        number = raw.get("count")
        if not is_number(number):
            return _error(_problem(raw, "count"), place)
        return _found(number, Unit.COUNT, place, "/count")
    if kind == "DURATION":
        base = raw.get("finishedDuration")
        if not is_number(base) or base < 0:
            return _error(_problem(raw, "finishedDuration"), place)
        return _line(raw, base, 1, FORMULA_DURATION, place)
    if kind == "AVERAGE_DURATION":
        return _average(raw, place)
    if kind == "BOOLEAN":
        flag = raw.get("value")
        if not isinstance(flag, bool):
            return _error(_problem(raw, "value"), place)
        return _found(flag, Unit.FLAG, place, "/value")
    if kind == "STRING":
        word = raw.get("value")
        if not isinstance(word, str):
            return _error(_problem(raw, "value"), place)
        return _text(word, "/value", place)
    if kind is None:
        return _nothing(Unit.COUNT, place)
    return _undocumented(raw, kind, place)


def _found(value: Value, unit: Unit, place: Place, field: str, note: str = "", origin: Origin | None = None) -> Reading:
    source = _ref(place.exchange_id, place.pointer + field)
    return _reading(value, unit, 0.0, None, note, origin or place.origin, source)


def _nothing(unit: Unit, place: Place) -> Reading:
    return Reading(
        Status.NOT_APPLICABLE, None, unit, origin=place.origin, source=SourceRef(place.exchange_id, place.pointer)
    )


def _average(raw: dict[str, object], place: Place) -> Reading:
    count = raw.get("count")
    if not is_number(count) or count < 0 or count != int(count):
        return _error(_problem(raw, "count"), place)
    if count == 0:
        return _nothing(Unit.MS, place)
    total = raw.get("durationSum")
    if not is_number(total) or total < 0:
        return _error(_problem(raw, "durationSum"), place)
    return _line(raw, total, count, FORMULA_AVERAGE, place)


def _line(raw: dict[str, object], base: float, count: float, formula: str, place: Place) -> Reading:
    """A duration as a straight line from its stamp on."""
    up, down = raw.get("numCountingUp"), raw.get("numCountingDown")
    if not _is_counter(up):
        return _error(_problem(raw, "numCountingUp"), place)
    if not _is_counter(down):
        return _error(_problem(raw, "numCountingDown"), place)
    is_average = formula is FORMULA_AVERAGE
    value = base / count if is_average else base
    origin = Origin.INFERRED if is_average else place.origin
    running = up - down
    if running == 0:
        return _reading(value, Unit.MS, 0.0, None, "", origin, _ref(place.exchange_id, place.pointer, formula))
    stamp = stamp_ms(raw.get("lastUpdateTime"))
    if stamp is None:
        return _error(_problem(raw, "lastUpdateTime"), place)
    at: float = stamp
    note = ""
    if place.server_ms is not None and stamp > place.server_ms + AHEAD_MS:
        at, note, origin = place.server_ms, "its time stamp is ahead of the server's own clock", Origin.INFERRED
    source = _ref(place.exchange_id, place.pointer, formula)
    return _reading(value, Unit.MS, running / count, at, note, origin, source)


def _text(word: str, field: str, place: Place, note: str = "") -> Reading:
    shown = clean(word)
    if not shown:
        return _nothing(Unit.TEXT, place)
    return _found(shown, Unit.TEXT, place, field, note, Origin.INFERRED if note else None)


def _undocumented(raw: dict[str, object], kind: object, place: Place) -> Reading:
    """A type the vendor's page does not name: shown from ``value`` or ``count`` as it is, with a note."""
    if not isinstance(kind, str):
        return _error("its type is not a text", place)
    name = safe_text(kind, 40)
    note = f"sent as {name}, a type the vendor's documentation does not name"
    for field in ("value", "count"):
        value = raw.get(field)
        if isinstance(value, bool):
            return _found(value, Unit.FLAG, place, f"/{field}", note, Origin.INFERRED)
        if is_number(value):
            unit = Unit.PERCENT if "PERCENT" in kind.upper() else Unit.COUNT
            return _found(value, unit, place, f"/{field}", note, Origin.INFERRED)
        if isinstance(value, str):
            return _text(value, f"/{field}", place, note)
    return _error(f"the type {name} is unknown and has neither value nor count", place)


def _adapted(base: Reading, kind: object, fit: Fit, place: Place) -> Reading:
    """A reading as its column needs it; an error where the type does not fit the column."""
    unit = fit.unit or base.unit
    if base.status is not Status.OK or base.value is None:
        return base if base.unit is unit else replace(base, unit=unit)
    if fit.kind is not Kind.PLAIN and base.unit is Unit.TEXT:
        pointer = base.source.pointer if base.source is not None else place.pointer
        return _state(str(base.value), fit.kind, place.exchange_id, pointer)
    if unit is base.unit:
        return base
    share = _share(base) if unit is Unit.PERCENT else None
    if share is None:
        name = safe_text(str(kind), 40)
        return replace(_error(f"the metric sends {name}, which does not fit the column {fit.title}", place), unit=unit)
    source = base.source
    if base.unit is Unit.TEXT and source is not None:
        source = replace(source, formula=FORMULA_PERCENT)
    return Reading(Status.OK, share, unit, text=base.text, origin=Origin.INFERRED, source=source)


def _share(base: Reading) -> float | None:
    """A percentage from what carries one, None where that would be a guess.

    No percentage type is documented; a share comes as text or as a count.
    """
    value = base.value
    if isinstance(value, str):
        match = _PERCENT.fullmatch(value)
        value = float(match.group(1)) if match else None
    elif base.unit is not Unit.COUNT or isinstance(value, bool):
        value = None
    return value if value is not None and 0 <= value <= 100 else None


def _state(word: str, kind: Kind, exchange_id: str, pointer: str) -> Reading:
    status, reason = agent_state(word)
    if kind is Kind.STATE:
        source = _ref(exchange_id, pointer, FORMULA_STATE)
        return _reading(status.value, Unit.TEXT, 0.0, None, word, Origin.INFERRED, source)
    source = _ref(exchange_id, pointer, FORMULA_REASON)
    if status is AgentStatus.PAUSED and reason:
        return _reading(reason, Unit.TEXT, 0.0, None, word, Origin.INFERRED, source)
    return Reading(Status.NOT_APPLICABLE, None, Unit.TEXT, 0.0, None, "", Origin.INFERRED, source)


# Ten thousand values a second are mapped beside a window that must not stutter. The generated constructors of frozen
# classes go through `object.__setattr__` by name and take half of that time; these two set the same slots directly.
_new_reading, _new_ref = Reading.__new__, SourceRef.__new__
_set_status, _set_value, _set_unit = _setter(Reading, "status"), _setter(Reading, "value"), _setter(Reading, "unit")
_set_rate, _set_at, _set_text = _setter(Reading, "rate"), _setter(Reading, "at_ms"), _setter(Reading, "text")
_set_origin, _set_source = _setter(Reading, "origin"), _setter(Reading, "source")
_set_exchange, _set_pointer = _setter(SourceRef, "exchange_id"), _setter(SourceRef, "pointer")
_set_formula = _setter(SourceRef, "formula")


def _ref(exchange_id: str, pointer: str, formula: str = "") -> SourceRef:
    """``SourceRef(exchange_id, pointer, formula)``, quicker."""
    ref = _new_ref(SourceRef)
    _set_exchange(ref, exchange_id)
    _set_pointer(ref, pointer)
    _set_formula(ref, formula)
    return ref


def _reading(
    value: Value, unit: Unit, rate: float, at_ms: float | None, text: str, origin: Origin, source: SourceRef
) -> Reading:
    """``Reading(Status.OK, ...)``, quicker."""
    reading = _new_reading(Reading)
    _set_status(reading, Status.OK)
    _set_value(reading, value)
    _set_unit(reading, unit)
    _set_rate(reading, rate)
    _set_at(reading, at_ms)
    _set_text(reading, text)
    _set_origin(reading, origin)
    _set_source(reading, source)
    return reading


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a finite JSON number that is exact; true and false are no numbers."""
    if type(value) is int:
        return -LIMIT < value < LIMIT
    return type(value) is float and math.isfinite(value) and -LIMIT < value < LIMIT


def _is_counter(value: object) -> TypeGuard[int | float]:
    return is_number(value) and 0 <= value <= MAX_RUNNING and value == int(value)


def clean(word: str) -> str:
    """Foreign text for a cell; the usual short plain one passes untouched."""
    if len(word) <= 256:
        return _clean_short(word)
    return safe_text(word, ENTRY_LIMIT)


@lru_cache(maxsize=16384)
def _clean_short(word: str) -> str:
    return safe_text(word, ENTRY_LIMIT)


def _problem(raw: dict[str, object], field: str) -> str:
    return f"{field} is not usable" if field in raw else f"{field} is missing"


def _error(reason: str, place: Place) -> Reading:
    source = SourceRef(place.exchange_id, place.pointer)
    return Reading(Status.ERROR, None, Unit.COUNT, text=reason, origin=place.origin, source=source)
