"""The evaluator: a table of what fires and clears when, and that it does not depend on who looks when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from console.domain.alert_checks import RowFilter
from console.domain.alert_evaluator import Change, Evaluator, Transition
from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.alerts import RuleState
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.frames import Frame
from console.domain.model import Row
from console.domain.text import safe_text
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, Status, Unit, count, error, text
from tests.domain.alert_floor import T0, S, frame, ms, paused, waiting

BUSY = Rule("busy", "Busy", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 5.0),))
LONG = Rule("long", "Long wait", Scope.QUEUE, (Condition("longest_wait", Compare.AT_LEAST, 120 * S),), for_s=10)
PAUSE = Rule(
    "pause",
    "Pause",
    Scope.AGENT,
    (Condition("time_in_state", Compare.AT_LEAST, 60 * S, states=frozenset({AgentStatus.PAUSED})),),
)
SILENT = Rule("silent", "Silent", Scope.CONNECTION, (Condition("without_data", Compare.AT_LEAST, 60 * S),))


def run(rule: Rule, frames: Sequence[Frame], until: float = 0.0) -> list[tuple[str, float]]:
    evaluator = Evaluator([rule])
    found = [item for each in frames for item in evaluator.put(each)]
    found += evaluator.advance(T0 + until * S)
    return [(str(item.change), (item.at_ms - T0) / S) for item in found if item.change is not Change.WORSE]


def busy(*steps: tuple[float, float]) -> list[Frame]:
    return [frame(at, {"q": waiting(number)}) for at, number in steps]


def test_a_figure_fires_and_clears_with_its_frame():
    assert run(BUSY, busy((0, 4), (5, 5), (10, 4))) == [("fired", 5), ("cleared", 10)]


def test_it_must_hold_without_a_break_for_as_long_as_the_rule_says():
    rule = replace(BUSY, for_s=12)
    assert run(rule, busy((0, 5), (5, 6), (10, 5)), until=12) == [("fired", 12)]
    assert run(rule, busy((0, 5), (5, 4), (10, 5), (15, 5)), until=21.9) == []


def test_a_dead_band_holds_nothing_that_has_not_fired():
    """Else a rule would fire on a figure that is not beyond its limit."""
    rule = replace(BUSY, for_s=7, conditions=(Condition("waiting", Compare.AT_LEAST, 5.0, dead_band=2.0),))
    evaluator = Evaluator([rule])
    assert not evaluator.put(frame(0, {"q": waiting(6)}))
    assert not evaluator.put(frame(5, {"q": waiting(4)}))
    assert not evaluator.advance(T0 + 9 * S)
    falling = replace(LONG, conditions=(replace(LONG.conditions[0], dead_band=60 * S),))
    evaluator = Evaluator([falling])
    line = {"longest_wait": ms(125, rate=-1.0, at=0)}
    assert not evaluator.put(frame(0, {"q": line}))  # below the limit after 5 of the 10 seconds
    assert not evaluator.advance(T0 + 14 * S)


def test_a_dead_band_holds_what_has_fired():
    rule = replace(BUSY, conditions=(Condition("waiting", Compare.AT_LEAST, 5.0, dead_band=2.0),))
    assert run(rule, busy((0, 5), (5, 4), (10, 5), (15, 3), (20, 4))) == [("fired", 0), ("cleared", 15)]


def test_a_running_duration_crosses_between_frames():
    wait = {"q": {"longest_wait": ms(100, rate=1.0)}}
    frames = [frame(0, wait), frame(18, wait)]
    assert run(LONG, frames, until=29.999) == []
    assert run(LONG, frames, until=30) == [("fired", 30)]


def test_what_nobody_has_looked_at_for_long_waits_for_the_next_frame():
    wait = {"q": {"longest_wait": ms(100, rate=1.0)}}
    assert run(LONG, [frame(0, wait, fresh_s=600)], until=500) == []
    assert run(LONG, [frame(0, wait, fresh_s=600), frame(300, wait)]) == [("fired", 300)]
    answered = frame(300, {"q": {"longest_wait": ms(10, rate=1.0, at=300)}})
    assert run(LONG, [frame(0, wait, fresh_s=600), answered], until=310) == []


def test_it_crosses_by_the_servers_clock():
    ahead = frame(0, {"q": {"longest_wait": ms(100, rate=1.0)}}, offset=5)
    assert run(replace(LONG, for_s=0), [ahead], until=20) == [("fired", 15)]


def test_all_conditions_must_hold_in_the_same_row():
    nobody = Condition("agents_available", Compare.AT_MOST, 0.0)
    rule = replace(BUSY, conditions=(nobody, Condition("waiting", Compare.AT_LEAST, 1.0)))

    def at(moment: float, available: float, callers: float) -> Frame:
        there = {"agents_available": count(available), "waiting": count(callers)}
        other = {"agents_available": count(3), "waiting": count(7)}
        return frame(moment, {"q": there, "other": other})

    assert run(rule, [at(0, 0, 0), at(5, 0, 1), at(10, 1, 1)]) == [("fired", 5), ("cleared", 10)]


@pytest.mark.parametrize(
    "reading",
    [
        WARMING,
        UNSUPPORTED,
        NOT_APPLICABLE,
        error("unreadable"),
        Reading(Status.STALE, 9),
        count(float("nan")),
        Reading(Status.OK, "nine", Unit.TEXT),
    ],
)
def test_what_is_no_fresh_number_never_fires(reading: Reading):
    assert run(BUSY, [frame(0, {"q": {"waiting": reading}})], until=25) == []


def test_values_that_grow_old_fire_nothing_and_clear_nothing():
    old = run(replace(BUSY, for_s=20), [frame(0, {"q": waiting(5)}, fresh_s=10)], until=100)
    assert old == []
    gap = [frame(0, {"q": waiting(5)}, fresh_s=10), frame(50, {"q": waiting(6)}), frame(55, {"q": waiting(1)})]
    assert run(BUSY, gap) == [("fired", 0), ("lost", 10), ("back", 50), ("cleared", 55)]


def test_a_gap_makes_pending_begin_anew():
    frames = [frame(0, {"q": waiting(5)}, fresh_s=15), frame(10, {"q": waiting(5)}, fresh_s=0)]
    frames += [frame(15, {"q": waiting(5)}), frame(25, {"q": waiting(5)})]
    assert run(replace(BUSY, for_s=20), frames, until=34.9) == []
    assert run(replace(BUSY, for_s=20), frames, until=35) == [("fired", 35)]


def test_one_reading_without_an_answer_is_no_end():
    frames = [*busy((0, 5)), frame(5, {"q": {"waiting": WARMING}}), *busy((10, 5))]
    assert run(BUSY, frames) == [("fired", 0), ("lost", 5), ("back", 10)]
    assert run(BUSY, [*busy((0, 5)), frame(5, {"q": {"waiting": NOT_APPLICABLE}})])[-1] == ("cleared", 5)


def test_a_row_that_vanished_is_an_end_for_callers_only():
    assert run(BUSY, [*busy((0, 5)), frame(5, {})]) == [("fired", 0), ("lost", 5)]
    caller = Rule("c", "Caller", Scope.CALLER, (Condition("wait", Compare.ABOVE, 30 * S),))
    line = {"c1": {"queue": text("Sales"), "wait": ms(20, rate=1.0)}}
    frames = [frame(0, waiting=line), frame(20, waiting=line), frame(25, waiting={})]
    assert run(caller, frames) == [("fired", 10), ("cleared", 25)]
    assert run(replace(caller, queues=frozenset({"support"})), frames) == []


def test_time_in_state_counts_in_its_states_only():
    frames = [frame(0, agents={"a": paused(-10), "b": paused(-10, "on_call")}), frame(25, agents={"a": paused(-10)})]
    frames.append(frame(45, agents={"a": paused(-10)}))
    frames.append(frame(52, agents={"a": paused(51, "available"), "b": paused(51)}))
    assert run(PAUSE, frames, until=60) == [("fired", 50), ("cleared", 52)]
    assert run(replace(PAUSE, queues=frozenset({"billing"})), frames, until=60) == []
    narrow = replace(PAUSE, rows=frozenset({"a"}), queues=frozenset({"support"}))
    assert run(narrow, frames) == [("fired", 50), ("cleared", 52)]


def test_an_agents_queues_may_hold_one_that_is_read_from_right_to_left():
    arabic = safe_text("خدمة العملاء")
    row = Row("a", "Anna", {"queues": text(safe_text("Sales, خدمة العملاء"))})
    for name, is_taken in ((arabic, True), ("sales", True), ("support", False)):
        assert RowFilter(replace(PAUSE, queues=frozenset({name}))).takes(row) is is_taken


def test_words_are_compared_without_regard_to_case():
    rule = Rule("w", "Lunch", Scope.AGENT, (Condition("pause_reason", Compare.IS, "lunch"),))
    said = [frame(0, agents={"a": {"pause_reason": text("Lunch")}}), frame(5, agents={"a": {"pause_reason": text("")}})]
    assert run(rule, said) == [("fired", 0), ("cleared", 5)]
    other = replace(rule, conditions=(Condition("pause_reason", Compare.IS_NOT, "lunch"),))
    assert run(other, [frame(0, agents={"a": {"pause_reason": NOT_APPLICABLE}})]) == []


def test_silence_fires_the_rule_that_lives_on_it():
    there = frame(0, {}, fresh_s=10)
    assert run(SILENT, [there], until=70) == [("fired", 70)]
    away = [there, frame(6, {}, fresh_s=0), frame(20, {}, fresh_s=0), frame(80, {}), frame(85, {})]
    assert run(SILENT, away) == [("fired", 66), ("cleared", 80)]
    assert run(SILENT, [there, frame(5, {}, fresh_s=0, enabled=False)], until=500) == [], "switched off by a person"
    never = frame(0, {}, fresh_s=0)
    assert run(SILENT, [never], until=60) == [("fired", 60)], "never anything at all"
    health = replace(never.source.health, state=HealthState.WARMING)
    first = replace(never, source=replace(never.source, health=health, snapshot=None))
    assert run(SILENT, [first], until=600) == [], "a first answer may take its time"


def test_a_computer_that_slept_is_no_silent_source():
    evaluator = Evaluator([SILENT, replace(BUSY, for_s=20)])
    evaluator.put(frame(0, {"q": waiting(5)}))
    assert evaluator.slept(T0 + 5 * S, T0 + 4000 * S) == ()
    assert [item.rule_id for item in evaluator.advance(T0 + 4060 * S)] == ["silent"]


def test_a_key_figure_is_a_row_of_its_own():
    rule = Rule("f", "Calls", Scope.FIGURE, (Condition("calls", Compare.ABOVE, 9.0),))
    evaluator = Evaluator([rule])
    (fired,) = evaluator.put(frame(0, metrics={"calls": count(10)}))
    assert (fired.row_id, fired.row_name, fired.value) == ("calls", "Calls", 10.0)


def test_states_of_a_rule():
    evaluator = Evaluator([replace(BUSY, for_s=20)])
    rows = {"a": waiting(5), "b": waiting(1), "c": {"waiting": WARMING}, "d": {"waiting": text("many")}}
    evaluator.put(frame(0, rows))
    states = {row: state for (_, row), state in evaluator.states("busy").items()}
    expected = {"a": RuleState.PENDING, "b": RuleState.NORMAL, "c": RuleState.NO_DATA, "d": RuleState.ERROR}
    assert states == expected
    evaluator.put(frame(10, rows, fresh_s=20))
    evaluator.advance(T0 + 20 * S)
    assert evaluator.states("busy")["p", "a"] is RuleState.FIRING
    evaluator.advance(T0 + 30 * S)
    assert evaluator.states("busy") == {("p", ""): RuleState.NO_DATA, ("p", "a"): RuleState.FIRING}
    evaluator.put(frame(40, rows, without="waiting"))
    assert evaluator.states("busy")["p", ""] is RuleState.ERROR


def test_the_worst_figure_is_kept_and_told():
    evaluator = Evaluator([replace(LONG, for_s=0)])
    evaluator.put(frame(0, {"q": {"longest_wait": ms(115, rate=1.0)}}))
    found = [*evaluator.put(frame(10, {"q": {"longest_wait": ms(20, rate=1.0, at=10)}}))]
    assert [(item.change, item.value, item.worst) for item in found] == [
        (Change.FIRED, 120 * S, 120 * S),
        (Change.CLEARED, 120 * S, 125 * S),
    ]


def test_flapping_repeats_within_the_cooldown():
    evaluator = Evaluator([replace(BUSY, cooldown_s=60)])
    found = [item for at in range(100) for item in evaluator.put(frame(at * 10, {"q": waiting(5 * (at % 2))}))]
    fired = [item for item in found if item.change is Change.FIRED]
    assert len(fired) == 50
    assert [item.is_repeat for item in fired] == [False, *[True] * 49]
    (late,) = evaluator.put(frame(1060, {"q": waiting(5)})) and evaluator.put(frame(1065, {"q": waiting(0)}))
    assert late.change is Change.CLEARED


def test_a_rule_is_judged_at_once_and_forgets_what_it_no_longer_looks_for():
    evaluator = Evaluator()
    evaluator.put(frame(0, {"q": waiting(5)}))
    assert [item.change for item in evaluator.set_rule(BUSY)] == [Change.FIRED]
    assert evaluator.set_rule(replace(BUSY, name="Other", cooldown_s=1)) == ()
    assert evaluator.states("busy") == {("p", "q"): RuleState.FIRING}
    assert [item.change for item in evaluator.set_rule(replace(BUSY, for_s=5))] == []
    assert evaluator.states("busy") == {("p", "q"): RuleState.PENDING}
    evaluator.set_rule(replace(BUSY, is_enabled=False))
    assert evaluator.states("busy") == {}


def test_a_firing_of_an_earlier_run_is_not_told_again():
    evaluator = Evaluator([BUSY])
    assert evaluator.resume("busy", ("p", "q"), "Q", since_ms=T0, fired_ms=T0, value=7.0, worst=9.0)
    assert evaluator.states("busy") == {("p", ""): RuleState.NO_DATA, ("p", "q"): RuleState.FIRING}
    (back,) = evaluator.put(frame(5, {"q": waiting(6)}))
    assert (back.change, back.worst) == (Change.BACK, 9.0)
    assert not evaluator.resume("gone", ("p", "q"), "Q", since_ms=T0, fired_ms=T0, value=1.0, worst=1.0)


# -- who looks when makes no difference

_RULES = (
    replace(BUSY, for_s=7, conditions=(Condition("waiting", Compare.AT_LEAST, 5.0, dead_band=2.0),)),
    replace(LONG, conditions=(Condition("longest_wait", Compare.AT_LEAST, 20 * S, dead_band=8 * S),), for_s=3),
    Rule(
        "both",
        "Both",
        Scope.QUEUE,
        (Condition("waiting", Compare.ABOVE, 2.0), Condition("longest_wait", Compare.BELOW, 15 * S, dead_band=4 * S)),
        cooldown_s=30,
    ),
    replace(PAUSE, conditions=(replace(PAUSE.conditions[0], limit=15 * S),), for_s=2),
    replace(SILENT, conditions=(Condition("without_data", Compare.AT_LEAST, 12 * S),)),
)


def _story(dice: random.Random) -> list[Frame]:
    """A floor on which anything may happen, many rows standing as they are for a while."""
    frames: list[Frame] = []
    at, offset = 0.0, 0.0
    queues: dict[str, dict[str, Reading]] = {}
    agents: dict[str, dict[str, Reading]] = {}
    for _ in range(dice.randrange(5, 40)):
        at += dice.choice((0.5, 3.0, 5.0, 5.0, 5.0, 25.0))
        offset += dice.choice((0.0, 0.0, 0.0, 0.37, 2.5, -1.3))
        for name in ("a", "b"):
            if dice.random() < 0.5:
                wait = ms(dice.randrange(30), rate=dice.choice((0.0, 1.0, 1.0, -1.0, 3.0)), at=at + offset)
                queues[name] = {
                    "waiting": dice.choice((count(dice.randrange(8)), WARMING, NOT_APPLICABLE, count(4))),
                    "longest_wait": dice.choice((wait, wait, wait, WARMING)),
                }
            if dice.random() < 0.3:
                agents[name] = dict(paused(at - dice.randrange(20), dice.choice(("paused", "paused", "on_call"))))
            if dice.random() < 0.05:
                agents.pop(name, None)
        fresh_s = dice.choice((10.0, 10.0, 10.0, 10.0, 0.0))
        frames.append(frame(at, queues, agents=agents, offset=offset, fresh_s=fresh_s))
        keep = frames[-2].source.snapshot if len(frames) > 1 else None
        new = frames[-1].source.snapshot
        if keep is not None and new is not None and dice.random() < 0.8:  # rows that stand are the same objects
            frames[-1] = _share(frames[-1], {(s, row.id): row for s in Section for row in keep.rows(s)})
    return frames


def _share(one: Frame, former: dict[tuple[Section, str], Row]) -> Frame:
    snapshot = one.source.snapshot
    assert snapshot is not None
    shared = {
        section.value: tuple(
            former[section, r.id] if former.get((section, r.id)) == r else r for r in snapshot.rows(section)
        )
        for section in (Section.QUEUES, Section.AGENTS)
    }
    return replace(one, source=replace(one.source, snapshot=replace(snapshot, **shared)))  # type: ignore[arg-type]


def _apart(one: Frame) -> Frame:
    """The same frame, nothing in it the same object: as a recording gives it back."""
    snapshot = one.source.snapshot
    assert snapshot is not None
    copies = {section.value: tuple(replace(row) for row in snapshot.rows(section)) for section in Section}
    return replace(one, source=replace(one.source, snapshot=replace(snapshot, **copies)))  # type: ignore[arg-type]


def _judge(frames: Sequence[Frame], looks: Sequence[float]) -> list[Transition]:
    evaluator = Evaluator(_RULES)
    found: list[Transition] = []
    waiting_looks = list(looks)
    for each in frames:
        while waiting_looks and waiting_looks[0] <= each.at_ms:
            found += evaluator.advance(waiting_looks.pop(0))
        found += evaluator.put(each)
    for look in waiting_looks:
        found += evaluator.advance(look)
    found += evaluator.advance(frames[-1].at_ms + 100 * S)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_who_looks_when_makes_no_difference(seed: int):
    dice = random.Random(seed)
    frames = _story(dice)
    end = frames[-1].at_ms + 60 * S
    expected = _judge(frames, ())
    for density in (5, 300):
        looks = sorted(dice.uniform(T0, end) for _ in range(density))
        assert _judge(frames, looks) == expected
    assert _judge([_apart(each) for each in frames], ()) == expected
    assert any(item.change is Change.FIRED for item in expected) or len(frames) < 15
