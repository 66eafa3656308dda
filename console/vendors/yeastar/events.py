"""The event socket: what an event touches is read again; nothing an event says is shown by itself.

Frames are ``{"type", "sn", "msg"}`` where ``msg`` is an object or a text of JSON; the sign of life is the bare text
``heartbeat``, answered by bare text (vendor page "Monitor Events via WebSocket"). There is no replay, so every new
connection asks for a full poll; a frame that cannot be read is left out, the regular polls know better anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from console.domain.clock import Clock
from console.domain.errors import AuthError, ConsoleError, NotFound, NotPermitted, ProtocolError, ServerBusy
from console.domain.messages import message
from console.net.auth import QueryToken
from console.net.decode import parse_json
from console.net.latest import LatestByKey
from console.net.pace import Backoff
from console.net.socket import VendorSocket
from console.tasks import TaskScope
from console.vendors.yeastar.envelope import OK, Json, error_number
from console.vendors.yeastar.fields import queue_number, text, whole
from console.vendors.yeastar.paths import SUBSCRIBE
from console.vendors.yeastar.timing import Timing
from console.vendors.yeastar.tokens import TokenKeeper

CALL_STATE, NEW_CDR, AUTO_PAUSE, RING_TIMEOUT, AGENT_STATE = 30011, 30012, 30025, 30026, 30029
REPORT_READY = 30027
TOPICS = (CALL_STATE, NEW_CDR, AUTO_PAUSE, RING_TIMEOUT, REPORT_READY, AGENT_STATE)
OLDER_TOPICS = (CALL_STATE, NEW_CDR)  # firmware that knows no agent events refuses the whole list
BEAT = "heartbeat"
MAX_NUMBERS = 64
_NUMBERS = re.compile(r"(?<![0-9])[0-9]{1,10}(?![0-9])", re.ASCII)


class State(Enum):
    """How the socket is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    DOWN = "down"  # broken: tried again with back-off
    REFUSED = "refused"  # the server said no: tried again rarely


@dataclass(frozen=True, slots=True)
class Touch:
    """What an event speaks of: numbers that may be queues, and extension numbers of agents."""

    queues: tuple[str, ...]
    agents: tuple[str, ...]


def parse_event(body: Json) -> Touch | None:
    """What an event touches; None for a frame that is no event the console follows."""
    if not isinstance(body, dict):
        return None
    kind, msg = whole(body.get("type")), event_msg(body)
    if kind not in TOPICS or kind == REPORT_READY or msg is None:
        return None
    if kind in (AUTO_PAUSE, RING_TIMEOUT, AGENT_STATE):
        queue, agent = queue_number(msg.get("queue_number")), text(msg.get("agent_number"))
        return Touch((queue,) if queue else (), (agent,) if agent else ())
    numbers = tuple(dict.fromkeys(_numbers(msg)))[:MAX_NUMBERS]
    return Touch(numbers, numbers)


def event_msg(body: dict[str, Json]) -> dict[str, Json] | None:
    """The ``msg`` of an event, sent as an object or as a text of JSON; None when it is neither."""
    msg = body.get("msg")
    if isinstance(msg, str):
        try:
            msg = parse_json(msg.encode("utf-8", "replace"), {}).value
        except ProtocolError:
            return None
    return msg if isinstance(msg, dict) else None


def _numbers(msg: dict[str, Json]) -> Iterator[str]:
    """All numbers in the places that can name a queue or an extension, composite labels included."""
    for key in ("call_from", "call_to", "did_number"):
        yield from _NUMBERS.findall(text(msg.get(key))[:200])
    members = msg.get("members")
    for member in members[:MAX_NUMBERS] if isinstance(members, list) else ():
        for leg in member.values() if isinstance(member, dict) else ():
            for key in ("number", "to", "call_path") if isinstance(leg, dict) else ():
                yield from _NUMBERS.findall(text(leg.get(key))[:200])


class EventFeed:
    """Keeps one socket open with the present token and gathers what its events touch.

    Args:
        make_socket: makes a fresh `VendorSocket`.
        wake: set whenever there is something to do for the owner.

    Attributes:
        touched: what events spoke of and nobody has taken yet; `has_touched` whether there is any.
        wants_poll: a connection was made or lost since it was last cleared.
        live: set while the socket is live.
        on_report: told the ``msg`` of each event that says a report's file is ready.
        tells_reports: whether the server accepted the topic of those events.
    """

    def __init__(
        self,
        make_socket: Callable[[], VendorSocket],
        keeper: TokenKeeper,
        *,
        host: str,
        clock: Clock,
        timing: Timing,
        wake: asyncio.Event,
    ) -> None:
        self._make_socket = make_socket
        self._keeper = keeper
        self._host = host
        self._clock = clock
        self._timing = timing
        self._wake = wake
        self._never = asyncio.Event()
        self._scope = TaskScope("yeastar.events")
        self._topics: tuple[int, ...] = TOPICS
        self._socket: VendorSocket | None = None
        self.state = State.CONNECTING
        self.events = 0
        self.touched: LatestByKey[Touch, None] = LatestByKey(10_000)
        self.has_touched = False
        self.wants_poll = False
        self.live = asyncio.Event()
        self.on_report: Callable[[dict[str, Json]], None] | None = None

    @property
    def tells_reports(self) -> bool:
        """See above."""
        return REPORT_READY in self._topics

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if "run" not in self._scope.running:
            self._scope.start(self._run(), "run")

    def take(self) -> list[Touch]:
        """What was touched; when something had to be dropped a full poll is wanted instead."""
        self.has_touched = False
        if self.touched.dropped:
            self.touched.dropped = 0
            self.wants_poll = True
        return list(self.touched.take_now())

    async def aclose(self) -> None:
        """End the connection, without waiting for a goodbye."""
        if self._socket is not None:
            await self._socket.aclose()
        await self._scope.aclose(0.5)

    async def _run(self) -> None:
        backoff = Backoff(self._timing.socket_pause_s, self._clock)
        refusals = 0
        while True:
            was_live = False
            try:
                token = await self._keeper.token()
                await self._follow(QueryToken("access_token", token), self._keeper.renewals, backoff)
                continue  # the token has changed: a new connection with the new one, at once
            except ConsoleError as failure:
                error = failure
                was_live = self.state is State.LIVE
            if isinstance(error, _TopicsRefused) and self._topics != OLDER_TOPICS:
                self._topics = OLDER_TOPICS
                continue
            refusals = 0 if was_live else refusals + 1
            # a token refused at the door has just run out, most likely: the next poll gets another
            is_token = isinstance(error, AuthError) and not isinstance(error, NotPermitted)
            if _is_refusal(error) and (refusals > 1 or not is_token):
                self._set(State.REFUSED)
                pause = self._timing.socket_retry_s
            else:
                self._set(State.DOWN)
                pause = backoff.delay(error.retry_after_s if isinstance(error, ServerBusy) else None)
            await self._clock.wait(self._never, pause)

    async def _follow(self, auth: QueryToken, renewals: int, backoff: Backoff) -> None:
        """One connection; returns when the token has been renewed, raises when it ends otherwise."""
        self._socket = socket = self._make_socket()
        hello = json.dumps({"topic_list": list(self._topics)})
        talking = self._scope.start(self._talk(socket, renewals), "talk")
        try:
            async with contextlib.aclosing(socket.frames(SUBSCRIBE, auth=auth, hello=hello)) as frames:  # type: ignore[type-var]
                async for frame in frames:
                    if self._hear(frame, backoff):
                        backoff.succeeded()
        except ConsoleError:
            if self._keeper.renewals != renewals and self.state is State.LIVE:
                return
            raise
        finally:
            talking.cancel()

    async def _talk(self, socket: VendorSocket, renewals: int) -> None:
        """Give signs of life; end the connection when it is silent or its token is old."""
        with contextlib.suppress(ConsoleError):  # the reader of the frames hears of it, too
            while True:
                await self._clock.wait(self._never, self._timing.beat_s)
                if not socket.is_open:
                    continue
                if socket.idle_s > self._timing.silence_s or self._keeper.renewals != renewals:
                    break
                await socket.say(BEAT)
        await socket.aclose()

    def _hear(self, frame: str, backoff: Backoff) -> bool:
        """Take one frame; whether it was an event."""
        raw = frame.encode("utf-8", "replace")
        if not raw.lstrip().startswith(b"{"):
            return False  # the answer to the sign of life, and whatever else is no JSON
        try:
            body = parse_json(raw, {}, host=self._host).value
        except ProtocolError:
            return False
        if isinstance(body, dict) and "type" not in body and "errcode" in body:
            if error_number(body) != OK:
                raise _TopicsRefused(message("socket.refused", host=self._host))
            backoff.succeeded()
            self._set(State.LIVE)
            return False
        touch = parse_event(body)
        if touch is None:
            return self._hear_of_report(body)
        self.events += 1
        self.touched.put(touch, None)
        self.has_touched = True
        self._wake.set()
        return True

    def _hear_of_report(self, body: Json) -> bool:
        """Pass on that the file of a report is ready; whether the frame said so."""
        if not isinstance(body, dict) or whole(body.get("type")) != REPORT_READY:
            return False
        msg = event_msg(body)
        if msg is None:
            return False
        self.events += 1
        if self.on_report is not None:
            self.on_report(msg)
        return True

    def _set(self, state: State) -> None:
        if self.state is not state:
            self.state = state
            if state is State.LIVE:
                self.live.set()
            else:
                self.live.clear()
            self.wants_poll = True
            self._wake.set()


class _TopicsRefused(ProtocolError):
    """The server does not accept the list of topics."""


def _is_refusal(error: ConsoleError) -> bool:
    """Whether trying again soon is pointless: no such interface, not permitted, not for this account."""
    if isinstance(error, (NotPermitted, NotFound, AuthError, _TopicsRefused)):
        return True
    return isinstance(error, ProtocolError) and error.status is not None and 400 <= error.status < 500
