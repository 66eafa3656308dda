"""A snapshot as a table for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from console.domain.columns import METRIC_PREFIX, standard
from console.domain.enums import Section
from console.domain.messages import english
from console.domain.model import ColumnInfo, Health, Row, Snapshot
from console.domain.profile import Profile
from console.domain.text import format_age, safe_text, show
from console.domain.values import Reading, Status, Unit
from console.net.redact import one_line

NAME_CELLS = 28  # a longer name is cut in a terminal
CELL_CELLS = 24
_ISOLATES = dict.fromkeys((0x2068, 0x2069))
_TITLES = {Section.QUEUES: "Queues", Section.AGENTS: "Agents", Section.WAITING: "Waiting callers"}


def page(profile: Profile, title: str, snapshot: Snapshot | None, health: Health, mono: float) -> str:
    """The whole state as text: health, key figures, one table per section."""
    age_s = health.age_s(mono)
    state = health.state_at(mono).value
    lines = [f"{one_line(profile.name)} ({title}): {state}{'' if age_s is None else f', {format_age(age_s)} old'}"]
    if health.message is not None:
        lines.append(one_line(english(health.message)))
    if snapshot is None:
        return "\n".join(lines)
    at_ms = snapshot.taken_at.timestamp() * 1000
    stale_age_s = age_s if health.is_stale_at(mono) else None
    lines += [f"! {one_line(english(notice))}" for notice in snapshot.notices]
    lines.append(f"at {snapshot.taken_at.astimezone():%Y-%m-%d %H:%M:%S %Z}, the server's time")
    tiles = [m for m in snapshot.metrics if not m.name]
    if tiles:
        lines += ["", "   ".join(f"{safe_text(m.title)}: {_text(m.reading, at_ms, stale_age_s)}" for m in tiles)]
    for section in Section:
        lines += ["", *_section(snapshot, section, at_ms, stale_age_s)]
    named = [m for m in snapshot.metrics if m.name]
    if named:
        table = [["Metric", "Of", "Value"]]
        table += [[safe_text(m.title), safe_text(m.name), _text(m.reading, at_ms, stale_age_s)] for m in named]
        lines += ["", "Metrics", *_table(table, (False, False, True))]
    return "\n".join(lines)


def _section(snapshot: Snapshot, section: Section, at_ms: float, stale_age_s: float | None) -> Iterable[str]:
    why = snapshot.unavailable.get(section)
    if why is not None:
        return [_TITLES[section], f"  {one_line(english(why))}"]
    rows = snapshot.rows(section)
    columns = [c for c in _columns(snapshot, section) if _says_something(rows, c)]
    table = [["Name", *(c.title for c in columns)]]
    for row in rows:
        readings = [_state_word(r) if c.id == "state" else r for c in columns for r in (row.reading(c.id),)]
        cells = [_text(reading, at_ms, stale_age_s) for reading in readings]
        table.append([safe_text(row.name), *cells])
    numeric = (False, *(c.unit in (Unit.COUNT, Unit.MS, Unit.PERCENT) for c in columns))
    return [f"{_TITLES[section]} ({len(rows)})", *_table(table, numeric)]


def _columns(snapshot: Snapshot, section: Section) -> list[ColumnInfo]:
    order = [column.id for column in standard(section)]
    sent = [c for c in snapshot.columns.get(section, ()) if not c.id.startswith(METRIC_PREFIX)]
    return sorted(sent, key=lambda c: order.index(c.id) if c.id in order else len(order))


def _says_something(rows: Sequence[Row], column: ColumnInfo) -> bool:
    return any(row.reading(column.id).status is not Status.UNSUPPORTED for row in rows)


def _text(reading: Reading, at_ms: float, stale_age_s: float | None) -> str:
    shown = show(reading, at_ms, stale_age_s)
    return f"({shown.text})" if stale_age_s is not None and reading.has_value else shown.text


def _state_word(reading: Reading) -> Reading:
    """An agent's state as people write it: the console's own words are ids."""
    return replace(reading, value=str(reading.value).replace("_", " ")) if reading.has_value else reading


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) or unicodedata.category(char) == "Cf"
        else 2 if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )  # fmt: skip


def _fit(text: str, cells: int) -> str:
    text = text.translate(_ISOLATES)
    while _width(text) > cells:
        text = text[:-2] + "…" if text.endswith("…") else text[:-1] + "…"
    return text


def _table(rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    fitted = [[_fit(cell, CELL_CELLS if index else NAME_CELLS) for index, cell in enumerate(row)] for row in rows]
    widths = [max(_width(row[index]) for row in fitted) for index in range(len(fitted[0]))]
    lines = []
    for row in fitted:
        cells = []
        for cell, width, right in zip(row, widths, numeric, strict=True):
            pad = " " * (width - _width(cell))
            cells.append(pad + cell if right else cell + pad)
        lines.append("  " + "  ".join(cells).rstrip())
    return lines
