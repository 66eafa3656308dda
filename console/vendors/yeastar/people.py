"""Agents: one row per extension, merged from the queues they serve. Pure.

What the wire says per queue (signed in, paused, call status) becomes one state per person: a call counts before
readiness, readiness in one queue before a pause in another. After-call work does not exist on this wire; such an agent
looks idle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.domain.enums import AgentStatus
from console.domain.values import NOT_APPLICABLE, Origin, Reading, Status, Unit, text
from console.vendors.yeastar.wire import AgentLine, CallLine

CALL_WORDS = {
    0: "unknown",
    1: "idle",
    2: "in a call",
    3: "ringing",
    4: "in a call, another one arriving",
    5: "on hold by the caller",
}
_IN_CALL = (2, 4, 5)
_CALLS = (AgentStatus.ON_CALL, AgentStatus.OTHER_CALL)
# of several queues' words about one person the first of these counts
_RANK = (
    AgentStatus.ON_CALL,
    AgentStatus.OTHER_CALL,
    AgentStatus.RINGING,
    AgentStatus.AVAILABLE,
    AgentStatus.PAUSED,
    AgentStatus.UNKNOWN,
    AgentStatus.LOGGED_OFF,
)


@dataclass(frozen=True, slots=True)
class Served:
    """One queue's word about an agent, and when it was read; `line` is None when it could not be."""

    queue_name: str
    line: AgentLine | None
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Talk:
    """The queue call an agent is ringing for or connected to, with its running time, and when it was read."""

    line: CallLine
    is_ringing: bool
    duration: Reading | None
    at_ms: float


@dataclass(slots=True)
class Person:
    """Everything known about one extension. `has_all_calls`: the calls of all its queues have been read."""

    number: str
    name: str
    served: list[Served] = field(default_factory=list)
    has_all_calls: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """The merged state: what it is, the vendor's words, whether it was inferred, and what makes its time start anew."""

    status: AgentStatus
    words: str
    is_inferred: bool
    key: tuple[object, ...]


def condition(person: Person, talk: Talk | None) -> Condition:
    """Merge what the queues say about a person.

    The call status is the phone's, so of several queues' words the newest counts; signing in and pausing happen per
    queue. A call that was listed after the status was read has begun meanwhile.
    """
    read = [served for served in person.served if served.line is not None]
    newest = max(read, key=lambda served: served.at_ms, default=None)
    if newest is None or newest.line is None:
        return Condition(AgentStatus.UNKNOWN, "", False, (AgentStatus.UNKNOWN,))
    phone = newest.line.call_status
    connected = talk is not None and not talk.is_ringing and (phone in _IN_CALL or talk.at_ms >= newest.at_ms)
    call = _call_status(phone, connected=connected, knows_calls=person.has_all_calls)
    lines = [served.line for served in read if served.line is not None]
    status = min((line_status(line, call) for line in lines), key=_RANK.index)
    reasons = tuple(sorted({line.reason for line in lines if status is AgentStatus.PAUSED and line.is_pause}))
    seen: object = "call" if status in _CALLS else status
    words = _words(status, 2 if connected and phone not in _IN_CALL else phone)
    return Condition(status, words, status is AgentStatus.OTHER_CALL, (seen, reasons))


def _call_status(phone: int | None, *, connected: bool, knows_calls: bool) -> AgentStatus | None:
    """What the phone does; None when it is idle."""
    if connected:
        return AgentStatus.ON_CALL
    if phone in _IN_CALL:
        return AgentStatus.OTHER_CALL if knows_calls else AgentStatus.ON_CALL
    if phone == 3:
        return AgentStatus.RINGING
    return None if phone == 1 else AgentStatus.UNKNOWN


def line_status(line: AgentLine, call: AgentStatus | None) -> AgentStatus:
    """The state of an agent in one queue, given what the phone does."""
    if line.is_login is False:
        return AgentStatus.LOGGED_OFF
    if line.is_login is None:
        return AgentStatus.UNKNOWN
    if call is not None:
        return call
    if line.is_pause is None:
        return AgentStatus.UNKNOWN
    return AgentStatus.PAUSED if line.is_pause else AgentStatus.AVAILABLE


def _words(status: AgentStatus, phone: int | None) -> str:
    if status is AgentStatus.LOGGED_OFF:
        return "logged out"
    if status is AgentStatus.PAUSED:
        return "paused"
    if phone is None:
        return "the system's word cannot be read"
    return CALL_WORDS.get(phone, f"call status {phone}")


def state_reading(found: Condition) -> Reading:
    """The ``state`` column."""
    origin = Origin.INFERRED if found.is_inferred else Origin.VENDOR
    return text(found.status.value, text=found.words, origin=origin)


def reason_reading(person: Person, found: Condition) -> Reading:
    """The ``pause_reason`` column; a pause in some queues only names them."""
    paused = [served for served in person.served if served.line is not None and served.line.is_pause]
    on_duty = [served for served in person.served if served.line is not None and served.line.is_login]
    if not paused or found.status is AgentStatus.LOGGED_OFF:
        return Reading(NOT_APPLICABLE.status, unit=Unit.TEXT)
    reasons: dict[str, list[str]] = {}
    for served in paused:
        assert served.line is not None
        reasons.setdefault(served.line.reason, []).append(served.queue_name)
    if len(reasons) == 1 and len(paused) == len(on_duty):
        only = next(iter(reasons))
        if only:
            return text(only)
        return Reading(Status.NOT_APPLICABLE, unit=Unit.TEXT, text="Paused without a reason.")
    parts = [f"{reason or 'paused'} ({', '.join(names)})" for reason, names in reasons.items()]
    return text(", ".join(parts), origin=Origin.COMPUTED)


def caller_reading(found: Condition, talk: Talk | None) -> Reading:
    """The ``caller`` column: known for calls of the queues only."""
    if talk is not None and talk.line.caller:
        return text(talk.line.caller)
    if found.status in (*_CALLS, AgentStatus.RINGING):
        return Reading(Status.UNSUPPORTED, unit=Unit.TEXT, text="The system names callers of queue calls only.")
    return Reading(Status.NOT_APPLICABLE, unit=Unit.TEXT)


def age_reading(found: Condition, talk: Talk | None, measured: Reading) -> Reading:
    """The ``time_in_state`` column: a queue call's own time where the wire tells it, else what was measured."""
    if found.status is AgentStatus.UNKNOWN:
        return Reading(Status.NOT_APPLICABLE, unit=Unit.MS, text="The system does not say what the agent does.")
    if talk is not None and talk.duration is not None:
        if talk.is_ringing and found.status is AgentStatus.RINGING:
            return talk.duration
        if not talk.is_ringing and found.status is AgentStatus.ON_CALL:
            return talk.duration
    return measured


def queue_counts(lines: Sequence[AgentLine], people: Mapping[str, Condition]) -> dict[AgentStatus, int]:
    """How many agents of a queue are in each state; calls as merged, so that they agree with the agents' rows."""
    counts = dict.fromkeys(AgentStatus, 0)
    for line in lines:
        merged = people.get(line.number)
        on_phone = merged is not None and (merged.status in _CALLS or merged.status is AgentStatus.RINGING)
        call = (
            merged.status
            if merged is not None and on_phone
            else _call_status(line.call_status, connected=False, knows_calls=False)
        )
        if not on_phone and call in (AgentStatus.ON_CALL, AgentStatus.RINGING):
            call = None  # an older word than the merged one
        counts[line_status(line, call)] += 1
    return counts


def names(queues: Sequence[Served]) -> str:
    """The ``queues`` column's text."""
    return ", ".join(served.queue_name for served in queues)
