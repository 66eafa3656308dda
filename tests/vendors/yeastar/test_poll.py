"""Polling: what the panes show, and what is said when a part is missing. Traps 2, 10, 21, 27 to 32, 38, 40, 43."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.domain.enums import AgentStatus, Section
from console.domain.errors import AuthError, ConnectFailed, ConsoleError, NotPermitted, ProtocolError, ServerBusy
from console.domain.messages import english
from console.domain.model import Snapshot
from console.domain.text import show
from console.domain.values import Origin, Status
from tests.support import ManualClock
from tests.vendors.yeastar.support import (
    FAST,
    NOW,
    Pbx,
    agent,
    call,
    calls,
    codes,
    make_backend,
    opened,
    queue,
    row,
    running,
    shown,
    small_pbx,
)

CALLS, AGENTS = "v1.0/queue/call_status", "v1.0/queue/agent_status"


async def snapshot_of(pbx: Pbx, **options: Any) -> Snapshot:
    """The first snapshot."""
    async with running(pbx, **options) as feed:
        return await anext(feed)


async def test_the_queues() -> None:
    """Vendor counts as sent, figures of ours marked as computed."""
    snapshot = await snapshot_of(small_pbx())
    sales, support = snapshot.queues
    assert (sales.id, sales.name, support.id) == ("11", "Sales", "12")
    assert sales.reading("waiting").value == 2
    assert sales.reading("waiting").origin is Origin.VENDOR
    assert shown(snapshot, sales, "longest_wait") == pytest.approx(65_000, abs=1500)
    assert sales.reading("longest_wait").origin is Origin.COMPUTED
    assert support.reading("waiting").value == 0
    assert support.reading("longest_wait").status is Status.NOT_APPLICABLE
    counted = ("agents_logged_in", "agents_available", "agents_busy", "agents_paused", "agents_logged_off")
    assert [sales.reading(column).value for column in counted] == [2, 1, 1, 0, 0]
    assert [support.reading(column).value for column in counted] == [2, 1, 0, 1, 0]
    assert all(sales.reading(column).origin is Origin.COMPUTED for column in counted)
    assert sales.reading("offered").status is Status.UNSUPPORTED


async def test_the_callers() -> None:
    snapshot = await snapshot_of(small_pbx())
    first, second = snapshot.waiting
    assert first.reading("queue").value == "Sales"
    assert first.reading("caller_number").value == "+49301"
    assert first.reading("caller_name").value == "Eva"
    assert first.reading("position").value == 1
    assert first.reading("position").origin is Origin.COMPUTED
    assert second.reading("caller_name").status is Status.NOT_APPLICABLE
    assert shown(snapshot, second, "wait") == pytest.approx(12_000, abs=1500)
    assert first.id == "11/1800.1"


async def test_the_agents_one_row_per_person() -> None:
    snapshot = await snapshot_of(small_pbx())
    assert [each.id for each in snapshot.agents] == ["1001", "1002", "1003"]
    ada, bob, cem = snapshot.agents
    assert (ada.reading("state").value, ada.reading("caller").value) == ("on_call", "Dan (+49300)")
    assert shown(snapshot, ada, "time_in_state") == pytest.approx(200_000, abs=1500)
    assert ada.reading("time_in_state").origin is Origin.VENDOR
    assert bob.reading("queues").value == "Sales, Support"
    assert (bob.reading("state").value, bob.reading("state").text) == ("available", "idle")
    assert (cem.reading("state").value, cem.reading("pause_reason").value) == ("paused", "Lunch")
    assert bob.reading("calls_taken").status is Status.UNSUPPORTED
    assert set(snapshot.columns) == {Section.QUEUES, Section.AGENTS, Section.WAITING}


async def test_time_in_state_is_at_least_until_a_change_was_seen() -> None:
    """A state's age is measured here; before a change it is a bound and says so."""
    pbx, clock = small_pbx(), ManualClock()
    async with opened(pbx, clock=clock, poll_s=5.0) as backend:
        await backend._poll()
        first = row(backend._snapshot().agents, "1002").reading("time_in_state")
        assert (first.text, first.origin) == ("at least", Origin.COMPUTED)
        await clock.advance(5)
        await backend._poll()
        again = row(backend._snapshot().agents, "1002").reading("time_in_state")
        assert again == first
        await clock.advance(5)
        pbx.date = NOW + timedelta(seconds=10)
        pbx.agents["11"][1] |= {"is_pause": 1, "pause_reason": "Lunch"}
        pbx.agents["12"][0] |= {"is_pause": 1, "pause_reason": "Lunch"}
        await backend._poll()
        seen = row(backend._snapshot().agents, "1002").reading("time_in_state")
        assert seen.text == ""
        assert seen.at_ms is not None
        assert first.at_ms is not None
        assert seen.at_ms - first.at_ms == pytest.approx(10_000, abs=1000)
        await clock.advance(300)  # asleep: the state may have changed and changed back
        await backend._poll()
        assert row(backend._snapshot().agents, "1002").reading("time_in_state").text == "at least"


@pytest.mark.parametrize(
    ("lines", "expected", "words"),
    [
        ([{"call_status": 1}], AgentStatus.AVAILABLE, "idle"),
        ([{"call_status": 3}], AgentStatus.RINGING, "ringing"),
        ([{"call_status": 2}], AgentStatus.OTHER_CALL, "in a call"),
        ([{"call_status": 4}], AgentStatus.OTHER_CALL, "in a call, another one arriving"),
        ([{"call_status": 5}], AgentStatus.OTHER_CALL, "on hold by the caller"),
        ([{"call_status": 0}], AgentStatus.UNKNOWN, "unknown"),
        ([{"call_status": 77}], AgentStatus.UNKNOWN, "call status 77"),
        ([{"call_status": "busy"}], AgentStatus.UNKNOWN, "the system's word cannot be read"),
        ([{"is_pause": 1, "pause_reason": "Tea"}], AgentStatus.PAUSED, "paused"),
        ([{"is_pause": "?"}], AgentStatus.UNKNOWN, "idle"),
        ([{"is_login": 0}], AgentStatus.LOGGED_OFF, "logged out"),
        ([{"is_login": None}], AgentStatus.UNKNOWN, "idle"),
        ([{"is_login": "1", "is_pause": "0", "call_status": "1"}], AgentStatus.AVAILABLE, "idle"),
        ([{"is_login": 0}, {"is_pause": 1}], AgentStatus.PAUSED, "paused"),
        ([{"is_pause": 1}, {}], AgentStatus.AVAILABLE, "idle"),
        ([{"is_login": 0}, {}], AgentStatus.AVAILABLE, "idle"),
        ([{"is_pause": 1, "call_status": 2}, {"call_status": 2}], AgentStatus.OTHER_CALL, "in a call"),
    ],
)
async def test_traps_27_29_and_30_states_are_merged_by_table(
    lines: list[dict[str, Any]], expected: AgentStatus, words: str
) -> None:
    """Held by the caller is a call; agent-made hold looks like one; a call counts before a pause."""
    pbx = Pbx(queues=[queue(place, f"64{place:02d}", f"Q{place}") for place, _ in enumerate(lines, 1)])
    for place, line in enumerate(lines, 1):
        pbx.agents[str(place)] = [agent("7", "Gil", **line)]
    snapshot = await snapshot_of(pbx)
    (gil,) = snapshot.agents
    assert gil.reading("state").value == expected.value
    assert gil.reading("state").text == words
    if expected is AgentStatus.OTHER_CALL:
        assert gil.reading("state").origin is Origin.INFERRED
        assert gil.reading("caller").status is Status.UNSUPPORTED


async def test_a_call_listed_after_the_agents_word_has_begun_meanwhile() -> None:
    pbx = small_pbx()
    pbx.calls["12"] = calls(None, [call("1.1", "+49", "Zed", "1002", 1)])
    snapshot = await snapshot_of(pbx)
    assert row(snapshot.agents, "1002").reading("state").value == "on_call"
    assert row(snapshot.queues, "12").reading("agents_busy").value == 1
    assert row(snapshot.queues, "11").reading("agents_available").value == 0


async def test_trap_38_all_pages_of_the_directories_are_read() -> None:
    many = [queue(place, str(6400 + place), f"Queue {place}") for place in range(1, 29)]
    pbx = Pbx(queues=many, page_size=8)
    pbx.extensions = [{"id": place, "number": str(place), "caller_id_name": "x"} for place in range(1, 21)]
    async with running(pbx) as feed:
        snapshot = await anext(feed)
        assert len(snapshot.queues) == 28
        assert pbx.count_of("v1.0/queue/list") == 4
        await pbx.until(lambda: pbx.count_of("v1.0/extension/list") == 3)


async def test_trap_38_a_server_that_ignores_the_page_is_not_asked_for_ever() -> None:
    body = {"total_number": 5, "queue_list": [queue(1, "6400", "Sales")]}
    pbx = small_pbx(overrides={"v1.0/queue/list": body})
    snapshot = await snapshot_of(pbx)
    assert pbx.count_of("v1.0/queue/list") == 2
    assert len(snapshot.queues) == 1
    assert "api.incomplete" in codes(snapshot)


async def test_traps_02_and_28_no_data_for_a_known_queue_is_idle_with_its_agents_unknown() -> None:
    """60001 with an empty skeleton: no calls; agents who are members cannot have vanished."""
    pbx = small_pbx(
        overrides={
            CALLS: {"errcode": 60001, **calls(), "waiting_list": None},
            AGENTS: {"errcode": 60001, "data": None, "total_number": 0},
        }
    )
    snapshot = await snapshot_of(pbx)
    sales = row(snapshot.queues, "11")
    assert sales.reading("waiting").value == 0
    assert sales.reading("agents_logged_in").status is Status.ERROR
    assert {each.reading("state").value for each in snapshot.agents} == {"unknown"}
    assert {each.id for each in snapshot.agents} == {"1001", "1002", "1003"}


async def test_trap_28_no_data_without_a_skeleton_is_no_zero() -> None:
    pbx = small_pbx(overrides={CALLS: {"errcode": 60001}})
    snapshot = await snapshot_of(pbx)
    assert row(snapshot.queues, "11").reading("waiting").status is Status.ERROR


async def test_counts_without_callers_and_callers_without_durations_are_no_zero() -> None:
    pbx = small_pbx()
    pbx.calls["11"] = calls() | {"waiting_calls": 3, "waiting_list": None}
    pbx.calls["12"] = calls([call("1", "x", "", "0099", "soon")])
    snapshot = await snapshot_of(pbx)
    assert row(snapshot.queues, "11").reading("waiting").value == 3
    assert row(snapshot.queues, "11").reading("longest_wait").status is Status.ERROR
    assert row(snapshot.queues, "12").reading("longest_wait").status is Status.ERROR
    (caller,) = snapshot.waiting
    assert caller.reading("wait").status is Status.ERROR
    assert caller.reading("position").status is Status.UNSUPPORTED


async def test_au_04_one_refused_queue_does_not_take_the_others_along() -> None:
    pbx = small_pbx(codes={CALLS: [0, 10005] * 3})
    snapshot = await snapshot_of(pbx, timing=replace(FAST, concurrent=1))
    assert row(snapshot.queues, "11").reading("waiting").value == 2
    refused = row(snapshot.queues, "12").reading("waiting")
    assert refused.status is Status.ERROR
    assert "does not permit" in refused.text


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (10005, NotPermitted, "http.forbidden"),
        (10001, ProtocolError, "api.not_offered"),
        (70004, AuthError, "api.ip_blocked"),
        (70123, NotPermitted, "api.switched_off"),
        (-2, ProtocolError, "api.failure"),
        (70082, ServerBusy, "api.busy"),
    ],
)
@pytest.mark.parametrize("path", [CALLS, "v1.0/queue/list"])
async def test_au_04_each_code_has_its_own_sentence(
    path: str, code: int, kind: type[ConsoleError], sentence: str
) -> None:
    pbx = small_pbx(codes={path: code})
    if path == CALLS:
        pbx.codes[AGENTS] = code
    async with opened(pbx) as backend:
        with pytest.raises(kind) as caught:
            await anext(backend.snapshots())
        assert caught.value.message.code == sentence
        assert "127.0.0.1" in english(caught.value.message)
        pbx.codes.clear()
        async with contextlib.aclosing(backend.snapshots()) as feed:
            assert (await anext(feed)).queues  # the same backend heals


async def test_names_and_clock_may_be_refused_without_losing_the_live_data() -> None:
    pbx = small_pbx(codes={"v1.0/extension/list": 10005, "v1.0/system/information": 10001})
    snapshot = await snapshot_of(pbx)
    assert row(snapshot.queues, "11").reading("waiting").value == 2
    assert "api.not_offered" in codes(snapshot)


async def test_trap_10_a_connection_closed_after_each_reply_is_no_failure() -> None:
    """The PBX closes every connection; the scripted one does, too."""
    pbx = small_pbx()
    async with running(pbx) as feed:
        for _ in range(3):
            await anext(feed)
    assert pbx.server.connections == len(pbx.asked)


async def test_a_vanished_queue_goes_and_a_vanished_agent_with_it() -> None:
    pbx, clock = small_pbx(), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        await backend._poll()
        assert len(backend._snapshot().queues) == 2
        del pbx.queues[1]
        await clock.advance(61)
        await backend._poll()
        snapshot = backend._snapshot()
    assert [each.id for each in snapshot.queues] == ["11"]
    assert [each.id for each in snapshot.agents] == ["1001", "1002"]


async def test_trap_43_durations_tick_on_the_servers_clock_and_hold_still_between_polls() -> None:
    """The PBX's clock is an hour off; a wait that grows with the time between two polls is the same reading."""
    pbx, clock = small_pbx(), ManualClock()
    clock.set_wall(NOW.timestamp() * 1000 - 3_600_000)
    async with opened(pbx, clock=clock) as backend:
        await backend._poll()
        first = backend._snapshot()
        assert first.offset_ms == pytest.approx(3_600_000, abs=1500)
        assert "clock.skew" in codes(first)
        await clock.advance(10)
        pbx.date = NOW + timedelta(seconds=10)
        pbx.calls["11"]["waiting_list"][0]["duration"] = 75
        await backend._poll()
        second = backend._snapshot()
    before, after = first.waiting[0].reading("wait"), second.waiting[0].reading("wait")
    assert before == after
    assert show(after, second.taken_at.timestamp() * 1000).text in ("1:14", "1:15", "1:16")


async def test_a_new_call_with_an_old_callers_number_is_another_caller() -> None:
    pbx, clock = small_pbx(), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        await backend._poll()
        pbx.calls["11"] = calls([call("1800.9", "+49301", "Eva", "6400", 2)])
        await backend._poll()
        snapshot = backend._snapshot()
    assert [each.id for each in snapshot.waiting] == ["11/1800.9"]
    assert shown(snapshot, snapshot.waiting[0], "wait") == pytest.approx(2000, abs=1500)


async def test_calls_without_ids_are_still_two_rows() -> None:
    pbx = small_pbx()
    pbx.calls["11"] = calls([call("", "+1", "", "6400", 9), call("", "+1", "", "6400", 4)])
    snapshot = await snapshot_of(pbx)
    assert len({each.id for each in snapshot.waiting}) == 2


async def test_a_dead_server_is_a_failure_that_may_pass_and_the_backend_heals() -> None:
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await backend._poll()
        await pbx.server.stop()
        with pytest.raises(ConnectFailed):
            await anext(backend.snapshots())
        await pbx.server.start()
        async with contextlib.aclosing(backend.snapshots()) as feed:
            assert (await anext(feed)).queues


async def test_the_check_says_what_it_found() -> None:
    pbx = small_pbx()
    async with opened(pbx, fields={"counters": "120"}) as backend:
        result = await backend.check()
    found = [english(each) for each in result.findings]
    assert "P570, firmware 37.23.0.123" in found[0]
    assert found[1:] == ["2 queues", "1 agents"]
    assert [each.code for each in result.warnings] == ["counters.unavailable"]


async def test_hostile_names_stay_text() -> None:
    pbx = small_pbx()
    pbx.queues[0]["name"] = "<b>Sales</b>\u202e\x00" + "x" * 10_000
    snapshot = await snapshot_of(pbx)
    assert len(snapshot.queues[0].name) <= 4096


async def test_trap_02_accepted_for_later_is_no_data() -> None:
    """Code 2 belongs to reports run in the background; to a live read it is a failure, not an empty queue."""
    pbx = small_pbx(codes={CALLS: [2, 2]})
    snapshot = await snapshot_of(pbx)
    readings = {each.reading("waiting").status for each in snapshot.queues}
    assert readings == {Status.ERROR}
    assert "code 2" in snapshot.queues[0].reading("waiting").text


async def test_trap_28_a_queue_that_is_gone_is_looked_up_before_it_counts_as_idle() -> None:
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await backend._poll()
        pbx.overrides |= {CALLS: {"errcode": 60001, **calls()}}
        del pbx.queues[1]
        await backend._poll()
        assert [each.id for each in backend._snapshot().queues] == ["11"]
        listed = pbx.count_of("v1.0/queue/list")
        await backend._poll()
        assert pbx.count_of("v1.0/queue/list") == listed  # once is enough


async def test_without_a_date_header_the_systems_own_stamp_tells_the_time() -> None:
    pbx, clock = small_pbx(date=None), ManualClock()
    clock.set_wall(NOW.timestamp() * 1000 - 7_200_000)
    async with opened(pbx, clock=clock) as backend:
        await backend._poll()
        assert backend._snapshot().offset_ms == pytest.approx(7_200_000, abs=1000)


async def test_closing_takes_about_a_second_with_a_server_that_hangs() -> None:
    pbx = small_pbx(socket="ok")
    route, gate = pbx._route, asyncio.Event()

    async def stuck(request: Any) -> None:
        if "del_token" in request.target:
            await gate.wait()
        await route(request)

    pbx.server.then(stuck)
    async with pbx.server:
        backend = make_backend(pbx, fields={"events": "true"}, timing=replace(FAST, close_s=0.1))
        async with contextlib.aclosing(backend.snapshots()) as feed:
            await anext(feed)
            await pbx.until(lambda: len(pbx.sockets) == 1)
        async with asyncio.timeout(1.5):
            await backend.aclose()
        gate.set()


async def test_two_hundred_queues_are_asked_a_few_at_a_time() -> None:
    """Pacing: never more requests at once than the PBX is meant to bear."""
    pbx = Pbx(queues=[queue(place, str(7000 + place), f"Q{place}") for place in range(1, 201)])
    route, running_now, most = pbx._route, 0, 0

    async def counted(request: Any) -> None:
        nonlocal running_now, most
        running_now += 1
        most = max(most, running_now)
        await route(request)
        running_now -= 1

    pbx.server.then(counted)
    snapshot = await snapshot_of(pbx)
    assert len(snapshot.queues) == 200
    assert most <= FAST.concurrent


async def test_the_gap_between_requests_shrinks_where_many_queues_must_fit_into_an_interval() -> None:
    pbx = small_pbx()
    async with opened(pbx, timing=replace(FAST, gap_s=0.02), poll_s=5.0) as backend:
        client = backend._client
        client.pace_for(24, 2.5)
        assert client._gap_s == 0.02
        client.pace_for(1000, 2.5)
        assert client._gap_s == 0.0025
