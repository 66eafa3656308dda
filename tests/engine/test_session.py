"""console.engine.session: following, failing, backing off, healing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime

import pytest

from console.domain.enums import HealthState
from console.domain.errors import AuthError, ConnectFailed, ConsoleError, ProtocolError, SecretStoreError, ServerBusy
from console.domain.messages import message
from console.domain.model import Health, ProfileId, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.engine.session import Session
from console.tasks import TaskScope
from console.vendors.base import CheckResult
from tests.support import ManualClock, settle

PROFILE = Profile(ProfileId("p1"), "Site", "fake", "http://127.0.0.1:1", poll_s=5.0)
DOWN = ConnectFailed(message("connect.refused", host="h", port=1))


def snapshot(number: int = 0) -> Snapshot:
    return Snapshot(PROFILE.id, "fake", datetime(2027, 1, 1, 0, 0, number, tzinfo=UTC), {})


class ScriptedBackend:
    """Plays a list of steps per life: a Snapshot is yielded, an exception raised, a number slept."""

    def __init__(self, clock: ManualClock, script: list[object]) -> None:
        self.clock = clock
        self.script = script
        self.lives = 0
        self.closed = 0

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        self.lives += 1
        while self.script:
            step = self.script.pop(0)
            if isinstance(step, Snapshot):
                yield step
            elif isinstance(step, BaseException):
                raise step
            else:
                await self.clock.wait(asyncio.Event(), float(step))  # type: ignore[arg-type]
        await asyncio.Event().wait()

    async def check(self) -> CheckResult:
        return CheckResult(())

    async def aclose(self) -> None:
        self.closed += 1


class FixedBackoff:
    """Backs off 3 s each time, and notes what it was told."""

    def __init__(self) -> None:
        self.asked: list[float | None] = []
        self.successes = 0

    def delay(self, retry_after_s: float | None = None) -> float:
        self.asked.append(retry_after_s)
        return retry_after_s or 3.0

    def succeeded(self) -> None:
        self.successes += 1

    def reset(self) -> None:
        self.asked.clear()


class Rig:
    """A session with its stand-ins, running."""

    def __init__(self, *script: object, secrets: Callable[[], Mapping[str, Secret]] = dict) -> None:
        self.clock = ManualClock()
        self.backend = ScriptedBackend(self.clock, list(script))
        self.backoff = FixedBackoff()
        self.published: list[tuple[Health, Snapshot | None]] = []
        self.bugs: list[BaseException] = []
        self.errors: list[ConsoleError] = []
        self.opened = 0

        async def get_secrets() -> Mapping[str, Secret]:
            return secrets()

        self.session = Session(
            PROFILE,
            open_backend=self._open,
            get_secrets=get_secrets,
            publish=lambda health, snap: self.published.append((health, snap)),
            backoff=self.backoff,
            clock=self.clock,
            report_bug=lambda where, error: self.bugs.append(error),
            on_error=self.errors.append,
        )

    def _open(self, secrets: Mapping[str, Secret]) -> ScriptedBackend:
        self.opened += 1
        return self.backend

    @property
    def states(self) -> list[HealthState]:
        return [health.state for health, _ in self.published]

    async def __aenter__(self) -> Rig:
        self.scope = TaskScope("test")
        self.scope.start(self.session.run(), "session")
        await settle()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.scope.aclose()


async def test_snapshots_are_published_live() -> None:
    async with Rig(snapshot(1), snapshot(2)) as rig:
        assert rig.states == [HealthState.LIVE, HealthState.LIVE]
        assert rig.backoff.successes == 2
        assert rig.published[-1][0].message is None


@pytest.mark.allow_warnings
async def test_a_lost_server_is_told_at_once_and_heals_by_itself() -> None:
    async with Rig(snapshot(1), DOWN, DOWN, snapshot(2)) as rig:
        health, snap = rig.published[-1]
        assert (health.state, snap) == (HealthState.UNREACHABLE, None)
        assert health.is_stale_at(rig.clock.monotonic())
        assert health.next_try_mono == rig.clock.monotonic() + 3.0
        await rig.clock.advance(3.1)
        assert rig.states[-1] is HealthState.UNREACHABLE
        await rig.clock.advance(3.1)
        assert rig.states[-1] is HealthState.LIVE
        assert rig.opened == 1  # the backend kept what it had learned


@pytest.mark.allow_warnings
async def test_refused_credentials_wait_for_a_person_however_long_it_takes() -> None:
    refused = AuthError(message("http.unauthorized", host="h", secret="key"))
    async with Rig(refused, snapshot(1)) as rig:
        assert rig.states == [HealthState.REFUSED]
        assert rig.published[-1][0].next_try_mono is None
        await rig.clock.advance(24 * 3600)
        assert rig.backend.lives == 1
        rig.session.try_now()
        await settle()
        assert rig.states[-1] is HealthState.LIVE
        assert rig.opened == 2  # opened anew: the secret may have changed


@pytest.mark.allow_warnings
async def test_a_missing_secret_waits_for_a_person() -> None:
    def no_secret() -> Mapping[str, Secret]:
        raise SecretStoreError(message("secret.locked"))

    async with Rig(secrets=no_secret) as rig:
        assert rig.states == [HealthState.ERROR]
        await rig.clock.advance(3600)
        assert rig.opened == 0


@pytest.mark.allow_warnings
async def test_retry_after_is_passed_to_the_back_off() -> None:
    busy = ServerBusy(message("http.busy", host="h", seconds=40), retry_after_s=40.0)
    async with Rig(busy, snapshot(1)) as rig:
        await rig.clock.advance(39)
        assert rig.backend.lives == 1
        await rig.clock.advance(2)
        assert rig.states[-1] is HealthState.LIVE
        assert rig.backoff.asked == [40.0]


@pytest.mark.allow_warnings
async def test_a_bug_in_a_backend_is_reported_once_and_the_session_goes_on() -> None:
    async with Rig(ZeroDivisionError("bug"), snapshot(1)) as rig:
        assert [type(bug) for bug in rig.bugs] == [ZeroDivisionError]
        assert rig.states == [HealthState.ERROR]
        await rig.clock.advance(31)
        assert rig.states[-1] is HealthState.LIVE


@pytest.mark.allow_warnings
async def test_since_is_kept_while_the_state_stays() -> None:
    async with Rig(DOWN, DOWN, ProtocolError(message("reply.empty", host="h"))) as rig:
        await rig.clock.advance(7)
        first, second, third = (health for health, _ in rig.published)
        assert first.since == second.since
        assert third.state is HealthState.ERROR
        assert third.since > first.since


async def test_closing_closes_the_backend() -> None:
    async with Rig(snapshot(1)) as rig:
        pass
    assert rig.backend.closed == 1


def test_live_data_that_stops_is_stale_after_two_intervals() -> None:
    clock = ManualClock()
    health = Health(HealthState.LIVE, datetime.now(UTC), cadence_s=20.0, last_ok_mono=clock.monotonic())
    assert health.state_at(clock.monotonic() + 39) is HealthState.LIVE
    assert health.state_at(clock.monotonic() + 41) is HealthState.STALE
