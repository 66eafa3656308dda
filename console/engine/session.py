"""A session runs one profile: connect, follow its snapshots, say how it is doing, back off, heal by itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

from console.domain.clock import Clock, now
from console.domain.enums import HealthState
from console.domain.errors import (
    AuthError,
    ConsoleError,
    ProtocolError,
    SecretStoreError,
    ServerBusy,
    TransientError,
    UserError,
)
from console.domain.messages import Message, message
from console.domain.model import Health, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.vendors.base import Backend

log = logging.getLogger(__name__)

CLOSE_S = 1.5  # a backend gets this long to say goodbye (revoke a token, close a socket)
BUG_PAUSE_S = 30.0  # after a fault of our own: try again, but do not hammer

OpenBackend = Callable[[Mapping[str, Secret]], Backend]
GetSecrets = Callable[[], Awaitable[Mapping[str, Secret]]]
Publish = Callable[[Health, Snapshot | None], None]
ReportBug = Callable[[str, BaseException], None]


class BackoffLike(Protocol):
    """The pacing of retries, as `console.net.pace.Backoff` keeps it."""

    def delay(self, retry_after_s: float | None = None) -> float:
        """Seconds until the next try."""
        ...

    def succeeded(self) -> None:
        """Good data arrived."""
        ...

    def reset(self) -> None:
        """Forget the failures: the user asked, or the network came back."""
        ...


def health_state(error: ConsoleError) -> HealthState:
    """The light an error turns a profile to."""
    if isinstance(error, AuthError):
        return HealthState.REFUSED
    if isinstance(error, TransientError):
        return HealthState.UNREACHABLE
    return HealthState.ERROR


def needs_person(error: ConsoleError) -> bool:
    """Whether trying again by itself is pointless or harmful: refused credentials, a profile that cannot work."""
    return isinstance(error, (AuthError, UserError, SecretStoreError))


class Session:
    """Owns the connection of one enabled profile. `run()` never returns; cancel it to stop.

    Attributes:
        waits_for_person: trying again by itself would be pointless or harmful.

    Args:
        profile: what to connect to.
        open_backend: makes a backend from the secrets; no I/O.
        get_secrets: reads the profile's secrets; raises a `ConsoleError` when one is missing.
        publish: takes health and, when there is a new one, the snapshot.
        backoff: the one owner of retry delays.
        report_bug: takes exceptions that are faults of ours.
        on_error: takes every foreseen failure.
        retire: called before a connection that is no longer trusted is closed, so that nobody else is given it.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        open_backend: OpenBackend,
        get_secrets: GetSecrets,
        publish: Publish,
        backoff: BackoffLike,
        clock: Clock,
        report_bug: ReportBug,
        on_error: Callable[[ConsoleError], None] = lambda error: None,
        retire: Callable[[], None] = lambda: None,
    ) -> None:
        self._retire = retire
        self._on_error = on_error
        self.profile = profile
        self._open_backend = open_backend
        self._get_secrets = get_secrets
        self._publish = publish
        self._backoff = backoff
        self._clock = clock
        self._report_bug = report_bug
        self._wake = asyncio.Event()
        self._backend: Backend | None = None
        self.waits_for_person = False
        self._health = first_health(profile, clock)

    def try_now(self) -> None:
        """End the wait, whatever it is for: one probe at once."""
        self._backoff.reset()
        self._wake.set()

    async def run(self, delay_s: float = 0.0) -> None:
        """Follow the profile until cancelled.

        Args:
            delay_s: wait before the first try.
        """
        try:
            if delay_s > 0:
                await self._clock.wait(self._wake, delay_s)
            while True:
                await self._pause(await self._follow())
        finally:
            await self._close_backend()

    async def _follow(self) -> float | None:
        """One life of the feed; returns the seconds to wait before the next, None to wait for a person."""
        try:
            if self._backend is None:
                self._backend = self._open_backend(await self._get_secrets())
            async with contextlib.aclosing(self._backend.snapshots()) as snapshots:
                async for snapshot in snapshots:
                    self._on_snapshot(snapshot)
            return self._on_failure(ProtocolError(message("poll.dead")))
        except ConsoleError as error:
            return self._on_failure(error)
        except Exception as error:  # the boundary: a bug in a vendor folder must not take the floor down
            self._report_bug(f"session.{self.profile.id}", error)
            self._retire()
            await self._close_backend()
            self._set(HealthState.ERROR, message("session.bug"), wait_s=BUG_PAUSE_S)
            return BUG_PAUSE_S

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self._backoff.succeeded()
        empty = not (snapshot.queues or snapshot.agents or snapshot.waiting or snapshot.metrics)
        state = HealthState.WARMING if snapshot.is_warming and empty else HealthState.LIVE
        if self._health.state not in (HealthState.LIVE, HealthState.WARMING):
            log.info("profile %s is back", self.profile.id)
        self._health = Health(
            state=state,
            since=self._health.since if self._health.state is state else now(self._clock),
            cadence_s=self.profile.poll_s,
            last_ok_mono=self._clock.monotonic(),
            last_ok_at=now(self._clock),
        )
        self._publish(self._health, snapshot)

    def _on_failure(self, error: ConsoleError) -> float | None:
        state = health_state(error)
        if self._health.state is not state:
            log.warning("profile %s: %s (%s)", self.profile.id, error.message.code, state.value)
        self._on_error(error)
        waits = needs_person(error)
        retry_after_s = error.retry_after_s if isinstance(error, ServerBusy) else None
        delay_s = None if waits else self._backoff.delay(retry_after_s)
        self._set(state, error.message, wait_s=delay_s, detail=error.detail)
        return delay_s

    def _set(self, state: HealthState, msg: Message, *, wait_s: float | None, detail: str = "") -> None:
        mono = self._clock.monotonic()
        self._health = replace(
            self._health,
            state=state,
            since=self._health.since if self._health.state is state else now(self._clock),
            message=msg,
            detail=detail,
            next_try_mono=None if wait_s is None else mono + wait_s,
        )
        self._publish(self._health, None)

    async def _pause(self, delay_s: float | None) -> None:
        """Wait for the next try, or for a person."""
        self._wake.clear()
        if delay_s is None:
            self.waits_for_person = True
            await self._wake.wait()
            self.waits_for_person = False
            self._retire()
            await self._close_backend()  # whoever woke us may have changed a secret
            return
        await self._clock.wait(self._wake, delay_s)

    async def _close_backend(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await backend.aclose()
        except TimeoutError:
            log.warning("profile %s: the connection did not close in time", self.profile.id)
        except Exception as error:
            self._report_bug(f"session.{self.profile.id}.close", error)


def first_health(profile: Profile, clock: Clock) -> Health:
    """The health of a profile that has just been switched on."""
    return Health(HealthState.WARMING, now(clock), cadence_s=profile.poll_s)
