"""The interfaces, each one method: requests out, typed records in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from console.domain.clock import Clock, ServerClock
from console.domain.errors import AuthError, NotPermitted, ProtocolError, ServerBusy
from console.domain.messages import Message, message
from console.net.allow import find_rule
from console.net.http import Reply, Request, VendorHttp
from console.net.limits import CallClass
from console.net.pace import HostPace
from console.net.redact import Redactor
from console.vendors.yeastar.envelope import (
    NO_DATA,
    OK,
    TOKEN_EXPIRED,
    Json,
    code_error,
    error_number,
    unreadable,
    words,
)
from console.vendors.yeastar.fields import bad, whole
from console.vendors.yeastar.paths import AGENTS, ALLOW, CALLS, EXTENSIONS, QUEUES, SYSTEM
from console.vendors.yeastar.timing import Timing
from console.vendors.yeastar.tokens import TokenKeeper
from console.vendors.yeastar.wire import (
    MAX_ROWS,
    AgentLine,
    CallStatus,
    Extension,
    QueueDef,
    parse_agents,
    parse_calls,
    parse_extensions,
    parse_queues,
    promised,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply whose envelope has been read: 0, or a code the caller asked to see."""

    body: Json
    number: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a queue, when that was (server time), whether the server said "no data", and the exchange."""

    status: CallStatus
    at_ms: float
    is_no_data: bool
    exchange_id: str


@dataclass(frozen=True, slots=True)
class Agents:
    """The same for its agents."""

    lines: tuple[AgentLine, ...]
    at_ms: float
    is_no_data: bool
    exchange_id: str


class YeastarClient:
    """Speaks to one server; only one request starts per gap, so that a small PBX stays at ease."""

    def __init__(self, http: VendorHttp, keeper: TokenKeeper, clock: Clock, redactor: Redactor, timing: Timing) -> None:
        self._http = http
        self._keeper = keeper
        self._clock = clock
        self._redactor = redactor
        self._timing = timing
        self._gap_s = timing.gap_s
        self._pace = HostPace(clock, concurrent=timing.concurrent, gap_s=timing.gap_s)
        self._report_pace = HostPace(clock, concurrent=1)
        self.server_clock = ServerClock()
        self.remarks: dict[str, list[Message]] = {}  # about the newest reply of each path: a guessed character set

    @property
    def host(self) -> str:
        """The server as sentences name it."""
        return self._http.host

    @property
    def server_ms(self) -> float:
        """The server's time now, as far as it is known."""
        return self._clock.now_ms() + self.server_clock.offset_ms

    def pace_for(self, requests: int, seconds: float) -> None:
        """Keep requests so far apart that so many fit into some seconds, and no farther than the usual gap."""
        gap = min(self._timing.gap_s, seconds / max(1, requests))
        if gap != self._gap_s:
            self._gap_s = gap
            self._pace = HostPace(self._clock, concurrent=self._timing.concurrent, gap_s=gap)

    async def read(
        self,
        path: str,
        query: Iterable[tuple[str, str]] = (),
        *,
        also: frozenset[int] = frozenset(),
        call: CallClass = CallClass.POLL,
        purpose: str = "",
    ) -> Answer:
        """Read one thing; an expired token is renewed and the request repeated once.

        Args:
            also: codes that are answers, besides 0.
            purpose: what it is for, in sentences; the allow rule's when empty.

        Raises:
            ConsoleError: as of `VendorHttp.send`, or by the code (see `envelope.code_error`).
        """
        rule = find_rule(ALLOW, "GET", path)
        what = purpose or (rule.purpose if rule is not None else "read")
        token = await self._keeper.token()
        for is_last in (False, True):
            answer = await self._once(path, (*query, ("access_token", token.reveal())), what, call)
            if answer is not None:
                break
            if is_last:
                wait = self._timing.refused_s
                raise ServerBusy(
                    message("api.session_refused", host=self.host, seconds=round(wait)), retry_after_s=wait
                )
            token = await self._keeper.renew(token)
        assert answer is not None
        if answer.number != OK and answer.number not in also:
            raise self._marked(
                code_error(
                    answer.number,
                    host=self.host,
                    what=what,
                    full_s=self._timing.full_s,
                    detail=words(answer.body, self._redactor),
                ),
                answer.reply,
            )
        return answer

    async def _once(self, path: str, query: tuple[tuple[str, str], ...], what: str, call: CallClass) -> Answer | None:
        """One request; None when the token is no longer accepted."""
        # one report at a time, and beside the slots of the polls: it may keep its place for minutes
        pace = self._report_pace if call is CallClass.REPORT else self._pace
        try:
            async with pace.slot():
                reply = await self._http.send(Request("GET", path, query=query, call=call))
        except NotPermitted:
            raise
        except AuthError:
            return None
        if reply.date_ms is not None:
            self.server_clock.observe_date(reply.date_ms, reply.received_ms)
        self.remarks[path] = list(reply.notes)
        body = await self._http.decode_json(reply, self.remarks[path])
        number = error_number(body)
        if number is None:
            raise self._marked(unreadable(self.host, what), reply)
        return None if number == TOKEN_EXPIRED else Answer(body, number, reply)

    async def system(self) -> dict[str, Json]:
        """``system/information``."""
        answer = await self.read(SYSTEM)
        data = answer.body.get("data")
        if not isinstance(data, dict):
            bad(self.host, "/data", "an object was expected")
        epoch = whole(data.get("timestamp"))
        if answer.reply.date_ms is None and epoch is not None:
            self.server_clock.observe_date(epoch * 1000.0, answer.reply.received_ms)
        return data

    async def queues(self) -> tuple[tuple[QueueDef, ...], int | None]:
        """All pages of the list of queues, and how many the server promised."""
        return await self._pages(QUEUES, parse_queues, lambda queue: queue.id)

    async def extensions(self) -> tuple[tuple[Extension, ...], int | None]:
        """All pages of the list of extensions, and how many the server promised."""
        return await self._pages(EXTENSIONS, parse_extensions, lambda extension: extension.number)

    async def _pages(
        self, path: str, parse: Callable[[Json, str], list[T]], key: Callable[[T], str]
    ) -> tuple[tuple[T, ...], int | None]:
        """Read page by page until all promised rows are there, or a page brings nothing new."""
        found: dict[str, T] = {}
        total: int | None = None
        for page in range(1, self._timing.max_pages + 1):
            query = (
                ("page", str(page)),
                ("page_size", str(self._timing.page_size)),
                ("sort_by", "number"),
                ("order_by", "asc"),
            )
            answer = await self.read(path, query, also=frozenset({NO_DATA}))
            try:
                rows = parse(answer.body, self.host)
            except ProtocolError as error:
                raise self._marked(error, answer.reply) from error
            total = promised(answer.body)
            before = len(found)
            for row in rows:
                found.setdefault(key(row), row)
            if len(found) > MAX_ROWS:
                raise ProtocolError(message("reply.limits", host=self.host, what=f"{len(found)} rows"))
            if len(found) == before or (total is not None and len(found) >= total):
                break
        return tuple(found.values()), total

    async def calls(self, queue_id: str) -> Calls:
        """``queue/call_status`` of one queue."""
        answer = await self.read(CALLS, (("id", queue_id),), also=frozenset({NO_DATA}))
        try:
            status = parse_calls(answer.body, self.host)
        except ProtocolError as error:
            if answer.number != NO_DATA:
                raise self._marked(error, answer.reply) from error
            status = CallStatus()
        return Calls(status, self._at(answer.reply), answer.number == NO_DATA, answer.reply.exchange_id)

    async def agents(self, queue_id: str) -> Agents:
        """``queue/agent_status`` of one queue."""
        answer = await self.read(AGENTS, (("id", queue_id),), also=frozenset({NO_DATA}))
        try:
            lines = parse_agents(answer.body, self.host)
        except ProtocolError as error:
            raise self._marked(error, answer.reply) from error
        return Agents(tuple(lines), self._at(answer.reply), answer.number == NO_DATA, answer.reply.exchange_id)

    def _at(self, reply: Reply) -> float:
        """When a reply held: the server's time at which it arrived."""
        return reply.received_ms + self.server_clock.offset_ms

    @staticmethod
    def _marked(error: T, reply: Reply) -> T:
        """Note on an error which exchange shows it."""
        if isinstance(error, ProtocolError):
            error.exchange_id = error.exchange_id or reply.exchange_id
            error.status = reply.status
        return error
