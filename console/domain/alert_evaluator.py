"""The one evaluator of alert rules, for the live console and for back-tests alike. Pure.

What it finds is a function of the frames alone, never of when somebody looks: between frames figures are straight
lines, so the moments at which conditions begin and end, at which `for_s` is over and at which values become old are
computed. `advance` only hands out what has fallen due. Nothing fires long after the newest frame, though: then the next
one must say so (`alert_machine.TRUSTED_MS`).

A condition that has no fresh figure says nothing: it fires nothing and clears nothing. "There is none right now"
(nobody waits, nothing was offered) is an answer all the same, and ends what held.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from typing import Final

from console.domain.alert_machine import Change, Machine, Transition, Watch
from console.domain.alert_rules import Rule
from console.domain.alerts import RuleState
from console.domain.frames import Frame

__all__ = ["Change", "Evaluator", "Target", "Transition"]

COOLING_LIMIT: Final = 5_000  # ended firings remembered; callers come and go all day

Steps = Generator[None, None, tuple[Transition, ...]]
Target = tuple[str, str]  # id of the profile, id of the row ("" for the profile itself)


class Evaluator:
    """Judges frames by rules. Times are the console's wall clock in epoch milliseconds and never run backwards.

    Every method that returns transitions returns them in the order of their times.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: dict[str, Rule] = {}
        self._watches: dict[str, Watch] = {}
        self._machines: dict[str, Machine] = {}
        self._ended: dict[tuple[str, str, str], float] = {}
        for rule in rules:
            self.set_rule(rule)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order they came."""
        return tuple(self._rules.values())

    # -- time

    def put(self, frame: Frame) -> tuple[Transition, ...]:
        """Advance to the frame's moment, then take it."""
        steps = self.put_slowly(frame)
        while True:
            try:
                next(steps)
            except StopIteration as done:
                found: tuple[Transition, ...] = done.value
                return found

    def put_slowly(self, frame: Frame) -> Steps:
        """`put` in steps of some hundred rows, for who has other things to do as well; what it finds is what the
        generator returns. Nothing else may be called before it has ended."""
        out: list[Transition] = []
        self._advance(frame.at_ms, out)
        machine = self._machines.get(frame.profile_id)
        if machine is None:
            machine = self._machines[frame.profile_id] = Machine(frame.profile_id, frame.at_ms)
            for watch in self._watches.values():
                machine.watch(watch, out)
        yield from machine.put(frame, out)
        return self._finish(out)

    def advance(self, to_ms: float) -> tuple[Transition, ...]:
        """What fell due by then."""
        out: list[Transition] = []
        self._advance(to_ms, out)
        return self._finish(out)

    def slept(self, from_ms: float, to_ms: float) -> tuple[Transition, ...]:
        """The console itself was away in between (asleep, closed): that silence is nobody's fault."""
        out: list[Transition] = []
        self._advance(from_ms, out)
        for machine in self._machines.values():
            machine.slept(from_ms, to_ms, out)
        return self._finish(out)

    # -- rules

    def set_rule(self, rule: Rule) -> tuple[Transition, ...]:
        """Add or replace a rule and judge by it what is known now. What was found by the former stays if both look for
        the same, otherwise it is forgotten without a word; a rule that is off or not known is not run."""
        out: list[Transition] = []
        former = self._rules.get(rule.id)
        self._rules[rule.id] = rule
        if former is not None and same_watch(former, rule) and rule.id in self._watches:
            self._watches[rule.id].rule = rule
            return ()
        self._unwatch(rule.id)
        if rule.is_enabled and rule.known and rule.conditions:
            watch = self._watches[rule.id] = Watch(rule)
            for machine in self._machines.values():
                machine.watch(watch, out)
        return self._finish(out)

    def remove_rule(self, rule_id: str) -> None:
        """Forget a rule and what it found."""
        self._rules.pop(rule_id, None)
        self._unwatch(rule_id)

    # -- profiles

    @property
    def profiles(self) -> set[str]:
        """Ids of the profiles something is known of."""
        return set(self._machines)

    def forget(self, profile_id: str) -> None:
        """A profile is there no more: neither is what was found in it."""
        self._machines.pop(profile_id, None)

    # -- memory of an earlier run

    def resume(
        self,
        rule_id: str,
        target: Target,
        row_name: str,
        *,
        since_ms: float,
        fired_ms: float,
        value: float | str | None,
        worst: float | str | None,
    ) -> bool:
        """A firing that was open when the console was left: open still, without data until a frame says more. False
        where no rule watches that any more."""
        watch = self._watches.get(rule_id)
        if watch is None or not watch.is_for(target[0]):
            return False
        machine = self._machines.get(target[0])
        if machine is None:
            machine = self._machines[target[0]] = Machine(target[0], fired_ms)
            for each in self._watches.values():
                machine.watch(each, [])
        machine.resume(watch, target[1], row_name, since_ms, fired_ms, value, worst)
        return True

    def cool(self, rule_id: str, target: Target, ended_ms: float) -> None:
        """A firing ended then; another one within the rule's cooldown is a repetition."""
        self._ended[rule_id, *target] = ended_ms

    # -- what is known now

    def states(self, rule_id: str) -> dict[Target, RuleState]:
        """What a rule says of each row it is about; of a whole profile ("" as row) where it says one thing of all."""
        watch = self._watches.get(rule_id)
        if watch is None:
            return {}
        found: dict[Target, RuleState] = {}
        for profile_id, machine in self._machines.items():
            if watch.is_for(profile_id):
                found.update({(profile_id, row_id): state for row_id, state in machine.states(watch).items()})
        return found

    def blind(self, rule_id: str) -> set[str]:
        """Ids of the profiles whose system never says what a rule is about: its state there is ERROR."""
        return {profile_id for profile_id, machine in self._machines.items() if machine.is_blind(rule_id)}

    # -- inside

    def _advance(self, to_ms: float, out: list[Transition]) -> None:
        for machine in self._machines.values():
            machine.advance(to_ms, out)

    def _unwatch(self, rule_id: str) -> None:
        if self._watches.pop(rule_id, None) is not None:
            for machine in self._machines.values():
                machine.unwatch(rule_id)

    def _finish(self, out: list[Transition]) -> tuple[Transition, ...]:
        if not out:
            return ()
        if len(out) > 1:
            out.sort(key=lambda item: (item.at_ms, item.profile_id, item.rule_id, item.row_id))
        return tuple(self._with_cooldown(item) for item in out)

    def _with_cooldown(self, item: Transition) -> Transition:
        key = (item.rule_id, item.profile_id, item.row_id)
        if item.change is Change.CLEARED:
            self._ended.pop(key, None)
            self._ended[key] = item.at_ms
            while len(self._ended) > COOLING_LIMIT:
                del self._ended[next(iter(self._ended))]
        elif item.change is Change.FIRED:
            ended = self._ended.get(key)
            rule = self._rules.get(item.rule_id)
            if ended is not None and rule is not None and item.at_ms - ended < rule.cooldown_s * 1000:
                return replace(item, is_repeat=True)
        return item


def same_watch(one: Rule, other: Rule) -> bool:
    """Whether two rules look for the same in the same places, whatever they do about it."""
    return _watched(one) == _watched(other)


def _watched(rule: Rule) -> object:
    places = (frozenset(rule.profiles), rule.rows, rule.queues)
    return rule.scope, rule.conditions, places, rule.for_s, rule.is_enabled and rule.known
