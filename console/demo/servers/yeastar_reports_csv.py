"""A report as the file that ``call_report/download`` makes: UTF-8 with BOM, a header, rows, a line of totals.

Only the columns of Queue Performance are known from real files; the others are the demo's own, in the same style.
Durations are ``hh:mm:ss``, rates carry a percent sign. With ``need_detail=1`` each line is followed by a header of
its own (first cell empty) and the calls behind it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from console.demo.servers.yeastar_reports_facts import Made, Row
from console.demo.servers.yeastar_reports_query import DETAILED, Query

Column = tuple[str, str]
"""Title and field; a field's ending says how it is written: see `_shown`."""

_AGENT: tuple[Column, ...] = (("Agent", "agent_name"), ("Agent Number", "agent_num"))
_OUTCOMES: tuple[Column, ...] = (
    ("Answered", "answered_calls"),
    ("No Answer", "no_answer_calls"),
    ("Busy", "busy_calls"),
    ("Failed", "failed_calls"),
    ("Voicemail", "voicemail_calls"),
    ("Abandoned", "abandoned_calls"),
    ("Total Calls", "total_call_count"),
)
_PERFORMANCE: tuple[Column, ...] = (
    ("Total Calls", "total_calls"),
    ("Answered", "answered_calls"),
    ("Missed", "missed_calls"),
    ("Abandoned", "abandoned_calls"),
    ("AVG Handle Time", "handle_time"),
    ("AVG Waiting Time (Answered Calls)", "average_waiting_time"),
    ("AVG Waiting Time (All Calls)", "all_call_average_waiting_time"),
    ("Max Waiting Time (All Calls)", "max_waiting_time"),
    ("Average Talking Time", "average_talking_time"),
    ("Answered Rate", "answered_rate"),
    ("Abandon Rate", "abandoned_rate"),
    ("SLA", "sla"),
)
_ACTIVITY: tuple[Column, ...] = (("Time", "time"), *_OUTCOMES, ("Total Talking Time", "total_talking_time"))
COLUMNS: dict[str, tuple[Column, ...]] = {
    "extcallstatistics": (
        ("Extension", "ext_name"),
        ("Extension Number", "ext_num"),
        *_OUTCOMES,
        ("Total Holding Time", "total_holding_time"),
        ("Total Talking Time", "total_talking_time"),
    ),
    "extcallactivity": _ACTIVITY,
    "trunkactivity": _ACTIVITY,
    "trunkdiddodactivity": (
        ("DID/Outbound Caller ID", "number"),
        ("Name", "name"),
        ("Type", "number_type"),
        *_ACTIVITY,
    ),
    "ivr": (
        ("IVR", "ivr_name"),
        ("IVR Number", "ivr_num"),
        *((f"Press {key}", f"press_{key}") for key in "1234567890"),
        ("Timeout", "press_timeout"),
    ),
    "queueavgwaittalktime": (
        ("Time", "time"),
        ("AVG Waiting Time (Answered Calls)", "avg_wait_time"),
        ("AVG Waiting Time (All Calls)", "all_call_avg_wait_time"),
        ("AVG Talking Time", "avg_talk_time"),
        ("Answered", "answered_calls"),
        ("Total Calls", "total_calls"),
        ("Total Waiting Time", "total_waiting_time"),
        ("Total Talking Time", "total_talking_time"),
    ),
    "queueperformance": (("Queue", "queue"), *_PERFORMANCE),
    "queueperformanceactivity": (("Time", "time"), *_PERFORMANCE),
    "queuecallbackssummary": (
        ("Queue", "queue"),
        ("Queue Number", "queue_num"),
        ("Total Callbacks", "total_callbacks"),
        ("Success", "success_callbacks"),
        ("Fail", "fail_callbacks"),
        ("Pending", "pending_callbacks"),
        ("Success Rate", "success_rate"),
    ),
    "queuecallbacksactivity": (
        ("Time", "at"),
        ("Queue", "queue"),
        ("Callback Number", "callback_number"),
        ("Callback Name", "callback_name"),
        ("Attempts", "attempts"),
        *_AGENT,
        ("Callback Time", "callback_at"),
        ("Talk Duration", "talk_duration"),
        ("Result", "callback_result"),
    ),
    "queuesatisfaction": (
        *_AGENT,
        ("Question", "question"),
        ("Total", "total_answers"),
        *((f"Press {score}", f"press_{score}") for score in range(1, 6)),
        ("Average", "average_score"),
    ),
    "queuesatisfactiondetail": (
        ("ID", "call_id"),
        ("Time", "at"),
        ("Call From", "call_from"),
        *_AGENT,
        ("Question", "question_id"),
        ("Result", "survey_result"),
    ),
    "queueagentlogintime": (
        *_AGENT,
        ("Login Time", "login_at"),
        ("Logout Time", "logout_at"),
        ("Login Duration", "login_duration"),
    ),
    "queueagentpausetime": (
        *_AGENT,
        ("Pause Time", "pause_at"),
        ("Unpause Time", "unpause_at"),
        ("Pause Reason", "reason"),
        ("Pause Duration", "pause_duration"),
    ),
    "queueagentmisscalls": (
        *_AGENT,
        ("ID", "call_id"),
        ("Time", "at"),
        ("Call From", "call_from"),
        ("Ring Duration", "ring_duration"),
        ("Type", "miss_type"),
    ),
    "queueagentperformance": (
        ("Agent", "agent_name"),
        ("Agent Number", "agent_number"),
        ("Total Calls", "total_calls"),
        ("Answered", "answered_calls"),
        ("Missed", "missed_calls"),
        ("AVG Waiting Time", "average_waiting_time"),
        ("Max Waiting Time", "max_waiting_time"),
        ("AVG Talking Time", "average_talking_time"),
        ("Total Talking Time", "total_talking_time"),
        ("Missed Call Rate", "missed_call_rate"),
    ),
    "queueagentinoutcalls": (
        *_AGENT,
        ("Queue Answered Calls", "queue_answered_calls"),
        ("Queue Talk Duration", "queue_talk_duration"),
        ("Outbound Calls", "outbound_calls"),
        ("Outbound Answered Calls", "outbound_answer_calls"),
        ("Outbound Talk Duration", "outbound_talk_duration"),
        ("Total Calls", "total_calls"),
        ("Total Duration", "total_duration"),
        ("AVG Talk Duration", "average_talk_duration"),
        ("AVG Waiting Duration", "average_waiting_duration"),
        ("AVG Hold Duration", "average_hold_duration"),
    ),
    "ringgroupstatistics": (
        ("Ring Group", "group_name"),
        ("Ring Group Number", "group_num"),
        ("Member", "ext_name"),
        ("Member Number", "ext_num"),
        ("Answered", "answered_calls"),
        ("Total Calls", "total_calls"),
    ),
    "extcallbilling": (
        ("Extension", "ext_name"),
        ("Extension Number", "ext_num"),
        ("Total Calls", "total_calls"),
        ("Total Talk Duration", "total_talk_duration"),
        ("Cost", "total_cost"),
        ("Currency", "currency"),
    ),
    "extcallbillingdetails": (
        ("Time", "at"),
        ("Extension", "ext_name"),
        ("Extension Number", "ext_num"),
        ("Call To", "call_to"),
        ("Trunk", "trunk_name"),
        ("Rate", "rate_name"),
        ("Account Code", "account_code"),
        ("Talk Duration", "talk_duration"),
        ("Cost", "cost"),
        ("Currency", "currency"),
    ),
    "unreturnmisscall": (
        ("Time", "at"),
        ("Call From", "call_from"),
        ("Name", "call_from_name"),
        ("DID", "did_number"),
        ("Type", "miss_call_type"),
    ),
}
_CALLS: tuple[Column, ...] = (
    ("ID", "id"),
    ("Time", "at"),
    ("Call From", "call_from"),
    ("Agent", "agent"),
    ("Status", "status"),
    ("Waiting Duration", "waiting_duration"),
    ("Talk Duration", "talk_duration"),
)
_VISITS: tuple[Column, ...] = (
    ("ID", "id"),
    ("Time", "at"),
    ("Call From", "call_from"),
    ("Key Pressed", "key_pressed"),
    ("Timeouts", "timeouts"),
)


def write(query: Query, made: Made) -> bytes:
    """Write the file. A report without any row is a header alone."""
    columns = COLUMNS[query.type]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([title for title, _ in columns])
    inner = _VISITS if query.type == "ivr" else _CALLS
    has_detail = query.with_detail and query.type in DETAILED
    lines = list(_lines(query.type, made))
    for place, row in enumerate(lines):
        out.writerow([_shown(row, field) for _, field in columns])
        if has_detail and made.details[place]:
            out.writerow(["", *(title for title, _ in inner)])
            out.writerows(["", *(_shown(each, field) for _, field in inner)] for each in made.details[place])
    if lines and made.total is not None:
        total = _flat(made.total)
        out.writerow(["Total", *(_shown(total, field) for _, field in columns[1:])])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _lines(kind: str, made: Made) -> Iterator[Row]:
    for row in made.rows:
        if kind == "queueagentperformance":
            yield from row["detail"]
        elif kind == "ringgroupstatistics":
            yield row
            yield from ({**each, "group_name": "", "group_num": ""} for each in row["member_list"])
        else:
            yield _flat(row)


def _flat(row: Row) -> Row:
    return row | row["press_count"] if "press_count" in row else row


def _shown(row: Row, field: str) -> str:
    """Text of a cell: fields ending in ``_time`` and ``_duration`` are durations, in ``rate`` and ``sla`` percent.

    ``at`` at the end of a field's name stands for ``time`` where that is an instant and no duration.
    """
    if field == "handle_time":
        field = "average_server_time" if "average_server_time" in row else "average_handle_time"
    if field == "at" or field.endswith("_at"):
        return str(row.get(field[:-2] + "time", ""))
    value = row.get(field, "")
    if value == "":
        return ""
    if field.endswith(("_time", "_duration")):
        minutes, rest = divmod(int(value), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
    if field.endswith("_rate") or field == "sla":
        return f"{value:.2f}%"
    if field in ("total_cost", "cost"):
        return f"{value:.4f}"
    return str(value)
