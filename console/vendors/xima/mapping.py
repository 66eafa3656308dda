"""The plan: which metric fills which column, row and tile. Pure.

AGENT metrics become columns of the agents, GROUP and SKILL metrics columns of the queues, everything else lines of
their own. Standard columns come from the profile's mapping, else from proposals by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from console.domain.columns import METRIC_PREFIX, find, standard
from console.domain.enums import Section
from console.domain.messages import english, message
from console.domain.text import DISPLAY_LIMIT, safe_text
from console.domain.values import Origin, Reading, Status, Unit
from console.vendors.base import MetricInfo
from console.vendors.xima.proposals import SECTION_OF, propose
from console.vendors.xima.values import Fit, Kind
from console.vendors.xima.wire import MetricDef

SECTIONS = (Section.QUEUES, Section.AGENTS)
STATE = (Section.AGENTS, "state")
REASON = (Section.AGENTS, "pause_reason")
_EXTENSION = re.compile(r"(.*\S)\s*\(([0-9]{1,15})\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """One use of a metric: the column it fills.

    Attributes:
        metric_id: whose values.
        index: position among the metric's uses; its cells keep one reading for each.
        column: column id.
        title: column title.
        fit: what the column wants.
        selection: category values that are expected to have a value.
        absent: how a cell that is expected and not there reads: warming, or not permitted.
    """

    metric_id: str
    index: int
    column: str
    title: str
    fit: Fit
    selection: frozenset[str]
    absent: Reading

    @property
    def is_awaited(self) -> bool:
        """Whether a value is still to come (it is not, where it may not be read)."""
        return self.absent.status is Status.WARMING


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """One metric with all its uses and what each of them wants.

    Attributes:
        section: where its rows are; None means lines of their own.
        origin: who says that the values mean what the columns say.
    """

    metric: MetricDef
    title: str
    section: Section | None
    targets: tuple[Target, ...]
    fits: tuple[Fit, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Directory:
    """Agents and queues the server lists apart from any metric."""

    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    def names(self, section: Section) -> tuple[str, ...]:
        """The listed row ids of a section."""
        return self.agents if section is Section.AGENTS else self.queues


@dataclass(frozen=True, slots=True)
class Plan:
    """How the metrics of a server become a snapshot.

    Attributes:
        metrics: all metrics that are asked for or explained, by id.
        targets: the columns of each section, in their order.
        rows: the expected rows of each section, in their order.
        unknown: metric ids of the profile's mapping that the server does not list.
        is_tied: whether any standard column is filled.
    """

    metrics: dict[str, MetricPlan] = field(default_factory=dict)
    targets: dict[Section, tuple[Target, ...]] = field(default_factory=dict)
    rows: dict[Section, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    is_tied: bool = False


def make_plan(
    metrics: Sequence[MetricDef],
    mapping: Mapping[str, str] | None = None,
    *,
    refused: Iterable[str] = (),
    gone: Iterable[str] = (),
    directory: Directory | None = None,
) -> Plan:
    """Plan a snapshot.

    Args:
        metrics: the server's list, in its order.
        mapping: the profile's: ``queues.waiting`` -> metric id; an empty id switches the proposal off.
        refused: ids the account may not read (403): their columns say so.
        gone: ids the server lists but does not know (404): left out.
        directory: further rows.
    """
    known = {metric.id: metric for metric in metrics if metric.id not in set(gone)}
    ties, unknown = _ties(list(known.values()), mapping or {})
    titles = _titles(known.values())
    refused = frozenset(refused)
    uses: dict[str, list[tuple[str, str, Fit]]] = {}
    for (section, column), (metric_id, inferred) in ties.items():
        uses.setdefault(metric_id, []).append(_use(section, column, inferred))
        if (section, column) == STATE and REASON not in ties and f"{REASON[0]}.{REASON[1]}" not in (mapping or {}):
            uses[metric_id].append(_use(*REASON, True, Kind.REASON))
    plans = {
        metric.id: _metric_plan(metric, titles[metric.id], uses.get(metric.id, []), metric.id in refused)
        for metric in known.values()
    }
    targets = {section: _ordered(section, plans.values()) for section in SECTIONS}
    return Plan(
        plans,
        {section: found for section, found in targets.items() if found},
        {section: _rows(section, plans.values(), directory) for section in SECTIONS if targets[section]},
        unknown,
        bool(ties),
    )


def metric_infos(metrics: Sequence[MetricDef]) -> tuple[MetricInfo, ...]:
    """The metrics as a profile editor offers them, with what is proposed without a word from the user."""
    proposed = {metric_id: f"{section}.{column}" for (section, column), metric_id in propose(metrics).items()}
    titles = _titles(metrics)
    return tuple(
        MetricInfo(metric.id, titles[metric.id], metric.category, proposed.get(metric.id, "")) for metric in metrics
    )


def row_names(ids: Iterable[str]) -> dict[str, str]:
    """Names for rows: without the extension where that leaves no doubt who is meant."""
    short = {row_id: _short(row_id) for row_id in ids}
    seen = Counter(name.casefold() for name, _ in short.values())
    return {
        row_id: f"{name} ({extension})" if extension and seen[name.casefold()] > 1 else name
        for row_id, (name, extension) in short.items()
    }


@lru_cache(maxsize=32768)
def _short(row_id: str) -> tuple[str, str]:
    match = _EXTENSION.fullmatch(row_id)
    name = safe_text(match.group(1) if match else row_id, DISPLAY_LIMIT) or row_id
    return name, match.group(2) if match else ""


def _ties(
    metrics: list[MetricDef], mapping: Mapping[str, str]
) -> tuple[dict[tuple[Section, str], tuple[str, bool]], tuple[str, ...]]:
    """The standard columns with their metric and whether that is inferred, and mapped ids that do not exist."""
    by_id = {metric.id: metric for metric in metrics}
    ties: dict[tuple[Section, str], tuple[str, bool]] = {}
    taken: set[tuple[Section, str]] = set()
    unknown: dict[str, None] = {}
    for key, metric_id in mapping.items():
        section_name, _, column = key.partition(".")
        section = next((known for known in SECTIONS if known.value == section_name), None)
        if section is None or find(section, column) is None:
            continue
        taken.add((section, column))
        metric = by_id.get(metric_id)
        if metric is not None and SECTION_OF.get(metric.category) is section:
            ties[section, column] = (metric_id, False)
        elif metric_id and metric is None:
            unknown[metric_id] = None
    tied = [metric_id for metric_id, _ in ties.values()]
    for place, metric_id in propose(metrics, taken, tied).items():
        ties[place] = (metric_id, True)
    return ties, tuple(unknown)


def _use(section: Section, column: str, inferred: bool, kind: Kind | None = None) -> tuple[str, str, Fit]:
    known = find(section, column)
    assert known is not None
    kind = kind or (Kind.STATE if (section, column) == STATE else Kind.PLAIN)
    return column, known.title, Fit(known.unit, kind, known.title, inferred)


def _metric_plan(metric: MetricDef, title: str, uses: list[tuple[str, str, Fit]], refused: bool) -> MetricPlan:
    uses = uses or [(METRIC_PREFIX + metric.id, title, Fit(title=title))]
    selection = frozenset(metric.selection)
    targets = tuple(
        Target(metric.id, index, column, label, fit, selection, _absent(fit.unit, refused))
        for index, (column, label, fit) in enumerate(uses)
    )
    fits = tuple(target.fit for target in targets)
    origin = Origin.INFERRED if fits[0].inferred else Origin.VENDOR
    return MetricPlan(metric, title, SECTION_OF.get(metric.category), targets, fits, origin)


def _absent(unit: Unit | None, refused: bool) -> Reading:
    unit = unit or Unit.COUNT
    if refused:
        return Reading(Status.ERROR, None, unit, text=english(message("metrics.forbidden")))
    return Reading(Status.WARMING, None, unit)


def _titles(metrics: Iterable[MetricDef]) -> dict[str, str]:
    """Titles by metric id; names are free text and may repeat, so equal ones get their id."""
    names = {metric.id: safe_text(metric.name, DISPLAY_LIMIT) or safe_text(metric.id) for metric in metrics}
    seen = Counter(name.casefold() for name in names.values())
    return {
        metric_id: f"{name} ({safe_text(metric_id, 64)})" if seen[name.casefold()] > 1 else name
        for metric_id, name in names.items()
    }


def _ordered(section: Section, plans: Iterable[MetricPlan]) -> tuple[Target, ...]:
    """Standard columns in their natural order, then the others as listed."""
    rank = {column.id: number for number, column in enumerate(standard(section))}
    targets = [target for plan in plans if plan.section is section for target in plan.targets]
    return tuple(sorted(targets, key=lambda target: rank.get(target.column, len(rank))))


def _rows(section: Section, plans: Iterable[MetricPlan], directory: Directory | None) -> tuple[str, ...]:
    rows: dict[str, None] = {}
    for plan in plans:
        if plan.section is section:
            rows.update(dict.fromkeys(plan.metric.selection))
    if directory is not None:
        shown = {_short(row_id)[0].casefold() for row_id in rows}
        for row_id in directory.names(section):
            if row_id not in rows and (_short(row_id)[0].casefold() not in shown or _short(row_id)[1]):
                rows[row_id] = None
    return tuple(rows)
