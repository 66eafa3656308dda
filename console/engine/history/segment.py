"""Segments: about ten minutes of one profile, complete in itself.

The first frame of a segment is written whole, every other as what differs from the one before. While it grows, a
segment lies in arrays and each frame's piece of it goes to the journal; when it ends, it is packed column by column.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from console.domain.frames import Frame
from console.domain.model import MetricRow, Row
from console.domain.values import Reading, Status
from console.engine.history.codec import METRICS, SECTIONS, encode_meta, micros
from console.engine.history.columns import Changes, DamagedError, Floats, Growing, Ints, Reader, pack_arrays
from console.engine.history.forms import ABSENT, Form, written

LENGTH_MS: Final = 600_000.0
FRAMES: Final = 5_000
CHANGES: Final = 600_000  # what a segment holds at most, beside its first frame
COUNTERS: Final = frozenset({"offered", "answered", "abandoned", "unanswered", "calls_taken"})
_SLICE: Final = 200  # rows handled between two chances for the other threads
_NAN: Final = float("nan")
_SIZE: Final = struct.Struct("<I")

RowKey = tuple[int, str, str, str, str]  # section, id, name; of key figures also title and category


class Splice(NamedTuple):
    """At a frame, in a section: `deleted` places from `start` on give way to `slots`."""

    frame: int
    section: int
    start: int
    deleted: int
    slots: Sequence[int] | Ints


@dataclass(slots=True)
class Heads:
    """What a segment knows of each of its frames, and what its changes refer to.

    Attributes:
        at_ms, fresh_ms, offset_ms, ok_mono: floats per frame; NaN for None.
        taken, ok_at: see `codec.micros`; metas: index into `meta_entries`.
    """

    at_ms: Floats
    fresh_ms: Floats
    offset_ms: Floats
    ok_mono: Floats
    taken: Ints
    ok_at: Ints
    metas: Ints
    meta_entries: list[Any]
    forms: list[Form]
    splices: list[Splice]
    resets: list[tuple[int, list[str], int]]

    def pack(self) -> bytes:
        """As bytes."""
        head = [self.meta_entries, self.forms, [splice[:4] for splice in self.splices], self.resets]
        sizes = np.array([len(splice.slots) for splice in self.splices], dtype=np.int64)
        slots = np.array([slot for splice in self.splices for slot in splice.slots], dtype=np.int64)
        ints = [self.taken, self.ok_at, self.metas, sizes, slots]
        return pack_arrays(head, ints, [self.at_ms, self.fresh_ms, self.offset_ms, self.ok_mono])

    @classmethod
    def unpack(cls, data: bytes) -> Heads:
        """The inverse; raises DamagedError."""
        reader = Reader(data)
        try:
            meta_entries, forms, splices, resets = reader.text()
            taken, ok_at, metas, sizes, slots = (reader.ints() for _ in range(5))
            at_ms, fresh_ms, offset_ms, ok_mono = (reader.floats() for _ in range(4))
            ends = np.cumsum(sizes).tolist()
            found = [
                Splice(splice[0], splice[1], splice[2], splice[3], slots[end - size : end])
                for splice, size, end in zip(splices, sizes.tolist(), ends, strict=True)
            ]
            return cls(
                at_ms,
                fresh_ms,
                offset_ms,
                ok_mono,
                taken,
                ok_at,
                metas,
                meta_entries,
                [Form(*form) for form in forms],
                found,
                [(frame, columns, rows) for frame, columns, rows in resets],
            )
        except (ValueError, TypeError, IndexError) as failure:
            raise DamagedError(str(failure)) from failure


class Slots:
    """The numbers of a profile's rows within one file, by what the rows are called."""

    def __init__(self, known: Iterable[tuple[int, RowKey]] = ()) -> None:
        self._slots: dict[tuple[RowKey, int], int] = {}
        self._next = [0] * (METRICS + 1)
        self.new: list[tuple[int, RowKey]] = []  # those the file does not know yet
        for slot, key in known:
            self._enter(slot, key)

    def slot(self, key: RowKey, turn: int = 0) -> int:
        """The number of a row, given now where it has none.

        Args:
            turn: how many rows of the same name stand above it; a source should have none.
        """
        found = self._slots.get((key, turn))
        if found is None:
            found = self._next[key[0]]
            self._enter(found, key)
            self.new.append((found, key))
        return found

    def _enter(self, slot: int, key: RowKey) -> None:
        turn = 0
        while (key, turn) in self._slots:
            turn += 1
        self._slots[key, turn] = slot
        self._next[key[0]] = max(self._next[key[0]], slot + 1)


class OpenSegment:
    """A segment that grows.

    Args:
        slots: of its profile, in its file.
        former: the frame before its first, to see counters go down.
        pause: called now and then, so that no other thread waits for long.
    """

    def __init__(self, slots: Slots, former: Frame | None = None, pause: Callable[[], None] = lambda: None) -> None:
        self._slots = slots
        self._pause = pause
        self._floats = [array("d") for _ in range(4)]
        self._ints = [array("q") for _ in range(3)]
        self._metas: list[Any] = []
        self._meta_key: object = None
        self._forms: dict[Form, int] = {ABSENT: 0}
        self._splices: list[Splice] = []
        self._resets: list[tuple[int, list[str], int]] = []
        self.logs: dict[tuple[int, str], Growing] = {}
        self._seen: list[Sequence[Row | MetricRow]] = [()] * (METRICS + 1)
        self._order: list[list[int]] = [[] for _ in range(METRICS + 1)]
        self._known: list[dict[int, Row | MetricRow]] = [{} for _ in range(METRICS + 1)]
        self._touched: dict[tuple[int, str], tuple[int, int]] = {}
        self._lowered: dict[str, set[int]] = {}
        # rows as they last were, until their counters are known again: a console that starts knows nothing at first
        self._before = _rows_of(former)

    def __len__(self) -> int:
        return len(self._floats[0])

    @property
    def start_ms(self) -> float:
        """When its first frame was."""
        return self._floats[0][0]

    def is_full_at(self, at_ms: float) -> bool:
        """Whether a frame of that moment belongs into the next segment."""
        if not len(self):
            return False
        changes = sum(map(len, self.logs.values()))
        return at_ms - self.start_ms >= LENGTH_MS or len(self) >= FRAMES or changes >= CHANGES

    # -- writing

    def add(self, frame: Frame) -> bytes:
        """Take a frame; returns its piece for the journal."""
        forms, splices, number = len(self._forms), len(self._splices), len(self)
        self._touched.clear()
        self._lowered.clear()
        meta = self._add_head(frame)
        snapshot = frame.source.snapshot
        for place, section in enumerate(SECTIONS):
            self._add_rows(place, () if snapshot is None else snapshot.rows(section))
        self._add_rows(METRICS, () if snapshot is None else snapshot.metrics)
        if self._lowered:
            rows = len(set().union(*self._lowered.values()))
            self._resets.append((number, sorted(self._lowered), rows))
        cells, raw = [], []
        for (place, column), (start, first_string) in self._touched.items():
            count, strings, piece = self.logs[place, column].tail(start, first_string)
            cells.append([place, column, count, strings])
            raw.append(piece)
        head = {
            "floats": [part[-1] for part in self._floats],
            "ints": [part[-1] for part in self._ints],
            "meta": meta,
            "forms": list(self._forms)[forms:],
            "splices": [[*splice[:4], list(splice.slots)] for splice in self._splices[splices:]],
            "resets": [reset for reset in self._resets[-1:] if reset[0] == number],
            "cells": cells,
        }
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return zlib.compress(b"".join([_SIZE.pack(len(text)), text, *raw]), 1)

    def replay(self, data: bytes) -> None:
        """Take a piece of the journal back; raises DamagedError. Nothing can be added to such a segment."""
        try:
            raw = memoryview(zlib.decompress(data))
            (size,) = _SIZE.unpack_from(raw)
            head = json.loads(bytes(raw[4 : 4 + size]).decode("utf-8", "surrogatepass"))
            number, place = len(self), 4 + size
            for part, value in zip(self._floats, head["floats"], strict=True):
                part.append(value)
            for whole, count in zip(self._ints, head["ints"], strict=True):
                whole.append(count)
            if head["meta"] is not None:
                self._metas.append(head["meta"])
            for form in head["forms"]:
                self._forms[Form(*form)] = len(self._forms)
            self._splices += [
                Splice(at, where, start, gone, tuple(new)) for at, where, start, gone, new in head["splices"]
            ]
            self._resets += [(at, columns, rows) for at, columns, rows in head["resets"]]
            for section, column, count, strings in head["cells"]:
                log = self.logs.setdefault((section, column), Growing())
                log.extend(number, count, strings, bytes(raw[place : place + 24 * count]))
                place += 24 * count
        except (zlib.error, struct.error, ValueError, KeyError, TypeError) as failure:
            raise DamagedError(str(failure)) from failure

    def _add_head(self, frame: Frame) -> Any:
        source = frame.source
        health, snapshot = source.health, source.snapshot
        key = (
            source.profile,
            source.backend_title,
            source.limits,
            (health.state, health.since, health.message, health.cadence_s, health.next_try_mono, health.detail),
            snapshot
            and (
                snapshot.profile_id,
                snapshot.backend,
                snapshot.columns,
                snapshot.unavailable,
                snapshot.notices,
                snapshot.is_warming,
            ),
        )
        meta = None
        if not self._metas or key != self._meta_key:
            meta, self._meta_key = encode_meta(frame), key
            self._metas.append(meta)
        ok_mono = _NAN if health.last_ok_mono is None else health.last_ok_mono
        offset_ms = 0.0 if snapshot is None else snapshot.offset_ms
        for part, value in zip(self._floats, (frame.at_ms, frame.fresh_until_ms, offset_ms, ok_mono), strict=True):
            part.append(value)
        taken = micros(None if snapshot is None else snapshot.taken_at)
        for whole, count in zip(self._ints, (taken, micros(health.last_ok_at), len(self._metas) - 1), strict=True):
            whole.append(count)
        return meta

    def _add_rows(self, place: int, rows: Sequence[Row | MetricRow]) -> None:
        former = self._seen[place]
        if rows is former:
            return
        self._seen[place] = rows
        order = self._order[place]
        if len(rows) != len(former) or any(
            old is not new and _key(place, old) != _key(place, new) for old, new in zip(former, rows, strict=True)
        ):
            order = self._arrange(place, rows)
        known = self._known[place]
        done = 0
        for slot, row in zip(order, rows, strict=True):
            old = known.get(slot)
            if old is row:
                continue
            known[slot] = row
            self._compare(place, slot, old, row)
            done += 1
            if done % _SLICE == 0:
                self._pause()

    def _arrange(self, place: int, rows: Sequence[Row | MetricRow]) -> list[int]:
        """Note the new order of the rows; rows that are gone say nothing any more."""
        former, turns = self._order[place], dict[RowKey, int]()
        order = []
        for row in rows:
            key = _key(place, row)
            turn = turns.get(key, 0)
            turns[key] = turn + 1
            order.append(self._slots.slot(key, turn))
        start, most = 0, min(len(former), len(order))
        while start < most and former[start] == order[start]:
            start += 1
        behind = 0
        while behind < most - start and former[-1 - behind] == order[-1 - behind]:
            behind += 1
        deleted = len(former) - behind - start
        inserted = tuple(order[start : len(order) - behind])
        if deleted or inserted:
            self._splices.append(Splice(len(self) - 1, place, start, deleted, inserted))
        for slot in set(former[start : start + deleted]).difference(inserted):
            gone = self._known[place].pop(slot)
            if isinstance(gone, Row) and gone.id not in self._before[place] and COUNTERS & gone.readings.keys():
                self._before[place][gone.id] = gone  # it may come back and have begun anew
            for column in _readings(gone):
                self._put(place, column, slot, None)
        self._order[place] = order
        return order

    def _compare(self, place: int, slot: int, old: Row | MetricRow | None, new: Row | MetricRow) -> None:
        mine, others = _readings(new), _readings(old) if old is not None else {}
        for column, reading in mine.items():
            former = others.get(column)
            if former is reading or former == reading:
                continue
            self._put(place, column, slot, reading)
            if column in COUNTERS and former is not None and _is_lower(reading, former):
                self._lowered.setdefault(column, set()).add(slot)
        if others and others.keys() - mine.keys():
            for column in others.keys() - mine.keys():
                self._put(place, column, slot, None)
        if (before := self._before[place]) and (last := before.get(new.id)) is not None:
            waiting: dict[str, Reading] = {}  # counters that are still to come: each may take its own time to warm up
            for column in COUNTERS & last.readings.keys():
                reading = mine.get(column)
                if reading is None or reading.status is not Status.OK:
                    waiting[column] = last.readings[column]
                elif _is_lower(reading, last.readings[column]):
                    self._lowered.setdefault(column, set()).add(slot)
            before[new.id] = Row(last.id, last.name, waiting)
            if not waiting:
                del before[new.id]

    def _put(self, place: int, column: str, slot: int, reading: Reading | None) -> None:
        log = self.logs.get((place, column))
        if log is None:
            log = self.logs[place, column] = Growing()
        if (place, column) not in self._touched:
            self._touched[place, column] = (len(log), len(log.strings))
        form, number, moment = written(reading, log.strings)
        index = self._forms.get(form)
        if index is None:
            index = self._forms[form] = len(self._forms)
        log.frames.append(len(self) - 1)
        log.slots.append(slot)
        log.forms.append(index)
        log.numbers.append(number)
        log.moments.append(moment)

    # -- reading

    def heads(self) -> Heads:
        """What is known of each frame so far."""
        at_ms, fresh_ms, offset_ms, ok_mono = (np.array(part, dtype=np.float64) for part in self._floats)
        taken, ok_at, metas = (np.array(part, dtype=np.int64) for part in self._ints)
        return Heads(
            at_ms,
            fresh_ms,
            offset_ms,
            ok_mono,
            taken,
            ok_at,
            metas,
            list(self._metas),
            list(self._forms),
            list(self._splices),
            list(self._resets),
        )

    def keys(self) -> list[tuple[int, str]]:
        """The section and id of each column."""
        return list(self.logs)

    def changes(self, section: int, column: str, groups: frozenset[int] | None = None) -> list[Changes]:
        """The changes of a column, where there are any; of all rows, whatever `groups` says."""
        log = self.logs.get((section, column))
        return [] if log is None else [log.changes()]


def ended(data: bytes, at_ms: float) -> bytes:
    """A frame's piece for the journal with its values ending at a moment, if not before; raises DamagedError."""
    try:
        raw = zlib.decompress(data)
        (size,) = _SIZE.unpack_from(raw)
        head = json.loads(raw[4 : 4 + size].decode("utf-8", "surrogatepass"))
        began_ms, fresh_ms = head["floats"][:2]
        end_ms = max(began_ms, at_ms)
        if not fresh_ms > end_ms:
            return data
        head["floats"][1] = end_ms
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as failure:
        raise DamagedError(str(failure)) from failure
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zlib.compress(b"".join([_SIZE.pack(len(text)), text, raw[4 + size :]]), 1)


def _key(place: int, row: Row | MetricRow) -> RowKey:
    if isinstance(row, MetricRow):
        return (place, row.id, row.name, row.title, row.category)
    return (place, row.id, row.name, "", "")


def _readings(row: Row | MetricRow) -> Any:
    return {"": row.reading} if isinstance(row, MetricRow) else row.readings


def _rows_of(frame: Frame | None) -> list[dict[str, Row]]:
    """The rows of a frame by id, in the order of the sections; key figures have none."""
    snapshot = frame.source.snapshot if frame is not None else None
    sections = [{row.id: row for row in snapshot.rows(section)} if snapshot else {} for section in SECTIONS]
    return [*sections, {}]


def _is_lower(new: Reading, old: Reading) -> bool:
    if new.status is not Status.OK or old.status is not Status.OK or new.rate or old.rate:
        return False
    after, before = new.value, old.value
    return isinstance(after, (int, float)) and isinstance(before, (int, float)) and after < before
