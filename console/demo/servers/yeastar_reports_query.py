"""Which report takes which parameters, and what a request asks for once they are read.

The matrix is that of the vendor's page "Download a Call Report"; ``unreturnmisscall`` is named on newer pages. A
type nobody knows is -2, a missing id list 40002 on either version. A date in another format than the display format
is an empty success on v1.0, and refused with the format's name on v2.0.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from console.demo.servers.yeastar_ids import position, positions, unique
from console.demo.servers.yeastar_wire import Refused, faulty, whole
from console.demo.world.world import FINISHED_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.demo.servers.yeastar import YeastarServer

INBOUND: Final = "Inbound"
OUTBOUND: Final = "Outbound"
INTERNAL: Final = "Internal"


@dataclass(frozen=True, slots=True)
class ReportType:
    """One row of the matrix.

    ``key`` is the array's name in ``call_report/list``, ``file`` how the file's name starts
    (run together it is the type, as in the vendor's ``QueueSatisfaction-…``). ``ids`` are the
    required id parameters, ``options`` the others; ``bucketed`` reports take ``time``, all others a window.
    """

    key: str
    file: str
    ids: str
    options: tuple[str, ...] = ()
    bucketed: bool = False
    v2_only: bool = False


_AGENTS, _EXT, _COMM = "agent_id_list", "ext_id_list", "communication_type"
TYPES: Final[dict[str, ReportType]] = {
    "extcallstatistics": ReportType("ext_call_statistics_list", "Ext Call Statistics", _EXT, (_COMM,)),
    "extcallactivity": ReportType("ext_call_activity_list", "Ext Call Activity", _EXT, (_COMM,), bucketed=True),
    "trunkactivity": ReportType(
        "trunk_activity_list", "Trunk Activity", "trunk_id_list", ("include_internal", _COMM), bucketed=True
    ),
    "trunkdiddodactivity": ReportType(
        "trunk_did_dod_activity_list", "Trunk DID DOD Activity", "trunk_id", (_COMM,), bucketed=True
    ),
    "ivr": ReportType("ivr_list", "IVR", "ivr_id_list", ("need_detail",)),
    "queueavgwaittalktime": ReportType(
        "queue_avg_wait_talk_time_list", "Queue AVG Wait Talk Time", "queue_id_list", bucketed=True
    ),
    "queueperformance": ReportType(
        "queue_performance_list", "Queue Performance", "queue_id_list", ("abandon_time", "talk_time", "need_detail")
    ),
    "queueperformanceactivity": ReportType(
        "queue_performance_activity_list",
        "Queue Performance Activity",
        "queue_id_list",
        ("abandon_time", "need_detail"),
        bucketed=True,
    ),
    "queuecallbackssummary": ReportType("queue_callbacks_summary_list", "Queue Callbacks Summary", "queue_id_list"),
    "queuecallbacksactivity": ReportType(
        "queue_callbacks_activity_list", "Queue Callbacks Activity", "queue_id_list", ("callback_result",)
    ),
    "queuesatisfaction": ReportType("queue_satisfaction_list", "Queue Satisfaction", "queue_id"),
    "queuesatisfactiondetail": ReportType(
        "queue_satisfaction_detail_list", "Queue Satisfaction Detail", "queue_id", (_AGENTS,)
    ),
    "queueagentlogintime": ReportType("queue_agent_login_time_list", "Queue Agent Login Time", "queue_id", (_AGENTS,)),
    "queueagentpausetime": ReportType(
        "queue_agent_pause_time_list", "Queue Agent Pause Time", "queue_id", (_AGENTS, "reason")
    ),
    "queueagentmisscalls": ReportType(
        "queue_agent_miss_calls_list", "Queue Agent Miss Calls", "queue_id", (_AGENTS, "abandon_time")
    ),
    "queueagentperformance": ReportType(
        "queue_agent_performance_list", "Queue Agent Performance", "queue_id", (_AGENTS, "abandon_time", "need_detail")
    ),
    "queueagentinoutcalls": ReportType(
        "queue_agent_in_out_calls_list", "Queue Agent In Out Calls", "queue_id", (_AGENTS,)
    ),
    "ringgroupstatistics": ReportType("ring_group_statistics_list", "Ring Group Statistics", "ring_group_id_list"),
    "extcallbilling": ReportType("ext_call_billing_list", "Ext Call Billing", "trunk_id_list", (_EXT,)),
    "extcallbillingdetails": ReportType(
        "ext_call_billing_details_list", "Ext Call Billing Details", "trunk_id_list", (_EXT,)
    ),
    "unreturnmisscall": ReportType(
        "unreturn_miss_call_list", "Unreturn Miss Call", "", ("miss_call_type",), v2_only=True
    ),
}
BILLING: Final = frozenset({"extcallbilling", "extcallbillingdetails"})
DETAILED: Final = frozenset({"ivr", "queueperformance", "queueperformanceactivity", "queueagentperformance"})
_WORDS: Final = {
    "callback_result": ("success", "fail"),
    "miss_call_type": ("no_answer", "busy", "abandoned"),
}


class WrongFormat(Exception):
    """A date that is not in the display format; ``layout`` is what the exchange would have understood."""

    def __init__(self, field: str, layout: str) -> None:
        super().__init__(field)
        self.field = field
        self.layout = layout


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Things are positions in the site's lists; instants epoch ms, ``end`` included.

    ``bucket`` is ``hour``, ``day`` or ``month``, empty for reports over a window. ``agents`` and ``extensions`` are
    None where all are meant. ``abandon_ms`` and ``talk_ms`` are -1 where nothing is left out.
    """

    type: str
    start: int
    end: int
    bucket: str = ""
    buckets: tuple[int, ...] = ()
    queues: tuple[int, ...] = ()
    agents: frozenset[int] | None = None
    extensions: tuple[int, ...] | None = None
    trunks: tuple[int, ...] = ()
    ivrs: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    abandon_ms: int = -1
    talk_ms: int = -1
    communication: str = ""
    with_internal: bool = False
    word: str = ""
    with_detail: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether every call of the queues counts."""
        return self.abandon_ms < 0 and self.talk_ms < 0


def read_query(server: YeastarServer, given: Mapping[str, str], *, is_v2: bool) -> Query:
    """Read a request. Refused for what is missing or makes no sense, WrongFormat for a date."""
    name = given.get("type", "")
    kind = TYPES.get(name)
    if kind is None or (kind.v2_only and not is_v2):
        raise Refused(-2)
    if kind.ids and not given.get(kind.ids, "").strip(", "):
        raise faulty(kind.ids)
    if kind.bucketed and not given.get("time", ""):
        raise faulty("time")
    taken = {option: given[option] for option in kind.options if given.get(option)}
    words = next((taken[field] for field in ("callback_result", "miss_call_type", "reason") if field in taken), "")
    for field, known in _WORDS.items():
        if field in taken and taken[field] not in known:
            raise faulty(field)
    start, end, bucket, buckets = _bucketed(server, given["time"]) if kind.bucketed else _window(server, given)
    ids = _ids(server, kind, given)
    return Query(
        name,
        start,
        end,
        bucket,
        buckets,
        queues=ids if kind.ids in ("queue_id", "queue_id_list") else (),
        agents=frozenset(_extensions(server, taken[_AGENTS])) if _AGENTS in taken else None,
        extensions=_extensions(server, given[_EXT]) if _EXT in taken or kind.ids == _EXT else None,
        trunks=ids if kind.ids in ("trunk_id", "trunk_id_list") else (),
        ivrs=ids if kind.ids == "ivr_id_list" else (),
        groups=ids if kind.ids == "ring_group_id_list" else (),
        abandon_ms=_seconds(taken, "abandon_time"),
        talk_ms=_seconds(taken, "talk_time"),
        communication=_communication(taken, kind),
        with_internal=_flag(taken, "include_internal"),
        word=words,
        with_detail=_flag(taken, "need_detail"),
    )


def _ids(server: YeastarServer, kind: ReportType, given: Mapping[str, str]) -> tuple[int, ...]:
    site = server.stage.world.site
    book = site.directory
    lists: dict[str, tuple[str, int]] = {
        "queue_id": ("queue", len(site.queues)),
        "queue_id_list": ("queue", len(site.queues)),
        "trunk_id": ("trunk", len(book.trunks)),
        "trunk_id_list": ("trunk", len(book.trunks)),
        "ivr_id_list": ("ivr", len(book.ivrs)),
        "ring_group_id_list": ("ring_group", len(book.ring_groups)),
    }
    if kind.ids not in lists:
        return ()
    what, count = lists[kind.ids]
    if kind.ids.endswith("_list"):
        return positions(what, given[kind.ids], count)
    one = position(what, given[kind.ids].strip(), count)
    return () if one is None else (one,)


def _extensions(server: YeastarServer, text: str) -> tuple[int, ...]:
    """Extensions by their ids, and those of groups by the groups' ids."""
    book = server.stage.world.site.directory
    found: list[int] = []
    for part in text.split(","):
        one = position("extension", part.strip(), len(book.extensions))
        team = position("ext_group", part.strip(), len(book.teams))
        found += [one] if one is not None else book.teams[team].members if team is not None else []
    return unique(found)


def _seconds(taken: Mapping[str, str], field: str) -> int:
    text = taken.get(field, "").strip()
    if not text:
        return -1
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise faulty(field)
    return int(text) * 1000


def _flag(taken: Mapping[str, str], field: str) -> bool:
    text = taken.get(field, "0")
    if text not in ("0", "1"):
        raise faulty(field)
    return text == "1"


def _communication(taken: Mapping[str, str], kind: ReportType) -> str:
    text = taken.get(_COMM, "")
    known = (INBOUND, OUTBOUND, INTERNAL) if kind.ids == _EXT else (INBOUND, OUTBOUND)
    if text and text not in known:
        raise faulty(_COMM)
    return text


def _window(server: YeastarServer, given: Mapping[str, str]) -> tuple[int, int, str, tuple[int, ...]]:
    """From ``start_time`` to the end of the second named by ``end_time``; without them as far as the data goes."""
    world = server.stage.world
    edges = [world.day_start(world.day - FINISHED_DAYS), world.now]
    for place, field in enumerate(("start_time", "end_time")):
        if not given.get(field):
            continue
        moment = server.quirks.read(given[field])
        if moment is None or not _sane(moment):
            raise WrongFormat(field, server.quirks.go_layout)
        edges[place] = server.clock.at(moment) + 999 * place
    return edges[0], edges[1], "", ()


def _bucketed(server: YeastarServer, text: str) -> tuple[int, int, str, tuple[int, ...]]:
    """A day by hours, a month by days, a year by months."""
    frames = server.quirks.frames
    for bucket, (pattern, layout) in frames.items():
        if len(text) != len(layout):
            continue
        try:
            first = datetime.strptime(f"{text} +0000", f"{pattern} %z").replace(tzinfo=None)
        except ValueError:
            continue
        if not _sane(first):
            break
        after = _next(first, bucket)
        count = {"hour": 24, "day": monthrange(first.year, first.month)[1], "month": 12}[bucket]
        numbers = range(24) if bucket == "hour" else range(1, count + 1)
        return server.clock.at(first), server.clock.at(after) - 1, bucket, tuple(numbers)
    raise WrongFormat("time", " or ".join(layout for _, layout in frames.values()))


def _sane(moment: datetime) -> bool:
    return 1971 <= moment.year <= 2200


def _next(first: datetime, bucket: str) -> datetime:
    if bucket == "hour":
        return first + timedelta(days=1)
    if bucket == "month":
        return first.replace(year=first.year + 1)
    return (first + timedelta(days=32)).replace(day=1)


def page_of(given: Mapping[str, str]) -> tuple[int, int]:
    """Give first row and number of rows of ``page`` and ``page_size``, for ``call_report/detail``."""
    size = min(whole(given.get("page_size"), 10_000), 10_000)
    return (whole(given.get("page"), 1) - 1) * size, size
