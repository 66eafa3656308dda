"""Rows that belong to another report than the one that was asked for.

Keys of the detail reports, of the search and of the lists are on the vendor's page "Call Data API"; those of reports
that count are titles that may be in any language. So only what cannot be otherwise is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.domain.text import safe_text
from console.reports.schema import ReportDefinition
from console.vendors.asternic.reports import known
from console.vendors.asternic.reports.cells import plain
from console.vendors.asternic.wire import plain_name

GROUPS = frozenset({"queue", "agent", "url", "did", "holdtime", "event", "hour", "day", "date", "week", "month"})
"""What reports count by, as their first column says it in English."""

OF_CALLS = frozenset({"uniqueid", "callflow"})
OF_PEOPLE = frozenset({"agent", "queue", "callerid", "clid", "datetime", "datestart", "dateend"})
_ALSO = {"day": frozenset({"day", "date"})}
SHOWN = 4


def foreign_columns(definition: ReportDefinition, rows: Sequence[Any]) -> str:
    """The columns of rows that are certainly another report's, for a sentence; empty when they may be its own."""
    keys = _keys(rows)
    names = {plain_name(key) for key in keys}
    if not keys or not _is_foreign(definition, plain_name(keys[0]), names):
        return ""
    return ", ".join(safe_text(plain(key), 40) for key in keys[:SHOWN])


def foreign_events(rows: Sequence[Any]) -> str:
    """The same for the rows of a call, every one of which is an event."""
    if any("event" in {plain_name(str(key)) for key in row} for row in rows if isinstance(row, dict)):
        return ""
    return ", ".join(safe_text(plain(key), 40) for key in _keys(rows)[:SHOWN])


def _keys(rows: Sequence[Any]) -> list[str]:
    """The keys of the first row; none where rows are lists, which name nothing."""
    row = next((row for row in rows if isinstance(row, dict) and row), {})
    cell = row.get("cell")
    if isinstance(cell, (dict, list)):
        row = cell if isinstance(cell, dict) else {}
    keys = [str(key) for key in row]
    return [] if all(key.isdecimal() for key in keys) else keys


def _is_foreign(definition: ReportDefinition, first: str, names: set[str]) -> bool:
    if stem := str(definition.wire.get("stem", "")):
        return not names & {stem, f"{stem}id", f"{stem}name"}
    if definition.wire.get("detail"):
        expected = {name for column in definition.columns for name in _spellings(column.id)}
        if names & (expected or OF_CALLS | OF_PEOPLE):
            return False
        return bool(expected and definition.source) or first in GROUPS
    wanted = plain_name(str(definition.wire.get("entity", "")).rpartition("_by_")[2])
    if wanted not in GROUPS:
        return False
    return bool(names & OF_CALLS) or (first in GROUPS and not names & _ALSO.get(wanted, {wanted}))


def _spellings(column_id: str) -> tuple[str, ...]:
    entry = known.BY_ID.get(column_id)
    return () if entry is None else entry.names
