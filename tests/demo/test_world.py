"""The world: its invariants, its determinism, its fold."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.demo.snapshot import state
from console.demo.world import events as ev
from console.demo.world.floor_day import HOUR, MINUTE, OPEN_FOR
from console.demo.world.fold import IDLE, OFF, PAUSED, STATE_NAMES, Fold
from console.demo.world.world import FINISHED_DAYS, SINCE_OPENING_MS, World
from console.demo.world.zone import Zone

LOST = {ev.NAMES[kind] for kind in ev.LOST}
LEG = {ev.ENTER, ev.RING, ev.NO_ANSWER, ev.ANSWER, ev.HOLD, ev.RETRIEVE, ev.TRANSFER, ev.END, *ev.LOST}
START = 1_790_240_400_000  # 2026-09-24 11:00 in Berlin
BERLIN = "Europe/Berlin"


def make(seed: int = 1, queues: int = 12, agents: int = 60, start: int = START, zone: str = BERLIN) -> World:
    return World(seed=seed, queues=queues, agents=agents, start_ms=start, zone=Zone(zone))


@cache
def shared(seed: int, queues: int, agents: int) -> World:
    """A world nobody advances."""
    return make(seed, queues, agents)


def snapshot(world: World, fold: Fold) -> str:
    return json.dumps(state(fold, world.site, world.zone))


sizes = st.sampled_from([(1, 1), (1, 4), (2, 3), (5, 20), (12, 60)])
seeds = st.integers(min_value=0, max_value=3)


@settings(max_examples=12, deadline=None)
@given(seed=seeds, size=sizes)
def test_every_call_has_one_outcome_and_every_day_adds_up(seed: int, size: tuple[int, int]) -> None:
    """Over a whole finished day: entered = answered + unanswered, and answered calls end."""
    world = shared(seed, *size)
    fate: dict[int, list[str]] = defaultdict(list)
    for _, kind, call, queue, *_ in world.log_of(-1):
        if queue >= 0 and kind in LEG:
            fate[call].append(ev.NAMES[kind])
    for story in fate.values():
        outcomes = [word for word in story if word == "end" or word in LOST]
        assert story[0] == "enter"
        assert outcomes == [story[-1]]
        assert story.count("answer") == (1 if outcomes == ["end"] else 0)
    last = world.fold_at(world.day_start(0) - 1)
    for queue in last.queues:
        assert queue.entered == queue.answered + queue.unanswered
        assert not queue.waiting
        assert queue.talk_rate == queue.window_rate == queue.window_base == 0
    assert not last.calls
    assert last.by_state[OFF] == len(last.agents)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, size=sizes, minute=st.integers(min_value=-25, max_value=14 * 60))
def test_states_partition_the_agents_at_every_instant(seed: int, size: tuple[int, int], minute: int) -> None:
    """In each queue the counters per state are those of its members, and calls in progress close the sums."""
    world = shared(seed, *size)
    fold = world.fold_at(world.opening(-1) + minute * MINUTE)
    for index, queue in enumerate(fold.queues):
        members = Counter(fold.agents[member].state for member in world.site.members[index])
        assert queue.by_state == [members[number] for number in range(len(STATE_NAMES))]
        assert queue.entered == queue.answered + queue.unanswered + len(queue.waiting)
        assert list(queue.waiting.values()) == sorted(queue.waiting.values())
        assert 0 <= queue.within <= queue.answered
        assert queue.window_sum(fold.now) <= queue.talk_sum(fold.now)
    assert fold.by_state == [sum(agent.state == number for agent in fold.agents) for number in range(8)]
    told = state(fold, world.site, world.zone)
    for row in told["queues"]:
        parts = ("agents_available", "agents_busy", "agents_paused", "agents_logged_off")
        assert sum(row[part] for part in parts) == sum(row["agents"].values())
    for agent in fold.agents:
        assert (agent.reason is not None) == (agent.state == PAUSED)
        assert (agent.call >= 0) == (agent.state not in (OFF, IDLE, PAUSED, STATE_NAMES.index("after_call")))


@settings(max_examples=15, deadline=None)
@given(seed=seeds, steps=st.lists(st.integers(min_value=0, max_value=20 * MINUTE), min_size=1, max_size=12))
def test_the_running_state_is_the_fold_of_the_log(seed: int, steps: list[int]) -> None:
    """However often it was asked in between: now = fold(log up to now), and the log does not depend on it."""
    asked_often, asked_once = make(seed, 5, 20), make(seed, 5, 20)
    for step in steps:
        asked_often.advance(asked_often.now + step)
        assert snapshot(asked_often, asked_often.fold) == snapshot(asked_often, asked_often.fold_at(asked_often.now))
    asked_once.advance(START + sum(steps))
    assert asked_often.log_of(0) == asked_once.log_of(0)
    assert snapshot(asked_often, asked_often.fold) == snapshot(asked_once, asked_once.fold)


def test_same_arguments_same_world_other_seed_other_world() -> None:
    """Site, today and a finished day are functions of seed, sizes and start."""
    one, two, other = make(seed=7), make(seed=7), make(seed=8)
    two.log_of(-5)  # asking for another day first changes nothing
    assert asdict(one.site) == asdict(two.site)
    assert one.log_of(0) == two.log_of(0)
    assert one.log_of(-3) == two.log_of(-3)
    assert one.log_of(0) != other.log_of(0)
    # a day of its own, not the same day again at another date
    shape = [
        [(t - one.day_start(day), kind, agent) for t, kind, _, _, agent, *_ in one.log_of(day)] for day in (-3, -4)
    ]
    assert shape[0][:50] != shape[1][:50]


def test_the_log_is_in_order_and_agents_do_one_thing_at_a_time() -> None:
    """Times never step back; an agent is never offered a call while not available."""
    world = shared(1, 12, 60)
    log = world.log_of(-2)
    assert all(left[0] <= right[0] for left, right in pairwise(log))
    idle: set[int] = set()
    for _, kind, _, _, agent, _, other in log:
        if kind == ev.READY:
            idle.add(agent)
        elif kind in (ev.RING, ev.OUT_DIAL, ev.INT_DIAL, ev.CB_DIAL) or (kind == ev.EXT_RING and agent >= 0):
            assert agent in idle
            idle.discard(agent)
            if kind == ev.INT_DIAL and other < 60:
                assert other in idle
                idle.discard(other)
        elif kind in (ev.PAUSE, ev.LOGOUT):
            idle.discard(agent)


def test_agents_serve_only_their_queues_and_the_longest_idle_is_offered_the_call() -> None:
    """Routing, replayed from the log alone; the longest waiting caller goes first over an agent's queues."""
    world = shared(2, 5, 20)
    skills = [set(agent.queues) for agent in world.site.agents]
    idle: dict[int, int] = {}
    in_line: dict[int, tuple[int, int, int]] = {}
    offered = 0
    for t, kind, call, queue, agent, _, other in world.log_of(-1):
        if kind == ev.ENTER:
            in_line[call] = (t, call, queue)
        elif kind == ev.READY:
            idle[agent] = t
        elif kind == ev.RING:
            offered += 1
            assert queue in skills[agent]
            candidates = [(since, who) for who, since in idle.items() if queue in skills[who]]
            assert idle[agent] == min(candidates)[0]
            if idle[agent] == t:  # just became free: takes who waited longest in any of its queues
                mine = [entry for entry in in_line.values() if entry[2] in skills[agent]]
                assert min(mine)[1] == call
            del idle[agent]
            del in_line[call]
        elif kind == ev.NO_ANSWER:
            entered = next(e[0] for e in world.log_of(-1) if e[1] == ev.ENTER and e[2] == call)
            in_line[call] = (entered, call, queue)
        elif kind in ev.LOST:
            in_line.pop(call, None)
        elif kind in (ev.PAUSE, ev.LOGOUT, ev.OUT_DIAL, ev.INT_DIAL, ev.CB_DIAL, ev.EXT_RING):
            idle.pop(agent, None)
            idle.pop(other, None) if kind == ev.INT_DIAL else None
    assert offered > 300


def test_a_start_falls_two_and_a_half_hours_after_opening_on_a_busy_floor() -> None:
    """In the site's zone, on every day the same time on the wall, over a change of the clocks as well."""
    world = shared(1, 12, 60)
    assert world.now - world.opening(0) == SINCE_OPENING_MS
    after_change = make(start=1_792_918_800_000)  # the morning after summer time ended
    assert (
        after_change.zone.local(after_change.opening(0)).utcoffset()
        != after_change.zone.local(after_change.opening(-1)).utcoffset()
    )
    for day in range(-FINISHED_DAYS, 0):
        local = after_change.zone.local(after_change.opening(day))
        assert local.time() == after_change.zone.local(after_change.opening(0)).time()
    assert world.fold.by_state[OFF] < 30


@pytest.mark.parametrize("seed", range(3))
def test_the_floor_behaves_like_a_floor(seed: int) -> None:
    """Occupancy, abandonment, service level and the shape of the day are those of a working centre."""
    world = shared(seed, 12, 60)
    busy = logged_in = 0
    for minute in range(60, 9 * 60, 10):
        by_state = world.fold_at(world.opening(-1) + minute * MINUTE).by_state
        busy += sum(by_state[2:6]) + by_state[7]
        logged_in += sum(by_state[1:]) - by_state[PAUSED]
    assert 0.68 <= busy / logged_in <= 0.88
    day = world.fold_at(world.day_start(0) - 1)
    entered = sum(queue.entered for queue in day.queues)
    abandoned = sum(queue.abandoned for queue in day.queues)
    within = sum(queue.within for queue in day.queues)
    assert 0.01 < abandoned / entered < 0.15
    assert 0.6 < within / entered < 0.97
    hours = Counter((t - world.opening(-1)) // HOUR for t, kind, *_ in world.log_of(-1) if kind == ev.ENTER)
    assert hours[2] > 1.4 * hours[0]
    assert max(hours) < OPEN_FOR // HOUR + 1
    kinds = {ev.NAMES[event[1]] for event in world.log_of(-1)}
    assert kinds >= set(ev.NAMES) - {"voicemail", "exit_empty", "exit_timeout", "overflow", "exit_key", "group_miss"}
    reasons = {event[5] for event in world.log_of(-1) if event[1] == ev.PAUSE}
    assert {"Break", "Lunch", "Restroom", "No Answer"} < reasons


def test_the_rarely_called_queue_has_no_answered_call_at_start() -> None:
    """So that an average without a count is on the wire from the first minute."""
    for seed in range(4):
        fold = shared(seed, 12, 60).fold
        assert fold.queues[11].answered == 0
        assert min(queue.entered for queue in fold.queues[:11]) > 5


def test_the_rolling_window_is_what_the_log_says() -> None:
    """Talked within the last half hour, recomputed from answer, hold, retrieve and end alone."""
    world = shared(1, 5, 20)
    for minute in (20, 45, 150, 151, 400):
        at = world.opening(-1) + minute * MINUTE
        expected: Counter[int] = Counter()
        since: dict[int, int] = {}
        for t, kind, call, queue, *_ in world.log_of(-1):
            if t > at:
                break
            if kind in (ev.ANSWER, ev.RETRIEVE):
                since[call] = t
            elif kind in (ev.HOLD, ev.END) and call in since:
                begun = since.pop(call)
                expected[queue] += max(0, t - max(begun, at - 30 * MINUTE))
            if kind == ev.END:
                since.pop(call, None)
        owner = {event[2]: event[3] for event in world.log_of(-1) if event[1] == ev.ENTER}
        for call, begun in since.items():
            expected[owner[call]] += at - max(begun, at - 30 * MINUTE)
        fold = world.fold_at(at)
        assert [queue.window_sum(at) for queue in fold.queues] == [expected[index] for index in range(5)]


def test_a_start_in_an_hour_that_exists_twice_still_falls_after_opening() -> None:
    """Half past two comes twice on 25 October; opening is the one two and a half hours ago."""
    second = 1_792_891_800_000  # 01:30 UTC, the second 02:30 in Berlin
    world = make(queues=1, agents=2, start=second + SINCE_OPENING_MS)
    assert world.opening(0) == second
    assert world.zone.local(second).hour == 2


def test_names_and_numbers_are_of_many_tongues_and_of_nobody() -> None:
    """Brackets, commas, ampersands, long words, two equal names; numbers only from ranges kept for fiction."""
    site = shared(1, 12, 60).site
    assert {"R&D Support", "O'Brien Account", "Billing, Refunds", "客户服务"} <= set(site.queue_names)
    doubles = [name for name, count in Counter(agent.name for agent in site.agents).items() if count > 1]
    assert "Maria Jones" in doubles
    assert len(set(site.agent_keys)) == 60
    prefixes = ("+44 20 7946 0", "+49 30 23125 ", "+33 1 99 00 ", "Anonymous")
    for number in site.numbers:
        assert number.startswith(prefixes) or (number.startswith("+1 ") and " 555 01" in number)


def test_a_new_day_begins_with_empty_counters() -> None:
    """The world runs on over night; yesterday's log becomes day -1 of the new day."""
    world = make(seed=1, queues=2, agents=4)
    today = world.log_of(0)
    world.advance(world.day_end + 1)
    assert world.day == 1
    assert world.log_of(0) is today
    assert sum(queue.entered for queue in world.fold.queues) == 0
    world.advance(world.opening(1) + 2 * HOUR)
    assert sum(queue.entered for queue in world.fold.queues) > 10


@pytest.mark.parametrize("bad", [lambda w: w.log_of(-9), lambda w: w.log_of(1), lambda w: w.fold_at(w.now + 1)])
def test_there_is_nothing_outside_the_world(bad: Callable[[World], object]) -> None:
    """Days and instants it never had are refused, not invented."""
    with pytest.raises(LookupError):
        bad(shared(1, 2, 3))


def test_a_zone_that_does_not_exist_is_refused() -> None:
    """With a sentence."""
    with pytest.raises(ValueError, match="no time zone"):
        Zone("Europe/Nowhere")
