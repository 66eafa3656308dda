"""`report run`: one report at one site or several, to the terminal or into files."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from console.cli import report_files as files
from console.cli.exits import INTERRUPTED, OK, UNREACHABLE, complain, exit_code, say
from console.cli.report_text import write_result
from console.cli.report_values import profiles_of, values_of
from console.domain.clock import now
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import english, message
from console.domain.profile import Profile
from console.domain.text import format_duration
from console.engine.core import Core
from console.engine.report_job import Job
from console.engine.schedules.schedule import Outcome
from console.engine.schedules.service import write_outcome
from console.net.redact import one_line
from console.reports.export import ExportFormat, ExportOptions
from console.reports.request import RunPlan
from console.reports.result import Phase, ReportResult
from console.reports.schema import Json, ReportDefinition

TICK_S = 0.5
_WORDS = {
    Phase.QUEUED: "queued",
    Phase.RUNNING: "running",
    Phase.WAITING: "waiting for the system",
    Phase.DOWNLOADING: "downloading",
    Phase.READING: "reading",
}


async def run(args: argparse.Namespace, core: Core, write_pdf: files.WritePdf | None = None) -> int:
    """Run the report; returns the exit code, raises ConsoleError. A schedule's outcome is written down.

    Args:
        write_pdf: writes a PDF, where there is something that can.
    """
    if not args.scheduled:
        return (await _run(args, core, write_pdf))[0]
    code, text = exit_code(UserError(message("report.closed"))), english(message("report.closed"))
    try:
        code, text = await _run(args, core, write_pdf)
        return code
    except ConsoleError as error:
        code, text = exit_code(error), english(error.message)
        raise
    finally:
        outcome = Outcome(now(core.clock), code, text)
        with contextlib.suppress(UserError):
            write_outcome(core.paths.config / "schedules", args.scheduled, outcome)


async def _run(args: argparse.Namespace, core: Core, write_pdf: files.WritePdf | None) -> tuple[int, str]:
    """The exit code, and what came of it in words: the files written."""
    profiles = profiles_of(args, core)
    definition = await core.reports.find(profiles[0].id, args.report)
    values, asked = await values_of(args, core, profiles[0], definition)
    chosen = files.format_of(args.output, args.format)
    if args.output is None and chosen in files.NOT_FOR_TERMINALS and sys.stdout.isatty():
        raise UserError(message("report.to_terminal", format=chosen.value))
    job = await _start(args, core, profiles, definition, values, asked, chosen)
    async with _progress(job, args.quiet):
        try:
            await core.reports.jobs.wait(job)
        except asyncio.CancelledError:
            core.reports.jobs.cancel(job)
            if job.host_may_still_work:
                complain(message("report.still_working"))
            raise
    if job.error is not None:
        raise job.error
    if job.result is None:
        return INTERRUPTED, ""
    written = await _deliver(args, core, job, job.result, chosen, write_pdf)
    return _verdict(job, job.result), ", ".join(str(path) for path in written)


async def _start(
    args: argparse.Namespace,
    core: Core,
    profiles: Sequence[Profile],
    definition: ReportDefinition,
    values: dict[str, Json],
    asked: str,
    chosen: ExportFormat | None,
) -> Job:
    if len(profiles) > 1:
        frames = core.reports.resolve(profiles[0].id, definition, values)
        frame = next(iter(frames.values()), None)
        draft = RunPlan(profiles[0].id, definition.id, definition.title, values, asked, (), frame)
        _refuse_early(args, core, draft, ", ".join(p.name for p in profiles), chosen)
        return await core.reports.run_on_many([p.id for p in profiles], definition, values, asked)
    plan = await core.reports.plan(profiles[0].id, definition, values, asked)
    _refuse_early(args, core, plan, profiles[0].name, chosen)
    return core.reports.start(profiles[0].id, definition, plan)


def _refuse_early(args: argparse.Namespace, core: Core, plan: RunPlan, site: str, chosen: ExportFormat | None) -> None:
    """A file that is in the way is told before the system works for minutes, as far as its name is known."""
    if args.output in (None, files.STDOUT) or chosen is None:
        return
    target = files.target_of(args.output, plan, site, chosen, files.media_type(chosen), _now(core))
    if chosen is not ExportFormat.ORIGINAL or "{" not in args.output:  # else its ending is that of what comes
        files.refuse_taken(target, args.force)


async def _deliver(
    args: argparse.Namespace,
    core: Core,
    job: Job,
    result: ReportResult,
    chosen: ExportFormat | None,
    write_pdf: files.WritePdf | None,
) -> list[Path]:
    """Print or write the result; gives the files written."""
    for note in dict.fromkeys((*result.plan.notes, *result.notes)):
        complain(note)
    site = job.profile_name
    if chosen is None:
        await asyncio.to_thread(write_result, result, site, say)
        return []
    if chosen is ExportFormat.ORIGINAL:
        return await _deliver_originals(args, core, result, site)
    options = ExportOptions(site=site, replace=args.force)
    if args.output in (None, files.STDOUT):
        assert job.folder is not None  # a run that has a result has had a place for it
        arguments = (result, job.folder, chosen, options, write_pdf)
        done = (
            files.pour_result(*arguments) if chosen is ExportFormat.PDF else await _off(files.pour_result, *arguments)
        )
        written = []
    else:
        target = files.target_of(args.output, result.plan, site, chosen, files.media_type(chosen), _now(core))
        todo = (result, target, chosen, options, write_pdf)
        done = files.write(*todo) if chosen is ExportFormat.PDF else await _off(files.write, *todo)
        written = [target]
        _tell_written(args, target, result, done.rows)
    for note in done.notes:
        complain(note)
    return written


_off = asyncio.to_thread  # everything but Qt, which belongs to the main thread


async def _deliver_originals(args: argparse.Namespace, core: Core, result: ReportResult, site: str) -> list[Path]:
    found = files.originals(result)
    if args.output in (None, files.STDOUT):
        if len(found) > 1:
            raise UserError(message("report.several_files", count=len(found)))
        await asyncio.to_thread(files.pour, found[0].path)
        return []
    written: list[Path] = []
    for file in found:
        target = files.target_of(args.output, result.plan, site, ExportFormat.ORIGINAL, file.media_type, _now(core))
        number = 1
        while files.numbered(target, number) in written:
            number += 1
        target = files.numbered(target, number)
        await asyncio.to_thread(functools.partial(files.copy_original, file, target, force=args.force))
        written.append(target)
        _tell_written(args, target, result)
    return written


def _tell_written(args: argparse.Namespace, target: Path, result: ReportResult, count: int | None = None) -> None:
    if not args.quiet:
        say(one_line(english(message("report.written", path=target, rows=_rows(result, count)))))


def _now(core: Core) -> datetime:
    return now(core.clock).astimezone()


def _rows(result: ReportResult, count: int | None) -> str:
    """How many rows a file holds; `count` is what was written, None for a file of the system's own."""
    table = result.table if result.table is not None else result.sub_table
    if table is None:
        return "as the system sent it"
    count = table.row_count if count is None else count
    return f"{count:,} row{'' if count == 1 else 's'}"


def _verdict(job: Job, result: ReportResult) -> int:
    """0 only for the whole: a script must be able to tell."""
    for part in job.parts:
        if part.error is not None:
            return exit_code(part.error)
    if result.missing:
        complain(message("report.missing", days=", ".join(result.missing)))
        return UNREACHABLE
    return OK


@contextlib.asynccontextmanager
async def _progress(job: Job, quiet: bool) -> AsyncIterator[None]:
    """A line on a terminal that says how far it is, and is gone when it is done."""
    from console.tasks import TaskScope

    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    async with TaskScope("progress") as scope:
        scope.start(_tick(job), "tick")
        try:
            yield
        finally:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


async def _tick(job: Job) -> None:
    while not job.is_over:
        print(f"\r{progress_line(job)}\x1b[K", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(TICK_S)


def progress_line(job: Job) -> str:
    """How far a run is, on one line."""
    progress = job.progress
    parts = [_WORDS.get(job.phase, job.phase.value), format_duration(job.elapsed_s * 1000)]
    if progress.parts > 1:
        parts.append(f"part {progress.part} of {progress.parts}")
    if job.phase is Phase.DOWNLOADING and progress.received:
        size = f"{progress.received / 1e6:.1f} MB"
        parts.append(size if not progress.expected else f"{size} of {progress.expected / 1e6:.1f} MB")
    if job.bytes_per_s:
        parts.append(f"{job.bytes_per_s / 1e6:.1f} MB/s")
    if progress.message is not None:
        parts.append(english(progress.message))
    return one_line(", ".join(parts))
