"""console.engine.jobs: the queue, patience, cancelling, repeating, and what is left on disk."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from console.domain.errors import ConnectFailed, ServerBusy, TimedOut, UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.engine.report_folder import JobFolders
from console.engine.report_job import Job
from console.reports.result import Phase, Progress, Tell
from tests.engine.report_fakes import CALLS, YESTERDAY, Rig, waits_for
from tests.support import ManualClock, settle, until

BUSY = ServerBusy(message("http.busy", host="h", seconds=40), retry_after_s=40.0)


async def start(rig: Rig, profile_id: ProfileId) -> Job:
    return await rig.core.reports.run(profile_id, CALLS, YESTERDAY)


def at(job: Job, phase: Phase) -> Callable[[], bool]:
    return lambda: job.phase is phase


async def test_a_run_goes_from_the_queue_to_its_result(rig: Rig, clock: ManualClock) -> None:
    go = asyncio.Event()
    rig.server.script.append(waits_for(go))
    job = await start(rig, await rig.add())
    await until(at(job, Phase.WAITING))
    await clock.advance(7)
    assert job.elapsed_s == pytest.approx(7)
    go.set()
    await rig.core.reports.jobs.wait(job)
    assert job.phase is Phase.DONE
    assert job.row_count == 2
    assert job.result is not None
    assert job.result.files[0].path.read_bytes().startswith(b"Queue")
    assert stat.S_IMODE(job.result.files[0].path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(rig.core.paths.runs.stat().st_mode) == 0o700
    assert not job.host_may_still_work


async def test_one_profile_runs_one_at_a_time_and_all_together_four(rig: Rig) -> None:
    go = asyncio.Event()
    ids = [await rig.add(f"Site {number}") for number in range(6)]
    rig.server.script += [waits_for(go)] * 12
    jobs = [await start(rig, profile_id) for profile_id in (*ids, ids[0])]
    await until(lambda: rig.server.running == 4)
    await settle()
    assert rig.server.most == 4
    assert [job.phase for job in jobs].count(Phase.QUEUED) == 3
    go.set()
    await asyncio.gather(*(rig.core.reports.jobs.wait(job) for job in jobs))
    assert {job.phase for job in jobs} == {Phase.DONE}
    assert rig.server.most == 4


async def test_a_runner_may_permit_two_at_once(rig: Rig) -> None:
    go = asyncio.Event()
    rig.server.max_parallel = 2
    rig.server.script += [waits_for(go)] * 3
    profile_id = await rig.add()
    jobs = [await start(rig, profile_id) for _ in range(3)]
    await until(lambda: rig.server.running == 2)
    await settle()
    assert rig.server.most == 2
    go.set()
    await asyncio.gather(*(rig.core.reports.jobs.wait(job) for job in jobs))


async def test_cancelling_is_immediate_and_says_whether_the_server_may_go_on(rig: Rig) -> None:
    rig.server.script.append(waits_for(asyncio.Event()))
    profile_id = await rig.add()
    first, second = await start(rig, profile_id), await start(rig, profile_id)
    await until(at(first, Phase.WAITING))
    rig.core.reports.jobs.cancel(second)
    rig.core.reports.jobs.cancel(first)
    assert (first.phase, first.host_may_still_work) == (Phase.CANCELLED, True)
    assert (second.phase, second.host_may_still_work) == (Phase.CANCELLED, False)
    await until(lambda: rig.server.running == 0)
    third = await start(rig, profile_id)
    assert (await rig.core.reports.jobs.wait(third)).phase is Phase.DONE


async def test_a_server_that_asks_for_patience_gets_it_with_the_same_plan(rig: Rig, clock: ManualClock) -> None:
    rig.server.script += [BUSY, None]
    job = await start(rig, await rig.add())
    await until(lambda: job.tries == 1 and job.phase is Phase.QUEUED)
    assert job.progress.message is not None
    assert job.progress.message.code == "report.busy_wait"
    await clock.advance(39)
    assert len(rig.server.plans) == 1
    await clock.advance(60)
    await rig.core.reports.jobs.wait(job)
    assert job.phase is Phase.DONE
    assert rig.server.plans[0] is rig.server.plans[1]


@pytest.mark.allow_warnings
async def test_patience_ends_after_three_tries(rig: Rig, clock: ManualClock) -> None:
    rig.server.script += [BUSY] * 9
    job = await start(rig, await rig.add())
    for _ in range(3):
        await until(lambda: rig.server.running == 0)
        await asyncio.sleep(0.02)
        await clock.advance(120)
    await rig.core.reports.jobs.wait(job)
    assert (job.phase, job.tries, job.error) == (Phase.FAILED, 3, BUSY)


@pytest.mark.allow_warnings
@pytest.mark.parametrize(
    "error",
    [
        TimedOut(message("connect.slow", host="h", what="x", seconds=900)),
        ServerBusy(message("http.unavailable", host="h", status=504)),
        ConnectFailed(message("connect.reset", host="h")),
        UserError(message("report.profile_gone")),
    ],
)
async def test_what_may_have_begun_is_never_repeated_by_itself(rig: Rig, clock: ManualClock, error: Exception) -> None:
    rig.server.script.append(error)
    job = await start(rig, await rig.add())
    await rig.core.reports.jobs.wait(job)
    await clock.advance(3600)
    assert (job.phase, job.error) == (Phase.FAILED, error)
    assert len(rig.server.plans) == 1


@pytest.mark.allow_warnings
async def test_busy_after_the_report_has_begun_is_a_failure(rig: Rig) -> None:
    async def step(tell: Tell) -> None:
        tell(Progress(Phase.WAITING))
        raise BUSY

    rig.server.script.append(step)
    job = await start(rig, await rig.add())
    await rig.core.reports.jobs.wait(job)
    assert (job.phase, job.tries) == (Phase.FAILED, 1)


@pytest.mark.allow_warnings
async def test_a_retry_sends_the_very_same_plan_however_late(rig: Rig, clock: ManualClock) -> None:
    rig.server.script.append(TimedOut(message("connect.slow", host="h", what="x", seconds=900)))
    job = await start(rig, await rig.add())
    await rig.core.reports.jobs.wait(job)
    clock.set_wall(clock.now_ms() + 3 * 86_400_000)  # by now "yesterday" is another day
    again = rig.core.reports.jobs.retry(job)
    await rig.core.reports.jobs.wait(again)
    assert again.phase is Phase.DONE
    assert again.retry_of == job.id
    assert rig.server.plans[1] is rig.server.plans[0]


@pytest.mark.allow_warnings
async def test_a_full_disk_and_a_bug_end_the_run_in_a_sentence(rig: Rig) -> None:
    rig.server.script += [OSError(28, "No space left on device"), ZeroDivisionError("bug")]
    profile_id = await rig.add()
    full, bug = await start(rig, profile_id), await start(rig, profile_id)
    await rig.core.reports.jobs.wait(bug)
    assert full.error is not None
    assert "No space left" in str(full.error)
    assert bug.error is not None
    assert bug.error.message.code == "report.bug"
    assert [type(found) for found in rig.bugs] == [ZeroDivisionError]
    rig.bugs.clear()


async def test_removing_frees_the_table_and_deletes_the_files(rig: Rig) -> None:
    job = await start(rig, await rig.add())
    await rig.core.reports.jobs.wait(job)
    folder = job.folder
    assert folder is not None
    rig.core.reports.jobs.remove(job)
    assert rig.core.reports.jobs.all == ()
    await until(lambda: not folder.exists())
    assert job.result is None


async def test_progress_is_told_seldom_and_changes_of_phase_at_once(rig: Rig, clock: ManualClock) -> None:
    go = asyncio.Event()

    async def step(tell: Tell) -> None:
        tell(Progress(Phase.DOWNLOADING, 0, 5000))
        for received in range(0, 5000, 10):
            tell(Progress(Phase.DOWNLOADING, received, 5000))
        await go.wait()

    rig.server.script.append(step)
    job = await start(rig, await rig.add())
    told: list[frozenset[str]] = []
    unsubscribe = rig.core.reports.jobs.subscribe(told.append)
    await until(at(job, Phase.DOWNLOADING))
    await clock.advance(1)
    assert 1 <= len(told) <= 5
    assert job.progress.received == 4990
    go.set()
    await rig.core.reports.jobs.wait(job)
    await settle()
    assert job.id in told[-1]
    unsubscribe()


async def test_the_rate_is_that_of_the_last_seconds(rig: Rig, clock: ManualClock) -> None:
    steps: asyncio.Queue[int] = asyncio.Queue()

    async def step(tell: Tell) -> None:
        while received := await steps.get():
            tell(Progress(Phase.DOWNLOADING, received))

    rig.server.script.append(step)
    job = await start(rig, await rig.add())
    for received in (1000, 3000, 5000):
        steps.put_nowait(received)
        await until(lambda received=received: job.progress.received == received)
        await clock.advance(1)
    assert job.bytes_per_s == pytest.approx(2000)
    steps.put_nowait(0)
    await rig.core.reports.jobs.wait(job)


def test_folders_of_dead_processes_go_and_those_of_the_living_stay(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    living = JobFolders(root)
    kept = living.make("a")
    dead = root / "run-1-dead"
    dead.mkdir()
    (dead / "calls.csv").write_text("x")
    (root / "run-1-dead.lock").write_text("")
    fresh = JobFolders(root)
    assert fresh.sweep() == 1
    assert not dead.exists()
    assert kept.exists()
    living.close()
    assert list(root.iterdir()) == []


async def test_files_are_gone_when_the_console_is(rig: Rig) -> None:
    job = await start(rig, await rig.add())
    await rig.core.reports.jobs.wait(job)
    await rig.core.reports.jobs.aclose()
    assert list(rig.core.paths.runs.iterdir()) == []
