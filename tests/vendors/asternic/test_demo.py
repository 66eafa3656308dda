"""The adapter against the demo's installation: the numbers on screen are the world's, whatever its habits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.demo.servers.asternic import AsternicServer
from console.demo.servers.asternic_quirks import NEWER, OLDER, SCREEN
from console.domain.errors import AuthError, ConnectFailed, ConsoleError, ProtocolError, ServerBusy, TimedOut
from console.domain.model import Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.text import safe_text
from console.domain.values import Origin, Status
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS, Deadlines
from console.vendors.asternic.backend import AsternicBackend
from console.vendors.base import Connection
from tests.vendors.asternic.support import FAST, HandClock, codes, first

START = 1_790_240_400_000
STATES = {
    "logged_off": "logged_off",
    "available": "available",
    "ringing": "ringing",
    "hold": "on_call",
    "after_call": "after_call",
    "paused": "paused",
    "dialing": "other_call",
}


class Floor:
    """A demo, its Asternic server, and a console clock that runs as the demo's."""

    def __init__(self, demo: RunningDemo, server: AsternicServer) -> None:
        self.demo = demo
        self.server = server
        self.clock = HandClock()
        self.clock.wall_ms = float(START)
        self.backend = self.open()

    def open(self, **secrets: str) -> AsternicBackend:
        """A backend for the server as it announces itself."""
        profile = Profile(
            id="p1",  # type: ignore[arg-type]
            name="Floor",
            backend=self.server.backend,
            url=self.server.url,
            fields=self.server.fields,
            proxy="none",
        )
        held = {name: Secret(text) for name, text in {**self.server.secrets, **secrets}.items()}
        limits = replace(LIMITS, close_s=0.5, poll=Deadlines(total_s=0.5))
        return AsternicBackend(Connection(profile, held, self.clock, ExchangeLog()), FAST, limits)

    async def step(self, seconds: float) -> None:
        """Move both clocks."""
        self.clock.move(seconds)
        await self.demo.step(seconds)

    async def look(self) -> tuple[Snapshot, dict[str, Any]]:
        """What the adapter shows and what is true, at the same instant."""
        return await first(self.backend), self.demo.state()

    def at(self, row: Row, column: str, snapshot: Snapshot) -> Any:
        """A cell's value now."""
        return row.reading(column).value_at(self.clock.now_ms() + snapshot.offset_ms)


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    options = Options(seed=3, queues=12, agents=40, site_zone="America/Denver", start_ms=START, manual=True)
    async with start(options) as demo:
        server = AsternicServer(demo.stage)
        await server.start()
        running = Floor(demo, server)
        yield running
        await running.backend.aclose()
        await server.stop()


def check_queues(floor: Floor, shot: Snapshot, state: dict[str, Any]) -> None:
    """Every queue figure against the world."""
    rows = {row.id: row for row in shot.queues}
    assert [row.name for row in shot.queues] == [queue["name"] for queue in state["queues"]]
    for queue in state["queues"]:
        row = rows[queue["id"]]
        for column in ("waiting", "agents_logged_in", "agents_busy", "agents_paused", "agents_available"):
            assert floor.at(row, column, shot) == queue[column], (column, queue)
        for column in ("answered", "unanswered"):
            assert floor.at(row, column, shot) == queue[column]
        wait = floor.at(row, "longest_wait", shot)
        assert abs(wait - queue["longest_wait_ms"]) <= 1000, (wait, queue)
        if queue["answered"]:
            mean = queue["wait_sum_ms"] / queue["answered"]
            assert 0 <= mean - floor.at(row, "avg_wait", shot) < 1000
            mean = queue["talk_sum_ms"] / queue["answered"]
            assert 0 <= mean - floor.at(row, "avg_talk", shot) < 1000
        if queue["abandon_rate"] is None:
            assert row.reading("abandon_rate").status is Status.NOT_APPLICABLE
        else:
            assert floor.at(row, "abandon_rate", shot) == queue["abandon_rate"]


def check_people(floor: Floor, shot: Snapshot, state: dict[str, Any]) -> None:
    """Every agent against the world."""
    rows = {row.id: row for row in shot.agents}
    assert len(shot.agents) == len(state["agents"])
    for agent in state["agents"]:
        row = rows[agent["id"]]
        talking = "on_call" if agent["queue"] else "other_call"
        assert row.reading("state").value == STATES.get(agent["state"], talking)
        assert row.reading("queues").value == ", ".join(agent["queues"])
        assert row.name in (agent["name"], f"{agent['name']} {agent['id']}")
        told = row.reading("time_in_state")
        if told.origin is Origin.INFERRED:
            assert abs(floor.at(row, "time_in_state", shot) - agent["since_ms"]) <= 1000
        if agent["state"] == "paused":
            assert row.reading("pause_reason").value == agent["reason"]
        if agent["caller"] not in (None, "Anonymous"):
            assert row.reading("caller").value == safe_text(agent["caller"])


def check_callers(floor: Floor, shot: Snapshot, state: dict[str, Any]) -> None:
    """Every waiting caller against the world."""
    shown = [(row.reading("queue").value, row.reading("position").value) for row in shot.waiting]
    assert shown == [(row["queue"], row["position"]) for row in state["waiting"]]
    for row, caller in zip(shot.waiting, state["waiting"], strict=True):
        assert abs(floor.at(row, "wait", shot) - caller["wait_ms"]) <= 1000
        number = None if caller["caller_number"] == "Anonymous" else caller["caller_number"]
        assert row.reading("caller_number").value == number
        assert row.reading("caller_name").value == (caller["caller_name"] if number else None)


async def test_same_world_same_numbers(floor: Floor) -> None:
    seen_waiting = 0
    for seconds in (0, 5, 5, 5, 61, 600, 1800, 5, 3600):
        await floor.step(seconds)
        shot, state = await floor.look()
        assert shot.notices == ()
        check_queues(floor, shot, state)
        check_people(floor, shot, state)
        check_callers(floor, shot, state)
        for queue in state["queues"]:
            row = next(row for row in shot.queues if row.id == queue["id"])
            assert row.reading("abandoned").value == queue["abandoned"]
            assert row.reading("agents_logged_off").value == queue["agents_logged_off"]
            assert row.reading("offered").status is Status.UNSUPPORTED
        seen_waiting += len(shot.waiting)
    assert seen_waiting


@pytest.mark.parametrize(
    "habits",
    [
        {"generation": OLDER},
        {"generation": SCREEN, "clock_times": True, "percent_sign": True},
        {"generation": NEWER, "nothing": "[]", "agents_as_list": True},
        {"bom": True, "warning": True, "trailing_comma": True, "second_object": True},
        {"last_call_is_instant": True, "nothing": "null"},
    ],
    ids=str,
)
async def test_habits_change_no_number(floor: Floor, habits: dict[str, Any]) -> None:
    for name, value in habits.items():
        setattr(floor.server.quirks, name, value)
    await floor.step(700)
    shot, state = await floor.look()
    check_queues(floor, shot, state)
    check_people(floor, shot, state)
    check_callers(floor, shot, state)
    assert codes(shot) == (["reply.repaired"] if "warning" in habits else [])
    if habits.get("generation") == SCREEN:
        offered = {row.id: row.reading("offered").value for row in shot.queues}
        assert offered == {queue["id"]: queue["offered"] for queue in state["queues"]}


async def test_gaps_in_the_places_lose_nobody(floor: Floor) -> None:
    floor.server.quirks.gaps = True
    await floor.step(700)
    shot, state = await floor.look()
    check_queues(floor, shot, state)
    assert len(shot.waiting) == len(state["waiting"])


async def test_latin_1_names_are_read_and_unknown_letters_stay_marked(floor: Floor) -> None:
    floor.server.quirks.charset = "latin-1"
    shot, state = await floor.look()
    assert "reply.charset" in codes(shot)
    assert len(shot.agents) == len(state["agents"])
    assert {row.reading("state").status for row in shot.agents} == {Status.OK}
    assert "José García Núñez" in {row.name for row in shot.agents}


async def test_without_details_people_are_known_by_name(floor: Floor) -> None:
    floor.server.quirks.agent_details = False
    shot, state = await floor.look()
    assert len(shot.agents) == len(state["agents"])
    assert {column.id for column in next(iter(c for s, c in shot.columns.items() if s == "agents"))} == {
        "state",
        "time_in_state",
        "queues",
    }


async def test_callers_keep_their_identity_while_they_wait(floor: Floor) -> None:
    known: dict[tuple[Any, ...], str] = {}
    calls: dict[str, int] = {}
    for _ in range(60):
        await floor.step(5)
        shot, state = await floor.look()
        for row, caller in zip(shot.waiting, state["waiting"], strict=True):
            key = (caller["call"], caller["queue"])
            assert known.setdefault(key, row.id) == row.id
            assert calls.setdefault(row.id, caller["call"]) == caller["call"]
    assert len(known) > 10


async def test_a_user_who_may_see_less_sees_less(floor: Floor) -> None:
    backend = floor.open(username="limited", password=floor.server.passwords["limited"])
    shot = await first(backend)
    await backend.aclose()
    assert [row.id for row in shot.queues] == [queue["id"] for queue in floor.demo.state()["queues"]][::2]


async def test_another_folder_is_found(floor: Floor) -> None:
    floor.server.quirks.base = "/ccstats"
    result = await floor.backend.check()
    assert result.findings[1].args == {"path": "/ccstats/rest/index.php"}


@pytest.mark.parametrize(
    ("fault", "args", "kind", "code"),
    [
        ("status", {"status": 500}, ServerBusy, "http.server_error"),
        ("html", {}, ProtocolError, "reply.html"),
        ("invalid_json", {}, ProtocolError, "reply.json"),
        ("truncate", {}, ProtocolError, "reply.json"),
        ("truncate", {"mode": "drop"}, ConnectFailed, "connect.reset"),
        ("hang", {}, TimedOut, "connect.slow"),
        ("revoke_key", {}, AuthError, "http.revoked"),
        ("old_version", {}, ConsoleError, "http.not_found"),
        ("down", {}, ConnectFailed, "connect.refused"),
    ],
)
async def test_faults_are_named_and_pass(
    floor: Floor, fault: str, args: dict[str, Any], kind: type[ConsoleError], code: str
) -> None:
    await floor.look()
    floor.demo.servers.append(floor.server)
    try:
        await floor.demo.fault(fault, "asternic", **args)
        with pytest.raises(kind) as caught:
            await first(floor.backend)
        assert caught.value.message.code == code
        await floor.demo.fault("clear", "asternic")
        if fault != "revoke_key":
            shot, state = await floor.look()
            check_queues(floor, shot, state)
    finally:
        floor.demo.servers.remove(floor.server)


async def test_an_account_that_loses_its_queues_logs_nobody_off(floor: Floor) -> None:
    await floor.look()
    floor.demo.servers.append(floor.server)
    await floor.demo.fault("no_metrics", "asternic")
    shot = await first(floor.backend)
    floor.demo.servers.remove(floor.server)
    assert codes(shot) == ["source.rows_hidden"]
    assert (shot.queues, shot.agents) == ((), ())


async def test_a_stopped_collector_is_noticed_and_so_is_its_return(floor: Floor) -> None:
    while not floor.demo.state()["waiting"]:  # an empty list does not freeze
        await floor.step(20)
    floor.server.quirks.copy_s = 1e9
    shot, _ = await floor.look()
    assert shot.waiting
    for _ in range(5):
        await floor.step(5)
        await first(floor.backend)
    await floor.step(6)
    with pytest.raises(ProtocolError) as caught:
        await first(floor.backend)
    assert caught.value.message.code == "reply.frozen"
    floor.server.quirks.copy_s = 0.0
    shot, state = await floor.look()
    check_callers(floor, shot, state)


async def test_a_feed_over_several_polls(floor: Floor) -> None:
    async with contextlib.aclosing(floor.backend.snapshots()) as feed:
        for _ in range(3):
            async with asyncio.timeout(10):
                await anext(feed)
    entities = [received.target.partition("entity=")[2] for received in floor.server.requests]
    assert entities == ["realtime", "queues", "agents", "realtime", "realtime"]
    assert {received.method for received in floor.server.requests} == {"GET"}
