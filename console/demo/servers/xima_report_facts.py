"""What reports of this family count: calls, agents' parts in them, and calls in a queue. Folds over the event log.

A call counts in the timeframe and interval in which it began, with all that belongs to it; calls still going on are
not counted yet. A callback attempt is an outbound call of its own that begins when the agent dials. Durations in ms.
Agents and groups are counted apart on purpose (vendor's page "Agent/User vs. Group Values"): a call that rings Ben
and is answered by Brett is presented once to the group, and once to each of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.demo.servers.xima_report_time import Frame
from console.demo.world import records as rec
from console.demo.world.agent_days import AgentDay
from console.demo.world.records import Callback, CallbackAttempt, CallRecord, QueueLeg
from console.demo.world.world import World

INBOUND, OUTBOUND, INTERNAL = "INBOUND", "OUTBOUND", "INTERNAL"
_SMALL = 2000  # agents up to which a day's calls are kept in memory


@dataclass(frozen=True, slots=True)
class Call:
    """A finished call. ``agent`` is the first who talked or dialled, -1 without; ``cost`` in 1/10,000 EUR."""

    uid: str
    start: int
    end: int
    direction: str
    is_callback: bool
    number: str
    is_answered: bool
    talk: int
    agent: int
    code: str | None
    cost: int | None
    record: CallRecord | None

    @property
    def duration(self) -> int:
        """From its first instant to its last."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Part:
    """One agent's part in one call: ``queue`` is -1 for calls past the queues; ``is_offered``: the phone rang."""

    call: Call
    agent: int
    queue: int
    is_offered: bool
    offer: int
    is_talked: bool
    talk: int


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A call in one queue; a call that overflows is presented to both."""

    call: Call
    leg: QueueLeg
    callback: Callback | None

    @property
    def wait(self) -> int:
        """Until the answer or the way out."""
        return self.leg.wait_ms or 0

    @property
    def is_answered(self) -> bool:
        """Whether an agent talked."""
        return self.leg.answered is not None

    @property
    def is_abandoned(self) -> bool:
        """Ended in something other than talking or voicemail; so a caller who hangs up on hold abandons, too."""
        leg = self.leg
        if leg.answered is None:
            return leg.outcome in (rec.ABANDONED, "exit_timeout", "exit_empty")
        return leg.transfer is None and bool(leg.holds) and leg.holds[-1][1] == leg.ended


class Facts:
    """The facts of one timeframe, for those agents and queues that may be seen."""

    def __init__(self, world: World, frame: Frame) -> None:
        self.world = world
        self.site = world.site
        self.zone = world.zone
        self.frame = frame
        self.now = world.now
        self._days = world.days_between(frame.start, frame.end - 1)

    def calls(self) -> Iterator[Call]:
        """All calls, callback attempts included, in order of the log."""
        for record in self._records():
            yield from (call for call in self._calls_of(record) if self.frame.holds(call.start))

    def parts(self) -> Iterator[Part]:
        """Agents' parts in all calls: one per call, agent and queue leg."""
        for record in self._records():
            for call in self._calls_of(record):
                if self.frame.holds(call.start):
                    yield from _attempt_parts(call) if call.is_callback else self._parts(record, call)

    def queue_calls(self) -> Iterator[QueueCall]:
        """Calls in queues, one per leg."""
        for record in self._records():
            call = next(self._calls_of(record), None)
            if call is not None and call.record is record and self.frame.holds(call.start):
                last = len(record.queues) - 1
                for place, leg in enumerate(record.queues):
                    yield QueueCall(call, leg, record.callback if place == last else None)

    def agent_days(self) -> Iterator[AgentDay]:
        """What agents did, cut at the edges of the timeframe and its shifts; days without anything left out."""
        windows = list(self.frame.windows())
        for day in self._days:
            for agent in self.world.agent_days(day):
                for start, end in windows:
                    cut = agent.clip(start, end)
                    if cut.spans:
                        yield cut

    def _records(self) -> Iterator[CallRecord]:
        is_small = len(self.site.agents) <= _SMALL
        for day in self._days:
            yield from self.world.calls(day) if is_small else self.world.stream_calls(day)

    def _calls_of(self, record: CallRecord) -> Iterator[Call]:
        """The finished calls of a record: itself, and its callback attempts."""
        if record.end is not None:
            agent = next((each for each in record.agents() if each < len(self.site.agents)), -1)
            yield Call(
                record.uid,
                record.start,
                record.end,
                record.direction.upper(),
                False,
                record.number,
                record.answered is not None,
                record.talk_ms(record.end),
                agent,
                record.account_code,
                record.cost,
                record,
            )
        for attempt in record.callback.attempts if record.callback is not None else ():
            if attempt.ended is not None:
                yield self._attempt(record, attempt, attempt.ended)

    @staticmethod
    def _attempt(record: CallRecord, attempt: CallbackAttempt, ended: int) -> Call:
        return Call(
            f"{attempt.dialled // 1000}.{attempt.call}",
            attempt.dialled,
            ended,
            OUTBOUND,
            True,
            record.number,
            attempt.answered is not None,
            0 if attempt.answered is None else ended - attempt.answered,
            attempt.agent,
            attempt.account_code,
            None,
            None,
        )

    def _parts(self, record: CallRecord, call: Call) -> Iterator[Part]:
        if 0 <= record.caller < len(self.site.agents):
            yield Part(call, record.caller, -1, False, 0, call.is_answered, call.talk)
        for leg in record.queues:
            for agent in dict.fromkeys(ring.agent for ring in leg.rings):
                offer = sum(ring.ring_ms for ring in leg.rings if ring.agent == agent)
                is_talked = leg.answered is not None and leg.agent == agent
                yield Part(call, agent, leg.queue, True, offer, is_talked, leg.talk_ms(call.end) if is_talked else 0)
        for phone in record.phones:
            for ring in phone.rings:
                if ring.agent >= 0:
                    is_talked = ring.outcome == rec.ANSWERED
                    yield Part(call, ring.agent, -1, True, ring.ring_ms, is_talked, phone.talk_ms(call.end) * is_talked)


def _attempt_parts(call: Call) -> Iterator[Part]:
    yield Part(call, call.agent, -1, False, 0, call.is_answered, call.talk)
