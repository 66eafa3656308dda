"""The alert rules at work on one profile: which rows must be looked at, and what falls due by itself. Pure.

Two clocks meet here. Running durations run by the server's, so the moments at which they cross limits are kept in it;
`for_s`, old age and silence run by the console's. All moments handed out are the console's.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from console.domain.alert_checks import NEVER, Look, Truth
from console.domain.alert_rules import CONNECTION_COLUMN, Scope
from console.domain.alert_track import Change, Track, Transition, Watch
from console.domain.alerts import RuleState
from console.domain.enums import HealthState, Section
from console.domain.frames import Frame
from console.domain.model import Row, Snapshot
from console.domain.values import Reading, Status, Unit

__all__ = ["Change", "Machine", "Transition", "Watch"]

_SECTIONS: Final = {Scope.QUEUE: Section.QUEUES, Scope.AGENT: Section.AGENTS, Scope.CALLER: Section.WAITING}
_STEP: Final = 500  # rows looked at in one step
_SWEEP_AT: Final = 4_000  # entries of a list of dues before those that are void are thrown out

# A figure is taken to go on as it was for so long after its frame. What would fire later waits until a frame says so:
# a caller whose wait nobody has looked at for a minute may have been answered long ago. Ours: three polls of 5 s.
TRUSTED_MS: Final = 15_000.0

Out = list[Transition]
Steps = Iterator[None]
_Changed = tuple[list[Row], Iterable[str]]  # rows that are new or differ, ids of rows that have gone


class _Dues:
    """Moments at which tracks must be looked at, the earliest first. An entry is void once its track waits for another
    moment (`field` names where the track says for which)."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._heap: list[tuple[float, int, Track]] = []
        self._count = 0
        self._sweep_at = _SWEEP_AT

    def add(self, due: float, track: Track) -> None:
        if due == NEVER:
            return
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, track))
        if len(self._heap) > self._sweep_at:
            self._heap = [entry for entry in self._heap if getattr(entry[2], self._field) == entry[0]]
            heapq.heapify(self._heap)
            self._sweep_at = max(_SWEEP_AT, 2 * len(self._heap))

    def first(self) -> float:
        heap = self._heap
        while heap and getattr(heap[0][2], self._field) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else NEVER

    def pop(self) -> Track:
        return heapq.heappop(self._heap)[2]

    def clear(self) -> None:
        self._heap.clear()


class Machine:
    """One profile. `put` wants frames in the order of time, and `advance` to have been called up to each of them."""

    def __init__(self, profile_id: str, now_ms: float) -> None:
        self._profile_id = profile_id
        self._profile_name = ""
        self._now = now_ms
        self._snapshot: Snapshot | None = None
        self._is_fresh = False
        self._fresh_until = now_ms
        self._offset = 0.0
        self._seen_ms = now_ms  # the newest frame with fresh data
        self._unseen: list[Track] = []  # would have fired by now, had anybody seen it
        self._silent_from: float | None = None  # None: nobody expects data
        self._rows: dict[Section, tuple[Row, ...]] = {}
        self._watches: dict[str, Watch] = {}
        self._tracks: dict[str, dict[str, Track]] = {}
        self._blind: set[str] = set()  # rules without their columns here
        self._looks_whole = False  # the next frame, whatever has changed in it
        self._firing: dict[tuple[str, str], Track] = {}
        self._flips = _Dues("flip_at")
        self._dues = _Dues("due_at")

    # -- rules

    def watch(self, watch: Watch, out: Out) -> None:
        """Run one more rule, beginning with what is known now."""
        if not watch.is_for(self._profile_id):
            return
        rule = watch.rule
        self._watches[rule.id] = watch
        self._tracks[rule.id] = {}
        for _ in self._judge(watch, None, out):
            pass
        self.advance(self._now, out)

    def unwatch(self, rule_id: str) -> None:
        """Run a rule no longer."""
        self._watches.pop(rule_id, None)
        self._blind.discard(rule_id)
        for track in self._tracks.pop(rule_id, {}).values():
            self._discard(track)

    def resume(
        self,
        watch: Watch,
        row_id: str,
        name: str,
        since_ms: float,
        fired_ms: float,
        value: float | str | None,
        worst: float | str | None,
    ) -> None:
        """A firing of an earlier run; see `Evaluator.resume`."""
        track = self._tracks[watch.rule.id][row_id] = Track(watch, self._profile_id, row_id)
        track.name, track.since_ms, track.fired_ms = name, since_ms, fired_ms
        track.value, track.worst = value, worst
        track.state = RuleState.FIRING
        track.is_on = [True] * len(track.is_on)
        self._firing[watch.rule.id, row_id] = track
        self._looks_whole = True

    # -- time

    def advance(self, to_ms: float, out: Out) -> None:
        """Let happen what falls due by then."""
        while True:
            flip = self._flips.first()
            is_past = flip <= self._now + self._offset
            flip_at = self._now if is_past else max(self._now, flip - self._offset)
            due_at = self._dues.first()
            old_at = self._fresh_until if self._is_fresh else NEVER
            at = min(flip_at, due_at, old_at)
            if at > to_ms:
                break
            self._now = max(self._now, at)
            if at == old_at:
                self._grow_old(at, out)
            elif at == flip_at:
                track = self._flips.pop()
                track.turn(flip if not is_past else self._now + self._offset)
                self._settle(track, at, at + self._offset, out)
            else:
                self._fall_due(self._dues.pop(), at, out)
        self._now = max(self._now, to_ms)

    def put(self, frame: Frame, out: Out) -> Steps:
        """Take the newest frame, some hundred rows with each step; nothing else may be called in between."""
        at = self._now = max(self._now, frame.at_ms)
        source = frame.source
        self._profile_name = source.profile.name
        is_fresh = source.profile.enabled and frame.is_fresh_at(at)
        former = [(track, track.worst) for track in self._firing.values()]
        for track, _ in former:
            track.note(self._running_clock(track, at))
        if not source.profile.enabled:
            self._silent_from = None
        elif is_fresh:
            self._silent_from = frame.fresh_until_ms
        elif self._is_fresh or (self._silent_from is None and source.health.state is not HealthState.WARMING):
            self._silent_from = at  # a first answer may take its time; a failure to get one is told by the health
        if is_fresh and source.snapshot is not None:
            yield from self._take(source.snapshot, frame.fresh_until_ms, out)
        elif self._is_fresh:
            self._grow_old(at, out)
        for watch in self._watches.values():
            if watch.rule.scope is Scope.CONNECTION:
                self._judge_silence(watch, out)
        self.advance(at, out)
        for track, worst in former:
            if track.is_firing and track.has_data:
                track.note(self._running_clock(track, at))
                if track.worst != worst:
                    out.append(track.say(Change.WORSE, at))

    def slept(self, from_ms: float, to_ms: float, out: Out) -> None:
        """See `Evaluator.slept`."""
        if self._is_fresh and self._fresh_until < to_ms:
            self._grow_old(max(from_ms, self._now), out)
        self._now = max(self._now, to_ms)
        is_alarmed = any(self._is_connection(track) for track in self._firing.values())
        if self._silent_from is not None and not is_alarmed:
            self._silent_from = max(self._silent_from, self._now)
            for watch in self._watches.values():
                if watch.rule.scope is Scope.CONNECTION:
                    self._judge_silence(watch, out)

    # -- what is known now

    def states(self, watch: Watch) -> dict[str, RuleState]:
        """Row -> state; "" for the profile as a whole."""
        tracks = self._tracks.get(watch.rule.id, {})
        found = {row_id: track.state for row_id, track in tracks.items() if track.is_firing}
        scope = watch.rule.scope
        if scope is Scope.CONNECTION:
            own = tracks.get("")
            return {"": own.state if own is not None else RuleState.NORMAL}
        if not self._is_fresh or self._snapshot is None:
            return {"": RuleState.NO_DATA, **found}
        if watch.rule.id in self._blind:
            return {"": RuleState.ERROR, **found}
        for row in self._rows_of(watch, self._snapshot):
            if row.id not in found and watch.filter.takes(row):
                found[row.id] = self._state_of(watch, tracks.get(row.id), row)
        return found

    def is_blind(self, rule_id: str) -> bool:
        """See `Evaluator.blind`."""
        return rule_id in self._blind

    def _state_of(self, watch: Watch, track: Track | None, row: Row) -> RuleState:
        if track is not None and track.state is RuleState.PENDING:
            return RuleState.PENDING
        server_ms = self._now + self._offset
        truths = [check.look(row.readings, False, server_ms).truth for check in watch.checks]
        if Truth.FALSE in truths:
            return RuleState.NORMAL
        lowest = min(truths)
        if lowest is Truth.ERROR:
            return RuleState.ERROR
        return RuleState.NO_DATA if lowest is Truth.UNKNOWN else RuleState.NORMAL

    # -- frames

    def _take(self, snapshot: Snapshot, fresh_until: float, out: Out) -> Steps:
        """Look at what differs from the former frame. Where the server's clock was set back everything does."""
        can_skip = self._is_fresh and snapshot.offset_ms >= self._offset and not self._looks_whole
        self._looks_whole = False
        self._is_fresh, self._fresh_until = True, fresh_until
        self._snapshot, self._offset, self._seen_ms = snapshot, snapshot.offset_ms, self._now
        wanted = {_SECTIONS[w.rule.scope] for w in self._watches.values() if w.rule.scope in _SECTIONS}
        changed: dict[Section, _Changed | None] = {}
        for section in wanted:
            rows = snapshot.rows(section)
            former = self._rows.get(section) if can_skip else None
            changed[section] = _differences(former, rows) if former is not None else None
            self._rows[section] = rows
        for watch in self._watches.values():
            own = _SECTIONS.get(watch.rule.scope)
            yield from self._judge(watch, changed[own] if own is not None else None, out)
        unseen, self._unseen = self._unseen, []
        for track in unseen:
            if track.state is RuleState.PENDING:
                self._settle(track, self._now, self._now + self._offset, out)

    def _judge(self, watch: Watch, changed: _Changed | None, out: Out) -> Steps:
        """Look at the rows that have changed, or at all of them."""
        rule, tracks = watch.rule, self._tracks[watch.rule.id]
        if rule.scope is Scope.CONNECTION:
            self._judge_silence(watch, out)
            return
        if not self._is_fresh or self._snapshot is None:
            return
        was_blind = rule.id in self._blind
        if self._is_blind(watch, self._snapshot):
            self._blind.add(rule.id)
            for track in list(tracks.values()):
                self._lose(track, out)
            return
        self._blind.discard(rule.id)
        if changed is None or was_blind:
            rows: Iterable[Row] = self._rows_of(watch, self._snapshot)
            here = {row.id for row in rows}
            gone: Iterable[str] = [row_id for row_id in tracks if row_id not in here]
        else:
            rows, gone = changed
        yield from self._look_at(watch, rows, out)
        for row_id in gone:
            if (left := tracks.get(row_id)) is not None:
                self._leave(left, out)

    def _look_at(self, watch: Watch, rows: Iterable[Row], out: Out) -> Steps:
        """The hot loop: most rows are far from any limit and leave no trace."""
        tracks = self._tracks[watch.rule.id]
        now, server_ms = self._now, self._now + self._offset
        takes = None if watch.filter.takes_all else watch.filter.takes
        only = watch.checks[0].look if len(watch.checks) == 1 else None
        for number, row in enumerate(rows, 1):
            if number % _STEP == 0:
                yield
            track = tracks.get(row.id)
            if takes is not None and not takes(row):
                if track is not None:
                    self._end(track, out)
                continue
            if only is not None and (track is None or track.state is RuleState.NORMAL):
                look = only(row.readings, False, server_ms)
                if look.truth <= 0:
                    self._await(watch, track, row, look)
                    continue
            if track is None:
                track = tracks[row.id] = Track(watch, self._profile_id, row.id)
            track.take_name(row)
            former = track.flip_at
            track.look(row.readings, server_ms)
            if track.flip_at != former:
                self._flips.add(track.flip_at, track)
            self._settle(track, now, server_ms, out)

    def _await(self, watch: Watch, track: Track | None, row: Row, look: Look) -> None:
        """A rule of one condition that does not hold: wait for the moment at which it will, if there is one."""
        if look.flips_at == NEVER:
            if track is not None:
                self._drop(track)
            return
        if track is None:
            track = self._tracks[watch.rule.id][row.id] = Track(watch, self._profile_id, row.id)
        track.take_name(row)
        if track.arm(look):
            self._flips.add(look.flips_at, track)

    def _judge_silence(self, watch: Watch, out: Out) -> None:
        """How long there has been nothing is a line too, by the console's clock."""
        tracks = self._tracks[watch.rule.id]
        track = tracks.get("")
        if self._silent_from is None or not watch.filter.takes(Row("", self._profile_name, {})):
            if track is not None:
                self._end(track, out)
            return
        if track is None:
            track = tracks[""] = Track(watch, self._profile_id, "")
        track.name = self._profile_name
        silence = Reading(Status.OK, 0.0, Unit.MS, 1.0, self._silent_from)
        track.look({CONNECTION_COLUMN: silence}, self._now)
        track.flip_at = NEVER  # that list is for the server's clock
        self._settle(track, self._now, self._now, out)

    def _rows_of(self, watch: Watch, snapshot: Snapshot) -> Iterable[Row]:
        if watch.rule.scope is not Scope.FIGURE:
            section = _SECTIONS[watch.rule.scope]
            return self._rows.setdefault(section, snapshot.rows(section))
        readings = {line.id: line.reading for line in snapshot.metrics if line.id in watch.columns}
        first = watch.rule.conditions[0].column
        title = next((line.title for line in snapshot.metrics if line.id == first), first)
        return (Row(first, title, readings),)

    def _is_blind(self, watch: Watch, snapshot: Snapshot) -> bool:
        """Whether the system never says what the rule is about."""
        if watch.rule.scope is Scope.FIGURE:
            known = {line.id for line in snapshot.metrics}
        else:
            known = {column.id for column in snapshot.columns.get(_SECTIONS[watch.rule.scope], ())}
        return not watch.columns <= known

    # -- tracks

    def _fall_due(self, track: Track, at: float, out: Out) -> None:
        if self._is_connection(track):
            track.turn(at)
            track.flip_at = NEVER
        self._settle(track, at, self._running_clock(track, at), out)

    def _settle(self, track: Track, at: float, server_ms: float, out: Out) -> None:
        was_firing = track.is_firing
        is_connection = self._is_connection(track)
        former_flip = track.flip_at
        track.settle(at, server_ms, out, is_connection or at <= self._seen_ms + TRUSTED_MS)
        if track.is_firing is not was_firing:
            self._register(track)
        if is_connection:
            track.flip_at = NEVER  # that list is for the server's clock
        elif track.flip_at != former_flip:
            self._flips.add(track.flip_at, track)
        due = min(track.fire_at, *track.flips) if is_connection else track.fire_at
        if due <= at:
            self._unseen.append(track)
            due = NEVER
        if due != track.due_at:
            track.due_at = due
            self._dues.add(due, track)
        if not is_connection and track.is_idle:
            self._drop(track)

    def _grow_old(self, at: float, out: Out) -> None:
        """The values hold no longer."""
        self._is_fresh = False
        self._rows.clear()
        self._flips.clear()
        self._unseen.clear()
        for tracks in self._tracks.values():
            for track in list(tracks.values()):
                if not self._is_connection(track):
                    track.note(self._running_clock(track, at))
                    self._lose(track, out)

    def _lose(self, track: Track, out: Out) -> None:
        track.lose(self._now, out)
        track.due_at = NEVER
        if not track.is_firing:
            self._drop(track)

    def _leave(self, track: Track, out: Out) -> None:
        """Its row has gone from fresh data: a caller who waits no more is news, an agent who is not listed is none."""
        if track.watch.rule.scope is Scope.CALLER:
            self._end(track, out)
        else:
            self._lose(track, out)

    def _end(self, track: Track, out: Out) -> None:
        track.clear(self._now, out)
        self._drop(track)

    def _drop(self, track: Track) -> None:
        self._tracks[track.watch.rule.id].pop(track.row_id, None)
        self._discard(track)

    def _discard(self, track: Track) -> None:
        self._firing.pop((track.watch.rule.id, track.row_id), None)
        track.flip_at = track.due_at = NEVER

    def _register(self, track: Track) -> None:
        key = (track.watch.rule.id, track.row_id)
        if track.is_firing:
            self._firing[key] = track
        else:
            self._firing.pop(key, None)

    def _running_clock(self, track: Track, at: float) -> float:
        """A moment by the clock the track's durations run by, no later than their values can be believed."""
        if self._is_connection(track):
            return at
        return min(at, self._fresh_until, self._seen_ms + TRUSTED_MS) + self._offset

    @staticmethod
    def _is_connection(track: Track) -> bool:
        return track.watch.rule.scope is Scope.CONNECTION


def _differences(former: tuple[Row, ...], rows: tuple[Row, ...]) -> _Changed:
    """What differs: rows that stand are the same objects. Mostly they also stand in the same places."""
    if former is rows:
        return [], ()
    if len(former) == len(rows):
        pairs = [(old, new) for old, new in zip(former, rows, strict=True) if old is not new]
        if all(old.id == new.id for old, new in pairs):
            return [new for _, new in pairs], ()
    known = {row.id: row for row in former}
    return [row for row in rows if known.pop(row.id, None) is not row], list(known)
