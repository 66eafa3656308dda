"""Call records and agents' days: complete, consistent, and equal to the live fold's counters."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.demo.world import events as ev
from console.demo.world.calls import records_of
from console.demo.world.directory import cost_of
from console.demo.world.fold import DIRECTIONS, IDLE, STATE_NAMES
from console.demo.world.records import CallRecord
from console.demo.world.world import World
from tests.demo.test_world import make, shared

LOST = ("abandoned", "voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback")
sizes = st.sampled_from([(1, 1), (1, 4), (3, 9), (5, 20), (12, 60)])
seeds = st.integers(min_value=0, max_value=3)


def check_counters(world: World, records: tuple[CallRecord, ...], t: int) -> None:
    """What the records say of each queue is what the live fold counted."""
    fold = world.fold_at(t)
    legs = [leg for record in records for leg in record.queues]
    for index, queue in enumerate(fold.queues):
        mine = [leg for leg in legs if leg.queue == index]
        outcomes = Counter(leg.outcome for leg in mine)
        assert queue.entered == len(mine)
        assert queue.answered == outcomes["answered"]
        assert len(queue.waiting) == outcomes["open"]
        for way in LOST:
            assert getattr(queue, way) == outcomes[way], way
        assert queue.entered == queue.answered + queue.unanswered + len(queue.waiting)
        assert queue.wait_sum == sum(leg.wait_ms or 0 for leg in mine if leg.outcome == "answered")
        assert queue.talk_sum(t) == sum(leg.talk_ms(t) for leg in mine)
    attempts = sum(len(record.callback.attempts) for record in records if record.callback)
    directions = Counter(record.direction.upper() for record in records)
    directions["OUTBOUND"] += attempts
    assert fold.directions == [directions[word] for word in DIRECTIONS]


@settings(max_examples=14, deadline=None)
@given(seed=seeds, size=sizes)
def test_every_call_is_one_record_that_ended(seed: int, size: tuple[int, int]) -> None:
    """At the end of a day nothing is open, counters agree, and legs are linked to each other."""
    world = shared(seed, *size)
    records = world.calls(-1)
    assert [record.start for record in records] == sorted(record.start for record in records)
    check_counters(world, records, world.day_start(0) - 1)
    starts = (ev.ARRIVE, ev.OUT_DIAL, ev.INT_DIAL, ev.OFFICE_CALL)
    assert len(records) == sum(event[1] in starts for event in world.log_of(-1))
    assert len({record.uid for record in records}) == len(records)
    for record in records:
        assert record.end is not None
        assert record.end >= record.start
        assert record.status != "open"
        for before, after in pairwise(record.queues):
            assert (before.next_call, after.came_from) == (after.call, before.call)
            assert before.ended == after.entered
            assert before.transfer or before.outcome == "overflow"
        if record.callback is not None:
            assert record.queues[-1].outcome == "callback"
            assert record.callback.settled is not None
            success = any(attempt.result == "answered" for attempt in record.callback.attempts)
            assert (record.callback.result == "answered") == success


@settings(max_examples=10, deadline=None)
@given(seed=seeds, size=sizes)
def test_no_time_is_negative_and_parts_lie_inside_the_whole(seed: int, size: tuple[int, int]) -> None:
    """Menus, rings, waits, holds, talk and messages."""
    for record in shared(seed, *size).calls(-1):
        end = record.end or 0
        for visit in record.menus:
            assert record.start <= visit.entered <= (visit.left or 0) <= end
            assert visit.hung_up == (not visit.keys)
            assert all(visit.entered <= t <= (visit.left or 0) for t in visit.timeouts)
        for leg in record.queues:
            assert record.start <= leg.entered <= (leg.ended or 0) <= end
            assert (leg.wait_ms or 0) >= 0
            assert 1 <= leg.exit_position <= leg.position
            assert leg.talk_ms(end) >= 0
            assert 0 <= leg.hold_ms(end) <= end - leg.entered
            assert [ring.outcome for ring in leg.rings].count("answered") == (leg.outcome == "answered")
            assert all(leg.entered <= ring.start <= (ring.end or 0) for ring in leg.rings)
            assert (leg.hung_up_by is None) == (leg.transfer is not None or leg.outcome != "answered")
            assert all(1 <= answer.score <= 5 for answer in leg.survey)
        for phone in record.phones:
            assert phone.outcome != "open"
            assert phone.talk_ms(end) >= 0
            assert all(ring.ring_ms >= 0 and ring.outcome != "open" for ring in phone.rings)
        assert all(0 < message.length_ms <= message.at - record.start for message in record.messages)


@settings(max_examples=10, deadline=None)
@given(seed=seeds, size=sizes)
def test_an_agent_talks_to_one_party_at_a_time(seed: int, size: tuple[int, int]) -> None:
    """Over queue calls, calls to the own phone, own calls and callbacks."""
    busy: dict[int, list[tuple[int, int]]] = defaultdict(list)
    world = shared(seed, *size)
    for record in world.calls(-1):
        end = record.end or 0
        for leg in record.queues:
            if leg.answered is not None:
                busy[leg.agent].append((leg.answered, leg.ended or 0))
        for phone in record.phones:
            if phone.answered is not None and phone.agent >= 0:
                busy[phone.agent].append((phone.answered, phone.ended or 0))
        if record.direction == "outbound" or 0 <= record.caller < len(world.site.agents):
            busy[record.caller].append((record.start, end))
        for attempt in record.callback.attempts if record.callback else ():
            busy[attempt.agent].append((attempt.dialled, attempt.ended or 0))
    for stretches in busy.values():
        stretches.sort()
        assert all(left[1] <= right[0] for left, right in pairwise(stretches))


@settings(max_examples=10, deadline=None)
@given(seed=seeds, size=sizes)
def test_an_agents_day_has_no_gaps_and_agrees_with_the_calls(seed: int, size: tuple[int, int]) -> None:
    """Spans add up to the time logged in, login and logout are those of the log, talk is that of the calls."""
    world = shared(seed, *size)
    log = world.log_of(-1)
    records = world.calls(-1)
    talk: Counter[int] = Counter()
    for leg in (leg for record in records for leg in record.queues):
        talk[leg.agent] += leg.talk_ms(0) if leg.answered is not None else 0
    for day in world.agent_days(-1):
        logins = [t for t, kind, _, _, agent, *_ in log if kind == ev.LOGIN and agent == day.agent]
        logouts = [t for t, kind, _, _, agent, *_ in log if kind == ev.LOGOUT and agent == day.agent]
        assert [session.login for session in day.sessions] == logins
        assert [session.logout for session in day.sessions] == logouts
        assert day.logged_in_ms == sum(logouts) - sum(logins)
        assert day.logged_in_ms == sum(day.state_ms(word) for word in STATE_NAMES)
        assert sum(day.pause_ms().values()) == day.state_ms("paused")
        assert all(span.ms > 0 and not span.is_open for span in day.spans)
        assert sum(span.ms for span in day.spans if span.state == "talking" and span.queue >= 0) == talk[day.agent]
        assert (day.first_login, day.last_logout) == ((logins[0], logouts[-1]) if logins else (None, None))
        noon = world.opening(-1) + 4 * 3_600_000
        halves = day.clip(0, noon), day.clip(noon, world.now)
        assert sum(half.logged_in_ms for half in halves) == day.logged_in_ms


@settings(max_examples=8, deadline=None)
@given(seed=seeds, steps=st.lists(st.integers(min_value=1, max_value=40 * 60_000), min_size=1, max_size=8))
def test_today_is_told_as_far_as_it_went(seed: int, steps: list[int]) -> None:
    """However often somebody asked in between; counters agree at every look."""
    world = make(seed, 5, 20)
    for step in steps:
        world.advance(world.now + step)
        records = world.calls(0)
        check_counters(world, records, world.now)
        assert records == records_of(world.site, 0, world.log_of(0))
        for agent, day in zip(world.fold.agents, world.agent_days(0), strict=True):
            if day.spans and day.spans[-1].is_open:
                assert day.spans[-1].state == STATE_NAMES[agent.state]
                assert day.spans[-1].start == agent.since
    assert {day.agent for day in world.agent_days(0)} == set(range(20))
    assert world.fold.by_state[IDLE] >= 0


def test_the_same_calls_come_in_streams_and_ranges() -> None:
    """A stream holds what the day holds; a range joins days and cuts at its edges."""
    world = shared(1, 12, 60)
    assert sorted(world.stream_calls(-2), key=lambda record: (record.start, record.call)) == list(world.calls(-2))
    start, end = world.opening(-2) + 3_600_000, world.opening(-1) + 7_200_000
    both = [*world.calls(-2), *world.calls(-1)]
    assert list(world.calls_between(start, end)) == [each for each in both if start <= each.start <= end]
    assert world.calls(-2) is world.calls(-2)
    assert world.agent_days(-2) is world.agent_days(-2)


def test_a_week_has_everything_reports_ask_for() -> None:
    """Every kind of record, every outcome, every way through the telephone system."""
    world = shared(1, 12, 60)
    days = range(-5, 0)
    records = [record for day in days for record in world.calls(day)]
    kinds = {event[1] for day in days for event in world.log_of(day)}
    assert kinds == set(range(len(ev.NAMES)))
    assert {leg.outcome for record in records for leg in record.queues} == {"answered", *LOST}
    assert {record.status for record in records} == {
        "answered", "voicemail", "abandoned", "no_answer", "busy", "failed",
    }  # fmt: skip
    assert {leg.transfer for record in records for leg in record.queues} == {None, "blind", "attended"}
    assert {record.callback.result for record in records if record.callback} > {"answered"}
    groups = [phone for record in records for phone in record.phones if phone.ring_group >= 0]
    assert {phone.outcome for phone in groups} >= {"answered", "no_answer"}
    assert {ring.outcome for phone in groups for ring in phone.rings} >= {"answered", "elsewhere", "no_answer"}
    assert any(len(record.menus) > 1 for record in records)
    assert any(visit.timeouts for record in records for visit in record.menus)
    assert {record.trunk for record in records} == {-1, 0, 1, 2}
    assert sum(record.callback is not None for record in records) > 30
    assert sum(bool(leg.survey) for record in records for leg in record.queues) > 500


def test_calls_out_cost_what_the_rates_say() -> None:
    """Longest prefix on the trunk, whole blocks, connection charge; nothing for a call nobody answered."""
    world = shared(1, 12, 60)
    book = world.site.directory
    out = [record for record in world.calls(-1) if record.direction == "outbound"]
    assert len({record.rate for record in out}) > 4
    for record in out:
        if record.answered is None or record.number == "Anonymous":
            assert (record.rate, record.cost) == (-1, None)
            continue
        digits = record.number.replace(" ", "")
        fitting = [rate for rate in book.rates if rate.trunk == record.trunk and digits.startswith(rate.prefix)]
        assert book.rates[record.rate] == max(fitting, key=lambda rate: len(rate.prefix))
        seconds = ((record.end or 0) - record.answered) / 1000
        rate = book.rates[record.rate]
        exact = rate.connection + rate.per_minute * seconds / 60
        assert 0 <= (record.cost or 0) - exact + 0.5 <= rate.per_minute * rate.block_s / 60 + 1


@pytest.mark.parametrize(("talk_ms", "cost"), [(0, 0), (1, 90), (60_000, 90), (60_001, 180)])
def test_a_block_begun_is_paid(talk_ms: int, cost: int) -> None:
    """Whole minutes on the first trunk."""
    rate = next(each for each in shared(1, 12, 60).site.directory.rates if each.trunk == 0 and each.prefix == "+49")
    assert (rate.connection, rate.block_s) == (0, 60)
    assert cost_of(rate, talk_ms) == cost
