"""Where one alert rule stands with one row: normal, pending or firing, and what it was told of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.domain.alert_checks import NEVER, Check, Look, RowFilter, Truth
from console.domain.alert_rules import Rule, Scope
from console.domain.alerts import RuleState
from console.domain.model import Row
from console.domain.values import Reading, Unit, Value


class Change(StrEnum):
    """What happened to a firing."""

    FIRED = "fired"
    CLEARED = "cleared"  # fresh data says that it is over
    LOST = "lost"  # nobody knows any more whether it still holds
    BACK = "back"  # data says that it still holds
    WORSE = "worse"  # its worst figure became worse


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one firing. Times are the console's wall clock, epoch milliseconds.

    Attributes:
        queue: of a caller, the queue waited in.
        since_ms: from when on the conditions held; the firing itself came `for_s` later.
        value: the deciding figure at the firing.
        worst: the worst since then.
        unit: of both.
        is_repeat: FIRED within the cooldown: nobody is told again.
    """

    change: Change
    at_ms: float
    rule_id: str
    profile_id: str
    row_id: str
    row_name: str
    queue: str
    since_ms: float
    value: float | str | None
    worst: float | str | None
    unit: Unit
    is_repeat: bool = False


class Watch:
    """A rule made ready to be run."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule  # replaced where only what is done about it changes
        self.checks = tuple(Check(condition) for condition in rule.conditions)
        self.filter = RowFilter(rule)
        self.columns = frozenset(condition.column for condition in rule.conditions)
        self.for_ms = max(0.0, rule.for_s) * 1000

    def is_for(self, profile_id: str) -> bool:
        """Whether it watches a profile."""
        return not self.rule.profiles or profile_id in self.rule.profiles


class Track:
    """A rule's memory of one row; made only while there is something to remember.

    Attributes:
        flip_at: the next moment at which a running duration turns a condition round, by the clock durations run by.
        fire_at: when a pending row fires (console's clock).
        due_at: under which moment it waits in the machine's list of dues.
    """

    __slots__ = (
        "due_at",
        "fire_at",
        "fired_ms",
        "flip_at",
        "flips",
        "has_data",
        "is_on",
        "name",
        "profile_id",
        "queue",
        "readings",
        "row_id",
        "since_ms",
        "state",
        "truths",
        "unit",
        "value",
        "watch",
        "worst",
    )

    def __init__(self, watch: Watch, profile_id: str, row_id: str) -> None:
        count = len(watch.checks)
        self.watch = watch
        self.profile_id = profile_id
        self.row_id = row_id
        self.name = ""
        self.queue = ""
        self.is_on = [False] * count
        self.truths = [Truth.UNKNOWN] * count
        self.flips = [NEVER] * count
        self.readings: list[Reading | None] = [None] * count
        self.state = RuleState.NORMAL
        self.since_ms = self.fired_ms = 0.0
        self.value: float | str | None = None
        self.worst: float | str | None = None
        self.unit = Unit.COUNT
        self.has_data = False
        self.flip_at = self.fire_at = self.due_at = NEVER

    @property
    def is_firing(self) -> bool:
        """Whether there is an open firing, with data or without."""
        return self.state is RuleState.FIRING

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return self.state is RuleState.NORMAL and self.flip_at == NEVER

    def take_name(self, row: Row) -> None:
        """Whose it is, for whoever is told."""
        self.name = row.name
        if self.watch.rule.scope is Scope.CALLER:
            queue = row.reading("queue").value
            self.queue = queue if isinstance(queue, str) else ""

    def arm(self, look: Look) -> bool:
        """Wait for the moment at which its one condition will hold; False where it waits for that moment already."""
        self.truths[0], self.flips[0], self.readings[0] = look
        self.is_on[0] = False
        is_other = self.flip_at != look.flips_at
        self.flip_at = look.flips_at
        return is_other

    def look(self, readings: Mapping[str, Reading], server_ms: float) -> None:
        """Take the row's newest readings."""
        keeps = self.is_firing  # what fired goes on within its dead-band when its data come back
        for place, check in enumerate(self.watch.checks):
            truth, self.flips[place], self.readings[place] = check.look(
                readings, keeps and self.is_on[place], server_ms
            )
            self.truths[place] = truth
            self.is_on[place] = truth is Truth.TRUE or (truth < 0 and keeps and self.is_on[place])
        self.flip_at = min(self.flips)

    def turn(self, server_ms: float) -> None:
        """Durations have run up to this moment."""
        for place, flips_at in enumerate(self.flips):
            if flips_at <= server_ms:
                self.is_on[place] = not self.is_on[place]
                self.truths[place] = Truth.TRUE if self.is_on[place] else Truth.FALSE
                self.flips[place] = NEVER
        self.flip_at = min(self.flips)

    def lose(self, at_ms: float, out: list[Transition]) -> None:
        """Its data have gone: what fires stays so, everything else begins anew."""
        count = len(self.truths)
        self.truths = [Truth.UNKNOWN] * count
        self.flips = [NEVER] * count
        self.readings = [None] * count
        self.flip_at = NEVER
        self._without_data(at_ms, out)

    def settle(self, at_ms: float, server_ms: float, out: list[Transition], may_fire: bool) -> None:
        """Draw the conclusion from what the conditions say now; without `may_fire` it goes no further than pending."""
        if Truth.FALSE in self.truths:
            self.clear(at_ms, out)
        elif min(self.truths) < 0:
            self._without_data(at_ms, out)
        else:
            self._hold(at_ms, server_ms, out, may_fire)

    def clear(self, at_ms: float, out: list[Transition]) -> None:
        """The conditions do not hold."""
        if self.is_firing:
            out.append(self.say(Change.CLEARED, at_ms))
        self.state = RuleState.NORMAL
        self.has_data = False
        self.fire_at = NEVER

    def note(self, server_ms: float) -> None:
        """Keep the worst figure of a firing up to this moment."""
        value = self.value_at(server_ms)
        if isinstance(value, float) and isinstance(self.worst, float):
            if self.watch.checks[0].is_worse(value, self.worst):
                self.worst = value
        elif value is not None and self.worst is None:
            self.worst = value

    def value_at(self, server_ms: float) -> float | str | None:
        """The deciding figure."""
        reading = self.readings[0]
        return plain(reading.value_at(server_ms)) if reading is not None else None

    def say(self, change: Change, at_ms: float) -> Transition:
        """What happened, for whoever listens."""
        return Transition(
            change,
            at_ms,
            self.watch.rule.id,
            self.profile_id,
            self.row_id,
            self.name,
            self.queue,
            self.since_ms,
            self.value,
            self.worst,
            self.unit,
        )

    def _hold(self, at_ms: float, server_ms: float, out: list[Transition], may_fire: bool) -> None:
        if self.is_firing:
            if not self.has_data:
                self.has_data = True
                self.note(server_ms)
                out.append(self.say(Change.BACK, at_ms))
            return
        if self.state is RuleState.NORMAL:
            self.state = RuleState.PENDING
            self.since_ms = at_ms
            self.fire_at = at_ms + self.watch.for_ms
        if may_fire and at_ms >= self.fire_at:
            self.fire_at = NEVER
            self.state = RuleState.FIRING
            self.has_data = True
            self.fired_ms = at_ms
            self.value = self.worst = self.value_at(server_ms)
            # from here on the dead-band holds: a falling duration ends it later than it would have ended the waiting
            pairs = zip(self.watch.checks, self.readings, strict=True)
            self.flips = [check.hold(reading, server_ms) for check, reading in pairs]
            self.flip_at = min(self.flips)
            reading = self.readings[0]
            self.unit = reading.unit if reading is not None else Unit.COUNT
            out.append(self.say(Change.FIRED, at_ms))

    def _without_data(self, at_ms: float, out: list[Transition]) -> None:
        if self.is_firing:
            if self.has_data:
                self.has_data = False
                out.append(self.say(Change.LOST, at_ms))
            return
        self.state = RuleState.NORMAL
        self.fire_at = NEVER


def plain(value: Value | None) -> float | str | None:
    """A reading's value as alerts keep it: microseconds of a computed crossing are nobody's business."""
    return value if value is None or isinstance(value, str) else round(float(value), 3)
