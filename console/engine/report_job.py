"""A job: one run of a report, or of one report at several sites, from the queue to its result."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from console.domain.clock import Clock
from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.reports.request import RunPlan
from console.reports.result import Phase, Progress, ReportResult
from console.reports.schema import MADE_UP_TITLE, ReportDefinition

OVER: Final = frozenset({Phase.DONE, Phase.FAILED, Phase.CANCELLED})
AT_WORK: Final = frozenset({Phase.RUNNING, Phase.WAITING, Phase.DOWNLOADING})
RATE_SPAN_S: Final = 3.0  # the rate is that of the last few seconds

Prepare = Callable[[], Awaitable[RunPlan]]


@dataclass(eq=False, kw_only=True)
class Job:
    """One run. Only `Jobs` changes it; everybody else reads it and is told of changes.

    Attributes:
        id: stable within this process.
        plan: what is sent; a retry has the very same object.
        progress: the newest sign of life.
        queued_at, started_at: wall clock, aware.
        error: why it failed.
        result: what it gave; its tables live until the job is removed.
        host_may_still_work: it was cancelled while the server had the request, and may still be computing.
        tries: how often it was begun; above 1 where the server asked for patience.
        parts: the runs at single sites, when this is one report at several.
        retry_of: id of the job this one repeats.
    """

    id: str
    profile_id: ProfileId
    profile_name: str
    backend: str
    definition: ReportDefinition
    plan: RunPlan
    clock: Clock
    queued_at: datetime
    phase: Phase = Phase.QUEUED
    progress: Progress = field(default_factory=lambda: Progress(Phase.QUEUED))
    started_at: datetime | None = None
    started_mono: float | None = None
    finished_mono: float | None = None
    error: ConsoleError | None = None
    result: ReportResult | None = None
    host_may_still_work: bool = False
    tries: int = 0
    parts: tuple[Job, ...] = ()
    retry_of: str = ""
    folder: Path | None = None
    prepare: Prepare | None = field(default=None, repr=False)
    not_before_mono: float = 0.0
    is_sent: bool = False
    has_begun: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _marks: list[tuple[float, int]] = field(default_factory=list, repr=False)

    @property
    def title(self) -> str:
        """Title of the report; that of its result where the console had to make one up."""
        asked = self.plan.title or self.definition.title
        told = "" if self.result is None else self.result.title.strip()
        return told if told and asked == self.definition.wire.get(MADE_UP_TITLE) else asked

    @property
    def is_over(self) -> bool:
        """Done, failed or cancelled."""
        return self.phase in OVER

    @property
    def elapsed_s(self) -> float:
        """Seconds since it began (not since it was queued), until its end."""
        if self.started_mono is None:
            return 0.0
        end = self.clock.monotonic() if self.finished_mono is None else self.finished_mono
        return max(0.0, end - self.started_mono)

    @property
    def bytes_per_s(self) -> float | None:
        """Download rate of the last few seconds; None unless it is downloading and known."""
        if self.phase is not Phase.DOWNLOADING or len(self._marks) < 2:
            return None
        (then, had), (now, has) = self._marks[0], self._marks[-1]
        return (has - had) / (now - then) if now > then and has >= had else None

    @property
    def row_count(self) -> int | None:
        """Rows of its table, or of its sub-reports where they are all there is; None before the end and for files."""
        table = (self.result.table or self.result.sub_table) if self.result is not None else None
        if table is None:
            return None
        rows: int = table.row_count
        return rows

    @property
    def size(self) -> int:
        """Bytes of the files the server sent, or of what has arrived so far."""
        files = () if self.result is None else self.result.files
        return sum(file.size for file in files) or self.progress.received

    def mark(self, received: int) -> None:
        """Note how much has arrived, for the rate."""
        now = self.clock.monotonic()
        if self._marks and received < self._marks[-1][1]:
            self._marks.clear()  # the next part begins
        self._marks.append((now, received))
        while len(self._marks) > 2 and now - self._marks[1][0] > RATE_SPAN_S:
            del self._marks[0]
        del self._marks[1:-200]


@dataclass(frozen=True, slots=True)
class Part:
    """A run at one site, to be started as part of a job at several."""

    profile_id: ProfileId
    profile_name: str
    definition: ReportDefinition
    draft: RunPlan
    prepare: Prepare


def ready(plan: RunPlan) -> Prepare:
    """A plan that is there already, as one that has to be made."""

    async def prepare() -> RunPlan:
        return plan

    return prepare


def follow_parts(job: Job) -> None:
    """Make the sign of life of one report at several sites from those of its parts."""
    if job.is_over or job.phase is Phase.READING:
        return
    over = sum(part.is_over for part in job.parts)
    phases = [part.phase for part in job.parts if not part.is_over]
    at_work = [phase for phase in phases if phase is not Phase.QUEUED]
    received = sum(part.progress.received for part in job.parts)
    job.phase = at_work[0] if at_work else Phase.QUEUED if phases and not over else Phase.RUNNING
    job.progress = Progress(job.phase, received, None, min(over + 1, len(job.parts)), len(job.parts))
    if job.phase is Phase.DOWNLOADING:
        job.mark(received)
