"""Rows on their way from many answers to one table, on disk: which columns there are is known only behind the last.

Blocking; used in worker threads, one call at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.reports.columns import Cell, Column
from console.vendors.asternic.reports import known
from console.vendors.asternic.reports.cells import MAKERS, Maker
from console.vendors.asternic.reports.ranges import Part
from console.vendors.asternic.reports.shape import Record, Shaper, time_of
from console.vendors.asternic.wire import is_empty

if TYPE_CHECKING:
    from console.reports.table import Table

BATCH = 2_000
EDGE = timedelta(hours=2)  # a call asked for by one moment and dated by another lies at most so far beyond midnight
STARTED, ANSWERED = ("date_start", "datetime"), ("datetime", "date_start")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The rows of an answer and what is said of them; None where nothing is said.

    Attributes:
        pages: ``total``, which counts pages.
        records: rows of all pages.
    """

    rows: list[Any]
    page: int | None = None
    pages: int | None = None
    records: int | None = None


def envelope(value: Any) -> Envelope | None:
    """Any of the interface's three envelopes; None when it is none of them."""
    if not isinstance(value, dict):
        return None
    for names in (("rows", "page", "total", "records"), ("data", "currpage", "totalpages", "totalrecords")):
        if names[0] in value:
            rows = value[names[0]]
            if isinstance(rows, dict):
                rows = list(rows.values())
            elif is_empty(rows):
                rows = []
            if not isinstance(rows, list):
                return None
            return Envelope(rows, *(_count(value.get(name)) for name in names[1:]))
    return None


class Spool:
    """Collects records in a file, then writes the table.

    Args:
        path: of the file; it is removed by `close`.
        parts: all parts of the run: a row beyond its own part's edge may belong to the next.
        is_search: rows are dated by when they entered.
    """

    def __init__(self, path: Path, shaper: Shaper, parts: Sequence[Part], *, is_search: bool = False) -> None:
        import msgspec

        from console.reports.table_engine import Stop

        self._path = path
        self._file = path.open("xb")
        self._shaper = shaper
        self._parts = tuple(parts)
        self._times = STARTED if is_search else ANSWERED
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(dict[str, str])
        self._part: Part | None = None
        self._bounds: tuple[datetime, datetime] | None = None
        self._ahead: set[bytes] = set()  # rows of the next part that came early
        self._tail: set[bytes] = set()  # the last rows of this part, and of the one before
        self._behind: set[bytes] = set()
        self._stop = Stop()
        self.kept = 0
        self.outside = 0
        self.odd = 0
        self.twice = 0
        self.undated = 0

    def take(self, rows: list[Any], part: Part | None, day: str = "") -> None:
        """Write the rows of one answer.

        Args:
            part: what was asked for; rows that say a time beyond it are left out and counted.
            day: for a column of its own.
        """
        for row in rows:
            if self._stop.is_set:
                break
            record = self._shaper.record(row, day)
            if record is None:
                self.odd += 1
                continue
            line = self._encoder.encode(record)
            if part is not None and not self._belongs(record, line, part):
                continue
            self._file.write(line + b"\n")
            self.kept += 1

    def table(self, folder: Path) -> Table:
        """All records as a table; its file lies in `folder`."""
        from console.reports.table import TableBuilder

        self._file.flush()
        columns = self._shaper.columns()
        builder = TableBuilder(columns, folder=folder, stop=self._stop)
        try:
            batch: list[list[Cell]] = []
            for cells in self._cells(columns):
                batch.append(cells)
                if len(batch) >= BATCH:
                    builder.append(batch)
                    batch = []
            builder.append(batch)
            return builder.finish()
        except BaseException:
            builder.abandon()
            raise

    def stop(self) -> None:
        """End whatever runs in another thread soon; for a cancelled run."""
        self._stop.set()

    def close(self) -> None:
        """Remove the file; safe to call twice."""
        self._file.close()
        with contextlib.suppress(OSError):  # held open by a thread that has not ended yet: it goes with the folder
            self._path.unlink(missing_ok=True)

    def _cells(self, columns: Sequence[Column]) -> Iterator[list[Cell]]:
        makers: list[tuple[str, Maker]] = [(column.id, _maker(column)) for column in columns]
        with self._path.open("rb") as lines:
            for line in lines:
                record = self._decoder.decode(line)
                yield [make(record.get(name, "")) for name, make in makers]

    def _belongs(self, record: Record, line: bytes, part: Part) -> bool:
        at = time_of(record, self._times)
        if at is None:
            self.undated += 1
            return True
        if part != self._part or self._bounds is None:
            self._part, self._bounds, self._behind, self._tail = part, part.bounds(), self._tail, set()
        start, end = self._bounds
        if part.holds(at):
            if end - at < EDGE:
                self._tail.add(_digest(line))
            return not (self._ahead and self._came(line, self._ahead))
        if not (start - EDGE < at < end + EDGE and any(other.holds(at) for other in self._parts)):
            self.outside += 1
            return False
        if at > end:
            self._ahead.add(_digest(line))
            return True
        return not self._came(line, self._behind)

    def _came(self, line: bytes, before: set[bytes]) -> bool:
        """Whether the very same row came with a neighbouring part."""
        key = _digest(line)
        if key not in before:
            return False
        before.discard(key)
        self.twice += 1
        return True


def _maker(column: Column) -> Maker:
    make = MAKERS[column.kind]
    if column.id != known.CALLER:
        return make
    return lambda text: (None, known.NO_CALLER) if text == known.NO_CALLER else make(text)


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()


def _count(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
