"""Reports the console runs for a question of its own: awaited to their end, their cells read as words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from console.domain.errors import UserError
from console.domain.messages import Message
from console.domain.model import ProfileId
from console.engine.reports import Reports
from console.reports.result import ReportResult
from console.reports.schema import Json, ReportDefinition


async def finished(
    reports: Reports, profile_id: ProfileId, definition: ReportDefinition, values: Mapping[str, Json], failed: Message
) -> ReportResult:
    """The result of a run; raises the run's `ConsoleError`, or `failed` as one. Cancelling cancels the run."""
    job = await reports.run(profile_id, definition, values)
    try:
        await reports.jobs.wait(job)
    except asyncio.CancelledError:
        reports.jobs.cancel(job)
        raise
    if job.error is not None or job.result is None:
        raise job.error or UserError(failed)
    return job.result


def cell_text(cell: tuple[object, str | None]) -> str:
    """A cell of a result's table as words: the server's own, else the value."""
    value, text = cell
    return str(text if text is not None else "" if value is None else value).strip()
