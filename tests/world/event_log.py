"""A reading of the control server's event log that shares nothing with the demo: calls from ``GET /calls``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

LOST = ("abandon", "voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback")
OVER = {"ivr_hangup", "end", "message", "out_end", "int_end", "ext_end", "group_miss", *LOST}


@dataclass
class Ring:
    """A phone of an agent ringing."""

    agent: str
    start: int
    end: int = -1
    how: str = "open"


@dataclass
class Leg:
    """A call in one queue."""

    number: int
    queue: str
    entered: int
    position: int
    rings: list[Ring] = field(default_factory=list)
    answered: int = -1
    ended: int = -1
    how: str = "open"
    agent: str = ""
    holds: list[list[int]] = field(default_factory=list)
    transfer: str = ""
    to: str = ""
    side: str = ""
    key: str = ""
    left_from: int = 0

    @property
    def talk(self) -> int:
        if self.answered < 0:
            return 0
        return self.ended - self.answered - sum(end - start for start, end in self.holds)

    @property
    def wait(self) -> int:
        return (self.ended if self.answered < 0 else self.answered) - self.entered


@dataclass
class Attempt:
    """An agent calling back."""

    number: int
    agent: str
    dialled: int
    answered: int = -1
    ended: int = -1
    code: str = ""


@dataclass
class Call:
    """A call with all its legs. ``talks``: agent, start, end of talks past the queues; ``heads``: agents who called."""

    number: int
    start: int
    direction: str
    party: str
    did: str = ""
    url: str = ""
    tags: list[str] = field(default_factory=list)
    trunk: str = ""
    end: int = -1
    legs: list[Leg] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    head: str = ""
    is_answered: bool = False
    talk_from: int = -1
    talk: int = 0
    talker: str = ""
    code: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    asked: bool = False
    settled: str = ""
    is_group: bool = False

    @property
    def uid(self) -> str:
        return f"{self.start // 1000}.{self.number}"


class Reading:
    """Reads one day's records into calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._by: dict[int, Call] = {}
        self._legs: dict[int, Leg] = {}
        self._lines: dict[str, list[int]] = {}
        self._attempts: dict[int, Attempt] = {}

    def read(self, records: list[dict[str, Any]]) -> list[Call]:
        for record in records:
            kind, number = record["event"], record.get("call", -1)
            if kind in ("arrive", "out_dial", "int_dial", "office_call"):
                self._begin(record)
            elif number in self._attempts:
                self._attempt(record)
            elif kind == "callback_dial":
                made = Attempt(number, record["agent"], record["t"])
                self._attempts[number] = made
                self._by[record["callback_of"]].attempts.append(made)
            elif number >= 0:
                self._go_on(record)
        return self.calls

    def _begin(self, record: dict[str, Any]) -> None:
        kind = record["event"]
        way = {"arrive": "INBOUND", "out_dial": "OUTBOUND"}.get(kind, "INTERNAL")
        call = Call(record["call"], record["t"], way, record.get("number", ""))
        call.did, call.url, call.trunk = record.get("did", ""), record.get("url", ""), record.get("trunk", "")
        call.tags = [record["tag"]] if "tag" in record else []
        call.head = record.get("agent", "")
        if kind == "int_dial":
            call.rings.append(Ring(record["other"], record["t"]))
        self.calls.append(call)
        self._by[call.number] = call

    def _attempt(self, record: dict[str, Any]) -> None:
        made, kind = self._attempts[record["call"]], record["event"]
        if kind == "callback_answer":
            made.answered = record["t"]
        elif kind == "callback_end":
            made.ended, made.code = record["t"], record.get("account_code", "")

    def _go_on(self, record: dict[str, Any]) -> None:
        t, kind, number = record["t"], record["event"], record["call"]
        if kind == "enter":
            self._enter(record)
            return
        call = self._by[number]
        if number in self._legs and "queue" in record:
            self._queue_event(call, self._legs[number], record)
        else:
            self._phone_event(call, record)
        if kind in OVER or (kind in ("ext_miss", "ext_busy") and not call.is_group):
            call.end = t

    def _enter(self, record: dict[str, Any]) -> None:
        origin = record.get("transferred_from", record["call"])
        call = self._by[origin]
        self._by[record["call"]] = call
        call.end = -1
        line = self._lines.setdefault(record["queue"], [])
        line.append(record["call"])
        leg = Leg(record["call"], record["queue"], record["t"], len(line))
        self._legs[leg.number] = leg
        if origin in self._legs:
            self._legs[origin].to = leg.queue
        call.legs.append(leg)

    def _leave(self, leg: Leg) -> None:
        line = self._lines[leg.queue]
        leg.left_from = line.index(leg.number) + 1
        line.remove(leg.number)

    def _queue_event(self, call: Call, leg: Leg, record: dict[str, Any]) -> None:
        t, kind = record["t"], record["event"]
        if kind == "ring":
            leg.rings.append(Ring(record["agent"], t))
        elif kind == "no_answer":
            leg.rings[-1].end, leg.rings[-1].how = t, "missed"
        elif kind == "answer":
            self._leave(leg)
            leg.answered, leg.agent, leg.how = t, record["agent"], "answered"
            leg.rings[-1].end, leg.rings[-1].how = t, "answered"
            call.is_answered = True
        elif kind == "hold":
            leg.holds.append([t, -1])
        elif kind == "retrieve":
            leg.holds[-1][1] = t
        elif kind == "transfer":
            leg.transfer = record["kind"]
        elif kind == "end":
            leg.ended, leg.side = t, record.get("hung_up_by", "")
            call.code = record.get("account_code", call.code)
            if leg.holds and leg.holds[-1][1] < 0:
                leg.holds[-1][1] = t
        elif kind in LOST:
            self._leave(leg)
            leg.ended, leg.how, leg.key = t, kind, record.get("key", "")
            call.asked |= kind == "callback"
            if leg.rings and leg.rings[-1].end < 0:
                leg.rings[-1].end, leg.rings[-1].how = t, "left"
        elif kind == "tag":
            call.tags.append(record["tag"])
        elif kind == "callback_result":
            call.settled = record["result"]

    def _phone_event(self, call: Call, record: dict[str, Any]) -> None:
        t, kind, agent = record["t"], record["event"], record.get("agent", "")
        if kind == "group_ring":
            call.is_group = True
        elif kind == "ext_ring" and agent:
            call.rings.append(Ring(agent, t))
        elif kind in ("out_answer", "int_answer", "ext_answer"):
            call.is_answered, call.talk_from = True, t
            for ring in call.rings:
                if ring.end < 0:
                    ring.end, ring.how = t, "answered"
                    call.talker = ring.agent
        elif kind == "ext_miss" and agent:
            call.rings[-1].end, call.rings[-1].how = t, "missed"
        elif kind in ("out_end", "int_end", "ext_end"):
            call.talk = t - call.talk_from if call.talk_from >= 0 else 0
            call.code = record.get("account_code", call.code)


async def days_of(session: aiohttp.ClientSession, control: str, *days: int) -> list[Call]:
    """The calls of some days of the log."""
    calls: list[Call] = []
    for day in days:
        calls += Reading().read(await records_of(session, control, day))
    return calls


async def records_of(session: aiohttp.ClientSession, control: str, day: int) -> list[dict[str, Any]]:
    """The raw records of a day."""
    async with session.get(f"{control}/calls?day={day}") as response:
        assert response.status == 200
        return [json.loads(line) for line in (await response.text()).splitlines()]


async def site_of(session: aiohttp.ClientSession, control: str) -> dict[str, Any]:
    """What no event changes."""
    async with session.get(f"{control}/site") as response:
        return await response.json()  # type: ignore[no-any-return]


@dataclass
class Span:
    """An agent logged in, paused, or in after-call work; ``end`` -1 while it lasts."""

    agent: str
    kind: str
    reason: str
    start: int
    end: int = -1


def spans_of(records: list[dict[str, Any]]) -> list[Span]:
    """Sessions, pauses and after-call work from the raw records. A later event of another kind ends a state."""
    made: list[Span] = []
    open_: dict[tuple[str, str], Span] = {}

    def stop(agent: str, kind: str, t: int) -> None:
        span = open_.pop((agent, kind), None)
        if span is not None:
            span.end = t
            if t == span.start:
                made.remove(span)

    def begin(agent: str, kind: str, t: int, reason: str = "") -> None:
        span = Span(agent, kind, reason, t)
        open_[agent, kind] = span
        made.append(span)

    for record in records:
        t, kind = record["t"], record["event"]
        for agent in [record[name] for name in ("agent", "other") if name in record]:
            if kind in ("survey", "tag", "message", "callback_result", "transfer"):
                continue
            if kind == "login":
                begin(agent, "login", t)
                continue
            stop(agent, "pause", t)
            stop(agent, "wrap", t)
            if kind == "pause":
                begin(agent, "pause", t, record["reason"])
            elif kind == "end":
                begin(agent, "wrap", t)
            elif kind == "logout":
                stop(agent, "login", t)
    return made
