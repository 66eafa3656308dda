"""The archive: what the folder of day files can be asked. Lives on the recorder's thread; every call may block.

Whatever is wrong with a file ends up as a sentence and a gap, never as an exception.
"""

from __future__ import annotations

import heapq
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from console.domain.board import Board
from console.domain.enums import HealthState, Section
from console.domain.frames import Frame
from console.domain.messages import Message
from console.engine.history.base import Reset, RowName, Series, SeriesKey, Span, StateSpan, Usage, united
from console.engine.history.codec import METRICS, SECTIONS
from console.engine.history.columns import Changes, DamagedError
from console.engine.history.dayfile import DayFile, Place, day_of, sizes, summary
from console.engine.history.disguise import alias
from console.engine.history.playback import Playback
from console.engine.history.reading import Curve, Piece, States, clipped, gathered, merged, seen
from console.engine.history.segment import Heads, OpenSegment
from console.engine.history.shelf import Shelf
from console.engine.history.writing import Writer

PLAYBACKS: Final = 6


class Archive:
    """The recording.

    Args:
        folder: of the files; made when the first is written.
        tell: takes each sentence once.
        connect, monotonic: exchanged by tests.
        pause: called now and then in the middle of long work.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[[Message], None],
        *,
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._shelf = Shelf(folder, tell, connect)
        self.writer = Writer(self._shelf, self._last_frame, monotonic=monotonic, pause=pause)
        self._playbacks: OrderedDict[tuple[str, int, int], Playback] = OrderedDict()

    def close(self, at_ms: float | None = None) -> None:
        """Close every file; recorded values end at `at_ms` where the end is an orderly one."""
        self.writer.close(at_ms)
        self._shelf.close()
        self._playbacks.clear()

    def forget_all(self) -> None:
        """Delete every file of ours, those of newer versions and those set aside included; raises OSError."""
        self.writer.close()
        self._shelf.close()
        self._playbacks.clear()
        self.writer.forget()

    # -- whole frames

    def board_at(self, at_ms: float) -> Board:
        """See `History.board_at`."""
        sources = []
        for profile_id in self._profiles(at_ms):
            frame = self._last_frame(profile_id, at_ms)
            if frame is None:
                continue
            is_gone = frame.source.snapshot is None and frame.source.health.state is HealthState.LIVE
            if not is_gone:
                sources.append(frame.source)
        return Board(tuple(sources))

    def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str]) -> Iterator[Frame]:
        """See `History.frames`."""
        wanted = profile_ids or self._profiles(end_ms)
        ways = [self._frames(profile_id, start_ms, end_ms) for profile_id in wanted]
        return heapq.merge(*ways, key=lambda frame: frame.at_ms)

    def _frames(self, profile_id: str, start_ms: float, end_ms: float) -> Iterator[Frame]:
        first = self._last_frame(profile_id, start_ms)
        if first is not None:
            yield first
        for day in [day for day in self._shelf.days() if day_of(start_ms) <= day <= day_of(end_ms)]:
            for piece in self._pieces(day, profile_id):
                if piece.hi_ms <= start_ms or piece.lo_ms >= end_ms:
                    continue
                yield from self._piece_frames(piece, start_ms, end_ms)

    def _piece_frames(self, piece: Piece, start_ms: float, end_ms: float) -> Iterator[Frame]:
        name = piece.file.path.name
        playback = self._shelf.read(name, lambda: self._playback(piece), None, piece.place.id)
        if playback is None:
            return
        first, end = piece.frames(playback.heads)
        first = max(first, playback.index_at(start_ms) + 1)
        end = min(end, int(np.searchsorted(playback.heads.at_ms, end_ms, side="left")))
        frames = playback.frames(first, end)
        while True:
            frame = self._shelf.read(name, lambda: next(frames, None), None, piece.place.id)
            if frame is None:
                return
            yield frame

    def _last_frame(self, profile_id: str, at_ms: float) -> Frame | None:
        """The newest frame of a profile at a moment, however old it is."""
        for day in sorted((day for day in self._shelf.days() if day <= day_of(at_ms)), reverse=True):
            for piece in reversed(self._pieces(day, profile_id)):
                if piece.lo_ms > at_ms:
                    continue
                frame = self._shelf.read(
                    piece.file.path.name, partial(self._standing, piece, at_ms), None, piece.place.id
                )
                if frame is not None:
                    return frame
        return None

    def _standing(self, piece: Piece, at_ms: float) -> Frame | None:
        playback = self._playback(piece)
        first, end = piece.frames(playback.heads)
        index = min(playback.index_at(at_ms), end - 1)
        return next(playback.frames(index, index + 1), None) if index >= first else None

    def _playback(self, piece: Piece) -> Playback:
        """A segment made ready; the last few are kept, for who looks around in them."""
        key = (piece.file.path.name, piece.place.id, len(piece.stored.heads().at_ms))
        found = self._playbacks.get(key)
        if found is None:
            found = Playback(piece.stored, piece.file.names(piece.place.profile_id))
            self._playbacks[key] = found
            if len(self._playbacks) > PLAYBACKS:
                self._playbacks.popitem(last=False)
        self._playbacks.move_to_end(key)
        return found

    # -- parts of them

    def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        """See `History.series`."""
        for row_id in (key.row_id, alias(key.profile_id, key.row_id)):  # recorded masked, looked at by its own id
            curve = Curve(SeriesKey(key.profile_id, key.section, row_id, key.column))
            for piece in self._pieces_between(key.profile_id, start_ms, end_ms):
                self._shelf.read(piece.file.path.name, partial(curve.take, piece), None, piece.place.id)
            found = curve.series(start_ms, end_ms)
            if found is not None:
                return Series(key, found.times_ms, found.values, found.unit, found.title, found.row_name)
        return None

    def agent_states(
        self, profile_id: str, start_ms: float, end_ms: float
    ) -> Sequence[tuple[RowName, Sequence[StateSpan]]]:
        """See `History.agent_states`."""
        states = States()
        for piece in self._pieces_between(profile_id, start_ms, end_ms):
            self._shelf.read(piece.file.path.name, partial(states.take, piece), None, piece.place.id)
        return states.result(profile_id, start_ms, end_ms, self._spans(profile_id, start_ms, end_ms))

    def spans(self, start_ms: float, end_ms: float, profile_id: str) -> Sequence[Span]:
        """See `History.spans`."""
        if profile_id:
            return self._spans(profile_id, start_ms, end_ms)
        return united(span for each in self._profiles(end_ms) for span in self._spans(each, start_ms, end_ms))

    def _spans(self, profile_id: str, start_ms: float, end_ms: float) -> list[Span]:
        places = [piece.place for piece in self._pieces_between(profile_id, start_ms, end_ms)]
        return clipped(merged(places), start_ms, end_ms)

    def resets(self, start_ms: float, end_ms: float) -> Sequence[Reset]:
        """See `History.resets`."""
        return gathered(
            Reset(profile_id, at_ms, columns, rows)
            for profile_id in self._profiles(end_ms)
            for piece in self._pieces_between(profile_id, start_ms, end_ms)
            for at_ms, columns, rows in piece.place.resets
            if start_ms <= at_ms < end_ms and piece.lo_ms <= at_ms <= piece.hi_ms
        )

    def rows(self, profile_id: str, section: Section | None, start_ms: float, end_ms: float) -> Sequence[RowName]:
        """See `History.rows`."""
        place = METRICS if section is None else SECTIONS.index(section)
        found: dict[str, str] = {}

        def look(piece: Piece) -> None:
            names = piece.file.names(profile_id)[place]
            for slot in seen(piece.stored.heads(), place).tolist():
                key = names[slot] if slot < len(names) else None
                if key is None:
                    raise DamagedError("a row has no name")
                found[key[1]] = key[2] or key[3]

        for piece in self._pieces_between(profile_id, start_ms, end_ms):
            self._shelf.read(piece.file.path.name, partial(look, piece), None, piece.place.id)
        names = [RowName(profile_id, section, row_id, name) for row_id, name in found.items()]
        return sorted(names, key=lambda row: (row.name.casefold(), row.row_id))

    def usage(self) -> Usage:
        """See `History.usage`."""
        try:
            total = sum(sizes(self._shelf.folder).values())
        except OSError:
            total = 0
        names = self._shelf.names()
        first = next((low for name in names if (low := self._extent(name)[0]) is not None), None)
        last = next((high for name in reversed(names) if (high := self._extent(name)[1]) is not None), None)
        return Usage(total, first, last, not self.writer.problem and self.writer.terms.is_on, self.writer.problem)

    def _extent(self, name: str) -> tuple[float | None, float | None]:
        file = self._shelf.file(name)
        places: list[Place] = [] if file is None else self._shelf.read(name, lambda: file.places(), [])
        if file is None or not places:
            return None, None
        ends = [place.end_ms for place in places]
        if any(place.is_open for place in places):
            ends += [p.hi_ms for each in self._profiles_in(file) for p in self._pieces_in(name, each)]
        return min(place.start_ms for place in places), max(ends)

    # -- where things lie

    def _profiles(self, at_ms: float) -> list[str]:
        """Whose frames there are up to a moment."""
        found: dict[str, None] = {}
        for day, names in self._shelf.days().items():
            for name in names if day <= day_of(at_ms) else ():
                file = self._shelf.file(name)
                if file is not None:
                    found |= dict.fromkeys(self._profiles_in(file))
        return list(found)

    def _profiles_in(self, file: DayFile) -> list[str]:
        return self._shelf.read(file.path.name, file.profiles, [])

    def _pieces_between(self, profile_id: str, start_ms: float, end_ms: float) -> list[Piece]:
        """The pieces of a profile that say something about a stretch of time, the one before it included."""
        found: list[Piece] = []
        days = self._shelf.days()
        for day in [day for day in days if day_of(start_ms) <= day <= day_of(end_ms)]:
            found += [piece for piece in self._pieces(day, profile_id) if piece.lo_ms < end_ms]
        before = [piece for piece in found if piece.lo_ms <= start_ms]
        if not before:
            for day in sorted((day for day in days if day < day_of(start_ms)), reverse=True)[:1]:
                before = self._pieces(day, profile_id)[-1:]
                found = before + found
        return [piece for piece in found if piece not in before[:-1]]

    def _pieces(self, day: date, profile_id: str) -> list[Piece]:
        """The pieces of a day in the order of time; what was recorded later counts where two overlap."""
        kept: list[Piece] = []
        highest = float("-inf")
        for name in self._shelf.days().get(day, []):
            for piece in self._pieces_in(name, profile_id):
                if piece.lo_ms <= highest:
                    kept = _cut(kept, piece)
                kept.append(piece)
                highest = max(highest, piece.hi_ms)
        return sorted(kept, key=lambda piece: piece.lo_ms)

    def _pieces_in(self, name: str, profile_id: str) -> list[Piece]:
        file = self._shelf.file(name)
        if file is None:
            return []
        found = []
        places: list[Place] = self._shelf.read(name, partial(file.places, profile_id), [])
        for place in places:
            if (name, place.id) in self._shelf.damaged:
                continue
            piece = self._shelf.read(name, partial(self._piece, file, place), None, place.id)
            if piece is not None:
                found.append(piece)
        return found

    def _piece(self, file: DayFile, place: Place) -> Piece | None:
        if not place.is_open:
            return Piece(file, place, file.stored(place.id), place.start_ms, place.end_ms)
        live = self.writer.live.get(place.profile_id)
        is_ours = live is not None and live.place == place.id and file.path.name == self.writer.file_name
        segment = live.segment if live is not None and is_ours else file.open_segment(place.id)
        if not len(segment):
            return None
        heads = segment.heads()
        fresh, resets = summary(heads)
        end_ms = float(heads.at_ms[-1])
        seen_at = tuple((at_ms, tuple(columns), rows) for at_ms, columns, rows in resets)
        known = Place(place.id, place.profile_id, place.start_ms, end_ms, tuple(fresh), seen_at, True)
        return Piece(file, known, _Standing(segment, heads), place.start_ms, end_ms)


class _Standing:
    """A growing segment as it stood when it was asked."""

    def __init__(self, segment: OpenSegment, heads: Heads) -> None:
        self._segment = segment
        self._heads = heads
        self._frames = len(segment)

    def heads(self) -> Heads:
        """See `Stored`."""
        return self._heads

    def keys(self) -> Sequence[tuple[int, str]]:
        """See `Stored`."""
        return self._segment.keys()

    def changes(self, section: int, column: str, groups: frozenset[int] | None = None) -> Sequence[Changes]:
        """See `Stored`."""
        found = self._segment.changes(section, column, groups)
        return [changes.take(changes.frames < self._frames) for changes in found]


def _cut(kept: list[Piece], new: Piece) -> list[Piece]:
    """Older pieces without what a newer one says otherwise."""
    found = []
    for old in kept:
        if old.hi_ms < new.lo_ms or old.lo_ms > new.hi_ms:
            found.append(old)
            continue
        if old.lo_ms < new.lo_ms:
            before = float(np.nextafter(new.lo_ms, -np.inf))
            found.append(Piece(old.file, old.place, old.stored, old.lo_ms, before))
        if old.hi_ms > new.hi_ms:
            behind = float(np.nextafter(new.hi_ms, np.inf))
            found.append(Piece(old.file, old.place, old.stored, behind, old.hi_ms))
    return found
