"""Alerts over the long run: two copies of the console, clocks set back, profiles that go, names nobody may keep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.alerts import Alert, AlertState, Ending, RuleState
from console.domain.enums import AgentStatus
from console.domain.frames import Frame
from console.domain.thresholds import Level
from console.domain.values import Unit, text
from console.engine.alerts.back_test import back_test
from console.engine.alerts.keeper import Keeper
from console.engine.alerts.ledger import HISTORY_LIMIT, HISTORY_MS, Ledger
from console.engine.alerts.service import Alerts
from console.engine.frames import FrameFeed
from console.engine.history.base import History, Span
from console.engine.store import Store
from console.settings.paths import resolve_paths
from tests.domain.alert_floor import T0, S, frame, ms, paused, waiting
from tests.engine.alerts.rig import running
from tests.support import ManualClock, until

BUSY = Rule("busy", "Busy", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 5.0),), cooldown_s=60)
HOUR = 3600 * S


@pytest.mark.allow_warnings
async def test_two_consoles_lose_no_rule_of_either(tmp_path: Path):
    async with running(tmp_path) as one, running(tmp_path) as two:
        first = one.alerts.rules[0].id
        one.alerts.save_rule(BUSY)
        await one.alerts._book._keeper.flush()
        two.alerts.save_rule(replace(BUSY, id="other", name="Other"))
        two.alerts.remove_rule(first)
        await two.alerts._book._keeper.flush()
        assert {"busy", "other"} <= {rule.id for rule in two.alerts.rules}, "the other's runs here from now on"
        await two.play([frame(0, {"q": waiting(6)})])
        assert sorted(alert.rule_id for alert in two.alerts.open_alerts) == ["busy", "other"]
        one.alerts.save_rule(replace(BUSY, name="Busier"))
        await one.alerts._book._keeper.flush()
    async with running(tmp_path) as again:
        rules = {rule.id: rule.name for rule in again.alerts.rules}
        assert (rules["busy"], rules["other"], first in rules) == ("Busier", "Other", False)


@pytest.mark.allow_warnings
async def test_the_second_console_keeps_its_alerts_to_itself(tmp_path: Path):
    async with running(tmp_path) as one, running(tmp_path) as two:
        for rig in (one, two):
            rig.alerts.save_rule(BUSY)
            await rig.play([frame(0, {(rig.told and "theirs") or "ours": waiting(6)})])
            rig.alerts.mute_until(T0 + HOUR)
        assert [note.code for note in one.told] == []
        assert [note.code for note in two.told] == ["alert.list_elsewhere"]
        assert [alert.row_id for alert in two.alerts.alerts] == ["theirs"]
    async with running(tmp_path) as again:
        assert [alert.row_id for alert in again.alerts.alerts] == ["ours"]
        assert not again.told


async def test_no_caller_and_no_agent_is_named_in_the_file_on_request(tmp_path: Path):
    caller, agent = "+49301234567", "Ada Canary"
    long = Rule("long", "Long", Scope.CALLER, (Condition("wait", Compare.AT_LEAST, 30 * S),))
    away = Rule(
        "away",
        "Away",
        Scope.AGENT,
        (Condition("time_in_state", Compare.ABOVE, 0.0, 0, frozenset({AgentStatus.PAUSED})),),
    )
    hides = [False]
    floor = {"agents": {agent: paused(-10)}, "waiting": {caller: {"queue": text("Sales"), "wait": ms(40)}}}
    async with running(tmp_path, hides_names=lambda: hides[0]) as rig:
        rig.alerts.save_rule(long)
        rig.alerts.save_rule(away)
        await rig.play([frame(0, agents=floor["agents"], waiting=floor["waiting"])])
        names = {alert.row_name for alert in rig.alerts.open_alerts}
        assert names == {caller, agent}, "whoever looks sees whom it is about"
        await rig.alerts._file._keeper.flush()
        assert caller in rig.paths.alerts_file.read_text()
        hides[0] = True
        rig.alerts.acknowledge([rig.alerts.alerts[0].id])
    kept = rig.paths.alerts_file.read_text()
    assert caller not in kept
    assert '\\"row_name\\":\\"Agent\\"' in kept
    async with running(tmp_path, rig.clock, hides_names=lambda: True) as again:
        assert {alert.row_name for alert in again.alerts.alerts} == {"Caller", "Agent"}
        await again.play([frame(9, agents=floor["agents"], waiting=floor["waiting"])])
        assert agent in {alert.row_name for alert in again.alerts.open_alerts}, "its row says who it is"


@pytest.mark.parametrize("back_s", [40, 3600.0, 86400.0])
async def test_a_clock_set_back_stops_no_waiting(tmp_path: Path, back_s: float):
    clock, store = ManualClock(T0), Store()
    feed = FrameFeed(store, clock)
    alerts = Alerts(resolve_paths(tmp_path, environ={}), feed, clock, tell=lambda note: None)
    frames: list[Frame] = []
    feed.subscribe(frames.append)

    async def poll(number: float) -> None:
        """The server stamps by its own clock, and the adapter knows that clock against the computer's."""
        made = frame(0, {"q": {**waiting(number), "longest_wait": ms(0, rate=1.0, at=0)}})
        true_ms = T0 + (clock.monotonic() - 1002) * S
        snapshot = replace(made.source.snapshot, offset_ms=true_ms - clock.now_ms())  # type: ignore[type-var]
        health = replace(made.source.health, last_ok_mono=clock.monotonic(), cadence_s=5.0)
        store.put(made.profile_id, health, snapshot)
        await clock.advance(5)

    made = frame(0)
    store.arrange([(made.source.profile, "Fake", made.source.health)])
    await alerts.start()
    await clock.advance(2)
    alerts.save_rule(replace(BUSY, for_s=60))
    alerts.save_rule(Rule("long", "Long", Scope.QUEUE, (Condition("longest_wait", Compare.AT_LEAST, 300 * S),)))
    await poll(6)
    clock.set_wall(clock.now_ms() - back_s * S)
    alerts.mute_until(clock.now_ms() + 900 * S)
    for _ in range(13):
        await poll(6)
    (alert,) = alerts.open_alerts  # and nobody has waited for an hour
    assert (alert.rule_id, alert.muted) == ("busy", True)
    assert 60 * S <= alert.fired_ms - alert.since_ms <= 61 * S
    stamps = [each.at_ms for each in frames]
    assert stamps == sorted(set(stamps))
    assert frames[-1].server_ms(frames[-1].at_ms) == pytest.approx(T0 + 65 * S, abs=1.0)
    for _ in range(80):
        await poll(0)
    if back_s < 60:
        assert feed.now_ms() == clock.now_ms(), "the clock has caught up"
    await alerts.aclose()
    feed.close()


async def test_alerts_from_the_future_blind_nobody(tmp_path: Path):
    async with running(tmp_path) as rig:
        rig.alerts.save_rule(BUSY)
        await rig.play([frame(0, {"q": waiting(6), "r": waiting(6)}), frame(1, {"q": waiting(6), "r": waiting(0)})])
    clock = ManualClock(T0 - HOUR)
    async with running(tmp_path, clock) as again:
        await again.play([frame(-3599, {"q": waiting(0), "s": waiting(7)})])
        assert {a.row_id: a.is_open for a in again.alerts.alerts} == {"q": False, "r": False, "s": True}


async def test_alerts_of_a_removed_connection_are_put_away(tmp_path: Path):
    known = ["p", "other"]
    async with running(tmp_path, profiles=lambda: known) as rig:
        rig.alerts.save_rule(BUSY)
        await rig.play([frame(0, {"q": waiting(6)}), frame(1, {"q": waiting(6)}, profile="other")])
        await rig.play([frame(2, enabled=False, fresh_s=0)])
        assert len(rig.alerts.open_alerts) == 2, "switched off is not removed"
        known.remove("p")
        await rig.until(5)
        (over,) = (alert for alert in rig.alerts.alerts if not alert.is_open)
        assert (over.profile_id, over.state, over.ending) == ("p", AlertState.ARCHIVED, Ending.PROFILE)
        assert rig.alerts.state_of("busy").targets.keys() == {("other", "q")}
        known.clear()
    async with running(tmp_path, rig.clock, profiles=lambda: known) as again:
        await again.until(10)
        assert {alert.ending for alert in again.alerts.alerts} == {Ending.PROFILE}


def test_the_oldest_alerts_are_forgotten_and_open_ones_never():
    ledger, now = Ledger(), T0 + HISTORY_MS

    def put(number: int, fired_ms: float, state: AlertState) -> None:
        cleared = None if state is AlertState.ACTIVE else fired_ms
        ledger.restore(
            Alert(f"a{number}", "r", "R", Scope.QUEUE, Level.CRITICAL, "p", "P", f"q{number}", "Q", "waiting",
                  Unit.COUNT, 5.0, 6.0, 6.0, fired_ms, fired_ms, state, cleared_ms=cleared),
            raises=False,
        )  # fmt: skip

    put(-3, T0 - S, AlertState.ARCHIVED)  # older than 90 days
    put(-2, T0 + S, AlertState.ARCHIVED)  # not quite
    put(-1, T0 - 9 * HISTORY_MS, AlertState.ACTIVE)  # holds since years
    ledger.tidy(now)
    assert {alert.id for alert in ledger.alerts} == {"a-2", "a-1"}
    for number in range(HISTORY_LIMIT + 50):
        put(number, now - HISTORY_LIMIT + number, AlertState.ARCHIVED if number % 2 else AlertState.CLEARED)
    ledger.tidy(now)
    left = {alert.id for alert in ledger.alerts}
    assert len(left) == HISTORY_LIMIT
    assert {"a-1", f"a{HISTORY_LIMIT + 49}", "a0"} <= left, "what has only just cleared goes last"
    assert not {"a-2", "a1", "a3"} & left


async def test_a_large_floor_is_tried_beside_the_loop(tmp_path: Path):
    """The loop goes on while frames are judged, and giving up ends the judging with the frame in hand."""
    floor = {f"q{number}": waiting(number % 9) for number in range(3000)}
    frames = [frame(at, {**floor, "q0": waiting(at)}, fresh_s=99) for at in range(40)]
    judged: list[float] = []

    class Kept:
        async def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
            for each in frames:
                judged.append(each.at_ms)
                yield each

        async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
            return []

    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    history = cast(History, Kept())
    async with asyncio.TaskGroup() as group:
        beside = group.create_task(count_turns())
        outcome = await back_test(history, BUSY, T0, T0 + 40 * S)
        beside.cancel()
    assert outcome.frames == 40
    assert turns > 40
    task = asyncio.ensure_future(back_test(history, BUSY, T0, T0 + 40 * S))
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.allow_warnings
async def test_the_keeper_lets_go_of_its_lock(tmp_path: Path):
    def keeper() -> Keeper:
        return Keeper(
            tmp_path / "list.json", "list", version=1, check=lambda body: None, make=lambda: lambda found: {},
            tell=lambda note: None, is_alone=True,
        )  # fmt: skip

    first, second = keeper(), keeper()
    await first.load()
    await second.load()
    assert (first.is_read_only, second.is_read_only) == (False, True)
    await second.aclose()
    await first.aclose()
    third = keeper()
    await third.load()
    assert not third.is_read_only
    await third.aclose()


async def test_a_large_floor_is_looked_at_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is found is the same, whoever asks in between, and what comes next waits its turn."""
    monkeypatch.setattr("console.engine.alerts.service.SLICE_S", 0.0)
    floor = {f"q{number}": waiting(number % 9) for number in range(2600)}
    async with running(tmp_path) as rig:
        rig.alerts.save_rule(BUSY)
        rig.feed.send(frame(0, floor))
        assert not rig.alerts.alerts, "not at one go"
        await until(lambda: len(rig.alerts.alerts) == 1155)
        assert {alert.fired_ms for alert in rig.alerts.alerts} == {T0}
        rig.feed.send(frame(1, {name: waiting(0) for name in floor}))
        rig.feed.send(frame(2, {**floor, "q0": waiting(7)}))
        assert len(rig.alerts.open_alerts) == 0, "the first of them has been finished, the second goes on"
        assert rig.alerts.state_of("busy").targets["p", "q0"] is RuleState.FIRING
        assert len(rig.alerts.open_alerts) == 1156
        rig.feed.send(frame(3, {name: waiting(0) for name in floor}))
    assert not rig.alerts.open_alerts, "leaving finishes it"
