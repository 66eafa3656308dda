"""How columns lie in the database: internal names only, a typed value, and the vendor's text where it was sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from console.reports.columns import Cell, Column, ColumnKind, Value

NUMERIC: Final = frozenset({ColumnKind.NUMBER, ColumnKind.DURATION, ColumnKind.PERCENT, ColumnKind.MONEY})
WORDS: Final = frozenset({ColumnKind.TEXT, ColumnKind.JSON})
_WHOLE: Final = frozenset({ColumnKind.NUMBER, ColumnKind.DURATION})  # shown without a fraction when there is none
_EXACT: Final = 2**53  # a double holds every whole number below this

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Layout:
    """The columns of a table and which of them keep a text beside the value.

    Column number ``n`` is ``c<n>`` in the database, its text ``x<n>``: no title ever becomes a name.
    """

    columns: tuple[Column, ...]
    texts: frozenset[int]

    def index(self, column: int | str) -> int:
        """The number of a column given by number or id; KeyError for another."""
        if isinstance(column, str):
            for number, candidate in enumerate(self.columns):
                if candidate.id == column:
                    return number
            raise KeyError(column)
        if not 0 <= column < len(self.columns):
            raise KeyError(column)
        return column

    def kind(self, number: int) -> ColumnKind:
        """The kind of column `number`."""
        return self.columns[number].kind

    def stored(self) -> tuple[str, ...]:
        """All names in the database, values first, in the order `row` reads them."""
        count = range(len(self.columns))
        return tuple(f"c{n}" for n in count) + tuple(f"x{n}" for n in count if n in self.texts)

    def text_sql(self, number: int, of: str = "") -> str:
        """SQL for what a cell shows: the vendor's text, else the value in plain writing (NULL when absent)."""
        value, kind = f"{of}c{number}", self.kind(number)
        if kind in NUMERIC:
            plain = (
                f"CASE WHEN {value} = trunc({value}) AND abs({value}) < {_EXACT} "
                f"THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) ELSE CAST({value} AS VARCHAR) END"
            )
        elif kind is ColumnKind.DATETIME:
            plain = f"strftime({value}, '%Y-%m-%d %H:%M:%S')"
        elif kind is ColumnKind.FLAG:
            plain = f"CAST({value} AS VARCHAR)"
        else:
            plain = value
        return f"coalesce({of}x{number}, {plain})" if number in self.texts else plain

    def row(self, record: Sequence[Any]) -> Row:
        """A record of `stored` as cells."""
        return tuple(
            (_plain(record[number], kind), None if at is None else record[at]) for number, kind, at in self._places
        )

    def told(self) -> tuple[Column, ...]:
        """The columns, `has_text` saying what was really sent."""
        return tuple(replace(column, has_text=number in self.texts) for number, column in enumerate(self.columns))

    @property
    def _places(self) -> tuple[tuple[int, ColumnKind, int | None], ...]:
        found = self.__dict__.get("_found")
        if found is None:
            after = {n: len(self.columns) + at for at, n in enumerate(sorted(self.texts))}
            found = tuple((n, column.kind, after.get(n)) for n, column in enumerate(self.columns))
            self.__dict__["_found"] = found
        places: tuple[tuple[int, ColumnKind, int | None], ...] = found
        return places


def sql_type(kind: ColumnKind) -> str:
    """The database's type for the values of a kind."""
    if kind in NUMERIC:
        return "DOUBLE"
    return {ColumnKind.DATETIME: "TIMESTAMP", ColumnKind.FLAG: "BOOLEAN"}.get(kind, "VARCHAR")


def create_sql(name: str, columns: Sequence[Column], texts: Collection[int]) -> str:
    """The statement that makes an empty table for columns."""
    fields = [f"c{number} {sql_type(column.kind)}" for number, column in enumerate(columns)]
    fields += [f"x{number} VARCHAR" for number in sorted(texts)]
    return f"CREATE TABLE {name} ({', '.join(fields)})"


def clean(text: str) -> str:
    """A text that can be stored: lone surrogates, which no encoding has, become the replacement character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def to_stored(value: object, kind: ColumnKind) -> tuple[object, str | None, bool]:
    """A parsed value as (what is stored, its text if the value cannot say it, whether it is of the kind)."""
    if value is None:
        return None, None, True
    if kind in WORDS:
        return (value, None, True) if isinstance(value, str) else (_word(value), None, True)
    if kind is ColumnKind.FLAG and isinstance(value, bool):
        return value, None, True
    if kind is ColumnKind.DATETIME and isinstance(value, datetime) and value.tzinfo is None:
        return value, None, True
    if kind in NUMERIC and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    word = _word(value)
    return None, word, word == ""


def _number(value: float) -> tuple[object, str | None, bool]:
    if isinstance(value, int) and abs(value) > _EXACT:
        try:
            return float(value), str(value), True
        except (OverflowError, ValueError):
            return None, hex(value), False
    if value - value != 0:  # infinite, or no number at all
        return None, str(value), False
    return float(value), None, True


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)


def _plain(value: Any, kind: ColumnKind) -> Value:
    if value is not None and kind in _WHOLE and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    result: Value = value
    return result
