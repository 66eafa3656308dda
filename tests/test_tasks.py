"""console.tasks: one owner, one report, one flight."""

from __future__ import annotations

import asyncio

import pytest

from console.tasks import TaskScope


async def _forever() -> None:
    await asyncio.Event().wait()


async def _fail() -> None:
    raise ValueError("boom")


async def test_a_failure_is_reported_once_with_the_tasks_name() -> None:
    reports: list[tuple[str, BaseException]] = []
    async with TaskScope("rig", lambda name, error: reports.append((name, error))) as scope:
        task = scope.start(_fail(), "job")
        await asyncio.wait([task])
    assert [(name, str(error)) for name, error in reports] == [("rig.job", "boom")]


async def test_closing_cancels_and_awaits_everything() -> None:
    scope = TaskScope("rig")
    task = scope.start(_forever(), "job")
    await asyncio.sleep(0)
    assert scope.running == ("job",)
    await scope.aclose()
    assert task.cancelled()
    assert scope.running == ()


async def test_nothing_starts_in_a_closed_scope() -> None:
    scope = TaskScope("rig")
    await scope.aclose()
    with pytest.raises(RuntimeError):
        scope.start(_forever(), "late")


async def test_single_flight_gives_the_running_one_back() -> None:
    async with TaskScope("rig") as scope:
        first = scope.single_flight("load", _forever)
        assert scope.single_flight("load", _forever) is first
        first.cancel()
        await asyncio.wait([first])
        assert scope.single_flight("load", _forever) is not first


async def test_restart_lets_the_newest_wish_win() -> None:
    async with TaskScope("rig") as scope:
        first = scope.restart("load", _forever)
        second = scope.restart("load", _forever)
        await asyncio.wait([first])
        assert first.cancelled()
        assert not second.done()
        scope.cancel("load")
        await asyncio.wait([second])
        assert second.cancelled()


@pytest.mark.allow_warnings
async def test_a_task_that_ignores_its_cancellation_does_not_hold_up_the_end(caplog: pytest.LogCaptureFixture) -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    scope = TaskScope("rig")
    task = scope.start(stubborn(), "job")
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await scope.aclose(timeout_s=0.05)
    assert not task.done()
    assert "rig.job ignored its cancellation" in caplog.text
    release.set()
    await asyncio.wait([task])
