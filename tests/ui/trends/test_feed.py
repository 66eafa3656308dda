"""What is chosen and how its curves grow: no widget."""

from __future__ import annotations

import asyncio
import math
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from console.domain.board import Board
from console.domain.enums import Section
from console.domain.frames import Frame
from console.domain.values import Reading, Status, Unit
from console.engine.history.base import RowName, SeriesKey
from console.ui.charts.feed import Track, TrendFeed, reading_value
from console.ui.trends.choice import Choice, Picked, bounds, from_command, from_json, week_before
from console.ui.trends.names import Floor
from tests.ui.boards import START_MS
from tests.ui.trends.fakes import FakeFrames, FakeHistory, floor

KEY = SeriesKey("p1", Section.QUEUES, "q0", "waiting")
MINUTE, HOUR, DAY = 60_000.0, 3_600_000.0, 86_400_000.0
BERLIN = ZoneInfo("Europe/Berlin")


def feed(history: FakeHistory | None, frames: FakeFrames | None) -> TrendFeed:
    return TrendFeed(cast(Any, history), cast(Any, frames))


def points(of: TrendFeed, key: SeriesKey = KEY) -> list[tuple[float, float | None]]:
    """Seconds since the start and values; None for nothing known."""
    times, values = of.tracks[key].arrays()
    return [((t - START_MS) / 1000, None if v != v else v) for t, v in zip(times, values, strict=True)]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("p1/queues/q0/waiting", Choice(profile_id="p1", picked=(Picked("p1", "q0"),))),
        ("p1/agents/a/b/c/last_call", Choice("agents", "p1", (Picked("p1", "a/b/c"),), "last_call")),
        ("p1/metrics/m1/", Choice("metrics", "p1", (Picked("p1", "m1"),))),
        ("p1/waiting/q0/x", None), ("p1", None), ("", None), ("p1/queues//waiting", None),
    ],
)  # fmt: skip
def test_a_command_names_one_curve(which: str, expected: Choice | None) -> None:
    assert from_command(which, Choice()) == expected


def test_a_choice_is_remembered_and_nonsense_is_not() -> None:
    choice = Choice("agents", "p1", (Picked("p1", "a0"),), "last_call", "calls_taken", "today", True)
    assert from_json(choice.as_json()) == choice
    assert from_json({**choice.as_json(), "span": "2026-01-01"}).span == "hour"
    broken: tuple[object, ...] = (None, [], {"picked": [[1, 2], "x"], "kind": "x", "span": 4, "column": None})
    for nonsense in broken:
        assert from_json(nonsense) == Choice()


def test_days_are_those_of_the_sites_clock_even_when_it_changes() -> None:
    # 2026-03-29: Berlin loses the hour from two to three
    noon = 1_774_778_400_000.0  # 12:00 there
    start, end = bounds("today", noon, BERLIN)
    assert (noon - start, end) == (11 * HOUR, noon)
    start, end = bounds("2026-03-29", noon + DAY, BERLIN)
    assert end - start == 23 * HOUR
    assert week_before(start + 13 * HOUR, BERLIN) == 7 * DAY - HOUR
    yesterday = bounds("yesterday", noon, BERLIN)
    assert yesterday[1] == start
    assert bounds("hour", noon, BERLIN) == (noon - HOUR, noon)
    assert bounds("no date", noon, BERLIN) == bounds("today", noon, BERLIN)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Reading(Status.OK, 3), 3.0), (Reading(Status.OK, 5000, Unit.MS, 1.0, START_MS), 7000.0),
        (Reading(Status.STALE, 3), None), (Reading(Status.WARMING), None), (Reading(Status.OK, True, Unit.FLAG), None),
        (Reading(Status.OK, "x", Unit.TEXT), None), (Reading(Status.OK, math.inf), None),
    ],
)  # fmt: skip
def test_only_fresh_numbers_are_points(reading: Reading, expected: float | None) -> None:
    value = reading_value(reading, START_MS + 2000)
    assert math.isnan(value) if expected is None else value == expected


async def test_recorded_and_new_points_join_without_a_seam() -> None:
    history, frames = FakeHistory({KEY: ([START_MS - 20_000, START_MS - 10_000], [1, 2])}), FakeFrames()
    gate = history.gate = asyncio.Event()
    grown = feed(history, frames)
    loading = asyncio.ensure_future(grown.load([KEY], START_MS - HOUR, START_MS, START_MS))
    await asyncio.sleep(0)
    frames.send(Frame(START_MS + 1000, floor(waiting=5), START_MS + 11_000))  # while the recording is read
    gate.set()
    await loading
    frames.send(Frame(START_MS + 2000, floor(waiting=5), START_MS + 12_000))
    frames.send(Frame(START_MS + 3000, floor(waiting=6), START_MS + 13_000))
    assert points(grown) == [(-20, 1), (-10, 2), (1, 5), (3, 6)]
    assert grown.until(KEY, START_MS + 9000, START_MS + 9000) == START_MS + 9000
    assert grown.until(KEY, START_MS + HOUR, START_MS + HOUR) == START_MS + 13_000
    grown.close()
    assert not frames.listeners


async def test_silence_is_a_gap_and_ends_with_news() -> None:
    frames = FakeFrames()
    grown = feed(None, frames)
    await grown.load([KEY], START_MS - HOUR, START_MS, START_MS)
    frames.send(Frame(START_MS, floor(waiting=4), START_MS + 10_000))
    frames.send(Frame(START_MS + 60_000, floor(waiting=4), START_MS + 70_000))
    frames.send(Frame(START_MS + 65_000, floor(waiting=9), START_MS + 65_000))  # old when it came
    assert points(grown) == [(0, 4), (10, None), (60, 4), (65, None)]


def test_an_open_window_lets_go_of_what_is_out_of_sight() -> None:
    track = Track()
    for second in range(50_000):
        track.append(START_MS + second * 1000, float(second % 3))
        if second % 60 == 0:
            track.forget(START_MS + (second - 3600) * 1000)
    times, values = track.arrays()
    assert 3600 <= len(times) < 3600 + 2 * 1000 + 60
    assert (times[-1], values[-1]) == (START_MS + 49_999_000, 49_999 % 3)


async def test_last_week_is_read_apart_and_other_profiles_are_left_alone() -> None:
    week = 7 * DAY
    other = SeriesKey("p2", Section.QUEUES, "q0", "waiting")
    history, frames = FakeHistory({KEY: ([START_MS - week - HOUR, START_MS - week], [3, math.nan])}), FakeFrames()
    grown = feed(history, frames)
    await grown.load([KEY, other], START_MS - 2 * HOUR, START_MS, START_MS, week)
    assert grown.behind[KEY].values.tolist()[0] == 3
    frames.send(Frame(START_MS, floor("p2", waiting=8), START_MS + 10_000))
    assert not any(value for _, value in points(grown))
    assert points(grown, other) == [(0, 8)]


def test_privacy_leaves_no_agents_name() -> None:
    board = Board((floor(),))
    plain = [offer.name for offer in Floor(board).offers("agents", "")]
    hidden = Floor(board, is_private=True)
    masked = [offer.name for offer in hidden.offers("agents", "")]
    assert plain == ["Ann", "Bea", "Cem"]
    assert all(name.startswith("Agent ") for name in masked)
    assert hidden.name("agents", Picked("p1", "gone@mail")) == "Former agent"
    assert hidden.name("metrics", Picked("p1", "calls of Dan")) == "Former figure"
    gone = [RowName("p1", None, "calls of Dan", "Dan")]
    shown = [offer.name for offer in hidden.offers("metrics", "p1", gone)]
    assert "Former figure 1" in shown
    assert "Dan" not in shown
    assert next(offer.name for offer in hidden.offers("queues", "")) == "Billing"
