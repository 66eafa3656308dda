"""Day files: SQLite databases with the segments of one day (UTC), and the journal of those that still grow."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from console.engine.history.codec import METRICS
from console.engine.history.columns import Changes, DamagedError, pack, split, unpack
from console.engine.history.segment import Heads, OpenSegment, RowKey, Slots, ended

VERSION: Final = 1
APPLICATION: Final = 0x53434F52
SUFFIX: Final = ".sqlite"
BROKEN: Final = ".broken"
_NAME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{3,})\.sqlite")
_OURS: Final = re.compile(r"\d{4}-\d{2}-\d{2}-\d{3,}\.sqlite(-wal|-shm|-journal)?(\.broken(-wal|-shm)?)?")
SIDES: Final = ("-wal", "-shm", "-journal")
_SCHEMA: Final = """
CREATE TABLE segments(
    id INTEGER PRIMARY KEY, profile TEXT NOT NULL, start_ms REAL NOT NULL, end_ms REAL NOT NULL,
    fresh TEXT NOT NULL DEFAULT '[]', resets TEXT NOT NULL DEFAULT '[]', head BLOB);
CREATE INDEX segments_by_profile ON segments(profile, start_ms);
CREATE TABLE parts(
    segment INTEGER NOT NULL, section INTEGER NOT NULL, column_id TEXT NOT NULL, rows INTEGER NOT NULL,
    data BLOB NOT NULL);
CREATE UNIQUE INDEX parts_by_place ON parts(segment, section, column_id, rows);
CREATE TABLE slots(
    profile TEXT NOT NULL, section INTEGER NOT NULL, slot INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, category TEXT NOT NULL, PRIMARY KEY(profile, section, slot)) WITHOUT ROWID;
CREATE TABLE journal(number INTEGER PRIMARY KEY, segment INTEGER NOT NULL, data BLOB NOT NULL);
"""


class NewerFileError(Exception):
    """A newer version of the program wrote this file: it is left alone."""


class ForeignFileError(Exception):
    """This is no file of ours, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment lies in time.

    Attributes:
        end_ms: when its last frame was.
        fresh: stretches in which its values held; resets: when counters went down, which, in how many rows.
        is_open: its frames are in the journal.
    """

    id: int
    profile_id: str
    start_ms: float
    end_ms: float
    fresh: tuple[tuple[float, float], ...]
    resets: tuple[tuple[float, tuple[str, ...], int], ...]
    is_open: bool


def day_of(at_ms: float) -> date:
    """The day a moment belongs to, UTC."""
    return datetime.fromtimestamp(min(max(at_ms / 1000, 0.0), 253402300799.0), UTC).date()


def day_in(name: str) -> date | None:
    """The day a file's name says, of files and of what was set aside; None where it is not ours."""
    if not _OURS.fullmatch(name):
        return None
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None


def file_name(day: date, number: int) -> str:
    """The name of a day's file; a day has more than one where one would grow too large."""
    return f"{day.isoformat()}-{number:03d}{SUFFIX}"


def number_in(name: str) -> int:
    """Which file of its day it is; -1 for anything else than a usable file's name."""
    match = _NAME.fullmatch(name)
    return int(match[2]) if match else -1


def check(path: Path) -> None:
    """Look at the first bytes; raises NewerFileError, ForeignFileError or OSError. Opens nothing for writing."""
    with open(path, "rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise ForeignFileError("not a database")
    version, application = struct.unpack(">i", head[60:64])[0], struct.unpack(">I", head[68:72])[0]
    if application != APPLICATION:
        raise ForeignFileError("another program's database")
    if version > VERSION:
        raise NewerFileError(str(path))


def sizes(folder: Path) -> dict[str, int]:
    """The bytes of each file of ours, side files included; raises OSError."""
    found: dict[str, int] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with contextlib.suppress(FileNotFoundError):
                    found[entry.name] = entry.stat().st_size
    return found


class DayFile:
    """One open file.

    Args:
        connect: opens a database by path, exchanged by tests.
    """

    def __init__(
        self, path: Path, *, is_writer: bool, connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    ) -> None:
        self.path = path
        self.is_writer = is_writer
        is_new = is_writer and not path.exists()
        if is_new:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        else:
            check(path)
        mode = "rw"  # a reader of a write-ahead log takes part in its bookkeeping
        self._base = connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=2.0)
        self._names: dict[tuple[str, int], list[RowKey | None]] = {}
        self._places: dict[tuple[str, int], dict[str, list[tuple[int, str, str]]]] = {}
        self._placed: dict[tuple[str, int], int] = {}
        try:
            self._set_up(is_new)
        except BaseException:
            self._base.close()
            raise

    def _set_up(self, is_new: bool) -> None:
        run = self._base.execute
        if is_new:
            # version and schema go into the file itself, where they can be read without the log
            self._base.executescript(
                f"PRAGMA page_size=8192; PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION};"
                f"BEGIN; {_SCHEMA} COMMIT;"
            )
        if self.is_writer:
            run("PRAGMA journal_mode=WAL")
            run("PRAGMA synchronous=NORMAL")
            run("PRAGMA journal_size_limit=4194304")
            run("PRAGMA wal_autocheckpoint=500")
        else:
            run("PRAGMA query_only=1")
        run("SELECT count(*) FROM segments WHERE head IS NULL").fetchone()

    def close(self) -> None:
        """Close the file; never raises."""
        with contextlib.suppress(sqlite3.Error):
            self._base.close()

    # -- writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._base.execute("ROLLBACK")
            raise

    def begin(self, profile_id: str, start_ms: float) -> int:
        """A new segment; returns its id."""
        row = self._base.execute(
            "INSERT INTO segments(profile, start_ms, end_ms) VALUES (?, ?, ?)", (profile_id, start_ms, start_ms)
        )
        assert row.lastrowid is not None
        return row.lastrowid

    def log(self, segment: int, profile_id: str, data: bytes, slots: Slots) -> None:
        """A frame's piece for the journal, and the rows that are new in it."""
        self._base.executemany(
            "INSERT INTO slots VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(profile_id, key[0], slot, *map(_clean, key[1:])) for slot, key in slots.new],
        )
        self._base.execute("INSERT INTO journal(segment, data) VALUES (?, ?)", (segment, data))

    def end(self, segment: int, at_ms: float) -> None:
        """Let the values of a growing segment's last frame end at a moment; raises DamagedError."""
        row = self._base.execute(
            "SELECT number, data FROM journal WHERE segment = ? ORDER BY number DESC LIMIT 1", (segment,)
        ).fetchone()
        if row is not None:
            self._base.execute("UPDATE journal SET data = ? WHERE number = ?", (ended(row[1], at_ms), row[0]))

    def seal(self, place: int, segment: OpenSegment, pause: Callable[[], None] = lambda: None) -> None:
        """Pack a segment that has ended, in place of its journal."""
        import numpy as np

        heads = segment.heads()
        texts = np.array([form.kind in "sl" for form in heads.forms], dtype=np.bool_)
        with self.transaction():
            for (section, column), log in segment.logs.items():
                for group, changes in split(log.changes()).items():
                    self._base.execute(
                        "INSERT INTO parts VALUES (?, ?, ?, ?, ?)",
                        (place, section, _clean(column), group, pack(changes, texts)),
                    )
                    pause()
            fresh, resets = summary(heads)
            self._base.execute(
                "UPDATE segments SET head = ?, end_ms = ?, fresh = ?, resets = ? WHERE id = ?",
                (heads.pack(), float(heads.at_ms[-1]), json.dumps(fresh), json.dumps(resets), place),
            )
            self._base.execute("DELETE FROM journal WHERE segment = ?", (place,))

    def seal_all(self) -> None:
        """Pack what a process that ended left in the journal; a segment that cannot be read is dropped."""
        for (place,) in self._base.execute("SELECT id FROM segments WHERE head IS NULL").fetchall():
            try:
                segment = self.open_segment(place)
                if len(segment):
                    self.seal(place, segment)
                    continue
            except DamagedError:
                pass
            with self.transaction():
                self._base.execute("DELETE FROM segments WHERE id = ?", (place,))
                self._base.execute("DELETE FROM journal WHERE segment = ?", (place,))

    # -- reading

    def places(self, profile_id: str = "") -> list[Place]:
        """The segments in the order they were begun; those that still grow as far as they have come."""
        condition, values = ("WHERE profile = ?", (profile_id,)) if profile_id else ("", ())
        rows = self._base.execute(
            f"SELECT id, profile, start_ms, end_ms, fresh, resets, head IS NULL FROM segments {condition} ORDER BY id",  # noqa: S608
            values,
        ).fetchall()
        return [
            Place(
                row[0],
                row[1],
                row[2],
                row[3],
                tuple((start, end) for start, end in json.loads(row[4])),
                tuple((at_ms, tuple(columns), count) for at_ms, columns, count in json.loads(row[5])),
                bool(row[6]),
            )
            for row in rows
        ]

    def has_open(self) -> bool:
        """Whether segments still lie in the journal."""
        return self._base.execute("SELECT 1 FROM segments WHERE head IS NULL").fetchone() is not None

    def profiles(self) -> list[str]:
        """Whose segments there are."""
        return [row[0] for row in self._base.execute("SELECT DISTINCT profile FROM segments ORDER BY profile")]

    def names(self, profile_id: str) -> list[list[RowKey | None]]:
        """What the rows of each section are called, by slot."""
        found = []
        for section in range(METRICS + 1):
            known = self._names.setdefault((profile_id, section), [])
            for slot, *texts in self._base.execute(
                "SELECT slot, id, name, title, category FROM slots WHERE profile = ? AND section = ? AND slot >= ? "
                "ORDER BY slot",
                (profile_id, section, len(known)),
            ):
                known.extend([None] * (slot - len(known)))
                known.append((section, *texts))
            found.append(known)
        return found

    def slots(self, profile_id: str) -> Slots:
        """The numbers of a profile's rows, to go on from."""
        return Slots(
            (slot, key) for known in self.names(profile_id) for slot, key in enumerate(known) if key is not None
        )

    def slots_of(self, profile_id: str, section: int, row_id: str) -> list[tuple[int, str, str]]:
        """Slot, name and title of a row: more than one where it was renamed."""
        known = self.names(profile_id)[section]
        places = self._places.setdefault((profile_id, section), {})
        done = self._placed.get((profile_id, section), 0)
        for slot in range(done, len(known)):
            key = known[slot]
            if key is not None:
                places.setdefault(key[1], []).append((slot, key[2], key[3]))
        self._placed[profile_id, section] = len(known)
        return places.get(row_id, [])

    def open_segment(self, place: int) -> OpenSegment:
        """A segment made again from its journal; raises DamagedError."""
        segment = OpenSegment(Slots())
        for (data,) in self._base.execute("SELECT data FROM journal WHERE segment = ? ORDER BY number", (place,)):
            segment.replay(data)
        return segment

    def stored(self, place: int) -> StoredSegment:
        """A packed segment."""
        return StoredSegment(self._base, place)


class StoredSegment:
    """A packed segment: reads what it is asked for."""

    def __init__(self, base: sqlite3.Connection, place: int) -> None:
        self._base = base
        self._place = place
        self._heads: Heads | None = None

    def heads(self) -> Heads:
        """What is known of each frame; raises DamagedError."""
        if self._heads is None:
            row = self._base.execute("SELECT head FROM segments WHERE id = ?", (self._place,)).fetchone()
            if row is None or row[0] is None:
                raise DamagedError("the segment is gone")
            self._heads = Heads.unpack(row[0])
        return self._heads

    def keys(self) -> list[tuple[int, str]]:
        """The section and id of each column."""
        rows = self._base.execute("SELECT DISTINCT section, column_id FROM parts WHERE segment = ?", (self._place,))
        return [(section, column) for section, column in rows]

    def changes(self, section: int, column: str, groups: frozenset[int] | None = None) -> Sequence[Changes]:
        """The changes of a column, of all rows or of those of some groups; raises DamagedError."""
        rows: Iterable[tuple[int, bytes]] = self._base.execute(
            "SELECT rows, data FROM parts WHERE segment = ? AND section = ? AND column_id = ? ORDER BY rows",
            (self._place, section, column),
        )
        return [unpack(data) for group, data in rows if groups is None or group in groups]


def summary(heads: Heads) -> tuple[list[tuple[float, float]], list[tuple[float, list[str], int]]]:
    """The stretches in which the values of a segment held, and its resets with their moments."""
    spans: list[tuple[float, float]] = []
    has_snapshot = [entry["snapshot"] is not None for entry in heads.meta_entries]
    starts, ends, metas = heads.at_ms.tolist(), heads.fresh_ms.tolist(), heads.metas.tolist()
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if number + 1 < len(starts):
            end = min(end, starts[number + 1])
        if end <= start or not has_snapshot[metas[number]]:
            continue
        if spans and spans[-1][1] >= start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans, [(starts[frame], columns, rows) for frame, columns, rows in heads.resets]


def _clean(text: str) -> str:
    """Text as a database can keep it: lone surrogates cannot be written."""
    return text.encode("utf-8", "replace").decode("utf-8")
