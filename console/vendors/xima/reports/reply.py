"""From a JSON reply in a file to tables, summary and notes. Blocking: runs in a worker thread."""

from __future__ import annotations

import codecs
import itertools
import json
import mmap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.net.decode import decode_text, looks_like_html
from console.reports.columns import Cell, Column, ColumnKind
from console.reports.request import RunPlan
from console.reports.result import SUB_REPORT, SubReport, SummaryItem
from console.reports.schema import Json
from console.vendors.xima.reports.cells import EMPTY, WireColumn, as_text, make_columns, reader
from console.vendors.xima.reports.formats import kind_of
from console.vendors.xima.reports.moments import moment_reader, order_of
from console.vendors.xima.reports.structure import Outline, Part

if TYPE_CHECKING:
    from console.reports.table import Stop, Table

BATCH = 2000  # rows handed to the table at once
SAMPLE = 500  # rows that decide what an unknown format is
REST_LIMIT = 500  # characters of an unknown field shown as metadata
LABELS = {"reportId": "Report id", "executionId": "Execution id", "skin": "Skin", "dataFlag": "Data flag"}


@dataclass
class Reading:
    """What a reply came to; the fields are those of `ReportResult`.

    Attributes:
        is_other_range: it names another range than was asked for, and both are readable.
    """

    title: str
    table: Table | None = None
    sub_table: Table | None = None
    sub_reports: tuple[SubReport, ...] = ()
    summary: tuple[SummaryItem, ...] = ()
    metadata: list[tuple[str, str]] = field(default_factory=list)
    is_other_range: bool = False
    notes: list[Message] = field(default_factory=list)
    charts: Json = None


def read_reply(
    path: Path,
    headers: Mapping[str, str],
    plan: RunPlan,
    hints: Sequence[Column],
    folder: Path,
    host: str,
    stop: Stop | None = None,
) -> Reading:
    """Read a JSON reply.

    Args:
        hints: columns the definition knows, for help texts.
        folder: where tables may keep what they do not hold in memory.
        stop: ends the reading from another thread.

    Raises:
        ProtocolError: it is empty, a web page, no JSON, or no report; tables made so far are closed.
        TableError: the disk is full.
        Interrupted: stopped.
    """
    notes: list[Message] = []
    with _Body(path, headers, host, notes) as body:
        outline = Outline(host)
        part = outline.read(body)
        reading = Reading(part.title or plan.title, summary=part.summary, notes=notes)
        try:
            _fill(reading, _Rows(outline, stop), part, hints, folder)
        except BaseException:
            for table in (reading.table, reading.sub_table):
                if table is not None:
                    table.close()
            raise
    _describe(reading, part, plan, host)
    return reading


class _Body:
    """The reply as a UTF-8 buffer: mapped from the file, or recoded when it is in another character set."""

    def __init__(self, path: Path, headers: Mapping[str, str], host: str, notes: list[Message]) -> None:
        self._path, self._headers, self._host, self._notes = path, headers, host, notes

    def __enter__(self) -> memoryview | bytes:
        if not self._path.stat().st_size:
            raise ProtocolError(message("reply.empty", host=self._host))
        with self._path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        head = mapped[:512]
        if not head.strip() and not mapped[:].strip():
            raise ProtocolError(message("reply.empty", host=self._host))
        if looks_like_html(head):
            raise ProtocolError(message("reply.html", host=self._host))
        if json.detect_encoding(head[:4]).startswith("utf-8") and _is_utf8(mapped):
            # unmapped when the last slice of it is gone
            return memoryview(mapped)[len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0 :]
        text, note = decode_text(mapped[:], self._headers, self._host)
        if note is not None:
            self._notes.append(note)
        return mapped[:] if text is None else text.encode("utf-8", "replace")

    def __exit__(self, *exc: object) -> None:
        return None


def _is_utf8(data: mmap.mmap) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = len(data)
    try:
        for start in range(0, size, 1 << 20):
            decoder.decode(data[start : start + (1 << 20)], start + (1 << 20) >= size)
    except UnicodeDecodeError:
        return False
    return True


def _fill(reading: Reading, rows: _Rows, part: Part, hints: Sequence[Column], folder: Path) -> None:
    odd = rows.odd
    if part.rows or not part.children:
        columns = make_columns(part.columns, hints)
        columns = rows.settle(columns, [(part, list(range(len(part.columns))))])
        layout = [*enumerate(columns)]
        reading.table = _build(columns, rows.cells(part, layout, len(columns)), folder, rows.stop)
    if part.children:
        reading.sub_reports, reading.sub_table = _sub_table(rows, part.children, hints, folder)
    odd.summary += part.odd_summary
    reading.notes.extend(odd.notes())


class Odd:
    """What could not be placed, counted, for notes: nothing is dropped without a word."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.summary = 0

    def notes(self) -> Iterator[Message]:
        """A sentence for each kind."""
        if self.keys:
            names = ", ".join(itertools.islice(self.keys, 5))
            yield message("historic.extra_cells", count=sum(self.keys.values()), names=names)
        if self.summary:
            yield message("historic.odd_summary", count=self.summary)


class _Rows:
    """Reads rows into cells."""

    def __init__(self, outline: Outline, stop: Stop | None = None) -> None:
        self._outline = outline
        self.stop = stop
        self.odd = Odd()
        self._orders: dict[int, str] = {}  # place of a column of moments -> how its texts are read

    def settle(self, columns: list[Column], parts: Iterable[tuple[Part, list[int]]]) -> list[Column]:
        """Columns of unknown formats get the kind that their first rows prove.

        Args:
            parts: each with the places of its columns in `columns`.
        """
        unknown = {index for index, column in enumerate(columns) if column.vendor_format}
        samples: dict[int, list[Any]] = {index: [] for index in unknown}
        for part, places in parts if unknown else ():
            for number, raw in enumerate(part.rows[:SAMPLE]):
                values = self._outline.rows_of(raw, f"{part.pointer}/rows/{number}")
                for column, place in zip(part.columns, places, strict=True):
                    if place in unknown:
                        samples[place].append(values.get(column.key))
        settled = list(columns)
        for index, cells in samples.items():
            kind, unit = kind_of(columns[index].vendor_format, cells)
            if kind is ColumnKind.NUMBER and (order := order_of(columns[index].vendor_format, cells)):
                kind, self._orders[index] = ColumnKind.DATETIME, order
            settled[index] = replace(columns[index], kind=kind, unit=unit or columns[index].unit)
        return settled

    def cells(
        self, part: Part, layout: Sequence[tuple[int, Column]], width: int, lead: Sequence[Cell] = ()
    ) -> Iterator[list[Cell]]:
        """The rows of a part as cells.

        Args:
            layout: for each column of the part its place in the table, and the table's column there.
            width: columns of the table.
            lead: cells that begin each row.
        """
        readers = [
            (wire.key, place, self._reader(place, column.kind))
            for wire, (place, column) in zip(part.columns, layout, strict=True)
        ]
        keys = {wire.key for wire in part.columns}
        for number, raw in enumerate(part.rows):
            values = self._outline.rows_of(raw, f"{part.pointer}/rows/{number}")
            row: list[Cell] = [*lead, *[EMPTY] * (width - len(lead))]
            for key, place, read in readers:
                if key in values:
                    row[place] = read(values[key])
            if len(values) > len(keys) or not keys.issuperset(values):
                for key in values.keys() - keys:
                    self.odd.keys[key] = self.odd.keys.get(key, 0) + 1
            yield row

    def _reader(self, place: int, kind: ColumnKind) -> Callable[[Any], Cell]:
        order = self._orders.get(place)
        return reader(kind) if order is None else moment_reader(order)


def _build(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], folder: Path, stop: Stop | None) -> Table:
    from console.reports.table import TableBuilder

    builder = TableBuilder(columns, folder=folder, stop=stop)
    try:
        remaining = iter(rows)
        while batch := list(itertools.islice(remaining, BATCH)):
            builder.append(batch)
        return builder.finish()
    except BaseException:
        builder.abandon()
        raise


def _sub_table(
    rows: _Rows, parts: Sequence[Part], hints: Sequence[Column], folder: Path
) -> tuple[tuple[SubReport, ...], Table]:
    """The sub-reports as a tree, and their rows in one table: columns of one title are one column."""
    flat: list[tuple[str, Part]] = []
    used: set[str] = set()
    tree = tuple(_sub_report(part, "", flat, used, rows.odd) for part in parts)
    wire, places = _united([part for _, part in flat])
    columns = [Column(SUB_REPORT, "Sub report"), *make_columns(wire, hints)]
    shifted = [[place + 1 for place in found] for found in places]
    columns = rows.settle(columns, zip([part for _, part in flat], shifted, strict=True))

    def cells() -> Iterator[list[Cell]]:
        for (key, part), found in zip(flat, shifted, strict=True):
            layout = [(place, columns[place]) for place in found]
            yield from rows.cells(part, layout, len(columns), [(key, None)])

    return tree, _build(columns, cells(), folder, rows.stop)


def _sub_report(part: Part, parent: str, flat: list[tuple[str, Part]], used: set[str], odd: Odd) -> SubReport:
    base = " / ".join(name for name in (parent, part.title or "?") if name)
    key, number = base, 2
    while key in used:
        key, number = f"{base} ({number})", number + 1
    used.add(key)
    flat.append((key, part))
    odd.summary += part.odd_summary
    children = tuple(_sub_report(child, key, flat, used, odd) for child in part.children)
    return SubReport(key, part.title, part.summary, children, len(part.rows))


def _united(parts: Iterable[Part]) -> tuple[list[WireColumn], list[list[int]]]:
    """All columns by title in order of appearance, and for each part where its columns went.

    A title that repeats within one part stays as many columns; formats that differ make a column of text.
    """
    wire: list[WireColumn] = []
    index: dict[tuple[str, int], int] = {}
    places: list[list[int]] = []
    for part in parts:
        seen: dict[str, int] = {}
        found = []
        for column in part.columns:
            seen[column.title] = seen.get(column.title, 0) + 1
            slot = column.title, seen[column.title]
            if slot not in index:
                index[slot] = len(wire)
                wire.append(column)
            elif wire[index[slot]].format != column.format:
                wire[index[slot]] = replace(wire[index[slot]], format="STRING")
            found.append(index[slot])
        places.append(found)
    return wire, places


def _describe(reading: Reading, part: Part, plan: RunPlan, host: str) -> None:
    """Metadata, charts, the range that was answered, and whether there is anything at all."""
    for name, value in part.rest.items():
        if name == "charts":
            reading.charts = value
        elif name == "timeframe":
            _compare(reading, value, plan, host)
        elif value is not None:
            reading.metadata.append((LABELS.get(name, name), as_text(value)[:REST_LIMIT]))
    if not _row_count(part):
        reading.notes.append(message("run.empty", host=host))


def _row_count(part: Part) -> int:
    return len(part.rows) + sum(map(_row_count, part.children))


def _compare(reading: Reading, value: Any, plan: RunPlan, host: str) -> None:
    """Say so when the server answered for another range than it was asked for; instants to the second count."""
    echoed = [_instant(value.get(name)) if isinstance(value, dict) else None for name in ("start", "end")]
    shown = [as_text(value.get(name)) for name in ("start", "end")] if isinstance(value, dict) else [as_text(value)]
    reading.metadata.append(("Range answered", " - ".join(shown)[:REST_LIMIT]))
    if plan.timeframe is None:
        return
    asked = [plan.timeframe.start, plan.timeframe.end]
    if any(
        found is None or abs((found - wanted).total_seconds()) >= 1 for found, wanted in zip(echoed, asked, strict=True)
    ):
        wanted_text = " - ".join(moment.isoformat(timespec="seconds") for moment in asked)
        reading.notes.append(message("historic.other_range", host=host, asked=wanted_text, got=" - ".join(shown)[:80]))
        reading.is_other_range = None not in echoed


def _instant(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo is not None else None
