"""Call records: what reports are made of. Plain facts folded from the event log by `console.demo.world.calls`.

Instants are epoch ms, durations ms. ``queue``, ``agent``, ``ivr``, ``did``, ``trunk``, ``dod``, ``extension`` and
``ring_group`` are positions in the site's lists (`Site`, `Directory`), -1 where there is none. Extensions of
agents have the agents' positions. None as an instant means: not (yet).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

INBOUND: Final = "inbound"
OUTBOUND: Final = "outbound"
INTERNAL: Final = "internal"

ANSWERED: Final = "answered"
NO_ANSWER: Final = "no_answer"
BUSY: Final = "busy"
FAILED: Final = "failed"
VOICEMAIL: Final = "voicemail"
ABANDONED: Final = "abandoned"
OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class MenuVisit:
    """A caller in a menu: what was pressed when, when a key was missed, and how the visit ended.

    ``keys`` are pairs of instant and key (at most one, which ends the visit); ``hung_up`` is True for a caller who
    left the line in the menu. ``left`` is None while still there.
    """

    ivr: int
    entered: int
    left: int | None
    keys: tuple[tuple[int, str], ...]
    timeouts: tuple[int, ...]
    hung_up: bool


@dataclass(frozen=True, slots=True)
class RingAttempt:
    """One phone ringing once for a call.

    ``agent`` is -1 where no agent was engaged by it (office phones, an empty chair). ``outcome``: answered,
    no_answer, abandoned (the call left while it rang), elsewhere (another phone of the group answered), busy (did
    not ring at all, start = end), or open.
    """

    extension: int
    agent: int
    start: int
    end: int | None
    outcome: str

    @property
    def ring_ms(self) -> int:
        """How long it rang; 0 while open."""
        return 0 if self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A question answered after a call."""

    at: int
    question: str
    score: int


@dataclass(frozen=True, slots=True)
class QueueLeg:
    """A call in one queue, from entering to its one outcome.

    ``outcome``: answered, abandoned, voicemail, overflow, exit_key, exit_timeout, exit_empty, callback, or open
    while waiting. An answered leg has ``ended`` None while they talk. ``position`` counts from 1 at entering,
    ``exit_position`` likewise at the end of the wait (answered included). ``came_from`` and ``next_call`` are call
    numbers of the legs before and after (transfer or overflow), -1 without; ``transfer`` is blind, attended or
    None. ``hung_up_by``: caller or agent, None for transferred or unanswered calls.
    """

    call: int
    queue: int
    entered: int
    position: int
    came_from: int
    rings: tuple[RingAttempt, ...]
    outcome: str
    answered: int | None
    agent: int
    holds: tuple[tuple[int, int | None], ...]
    ended: int | None
    exit_position: int
    key: str | None
    transfer: str | None
    next_call: int
    hung_up_by: str | None
    account_code: str | None
    tags: tuple[str, ...]
    survey: tuple[SurveyAnswer, ...]

    @property
    def wait_ms(self) -> int | None:
        """From entering to the answer or the way out; None while waiting."""
        if self.answered is not None:
            return self.answered - self.entered
        return None if self.ended is None else self.ended - self.entered

    @property
    def ring_ms(self) -> int:
        """How long the phone of the agent who answered rang; 0 for unanswered legs."""
        return sum(each.ring_ms for each in self.rings if each.outcome == ANSWERED)

    def hold_ms(self, now: int) -> int:
        """Time on hold up to ``now``."""
        until = now if self.ended is None else self.ended
        return sum((until if end is None else end) - start for start, end in self.holds)

    def talk_ms(self, now: int) -> int:
        """Time talked up to ``now``, holds left out; 0 for unanswered legs."""
        if self.answered is None:
            return 0
        return (now if self.ended is None else self.ended) - self.answered - self.hold_ms(now)


@dataclass(frozen=True, slots=True)
class PhoneLeg:
    """A call to an extension or a ring group (``ring_group`` >= 0), past the queues.

    ``outcome``: answered, no_answer, busy, or open while ringing. ``extension`` is who answered, else who was called,
    -1 for a group nobody answered. ``hung_up_by``: caller or extension.
    """

    ring_group: int
    extension: int
    agent: int
    started: int
    rings: tuple[RingAttempt, ...]
    outcome: str
    answered: int | None
    ended: int | None
    hung_up_by: str | None

    def talk_ms(self, now: int) -> int:
        """Time talked up to ``now``."""
        return 0 if self.answered is None else (now if self.ended is None else self.ended) - self.answered


@dataclass(frozen=True, slots=True)
class Message:
    """A voicemail message, ended at ``at``: in a queue's mailbox, or in that of an extension or group (number)."""

    at: int
    length_ms: int
    queue: int
    mailbox: str | None


@dataclass(frozen=True, slots=True)
class CallbackAttempt:
    """An agent called back. ``result``: answered, no_answer, busy, or open.

    The call goes out with the agent's own outbound caller id (`ExtensionInfo.dod`); it is not billed.
    """

    call: int
    agent: int
    dialled: int
    answered: int | None
    ended: int | None
    result: str
    account_code: str | None


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback asked for in a queue. ``result`` answered is success; others are failure; open until settled."""

    queue: int
    asked: int
    key: str
    attempts: tuple[CallbackAttempt, ...]
    result: str
    settled: int | None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call from its first instant to its last, with everything that happened in between.

    ``number`` is the outside party (caller, or who was called); for internal calls the caller's extension number.
    ``caller`` is the extension that called (outbound and internal). ``menus``, ``queues`` and ``phones`` are in
    order of time. ``result`` is that of an outbound call (answered, no_answer, busy, failed), None for others.
    ``end`` is None while the call goes on; a callback comes after it. ``cost`` is in 1/10,000 of the
    currency's unit, None for calls that cost nothing by nature (not outbound, or not answered, or no rate).
    ``answered`` is the first answer by a person.
    """

    day: int
    call: int
    direction: str
    start: int
    end: int | None
    number: str
    caller: int
    did: int
    dod: int
    trunk: int
    answered: int | None
    result: str | None
    menus: tuple[MenuVisit, ...]
    queues: tuple[QueueLeg, ...]
    phones: tuple[PhoneLeg, ...]
    messages: tuple[Message, ...]
    callback: Callback | None
    account_code: str | None
    tags: tuple[str, ...]
    url: str | None
    rate: int
    cost: int | None

    @property
    def uid(self) -> str:
        """An id unique over all days, ``EPOCH.number`` as Asterisk writes it."""
        return f"{self.start // 1000}.{self.call}"

    @property
    def status(self) -> str:
        """How the call went: answered, voicemail, busy, failed, no_answer, abandoned, or open.

        Voicemail: not answered by a person, but a message was left or the queue sent the caller to voicemail.
        Abandoned: the caller hung up in a menu or queue.
        """
        if self.answered is not None:
            return ANSWERED
        if self.result is not None:
            return self.result
        last = self.queues[-1].outcome if self.queues else ""
        if self.messages or last == VOICEMAIL:
            return VOICEMAIL
        if self.end is None:
            return OPEN
        if last == ABANDONED or (self.menus and self.menus[-1].hung_up):
            return ABANDONED
        return BUSY if self.phones and self.phones[-1].outcome == BUSY else NO_ANSWER

    def talk_ms(self, now: int) -> int:
        """Time people talked in all legs up to ``now``, holds left out, callbacks not included."""
        if self.direction == OUTBOUND:
            return 0 if self.answered is None else (now if self.end is None else self.end) - self.answered
        return sum(leg.talk_ms(now) for leg in self.queues) + sum(leg.talk_ms(now) for leg in self.phones)

    def agents(self) -> Iterator[int]:
        """Give the agents who talked, in order of time, callbacks not included."""
        if self.direction == OUTBOUND or (self.direction == INTERNAL and self.caller >= 0):
            yield self.caller
        yield from (leg.agent for leg in self.queues if leg.answered is not None)
        yield from (leg.agent for leg in self.phones if leg.answered is not None and leg.agent >= 0)
