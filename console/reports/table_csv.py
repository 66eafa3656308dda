"""A CSV file into a table: the engine's own reader where the file is well made, one row after the other where not."""

from __future__ import annotations

import codecs
import csv
import itertools
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.domain.messages import message
from console.reports.columns import Column, ColumnKind
from console.reports.table_engine import Stop, Store, TableError, literal
from console.reports.table_layout import WORDS, Layout
from console.reports.table_spelling import Spelling

if TYPE_CHECKING:
    from console.reports.table import Table

_WIDEST: Final = 4096  # columns; what is beyond is joined into the last
_LARGEST_CELL: Final = 64 * 1024 * 1024
_SNIFFED: Final = 200  # rows looked at to see which undeclared columns may be numbers
_CHECK_EVERY: Final = 2_000
# numbers as a machine writes them: no sign of plus, no leading zeros, exact in a double; anything else stays words
_PLAIN_NUMBER: Final = r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?"
_UTF8: Final = frozenset({"utf-8", "utf-8-sig", "ascii"})


@dataclass(frozen=True, slots=True)
class _Source:
    """A file the engine can read: clean UTF-8 records of one width."""

    path: Path
    delimiter: str
    has_header: bool
    null: str  # stands for an absent cell; nothing a file could hold by chance
    wrong_length: int = 0
    encoding: str = ""
    longest: int = 0  # bytes of the longest record, when known


def read_csv(
    path: Path,
    columns: Sequence[Column] | None,
    encoding: str,
    delimiter: str,
    has_header: bool,
    spelling: Spelling | None,
    folder: Path | None,
    stop: Stop | None,
    first: int | None = None,
) -> Table:
    """See `Table.from_csv` and `Table.first_rows`."""
    path, stop = Path(path).absolute(), stop or Stop()
    encoding = _known(encoding)
    store = Store(folder, readable=path)
    try:
        stop.check()
        head = _head(path, encoding, delimiter)
        declared = _columns(columns, head, has_header)
        loader = _Loader(store, declared, len(columns or ()), spelling or Spelling(), stop)
        well_made = first is None and encoding in _UTF8 and len(delimiter) == 1
        if well_made:
            well_made = loader.try_load(_Source(path, delimiter, has_header, secrets.token_hex(8)))
        if not well_made:
            mended = _mended(path, encoding, delimiter, has_header, len(declared), store.folder, first, stop)
            loader.load(mended)
            mended.path.unlink()
        return loader.finish()
    except BaseException as error:
        store.close()
        if isinstance(error, OSError):
            said = error.strerror or type(error).__name__
            raise TableError(message("table.unreadable", name=path.name, reason=said)) from error
        raise


class _Loader:
    """Reads a source into table ``t`` of a store."""

    def __init__(self, store: Store, columns: list[Column], declared: int, spelling: Spelling, stop: Stop) -> None:
        self._store = store
        self._columns = columns
        self._open = range(declared, len(columns))  # columns whose kind is to be found out
        self._spelling = spelling
        self._stop = stop
        self._source: _Source | None = None

    def try_load(self, source: _Source) -> bool:
        """Load a file as it is; False when it is not well made."""
        try:
            self.load(source)
        except TableError as error:
            if error.message.code != "table.failed":
                raise
            return False
        return True

    def load(self, source: _Source) -> None:
        """Load a file; `TableError` when a record does not fit."""
        self._source = source
        if not self._columns:
            self._store.rows("CREATE TABLE t (nothing BOOLEAN)")
            return
        reader = self._reader(source)
        columns = [replace(column) for column in self._columns]
        for number in self._numbers(reader):
            columns[number] = replace(columns[number], kind=ColumnKind.NUMBER)
        fields = []
        for number, column in enumerate(columns):
            if column.kind in WORDS:
                fields.append(f"r{number} AS c{number}")
            else:
                fields += [f"{self._value(number, column.kind)} AS c{number}", f"r{number} AS x{number}"]
        self._store.rows(f"CREATE OR REPLACE TABLE t AS SELECT {', '.join(fields)} FROM {reader}", (), self._stop)
        self._columns = columns

    def finish(self) -> Table:
        """The table, its problems counted."""
        from console.reports.table import Problems, Table

        assert self._source is not None
        unread = self._unread()
        for number in [n for n in unread if n in self._open]:  # not all its cells are numbers: words, then
            self._store.rows(f"ALTER TABLE t DROP COLUMN c{number}")
            self._store.rows(f"ALTER TABLE t RENAME COLUMN x{number} TO c{number}")
            self._columns[number] = replace(self._columns[number], kind=ColumnKind.TEXT)
            del unread[number]
        texts = frozenset(n for n, column in enumerate(self._columns) if column.kind not in WORDS)
        columns = tuple(replace(column, has_text=n in texts) for n, column in enumerate(self._columns))
        ((count,),) = self._store.rows("SELECT count(*) FROM t", (), self._stop)
        named = {columns[number].id: found for number, found in unread.items()}
        problems = Problems(self._source.wrong_length, named, self._source.encoding)
        return Table(self._store, Layout(columns, texts), int(count), problems)

    def _value(self, number: int, kind: ColumnKind) -> str:
        if number in self._open:
            plain = f"regexp_full_match(r{number}, {literal(_PLAIN_NUMBER)})"
            return f"CASE WHEN {plain} THEN try_cast(r{number} AS DOUBLE) END"
        return self._spelling.sql(kind, f"r{number}")

    def _numbers(self, reader: str) -> list[int]:
        """Undeclared columns that look like numbers in the first rows."""
        if not self._open:
            return []
        pattern = literal(_PLAIN_NUMBER)
        fits = ", ".join(
            f"bool_and(regexp_full_match(r{n}, {pattern}) OR coalesce(r{n}, '') = '') AND max(r{n}) <> ''"
            for n in self._open
        )
        sql = f"SELECT {fits} FROM (SELECT * FROM {reader} LIMIT {_SNIFFED})"
        (found,) = self._store.rows(sql, (), self._stop)
        return [number for number, fit in zip(self._open, found, strict=True) if fit]

    def _unread(self) -> dict[int, int]:
        found: dict[int, int] = {}
        typed = [n for n, column in enumerate(self._columns) if column.kind not in WORDS]
        for number in typed:  # first what costs nothing: most columns have no cell without a value
            ((without,),) = self._store.rows(f"SELECT count(*) - count(c{number}) FROM t", (), self._stop)
            if without:
                sql = f"SELECT count(*) FROM t WHERE c{number} IS NULL AND x{number} <> '' AND trim(x{number}) <> ''"
                ((count,),) = self._store.rows(sql, (), self._stop)
                found |= {number: count} if count else {}
        return found

    def _reader(self, source: _Source) -> str:
        fields = ", ".join(f"'r{n}': 'VARCHAR'" for n in range(len(self._columns)))
        limits = ""
        if source.longest > 1_000_000:
            limits = f", max_line_size = {source.longest * 2}, buffer_size = {source.longest * 8}"
        return (
            f"read_csv({literal(str(source.path))}, auto_detect = false, columns = {{{fields}}}, "
            f"delim = {literal(source.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
            f"header = {str(source.has_header).lower()}, nullstr = {literal(source.null)}{limits})"
        )


def _columns(given: Sequence[Column] | None, head: list[str], has_header: bool) -> list[Column]:
    """The declared columns, and one for each further field of the first record."""
    columns = list(given or ())
    taken = {column.id for column in columns}
    for number in range(len(columns), min(len(head), _WIDEST)):
        title = head[number].strip() if has_header else ""
        name, again = title or f"column {number + 1}", 1
        while name in taken:
            again += 1
            name = f"{title or 'column'} ({again})"
        taken.add(name)
        columns.append(Column(name, title))
    return columns


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def _head(path: Path, encoding: str, delimiter: str) -> list[str]:
    """The fields of the first record, [] for an empty file."""
    return next(_records(path, encoding, "replace", delimiter), [])


def _records(path: Path, encoding: str, errors: str, delimiter: str) -> Iterator[list[str]]:
    """The file's records, blank lines left out, the mark at its start too."""
    reading = "utf-8-sig" if encoding == "utf-8" else encoding
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        with path.open(encoding=reading, errors=errors, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter[:1] or ",")
            yield from (record for record in reader if record)
    except csv.Error as error:
        raise TableError(message("table.failed"), detail=str(error)) from error
    finally:
        csv.field_size_limit(before)


def _mended(
    path: Path,
    encoding: str,
    delimiter: str,
    has_header: bool,
    width: int,
    folder: Path,
    first: int | None,
    stop: Stop,
) -> _Source:
    """Write a clean copy into `folder`: UTF-8, every record as wide as the table, nothing dropped."""
    try:
        return _mend(path, (encoding, "strict", ""), delimiter, has_header, width, folder, first, stop)
    except UnicodeError:  # cp1252 has a few holes of its own
        return _mend(path, ("cp1252", "replace", "cp1252"), delimiter, has_header, width, folder, first, stop)


def _mend(
    path: Path,
    reading: tuple[str, str, str],
    delimiter: str,
    has_header: bool,
    width: int,
    folder: Path,
    first: int | None,
    stop: Stop,
) -> _Source:
    encoding, errors, told = reading
    null, wrong, longest = secrets.token_hex(8), 0, 0
    clean = folder / "clean.csv"
    records = _records(path, encoding, errors, delimiter)
    records = itertools.islice(records, 1 if has_header else 0, None)
    with clean.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, record in enumerate(records if first is None else itertools.islice(records, first)):
            if number % _CHECK_EVERY == 0:
                stop.check()
            if len(record) != width:
                wrong += 1
                if len(record) < width:
                    record = record + [null] * (width - len(record))
                else:
                    record = [*record[: width - 1], delimiter.join(record[width - 1 :])]
            longest = max(longest, sum(map(len, record)) * 4 + 3 * width)
            writer.writerow(record)
    return _Source(clean, ",", False, null, wrong, told, longest)
