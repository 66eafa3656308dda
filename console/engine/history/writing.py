"""The writer: takes frames, keeps the folder within its bounds, and pauses when the disk says no."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from console.domain.frames import Frame
from console.engine.history.columns import DamagedError
from console.engine.history.dayfile import DayFile, day_in, day_of, file_name, sizes
from console.engine.history.disguise import Disguise
from console.engine.history.segment import OpenSegment, Slots
from console.engine.history.shelf import LOCK, Shelf, is_damage
from console.settings.locks import FileLock, LockBusyError

RETRY_S: Final = 30.0
SMALLEST_FILE: Final = 16 * 2**20
PARTS: Final = 8  # files a full folder has at least, so that dropping the oldest drops little
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Terms:
    """What the user decided about the recording; see `console.settings.schema.General`."""

    is_on: bool = True
    is_masked: bool = False
    days: int = 15
    megabytes: int = 8_000


@dataclass(slots=True)
class Live:
    """A segment that grows, and where it lies."""

    place: int
    segment: OpenSegment
    slots: Slots


class Writer:
    """Records frames. Lives on the recorder's thread; `record` never raises for what a disk or another process does.

    Args:
        shelf: of the files.
        former: finds the last recorded frame of a profile.
        monotonic: seconds, for pauses between attempts.
        pause: called now and then in the middle of long work, so that no other thread waits for long.

    Attributes:
        problem: why nothing is recorded, a message code, or empty.
        live: the growing segment of each profile.
    """

    def __init__(
        self,
        shelf: Shelf,
        former: Callable[[str, float], Frame | None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._shelf = shelf
        self._find_former = former
        self._monotonic = monotonic
        self._pause = pause
        self._lock: FileLock | None = None
        self._file: DayFile | None = None
        self._former: dict[str, Frame] = {}
        self._disguise: Disguise | None = None
        self._retry_at = 0.0
        self.terms = Terms()
        self.problem = ""
        self.live: dict[str, Live] = {}

    @property
    def file_name(self) -> str:
        """The name of the file that is written, or empty."""
        return "" if self._file is None else self._file.path.name

    def change(self, terms: Terms, now_ms: float) -> None:
        """Take other terms; they hold from the next frame on."""
        former, self.terms = self.terms, terms
        if former.is_masked != terms.is_masked:
            self.seal_all()
            self._former.clear()
            self._disguise = None
        if not terms.is_on:
            self.close()
            self.problem = "record.off"
        elif self.problem == "record.off":
            self.problem = ""
        if (former.days, former.megabytes) != (terms.days, terms.megabytes) and self._lock is not None:
            self._prune(now_ms)

    def record(self, frame: Frame) -> None:
        """Take a frame; where that fails, recording pauses."""
        if not self.terms.is_on or self._monotonic() < self._retry_at:
            return
        try:
            if not self._may_write():
                return
            if self._file is not None and not self._shelf.holds(self._file):
                self.live.clear()
                self._file = None
            self._write(self._masked(frame))
        except (sqlite3.Error, OSError) as failure:
            self._fail(failure)
            return
        if self.problem:
            self.problem = ""
            self._shelf.is_good_again("record.full", "record.failed", "record.folder", "record.other")

    def give_up(self, reason: str) -> None:
        """Pause after a fault of ours: what was written stands, what was being written is left out."""
        self._fail(OSError(errno.EIO, reason))

    def seal_all(self) -> None:
        """Pack every growing segment; a new one begins with the next frame."""
        try:
            for profile_id in list(self.live):
                self._seal(profile_id)
        except (sqlite3.Error, OSError) as failure:
            self._fail(failure)

    def close(self, at_ms: float | None = None) -> None:
        """Let go of the folder. What still grows lies in the journal and is packed when recording begins again.

        Args:
            at_ms: the moment of an orderly end: nothing is known of what comes behind it, so values end there.
        """
        if at_ms is not None and self._file is not None and self._shelf.holds(self._file):
            with contextlib.suppress(sqlite3.Error, OSError, DamagedError), self._file.transaction():
                for live in self.live.values():
                    self._file.end(live.place, at_ms)
        self.live.clear()
        if self._file is not None:
            self._shelf.close(self._file.path.name)
            self._file = None
        self._shelf.is_ours = False
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def forget(self) -> None:
        """Delete every file in the folder that is ours; raises OSError, also where another process records."""
        folder = self._shelf.folder
        if not folder.is_dir():
            return
        self._retry_at = 0.0
        if not self._may_write():
            raise LockBusyError(errno.EAGAIN, "another copy of the console records")
        for name in sizes(folder):
            self._shelf.delete(name)
        self._former.clear()

    # -- one frame

    def _masked(self, frame: Frame) -> Frame:
        if not self.terms.is_masked:
            return frame
        if self._disguise is None:
            self._disguise = Disguise()
        return self._disguise.frame(frame)

    def _write(self, frame: Frame) -> None:
        profile_id = str(frame.profile_id)
        live = self.live.get(profile_id)
        if live is not None and live.segment.is_full_at(frame.at_ms):
            self._seal(profile_id)
            self._tidy(frame.at_ms)
            live = None
        file = self._file_for(frame.at_ms)
        live = self.live.get(profile_id)  # another day's file has its own
        former = self._former.get(profile_id)
        is_new = live is None
        if live is None:
            if former is None:
                former = self._find_former(profile_id, frame.at_ms)
            slots = file.slots(profile_id)
            live = Live(-1, OpenSegment(slots, former, self._pause), slots)
        data = live.segment.add(frame)
        with file.transaction():
            if is_new:
                live.place = file.begin(profile_id, frame.at_ms)
            file.log(live.place, profile_id, data, live.slots)
        live.slots.new.clear()
        self.live[profile_id] = live
        if frame.source.snapshot is not None:
            self._former[profile_id] = frame

    def _seal(self, profile_id: str) -> None:
        live = self.live.pop(profile_id)
        if self._file is not None:
            self._file.seal(live.place, live.segment, self._pause)

    # -- files

    def _may_write(self) -> bool:
        """Make the folder and take its lock, once."""
        if self._lock is not None:
            return True
        folder = self._shelf.folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(folder / LOCK)
            if not lock.try_acquire():
                self._pause_for("record.other")
                return False
        except OSError as failure:
            self._pause_for("record.folder", path=str(folder), reason=failure.strerror or "unknown")
            return False
        self._lock, self._shelf.is_ours = lock, True
        self._shelf.close()
        self._take_over()
        return True

    def _take_over(self) -> None:
        """Pack what a console that was killed left behind."""
        for name in self._shelf.names():
            file = self._shelf.file(name)
            if file is not None and self._shelf.read(name, file.has_open, False):
                writer = self._shelf.open_to_write(name)
                if writer is not None:
                    self._shelf.read(name, writer.seal_all, None)
                    self._shelf.close(name)

    def _file_for(self, at_ms: float) -> DayFile:
        """The file a frame of that moment belongs into."""
        day = day_of(at_ms)
        if self._file is not None and day_in(self._file.path.name) == day:
            return self._file
        self._leave_file()
        names = self._shelf.days().get(day, [])
        found = None
        if names and sizes(self._shelf.folder).get(names[-1], 0) < self._largest_file():
            found = self._shelf.open_to_write(names[-1])
        while found is None:
            found = self._shelf.open_to_write(file_name(day, self._shelf.next_number(day)))
        found.seal_all()
        self._file = found
        self._prune(at_ms)
        return found

    def _leave_file(self) -> None:
        if self._file is None:
            return
        for profile_id in list(self.live):
            self._seal(profile_id)
        self._shelf.close(self._file.path.name)
        self._file = None

    def _tidy(self, at_ms: float) -> None:
        """After each segment: begin another file where this one is large, and drop what is too old or too much."""
        if self._file is not None and sizes(self._shelf.folder).get(self.file_name, 0) >= self._largest_file():
            day = day_of(at_ms)
            self._leave_file()
            self._file = self._shelf.open_to_write(file_name(day, self._shelf.next_number(day)))
        self._prune(at_ms)

    def _largest_file(self) -> int:
        return max(SMALLEST_FILE, self.terms.megabytes * 10**6 // PARTS)

    def _prune(self, now_ms: float) -> None:
        """Delete the oldest files until both bounds hold; never the one that is written."""
        first = day_of(now_ms) - timedelta(days=self.terms.days - 1)
        limit = self.terms.megabytes * 10**6
        found = sizes(self._shelf.folder)
        total = sum(found.values())
        for name in self._shelf.oldest(found):
            day = day_in(name)
            assert day is not None
            if name == self.file_name or (day >= first and total <= limit):
                continue
            total -= sum(size for other, size in found.items() if other.startswith(name))
            try:
                self._shelf.delete(name)
            except OSError as failure:  # somebody looks at it: another time
                self._shelf.tell_once("record.unreadable", name, path=name, reason=failure.strerror or "unknown")

    # -- trouble

    def _fail(self, failure: Exception) -> None:
        """Give up what was not written, and try again later: the journal holds everything up to here."""
        name = self.file_name
        self.live.clear()
        self._file = None
        if name:
            self._shelf.close(name)
        if name and is_damage(failure):
            self._shelf.set_aside(name)
            return
        code = getattr(failure, "sqlite_errorcode", 0) or 0
        if code & 0xFF == sqlite3.SQLITE_FULL or getattr(failure, "errno", None) in _FULL:
            self._pause_for("record.full")
        else:
            self._pause_for("record.failed", reason=getattr(failure, "strerror", None) or str(failure))

    def _pause_for(self, code: str, **args: str) -> None:
        self.problem = code
        self._retry_at = self._monotonic() + RETRY_S
        self._shelf.tell_once(code, **args)
