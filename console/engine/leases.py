"""Who uses an open connection: one backend per profile, shared by its session and its report runs.

A system may allow one sign-in per account, so a report goes over the connection the live session has open. The one
who lets go last closes it; with nobody live it stays for a moment, because a form asks several things in a row.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.clock import Clock
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import message
from console.domain.model import ProfileId, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.tasks import TaskScope
from console.vendors.base import Backend, CheckResult

if TYPE_CHECKING:
    from console.engine.session import ReportBug
    from console.reports.runner import ReportRunner

log = logging.getLogger(__name__)

LINGER_S = 20.0  # an unused connection is kept this long for the next question of the same form
CLOSE_S = 1.5

OpenBackend = Callable[[Profile, Mapping[str, Secret]], Backend]
GetSecrets = Callable[[Profile], Awaitable[Mapping[str, Secret]]]


class _Shared:
    """One open backend and whoever holds it."""

    def __init__(self, profile: Profile, backend: Backend) -> None:
        self.profile = profile
        self.backend = backend
        self.runner: ReportRunner | None = None
        self.sessions = 0
        self.runs: set[_Run] = set()

    @property
    def is_used(self) -> bool:
        return self.sessions > 0 or bool(self.runs)


class _Run:
    """A task inside `lease`, to be stopped with a sentence when its connection must go."""

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # a coroutine always runs in one
        self._task = task
        self._requests = task.cancelling()
        self._why: ConsoleError | None = None

    def stop(self, why: ConsoleError) -> None:
        """End the task's use of the connection."""
        if self._why is None:
            self._why = why
            self._task.cancel()

    def verdict(self) -> ConsoleError | None:
        """The sentence, when the cancellation that arrives is ours and nobody else's."""
        if self._why is None or self._task.uncancel() > self._requests:
            return None
        return self._why


class SessionBackend:
    """A session's hold on the shared backend; `aclose` lets go of it."""

    def __init__(self, leases: Leases, shared: _Shared) -> None:
        self._leases = leases
        self._shared: _Shared | None = shared
        self._backend = shared.backend

    def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """See `Backend.snapshots`."""
        return self._backend.snapshots()

    async def check(self) -> CheckResult:
        """See `Backend.check`."""
        return await self._backend.check()

    async def aclose(self) -> None:
        """Let go; closes the connection unless a report still uses it."""
        shared, self._shared = self._shared, None
        if shared is not None:
            shared.sessions -= 1
            await self._leases.let_go(shared, at_once=True)


class Leases:
    """The open connections of all profiles. All methods run on the event loop's thread.

    Args:
        open_backend: makes a backend; no I/O.
        get_secrets: reads a profile's secrets; raises a `ConsoleError` when one is missing.
    """

    def __init__(
        self, *, open_backend: OpenBackend, get_secrets: GetSecrets, clock: Clock, report_bug: ReportBug
    ) -> None:
        self._open_backend = open_backend
        self._get_secrets = get_secrets
        self._clock = clock
        self._report_bug = report_bug
        self._shared: dict[ProfileId, _Shared] = {}
        self._all: set[_Shared] = set()
        self._scope = TaskScope("leases", report_bug)

    def for_session(self, profile: Profile, secrets: Mapping[str, Secret]) -> Backend:
        """The profile's backend for its session, opened unless a report has it open already."""
        shared = self._get(profile) or self._open(profile, secrets)
        shared.sessions += 1
        return SessionBackend(self, shared)

    @contextlib.asynccontextmanager
    async def lease(self, profile: Profile) -> AsyncIterator[Backend]:
        """The profile's open backend for as long as the block runs.

        Raises `ConsoleError` for a secret that is missing, and when the profile is changed or removed meanwhile.
        """
        async with self._hold(profile) as shared:
            yield shared.backend

    @contextlib.asynccontextmanager
    async def runner(self, profile: Profile, make: Callable[[Backend], ReportRunner]) -> AsyncIterator[ReportRunner]:
        """The report runner over the profile's open backend; one per connection, so that it keeps what it learns."""
        async with self._hold(profile) as shared:
            if shared.runner is None:
                shared.runner = make(shared.backend)
            yield shared.runner

    def retire(self, profile_id: ProfileId) -> None:
        """Give the present connection to nobody new; those who have it may finish with it."""
        shared = self._shared.pop(profile_id, None)
        if shared is not None and not shared.is_used:
            self._close_later(shared)

    def revoke(self, profile_id: ProfileId, why: ConsoleError) -> None:
        """End the connection under whoever uses it: what the profile now names is another matter."""
        self.retire(profile_id)
        for shared in [s for s in self._all if s.profile.id == profile_id]:
            for run in tuple(shared.runs):
                run.stop(why)
            self._close_later(shared)

    async def let_go(self, shared: _Shared, *, at_once: bool) -> None:
        """Close what nobody uses; a connection that was only for reports stays a moment for the next question."""
        if shared.is_used or shared not in self._all:
            return
        if at_once or self._shared.get(shared.profile.id) is not shared:
            await self._close(shared)
        else:
            self._scope.restart(f"linger.{shared.profile.id}", lambda: self._linger(shared))

    async def aclose(self) -> None:
        """Close everything."""
        for shared in tuple(self._all):
            for run in tuple(shared.runs):
                run.stop(UserError(message("report.closed")))
        await self._scope.aclose()
        await asyncio.gather(*(self._close(shared) for shared in tuple(self._all)))

    @contextlib.asynccontextmanager
    async def _hold(self, profile: Profile) -> AsyncIterator[_Shared]:
        shared = self._get(profile)
        if shared is None:
            secrets = await self._get_secrets(profile)
            shared = self._get(profile) or self._open(profile, secrets)  # somebody may have been quicker
        run = _Run()
        shared.runs.add(run)
        self._scope.cancel(f"linger.{profile.id}")
        try:
            yield shared
        except asyncio.CancelledError:
            why = run.verdict()
            if why is None:
                raise
            raise why from None
        finally:
            shared.runs.discard(run)
            await self.let_go(shared, at_once=False)

    def _get(self, profile: Profile) -> _Shared | None:
        shared = self._shared.get(profile.id)
        if shared is None:
            return None
        if replace(shared.profile, enabled=profile.enabled) == profile:
            return shared
        self.retire(profile.id)  # it was opened for what the profile said before
        return None

    def _open(self, profile: Profile, secrets: Mapping[str, Secret]) -> _Shared:
        shared = _Shared(profile, self._open_backend(profile, secrets))
        self._shared[profile.id] = shared
        self._all.add(shared)
        return shared

    async def _linger(self, shared: _Shared) -> None:
        await self._clock.wait(asyncio.Event(), LINGER_S)
        if not shared.is_used:
            await self._close(shared)

    def _close_later(self, shared: _Shared) -> None:
        with contextlib.suppress(RuntimeError):  # the scope is closed: `aclose` sees to it
            self._scope.start(self._close(shared), f"close.{shared.profile.id}")

    async def _close(self, shared: _Shared) -> None:
        if shared not in self._all:
            return
        self._all.discard(shared)
        if self._shared.get(shared.profile.id) is shared:
            del self._shared[shared.profile.id]
        try:
            async with asyncio.timeout(CLOSE_S):
                await shared.backend.aclose()
        except TimeoutError:
            log.warning("profile %s: the connection did not close in time", shared.profile.id)
        except Exception as error:
            self._report_bug(f"leases.{shared.profile.id}.close", error)
