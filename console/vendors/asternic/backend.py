"""The backend: transport, client and board of one profile put together."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.domain.clock import ServerClock, to_datetime
from console.domain.errors import AuthError, ConsoleError, NotPermitted, ProtocolError, TransientError, UserError
from console.domain.messages import Message, english, message
from console.domain.model import Snapshot
from console.domain.secret import Secret
from console.domain.text import format_age, safe_text
from console.net.address import parse_address
from console.net.auth import Basic
from console.net.http import VendorHttp
from console.net.limits import LIMITS, Limits
from console.vendors.asternic.agent_rows import Labels
from console.vendors.asternic.board import Board, build, waiting_count
from console.vendors.asternic.client import THREAD_BYTES, AsternicClient, Read
from console.vendors.asternic.places import (
    AGENTS,
    QUEUES,
    USERS_AT,
    allow_rules,
    candidates,
    queue_list,
    tidy_base,
    tidy_url,
)
from console.vendors.asternic.queue_rows import Moment
from console.vendors.asternic.wire import Named, Realtime
from console.vendors.base import CheckResult, Connection

if TYPE_CHECKING:
    from console.vendors.asternic.reports.runner import AsternicReports

SECRET_LABEL = "user name or password"  # noqa: S105 - words for sentences


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. The vendor's page suggests a new request every 5 or 10 s.

    Attributes:
        floor_s: no two polls start closer together.
        rest_s: least pause between an answer and the next request, so that a slow server can breathe.
        names_every_s: how often the lists of queues and agents are read again.
        frozen_s: the same answer for so long, though somebody waits, means that the figures stand still.
        watch_s: people who were not looked at for longer (or three polls) are measured anew.
        hidden_s: for how long a vanished queue is mentioned.
        skew_s: clock differences from here on are mentioned.
    """

    floor_s: float = 2.0
    rest_s: float = 1.0
    names_every_s: float = 300.0
    frozen_s: float = 30.0
    watch_s: float = 20.0
    hidden_s: float = 600.0
    skew_s: float = 60.0


TIMING = Timing()


class AsternicBackend:
    """A connection to one installation.

    Raises:
        UserError: user name or password is missing or cannot be sent, or the address cannot be used.
    """

    def __init__(self, connection: Connection, timing: Timing = TIMING, limits: Limits = LIMITS) -> None:
        user, password = connection.secrets.get("username"), connection.secrets.get("password")
        if not user or not password:
            raise UserError(message("secret.empty", field="password" if user else "user name"))
        if ":" in user.reveal():
            raise UserError(message("secret.colon", field="user name"))
        profile = replace(connection.profile, url=tidy_url(connection.profile.url))
        bases = candidates(tidy_base(profile.fields.get("base_path", "")), parse_address(profile.url).base)
        self._connection = connection
        self._profile = profile
        self._timing = timing
        self._http = VendorHttp(
            profile,
            allow=allow_rules(bases),
            clock=connection.clock,
            exchanges=connection.exchanges,
            auth=Basic(user.reveal(), password),
            limits=limits,
            secret_label=SECRET_LABEL,
        )
        pair = base64.b64encode(f"{user.reveal()}:{password.reveal()}".encode()).decode("ascii")
        connection.exchanges.redactor.register(Secret(pair))
        self._user = user.reveal()
        self._wanted = queue_list(profile.fields.get("queues", ""))
        self._client = AsternicClient(self._http, bases, self._wanted, connection.exchanges.redactor)
        self._server_clock = ServerClock()
        self._board = Board()
        self._queues: tuple[Named, ...] = ()
        self._agents: tuple[Named, ...] = ()
        self._labels = Labels()
        self._names_at: float | None = None
        self._digest = b""
        self._same_since = 0.0
        self._hidden: dict[str, float] = {}
        self._notes: tuple[Message, ...] = ()
        self._closing = asyncio.Event()

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """See `Backend.snapshots`: one request after the other, never two at once."""
        clock = self._connection.clock
        while not self._closing.is_set():
            started = clock.monotonic()
            snapshot = await self._cycle()
            yield snapshot
            due = started + max(self._timing.floor_s, self._profile.poll_s)
            await clock.wait(self._closing, max(due - clock.monotonic(), self._timing.rest_s))

    async def check(self) -> CheckResult:
        """See `Backend.check`."""
        read = await self._client.realtime()
        self._observe(read)
        warnings = list(read.notes)
        for entity in (QUEUES, AGENTS):
            try:
                names = await self._client.names(entity)
            except (ProtocolError, NotPermitted) as error:
                warnings.append(error.message)
            else:
                self._take(entity, names)
        queues = read.data.queues
        people = build(Board(), read.data, self._labels, self._moment(read), 0.0).agents
        parts = (
            message("check.queues", count=len(queues)),
            message("check.agents", count=len(people)),
            message("check.waiting", count=waiting_count(read.data)),
        )
        found = message("check.ok", host=self._client.host, what=", ".join(english(part) for part in parts))
        warnings += self._queue_warnings(read.data)
        return CheckResult((found, message("api.found_at", path=self._client.path)), (*warnings, *self._skew()))

    def reports(self) -> AsternicReports:
        """A report runner over this connection; it ends with it."""
        from console.vendors.asternic.reports.runner import AsternicReports

        return AsternicReports(self._client, self._connection.clock, self._profile.id, self._user)

    async def aclose(self) -> None:
        """See `Backend.aclose`."""
        self._closing.set()
        await self._http.aclose()

    # -- one cycle

    async def _cycle(self) -> Snapshot:
        read = await self._client.realtime()
        self._observe(read)
        await self._refresh_names()
        moment, former = self._moment(read), self._board
        gap_s = max(3 * self._profile.poll_s, self._timing.watch_s)
        if len(read.reply.body) > THREAD_BYTES:
            board = await asyncio.to_thread(build, former, read.data, self._labels, moment, gap_s)
        else:
            board = build(former, read.data, self._labels, moment, gap_s)
        self._note_hidden(former, board)
        self._board = board
        remarks = (*read.notes, *(note for notes in self._client.remarks.values() for note in notes))
        self._notes = tuple({note.code: note for note in reversed(remarks)}.values())
        self._judge_pulse(read, board)
        return self._snapshot(moment)

    def _observe(self, read: Read) -> None:
        if read.reply.date_ms is not None:
            self._server_clock.observe_date(read.reply.date_ms, read.reply.received_ms)

    def _moment(self, read: Read) -> Moment:
        mono = self._connection.clock.monotonic()
        return Moment(read.reply.received_ms, self._server_clock.offset_ms, mono, read.reply.exchange_id)

    async def _refresh_names(self) -> None:
        """Read the lists of queues and agents when they are due. They only give labels, so the floor lives without."""
        mono = self._connection.clock.monotonic()
        if self._names_at is not None and mono - self._names_at < self._timing.names_every_s:
            return
        self._names_at = mono
        for entity in (QUEUES, AGENTS):
            try:
                self._take(entity, await self._client.names(entity))
            except TransientError:
                self._names_at = None
            except AuthError as error:
                if not isinstance(error, NotPermitted):
                    raise
            except ConsoleError:
                pass

    def _take(self, entity: str, names: tuple[Named, ...]) -> None:
        if entity == QUEUES:
            self._queues = names
        else:
            self._agents = names
        self._labels = Labels.of(self._queues, self._agents)

    def _judge_pulse(self, read: Read, board: Board) -> None:
        """The answer has no time stamp and may be a kept copy: figures that must run and do not are dead.

        Raises:
            ProtocolError: ``reply.frozen``.
        """
        mono = self._connection.clock.monotonic()
        digest = hashlib.blake2b(read.reply.body, digest_size=16).digest()
        if digest != self._digest or not board.is_ticking:
            self._digest, self._same_since = digest, mono
        elif mono - self._same_since >= self._timing.frozen_s:
            seconds = round(mono - self._same_since)
            raise ProtocolError(
                message("reply.frozen", host=self._client.host, seconds=seconds),
                exchange_id=read.reply.exchange_id,
            )

    def _note_hidden(self, former: Board, board: Board) -> None:
        """Queues that were there and are not: gone, or no longer permitted."""
        mono = self._connection.clock.monotonic()
        present = {row.id for row in board.queues}
        gone = {row.name: mono + self._timing.hidden_s for row in former.queues if row.id not in present}
        shown = {row.name for row in board.queues}
        self._hidden = {
            name: until for name, until in {**self._hidden, **gone}.items() if until > mono and name not in shown
        }

    # -- what to show

    def _snapshot(self, moment: Moment) -> Snapshot:
        board = self._board
        return Snapshot(
            profile_id=self._profile.id,
            backend=self._profile.backend,
            taken_at=to_datetime(moment.now_ms),
            columns=board.columns,
            queues=board.queues,
            agents=board.agents,
            waiting=board.waiting,
            unavailable=board.unavailable(self._client.host),
            notices=(*self._notes, *self._notices(), *self._skew()),
            offset_ms=moment.offset_ms,
        )

    def _notices(self) -> tuple[Message, ...]:
        if self._hidden:
            names = _few(tuple(self._hidden))
            return (message("source.rows_hidden", host=self._client.host, names=names),)
        return () if self._board.queues else (message("queues.none", where=USERS_AT),)

    def _skew(self) -> tuple[Message, ...]:
        skew_s = self._server_clock.offset_ms / 1000
        if abs(skew_s) <= self._timing.skew_s:
            return ()
        direction = "ahead of" if skew_s > 0 else "behind"
        return (message("clock.skew", host=self._client.host, amount=format_age(abs(skew_s)), direction=direction),)

    def _queue_warnings(self, data: Realtime) -> tuple[Message, ...]:
        wanted = [name for name in self._wanted.split(",") if name]
        strange = tuple(name for name in wanted if name not in data.queues)
        if strange and self._queues:
            known = _few(tuple(entry.key for entry in self._queues))
            return (message("queues.unknown", names=_few(strange), known=known),)
        return () if data.queues else (message("queues.none", where=USERS_AT),)


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(safe_text(name, 60) for name in names[:6]) + (", …" if len(names) > 6 else "")
