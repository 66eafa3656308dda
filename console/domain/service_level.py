"""Service level by a formula that is on show: the variants in use as data, one ratio of counts behind all of them.

The same day gives 81 % or 86 %, depending on what is done with callers who gave up. A vendor's own figure stays the
vendor's; what is computed here comes from counts alone, says its formula, and a total of several queues is the sum of
the numerators over the sum of the denominators, never a mean of percentages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from console.domain.columns import find
from console.domain.enums import Section
from console.domain.model import Row, Snapshot
from console.domain.provenance import SourceRef
from console.domain.values import Origin, Reading, Status, Unit

COMPUTED_COLUMN: Final = "service_level_computed"
FORMULA_PREFIX: Final = "service_level:"  # of `SourceRef.formula`, before a variant's id
DEFAULT_TARGET_S: Final = 20.0
DEFAULT_SHORT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Counts:
    """The calls of one queue in one interval; None where nobody says.

    Attributes:
        flow_outs: calls that left the queue for somewhere else: time-out, overflow, a key, a transfer.
    """

    offered: float | None = None
    answered: float | None = None
    answered_in_target: float | None = None
    abandoned: float | None = None
    abandoned_in_target: float | None = None
    short_abandoned: float | None = None
    flow_outs: float | None = None


COUNT_WORDS: Final[Mapping[str, str]] = {
    "offered": "offered",
    "answered": "answered",
    "answered_in_target": "answered in time",
    "abandoned": "abandoned",
    "abandoned_in_target": "abandoned in time",
    "short_abandoned": "short abandoned",
    "flow_outs": "flowed out",
}
COUNT_COLUMNS: Final = tuple(name for name in COUNT_WORDS if name != "flow_outs")  # ids of standard columns

Terms = tuple[tuple[str, int], ...]  # names of `Counts`, each with its sign


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to count a service level.

    Attributes:
        id: ``SL-1`` to ``SL-7``.
        above, below: what is added up over and under the line.
        who: who counts this way.
    """

    id: str
    title: str
    above: Terms
    below: Terms
    who: str

    @property
    def formula(self) -> str:
        """The formula in words."""
        return f"{_sum_words(self.above)} / {_sum_words(self.below)}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The counts it takes, each once."""
        return tuple(dict.fromkeys(name for name, _ in (*self.above, *self.below)))


def _sum_words(terms: Terms) -> str:
    words = "".join(f"{' − ' if sign < 0 else ' + '}{COUNT_WORDS[name]}" for name, sign in terms).removeprefix(" + ")
    return f"({words})" if len(terms) > 1 else words


_A, _AT, _B = ("answered", 1), ("answered_in_target", 1), ("abandoned", 1)
_BT, _BS, _O, _F = ("abandoned_in_target", 1), ("short_abandoned", 1), ("offered", 1), ("flow_outs", 1)
_LESS_BT, _LESS_BS = ("abandoned_in_target", -1), ("short_abandoned", -1)

VARIANTS: Final = (
    Variant("SL-1", "Abandons count as served in time", (_AT, _BT), (_A, _B), "Cisco (positive), Asterisk Perf2"),
    Variant("SL-2", "Answered calls only", (_AT,), (_A,), "Asterisk ServicelevelPerf, AltiGen"),
    Variant("SL-3", "Abandons count against it", (_AT,), (_A, _B), "Cisco (negative), recommended by WFM Labs"),
    Variant("SL-4", "Abandons in time ignored", (_AT,), (_A, _B, _LESS_BT), "Cisco (ignored), Bright Pattern"),
    Variant("SL-5", "Short abandons count as served in time", (_AT, _BS), (_A, _B), "common practice"),
    Variant("SL-6", "Short abandons removed", (_AT,), (_O, _LESS_BS), "Talkdesk, Genesys without short abandons"),
    Variant("SL-7", "Flow-outs count against it", (_AT,), (_A, _B, _F), "Genesys with flow-outs"),
)
BY_ID: Final[Mapping[str, Variant]] = {variant.id: variant for variant in VARIANTS}
DEFAULT_VARIANT: Final = "SL-3"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a queue's service level is counted.

    Attributes:
        variant: id of a `Variant`.
        target_s: answered within so many seconds is in time.
        short_s: who leaves within so many seconds is no lost caller.
    """

    variant: str = DEFAULT_VARIANT
    target_s: float = DEFAULT_TARGET_S
    short_s: float = DEFAULT_SHORT_S


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of one profile: for a queue (casefolded name), else for the profile, else the default."""

    profile: Choice = Choice()
    queues: Mapping[str, Choice] = field(default_factory=dict)

    def of(self, queue: str) -> Choice:
        """How a queue counts."""
        return self.queues.get(queue.casefold(), self.profile) if self.queues else self.profile


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator and denominator, so that several can be added up."""

    above: float
    below: float


def missing(variant: Variant, counts: Counts) -> tuple[str, ...]:
    """Names of the counts a variant needs and nobody gives."""
    return tuple(name for name in variant.needs if getattr(counts, name) is None)


def ratio(variant: Variant, counts: Counts) -> Ratio | None:
    """Numerator and denominator of a variant; None where a count is missing."""
    if missing(variant, counts):
        return None
    return Ratio(
        sum(sign * getattr(counts, name) for name, sign in variant.above),
        sum(sign * getattr(counts, name) for name, sign in variant.below),
    )


def service_level(variant: Variant, counts: Counts) -> Reading:
    """The service level in percent, computed; UNSUPPORTED where a count is missing, N/A where nothing was offered."""
    lacks = missing(variant, counts)
    if lacks:
        said = ", ".join(COUNT_WORDS[name] for name in lacks)
        return _reading(Status.UNSUPPORTED, text=f"{variant.id} needs a count the system does not send: {said}.")
    found = ratio(variant, counts)
    assert found is not None
    return percent(found)


def percent(found: Ratio) -> Reading:
    """A ratio as a reading; counts that contradict each other are an error and no figure."""
    if found.below == 0 and found.above == 0:
        return _reading(Status.NOT_APPLICABLE, text="There were no calls to divide by.")
    if not 0 <= found.above <= found.below:
        return _reading(Status.ERROR, text="the counts contradict each other")
    return _reading(Status.OK, 100.0 * found.above / found.below)


@dataclass(frozen=True, slots=True)
class Total:
    """The service level of several queues: the sums, how many went in, and how many could not."""

    reading: Reading
    ratio: Ratio
    counted: int
    left_out: int


def total(parts: Iterable[tuple[Variant, Counts]]) -> Total:
    """Sum of numerators over sum of denominators, each queue by its own variant."""
    above = below = 0.0
    counted = left_out = 0
    for variant, counts in parts:
        found = ratio(variant, counts)
        if found is None:
            left_out += 1
        else:
            above, below, counted = above + found.above, below + found.below, counted + 1
    whole = Ratio(above, below)
    reading = percent(whole) if counted else _reading(Status.UNSUPPORTED, text="No queue has the counts it takes.")
    return Total(reading, whole, counted, left_out)


def counts_of(row: Row) -> Counts:
    """The counts a queue's row holds now."""
    found: dict[str, float] = {}
    for name in COUNT_COLUMNS:
        reading = row.readings.get(name)
        value = reading.value if reading is not None and reading.status is Status.OK else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = value
    return Counts(**found)


def live_reading(row: Row, choice: Choice) -> Reading:
    """The chosen service level of a queue's row, with its formula as the origin; warming while a count is."""
    variant = BY_ID.get(choice.variant, BY_ID[DEFAULT_VARIANT])
    for name in variant.needs:
        found = row.readings.get(name)
        if found is not None and found.status in (Status.WARMING, Status.ERROR):
            return _reading(found.status, text=found.text)
    counted = row.readings.get("answered_in_target")
    origin = counted.source if counted is not None else None
    source = SourceRef(
        origin.exchange_id if origin is not None else "",
        origin.pointer if origin is not None else "",
        f"{FORMULA_PREFIX}{variant.id}",
    )
    return replace(service_level(variant, counts_of(row)), source=source)


def with_service_level(snapshot: Snapshot, choices: Choices, known: dict[str, tuple[Row, Choice, Row]]) -> Snapshot:
    """The snapshot with `COMPUTED_COLUMN` in each queue, where the source counts calls within a target at all.

    Args:
        known: what was made before, by row id; changed here. An unchanged row stays the same object.
    """
    columns = snapshot.columns.get(Section.QUEUES, ())
    if not any(column.id == "answered_in_target" for column in columns):
        return snapshot
    rows: list[Row] = []
    for row in snapshot.queues:
        choice = choices.of(row.name)
        former = known.get(row.id)
        if former is None or (row is not former[0] and row is not former[2]) or choice != former[1]:
            made = Row(row.id, row.name, {**row.readings, COMPUTED_COLUMN: live_reading(row, choice)})
            former = known[row.id] = (row, choice, made)
        rows.append(former[2])
    own = find(Section.QUEUES, COMPUTED_COLUMN)
    if own is not None and own.id not in {column.id for column in columns}:
        columns = (*columns, own.info)
    return replace(snapshot, queues=tuple(rows), columns={**snapshot.columns, Section.QUEUES: columns})


def formula_words(formula_id: str) -> str:
    """A formula of `SourceRef.formula` in words; empty where it is none of these."""
    variant = BY_ID.get(formula_id.removeprefix(FORMULA_PREFIX)) if formula_id.startswith(FORMULA_PREFIX) else None
    return "" if variant is None else f"{variant.id}, {variant.title.lower()}: {variant.formula}"


def count_calls(calls: Iterable[Call], choice: Choice) -> Counts:
    """Exact counts of a list of calls."""
    offered = answered = in_target = abandoned = gone_in_target = short = flowed = 0
    for call in calls:
        offered += 1
        if call.outcome == ANSWERED:
            answered += 1
            in_target += call.wait_s <= choice.target_s
        elif call.outcome == ABANDONED:
            abandoned += 1
            gone_in_target += call.wait_s <= choice.target_s
            short += call.wait_s <= choice.short_s
        else:
            flowed += 1
    return Counts(offered, answered, in_target, abandoned, gone_in_target, short, flowed)


ANSWERED: Final = "answered"
ABANDONED: Final = "abandoned"
FLOWED_OUT: Final = "flowed_out"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a queue, as a report lists it: how long it waited, and how that ended."""

    queue: str
    wait_s: float
    outcome: str


def _reading(status: Status, value: float | None = None, text: str = "") -> Reading:
    return Reading(status, value, Unit.PERCENT, text=text, origin=Origin.COMPUTED)
