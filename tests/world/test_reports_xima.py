"""Every report of the demo's Chronicall and Xima, recomputed from the event log by other code than the server's.

Each for two parameter sets whose results differ: yesterday with some agents or queues, and two days in the hours
of a shift with others. The world stands still.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from console.demo.main import start
from console.demo.options import Options
from tests.world.event_log import Call, Leg
from tests.world.recount_xima import (
    START,
    ZONE,
    Floor,
    Line,
    cells,
    clock,
    hundredth,
    items,
    lines_of,
    mean,
    merged,
    sample,
    subs,
    uses,
)


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """A small floor in Madrid."""
    options = Options(seed=5, queues=5, agents=18, start_ms=START, manual=True, site_zone="Europe/Madrid")
    async with start(options) as demo, aiohttp.ClientSession() as session:
        yield await Floor(session, demo.control_url).look()


async def test_agent_talking_summary(floor: Floor) -> None:
    """Calls by direction, callbacks as outbound ones; the average is over the calls talked."""
    replies = []
    for at in floor.sets:
        reply = await floor.run("Agent Talking Summary", at)
        parts, rows, everything = floor.parts(at), [], []
        for agent in at.agents:
            mine = merged(parts, agent)
            everything += mine
            ways = [sum(part.way in way for part in mine) for way in (("INBOUND",), ("OUTBOUND", "CB"), ("INTERNAL",))]
            talks = [part.talk for part in mine if part.talked]
            rows.append([agent, *ways, len(mine), sum(talks), mean(talks)])
        assert cells(reply, reply["columns"]) == rows
        talks = [part.talk for part in everything if part.talked]
        summary = items(reply)
        assert summary["Agents"] == len(at.agents)
        assert summary["Total Calls"] == len(everything)
        assert (summary["Total Talking"], summary["Avg Talking"]) == (sum(talks), mean(talks))
        shown = reply["rows"][0]["values"]["5"]
        assert shown["formattedValue"] == clock(shown["value"])
        assert "formattedValue" not in reply["rows"][0]["values"]["0"]
        replies.append(rows)
    assert replies[0] != replies[1]


async def test_agent_call_summary(floor: Floor) -> None:
    for at in floor.sets:
        reply = await floor.run("Agent Call Summary", at, "Demo Xima CCaaS")
        parts, rows = floor.parts(at), []
        for agent in at.agents:
            mine = merged(parts, agent)
            rang = [part for part in mine if part.rang]
            talks = [part.talk for part in mine if part.talked]
            answered = sum(part.talked for part in rang)
            offers = [part.offer for part in rang]
            row = [agent, len(mine), sum(part.duration for part in mine), sum(offers), mean(offers), sum(talks)]
            rows.append([*row, mean(talks), max(talks, default=None), answered, hundredth(answered, len(rang))])
        assert cells(reply, reply["columns"]) == rows
        assert items(reply)["Total Calls"] == sum(row[1] for row in rows)


async def test_agent_call_volume(floor: Floor) -> None:
    """Days and hours of the day as rows; Chronicall by direction, CCaaS with callbacks and blanks for nothing."""
    first, second = floor.sets
    reply = await floor.run("Agent Call Volume", second)
    for agent, rows in subs(reply).items():
        mine = merged(floor.parts(second), agent)
        assert sum(row[1] for row in rows) == len(mine)
        for row in rows:
            day = [part for part in mine if day_of(part.start) == row[0]]
            split = [[p for p in day if p.way in way] for way in (("INBOUND",), ("OUTBOUND", "CB"), ("INTERNAL",))]
            talks = [sum(part.talk for part in each) for each in (day, *split)]
            assert row[1:] == [len(day), *map(len, split), *talks]
    assert list(subs(reply)) == second.agents
    assert {row[0] for row in subs(reply)[second.agents[0]]} == {day_of(second.start), day_of(START)}

    hours = {"TIME_ROW": {"intervalLength": 1, "intervalType": "HOUR_OF_DAY"}}
    reply = await floor.run("Agent Call Volume", first, "Demo Xima CCaaS", **hours)
    assert reply["columns"] == []
    for agent, rows in subs(reply).items():
        mine = merged(floor.parts(first), agent)
        assert [row[0] for row in rows] == [f"{hour}:00" for hour in range(24)]
        for row in rows:
            slot = [p for p in mine if f"{datetime.fromtimestamp(p.start / 1000, ZONE).hour}:00" == row[0]]
            inbound, back = ([p for p in slot if p.way == way] for way in ("INBOUND", "CB"))
            talks = [sum(p.talk for p in each) if each else None for each in (slot, inbound, back)]
            talked = [p.talk for p in slot if p.talked]
            counts = [len(slot), len(inbound) or None, len(back) or None]
            assert row[1:] == [*counts, *talks, mean(talked), max(talked, default=None)]


def day_of(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, ZONE).date().isoformat()


@pytest.mark.parametrize("hosted", [False, True])
async def test_agent_call_summary_by_queue(floor: Floor, hosted: bool) -> None:
    """Agents' totals are not the group's: who was rung and did not answer is counted, too."""
    at = floor.sets[hosted]
    server, word = ("Demo Xima CCaaS", "Skill") if hosted else ("Demo Chronicall", "Group")
    reply = await floor.run(f"Agent Call Summary by {word}", at, server)
    members = {queue["name"]: queue["members"] for queue in floor.site["queues"]}
    assert list(subs(reply)) == at.queues
    for queue, rows in subs(reply).items():
        parts = [part for part in floor.parts(at) if part.queue == queue]
        assert [row[0] for row in rows] == [agent for agent in at.agents if agent in members[queue]]
        for row in rows:
            mine = merged(parts, row[0])
            talked = [part for part in mine if part.talked]
            talks, offers = [part.talk for part in talked], [part.offer for part in talked]
            figures = [len(mine), len(talked), len(mine) - len(talked), sum(talks), mean(talks), mean(offers)]
            assert row[1:] == figures


def lost(leg: Leg) -> bool:
    """Ended in neither talking nor voicemail."""
    if leg.answered < 0:
        return leg.how in ("abandon", "exit_timeout", "exit_empty")
    return not leg.transfer and bool(leg.holds) and leg.holds[-1][1] == leg.ended


def level_row(pairs: list[tuple[Call, Leg]], level: int) -> list[Any]:
    legs = [leg for _, leg in pairs]
    answered = [leg for leg in legs if leg.answered >= 0]
    gone = [leg for leg in legs if lost(leg)]
    within = sum(leg.wait <= level for leg in answered)
    return [
        len(legs),
        len(answered),
        len(gone),
        hundredth(len(answered), len(legs)),
        hundredth(len(gone), len(legs)),
        mean([leg.wait for leg in gone if leg.answered < 0]),
        mean([call.end - call.start for call, _ in pairs]),
        mean([leg.wait for leg in answered]),
        within,
        len(answered) - within,
        hundredth(within, len(answered)),
        max((leg.wait for leg in legs), default=None),
    ]


async def test_service_level(floor: Floor) -> None:
    """By intervals of half an hour and of days, with the default level and another one."""
    first, second = floor.sets
    half_hours = {"TIME_ROW": {"intervalLength": 30, "intervalType": "MINUTES"}, "DURATION": {"duration": 4000}}
    for at, level, more in ((first, 4000, half_hours), (second, 10_000, {})):
        reply = await floor.run("Inbound Call Service Level", at, **more)
        assert list(subs(reply)) == at.queues
        for queue, rows in subs(reply).items():
            legs = [pair for pair in floor.legs(at) if pair[1].queue == queue]
            for row in rows:
                mine = [pair for pair in legs if slot_of(pair[0].start, minutes=bool(more)) == row[0]]
                assert row[1:] == level_row(mine, level)
            assert sum(row[1] for row in rows) == len(legs)
            figures = next(each for each in reply["subReports"] if each["title"] == queue)
            assert list(items(figures).values()) == level_row(legs, level)


def slot_of(t: int, *, minutes: bool) -> str:
    wall = datetime.fromtimestamp(t / 1000, ZONE)
    return f"{wall:%Y-%m-%d %H}:{wall.minute // 30 * 30:02d}" if minutes else day_of(t)


def backs(pairs: list[tuple[Call, Leg]]) -> list[Any]:
    asked = [call for call, leg in pairs if leg.how == "callback"]
    reached = sum(call.settled == "answered" for call in asked)
    other = sum(bool(call.settled) for call in asked) - reached
    return [len(asked), reached, other, hundredth(reached, len(asked))]


async def test_call_performance(floor: Floor) -> None:
    seen = []
    for at, server in zip(floor.sets, ("Demo Chronicall", "Demo Xima CCaaS"), strict=True):
        reply = await floor.run("Call Performance", at, server)
        rows = cells(reply, reply["columns"])
        for row in rows:
            mine = [pair for pair in floor.legs(at) if day_of(pair[0].start) == row[0]]
            answered = [leg for _, leg in mine if leg.answered >= 0]
            within = [sum(leg.wait <= limit * 1000 for leg in answered) for limit in (15, 30, 60)]
            counts = [len(mine), len(answered), len(mine) - len(answered), hundredth(len(answered), len(mine))]
            means = [mean([leg.talk for leg in answered]), mean([call.end - call.start for call, _ in mine])]
            assert row[1:] == [*counts, *within, len(answered) - within[2], *backs(mine), *means]
        assert reply["charts"]["rows"]
        seen.append(rows)
    assert seen[0] != seen[1]


async def test_queue_call_summary(floor: Floor) -> None:
    for at, server, word in zip(floor.sets, ("Demo Chronicall", "Demo Xima CCaaS"), ("Group", "Skill"), strict=True):
        reply = await floor.run(f"{word} Call Summary", at, server)
        assert reply["columns"][0]["title"] == word
        rows = []
        for queue in at.queues:
            mine = [pair for pair in floor.legs(at) if pair[1].queue == queue]
            answered = sum(leg.answered >= 0 for _, leg in mine)
            times = [call.end - call.start for call, _ in mine]
            rows.append([queue, len(mine), answered, len(mine) - answered, *backs(mine)[:3], sum(times), mean(times)])
        assert cells(reply, reply["columns"]) == rows
        assert items(reply)["Total Presented Calls"] == sum(row[1] for row in rows)


async def test_call_details(floor: Floor) -> None:
    """Every call the agents had a part in."""
    for at in floor.sets:
        reply = await floor.run("Call Details", at)
        involved = {part.call for part in floor.parts(at) if part.agent in at.agents}
        mine = [line for uid, line in lines_of(floor, at).items() if uid in involved]
        rows = [
            [
                "Outbound" if line.way == "CB" else line.way.title(),
                line.end - line.start,
                line.start,
                line.end,
                None if line.way == "INTERNAL" else line.number,
                line.agent or None,
                line.talk,
                line.answered,
                line.code or None,
            ]
            for line in mine
        ]
        got = cells(reply, reply["columns"])
        assert sorted((row[:-1] for row in got), key=repr) == sorted(rows, key=repr)
        assert [row[2] for row in got] == sorted(row[2] for row in got)
        assert all(re.fullmatch(rf"[0-9a-f-]{{36}}-{row[2]}-{row[3]}", row[-1]) for row in got)
        assert items(reply) == {
            "Total Calls": len(mine),
            "Answered Calls": sum(line.answered for line in mine),
            "Total Call Duration": sum(line.end - line.start for line in mine),
            "Total Talking Duration": sum(line.talk for line in mine),
        }


async def test_abandoned_calls(floor: Floor) -> None:
    """By the last queue; who hangs up on hold abandons a call that was answered."""
    for at in floor.sets:
        reply = await floor.run("Abandoned Calls", at)
        mine = [(call, leg) for call, leg in floor.legs(at) if leg is call.legs[-1] and lost(leg)]
        rows = [
            [call.uid, call.start, leg.queue, call.party, leg.wait, call.end - call.start, leg.answered >= 0]
            for call, leg in sorted(mine, key=lambda pair: (pair[0].start, pair[0].uid))
        ]
        assert cells(reply, reply["columns"]) == rows
        assert items(reply)["Answered Calls"] == sum(row[-1] for row in rows)
        assert items(reply)["Avg Call Duration"] == mean([row[-2] for row in rows])


def times(lines: list[Line]) -> list[Any]:
    talks, lengths = [line.talk for line in lines], [line.end - line.start for line in lines]
    per_talk = sum(talks) // count if (count := sum(line.answered for line in lines)) else None
    return [len(lines), sum(talks), per_talk, sum(lengths), mean(lengths), max(lengths, default=None)]


async def test_external_number_and_account_code_summary(floor: Floor) -> None:
    codes = floor.site["account_codes"]
    for at, asked in zip(floor.sets, (codes, codes[3:1:-1]), strict=True):
        lines = list(lines_of(floor, at).values())
        reply = await floor.run("External Number Summary", at)
        outside = [line for line in lines if line.way != "INTERNAL"]
        rows = {
            number: times([each for each in outside if each.number == number]) for number in {x.number for x in outside}
        }
        assert {row[0]: row[1:] for row in cells(reply, reply["columns"])} == rows
        assert list(items(reply).values()) == times(outside)
        more = {"ACCOUNT_CODES": {"accountCodes": [{"key": code} for code in asked]}}
        reply = await floor.run("Account Code Summary", at, **more)
        expected = [[code, *times([line for line in lines if line.code == code])] for code in asked]
        assert cells(reply, reply["columns"]) == expected


async def test_roles_call_cost_summary(floor: Floor) -> None:
    """By the site's own rates; roles go by their ids, in the order of the site."""
    offer = floor.offers["Demo Chronicall", "Roles Call Cost Summary"]
    ids = [each["key"] for each in sample(offer)["parameters"][1]["value"]["roles"]]
    roles = dict(zip(floor.site["roles"], ids, strict=True))
    role_of = {each["agent"]: each["role"] for each in floor.site["extensions"] if each["agent"]}
    for at, names in zip(floor.sets, (["Agents", "Team leads"], ["Team leads", "Reception"]), strict=True):
        more = {"PBX_USERS": {"roles": [{"key": roles[name]} for name in names]}}
        reply = await floor.run("Roles Call Cost Summary", at, **more)
        lines = [line for line in lines_of(floor, at).values() if line.way == "OUTBOUND"]
        rows = []
        for name in names:
            mine = [line for line in lines if role_of[line.agent] == name]
            costs = [line.cost for line in mine if line.cost]
            rows.append([name, len(costs), len(mine), sum(costs) / 10_000])
        assert cells(reply, reply["columns"]) == rows
        assert items(reply)["Total Call Count"] == sum(row[2] for row in rows)


async def test_reason_codes_features_and_time_cards(floor: Floor) -> None:
    """Pauses with their reasons, all features, and time logged in; cut at the edges, open where they last."""
    for at in floor.sets:
        truth = await uses(floor, at)
        traced = subs(await floor.run("Agent Reason Code Trace", at))
        logins = {"FEATURE_TYPES": {"featureTypes": [{"key": "EXTENSION_LOGIN"}, {"key": "ACW"}]}}
        features = subs(await floor.run("Agent Feature Trace", at, "Demo Xima CCaaS", **logins))
        cards = subs(await floor.run("Agent Time Card", at))
        for agent in at.agents:
            mine = [each[1:] for each in truth if each[0] == agent]
            pauses = [
                [r, left, None if lasts else right, right - left] for k, r, left, right, lasts in mine if k == "DND"
            ]
            assert [row[2:] for row in traced[agent]] == sorted(pauses, key=lambda row: row[1])
            other = [[k, left, None if lasts else right] for k, _, left, right, lasts in mine if k != "DND"]
            used = [[row[1], *row[4:6]] for row in features[agent]]
            assert sorted(used, key=repr) == sorted(other, key=repr)
            login = sum(right - left for kind, _, left, right, _ in mine if kind == "EXTENSION_LOGIN")
            paused = sum(row[3] for row in pauses)
            card = cards[agent]
            assert [sum(row[place] for row in card) for place in (3, 4, 5)] == [login, paused, login - paused]
            firsts = [left for kind, _, left, _, _ in mine if kind == "EXTENSION_LOGIN"]
            assert not firsts or card[0][1] == min(firsts)
