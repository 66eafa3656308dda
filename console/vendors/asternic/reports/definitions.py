"""The reports as data: those the vendor's page prints, the search, the two lists, and whatever a server lists itself.

Sources: vendor pages "Call Data API" (reports, their variables, queues, agents) and "REST sample requests" (the
filters of ``search``). Which variables work for which report is documented for ``agent`` (reports by agent) and
``queue`` (reports by queue) only; "all of these variables together" may be used, so both are offered everywhere and
marked where that is a reading of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.reports.columns import Column
from console.reports.schema import Json, Param, ParamKind, ReportDefinition
from console.vendors.asternic.places import AGENTS, QUEUES
from console.vendors.asternic.reports import known

BACKEND = "asternic"
PAGE = "Call Data API"
SEARCH_PAGE = "REST sample requests"
SEARCH = "search"
MOST_REPORTS = 500
LONGEST_SECONDS = 99_999  # the vendor's own way of writing an open end

_NAME = re.compile(r"\w(?:[\w .-]{0,98}\w)?")
_CATEGORIES = (
    ("answered_", "Answered calls"),
    ("unanswered_", "Unanswered calls"),
    ("distribution_", "Distribution"),
)
OTHER, CALLS, LISTS = "Other reports", "Calls", "Lists"
PRINTED = (
    "answered_calls_detail",
    "answered_calls_by_queue",
    "answered_calls_by_agent",
    "answered_calls_by_url",
    "answered_calls_by_did",
    "answered_calls_by_holdtime",
    "answered_calls_by_event",
)
SEEN = ("unanswered_calls_detail", "distribution_by_queue")  # on no vendor page, asked for by programs of others
_SUMMARIES = {
    "answered_calls_detail": "Every answered call: when, who, for whom, how long it waited and lasted.",
    "answered_calls_by_queue": "Answered calls of each queue and their share.",
    "answered_calls_by_agent": "Answered calls of each agent.",
    "answered_calls_by_url": "Answered calls by the address the dial plan gave them.",
    "answered_calls_by_did": "Answered calls by the number that was called.",
    "answered_calls_by_holdtime": "Answered calls by how long they waited.",
    "answered_calls_by_event": "Answered calls by how they ended: by agent, by caller, by transfer.",
    "unanswered_calls_detail": "Every call nobody answered: abandoned, timed out, left by key, or put out.",
    "distribution_by_queue": "How the calls are spread over the queues.",
}
_COLUMNS = {
    "answered_calls_detail": known.DETAIL,
    "answered_calls_by_queue": known.BY_QUEUE,
    "unanswered_calls_detail": ["datetime", "queue_name", "caller_id", "wait_time"],
}
_RULE_DAYS = ("max_days:1100",)


def is_name(name: str) -> bool:
    """Whether a report's name is one that may be asked for: it becomes a step of the ``entity`` parameter."""
    return _NAME.fullmatch(name) is not None and ".." not in name


def static() -> tuple[ReportDefinition, ...]:
    """What is known without asking a server."""
    reports = tuple(report(name) for name in (*PRINTED, *SEEN))
    return (*reports, search(), listing(QUEUES), listing(AGENTS))


def listed(names: Iterable[str]) -> tuple[ReportDefinition, ...]:
    """The reports a server names, in its order, then the search and the lists; names that are none are left out."""
    found = [name for name in dict.fromkeys(names) if is_name(name)][:MOST_REPORTS]
    reports = [report(name, is_listed=True) for name in found]
    reports.sort(key=lambda definition: _ORDER.index(definition.category))
    return (*reports, search(), listing(QUEUES), listing(AGENTS))


def category(name: str) -> str:
    """The heading of a report, by the beginning of its name."""
    return next((title for prefix, title in _CATEGORIES if name.startswith(prefix)), OTHER)


def report(name: str, *, is_listed: bool = False) -> ReportDefinition:
    """The definition of one report."""
    is_detail = name.endswith("_detail")
    wire: dict[str, Json] = {"entity": f"reports/{name}", "detail": is_detail}
    return ReportDefinition(
        id=name if name not in (SEARCH, QUEUES, AGENTS) else f"report_{name}",
        backend=BACKEND,
        title=name.replace("_", " ").strip().capitalize(),
        category=category(name),
        summary=_SUMMARIES.get(name, "A report of this server; its columns are shown as they come."),
        params=(
            _TIMEFRAME,
            _agent(inferred=not name.endswith("_by_agent")),
            _queue(inferred=not name.endswith("_by_queue")),
            _by_day(is_detail),
        ),
        columns=_computed(known.columns(_COLUMNS.get(name, [])), is_detail),
        rules=_RULE_DAYS,
        source=PAGE if name in PRINTED else "",
        inferred=name not in PRINTED and not is_listed,
        wire=wire,
    )


def search() -> ReportDefinition:
    """The search for calls, with all its filters."""
    texts = (
        ("uniqueid", "Call", "The id of the call in the phone system, such as 1327498260.2637."),
        ("clid", "Caller id", "The caller's number."),
        ("url", "URL", "The address the dial plan gave the call."),
        ("tag", "Tag", "The tag the dial plan gave the call."),
        ("did", "DID", "The number that was called."),
    )
    return ReportDefinition(
        id=SEARCH,
        backend=BACKEND,
        title="Search for calls",
        category=CALLS,
        summary="Calls by caller, queue, agent, number called, tag and times; dated by when they entered the queue. "
        "A list of the same day dated by answer can differ around midnight.",
        params=(
            _TIMEFRAME,
            _agent(inferred=False),
            _queue(inferred=False),
            *(Param(name, ParamKind.TEXT, label, help=words, wire={"name": name}) for name, label, words in texts),
            _range("talktime", "Talk time"),
            _range("waittime", "Wait"),
            _by_day(True),
        ),
        columns=_computed(known.columns(known.SEARCH), True),
        rules=_RULE_DAYS,
        needs="Version 2.2.0 for the filters; older ones know the dates and the caller id.",
        source=SEARCH_PAGE,
        wire={"entity": SEARCH, "detail": True},
    )


def listing(entity: str) -> ReportDefinition:
    """The list of queues or agents as a report."""
    stem = "queue" if entity == QUEUES else "agent"
    kind = known.COMPUTED_BY_ID[known.ROW_KIND]
    return ReportDefinition(
        id=entity,
        backend=BACKEND,
        title=entity.capitalize(),
        category=LISTS,
        summary=f"The {entity} this account may see. The rows that stand for all and for none are labelled as such.",
        params=(
            Param(
                "id",
                ParamKind.TEXT,
                f"{stem.capitalize()} id",
                pattern=r"-?[0-9]{1,12}",
                help="Only this one, by the number in the list.",
                wire={"step": True},
            ),
        ),
        columns=(*known.columns([f"{stem}_id", stem, f"{stem}_name"]), kind),
        source=PAGE,
        wire={"entity": entity, "stem": stem},
    )


def _computed(columns: tuple[Column, ...], is_detail: bool) -> tuple[Column, ...]:
    extra = [known.COMPUTED_BY_ID["call_id"]] if is_detail and columns else []
    if any(column.id == "total_duration" for column in columns):
        extra = [known.COMPUTED_BY_ID[known.TALK_DERIVED], known.COMPUTED_BY_ID[known.OVERFLOWED], *extra]
    return (*columns, *extra)


_ORDER = [*(title for _, title in _CATEGORIES), OTHER]
_TIMEFRAME = Param(
    "timeframe",
    ParamKind.TIMEFRAME,
    "Time",
    required=True,
    default={"preset": "yesterday"},
    help="Days and, if wanted, a part of each day, by the server's own clock.",
    wire={"names": ["start", "end", "secondsstart", "secondsend"]},
)


def _agent(*, inferred: bool) -> Param:
    return Param(
        "agent",
        ParamKind.CHOICE,
        "Agent",
        directory=AGENTS,
        inferred=inferred,
        placeholder="all",
        help="By name, as the interface wants it.",
        wire={"name": "agent"},
    )


def _queue(*, inferred: bool) -> Param:
    return Param(
        "queue",
        ParamKind.CHOICE,
        "Queue",
        directory=QUEUES,
        inferred=inferred,
        placeholder="all",
        wire={"name": "queue"},
    )


def _range(name: str, label: str) -> Param:
    return Param(
        name,
        ParamKind.DURATION_RANGE,
        label,
        minimum=0,
        maximum=LONGEST_SECONDS,
        unit="s",
        help=f"From and to, in seconds; an open end is sent as {LONGEST_SECONDS}.",
        wire={"name": name},
    )


def _by_day(default: bool) -> Param:
    return Param(
        "by_day",
        ParamKind.BOOLEAN,
        "One request a day",
        default=default,
        help="Long ranges come as one answer, which can take the server long. Day by day the rest is kept when one day "
        "fails. Reports that count then give one row a day, and their percentages are those of the day.",
        wire={},
    )
