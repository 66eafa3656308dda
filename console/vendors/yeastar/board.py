"""The board: what is known of every queue, and the snapshot made of it. No I/O."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.domain.clock import to_datetime
from console.domain.columns import standard
from console.domain.enums import AgentStatus, Section
from console.domain.messages import Message
from console.domain.model import ColumnInfo, ProfileId, Row, Snapshot
from console.domain.provenance import SourceRef
from console.domain.values import Origin, Reading, Status, Unit, count, error, text
from console.vendors.yeastar.ages import CallAnchors, StateAges
from console.vendors.yeastar.client import Agents, Calls
from console.vendors.yeastar.people import (
    Condition,
    Person,
    Served,
    Talk,
    age_reading,
    caller_reading,
    condition,
    names,
    queue_counts,
    reason_reading,
    state_reading,
)
from console.vendors.yeastar.wire import AgentLine, CallLine, QueueDef

FORMULA_LONGEST = "yeastar.longest_wait"
FORMULA_AGENTS = "yeastar.count_agents"
FORMULA_POSITION = "yeastar.position"

_AGENT_COLUMNS = ("state", "time_in_state", "pause_reason", "queues", "caller")
COLUMNS: Mapping[Section, tuple[ColumnInfo, ...]] = {
    Section.QUEUES: tuple(column.info for column in standard(Section.QUEUES) if not column.is_rare),
    Section.AGENTS: tuple(column.info for column in standard(Section.AGENTS) if column.id in _AGENT_COLUMNS),
    Section.WAITING: tuple(column.info for column in standard(Section.WAITING)),
}
_COUNTED: Mapping[str, tuple[AgentStatus, ...]] = {
    "agents_available": (AgentStatus.AVAILABLE,),
    "agents_busy": (AgentStatus.RINGING, AgentStatus.ON_CALL, AgentStatus.OTHER_CALL, AgentStatus.AFTER_CALL),
    "agents_paused": (AgentStatus.PAUSED,),
    "agents_logged_off": (AgentStatus.LOGGED_OFF,),
}


@dataclass(frozen=True, slots=True)
class QueueView:
    """What was read last of one queue; `failed` is why a part is missing."""

    queue: QueueDef
    calls: Calls | None = None
    agents: Agents | None = None
    failed: str = ""

    @property
    def is_no_data(self) -> bool:
        """Whether the server said "no data" about it: idle, or gone."""
        calls, agents = self.calls, self.agents
        return (calls is not None and calls.is_no_data) or (agents is not None and agents.is_no_data)


@dataclass(slots=True)
class Board:
    """Everything known about one server, between polls.

    Attributes:
        views: by queue id, in the order of the list of queues.
        extension_names: names of the list of extensions, by number.
    """

    ages: StateAges
    anchors: CallAnchors = field(default_factory=CallAnchors)
    views: dict[str, QueueView] = field(default_factory=dict)
    extension_names: dict[str, str] = field(default_factory=dict)

    def set_queues(self, queues: Sequence[QueueDef]) -> None:
        """Take over a list of queues; what is known of those that stay is kept."""
        former = self.views
        self.views = {
            queue.id: replace(former[queue.id], queue=queue) if queue.id in former else QueueView(queue)
            for queue in queues
        }

    @property
    def queues(self) -> tuple[QueueDef, ...]:
        """The queues in their order."""
        return tuple(view.queue for view in self.views.values())

    def touched_by(self, queue_numbers: Sequence[str], agent_numbers: Sequence[str]) -> set[str]:
        """Ids of the queues an event speaks of: by their numbers, else by the agents who serve them."""
        wanted = set(queue_numbers)
        found = {view.queue.id for view in self.views.values() if view.queue.number in wanted}
        if found:
            return found
        agents = set(agent_numbers)
        return {
            view.queue.id
            for view in self.views.values()
            if agents and any(member in agents for member in self._numbers(view))
        }

    @staticmethod
    def _numbers(view: QueueView) -> list[str]:
        if view.agents is not None:
            return [line.number for line in view.agents.lines]
        return [member.number for member in view.queue.members]

    def snapshot(
        self,
        *,
        profile_id: ProfileId,
        taken_ms: float,
        offset_ms: float,
        mono: float,
        counters: Mapping[str, Mapping[str, Reading]],
        notices: Sequence[Message],
        is_warming: bool,
    ) -> Snapshot:
        """The frozen picture of this moment.

        Args:
            taken_ms: the server's time.
            counters: the day's figures by queue id.
        """
        talks = self._talks()
        people = self._people()
        conditions = {number: condition(person, talks.get(number)) for number, person in people.items()}
        waiting = self._waiting_rows()
        queues = tuple(
            Row(key, view.queue.name, {**self._live(view, conditions), **counters.get(key, {})})
            for key, view in self.views.items()
        )
        agents = tuple(
            self._agent_row(person, conditions[number], talks.get(number), mono) for number, person in people.items()
        )
        self.ages.keep_only(people)
        return Snapshot(
            profile_id=profile_id,
            backend="yeastar",
            taken_at=to_datetime(taken_ms),
            columns=COLUMNS,
            queues=queues,
            agents=agents,
            waiting=waiting,
            notices=tuple(notices),
            offset_ms=offset_ms,
            is_warming=is_warming,
        )

    # -- queues ----------------------------------------------------------------------------------------------

    def _live(self, view: QueueView, conditions: Mapping[str, Condition]) -> dict[str, Reading]:
        readings = self._waiting_figures(view)
        agents = view.agents
        if agents is None or (agents.is_no_data and view.queue.members):
            why = view.failed or "The system does not say who serves this queue."
            for column in ("agents_logged_in", *_COUNTED):
                readings[column] = error(why)
            return readings
        counts = queue_counts(agents.lines, conditions)
        source = SourceRef(agents.exchange_id, "/data", FORMULA_AGENTS)
        unknown = counts[AgentStatus.UNKNOWN]
        off = counts[AgentStatus.LOGGED_OFF]
        blind = any(line.is_login is None for line in agents.lines)
        text_ = f"{unknown} in an unknown state" if unknown else ""
        readings["agents_logged_in"] = (
            error("Whether an agent is signed in cannot be read.")
            if blind
            else count(len(agents.lines) - off, origin=Origin.COMPUTED, source=source)
        )
        for column, states in _COUNTED.items():
            value = sum(counts[state] for state in states)
            readings[column] = (
                error("Whether an agent is signed in cannot be read.")
                if blind
                else count(value, text=text_, origin=Origin.COMPUTED, source=source)
            )
        return readings

    def _waiting_figures(self, view: QueueView) -> dict[str, Reading]:
        calls = view.calls
        if calls is None:
            why = view.failed or "The calls of this queue have not been read."
            return {"waiting": error(why), "longest_wait": error(why, Unit.MS)}
        status = calls.status
        if status.waiting_calls is None:
            return {
                "waiting": error("waiting_calls cannot be read"),
                "longest_wait": error("waiting_calls cannot be read", Unit.MS),
            }
        source = SourceRef(calls.exchange_id, "/waiting_calls")
        return {
            "waiting": count(status.waiting_calls, source=source),
            "longest_wait": self._longest(view, calls),
        }

    def _longest(self, view: QueueView, calls: Calls) -> Reading:
        lines = calls.status.waiting
        source = SourceRef(calls.exchange_id, "/waiting_list", FORMULA_LONGEST)
        if not calls.status.waiting_calls and not lines:
            return Reading(
                Status.NOT_APPLICABLE,
                None,
                Unit.MS,
                text="Nobody is waiting.",
                origin=Origin.COMPUTED,
                source=source,
            )
        waits = [
            self.anchors.reading(_wait_key(view, line), line.duration_s, calls.at_ms, "", "")
            for line in lines
            if line.duration_s is not None
        ]
        if len(waits) < len(lines) or not waits:
            return error("The waiting times cannot all be read.", Unit.MS, source)
        longest = max(waits, key=lambda wait: wait.value_at(calls.at_ms) or 0)
        return replace(longest, origin=Origin.COMPUTED, source=source)

    # -- callers ---------------------------------------------------------------------------------------------

    def _waiting_rows(self) -> tuple[Row, ...]:
        rows: list[Row] = []
        alive: list[Hashable] = []
        for view in self.views.values():
            if view.calls is None:
                continue
            lines = sorted(enumerate(view.calls.status.waiting), key=lambda item: (-(item[1].duration_s or 0), item[0]))
            is_ordered = all(line.duration_s is not None for _, line in lines)
            seen: dict[str, int] = {}
            for position, (place, line) in enumerate(lines, 1):
                key = line.call_id or f"{line.caller_number}?{place}"
                seen[key] = seen.get(key, 0) + 1
                if seen[key] > 1:
                    key = f"{key}#{seen[key]}"
                alive.append(_wait_key(view, line))
                pointer = f"/waiting_list/{place}"
                source = SourceRef(view.calls.exchange_id, pointer, FORMULA_POSITION)
                wait = (
                    error("duration cannot be read", Unit.MS, source)
                    if line.duration_s is None
                    else self.anchors.reading(
                        _wait_key(view, line),
                        line.duration_s,
                        view.calls.at_ms,
                        view.calls.exchange_id,
                        f"{pointer}/duration",
                    )
                )
                readings = {
                    "queue": text(view.queue.name),
                    "caller_number": _word(line.caller_number),
                    "caller_name": _word(line.caller_name),
                    "wait": wait,
                    "position": count(position, text="by waiting time", origin=Origin.COMPUTED, source=source)
                    if is_ordered
                    else Reading(Status.UNSUPPORTED, text="The system does not say it."),
                }
                rows.append(Row(f"{view.queue.id}/{key}", line.caller_name or line.caller_number, readings))
            alive += [_talk_key(line, is_ringing=False) for line in view.calls.status.active]
            alive += [_talk_key(line, is_ringing=True) for line in view.calls.status.ringing]
        self.anchors.keep_only(alive)
        return tuple(rows)

    # -- agents ----------------------------------------------------------------------------------------------

    def _talks(self) -> dict[str, Talk]:
        """The queue call of each agent; a connected one counts before a ringing one."""
        found: dict[str, Talk] = {}
        for view in self.views.values():
            if view.calls is None:
                continue
            calls = view.calls
            listed = [("ringing_list", line) for line in calls.status.ringing]
            listed += [("active_list", line) for line in calls.status.active]
            for name, line in listed:
                is_ringing = name == "ringing_list"
                former = found.get(line.callee_number)
                if not line.callee_number or (former is not None and not former.is_ringing):
                    continue
                duration = None
                if line.duration_s is not None:
                    key = _talk_key(line, is_ringing=is_ringing)
                    duration = self.anchors.reading(key, line.duration_s, calls.at_ms, calls.exchange_id, f"/{name}")
                found[line.callee_number] = Talk(line, is_ringing, duration, calls.at_ms)
        return found

    def _people(self) -> dict[str, Person]:
        """Everybody who serves a queue, once."""
        found: dict[str, Person] = {}
        for view in self.views.values():
            for number, name, line in self._serving(view):
                known = self.extension_names.get(number, "")
                person = found.setdefault(number, Person(number, name or known or number))
                at_ms = view.agents.at_ms if view.agents is not None else 0.0
                person.served.append(Served(view.queue.name, line, at_ms))
                person.has_all_calls = person.has_all_calls and view.calls is not None
        return found

    @staticmethod
    def _serving(view: QueueView) -> list[tuple[str, str, AgentLine | None]]:
        if view.agents is not None and not (view.agents.is_no_data and view.queue.members):
            return [(line.number, line.name, line) for line in view.agents.lines]
        return [(member.number, member.name, None) for member in view.queue.members]

    def _agent_row(self, person: Person, found: Condition, talk: Talk | None, mono: float) -> Row:
        at_ms = max(served.at_ms for served in person.served)
        self.ages.look(person.number, found.key, at_ms, mono)
        measured = self.ages.reading(person.number)
        readings = {
            "state": state_reading(found),
            "time_in_state": age_reading(found, talk, measured),
            "pause_reason": reason_reading(person, found),
            "queues": text(names(person.served)),
            "caller": caller_reading(found, talk),
        }
        return Row(person.number, person.name, readings)


def _wait_key(view: QueueView, line: CallLine) -> Hashable:
    """Names a waiting call from poll to poll; None for one without an id."""
    return ("wait", view.queue.id, line.call_id) if line.call_id else None


def _talk_key(line: CallLine, *, is_ringing: bool) -> Hashable:
    return ("ring" if is_ringing else "talk", line.callee_number, line.call_id) if line.call_id else None


def _word(value: str) -> Reading:
    return text(value) if value else Reading(Status.NOT_APPLICABLE, None, Unit.TEXT, text="Not sent.")
