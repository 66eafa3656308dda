"""The shelf: which files of the recording there are, and what happens to those that cannot be used."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from console.domain.messages import Message, message
from console.engine.history.columns import DamagedError
from console.engine.history.dayfile import (
    BROKEN,
    SIDES,
    SUFFIX,
    DayFile,
    ForeignFileError,
    NewerFileError,
    day_in,
    number_in,
    sizes,
)
from console.settings.locks import FileLock, LockBusyError

log = logging.getLogger(__name__)

OPEN_FILES: Final = 8
LOCK: Final = "recorder.lock"  # whoever holds it writes
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
T = TypeVar("T")


class Shelf:
    """Opens files, remembers them, and sets damaged ones aside.

    Args:
        folder: of the files; need not exist.
        tell: takes sentences.
        connect: opens a database; exchanged by tests.

    Attributes:
        is_ours: whether this process may write here; only then are damaged files renamed.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[[Message], None],
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
    ) -> None:
        self.folder = folder
        self.is_ours = False
        self._tell = tell
        self._connect = connect
        self._told: set[tuple[str, str]] = set()
        self._open: OrderedDict[str, DayFile] = OrderedDict()
        self._unusable: set[str] = set()
        self.damaged: set[tuple[str, int]] = set()  # segments that could not be read, by file

    # -- sentences

    def tell_once(self, code: str, about: str = "", **args: object) -> None:
        """Say something, unless it was said already and not been good since."""
        if (code, about) not in self._told:
            self._told.add((code, about))
            self._tell(message(code, **args))

    def is_good_again(self, *codes: str) -> None:
        """What these sentences said is over."""
        self._told = {told for told in self._told if told[0] not in codes}

    # -- files

    def names(self) -> list[str]:
        """The usable files in the order of time."""
        try:
            found = [name for name in sizes(self.folder) if number_in(name) >= 0 and name not in self._unusable]
        except OSError as failure:
            is_known = any(told[0] == "record.folder" for told in self._told)
            if not isinstance(failure, FileNotFoundError) and not is_known:
                reason = failure.strerror or "unknown"
                self.tell_once("record.unreadable", str(self.folder), path=str(self.folder), reason=reason)
            return []
        return sorted(found, key=lambda name: (name[:10], number_in(name)))

    def days(self) -> dict[date, list[str]]:
        """The usable files by day, both in the order of time."""
        found: dict[date, list[str]] = {}
        for name in self.names():
            day = day_in(name)
            if day is not None:
                found.setdefault(day, []).append(name)
        return found

    def oldest(self, found: Iterable[str]) -> list[str]:
        """Of the files in the folder those that may be deleted, what was set aside included, oldest first."""
        whole = [name for name in found if name.endswith((SUFFIX, SUFFIX + BROKEN)) and name not in self._unusable]
        return sorted(whole, key=lambda name: (name[:10], int(name[11:].split(".")[0])))

    def next_number(self, day: date) -> int:
        """A number no file of that day has, whatever became of it."""
        taken = [int(name[11:].split(".")[0]) for name in sizes(self.folder) if day_in(name) == day]
        return max(taken, default=-1) + 1

    def file(self, name: str) -> DayFile | None:
        """An open file; None where it cannot be used, which is said once."""
        found = self._open.get(name)
        if found is not None:
            self._open.move_to_end(name)
            return found
        return self._try_open(name, is_writer=False)

    def open_to_write(self, name: str) -> DayFile | None:
        """The same, new or not, to be written; raises OSError or sqlite3.Error where the disk says no."""
        self.close(name)
        return self._try_open(name, is_writer=True)

    def _try_open(self, name: str, *, is_writer: bool) -> DayFile | None:
        path = self.folder / name
        try:
            found = DayFile(path, is_writer=is_writer, connect=self._connect)
        except NewerFileError:
            self._unusable.add(name)
            self.tell_once("record.newer", name, path=str(path))
            return None
        except ForeignFileError:
            self.set_aside(name)
            return None
        except FileNotFoundError:
            return None
        except (sqlite3.Error, OSError) as failure:
            if is_damage(failure):
                self.set_aside(name)
            elif is_writer:
                raise
            else:
                self._skip(name, failure)
            return None
        self._open[name] = found
        readers = [other for other, file in self._open.items() if not file.is_writer]
        for other in readers[:-OPEN_FILES]:
            self.close(other)
        return found

    def _skip(self, name: str, failure: Exception) -> None:
        reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
        self.tell_once("record.unreadable", name, path=str(self.folder / name), reason=reason)

    def close(self, name: str = "") -> None:
        """Close a file, or all."""
        for each in [name] if name else list(self._open):
            file = self._open.pop(each, None)
            if file is not None:
                file.close()

    def holds(self, file: DayFile) -> bool:
        """Whether a file is still open here; one that is found damaged is closed and renamed at once."""
        return self._open.get(file.path.name) is file

    def set_aside(self, name: str) -> None:
        """Rename a damaged file, so that it is neither read nor written again; said once."""
        self.close(name)
        path, target = self.folder / name, self.folder / (name + BROKEN)
        lock = None if self.is_ours else FileLock(self.folder / LOCK)
        try:
            if lock is not None and not lock.try_acquire():
                raise LockBusyError(errno.EAGAIN, "it is damaged")
            os.replace(path, target)
            for side in SIDES:
                with contextlib.suppress(OSError):
                    os.replace(f"{path}{side}", f"{target}{side}")
        except OSError as failure:
            self._unusable.add(name)
            self.tell_once("record.unreadable", name, path=str(path), reason=failure.strerror or "it is damaged")
        else:
            self.tell_once("record.broken", name, path=str(target))
        finally:
            if lock is not None:
                lock.release()

    def delete(self, name: str) -> None:
        """Delete a file with what lies beside it; raises OSError."""
        self.close(name)
        for side in (*SIDES, ""):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self.folder / name}{side}")
        self._unusable.discard(name)
        self.damaged = {bad for bad in self.damaged if bad[0] != name}

    def read(self, name: str, call: Callable[[], T], otherwise: T, segment: int = -1) -> T:
        """What `call` reads from a file, or something else where it cannot be read, which is said once."""
        try:
            return call()
        except (DamagedError, LookupError, TypeError, ValueError, OverflowError) as failure:
            log.info("segment %s of %s cannot be read", segment, name, exc_info=failure)
            self.damaged.add((name, segment))
            self.tell_once("record.damaged", name, path=str(self.folder / name))
        except (sqlite3.Error, OSError) as failure:
            if is_damage(failure):
                self.set_aside(name)
            elif not (isinstance(failure, sqlite3.ProgrammingError)):  # closed meanwhile: it was deleted
                self._skip(name, failure)
        return otherwise


def is_damage(failure: BaseException) -> bool:
    """Whether a file's content is to blame, and not the disk or another process."""
    if not isinstance(failure, sqlite3.DatabaseError):
        return False
    code = getattr(failure, "sqlite_errorcode", None)
    if code is None:
        return type(failure) is sqlite3.DatabaseError
    return (code & 0xFF) in _DAMAGE or "no such table" in str(failure) or "no such column" in str(failure)
