"""The polling feed against a scripted server: what it asked, and what a supervisor would see."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.domain.clock import SystemClock
from console.domain.enums import Section
from console.domain.errors import AuthError, NotFound, NotPermitted, ProtocolError
from console.domain.messages import english
from console.domain.values import Status
from console.net.exchange import ExchangeLog
from console.vendors.xima.flavour import XIMA
from tests.vendors.xima.support import (
    FAST,
    KEY,
    ScriptedXima,
    codes,
    count,
    make_backend,
    metric,
    running,
    small_floor,
    until,
)

VALUES = "realtime/metrics/values"


async def test_a_poll_shows_queues_agents_and_tiles() -> None:
    floor = small_floor()
    async with running(floor) as feed:
        snapshot = await anext(feed)
    queues = {row.id: row for row in snapshot.queues}
    assert [row.name for row in snapshot.queues] == ["Sales", "Support"]
    assert queues["Sales(70)"].reading("waiting").value == 3
    assert queues["Support(71)"].reading("waiting").value == 0
    assert queues["Support(71)"].reading("longest_wait").status is Status.UNSUPPORTED
    agents = {row.id: row for row in snapshot.agents}
    assert agents["John Doe(481)"].reading("state").value == "on_call"
    assert agents["Jane Roe(482)"].reading("pause_reason").value == "Restroom"
    assert [(line.title, line.category, line.reading.value) for line in snapshot.metrics] == [
        ("Answered Today", "NONE", 206)
    ]
    assert snapshot.unavailable[Section.WAITING].code == "waiting.unavailable"
    assert Section.WAITING not in snapshot.columns
    assert not snapshot.is_warming
    assert floor.asked[:2] == [("realtime/metrics", ()), (VALUES, ("101", "102", "K0FLAEB6", "K1RNV2OQ"))]
    assert floor.server.calls[0].headers["authorization"] == f"Bearer {KEY}"


async def test_unchanged_values_are_the_same_objects_again() -> None:
    floor = small_floor()
    async with running(floor) as feed:
        first = await anext(feed)
        floor.put("101", "Support(71)", count(1))
        second = await until(feed, lambda s: s.queues[1].reading("waiting").value == 1)
    assert second.queues[0] is first.queues[0]
    assert second.agents[0] is first.agents[0]
    assert second.queues[1] is not first.queues[1]
    assert second.queues[1].reading("waiting").value == 1


async def test_206_shows_what_is_ready_and_marks_the_rest() -> None:
    floor = small_floor(cold={("101", "Sales(70)"), ("K1RNV2OQ", None)})
    async with running(floor) as feed:
        snapshot = await anext(feed)
        assert snapshot.is_warming
        assert snapshot.queues[0].reading("waiting").status is Status.WARMING
        assert snapshot.queues[1].reading("waiting").value == 0
        assert snapshot.metrics[0].reading.status is Status.WARMING
        floor.cold.clear()
        snapshot = await until(feed, lambda s: not s.is_warming)
    assert snapshot.queues[0].reading("waiting").value == 3
    assert codes(snapshot) == []


async def test_warming_values_are_asked_for_sooner_and_not_for_ever() -> None:
    floor = small_floor(cold={("K1RNV2OQ", None)})
    timing = replace(FAST, warm_limit_s=0.3)
    async with running(floor, timing=timing, poll_s=0.5) as feed:
        await until(feed, lambda s: "metrics.never_warm" in codes(s))
        hurried = floor.count_of(VALUES)
        assert hurried >= 4  # a steady half-second cadence would have asked twice at most
        snapshot = await anext(feed)
        assert floor.count_of(VALUES) == hurried + 1
    assert not snapshot.is_warming
    assert snapshot.metrics[0].reading.status is Status.WARMING


async def test_a_listed_agent_without_a_value_is_warming() -> None:
    floor = small_floor()
    del floor.values["K0FLAEB6", "Jane Roe(482)"]
    async with running(floor) as feed:
        snapshot = await anext(feed)
    assert snapshot.is_warming
    assert snapshot.agents[1].reading("state").status is Status.WARMING


async def test_an_unknown_id_is_found_by_halving_and_left_out() -> None:
    floor = ScriptedXima(metrics=[metric(f"m{i}", f"Metric {i}", "NONE") for i in range(64)], unknown={"m37"})
    for i in range(64):
        floor.put(f"m{i}", None, count(i))
    async with running(floor) as feed:
        snapshot = await anext(feed)
        asked = floor.count_of(VALUES)
        await anext(feed)
    assert asked <= 2 * 6 + 1
    assert {line.id for line in snapshot.metrics} == {f"m{i}" for i in range(64) if i != 37}
    assert "metrics.gone" in codes(snapshot)
    assert "Metric 37" in english(snapshot.notices[-1])
    assert floor.asked[-1][1] == tuple(f"m{i}" for i in range(64) if i != 37)


async def test_a_stale_id_goes_after_one_look_at_the_list() -> None:
    floor = small_floor()
    async with running(floor) as feed:
        await anext(feed)
        floor.metrics = [entry for entry in floor.metrics if entry["metricId"] != "102"]
        floor.unknown = {"102"}
        floor.asked.clear()
        snapshot = await until(feed, lambda s: "metrics.gone" in codes(s))
    names = [name for name, _ in floor.asked]
    # no halving: the list told which one it was
    assert floor.asked[names.index("realtime/metrics") + 1] == (VALUES, ("101", "K0FLAEB6", "K1RNV2OQ"))
    assert "longest_wait" not in [column.id for column in snapshot.columns[Section.QUEUES]]


async def test_a_forbidden_metric_says_so_in_its_cells() -> None:
    floor = small_floor(forbidden={"101", "K1RNV2OQ"})
    async with running(floor) as feed:
        snapshot = await anext(feed)
    reading = snapshot.queues[0].reading("waiting")
    assert (reading.status, reading.text) == (Status.ERROR, "not permitted")
    assert snapshot.metrics[0].reading.text == "not permitted"
    assert snapshot.queues[0].reading("longest_wait").has_value
    assert not snapshot.is_warming


async def test_a_left_out_id_is_tried_again() -> None:
    floor = small_floor(forbidden={"101"})
    async with running(floor, timing=replace(FAST, reprobe_s=0.15)) as feed:
        await anext(feed)
        floor.forbidden.clear()
        snapshot = await until(feed, lambda s: s.queues[0].reading("waiting").has_value)
    assert snapshot.queues[0].reading("waiting").value == 3
    assert ("realtime/metrics/values", ("101",)) in floor.asked


async def test_everything_forbidden_is_about_the_account() -> None:
    floor = small_floor(forbidden={"101", "102", "K0FLAEB6", "K1RNV2OQ"})
    async with running(floor) as feed:
        with pytest.raises(NotPermitted):
            await anext(feed)


async def test_a_key_that_dies_in_mid_run_is_called_revoked() -> None:
    floor = small_floor()
    async with running(floor) as feed:
        await anext(feed)
        floor.keys = ("another",)
        with pytest.raises(AuthError) as caught:
            await until(feed, lambda _: False)
    assert caught.value.message.code == "http.revoked"


async def test_a_wrong_key_is_called_wrong() -> None:
    floor = small_floor(keys=("another",))
    async with running(floor) as feed:
        with pytest.raises(AuthError) as caught:
            await anext(feed)
    assert caught.value.message.code == "http.unauthorized"
    assert floor.count_of("realtime/metrics") == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><body>Sign in</body></html>", "reply.html"),
        (b'{"results": [', "reply.json"),
        (b"", "reply.empty"),
        (b"null", "reply.shape"),
        (b'"Unauthorized"', "reply.shape"),
        (b"{}", "reply.shape"),
        (b'{"results": {"a": 1}}', "reply.shape"),
        (b'{"results": [{"key": 5}]}', "reply.shape"),
        (
            b'{"results": [{"key": {"metricId": "someone else"}, "value": {"type": "COUNT", "count": 1}}]}',
            "reply.shape",
        ),
    ],
)
async def test_a_reply_that_is_no_answer_fails_as_a_whole_and_values_stay(body: bytes, code: str) -> None:
    floor = small_floor()
    async with floor.server:
        backend = make_backend(floor)
        try:
            first = await anext(backend.snapshots())
            floor.valued = (200, body)
            with pytest.raises(ProtocolError) as caught:
                await until(backend.snapshots(), lambda _: False)
            assert caught.value.message.code == code
            assert caught.value.exchange_id
            floor.valued = None
            again = await anext(backend.snapshots())
            assert again.queues[0] is first.queues[0]
        finally:
            await backend.aclose()


@pytest.mark.parametrize("body", [b"<html></html>", b"[", b"{}", b"[5]", b'[{"metricName": "x"}]'])
async def test_a_metrics_list_that_is_none_is_an_error(body: bytes) -> None:
    floor = small_floor(listed=(200, body))
    async with running(floor) as feed:
        with pytest.raises(ProtocolError):
            await anext(feed)


async def test_a_server_before_the_interface_is_called_too_old() -> None:
    floor = small_floor(listed=(404, b""))
    async with running(floor) as feed:
        with pytest.raises(NotFound) as caught:
            await anext(feed)
    assert caught.value.message.code == "http.too_old"
    assert "Chronicall offers it from version 4.0.9" in english(caught.value.message)


async def test_the_hosted_product_is_never_too_old() -> None:
    floor = small_floor(listed=(404, b""))
    async with running(floor, flavour=XIMA) as feed:
        with pytest.raises(NotFound) as caught:
            await anext(feed)
    assert caught.value.message.code == "http.not_found"


async def test_no_metrics_is_no_error_and_says_where_they_are_enabled() -> None:
    floor = ScriptedXima()
    async with running(floor) as feed:
        snapshot = await anext(feed)
        assert codes(snapshot) == ["metrics.none"]
        assert "API Enablement > Realtime Metric Access" in english(snapshot.notices[0])
        assert not snapshot.is_warming
        floor.metrics = small_floor().metrics
        floor.values = small_floor().values
        snapshot = await until(feed, lambda s: bool(s.queues))
    assert codes(snapshot) == []
    assert floor.asked[1] == ("realtime/metrics", ())


async def test_a_clock_an_hour_ahead_is_mentioned_and_corrected() -> None:
    floor = small_floor(skew_s=3600.0)
    clock = SystemClock()
    ahead = datetime.now(UTC) + timedelta(hours=1)
    floor.values["102", "Sales(70)"]["lastUpdateTime"] = (ahead - timedelta(seconds=10)).isoformat(
        timespec="milliseconds"
    )
    async with running(floor, clock=clock) as feed:
        snapshot = await anext(feed)
    assert abs(snapshot.offset_ms - 3_600_000) < 2_000
    assert abs((snapshot.taken_at - ahead).total_seconds()) < 5
    shown = snapshot.queues[0].reading("longest_wait").value_at(clock.now_ms() + snapshot.offset_ms)
    assert 29_000 < float(shown or 0) < 34_000
    notice = next(notice for notice in snapshot.notices if notice.code == "clock.skew")
    assert "60 min ahead of this computer's" in english(notice)


async def test_without_a_date_old_stamps_tell_no_time() -> None:
    floor = small_floor(skew_s=None)
    for value in floor.values.values():
        value["lastUpdateTime"] = "2019-10-01T10:17:56.496-06:00"
    async with running(floor) as feed:
        snapshot = await anext(feed)
    assert snapshot.offset_ms == 0
    assert codes(snapshot) == []


async def test_ids_are_split_by_the_length_of_the_address() -> None:
    ids = [f"metric-{i:03d}-with/a long=id" for i in range(200)]
    floor = ScriptedXima(metrics=[metric(key, key, "NONE") for key in ids])
    for key in ids:
        floor.put(key, None, count(1))
    async with running(floor) as feed:
        snapshot = await anext(feed)
    assert len(snapshot.metrics) == 200
    assert floor.count_of(VALUES) >= 3
    assert all(len(f"{floor.url}{target}") <= 2_000 for target in floor.targets)
    assert [key for _, asked in floor.asked for key in asked] == ids


async def test_ids_are_split_by_the_weight_of_the_reply() -> None:
    names = [f"Agent {i}({i})" for i in range(50)]
    floor = ScriptedXima(metrics=[metric(f"m{i}", f"M{i}", "AGENT", *names) for i in range(8)])
    for i in range(8):
        for name in names:
            floor.put(f"m{i}", name, count(1))
    async with running(floor, timing=replace(FAST, reply_bytes=15_000)) as feed:
        await anext(feed)
        await anext(feed)
    sizes = [len(asked) for name, asked in floor.asked if name == VALUES]
    assert max(sizes) <= 2
    assert len(floor.asked[1][1]) == 1


async def test_one_part_that_fails_leaves_the_board_as_it_was() -> None:
    ids = [f"m{i:03d}" for i in range(40)]
    floor = ScriptedXima(metrics=[metric(key, key, "NONE") for key in ids])
    for key in ids:
        floor.put(key, None, count(1))
    timing = replace(FAST, url_limit=150)
    async with floor.server:
        backend = make_backend(floor, timing=timing)
        try:
            feed = backend.snapshots()
            first = await anext(feed)
            floor.values["m000", None] = count(2)
            floor.values["m039", None] = {"type": "COUNT", "count": 1, "huge": None}
            floor.put("m039", "x" * 10, "bad")
            del floor.values["m039", "x" * 10]
            original = floor._values
            floor._values = lambda asked: (500, b"") if "m039" in asked else original(asked)  # type: ignore[method-assign]
            with pytest.raises(Exception, match=r"http\.server_error|fault of its own"):
                await until(feed, lambda _: False)
            assert backend._board.metrics == first.metrics
        finally:
            await backend.aclose()


async def test_new_metrics_and_vanished_values_follow_the_list() -> None:
    floor = small_floor()
    async with running(floor, timing=replace(FAST, list_every_s=0.05)) as feed:
        await anext(feed)
        floor.metrics.append(metric("200", "Answered Calls", "GROUP", "Sales(70)"))
        floor.put("200", "Sales(70)", count(9))
        floor.metrics[2]["categorySelection"] = ["John Doe(481)", "New One(483)"]
        del floor.values["K0FLAEB6", "Jane Roe(482)"]
        snapshot = await until(feed, lambda s: s.queues[0].reading("answered").has_value)
    assert [row.id for row in snapshot.agents] == ["John Doe(481)", "New One(483)"]
    assert snapshot.agents[1].reading("state").status is Status.WARMING


async def test_a_large_reply_is_mapped_in_a_thread_with_the_same_result() -> None:
    names = [f"Agent {i}({1000 + i})" for i in range(800)]
    floor = ScriptedXima(metrics=[metric("m", "Agent Answered Calls", "AGENT", *names)])
    for i, name in enumerate(names):
        floor.put("m", name, count(i))
    async with running(floor) as feed:
        snapshot = await anext(feed)
    assert [row.reading("calls_taken").value for row in snapshot.agents] == list(range(800))


async def test_every_figure_points_into_a_stored_reply() -> None:
    floor = small_floor()
    exchanges = ExchangeLog()
    async with running(floor, exchanges=exchanges) as feed:
        snapshot = await anext(feed)
    reading = snapshot.queues[0].reading("waiting")
    assert reading.source is not None
    exchange = exchanges.get(reading.source.exchange_id)
    assert exchange is not None
    place = json.loads(exchange.body)
    for step in reading.source.pointer.split("/")[1:]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    assert place == reading.value == 3
    assert KEY not in repr(exchange)


async def test_the_hosted_product_lists_agents_and_skills_without_values() -> None:
    floor = ScriptedXima(
        metrics=[metric("1", "Calls in Queue", "SKILL", "Sales"), metric("2", "Agent State", "AGENT", "A(1)")],
        agents=["A(1)", "B(2)"],
        skills=["Sales", "Night"],
    )
    floor.put("1", "Sales", count(1))
    floor.put("2", "A(1)", {"type": "STRING", "value": "Ready"})
    async with running(floor, flavour=XIMA) as feed:
        snapshot = await anext(feed)
    assert [row.name for row in snapshot.queues] == ["Sales", "Night"]
    assert snapshot.agents[1].reading("state").status is Status.UNSUPPORTED
    assert not snapshot.is_warming


async def test_a_directory_that_is_not_there_takes_nothing_away() -> None:
    floor = small_floor()
    async with running(floor, flavour=XIMA) as feed:
        snapshot = await anext(feed)
    assert len(snapshot.queues) == 2


async def test_polls_keep_the_profiles_cadence() -> None:
    floor = small_floor()
    async with running(floor, poll_s=0.2) as feed:
        await anext(feed)
        start = asyncio.get_running_loop().time()
        await anext(feed)
        await anext(feed)
        assert asyncio.get_running_loop().time() - start >= 0.3


async def test_another_prefix_is_asked_under_that_prefix() -> None:
    floor = small_floor()
    async with running(floor, fields={"api_prefix": " api/v1/ "}) as feed:
        with pytest.raises(NotFound):
            await anext(feed)
    assert floor.targets == ["/api/v1/realtime/metrics"]


async def test_check_reports_counts_proposals_and_clock() -> None:
    floor = small_floor(skew_s=-7200.0)
    async with floor.server:
        backend = make_backend(floor)
        result = await backend.check()
        await backend.aclose()
    assert [english(finding) for finding in result.findings] == [
        f"127.0.0.1:{floor.server.port} answers: 4 realtime metrics, 2 agents, 2 queues."
    ]
    assert [warning.code for warning in result.warnings] == ["clock.skew"]
    assert [(info.id, info.proposed) for info in result.metrics] == [
        ("101", "queues.waiting"),
        ("102", "queues.longest_wait"),
        ("K0FLAEB6", "agents.state"),
        ("K1RNV2OQ", ""),
    ]


async def test_check_raises_what_is_wrong() -> None:
    floor = small_floor(keys=("another",))
    async with floor.server:
        backend = make_backend(floor)
        with pytest.raises(AuthError):
            await backend.check()
        await backend.aclose()
