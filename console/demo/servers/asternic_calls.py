"""Calls as the queue log tells them: legs with their closing event, and the events of one call.

Words and the meaning of ``info1`` to ``info5`` are Asterisk's (its page "Queue Logs"), as this product stores them:
``info5`` of ENTERQUEUE carries the number dialled. Seconds are differences of whole seconds, as Asterisk takes them.
Leaving a queue by a key (for voicemail or a callback) is EXITWITHKEY; the queue's own limit, whatever follows, is
EXITWITHTIMEOUT.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.demo.world import records as rec
from console.demo.world.records import CallRecord, QueueLeg
from console.demo.world.site import Site

NOBODY = "NONE"
_EXITS = {
    rec.ABANDONED: "ABANDON",
    "voicemail": "EXITWITHTIMEOUT",
    "overflow": "EXITWITHTIMEOUT",
    "exit_timeout": "EXITWITHTIMEOUT",
    "exit_empty": "EXITEMPTY",
    "exit_key": "EXITWITHKEY",
    "callback": "EXITWITHKEY",
}
_NO_CALLER = ("", "Anonymous")


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the queue log; ``info`` always has five texts, ``queue`` is a position."""

    at: int
    queue: int
    agent: str
    event: str
    info: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class LegFacts:
    """A finished leg in whole seconds; ``event`` is what closed it, ``answered`` None without an agent."""

    record: CallRecord
    leg: QueueLeg
    event: str
    entered: int
    answered: int | None
    ended: int
    wait: int
    ring: int
    talk: int


def seconds(start: int, end: int) -> int:
    """The difference of two instants as clocks of whole seconds show it."""
    return end // 1000 - start // 1000


def caller_id(number: str) -> str:
    """A caller's number; Asterisk's own name stands for none."""
    return "asterisk" if number in _NO_CALLER else number


def closing(leg: QueueLeg) -> str:
    """The event that closed a finished leg."""
    if leg.outcome != rec.ANSWERED:
        return _EXITS[leg.outcome]
    if leg.transfer is not None:
        return "BLINDTRANSFER" if leg.transfer == "blind" else "ATTENDEDTRANSFER"
    return "COMPLETEAGENT" if leg.hung_up_by == "agent" else "COMPLETECALLER"


def facts(record: CallRecord) -> Iterator[LegFacts]:
    """The finished legs of a call, in order."""
    for leg in record.queues:
        if leg.ended is None:
            continue
        ring = sum(seconds(each.start, each.end or each.start) for each in leg.rings if each.outcome == rec.ANSWERED)
        talk = 0 if leg.answered is None else seconds(leg.answered, leg.ended)
        wait = seconds(leg.entered, leg.ended if leg.answered is None else leg.answered)
        yield LegFacts(record, leg, closing(leg), leg.entered, leg.answered, leg.ended, wait, ring, talk)


class CallFlow:
    """Writes the events of calls."""

    def __init__(self, site: Site, names: list[str]) -> None:
        self._site = site
        self._names = names

    def rows(self, record: CallRecord) -> list[LogRow]:
        """All events of a call so far, in order of time; a call still waiting or talking has no closing one."""
        made = [row for leg in record.queues for row in self._leg(record, leg)]
        return sorted(made, key=lambda row: row.at)

    def _leg(self, record: CallRecord, leg: QueueLeg) -> Iterator[LogRow]:
        book, number = self._site.directory, record.number
        did = book.dids[record.did].number if record.did >= 0 else ""
        name = self._site.caller_names.get(number, "")
        entry = (record.url or "", caller_id(number), str(leg.position), name, did)
        yield LogRow(leg.entered, leg.queue, NOBODY, "ENTERQUEUE", entry)
        for ring in leg.rings:
            if ring.end is None:
                continue
            agent = self._names[ring.agent]
            if ring.outcome == rec.ANSWERED:
                hold, rung = seconds(leg.entered, ring.end), seconds(ring.start, ring.end)
                channel = f"{ring.start // 1000}.{900_000 + leg.call}"
                yield LogRow(ring.end, leg.queue, agent, "CONNECT", (str(hold), channel, str(rung), "", ""))
            else:
                event = "RINGNOANSWER" if ring.outcome == rec.NO_ANSWER else "RINGCANCELED"
                yield LogRow(ring.end, leg.queue, agent, event, (str(ring.ring_ms), "", "", "", ""))
        if leg.ended is not None:
            agent = self._names[leg.agent] if leg.answered is not None else NOBODY
            yield LogRow(leg.ended, leg.queue, agent, closing(leg), self._closing_info(record, leg))

    def _closing_info(self, record: CallRecord, leg: QueueLeg) -> tuple[str, str, str, str, str]:
        ended = leg.ended or leg.entered
        if leg.answered is None:
            wait, first = str(seconds(leg.entered, ended)), str(leg.position)
            if leg.key is not None:
                return leg.key, str(leg.exit_position), first, wait, ""
            return str(leg.exit_position), first, wait, "", ""
        hold, talk = str(seconds(leg.entered, leg.answered)), str(seconds(leg.answered, ended))
        if leg.transfer is None:
            return hold, talk, str(leg.position), "", ""
        if leg.transfer == "blind":
            where = next((each.queue for each in record.queues if each.call == leg.next_call), leg.queue)
            return self._site.queues[where].extension, "from-internal", hold, talk, str(leg.position)
        return "BRIDGE", f"{ended // 1000}.{950_000 + leg.call}", hold, talk, str(leg.position)
