"""Reports of what agents did apart from calls: reason codes, features, time cards.

Features as the product knows them: extension login, do not disturb (every pause, with its reason code) and
after-call work. Everything is cut at the edges of the timeframe and its shifts; what still lasts has no end.
The columns of the time card are inferred from the names of the product's metrics. Ready = logged in, not in DND.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.demo.servers.xima_report_facts import Facts
from console.demo.servers.xima_report_request import Asked
from console.demo.servers.xima_report_table import (
    BOOLEAN,
    DATE_TIME,
    DURATION,
    NUMBER,
    STRING,
    Item,
    Row,
    Sub,
    Table,
    american,
    average,
)
from console.demo.world.agent_days import AgentDay

_FEATURE_NAMES = {"EXTENSION_LOGIN": "Extension Login", "DND": "Do Not Disturb", "ACW": "After Call Work"}


@dataclass(frozen=True, slots=True)
class Used:
    """A feature that was on."""

    kind: str
    reason: str | None
    start: int
    end: int
    is_open: bool


def _days(facts: Facts, asked: Asked) -> dict[int, list[AgentDay]]:
    days: dict[int, list[AgentDay]] = {agent: [] for agent in asked.agents}
    for day in facts.agent_days():
        if day.agent in days:
            days[day.agent].append(day)
    return days


def _used(day: AgentDay) -> Iterator[Used]:
    for session in day.sessions:
        yield Used("EXTENSION_LOGIN", None, session.login, session.end, session.logout is None)
    for span in day.spans:
        if span.state in ("paused", "after_call"):
            kind = "DND" if span.state == "paused" else "ACW"
            yield Used(kind, span.reason if kind == "DND" else None, span.start, span.end, span.is_open)


def _trace(facts: Facts, asked: Asked, features: tuple[str, ...], *, with_state: bool) -> Table:
    subs = []
    for agent, days in _days(facts, asked).items():
        used = [each for day in days for each in _used(day) if each.kind in features]
        used.sort(key=lambda each: (each.start, features.index(each.kind)))
        rows: list[Row] = []
        for each in used:
            head: Row = [_FEATURE_NAMES[each.kind], each.kind]
            times: Row = [each.reason, each.start, None if each.is_open else each.end]
            rows.append([*head, *([True] if with_state else []), *times, each.end - each.start])
        times_used = [each.end - each.start for each in used]
        summary: list[Item] = [
            ("Feature Events", len(used), NUMBER),
            ("Total Duration", sum(times_used), DURATION),
            ("Max Duration", max(times_used, default=None), DURATION),
            ("Avg Duration", average(sum(times_used), len(used)), DURATION),
        ]
        subs.append(Sub(facts.site.agent_keys[agent], rows, summary))
    columns = [("Feature", STRING), ("Feature Type", STRING)]
    columns += [("Feature Enabled", BOOLEAN)] if with_state else []
    columns += [("Reason Code", STRING), ("Start Time", DATE_TIME), ("End Time", DATE_TIME), ("Duration", DURATION)]
    return Table(columns, summary=[("Sub Reports", len(subs), NUMBER)], subs=subs)


def reason_codes(facts: Facts, asked: Asked) -> Table:
    """Agent Reason Code Trace: every pause with its reason, a sub-report per agent."""
    return _trace(facts, asked, ("DND",), with_state=False)


def feature_trace(facts: Facts, asked: Asked) -> Table:
    """Agent Feature Trace: every use of the features asked for, a sub-report per agent."""
    return _trace(facts, asked, asked.features, with_state=True)


def time_card(facts: Facts, asked: Asked) -> Table:
    """Agent Time Card: a row per day, a sub-report per agent."""
    subs = []
    for agent, parts in _days(facts, asked).items():
        days: dict[int, list[AgentDay]] = {}
        for part in parts:
            days.setdefault(part.day, []).append(part)
        rows: list[Row] = []
        for day, mine in days.items():
            login, pause = sum(part.logged_in_ms for part in mine), sum(part.state_ms("paused") for part in mine)
            date = american(facts.zone.local(facts.world.opening(day))).partition(" ")[0]
            rows.append([date, mine[0].first_login, mine[-1].last_logout, login, pause, login - pause])
        summary: list[Item] = [
            (f"Total {title}", sum(int(row[place] or 0) for row in rows), DURATION)
            for place, title in enumerate(("Login Duration", "DND Duration", "Ready Duration"), 3)
        ]
        subs.append(Sub(facts.site.agent_keys[agent], rows, summary))
    columns = [("Date", STRING), ("First Login", DATE_TIME), ("Last Logout", DATE_TIME)]
    columns += [(f"{word} Duration", DURATION) for word in ("Login", "DND", "Ready")]
    return Table(columns, summary=[("Sub Reports", len(subs), NUMBER)], subs=subs)
