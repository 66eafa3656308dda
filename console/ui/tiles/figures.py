"""Which figures the tiles can show and what each says now. Pure; nothing is computed that no system sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.domain.board import Board, Source
from console.domain.columns import find
from console.domain.enums import Section
from console.domain.text import Look, Shown, show
from console.domain.thresholds import Level
from console.domain.values import Reading, Status, Unit

KEY_CATEGORIES: Final = frozenset({"", "none"})  # figures of the whole system, of no queue or agent
FIRST_TILES: Final = 7  # more key figures than an eye takes in at once are a table
FIRST_VALUES: Final = 12  # a tile has one value for each system that sends the figure; more are too narrow

# words of a title -> the standard column whose thresholds the figure shares. Counts of a whole floor are not among
# them: what is too many for one queue may be nothing for twenty.
_LEVEL_WORDS: Final = (
    (("longest", "wait"), "longest_wait"),
    (("service", "level"), "service_level"),
    (("abandon", "rate"), "abandon_rate"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure a tile can show; `key` names it across restarts (profile id and metric id)."""

    key: str
    title: str
    profile: str
    reading: Reading
    source: Source

    def server_ms(self, now_ms: float, mono: float) -> float:
        """The server's time to show it at: a silent source's clock stands at its last good data."""
        offset = self.source.snapshot.offset_ms if self.source.snapshot is not None else 0.0
        health = self.source.health
        if health.is_stale_at(mono) and health.last_ok_at is not None:
            return health.last_ok_at.timestamp() * 1000 + offset
        return now_ms + offset

    def shown(self, now_ms: float, mono: float) -> Shown:
        """How it looks now."""
        stale_s = self.source.health.age_s(mono) if self.source.health.is_stale_at(mono) else None
        return show(self.reading, self.server_ms(now_ms, mono), stale_s)

    def number(self, now_ms: float, mono: float) -> float:
        """Its value as a point of a line; NaN unless it is a number that holds."""
        reading = self.reading
        if reading.status is not Status.OK or self.source.health.is_stale_at(mono):
            return math.nan
        value = reading.value_at(self.server_ms(now_ms, mono))
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return float(value) if is_number and value is not None else math.nan

    def level(self, now_ms: float, mono: float) -> Level:
        """Its alarm level; only fresh figures have one, and those of a kind that has a threshold."""
        column = _level_column(self.title, self.reading.unit)
        if not column or self.source.health.is_stale_at(mono):
            return Level.NONE
        return self.source.limits.reading_level(column, self.reading, self.server_ms(now_ms, mono))


def _level_column(title: str, unit: Unit) -> str:
    said = title.casefold()
    for words, column in _LEVEL_WORDS:
        known = find(Section.QUEUES, column)
        if known is not None and known.unit is unit and all(word in said for word in words):
            return column
    return ""


def figures(board: Board) -> tuple[Figure, ...]:
    """Every key figure of every source, in the order the sources send them."""
    found: list[Figure] = []
    for source in board.sources:
        for row in source.snapshot.metrics if source.snapshot is not None else ():
            if row.category.strip().casefold() in KEY_CATEGORIES:
                key = f"{source.profile.id}/{row.id}"
                found.append(Figure(key, row.title or row.name, source.profile.name, row.reading, source))
    return tuple(found)


def grouped(shown: Sequence[Figure]) -> tuple[tuple[Figure, ...], ...]:
    """Figures of one title and unit side by side, where the first of them stands; never added up."""
    groups: dict[tuple[str, Unit], list[Figure]] = {}
    for figure in shown:
        groups.setdefault((figure.title.strip().casefold(), figure.reading.unit), []).append(figure)
    return tuple(tuple(group) for group in groups.values())


def chosen(available: Sequence[Figure], keys: Sequence[str] | None) -> tuple[Figure, ...]:
    """The figures to show: the user's own in their order, else the first of every source, then the second of each."""
    if keys is not None:
        by_key = {figure.key: figure for figure in available}
        return tuple(by_key[key] for key in keys if key in by_key)
    places: dict[str, int] = {}
    seen: dict[str, int] = {}
    for figure in available:
        owner = str(figure.source.profile.id)
        places[figure.key] = seen[owner] = seen.get(owner, -1) + 1
    groups = sorted(grouped(available), key=lambda group: min(places[figure.key] for figure in group))
    found: list[Figure] = []
    for tiles, group in enumerate(groups):
        if tiles == FIRST_TILES or (found and len(found) + len(group) > FIRST_VALUES):
            break
        found += group[:FIRST_VALUES]
    return tuple(found)


def split_unit(shown: Shown) -> tuple[str, str]:
    """A shown value as number and unit, so that the unit can be small: ``81.7`` and ``%``."""
    if shown.look in (Look.VALUE, Look.STALE) and shown.text.endswith("%"):
        return shown.text[:-1].rstrip("\u202f "), "%"
    return shown.text, ""
