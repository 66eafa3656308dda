"""Cells of a report: what a value is, by the column's kind or, for columns nobody described, by how all of it looks.

The interface sends seconds as numbers and rates as numbers or ``92.67%``; files also write ``h:mm:ss`` and dates in
the PBX's display format (vendor page "Download a Call Report"). Text that does not fit its column is kept beside an
empty value, never turned into a number that was not sent.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

from console.domain.text import ENTRY_LIMIT
from console.domain.values import Origin
from console.reports.columns import Cell, Column, ColumnKind, Value
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.fields import Json

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?", re.ASCII)
_PERCENT = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,6}):([0-5][0-9]):([0-5][0-9])", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_IDENTITY = re.compile(r"(^|_)(id|uid|num|number|ext|extension|from|to|caller|callee|did|dod|trunk|code|key|sn)($|_)")
_SPAN = re.compile(r"(_duration$|^(average|avg|max|min|total|all|answered|missed|abandoned)_.*_time$)")
_SHARE = re.compile(r"(^|_)(success|answer|answered|miss|missed|missed_call|abandon|abandoned|fail|failed)_rate$")
_WORDS = re.compile(r"[^a-z0-9]+")
_STAMP = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}[ T]+[0-9:]{5,8}(\s*[AaPp]\.?[Mm]\.?)?", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_ENOUGH = 500  # moments read in full before their look is enough to tell what a column is
ABSENT = frozenset({"", "-", "--", "N/A", "n/a"})


def slug(title: str) -> str:
    """A title as an id: ``AVG Talk Time`` is ``avg_talk_time``; empty when nothing of it can be written so."""
    return _WORDS.sub("_", title.casefold()).strip("_")


def to_cell(kind: ColumnKind, raw: Json, dates: DateFormat | None) -> Cell:
    """A value by its column's kind; the text is kept where it was text and the value is another."""
    if raw is None:
        return None, None
    if isinstance(raw, (dict, list)):
        written = json.dumps(raw, ensure_ascii=False)[:ENTRY_LIMIT]
        return (written, None) if kind in (ColumnKind.JSON, ColumnKind.TEXT) else (None, written)
    if kind in (ColumnKind.TEXT, ColumnKind.JSON):
        return (_plain(raw) or None, None)
    value = _value(kind, raw, dates)
    if not isinstance(raw, str):
        return (value, None) if value is not None else (None, _plain(raw))
    written = raw.strip()[:ENTRY_LIMIT]
    return (None, written or None) if value is None else (value, written)


def _plain(raw: Json) -> str:
    return raw.strip()[:ENTRY_LIMIT] if isinstance(raw, str) else json.dumps(raw)


def _value(kind: ColumnKind, raw: Json, dates: DateFormat | None) -> Value:
    if kind is ColumnKind.DATETIME:
        return moment(raw, dates) if isinstance(raw, str) else None
    if kind is ColumnKind.FLAG:
        return {"0": False, "1": True, "false": False, "true": True}.get(_plain(raw).casefold())
    if kind is ColumnKind.DURATION:
        return span_ms(raw)
    if kind is ColumnKind.PERCENT and isinstance(raw, str) and (match := _PERCENT.fullmatch(raw.strip())):
        return float(match.group(1))
    return number(raw)


def number(raw: Json) -> int | float | None:
    """A number, sent as one or as its text."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        return raw
    if isinstance(raw, str) and (match := _NUMBER.fullmatch(raw.strip())):
        return float(raw) if match.group(2) else int(raw)
    return None


def span_ms(raw: Json) -> int | None:
    """A duration in milliseconds, from seconds or ``h:mm:ss``."""
    if isinstance(raw, str) and (match := _CLOCK.fullmatch(raw.strip())):
        hours, minutes, seconds = (int(part) for part in match.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1000
    seconds_sent = number(raw)
    return round(seconds_sent * 1000) if seconds_sent is not None and seconds_sent >= 0 else None


def moment(raw: str, dates: DateFormat | None) -> datetime | None:
    """A wall-clock time in the display format, or as ``YYYY-MM-DD HH:MM:SS``."""
    if dates is not None and (found := dates.read(raw)) is not None:
        return found
    if _ISO.fullmatch(raw.strip()):
        try:
            return datetime.fromisoformat(raw.strip())
        except ValueError:
            return None
    return None


class Guess:
    """What a column nobody described may be: whatever all its values agree on.

    Numbers that name something (extensions, callers, ids) stay text, for their leading zeros.

    Attributes:
        has_words: there is a letter in some of the values.
    """

    def __init__(self, name: str, dates: DateFormat | None) -> None:
        self._name = slug(name)
        self._dates = dates
        self._seen = False
        self._read = 0
        self.has_words = False
        self._possible = {
            ColumnKind.FLAG,
            ColumnKind.NUMBER,
            ColumnKind.PERCENT,
            ColumnKind.DURATION,
            ColumnKind.DATETIME,
        }

    @property
    def is_open(self) -> bool:
        """Whether another value could still tell anything."""
        return bool(self._possible) or not self.has_words

    def see(self, raw: Json) -> None:
        """Take note of one value."""
        if not self.has_words and isinstance(raw, str) and _LETTER.search(raw):
            self.has_words = True
        if not self._possible or raw is None or (isinstance(raw, str) and raw.strip() in ABSENT):
            return
        self._seen = True
        self._possible = {kind for kind in self._possible if self._fits(kind, raw)}

    def _fits(self, kind: ColumnKind, raw: Json) -> bool:
        if kind is ColumnKind.FLAG:
            return isinstance(raw, bool)
        if kind is ColumnKind.NUMBER:
            return number(raw) is not None
        if not isinstance(raw, str):
            return False
        if kind is ColumnKind.DATETIME:
            self._read += 1
            if self._read > _ENOUGH:
                return _STAMP.fullmatch(raw.strip()) is not None
            return moment(raw, self._dates) is not None
        pattern = _PERCENT if kind is ColumnKind.PERCENT else _CLOCK
        return pattern.fullmatch(raw.strip()) is not None

    def column(self, ident: str, title: str) -> Column:
        """The column, marked as inferred when its unit is."""
        kinds = self._possible if self._seen else set()
        if ColumnKind.NUMBER in kinds:
            if _IDENTITY.search(self._name):
                return Column(ident, title)
            if _SPAN.search(self._name):
                return Column(
                    ident, title, ColumnKind.DURATION, origin=Origin.INFERRED, help="Read as seconds.", has_text=True
                )
            if _SHARE.search(self._name):
                return Column(ident, title, ColumnKind.PERCENT, origin=Origin.INFERRED, help="Read as per cent.")
        kind = next(iter(kinds)) if len(kinds) == 1 else ColumnKind.TEXT
        return Column(ident, title, kind, has_text=kind is not ColumnKind.TEXT)
