"""What-if on the demo's own floor: recorded as a console would see it, then held against what the floor came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean

import numpy as np
import pytest

from console.demo.world.world import World
from console.demo.world.zone import Zone
from console.domain.board import Board, Source
from console.domain.enums import HealthState, Section
from console.domain.erlang import Load, expect
from console.domain.model import Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.domain.values import Unit, text
from console.engine.history.base import RowName, Series, SeriesKey, Span, StateSpan
from console.engine.history.measure import increase, measure
from console.engine.what_if import Basis, around, basis, fewest, with_ringing

STEP_MS = 10_000
TARGET_S = 20
HOUR_MS = 3_600_000
AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
PROFILE = Profile(ProfileId("p"), "Main", "asternic", "http://127.0.0.1")


_STATES = {"talking": "on_call", "hold": "on_call", "dialing": "other_call"}


class FloorHistory:
    """A day of the world as the recorder would hold it: looked at every ten seconds."""

    def __init__(self, world: World, day: int) -> None:
        self._world, self._day = world, day
        self._curves: dict[str, list[tuple[int, float]]] = {}
        fold = world.new_fold(day)
        log = world.log_of(day)
        for at in range(world.day_start(day), world.day_start(day) + 12 * HOUR_MS, STEP_MS):
            fold.advance(log, at)
            queue = fold.queues[0]
            figures = {
                "waiting": len(queue.waiting),
                "answered": queue.answered,
                "abandoned": queue.abandoned,
                "offered": queue.entered,
            }
            for column, value in figures.items():
                self._curves.setdefault(column, []).append((at, value))

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        points = [point for point in self._curves.get(key.column, ()) if start_ms <= point[0] < end_ms]
        if not points:
            return None
        times, values = np.array(points, dtype=float).T
        return Series(key, times, values, Unit.COUNT, key.column, "Support")

    async def board_at(self, at_ms: float) -> Board:
        site = self._world.site
        agents = tuple(
            Row(
                str(agent.index),
                agent.name,
                {"queues": text(safe_text(", ".join(site.queues[q].name for q in agent.queues)))},
            )
            for agent in site.agents
        )
        queues = tuple(Row(str(queue.index), safe_text(queue.name), {}) for queue in site.queues)
        snapshot = Snapshot(PROFILE.id, "asternic", AT, {Section.AGENTS: ()}, queues=queues, agents=agents)
        return Board((Source(PROFILE, "Asternic", snapshot, Health(HealthState.LIVE, AT)),))

    async def agent_states(
        self, profile_id: str, start_ms: float, end_ms: float
    ) -> Sequence[tuple[RowName, Sequence[StateSpan]]]:
        found = []
        for day in self._world.agent_days(self._day):
            spans = [
                StateSpan(max(span.start, start_ms), min(span.end, end_ms), _STATES.get(span.state, span.state))
                for span in day.spans
                if span.end > start_ms and span.start < end_ms
            ]
            found.append((RowName(profile_id, Section.AGENTS, str(day.agent), ""), spans))
        return found

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
        return [Span(start_ms, end_ms)]


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=5, queues=1, agents=16, start_ms=1_790_000_000_000, zone=Zone("UTC"))


async def test_the_floor_comes_to_what_erlang_a_expects(world: World) -> None:
    wrong_level, wrong_abandon = [], []
    for day in range(-6, 0):
        history = FloorHistory(world, day)
        start = world.opening(day) + HOUR_MS
        end = start + 2 * HOUR_MS
        found = await basis(history, "p", [("0", world.site.queues[0].name)], start, end)  # type: ignore[arg-type]
        legs = [leg for call in world.calls(day) for leg in call.queues if start <= leg.entered < end]
        answered = [leg for leg in legs if leg.answered is not None]
        in_time = sum((leg.wait_ms or 0) <= TARGET_S * 1000 for leg in answered) / len(legs)
        assert found.offered == pytest.approx(len(legs), abs=2)
        assert found.arrivals_per_hour is not None
        assert found.handling_s is not None
        assert found.patience_s is not None
        assert found.agents is not None
        load = Load(found.arrivals_per_hour / 3600, found.handling_s, found.patience_s)
        expected = with_ringing(load, round(found.agents), TARGET_S, found.ring_s or 0)
        wrong_level.append(expected.within_target - in_time)
        wrong_abandon.append(expected.abandoned - (found.abandon_rate or 0))
    # a morning of a few hundred calls scatters; six of them may not be off on the whole
    assert abs(fmean(wrong_level)) < 0.06
    assert abs(fmean(wrong_abandon)) < 0.02
    assert max(map(abs, wrong_level)) < 0.2


async def test_agents_who_serve_other_queues_too_are_pointed_out() -> None:
    world = World(seed=5, queues=6, agents=20, start_ms=1_790_000_000_000, zone=Zone("UTC"))
    history = FloorHistory(world, -1)
    start = world.opening(-1) + HOUR_MS
    one = await basis(history, "p", [("0", world.site.queues[0].name)], start, start + HOUR_MS)  # type: ignore[arg-type]
    assert "what_if.shared" in [note.code for note in one.notes]


async def test_all_queues_together_share_with_nobody_even_where_a_name_holds_a_comma() -> None:
    world = World(seed=1, queues=12, agents=30, start_ms=1_790_000_000_000, zone=Zone("UTC"))
    names = [queue.name for queue in world.site.queues]
    assert any("," in name for name in names)
    assert any(safe_text(name) != name for name in names), "one is read from right to left"
    rows = [(str(place), safe_text(name)) for place, name in enumerate(names)]
    start = world.opening(-1) + HOUR_MS
    found = await basis(FloorHistory(world, -1), "p", rows, start, start + HOUR_MS)  # type: ignore[arg-type]
    assert "what_if.shared" not in [note.code for note in found.notes]
    assert found.agents is not None


async def test_what_was_not_recorded_is_not_made_up() -> None:
    class Nothing:
        async def series(self, *_: object) -> None:
            return None

        async def board_at(self, _at: float) -> Board:
            return Board()

    found = await basis(Nothing(), "p", [("0", "Support")], 0, HOUR_MS)  # type: ignore[arg-type]
    assert replace(found, notes=()) == Basis(("Support",), 0.0, None, None, None, None, None, None, None, None)
    assert found.arrivals_per_hour is None
    assert {note.code for note in found.notes} >= {"what_if.no_agents", "what_if.few_calls"}


def test_around_and_fewest() -> None:
    load = Load(100 / 3600, 180, 180)
    found = around(load, 6, 20, by=2)
    assert [each.agents for each in found] == [4, 5, 6, 7, 8]
    best = fewest(load, 20, 0.8)
    assert best is not None
    assert best.within_target >= 0.8
    assert expect(load, best.agents - 1, 20).within_target < 0.8
    assert fewest(Load(10, 600, 60), 20, 0.99, most=100) is None


def _series(*points: tuple[float, float]) -> Series:
    times, values = np.array(points, dtype=float).T
    return Series(SeriesKey("p", Section.QUEUES, "0", "x"), times, values, Unit.COUNT, "X", "Support")


def test_unknown_stretches_are_left_out_and_resets_add_up() -> None:
    curve = _series((0, 2), (10, np.nan), (30, 4))
    found = measure(curve, 5, 40)
    assert (found.integral, found.known_ms) == (5 * 2 + 10 * 4, 15)
    assert measure(_series((0, np.nan)), 0, 10).mean is None
    gap = _series((0, 10), (5, 12), (6, np.nan), (10, 14), (20, 16), (25, 3))
    assert increase(gap, 5, 30) == 2 + 2 + 3, "not the two that came while nobody looked"
    assert increase(_series((0, 10)), 5, 10) == 0, "a counter that rests is known"
    assert increase(_series((0, np.nan)), 0, 10) is None
