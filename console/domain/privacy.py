"""Privacy: sources whose callers and agents nobody can recognise, for screens in public places. Pure but for a memory.

Rows keep their ids, so that they are still told apart, followed and selected; the ids are shown nowhere. An agent gets
a number that stays for as long as the program runs, the same in every window; a caller keeps the last two digits of
a number that is long enough for them to say nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeVar

from console.domain.board import Board, Source
from console.domain.columns import METRIC_PREFIX
from console.domain.enums import Section
from console.domain.model import MetricRow, Row, Snapshot
from console.domain.values import Reading, Status, Unit

HIDDEN: Final = "••••"
CALLER: Final = "Caller"
AGENT: Final = "Agent {n}"

_CALLERS: Final = frozenset({"caller", "caller_number", "caller_name"})
_LEAST_DIGITS: Final = 6  # of fewer, two would tell who it is: "201" is a colleague's extension
_SHORTEST_NUMBER: Final = 4  # digits in a row that may be somebody's number, where words are expected
_DIGITS: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(rf"\+?\d(?:[\s()/.-]{{0,3}}\d){{{_SHORTEST_NUMBER - 1},}}")
_PEOPLE: Final = frozenset({"AGENT", "USER", "EXTENSION"})
_PLACES: Final = frozenset({"GROUP", "SKILL", "QUEUE"})

Item = TypeVar("Item", Row, MetricRow)


@lru_cache(maxsize=16384)
def masked_caller(text: str) -> str:
    """A caller's number or name: two digits of a long number, one word for anything else; nothing stays nothing."""
    if not text.strip():
        return text
    digits = _DIGITS.findall(text)
    if not digits:
        return CALLER
    return f"{HIDDEN} {''.join(digits[-2:])}" if len(digits) >= _LEAST_DIGITS else HIDDEN


def hides(column: str) -> bool:
    """Whether what a column says in words is hidden: callers, and a vendor's own columns, of which nobody knows."""
    return column in _CALLERS or column.startswith(METRIC_PREFIX)


def without_numbers(text: str) -> str:
    """Words with whatever may be a telephone number in them hidden."""
    return _NUMBER.sub(HIDDEN, text)


class AgentNumbers:
    """Which number stands for which agent: by profile, never given twice, never changed.

    The first agents of a profile are numbered in an order that their names or ids do not give away.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}

    def meet(self, profile_id: str, agents: Iterable[str]) -> Mapping[str, int]:
        """The numbers of a profile, newcomers among these ids included."""
        known = self._numbers.setdefault(profile_id, {})
        new = [agent for agent in agents if agent not in known]
        for agent in sorted(new, key=lambda agent: hashlib.sha256(agent.encode("utf-8", "replace")).digest()):
            known[agent] = len(known) + 1
        return known


_NUMBERS: Final = AgentNumbers()


class Mask:
    """Masks sources, and hands out the same object again for a row that is the same: views compare by identity.

    Args:
        numbers: of agents; by default those of the whole program, so that every window calls an agent alike.
    """

    def __init__(self, numbers: AgentNumbers | None = None) -> None:
        self._numbers = numbers or _NUMBERS
        self._sources: dict[str, tuple[Source, Source]] = {}
        self._rows: dict[tuple[str, str], dict[str, tuple[object, object]]] = {}

    def board(self, board: Board) -> Board:
        """A whole board; what is remembered of sources that are no longer on it is forgotten."""
        present = {str(source.profile.id) for source in board.sources}
        for gone in self._sources.keys() - present:
            del self._sources[gone]
        for place in [place for place in self._rows if place[0] not in present]:
            del self._rows[place]
        return Board(tuple(self.source(source) for source in board.sources))

    def source(self, source: Source) -> Source:
        """One source."""
        owner = str(source.profile.id)
        former = self._sources.get(owner)
        if former is not None and former[0] is source:
            return former[1]
        if source.snapshot is None:
            return source
        if former is not None and former[0].snapshot is source.snapshot:
            snapshot = former[1].snapshot
        else:
            snapshot = self._snapshot(owner, source.snapshot)
        result = replace(source, snapshot=snapshot)
        self._sources[owner] = (source, result)
        return result

    def _snapshot(self, owner: str, snapshot: Snapshot) -> Snapshot:
        numbers = self._numbers.meet(owner, [row.id for row in snapshot.agents])
        names = {row.name: row.id for row in snapshot.agents}
        queues = self._kept(owner, Section.QUEUES, snapshot.queues, _queue)
        agents = self._kept(owner, Section.AGENTS, snapshot.agents, lambda row: _agent(row, numbers))
        waiting = self._kept(owner, Section.WAITING, snapshot.waiting, _waiting)
        people = [metric.name for metric in snapshot.metrics if _is_person(metric) and metric.name not in names]
        if people:
            numbers = self._numbers.meet(owner, people)
        metrics = self._kept(owner, "metrics", snapshot.metrics, lambda line: _metric(line, numbers, names))
        return replace(snapshot, queues=queues, agents=agents, waiting=waiting, metrics=metrics)

    def _kept(self, owner: str, part: str, rows: tuple[Item, ...], mask: Callable[[Item], Item]) -> tuple[Item, ...]:
        former = self._rows.get((owner, part), {})
        found: dict[str, tuple[object, object]] = {}
        result: list[Item] = []
        for row in rows:
            old = former.get(row.id)
            pair = old if old is not None and old[0] is row else (row, mask(row))
            found[row.id] = pair
            result.append(pair[1])  # type: ignore[arg-type]
        self._rows[owner, part] = found
        return tuple(result)


_SHARED: Final = Mask()


def masked(source: Source) -> Source:
    """A source without callers' numbers and names and without agents' names; the same rows are the same objects."""
    return _SHARED.source(source)


def _queue(row: Row) -> Row:
    readings = _readings(row)
    return row if readings is row.readings else Row(row.id, row.name, readings)


def _agent(row: Row, numbers: Mapping[str, int]) -> Row:
    return Row(row.id, AGENT.format(n=numbers[row.id]), _readings(row))


def _waiting(row: Row) -> Row:
    return Row(row.id, masked_caller(row.name), _readings(row))


def _readings(row: Row) -> Mapping[str, Reading]:
    """The readings with callers hidden; the same mapping where there is nothing to hide."""
    changed: dict[str, Reading] = {}
    for column, reading in row.readings.items():
        if reading.unit is not Unit.TEXT and column not in _CALLERS:
            continue
        shown = _words(column, reading)
        if shown is not reading:
            changed[column] = shown
    return {**row.readings, **changed} if changed else row.readings


def _words(column: str, reading: Reading) -> Reading:
    """A reading in words. What a vendor's own column says, nobody knows: it is hidden as a whole."""
    if column in _CALLERS:
        if reading.status is Status.ERROR:
            return replace(reading, text=without_numbers(reading.text), source=None)
        if not isinstance(reading.value, str):
            return reading
        return Reading(reading.status, masked_caller(reading.value), Unit.TEXT, origin=reading.origin)
    if column.startswith(METRIC_PREFIX):
        return reading if not reading.value else replace(reading, value=HIDDEN, text="", source=None)
    if column == "state" and reading.text:
        said = without_numbers(reading.text)
        return reading if said == reading.text else replace(reading, text=said)
    return reading


def _is_person(metric: MetricRow) -> bool:
    return metric.category.upper() in _PEOPLE and bool(metric.name)


def _metric(metric: MetricRow, numbers: Mapping[str, int], names: Mapping[str, str]) -> MetricRow:
    name, reading = metric.name, metric.reading
    if _is_person(metric):
        name = AGENT.format(n=numbers[names.get(name, name)])
    elif metric.category.upper() not in _PLACES:
        name = without_numbers(name)
    if reading.unit is Unit.TEXT and isinstance(reading.value, str) and reading.value:
        reading = replace(reading, value=HIDDEN, text="", source=None)
    if name == metric.name and reading is metric.reading:
        return metric
    return replace(metric, name=name, reading=reading)
