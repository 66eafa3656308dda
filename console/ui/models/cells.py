"""One cell ready to paint, speak, sort and copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from console.domain.enums import AgentStatus
from console.domain.service_level import COMPUTED_COLUMN, formula_words
from console.domain.text import Look, Shown, format_age, safe_text, show
from console.domain.thresholds import Level
from console.domain.values import Reading, Status
from console.domain.values import text as text_reading
from console.ui.models.columns import STAFFING, Column, Kind, agent_status, cell_level, cell_threshold, row_level
from console.ui.models.groups import GroupRow, is_heading
from console.ui.models.rows import Freshness, ViewRow
from console.ui.text import level_word, plural, state_word, tr

_REMEMBERED = 2048  # texts of still readings; a screen holds some hundreds
_NO_MOMENT = Freshness(0.0, None)


class Cell(NamedTuple):
    """What a delegate needs, and nothing it must work out.

    Attributes:
        shown: text, look, spoken text and tip.
        reading: where it came from.
        level: alarm level; NONE unless the value is fresh.
        fraction: way to the critical limit, 0 to 1; None where no bar belongs.
        status: the agent's state in a STATE cell.
        parts: the four figures of a STAFFING cell, None where one is unknown.
        age: the age of a stale row in its NAME cell, else empty.
        is_heading: whether it belongs to a heading, which the view paints as a whole.
    """

    shown: Shown
    reading: Reading
    level: Level = Level.NONE
    fraction: float | None = None
    status: AgentStatus | None = None
    parts: tuple[float | None, ...] = ()
    age: str = ""
    is_heading: bool = False


class CellMaker:
    """Makes cells; holds the sources' moments, which the pane sets each second."""

    def __init__(self) -> None:
        self.moments: Mapping[str, Freshness] = {}
        self._still: Callable[[Reading, float | None], Shown] = lru_cache(_REMEMBERED)(_show_still)

    def moment(self, row: ViewRow) -> Freshness:
        """The moment of a row's source."""
        return self.moments.get(row.key[0], _NO_MOMENT)

    def level(self, row: ViewRow) -> Level:
        """The level of a whole row; an old one has none."""
        at = self.moment(row)
        return row_level(row, at) if at.stale_age_s is None else Level.NONE

    def cell(self, row: ViewRow, column: Column) -> Cell:
        """The cell of a row and column, now."""
        if is_heading(row):
            return _heading(row, column)
        at = self.moment(row)
        reading = column.value(row, at)
        kind = column.kind
        if kind is Kind.STATE:
            return self._state(row, reading, at)
        if kind is Kind.LEVEL:
            return _level(row, reading, at)
        if kind is Kind.STAFFING:
            return self._staffing(row, reading, at)
        shown = self._show(reading, at)
        if column.id == COMPUTED_COLUMN:
            shown = _with_formula(shown, reading)
        if kind is Kind.NAME:
            return Cell(shown, reading, age="" if at.stale_age_s is None else format_age(at.stale_age_s))
        if not at.limits.has(column.id):
            return Cell(shown, reading)
        return _limited(row, column, reading, shown, at)

    def _show(self, reading: Reading, at: Freshness) -> Shown:
        if reading.rate and reading.at_ms is not None:
            return show(reading, at.server_ms, at.stale_age_s)
        age = at.stale_age_s
        return self._still(reading, None if age is None else float(int(age)))

    def _state(self, row: ViewRow, reading: Reading, at: Freshness) -> Cell:
        shown = self._show(reading, at)
        if not reading.has_value:
            return Cell(shown, reading)
        status = agent_status(row)
        word = state_word(status)
        vendor_word = safe_text(reading.text)
        if status is AgentStatus.UNKNOWN and vendor_word:
            word = vendor_word
        spoken = word if shown.look is Look.VALUE else shown.spoken.replace(shown.text, word, 1)
        tip = shown.tip
        if vendor_word and vendor_word.casefold() != word.casefold():
            tip = tr("The system says: {word}", word=vendor_word) + (f"\n{tip}" if shown.look is Look.STALE else "")
        return Cell(Shown(word, shown.look, spoken, tip), reading, status=status)

    def _staffing(self, row: ViewRow, reading: Reading, at: Freshness) -> Cell:
        shown = self._show(reading, at)
        if not reading.text or not reading.has_value:
            return Cell(shown, reading)
        figures = reading.text.split(" · ")
        words = (tr("available"), tr("busy"), tr("paused"), tr("logged off"))
        spoken = ", ".join(f"{figure} {word}" for figure, word in zip(figures, words, strict=True))
        tip = "\n".join(f"{figure}  {word}" for figure, word in zip(figures, words, strict=True))
        parts = tuple(_part(row.row.reading(column)) for column in STAFFING)
        level = Level.NONE
        if shown.look is Look.VALUE:
            level = cell_level("agents_available", row, at)
        if shown.look is Look.STALE:
            tip = f"{tip}\n{shown.tip}"
        return Cell(Shown(reading.text, shown.look, spoken, tip), reading, level=level, parts=parts)


def _heading(row: ViewRow, column: Column) -> Cell:
    """A heading's cell: its words where names stand, for copying and screen readers, and nothing elsewhere."""
    said = safe_text(row.row.name) if column.kind is Kind.NAME else ""
    return Cell(Shown(said, Look.VALUE, said), text_reading(said), is_heading=True)


def _show_still(reading: Reading, age: float | None) -> Shown:
    return show(reading, 0.0, age)


def _with_formula(shown: Shown, reading: Reading) -> Shown:
    """A computed service level says by which formula."""
    formula = formula_words(reading.source.formula) if reading.source is not None else ""
    return Shown(shown.text, shown.look, shown.spoken, "\n".join(filter(None, (formula, shown.tip))))


def _part(reading: Reading) -> float | None:
    value = reading.value
    return float(value) if reading.has_value and isinstance(value, (int, float)) else None


def _level(row: ViewRow, reading: Reading, at: Freshness) -> Cell:
    level = Level(int(reading.value or 0))
    word = level_word(level)
    if at.stale_age_s is None:
        return Cell(Shown(word, Look.VALUE, word), reading, level=level)
    age = format_age(at.stale_age_s)
    tip = tr("Last known value, {age} old.", age=age)
    return Cell(Shown(word, Look.STALE, tr("{word}, old, from {age} ago", word=word, age=age), tip), reading)


def _limited(row: ViewRow, column: Column, reading: Reading, shown: Shown, at: Freshness) -> Cell:
    if reading.status is not Status.OK or shown.look is not Look.VALUE:
        return Cell(shown, reading)
    level = cell_level(column.id, row, at)
    fraction = None
    if column.has_bar:
        limit = cell_threshold(column.id, row, at)
        value = reading.value_at(at.server_ms)
        if limit is not None and isinstance(value, (int, float)):
            fraction = limit.fraction(value)
    return Cell(shown, reading, level=level, fraction=fraction)


def speak_row(row: ViewRow, columns: tuple[Column, ...], maker: CellMaker) -> str:
    """A row as a sentence: ``Support, 7 waiting, longest 2 minutes 10 seconds, critical``."""
    heading = row.row
    if isinstance(heading, GroupRow):
        state = tr("open") if heading.is_open else tr("closed")
        return f"{heading.name}, {plural('{n} agent', '{n} agents', heading.count)}, {state}"
    by_id = {column.id: column for column in columns}
    parts = [safe_text(row.row.name)]
    for column_id, template in _SPOKEN:
        column = by_id.get(column_id)
        if column is None:
            continue
        cell = maker.cell(row, column)
        if cell.reading.has_value or cell.reading.status in (Status.WARMING, Status.ERROR):
            parts.append(tr(template, value=cell.shown.spoken))
    level = maker.level(row)
    if level is not Level.NONE:
        parts.append(level_word(level).lower())
    return ", ".join(parts)


_SPOKEN = (
    ("waiting", "{value} waiting"),
    ("longest_wait", "longest {value}"),
    ("state", "{value}"),
    ("time_in_state", "for {value}"),
    ("pause_reason", "{value}"),
    ("position", "position {value}"),
    ("queue", "in {value}"),
    ("wait", "waiting {value}"),
    ("value", "{value}"),
)


def haystack(row: ViewRow, columns: Iterable[Column], maker: CellMaker) -> str:
    """What a filter looks into: all shown text of a row but its running digits, which nobody types after."""
    at = maker.moment(row)
    texts = []
    for column in columns:
        if column.kind in (Kind.TEXT, Kind.NAME):
            texts.append(safe_text(str(column.value(row, at).value or "")))
        else:
            cell = maker.cell(row, column)
            if not cell.reading.is_running:
                texts.append(cell.shown.text)
    return "\n".join(texts).casefold()
