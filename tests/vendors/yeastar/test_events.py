"""The event socket: traps 23, 24, 39 to 42; what an event touches is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.vendors.yeastar.backend import MOST_TOUCHED
from console.vendors.yeastar.events import OLDER_TOPICS, TOPICS, State, parse_event
from tests.support import ManualClock
from tests.vendors.yeastar.support import FAST, agent, codes, opened, queue, row, running, small_pbx, until

EVENTS = {"events": "true"}
CALLS, AGENTS = "v1.0/queue/call_status", "v1.0/queue/agent_status"


async def live(pbx: Any, backend: Any, feed: Any) -> None:
    """Follow the feed until the socket is live and the poll it asks for is done."""
    await anext(feed)
    await pbx.until(lambda: backend._events.state is State.LIVE)
    while backend._events.wants_poll:
        await anext(feed)


def test_the_documented_frames_are_understood_with_msg_as_object_and_as_text() -> None:
    """Traps 23 and 24; 30025 and 30026 have no serial number, 30029 writes ``queue-6402``."""
    msg = {"queue_number": "queue-6402", "agent_number": "1002", "status": "Paused", "reason": "Lunch"}
    for frame in ({"type": 30029, "sn": "x", "msg": msg}, {"type": "30029", "msg": json.dumps(msg)}):
        touch = parse_event(frame)
        assert touch is not None
        assert (touch.queues, touch.agents) == (("6402",), ("1002",))
    for kind in (30025, 30026):
        touch = parse_event({"type": kind, "msg": {"queue_number": "6402", "agent_number": "1002"}})
        assert touch is not None
        assert touch.queues == ("6402",)
    members = [{"inbound": {"from": "+49301", "to": "6402", "call_path": "Queue CC_Team<6400>"}}]
    touch = parse_event({"type": 30011, "msg": json.dumps({"call_id": "1.2", "members": members})})
    assert touch is not None
    assert set(touch.queues) == {"6402", "6400"}


@pytest.mark.parametrize(
    "frame",
    [{}, [], None, {"type": 30008, "msg": {}}, {"type": 30029, "msg": "{"}, {"type": 30029, "msg": []}, {"type": True}],
)
def test_trap_27_other_frames_are_nothing(frame: object) -> None:
    assert parse_event(frame) is None


async def test_it_subscribes_and_gives_signs_of_life_as_bare_text() -> None:
    """Trap 39."""
    pbx = small_pbx(socket="ok")
    async with running(pbx, fields=EVENTS) as feed:
        await anext(feed)
        await pbx.until(lambda: pbx.heard.count("heartbeat") >= 2)
    assert json.loads(pbx.heard[0]) == {"topic_list": list(TOPICS)}
    assert set(pbx.heard[1:]) == {"heartbeat"}


async def test_an_event_refreshes_its_queue_at_once_and_no_other() -> None:
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        before = len(pbx.asked)
        pbx.agents["11"] = [agent("1001", "Ada"), agent("1002", "Bob", is_pause=1, pause_reason="Lunch")]
        msg = {"queue_number": "queue-6400", "agent_number": "1002", "status": "Paused", "reason": "Lunch"}
        await pbx.event(30029, msg, sn="x")
        snapshot = await anext(feed)
        asked = [(path, query["id"]) for path, query in pbx.asked[before:]]
        assert asked == [(AGENTS, "11"), (CALLS, "11")]
        assert row(snapshot.agents, "1002").reading("pause_reason").value == "Lunch (Sales)"
        await feed.aclose()


async def test_an_event_of_an_agent_alone_refreshes_the_queues_it_serves() -> None:
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        before = len(pbx.asked)
        await pbx.event(30011, json.dumps({"call_id": "1.2", "members": [{"extension": {"number": "1002"}}]}))
        await anext(feed)
        assert {query["id"] for _, query in pbx.asked[before:]} == {"11", "12"}
        await feed.aclose()


async def test_trap_23_a_bad_frame_harms_nothing() -> None:
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        for bad in ("not json", "{", '{"type":', '{"a":NaN}', "[1]", "\x00", '{"type":30029,"msg":"{"}'):
            await pbx.sockets[0].frame(bad)
        await pbx.event(30029, {"queue_number": "6400", "agent_number": "1002"})
        await anext(feed)
        assert backend._events is not None
        assert backend._events.state is State.LIVE
        assert backend._events.events == 1
        await feed.aclose()


async def test_trap_40_a_broken_socket_is_made_again_and_everything_polled() -> None:
    """No replay: each connection and each loss asks for a full poll."""
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        before = pbx.count_of(AGENTS)
        pbx.cut()
        await until(feed, lambda snapshot: "socket.down" in codes(snapshot))  # one of before may be on its way
        back = await until(feed, lambda snapshot: "socket.down" not in codes(snapshot))
        assert back.queues
        assert pbx.count_of(AGENTS) >= before + 4
        await feed.aclose()


async def test_trap_40_a_new_token_gets_a_new_socket() -> None:
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        await backend._keeper.renew(await backend._keeper.token())
        await pbx.until(lambda: pbx.count_of("v1.0/subscribe") == 2 and len(pbx.sockets) == 1)
        assert [query["access_token"] for path, query in pbx.asked if path == "v1.0/subscribe"] == pbx.tokens
        await feed.aclose()


async def test_a_silent_socket_is_given_up() -> None:
    """Trap 39: two unanswered signs of life, and it is made again."""
    pbx = small_pbx(socket="mute")
    clock = ManualClock()
    async with opened(pbx, fields=EVENTS, clock=clock, timing=FAST) as backend:
        assert backend._events is not None
        backend._events.start()
        await pbx.until(lambda: len(pbx.sockets) == 1)
        first = pbx.sockets[0]
        for _ in range(6):
            await clock.advance(1.1)
        await pbx.until(lambda: first not in pbx.sockets)
        assert backend._events.state is not State.LIVE


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refused_socket_leaves_polling_and_is_not_hammered(status: int) -> None:
    pbx = small_pbx(socket=status)
    async with running(pbx, fields=EVENTS) as feed:
        snapshot = await until(feed, lambda each: "socket.refused" in codes(each))
        assert row(snapshot.queues, "11").reading("waiting").value == 2
        await anext(feed)
    assert pbx.count_of("v1.0/subscribe") == 1


async def test_older_firmware_gets_a_shorter_list_of_topics() -> None:
    pbx = small_pbx(socket="ok", codes={"topics": [40002]})
    async with opened(pbx, fields=EVENTS) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        await feed.aclose()
    said = [json.loads(text)["topic_list"] for text in pbx.heard if text.startswith("{")]
    assert said == [list(TOPICS), list(OLDER_TOPICS)]


async def test_trap_41_polling_goes_on_without_a_single_event() -> None:
    """Monitors may be off: silence says nothing."""
    pbx = small_pbx(socket="ok")
    async with running(pbx, fields=EVENTS) as feed:
        for _ in range(4):
            await anext(feed)
    assert pbx.count_of(CALLS) >= 6


async def test_trap_42_an_event_during_a_poll_is_followed_by_another_look() -> None:
    """What a poll started before the event brings back does not count as the event's answer."""
    pbx = small_pbx(socket="ok")
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        before = pbx.count_of(AGENTS)
        await pbx.event(30029, {"queue_number": "6400", "agent_number": "1002"})
        await pbx.until(lambda: backend._events.has_touched)  # type: ignore[union-attr]
        await anext(feed)
        await pbx.event(30029, {"queue_number": "6400", "agent_number": "1002"})
        await anext(feed)
        assert pbx.count_of(AGENTS) == before + 2
        await feed.aclose()


async def test_a_switched_off_socket_is_never_opened() -> None:
    pbx = small_pbx(socket="ok")
    async with running(pbx) as feed:
        await anext(feed)
        await anext(feed)
    assert pbx.count_of("v1.0/subscribe") == 0


async def test_ws_04_a_flood_of_events_does_not_become_one_endless_poll() -> None:
    """Two thousand events: the same queue once, and never more than a few queues in one go."""
    pbx = small_pbx(socket="ok")
    pbx.queues = [queue(place, str(7000 + place), f"Q{place}") for place in range(1, 101)]
    async with opened(pbx, fields=EVENTS, poll_s=600.0) as backend:
        feed = backend.snapshots()
        await live(pbx, backend, feed)
        before = pbx.count_of(CALLS)
        for number in range(2000):
            await pbx.event(30029, {"queue_number": str(7001 + number % 100), "agent_number": "1"})
        events = backend._events
        assert events is not None
        await pbx.until(lambda: events.events == 2000)
        await anext(feed)
        assert pbx.count_of(CALLS) - before <= MOST_TOUCHED
        await feed.aclose()
