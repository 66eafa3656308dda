"""Reports by call, by outside number, by account code, by role.

Columns as seen in the product's screens and, for costs, on the vendor's page "Roles Call Cost Summary". "Call Key" is
a column the product made for its API: ``{uuid}-{startMs}-{endMs}``. Costs are those of outbound calls, by the site's
own rates, whatever profile is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

from console.demo.servers.xima_report_facts import INTERNAL, OUTBOUND, Call, Facts
from console.demo.servers.xima_report_request import Asked
from console.demo.servers.xima_report_table import (
    BOOLEAN,
    DATE_TIME,
    DURATION,
    MONEY,
    NUMBER,
    STRING,
    Item,
    Row,
    Table,
    average,
    money,
)

_SPACE = UUID("6f1d0c5e-3b0a-4c57-9a43-5d6c1f2e8b70")


def call_key(call: Call) -> str:
    """The key under which the recordings interface knows a call."""
    return f"{uuid5(_SPACE, call.uid)}-{call.start}-{call.end}"


def details(facts: Facts, asked: Asked) -> Table:
    """Call Details: every call in which one of the agents had a part; without agents asked for, every call."""
    sight = set(asked.agents)
    everybody = len(sight) == len(facts.site.agents)
    involved = set() if everybody else {part.call.uid for part in facts.parts() if part.agent in sight}
    calls = [call for call in facts.calls() if everybody or call.uid in involved]
    calls.sort(key=_by_start)
    rows: list[Row] = [
        [
            call.direction.title(),
            call.duration,
            call.start,
            call.end,
            None if call.direction == INTERNAL else call.number,
            facts.site.agent_keys[call.agent] if call.agent >= 0 else None,
            call.talk,
            call.is_answered,
            call.code,
            call_key(call),
        ]
        for call in calls
    ]
    columns = [
        ("Call Direction", STRING),
        ("Call Duration", DURATION),
        ("Start Time", DATE_TIME),
        ("End Time", DATE_TIME),
        ("External Number", STRING),
        ("Initial Agent", STRING),
        ("Total Talking Duration", DURATION),
        ("Is Answered", BOOLEAN),
        ("Account Code", STRING),
        ("Call Key", STRING),
    ]
    summary: list[Item] = [
        ("Total Calls", len(calls), NUMBER),
        ("Answered Calls", sum(call.is_answered for call in calls), NUMBER),
        ("Total Call Duration", sum(call.duration for call in calls), DURATION),
        ("Total Talking Duration", sum(call.talk for call in calls), DURATION),
    ]
    return Table(columns, rows, summary)


def _by_start(call: Call) -> tuple[int, str]:
    return call.start, call.uid


def abandoned(facts: Facts, asked: Asked) -> Table:
    """Abandoned Calls: a row per call that its last queue lost."""
    wanted = set(asked.queues)
    found: dict[str, Row] = {}
    calls: dict[str, Call] = {}
    for each in facts.queue_calls():
        last = each.call.record.queues[-1] if each.call.record is not None else each.leg
        if each.leg is last and each.leg.queue in wanted and each.is_abandoned:
            call = each.call
            calls[call.uid] = call
            found[call.uid] = [
                call.uid,
                call.start,
                facts.site.queue_names[each.leg.queue],
                call.number,
                each.wait,
                call.duration,
                each.is_answered,
            ]
    ordered = sorted(calls.values(), key=_by_start)
    total = sum(call.duration for call in ordered)
    summary: list[Item] = [
        ("Abandoned Calls", len(ordered), NUMBER),
        ("Answered Calls", sum(bool(row[-1]) for row in found.values()), NUMBER),
        ("Total Call Duration", total, DURATION),
        ("Avg Call Duration", average(total, len(ordered)), DURATION),
    ]
    columns = [
        ("Call ID", STRING),
        ("Start Time", DATE_TIME),
        ("", STRING),
        ("External Number", STRING),
        ("Queue Duration", DURATION),
        ("Call Duration", DURATION),
        ("Is Answered", BOOLEAN),
    ]
    return Table(columns, [found[call.uid] for call in ordered], summary)


_TIMES = [
    ("Total Calls", NUMBER),
    ("Total Talking Duration", DURATION),
    ("Avg Talking Duration", DURATION),
    ("Total Call Duration", DURATION),
    ("Avg Call Duration", DURATION),
    ("Max Call Duration", DURATION),
]


def _times(calls: list[Call]) -> Row:
    talk, total = sum(call.talk for call in calls), sum(call.duration for call in calls)
    return [
        len(calls),
        talk,
        average(talk, sum(call.is_answered for call in calls)),
        total,
        average(total, len(calls)),
        max((call.duration for call in calls), default=None),
    ]


def _grouped(title: str, groups: Iterable[tuple[str, list[Call]]]) -> Table:
    listed = list(groups)
    rows: list[Row] = [[name, *_times(calls)] for name, calls in listed]
    everything = _times([call for _, calls in listed for call in calls])
    summary = [(name, value, form) for (name, form), value in zip(_TIMES, everything, strict=True)]
    return Table([(title, STRING), *_TIMES], rows, summary)


def external_numbers(facts: Facts, _asked: Asked) -> Table:
    """External Number Summary: calls from and to each outside number, most called first."""
    groups: dict[str, list[Call]] = {}
    for call in facts.calls():
        if call.direction != INTERNAL:
            groups.setdefault(call.number, []).append(call)
    return _grouped("External Number", sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def account_codes(facts: Facts, asked: Asked) -> Table:
    """Account Code Summary: a row per code asked for, calls or not."""
    codes = list(facts.site.directory.account_codes) if asked.codes is None else asked.codes
    groups: dict[str, list[Call]] = {code: [] for code in codes}
    for call in facts.calls():
        if call.code in groups:
            groups[call.code].append(call)
    return _grouped("Account Code", groups.items())


def role_costs(facts: Facts, asked: Asked, roles: dict[str, str]) -> Table:
    """Roles Call Cost Summary; ``roles`` are names by id. Only calls that cost something count as calls with cost."""
    book = facts.site.directory
    names = [roles[role] for role in asked.roles]
    wanted = set(asked.agents)
    groups: dict[str, list[Call]] = {name: [] for name in names}
    for call in facts.calls():
        if call.direction == OUTBOUND and not call.is_callback and call.agent in wanted:
            groups.get(book.extensions[call.agent].role, []).append(call)
    rows: list[Row] = []
    for name, calls in groups.items():
        costs = [call.cost for call in calls if call.cost]
        rows.append([name, len(costs), len(calls), money(sum(costs))])
    everything = [call.cost for calls in groups.values() for call in calls if call.cost]
    summary: list[Item] = [
        ("Total Call Count", sum(len(calls) for calls in groups.values()), NUMBER),
        ("Total Call Cost", money(sum(everything)), MONEY),
    ]
    columns = [("Role", STRING), ("Call Count", NUMBER), ("Total Call Count", NUMBER), ("Call Cost", MONEY)]
    return Table(columns, rows, summary)
