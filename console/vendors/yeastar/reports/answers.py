"""Answers of ``call_report/list`` and ``call_report/detail``: one array under a key that depends on the type.

The key is the vendor's where it is known, else the only array there is. Agents of a queue lie in its row as
``detail``, members of a ring group as ``member_list``, key presses of an IVR as an object (vendor page "Query Call
Report List"; the shapes as seen on real units).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console.reports.columns import Column
from console.reports.result import SUB_REPORT, SubReport, SummaryItem
from console.reports.schema import ReportDefinition
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.fields import Json, bad, rows, text
from console.vendors.yeastar.reports.drafts import (
    Layout,
    Parts,
    build,
    known_columns,
    row_cells,
    summary_item,
    title_of,
)

Row = dict[str, Json]
_ENVELOPE = ("errcode", "errmsg", "total_number")


@dataclass
class _Found:
    """Rows on their way into tables."""

    main: list[Row] = field(default_factory=list)
    sub: list[tuple[str, Row]] = field(default_factory=list)
    totals: list[tuple[str, Row]] = field(default_factory=list)
    has_calls: bool = False  # calls have a time of day where their report has a bucket


def read_answer(
    definition: ReportDefinition,
    body: Json,
    host: str,
    dates: DateFormat | None,
    folder: Path,
    details: Json = (),
    totals: ReportDefinition | None = None,
) -> Parts:
    """The tables of an answer. Blocking.

    Args:
        details: bodies of ``call_report/detail``, each with the label of what it belongs to.
        totals: describes what stands beside nested rows, where that means something else than in the rows.

    Raises:
        ProtocolError: there is no array of rows in it.
    """
    found = _Found()
    rows_at = text(definition.wire.get("rows_at"))
    for row in _rows(definition, body, host):
        _take(row, rows_at, found)
    for label, more in details:
        for row in rows(more, host, "detail_list"):
            flat, _ = _flatten(row)
            found.sub.append((label or _label(flat), flat))
            found.has_calls = True
    return _parts(definition, totals or definition, found, body, dates, folder)


def _rows(definition: ReportDefinition, body: Json, host: str) -> list[Row]:
    """The array, by key or as the only one; an envelope with several strange ones is refused."""
    key = text(definition.wire.get("list_key"))
    listed = [name for name, value in body.items() if isinstance(value, list)] if isinstance(body, dict) else []
    if key and (key in body or len(listed) == 1):
        return rows(body, host, key)
    if len(listed) > 1:
        bad(host, "/", f"one list was expected, not {len(listed)}")
    return rows(body, host, listed[0] if listed else key or "data")


def _take(row: Row, rows_at: str, found: _Found) -> None:
    """One row: its own fields, and what is nested in it."""
    flat, nested = _flatten(row)
    inner = nested.pop(rows_at, None) if rows_at else None
    if rows_at and rows_at in row:
        identity = {key: value for key, value in flat.items() if key in ("queue", "queue_num", "queue_id")}
        found.totals.append((_label(flat), {k: v for k, v in flat.items() if k not in identity}))
        found.main += [{**identity, **_flatten(entry)[0]} for entry in inner or ()]
    else:
        found.main.append(flat)
    for entries in nested.values():
        found.sub += [(_label(flat), _flatten(entry)[0]) for entry in entries]


def _flatten(row: Row) -> tuple[Row, dict[str, list[Row]]]:
    """The plain fields, objects spread out among them; and the lists of objects by key."""
    flat: Row = {}
    nested: dict[str, list[Row]] = {}
    for key, value in row.items():
        if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
            nested[key] = value
        elif isinstance(value, list) and not any(isinstance(entry, (dict, list)) for entry in value):
            flat[key] = ", ".join(text(entry) for entry in value) or None
        elif isinstance(value, dict):
            for inner, deep in value.items():
                flat[inner if inner not in row else f"{key}_{inner}"] = deep
        else:
            flat[key] = value
    return flat, nested


def _label(flat: Mapping[str, Json]) -> str:
    """What a row is about: its first name, with its number."""
    names = [text(value) for key, value in flat.items() if key in ("queue", "name") or key.endswith("_name")]
    numbers = [text(value) for key, value in flat.items() if key.endswith(("_num", "_number")) and text(value)]
    name, number = next(iter(names), ""), next(iter(numbers), "")
    if name and number and number not in name:
        return f"{name} ({number})"
    return name or number


def _parts(
    definition: ReportDefinition,
    totals: ReportDefinition,
    found: _Found,
    body: Json,
    dates: DateFormat | None,
    folder: Path,
) -> Parts:
    known = known_columns(definition)
    columns = _layout(found.main, known, dates).columns()
    if not columns:
        inner = ("ext_name", "ext_num") if definition.wire.get("members") else ()
        columns = {column.id: column for column in definition.columns if column.id not in inner}
    parts = Parts(is_empty=not found.main)
    if columns:
        parts.table = build(list(columns.values()), (row_cells(columns, row, dates) for row in found.main), folder)
    try:
        if found.sub:
            _add_sub(parts, found, {} if found.has_calls else known, dates, folder)
        parts.summary = tuple(_summary(found, known_columns(totals), dates))
        parts.metadata = _metadata(body)
    except BaseException:
        parts.close()
        raise
    return parts


def _layout(listed: list[Row], known: Mapping[str, Column], dates: DateFormat | None) -> Layout:
    layout = Layout(known, dates, by_key=True)
    for row in listed:
        for key, value in row.items():
            if value is not None:  # a column that no row fills is none of this report
                layout.see(key, value)
    return layout


def _add_sub(parts: Parts, found: _Found, known: Mapping[str, Column], dates: DateFormat | None, folder: Path) -> None:
    inner = _layout([row for _, row in found.sub], known, dates).columns()
    lead = Column(SUB_REPORT, "Belongs to")
    cells = ([(label, None), *row_cells(inner, row, dates)] for label, row in found.sub)
    parts.sub_table = build([lead, *inner.values()], cells, folder)
    counts: dict[str, int] = {}
    for label, _ in found.sub:
        counts[label] = counts.get(label, 0) + 1
    parts.sub_reports = tuple(SubReport(label, label, row_count=number) for label, number in counts.items())


def _summary(found: _Found, known: Mapping[str, Column], dates: DateFormat | None) -> list[SummaryItem]:
    """The queue's own totals beside its agents; with several queues each figure says whose it is."""
    items: list[SummaryItem] = []
    for label, row in found.totals:
        layout = _layout([row], known, dates)
        for name, column in layout.columns().items():
            (cell,) = row_cells({name: column}, row, dates)
            if cell == (None, None):
                continue
            item = summary_item(column, cell)
            title = f"{label}: {item.title}" if len(found.totals) > 1 else f"Queue: {item.title}"
            items.append(SummaryItem(title, item.value, item.text, item.kind))
    return items


def _metadata(body: Json) -> list[tuple[str, str]]:
    """What else the envelope says."""
    return [
        (title_of(key), text(value) or str(value))
        for key, value in body.items()
        if key not in _ENVELOPE and not isinstance(value, (dict, list)) and value is not None
    ]
