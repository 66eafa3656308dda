"""What is known of one server: cells by metric and category value, and the rows made of them.

Everything here is immutable once built, so a large reply can be mapped in a worker thread while the loop goes on
with what it has. Cells, readings and rows of unchanged values are the same objects as before, which keeps the
comparison further up cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import is_, is_not

from console.domain.enums import Section
from console.domain.model import ColumnInfo, MetricRow, Row
from console.domain.values import Reading, Status, Unit
from console.vendors.xima.mapping import SECTIONS, MetricPlan, Plan, Target, row_names
from console.vendors.xima.values import Fit, Origins, Place, read
from console.vendors.xima.wire import Key, stamp_ms

RENEW_S = 30.0  # an unchanged value points at a newer exchange after this time, since old exchanges are dropped

Item = tuple[Key, object]
Pushes = dict[Key, tuple[object, Origins]]  # pushed values by key, with where each came from


@dataclass(slots=True)
class Cell:
    """One value as sent, and its reading for each use of the metric. Never changed after it was made."""

    raw: object
    readings: tuple[Reading, ...]
    fits: tuple[Fit, ...]
    exchange_id: str
    pointer: str
    mono: float

    @property
    def stamp(self) -> int | None:
        """When the server last changed the value, epoch milliseconds."""
        return _stamp(self.raw)


@dataclass(frozen=True, slots=True)
class Batch:
    """The results of one reply, in the order sent.

    Attributes:
        origins: where they came from.
        asked: the ids that were asked for; what else comes is left out.
        renew_s: for how long an unchanged value may point at the exchange it was first seen in.
    """

    items: list[Item]
    origins: Origins
    asked: frozenset[str]
    renew_s: float = RENEW_S

    @property
    def kept_from(self) -> float:
        """When all values are looked at, those read before this are renewed: halfway, so that it is rarely done."""
        return self.origins.mono - self.renew_s / 2


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A reply as a board has taken it over.

    Attributes:
        items: its results in the order sent, each of another key.
        since: monotonic second; every cell of them was read after it.
    """

    items: tuple[Item, ...]
    since: float


@dataclass(frozen=True, slots=True)
class Board:
    """Everything known, and the rows it makes.

    Attributes:
        cells: values by key.
        promised: keys the server is still preparing.
        missing: keys that are expected and have no value yet.
        units: the unit seen last of each metric, for the columns that have none by their meaning.
        rows: rows of each section by id, in order.
        metrics: lines that belong to no queue or agent.
        replies: by the ids that were asked for, what the cells were made of; empty where that is not all.
    """

    plan: Plan = field(default_factory=Plan)
    cells: dict[Key, Cell] = field(default_factory=dict)
    promised: frozenset[Key] = frozenset()
    missing: frozenset[Key] = frozenset()
    units: dict[str, Unit] = field(default_factory=dict)
    rows: dict[Section, dict[str, Row]] = field(default_factory=dict)
    columns: dict[Section, tuple[ColumnInfo, ...]] = field(default_factory=dict)
    metrics: tuple[MetricRow, ...] = ()
    newest_stamp: int | None = None
    replies: dict[frozenset[str], Absorbed] = field(default_factory=dict, repr=False, compare=False)

    def section(self, section: Section) -> tuple[Row, ...]:
        """The rows of a section."""
        return tuple(self.rows.get(section, {}).values())


def polled(former: Board, plan: Plan, batches: Sequence[Batch], promised: Iterable[Key]) -> Board:
    """The board after a complete poll: what the poll does not mention any more is gone."""
    differing = _differing(former, plan, batches)
    cells: dict[Key, Cell] = {} if differing is None else former.cells.copy()
    units = {metric_id: unit for metric_id, unit in former.units.items() if metric_id in plan.metrics}
    changed: list[Key] = []
    newest = ""
    for number, batch in enumerate(batches):
        places = None if differing is None else differing[number]
        newest = max(newest, _absorb(cells, former.cells, plan, units, batch, places, changed))
    stamp = stamp_ms(newest) if newest else former.newest_stamp
    waiting = frozenset(promised) - cells.keys()
    replies = _absorbed(former, cells, batches, is_anew=differing is None)
    if (
        plan is former.plan
        and waiting == former.promised
        and units == former.units
        and (differing is not None or cells.keys() == former.cells.keys())
    ):
        return _patched(former, cells, changed, stamp, replies)
    return _assemble(former, plan, cells, waiting, units, stamp, replies)


def _differing(former: Board, plan: Plan, batches: Sequence[Batch]) -> list[list[int]] | None:
    """The places in each reply whose item is not the very object it was; None where all cells must be made anew.

    Looking at every value of a large floor by its key takes longer than everything else that is done with them.
    """
    if plan is not former.plan or former.replies.keys() != {batch.asked for batch in batches}:
        return None
    result: list[list[int]] = []
    for batch in batches:
        before = former.replies[batch.asked]
        if len(batch.items) != len(before.items) or before.since <= batch.origins.mono - batch.renew_s:
            return None
        places = [place for place, is_other in enumerate(map(is_not, batch.items, before.items)) if is_other]
        if any(batch.items[place][0] != before.items[place][0] for place in places):
            return None
        result.append(places)
    return result


def _absorbed(
    former: Board, cells: Mapping[Key, Cell], batches: Sequence[Batch], *, is_anew: bool
) -> dict[frozenset[str], Absorbed]:
    """What to compare the next poll with: nothing unless the cells are those of the replies, one of each item."""
    if sum(len(batch.items) for batch in batches) != len(cells):
        return {}
    return {
        batch.asked: Absorbed(tuple(batch.items), batch.kept_from if is_anew else former.replies[batch.asked].since)
        for batch in batches
    }


def pushed(former: Board, pushes: Pushes) -> Board:
    """The board after pushed values; one that is older than what is held is dropped."""
    if not pushes:
        return former  # after each poll without pushes meanwhile: tens of thousands of cells need no copy
    plan = former.plan
    cells = dict(former.cells)
    units = dict(former.units)
    changed: list[Key] = []
    for key, (raw, origins) in pushes.items():
        metric = plan.metrics.get(key[0])
        if metric is None:
            continue
        old = cells.get(key)
        if old is not None and _is_older(raw, old.raw):
            continue
        cells[key] = _cell(metric, raw, origins, origins.base, units)
        changed.append(key)
    if not changed:
        return former
    stamp = max(
        (stamp for key in changed if (stamp := _stamp(cells[key].raw)) is not None), default=former.newest_stamp
    )
    if units == former.units and all(key in former.cells for key in changed):
        return _patched(former, cells, changed, stamp, {})
    return _assemble(former, plan, cells, former.promised - cells.keys(), units, stamp, {})


def _absorb(
    cells: dict[Key, Cell],
    former: Mapping[Key, Cell],
    plan: Plan,
    units: dict[str, Unit],
    batch: Batch,
    places: Sequence[int] | None,
    changed: list[Key],
) -> str:
    """Take the results of one reply over into `cells`; returns the newest stamp among the changed ones, as sent.

    Args:
        places: of the items to look at, `cells` has the others already; None for all.
    """
    origins, asked, metrics, items = batch.origins, batch.asked, plan.metrics, batch.items
    base, fresh_from = origins.base, batch.kept_from
    newest = ""
    for index in range(len(items)) if places is None else places:
        key, raw = items[index]
        metric_id = key[0]
        metric = metrics.get(metric_id)
        if metric is None or metric_id not in asked:
            continue
        fits = metric.fits
        old = former.get(key)
        if (
            old is not None
            and (old.raw is raw or old.raw == raw)
            and old.mono > fresh_from
            and (old.fits is fits or old.fits == fits)
        ):
            cells[key] = old
            continue
        twin = cells.get(key) if places is None else None
        if twin is not None and _is_older(raw, twin.raw):
            continue  # sent twice in one reply: the newer one counts
        cell = _cell(metric, raw, origins, f"{base}/{index}/value", units)
        if old is not None and old.mono > fresh_from and _is_same_figure(old, cell):
            # stamped anew, but the same figure
            cell = Cell(raw, old.readings, old.fits, old.exchange_id, old.pointer, old.mono)
        cells[key] = cell
        changed.append(key)
        if isinstance(raw, dict) and type(text := raw.get("lastUpdateTime")) is str and newest < text:
            newest = text
    return newest


def _cell(metric: MetricPlan, raw: object, origins: Origins, pointer: str, units: dict[str, Unit]) -> Cell:
    fits = metric.fits
    readings = read(raw, fits, Place(origins.exchange_id, pointer, origins.server_ms, metric.origin))
    first = readings[0]
    if first.status is Status.OK:
        units[metric.metric.id] = first.unit
    return Cell(raw, readings, fits, origins.exchange_id, pointer, origins.mono)


def _is_same_figure(old: Cell, new: Cell) -> bool:
    return old.readings[0].value == new.readings[0].value and old.readings == new.readings and old.fits == new.fits


def _stamp(raw: object) -> int | None:
    return stamp_ms(raw.get("lastUpdateTime")) if isinstance(raw, dict) else None


def _is_older(raw: object, held: object) -> bool:
    """Whether a value is stamped before the one held; values without a stamp are taken as they come."""
    new, old = _stamp(raw), _stamp(held)
    return new is not None and old is not None and new < old


def _patched(
    former: Board,
    cells: dict[Key, Cell],
    changed: list[Key],
    stamp: int | None,
    replies: dict[frozenset[str], Absorbed],
) -> Board:
    """The board with other values under the same keys: only the rows they stand in are made anew."""
    plan, promised = former.plan, former.promised
    touched: dict[Section, set[str]] = {}
    has_loose = False
    for metric_id, category in changed:
        section = plan.metrics[metric_id].section
        if section is None or category is None:
            has_loose = True
        else:
            touched.setdefault(section, set()).add(category)
    rows = dict(former.rows)
    for section, ids in touched.items():
        fresh = dict(rows[section])
        for row_id in ids:
            readings = _readings(plan.targets[section], row_id, cells, promised, None)
            if not _same(fresh[row_id].readings, readings):
                fresh[row_id] = Row(row_id, fresh[row_id].name, readings)
        rows[section] = fresh
    metrics = former.metrics
    if has_loose:
        metrics = _lines(former, plan, cells, _strays(plan, cells, promised)[1], set())
    return replace(former, cells=cells, rows=rows, metrics=metrics, newest_stamp=stamp, replies=replies)


def _assemble(
    former: Board,
    plan: Plan,
    cells: dict[Key, Cell],
    promised: frozenset[Key],
    units: dict[str, Unit],
    stamp: int | None,
    replies: dict[frozenset[str], Absorbed],
) -> Board:
    """Make all rows and lines anew, re-using those that did not change."""
    extra_rows, loose = _strays(plan, cells, promised)
    missing: set[Key] = set()
    rows: dict[Section, dict[str, Row]] = {}
    columns: dict[Section, tuple[ColumnInfo, ...]] = {}
    for section, targets in plan.targets.items():
        ids = plan.rows[section] + tuple(sorted(extra_rows[section]))
        names = row_names(ids)
        old = former.rows.get(section, {})
        fresh: dict[str, Row] = {}
        for row_id in ids:
            readings = _readings(targets, row_id, cells, promised, missing)
            row = old.get(row_id)
            if row is None or row.name != names[row_id] or not _same(row.readings, readings):
                row = Row(row_id, names[row_id], readings)
            fresh[row_id] = row
        rows[section] = fresh
        columns[section] = tuple(_column(target, units) for target in targets)
    metrics = _lines(former, plan, cells, loose, missing)
    return Board(plan, cells, promised, frozenset(missing), units, rows, columns, metrics, stamp, replies)


def _same(old: Mapping[str, Reading], new: Mapping[str, Reading]) -> bool:
    """Whether both hold the very same objects; equal ones may point at different exchanges."""
    return old.keys() == new.keys() and all(map(is_, old.values(), new.values()))


def _readings(
    targets: tuple[Target, ...],
    row_id: str,
    cells: Mapping[Key, Cell],
    promised: frozenset[Key],
    missing: set[Key] | None,
) -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    for target in targets:
        key = (target.metric_id, row_id)
        cell = cells.get(key)
        if cell is not None:
            readings[target.column] = cell.readings[target.index]
        elif row_id in target.selection or key in promised:
            readings[target.column] = target.absent
            if missing is not None and target.is_awaited:
                missing.add(key)
    return readings


def _strays(
    plan: Plan, cells: Mapping[Key, Cell], promised: frozenset[Key]
) -> tuple[dict[Section, set[str]], dict[str, set[str | None]]]:
    """Keys no selection names: further rows of a section, and further lines of a metric."""
    extra: dict[Section, set[str]] = {section: set() for section in SECTIONS}
    loose: dict[str, set[str | None]] = {}
    known = {section: frozenset(rows) for section, rows in plan.rows.items()}
    metrics = plan.metrics
    for keys in (cells, promised):
        for metric_id, category in keys:
            metric = metrics.get(metric_id)
            if metric is None:
                continue
            section = metric.section
            if section is None or (category is None and (metric_id, None) in cells):
                loose.setdefault(metric_id, set()).add(category)
            elif category is None:
                continue
            elif category not in known[section]:
                extra[section].add(category)
    return extra, loose


def _lines(
    former: Board, plan: Plan, cells: Mapping[Key, Cell], loose: Mapping[str, set[str | None]], missing: set[Key]
) -> tuple[MetricRow, ...]:
    old = {line.id: line for line in former.metrics}
    lines: list[MetricRow] = []
    for metric_id, metric in plan.metrics.items():
        if metric.section is not None and metric_id not in loose:
            continue
        expected: tuple[str | None, ...] = ()
        if metric.section is None:
            expected = metric.metric.selection or (() if loose.get(metric_id) else (None,))
        strays = sorted(loose.get(metric_id, set()).difference(expected), key=lambda value: value or "")
        for category in (*expected, *strays):
            key = (metric_id, category)
            cell = cells.get(key)
            if cell is None and metric.targets[0].is_awaited:
                missing.add(key)
            reading = metric.targets[0].absent if cell is None else cell.readings[0]
            label = row_names((category,))[category] if category else ""
            line_id = metric_id if category is None else f"{metric_id}/{category}"
            line = MetricRow(line_id, metric.title, metric.metric.category, label, reading)
            known = old.get(line_id)
            lines.append(known if known == line else line)
    return tuple(lines)


def _column(target: Target, units: Mapping[str, Unit]) -> ColumnInfo:
    return ColumnInfo(target.column, target.title, target.fit.unit or units.get(target.metric_id, Unit.COUNT))
