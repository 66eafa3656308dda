"""The adapter against the demo's server: the numbers on screen are the world's numbers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from console.demo.clock import SimClock
from console.demo.faults import Fault
from console.demo.options import Options
from console.demo.servers.base import Stage
from console.demo.servers.yeastar import YeastarServer
from console.demo.servers.yeastar_quirks import Quirks
from console.demo.snapshot import state
from console.demo.tasks import Tasks
from console.demo.world.world import World
from console.demo.world.zone import Zone
from console.domain.errors import AuthError, ConsoleError, ServerBusy
from console.domain.model import Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.values import Status
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS
from console.vendors.base import Connection
from console.vendors.yeastar.backend import YeastarBackend
from console.vendors.yeastar.events import State
from tests.support import ManualClock
from tests.vendors.yeastar.support import FAST, codes, row

START = 1_790_240_400_000
SIMPLE = {"talking": {"on_call", "other_call"}, "hold": {"on_call"}, "dialing": {"other_call"}}
# the wire knows no after-call work: such an agent looks idle
SIMPLE |= {"after_call": {"available"}, "ringing": {"ringing"}, "available": {"available"}}
SIMPLE |= {"paused": {"paused"}, "logged_off": {"logged_off"}}


class DemoClock(ManualClock):
    """The console's clock, which stands at the demo's simulated time."""

    def __init__(self, clock: SimClock) -> None:
        super().__init__(clock.now())
        self._sim = clock

    def now_ms(self) -> float:
        return float(self._sim.now())

    def monotonic(self) -> float:
        return self._sim.wire_ms() / 1000


@dataclass
class Floor:
    """A demo server with its world and a backend for it."""

    server: YeastarServer
    stage: Stage
    clock: DemoClock

    def backend(self, **changes: Any) -> YeastarBackend:
        """A backend; without events unless told otherwise."""
        fields = {"events": "false", "counters": "60", **changes.pop("fields", {})}
        profile = replace(
            Profile(id="p1", name="Demo", backend="yeastar", url=self.server.url, fields=fields, proxy="none"),  # type: ignore[arg-type]
            **changes,
        )
        secrets = {name: Secret(value) for name, value in self.server.secrets.items()}
        connection = Connection(profile, secrets, self.clock, ExchangeLog())
        return YeastarBackend(connection, timing=FAST, limits=replace(LIMITS, close_s=0.5))

    async def step(self, seconds: float) -> None:
        """Let simulated time pass."""
        self.stage.clock.step(seconds)
        self.stage.world.advance(self.stage.clock.now())
        await self.server.push()

    def truth(self) -> dict[str, Any]:
        """What ``/state`` tells."""
        world = self.stage.world
        return state(world.fold, world.site, world.zone)

    async def look(self, backend: YeastarBackend) -> Snapshot:
        """One poll with its report."""
        await backend._poll()
        while backend._scope.running:
            await asyncio.sleep(0.005)
        return backend._snapshot()


@contextlib.asynccontextmanager
async def floor(
    quirks: Quirks | None = None, *, zone: str = "America/Denver", start_ms: int = START
) -> AsyncIterator[Floor]:
    """A running demo server whose time is moved by hand."""
    options = Options(seed=3, queues=8, agents=30, start_ms=start_ms, manual=True)
    world = World(seed=3, queues=8, agents=30, start_ms=start_ms, zone=Zone(zone))
    clock, tasks = SimClock(start_ms, manual=True), Tasks()
    stage = Stage(world, clock, options, tasks, None)
    server = YeastarServer(stage, quirks=quirks)
    await server.start()
    try:
        async with asyncio.timeout(30):
            yield Floor(server, stage, DemoClock(clock))
    finally:
        await server.stop()
        await tasks.aclose()


def agree(snapshot: Snapshot, truth: dict[str, Any]) -> None:
    """Every live number and every counter of the panes against the world's own state."""
    at_ms = snapshot.taken_at.timestamp() * 1000
    by_name = {each["name"]: each for each in truth["queues"]}
    assert len(snapshot.queues) == len(by_name)
    for each in snapshot.queues:
        told = by_name[each.name]
        value = {column: each.reading(column).value for column in each.readings}
        assert value["waiting"] == told["waiting"]
        assert value["agents_logged_in"] == told["agents_logged_in"]
        assert value["agents_paused"] == told["agents_paused"]
        assert value["agents_logged_off"] == told["agents_logged_off"]
        wrapping = told["agents"]["after_call"]
        assert value["agents_available"] == told["agents_available"] + wrapping
        assert value["agents_busy"] == told["agents_busy"] - wrapping
        if told["waiting"]:
            longest = each.reading("longest_wait").value_at(at_ms)
            assert longest == pytest.approx(told["longest_wait_ms"], abs=2500)
        else:
            assert each.reading("longest_wait").status is Status.NOT_APPLICABLE
        assert value["answered"] == told["answered"]
        assert value["abandoned"] == told["abandoned"]
        assert value["unanswered"] == told["unanswered"]
        assert value["offered"] == told["answered"] + told["unanswered"]
        if told["service_level"] is not None:
            assert value["service_level"] == told["service_level"]
            assert value["abandon_rate"] == told["abandon_rate"]
        if told["answered"]:
            assert value["avg_wait"] == told["wait_sum_ms"] // told["answered"] // 1000 * 1000
            assert value["avg_talk"] == told["talk_sum_ms"] // told["answered"] // 1000 * 1000
    people = {each["id"]: each for each in truth["agents"]}
    assert {each.id for each in snapshot.agents} == set(people)
    for agent in snapshot.agents:
        told = people[agent.id]
        assert agent.reading("state").value in SIMPLE[told["state"]], (agent.id, told)
        assert agent.reading("queues").value == ", ".join(told["queues"])
        if told["state"] == "paused":
            assert agent.reading("pause_reason").value == told["reason"]
        if told["queue"] is not None and told["state"] in ("talking", "ringing"):
            assert told["caller"] in str(agent.reading("caller").value)
    waiting = sorted((each["queue"], each["caller_number"], each["position"]) for each in truth["waiting"])
    shown = [
        (row_.reading("queue").value, row_.reading("caller_number").value, row_.reading("position").value)
        for row_ in snapshot.waiting
    ]
    assert sorted(shown, key=str) == sorted(waiting, key=str)
    waits = {(each["queue"], each["position"]): each["wait_ms"] for each in truth["waiting"]}
    for row_ in snapshot.waiting:
        key = (str(row_.reading("queue").value), int(str(row_.reading("position").value)))
        assert row_.reading("wait").value_at(at_ms) == pytest.approx(waits[key], abs=2500)


QUIRKS = {
    "12 hours": Quirks(),
    "24 hours, text, no nulls": Quirks(date_format="YYYY/MM/DD", is_12_hour=False, as_text=True, null_lists=False),
    "older firmware": Quirks(date_format="MM/DD/YYYY", has_v2=False, page_limit=3),
    "idle is no data": Quirks(date_format="DD-MM-YYYY", idle_is_60001=True),
}


@pytest.mark.parametrize("quirks", QUIRKS.values(), ids=QUIRKS)
async def test_the_numbers_on_screen_are_the_worlds_numbers(quirks: Quirks) -> None:
    """At several moments of the day, whatever the exchange's habits."""
    async with floor(quirks) as demo:
        backend = demo.backend()
        callers, states = 0, set()
        try:
            for seconds in (0, 61, 600, 3600, 3 * 3600, 60, 60, 60):
                await demo.step(seconds)
                snapshot = await demo.look(backend)
                agree(snapshot, demo.truth())
                assert snapshot.notices == ()
                callers += len(snapshot.waiting)
                states |= {each.reading("state").value for each in snapshot.agents}
        finally:
            await backend.aclose()
        assert callers
        assert states >= {"available", "on_call", "paused", "logged_off"}
        assert demo.server.tokens.alive == 0
        assert demo.server.tokens.most_alive <= 2


@pytest.mark.parametrize("hours", range(0, 24, 3))
async def test_the_figures_agree_at_any_hour_of_the_start_and_in_other_zones(hours: int) -> None:
    """TM-05: the exchange's midnight never cuts the day's figures, and its zone is not the console's."""
    async with floor(zone="Asia/Kolkata", start_ms=START + hours * 3_600_000) as demo:
        backend = demo.backend()
        try:
            await demo.step(5400)
            agree(await demo.look(backend), demo.truth())
        finally:
            await backend.aclose()


async def test_events_bring_what_happened_without_waiting_for_the_poll() -> None:
    async with floor() as demo:
        backend = demo.backend(fields={"events": "true", "counters": "off"}, poll_s=600.0)
        # the console's waits run in real time here, the floor's by hand
        backend._clock.wait = _real_wait  # type: ignore[method-assign]
        feed = backend.snapshots()
        try:
            await anext(feed)
            while backend._events is None or backend._events.state is not State.LIVE or backend._events.wants_poll:
                await anext(feed)
            before = len(demo.server.requests)
            while not backend._events.events:
                await demo.step(20)
                await asyncio.sleep(0.02)
            snapshot = await anext(feed)
            asked = {each.target.split("?")[0] for each in list(demo.server.requests)[before:]}
            assert asked == {"/openapi/v1.0/queue/agent_status", "/openapi/v1.0/queue/call_status"}
            assert snapshot.agents
        finally:
            await feed.aclose()
            await backend.aclose()


async def _real_wait(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), min(seconds, 5.0))
    return event.is_set()


async def test_hours_of_polling_never_hold_more_than_two_tokens() -> None:
    """Access tokens end after 30 minutes: refreshed before, single, and the old one given back."""
    async with floor() as demo:
        backend = demo.backend()
        try:
            for _ in range(20):
                await demo.step(600)
                await demo.look(backend)
                await asyncio.sleep(0.01)
        finally:
            await backend.aclose()
        desk = demo.server.tokens
        assert desk.sign_ins == 1
        assert desk.refreshes >= 6
        assert desk.most_alive <= 2
        assert desk.alive == 0


async def test_twenty_restarts_stay_below_the_cap() -> None:
    async with floor() as demo:
        for _ in range(20):
            backend = demo.backend()
            await demo.look(backend)
            await backend.aclose()
        assert demo.server.tokens.sign_ins == 20
        assert demo.server.tokens.most_alive == 1


@pytest.mark.parametrize("both", [False, True])
async def test_tokens_that_end_early_are_replaced_unseen(both: bool) -> None:
    async with floor() as demo:
        backend = demo.backend()
        try:
            await demo.look(backend)
            await demo.server.set_fault(Fault("expire_tokens", args={"refresh_too": both}))
            agree(await demo.look(backend), demo.truth())
            assert demo.server.tokens.sign_ins == (2 if both else 1)
        finally:
            await backend.aclose()


async def test_a_secret_made_anew_ends_in_one_refusal_and_the_address_is_not_blocked() -> None:
    async with floor() as demo:
        backend = demo.backend()
        try:
            await demo.look(backend)
            await demo.server.set_fault(Fault("revoke_key"))
            for _ in range(10):
                with pytest.raises(AuthError):
                    await demo.look(backend)
            assert demo.server.tokens.failures == 1
        finally:
            await backend.aclose()


async def test_a_full_house_is_waited_for() -> None:
    async with floor() as demo:
        for _ in range(8):
            demo.server.tokens.sign_in(demo.server.tokens.client_id, demo.server.tokens.client_secret)
        backend = demo.backend()
        try:
            with pytest.raises(ServerBusy) as caught:
                await demo.look(backend)
            assert caught.value.message.code == "api.sessions_full"
            await demo.step(1801)
            agree(await demo.look(backend), demo.truth())
        finally:
            await backend.aclose()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("html"), "reply.html"),
        (Fault("invalid_json"), "reply.json"),
        (Fault("truncate"), "reply.json"),
        (Fault("old_version"), "http.not_found"),
        (Fault("status", args={"status": 503}), "http.unavailable"),
        (Fault("errcode", args={"errcode": 70123}), "api.switched_off"),
        (Fault("errcode", args={"errcode": 10005}), "http.forbidden"),
        (Fault("errcode", path="/queue/", args={"errcode": 10001}), "api.not_offered"),
    ],
    ids=lambda each: each.kind if isinstance(each, Fault) else each,
)
async def test_faults_have_their_sentences_and_pass(fault: Fault, sentence: str) -> None:
    async with floor() as demo:
        backend = demo.backend()
        try:
            await demo.server.set_fault(fault)
            with pytest.raises(ConsoleError) as caught:
                await demo.look(backend)
            assert caught.value.message.code == sentence
            await demo.server.set_fault(None)
            await backend.aclose()
            backend = demo.backend()
            agree(await demo.look(backend), demo.truth())
        finally:
            await backend.aclose()


async def test_a_clock_an_hour_off_changes_no_duration() -> None:
    async with floor() as demo:
        await demo.server.set_fault(Fault("clock_skew", args={"seconds": 3600}))
        backend = demo.backend(fields={"counters": "off"})
        try:
            snapshot = await demo.look(backend)
            assert "clock.skew" in codes(snapshot)
            at_ms = snapshot.taken_at.timestamp() * 1000
            waits = {each["caller_number"]: each["wait_ms"] for each in demo.truth()["waiting"]}
            for each in snapshot.waiting:
                told = waits[str(each.reading("caller_number").value)]
                assert each.reading("wait").value_at(at_ms) == pytest.approx(told, abs=2500)
            assert row(snapshot.queues, "1").reading("waiting").status is Status.OK
        finally:
            await backend.aclose()
