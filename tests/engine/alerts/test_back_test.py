"""A rule tried on the past finds what it found when the past was present."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.errors import UserError
from console.domain.frames import Frame
from console.engine.alerts.back_test import HOUR_MS
from console.engine.history.base import History, Span
from tests.domain.alert_floor import T0, S, frame, ms, waiting
from tests.engine.alerts.rig import running

BUSY = Rule("busy", "Busy", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 5.0, dead_band=2.0),), for_s=7)
LONG = Rule("long", "Long", Scope.QUEUE, (Condition("longest_wait", Compare.AT_LEAST, 30 * S),), cooldown_s=60)
SILENT = Rule("silent", "Silent", Scope.CONNECTION, (Condition("without_data", Compare.AT_LEAST, 20 * S),))


class Kept:
    """A recording that is a list."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames

    async def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
        for each in self._frames:
            if start_ms <= each.at_ms < end_ms and (not profile_ids or each.profile_id in profile_ids):
                yield each

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
        return [Span(T0, T0 + 100 * S), Span(T0 + 100 * S, T0 + 200 * S), Span(T0 + 500 * S, T0 + 600 * S)]


def story(seed: int) -> list[Frame]:
    dice = random.Random(seed)
    frames = []
    for number in range(120):
        at = number * 5.0
        rows = {
            name: {**waiting(dice.randrange(8)), "longest_wait": ms(dice.randrange(40), rate=1.0, at=at)}
            for name in ("a", "b", "c")
        }
        frames.append(frame(at, rows, fresh_s=dice.choice((10.0, 10.0, 10.0, 10.0, 0.0)), offset=dice.choice((0, 0.2))))
    return frames


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_past_fires_as_the_present_did(tmp_path: Path, seed: int):
    frames = story(seed)
    async with running(tmp_path) as rig:
        for rule in rig.alerts.rules:
            rig.alerts.remove_rule(rule.id)
        for rule in (BUSY, LONG, SILENT):
            rig.alerts.save_rule(rule)
        await rig.play(frames)
        await rig.until(610)
        rig.alerts.use_history(cast(History, Kept(frames)))
        for rule in (BUSY, LONG, SILENT):
            outcome = await rig.alerts.back_test(rule, T0, T0 + 610 * S)
            live = [alert for alert in rig.alerts.alerts if alert.rule_id == rule.id]
            assert len(outcome.firings) == sum(alert.firings for alert in live)
            assert outcome.notifications == sum(1 for one in rig.told_of if one.alert.rule_id == rule.id)
            told = {(one.row_id, one.fired_ms, one.since_ms, one.value) for one in outcome.firings if one.notifies}
            assert told == {(alert.row_id, alert.fired_ms, alert.since_ms, alert.value) for alert in live}
            still = {one.row_id for one in outcome.firings if one.cleared_ms is None}
            assert still == {alert.row_id for alert in live if alert.is_open}
            assert outcome.firings or rule is SILENT


async def test_what_it_counts(tmp_path: Path):
    frames = [frame(at, {"q": waiting(5 * (at % 2))}, fresh_s=400) for at in range(0, 4000, 301)]
    progress: list[float] = []
    async with running(tmp_path) as rig:
        rig.alerts.use_history(cast(History, Kept(frames)))
        rule = replace(BUSY, for_s=0, cooldown_s=0, is_enabled=False)
        outcome = await rig.alerts.back_test(rule, T0, T0 + 7200 * S, progress.append)
        assert rig.alerts.alerts == (), "the present knows nothing of it"
    assert outcome.rule is rule
    assert (len(outcome.firings), outcome.notifications, outcome.frames) == (7, 7, 14)
    assert sum(outcome.per_hour.values()) == 7
    assert set(outcome.per_hour) <= {T0 // HOUR_MS * HOUR_MS + hour * HOUR_MS for hour in range(2)}
    assert outcome.spans == (Span(T0, T0 + 200 * S), Span(T0 + 500 * S, T0 + 600 * S))
    assert (outcome.covered_ms, outcome.errors, progress[-1]) == (300 * S, (), 1.0)


async def test_a_closed_console_is_no_silent_system(tmp_path: Path):
    closed = [frame(0, {}, fresh_s=10), frame(5000, {}, fresh_s=10)]
    silent = [frame(0, {}, fresh_s=10), frame(8, {}, fresh_s=0), frame(5000, {}, fresh_s=10)]
    async with running(tmp_path) as rig:
        rig.alerts.use_history(cast(History, Kept(closed)))
        assert (await rig.alerts.back_test(SILENT, T0, T0 + 5005 * S)).firings == ()
        rig.alerts.use_history(cast(History, Kept(silent)))
        (firing,) = (await rig.alerts.back_test(SILENT, T0, T0 + 5005 * S)).firings
        assert (firing.fired_ms, firing.cleared_ms) == (T0 + 28 * S, T0 + 5000 * S)


async def test_a_column_the_system_never_has_is_said(tmp_path: Path):
    async with running(tmp_path) as rig:
        with pytest.raises(UserError):
            await rig.alerts.back_test(BUSY, T0, T0 + S)
        rig.alerts.use_history(cast(History, Kept([frame(0, {"q": waiting(9)}, without="waiting")])))
        assert (await rig.alerts.back_test(BUSY, T0, T0 + S)).errors == ("p",)


async def test_it_can_be_stopped(tmp_path: Path):
    class Endless(Kept):
        async def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
            at = 0.0
            while True:
                at += 1
                yield frame(at, {"q": waiting(1)})

    async with running(tmp_path) as rig:
        rig.alerts.use_history(cast(History, Endless([])))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await rig.alerts.back_test(BUSY, T0, T0 + S)
