"""Files of ``call_report/download``: comma-separated, with a byte order mark, a totals row, and a second table inside.

With ``need_detail`` the calls of a queue stand under the queue's line, led by a heading of their own whose first cell
is empty: columns change their meaning in the middle of the file. Only the headings of the queue performance report are
known; any other column is taken as it comes. Ring groups are followed by lines of their members in the same columns:
those go into a table of their own, since a call rings at several members. The file is read twice, once for its shape
and once for its cells, so that it never lies in memory as a whole.
"""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.reports.columns import Cell, Column
from console.reports.result import SUB_REPORT, SubReport, SummaryItem
from console.reports.schema import ReportDefinition
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.reports.cells import ABSENT, moment, number, slug, span_ms
from console.vendors.yeastar.reports.drafts import Growing, Layout, Parts, WrittenCells, known_columns, summary_item

if TYPE_CHECKING:
    from console.reports.table import Table

TOTALS = frozenset({"total", "totals", "sum", "summary"})
_SEPARATORS = ",;\t"
_FIELD_LIMIT = 1024 * 1024
MAX_COLUMNS = 1000
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes:
        head: its first bytes.
        host: for sentences.
        halt: ends the reading, from whichever thread.
    """

    path: Path
    head: bytes
    host: str
    halt: threading.Event = field(default_factory=threading.Event)


@dataclass
class _Shape:
    """What the first reading found out."""

    titles: list[str] = field(default_factory=list)
    preface: list[str] = field(default_factory=list)
    main: Layout | None = None
    sub: Layout | None = None
    main_rows: int = 0
    last_main: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    is_short: bool = False  # the last row has fewer cells than its headings
    is_even: bool = True  # nothing but one heading and rows just as wide
    members: frozenset[str] | None = None  # columns that only lines of members fill, where there are such lines


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with its meaning: ``main`` or ``sub``, cells by column name, and whose line it stands under."""

    kind: str
    cells: dict[str, str]
    owner: str


def read_file(definition: ReportDefinition, source: Source, dates: DateFormat | None, folder: Path) -> Parts:
    """The tables of a file. Blocking.

    Raises:
        ProtocolError: it is no table.
        Interrupted: halted.
    """
    encoding, note = _encoding(source)
    members = _member_ids(definition)
    shape = _shape(definition, source, encoding, dates, members)
    is_mixed = members is not None and shape.main_rows == 0 and bool(shape.counts)
    if is_mixed:  # every line names a member: there is nothing to tell groups by
        shape = _shape(definition, source, encoding, dates, None)
    parts = Parts(is_empty=shape.main_rows == 0)
    parts.notes += [note] if note is not None else []
    parts.notes += [message("pbx.members_only", host=source.host)] if is_mixed else []
    if shape.is_short and not _ends_with_a_line(source.path):
        parts.notes.append(message("pbx.file_cut", host=source.host))
    parts.metadata = [("Heading", line) for line in shape.preface]
    _build(parts, shape, definition, source, encoding, dates, folder)
    return parts


def _shape(
    definition: ReportDefinition,
    source: Source,
    encoding: str,
    dates: DateFormat | None,
    members: frozenset[str] | None,
) -> _Shape:
    """The first reading."""
    known = known_columns(definition)
    shape = _Shape(members=members)
    shape.main = Layout(known, dates, by_key=False)
    shape.sub = Layout({} if members is None else known, dates, by_key=False)
    with _rows(source, encoding) as listed:
        for line in _lines(listed, shape):
            _note(shape, line)
    if shape.counts and members is not None:
        shape.main.drop(members)
    return shape


def _member_ids(definition: ReportDefinition) -> frozenset[str] | None:
    """Headings, as slugs, of what names a member; None for reports without members."""
    if not definition.wire.get("members"):
        return None
    return frozenset(name for name, column in known_columns(definition).items() if column.id in ("ext_name", "ext_num"))


def _note(shape: _Shape, line: _Line) -> None:
    layout = shape.main if line.kind == "main" else shape.sub
    assert layout is not None
    if line.kind == "main":
        shape.main_rows += 1
        shape.last_main = line.owner
    else:
        shape.counts[line.owner] = shape.counts.get(line.owner, 0) + 1
    if line.kind == "main" and _is_total(line.owner):
        return  # a total is no example of what its column holds
    for name, raw in line.cells.items():
        layout.see(name, raw)


def _build(
    parts: Parts,
    shape: _Shape,
    definition: ReportDefinition,
    source: Source,
    encoding: str,
    dates: DateFormat | None,
    folder: Path,
) -> None:
    """The second reading: cells into tables, the totals row into the summary."""
    assert shape.main is not None
    assert shape.sub is not None
    columns = shape.main.columns() or {column.id: column for column in definition.columns}
    if not columns:
        return
    inner = shape.sub.columns()
    has_total = shape.main_rows > 0 and _is_total(shape.last_main)
    if shape.is_even and not (has_total or shape.counts or shape.preface) and len(columns) == len(shape.titles):
        parts.table = _at_once(list(columns.values()), source, encoding, dates, folder)
        parts.is_empty = shape.main_rows == 0
        return
    main = Growing(list(columns.values()), folder)
    lead = Column(SUB_REPORT, next(iter(columns.values())).title)
    sub = Growing([lead, *inner.values()], folder) if shape.counts else None
    cells_of, inner_of = WrittenCells(columns, dates), WrittenCells(inner, dates)
    seen = 0
    try:
        with _rows(source, encoding) as listed:
            for line in _lines(listed, _Shape(members=shape.members)):
                if line.kind == "main":
                    seen += 1
                    cells = cells_of(line.cells)
                    if has_total and seen == shape.main_rows:
                        parts.summary = tuple(_totals(list(columns.values()), cells))
                    else:
                        main.add(cells)
                elif sub is not None:
                    sub.add([(line.owner, None), *inner_of(line.cells)])
    except BaseException:
        for growing in (main, sub):
            if growing is not None:
                growing.abandon()
        raise
    parts.table = main.finish()
    if sub is not None:
        parts.sub_table = sub.finish()
        parts.sub_reports = tuple(SubReport(key, key, row_count=count) for key, count in shape.counts.items())
    parts.is_empty = shape.main_rows - has_total <= 0


def _at_once(columns: list[Column], source: Source, encoding: str, dates: DateFormat | None, folder: Path) -> Table:
    """A plain file, read by the table's own engine: many times faster than row by row."""
    from console.reports.table import Table, TableError
    from console.reports.table_spelling import Spelling

    formats: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
    if dates is not None:
        day = dates.separator.join(f"%{letter if letter == 'Y' else letter.lower()}" for letter in dates.order)
        formats = (f"{day} {'%I:%M:%S %p' if dates.is_12_hour else '%H:%M:%S'}", *formats)
    with source.path.open(encoding=encoding, errors="replace", newline="") as stream:
        separator = _separator(stream.readline(_FIELD_LIMIT))
    spelling = Spelling(thousands="", datetimes=formats)
    try:
        return Table.from_csv(
            source.path, columns, encoding=encoding, delimiter=separator, spelling=spelling, folder=folder
        )
    except TableError as error:
        raise ProtocolError(message("pbx.file_unreadable", host=source.host), detail=str(error)) from error


def _separator(first: str) -> str:
    return max(_SEPARATORS, key=first.count) if first else ","


def _totals(columns: list[Column], cells: list[Cell]) -> Iterator[SummaryItem]:
    """The figures of the totals row; its first cell is its name."""
    for column, cell in list(zip(columns, cells, strict=True))[1:]:
        if cell != (None, None):
            item = summary_item(column, cell)
            yield SummaryItem(f"Total: {item.title}", item.value, item.text, item.kind)


def _is_total(label: str) -> bool:
    return label.strip().casefold() in TOTALS


def _lines(listed: Iterator[list[str]], shape: _Shape) -> Iterator[_Line]:
    """Rows with their meaning; `shape` learns the titles, what stands above them, and where the file breaks off."""
    names: list[str] = []
    inner: list[str] = []
    owner = ""
    is_fresh = False  # no second heading since the last main line
    for cells in listed:
        if not any(map(str.strip, cells)):
            shape.is_even = False
            continue
        shape.is_even = shape.is_even and (not names or len(cells) == len(names))
        if not names:
            if len([cell for cell in cells if cell.strip()]) == 1 and len(shape.preface) < 8:
                shape.preface.append(cells[0].strip())
                continue
            shape.titles = names = _names(cells)
            _declare(shape.main, names)
            continue
        if shape.members is not None and (row := _member(names, cells, shape.members)) is not None:
            owner, shape.is_short = cells[0].strip() or owner, len(cells) < len(names)
            yield _Line("sub", row, owner)
            continue
        shape.is_short = len(cells) < (len(names) if cells[0].strip() or not inner else len(inner) + 1)
        if cells[0].strip() or not (inner or _is_heading(cells)):
            owner, is_fresh = cells[0].strip(), True
            yield _Line("main", _named(names, cells), owner)
        elif (is_fresh or not inner) and _is_heading(cells):
            inner, is_fresh = _names(cells[1:]), False
            _declare(shape.sub, inner)
        else:
            is_fresh = False
            yield _Line("sub", _named(inner, cells[1:]), owner)
    if not names and len(shape.preface) == 1:
        # a heading of one column and nothing under it
        _declare(shape.main, _names([shape.preface.pop()]))


def _member(names: list[str], cells: list[str], members: frozenset[str]) -> dict[str, str] | None:
    """The cells of a member's line, without those of its group; None when it is the line of a group."""
    places = [place for place, name in enumerate(names) if slug(name) in members]
    row = _named(names, cells)
    if not (any(place < len(cells) and cells[place].strip() for place in places) or not cells[0].strip()):
        return None
    first = min(places, default=1)
    return {name: cell for place, (name, cell) in enumerate(row.items()) if place >= first}


def _declare(layout: Layout | None, names: list[str]) -> None:
    for name in names if layout is not None else ():
        layout.declare(name) if layout is not None else None


def _names(cells: list[str]) -> list[str]:
    """Headings as names that differ from each other."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        base = cell.strip() or f"Column {place + 1}"
        name, copy = base, 1
        while name in found:
            copy += 1
            name = f"{base} ({copy})"
        found.append(name)
    return found


def _named(names: list[str], cells: list[str]) -> dict[str, str]:
    """Cells by heading; cells beyond the last heading are kept when they hold something."""
    row = dict(zip(names, cells, strict=False))
    for place in range(len(names), len(cells)):
        if cells[place].strip():
            row[f"Column {place + 1}"] = cells[place]
    return row


def _is_heading(cells: list[str]) -> bool:
    """Whether a row with an empty first cell names columns: at least two words, and nothing that is a value."""
    if cells[0].strip():
        return False
    words = [cell.strip() for cell in cells[1:] if cell.strip()]
    if len(words) < 2 or len(set(words)) != len(words):
        return False
    return words[0].casefold() == "id" or not any(_is_value(word) for word in words)


def _is_value(word: str) -> bool:
    if word in ABSENT or number(word) is not None or span_ms(word) is not None or moment(word, None) is not None:
        return True
    return bool(re.search(r"[0-9]", word))


@contextmanager
def _rows(source: Source, encoding: str) -> Iterator[Iterator[list[str]]]:
    """The rows of a file by a real reader of such files."""
    csv.field_size_limit(_FIELD_LIMIT)
    with source.path.open(encoding=encoding, errors="replace", newline="") as stream:
        first = stream.readline(_FIELD_LIMIT)
        separator = _separator(first)
        clean = (line.replace("\0", "") for line in chain([first], stream))
        yield _checked(csv.reader(clean, delimiter=separator), source)


def _checked(reader: Iterator[list[str]], source: Source) -> Iterator[list[str]]:
    from console.reports.table_engine import Interrupted

    while not source.halt.is_set():
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ProtocolError(message("pbx.file_unreadable", host=source.host), detail=str(error)) from error
        if len(cells) > MAX_COLUMNS:
            raise ProtocolError(message("pbx.file_unreadable", host=source.host), detail=f"{len(cells)} columns")
        yield cells or [""]
    raise Interrupted


def _ends_with_a_line(path: Path) -> bool:
    """Whether the last line is complete as a line."""
    with path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - 2))
        return stream.read().rstrip(b"\0").endswith(b"\n")


def _encoding(source: Source) -> tuple[str, Message | None]:
    """UTF-8 with or without its mark, UTF-16 by its mark, else a guess that is said."""
    if source.head.startswith(_WIDE):
        return "utf-16", None
    try:
        with source.path.open(encoding="utf-8-sig", errors="strict", newline="") as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252", message("reply.charset", host=source.host, charset="Windows-1252")
    return "utf-8-sig", None
