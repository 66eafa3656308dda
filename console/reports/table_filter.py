"""What a view asks of a table: order, text to find, conditions per column, and their SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from console.reports.columns import ColumnKind, Value
from console.reports.table_layout import NUMERIC, WORDS, Layout, to_stored

_ORDERS = {"at_least": ">=", "at_most": "<=", "more": ">", "less": "<"}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order, by id or number. Absent values come last either way, equal ones keep their order."""

    column: int | str
    descending: bool = False


class Match(StrEnum):
    """How a cell is looked at. CONTAINS and EXCLUDES read the shown text; case never matters in text."""

    CONTAINS = "contains"
    EXCLUDES = "excludes"
    EQUALS = "equals"
    DIFFERS = "differs"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE = "more"
    LESS = "less"
    ONE_OF = "one_of"
    EMPTY = "empty"  # absent or blank
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on one column: ``Predicate(Match.AT_LEAST, 60_000)``.

    `value` is of the column's kind (durations in milliseconds, percent 0 to 100), a text for CONTAINS and EXCLUDES,
    a sequence for ONE_OF, unused for EMPTY and FILLED. EQUALS and ONE_OF accept the shown text too. Cells without a
    value never meet an order; they do meet DIFFERS and EXCLUDES.
    """

    test: Match
    value: Value | Sequence[Value] = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are wanted: all conditions must hold.

    Attributes:
        text: must be part of the shown text of one of `text_columns`, whatever its case.
        text_columns: where `text` is looked for, ids or numbers; None means every column that shows words.
        columns: conditions by column id or number.
    """

    text: str = ""
    text_columns: tuple[int | str, ...] | None = None
    columns: Mapping[int | str, Predicate | Sequence[Predicate]] = field(default_factory=dict)


def where_sql(layout: Layout, wanted: Filter) -> tuple[str, list[object]]:
    """The WHERE clause of a filter, empty when everything is wanted, and its bound values."""
    parts: list[str] = []
    values: list[object] = []
    if wanted.text:
        found, bound = _anywhere(layout, wanted)
        parts.append(found)
        values += bound
    for column, given in wanted.columns.items():
        for predicate in (given,) if isinstance(given, Predicate) else given:
            sql, bound = _condition(layout, layout.index(column), predicate)
            parts.append(f"({sql})")
            values += bound
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def order_sql(kind: ColumnKind, name: str, descending: bool) -> str:
    """One item of ORDER BY for a value; words without regard to case."""
    key = f"lower({name})" if kind in WORDS else name
    return f"{key} {'DESC' if descending else 'ASC'} NULLS LAST"


def _anywhere(layout: Layout, wanted: Filter) -> tuple[str, list[object]]:
    if wanted.text_columns is None:
        numbers = [n for n, column in enumerate(layout.columns) if column.kind is not ColumnKind.FLAG]
    else:
        numbers = [layout.index(column) for column in wanted.text_columns]
    parts, values = [], []
    for number in numbers:
        name = layout.text_sql(number)
        if layout.kind(number) is ColumnKind.DURATION:
            if number not in layout.texts:
                continue
            name = f"x{number}"  # milliseconds are nothing anybody sees
        sql, bound = _contains(name, wanted.text)
        parts.append(sql)
        values += bound
    return ("(" + " OR ".join(parts) + ")" if parts else "false"), values


def _contains(name: str, text: str) -> tuple[str, list[object]]:
    if any(char in text for char in "%_\\\0"):
        return f"contains(lower({name}), lower(?))", [text]
    return f"{name} ILIKE ?", [f"%{text}%"]  # faster, where nothing in the text is a wildcard


def _condition(layout: Layout, number: int, predicate: Predicate) -> tuple[str, list[object]]:
    name, shown, test, value = f"c{number}", layout.text_sql(number), predicate.test, predicate.value
    if test is Match.EMPTY:
        return f"coalesce({shown}, '') = ''", []
    if test is Match.FILLED:
        return f"coalesce({shown}, '') <> ''", []
    if test in (Match.CONTAINS, Match.EXCLUDES):
        sql, bound = _contains(shown, str(value))
        return (sql, bound) if test is Match.CONTAINS else (f"NOT coalesce({sql}, false)", bound)
    if test in (Match.EQUALS, Match.DIFFERS, Match.ONE_OF):
        several = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        sql, bound = _equals(layout, number, several)
        return (f"NOT coalesce({sql}, false)" if test is Match.DIFFERS else sql), bound
    return _order(layout.kind(number), name, _ORDERS[test], value)


def _equals(layout: Layout, number: int, several: Sequence[Value]) -> tuple[str, list[object]]:
    kind = layout.kind(number)
    parts: list[str] = []
    values: list[object] = []
    for value in several:
        if value is None:
            parts.append(f"{layout.text_sql(number)} IS NULL")
        elif isinstance(value, str):
            parts.append(f"lower({layout.text_sql(number)}) = lower(?)")
            values.append(value)
            if kind in WORDS and number in layout.texts:
                parts.append(f"lower(c{number}) = lower(?)")
                values.append(value)
        else:
            sql, bound = _order(kind, f"c{number}", "=", value)
            parts.append(sql)
            values += bound
    return ("(" + " OR ".join(parts) + ")" if parts else "false"), values


def _order(kind: ColumnKind, name: str, operator: str, value: object) -> tuple[str, list[object]]:
    stored, _, fits = to_stored(value, kind)
    if stored is None or not fits:
        return "false", []  # a number is neither more nor less than a word
    if kind in WORDS:
        return f"lower({name}) {operator} lower(?)", [stored]
    cast = "CAST(? AS DOUBLE)" if kind in NUMERIC else "?"
    return f"{name} {operator} {cast}", [stored]
