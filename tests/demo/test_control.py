"""The control server: state at any instant, the event log, the clock."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from console.demo.main import RunningDemo
from tests.demo.wire import START

WAYS_OUT = ("abandoned", "voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback")


async def get(demo: RunningDemo, session: aiohttp.ClientSession, path: str) -> tuple[int, Any]:
    async with session.get(f"{demo.control_url}{path}") as response:
        text = await response.text()
        if response.content_type == "application/x-ndjson":
            return response.status, [json.loads(line) for line in text.splitlines()]
        return response.status, json.loads(text)


async def post(demo: RunningDemo, session: aiohttp.ClientSession, path: str, body: str = "") -> tuple[int, Any]:
    async with session.post(f"{demo.control_url}{path}", data=body) as response:
        return response.status, json.loads(await response.text())


async def test_state_tells_queues_agents_waiting_and_totals(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """Names and sums agree with each other."""
    status, told = await get(demo, session, "/state")
    assert status == 200
    assert (told["at_ms"], told["at"]) == (START, "2026-09-24T03:00:00.000-06:00")
    assert [row["name"] for row in told["queues"]] == demo.world.site.queue_names
    assert [row["key"] for row in told["agents"]] == demo.world.site.agent_keys
    waiting = Counter(row["queue"] for row in told["waiting"])
    for row in told["queues"]:
        assert row["waiting"] == waiting[row["name"]]
        assert row["offered"] == row["answered"] + row["unanswered"] + row["waiting"]
        assert row["unanswered"] == sum(row[way] for way in WAYS_OUT)
        members = [agent for agent in told["agents"] if row["name"] in agent["queues"]]
        assert row["agents"] == dict.fromkeys(row["agents"], 0) | Counter(a["state"] for a in members)
    totals = told["totals"]
    for field in ("waiting", "offered", "answered", "unanswered", "abandoned", "within_20s", "wait_sum_ms"):
        assert totals[field] == sum(row[field] for row in told["queues"])


async def test_state_at_an_earlier_instant_is_what_it_was_then(
    demo: RunningDemo, session: aiohttp.ClientSession
) -> None:
    """To the millisecond, with any offset, plus sign encoded or not; also on finished days."""
    _, then = await get(demo, session, "/state")
    await demo.step(5000)
    for text in (
        "2026-09-24T03:00:00-06:00",
        "2026-09-24T09:00:00Z",
        "2026-09-24T11:00:00+02:00",
        "2026-09-24T11:00:00%2B02:00",
        "2026-09-24T03:00:00",
    ):
        assert await get(demo, session, f"/state?at={text}") == (200, then)
    status, past = await get(demo, session, "/state?at=2026-09-20T09:30:00-06:00")
    assert status == 200
    assert past["totals"]["offered"] > 100


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/state?at=yesterday", 400),
        ("/state?at=2026-09-25T11:00:00Z", 404),
        ("/state?at=2026-01-01T11:00:00Z", 404),
        ("/calls?day=x", 400),
        ("/calls?day=-9", 404),
        ("/calls?day=1", 404),
        ("/calls?from=never", 400),
    ],
)
async def test_what_cannot_be_told_is_refused_with_a_sentence(
    demo: RunningDemo, session: aiohttp.ClientSession, path: str, status: int
) -> None:
    """Never an empty answer in place of a wrong question."""
    told = await get(demo, session, path)
    assert told[0] == status
    assert len(told[1]["error"]) > 10


async def test_calls_is_the_event_log_by_day_and_by_range(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """JSON lines; state can be recomputed from them; a range over days joins them."""
    _, today = await get(demo, session, "/calls")
    _, told = await get(demo, session, "/state")
    for row in told["queues"]:
        mine = [event for event in today if event.get("queue") == row["name"]]
        kinds = Counter(event["event"] for event in mine)
        assert (kinds["enter"], kinds["answer"], kinds["abandon"]) == (
            row["offered"],
            row["answered"],
            row["abandoned"],
        )
    _, third = await get(demo, session, "/calls?day=-3")
    _, fourth = await get(demo, session, "/calls?day=-4")
    assert third != fourth
    assert {event["event"] for event in third} > {"enter", "ring", "answer", "hold", "end", "abandon", "pause"}
    assert all("reason" in event for event in third if event["event"] == "pause")
    middle = third[len(third) // 2]["t"]
    start, end = demo.world.zone.iso(fourth[10]["t"]), demo.world.zone.iso(middle)
    _, joined = await get(demo, session, f"/calls?from={start}&to={end}")
    expected = [event for event in fourth if event["t"] >= fourth[10]["t"]]
    expected += [event for event in third if event["t"] <= middle]
    assert joined == expected


async def test_a_day_has_a_date(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """``/site`` names the days; a date asks for the same log as its number."""
    _, site = await get(demo, session, "/site")
    assert [row["day"] for row in site["days"]] == list(range(-8, 1))
    assert site["days"][-1]["date"] == "2026-09-24"
    _, by_number = await get(demo, session, "/calls?day=-2")
    assert await get(demo, session, "/calls?day=2026-09-22") == (200, by_number)
    assert (await get(demo, session, "/calls?day=2026-09-01"))[0] == 404


async def test_everything_the_log_names_is_in_the_directory(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """Numbers, menus, keys, groups, people: an outsider finds what each record speaks of."""
    _, site = await get(demo, session, "/site")
    _, log = await get(demo, session, "/calls?day=-1")
    of = {
        "queue": {row["name"] for row in site["queues"]},
        "agent": {row["key"] for row in site["agents"]},
        "other": {row["key"] for row in site["extensions"]},
        "extension": {row["number"] for row in site["extensions"]},
        "caller": {row["number"] for row in site["extensions"]},
        "did": {row["number"] for row in site["dids"]},
        "dod": {row["number"] for row in site["dods"]},
        "trunk": {row["name"] for row in site["trunks"]},
        "ivr": {row["number"] for row in site["ivrs"]},
        "ring_group": {row["number"] for row in site["ring_groups"]},
        "mailbox": {row["number"] for row in (*site["extensions"], *site["ring_groups"])},
        "account_code": set(site["account_codes"]),
        "tag": set(site["tags"]),
        "reason": {row["name"] for row in site["pause_reasons"]},
        "question": {row["id"] for row in site["questions"]},
        "hung_up_by": {"caller", "agent", "extension"},
        "result": {"answered", "no_answer", "busy", "failed"},
        "kind": {"blind", "attended"},
    }
    seen = Counter()  # type: ignore[var-annotated]
    for event in log:
        for field in event.keys() & of.keys():
            assert event[field] in of[field], (field, event)
            seen[field] += 1
    assert set(seen) == set(of)
    destinations = of | {"queue": of["queue"]}
    for row in (*site["dids"], *(key for ivr in site["ivrs"] for key in ivr["keys"])):
        assert row["target"] in destinations[row["kind"]]
    assert len(of["did"]) == len(site["dids"])
    assert {member for team in site["teams"] for member in team["members"]} == of["extension"]
    assert {row["role"] for row in site["extensions"]} == set(site["roles"])


async def test_the_way_of_a_call_can_be_read_from_the_log(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """Menus and keys lead where the directory says, overflow and callback refer to the legs they continue."""
    _, site = await get(demo, session, "/site")
    _, log = await get(demo, session, "/calls?day=-1")
    keys = {(ivr["number"], key["key"]): key for ivr in site["ivrs"] for key in ivr["keys"]}
    story: dict[int, list[dict[str, Any]]] = {}
    for event in log:
        if "call" in event:
            story.setdefault(event["call"], []).append(event)
    pressed = entered = continued = 0
    for events in story.values():
        for event, after in pairwise(events):
            if event["event"] == "ivr_key":
                key = keys[event["ivr"], event["key"]]
                field = {"ivr": "ivr", "queue": "queue", "ring_group": "ring_group", "extension": "extension"}
                assert after[field[key["kind"]]] == key["target"]
                pressed += 1
        first = events[0]
        if first["event"] == "enter":
            before = story[first["transferred_from"]]
            assert any(event.get("next_call") == first["call"] for event in before)
            continued += 1
        elif first["event"] == "callback_dial":
            assert any(event["event"] == "callback" for event in story[first["callback_of"]])
            continued += 1
        entered += any(event["event"] == "enter" for event in events)
    assert pressed > 500
    assert entered > 1000
    assert continued > 20


async def test_pause_resume_and_step(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """A step moves simulated time by so much, and a clock moved by hand never runs by itself."""
    assert await post(demo, session, "/step?s=90.5") == (
        200,
        {"now": "2026-09-24T03:01:30.500-06:00", "now_ms": START + 90_500, "paused": True},
    )
    assert (await post(demo, session, "/pause"))[1]["paused"] is True
    assert (await post(demo, session, "/resume"))[1]["paused"] is True
    for bad in ("x", "-1", "1e9", "nan"):
        assert (await post(demo, session, f"/step?s={bad}"))[0] == 400
    assert demo.clock.now() == START + 90_500


async def test_bad_faults_are_400(demo: RunningDemo, session: aiohttp.ClientSession) -> None:
    """Not JSON, no such kind, no such profile."""
    for body in ("{", "[]", '{"kind":"explode"}', '{"kind":"hang","profile":"Nobody"}'):
        status, told = await post(demo, session, "/fault", body)
        assert status == 400
        assert told["error"].endswith(".")
