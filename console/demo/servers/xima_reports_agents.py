"""Reports by agent: who was rung, who talked, for how long.

Columns and summary items of "Agent Talking Summary" are the vendor's own example; those of the others were seen in
the product's screens, in an order of the demo's. Calls are counted once per agent, however often his phone rang.
Averages of talking are over the calls talked, not over all calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from console.demo.servers.xima_report_facts import INBOUND, INTERNAL, OUTBOUND, Call, Facts, Part
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


@dataclass
class AgentCall:
    """All parts of one agent in one call together."""

    call: Call
    offer: int = 0
    is_offered: bool = False
    is_talked: bool = False
    talk: int = 0

    def add(self, part: Part) -> None:
        """Take in a part."""
        self.offer += part.offer
        self.is_offered |= part.is_offered
        self.is_talked |= part.is_talked
        self.talk += part.talk


Calls = list[AgentCall]


def by_agent(parts: Iterable[Part], agents: Iterable[int]) -> dict[int, Calls]:
    """Each agent's calls, agents in the order asked for."""
    found: dict[int, dict[str, AgentCall]] = {agent: {} for agent in agents}
    for part in parts:
        mine = found.get(part.agent)
        if mine is not None:
            mine.setdefault(part.call.uid, AgentCall(part.call)).add(part)
    return {agent: list(calls.values()) for agent, calls in found.items()}


def _of(calls: Calls, direction: str) -> Calls:
    return [each for each in calls if each.call.direction == direction]


def _talk(calls: Calls) -> int:
    return sum(each.talk for each in calls)


def _talked(calls: Calls) -> int:
    return sum(each.is_talked for each in calls)


def _longest(calls: Calls) -> int | None:
    return max((each.talk for each in calls if each.is_talked), default=None)


def talking_summary(facts: Facts, asked: Asked) -> Table:
    """Agent Talking Summary."""
    groups = by_agent(facts.parts(), asked.agents)
    rows: list[Row] = []
    for agent, calls in groups.items():
        counts = [len(_of(calls, direction)) for direction in (INBOUND, OUTBOUND, INTERNAL)]
        talk = _talk(calls)
        rows.append([facts.site.agent_keys[agent], *counts, len(calls), talk, average(talk, _talked(calls))])
    everything = [each for calls in groups.values() for each in calls]
    talk, total = _talk(everything), len(everything)
    summary: list[Item] = [("Agents", len(groups), NUMBER)]
    for direction in (INBOUND, OUTBOUND, INTERNAL):
        summary.append((f"Total {direction.title()} Calls", len(_of(everything, direction)), NUMBER))
    summary += [
        ("Total Calls", total, NUMBER),
        ("Avg Total Calls", round(total / len(groups), 1), NUMBER),
        ("Total Talking", talk, DURATION),
        ("Avg Talking", average(talk, _talked(everything)), DURATION),
    ]
    names = ("Inbound Calls", "Outbound Calls", "Internal Calls", "Total Calls")
    columns = [("Agent", STRING), *((name, NUMBER) for name in names)]
    return Table([*columns, ("Total Talking", DURATION), ("Avg Talking", DURATION)], rows, summary)


def call_summary(facts: Facts, asked: Asked) -> Table:
    """Agent Call Summary."""
    groups = by_agent(facts.parts(), asked.agents)
    rows: list[Row] = [[facts.site.agent_keys[agent], *_call_figures(calls)] for agent, calls in groups.items()]
    everything = [each for calls in groups.values() for each in calls]
    figures = _call_figures(everything)
    columns = [
        ("Total Calls", NUMBER),
        ("Total Call Duration", DURATION),
        ("Total Queue Offer Duration", DURATION),
        ("Avg Queue Offer Duration", DURATION),
        ("Total Talking Duration", DURATION),
        ("Avg Talking Duration", DURATION),
        ("Max Talking Duration", DURATION),
        ("Total Answered Calls", NUMBER),
        ("Answered Call Percentage", PERCENTAGE),
    ]
    summary = [(title, value, form) for (title, form), value in zip(columns, figures, strict=True)]
    summary[-1] = ("Avg Answered Call Percentage", figures[-1], PERCENTAGE)
    return Table([("Agent", STRING), *columns], rows, summary)


def _call_figures(calls: Calls) -> Row:
    offered = [each for each in calls if each.is_offered]
    answered = sum(each.is_talked for each in offered)
    offer, talk = sum(each.offer for each in offered), _talk(calls)
    return [
        len(calls),
        sum(each.call.duration for each in calls),
        offer,
        average(offer, len(offered)),
        talk,
        average(talk, _talked(calls)),
        _longest(calls),
        answered,
        percent(answered, len(offered)),
    ]


def volume_by_direction(facts: Facts, asked: Asked) -> Table:
    """Agent Call Volume as Chronicall has it: counts and talking by direction, a sub-report per agent."""
    columns = [(asked.time_rows.title, STRING), ("Total Calls", NUMBER)]
    columns += [(f"{word} Calls", NUMBER) for word in ("Inbound", "Outbound", "Internal")]
    columns += [(f"{word} Talking Duration", DURATION) for word in ("Total", "Inbound", "Outbound", "Internal")]

    def figures(calls: Calls) -> Row:
        split = [_of(calls, direction) for direction in (INBOUND, OUTBOUND, INTERNAL)]
        return [len(calls), *map(len, split), _talk(calls), *map(_talk, split)]

    return _volume(facts, asked, columns, figures)


def volume_with_callbacks(facts: Facts, asked: Asked) -> Table:
    """Agent Call Volume as CCaaS has it; what did not happen in an interval is blank instead of 0."""
    columns = [(asked.time_rows.title, STRING), ("Total Calls", NUMBER)]
    columns += [("Inbound Calls", NUMBER), ("Callback Calls", NUMBER)]
    words = ("Total", "Inbound", "Callback", "Avg", "Max")
    columns += [(f"{word} Talking Duration", DURATION) for word in words]

    def figures(calls: Calls) -> Row:
        split = [_of(calls, INBOUND), [each for each in calls if each.call.is_callback]]
        counts: Row = [len(each) or None for each in split]
        talks: Row = [_talk(each) if each else None for each in (calls, *split)]
        return [len(calls), *counts, *talks, average(_talk(calls), _talked(calls)), _longest(calls)]

    return _volume(facts, asked, columns, figures)


def _volume(facts: Facts, asked: Asked, columns: list[tuple[str, str]], figures: Callable[[Calls], Row]) -> Table:
    labels = asked.time_rows.labels(asked.frame, facts.now)
    subs = []
    for agent, calls in by_agent(facts.parts(), asked.agents).items():
        slots: dict[str, Calls] = {label: [] for label in labels}
        for each in calls:
            slots[asked.time_rows.label(each.call.start, asked.frame)].append(each)
        rows: list[Row] = [[label, *figures(mine)] for label, mine in slots.items()]
        summary: list[Item] = [("Total Calls", len(calls), NUMBER), ("Total Talking Duration", _talk(calls), DURATION)]
        subs.append(Sub(facts.site.agent_keys[agent], rows, summary))
    return Table(columns, summary=[("Sub Reports", len(subs), NUMBER)], subs=subs)


def summary_by_queue(facts: Facts, asked: Asked) -> Table:
    """Agent Call Summary by Skill (or Group): a sub-report per queue, a row per agent who was rung or serves it."""
    parts = [part for part in facts.parts() if part.queue >= 0]
    columns = [
        ("Agent", STRING),
        ("Presented Calls", NUMBER),
        ("Answered Calls", NUMBER),
        ("Missed Calls", NUMBER),
        ("Total Talking Duration", DURATION),
        ("Avg Talking Duration", DURATION),
        ("Agent Speed of Answer", DURATION),
    ]
    subs = []
    for queue in asked.queues:
        members = [agent for agent in asked.agents if queue in facts.site.agents[agent].queues]
        groups = by_agent((part for part in parts if part.queue == queue), members)
        rows: list[Row] = [[facts.site.agent_keys[agent], *_queue_figures(calls)] for agent, calls in groups.items()]
        figures = _queue_figures([each for calls in groups.values() for each in calls])
        summary: list[Item] = [
            ("Total Presented Calls", figures[0], NUMBER),
            ("Total Answered Calls", figures[1], NUMBER),
            ("Total Missed Calls", figures[2], NUMBER),
            ("Total Talking Duration", figures[3], DURATION),
        ]
        subs.append(Sub(facts.site.queue_names[queue], rows, summary))
    return Table(columns, summary=[("Sub Reports", len(subs), NUMBER)], subs=subs)


def _queue_figures(calls: Calls) -> Row:
    """Missed = rang, never talked. The speed of answer is the time his phone rang before he answered."""
    talked, talk = _talked(calls), _talk(calls)
    speed = sum(each.offer for each in calls if each.is_talked)
    return [len(calls), talked, len(calls) - talked, talk, average(talk, talked), average(speed, talked)]
