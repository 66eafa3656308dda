"""Agent rows: one for each person, and waiting rows: one for each caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.domain.columns import find
from console.domain.enums import AgentStatus, Section
from console.domain.model import ColumnInfo, Row
from console.domain.text import AT_LEAST, ENTRY_LIMIT
from console.domain.values import Origin, Reading, Status, Unit, error
from console.domain.values import text as words
from console.vendors.asternic import figures
from console.vendors.asternic.callers import Caller, is_nobody
from console.vendors.asternic.people import Person, Stay
from console.vendors.asternic.queue_rows import Moment
from console.vendors.asternic.wire import Named, Realtime, scalar_text

MEASURED = "Measured by the console."
TOLD = "As the system counts it."
WITHHELD = "No number was sent."
_NEVER = ("", "0", "no information", "n/a", "-")
_OPTIONAL = {"pause_reason": "auxType", "caller": "callerid", "last_call": "lastCall"}
_INFERRED = (AgentStatus.AFTER_CALL, AgentStatus.LOGGED_OFF)  # a pause called Wrapup, a phone that is unavailable
_PAUSED = (AgentStatus.PAUSED, AgentStatus.AFTER_CALL)


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for keys, from the lists of queues and agents; what is not listed is shown by its key."""

    queues: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(queues: Sequence[Named], agents: Sequence[Named]) -> Labels:
        """Labels by key. Numeric agents are ``Agent/301`` in the list and ``301`` in realtime answers."""
        by_agent = {entry.key.removeprefix("Agent/"): entry.label.removeprefix("Agent/") for entry in agents}
        return Labels({entry.key: entry.label for entry in queues}, by_agent)

    def queue(self, key: str) -> str:
        """What people call a queue."""
        return self.queues.get(key, key)

    def agent(self, name: str) -> str:
        """What people call an agent."""
        return self.agents.get(name.removeprefix("Agent/"), name)


def agent_columns(data: Realtime) -> tuple[ColumnInfo, ...]:
    """The columns the answer fills; a field no agent has is unsupported."""
    names = {name for of_queue in (data.members or {}).values() for member in of_queue for name in member.fields}
    wanted = ["state", "time_in_state", "queues"]
    wanted += [column for column, name in _OPTIONAL.items() if name in names]
    return _infos(Section.AGENTS, wanted)


def agent_rows(
    people: Sequence[Person],
    stays: Mapping[str, Stay],
    columns: Sequence[ColumnInfo],
    labels: Labels,
    moment: Moment,
) -> tuple[Row, ...]:
    """One row for each person."""
    optional = [(column.id, _MAKERS[column.id]) for column in columns if column.id in _MAKERS]
    rows = []
    for person in people:
        readings = {
            "state": _state(person, labels, moment),
            "time_in_state": _time_in_state(person, stays[person.id], moment),
            "queues": _queues(person, labels, moment),
        }
        for column, make in optional:
            readings[column] = make(person, moment)
        rows.append(Row(person.id, labels.agent(person.name), readings))
    return tuple(rows)


def waiting_columns() -> tuple[ColumnInfo, ...]:
    """The columns of waiting callers."""
    return _infos(Section.WAITING, ["queue", "caller_number", "caller_name", "wait", "position"])


def waiting_rows(callers: Mapping[str, Sequence[Caller]], labels: Labels, moment: Moment) -> tuple[Row, ...]:
    """One row for each waiting caller, longest wait first within a queue as the places say."""
    return tuple(_waiting(caller, labels, moment) for of_queue in callers.values() for caller in of_queue)


def _waiting(caller: Caller, labels: Labels, moment: Moment) -> Row:
    pointer = caller.call.pointer
    source = moment.source(f"{pointer}/waitTime")
    if caller.start_ms is None:
        wait = error(caller.wait.problem, Unit.MS, source)
    elif caller.wait.value is None:
        # the wait could be read before and cannot now: the old line is as good as it gets, but not what was sent
        wait = error(caller.wait.problem, Unit.MS, source)
    else:
        wait = Reading(Status.OK, 0, Unit.MS, rate=1.0, at_ms=float(round(caller.start_ms)), source=source)
    position = caller.call.position
    is_hidden = is_nobody(caller.number)
    is_named = not is_nobody(caller.name) and caller.name != caller.number
    readings = {
        "queue": words(labels.queue(caller.call.queue), source=moment.source(pointer)),
        "caller_number": _none(WITHHELD)
        if is_hidden
        else words(caller.number[:ENTRY_LIMIT], source=moment.source(f"{pointer}/calleridNum")),
        "caller_name": words(caller.name[:ENTRY_LIMIT], source=moment.source(f"{pointer}/calleridName"))
        if is_named
        else _none("No name was sent."),
        "wait": wait,
        "position": error("the system gives no place", Unit.COUNT, moment.source(pointer))
        if position is None
        else Reading(Status.OK, position, Unit.COUNT, source=moment.source(pointer)),
    }
    return Row(caller.id, WITHHELD if is_hidden else caller.number[:ENTRY_LIMIT], readings)


def _state(person: Person, labels: Labels, moment: Moment) -> Reading:
    source = moment.source(f"{person.lead.pointer}/status")
    if not person.is_readable:
        return error("the system does not say what this agent does", Unit.TEXT, source)
    origin = Origin.INFERRED if person.status in _INFERRED else Origin.VENDOR
    elsewhere = ", ".join(map(labels.queue, person.paused_in))
    word = f"{person.word}; paused in {elsewhere}" if elsewhere else person.word
    return Reading(Status.OK, person.status.value, Unit.TEXT, text=word, origin=origin, source=source)


def _time_in_state(person: Person, stay: Stay, moment: Moment) -> Reading:
    if not person.is_readable:
        return error("the system does not say what this agent does", Unit.MS)
    source = moment.source(f"{person.lead.pointer}/{'duration' if person.in_call else 'auxSeconds'}")
    if stay.is_told:
        origin, note = Origin.INFERRED, TOLD
    else:
        origin, note = Origin.COMPUTED, MEASURED if stay.is_exact else AT_LEAST
        source = moment.source(f"{person.lead.pointer}/status", "time since the state was first seen")
    return Reading(
        Status.OK, 0, Unit.MS, rate=1.0, at_ms=float(round(stay.start_ms)), text=note, origin=origin, source=source
    )


def _queues(person: Person, labels: Labels, moment: Moment) -> Reading:
    names = dict.fromkeys(labels.queue(member.queue) for member in person.members)
    return words(", ".join(names), source=moment.source(person.lead.pointer))


def _pause_reason(person: Person, moment: Moment) -> Reading:
    if person.status not in _PAUSED:
        return _none("Not paused.")
    if not person.reason:
        return _none("No reason was given.")
    source = moment.source(f"{person.lead.pointer}/auxType")
    return words(person.reason, origin=Origin.INFERRED, source=source)


def _caller(person: Person, moment: Moment) -> Reading:
    number = scalar_text(person.lead.fields.get("callerid"))
    if not person.in_call:
        return _none("Not on a call.")
    if is_nobody(number):
        return _none(WITHHELD)
    source = moment.source(f"{person.lead.pointer}/callerid")
    return words(number[:ENTRY_LIMIT], origin=Origin.INFERRED, source=source)


def _last_call(person: Person, moment: Moment) -> Reading:
    """The end of the last call of any queue, from an instant or from the words of the product's screens."""
    ends: list[float] = []
    agos: list[float] = []
    problem = ""
    source = moment.source(f"{person.lead.pointer}/lastCall")
    for raw in dict.fromkeys(scalar_text(member.fields.get("lastCall")) for member in person.members):
        if (ago := figures.minutes_ago(raw)) is not None:
            agos.append(ago * 1000)
        elif (end := figures.epoch_ms(raw)) is not None and end <= moment.now_ms + 60_000:
            ends.append(end)
        elif raw.strip().casefold() not in _NEVER:
            problem = f"{figures.shown(raw)} is no time of a call"
    if agos:
        return Reading(Status.OK, min(agos), Unit.MS, text="In whole minutes.", origin=Origin.INFERRED, source=source)
    if ends:
        return Reading(Status.OK, 0, Unit.MS, rate=1.0, at_ms=max(ends), origin=Origin.INFERRED, source=source)
    return error(problem, Unit.MS, source) if problem else _none("No call yet.")


_MAKERS = {"pause_reason": _pause_reason, "caller": _caller, "last_call": _last_call}


def _none(why: str) -> Reading:
    return Reading(Status.NOT_APPLICABLE, None, Unit.TEXT, text=why)


def _infos(section: Section, ids: Sequence[str]) -> tuple[ColumnInfo, ...]:
    return tuple(column.info for name in ids if (column := find(section, name)))
