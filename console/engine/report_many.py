"""One report at several sites: the union of their tables, with the site in front. Runs in a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from console.domain.messages import Message, english, message
from console.engine.report_job import Job
from console.reports.result import ReportResult
from console.reports.table import Table, union

SITE = "site"


def unite(job: Job, folder: Path) -> ReportResult:
    """The common result of the parts that have ended well; the others are named among the notes."""
    good = [(part.profile_name, part.result) for part in job.parts if part.result is not None]
    notes: list[Message] = []
    for part in job.parts:
        if part.error is not None:
            notes.append(message("report.site_failed", site=part.profile_name, why=english(part.error.message)))
        elif part.result is None:
            notes.append(message("report.site_cancelled", site=part.profile_name))
    for _, result in good:
        notes += [note for note in (*result.plan.notes, *result.notes) if note not in notes]
    first = good[0][1]
    missing = [f"{name}: {day}" for name, result in good for day in result.missing]
    return ReportResult(
        plan=job.plan,
        title=first.title,
        table=_union([(name, result.table) for name, result in good if result.table is not None], folder),
        sub_table=_union([(name, r.sub_table) for name, r in good if r.sub_table is not None], folder),
        summary=tuple(replace(item, title=f"{name}: {item.title}") for name, r in good for item in r.summary),
        metadata=tuple((f"{name}: {label}", text) for name, r in good for label, text in r.metadata),
        files=tuple(replace(file, name=f"{name} {file.name}") for name, r in good for file in r.files),
        notes=tuple(notes),
        missing=tuple(missing),
        exchange_ids=tuple(x for _, r in good for x in r.exchange_ids),
    )


def _union(tables: Sequence[tuple[str, Table]], folder: Path) -> Table | None:
    return union(tables, "Site", column_id=SITE, folder=folder) if tables else None
