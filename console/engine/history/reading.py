"""Curves, states of agents and stretches of time, read from pieces of a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final, overload

import numpy as np

from console.domain.enums import AgentStatus
from console.domain.values import Status, Unit
from console.engine.history.base import Reset, RowName, Series, SeriesKey, Span, StateSpan
from console.engine.history.codec import METRICS, SECTIONS
from console.engine.history.columns import GROUP, Changes, Floats, Ints
from console.engine.history.dayfile import DayFile, Place
from console.engine.history.forms import Form
from console.engine.history.playback import Stored
from console.engine.history.segment import Heads, RowKey

SAME_RESET_MS: Final = 300_000.0  # counters of one source that go down one after the other are one reset
Part = tuple[int, Ints, Floats, Ints]  # 0 state or 1 reason; rows, moments, words
_KNOWN_STATES: Final = frozenset(AgentStatus)


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment, or what of it counts: a later segment wins where the computer's clock was set back.

    Attributes:
        lo_ms, hi_ms: its frames count from here to there, both included.
    """

    file: DayFile
    place: Place
    stored: Stored
    lo_ms: float
    hi_ms: float

    def frames(self, heads: Heads) -> tuple[int, int]:
        """The frames that count: the first, and the one behind the last."""
        first, end = np.searchsorted(heads.at_ms, [self.lo_ms, np.nextafter(self.hi_ms, np.inf)], side="left")
        return int(first), int(end)


@dataclass(slots=True)
class Curve:
    """A curve being gathered."""

    key: SeriesKey
    times: list[Floats] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    until_ms: float = 0.0  # how long the last value holds
    unit: Unit | None = None
    title: str = ""
    name: str = ""
    is_known: bool = False

    def take(self, piece: Piece) -> None:
        """Go on with a piece."""
        place = METRICS if self.key.section is None else SECTIONS.index(self.key.section)
        rows = piece.file.slots_of(piece.place.profile_id, place, self.key.row_id)
        if not rows:
            return
        heads = piece.stored.heads()
        slots = [slot for slot, _, _ in rows]
        groups = frozenset(slot // GROUP for slot in slots)
        parts = piece.stored.changes(place, self.key.column, groups)
        values = np.full(len(heads.at_ms), np.nan)
        found = False
        for slot, name, title in rows:
            for changes in parts:
                mine = changes.take(changes.slots == slot)
                if not len(mine):
                    continue
                found = True
                self.name = name
                self.title = title or self.title
                own = self._sampled(mine, heads)
                values = np.where(np.isnan(own), values, own)
        if not found:
            return
        self.is_known = True
        self._name_column(heads)
        self._append(piece, heads, values)

    def _sampled(self, changes: Changes, heads: Heads) -> Floats:
        """The value at each frame."""
        order = np.argsort(changes.frames, kind="stable")
        changes = changes.take(order)
        forms = heads.forms
        if self.unit is None or self.unit is Unit.TEXT:
            self.unit = next((Unit(forms[f].unit) for f in changes.forms.tolist() if forms[f].unit), self.unit)
        is_number = np.array([_is_number(form) for form in forms], dtype=np.bool_)[changes.forms]
        rates = np.array([form.rate for form in forms])[changes.forms]
        numbers = np.where(is_number, changes.numbers, np.nan)
        rates = np.where(np.isnan(changes.moments), 0.0, rates)
        moments = np.nan_to_num(changes.moments)
        at = np.searchsorted(changes.frames, np.arange(len(heads.at_ms)), side="right") - 1
        server = np.minimum(heads.at_ms, np.maximum(heads.fresh_ms, heads.at_ms)) + heads.offset_ms
        running = rates[at] != 0
        values = numbers[at] + np.where(running, rates[at] * (server - moments[at]), 0.0)
        values = np.where(running, np.maximum(values, 0.0), values)
        return np.where(at < 0, np.nan, values)

    def _name_column(self, heads: Heads) -> None:
        if self.key.section is None or not heads.meta_entries or not heads.meta_entries[-1]["snapshot"]:
            return
        for id, title, unit in heads.meta_entries[-1]["snapshot"]["columns"].get(self.key.section.value, ()):
            if id == self.key.column:
                self.title, self.unit = title, Unit(unit)

    def _append(self, piece: Piece, heads: Heads, values: Floats) -> None:
        first, end = piece.frames(heads)
        if first >= end:
            return
        times, fresh = heads.at_ms[first:end], heads.fresh_ms[first:end]
        values = np.where(fresh > times, values[first:end], np.nan)
        if self.times and self.until_ms < times[0]:
            self._gap(self.until_ms)
        silent = np.flatnonzero((fresh[:-1] < times[1:]) & (fresh[:-1] > times[:-1]))
        self.times.append(np.insert(times, silent + 1, fresh[silent]))
        self.values.append(np.insert(values, silent + 1, np.nan))
        self.until_ms = max(float(fresh[-1]), float(times[-1]))

    def _gap(self, at_ms: float) -> None:
        self.times.append(np.array([at_ms]))
        self.values.append(np.array([np.nan]))

    def series(self, start_ms: float, end_ms: float) -> Series | None:
        """The curve between two moments; None where nothing of it was recorded."""
        if not self.is_known:
            return None
        if self.times and self.until_ms < end_ms:
            self._gap(self.until_ms)
        times = np.concatenate([np.empty(0), *self.times])
        values = np.concatenate([np.empty(0), *self.values])
        standing = int(np.searchsorted(times, start_ms, side="right")) - 1
        times, values = times[max(standing, 0) :], values[max(standing, 0) :]
        times = np.maximum(times, start_ms) if standing >= 0 else times
        inside = times < end_ms
        times, values = times[inside], values[inside]
        if len(times) > 1:
            same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
            keep = np.concatenate([[True], ~same])
            keep[-1] = True  # how far the curve is known
            times, values = times[keep], values[keep]
        return Series(self.key, times, values, self.unit or Unit.COUNT, self.title, self.name)


def _is_number(form: Form) -> bool:
    return form.kind in "ifb" and form.status == Status.OK


class States:
    """The states of the agents of a profile, being gathered."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, str]] = {}
        self._words: dict[str, int] = {"": 0}
        self._parts: dict[int, list[Part]] = {}
        self._numbers: tuple[DayFile | None, Ints] = (None, np.empty(0, dtype=np.int64))

    def take(self, piece: Piece) -> None:
        """Go on with a piece."""
        heads = piece.stored.heads()
        first, end = piece.frames(heads)
        if first >= end:
            return
        names = piece.file.names(piece.place.profile_id)[SECTIONS.index(_AGENTS)]
        rows = self._numbered(piece.file, names)
        for kind, column in enumerate(("state", "pause_reason")):
            for changes in piece.stored.changes(SECTIONS.index(_AGENTS), column):
                frames = np.maximum(changes.frames, first)
                inside = changes.frames < end
                words = self._coded(changes, heads.forms, is_state=kind == 0)
                numbers, times = rows[changes.slots][inside], heads.at_ms[frames[inside]]
                self._keep(kind, numbers, times, words[inside])

    def _keep(self, kind: int, numbers: Ints, times: Floats, words: Ints) -> None:
        """Changes of some rows, in the order of rows and time, found again by any of the rows."""
        if np.any(numbers[1:] < numbers[:-1]):
            order = np.lexsort((times, numbers))
            numbers, times, words = numbers[order], times[order], words[order]
        part = (kind, numbers, times, words)
        for group in np.unique(numbers // GROUP).tolist():
            self._parts.setdefault(group, []).append(part)

    def _numbered(self, file: DayFile, names: Sequence[RowKey | None]) -> Ints:
        """The number of each slot's row, of one agent always the same."""
        if self._numbers[0] is not file or len(self._numbers[1]) != len(names):
            rows = np.full(len(names), -1, dtype=np.int64)
            for slot, key in enumerate(names):
                if key is not None:
                    number = self._rows.get(key[1], (len(self._rows), ""))[0]
                    self._rows[key[1]] = (number, key[2])
                    rows[slot] = number
            self._numbers = (file, rows)
        return self._numbers[1]

    def _coded(self, changes: Changes, forms: Sequence[Form], *, is_state: bool) -> Ints:
        """The words of changes as numbers; 0 where nothing fresh is said."""
        said = np.array([form.kind == "s" and form.status == Status.OK for form in forms], dtype=np.bool_)
        codes = []
        for text in changes.strings:
            word = text if not is_state or text in _KNOWN_STATES else AgentStatus.UNKNOWN.value
            codes.append(self._words.setdefault(word, len(self._words)))
        table = np.array([*codes, 0], dtype=np.int64)
        places = np.where(said[changes.forms], changes.numbers, -1.0).astype(np.int64)
        return table[places]

    def result(
        self, profile_id: str, start_ms: float, end_ms: float, fresh: Sequence[Span]
    ) -> list[tuple[RowName, Sequence[StateSpan]]]:
        """Rows by name, each with its spans, made when they are looked at."""
        texts = list(self._words)
        found: list[tuple[RowName, Sequence[StateSpan]]] = []
        for row_id, (number, name) in self._rows.items():
            parts = self._parts.get(number // GROUP, ())
            if any(_range(part, number) for part in parts):
                spans = AgentSpans(number, parts, texts, fresh, start_ms, end_ms)
                found.append((RowName(profile_id, _AGENTS, row_id, name), spans))
        return sorted(found, key=lambda entry: (entry[0].name.casefold(), entry[0].row_id))


_AGENTS: Final = SECTIONS[1]


class AgentSpans(Sequence[StateSpan]):
    """One agent's spans, made when the first is asked for: of ten thousand agents few are looked at."""

    def __init__(
        self,
        number: int,
        parts: Sequence[Part],
        texts: Sequence[str],
        fresh: Sequence[Span],
        start_ms: float,
        end_ms: float,
    ) -> None:
        self._number = number
        self._parts = parts
        self._texts = texts
        self._fresh = fresh
        self._bounds = (start_ms, end_ms)
        self._spans: list[StateSpan] | None = None

    def __len__(self) -> int:
        return len(self._made())

    @overload
    def __getitem__(self, index: int) -> StateSpan: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[StateSpan]: ...

    def __getitem__(self, index: int | slice) -> StateSpan | Sequence[StateSpan]:
        return self._made()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)

    def _made(self) -> list[StateSpan]:
        if self._spans is None:
            self._spans = self._make()
        return self._spans

    def _make(self) -> list[StateSpan]:
        start_ms, end_ms = self._bounds
        found: list[StateSpan] = []

        def put(start: float, end: float, state: str, reason: str) -> None:
            start, end = max(start, start_ms), min(end, end_ms)
            if end <= start:
                return
            last = found[-1] if found else None
            if last is not None and (last.state, last.reason, last.end_ms) == (state, reason, start):
                found[-1] = StateSpan(last.start_ms, end, state, reason)
            else:
                found.append(StateSpan(start, end, state, reason))

        changes = list(self._changes())
        place, state, reason, known_ms = 0, "", "", start_ms
        for span in self._fresh:
            put(known_ms, span.start_ms, "", "")
            at = span.start_ms
            while place < len(changes) and changes[place][0] < span.end_ms:
                until, new_state, new_reason = changes[place]
                put(at, until, state, reason)
                at, state, reason = max(at, until), new_state, new_reason
                place += 1
            put(at, span.end_ms, state, reason)
            known_ms = span.end_ms
        put(known_ms, end_ms, "", "")
        return found

    def _changes(self) -> Iterator[tuple[float, str, str]]:
        """Moments with the state and reason from there on."""
        state = reason = 0
        for at_ms, together in groupby(sorted(self._own()), key=itemgetter(0)):
            for _, _, kind, word in together:
                if kind == 0:
                    state = word
                else:
                    reason = word
            yield at_ms, self._texts[state], self._texts[reason] if state else ""

    def _own(self) -> Iterator[tuple[float, int, int, int]]:
        """Moment, turn, kind and word of each change of this agent."""
        for turn, part in enumerate(self._parts):
            kind, _, times, words = part
            mine = _range(part, self._number)
            for at_ms, word in zip(
                times[mine.start : mine.stop].tolist(), words[mine.start : mine.stop].tolist(), strict=True
            ):
                yield at_ms, turn, kind, word


def _range(part: Part, number: int) -> range:
    """Where a row's changes stand in a part."""
    start, stop = np.searchsorted(part[1], [number, number + 1])
    return range(int(start), int(stop))


def merged(places: Iterable[Place], starts: Callable[[Place], float] = lambda place: place.start_ms) -> list[Span]:
    """The fresh stretches of one profile, in the order of time; a newer segment ends what an older one hoped for."""
    spans: list[Span] = []
    for place in places:
        begin = starts(place)
        if spans and spans[-1].end_ms > begin:
            spans[-1] = Span(spans[-1].start_ms, max(begin, spans[-1].start_ms))
        for start, end in place.fresh:
            if spans and start <= spans[-1].end_ms:
                spans[-1] = Span(spans[-1].start_ms, max(end, spans[-1].end_ms))
            else:
                spans.append(Span(start, end))
    return [span for span in spans if span.end_ms > span.start_ms]


def clipped(spans: Iterable[Span], start_ms: float, end_ms: float) -> list[Span]:
    """The part of stretches between two moments."""
    cut = (Span(max(span.start_ms, start_ms), min(span.end_ms, end_ms)) for span in spans)
    return [span for span in cut if span.end_ms > span.start_ms]


def gathered(resets: Iterable[Reset]) -> list[Reset]:
    """Resets in the order of time; what goes down one after the other in one profile is one."""
    found: list[Reset] = []
    last: dict[str, int] = {}
    for reset in sorted(resets, key=lambda reset: (reset.at_ms, reset.profile_id)):
        place = last.get(reset.profile_id)
        if place is not None and reset.at_ms - found[place].at_ms < SAME_RESET_MS:
            old = found[place]
            columns = tuple(sorted({*old.columns, *reset.columns}))
            found[place] = Reset(old.profile_id, old.at_ms, columns, max(old.rows, reset.rows))
        else:
            last[reset.profile_id] = len(found)
            found.append(reset)
    return found


def seen(heads: Heads, section: int) -> Ints:
    """The slots that occur in a segment."""
    slots = [np.asarray(splice.slots, dtype=np.int64) for splice in heads.splices if splice.section == section]
    found: Ints = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *slots]))
    return found
