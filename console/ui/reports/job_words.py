"""A run in words and signs: no widget here."""

from __future__ import annotations

from console.domain.text import format_duration, format_number, safe_text
from console.engine.report_job import Job
from console.reports.result import Phase
from console.ui.reports.list_rows import size_words
from console.ui.text import plural, tr, translate

ICONS = {
    Phase.QUEUED: "clock",
    Phase.RUNNING: "play",
    Phase.WAITING: "hourglass",
    Phase.DOWNLOADING: "download",
    Phase.READING: "table",
    Phase.DONE: "circle-check",
    Phase.FAILED: "octagon-alert",
    Phase.CANCELLED: "circle-slash",
}
"""The sign of each phase; no two alike."""


def phase_word(phase: Phase) -> str:
    """A phase in a word or two."""
    return {
        Phase.QUEUED: tr("Queued"),
        Phase.RUNNING: tr("Running"),
        Phase.WAITING: tr("Waiting for the server"),
        Phase.DOWNLOADING: tr("Downloading"),
        Phase.READING: tr("Reading"),
        Phase.DONE: tr("Done"),
        Phase.FAILED: tr("Failed"),
        Phase.CANCELLED: tr("Cancelled"),
    }[phase]


def job_line(job: Job) -> str:
    """How a run stands, on one line."""
    parts = [phase_word(job.phase)]
    if job.phase is Phase.FAILED:
        why = translate(job.error.message) if job.error is not None else ""
        return f"{parts[0]}: {why}" if why else parts[0]
    if job.phase is Phase.CANCELLED:
        return tr("Cancelled. The server may still be working on it.") if job.host_may_still_work else parts[0]
    if job.phase is Phase.DONE:
        return "  ·  ".join([*parts, *_outcome(job)])
    if job.started_mono is not None:
        parts.append(format_duration(job.elapsed_s * 1000))
    progress = job.progress
    if progress.parts > 1:
        parts.append(tr("part {n} of {of}", n=progress.part, of=progress.parts))
    if progress.received:
        whole = f" / {size_words(progress.expected)}" if progress.expected else ""
        parts.append(f"{size_words(progress.received)}{whole}")
    if job.bytes_per_s:
        parts.append(tr("{size} a second", size=size_words(round(job.bytes_per_s))))
    if progress.message is not None:
        parts.append(translate(progress.message))
    return "  ·  ".join(parts)


def job_share(job: Job) -> float | None:
    """How much of it has come, 0 to 1, where the size is known; None otherwise."""
    progress = job.progress
    if job.phase is not Phase.DOWNLOADING or not progress.expected:
        return None
    here = min(1.0, progress.received / progress.expected)
    return (progress.part - 1 + here) / progress.parts if progress.parts > 1 else here


def job_title(job: Job) -> str:
    """What is run."""
    return safe_text(job.title, 120)


def job_site(job: Job) -> str:
    """Where it runs."""
    return safe_text(job.profile_name, 120)


def running_words(count: int) -> str:
    """How many run, for a heading; empty for none."""
    return plural("{n} running", "{n} running", count) if count else ""


def _outcome(job: Job) -> list[str]:
    parts = []
    if job.row_count is not None:
        parts.append(plural("{n} row", "{n} rows", job.row_count))
    elif job.result is not None and job.result.files:
        parts.append(", ".join(safe_text(file.name, 60) for file in job.result.files[:2]))
    if job.size:
        parts.append(size_words(job.size))
    parts.append(format_duration(job.elapsed_s * 1000))
    if job.result is not None and job.result.missing:
        parts.append(tr("{n} parts missing", n=format_number(len(job.result.missing))))
    return parts
