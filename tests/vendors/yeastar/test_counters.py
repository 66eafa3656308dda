"""The day's figures: traps 12, 14, 18, 19, 22, 28, 33, 34, 49 and 50."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from console.domain.messages import english
from console.domain.values import Origin, Status
from console.vendors.yeastar.counters import COLUMNS, figures
from tests.support import ManualClock, settle
from tests.vendors.yeastar.support import NOW, codes, opened, performance, row, running, small_pbx, until

ON = {"counters": "120"}
V2, V1 = "v2.0/call_report/list", "v1.0/call_report/list"


def clock_now() -> ManualClock:
    """A clock that agrees with the PBX."""
    return ManualClock(NOW.timestamp() * 1000)


async def polled(pbx: Any, clock: ManualClock, backend: Any) -> Any:
    """One poll, the report beside it included, and its snapshot."""
    await backend._poll()
    await pbx.until(lambda: not backend._scope.running)
    await settle()
    return backend._snapshot()


async def test_they_come_with_their_own_age() -> None:
    pbx = small_pbx(report=[performance("6400"), performance("0099", total_calls=0, answered_calls=0)])
    async with opened(pbx, clock=clock_now(), fields=ON) as backend:
        await backend._poll()
        before = backend._snapshot()
        assert before.is_warming
        assert row(before.queues, "11").reading("offered").status is Status.WARMING
        await pbx.until(lambda: not backend._scope.running)
        snapshot = backend._snapshot()
    assert not snapshot.is_warming
    sales = row(snapshot.queues, "11")
    wanted = dict(zip(COLUMNS, (40, 30, 10, 6, 15.0, 17_000, 185_000, 62.5), strict=True))
    assert {column: sales.reading(column).value for column in COLUMNS} == wanted
    assert sales.reading("answered").text == "as of 15:30:00"  # the PBX is an hour ahead of UTC
    assert sales.reading("unanswered").origin is Origin.COMPUTED
    assert sales.reading("answered").origin is Origin.VENDOR
    _, query = next(each for each in pbx.asked if each[0] == V2)
    assert query["type"] == "queueperformance"
    assert query["queue_id_list"] == "11,12"
    assert (query["start_time"], query["end_time"]) == ("2027/01/15 00:00:00", "2027/01/15 23:59:59")


def test_nothing_offered_is_not_a_rate_of_zero() -> None:
    """Trap 33 and the field's own rule: 0 calls have no service level and no average."""
    row_ = performance("6400", total_calls=0, answered_calls=0, missed_calls=0, abandoned_calls=0, sla=0)
    found = figures(row_, "", "", 0, Status.OK)
    assert found["answered"].value == 0
    for column in ("service_level", "abandon_rate", "avg_wait", "avg_talk"):
        assert found[column].status is Status.NOT_APPLICABLE


def test_trap_22_missing_is_unsupported_unreadable_is_an_error() -> None:
    row_ = performance("6400", sla="92.67%", total_calls="40", average_waiting_time="soon")
    del row_["average_talking_time"]
    del row_["missed_calls"]
    found = figures(row_, "", "", 0, Status.OK)
    assert found["service_level"].value == 92.67
    assert found["offered"].value == 40
    assert found["avg_wait"].status is Status.ERROR
    assert found["avg_talk"].status is Status.UNSUPPORTED
    assert found["unanswered"].status is Status.UNSUPPORTED


async def test_traps_12_and_28_a_success_without_rows_is_no_zero() -> None:
    """A wrong format, a wrong partition, a bogus id: all answer just so."""
    pbx, clock = small_pbx(report=[]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
    reading = row(snapshot.queues, "11").reading("answered")
    assert reading.status is Status.UNSUPPORTED
    assert "2027/01/15 00:00:00" in reading.text
    (notice,) = [each for each in snapshot.notices if each.code == "counters.no_rows"]
    assert "2027/01/15 00:00:00" in english(notice)


async def test_trap_18_an_empty_v2_never_falls_back_to_v1() -> None:
    pbx, clock = small_pbx(report=[]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        await polled(pbx, clock, backend)
        await clock.advance(130)
        await polled(pbx, clock, backend)
    assert pbx.count_of(V1) == 0
    assert pbx.count_of(V2) == 2


@pytest.mark.parametrize("refusal", [10001, -2, 10003])
async def test_traps_18_and_19_older_firmware_is_found_out_once(refusal: int) -> None:
    pbx, clock = small_pbx(codes={V2: refusal}), clock_now()
    pbx.overrides[V1] = {"queue_performance_list": [performance("6400")]}
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
        assert row(snapshot.queues, "11").reading("answered").value == 30
        await clock.advance(130)
        await polled(pbx, clock, backend)
        assert (pbx.count_of(V2), pbx.count_of(V1)) == (1, 2)
        pbx.info["firmware_version"] = "37.99.0.1"  # upgraded: asked anew
        await clock.advance(130)
        await polled(pbx, clock, backend)
    assert pbx.count_of(V2) == 2


async def test_the_profile_may_fix_the_version() -> None:
    pbx, clock = small_pbx(), clock_now()
    pbx.overrides[V1] = {"queue_performance_list": [performance("6400")]}
    async with opened(pbx, clock=clock, fields={**ON, "api_version": "v1.0"}) as backend:
        snapshot = await polled(pbx, clock, backend)
    assert row(snapshot.queues, "11").reading("answered").value == 30
    assert pbx.count_of(V2) == 0


@pytest.mark.parametrize("code", [10001, 10005])
async def test_trap_19_a_report_not_to_be_had_is_unsupported_and_not_asked_again(code: int) -> None:
    pbx, clock = small_pbx(codes={V2: code, V1: code}), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
        asked = pbx.count_of(V2)
        await clock.advance(500)
        await polled(pbx, clock, backend)
        assert pbx.count_of(V2) == asked
    assert row(snapshot.queues, "11").reading("answered").status is Status.UNSUPPORTED
    assert row(snapshot.queues, "11").reading("waiting").value == 2
    assert "counters.unavailable" in codes(snapshot)


async def test_trap_14_the_format_a_refusal_names_is_used() -> None:
    refusal = {
        "errcode": 40002,
        "invalid_param_list": [{"field": "start_time", "valid_msg": "valid format: 02/01/2006 03:04:05 PM"}],
    }
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    pbx.overrides[V2] = [refusal]
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
        await clock.advance(130)
        await polled(pbx, clock, backend)
    sent = [query["start_time"] for path, query in pbx.asked if path == V2]
    assert sent == ["2027/01/15 00:00:00", "15/01/2027 12:00:00 AM", "15/01/2027 12:00:00 AM"]
    assert row(snapshot.queues, "11").reading("answered").value == 30


async def test_a_server_that_refuses_every_format_is_not_asked_for_ever() -> None:
    refusal = {"errcode": 40002, "invalid_param_list": [{"valid_msg": "valid format: 02/01/2006 03:04:05 PM"}]}
    pbx, clock = small_pbx(overrides={V2: refusal}), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
    assert pbx.count_of(V2) <= 4
    assert row(snapshot.queues, "11").reading("answered").status is Status.UNSUPPORTED


async def test_a_failed_report_keeps_the_last_figures_and_says_when_they_are_old() -> None:
    """Trap 49 included: another heavy task runs."""
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        await polled(pbx, clock, backend)
        pbx.codes[V2] = 70082
        await clock.advance(130)
        fresh = await polled(pbx, clock, backend)
        assert row(fresh.queues, "11").reading("answered").status is Status.OK
        await clock.advance(600)
        old = await polled(pbx, clock, backend)
        assert row(old.queues, "11").reading("answered").status is Status.STALE
        assert row(old.queues, "11").reading("answered").value == 30
        assert "counters.late" in codes(old)
        assert row(old.queues, "11").reading("waiting").status is Status.OK
        pbx.codes.clear()
        await clock.advance(60)
        healed = await polled(pbx, clock, backend)
        assert row(healed.queues, "11").reading("answered").status is Status.OK


async def test_at_midnight_of_the_pbx_yesterdays_figures_go() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    async with opened(pbx, clock=clock, fields={"counters": "900"}) as backend:
        await polled(pbx, clock, backend)
        pbx.codes[V2] = [70082]
        pbx.date = NOW + timedelta(hours=9)  # half past midnight there
        pbx.info |= {"system_time": "2027/01/16 00:30:00", "timestamp": int(pbx.date.timestamp())}
        await clock.advance(9 * 3600)
        night = await polled(pbx, clock, backend)
        assert row(night.queues, "11").reading("answered").value is None
        await clock.advance(60)
        morning = await polled(pbx, clock, backend)
        assert row(morning.queues, "11").reading("answered").value == 30
    assert [query["start_time"] for path, query in pbx.asked if path == V2][-1] == "2027/01/16 00:00:00"


async def test_without_a_certain_date_format_there_are_no_figures_and_a_sentence() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    pbx.info |= {"system_date_format": "?", "system_time": "03/03/2027 15:30:00"}
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
    assert pbx.count_of(V2) == 0
    assert "api.dates" in codes(snapshot)
    assert row(snapshot.queues, "11").reading("answered").status is Status.UNSUPPORTED


async def test_trap_50_a_slow_report_holds_no_poll_up_and_runs_alone() -> None:
    pbx = small_pbx(report=[performance("6400")])
    gate = asyncio.Event()
    route = pbx._route

    async def slow(request: Any) -> None:
        if "call_report" in request.target:
            await gate.wait()
        await route(request)

    pbx.server.then(slow)
    async with running(pbx, fields=ON) as feed:
        for _ in range(4):
            snapshot = await anext(feed)
        assert row(snapshot.queues, "11").reading("waiting").value == 2
        assert snapshot.is_warming
        gate.set()
        await until(feed, lambda each: row(each.queues, "11").reading("answered").value == 30)
    assert pbx.count_of(V2) == 1


async def test_switched_off_means_never_asked() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    async with opened(pbx, clock=clock) as backend:
        snapshot = await polled(pbx, clock, backend)
    assert pbx.count_of(V2) == 0
    assert row(snapshot.queues, "11").reading("answered").status is Status.UNSUPPORTED
    assert not snapshot.is_warming


async def test_trap_11_a_format_changed_in_mid_session_is_learned_within_a_minute() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        await polled(pbx, clock, backend)
        pbx.date = NOW + timedelta(seconds=61)
        pbx.info |= {"system_date_format": "DD/MM/YYYY", "system_time": "15/01/2027 03:31:01 PM"}
        pbx.info["timestamp"] = int(pbx.date.timestamp())
        await clock.advance(61)
        await polled(pbx, clock, backend)
    sent = [query["start_time"] for path, query in pbx.asked if path == V2]
    assert sent == ["2027/01/15 00:00:00", "15/01/2027 12:00:00 AM"]


async def test_trap_34_nothing_is_averaged_across_queues() -> None:
    """No totals are made of averages: the snapshot holds rows of queues only."""
    pbx, clock = small_pbx(report=[performance("6400"), performance("0099")]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        snapshot = await polled(pbx, clock, backend)
    assert snapshot.metrics == ()


async def test_a_new_day_at_the_pbx_does_not_wait_for_the_cadence() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    pbx.date = NOW + timedelta(hours=8, minutes=29, seconds=50)  # ten seconds to midnight there
    pbx.info |= {"system_time": "2027/01/15 23:59:50", "timestamp": int(pbx.date.timestamp())}
    clock.set_wall(pbx.date.timestamp() * 1000)
    async with opened(pbx, clock=clock, fields={"counters": "900"}) as backend:
        await polled(pbx, clock, backend)
        pbx.date += timedelta(seconds=15)
        await clock.advance(15)
        snapshot = await polled(pbx, clock, backend)
        assert pbx.count_of(V2) == 2
        assert row(snapshot.queues, "11").reading("answered").text == "as of 00:00:05"


async def test_a_pbx_whose_clock_runs_fast_is_asked_by_its_clock_but_not_all_the_time() -> None:
    pbx, clock = small_pbx(report=[performance("6400")]), clock_now()
    async with opened(pbx, clock=clock, fields=ON) as backend:
        await polled(pbx, clock, backend)
        for seconds, asked in ((1.0, 1), (1.5, 2), (1.5, 2), (1.0, 3)):
            await clock.advance(seconds)
            pbx.date += timedelta(minutes=3)
            clock.set_wall(pbx.date.timestamp() * 1000)
            await polled(pbx, clock, backend)
            assert pbx.count_of(V2) == asked
