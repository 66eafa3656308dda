"""A night between two days of the demo: nobody looked, nobody is blamed, and the counters of the new day begin anew."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from console.domain.alert_rules import CONNECTION_COLUMN, Compare, Condition, Rule, Scope
from console.domain.enums import HealthState, Section
from console.engine.history.base import SeriesKey
from tests.world.lived_day import BACKENDS, Day, lived

SILENCE = Rule(
    "silence", "No data", Scope.CONNECTION, (Condition(CONNECTION_COLUMN, Compare.AT_LEAST, 60_000.0),), cooldown_s=0
)
OLD_MS = 60_000.0  # how long figures hold that are asked for every 30 s


async def test_after_a_night_the_day_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[tuple[str, BaseException]] = []
    async with lived(tmp_path, monkeypatch, (SILENCE,), lambda where, error: bugs.append((where, error))) as day:
        await day.live(4)
        evening, history = day.moments[-1], day.core.recorder
        day.clock.leap((day.demo.world.day_end - evening) / 1000 + 2 * 3600)
        morning = day.demo.clock.now()
        await _wake(day)
        now = day.demo.clock.now() + 10  # the newest frame included
        found = {reset.profile_id: reset for reset in await history.resets(evening, now)}
        assert {"asternic", "chronicall", "xima"} <= set(found)
        for backend in BACKENDS:
            spans = await history.spans(day.moments[0], now, backend)
            assert len(spans) >= 2
            assert spans[0].end_ms == pytest.approx(evening + OLD_MS, abs=1000)
            assert all(morning <= span.start_ms for span in spans[1:])
            assert spans[-1].end_ms == now
            rows = await history.rows(backend, Section.QUEUES, evening, now)
            for row in rows:
                key = SeriesKey(backend, Section.QUEUES, row.row_id, "waiting")
                series = await history.series(key, evening, now)
                assert series is not None
                at_night = (series.times_ms > evening + OLD_MS - 1) & (series.times_ms < morning)
                assert at_night.any()
                assert all(math.isnan(value) for value in series.values[at_night])
        for backend in ("asternic", "chronicall", "xima"):
            assert found[backend].at_ms >= morning
            assert {"answered", "unanswered"} <= set(found[backend].columns)
            source = next(each for each in day.core.store.board.sources if each.profile.id == backend)
            assert source.snapshot is not None
            truth = {queue["name"]: queue for queue in day.truth(now - 10)["queues"]}
            for line in source.snapshot.queues:
                answered = line.reading("answered").value
                assert isinstance(answered, (int, float))
                assert answered <= truth[line.name]["answered"]
        assert not day.core.alerts.alerts
        tried = await day.core.alerts.back_test(SILENCE, day.moments[0] - 1, now)
        assert not tried.firings
    assert not bugs


async def _wake(day: Day) -> None:
    """Let every connection begin anew, each in its own time."""
    mono = day.clock.monotonic()
    for _ in range(100):
        await day.clock.advance(1.0)
        await asyncio.sleep(0.02)
        healths = [source.health for source in day.core.store.board.sources]
        if all(each.state is HealthState.LIVE and (each.last_ok_mono or 0.0) > mono for each in healths):
            return
    raise AssertionError(healths)
