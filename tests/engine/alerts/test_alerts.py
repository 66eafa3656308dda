"""The alert engine: one notification for what needs one, and nothing forgotten over a restart."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.alert_rules import Action, Compare, Condition, QuietHours, Rule, Scope
from console.domain.alerts import AlertState, RuleState
from console.domain.errors import UserError
from console.domain.frames import Frame
from console.domain.messages import english
from console.domain.thresholds import Level
from console.domain.values import count, text
from console.engine.alerts.defaults import default_rules
from console.engine.alerts.ledger import ARCHIVE_AFTER_MS, HISTORY_LIMIT, LOUD, Ledger
from console.engine.alerts.records import decode_alert, decode_rule, encode_alert, encode_rule
from console.engine.alerts.service import Alerts
from console.engine.frames import FrameFeed
from console.engine.store import Store
from console.settings.paths import resolve_paths
from tests.domain.alert_floor import T0, S, frame, ms, waiting
from tests.engine.alerts.rig import Rig, running
from tests.support import ManualClock

BUSY = Rule("busy", "Busy", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 5.0),), cooldown_s=60)
MINUTE = 60.0
QUEUE = ("p", "q")


def busy(at: float, number: float = 5) -> Frame:
    return frame(at, {"q": waiting(number)}, fresh_s=3600)


def only(rig: Rig, rule: Rule) -> None:
    """Run this rule and no other."""
    for each in rig.alerts.rules:
        rig.alerts.remove_rule(each.id)
    rig.alerts.save_rule(rule)
    rig.news.clear()


async def test_a_hundred_crossings_are_told_once(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([busy(at * 10.0, 5 * (at % 2)) for at in range(200)])
        assert len(rig.told_of) == 1
        (alert,) = rig.alerts.alerts
        assert (alert.firings, alert.state) == (100, AlertState.ACTIVE)
        assert rig.told_of[0].actions == BUSY.actions


async def test_after_the_cooldown_it_is_a_new_alert(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([busy(0), busy(10, 0), busy(71)])
        assert [(a.state, a.firings) for a in rig.alerts.alerts] == [(AlertState.ACTIVE, 1), (AlertState.CLEARED, 1)]
        assert len(rig.told_of) == 2


async def test_seconds_go_by_without_frames(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, replace(BUSY, for_s=12))
        await rig.play([busy(0)])
        assert rig.alerts.state_of("busy").counts == {RuleState.PENDING: 1}
        await rig.until(15)
        (alert,) = rig.alerts.open_alerts
        assert (alert.since_ms, alert.fired_ms) == (T0, T0 + 12 * S)


async def test_a_restart_forgets_nothing_and_says_nothing_twice(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        rows = {name: waiting(5) for name in ("q", "seen", "noted", "over", "ended")}
        await rig.play([frame(0, rows, fresh_s=3600), frame(5, {**rows, "over": waiting(0)}, fresh_s=3600)])
        ids = {alert.row_id: alert.id for alert in rig.alerts.alerts}
        rig.alerts.acknowledge([ids["seen"]])
        rig.alerts.set_note(ids["noted"], "Called the provider")
        rig.alerts.snooze([ids["noted"]], T0 + 900 * S)
        rig.alerts.mute_until(float("inf"))
        before = rig.alerts.alerts
    async with running(tmp_path, rig.clock) as again:
        assert again.alerts.rules == (BUSY,)
        assert again.alerts.muted_until == float("inf")
        assert again.alerts.alerts == tuple(replace(a, has_data=not a.is_open) for a in before)
        raised = again.alerts.raised[Scope.QUEUE]
        assert raised["p", "seen"] is Level.CRITICAL
        assert ("p", "noted") not in raised, "it sleeps"
        await again.play([frame(20, {**rows, "ended": waiting(0)}, fresh_s=3600)])
        assert not again.told_of
        states = {alert.row_id: (alert.state, alert.has_data, alert.firings) for alert in again.alerts.alerts}
        assert states == {
            "q": (AlertState.ACTIVE, True, 1),
            "seen": (AlertState.ACKNOWLEDGED, True, 1),
            "noted": (AlertState.ACTIVE, True, 1),
            "ended": (AlertState.CLEARED, True, 1),
            "over": (AlertState.ACTIVE, True, 2),
        }
        again.alerts.mute_until(None)
        assert again.alerts.muted_until is None


async def test_a_fault_is_told_and_ends_no_alarms(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        faults = [KeyError("ours")]

        def fail(_news: object) -> None:
            if faults:
                raise faults.pop()

        rig.alerts.subscribe(fail)
        await rig.play([frame(0, {"q": waiting(5)}), frame(1, {"q": waiting(0)}), frame(100, {"q": waiting(5)})])
        assert [str(bug) for bug in rig.bugs] == ["'ours'"]
        assert [alert.is_open for alert in rig.alerts.alerts] == [True, False]


async def test_silence_leaves_an_alert_open(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([frame(0, {"q": waiting(5)}, fresh_s=10)])
        await rig.until(15)
        (alert,) = rig.alerts.open_alerts
        assert not alert.has_data
        assert rig.alerts.state_of("busy").targets == {("p", ""): RuleState.NO_DATA, QUEUE: RuleState.FIRING}


async def test_a_snoozed_alert_comes_back_once_if_it_still_holds(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([frame(0, {"q": waiting(5), "r": waiting(5)}, fresh_s=3600)])
        ids = [alert.id for alert in rig.alerts.alerts]
        rig.alerts.acknowledge(ids)
        rig.alerts.snooze(ids, T0 + 300 * S)
        assert rig.alerts.raised == {}
        rig.news.clear()
        await rig.play([frame(100, {"q": waiting(5), "r": waiting(0)}, fresh_s=3600)])
        await rig.until(299)
        assert not rig.told_of
        await rig.until(310)
        assert [(one.alert.row_id, one.alert.state) for one in rig.told_of] == [("q", AlertState.ACTIVE)]
        assert set(rig.alerts.raised[Scope.QUEUE]) == {QUEUE}


async def test_while_muted_alerts_are_listed_and_say_nothing(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        rig.alerts.mute_until(T0 + 60 * S)
        await rig.play([busy(0), busy(5, 0)])
        (alert,) = rig.alerts.alerts
        assert alert.muted
        assert rig.told_of[0].actions == {Action.RAISE, Action.LOG}
        await rig.until(61)
        assert rig.alerts.muted_until is None
        await rig.play([busy(100)])
        assert rig.told_of[-1].actions >= LOUD


@pytest.mark.parametrize(
    ("start", "end", "days", "quiet"),
    [
        (22 * 60, 6 * 60, {3}, [(3, 1320), (3, 1439), (4, 0), (4, 359)]),
        (8 * 60, 9 * 60, {4}, [(4, 480), (4, 539)]),
        (0, 0, {5}, [(5, 0), (5, 1439)]),
        (22 * 60, 6 * 60, {6}, [(6, 1320), (0, 0)]),
    ],
)
def test_quiet_hours(start: int, end: int, days: set[int], quiet: list[tuple[int, int]]):
    hours = QuietHours(start, end, frozenset(days))
    moments = ((day, minute) for day in range(7) for minute in (0, 359, 360, 479, 480, 539, 540, 1319, 1320, 1439))
    covered = {(day, minute) for day, minute in moments if hours.covers(day, minute)}
    assert set(quiet) <= covered
    span = (end - start) % 1440 or 1440
    assert sum(hours.covers(day, minute) for day in range(7) for minute in range(1440)) == span * len(days)


async def test_quiet_hours_keep_an_alert_quiet(tmp_path: Path):
    async with running(tmp_path) as rig:  # T0 is a Friday, 08:00
        only(rig, replace(BUSY, quiet=(QuietHours(22 * 60, 8 * 60 + 1, frozenset({3})),)))
        await rig.play([busy(0), busy(30, 0)])
        assert not rig.told_of[0].actions & LOUD
        await rig.play([busy(120)])
        assert rig.told_of[1].actions >= LOUD


async def test_a_changed_rule_puts_its_open_alerts_away(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([busy(0)])
        rig.alerts.save_rule(replace(BUSY, name="Very busy", level=Level.CAUTION))
        (alert,) = rig.alerts.open_alerts
        assert (alert.rule_name, alert.level) == ("Very busy", Level.CAUTION)
        assert rig.alerts.raised[Scope.QUEUE] == {QUEUE: Level.CAUTION}
        rig.alerts.save_rule(replace(BUSY, for_s=100))
        assert [a.state for a in rig.alerts.alerts] == [AlertState.ARCHIVED]
        rig.alerts.set_enabled("busy", False)
        assert rig.alerts.state_of("busy").targets == {}
        rig.alerts.remove_rule("busy")
        assert rig.alerts.rules == ()
        with pytest.raises(UserError):
            rig.alerts.set_enabled("busy", True)


@pytest.mark.parametrize(
    "rule",
    [
        replace(BUSY, name=" "),
        replace(BUSY, conditions=()),
        replace(BUSY, for_s=-1),
        replace(BUSY, conditions=(Condition("waiting", Compare.ABOVE, float("nan")),)),
        replace(BUSY, known=False),
    ],
)
async def test_what_cannot_be_run_is_not_saved(tmp_path: Path, rule: Rule):
    async with running(tmp_path) as rig:
        with pytest.raises(UserError):
            rig.alerts.save_rule(rule)


@pytest.mark.allow_warnings
async def test_rules_of_a_newer_version_are_left_alone(tmp_path: Path):
    known = encode_rule(BUSY)
    odd = {**known, "id": "odd", "name": "By phase of the moon", "moon": "full"}
    body = json.dumps({"version": 9, "rules": [known, odd], "more": 1})
    (tmp_path / "alert_rules.json").write_text(body, "ascii")
    async with running(tmp_path) as rig:
        assert rig.alerts.is_read_only
        assert [(rule.name, rule.known) for rule in rig.alerts.rules] == [
            ("Busy", True),
            ("By phase of the moon", False),
        ]
        await rig.play([busy(0)])
        assert len(rig.alerts.open_alerts) == 1, "what is understood is run"
        with pytest.raises(UserError):
            rig.alerts.set_enabled("busy", False)
        assert [note.code for note in rig.told] == ["alert.rules_newer"]
        assert "9" in english(rig.told[0])
    assert (tmp_path / "alert_rules.json").read_text("ascii") == body


async def test_a_rule_with_unknown_parts_is_kept_word_for_word(tmp_path: Path):
    odd = {**encode_rule(BUSY), "id": "odd", "actions": ["banner", "telegram"]}
    (tmp_path / "alert_rules.json").write_text(json.dumps({"version": 1, "rules": [odd]}), "ascii")
    async with running(tmp_path) as rig:
        assert [note.code for note in rig.told] == ["alert.rules_foreign"]
        rig.alerts.save_rule(BUSY)
        with pytest.raises(UserError):
            rig.alerts.set_enabled("odd", True)
        await rig.play([busy(0)])
        assert [alert.rule_id for alert in rig.alerts.alerts] == ["busy"]
    assert json.loads((tmp_path / "alert_rules.json").read_text("ascii"))["rules"] == [odd, encode_rule(BUSY)]


@pytest.mark.allow_warnings
async def test_broken_files_are_set_aside_and_the_engine_goes_on(tmp_path: Path):
    for name in ("alert_rules.json", "alerts.json"):
        (tmp_path / name).write_text("{", "ascii")
    async with running(tmp_path) as rig:
        assert sorted(note.code for note in rig.told) == ["alert.list_broken", "alert.rules_broken"]
        assert rig.alerts.rules == default_rules()
        only(rig, BUSY)
        await rig.play([busy(0)])
        assert len(rig.alerts.alerts) == 1
    assert len([name for name in os.listdir(tmp_path) if ".broken-" in name]) == 2


async def test_the_log_names_no_caller(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    rule = Rule("c", "Waits", Scope.CALLER, (Condition("wait", Compare.ABOVE, 30 * S),))
    line = {"+49 30 1234567": {"queue": text("Sales"), "wait": ms(40)}}
    with caplog.at_level(logging.INFO, "console.alerts"):
        async with running(tmp_path) as rig:
            only(rig, rule)
            await rig.play([frame(0, waiting=line)])
            assert rig.alerts.alerts[0].queue == "Sales"
    assert "a caller in Sales" in caplog.text
    assert "1234567" not in caplog.text


async def test_cleared_alerts_leave_the_list_by_themselves_and_history_is_bounded(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, BUSY)
        await rig.play([busy(0), busy(5, 0)])
        (alert,) = rig.alerts.alerts
    ledger = Ledger()
    for number in range(HISTORY_LIMIT + 10):
        ledger.restore(replace(alert, id=str(number), row_id=str(number), fired_ms=T0 + number), raises=False)
    assert len(ledger.tidy(T0 + 5 * S + ARCHIVE_AFTER_MS)) == HISTORY_LIMIT + 10
    assert len(ledger.alerts) == HISTORY_LIMIT
    assert ledger.alerts[-1].id == "10"


def test_rules_and_alerts_survive_as_json():
    for rule in (*default_rules(), replace(BUSY, quiet=(QuietHours(1, 2, frozenset({0})),), rows=frozenset({"a"}))):
        assert decode_rule(json.loads(json.dumps(encode_rule(rule)))) == rule
    ledger = Ledger()
    for line in ("", "[]", '{"id": 1}', 7):
        with pytest.raises(ValueError, match=r"."):
            decode_alert(line)
    assert ledger.alerts == ()


async def test_every_state_of_an_alert_survives_as_json(tmp_path: Path):
    async with running(tmp_path) as rig:
        only(rig, replace(BUSY, conditions=(Condition("waiting", Compare.AT_LEAST, 0),)))
        await rig.play([frame(0, {"q": {"waiting": count(7)}})])
        (alert,) = rig.alerts.alerts
    for changed in (alert, replace(alert, state=AlertState.ARCHIVED, archived_ms=1.0, note="x", muted=True, value="w")):
        assert decode_alert(encode_alert(changed)) == changed


async def test_a_connection_that_is_switched_off_is_no_silent_one(tmp_path: Path):
    store, clock = Store(), ManualClock(T0)
    feed = FrameFeed(store, clock)
    alerts = Alerts(resolve_paths(tmp_path, environ={}), feed, clock, tell=lambda note: None)
    await alerts.start()
    source = frame(0, {}).source
    health = replace(source.health, last_ok_mono=clock.monotonic())
    store.arrange([(source.profile, "Fake", health)])
    store.put(source.profile.id, health, source.snapshot)
    store.arrange([])
    await clock.advance(300)
    assert alerts.alerts == ()
    store.arrange([(source.profile, "Fake", health)])
    await clock.advance(300)
    assert [alert.rule_id for alert in alerts.open_alerts] == ["default-no-data"]
    await alerts.aclose()
    feed.close()
