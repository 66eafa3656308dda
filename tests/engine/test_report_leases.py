"""console.engine.leases: one open connection per profile, whoever uses it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from console.domain.enums import HealthState
from console.domain.errors import ConsoleError, UserError
from console.domain.model import ProfileId
from console.domain.secret import Secret
from console.engine.leases import LINGER_S
from console.reports.result import Phase
from console.tasks import TaskScope
from tests.engine.report_fakes import CALLS, YESTERDAY, Rig, waits_for
from tests.support import ManualClock, settle, until


async def held(rig: Rig, profile_id: ProfileId) -> tuple[TaskScope, asyncio.Task[None], asyncio.Event]:
    """A task that has leased the profile's connection and waits inside."""
    inside, go = asyncio.Event(), asyncio.Event()

    async def use() -> None:
        async with rig.core.profiles.lease(profile_id):
            inside.set()
            await go.wait()

    scope = TaskScope("test", lambda name, error: None)
    task = scope.start(use(), "use")
    await inside.wait()
    return scope, task, go


async def test_a_run_goes_over_the_live_sessions_connection(rig: Rig) -> None:
    profile_id = await rig.add(enabled=True)
    await settle()
    async with rig.core.profiles.lease(profile_id) as backend:
        assert backend is rig.server.backends[0]  # type: ignore[comparison-overlap]
    assert len(rig.server.backends) == 1
    assert rig.server.open == 1


async def test_a_profile_that_is_off_is_opened_shared_and_closed_after_a_moment(rig: Rig, clock: ManualClock) -> None:
    profile_id = await rig.add()
    async with rig.core.profiles.lease(profile_id) as one, rig.core.profiles.lease(profile_id) as two:
        assert one is two
    assert rig.server.open == 1
    async with rig.core.profiles.lease(profile_id) as three:
        assert three is one
    await clock.advance(LINGER_S - 1)
    assert rig.server.open == 1
    await clock.advance(2)
    assert rig.server.open == 0
    assert len(rig.server.backends) == 1


async def test_switching_a_profile_off_leaves_the_run_its_connection(rig: Rig, clock: ManualClock) -> None:
    profile_id = await rig.add(enabled=True)
    await settle()
    scope, task, go = await held(rig, profile_id)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await rig.core.profiles.set_enabled(profile, False)
    await settle()
    assert rig.server.open == 1
    assert not task.done()
    go.set()
    await task
    await clock.advance(LINGER_S + 1)
    assert rig.server.open == 0
    await scope.aclose()


async def test_switching_it_on_takes_the_runs_connection(rig: Rig) -> None:
    profile_id = await rig.add()
    scope, task, go = await held(rig, profile_id)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await rig.core.profiles.set_enabled(profile, True)
    await settle()
    assert len(rig.server.backends) == 1
    source = rig.core.store.source(profile_id)
    assert source is not None
    assert source.health.state is HealthState.LIVE
    go.set()
    await task
    assert rig.server.open == 1
    await scope.aclose()


@pytest.mark.parametrize("change", ["address", "secret", "removed"])
async def test_a_changed_or_removed_profile_ends_the_run_in_a_sentence(rig: Rig, change: str) -> None:
    profile_id = await rig.add(enabled=True)
    await settle()
    scope, task, _ = await held(rig, profile_id)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    if change == "address":
        await rig.core.profiles.save(replace(profile, url="https://other.example"))
    elif change == "secret":
        await rig.core.profiles.save(profile, {"key": Secret("canary-lease-key-1")})
    else:
        await rig.core.profiles.remove(profile)
    await asyncio.wait((task,))
    error = task.exception()
    assert isinstance(error, UserError)
    assert error.message.code == "report.profile_changed"
    await until(lambda: rig.server.backends[0].closed)
    await scope.aclose()


async def test_another_name_or_zone_is_no_reason_to_end_a_run(rig: Rig) -> None:
    profile_id = await rig.add(enabled=True)
    await settle()
    scope, task, go = await held(rig, profile_id)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await rig.core.profiles.save(replace(profile, name="Other", site_zone="Europe/Berlin", week_start=6))
    await settle()
    assert not task.done()
    assert not rig.server.backends[0].closed
    go.set()
    await task
    await settle()
    assert rig.server.backends[0].closed, "the session has one of its own by now"
    assert rig.server.open == 1
    await scope.aclose()


async def test_sleep_gives_the_session_a_fresh_connection_and_leaves_the_run_the_old(rig: Rig) -> None:
    profile_id = await rig.add(enabled=True)
    await settle()
    scope, task, go = await held(rig, profile_id)
    rig.core.profiles.resumed()
    await settle()
    assert not rig.server.backends[0].closed
    go.set()
    await task
    assert rig.server.backends[0].closed
    await scope.aclose()


async def test_a_cancellation_from_outside_stays_one(rig: Rig) -> None:
    profile_id = await rig.add()
    scope, task, _ = await held(rig, profile_id)
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    await scope.aclose()


@pytest.mark.allow_warnings
async def test_a_job_under_a_removed_profile_fails_and_says_why(rig: Rig) -> None:
    rig.server.script.append(waits_for(asyncio.Event()))
    profile_id = await rig.add()
    job = await rig.core.reports.run(profile_id, CALLS, YESTERDAY)
    await until(lambda: job.phase is Phase.WAITING)
    profile = rig.core.profiles.get(profile_id)
    assert profile is not None
    await rig.core.profiles.remove(profile)
    await rig.core.reports.jobs.wait(job)
    assert job.phase is Phase.FAILED
    assert job.error is not None
    assert job.error.message.code == "report.profile_changed"
    again = rig.core.reports.jobs
    with pytest.raises(ConsoleError, match="no longer exists"):
        again.retry(job)
