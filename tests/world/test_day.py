"""An hour and more of the demo's day, lived by the whole console: charts, moments, alarms and reports agree with the
event log of the world, by folds and counts that share nothing with recorder, alarms or adapters.

A system that says nothing for some minutes is a gap, counters that begin anew are resets, and nothing is made up.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio

from console.domain.alert_rules import Rule
from console.domain.alerts import Alert, AlertState
from console.domain.enums import Section
from console.domain.model import ProfileId
from console.domain.service_level import COMPUTED_COLUMN, Choice
from console.domain.values import Status
from console.engine.history.base import Series, SeriesKey
from console.engine.limit_records import Edit
from console.engine.reconcile import Reconciler, Verdict
from console.engine.replay import Replay
from console.engine.what_if import basis
from tests.world.event_log import records_of, spans_of
from tests.world.lived_day import BACKENDS, STEP_S, Day, lived
from tests.world.watchmen import RULES, Firing, firings_of, holds

pytestmark = pytest.mark.asyncio(loop_scope="module")

SILENT = "asternic"
RESET = ("asternic", "chronicall")
LIVE_COLUMNS = ("waiting", "agents_logged_in", "agents_available", "agents_paused", "agents_logged_off")
COUNTERS = ("answered", "unanswered", "abandoned")
MODEST = {"asternic": {"offered", "service_level"}}  # what a wire has no word for
REPORT_AGE_MS = 100_000  # the P-Series counts the day by a report, read once a minute and seen with the next poll
TILES = {
    "Total Calls in Queue": "waiting",
    "Answered Today": "answered",
    "Abandoned Today": "abandoned",
}


@dataclass
class Story:
    """What was lived, and when something was done to it. Epoch ms."""

    day: Day
    silent_from: int
    silent_until: int
    reset_at: int
    alarmed: Alert  # open when its system fell silent
    in_silence: Alert  # the same just before the system came back

    def counted(self, profile_id: str, at_ms: int, queue: int, column: str) -> int:
        """What a system's own counter of the day says at a moment."""
        value = int(self.day.truth(at_ms)["queues"][queue][column])
        if profile_id in RESET and at_ms > self.reset_at:
            value -= int(self.day.truth(self.reset_at)["queues"][queue][column])
        return value

    def is_silent(self, profile_id: str, at_ms: float) -> bool:
        """Whether nothing was known of a profile, once it had been asked in vain."""
        return profile_id == SILENT and self.silent_from < at_ms < self.silent_until


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    bugs: list[tuple[str, BaseException]] = []
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("day")
        async with lived(folder, patch, RULES, lambda where, error: bugs.append((where, error))) as day:
            first = day.truth(day.moments[0])["queues"][0]["name"]
            day.core.limits.edit(ProfileId("chronicall"), [Edit("service_level", value=Choice("SL-2"), queue=first)])
            await day.live(30)
            while not (alarmed := [alert for alert in day.core.alerts.open_alerts if alert.profile_id == SILENT]):
                await day.live(1)
            await day.demo.fault("down", SILENT)
            silent_from = day.moments[-1]
            await day.live(8, silent=(SILENT,))
            in_silence = next(alert for alert in day.core.alerts.alerts if alert.id == alarmed[0].id)
            await day.bring_back(SILENT)
            silent_until = day.moments[-1]
            await day.live(14)
            for profile_id in RESET:
                await day.demo.fault("reset_counters", profile_id)
            reset_at = day.moments[-1]
            await day.live(16)
            yield Story(day, silent_from, silent_until, reset_at, alarmed[0], in_silence)
    assert not bugs


def value_at(series: Series, at_ms: float) -> float:
    """What a curve says just after a moment."""
    place = int(np.searchsorted(series.times_ms, at_ms + 5, side="right")) - 1
    return float(series.values[place]) if place >= 0 else math.nan


async def curves(story: Story, profile_id: str, column: str) -> list[Series | None]:
    """A column of every queue, in the order of the site."""
    history, moments = story.day.core.recorder, story.day.moments
    rows = await history.rows(profile_id, Section.QUEUES, moments[0], moments[-1] + 10)
    ids = {row.name: row.row_id for row in rows}
    names = [queue["name"] for queue in story.day.truth(moments[0])["queues"]]
    assert set(ids) == set(names)
    keys = [SeriesKey(profile_id, Section.QUEUES, ids[name], column) for name in names]
    return [await history.series(key, moments[0], moments[-1] + 10) for key in keys]


@pytest.mark.parametrize("backend", BACKENDS)
async def test_recorded_curves_are_the_floor_at_every_poll(story: Story, backend: str) -> None:
    day = story.day
    for column in LIVE_COLUMNS:
        for queue, series in enumerate(await curves(story, backend, column)):
            assert series is not None
            for at_ms in day.moments:
                said, truth = value_at(series, at_ms), day.truth(at_ms)["queues"][queue]
                if story.is_silent(backend, at_ms):
                    assert math.isnan(said), (column, queue, at_ms)
                    continue
                # the P-Series has no after-call work: such an agent looks idle there
                idle = truth["agents"]["after_call"] if (backend, column) == ("yeastar", "agents_available") else 0
                assert said == truth[column] + idle, (column, queue, at_ms)
    for column in MODEST.get(backend, ()):
        assert await curves(story, backend, column) == [None] * len(day.truth(day.moments[0])["queues"])


@pytest.mark.parametrize("backend", BACKENDS)
async def test_recorded_counters_are_what_the_system_had_counted(story: Story, backend: str) -> None:
    day = story.day
    counters = [await curves(story, backend, column) for column in COUNTERS]
    for queue, of_queue in enumerate(zip(*counters, strict=True)):
        for at_ms in day.moments[4:]:
            said = [value_at(series, at_ms) for series in of_queue if series is not None]
            assert len(said) == len(COUNTERS)
            if story.is_silent(backend, at_ms):
                assert all(math.isnan(value) for value in said)
                continue
            asked = [each for each in day.polls[backend] if at_ms - REPORT_AGE_MS <= each <= at_ms]
            moments = asked if backend == "yeastar" else [at_ms]
            truths = [[story.counted(backend, each, queue, column) for column in COUNTERS] for each in moments]
            assert said in truths, (queue, at_ms)


@pytest.mark.parametrize("backend", ["chronicall", "xima"])
async def test_recorded_key_figures_are_the_sums_over_the_queues(story: Story, backend: str) -> None:
    day = story.day
    source = day.core.store.source(ProfileId(backend))
    assert source is not None
    assert source.snapshot is not None
    ids = {row.title: row.id for row in source.snapshot.metrics}
    queues = range(len(day.truth(day.moments[0])["queues"]))
    for title, column in TILES.items():
        key = SeriesKey(backend, None, ids[title], "")
        series = await day.core.recorder.series(key, day.moments[0], day.moments[-1] + 10)
        assert series is not None
        for at_ms in day.moments:
            if column == "waiting":
                wanted = day.truth(at_ms)["totals"][column]
            else:
                wanted = sum(story.counted(backend, at_ms, queue, column) for queue in queues)
            assert value_at(series, at_ms) == wanted, (title, at_ms)


async def test_any_moment_of_the_past_is_the_floor_at_the_last_poll_before_it(story: Story) -> None:
    day = story.day
    dice = random.Random(5)
    moments = [dice.uniform(day.moments[0] + 10, day.moments[-1]) for _ in range(40)]
    moments += [dice.uniform(story.silent_from + STEP_S * 1000 + 10, story.silent_until - 10) for _ in range(5)]
    replay = Replay(day.core.recorder, day.clock)
    for at_ms in moments:
        await replay.seek(at_ms)
        mono = replay.clock.monotonic()
        assert {str(source.profile.id) for source in replay.store.board.sources} == set(BACKENDS)
        for source in replay.store.board.sources:
            backend = str(source.profile.id)
            polled = day.polled(backend, at_ms)
            assert polled is not None
            assert source.snapshot is not None
            assert source.health.is_stale_at(mono) is (
                story.is_silent(backend, at_ms) and at_ms >= story.silent_from + STEP_S * 1000
            )
            truth = day.truth(polled)
            for row, queue in zip(_by_name(source.snapshot.queues), _queues_by_name(truth), strict=True):
                assert row.name == queue["name"]
                for column in ("waiting", "agents_paused", "agents_logged_off"):
                    assert row.reading(column).value == queue[column], (backend, column)
            assert len(source.snapshot.agents) == len(truth["agents"])
            for state in ("paused", "logged_off"):
                shown = sum(row.reading("state").value == state for row in source.snapshot.agents)
                assert shown == sum(agent["state"] == state for agent in truth["agents"]), (backend, state)
    await replay.aclose()


def _by_name(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: row.name)


def _queues_by_name(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(truth["queues"], key=lambda queue: str(queue["name"]))


@pytest.mark.parametrize("backend", BACKENDS)
async def test_time_in_states_is_that_of_the_event_log(story: Story, backend: str) -> None:
    """Within one poll interval for each change; of a silent system nothing is said."""
    day = story.day
    start, end = day.moments[0], day.moments[-1]
    async with aiohttp.ClientSession() as session:
        spans = spans_of(await records_of(session, day.demo.control_url, 0))
    agents = day.truth(end)["agents"]
    known: dict[str, dict[str, float]] = {agent["key"]: defaultdict(float) for agent in agents}
    changes: dict[str, int] = defaultdict(int)
    windows = [(start, end)]
    if backend == SILENT:
        windows = [(start, story.silent_from), (story.silent_until, end)]
    for span in spans:
        last = span.end if span.end >= 0 else end
        for low, high in windows:
            known[span.agent][span.kind] += max(0, min(last, high) - max(span.start, low))
        changes[span.agent] += sum(start <= moment <= end for moment in (span.start, last))
    states = await day.core.recorder.agent_states(backend, start, end)
    assert len(states) == len(known)
    for row, of_agent in states:
        key = next(one["key"] for one in agents if row.row_id in (one["id"], one["key"]))
        told: dict[str, float] = defaultdict(float)
        for each in of_agent:
            told[each.state] += each.end_ms - each.start_ms
        slack = STEP_S * 1000 * (changes[key] + 2)
        assert abs(told["paused"] - known[key]["pause"]) <= slack, key
        there = sum(told.values()) - told["logged_off"] - told[""]
        assert abs(there - known[key]["login"]) <= slack, key
        silence = story.silent_until - story.silent_from - STEP_S * 1000 if backend == SILENT else 0
        assert told[""] == pytest.approx(silence, abs=1000), key


# -- alarms


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
async def test_alarms_are_those_of_the_event_log_live_and_tried_on_the_past(story: Story, rule: Rule) -> None:
    day = story.day
    names = [queue["name"] for queue in day.truth(day.moments[0])["queues"]]
    wanted: list[Firing] = []
    for backend in rule.profiles or BACKENDS:
        for queue, name in enumerate(names):

            def look(polled: int, at_ms: float, is_held: bool, backend: str = backend, queue: int = queue) -> bool:
                truth = day.truth(polled)["queues"][queue]
                running = {**truth, "longest_wait_ms": truth["longest_wait_ms"] + at_ms - polled}
                idle = truth["agents"]["after_call"] if backend == "yeastar" else 0

                def counted(column: str) -> int:
                    return story.counted(backend, polled, queue, column)

                return holds(rule, running, truth["agents_available"] + idle, counted, is_held)

            found = firings_of(day.polls[backend], day.moments[-1], STEP_S, look, rule.for_s, rule.cooldown_s)
            wanted += [Firing(backend, name, each.fired_ms, each.cleared_ms, each.notifies) for each in found]
    tried = await day.core.alerts.back_test(rule, day.moments[0] - 1, day.moments[-1] + 10)
    told = [Firing(one.profile_id, one.row_name, one.fired_ms, one.cleared_ms, one.notifies) for one in tried.firings]
    assert len(wanted) >= 3
    assert not tried.errors
    for one, other in zip(_sorted(told), _sorted(wanted), strict=True):
        assert (one.profile_id, one.row) == (other.profile_id, other.row)
        assert one.fired_ms == pytest.approx(other.fired_ms, abs=2500)
        assert (one.cleared_ms is None) is (other.cleared_ms is None)
        assert one.cleared_ms is None or one.cleared_ms == pytest.approx(other.cleared_ms, abs=2500)
        assert one.notifies is other.notifies

    live = [alert for alert in day.core.alerts.alerts if alert.rule_id == rule.id]
    assert sorted((alert.profile_id, alert.row_id, alert.fired_ms) for alert in live) == sorted(
        (one.profile_id, one.row_id, one.fired_ms) for one in tried.firings if one.notifies
    )
    assert sum(alert.firings for alert in live) == len(tried.firings)
    still = {(one.profile_id, one.row_id) for one in tried.firings if one.cleared_ms is None}
    assert {(alert.profile_id, alert.row_id) for alert in live if alert.is_open} == still


def _sorted(firings: list[Firing]) -> list[Firing]:
    return sorted(firings, key=lambda one: (one.profile_id, one.row, one.fired_ms))


async def test_silence_clears_no_alarm_and_fires_none(story: Story) -> None:
    assert story.alarmed.has_data
    assert story.alarmed.state is AlertState.ACTIVE
    assert story.in_silence.state is AlertState.ACTIVE
    assert not story.in_silence.has_data
    assert story.in_silence.firings == story.alarmed.firings
    for alert in story.day.core.alerts.alerts:
        if alert.profile_id == SILENT:
            asked_in_vain = story.silent_from + STEP_S * 1000
            assert not asked_in_vain < alert.fired_ms < story.silent_until
            assert alert.cleared_ms is None or not asked_in_vain < alert.cleared_ms < story.silent_until


# -- the end of the stretch


async def test_screen_shows_the_floor(story: Story) -> None:
    from console.ui.models.cells import CellMaker
    from console.ui.models.columns import queue_columns
    from console.ui.models.rows import SectionRows, moments
    from console.ui.tiles.figures import figures

    day = story.day
    board, now, mono = day.core.store.board, day.clock.now_ms(), day.clock.monotonic()
    truth = day.truth(day.moments[-1])
    names = [queue["name"] for queue in truth["queues"]]
    maker = CellMaker()
    maker.moments = moments(board, now, mono)
    columns = {column.id: column for column in queue_columns()}
    rows = SectionRows(Section.QUEUES).rows(board)
    assert len(rows) == len(names) * len(BACKENDS)
    for row in rows:
        backend, queue = row.key[0], names.index(row.row.name)
        for column in ("waiting", "agents_paused"):
            assert maker.cell(row, columns[column]).shown.text == str(truth["queues"][queue][column])
        if backend == "yeastar":
            continue
        for column in COUNTERS:
            wanted = story.counted(backend, day.moments[-1], queue, column)
            assert maker.cell(row, columns[column]).shown.text == str(wanted), (backend, column)
    tiles = [figure for figure in figures(board) if figure.title in TILES]
    assert len(tiles) == 2 * len(TILES)
    for figure in tiles:
        column, backend = TILES[figure.title], str(figure.source.profile.id)
        total = truth["totals"]["waiting"] if column == "waiting" else 0
        if column != "waiting":
            total = sum(story.counted(backend, day.moments[-1], queue, column) for queue in range(len(names)))
        assert figure.shown(now, mono).text == str(total)


async def test_service_level_by_the_chosen_formula(story: Story) -> None:
    day = story.day
    names = [queue["name"] for queue in day.truth(day.moments[0])["queues"]]
    for backend in ("chronicall", "xima"):
        source = day.core.store.source(ProfileId(backend))
        assert source is not None
        assert source.snapshot is not None
        for row in source.snapshot.queues:
            queue, at_ms = names.index(row.name), day.moments[-1]
            answered, abandoned, within = (
                story.counted(backend, at_ms, queue, column) for column in ("answered", "abandoned", "within_20s")
            )
            is_first = backend == "chronicall" and row.name == names[0]
            below = answered if is_first else answered + abandoned
            reading = row.reading(COMPUTED_COLUMN)
            if below:
                assert reading.value == pytest.approx(100 * within / below)
            else:
                assert reading.status is Status.NOT_APPLICABLE


async def test_resets_are_noted_where_counters_began_anew_and_nowhere_else(story: Story) -> None:
    day = story.day
    found = await day.core.recorder.resets(day.moments[0], day.moments[-1] + 10)
    after = day.moments[day.moments.index(story.reset_at) + 1]
    assert [(reset.profile_id, reset.at_ms) for reset in found] == [
        (backend, pytest.approx(after, abs=5)) for backend in sorted(RESET)
    ]
    for reset in found:
        assert {"answered", "unanswered"} <= set(reset.columns)
        former = day.truth(story.reset_at)["queues"]
        lower = [
            any(story.counted(reset.profile_id, after, place, column) < queue[column] for column in COUNTERS)
            for place, queue in enumerate(former)
        ]
        assert reset.rows >= sum(lower)  # some systems count by agent as well


@pytest.mark.parametrize("backend", BACKENDS)
async def test_report_of_the_day_agrees_or_says_why_not(story: Story, backend: str) -> None:
    core, day = story.day.core, story.day

    def day_report(name: str) -> tuple[str, object]:
        spec = core.profiles.spec(name)
        return spec.title, spec.day_report

    reconciler = Reconciler(
        store=core.store,
        reports=core.reports,
        history=core.recorder,
        clock=core.clock,
        day_report=day_report,  # type: ignore[arg-type]
    )
    found = await reconciler.reconcile(ProfileId(backend))
    assert Verdict.DIFFERENT not in {row.verdict for row in found.rows}, [
        row for row in found.rows if row.verdict is Verdict.DIFFERENT
    ]
    names = [queue["name"] for queue in day.truth(day.moments[0])["queues"]]
    after = day.moments[day.moments.index(story.reset_at) + 1]
    at = datetime.fromtimestamp(after / 1000, UTC).astimezone().strftime("%H:%M")
    explained = 0
    for row in found.rows:
        if row.column == "abandoned" and row.report is not None:
            queue = names.index(row.queue)
            assert row.report == day.truth(day.moments[-1])["queues"][queue]["abandoned"]
            reasons = [reason for reason in row.reasons if reason.code == "reconcile.reset"]
            before = day.truth(story.reset_at)["queues"][queue]["abandoned"]
            if backend in RESET and before:
                assert reasons[0].args["at"] == at
                assert reasons[0].args["before"] == str(before)
            else:
                assert not reasons
        explained += any(reason.code == "reconcile.reset" for reason in row.reasons)
    assert bool(explained) is (backend in RESET)
    assert bool(found.resets) is (backend in RESET)


@pytest.mark.parametrize("backend", ["asternic", "xima"])
async def test_estimates_start_from_what_was_counted_while_it_was_known(story: Story, backend: str) -> None:
    """Calls counted in a silence belong to no known time, so they are in no rate either."""
    day = story.day
    start, end = day.moments[0], story.reset_at
    windows = [(start, end)]
    if backend == SILENT:
        windows = [(start, story.silent_from), (story.silent_until, end)]
    known_s = sum(high - low for low, high in windows) / 1000
    truth = {moment: day.truth(moment)["queues"] for window in windows for moment in window}
    rows = await day.core.recorder.rows(backend, Section.QUEUES, start, end)
    for row in rows:
        queue = next(place for place, each in enumerate(truth[start]) if each["name"] == row.name)
        found = await basis(day.core.recorder, backend, [(row.row_id, row.name)], start, end + 10)
        for column in ("answered", "abandoned"):
            counted = sum(truth[high][queue][column] - truth[low][queue][column] for low, high in windows)
            assert getattr(found, column) == counted, (row.name, column)
        assert found.known_s == pytest.approx(known_s + (STEP_S if backend == SILENT else 0), abs=1)
