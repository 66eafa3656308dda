"""What people did with reports and want again: presets, stars, recent reports, history, the key a report was run by."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.engine.report_book import ReportBook
from console.engine.report_job import Job
from console.engine.report_library import REPORT_KEY
from console.engine.report_records import (
    HISTORY_LIMIT,
    PRESET_LIMIT,
    RECENT_LIMIT,
    STAR_LIMIT,
    VALUES_LIMIT,
    HistoryEntry,
    Preset,
    Records,
    json_size,
)
from console.reports.schema import Json, ReportDefinition, Values
from console.reports.validate import default_values

NAME_LIMIT = 80


class Memory:
    """Everything here is known after `Reports.load`, and changes at once; the file follows by itself."""

    def __init__(self, book: ReportBook, backend_of: Callable[[ProfileId], str]) -> None:
        self._book = book
        self._backend_of = backend_of

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends it."""
        return self._book.subscribe(listener)

    # -- values to begin with

    def initial_values(self, profile_id: ProfileId, definition: ReportDefinition) -> dict[str, Json]:
        """The defaults of a form, with the report key this profile was last asked by."""
        values = default_values(definition)
        key = self._book.records.keys.get(profile_id, {}).get(definition.id)
        if key and definition.param(REPORT_KEY) is not None:
            values[REPORT_KEY] = key
        return values

    # -- presets

    def presets(self, profile_id: ProfileId, report_id: str = "") -> tuple[Preset, ...]:
        """The presets that fit a profile, of one report or of all, by name."""
        backend = self._backend_of(profile_id)
        found = [p for p in self._book.records.presets if p.backend == backend and report_id in ("", p.report_id)]
        return tuple(sorted(found, key=lambda p: p.name.casefold()))

    def find_preset(self, profile_id: ProfileId, definition: ReportDefinition, name: str) -> Preset:
        """The preset of that name (any letter case) or id; UserError names those there are."""
        found = self.presets(profile_id, definition.id)
        for preset in found:
            if preset.name.casefold() == name.strip().casefold() or preset.id == name:
                return preset
        known = ", ".join(p.name for p in found) or "none"
        raise UserError(message("report.preset_unknown", title=definition.title, name=name, known=known))

    def save_preset(
        self,
        profile_id: ProfileId,
        definition: ReportDefinition,
        name: str,
        values: Values,
        format: str = "",
        *,
        overwrite: bool = False,
    ) -> Preset:
        """Keep the values of a form under a name, relative dates as such.

        Raises UserError for an unusable name, one that is taken (unless `overwrite`), and one too many or too large.
        """
        name = _checked(name)
        if json_size(dict(values)) > VALUES_LIMIT:
            raise UserError(message("report.preset_large", limit="0.5 MB"))
        rival = next((p for p in self.presets(profile_id, definition.id) if p.name.casefold() == name.casefold()), None)
        if rival is not None and not overwrite:
            raise UserError(message("report.preset_exists", name=rival.name, title=definition.title))
        if rival is None and len(self._book.records.presets) >= PRESET_LIMIT:
            raise UserError(message("report.preset_full", limit=PRESET_LIMIT))
        preset = Preset(
            id=uuid.uuid4().hex[:12] if rival is None else rival.id,
            backend=definition.backend,
            report_id=definition.id,
            name=name,
            values=dict(values),
            format=format,
            starred=rival is not None and rival.starred,
            profile_id=profile_id,
        )
        self._put(preset)
        return preset

    def rename_preset(self, preset: Preset, name: str) -> Preset:
        """Another name; UserError when it is taken or unusable."""
        name = _checked(name)
        for other in self._book.records.presets:
            same_report = (other.backend, other.report_id) == (preset.backend, preset.report_id)
            if same_report and other.id != preset.id and other.name.casefold() == name.casefold():
                raise UserError(message("report.preset_exists", name=other.name, title=preset.report_id))
        renamed = replace(preset, name=name)
        self._put(renamed)
        return renamed

    def star_preset(self, preset: Preset, starred: bool) -> Preset:
        """Put it among the starred, or take it away."""
        changed = replace(preset, starred=starred)
        self._put(changed)
        return changed

    def delete_preset(self, preset: Preset) -> None:
        """Forget it."""
        self._book.change(lambda r: replace(r, presets=tuple(p for p in r.presets if p.id != preset.id)))

    # -- stars and recent reports

    def is_starred(self, definition: ReportDefinition) -> bool:
        """Whether the report itself is starred."""
        return (definition.backend, definition.id) in self._book.records.starred

    def starred(self, profile_id: ProfileId) -> tuple[str, ...]:
        """Ids of the starred reports of a profile's kind of system."""
        backend = self._backend_of(profile_id)
        return tuple(report for owner, report in self._book.records.starred if owner == backend)

    def star(self, definition: ReportDefinition, starred: bool) -> None:
        """Star a report, or take the star away."""
        pair = (definition.backend, definition.id)

        def step(records: Records) -> Records:
            others = tuple(p for p in records.starred if p != pair)
            return replace(records, starred=((pair, *others) if starred else others)[:STAR_LIMIT])

        self._book.change(step)

    def recent(self, profile_id: ProfileId | None = None) -> tuple[tuple[ProfileId, str], ...]:
        """(profile, report id), newest first; of one profile or of all."""
        return tuple(p for p in self._book.records.recent if profile_id in (None, p[0]))

    # -- history

    def history(self, profile_id: ProfileId | None = None, report_id: str = "") -> tuple[HistoryEntry, ...]:
        """Ended runs, newest first; of one profile and one report, or of all."""
        return tuple(
            entry
            for entry in self._book.records.history
            if profile_id in (None, entry.profile_id) and report_id in ("", entry.report_id)
        )

    def clear_history(self, profile_id: ProfileId | None = None) -> None:
        """Forget the runs of one profile, or of all."""
        self._book.change(
            lambda r: replace(r, history=tuple(e for e in r.history if profile_id not in (None, e.profile_id)))
        )

    # -- told by runs

    def note_start(self, profile_id: ProfileId, definition: ReportDefinition, values: Values) -> None:
        """A run begins: the report is a recent one, and its key is the one to offer next time."""
        pair = (profile_id, definition.id)
        self._book.change(lambda r: replace(r, recent=(pair, *(p for p in r.recent if p != pair))[:RECENT_LIMIT]))
        self.note_key(profile_id, definition, values)

    def note_key(self, profile_id: ProfileId, definition: ReportDefinition, values: Values) -> None:
        """Remember the key a report was asked by, if it has one."""
        key = values.get(REPORT_KEY) if definition.param(REPORT_KEY) is not None else None
        if not isinstance(key, str) or not key:
            return
        own_key = key

        def step(records: Records) -> Records:
            own = {**records.keys.get(profile_id, {}), definition.id: own_key}
            return replace(records, keys={**records.keys, profile_id: own})

        self._book.change(step)

    def note_end(self, job: Job) -> None:
        """A run has ended: it goes into history. One that was cancelled before it began leaves no trace."""
        if job.started_at is None or job.parts:
            return
        plan = job.plan
        entry = HistoryEntry(
            id=job.id,
            profile_id=job.profile_id,
            profile_name=job.profile_name,
            backend=job.backend,
            report_id=plan.report_id,
            title=job.title,
            values=dict(plan.values),
            format=plan.format,
            timeframe=plan.timeframe,
            started_at=job.started_at,
            duration_s=job.elapsed_s,
            rows=job.row_count,
            size=job.size,
            phase=job.phase,
            error=None if job.error is None else job.error.message,
        )

        def step(records: Records) -> Records:
            others = tuple(e for e in records.history if e.id != entry.id)
            return replace(records, history=(entry, *others)[:HISTORY_LIMIT])

        self._book.change(step)

    def _put(self, preset: Preset) -> None:
        def step(records: Records) -> Records:
            if all(p.id != preset.id for p in records.presets):
                return replace(records, presets=(*records.presets, preset))
            return replace(records, presets=tuple(preset if p.id == preset.id else p for p in records.presets))

        self._book.change(step)


def _checked(name: str) -> str:
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= NAME_LIMIT or not trimmed.isprintable():
        raise UserError(message("report.preset_name"))
    return trimmed
