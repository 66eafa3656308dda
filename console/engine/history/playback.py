"""Playback: the frames of a segment, made again from its changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, cast

import numpy as np

from console.domain.board import Source
from console.domain.clock import to_datetime
from console.domain.frames import Frame
from console.domain.model import Health, MetricRow, ProfileId, Row, Snapshot
from console.domain.values import Reading
from console.engine.history.codec import METRICS, Meta, moment
from console.engine.history.columns import Changes, DamagedError, Ints
from console.engine.history.forms import decoded, reading_of
from console.engine.history.segment import Heads, RowKey, Splice

_READINGS: Final = 100_000  # readings without a moment that are made once and used again


class Stored(Protocol):
    """A segment to read from, on disk or still growing."""

    def heads(self) -> Heads:
        """What is known of each frame."""
        ...

    def keys(self) -> Sequence[tuple[int, str]]:
        """The section and id of each column."""
        ...

    def changes(self, section: int, column: str, groups: frozenset[int] | None = None) -> Sequence[Changes]:
        """The changes of a column, at least those of some groups of rows."""
        ...


class Playback:
    """The frames of one segment, from any of them on.

    Args:
        names: what the rows of each section are called, by slot.
    """

    def __init__(self, stored: Stored, names: Sequence[Sequence[RowKey | None]]) -> None:
        self.heads = stored.heads()
        self._names = names
        self._decoded = [decoded(form) for form in self.heads.forms]
        self._metas = [Meta(entry) for entry in self.heads.meta_entries]
        columns = stored.keys()
        found = [(key, changes) for key in columns for changes in stored.changes(*key)]
        self._columns = [key for key, _ in found]
        self._strings = [changes.strings for _, changes in found]
        self._column = _joined([np.full(len(changes), place) for place, (_, changes) in enumerate(found)])
        self._frames = _joined([changes.frames for _, changes in found])
        self._slots = _joined([changes.slots for _, changes in found])
        self._forms = _joined([changes.forms for _, changes in found])
        self._numbers = np.concatenate([np.empty(0), *(changes.numbers for _, changes in found)])
        self._moments = np.concatenate([np.empty(0), *(changes.moments for _, changes in found)])
        self._order = np.argsort(self._frames, kind="stable")
        self._memo: dict[tuple[int, float, int], Reading] = {}
        forms = len(self.heads.forms)
        if len(self._forms) and not 0 <= int(self._forms.min()) <= int(self._forms.max()) < forms:
            raise DamagedError("a change has a form that is not there")

    def index_at(self, at_ms: float) -> int:
        """The frame that stood at a moment; -1 before the first."""
        return int(np.searchsorted(self.heads.at_ms, at_ms, side="right")) - 1

    def frames(self, first: int, end: int | None = None) -> Iterator[Frame]:
        """The frames from one on, `end` excluded; rows that did not change are the same objects."""
        end = len(self.heads.at_ms) if end is None else end
        if first < 0 or first >= end:
            return
        state = _State(self._names)
        sorted_frames = self._frames[self._order]
        before = int(np.searchsorted(sorted_frames, first, side="right"))
        self._apply(state, self._newest(self._order[:before]))
        splices = iter([*self.heads.splices, None])
        splice = next(splices)
        place = before
        for number in range(first, end):
            while splice is not None and splice.frame <= number:
                state.splice(splice)
                splice = next(splices)
            behind = int(np.searchsorted(sorted_frames, number, side="right"))
            if behind > place:
                self._apply(state, self._order[place:behind])
                place = behind
            yield self._frame(number, state)

    def _newest(self, chosen: Ints) -> Ints:
        """Of changes in the order of time, the last of each cell."""
        if not len(chosen):
            return chosen
        names = {key: number for number, key in enumerate(dict.fromkeys(self._columns))}
        cells = np.array([names[key] for key in self._columns], dtype=np.int64)[self._column[chosen]]
        cells = cells * (int(self._slots.max()) + 1) + self._slots[chosen]
        _, last = np.unique(cells[::-1], return_index=True)
        return chosen[::-1][last]

    def _apply(self, state: _State, chosen: Ints) -> None:
        forms, memo = self._decoded, self._memo
        for column, slot, form, number, at_ms in zip(
            self._column[chosen].tolist(),
            self._slots[chosen].tolist(),
            self._forms[chosen].tolist(),
            self._numbers[chosen].tolist(),
            self._moments[chosen].tolist(),
            strict=True,
        ):
            section, column_id = self._columns[column]
            how = forms[form]
            if how is None:
                state.drop(section, slot, column_id)
                continue
            if at_ms == at_ms:
                reading = reading_of(how, number, at_ms, self._strings[column])
            else:
                key = (form, number, column if how[5] in "sl" else -1)
                known = memo.get(key)
                if known is None:
                    known = reading_of(how, number, at_ms, self._strings[column])
                    if len(memo) < _READINGS:
                        memo[key] = known
                reading = known
            state.put(section, slot, column_id, reading)

    def _frame(self, number: int, state: _State) -> Frame:
        heads = self.heads
        meta = self._metas[int(heads.metas[number])]
        ok_mono = float(heads.ok_mono[number])
        health = Health(
            meta.state,
            meta.since,
            meta.message,
            meta.cadence_s,
            None if ok_mono != ok_mono else ok_mono,
            moment(int(heads.ok_at[number])),
            meta.next_try_mono,
            meta.detail,
        )
        snapshot = None
        if meta.has_snapshot:
            snapshot = Snapshot(
                ProfileId(meta.profile_id),
                meta.backend,
                moment(int(heads.taken[number])) or to_datetime(0.0),
                meta.columns,
                cast(tuple[Row, ...], state.rows(0)),
                cast(tuple[Row, ...], state.rows(1)),
                cast(tuple[Row, ...], state.rows(2)),
                cast(tuple[MetricRow, ...], state.rows(METRICS)),
                meta.unavailable,
                meta.notices,
                float(heads.offset_ms[number]),
                meta.is_warming,
            )
        source = Source(meta.profile, meta.title, snapshot, health, meta.limits)
        return Frame(float(heads.at_ms[number]), source, float(heads.fresh_ms[number]))


class _State:
    """The rows as they stand at a frame."""

    def __init__(self, names: Sequence[Sequence[RowKey | None]]) -> None:
        self._names = names
        self._order: list[list[int]] = [[] for _ in range(METRICS + 1)]
        self._cells: list[dict[int, dict[str, Reading]]] = [{} for _ in range(METRICS + 1)]
        self._made: list[dict[int, Row | MetricRow]] = [{} for _ in range(METRICS + 1)]
        self._rows: list[tuple[Row | MetricRow, ...] | None] = [()] * (METRICS + 1)

    def splice(self, splice: Splice) -> None:
        order = self._order[splice.section]
        order[splice.start : splice.start + splice.deleted] = [int(slot) for slot in splice.slots]
        self._rows[splice.section] = None

    def put(self, section: int, slot: int, column: str, reading: Reading) -> None:
        self._touch(section, slot)[column] = reading

    def drop(self, section: int, slot: int, column: str) -> None:
        self._touch(section, slot).pop(column, None)

    def _touch(self, section: int, slot: int) -> dict[str, Reading]:
        """The readings of a row to change: a copy, where a row was made of them."""
        cells = self._cells[section].get(slot)
        if self._made[section].pop(slot, None) is not None or cells is None:
            cells = dict(cells or {})
            self._cells[section][slot] = cells
            self._rows[section] = None
        return cells

    def rows(self, section: int) -> tuple[Row | MetricRow, ...]:
        rows = self._rows[section]
        if rows is None:
            made = self._made[section]
            rows = tuple([made.get(slot) or self._make(section, slot) for slot in self._order[section]])
            self._rows[section] = rows
        return rows

    def _make(self, section: int, slot: int) -> Row | MetricRow:
        names = self._names[section]
        key = names[slot] if 0 <= slot < len(names) else None
        if key is None:
            raise DamagedError("a row has no name")
        cells = self._cells[section].get(slot, {})
        row: Row | MetricRow
        if section == METRICS:
            if "" not in cells:
                raise DamagedError("a figure has no reading")
            row = MetricRow(key[1], key[3], key[4], key[2], cells[""])
        else:
            row = Row(key[1], key[2], cells)
        self._made[section][slot] = row
        self._cells[section].setdefault(slot, cells)
        return row


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])
