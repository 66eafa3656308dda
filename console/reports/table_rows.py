"""Parsed rows into the database, in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from console.reports.columns import Column, ColumnKind
from console.reports.table_engine import Stop, Store
from console.reports.table_layout import NUMERIC, Layout, clean, create_sql, to_stored

if TYPE_CHECKING:
    from numpy import ndarray

_BATCH: Final = 5_000  # rows held as Python objects at once
_BATCH_CHARS: Final = 8_000_000  # and about how much text


class RowWriter:
    """Fills table ``t`` of a store; text columns are only made once a text came."""

    def __init__(self, store: Store, columns: tuple[Column, ...], stop: Stop) -> None:
        self.count = 0
        self.wrong_length = 0
        self._unread = [0] * len(columns)
        self._store = store
        self._stop = stop
        self._columns = columns
        self._kinds = tuple(column.kind for column in columns)
        self._texts: set[int] = set()
        self._values: list[list[object]] = [[] for _ in columns]
        self._words: list[list[str | None]] = [[] for _ in columns]
        self._waiting = 0
        self._chars = 0
        # a table without columns cannot be made; its rows still count
        self._made = bool(columns)
        if self._made:
            store.rows(create_sql("t", columns, ()), (), stop)
        else:
            store.rows("CREATE TABLE t (nothing BOOLEAN)", (), stop)

    def append(self, rows: Iterable[Sequence[object]]) -> int:
        """Take rows; returns how many there are now."""
        width = len(self._columns)
        for row in rows:
            cells = row if len(row) == width else self._fitted(row, width)
            for number, cell in enumerate(cells):
                self._add(number, cell)
            self._waiting += 1
            if self._waiting >= _BATCH or self._chars >= _BATCH_CHARS:
                self._write()
        return self.count + self._waiting

    def flush(self) -> Layout:
        """Write what waits; returns how the table lies."""
        self._write()
        texts = frozenset(self._texts)
        columns = tuple(replace(column, has_text=n in texts) for n, column in enumerate(self._columns))
        return Layout(columns, texts)

    def unread_by_id(self) -> dict[str, int]:
        """Cells that are not of their column's kind, by column id."""
        return {column.id: count for column, count in zip(self._columns, self._unread, strict=True) if count}

    def _add(self, number: int, cell: object) -> None:
        value, text = cell if isinstance(cell, tuple) else (cell, None)
        kind = self._kinds[number]
        stored, word, fits = to_stored(value, kind)
        if not fits:
            self._unread[number] += 1
        shown = word if text is None else text if isinstance(text, str) else str(text)
        if isinstance(stored, str):
            stored = clean(stored)
            self._chars += len(stored)
        if shown is not None:
            shown = clean(shown)
            self._chars += len(shown)
        self._values[number].append(stored)
        self._words[number].append(shown)

    def _fitted(self, row: Sequence[object], width: int) -> Sequence[object]:
        self.wrong_length += 1
        if len(row) < width or not width:
            return (*row, *[None] * (width - len(row))) if width else ()
        shown = [text if text is not None else value for value, text in map(_pair, row[width - 1 :])]
        value = _pair(row[width - 1])[0]
        return (*row[: width - 1], (value, " | ".join("" if item is None else str(item) for item in shown)))

    def _write(self) -> None:
        self._stop.check()
        if not self._waiting:
            return
        batch: dict[str, Any] = {}
        with self._store.cursor(self._stop) as cursor:
            for number, words in enumerate(self._words):
                batch[f"c{number}"] = _array(self._values[number], self._kinds[number])
                if number not in self._texts and any(word is not None for word in words):
                    self._texts.add(number)
                    cursor.execute(f"ALTER TABLE t ADD COLUMN x{number} VARCHAR")
                if number in self._texts:
                    batch[f"x{number}"] = _array(words, ColumnKind.TEXT)
            if self._made:
                names = ", ".join(batch)
                cursor.register("batch", batch)
                cursor.execute(f"INSERT INTO t ({names}) SELECT {names} FROM batch")
                cursor.unregister("batch")
            else:
                cursor.execute(f"INSERT INTO t SELECT NULL FROM range({self._waiting})")
        self.count += self._waiting
        self._waiting = self._chars = 0
        self._values = [[] for _ in self._columns]
        self._words = [[] for _ in self._columns]


def _pair(cell: object) -> tuple[object, object]:
    return cell if isinstance(cell, tuple) else (cell, None)


def _array(values: Sequence[Any], kind: ColumnKind) -> ndarray[Any, Any]:
    """A batch of one column as the engine reads it fastest; None is kept as absent."""
    import numpy as np

    if kind in NUMERIC:
        numbers = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        masked: ndarray[Any, Any] = np.ma.array(numbers, mask=np.isnan(numbers))  # type: ignore[no-untyped-call]
        return masked
    if kind is ColumnKind.DATETIME:
        return np.array(values, dtype="datetime64[us]")  # None becomes NaT, which is absent
    words = np.empty(len(values), dtype=object)
    words[:] = values
    return words
