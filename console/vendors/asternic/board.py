"""From an answer to rows, with what former answers have taught: a pure function, safe in a worker thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.domain.enums import AgentStatus, Section
from console.domain.messages import Message, message
from console.domain.model import ColumnInfo, Row
from console.vendors.asternic import figures
from console.vendors.asternic.agent_rows import (
    Labels,
    agent_columns,
    agent_rows,
    waiting_columns,
    waiting_rows,
)
from console.vendors.asternic.callers import TOLERANCE_MS, Callers
from console.vendors.asternic.people import Person, Stay, follow, gather, told_seconds
from console.vendors.asternic.queue_rows import Moment, free_agents, queue_columns, queue_rows
from console.vendors.asternic.wire import Realtime

RENEW_S = 30.0  # an unchanged row points at a newer exchange after this time, since old exchanges are dropped


@dataclass(frozen=True, slots=True)
class Board:
    """Everything known after an answer, and what the next one needs to know of it.

    Attributes:
        missing: parts the answer did not have, in words.
        is_ticking: a wait or a call is in it that must be longer in the next answer.
        learned_ticks: agents' times have been seen to run, so that they may be expected to.
        told: agents' times as sent, by person, with the state they belong to.
    """

    columns: Mapping[Section, tuple[ColumnInfo, ...]] = field(default_factory=dict)
    queues: tuple[Row, ...] = ()
    agents: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    missing: Mapping[Section, str] = field(default_factory=dict)
    callers: Callers = field(default_factory=Callers)
    stays: Mapping[str, Stay] = field(default_factory=dict)
    told: Mapping[str, tuple[AgentStatus, float]] = field(default_factory=dict)
    learned_ticks: bool = False
    is_ticking: bool = False
    renewed_mono: float = -RENEW_S
    offset_ms: float = 0.0

    def unavailable(self, host: str) -> dict[Section, Message]:
        """Why a section is missing."""
        return {section: message("source.part_missing", host=host, what=what) for section, what in self.missing.items()}


def build(former: Board, data: Realtime, labels: Labels, moment: Moment, gap_s: float) -> Board:
    """The board after an answer.

    Args:
        gap_s: people not looked at for longer than this are measured anew.
    """
    callers = former.callers if data.calls is None else former.callers.follow(data.calls, moment.now_ms)
    listed = {} if data.calls is None else callers.by_queue
    people = gather(data.members or {})
    # times of ours do not survive that a clock was set, on whichever side
    was_set = abs(moment.offset_ms - former.offset_ms) > TOLERANCE_MS
    stays = follow({} if was_set else former.stays, people, moment.now_ms, moment.mono, gap_s)
    told = {person.id: (person.status, value) for person in people if (value := told_seconds(person)) is not None}
    learned = former.learned_ticks or any(
        (old := former.told.get(key)) is not None and old[0] is status and old[1] < value
        for key, (status, value) in told.items()
    )
    free = free_agents(data, _views(people, data.members or ()))
    columns = {Section.QUEUES: queue_columns(data, bool(free))}
    missing: dict[Section, str] = {}
    if data.members is None:
        missing[Section.AGENTS] = "agents"
    else:
        columns[Section.AGENTS] = agent_columns(data)
    if data.calls is None:
        missing[Section.WAITING] = "waiting callers"
    else:
        columns[Section.WAITING] = waiting_columns()
    is_renewal = moment.mono - former.renewed_mono >= RENEW_S
    kept = Board() if is_renewal else former
    return Board(
        columns=columns,
        queues=_kept(kept.queues, queue_rows(data, columns[Section.QUEUES], listed, free, labels.queues, moment)),
        agents=_kept(kept.agents, agent_rows(people, stays, columns.get(Section.AGENTS, ()), labels, moment)),
        waiting=_kept(kept.waiting, waiting_rows(listed, labels, moment)),
        missing=missing,
        callers=callers,
        stays=stays,
        told=told,
        learned_ticks=learned,
        is_ticking=any(caller.wait.value is not None for of_queue in listed.values() for caller in of_queue)
        or (learned and bool(told)),
        renewed_mono=moment.mono if is_renewal else former.renewed_mono,
        offset_ms=moment.offset_ms,
    )


def waiting_count(data: Realtime) -> int:
    """How many wait, for a connection test."""
    if data.calls is not None:
        return sum(len(of_queue) for of_queue in data.calls.values())
    stated = (
        figures.count(fields.get("Waiting", fields.get("callsWaiting"))) for fields in (data.summaries or {}).values()
    )
    return int(sum(figure.value or 0 for figure in stated))


def _views(people: Iterable[Person], queues: Iterable[str]) -> dict[str, list[AgentStatus]]:
    """What the agents of each queue do, from that queue's point of view."""
    found: dict[str, list[AgentStatus]] = {queue: [] for queue in queues}
    for person in people:
        for member, view in zip(person.members, person.views, strict=True):
            found[member.queue].append(view)
    return found


def _kept(former: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[Row, ...]:
    """The new rows, where nothing has changed the old objects: that keeps comparisons further up cheap."""
    known = {row.id: row for row in former}
    return tuple(old if (old := known.get(row.id)) == row and old is not None else row for row in new)
