"""Queue rows from the summary, in its generations, and from the lists beside it.

The vendor renamed the summary's fields between generations (one old name has a typo); names are compared without
case, spaces and dots. What the vendor states is shown as stated. Two figures are counted from the lists of the
same answer where the summary has none or contradicts the list: the longest wait and the free agents; they are
marked as computed. The counters are those of the current day, as the vendor's page says; when the server's day
begins is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from console.domain.columns import METRIC_PREFIX, find
from console.domain.enums import AgentStatus, Section
from console.domain.model import ColumnInfo, Row
from console.domain.provenance import SourceRef
from console.domain.text import safe_text
from console.domain.values import Origin, Reading, Status, Unit, count, error
from console.domain.values import text as words
from console.vendors.asternic import figures
from console.vendors.asternic.callers import Caller
from console.vendors.asternic.figures import Figure
from console.vendors.asternic.wire import SUMMARY, Json, Object, Realtime, escape, plain_name, scalar_text

SAME_WAIT_MS = 2_500.0  # the summary and the list of callers are not made in the same instant
MAX_EXTRAS = 12
TODAY = "Counted by the system over its current day."

# standard column -> the field's names in the generations, as `plain_name` spells them
ALIASES: dict[str, tuple[str, ...]] = {
    "waiting": ("waiting", "callswaiting"),
    "longest_wait": ("maxwaittime",),
    "agents_logged_in": ("agents", "staffed"),
    "agents_available": ("available",),
    "agents_busy": ("busy", "talking"),
    "agents_paused": ("paused", "auxiliary"),
    "agents_logged_off": ("loggedoff",),
    "offered": ("received",),
    "answered": ("answered", "answeredcals", "answeredcalls"),
    "unanswered": ("unanswered", "unansweredcalls"),
    "abandoned": ("abandoned",),
    "abandon_rate": ("abandonrate",),
    "avg_wait": ("avgwait", "averagewaittime"),
    "avg_talk": ("avgduration", "averagecalltime"),
}
_DAY = frozenset({"offered", "answered", "unanswered", "abandoned"})
_AVERAGES = {
    "abandon_rate": ("answered", "unanswered"),
    "avg_wait": ("answered", "unanswered"),
    "avg_talk": ("answered",),
}
_KNOWN = {alias: column for column, aliases in ALIASES.items() for alias in aliases}
_PARSERS: dict[Unit, Callable[[Json], Figure]] = {
    Unit.COUNT: figures.count,
    Unit.PERCENT: figures.percent,
    Unit.MS: figures.seconds,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When and in which exchange an answer arrived.

    Attributes:
        received_ms: by the console's wall clock.
        offset_ms: the server's clock minus that.
        mono: by the console's monotonic clock, seconds.
    """

    received_ms: float
    offset_ms: float
    mono: float
    exchange_id: str

    @property
    def now_ms(self) -> float:
        """The same by the server's clock, on which all starts are kept: that of a PC may be set at any time."""
        return self.received_ms + self.offset_ms

    def source(self, pointer: str, formula: str = "") -> SourceRef:
        """Where a figure stands."""
        return SourceRef(self.exchange_id, pointer, formula)


@dataclass(frozen=True, slots=True)
class _Queue:
    """One queue's part of an answer; parts that are None are unknown."""

    key: str
    fields: Object | None
    names: Mapping[str, str]  # standard column or plain name -> the field's own name
    callers: Sequence[Caller] | None
    free: int | None


def queue_columns(data: Realtime, has_free: bool) -> tuple[ColumnInfo, ...]:
    """The columns the answer fills; a field no queue has is unsupported, not missing."""
    present: set[str] = set()
    extras: dict[str, str] = {}
    for fields in (data.summaries or {}).values():
        for name, value in fields.items():
            plain = plain_name(name)
            if plain in _KNOWN:
                present.add(_KNOWN[plain])
            elif not isinstance(value, (dict, list)) and plain and len(extras) < MAX_EXTRAS:
                extras.setdefault(plain, name)
    if data.calls is not None:
        present |= {"waiting", "longest_wait"}
    if has_free:
        present.add("agents_available")
    found = [column.info for name in ALIASES if name in present and (column := find(Section.QUEUES, name))]
    found += [
        ColumnInfo(METRIC_PREFIX + plain, safe_text(name, 40), _extra_unit(data, plain))
        for plain, name in extras.items()
    ]
    return tuple(found)


def free_agents(data: Realtime, views: Mapping[str, Sequence[AgentStatus]]) -> dict[str, int]:
    """Free agents by queue, counted from the agents listed, where the list covers all the summary counts.

    Args:
        views: what the agents of each queue do, from that queue's point of view.
    """
    found: dict[str, int] = {}
    for queue, states in views.items():
        staffed = figures.count(_field((data.summaries or {}).get(queue) or {}, "agents_logged_in")).value
        signed_in = sum(state is not AgentStatus.LOGGED_OFF for state in states)
        if staffed == signed_in and AgentStatus.UNKNOWN not in states:
            found[queue] = sum(state is AgentStatus.AVAILABLE for state in states)
    return found


def queue_rows(
    data: Realtime,
    columns: Sequence[ColumnInfo],
    callers: Mapping[str, Sequence[Caller]],
    free: Mapping[str, int],
    labels: Mapping[str, str],
    moment: Moment,
) -> tuple[Row, ...]:
    """One row for each queue the answer names."""
    rows = []
    for key in data.queues:
        fields = None if data.summaries is None else data.summaries.get(key)
        names: dict[str, str] = {}
        for name in fields or {}:
            plain = plain_name(name)
            column = _KNOWN.get(plain, METRIC_PREFIX + plain)
            former = names.get(column)
            aliases = ALIASES.get(column, ())
            if former is None or (plain in aliases and aliases.index(plain) < aliases.index(plain_name(former))):
                names[column] = name
        queue = _Queue(key, fields, names, callers.get(key), free.get(key))
        readings = {column.id: _reading(queue, column, moment) for column in columns}
        rows.append(Row(key, labels.get(key, key), readings))
    return tuple(rows)


def _reading(queue: _Queue, column: ColumnInfo, moment: Moment) -> Reading:
    if column.id == "longest_wait":
        return _longest(queue, moment)
    reading = _stated(queue, column, moment)
    if column.id == "waiting" and reading.value is None and queue.callers is not None:
        source = moment.source(f"/waiting calls/{escape(queue.key)}", "count of callers")
        return count(len(queue.callers), origin=Origin.COMPUTED, source=source, text="Counted from the callers listed.")
    if column.id == "agents_available" and reading.value is None:
        if queue.free is not None:
            source = moment.source(f"/agents/{escape(queue.key)}", "count of free agents")
            return count(queue.free, origin=Origin.COMPUTED, source=source, text="Counted from the agents listed.")
        if column.id not in queue.names:
            return Reading(Status.UNSUPPORTED, text="The system does not list all agents of this queue.")
    return reading


def _stated(queue: _Queue, column: ColumnInfo, moment: Moment) -> Reading:
    """A field of the summary as sent."""
    if queue.fields is None:
        return error("the system sends no figures of this queue", column.unit)
    name = queue.names.get(column.id)
    if name is None:
        return error("the system leaves this figure out", column.unit)
    raw = queue.fields[name]
    source = moment.source(f"/{SUMMARY}/queue/{escape(queue.key)}/{escape(name)}")
    if column.unit is Unit.TEXT:
        return words(safe_text(scalar_text(raw)), source=source)
    figure = _PARSERS[column.unit](raw)
    if figure.value is None:
        if figure.is_void:
            return Reading(Status.NOT_APPLICABLE, None, column.unit, text=figure.problem, source=source)
        return error(figure.problem, column.unit, source)
    if figure.value == 0 and _nothing_to_divide(queue, column.id):
        return Reading(Status.NOT_APPLICABLE, None, column.unit, text="There were no calls yet.", source=source)
    value = figure.value * 1000 if column.unit is Unit.MS else figure.value
    is_of_day = column.id in _DAY or column.id in _AVERAGES
    return Reading(Status.OK, value, column.unit, text=TODAY if is_of_day else "", source=source)


def _longest(queue: _Queue, moment: Moment) -> Reading:
    """The longest wait now: the vendor's figure where it fits the callers listed, else theirs.

    The vendor calls it "Max. wait time" and does not say over what; a figure the callers of now contradict is no
    longest wait of now.
    """
    figure = figures.seconds(_field(queue.fields or {}, "longest_wait"))
    stated = None if figure.value is None else figure.value * 1000
    source = moment.source(f"/{SUMMARY}/queue/{escape(queue.key)}/{escape(queue.names.get('longest_wait', ''))}")
    if queue.callers is None:
        waiting = figures.count(_field(queue.fields or {}, "waiting")).value
        if stated is None:
            return error(
                figure.problem if "longest_wait" in queue.names else "the system leaves this figure out", Unit.MS
            )
        if waiting == 0:
            return Reading(Status.OK, 0, Unit.MS, source=source, text=_said(stated))
        if waiting is None:
            return Reading(Status.OK, stated, Unit.MS, source=source)
        return _running(moment.now_ms - stated, source)
    listed = moment.source(f"/waiting calls/{escape(queue.key)}", "longest wait of the callers")
    if not queue.callers:
        is_stated = stated == 0
        origin = Origin.VENDOR if is_stated else Origin.COMPUTED
        return Reading(Status.OK, 0, Unit.MS, origin=origin, source=source if is_stated else listed, text=_said(stated))
    starts = [caller.start_ms for caller in queue.callers if caller.start_ms is not None]
    if len(starts) < len(queue.callers):
        return error("the wait of a caller cannot be read", Unit.MS, listed)
    first = min(starts)
    if stated is not None and abs(moment.now_ms - stated - first) <= SAME_WAIT_MS:
        return _running(first, source)
    said = "" if stated is None else _said(stated)
    return _running(first, listed, Origin.COMPUTED, f"The longest of the callers listed.{' ' if said else ''}{said}")


def _said(stated: float | None) -> str:
    return f"The system itself says {stated / 1000:g} s." if stated else ""


def _running(start_ms: float, source: SourceRef, origin: Origin = Origin.VENDOR, text: str = "") -> Reading:
    return Reading(
        Status.OK, 0, Unit.MS, rate=1.0, at_ms=float(round(start_ms)), text=text, origin=origin, source=source
    )


def _nothing_to_divide(queue: _Queue, column: str) -> bool:
    """Whether the calls an average is made of are stated to be none."""
    parts = _AVERAGES.get(column)
    return parts is not None and all(figures.count(_field(queue.fields or {}, part)).value == 0 for part in parts)


def _field(fields: Object, column: str) -> Json:
    """A summary field by standard column, newest generation first; None where there is none."""
    found = {plain_name(name): value for name, value in fields.items() if plain_name(name) in ALIASES[column]}
    return next((found[alias] for alias in ALIASES[column] if alias in found), None)


def _extra_unit(data: Realtime, plain: str) -> Unit:
    """A field without a standard meaning is a count when it reads as one everywhere, else text."""
    values = [
        value
        for fields in (data.summaries or {}).values()
        for name, value in fields.items()
        if plain_name(name) == plain
    ]
    return Unit.COUNT if all(figures.count(value).value is not None for value in values) else Unit.TEXT
