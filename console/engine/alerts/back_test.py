"""What a rule would have found in the recording, by the evaluator that also runs live."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from console.domain.alert_evaluator import Change, Evaluator, Transition
from console.domain.alert_rules import Rule
from console.domain.enums import HealthState
from console.domain.frames import Frame
from console.domain.values import Unit
from console.engine.alerts.rule_book import check_rule
from console.engine.history.base import History, Span, united
from console.settings.worker import Worker

GATHER_S: Final = 0.005  # how long frames are gathered on the loop before they are judged on the thread
GATHER: Final = 200
HOUR_MS: Final = 3600 * 1000.0
AWAY_MS: Final = 60 * 1000.0  # a source that was live and is followed by nothing at all: the console was closed

OnProgress = Callable[[float], None]  # 0 to 1


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing; epoch milliseconds.

    Attributes:
        cleared_ms: None: it still held at the end.
        notifies: whether somebody would have been told (not within the cooldown).
        lost_data: whether its source was silent for a while in between.
    """

    profile_id: str
    profile_name: str
    row_id: str
    row_name: str
    queue: str
    since_ms: float
    fired_ms: float
    cleared_ms: float | None
    value: float | str | None
    worst: float | str | None
    unit: Unit
    notifies: bool
    lost_data: bool = False


@dataclass(frozen=True, slots=True)
class BackTest:
    """The outcome of trying a rule on the past.

    Attributes:
        firings: in the order of their times.
        notifications: how often somebody would have been told.
        per_hour: start of the hour (epoch ms, whole hours of UTC) -> firings; hours without any are absent.
        spans: where there was something to judge, ascending, merged over the rule's profiles.
        covered_ms: how long those are together.
        frames: how many frames were judged.
        errors: ids of profiles where the rule cannot be run at all (no such column).
    """

    rule: Rule
    start_ms: float
    end_ms: float
    firings: tuple[Firing, ...]
    notifications: int
    per_hour: Mapping[float, int]
    spans: tuple[Span, ...]
    covered_ms: float
    frames: int
    errors: tuple[str, ...] = ()


async def back_test(
    history: History, rule: Rule, start_ms: float, end_ms: float, on_progress: OnProgress | None = None
) -> BackTest:
    """Judge the recorded frames from `start_ms` to `end_ms` by one rule, enabled or not.

    The frames are judged on a thread of its own, by an evaluator nobody else knows; cancelling the task ends it with
    the frame in hand. UserError for a rule that cannot be run.
    """
    check_rule(rule)
    run = _Run(replace(rule, is_enabled=True), start_ms, end_ms)
    worker = Worker("back-test")
    try:
        async with aclosing(_batches(history.frames(start_ms, end_ms, rule.profiles))) as batches:
            async for batch in batches:
                await worker.run(partial(run.put_all, batch))
                if on_progress is not None:
                    on_progress(min(1.0, max(0.0, (batch[-1].at_ms - start_ms) / max(1.0, end_ms - start_ms))))
        spans = await _spans(history, rule, start_ms, end_ms)
        outcome = await worker.run(partial(run.outcome, rule, spans))
    finally:
        run.is_stopped = True
        worker.close()
    if on_progress is not None:
        on_progress(1.0)
    return outcome


async def _batches(frames: AsyncIterator[Frame]) -> AsyncGenerator[list[Frame], None]:
    """Frames as they come, a few at a time: each hand-over to the thread costs more than a small frame."""
    batch: list[Frame] = []
    until = 0.0
    async for frame in frames:
        now = time.monotonic()
        if not batch:
            until = now + GATHER_S
        batch.append(frame)
        if now >= until or len(batch) >= GATHER:
            yield batch
            batch = []
    if batch:
        yield batch


class _Run:
    """The frames go through the evaluator; what it says becomes firings."""

    def __init__(self, rule: Rule, start_ms: float, end_ms: float) -> None:
        self._rule = rule
        self._start_ms = start_ms
        self._end_ms = end_ms
        self._evaluator = Evaluator((rule,))
        self._open: dict[tuple[str, str], Firing] = {}
        self._over: list[Firing] = []
        self._names: dict[str, str] = {}
        self._latest: dict[str, Frame] = {}
        self._errors: set[str] = set()
        self._frames = 0
        self.is_stopped = False

    def put_all(self, frames: Sequence[Frame]) -> None:
        """Some more frames, or as many as there is time for before somebody gives up."""
        for frame in frames:
            if self.is_stopped:
                return
            self.put(frame)

    def put(self, frame: Frame) -> None:
        """Frames of before the beginning stand at it."""
        if frame.at_ms < self._start_ms:
            frame = replace(frame, at_ms=self._start_ms)
        self._sleep_until(frame.at_ms)
        self._names[frame.profile_id] = frame.source.profile.name
        self._latest[frame.profile_id] = frame
        self._frames += 1
        self._take(self._evaluator.put(frame))
        self._errors |= self._evaluator.blind(self._rule.id)

    def outcome(self, rule: Rule, spans: Sequence[Span]) -> BackTest:
        """Everything found up to the end."""
        self._sleep_until(self._end_ms)
        self._take(self._evaluator.advance(self._end_ms))
        firings = tuple(sorted([*self._over, *self._open.values()], key=lambda one: (one.fired_ms, one.row_id)))
        return BackTest(
            rule=rule,
            start_ms=self._start_ms,
            end_ms=self._end_ms,
            firings=firings,
            notifications=sum(one.notifies for one in firings),
            per_hour=Counter(one.fired_ms // HOUR_MS * HOUR_MS for one in firings),
            spans=tuple(spans),
            covered_ms=sum(span.end_ms - span.start_ms for span in spans),
            frames=self._frames,
            errors=tuple(sorted(self._errors)),
        )

    def _sleep_until(self, at_ms: float) -> None:
        """A live source whose values grow old is followed by a frame that says so, unless the console was closed."""
        latest = self._latest.values()
        if not latest:
            return
        quiet_from = max(max(frame.at_ms, frame.fresh_until_ms) for frame in latest)
        was_live = any(frame.source.health.state in (HealthState.LIVE, HealthState.WARMING) for frame in latest)
        if was_live and at_ms - quiet_from > AWAY_MS:
            self._take(self._evaluator.slept(quiet_from, at_ms))

    def _take(self, found: Sequence[Transition]) -> None:
        for item in found:
            key = (item.profile_id, item.row_id)
            if item.change is Change.FIRED:
                self._open[key] = Firing(
                    profile_id=item.profile_id,
                    profile_name=self._names.get(item.profile_id, ""),
                    row_id=item.row_id,
                    row_name=item.row_name,
                    queue=item.queue,
                    since_ms=item.since_ms,
                    fired_ms=item.at_ms,
                    cleared_ms=None,
                    value=item.value,
                    worst=item.worst,
                    unit=item.unit,
                    notifies=not item.is_repeat,
                )
                continue
            firing = self._open.get(key)
            if firing is None:
                continue
            firing = replace(firing, worst=item.worst, lost_data=firing.lost_data or item.change is Change.LOST)
            if item.change is Change.CLEARED:
                del self._open[key]
                self._over.append(replace(firing, cleared_ms=item.at_ms))
            else:
                self._open[key] = firing


async def _spans(history: History, rule: Rule, start_ms: float, end_ms: float) -> list[Span]:
    """Where one of the rule's profiles had fresh data."""
    found: list[Span] = []
    for profile_id in rule.profiles or ("",):
        found += await history.spans(start_ms, end_ms, profile_id)
    return united(found)
