"""Jobs: runs of reports in their queue, at work and at their end. All methods run on the event loop's thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.domain.clock import Clock, now
from console.domain.errors import ConsoleError, ServerBusy, UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.engine.report_folder import JobFolders
from console.engine.report_job import AT_WORK, OVER, Job, Part, Prepare, follow_parts, ready
from console.engine.session import ReportBug
from console.net.pace import Backoff
from console.reports.request import RunPlan
from console.reports.result import Phase, Progress, ReportResult
from console.reports.runner import ReportRunner
from console.reports.schema import ReportDefinition
from console.tasks import TaskScope

log = logging.getLogger(__name__)

MAX_RUNNING: Final = 4  # of all profiles together
MAX_PARALLEL: Final = 4  # of one profile, whatever its runner says
TRIES: Final = 3  # of a run the server asks to come back with
BUSY_STEP_S: Final = 5.0  # between them, when the server names no time
TELL_S: Final = 0.1  # progress is passed on this often at most
KEPT_FAILURES: Final = 100
FREE_S: Final = 5.0  # a cancelled run gets this long to let go of its files

Runners = Callable[[ProfileId], AbstractAsyncContextManager[ReportRunner]]
Unite = Callable[[Job, Path], ReportResult]
Listener = Callable[[frozenset[str]], None]


class Jobs:
    """Runs plans: several at once over the profiles, few at once at each server.

    Args:
        runners: gives the report runner over a profile's open connection for the length of a block.
        name_of: name and backend id of a profile; raises UserError for one that is gone.
        folder: below it the runs keep their files.
        on_end: called once for every job that has ended.
    """

    def __init__(
        self,
        *,
        runners: Runners,
        name_of: Callable[[ProfileId], tuple[str, str]],
        folder: Path,
        clock: Clock,
        report_bug: ReportBug,
        on_end: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._runners = runners
        self._name_of = name_of
        self._folders = JobFolders(folder)
        self._clock = clock
        self._report_bug = report_bug
        self._on_end = on_end
        self._scope = TaskScope("jobs", report_bug)
        self._jobs: dict[str, Job] = {}
        self._queue: list[Job] = []
        self._active: set[Job] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._limits: dict[ProfileId, int] = {}
        self._listeners: list[Listener] = []
        self._changed: set[str] = set()
        self._unites: dict[str, Unite] = {}
        self._parents: dict[str, Job] = {}
        self._thread = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    # -- reading

    @property
    def all(self) -> tuple[Job, ...]:
        """Every job that has not been removed, oldest first; parts stand in their own job only."""
        return tuple(self._jobs.values())

    def get(self, job_id: str) -> Job | None:
        """The job of that id, a part too."""
        if (job := self._jobs.get(job_id)) is not None:
            return job
        return next((part for job in self._jobs.values() for part in job.parts if part.id == job_id), None)

    @property
    def running(self) -> int:
        """How many have not ended."""
        return sum(not job.is_over for job in self._jobs.values())

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the ids of changed, new and removed jobs; the returned function ends it.

        A change of phase is told in the next turn of the loop, progress ten times a second at most.
        """
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def wait(self, job: Job) -> Job:
        """Wait until it has ended."""
        await job.done.wait()
        return job

    # -- doing

    def start(self, profile_id: ProfileId, definition: ReportDefinition, plan: RunPlan, *, retry_of: str = "") -> Job:
        """Queue a run; raises UserError for a profile that is gone."""
        name, _ = self._name_of(profile_id)
        job = self._make(profile_id, name, definition, plan, retry_of=retry_of)
        self._add(job)
        self._enqueue(job)
        return job

    def start_many(self, parts: Sequence[Part], unite: Unite, *, retry_of: str = "") -> Job:
        """Queue one report at several sites; `unite` makes their common result, in a worker thread."""
        first = parts[0]
        job = self._make(first.profile_id, "", first.definition, first.draft, retry_of=retry_of)
        job.profile_name = ", ".join(part.profile_name for part in parts)
        job.parts = tuple(
            self._make(p.profile_id, p.profile_name, p.definition, p.draft, prepare=p.prepare) for p in parts
        )
        self._unites[job.id] = unite
        self._add(job)
        self._launch_many(job)
        return job

    def cancel(self, job: Job) -> None:
        """End it, at once as far as anybody here is concerned; see `Job.host_may_still_work`."""
        if job.is_over:
            return
        for part in job.parts:
            self.cancel(part)
        job.host_may_still_work = (job.is_sent and job.phase in AT_WORK) or any(
            part.host_may_still_work for part in job.parts
        )
        task = self._tasks.get(job.id)
        self._end(job, Phase.CANCELLED)
        if task is not None:
            task.cancel()

    def retry(self, job: Job) -> Job:
        """Run the very same plan again, byte for byte, as a new job."""
        if not job.parts:
            return self.start(job.profile_id, job.definition, job.plan, retry_of=job.id)
        parts = [
            Part(
                part.profile_id,
                part.profile_name,
                part.definition,
                part.plan,
                ready(part.plan) if part.prepare is None else part.prepare,
            )
            for part in job.parts
        ]
        return self.start_many(parts, self._unites[job.id], retry_of=job.id)

    def remove(self, job: Job) -> None:
        """Forget it: its tables are freed and its files deleted."""
        if self._jobs.get(job.id) is not job:
            return
        self.cancel(job)
        del self._jobs[job.id]
        self._unites.pop(job.id, None)
        for part in job.parts:
            self._parents.pop(part.id, None)
        if not self._closed:
            self._scope.start(self._free(job), f"free.{job.id}")
        self._touch(job)

    async def sweep(self) -> None:
        """Remove what an earlier run of the console left behind when it crashed."""
        removed = await asyncio.to_thread(self._folders.sweep)
        if removed:
            log.info("removed the report files of %s earlier runs", removed)

    async def aclose(self) -> None:
        """Cancel what runs, free every table, delete every file."""
        self._listeners.clear()
        self._closed = True
        for job in self.all:
            self.cancel(job)
        await self._scope.aclose()
        for job in self.all:
            await self._free(job)
        self._jobs.clear()
        await asyncio.to_thread(self._folders.close)

    # -- the queue

    def _make(
        self,
        profile_id: ProfileId,
        name: str,
        definition: ReportDefinition,
        plan: RunPlan,
        *,
        prepare: Prepare | None = None,
        retry_of: str = "",
    ) -> Job:
        return Job(
            id=uuid.uuid4().hex[:12],
            profile_id=profile_id,
            profile_name=name,
            backend=definition.backend,
            definition=definition,
            plan=plan,
            prepare=prepare,
            clock=self._clock,
            queued_at=now(self._clock),
            retry_of=retry_of,
        )

    def _add(self, job: Job) -> None:
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._jobs[job.id] = job
        for part in job.parts:
            self._parents[part.id] = job
        poor = [j for j in self._jobs.values() if j.phase in (Phase.FAILED, Phase.CANCELLED)]
        for old in poor[: max(0, len(poor) - KEPT_FAILURES)]:
            self.remove(old)
        self._touch(job)

    def _enqueue(self, job: Job) -> None:
        self._queue.append(job)
        self._pump()

    def _pump(self) -> None:
        """Start what may start now, in the order of the queue."""
        mono = self._clock.monotonic()
        for job in tuple(self._queue):
            if self._closed or len(self._active) >= MAX_RUNNING:
                return
            busy = sum(other.profile_id == job.profile_id for other in self._active)
            if busy >= self._limits.get(job.profile_id, 1) or job.not_before_mono > mono:
                continue
            self._queue.remove(job)
            self._active.add(job)
            self._tasks[job.id] = self._scope.start(self._run(job), f"run.{job.id}")

    # -- one run

    async def _run(self, job: Job) -> None:
        self._begin(job)
        try:
            await self._settle(job, self._perform(job))
        finally:
            self._active.discard(job)
            self._pump()

    def _begin(self, job: Job) -> None:
        job.tries += 1
        if job.started_mono is None:
            job.started_mono = self._clock.monotonic()
            job.started_at = now(self._clock)
        self._set_phase(job, Phase.RUNNING)

    async def _settle(self, job: Job, work: Awaitable[ReportResult]) -> None:
        """Await what a job does and give the job its end, whatever comes."""
        try:
            result = await work
            if job.is_over:  # cancelled in the very moment
                await asyncio.to_thread(result.close)
            else:
                job.result = result
                self._end(job, Phase.DONE)
        except asyncio.CancelledError:
            self._end(job, Phase.CANCELLED)
            raise
        except ConsoleError as error:
            if job.is_over or not self._postpone(job, error):
                self._end(job, Phase.FAILED, error)
        except OSError as failure:
            where = str(job.folder.parent if job.folder is not None else "")
            reason = failure.strerror or type(failure).__name__
            self._end(job, Phase.FAILED, UserError(message("report.disk", path=where, reason=reason)))
        except Exception as bug:  # the boundary: a fault of ours ends this run and no other
            self._report_bug(f"job.{job.definition.id}", bug)
            self._end(job, Phase.FAILED, ConsoleError(message("report.bug"), detail=type(bug).__name__))
        finally:
            self._tasks.pop(job.id, None)
            if job.is_over and job.result is None and not self._closed:
                self._scope.start(self._free(job), f"free.{job.id}")

    async def _perform(self, job: Job) -> ReportResult:
        if job.folder is None:
            job.folder = await asyncio.to_thread(self._folders.make, job.id)
        async with self._runners(job.profile_id) as runner:
            allowed = getattr(runner, "max_parallel", 1)
            self._limits[job.profile_id] = min(max(int(allowed), 1), MAX_PARALLEL)
            self._pump()  # another of the same profile may begin now
            if job.prepare is not None:
                job.plan = await job.prepare()
                job.prepare = None
            job.is_sent = True
            return await runner.run(job.definition, job.plan, job.folder, lambda told: self._hear(job, told))

    def _hear(self, job: Job, told: Progress) -> None:
        """Take a sign of life, from whichever thread."""
        if threading.get_ident() != self._thread:
            assert self._loop is not None  # it is known since the first job
            with contextlib.suppress(RuntimeError):  # the loop has closed
                self._loop.call_soon_threadsafe(self._hear, job, told)
            return
        if job.is_over or told.phase in OVER:
            return
        if told.phase in (Phase.WAITING, Phase.DOWNLOADING, Phase.READING) or told.part > 1:
            job.has_begun = True
        if told.phase is Phase.DOWNLOADING:
            job.mark(told.received)
        is_news = told.phase is not job.phase or told.message != job.progress.message
        job.progress = told
        job.phase = told.phase
        self._touch(job, at_once=is_news)

    def _postpone(self, job: Job, error: ConsoleError) -> bool:
        """Come back later with what the server had not begun; a run that timed out is never repeated by itself."""
        if job.parts or not isinstance(error, ServerBusy) or job.has_begun or job.tries >= TRIES:
            return False
        if error.retry_after_s is None and error.message.code not in ("http.throttled", "once.http.throttled"):
            return False
        delay_s = Backoff(BUSY_STEP_S, self._clock).delay(error.retry_after_s)
        job.not_before_mono = self._clock.monotonic() + delay_s
        job.is_sent = False
        wait = message(
            "report.busy_wait",
            host=error.message.args.get("host", job.profile_name),
            number=job.tries + 1,
            limit=TRIES,
            seconds=round(delay_s),
        )
        self._set_phase(job, Phase.QUEUED)
        job.progress = Progress(Phase.QUEUED, message=wait)
        self._queue.append(job)
        self._scope.start(self._wake(job, delay_s), f"wait.{job.id}")
        return True

    async def _wake(self, job: Job, delay_s: float) -> None:
        while not job.is_over and self._clock.monotonic() < job.not_before_mono:
            await self._clock.wait(job.done, min(delay_s, job.not_before_mono - self._clock.monotonic()))
        self._pump()

    # -- one report at several sites

    def _launch_many(self, job: Job) -> None:
        self._tasks[job.id] = self._scope.start(self._run_many(job), f"many.{job.id}")
        for part in job.parts:
            self._enqueue(part)

    async def _run_many(self, job: Job) -> None:
        self._begin(job)
        await self._settle(job, self._perform_many(job))

    async def _perform_many(self, job: Job) -> ReportResult:
        for part in job.parts:
            await part.done.wait()
        good = [part for part in job.parts if part.result is not None]
        if not good:
            raise next((p.error for p in job.parts if p.error is not None), None) or asyncio.CancelledError
        job.plan = replace(good[0].plan, requests=())
        self._set_phase(job, Phase.READING)
        job.folder = await asyncio.to_thread(self._folders.make, job.id)
        return await asyncio.to_thread(self._unites[job.id], job, job.folder)

    # -- changes

    def _set_phase(self, job: Job, phase: Phase) -> None:
        job.phase = phase
        job.progress = replace(job.progress, phase=phase, message=None)
        self._touch(job)

    def _end(self, job: Job, phase: Phase, error: ConsoleError | None = None) -> None:
        if job.is_over:
            return
        job.error = error
        job.finished_mono = self._clock.monotonic()
        self._set_phase(job, phase)
        if job in self._queue:
            self._queue.remove(job)
        job.done.set()
        self._on_end(job)
        if error is not None:
            log.warning("report %s of %s failed: %s", job.definition.id, job.profile_id, error.message.code)

    def _touch(self, job: Job, *, at_once: bool = True) -> None:
        parent = self._parents.get(job.id)
        if parent is not None:
            self._changed.add(parent.id)
            follow_parts(parent)
        self._changed.add(job.id)
        if self._closed or self._loop is None:
            return
        if at_once:
            self._loop.call_soon(self._flush)
        else:
            self._scope.single_flight("tell", self._flush_later)

    async def _flush_later(self) -> None:
        await self._clock.wait(asyncio.Event(), TELL_S)
        self._flush()

    def _flush(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        if changed:
            for listener in tuple(self._listeners):
                listener(changed)

    async def _free(self, job: Job) -> None:
        """Close tables, then delete files: an open file cannot be deleted everywhere."""
        for each in (*job.parts, job):
            task = self._tasks.get(each.id)
            if task is not None and task is not asyncio.current_task():
                await asyncio.wait((task,), timeout=FREE_S)
            result, each.result = each.result, None
            if result is not None:
                await asyncio.to_thread(result.close)
            if each.folder is not None:
                await asyncio.to_thread(self._folders.drop, each.folder)
