"""A table in an order, through a filter: pages, totals, groups, and columns for charts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.reports.columns import ColumnKind, Value
from console.reports.table_engine import Stop, Store
from console.reports.table_filter import Filter, SortKey, order_sql, where_sql
from console.reports.table_layout import NUMERIC, WORDS, Layout, Row

if TYPE_CHECKING:
    from numpy import ndarray

NATURAL_LIMIT: Final = 20_000  # different texts up to which "Queue 2" comes before "Queue 10"
BATCH: Final = 10_000
_BUCKETS: Final = ("minute", "hour", "day", "week", "month", "year")
_FIGURES: Final = ("sum", "avg", "min", "max")


@dataclass(frozen=True, slots=True)
class Total:
    """Figures over one column of a view, all computed here: whoever shows them says so.

    Attributes:
        count: cells with a value.
        sum, average: of numbers, durations (ms) and money; a sum of percentages means nothing and is None.
        minimum, maximum: of everything that has an order but words.
        average of percentages is the plain mean of the rows, not weighted by anything.
    """

    count: int
    sum: float | None = None
    average: float | None = None
    minimum: Value = None
    maximum: Value = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share one value: the value, a text shown for it, how many, and a figure of the measured column."""

    value: Value
    text: str | None
    count: int
    figure: float | None = None


class View:
    """Rows of a table in one order; made by `Table.view`, frozen, cheap (4 bytes a row where order or filter is set).

    All methods block; any thread may call them, several at once. A view lives as long as its table.
    """

    def __init__(self, store: Store, layout: Layout, rows: ndarray[Any, Any] | int, where: tuple[str, list[object]]):
        self._store = store
        self._layout = layout
        self._rows = rows
        self._where, self._values = where

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._rows if isinstance(self._rows, int) else len(self._rows)

    def page(self, start: int, count: int, stop: Stop | None = None) -> list[Row]:
        """Rows `start` up to `start + count`, fewer at the end, as tuples of (value, text) cells in column order."""
        fields = ", ".join(("rowid", *self._layout.stored()))
        start, end = max(0, start), min(self.row_count, max(0, start) + count)
        if end <= start:
            return []
        if isinstance(self._rows, int):
            sql = f"SELECT {fields} FROM t WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
            return [self._layout.row(found[1:]) for found in self._store.rows(sql, (start, end), stop)]
        wanted = self._rows[start:end].tolist()
        sql = f"SELECT {fields} FROM t WHERE rowid IN (SELECT unnest(?::BIGINT[]))"
        known = {found[0]: found for found in self._store.rows(sql, (wanted,), stop)}
        return [self._layout.row(known[number][1:]) for number in wanted]

    def batches(self, size: int = BATCH, stop: Stop | None = None) -> Iterator[list[Row]]:
        """All rows, `size` at a time: for writing files."""
        for start in range(0, self.row_count, size):
            yield self.page(start, size, stop)

    def row_ids(self, start: int, count: int) -> list[int]:
        """The places in the table of a page's rows: what a selection remembers across orders."""
        end = min(self.row_count, start + count)
        if isinstance(self._rows, int):
            return list(range(start, end))
        found: list[int] = self._rows[start:end].tolist()
        return found

    def totals(self, stop: Stop | None = None) -> dict[str, Total]:
        """Figures by column id; words only have a count."""
        asked: list[str] = []
        for number, column in enumerate(self._layout.columns):
            name, kind = f"c{number}", column.kind
            counts = kind in NUMERIC and kind is not ColumnKind.PERCENT
            asked += [
                f"count({name})",
                f"sum({name})" if counts else "NULL",
                f"avg({name})" if kind in NUMERIC else "NULL",
                f"min({name})" if kind not in WORDS else "NULL",
                f"max({name})" if kind not in WORDS else "NULL",
            ]
        if not asked:
            return {}
        sql = f"SELECT {', '.join(asked)} FROM t{self._where}"
        (found,) = self._store.rows(sql, self._values, stop)
        return {column.id: Total(*found[5 * n : 5 * n + 5]) for n, column in enumerate(self._layout.columns)}

    def column_values(self, column: int | str, limit: int | None = None, stop: Stop | None = None) -> ndarray[Any, Any]:
        """One column as a numpy array in the view's order, for charts.

        Numbers are float64 with NaN where there is none, times datetime64[us] with NaT, flags float64 (0, 1).
        Words and JSON are Python texts and need a `limit`, ValueError otherwise: use `groups` for large tables.
        """
        import numpy as np

        number = self._layout.index(column)
        kind = self._layout.kind(number)
        if kind in WORDS:
            if limit is None:
                raise ValueError("a column of words needs a limit")
            page = self.page(0, limit, stop)
            words = np.empty(len(page), dtype=object)
            words[:] = [row[number][0] for row in page]
            return words
        name = f"CAST(c{number} AS DOUBLE)" if kind is ColumnKind.FLAG else f"c{number}"
        with self._store.cursor(stop) as cursor:
            found = cursor.execute(f"SELECT {name} AS v FROM t ORDER BY rowid").fetchnumpy()["v"]
        blank = np.datetime64("NaT") if kind is ColumnKind.DATETIME else np.nan
        values: ndarray[Any, Any] = np.asarray(found)
        if isinstance(found, np.ma.MaskedArray):
            values = np.where(np.ma.getmaskarray(found), blank, values)  # type: ignore[no-untyped-call]
        if not isinstance(self._rows, int):
            values = values[self._rows]
        return values if limit is None else values[:limit]

    def groups(
        self,
        column: int | str,
        *,
        measure: int | str | None = None,
        figure: str = "sum",
        bucket: str | None = None,
        limit: int = 1_000,
        stop: Stop | None = None,
    ) -> list[Group]:
        """Rows gathered by the value of a column, the largest group first; times in order of time.

        Args:
            measure: a numeric column of which each group gives `figure`: sum, avg, min or max.
            bucket: for a column of times: minute, hour, day, week (from Monday), month or year.
            limit: how many groups at most.
        """
        number = self._layout.index(column)
        if figure not in _FIGURES or (bucket is not None and bucket not in _BUCKETS):
            raise ValueError(figure if figure not in _FIGURES else bucket)
        timed = self._layout.kind(number) is ColumnKind.DATETIME
        key = f"date_trunc('{bucket}', c{number})" if bucket and timed else f"c{number}"
        text = f"min(x{number})" if number in self._layout.texts and not bucket else "NULL"
        figured = "NULL"
        if measure is not None:
            at = self._layout.index(measure)
            if self._layout.kind(at) not in NUMERIC:
                raise ValueError("the measure must be a number")
            figured = f"{figure}(c{at})"
        order = "1 ASC NULLS LAST" if timed else "3 DESC, 1 ASC NULLS LAST"
        sql = (
            f"SELECT {key}, {text}, count(*), {figured} FROM t{self._where} GROUP BY 1 ORDER BY {order} LIMIT {limit:d}"
        )
        cut = Layout((self._layout.columns[number],), frozenset())
        return [
            Group(cut.row((value,))[0][0], text, count, result)
            for value, text, count, result in self._store.rows(sql, self._values, stop)
        ]

    def write_parquet(self, path: Path, stop: Stop | None = None) -> None:
        """Write the view as Parquet to `path`, replacing what is there: give a new path and rename when it is whole.

        Values keep their types (durations are ms); a column with vendor text gets a second one, "… (text)".
        """
        import numpy as np

        part = self._store.folder / "view.parquet"
        asked = ", ".join(f"t.{name} AS {title}" for name, title in _parquet_names(self._layout))
        with self._store.cursor(stop) as cursor:
            if isinstance(self._rows, int):
                source = "t ORDER BY t.rowid"
            else:
                ids = self._rows.astype(np.int64)
                cursor.register("wanted", {"r": ids, "p": np.arange(len(ids))})
                source = "wanted JOIN t ON t.rowid = wanted.r ORDER BY wanted.p"
            quoted = str(part).replace("'", "''")
            try:
                cursor.execute(f"COPY (SELECT {asked} FROM {source}) TO '{quoted}' (FORMAT parquet)")
            finally:
                if not isinstance(self._rows, int):
                    cursor.unregister("wanted")
        shutil.move(part, path)


def make_view(store: Store, layout: Layout, sort: tuple[SortKey, ...], wanted: Filter, stop: Stop | None) -> View:
    """Sort and filter once; the view remembers the rows' places."""
    import numpy as np

    where, values = where_sql(layout, wanted)
    if not sort and not where:
        ((count,),) = store.rows("SELECT count(*) FROM t", (), stop)
        return View(store, layout, int(count), ("", []))
    keys, source = [], "t"
    with store.cursor(stop) as cursor:
        for at, key in enumerate(sort):
            number = layout.index(key.column)
            kind = layout.kind(number)
            if kind in WORDS and _natural(store, cursor, number):
                source += f" LEFT JOIN k{number} AS r{at} ON r{at}.s = lower(t.c{number})"
                keys.append(order_sql(ColumnKind.NUMBER, f"r{at}.r", key.descending))
            else:
                keys.append(order_sql(kind, f"c{number}", key.descending))
        order = ", ".join([*keys, "t.rowid"])
        found = cursor.execute(f"SELECT t.rowid AS r FROM {source}{where} ORDER BY {order}", values).fetchnumpy()["r"]
    return View(store, layout, found.astype(np.int32), (where, values))


def natural_key(text: str) -> tuple[object, ...]:
    """Sort key in which numbers inside a text count as numbers: "Queue 2" before "Queue 10"."""
    parts = re.split("([0-9]+)", text)
    # a number is compared by its length, then its digits: no int() of a million digits
    return tuple((len(part.lstrip("0")), part.lstrip("0")) if place % 2 else part for place, part in enumerate(parts))


def _natural(store: Store, cursor: Any, number: int) -> bool:
    with store.making:  # two views at once must not make the same ranks
        return _ranked(cursor, number)


def _ranked(cursor: Any, number: int) -> bool:
    """Make sure that the natural ranks of a column's texts are known; False when there are too many of them."""
    known = cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"k{number}"]).fetchone()[0]
    if known:
        return bool(cursor.execute(f"SELECT EXISTS (SELECT 1 FROM k{number})").fetchone()[0])
    # the first rows tell cheaply that a column of notes or telephone numbers has too many
    some = f"SELECT lower(c{number}) AS s FROM t LIMIT {2 * NATURAL_LIMIT}"
    found: list[str] = []
    if cursor.execute(f"SELECT count(DISTINCT s) FROM ({some})").fetchone()[0] <= NATURAL_LIMIT:
        sql = f"SELECT DISTINCT lower(c{number}) FROM t WHERE c{number} IS NOT NULL LIMIT {NATURAL_LIMIT + 1}"
        found = [text for (text,) in cursor.execute(sql).fetchall()]
    _keep_ranks(cursor, number, found if len(found) <= NATURAL_LIMIT else [])
    return 0 < len(found) <= NATURAL_LIMIT


def _keep_ranks(cursor: Any, number: int, texts: list[str]) -> None:
    """Store the rank of each text; texts of equal key share one. An empty table means: not ranked."""
    import numpy as np

    keys = sorted({natural_key(text) for text in texts})
    rank = {key: place for place, key in enumerate(keys)}
    words = np.empty(len(texts), dtype=object)
    words[:] = texts
    places = np.array([rank[natural_key(text)] for text in texts], dtype=np.int32)
    name = f"k{number}"
    if not texts:
        cursor.execute(f"CREATE TABLE {name} (s VARCHAR, r INTEGER)")
        return
    cursor.register(f"new_{name}", {"s": words, "r": places})
    try:
        cursor.execute(f"CREATE TABLE {name} AS SELECT s, r FROM new_{name}")
    finally:
        cursor.unregister(f"new_{name}")


def _parquet_names(layout: Layout) -> list[tuple[str, str]]:
    """Internal name and quoted, unique title of each stored column."""
    taken: set[str] = set()
    found = []
    for number, column in enumerate(layout.columns):
        plain = "".join(char for char in column.title if char.isprintable()).strip() or f"Column {number + 1}"
        names = [(f"c{number}", plain)] + ([(f"x{number}", f"{plain} (text)")] if number in layout.texts else [])
        for name, title in names:
            unique, again = title, 1
            while unique.lower() in taken:
                again += 1
                unique = f"{title} ({again})"
            taken.add(unique.lower())
            found.append((name, '"' + unique.replace('"', '""') + '"'))
    return found
