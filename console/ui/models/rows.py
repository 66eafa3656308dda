"""Board to view rows, sorted and filtered: pure functions, in slices where there are thousands."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from console.domain.board import Board, Source
from console.domain.enums import Section
from console.domain.model import Row
from console.domain.thresholds import DEFAULT_LIMITS, Limits
from console.domain.values import Reading, Status, Unit
from console.domain.values import text as text_reading

SLICE = 1000  # rows handled between two chances for the window to breathe

Key = tuple[str, ...]  # profile id, row id; and what a row stands under, where it stands more than once


@dataclass(frozen=True, slots=True)
class SourceView:
    """What a row shows of its source."""

    profile_id: str
    name: str


class Freshness(NamedTuple):
    """A source's moment: the server time to show running durations at, the age while it is stale, and its limits."""

    server_ms: float
    stale_age_s: float | None
    limits: Limits = DEFAULT_LIMITS


class ViewRow(NamedTuple):
    """One line of a pane. A tuple, because ten thousand are made each second."""

    key: Key
    source: SourceView
    row: Row


Value = Callable[[ViewRow, Freshness], Reading]


def moment(source: Source, now_ms: float, mono: float) -> Freshness:
    """The moment of a source: now while it is live, its last fresh moment once it is stale.

    Args:
        source: profile, snapshot and health.
        now_ms: the console's wall clock, epoch milliseconds.
        mono: the console's monotonic clock, seconds.
    """
    offset = source.snapshot.offset_ms if source.snapshot is not None else 0.0
    if not source.health.is_stale_at(mono):
        return Freshness(now_ms + offset, None, source.limits)
    last = source.health.last_ok_at
    frozen_ms = last.timestamp() * 1000 if last is not None else now_ms
    return Freshness(frozen_ms + offset, source.health.age_s(mono) or 0.0, source.limits)


def moments(board: Board, now_ms: float, mono: float) -> dict[str, Freshness]:
    """The moment of every source by profile id."""
    return {source.profile.id: moment(source, now_ms, mono) for source in board.sources}


class SectionRows:
    """The rows of a section; a row that is the same is the same object again.

    Ten thousand new tuples a second are work for the garbage collector, and leave a table nothing to recognise.
    """

    def __init__(self, section: Section) -> None:
        self._section = section
        self._known: dict[str, tuple[SourceView, dict[str, ViewRow]]] = {}

    def rows(self, board: Board) -> list[ViewRow]:
        """The rows of all sources, in the board's order."""
        former, self._known = self._known, {}
        result: list[ViewRow] = []
        for source in board.sources:
            owner = source.profile.id
            view, known = former.get(owner, (None, {}))
            if view is None or view.name != source.profile.name:
                view, known = SourceView(owner, source.profile.name), {}
            if source.snapshot is not None:
                found = _recognised(view, known, source.snapshot.rows(self._section))
                self._known[owner] = (view, found)
                result += found.values()
        return result


def _recognised(view: SourceView, known: Mapping[str, ViewRow], rows: Sequence[Row]) -> dict[str, ViewRow]:
    owner = view.profile_id
    found: dict[str, ViewRow] = {}
    for row in rows:
        row_id = row.id
        old = known.get(row_id)
        found[row_id] = old if old is not None and old.row is row else ViewRow((owner, row_id), view, row)
    return found


def metric_rows(board: Board) -> list[ViewRow]:
    """The lines of the metrics table: what belongs to no queue, agent or tile (category NONE is for tiles)."""
    result: list[ViewRow] = []
    for source in board.sources:
        if source.snapshot is None:
            continue
        view = SourceView(source.profile.id, source.profile.name)
        for metric in source.snapshot.metrics:
            if metric.category.upper() != "NONE":
                readings = {"category": text_reading(metric.category), "value": metric.reading}
                if metric.name:
                    readings["subject"] = text_reading(metric.name)
                row = Row(metric.id, metric.title, readings)
                result.append(ViewRow((view.profile_id, metric.id), view, row))
    return result


_DIGITS = re.compile(r"(\d+)", re.ASCII)

NaturalKey = tuple[tuple[int, int | str], ...]


@lru_cache(maxsize=16384)
def natural_key(text: str) -> NaturalKey:
    """Order names as people do: case aside, ``Line 9`` before ``Line 10``."""
    return tuple(
        (0, int(part[:18])) if part.isdigit() else (1, part) for part in _DIGITS.split(text.casefold()) if part
    )


def sort_value(reading: Reading, server_ms: float) -> float | str | None:
    """What a reading sorts by: its raw value at that moment; None where there is none (those come last)."""
    if reading.status is not Status.OK and reading.status is not Status.STALE:
        return None
    value = reading.value
    if value is None or isinstance(value, str):
        return value or None
    if reading.rate != 0.0 and reading.at_ms is not None:
        value = max(0.0, value + reading.rate * (server_ms - reading.at_ms))
    return float(value) if value == value else None


class Words:
    """The filter a user types: every word must occur somewhere in the row's text, case aside."""

    __slots__ = ("words",)

    def __init__(self, typed: str) -> None:
        self.words = tuple(typed.casefold().split())

    def __bool__(self) -> bool:
        return bool(self.words)

    def match(self, haystack: str) -> bool:
        """Whether each word occurs in a text that is already case-folded."""
        return all(word in haystack for word in self.words)


@dataclass(frozen=True, slots=True)
class Order:
    """What to sort by; `value` None keeps the board's order. With `by_name` equal rows stand by name, from A on."""

    value: Value | None = None
    unit: Unit = Unit.TEXT
    descending: bool = False
    by_name: bool = False


_NOWHERE = Freshness(0.0, None)


def _sorted(rows: Sequence[ViewRow], order: Order, at: Mapping[str, Freshness]) -> Generator[None, None, list[ViewRow]]:
    value = order.value
    assert value is not None
    keyed: list[tuple[float | NaturalKey, ViewRow]] = []
    nameless: list[ViewRow] = []
    is_text = order.unit is Unit.TEXT
    if order.by_name:
        rows = sorted(rows, key=_name_key)
        yield
    for start in range(0, len(rows), SLICE):
        for row in rows[start : start + SLICE]:
            now = at.get(row.key[0], _NOWHERE)
            key = sort_value(value(row, now), now.server_ms)
            if key is None:
                nameless.append(row)
            elif is_text or isinstance(key, str):
                keyed.append((natural_key(str(key)), row))
            else:
                keyed.append((key, row))
        yield
    if not is_text and any(isinstance(key, tuple) for key, _ in keyed):
        keyed = [(key if isinstance(key, tuple) else natural_key(str(key)), row) for key, row in keyed]
    keyed.sort(key=_first, reverse=order.descending)
    yield
    return [row for _, row in keyed] + nameless


def _name_key(row: ViewRow) -> NaturalKey:
    return natural_key(row.row.name)


def _first(pair: tuple[float | NaturalKey, ViewRow]) -> float | NaturalKey:
    return pair[0]


def arrange(
    rows: Sequence[ViewRow],
    at: Mapping[str, Freshness],
    order: Order,
    accepts: Callable[[ViewRow], bool] | None = None,
) -> Generator[None, None, list[ViewRow]]:
    """Filter and sort rows; yields between slices and returns the list.

    Rows without a value come last in both directions; equal ones keep the board's order.
    """
    kept: Sequence[ViewRow] = rows
    if accepts is not None:
        found: list[ViewRow] = []
        for start in range(0, len(rows), SLICE // 4):
            found += [row for row in rows[start : start + SLICE // 4] if accepts(row)]
            yield
        kept = found
    if order.value is None:
        return list(kept)
    return (yield from _sorted(kept, order, at))


def arranged(
    rows: Sequence[ViewRow],
    at: Mapping[str, Freshness],
    order: Order,
    accepts: Callable[[ViewRow], bool] | None = None,
) -> list[ViewRow]:
    """`arrange` in one go."""
    steps = arrange(rows, at, order, accepts)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: list[ViewRow] = done.value
            return result


def hold_order(rows: Iterable[ViewRow], former: Sequence[Key]) -> list[ViewRow]:
    """The rows in the order they had, newcomers at the end: while somebody works in the table nothing jumps."""
    left = {row.key: row for row in rows}
    kept = [left.pop(key) for key in former if key in left]
    return kept + list(left.values())
