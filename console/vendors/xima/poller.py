"""One poll cycle: the metrics list, the values in as few requests as fit, and the ids that spoil a request.

A cycle is all or nothing: either every part has been read, or the error goes up and the board stays as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from console.domain.clock import Clock, ServerClock
from console.domain.errors import AuthError, ConsoleError, NotFound, NotPermitted, TransientError
from console.domain.messages import Message
from console.net.http import Reply
from console.vendors.xima.board import RENEW_S, Batch, Board, polled
from console.vendors.xima.client import THREAD_BYTES, Valued, XimaClient, free
from console.vendors.xima.mapping import Directory, Plan, make_plan
from console.vendors.xima.timing import Timing
from console.vendors.xima.values import Origins
from console.vendors.xima.wire import Key, MetricDef

LARGE_BYTES = 512 * 1024  # where pointing every figure at the newest exchange would cost more than it is worth
PROBES_AT_ONCE = 8


@dataclass(slots=True)
class _Refusal:
    """An id that is left out: 403 (`is_forbidden`) or 404, and when it is tried again."""

    is_forbidden: bool
    until: float


@dataclass(slots=True)
class _Cycle:
    """What one cycle has gathered so far."""

    batches: list[Batch] = field(default_factory=list)
    promised: list[Key] = field(default_factory=list)
    size: int = 0
    probes: int = 0
    refused: int = 0
    has_listed: bool = False
    received_ms: float = 0.0
    notes: dict[str, Message] = field(default_factory=dict)
    has_date: bool = False


def _polled_and_freed(former: Board, plan: Plan, cycle: _Cycle) -> Board:
    board = polled(former, plan, cycle.batches, cycle.promised)
    for batch in cycle.batches:
        free(batch.items)
    return board


class Poller:
    """Keeps what has been learned about one server from cycle to cycle.

    Args:
        base_length: characters of the address of a values request before its ids.
    """

    def __init__(
        self, client: XimaClient, mapping: dict[str, str], clock: Clock, timing: Timing, base_length: int
    ) -> None:
        self._client = client
        self._mapping = mapping
        self._clock = clock
        self._timing = timing
        self._base_length = base_length
        self._metrics: tuple[MetricDef, ...] | None = None
        self._listed_at = 0.0
        self._directory = Directory()
        self._directory_at: float | None = None
        self._left_out: dict[str, _Refusal] = {}
        self._gone: dict[str, tuple[str, float]] = {}
        self._value_bytes = timing.value_bytes
        self._missing_since: dict[Key, float] = {}
        self._plan = Plan()
        self._plan_of: object = None
        self._list_notes: tuple[Message, ...] = ()
        self.notes: tuple[Message, ...] = ()  # remarks about the replies of the last cycle, each once
        self.server_clock = ServerClock()

    @property
    def host(self) -> str:
        """The server as sentences name it."""
        return self._client.host

    @property
    def metrics(self) -> tuple[MetricDef, ...]:
        """The list as read last; empty before."""
        return self._metrics or ()

    @property
    def directory(self) -> Directory:
        """Agents and queues the server lists apart from metrics."""
        return self._directory

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids whose values can be read."""
        return tuple(metric.id for metric in self.metrics if metric.id not in self._left_out)

    @property
    def gone_names(self) -> tuple[str, ...]:
        """Names of metrics that are no longer there, for as long as that is news."""
        mono = self._clock.monotonic()
        names = {metric.id: metric.name or metric.id for metric in self.metrics}
        unknown = {key: names.get(key, key) for key, what in self._left_out.items() if not what.is_forbidden}
        lost = {key: name for key, (name, until) in self._gone.items() if until > mono}
        return tuple({**lost, **unknown, **{key: key for key in self.plan.unknown}}.values())

    @property
    def plan(self) -> Plan:
        """The plan for the present list, made anew only when something about it has changed."""
        forbidden = frozenset(key for key, what in self._left_out.items() if what.is_forbidden)
        unknown = frozenset(self._left_out) - forbidden
        made_of = (self.metrics, forbidden, unknown, self._directory)
        if made_of != self._plan_of:
            self._plan = make_plan(
                self.metrics, self._mapping, refused=forbidden, gone=unknown, directory=self._directory
            )
            self._plan_of = made_of
        return self._plan

    async def cycle(self, former: Board) -> Board:
        """Read everything once.

        Raises:
            ConsoleError: a part could not be read; nothing has changed then.
        """
        cycle = _Cycle()
        await self._refresh(cycle)
        due = self._due_probes()
        for chunk in (*self._chunks(self.ids), *due):
            await self._read(list(chunk), cycle)
        self.notes = self._remarks(cycle)
        plan = self.plan
        if cycle.size > THREAD_BYTES:
            board = await asyncio.to_thread(_polled_and_freed, former, plan, cycle)
        else:
            board = polled(former, plan, cycle.batches, cycle.promised)
        self._learn_stamp(former, board, cycle)
        self._track(board.missing)
        return board

    async def probe(self, count: int) -> Board:
        """Read the list and the values of the first few metrics, for a connection test."""
        cycle = _Cycle()
        await self._refresh(cycle)
        await self._read(list(self.ids[:count]), cycle)
        self.notes = self._remarks(cycle)
        board = polled(Board(), self.plan, cycle.batches, cycle.promised)
        self._learn_stamp(Board(), board, cycle)
        return board

    def warming(self) -> tuple[bool, int]:
        """Whether expected values may still come soon, and how many are overdue."""
        mono = self._clock.monotonic()
        overdue = sum(mono - since >= self._timing.warm_limit_s for since in self._missing_since.values())
        return len(self._missing_since) > overdue, overdue

    def note_missing(self, board: Board) -> None:
        """Take note of what is missing on a board changed by pushes."""
        if board.missing != self._missing_since.keys():
            self._track(board.missing)

    async def _refresh(self, cycle: _Cycle) -> None:
        """Read the list when it is due; without metrics it is the only thing to read, so each time."""
        mono = self._clock.monotonic()
        if not self._metrics or mono - self._listed_at >= self._timing.list_every_s:
            await self._list(cycle)
        if self._directory_at is None or mono - self._directory_at >= self._timing.directory_every_s:
            self._directory_at = mono
            try:
                directory = await self._client.directory()
                if directory != self._directory:
                    self._directory = directory
            except TransientError:
                self._directory_at = None
            except AuthError as error:
                if not isinstance(error, NotPermitted):
                    raise
            except ConsoleError:
                pass  # it only adds rows without values; a server that lacks it is as good as any

    async def _list(self, cycle: _Cycle) -> None:
        cycle.has_listed = True
        listed = await self._client.metrics()
        self._observe(listed.reply, cycle)
        self._list_notes = listed.notes
        mono = self._clock.monotonic()
        former = {metric.id: metric for metric in self.metrics}
        known = {metric.id for metric in listed.metrics}
        until = mono + self._timing.gone_notice_s
        self._gone = {key: news for key, news in self._gone.items() if news[1] > mono and key not in known}
        self._gone.update({key: (item.name or key, until) for key, item in former.items() if key not in known})
        if former and listed.metrics != self._metrics:
            for refusal in self._left_out.values():
                refusal.until = mono
        self._left_out = {key: what for key, what in self._left_out.items() if key in known}
        self._listed_at = mono
        if listed.metrics != self._metrics:
            self._metrics = listed.metrics

    def _due_probes(self) -> list[list[str]]:
        mono = self._clock.monotonic()
        return [[key] for key, what in self._left_out.items() if what.until <= mono][:PROBES_AT_ONCE]

    def _chunks(self, ids: Iterable[str]) -> Iterator[list[str]]:
        """Split ids so that address and reply stay within their limits; a single id goes alone, however large."""
        weight = {metric.id: max(1, len(metric.selection)) * self._value_bytes for metric in self.metrics}
        return split(ids, self._base_length, self._timing.url_limit, weight, self._timing.reply_bytes)

    async def _read(self, ids: list[str], cycle: _Cycle) -> None:
        """Read some values; where an id spoils the request, find it by halving and leave it out.

        The vendor says 404 for an unknown id and 403 for one of somebody else, not whether the others are
        answered all the same; so a refused request tells nothing about any single id.
        """
        if not ids:
            return
        try:
            self._take(await self._client.values(ids), cycle)
        except (NotFound, NotPermitted) as error:
            await self._search(ids, cycle, error)

    async def _search(self, ids: list[str], cycle: _Cycle, error: NotFound | NotPermitted) -> None:
        cycle.probes += 1
        if cycle.probes > self._timing.max_probes:
            raise error
        if not cycle.has_listed:
            await self._list(cycle)
            left = [key for key in ids if key in {metric.id for metric in self.metrics}]
            if len(left) < len(ids):
                await self._read(left, cycle)
                return
        if len(ids) > 1:
            half = len(ids) // 2
            await self._read(ids[:half], cycle)
            await self._read(ids[half:], cycle)
            return
        is_forbidden = isinstance(error, NotPermitted)
        self._left_out[ids[0]] = _Refusal(is_forbidden, self._clock.monotonic() + self._timing.reprobe_s)
        if is_forbidden and not self.ids and not cycle.batches:
            self._left_out.clear()  # everything is refused: that is about the account, not about a metric
            raise error

    def _take(self, valued: Valued, cycle: _Cycle) -> None:
        reply = valued.reply
        self._observe(reply, cycle)
        cycle.notes.update((note.code, note) for note in valued.notes)
        for key in valued.asked:
            self._left_out.pop(key, None)
        count = len(valued.values.items) + len(valued.values.initializing)
        if count:
            self._value_bytes = (self._value_bytes + len(reply.body) / count) / 2
        known = self.server_clock.is_known
        server_ms = reply.received_ms + self.server_clock.offset_ms if known else None
        origins = Origins(reply.exchange_id, "/results", server_ms, self._clock.monotonic())
        # the log keeps only the newest large reply whole, so figures of a large one must point at the newest
        is_middling = THREAD_BYTES < len(reply.body) <= LARGE_BYTES
        cycle.batches.append(Batch(valued.values.items, origins, valued.asked, 0.0 if is_middling else RENEW_S))
        cycle.promised += [key for key in valued.values.initializing if key[0] in valued.asked]
        cycle.size += len(reply.body)

    def _observe(self, reply: Reply, cycle: _Cycle) -> None:
        cycle.received_ms = reply.received_ms
        if reply.date_ms is not None:
            cycle.has_date = True
            self.server_clock.observe_date(reply.date_ms, reply.received_ms)

    def _learn_stamp(self, former: Board, board: Board, cycle: _Cycle) -> None:
        """The newest stamp narrows the estimate. Without a ``Date`` header only a stamp that is new tells the time."""
        stamp, before = board.newest_stamp, former.newest_stamp
        if stamp is None:
            return
        if cycle.has_date or (before is not None and stamp > before):
            self.server_clock.observe_stamp(stamp, cycle.received_ms)

    def _remarks(self, cycle: _Cycle) -> tuple[Message, ...]:
        """What is to be said about the replies; the list is read rarely, so its remarks stand until the next one."""
        lists = (self._list_notes, *self._client.remarks.values())
        return tuple(({note.code: note for notes in lists for note in notes} | cycle.notes).values())

    def _track(self, missing: Iterable[Key]) -> None:
        mono = self._clock.monotonic()
        former = self._missing_since
        self._missing_since = {key: former.get(key, mono) for key in missing}


def split(
    ids: Iterable[str], base_length: int, url_limit: int, weight: dict[str, float], most: float, repeated: int = 1
) -> Iterator[list[str]]:
    """Split ids into groups by the length of the address and the expected weight of the reply.

    Args:
        repeated: characters between two ids (``,`` or ``&id=``).
    """
    group: list[str] = []
    length, load = base_length, 0.0
    for key in ids:
        size, load_of = len(quote(key, safe="")) + repeated, weight.get(key, 0.0)
        if group and (length + size > url_limit or load + load_of > most):
            yield group
            group, length, load = [], base_length, 0.0
        group.append(key)
        length += size
        load += load_of
    if group:
        yield group
