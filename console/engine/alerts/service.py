"""Alerts: runs the rules over the frames, keeps what they find, and says what is to be done about it.

Nothing here makes a sound or shows anything: who listens carries out the actions of each news.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from console.domain.alert_evaluator import Change, Evaluator, Steps, Target, Transition, same_watch
from console.domain.alert_rules import Action, Rule, Scope
from console.domain.alerts import Alert, AlertNews, Ending, RuleState
from console.domain.clock import Clock, SystemClock
from console.domain.errors import UserError
from console.domain.frames import Frame
from console.domain.messages import Message, message
from console.domain.text import safe_text
from console.engine.alerts.alert_file import AlertFile
from console.engine.alerts.ledger import LOUD, Ledger, Raised
from console.engine.alerts.rule_book import RuleBook
from console.engine.frames import FrameFeed
from console.settings.disk import Disk
from console.settings.paths import Paths
from console.tasks import Report, TaskScope

if TYPE_CHECKING:
    from console.engine.alerts.back_test import BackTest, OnProgress
    from console.engine.history.base import History

log = logging.getLogger("console.alerts")

TICK_S: Final = 1.0
SLICE_S: Final = 0.008  # at a stretch on the loop's thread
TIDY_MS: Final = 60_000.0
ASLEEP_S: Final = 20.0  # real seconds without a tick: the computer slept, and nobody was silent
NOTE_LIMIT: Final = 2_000

Listener = Callable[[tuple[AlertNews, ...]], None]
_NONE: Final[frozenset[Action]] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleStates:
    """What a rule says now.

    Attributes:
        targets: (profile id, row id) -> state; row "" where it says one thing of a whole profile.
        counts: how many targets are in each state; absent: none.
    """

    targets: Mapping[Target, RuleState]
    counts: Mapping[RuleState, int]


class Alerts:
    """The alert engine. Lives on the loop's thread; does nothing before `start`.

    Args:
        paths: where rules and alerts are kept.
        frames: the feed to follow.
        history: the recording for `back_test`; None where there is none (`use_history` gives it later).
        tell: takes what the user should know: a broken file, one of a newer version, one that cannot be written.
        local: the wall clock of quiet hours at a moment (epoch ms).
        hides_names: whether callers and agents are kept without their numbers and names from now on.
        profiles: ids of the profiles there are; None: nobody says. Open alerts of others are archived.
        report_bug: takes the first exception that is a fault of ours; the alarms go on.
    """

    def __init__(
        self,
        paths: Paths,
        frames: FrameFeed,
        clock: Clock,
        *,
        tell: Callable[[Message], None],
        history: History | None = None,
        local: Callable[[float], datetime] | None = None,
        disk: Disk | None = None,
        report_bug: Report | None = None,
        hides_names: Callable[[], bool] = lambda: False,
        profiles: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._feed = frames
        self._profiles = profiles
        self._clock = clock
        self._speed = clock.speed if isinstance(clock, SystemClock) else 1.0
        self._history = history
        self._local = local or _local_time
        self._book = RuleBook(paths.rules_file, tell=tell, adopt=self._adopt_rules, disk=disk)
        self._ledger = Ledger()
        self._file = AlertFile(paths.alerts_file, self._ledger, tell=tell, hides_names=hides_names, disk=disk)
        self._judge = Evaluator()
        self._look: Steps | None = None  # a large frame that is being looked at
        self._names: dict[str, str] = {}
        self._listeners: list[Listener] = []
        self._scope = TaskScope("alerts", report_bug)
        self._report_bug = report_bug
        self._leave = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None
        self._ticked_ms: float | None = None
        self._tidy_ms = 0.0
        self._known_profiles: frozenset[str] | None = None

    # -- life

    async def start(self) -> None:
        """Read rules and alerts, take up what was open, and follow the feed from now on."""
        await self._book.load()
        self._names.update(await self._file.load(self._book.rules))
        for rule in self._book.rules:
            self._evaluator.set_rule(rule)
        self._take_up()
        for frame in self._feed.latest.values():
            self._take_frame(frame)
        self._unsubscribe = self._feed.subscribe(self._on_frame)
        self._scope.start(self._run(), "tick")

    def use_history(self, history: History | None) -> None:
        """Try rules on this recording."""
        self._history = history

    async def aclose(self) -> None:
        """Stop, and write what has changed."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._leave.set()
        self._guard(self._go_on)
        await self._scope.aclose()
        try:
            await self._book.aclose()
        finally:
            await self._file.aclose()

    # -- what there is

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the user's order; one with `known` False needs a newer version and is not run."""
        return self._book.rules

    @property
    def is_read_only(self) -> bool:
        """Whether the rules are of a newer version (or cannot be read), and stay as they are."""
        return self._book.is_read_only

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All of them, newest first, archived ones too."""
        return self._ledger.alerts

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """Those that still hold, as far as is known; newest first."""
        return self._ledger.open

    @property
    def raised(self) -> Raised:
        """The rows that are to stand first: scope -> (profile id, row id) -> worst level. The same object until it
        changes."""
        return self._ledger.raised

    def state_of(self, rule_id: str) -> RuleStates:
        """What a rule says of each of its rows now; nothing for one that is not run."""
        targets = self._evaluator.states(rule_id)
        return RuleStates(targets, Counter(targets.values()))

    @property
    def muted_until(self) -> float | None:
        """Until when nothing is said (infinite: until it is undone), None while it is not muted."""
        if self._file.muted_until is not None and self._file.muted_until <= self._clock.now_ms():
            return None
        return self._file.muted_until

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all that has changed, and what to do now; an empty tuple: rules or muting have. The
        returned function ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    # -- rules

    def save_rule(self, rule: Rule) -> Rule:
        """Add a rule, or replace the one of its id; runs at once. Open alerts of one that now looks for something
        else are archived. UserError for one that cannot be run, and where nothing may be changed."""
        former = self._book.get(rule.id)
        rule = self._book.save(rule)
        is_same = former is not None and same_watch(former, rule)
        news = self._ledger.restyle(rule) if is_same else self._ledger.close_rule(rule.id, self._clock.now_ms())
        found = self._evaluator.set_rule(rule)
        self._file.touch()
        self._say([*news, *self._take(found)], always=True)
        return rule

    def remove_rule(self, rule_id: str) -> None:
        """Forget a rule; its open alerts are archived. UserError where nothing may be changed."""
        self._book.remove(rule_id)
        self._evaluator.remove_rule(rule_id)
        self._file.touch()
        self._say(self._ledger.close_rule(rule_id, self._clock.now_ms()), always=True)

    def set_enabled(self, rule_id: str, is_enabled: bool) -> Rule:
        """Switch a rule on or off; its open alerts are archived. UserError for a rule that is not there."""
        rule = self._book.get(rule_id)
        if rule is None:
            raise UserError(message("alert.rule_gone"))
        return self.save_rule(replace(rule, is_enabled=is_enabled))

    async def back_test(
        self, rule: Rule, start_ms: float, end_ms: float, on_progress: OnProgress | None = None
    ) -> BackTest:
        """What a rule would have found in the recording; cancel the task to stop it. UserError without a recording, or
        for a rule that cannot be run."""
        from console.engine.alerts.back_test import back_test

        if self._history is None:
            raise UserError(message("alert.no_recording"))
        return await back_test(self._history, rule, start_ms, end_ms, on_progress)

    # -- alerts

    def acknowledge(self, ids: Iterable[str]) -> None:
        """Somebody has seen them."""
        self._act(self._ledger.acknowledge(ids, self._clock.now_ms()))

    def snooze(self, ids: Iterable[str], until_ms: float | None) -> None:
        """Say nothing about open alerts until then; what still holds then is active again and says so once. None ends
        it without a word."""
        self._act(self._ledger.snooze(ids, until_ms))

    def set_note(self, alert_id: str, note: str) -> None:
        """Keep a note with an alert; longer ones are cut."""
        self._act(self._ledger.note(alert_id, note[:NOTE_LIMIT]))

    def archive(self, ids: Iterable[str]) -> None:
        """Put them away; one that still holds comes back only with a new firing."""
        self._act(self._ledger.archive(ids, self._clock.now_ms()))

    def mute_until(self, until_ms: float | None) -> None:
        """Say nothing about any alert until then (infinite: until it is undone); None ends it. Outlives a restart."""
        self._file.muted_until = until_ms
        self._file.touch()
        self._say([], always=True)

    # -- frames and time

    async def _run(self) -> None:
        while not await self._clock.wait(self._leave, TICK_S):
            if self._look is None:  # a frame that is being looked at comes first
                self._guard(self._tick)

    def _guard(self, step: Callable[[], None]) -> None:
        """A fault of ours is told once: it must not end all alarms, nor reach whoever hands frames over."""
        try:
            step()
        except Exception as error:  # the boundary
            report, self._report_bug = self._report_bug, _log_bug
            (report or _log_bug)("alerts", error)

    @property
    def _evaluator(self) -> Evaluator:
        """The evaluator, done with what it looks at."""
        self._go_on()
        return self._judge

    def _go_on(self, seconds: float = math.inf) -> None:
        """Look on at a large frame for a while, or to its end."""
        until = time.perf_counter() + seconds
        while self._look is not None:
            steps, self._look = self._look, None
            try:
                next(steps)
            except StopIteration as done:
                self._say(self._take(done.value))
                return
            self._look = steps
            if time.perf_counter() >= until:
                return

    async def _look_on(self) -> None:
        while self._look is not None:
            await asyncio.sleep(0)
            self._guard(lambda: self._go_on(SLICE_S))

    def _tick(self) -> None:
        now, frames_now = self._clock.now_ms(), self._feed.now_ms()
        self._note_time(frames_now)
        news = self._take(self._evaluator.advance(frames_now))
        news += self._close_removed(now)
        awake = self._ledger.wake(now, self._actions_of)
        if awake:
            self._file.touch()
        news += awake
        if now >= self._tidy_ms:
            self._tidy_ms = now + TIDY_MS * self._speed
            news += self._ledger.tidy(now)
        if self._file.muted_until is not None and self._file.muted_until <= now:
            self.mute_until(None)
        self._say(news)

    def _on_frame(self, frame: Frame) -> None:
        self._guard(lambda: self._take_frame(frame))

    def _take_frame(self, frame: Frame) -> None:
        self._note_time(frame.at_ms)
        self._names[frame.profile_id] = frame.source.profile.name
        self._look = self._evaluator.put_slowly(frame)
        self._go_on(SLICE_S)
        if self._look is not None:
            self._scope.single_flight("look", self._look_on)

    def _note_time(self, now: float) -> None:
        """Where the clock has leapt the computer slept; what nobody could see is held against no system."""
        former, self._ticked_ms = self._ticked_ms, now
        if former is not None and now - former > ASLEEP_S * 1000 * self._speed:
            self._say(self._take(self._evaluator.slept(former, now)))

    def _take(self, found: Iterable[Transition]) -> list[AlertNews]:
        news: list[AlertNews] = []
        found = tuple(found)
        ahead = self._feed.now_ms() - self._clock.now_ms() if found else 0.0
        for item in found:
            rule = self._book.get(item.rule_id)
            if rule is None:
                continue
            is_silent = self._is_silent(rule, item.at_ms - ahead)
            name = self._names.get(item.profile_id, "")
            one = self._ledger.take(item, rule, name, is_silent=is_silent)
            if one is not None:
                if Action.LOG in one.actions:
                    log.info("%s", _line(one.alert))
                news.append(one)
                self._file.touch(soon=item.change is not Change.WORSE)
        return news

    def _close_removed(self, now: float) -> list[AlertNews]:
        """Nobody looks after a profile that was removed: its alerts are put away."""
        if self._profiles is None:
            return []
        known = frozenset(self._profiles())
        if known == self._known_profiles:
            return []
        self._known_profiles = known
        for profile_id in self._evaluator.profiles - known:
            self._evaluator.forget(profile_id)
        news = self._ledger.close_profiles(known, now)
        if news:
            self._file.touch()
        return news

    def _adopt_rules(self) -> None:
        """Another copy of the console has changed rules: run them here, too."""
        now = self._clock.now_ms()
        former = {rule.id: rule for rule in self._evaluator.rules}
        news: list[AlertNews] = []
        for rule_id in former.keys() - {rule.id for rule in self._book.rules}:
            self._evaluator.remove_rule(rule_id)
            news += self._ledger.close_rule(rule_id, now)
        for rule in self._book.rules:
            known = former.get(rule.id)
            if known == rule:
                continue
            if known is not None:
                is_same = same_watch(known, rule)
                news += self._ledger.restyle(rule) if is_same else self._ledger.close_rule(rule.id, now)
            news += self._take(self._evaluator.set_rule(rule))
        if news:
            self._file.touch()
        self._say(news, always=True)

    def _is_silent(self, rule: Rule, at_ms: float) -> bool:
        if self._file.muted_until is not None and at_ms < self._file.muted_until:
            return True
        if not rule.quiet:
            return False
        moment = self._local(at_ms)
        return any(hours.covers(moment.weekday(), moment.hour * 60 + moment.minute) for hours in rule.quiet)

    def _actions_of(self, alert: Alert) -> frozenset[Action]:
        """What to do about an alert that is said once more."""
        rule = self._book.get(alert.rule_id)
        if rule is None:
            return _NONE
        return rule.actions - LOUD if self._is_silent(rule, self._clock.now_ms()) else rule.actions

    def _act(self, news: list[AlertNews]) -> None:
        """A person has done something."""
        if news:
            self._file.touch()
            self._say(news)

    def _say(self, news: list[AlertNews], *, always: bool = False) -> None:
        if news or always:
            for listener in tuple(self._listeners):
                listener(tuple(news))

    # -- an earlier run

    def _take_up(self) -> None:
        """Tell the evaluator what was open, so that nobody is told twice, and what has just ended."""
        orphans: list[str] = []
        now = self._feed.now_ms()  # the computer's clock may have been set back since
        for alert in self._ledger.newest():
            target = (alert.profile_id, alert.row_id)
            if alert.cleared_ms is not None:
                self._evaluator.cool(alert.rule_id, target, min(alert.cleared_ms, now))
                continue
            is_watched = self._evaluator.resume(
                alert.rule_id,
                target,
                alert.row_name,
                since_ms=min(alert.since_ms, now),
                fired_ms=min(alert.fired_ms, now),
                value=alert.value,
                worst=alert.worst,
            )
            if not is_watched:
                orphans.append(alert.id)
        self._ledger.archive(orphans, self._clock.now_ms(), Ending.RULE)


def _log_bug(where: str, error: BaseException) -> None:
    log.error("a fault in %s", where, exc_info=error)


def _local_time(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000).astimezone()


def _line(alert: Alert) -> str:
    """An alert for the log, which names neither callers nor agents."""
    place = alert.row_name
    if alert.scope is Scope.CALLER:
        place = f"a caller in {alert.queue}" if alert.queue else "a caller"
    elif alert.scope is Scope.AGENT:
        place = "an agent"
    words = f"{alert.level.name.lower()}: {alert.rule_name}: {place}, {alert.profile_name} ({alert.id})"
    return safe_text(words, 300)
