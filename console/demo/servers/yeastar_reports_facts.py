"""The facts a report is folded from: calls and agents' days, as they were known at the end of its period."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from console.demo.servers.yeastar_clock import WallClock
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.servers.yeastar_reports_query import INBOUND, INTERNAL, OUTBOUND, Query
from console.demo.world import records as rec
from console.demo.world.agent_days import AgentDay
from console.demo.world.calls import stream_records
from console.demo.world.records import CallRecord, QueueLeg

if TYPE_CHECKING:
    from console.demo.servers.base import Stage
    from console.demo.world.directory import Directory
    from console.demo.world.events import Event
    from console.demo.world.site import Site

Row = dict[str, Any]
_SMALL = 2000  # agents up to which the world keeps the calls of its days

STATUSES = ("answered", "no_answer", "busy", "failed", "voicemail", "abandoned")
"""How a call to or from a phone can end, as the fields of the reports are called."""


@dataclass
class Made:
    """A report: its rows as JSON objects, the totals of a CSV's last line, and the calls behind each row.

    ``details`` has one list per line of the CSV, where the report has details at all.
    """

    rows: list[Row]
    total: Row | None = None
    details: list[list[Row]] = field(default_factory=list)


class PhoneCall(NamedTuple):
    """A call as one phone saw it. ``status`` is one of `STATUSES`; durations in ms."""

    extension: int
    at: int
    kind: str
    status: str
    talk: int
    hold: int


class TrunkCall(NamedTuple):
    """A call over a trunk (-1: an internal one), through a DID or with an outbound caller id (the other is -1)."""

    trunk: int
    at: int
    kind: str
    status: str
    talk: int
    did: int
    dod: int


class Facts:
    """The world up to the end of a period, and how the exchange writes things down."""

    def __init__(self, stage: Stage, clock: WallClock, quirks: Quirks, query: Query) -> None:
        self.query = query
        self.quirks = quirks
        self.clock = clock
        self.world = stage.world
        self.site: Site = stage.world.site
        self.book: Directory = stage.world.site.directory
        self.now = min(query.end, stage.world.now)

    # -- how things are written ------------------------------------------------------------------------------

    def wall(self, ms: int | None) -> str:
        """An instant in the display format, nothing for none."""
        return "" if ms is None else self.quirks.wall(self.clock.local(ms))

    def bucket(self, ms: int) -> int:
        """Hour of the day, day of the month or month of the year."""
        moment = self.clock.local(ms)
        return {"hour": moment.hour, "day": moment.day, "month": moment.month}[self.query.bucket]

    def extension(self, index: int) -> str:
        """A phone as details name it: ``Name<number>``."""
        each = self.book.extensions[index]
        return f"{each.name}<{each.number}>"

    def caller(self, number: str) -> str:
        """An outside party, with the name the phone book has for it."""
        name = self.site.caller_names.get(number)
        return f"{name}<{number}>" if name else number

    def inside(self, ms: int | None) -> bool:
        """Whether an instant lies in the period."""
        return ms is not None and self.query.start <= ms <= self.now

    # -- calls -----------------------------------------------------------------------------------------------

    def records(self) -> Iterator[CallRecord]:
        """All calls of the days the period touches, as far as they had gone at its end."""
        world = self.world
        for day in world.days_between(self.query.start, self.now):
            last = min(world.day_start(day + 1) - 1, world.now)
            if self.now < last:
                log = world.log_of(day)
                yield from stream_records(self.site, day, log[: bisect_right(log, self.now, key=_time)])
            elif len(self.site.agents) <= _SMALL:
                yield from world.calls(day)
            else:
                yield from world.stream_calls(day)

    def legs(self, queues: Iterable[int]) -> Iterator[tuple[CallRecord, QueueLeg]]:
        """Calls that entered one of the queues in the period and left it or were answered, short ones left out."""
        wanted, query = frozenset(queues), self.query
        for record in self.records():
            for leg in record.queues:
                if leg.queue in wanted and leg.outcome != rec.OPEN and self.inside(leg.entered):
                    short = leg.outcome == rec.ABANDONED and (leg.wait_ms or 0) <= query.abandon_ms
                    brief = leg.answered is not None and leg.talk_ms(self.now) <= query.talk_ms
                    if not short and not brief:
                        yield record, leg

    def phone_calls(self) -> Iterator[PhoneCall]:
        """Calls of all phones in the period whose outcome is known."""
        wanted = self.query.communication
        for record in self.records():
            for call in self._phones_of(record):
                if self.inside(call.at) and wanted in ("", call.kind):
                    yield call

    def _phones_of(self, record: CallRecord) -> Iterator[PhoneCall]:
        kind = INTERNAL if record.direction == rec.INTERNAL else INBOUND
        for leg in record.queues:
            for ring in leg.rings:
                if ring.outcome == rec.ANSWERED:
                    hold = held(leg)
                    yield PhoneCall(ring.extension, ring.start, kind, "answered", leg.talk_ms(self.now), hold)
                elif ring.outcome == rec.ABANDONED and leg.outcome == rec.ABANDONED:
                    yield PhoneCall(ring.extension, ring.start, kind, "abandoned", 0, 0)
        boxes = {message.mailbox for message in record.messages}
        for phone in record.phones:
            for ring in phone.rings:
                if ring.outcome in (rec.OPEN, "elsewhere"):
                    continue
                left = ring.outcome != rec.ANSWERED and self.book.extensions[ring.extension].number in boxes
                status = "voicemail" if left else ring.outcome
                talk = phone.talk_ms(self.now) if ring.outcome == rec.ANSWERED else 0
                yield PhoneCall(ring.extension, ring.start, kind, status, talk, 0)
        if record.direction != rec.INBOUND and record.status in STATUSES:
            own = OUTBOUND if record.direction == rec.OUTBOUND else INTERNAL
            yield PhoneCall(record.caller, record.start, own, record.status, record.talk_ms(self.now), 0)
        for attempt in record.callback.attempts if record.callback else ():
            if (status := tried(attempt)) in STATUSES:
                yield PhoneCall(attempt.agent, attempt.dialled, OUTBOUND, status, spoken(attempt, self.now), 0)

    def trunk_calls(self) -> Iterator[TrunkCall]:
        """Calls over all trunks in the period whose outcome is known; internal ones if they are wanted."""
        wanted, internal = self.query.communication, self.query.with_internal
        for record in self.records():
            for call in self._trunks_of(record):
                if self.inside(call.at) and (internal if call.kind == INTERNAL else wanted in ("", call.kind)):
                    yield call

    def _trunks_of(self, record: CallRecord) -> Iterator[TrunkCall]:
        kind = {rec.INBOUND: INBOUND, rec.OUTBOUND: OUTBOUND, rec.INTERNAL: INTERNAL}[record.direction]
        if record.status in STATUSES:
            talk = record.talk_ms(self.now)
            yield TrunkCall(record.trunk, record.start, kind, record.status, talk, record.did, record.dod)
        for attempt in record.callback.attempts if record.callback else ():
            if (status := tried(attempt)) in STATUSES:
                dod = self.book.extensions[attempt.agent].dod
                trunk, talk = self.book.dods[dod].trunk, spoken(attempt, self.now)
                yield TrunkCall(trunk, attempt.dialled, OUTBOUND, status, talk, -1, dod)

    # -- agents ----------------------------------------------------------------------------------------------

    def agents(self) -> tuple[int, ...]:
        """Members of the queue asked for, those chosen if some are."""
        wanted = self.query.agents
        members = [each for queue in self.query.queues for each in self.site.members[queue]]
        return tuple(each for each in members if wanted is None or each in wanted)

    def agent_days(self) -> Iterator[AgentDay]:
        """What those agents did on each day the period touches, oldest first; not cut at its edges."""
        wanted = self.agents()
        for day in self.world.days_between(self.query.start, self.now):
            days = self.world.agent_days(day)
            yield from (days[agent] for agent in wanted)


def held(leg: QueueLeg) -> int:
    """Time on hold in holds that are over."""
    return sum(end - start for start, end in leg.holds if end is not None)


def tried(attempt: rec.CallbackAttempt) -> str:
    """How a call back went, as far as is known."""
    return rec.ANSWERED if attempt.answered is not None else attempt.result


def spoken(attempt: rec.CallbackAttempt, now: int) -> int:
    """Time talked in a call back."""
    if attempt.answered is None:
        return 0
    return (now if attempt.ended is None else attempt.ended) - attempt.answered


def _time(event: Event) -> int:
    return event[0]
