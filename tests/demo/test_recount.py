"""Every counter of ``/state`` recounted from ``/calls`` by code that shares nothing with the fold."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from console.demo.main import RunningDemo

MINUTE = 60_000
WAYS_OUT = {"voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback"}
OWN_ENDS = ("out_end", "int_end", "callback_end", "ext_end")
STATES = {
    "login": "available",
    "ready": "available",
    "logout": "logged_off",
    "pause": "paused",
    "ring": "ringing",
    "answer": "talking",
    "retrieve": "talking",
    "hold": "hold",
    "end": "after_call",
    "out_dial": "dialing",
    "out_answer": "talking",
    "int_dial": "dialing",
    "int_answer": "talking",
    "ext_ring": "ringing",
    "ext_answer": "talking",
    "callback_dial": "dialing",
    "callback_answer": "talking",
}


def calls_of(log: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Collect the records of each call: by event name, and its talk intervals."""
    calls: dict[int, dict[str, Any]] = {}
    for event in log:
        if "call" not in event:
            continue
        call = calls.setdefault(event["call"], {"talk": [], "first": event})
        call.setdefault(event["event"], event)
        if event["event"] in ("answer", "retrieve"):
            call["talk"].append([event["t"], None])
        elif event["event"] in ("hold", "end") and call["talk"][-1][1] is None:
            call["talk"][-1][1] = event["t"]
    return calls


def talked(call: dict[str, Any], start: int, end: int) -> int:
    return sum(max(0, (e or end) - max(s, start)) for s, e in call["talk"])


@pytest.mark.parametrize("at", ["2026-09-24T03:00:00-06:00", "2026-09-23T05:47:11-06:00", "2026-09-20T09:00:00-06:00"])
async def test_state_is_what_the_calls_say(demo: RunningDemo, session: aiohttp.ClientSession, at: str) -> None:
    """Queues, agents, waiting callers, directions and account codes at three instants of different days."""
    query = at.replace("+", "%2B")
    async with session.get(f"{demo.control_url}/state?at={query}") as response:
        told = await response.json()
    now = told["at_ms"]
    day = demo.world.day_of(now)
    assert day is not None
    async with session.get(f"{demo.control_url}/calls?day={day}") as response:
        log = [json.loads(line) for line in (await response.text()).splitlines()]
    log = [event for event in log if event["t"] <= now]
    calls = calls_of(log)
    inbound = {number: call for number, call in calls.items() if "enter" in call}
    for row in told["queues"]:
        mine = [call for call in inbound.values() if call["enter"]["queue"] == row["name"]]
        waits = [call["answer"]["t"] - call["enter"]["t"] for call in mine if "answer" in call]
        assert row["offered"] == len(mine)
        assert row["answered"] == len(waits)
        assert row["wait_sum_ms"] == sum(waits)
        assert row["within_20s"] == sum(wait <= 20_000 for wait in waits)
        assert row["abandoned"] == sum("abandon" in call for call in mine)
        for way in sorted(WAYS_OUT):
            assert row[way] == sum(way in call for call in mine), way
        assert row["talk_sum_ms"] == sum(talked(call, 0, now) for call in mine)
        assert row["talk_last_30_min_ms"] == sum(talked(call, now - 30 * MINUTE, now) for call in mine)
        assert row["talking_now"] == sum(e is None for call in mine for _, e in call["talk"])
    ended = {"answer", "abandon"} | WAYS_OUT
    waiting = {number for number, call in inbound.items() if not ended & set(call)}
    assert {row["call"] for row in told["waiting"]} == waiting
    for row in told["waiting"]:
        enter = inbound[row["call"]]["enter"]
        assert (row["queue"], row["caller_number"], row["wait_ms"]) == (
            enter["queue"],
            enter["number"],
            now - enter["t"],
        )
    totals = told["totals"]
    assert totals["calls_by_direction"] == {
        "INBOUND": sum(event["event"] == "arrive" for event in log),
        "OUTBOUND": sum(event["event"] in ("out_dial", "callback_dial") for event in log),
        "INTERNAL": sum(event["event"] in ("int_dial", "office_call") for event in log),
    }
    codes = [event["account_code"] for event in log if "account_code" in event]
    assert totals["calls_by_account_code"] == {code: codes.count(code) for code in sorted(set(codes))}
    for row in told["agents"]:
        assert_agent(row, log, calls, now)


def assert_agent(row: dict[str, Any], log: list[dict[str, Any]], calls: dict[int, Any], now: int) -> None:
    """State, since, reason, caller, calls taken, time talked and last call of one agent."""
    key = row["key"]
    mine = [event for event in log if key in (event.get("agent"), event.get("other"))]
    assert row["calls_taken"] == sum(event["event"] == "answer" for event in mine)
    talk = sum(talked(call, 0, now) for call in calls.values() if call.get("answer", {}).get("agent") == key)
    for event in mine:
        if event["event"] in ("out_answer", "int_answer", "callback_answer", "ext_answer"):
            over = calls[event["call"]]
            end = next((over[word] for word in OWN_ENDS if word in over), None)
            talk += (end["t"] if end else now) - event["t"]
    assert row["talk_sum_ms"] == talk
    ends = [event["t"] for event in mine if event["event"] in ("end", *OWN_ENDS)]
    assert row["last_call_ms"] == (now - max(ends) if ends else None)
    turns = [event for event in mine if event["event"] in STATES]
    if not turns:
        assert row["state"] == "logged_off"
        return
    last = turns[-1]
    called = last["event"] == "int_dial" and last.get("other") == key
    assert row["state"] == ("ringing" if called else STATES[last["event"]])
    assert row["since_ms"] == now - last["t"]
    assert row["reason"] == last.get("reason")
    if row["state"] in ("ringing", "talking", "hold", "dialing"):
        first = calls[last["call"]]["first"]
        other = first.get("agent") if first.get("other") == key else first.get("other")
        assert row["caller"] == first.get("number", other)
    else:
        assert row["caller"] is None
