"""One simulated day seen through every wire: the same world gives the same numbers.

The world stands still at each look, so the only tolerances are the wires' own: whole seconds, or whole minutes
where a wire rounds. What a wire cannot say must show as unsupported, never as another number.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

import pytest

from console.cli.live_json import is_settled
from console.demo.main import start
from console.demo.options import Options
from console.domain.clock import SystemClock
from console.domain.model import ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.values import Status
from console.net.exchange import ExchangeLog
from console.net.redact import Redactor
from console.vendors.base import Connection
from console.vendors.registry import backends

LOOKS = 7  # moments of the day at which every wire is asked
STEP_S = 5400.0  # from one look to the next
LOOK_LIMIT = 12  # snapshots a backend may need until nothing is warming

COUNTERS = ("waiting", "answered", "abandoned", "agents_logged_in", "agents_available", "agents_paused")
STATES = {  # the world's own words in the console's
    "available": "available",
    "ringing": "ringing",
    "talking": "on_call",
    "hold": "on_call",
    "dialing": "other_call",
    "after_call": "after_call",
    "paused": "paused",
    "logged_off": "logged_off",
}
NO_AFTER_CALL = {"yeastar"}  # its wire has no after-call work: such an agent looks idle there
CANNOT_SAY = {  # what the wire of a system has no word for
    "asternic": {"offered", "service_level"},
}


async def look(offer: dict[str, Any]) -> Snapshot:
    """One settled snapshot of a profile, through its real adapter."""
    profile = Profile(
        ProfileId(offer["backend"]), offer["name"], offer["backend"], offer["url"], fields=offer["fields"]
    )
    secrets = {field: Secret(text) for field, text in offer["secrets"].items()}
    backend = backends()[offer["backend"]].open(
        Connection(profile, secrets, SystemClock(), ExchangeLog(Redactor()))
    )  # fmt: skip
    try:
        async with contextlib.aclosing(backend.snapshots()) as snapshots:
            count = 0
            async for snapshot in snapshots:
                count += 1
                if is_settled(snapshot) or count >= LOOK_LIMIT:
                    return snapshot
        raise AssertionError("the feed ended")
    finally:
        await backend.aclose()


def value(row: Row, column: str) -> object:
    reading = row.reading(column)
    return reading.value if reading.status is Status.OK else reading.status


def check_queues(backend: str, snapshot: Snapshot, truth: dict[str, Any]) -> None:
    queues = {queue["name"]: queue for queue in truth["queues"]}
    assert {row.name for row in snapshot.queues} == set(queues), backend
    now_ms = snapshot.taken_at.timestamp() * 1000
    for row in snapshot.queues:
        queue = queues[row.name]
        for column in COUNTERS:
            if row.reading(column).status is not Status.UNSUPPORTED:
                extra = queue["agents"]["after_call"] if backend in NO_AFTER_CALL and "available" in column else 0
                assert value(row, column) == queue[column] + extra, (backend, row.name, column)
        for column in CANNOT_SAY.get(backend, ()):
            assert row.reading(column).status is Status.UNSUPPORTED, (backend, row.name, column)
        longest = row.reading("longest_wait")
        if longest.has_value and queue["waiting"]:
            assert abs(float(longest.value_at(now_ms) or 0) - queue["longest_wait_ms"]) <= 2000, (backend, row.name)


def check_agents(backend: str, snapshot: Snapshot, truth: dict[str, Any]) -> None:
    names = Counter(agent["name"] for agent in truth["agents"])
    agents = {agent["name"]: agent for agent in truth["agents"] if names[agent["name"]] == 1}
    expected = Counter(STATES[agent["state"]] for agent in truth["agents"])
    shown = Counter(str(value(row, "state")) for row in snapshot.agents)
    assert sum(shown.values()) == len(truth["agents"]), backend
    assert shown["logged_off"] == expected["logged_off"], backend
    assert shown["paused"] == expected["paused"], backend
    after_call = 0 if backend in NO_AFTER_CALL else expected["after_call"]
    assert shown["available"] + shown["after_call"] == expected["available"] + expected["after_call"], backend
    assert shown["after_call"] in (0, after_call), backend
    for row in snapshot.agents:
        agent = agents.get(row.name.split(" (")[0])
        if agent is None or value(row, "state") == Status.UNSUPPORTED:
            continue  # two people of one name are told apart by extension; the counts above hold them
        if value(row, "state") == "paused" and row.reading("pause_reason").status is Status.OK:
            assert value(row, "pause_reason") == agent["reason"], (backend, row.name)


@pytest.mark.parametrize("seed", [11])
async def test_every_wire_tells_the_same_day(seed: int) -> None:
    options = Options(seed=seed, queues=5, agents=24, manual=True, warm_polls=0, site_zone="Europe/Berlin")
    async with start(options) as demo:
        supported: dict[str, set[str]] = {}
        for number in range(LOOKS):
            truth = demo.state()
            for offer in demo.announcement()["profiles"]:
                snapshot = await look(offer)
                check_queues(offer["backend"], snapshot, truth)
                check_agents(offer["backend"], snapshot, truth)
                ids = {column for row in snapshot.queues for column in row.readings}
                supported.setdefault(offer["backend"], set()).update(ids)
            if number < LOOKS - 1:
                await demo.step(STEP_S)
        assert set(supported) == set(backends())
        for backend, columns in supported.items():
            assert {"waiting", "answered", "abandoned"} <= columns, backend
