"""The standard columns of every vendor: id, title, unit and definition, in the field's own terms."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.enums import Section
from console.domain.model import ColumnInfo
from console.domain.values import Unit


@dataclass(frozen=True, slots=True)
class StandardColumn:
    """A column the console knows by meaning; `definition` is what its help says.

    Attributes:
        is_rare: only few systems can fill it: it is offered where one does.
        is_computed: the console makes it; no metric of a vendor is ever tied to it.
    """

    id: str
    section: Section
    title: str
    unit: Unit
    definition: str
    is_rare: bool = False
    is_computed: bool = False

    @property
    def info(self) -> ColumnInfo:
        """The column as a snapshot carries it."""
        return ColumnInfo(self.id, self.title, self.unit)


_Q, _A, _W = Section.QUEUES, Section.AGENTS, Section.WAITING

STANDARD: tuple[StandardColumn, ...] = (
    StandardColumn("waiting", _Q, "Waiting", Unit.COUNT, "Callers waiting in the queue right now."),
    StandardColumn(
        "longest_wait",
        _Q,
        "Longest wait",
        Unit.MS,
        "How long the caller who has waited longest has been waiting; a live maximum, not the day's.",
    ),
    StandardColumn(
        "agents_logged_in",
        _Q,
        "Logged in",
        Unit.COUNT,
        "Agents signed in to the queue. An agent in several queues counts once in each.",
    ),
    StandardColumn("agents_available", _Q, "Available", Unit.COUNT, "Agents signed in and free to take a call now."),
    StandardColumn("agents_busy", _Q, "Busy", Unit.COUNT, "Agents ringing, on a call or in after-call work."),
    StandardColumn("agents_paused", _Q, "Paused", Unit.COUNT, "Agents signed in and not ready, for whatever reason."),
    StandardColumn("agents_logged_off", _Q, "Logged off", Unit.COUNT, "Agents of the queue who are not signed in."),
    StandardColumn(
        "offered",
        _Q,
        "Offered",
        Unit.COUNT,
        "Calls offered to the queue since the day's reset: answered, abandoned and otherwise unanswered.",
    ),
    StandardColumn("answered", _Q, "Answered", Unit.COUNT, "Calls an agent answered since the day's reset."),
    StandardColumn(
        "unanswered",
        _Q,
        "Unanswered",
        Unit.COUNT,
        "Calls that ended without an agent since the day's reset, abandoned ones included.",
    ),
    StandardColumn(
        "abandoned",
        _Q,
        "Abandoned",
        Unit.COUNT,
        "Callers who left before an agent answered, since the day's reset.",
    ),
    StandardColumn("abandon_rate", _Q, "Abandon rate", Unit.PERCENT, "Abandoned calls as a share of offered calls."),
    StandardColumn(
        "avg_wait",
        _Q,
        "Average wait",
        Unit.MS,
        "Average speed of answer: the mean wait of answered calls, unless the title says all.",
    ),
    StandardColumn("avg_talk", _Q, "Average talk", Unit.MS, "Mean talking time of answered calls."),
    StandardColumn(
        "service_level",
        _Q,
        "Service level",
        Unit.PERCENT,
        "Share of calls answered within the target time, by the vendor's own formula.",
    ),
    StandardColumn(
        "service_level_computed",
        _Q,
        "Service level, computed",
        Unit.PERCENT,
        "Share of calls served in time by the formula chosen under Service level, computed by the console from the "
        "system's counts.",
        is_rare=True,
        is_computed=True,
    ),
    StandardColumn(
        "answered_in_target",
        _Q,
        "Answered in time",
        Unit.COUNT,
        "Calls answered within the target time since the day's reset, as the system counts them.",
        is_rare=True,
    ),
    StandardColumn(
        "abandoned_in_target",
        _Q,
        "Abandoned in time",
        Unit.COUNT,
        "Callers who left within the target time since the day's reset.",
        is_rare=True,
    ),
    StandardColumn(
        "short_abandoned",
        _Q,
        "Short abandons",
        Unit.COUNT,
        "Callers who left within the first seconds, which the system does not count as lost, since the day's reset.",
        is_rare=True,
    ),
    StandardColumn("state", _A, "State", Unit.TEXT, "What the agent is doing now."),
    StandardColumn("time_in_state", _A, "Time in state", Unit.MS, "How long the agent has been in this state."),
    StandardColumn("pause_reason", _A, "Reason", Unit.TEXT, "Why the agent is not ready, as the system names it."),
    StandardColumn("queues", _A, "Queues", Unit.TEXT, "The queues the agent serves or is on a call for."),
    StandardColumn("caller", _A, "Caller", Unit.TEXT, "Who the agent is speaking to."),
    StandardColumn("calls_taken", _A, "Calls today", Unit.COUNT, "Calls the agent answered since the day's reset."),
    StandardColumn("last_call", _A, "Since last call", Unit.MS, "Time since the agent's last call ended."),
    StandardColumn("queue", _W, "Queue", Unit.TEXT, "The queue the caller waits in."),
    StandardColumn("caller_number", _W, "Number", Unit.TEXT, "The caller's number as the system shows it."),
    StandardColumn(
        "caller_name",
        _W,
        "Caller",
        Unit.TEXT,
        "The caller's name as the network sent it; callers choose it freely.",
    ),
    StandardColumn("wait", _W, "Wait", Unit.MS, "How long the caller has been waiting."),
    StandardColumn("position", _W, "Position", Unit.COUNT, "The caller's place in the queue, 1 is next."),
)

METRIC_PREFIX = "metric:"  # id of a column that shows a vendor metric with no standard meaning


def standard(section: Section) -> tuple[StandardColumn, ...]:
    """The standard columns of a section, in their natural order."""
    return tuple(column for column in STANDARD if column.section is section)


def find(section: Section, column_id: str) -> StandardColumn | None:
    """The standard column of that id, or None."""
    return next((column for column in standard(section) if column.id == column_id), None)
