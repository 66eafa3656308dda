"""Reports by queue (a skill or a group): presented, answered, abandoned, in time.

Columns of "Inbound Call Service Level" from the vendor's page of that name (default service level 10 s), the others
as seen in the product's screens. A call is presented once to each queue it enters; answered and abandoned can both
be true of it, since a caller who hangs up on hold abandons.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.demo.servers.xima_report_facts import Facts, QueueCall
from console.demo.servers.xima_report_request import Asked
from console.demo.servers.xima_report_table import (
    DURATION,
    NUMBER,
    PERCENTAGE,
    STRING,
    Item,
    Row,
    Sub,
    Table,
    average,
    percent,
)
from console.demo.world.records import ANSWERED

DEFAULT_LEVEL_MS = 10_000
Calls = list[QueueCall]


def _asked_for(facts: Facts, asked: Asked) -> Calls:
    wanted = set(asked.queues)
    return [each for each in facts.queue_calls() if each.leg.queue in wanted]


def _slots(calls: Calls, facts: Facts, asked: Asked) -> dict[str, Calls]:
    slots: dict[str, Calls] = {label: [] for label in asked.time_rows.labels(asked.frame, facts.now)}
    for each in calls:
        slots[asked.time_rows.label(each.call.start, asked.frame)].append(each)
    return slots


def _talk(calls: Calls) -> int:
    return sum(each.leg.talk_ms(each.call.end) for each in calls)


def _durations(calls: Calls) -> int:
    return sum(each.call.duration for each in calls)


def _answered(calls: Calls) -> Calls:
    return [each for each in calls if each.is_answered]


def service_level(facts: Facts, asked: Asked) -> Table:
    """Inbound Call Service Level: a sub-report per queue, a row per interval."""
    level = DEFAULT_LEVEL_MS if asked.level_ms is None else asked.level_ms
    columns = [
        ("Time Interval", STRING),
        ("Calls Presented", NUMBER),
        ("Calls Answered", NUMBER),
        ("Calls Abandoned", NUMBER),
        ("% Answered", PERCENTAGE),
        ("% Abandoned", PERCENTAGE),
        ("Avg Abandoned Wait", DURATION),
        ("Avg Call Duration", DURATION),
        ("Avg Speed of Answer", DURATION),
        ("Calls Within Service Level", NUMBER),
        ("Calls After Service Level", NUMBER),
        ("% Within Service Level", PERCENTAGE),
        ("Longest Wait", DURATION),
    ]
    calls = _asked_for(facts, asked)
    subs = []
    for queue in asked.queues:
        mine = [each for each in calls if each.leg.queue == queue]
        rows: list[Row] = [[label, *_level_figures(slot, level)] for label, slot in _slots(mine, facts, asked).items()]
        figures = _level_figures(mine, level)
        summary: list[Item] = [(title, value, form) for (title, form), value in zip(columns[1:], figures, strict=True)]
        subs.append(Sub(facts.site.queue_names[queue], rows, summary))
    return Table(columns, summary=[("Sub Reports", len(subs), NUMBER)], subs=subs)


def _level_figures(calls: Calls, level: int) -> Row:
    answered = _answered(calls)
    abandoned = [each for each in calls if each.is_abandoned]
    unanswered = [each for each in abandoned if not each.is_answered]
    within = sum(each.wait <= level for each in answered)
    return [
        len(calls),
        len(answered),
        len(abandoned),
        percent(len(answered), len(calls)),
        percent(len(abandoned), len(calls)),
        average(sum(each.wait for each in unanswered), len(unanswered)),
        average(_durations(calls), len(calls)),
        average(sum(each.wait for each in answered), len(answered)),
        within,
        len(answered) - within,
        percent(within, len(answered)),
        max((each.wait for each in calls), default=None),
    ]


def performance(facts: Facts, asked: Asked) -> Table:
    """Call Performance: a row per interval over all queues asked for."""
    columns = [
        (asked.time_rows.title, STRING),
        ("Calls Presented", NUMBER),
        ("Calls Answered", NUMBER),
        ("Calls Missed", NUMBER),
        ("Answered Calls Percent", PERCENTAGE),
        ("Answered Within 15 Seconds", NUMBER),
        ("Answered Within 30 Seconds", NUMBER),
        ("Answered Within 60 Seconds", NUMBER),
        ("Answered After 60 Seconds", NUMBER),
        *_CALLBACK_COLUMNS,
        ("Avg Talking Duration", DURATION),
        ("Avg Call Duration", DURATION),
    ]
    calls = _asked_for(facts, asked)
    slots = _slots(calls, facts, asked)
    rows: list[Row] = [[label, *_performance_figures(slot)] for label, slot in slots.items()]
    figures = _performance_figures(calls)
    summary: list[Item] = [(title, value, form) for (title, form), value in zip(columns[1:], figures, strict=True)]
    chart = {"type": "BAR", "title": "Calls Presented", "categoryColumn": "0", "valueColumns": ["1"]}
    return Table(columns, rows, summary, charts=[chart])


_CALLBACK_COLUMNS = [
    ("Callbacks Scheduled", NUMBER),
    ("Callbacks Accepted", NUMBER),
    ("Callbacks Cancelled", NUMBER),
    ("Accepted Callback Percent", PERCENTAGE),
]


def _callbacks(calls: Calls) -> Row:
    """Scheduled, accepted (the caller was reached), cancelled (settled otherwise), and accepted of a hundred."""
    asked = [each.callback for each in calls if each.callback is not None]
    accepted = sum(each.result == ANSWERED for each in asked)
    settled = sum(each.settled is not None for each in asked)
    return [len(asked), accepted, settled - accepted, percent(accepted, len(asked))]


def _performance_figures(calls: Calls) -> Row:
    answered = _answered(calls)
    waits = [each.wait for each in answered]
    within: Sequence[int] = [sum(wait <= limit for wait in waits) for limit in (15_000, 30_000, 60_000)]
    return [
        len(calls),
        len(answered),
        len(calls) - len(answered),
        percent(len(answered), len(calls)),
        *within,
        len(answered) - within[-1],
        *_callbacks(calls),
        average(_talk(answered), len(answered)),
        average(_durations(calls), len(calls)),
    ]


def queue_summary(facts: Facts, asked: Asked) -> Table:
    """Skill (or Group) Call Summary: a row per queue."""
    columns = [
        ("Calls Presented", NUMBER),
        ("Calls Answered", NUMBER),
        ("Calls Missed", NUMBER),
        *_CALLBACK_COLUMNS[:3],
        ("Total Call Duration", DURATION),
        ("Avg Call Duration", DURATION),
    ]
    calls = _asked_for(facts, asked)
    rows: list[Row] = []
    for queue in asked.queues:
        mine = [each for each in calls if each.leg.queue == queue]
        rows.append([facts.site.queue_names[queue], *_summary_figures(mine)])
    figures = _summary_figures(calls)
    titles = ["Total Presented Calls", "Total Answered Calls", "Total Missed Calls"]
    titles += [title for title, _ in columns[3:]]
    summary = [(title, value, form) for title, (_, form), value in zip(titles, columns, figures, strict=True)]
    return Table([("", STRING), *columns], rows, summary)


def _summary_figures(calls: Calls) -> Row:
    answered, total = len(_answered(calls)), _durations(calls)
    return [len(calls), answered, len(calls) - answered, *_callbacks(calls)[:3], total, average(total, len(calls))]
