"""One P-Series server: regular polls, events that hasten them, the day's figures beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

from console.domain.clock import Clock
from console.domain.errors import ConsoleError, NotPermitted, ProtocolError, UserError
from console.domain.messages import Message, english, message
from console.domain.model import Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.http import VendorHttp
from console.net.limits import LIMITS, Limits
from console.net.redact import Redactor
from console.net.socket import VendorSocket
from console.reports.runner import ReportRunner
from console.tasks import TaskScope
from console.vendors.base import CheckResult, Connection
from console.vendors.yeastar.ages import StateAges
from console.vendors.yeastar.board import Board
from console.vendors.yeastar.client import YeastarClient
from console.vendors.yeastar.counters import DayCounters
from console.vendors.yeastar.dates import DateFormat, PbxClock, from_setting, read_clock
from console.vendors.yeastar.envelope import CodeError, NotOffered
from console.vendors.yeastar.events import EventFeed, State
from console.vendors.yeastar.fields import text
from console.vendors.yeastar.paths import ALLOW, PRODUCT, SECRET_LABEL, bare_url
from console.vendors.yeastar.timing import TIMING, Timing
from console.vendors.yeastar.tokens import Credentials, TokenKeeper

MOST_TOUCHED = 32  # queues read again because of events, in one go
SKEW_MS = 60_000.0  # clock differences from here on are mentioned


@dataclass(frozen=True, slots=True)
class Access:
    """The parts of an open connection that reports share with the live feed: one sign-in, one socket, one pace.

    Attributes:
        version: the profile's wish, ``automatic``, ``v1.0`` or ``v2.0``.
        forced: the date format the profile demands, if it does.
    """

    profile: Profile
    clock: Clock
    http: VendorHttp
    keeper: TokenKeeper
    client: YeastarClient
    events: EventFeed | None
    redactor: Redactor
    version: str
    forced: DateFormat | None


class YeastarBackend:
    """An open connection to one server; see `console.vendors.base.Backend`.

    Raises:
        UserError: a secret is missing, or see `VendorHttp`.
    """

    def __init__(self, connection: Connection, *, timing: Timing = TIMING, limits: Limits = LIMITS) -> None:
        profile = replace(connection.profile, url=bare_url(connection.profile.url))
        self._profile = profile
        self._clock = connection.clock
        self._timing = timing
        credentials = Credentials(_secret(connection, "client_id"), _secret(connection, "client_secret"))
        redactor = connection.exchanges.redactor
        self._http = VendorHttp(
            profile,
            allow=ALLOW,
            clock=connection.clock,
            exchanges=connection.exchanges,
            auth=credentials,
            limits=limits,
            secret_label=SECRET_LABEL,
        )
        self._redactor = redactor
        self._keeper = TokenKeeper(self._http, credentials, connection.clock, redactor, timing)
        self._client = YeastarClient(self._http, self._keeper, connection.clock, redactor, timing)
        self._forced = from_setting(profile.fields.get("date_format", "automatic"))
        cadence = profile.fields.get("counters", "120")
        every_s = float(cadence) if cadence.isdecimal() else None
        self._counters = DayCounters(self._client, profile.fields.get("api_version", "automatic"), every_s, timing)
        self._wake = asyncio.Event()
        self._never = asyncio.Event()
        self._scope = TaskScope("yeastar")
        self._events = self._make_events(connection, limits)
        self._board = Board(StateAges(max(timing.gap_limit_s, 3 * profile.poll_s)))
        self._pbx = PbxClock()
        self._firmware = ""
        self._info_at = self._queues_at = self._extensions_at = float("-inf")
        self._model = ""
        self._has_report = False  # a report has come in and is not shown yet
        self._empty: set[str] = set()  # queues that answered "no data" and are on the list nevertheless
        self._notes: dict[str, Message] = {}
        self.report_runner: ReportRunner | None = None  # of `reports.open_reports`

    def _make_events(self, connection: Connection, limits: Limits) -> EventFeed | None:
        """The event feed, unless the profile does without."""
        if self._profile.fields.get("events", "true") == "false":
            return None

        def make_socket() -> VendorSocket:
            return VendorSocket(
                self._profile,
                allow=ALLOW,
                clock=connection.clock,
                exchanges=connection.exchanges,
                limits=limits,
                secret_label=SECRET_LABEL,
            )

        return EventFeed(
            make_socket,
            self._keeper,
            host=self._http.host,
            clock=connection.clock,
            timing=self._timing,
            wake=self._wake,
        )

    @property
    def access(self) -> Access:
        """What a report runner works with."""
        return Access(
            profile=self._profile,
            clock=self._clock,
            http=self._http,
            keeper=self._keeper,
            client=self._client,
            events=self._events,
            redactor=self._redactor,
            version=self._profile.fields.get("api_version", "automatic"),
            forced=self._forced,
        )

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """See `Backend.snapshots`."""
        while True:
            started = self._clock.monotonic()
            if self._events is not None:
                self._events.wants_poll = False
                self._events.take()  # what happened before this poll, the poll sees
            await self._poll()
            if self._events is not None:
                self._events.start()
            yield self._snapshot()
            async for snapshot in self._until(started + self._profile.poll_s):
                yield snapshot

    async def _until(self, due: float) -> AsyncGenerator[Snapshot, None]:
        """Snapshots of what events touch and reports bring, until the next poll is due."""
        while (left := due - self._clock.monotonic()) > 0:
            self._wake.clear()
            if not self._has_news() and not await self._clock.wait(self._wake, left):
                return
            await self._clock.wait(self._never, self._timing.gather_s)
            if self._events is not None and self._events.wants_poll:
                return
            touched = self._take_touched()
            if touched:
                await self._read_queues(touched)
            if touched or self._has_report:
                self._has_report = False
                yield self._snapshot()

    def _has_news(self) -> bool:
        events = self._events
        return self._has_report or (events is not None and (events.wants_poll or events.has_touched))

    def _take_touched(self) -> list[str]:
        """Ids of the queues that events speak of, in the order of the board."""
        found: set[str] = set()
        for touch in self._events.take() if self._events is not None else ():
            found |= self._board.touched_by(touch.queues, touch.agents)
        # on a very busy floor the regular poll serves the rest: events must not become one endless poll
        return [key for key in self._board.views if key in found][:MOST_TOUCHED]

    async def check(self) -> CheckResult:
        """See `Backend.check`."""
        warnings: list[Message] = []
        await self._read_info()
        queues, _ = await self._client.queues()
        self._board.set_queues(queues)
        findings = [message("check.ok", host=self._client.host, what=self._about())]
        findings.append(message("check.queues", count=len(queues)))
        if queues:
            await self._client.calls(queues[0].id)
            await self._client.agents(queues[0].id)
        try:
            findings.append(message("check.agents", count=len((await self._client.extensions())[0])))
        except (NotPermitted, ProtocolError) as error:
            warnings.append(error.message)
        if self._counters.is_on and queues:
            await self._counters.refresh(queues, self._pbx, self._clock.monotonic())
            warnings += self._counters.notices(self._client.host, self._clock.monotonic())
        return CheckResult(tuple(findings), (*self._notes.values(), *warnings))

    async def aclose(self) -> None:
        """See `Backend.aclose`; gives the token back."""
        await self._scope.aclose(0.2)
        if self._events is not None:
            await self._events.aclose()
        await self._keeper.aclose()
        await self._http.aclose()

    def _about(self) -> str:
        return f"{self._model or PRODUCT}, firmware {self._firmware or 'unknown'}"

    # -- polling ---------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """One full cycle; all or nothing but for single queues that are refused."""
        mono = self._clock.monotonic()
        if mono - self._info_at >= self._timing.info_every_s:
            await self._read_info()
            self._info_at = mono
        if mono - self._queues_at >= self._timing.queues_every_s:
            await self._read_directory()
            self._queues_at = mono
        if mono - self._extensions_at >= self._timing.extensions_every_s:
            self._scope.single_flight("extensions", self._read_extensions)
            self._extensions_at = mono
        await self._read_queues(list(self._board.views))
        self._start_report()

    async def _read_info(self) -> None:
        """Clock, date format and firmware; a server that refuses them costs the day's figures only."""
        try:
            data = await self._client.system()
        except (NotOffered, CodeError) as error:
            self._notes["dates"] = error.message
            return
        except NotPermitted as error:
            if error.message.code != "http.forbidden":
                raise
            self._notes["dates"] = error.message
            return
        former, self._firmware = self._firmware, text(data.get("firmware_version"))
        self._model = text(data.get("model_name")) or text(data.get("device_name"))
        pbx = read_clock(data, self._forced)
        if (former and former != self._firmware) or (self._pbx.dates and self._pbx.dates != pbx.dates):
            self._counters.probe_again()
        self._pbx = pbx
        self._notes.pop("dates", None)
        if pbx.dates is None and self._counters.is_on:
            self._notes["dates"] = message("api.dates", host=self._client.host, what=pbx.problem)

    async def _read_directory(self) -> None:
        queues, total = await self._client.queues()
        self._board.set_queues(queues)
        self._client.pace_for(2 * len(queues), self._profile.poll_s / 2)
        self._note_incomplete("queues", len(queues), total)

    async def _read_extensions(self) -> None:
        """Names only, beside the polls: who may not read the list loses nothing else."""
        try:
            extensions, total = await self._client.extensions()
        except ConsoleError:
            return  # whatever is wrong, the polls say it
        self._board.extension_names = {extension.number: extension.name for extension in extensions}
        self._note_incomplete("extensions", len(extensions), total)

    def _note_incomplete(self, what: str, got: int, total: int | None) -> None:
        self._notes.pop(what, None)
        if total is not None and got < total:
            self._notes[what] = message("api.incomplete", host=self._client.host, what=what, got=got, total=total)

    async def _read_queues(self, keys: list[str]) -> None:
        """Agents, then calls of some queues: a call listed after its agent's status has begun meanwhile."""
        refused: list[ConsoleError] = []

        async def agents(key: str) -> None:
            view = self._board.views[key]
            try:
                read = await self._client.agents(key)
            except (ProtocolError, NotPermitted) as error:
                _raise_if_general(error)
                refused.append(error)
                self._board.views[key] = replace(view, agents=None, failed=english(error.message))
            else:
                self._board.views[key] = replace(view, agents=read, failed="")

        async def calls(key: str) -> None:
            view = self._board.views[key]
            try:
                read = await self._client.calls(key)
            except (ProtocolError, NotPermitted) as error:
                _raise_if_general(error)
                refused.append(error)
                self._board.views[key] = replace(view, calls=None, failed=english(error.message))
            else:
                self._board.views[key] = replace(view, calls=read)

        await self._spread(agents, keys)
        await self._spread(calls, keys)
        if keys and len(refused) == 2 * len(keys):
            raise refused[0]
        await self._verify_empty(keys)

    async def _verify_empty(self, keys: list[str]) -> None:
        """Before "no data" counts as an idle queue, look whether the queue is still on the list."""
        views = [view for key in keys if (view := self._board.views.get(key)) is not None]
        empty = {view.queue.id for view in views if view.is_no_data}
        if empty - self._empty:
            await self._read_directory()
            self._queues_at = self._clock.monotonic()
        self._empty = (self._empty - set(keys)) | (empty & set(self._board.views))

    async def _spread(self, work: Callable[[str], Coroutine[Any, Any, None]], keys: Iterable[str]) -> None:
        """Do something for each queue, a few at once; the first failure ends it all."""
        todo = iter(list(keys))
        failures: list[BaseException] = []

        async def worker() -> None:
            for key in todo:
                if failures:
                    return
                try:
                    await work(key)
                except Exception as error:  # raised again below, by the one who asked
                    failures.append(error)

        scope = TaskScope("yeastar.poll")
        try:
            tasks = [scope.start(worker(), f"worker{number}") for number in range(self._timing.concurrent)]
            for task in tasks:
                await task
        finally:
            await scope.aclose()
        if failures:
            raise failures[0]

    def _start_report(self) -> None:
        """Read the day's figures beside the polls: a report may take tens of seconds."""
        queues = self._board.queues
        if not queues or not self._counters.is_due(self._clock.monotonic(), self._pbx, self._client.server_ms):
            return

        async def report() -> None:
            await self._counters.refresh(queues, self._pbx, self._clock.monotonic())
            self._has_report = True
            self._wake.set()

        self._scope.single_flight("report", report)

    # -- what comes out --------------------------------------------------------------------------------------

    def _snapshot(self) -> Snapshot:
        mono, server_ms = self._clock.monotonic(), self._client.server_ms
        today = self._pbx.local(server_ms)
        return self._board.snapshot(
            profile_id=self._profile.id,
            taken_ms=server_ms,
            offset_ms=self._client.server_clock.offset_ms,
            mono=mono,
            counters={key: self._counters.readings(view.queue, mono, today) for key, view in self._board.views.items()},
            notices=self._notices(mono),
            is_warming=self._counters.is_warming and bool(self._board.views),
        )

    def _notices(self, mono: float) -> list[Message]:
        remarks = {note.code: note for notes in self._client.remarks.values() for note in notes}
        found = [*remarks.values(), *self._notes.values(), *self._counters.notices(self._client.host, mono)]
        state = self._events.state if self._events is not None else State.LIVE
        if state is State.DOWN:
            found.append(message("socket.down"))
        elif state is State.REFUSED:
            found.append(message("socket.refused", host=self._client.host))
        offset = self._client.server_clock.offset_ms
        if abs(offset) >= SKEW_MS:
            amount = f"{abs(offset) / 60_000:.0f} min"
            direction = "ahead of" if offset > 0 else "behind"
            found.append(message("clock.skew", host=self._client.host, amount=amount, direction=direction))
        return found


def _raise_if_general(error: ProtocolError | NotPermitted) -> None:
    """Blocked addresses and interfaces switched off are no matter of one queue."""
    if isinstance(error, NotPermitted) and error.message.code != "http.forbidden":
        raise error


def _secret(connection: Connection, field: str) -> Secret:
    secret = connection.secrets.get(field)
    if not secret:
        labels = {"client_id": "client ID", "client_secret": "client secret"}
        raise UserError(message("secret.empty", field=labels[field]))
    return secret
