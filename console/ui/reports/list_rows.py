"""What the list of reports shows: recent, starred, presets, then everything by category. No widget here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.domain.text import format_number, safe_text
from console.engine.report_records import HistoryEntry, Preset
from console.reports.result import Phase
from console.reports.schema import ReportDefinition
from console.ui.text import plural, tr

RECENT_SHOWN = 5
_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list.

    Attributes:
        section: what it stands under; with the ids it names the row.
        line: the second line.
        marks: words such as "inferred".
        hint: what the tooltip says besides: where the report is to be had.
    """

    section: str
    title: str
    report_id: str = ""
    preset_id: str = ""
    line: str = ""
    marks: tuple[str, ...] = ()
    is_starred: bool = False
    is_heading: bool = False
    hint: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when the list is filled anew."""
        return self.section, self.report_id, self.preset_id


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything the list is made of."""

    definitions: Sequence[ReportDefinition]
    presets: Sequence[Preset] = ()
    recent: Sequence[str] = ()
    starred: frozenset[str] = frozenset()
    last: Mapping[str, HistoryEntry] | None = None


def make_rows(shelf: Shelf, text: str = "") -> list[ListRow]:
    """The rows that fit every word of `text`, with the headings of those sections that have any."""
    words = text.casefold().split()
    known = {definition.id: definition for definition in shelf.definitions}
    rows: list[ListRow] = []
    recent = [_report(tr("Recent"), known[name], shelf) for name in shelf.recent if name in known][:RECENT_SHOWN]
    starred = [_report(tr("Starred"), d, shelf) for d in shelf.definitions if d.id in shelf.starred]
    starred += [_preset(tr("Starred"), p, known) for p in shelf.presets if p.starred and p.report_id in known]
    presets = [_preset(tr("Presets"), p, known) for p in shelf.presets if p.report_id in known]
    rows += _section(tr("Recent"), recent, words)
    rows += _section(tr("Starred"), starred, words)
    rows += _section(tr("Presets"), presets, words)
    for category in dict.fromkeys(definition.category for definition in shelf.definitions):
        heading = safe_text(category, 80) or tr("All reports")
        found = [_report(heading, d, shelf) for d in shelf.definitions if d.category == category]
        rows += _section(heading, found, words)
    return rows


def last_runs(history: Iterable[HistoryEntry]) -> dict[str, HistoryEntry]:
    """The newest run of each report."""
    found: dict[str, HistoryEntry] = {}
    for entry in history:
        found.setdefault(entry.report_id, entry)
    return found


def outcome_words(entry: HistoryEntry) -> str:
    """What a run came to, in a few words."""
    if entry.phase is Phase.FAILED:
        return tr("failed")
    if entry.phase is Phase.CANCELLED:
        return tr("cancelled")
    if entry.rows is None:
        return tr("a file")
    return plural("{n} row", "{n} rows", entry.rows) if entry.rows != 0 else tr("no rows")


def size_words(size: int) -> str:
    """Bytes in the unit that suits."""
    if size < 1000:
        return tr("{n} bytes", n=size)
    if size < 1_000_000:
        return tr("{n} kB", n=f"{size / 1000:.1f}")
    return tr("{n} MB", n=f"{size / 1e6:.1f}") if size < 1e9 else tr("{n} GB", n=f"{size / 1e9:.2f}")


def rows_words(rows: int | None) -> str:
    """A count of rows for a narrow column."""
    return "" if rows is None else format_number(rows)


def needs_words(definition: ReportDefinition) -> str:
    """What a system must have for a report, as a sentence; empty where every system gives it."""
    return (
        tr("Not on every system. It takes: {what}", what=safe_text(definition.needs, 300)) if definition.needs else ""
    )


def _section(heading: str, rows: Sequence[ListRow], words: Sequence[str]) -> list[ListRow]:
    fits = [row for row in rows if _fits(row, words)]
    return [ListRow(heading, heading, is_heading=True), *fits] if fits else []


def _fits(row: ListRow, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{row.title} {row.report_id} {row.line} {row.section}".casefold()
    return all(word in text for word in words)


def _report(section: str, definition: ReportDefinition, shelf: Shelf) -> ListRow:
    entry = (shelf.last or {}).get(definition.id)
    line = safe_text(definition.summary, _LINE)
    if entry is not None:
        moment = f"{entry.started_at.astimezone():%d %b %H:%M}"
        line = tr("Last run {when}: {what}", when=moment, what=outcome_words(entry))
    marks = [tr("inferred")] if definition.inferred else []
    if definition.is_custom:
        marks.append(tr("imported"))
    starred = definition.id in shelf.starred
    title, hint = safe_text(definition.title, _LINE), needs_words(definition)
    return ListRow(section, title, definition.id, "", line, tuple(marks), starred, hint=hint)


def _preset(section: str, preset: Preset, known: Mapping[str, ReportDefinition]) -> ListRow:
    title = safe_text(known[preset.report_id].title, _LINE)
    return ListRow(section, safe_text(preset.name, _LINE), preset.report_id, preset.id, title, (), preset.starred)
