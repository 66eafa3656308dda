"""Rows as sent to records of one shape: fields by their known names, what is derived from them, and their columns.

Rows are not uniform: each distinct set of keys is looked at once, unknown keys become columns of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from console.domain.callflow import CALL_ID_COLUMN
from console.domain.text import safe_text
from console.reports.columns import Column, ColumnKind
from console.vendors.asternic import figures
from console.vendors.asternic.lenient import Repeated
from console.vendors.asternic.reports import known
from console.vendors.asternic.reports.cells import MAKERS, date_time, fits, plain, raw_text
from console.vendors.asternic.wire import PSEUDO, plain_name

Record = dict[str, str]
MOST_COLUMNS = 300
REST = "more_fields"  # the column of what comes beyond that
_GUESSED = (ColumnKind.NUMBER, ColumnKind.DURATION, ColumnKind.PERCENT, ColumnKind.DATETIME)
_NAMES = re.compile(r"queue|agent|did|url|tag|call(?:er)?id|clid|phone|^ext|account|code|name|uid|id$|cola", re.I)
_CALL = re.compile(r"(?:^|[/=])call/([^/?&#]+)$")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}")


@dataclass(slots=True)
class Seen:
    """What was seen of a column so far."""

    column: Column
    guesses: set[ColumnKind] | None  # kinds every value so far fits; None when the kind is known
    has_text: bool = False
    has_value: bool = False
    tried: dict[str, bool] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """Take a value into account."""
        if not text:
            return
        self.has_value = True
        if self.guesses:
            self.guesses = {kind for kind in self.guesses if fits(text, kind)}
        if self.has_text:
            return
        if self.column.kind is ColumnKind.TEXT and not self.guesses:
            self.has_text = "&" in text and plain(text) != text
            return
        kind = self.final_kind
        if text not in self.tried:
            if len(self.tried) > 4096:
                self.tried.clear()
            self.tried[text] = MAKERS[kind](text)[1] is not None
        self.has_text = self.tried[text]

    @property
    def final_kind(self) -> ColumnKind:
        """The kind as far as the values seen allow."""
        if self.guesses and self.has_value:
            return next(kind for kind in _GUESSED if kind in self.guesses)
        return self.column.kind

    def final(self) -> Column:
        """The column, once all rows were seen."""
        kind = self.final_kind
        has_text = self.has_text or kind in (ColumnKind.PERCENT, ColumnKind.DURATION) or self.column.id == known.CALLER
        return replace(self.column, kind=kind, has_text=has_text or kind is not self.column.kind)


class Shaper:
    """Turns rows into records.

    Args:
        columns: what is expected, in order.
        is_detail: rows are calls; else the first field names what is counted and stays text.
        stem: ``queue`` or ``agent`` for the lists.
    """

    def __init__(self, columns: Sequence[Column], *, is_detail: bool, stem: str = "") -> None:
        self._expected = tuple(columns)
        self._is_detail = is_detail
        self._stem = stem
        self._plans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self._seen: dict[str, Seen] = {}
        self._by_key: dict[str, str] = {}
        self._titles: dict[str, str] = {}

    def record(self, row: Any, day: str = "") -> Record | None:
        """One row; None when it is none.

        Args:
            day: put into a column of its own, where rows have no time.
        """
        pairs = _pairs(row)
        if not pairs:
            return None
        keys = tuple(key for key, _ in pairs)
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) > 4096:
                self._plans.clear()
            plan = self._plans[keys] = self._plan(keys)
        found: Record = {}
        for (column, spare), (_, value) in zip(plan, pairs, strict=True):
            text = raw_text(value)
            if column not in found:
                found[column] = text
            elif found[column] != text and spare:
                found[spare] = text
        if day:
            found[known.DAY] = day
        self._derive(found)
        for column, text in found.items():
            seen = self._seen.get(column)
            if seen is None:
                seen = self._seen[column] = self._new(column)
            seen.note(text)
        return found

    def columns(self) -> tuple[Column, ...]:
        """The columns of all records so far; the expected ones when there were none."""
        if not self._seen:
            return self._expected
        order = [known.DAY, *(column.id for column in self._expected if column.id not in known.COMPUTED_BY_ID)]
        order += [name for name in self._seen if name not in known.COMPUTED_BY_ID]
        order += [name for name in known.COMPUTED_BY_ID if name != known.DAY]
        return tuple(self._seen[name].final() for name in dict.fromkeys(order) if name in self._seen)

    def _plan(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """For each key its column and, for a second spelling of the same thing, the column of a differing value."""
        plan = []
        taken: set[str] = set()
        for key in keys:
            entry = known.BY_NAME.get(("%" if "%" in key else "") + plain_name(key))
            column = entry.id if entry is not None else self._own(key)
            plan.append((column, self._own(key, is_spare=True) if column in taken else ""))
            taken.add(column)
        if not self._is_detail and not self._stem and plan and plan[0][0] not in self._seen:
            self._seen[plan[0][0]] = self._new(plan[0][0], is_group=True)
        return plan

    def _own(self, key: str, *, is_spare: bool = False) -> str:
        """The column id of an unknown key, or of a second spelling."""
        mark = f"{key}\0spare" if is_spare else key
        if mark in self._by_key:
            return self._by_key[mark]
        if len(self._titles) >= MOST_COLUMNS:
            self._titles[REST] = "More fields"
            return REST
        stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
        stem = re.sub(r"\W+", "_", stem.replace("%", " percent ")).strip("_").casefold()[:60] or "column"
        name, number = stem, 2
        while name in self._titles or name in known.BY_ID or name in known.COMPUTED_BY_ID or name == REST:
            name, number = f"{stem}_{number}", number + 1
        self._by_key[mark] = name
        self._titles[name] = safe_text(plain(key)) or name
        return name

    def _new(self, column: str, *, is_group: bool = False) -> Seen:
        if column in known.COMPUTED_BY_ID:
            return Seen(known.COMPUTED_BY_ID[column], None)
        if column in known.BY_ID:
            entry = known.column(column)
            return Seen(replace(entry, kind=ColumnKind.TEXT) if is_group else entry, None)
        title = self._titles.get(column, column)
        is_name = is_group or _NAMES.search(column) is not None
        return Seen(Column(column, title), None if is_name else set(_GUESSED))

    def _derive(self, found: Record) -> None:
        """Add what follows from the fields; see the columns' help."""
        caller = found.get(known.CALLER)
        if caller is not None and caller.strip().casefold() in known.NOBODY:
            found[known.CALLER] = known.NO_CALLER
            if caller:
                found[known.CALLER_SENT] = caller
        if self._stem:
            is_pseudo = found.get(self._stem) in PSEUDO or found.get(f"{self._stem}_id") == "-1"
            found[known.ROW_KIND] = "pseudo row" if is_pseudo else self._stem
        if "total_duration" in found and "wait_time" in found:
            found[known.TALK_DERIVED] = _talk(found)
        overflow = found.get("overflow")
        if overflow is not None:
            count = figures.count(overflow).value
            found[known.OVERFLOWED] = "" if count is None else "true" if count > 1 else "false"
        if self._is_detail and ("call_flow" in found or "unique_id" in found):
            found[CALL_ID_COLUMN] = call_id(found.get("call_flow", "")) or call_id(found.get("unique_id", ""))


def call_id(text: str) -> str:
    """The id of a call: what stands behind ``call/`` at the end of a call flow link, or the id itself; else empty.

    The rest of such a link is never followed: the vendor's own sample names another folder than the one asked.
    """
    words = plain(text).strip()
    match = _CALL.search(words)
    bare = match.group(1) if match else words
    return bare if _ID.fullmatch(bare) and ".." not in bare else ""


def time_of(record: Mapping[str, str], names: Sequence[str]) -> datetime | None:
    """The row's own time, by the first of those fields that has one."""
    for name in names:
        if (text := record.get(name)) and (at := date_time(text)) is not None:
            return at
    return None


def _talk(found: Record) -> str:
    """Seconds of talk: as sent, else total - wait; empty when neither can be had."""
    sent = figures.seconds(found.get("talk_time")).value
    if sent:
        return f"{sent:g}"
    total, wait = (figures.seconds(found.get(name)).value for name in ("total_duration", "wait_time"))
    return "" if total is None or wait is None or total < wait else f"{total - wait:g}"


def _pairs(row: Any) -> list[tuple[str, Any]]:
    """Fields in order; a row may also be a list, or the ``cell`` of one (the envelope is that of a table widget)."""
    if isinstance(row, dict):
        cell = row.get("cell")
        if isinstance(cell, (dict, list)) and set(row) <= {"id", "cell"}:
            return _pairs(cell)
        again = [(f"{key} (again)", value) for key, value in row.again] if isinstance(row, Repeated) else []
        return [*row.items(), *again]
    if isinstance(row, list):
        return [(f"column {number}", value) for number, value in enumerate(row, 1)]
    return []
