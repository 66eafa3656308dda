"""Tables below each other, and tables against each other: worked out by the engine, never row by row.

Each table has a database of its own, so rows travel as Parquet through the new table's private folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.values import Origin
from console.reports.columns import Column, ColumnKind
from console.reports.table_engine import Stop, Store, literal
from console.reports.table_layout import NUMERIC, Layout, create_sql, sql_type

if TYPE_CHECKING:
    from console.reports.table import Table

_WORDS = {"before": "before", "after": "after", "change": "change", "status": "Status"}


def unite(
    parts: Sequence[tuple[str, Table]], column_title: str, column_id: str, folder: Path | None, stop: Stop | None
) -> Table:
    """See `console.reports.table.union`."""
    columns = [Column(column_id, column_title, origin=Origin.COMPUTED)]
    for _, table in parts:
        for column in table.columns:
            at = next((n for n, known in enumerate(columns) if known.id == column.id and n), None)
            if at is None:
                columns.append(column)
            elif columns[at].kind is not column.kind:
                columns[at] = replace(columns[at], kind=ColumnKind.TEXT)
    columns = _with_texts(columns, [table for _, table in parts])
    layout = Layout(tuple(columns), frozenset(n for n, column in enumerate(columns) if column.has_text))
    store = Store(folder)
    try:
        store.rows(create_sql("t", layout.columns, layout.texts), (), stop)
        count = 0
        for label, table in parts:
            source = layout_of(table)
            _bring(store, table, "part", stop)
            fields = [_aligned(layout, n, source) for n in range(1, len(columns))]
            values = ["?::VARCHAR", *(value for value, _ in fields)]
            texts = [text for n, (_, text) in enumerate(fields, 1) if n in layout.texts]
            names = ", ".join(layout.stored())
            sql = f"INSERT INTO t ({names}) SELECT {', '.join(values + texts)} FROM part ORDER BY rowid"
            store.rows(sql, (label,), stop)
            store.rows("DROP TABLE part")
            count += table.row_count
        return _table(store, layout, count)
    except BaseException:
        store.close()
        raise


def differ(
    before: Table,
    after: Table,
    keys: Sequence[str],
    titles: Callable[[str, str], str] | None,
    folder: Path | None,
    stop: Stop | None,
) -> Table:
    """See `console.reports.table.compare`."""
    if not keys:
        raise ValueError("rows are matched by at least one column")
    plan = _Plan(layout_of(before), layout_of(after), keys, titles or _title)
    store = Store(folder)
    try:
        for name, table in (("before", before), ("after", after)):
            _bring(store, table, name, stop)
        sql = plan.sql()
        store.rows(create_sql("t", plan.layout.columns, plan.layout.texts), (), stop)
        store.rows(f"INSERT INTO t ({', '.join(plan.layout.stored())}) {sql}", (), stop)
        store.rows("DROP TABLE before; DROP TABLE after")
        ((count,),) = store.rows("SELECT count(*) FROM t")
        return _table(store, plan.layout, int(count))
    except BaseException:
        store.close()
        raise


class _Plan:
    """The columns of a comparison and the statement that fills them."""

    def __init__(self, before: Layout, after: Layout, keys: Sequence[str], titles: Callable[[str, str], str]) -> None:
        self._before, self._after = before, after
        self._pairs = [(before.index(key), after.index(key)) for key in keys]
        self._made: list[tuple[Column, str, str | None]] = []
        self._differences: list[str] = []
        for (old, new), key in zip(self._pairs, keys, strict=True):
            one, other = before.columns[old], after.columns[new]
            kind = one.kind if one.kind is other.kind else ColumnKind.TEXT
            value = f"coalesce({_as(before, old, 'b.', kind)}, {_as(after, new, 'a.', kind)})"
            text = f"coalesce({_text(before, old, 'b.', kind)}, {_text(after, new, 'a.', kind)})"
            self._made.append((replace(one, id=key, kind=kind), value, text))
        self._made.append((Column("status", titles("", "status"), origin=Origin.COMPUTED), "", None))
        for column, ours, theirs in _others(before, after, set(keys)):
            self._compare(column, ours, theirs, titles)
        status = (
            "CASE WHEN b.place IS NULL THEN 'added' WHEN a.place IS NULL THEN 'removed' "
            f"WHEN {' OR '.join(self._differences) or 'false'} THEN 'changed' ELSE 'same' END"
        )
        self._made = [(column, sql or status, text) for column, sql, text in self._made]
        texts = frozenset(n for n, (column, _, text) in enumerate(self._made) if text and column.has_text)
        self.layout = Layout(
            tuple(replace(column, has_text=n in texts) for n, (column, _, _) in enumerate(self._made)), texts
        )

    def sql(self) -> str:
        """The SELECT in the order of `Layout.stored`."""
        fields = [value for _, value, _ in self._made]
        fields += [text for n, (_, _, text) in enumerate(self._made) if n in self.layout.texts and text]
        match = " AND ".join(f"b.key{n} IS NOT DISTINCT FROM a.key{n}" for n in range(len(self._pairs)))
        return (
            f"WITH {self._side('b', 'before', self._before, 0)}, {self._side('a', 'after', self._after, 1)} "
            f"SELECT {', '.join(fields)} FROM b FULL JOIN a ON {match} AND b.again = a.again "
            "ORDER BY b.place NULLS LAST, a.place"
        )

    def _side(self, letter: str, name: str, layout: Layout, which: int) -> str:
        keys = ", ".join(f"{_key(layout, pair[which])} AS key{n}" for n, pair in enumerate(self._pairs))
        named = ", ".join(f"key{n}" for n in range(len(self._pairs)))
        return (
            f"{letter} AS (SELECT *, row_number() OVER (PARTITION BY {named} ORDER BY place) AS again "
            f"FROM (SELECT *, rowid AS place, {keys} FROM {name}))"
        )

    def _compare(self, column: Column, old: int | None, new: int | None, titles: Callable[[str, str], str]) -> None:
        sides = [(self._before, old, "b.", "before"), (self._after, new, "a.", "after")]
        kinds = {layout.kind(n) for layout, n, _, _ in sides if n is not None}
        kind = kinds.pop() if len(kinds) == 1 else ColumnKind.TEXT
        for layout, number, of, which in sides:
            if number is None:
                continue
            has_text = number in layout.texts and kind is layout.kind(number)
            made = replace(
                column, id=f"{column.id}:{which}", title=titles(column.title, which), kind=kind, has_text=has_text
            )
            text = _text(layout, number, of, kind) if has_text else None
            self._made.append((made, _as(layout, number, of, kind), text))
        if old is None or new is None:
            return
        one, other = self._before.text_sql(old, "b."), self._after.text_sql(new, "a.")
        if kind in NUMERIC:
            value = f"(a.c{new} - b.c{old})"
            made = Column(f"{column.id}:change", titles(column.title, "change"), kind, column.unit, Origin.COMPUTED)
            self._made.append((made, value, None))
            self._differences.append(
                f"CASE WHEN a.c{new} IS NULL OR b.c{old} IS NULL THEN {one} IS DISTINCT FROM {other} "
                f"ELSE a.c{new} <> b.c{old} END"
            )
        else:
            self._differences.append(f"{one} IS DISTINCT FROM {other}")


def layout_of(table: Table) -> Layout:
    """How a table lies."""
    return table._layout


def _title(title: str, which: str) -> str:
    return f"{title} ({_WORDS[which]})" if title else _WORDS[which]


def _others(before: Layout, after: Layout, keys: set[str]) -> list[tuple[Column, int | None, int | None]]:
    """The columns that are no keys, those of `before` first, with their number on either side."""
    there = {column.id: n for n, column in enumerate(after.columns)}
    here = {column.id for column in before.columns}
    found: list[tuple[Column, int | None, int | None]] = [
        (column, n, there.get(column.id)) for n, column in enumerate(before.columns) if column.id not in keys
    ]
    found += [(column, None, n) for n, column in enumerate(after.columns) if column.id not in keys | here]
    return found


def _key(layout: Layout, number: int) -> str:
    """What rows are matched by: the value, or what is shown where there is none."""
    value = f"CAST(c{number} AS VARCHAR)"
    return f"coalesce({value}, x{number})" if number in layout.texts else value


def _as(layout: Layout, number: int, of: str, kind: ColumnKind) -> str:
    return f"{of}c{number}" if layout.kind(number) is kind else layout.text_sql(number, of)


def _text(layout: Layout, number: int, of: str, kind: ColumnKind) -> str:
    return f"{of}x{number}" if number in layout.texts and layout.kind(number) is kind else "CAST(NULL AS VARCHAR)"


def _with_texts(columns: list[Column], tables: Sequence[Table]) -> list[Column]:
    """The columns, `has_text` where one of the tables keeps texts for a column of that kind."""
    kept = {(column.id, column.kind) for table in tables for column in table.columns if column.has_text}
    return [replace(column, has_text=n > 0 and (column.id, column.kind) in kept) for n, column in enumerate(columns)]


def _aligned(layout: Layout, number: int, source: Layout) -> tuple[str, str]:
    """The SQL for value and text of a column of the whole, read from one part."""
    column = layout.columns[number]
    at = next((n for n, own in enumerate(source.columns) if own.id == column.id), None)
    if at is None:
        return f"CAST(NULL AS {sql_type(column.kind)})", "CAST(NULL AS VARCHAR)"
    return _as(source, at, "", column.kind), _text(source, at, "", column.kind)


def _bring(store: Store, table: Table, name: str, stop: Stop | None) -> None:
    """Copy a table's rows into another store as table `name`, in order."""
    lent = table._store
    part = lent.folder / f"lent-{id(store)}-{name}.parquet"
    here = store.folder / part.name
    names = ", ".join(layout_of(table).stored()) or "nothing"
    lent.rows(f"COPY (SELECT {names} FROM t ORDER BY rowid) TO {literal(str(part))} (FORMAT parquet)", (), stop)
    part.replace(here)
    store.rows(f"CREATE TABLE {name} AS SELECT * FROM read_parquet({literal(str(here))})", (), stop)
    here.unlink()


def _table(store: Store, layout: Layout, count: int) -> Table:
    from console.reports.table import Problems, Table

    return Table(store, layout, count, Problems())
