"""The live feed: polls on the clock, pushes in between, one stream of snapshots."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from console.domain.clock import Clock, speed_of, to_datetime
from console.domain.enums import Section
from console.domain.errors import ConnectFailed, ProtocolError
from console.domain.messages import Message, message
from console.domain.model import Snapshot
from console.domain.profile import Profile
from console.domain.values import Reading, Unit
from console.tasks import TaskScope
from console.vendors.xima.board import Board, Pushes, pushed
from console.vendors.xima.flavour import ENABLE_AT
from console.vendors.xima.poller import Poller
from console.vendors.xima.push import CLOSE_S, Subscription
from console.vendors.xima.timing import Timing
from console.vendors.xima.values import Origins

FRAMES_KEPT = 100  # of one batch of pushes; more would drive the polls out of the exchange log
MISSES = 3  # changes a websocket may fail to push before it is no longer believed

Subscribe = Callable[[tuple[str, ...], asyncio.Event], Subscription]


@dataclass(slots=True)
class _Outcome:
    """What a poll in the background came to."""

    board: Board | None = None
    error: BaseException | None = None


class Feed:
    """One life of the feed. What outlives it is in the poller.

    Args:
        subscribe: opens a websocket subscription for ids; None for polling only.
        board: what an earlier life has left.
    """

    def __init__(
        self,
        profile: Profile,
        poller: Poller,
        clock: Clock,
        timing: Timing,
        subscribe: Subscribe | None = None,
        board: Board | None = None,
    ) -> None:
        self._profile = profile
        self._poller = poller
        self._clock = clock
        self._timing = timing
        self._subscribe = subscribe
        self.board = board or Board()
        self._wake = asyncio.Event()
        self._scope = TaskScope("xima.feed")
        self._subscription: Subscription | None = None
        self._distrust_until = 0.0
        self._misses = 0
        self._done: _Outcome | None = None
        self._is_polling = False
        self._since_poll: Pushes = {}
        self._poll_at = 0.0
        self._warm_step_s = timing.warm_first_s
        self._emitted_at = 0.0
        self._asked_at: float | None = None  # the emission after which the websocket was asked whether it lives
        self._is_answered = False

    @property
    def base_s(self) -> float:
        """The profile's cadence, never below the floor."""
        return max(self._timing.floor_s, self._profile.poll_s)

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Yield a snapshot after each poll and, at most a few times a second, after pushes; forever.

        Raises:
            ConsoleError: a poll failed.
        """
        try:
            self._start_poll()
            while True:
                await self._clock.wait(self._wake, self._pause_s())
                self._wake.clear()
                is_new = self._finish_poll()
                is_new = self._apply_pushes() or is_new
                if self._is_poll_due():
                    self._start_poll()
                if is_new or self._is_heartbeat_due():
                    self._emitted_at = self._clock.monotonic()
                    self._is_answered = False
                    yield self.snapshot()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """End the poll in flight and the subscription."""
        subscription, self._subscription = self._subscription, None
        goodbyes = [] if subscription is None else [subscription.aclose()]
        await asyncio.gather(self._scope.aclose(CLOSE_S), *goodbyes)

    def snapshot(self) -> Snapshot:
        """The board as it stands, at the server's time."""
        return make_snapshot(self._profile, self._poller, self.board, self._clock, self._timing, self._socket_notices())

    # -- polls

    def _start_poll(self) -> None:
        self._is_polling = True
        self._since_poll = {}
        self._poll_at = self._clock.monotonic()
        if self._subscription is not None:
            self._subscription.take_wish()
        self._scope.start(self._poll(self.board), "poll")

    async def _poll(self, former: Board) -> None:
        outcome = _Outcome()
        try:
            outcome.board = await self._poller.cycle(former)
        except Exception as error:  # carried to the consumer of the feed, who tells failures from bugs
            outcome.error = error
        self._done = outcome
        self._wake.set()

    def _finish_poll(self) -> bool:
        """Take a finished poll over; pushes that came while it ran stand on top of it."""
        outcome, self._done = self._done, None
        if outcome is None:
            return False
        self._is_polling = False
        if outcome.error is not None:
            raise outcome.error
        assert outcome.board is not None
        self._judge_socket(self.board, outcome.board)
        self.board = pushed(outcome.board, self._since_poll)
        self._since_poll = {}
        is_warming, _ = self._poller.warming()
        if is_warming:
            self._warm_step_s = min(self.base_s, self._warm_step_s * self._timing.warm_growth)
        else:
            self._warm_step_s = self._timing.warm_first_s
        self._follow_ids()
        return True

    def _due_at(self) -> float:
        """When the next poll starts, by the monotonic clock."""
        subscription = self._subscription
        pause_s = self.base_s
        if subscription is not None and subscription.is_live:
            pause_s = max(pause_s, self._timing.safety_s)
        if self._poller.warming()[0]:
            pause_s = min(pause_s, self._warm_step_s)
        if subscription is not None and subscription.wants_poll:
            pause_s = 0.0
        return self._poll_at + max(self._timing.floor_s, pause_s)

    def _is_poll_due(self) -> bool:
        return not self._is_polling and self._clock.monotonic() >= self._due_at()

    def _pause_s(self) -> float:
        """How long there is nothing to do unless something happens."""
        mono = self._clock.monotonic()
        pause_s = self.base_s
        if not self._is_polling:
            pause_s = min(pause_s, self._due_at() - mono)
        if self._subscription is not None and self._subscription.is_live and self._asked_at != self._emitted_at:
            pause_s = min(pause_s, self._emitted_at + self.base_s - mono)
        return max(0.0, pause_s)

    # -- pushes

    def _follow_ids(self) -> None:
        """Subscribe to what can be read now; one unknown id would refuse the whole subscription."""
        ids = frozenset(self._poller.ids)
        subscription = self._subscription
        if subscription is not None and subscription.ids != ids:
            self._drop_subscription()
            subscription = None
        if self._subscribe is None or subscription is not None or not ids:
            return
        if self._clock.monotonic() >= self._distrust_until:
            self._subscription = self._subscribe(self._poller.ids, self._wake)

    def _drop_subscription(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            self._scope.start(subscription.aclose(), "unsubscribe")

    def _apply_pushes(self) -> bool:
        """Apply what was pushed, if the last snapshot is old enough."""
        subscription = self._subscription
        if subscription is None or not len(subscription.latest):
            return False
        left_s = self._emitted_at + self._timing.emit_gap_s - self._clock.monotonic()
        if left_s > 0:
            self._scope.single_flight("gather", lambda: self._gather(left_s))
            return False
        pushes: Pushes = {}
        mono, offset_ms = self._clock.monotonic(), self._poller.server_clock.offset_ms
        is_known = self._poller.server_clock.is_known
        for number, (key, item) in enumerate(subscription.latest.take_now().items()):
            exchange_id = item.frame.exchange_id if number < FRAMES_KEPT else ""
            server_ms = item.frame.received_ms + offset_ms if is_known else None
            pushes[key] = (item.raw, Origins(exchange_id, "/value", server_ms, mono))
        if self._is_polling:
            self._since_poll.update(pushes)
        former, self.board = self.board, pushed(self.board, pushes)
        if len(self.board.cells) > self._timing.max_values:
            what = f"more than {self._timing.max_values} values"
            raise ProtocolError(message("reply.limits", host=self._poller.host, what=what))
        self._poller.note_missing(self.board)
        return self.board is not former

    async def _gather(self, seconds: float) -> None:
        await self._clock.wait(asyncio.Event(), seconds)
        self._wake.set()

    def _judge_socket(self, held: Board, polled: Board) -> None:
        """A change that should have been pushed and was not: after a few of them the websocket is dropped."""
        subscription = self._subscription
        if subscription is None or not subscription.is_live or not held.cells:
            return
        server_ms = self._clock.now_ms() + self._poller.server_clock.offset_ms
        waited_s = self._clock.monotonic() - self._poll_at + self._timing.late_s
        before_ms = server_ms - waited_s * 1000 * speed_of(self._clock)
        missed = [
            key
            for key, cell in polled.cells.items()
            if (old := held.cells.get(key)) is not None
            and old is not cell
            and key not in self._since_poll
            and any(differ(a, b, server_ms) for a, b in zip(old.readings, cell.readings, strict=False))
            and (stamp := cell.stamp) is not None
            and stamp < before_ms
        ]
        self._misses = self._misses + 1 if missed else 0
        if self._misses >= MISSES:
            self._misses = 0
            self._distrust_until = self._clock.monotonic() + self._timing.socket_retry_s
            self._drop_subscription()

    def _is_heartbeat_due(self) -> bool:
        """With a healthy websocket, silence is news too: nothing has changed.

        Whether it is healthy is asked each time: behind a pulled cable silence means nothing, and the figures must
        grow old in time.
        """
        subscription = self._subscription
        if subscription is None or not subscription.is_live:
            return False
        if self._is_answered:
            return True
        if self._asked_at != self._emitted_at and self._clock.monotonic() >= self._emitted_at + self.base_s:
            self._asked_at = self._emitted_at
            self._scope.single_flight("ping", lambda: self._ask(subscription))
        return False

    async def _ask(self, subscription: Subscription) -> None:
        with contextlib.suppress(ConnectFailed):  # its end is noticed where it is read
            await subscription.ping()
            if subscription is self._subscription:
                self._is_answered = True
                self._wake.set()

    def _socket_notices(self) -> tuple[Message, ...]:
        subscription = self._subscription
        if subscription is not None and subscription.is_refused:
            return (message("socket.refused", host=self._poller.host),)
        if (subscription is not None and subscription.is_down) or self._clock.monotonic() < self._distrust_until:
            return (message("socket.down"),)
        return ()


def make_snapshot(
    profile: Profile,
    poller: Poller,
    board: Board,
    clock: Clock,
    timing: Timing,
    notices: tuple[Message, ...] = (),
) -> Snapshot:
    """A board as a snapshot of now, with everything a supervisor should know about it."""
    offset_ms = poller.server_clock.offset_ms
    is_warming, overdue = poller.warming()
    unavailable = {Section.WAITING: message("waiting.unavailable")}
    if not poller.metrics:
        unavailable |= dict.fromkeys((Section.QUEUES, Section.AGENTS), message("metrics.none", where=ENABLE_AT))
    return Snapshot(
        profile_id=profile.id,
        backend=profile.backend,
        taken_at=to_datetime(clock.now_ms() + offset_ms),
        columns=board.columns,
        queues=board.section(Section.QUEUES),
        agents=board.section(Section.AGENTS),
        metrics=board.metrics,
        unavailable=unavailable,
        notices=(*notices, *state_notices(poller, timing, overdue)),
        offset_ms=offset_ms,
        is_warming=is_warming,
    )


def state_notices(poller: Poller, timing: Timing, overdue: int = 0) -> tuple[Message, ...]:
    """What is noteworthy about replies, metrics and clock."""
    notices: list[Message] = list(poller.notes)
    if not poller.metrics:
        notices.append(message("metrics.none", where=ENABLE_AT))
    elif not poller.plan.is_tied:
        notices.append(message("metrics.unmapped"))
    if names := poller.gone_names:
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        notices.append(message("metrics.gone", count=len(names), host=poller.host, names=shown))
    if overdue:
        notices.append(
            message("metrics.never_warm", host=poller.host, count=overdue, seconds=round(timing.warm_limit_s))
        )
    skew_s = poller.server_clock.offset_ms / 1000
    if abs(skew_s) > timing.skew_s:
        direction = "ahead of" if skew_s > 0 else "behind"
        amount = _amount(abs(skew_s))
        notices.append(message("clock.skew", host=poller.host, amount=amount, direction=direction))
    return tuple(notices)


def differ(old: Reading, new: Reading, server_ms: float) -> bool:
    """Whether two readings show something else; one straight line can be written in many ways."""
    if old.unit is Unit.MS and new.unit is Unit.MS:
        a, b = old.value_at(server_ms), new.value_at(server_ms)
        if isinstance(a, (int, float)) and isinstance(b, (int, float)):
            return abs(a - b) > 1000
    return old != new


def _amount(seconds: float) -> str:
    """A difference in round figures; the estimate is good to a second."""
    if seconds < 100:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds < 6_000 else f"{round(seconds / 3600)} h"
