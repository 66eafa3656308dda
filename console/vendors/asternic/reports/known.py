"""What is known of the fields of report rows (vendor page "Call Data API"), and the other names they go by.

Rows are not uniform and their keys vary with the version: a caller is ``callerid`` or ``clid``, a queue ``queue`` or
``queuereal``. A field is known by its name without case, spaces and underscores (`plain_name`).
"""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.callflow import CALL_ID_COLUMN
from console.domain.values import Origin
from console.reports.columns import Column, ColumnKind

CALLER, CALLER_SENT, NO_CALLER = "caller_id", "caller_id_sent", "no caller id"
TALK_DERIVED, OVERFLOWED, DAY, ROW_KIND = "talk_derived", "overflowed", "day", "row_kind"
NOBODY = frozenset({"asterisk", "unknown", "anonymous", ""})


@dataclass(frozen=True, slots=True)
class Known:
    """A field whose meaning is documented.

    Attributes:
        names: its spellings, as of `plain_name`, the likeliest first.
    """

    id: str
    title: str
    kind: ColumnKind
    names: tuple[str, ...]
    help: str = ""


_T, _N, _D, _W = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.DURATION, ColumnKind.DATETIME

KNOWN: tuple[Known, ...] = (
    Known("datetime", "Date and time", _W, ("datetime",), "The server's wall clock. Answered calls: of the answer."),
    Known("date_start", "Start", _W, ("datestart",), "When the call entered its first queue, by the server's clock."),
    Known("date_end", "End", _W, ("dateend",), "When the call ended, by the server's clock."),
    Known("queue", "Queue", _T, ("queue", "queuereal"), "The queue's name in the phone system."),
    Known("queue_name", "Queue name", _T, ("queuename",), "The queue's label; equal to its name until one is given."),
    Known("agent", "Agent", _T, ("agent",), "The agent's name in the phone system; numeric ones are Agent/NNNN here."),
    Known("agent_name", "Agent name", _T, ("agentname",), "The agent's label."),
    Known(CALLER, "Caller", _T, ("callerid", "clid"), "Empty where the phone system knows no caller id."),
    Known("event", "Ending", _T, ("event",), "The event that ended the call: who hung up, or why nobody answered."),
    Known("first_event", "First event", _T, ("firstevent",)),
    Known("wait_time", "Wait", _D, ("waittime",), "Time in the queue."),
    Known(
        "ring_time",
        "Ring",
        _D,
        ("ringtime",),
        "The vendor's own sample repeats the wait here, while the call's CONNECT event says less: take the ring time "
        "from the call flow.",
    ),
    Known("call_time", "Call time", _D, ("calltime",), "Time of the conversation."),
    Known(
        "talk_time",
        "Talk",
        _D,
        ("talktime",),
        "As sent; some versions send 0 for calls that were answered. See the derived talk time, or the call flow.",
    ),
    Known("combined_wait_time", "Combined wait", _D, ("combinedwaittime",), "As sent; some versions repeat the total."),
    Known("total_duration", "Total", _D, ("totalduration",), "From entering the queue to the end."),
    Known(
        "overflow",
        "Overflow",
        _N,
        ("overflow",),
        "As sent: a flag in some versions, the number of queues entered in others. Only above 1 it surely means that "
        "the call went on to another queue; the call flow shows it.",
    ),
    Known("recording", "Recording", _T, ("recording", "recordingfilename"), "A file name on the server, no address."),
    Known("did", "DID", _T, ("did",), "The number that was called."),
    Known("url", "URL", _T, ("url",), "The address the dial plan gave the call."),
    Known("tag", "Tag", _T, ("tag",)),
    Known(
        "unique_id", "Unique id", _T, ("uniqueid",), "The id of the call in the phone system; may be made up in rows."
    ),
    Known("call_flow", "Call flow link", _T, ("callflow",), "As sent; its folder may be another server's."),
    # titles of the reports by queue
    Known("received", "Received", _N, ("received",), "In a report of answered calls: the calls answered."),
    Known("percent_calls", "% Calls", ColumnKind.PERCENT, ("%calls",), "Of all calls of the report."),
    # the lists
    Known("queue_id", "Queue id", _T, ("queueid",)),
    Known("agent_id", "Agent id", _T, ("agentid",)),
)
BY_NAME = {name: known for known in KNOWN for name in known.names}
BY_ID = {known.id: known for known in KNOWN}

COMPUTED: tuple[Column, ...] = (
    Column(DAY, "Day", ColumnKind.TEXT, origin=Origin.COMPUTED, help="The day the row was asked for."),
    Column(
        ROW_KIND,
        "Kind of row",
        ColumnKind.TEXT,
        origin=Origin.COMPUTED,
        help='"pseudo row": stands for all, or for none; leave it out of totals.',
    ),
    Column(
        CALLER_SENT,
        "Caller as sent",
        ColumnKind.TEXT,
        help="What the phone system writes where it knows no caller id. No number: never group calls by it.",
    ),
    Column(
        TALK_DERIVED,
        "Talk (derived)",
        ColumnKind.DURATION,
        origin=Origin.COMPUTED,
        help="The talk time as sent; where that is 0 or missing, total - wait. The call flow has the recorded one.",
    ),
    Column(
        OVERFLOWED,
        "Overflowed (derived)",
        ColumnKind.FLAG,
        origin=Origin.COMPUTED,
        help="Overflow above 1. A 1 may be a mere flag and is not counted.",
    ),
    Column(
        CALL_ID_COLUMN,
        "Call id",
        ColumnKind.TEXT,
        origin=Origin.COMPUTED,
        help="Opens the call flow: the id at the end of the call flow link, else the call's own.",
    ),
)
COMPUTED_BY_ID = {column.id: column for column in COMPUTED}

DETAIL = [
    "datetime",
    "queue",
    "agent",
    "caller_id",
    "event",
    "wait_time",
    "ring_time",
    "call_time",
    "agent_name",
    "queue_name",
    "recording",
    "unique_id",
    "call_flow",
    "url",
    "did",
]
SEARCH = [
    "first_event",
    "overflow",
    "unique_id",
    "caller_id",
    "date_start",
    "date_end",
    "event",
    "agent",
    "queue",
    "wait_time",
    "talk_time",
    "combined_wait_time",
    "total_duration",
    "recording",
    "agent_name",
    "queue_name",
    "call_flow",
]
BY_QUEUE = ["queue", "received", "percent_calls"]


def column(column_id: str) -> Column:
    """The column of a known field."""
    known = BY_ID[column_id]
    return Column(known.id, known.title, known.kind, help=known.help)


def columns(ids: list[str]) -> tuple[Column, ...]:
    """The columns of known fields."""
    return tuple(column(column_id) for column_id in ids)
