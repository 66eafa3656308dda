"""The day's figures of the queues, from the report ``queueperformance`` at a slow cadence.

What this report counts is the vendor's: missed calls are those the queue gave up, abandoned ones those whose caller
hung up; ``sla`` is answered within the queue's own target over all calls; averages are whole seconds, rounded down
(vendor pages "Query Call Report List" and "Agent Performance Report"). A queue without a row has no figures: a wrong
date format answers just so, which is why a missing row never becomes a zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.domain.errors import ConsoleError, NotPermitted, ProtocolError
from console.domain.messages import Message, english, message
from console.domain.provenance import SourceRef
from console.domain.values import Origin, Reading, Status, Unit
from console.net.limits import CallClass
from console.vendors.yeastar.client import YeastarClient
from console.vendors.yeastar.dates import DateFormat, PbxClock, from_go_layout
from console.vendors.yeastar.envelope import (
    BAD_PARAMETER,
    INTERNAL,
    NO_DATA,
    OK,
    CodeError,
    Json,
    NotOffered,
    code_error,
)
from console.vendors.yeastar.fields import count, percent, queue_number, rows, seconds, text
from console.vendors.yeastar.paths import REPORT_V1, REPORT_V2
from console.vendors.yeastar.timing import Timing
from console.vendors.yeastar.wire import QueueDef

COLUMNS = ("offered", "answered", "unanswered", "abandoned", "abandon_rate", "avg_wait", "avg_talk", "service_level")
_UNITS = {
    "offered": Unit.COUNT,
    "answered": Unit.COUNT,
    "unanswered": Unit.COUNT,
    "abandoned": Unit.COUNT,
    "abandon_rate": Unit.PERCENT,
    "avg_wait": Unit.MS,
    "avg_talk": Unit.MS,
    "service_level": Unit.PERCENT,
}
LEAST_S = 2.0  # between two readings of the report because of the clock of the PBX
CLOCK_SLACK_S = 5.0  # what is known of that clock may be off by so much
_PATHS = {"v2.0": REPORT_V2, "v1.0": REPORT_V1}


@dataclass(frozen=True, slots=True)
class DayReport:
    """One reading of the report.

    Attributes:
        rows: by queue number.
        as_of: PBX-local time it was asked, and `day` the date it counts.
        start, end: the window as it was sent; version: the interface that answered.
        exchange_ids: of each row's reply, by queue number.
        read_at: monotonic second.
    """

    rows: Mapping[str, tuple[dict[str, Json], str, int]]
    as_of: datetime
    start: str
    end: str
    version: str
    read_at: float


@dataclass(slots=True)
class CounterState:
    """What is known of the day's figures. `why` says why there are none for good."""

    report: DayReport | None = None
    why: Message | None = None
    failed: Message | None = None
    next_at: float = 0.0
    versions: tuple[str, ...] = ("v2.0", "v1.0")
    learned: DateFormat | None = field(default=None)


class DayCounters:
    """Reads the report and makes readings of it.

    Args:
        version: ``automatic``, ``v2.0`` or ``v1.0``.
        every_s: cadence; None for never.
    """

    def __init__(self, client: YeastarClient, version: str, every_s: float | None, timing: Timing) -> None:
        self._client = client
        self._wanted = tuple(_PATHS) if version not in _PATHS else (version,)
        self._every_s = every_s
        self._timing = timing
        self.state = CounterState(versions=self._wanted)

    @property
    def is_on(self) -> bool:
        """Whether the profile wants them."""
        return self._every_s is not None

    @property
    def is_warming(self) -> bool:
        """Whether the first report is still to come."""
        return self.is_on and self.state.report is None and self.state.why is None and self.state.failed is None

    def is_due(self, mono: float, clock: PbxClock, server_ms: float) -> bool:
        """Whether to read again: the cadence, here or by the clock of the PBX (a simulated one may run fast), or a new
        day there."""
        if self._every_s is None or self.state.why is not None:
            return False
        if mono >= self.state.next_at:
            return True
        report, local = self.state.report, clock.local(server_ms)
        if report is None or local is None or self.state.failed is not None:
            return False
        is_old = (local - report.as_of).total_seconds() >= self._every_s + CLOCK_SLACK_S
        return report.as_of.date() != local.date() or (is_old and mono - report.read_at >= LEAST_S)

    def probe_again(self) -> None:
        """The firmware or the format has changed: what was learned no longer holds."""
        self.state.versions = self._wanted
        self.state.learned = None
        self.state.why = None
        self.state.next_at = 0.0

    async def refresh(self, queues: Sequence[QueueDef], clock: PbxClock, mono: float) -> None:
        """Read the report once; a failure is kept in `state`, never raised."""
        assert self._every_s is not None
        try:
            report = await self._read(queues, clock, mono)
        except (NotPermitted, NotOffered) as error:
            self.state.why = error.message
        except ConsoleError as error:
            self.state.failed = error.message
            self.state.next_at = mono + self._timing.counters_retry_s
        else:
            self.state.report, self.state.failed = report, None
            self.state.next_at = mono + self._every_s

    async def _read(self, queues: Sequence[QueueDef], clock: PbxClock, mono: float) -> DayReport:
        dates = self.state.learned or clock.dates
        now = clock.local(self._client.server_ms)
        if dates is None or now is None:
            raise ProtocolError(message("api.dates", host=self._client.host, what=clock.problem or "unknown"))
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        end = start + timedelta(days=1, seconds=-1)
        found: dict[str, tuple[dict[str, Json], str, int]] = {}
        step = self._timing.report_queues
        for first in range(0, len(queues), step):
            ids = ",".join(queue.id for queue in queues[first : first + step])
            dates = await self._part(ids, start, end, dates, found)
        return DayReport(found, now, dates.write(start), dates.write(end), self.state.versions[0], mono)

    async def _part(
        self,
        ids: str,
        start: datetime,
        end: datetime,
        dates: DateFormat,
        found: dict[str, tuple[dict[str, Json], str, int]],
    ) -> DateFormat:
        """One request: on a version not offered the next one, on a format refused the one it names."""
        for _ in range(2 + len(self._wanted)):
            version = self.state.versions[0]
            query = (
                ("type", "queueperformance"),
                ("queue_id_list", ids),
                ("start_time", dates.write(start)),
                ("end_time", dates.write(end)),
            )
            try:
                answer = await self._client.read(
                    _PATHS[version], query, also=frozenset({NO_DATA, BAD_PARAMETER}), call=CallClass.REPORT
                )
            except ProtocolError as error:
                # -2 is what firmware answers whose v2.0 is there in name only
                missing = error.status == 404 or (isinstance(error, CodeError) and error.number == INTERNAL)
                if not (missing or isinstance(error, NotOffered)) or len(self.state.versions) == 1:
                    raise
                self.state.versions = self.state.versions[1:]
                continue
            if answer.number == BAD_PARAMETER:
                named = _named_format(answer.body)
                if named is None or named == dates:
                    raise code_error(
                        answer.number, host=self._client.host, what="read the day's figures of the queues", full_s=0
                    )
                self.state.learned = dates = named
                continue
            if answer.number == OK:
                for place, row in enumerate(rows(answer.body, self._client.host, "queue_performance_list")):
                    if number := queue_number(row.get("queue_num")):
                        found[number] = (row, answer.reply.exchange_id, place)
            return dates
        raise ProtocolError(message("api.dates", host=self._client.host, what=f"it refuses {dates.label}"))

    def readings(self, queue: QueueDef, mono: float, today: datetime | None) -> dict[str, Reading]:
        """The counters of a queue: fresh, old, still to come, or not to be had."""
        state, report = self.state, self.state.report
        if not self.is_on:
            return _all(Status.UNSUPPORTED, "Switched off in the profile.")
        if report is None or (today is not None and report.as_of.date() != today.date()):
            why = state.why or state.failed
            return _all(Status.WARMING, "") if why is None else _all(Status.UNSUPPORTED, english(why))
        entry = report.rows.get(queue.number)
        if entry is None:
            asked = f"The report had no row for this queue (asked from {report.start} to {report.end})."
            return _all(Status.UNSUPPORTED, asked)
        row, exchange_id, place = entry
        status = Status.STALE if self.is_late(mono) else Status.OK
        return figures(row, f"as of {report.as_of:%H:%M:%S}", exchange_id, place, status)

    def is_late(self, mono: float) -> bool:
        """Whether the last report is older than its cadence can explain."""
        report = self.state.report
        if report is None or self._every_s is None:
            return False
        return mono - report.read_at > 2.5 * self._every_s + self._timing.counters_retry_s

    def notices(self, host: str, mono: float) -> list[Message]:
        """What the supervisor should know."""
        state, report = self.state, self.state.report
        if not self.is_on:
            return []
        if state.why is not None:
            return [message("counters.unavailable", why=english(state.why))]
        if report is None:
            if state.failed is None or state.failed.code == "api.dates":  # the latter is said beside it
                return []
            return [message("counters.unavailable", why=english(state.failed))]
        if self.is_late(mono):
            return [message("counters.late", host=host, time=f"{report.as_of:%H:%M}")]
        if not report.rows:
            sent = {"start": report.start, "end": report.end, "version": report.version}
            return [message("counters.no_rows", host=host, **sent)]
        return []


def figures(row: Mapping[str, Json], as_of: str, exchange_id: str, place: int, status: Status) -> dict[str, Reading]:
    """The counters of one row of the report. A figure that is missing or unreadable says so."""

    def make(column: str, value: float | None, key: str, *, none: str = "", origin: Origin = Origin.VENDOR) -> Reading:
        source = SourceRef(
            exchange_id, f"/queue_performance_list/{place}/{key}", "" if origin is Origin.VENDOR else key
        )
        unit = _UNITS[column]
        if none:
            return Reading(Status.NOT_APPLICABLE, None, unit, text=none, source=source)
        if value is None:
            if key in row:
                return Reading(Status.ERROR, None, unit, text=f"{key} cannot be read", source=source)
            return Reading(Status.UNSUPPORTED, None, unit, text=f"The report has no {key}.", source=source)
        return Reading(status, value, unit, text=as_of, origin=origin, source=source)

    total, answered = count(row.get("total_calls")), count(row.get("answered_calls"))
    missed, abandoned = count(row.get("missed_calls")), count(row.get("abandoned_calls"))
    lost = None if missed is None or abandoned is None else missed + abandoned
    idle = "No calls yet today." if total == 0 else ""
    unanswered = "No answered calls yet today." if answered == 0 else ""
    return {
        "offered": make("offered", total, "total_calls"),
        "answered": make("answered", answered, "answered_calls"),
        "unanswered": make("unanswered", lost, "missed_calls", origin=Origin.COMPUTED),
        "abandoned": make("abandoned", abandoned, "abandoned_calls"),
        "abandon_rate": make("abandon_rate", percent(row.get("abandoned_rate")), "abandoned_rate", none=idle),
        "avg_wait": make("avg_wait", _ms(row, "average_waiting_time"), "average_waiting_time", none=unanswered),
        "avg_talk": make("avg_talk", _ms(row, "average_talking_time"), "average_talking_time", none=unanswered),
        "service_level": make("service_level", percent(row.get("sla")), "sla", none=idle),
    }


def _ms(row: Mapping[str, Json], key: str) -> int | None:
    value = seconds(row.get(key))
    return None if value is None else value * 1000


def _all(status: Status, why: str) -> dict[str, Reading]:
    return {column: Reading(status, None, _UNITS[column], text=why) for column in COLUMNS}


def _named_format(body: Json) -> DateFormat | None:
    """The format named in ``invalid_param_list[].valid_msg``."""
    listed = body.get("invalid_param_list") if isinstance(body, dict) else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and (named := from_go_layout(text(item.get("valid_msg")))) is not None:
            return named
    return None
