"""The websocket subscription: one or several connections that hand pushed values on, the newest per key.

What the vendor documents is the address, the object sent per change and three refusals (page "Realtime Data over
Websocket"). Snapshot on connect, pings, time-outs and close codes are not, so every (re)connection asks for a poll, and
a refusal is explained by polling.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from console.domain.clock import Clock
from console.domain.errors import AuthError, ConnectFailed, ConsoleError, ProtocolError, ServerBusy
from console.domain.messages import message
from console.net.decode import parse_json
from console.net.latest import LatestByKey
from console.net.pace import Backoff
from console.net.socket import Frame, VendorSocket
from console.tasks import TaskScope
from console.vendors.xima.timing import Timing
from console.vendors.xima.wire import Json, Key, parse_push

CLOSE_S = 1.2  # the goodbye of a websocket may take a second
LOOK_S = 0.05  # how often a connection being made is looked at; a handshake has no message of its own

OpenFrames = Callable[[VendorSocket, Sequence[str]], AsyncGenerator[Frame, None]]


class State(Enum):
    """How one connection is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    DOWN = "down"  # broken: tried again with back-off
    REFUSED = "refused"  # the server said no: tried again rarely


@dataclass(frozen=True, slots=True)
class Pushed:
    """One pushed value and the frame it came in."""

    raw: Json
    frame: Frame


class Subscription:
    """Subscribes to ids over as many connections as the length of an address demands.

    Args:
        open_frames: connects; yields frames until the connection ends, which always raises.
        shards: the ids of each connection.
        wake: set whenever there is something to do for the owner.

    Attributes:
        latest: pushed values nobody has taken yet.
        wants_poll: a connection was made, lost or refused since `take_wish`: what is held may be out of date.
    """

    def __init__(
        self,
        make_socket: Callable[[], VendorSocket],
        open_frames: OpenFrames,
        shards: Sequence[Sequence[str]],
        *,
        host: str,
        clock: Clock,
        timing: Timing,
        wake: asyncio.Event,
    ) -> None:
        self._make_socket = make_socket
        self._open_frames = open_frames
        self._host = host
        self._clock = clock
        self._timing = timing
        self._wake = wake
        self._retry = asyncio.Event()
        self._scope = TaskScope("xima.push")
        self._states = [State.CONNECTING] * len(shards)
        self._sockets: dict[int, VendorSocket] = {}
        self.ids = frozenset(key for shard in shards for key in shard)
        self.latest: LatestByKey[Key, Pushed] = LatestByKey(timing.max_values)
        self.wants_poll = False
        for index, shard in enumerate(shards):
            self._scope.start(self._run(index, tuple(shard)), f"shard{index}")

    @property
    def is_live(self) -> bool:
        """Whether every connection stands, so that silence means that nothing changes."""
        return all(state is State.LIVE for state in self._states)

    @property
    def is_refused(self) -> bool:
        """Whether the server refused a connection."""
        return State.REFUSED in self._states

    @property
    def is_down(self) -> bool:
        """Whether a connection is broken."""
        return State.DOWN in self._states

    def take_wish(self) -> bool:
        """Whether a poll is wanted; the wish is taken."""
        wanted, self.wants_poll = self.wants_poll or self.latest.dropped > 0, False
        self.latest.dropped = 0
        return wanted

    async def ping(self) -> None:
        """Wait until every connection has shown a sign of life.

        Raises:
            ConnectFailed: one of them has ended.
        """
        for socket in tuple(self._sockets.values()):
            await socket.ping()

    async def aclose(self) -> None:
        """End all connections."""
        await self._scope.aclose(CLOSE_S)

    async def _run(self, index: int, ids: tuple[str, ...]) -> None:
        backoff = Backoff(self._timing.socket_pause_s, self._clock)
        while True:
            socket = self._sockets[index] = self._make_socket()
            try:
                await self._follow(index, ids, socket, backoff)
                error: ConsoleError = ConnectFailed(message("connect.reset", host=self._host))
            except ConsoleError as failure:
                error = failure
            was_live = self._states[index] is State.LIVE
            if is_refusal(error, was_live):
                self._set(index, State.REFUSED)
                pause = self._timing.socket_retry_s
            else:
                self._set(index, State.DOWN)
                pause = backoff.delay(error.retry_after_s if isinstance(error, ServerBusy) else None)
            await self._clock.wait(self._retry, pause)

    async def _follow(self, index: int, ids: tuple[str, ...], socket: VendorSocket, backoff: Backoff) -> None:
        looking = self._scope.start(self._look(index, socket, backoff), f"look{index}")
        try:
            async with contextlib.aclosing(self._open_frames(socket, ids)) as frames:
                async for frame in frames:
                    self._mark_live(index, backoff)
                    self._put(frame)
        finally:
            looking.cancel()

    async def _look(self, index: int, socket: VendorSocket, backoff: Backoff) -> None:
        """Notice that the connection stands before its first message comes."""
        never = asyncio.Event()
        while not socket.is_open:
            await self._clock.wait(never, LOOK_S)
        self._mark_live(index, backoff)

    def _mark_live(self, index: int, backoff: Backoff) -> None:
        if self._states[index] is not State.LIVE:
            backoff.succeeded()
            self._set(index, State.LIVE)

    def _set(self, index: int, state: State) -> None:
        if self._states[index] is not state:
            self._states[index] = state
            self.wants_poll = True
            self._wake.set()

    def _put(self, frame: Frame) -> None:
        """Hand a message on. One that cannot be read is let pass: the safety poll knows what it may have said."""
        try:
            body = parse_json(frame.encode("utf-8", "replace"), {}, host=self._host).value
            key, raw = parse_push(body, self._host)
        except ProtocolError:
            return
        if key[0] in self.ids:
            self.latest.put(key, Pushed(raw, frame))
            self._wake.set()


def is_refusal(error: ConsoleError, was_live: bool) -> bool:
    """Whether the server said no, rather than that something broke: there is no point in trying again soon."""
    return isinstance(error, AuthError) or (isinstance(error, ProtocolError) and not was_live)
