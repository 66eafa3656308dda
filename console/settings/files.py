"""Durable JSON documents: after any crash the file is the old one or the new one, never a mixture.

A document is one JSON object with ``version``, ``revision`` and ``checksum`` beside its own keys. Beside the file lie
its backup (``.bak``), its lock (``.lock``), while saving a temporary file, and what was set aside (``.broken-…``).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets as random_names
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

from console.settings.disk import Disk, TooLargeError
from console.settings.locks import LOCK_TIMEOUT_S, FileLock, LockBusyError

SIZE_LIMIT: Final = 8 * 1024 * 1024  # bytes; a thousand profiles take one
REPLACE_PAUSES_S: Final = (0.1, 0.2, 0.4, 0.6, 0.7)
READ_PAUSES_S: Final = (0.05, 0.1, 0.2)
_TIDY_TIMEOUT_S: Final = 0.5  # reading goes before the first paint and does not wait for tidying up
_OWN_KEYS: Final = ("version", "revision", "checksum")

Body = dict[str, Any]
State = Literal["missing", "good", "newer", "broken", "unreadable"]


class BadDocumentError(ValueError):
    """The bytes are no document of ours."""


class NewerDocumentError(Exception):
    """The file was written by a newer version and must not be overwritten.

    Attributes:
        version: the file's.
    """

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


@dataclass(frozen=True, slots=True)
class Document:
    """What was found on disk.

    Attributes:
        body: the document's own keys; None when there is no usable file.
        source: where it comes from.
        version: the file's; above ours it may be read and never written.
        revision: number of the save, 0 before the first.
        set_aside: where a broken file was moved to.
        unreadable: why the file is there and cannot be read, in the system's words; then nothing may be written.
        raw: the bytes, to be kept as backup.
    """

    body: Body | None
    source: Literal["file", "backup", "nothing"]
    version: int = 0
    revision: int = 0
    set_aside: Path | None = None
    unreadable: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class _Seen:
    state: State
    body: Body | None = None
    version: int = 0
    revision: int = 0
    raw: bytes = b""
    reason: str = ""


def encode_document(body: Mapping[str, Any], version: int, revision: int) -> bytes:
    """The bytes of a document; plain ASCII, so that no text in it can break the encoding."""
    document = {"version": version, "revision": revision, **body}
    document["checksum"] = _checksum(document)
    return json.dumps(document, indent=1, allow_nan=False).encode("ascii") + b"\n"


def decode_document(raw: bytes) -> tuple[Body, int, int]:
    """Body, version and revision; raises BadDocumentError.

    A document without a checksum is taken as written by hand; a checksum of a kind we do not know is not judged,
    because a newer version may have made it.
    """
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError, MemoryError) as exc:
        raise BadDocumentError("not JSON") from exc
    if not isinstance(document, dict):
        raise BadDocumentError("not an object")
    version, revision = document.get("version"), document.get("revision", 0)
    for number in (version, revision):
        if type(number) is not int or not 0 <= number < 2**53:
            raise BadDocumentError("no version")
    checksum = document.pop("checksum", None)
    try:
        if checksum is not None and checksum != _checksum(document) and not _is_foreign(checksum):
            raise BadDocumentError("wrong checksum")
    except (ValueError, RecursionError) as exc:
        raise BadDocumentError("not JSON") from exc
    body = {key: value for key, value in document.items() if key not in _OWN_KEYS}
    assert isinstance(version, int)
    return body, version, revision


class DurableFile:
    """One document on disk.

    Args:
        path: of the file; behind a symbolic link the target is meant.
        version: what this program writes.
        check: raises ValueError for a body that this version cannot use; older versions are migrated in it.
        disk: the file layer.
        lock_timeout_s: how long a save waits for another copy of the program.
    """

    def __init__(
        self,
        path: Path,
        *,
        version: int,
        check: Callable[[Body], object],
        disk: Disk | None = None,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> None:
        self._path = path
        self._version = version
        self._check = check
        self._disk = disk if disk is not None else Disk()
        self._lock_timeout_s = lock_timeout_s

    def read(self) -> Document:
        """File, else backup, else nothing. Puts right what can be: broken files aside, left-overs of a crash away.

        Never raises for what is on the disk.
        """
        target = self._disk.resolve(self._path)
        seen = self._look(target)
        if seen.state in ("good", "newer") and not self._leftovers(target):
            return _document(seen, "file")
        try:
            with FileLock(_lock_path(target), timeout_s=_TIDY_TIMEOUT_S, sleep=self._disk.sleep):
                self._sweep(target)
                return self._settle(target, restore=True)
        except OSError:  # no lock to be had, or a folder that cannot be written: look only
            return self._without_touching(target)

    def update(self, merge: Callable[[Document], Body]) -> Document:
        """Lock, read again, let `merge` make the new body from what is on disk, and save it.

        Gives the document as it is then, and where a broken file was set aside to. Nothing is written when nothing
        changes. What comes from a backup may be older than what the caller remembers: `merge` sees the source.

        Raises:
            LockBusyError: another copy holds the lock.
            NewerDocumentError: the file is a newer version's.
            OSError: it could not be saved; the old file is untouched, or in the one case of a failing folder sync
                the new one is complete.
        """
        target = self._disk.resolve(self._path)
        with FileLock(_lock_path(target), timeout_s=self._lock_timeout_s, sleep=self._disk.sleep) as lock:
            self._sweep(target)
            found = self._settle(target, restore=False)
            if found.unreadable:
                raise PermissionError(errno.EACCES, found.unreadable)
            if found.version > self._version:
                raise NewerDocumentError(found.version)
            body = merge(found)
            if found.source == "file" and body == found.body and found.version == self._version:
                return found
            self._check(body)  # what could not be read back must never be written
            data = encode_document(body, self._version, found.revision + 1)
            if len(data) > SIZE_LIMIT:
                raise TooLargeError(errno.EFBIG, "they are too large")
            self._commit(target, data, found.raw if found.source == "file" else b"", lock)
            return Document(body, "file", self._version, found.revision + 1, found.set_aside)

    def _commit(self, target: Path, data: bytes, former: bytes, lock: FileLock) -> None:
        fresh = self._put_down(target, data)
        try:
            if former:
                copy = self._put_down(target, former)
                self._swap(copy, _backup_path(target))
            if not lock.is_held:
                raise LockBusyError(errno.EAGAIN, "another copy of the console has taken the lock over")
            self._swap(fresh, target)
        except BaseException:
            self._discard(fresh)
            raise
        self._disk.sync_folder(target.parent)

    def _put_down(self, target: Path, data: bytes) -> Path:
        """Write a temporary file beside the target, to the medium, and prove that it reads back the same."""
        disk = self._disk
        temporary = target.with_name(f"{target.name}{_TEMPORARY}{os.getpid()}-{random_names.token_hex(4)}")
        handle = disk.create(temporary)
        try:
            try:
                left = memoryview(data)
                while left:
                    taken = disk.write(handle, left)
                    if taken <= 0:
                        raise OSError(errno.EIO, "the disk takes no more")
                    left = left[taken:]
                disk.sync(handle)
            finally:
                disk.close(handle)
            if disk.read(temporary, len(data)) != data:
                raise OSError(errno.EIO, "the disk gives back something else")
        except BaseException:
            self._discard(temporary)
            raise
        return temporary

    def _swap(self, source: Path, target: Path) -> None:
        """Rename, patiently: on Windows a virus scanner may hold the file for a moment."""
        try:
            for pause in REPLACE_PAUSES_S:
                try:
                    self._disk.replace(source, target)
                    return
                except PermissionError:
                    self._disk.sleep(pause)
            self._disk.replace(source, target)
        except BaseException:
            self._discard(source)
            raise

    def _discard(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            self._disk.remove(path)

    def _look(self, path: Path) -> _Seen:
        try:
            raw = self._read_patiently(path)
        except FileNotFoundError:
            return _Seen("missing")
        except TooLargeError:
            return _Seen("broken")
        except OSError as exc:
            return _Seen("unreadable", reason=exc.strerror or type(exc).__name__)
        try:
            body, version, revision = decode_document(raw)
            if version > self._version:
                return _Seen("newer", body, version, revision, raw)
            self._check(body)
        except (ValueError, RecursionError, OverflowError):
            return _Seen("broken", raw=raw)
        return _Seen("good", body, version, revision, raw)

    def _read_patiently(self, path: Path) -> bytes:
        """Read; on Windows a file that is just being replaced refuses for a moment."""
        for pause in READ_PAUSES_S:
            try:
                return self._disk.read(path, SIZE_LIMIT)
            except PermissionError:
                self._disk.sleep(pause)
        return self._disk.read(path, SIZE_LIMIT)

    def _settle(self, target: Path, *, restore: bool) -> Document:
        """What is there now, a broken file set aside; only under the lock."""
        seen = self._look(target)
        if seen.state in ("good", "newer"):
            return _document(seen, "file")
        if seen.state == "unreadable":
            return self._fallback(target, unreadable=seen.reason)
        aside = self._set_aside(target) if seen.state == "broken" else None
        found = self._fallback(target, set_aside=aside)
        if restore and found.raw:
            with contextlib.suppress(OSError):
                self._swap(self._put_down(target, found.raw), target)
        return found

    def _without_touching(self, target: Path) -> Document:
        seen = self._look(target)
        if seen.state in ("good", "newer"):
            return _document(seen, "file")
        return self._fallback(target, unreadable=seen.reason, set_aside=target if seen.state == "broken" else None)

    def _fallback(self, target: Path, *, unreadable: str = "", set_aside: Path | None = None) -> Document:
        seen = self._look(_backup_path(target))
        if seen.state not in ("good", "newer"):
            return Document(None, "nothing", set_aside=set_aside, unreadable=unreadable)
        return _document(seen, "backup", set_aside, unreadable)

    def _set_aside(self, target: Path) -> Path:
        stamp = f"{self._disk.now():%Y%m%dT%H%M%SZ}"
        taken = set(self._disk.names(target.parent))
        names = (f"{target.name}.broken-{stamp}{tail}" for tail in ("", *(f"-{n}" for n in range(2, len(taken) + 3))))
        aside = target.with_name(next(name for name in names if name not in taken))
        self._disk.replace(target, aside)
        return aside

    def _leftovers(self, target: Path) -> list[Path]:
        try:
            names = self._disk.names(target.parent)
        except OSError:
            return []
        return [target.with_name(name) for name in names if name.startswith(target.name + _TEMPORARY)]

    def _sweep(self, target: Path) -> None:
        """Remove temporary files: under the lock nobody is writing one, so they are left-overs."""
        for path in self._leftovers(target):
            self._discard(path)


_TEMPORARY: Final = ".tmp-"


def _document(
    seen: _Seen, source: Literal["file", "backup"], set_aside: Path | None = None, unreadable: str = ""
) -> Document:
    return Document(seen.body, source, seen.version, seen.revision, set_aside, unreadable, seen.raw)


def _lock_path(target: Path) -> Path:
    return target.with_name(target.name + ".lock")


def _backup_path(target: Path) -> Path:
    return target.with_name(target.name + ".bak")


def _checksum(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def _is_foreign(checksum: object) -> bool:
    return isinstance(checksum, str) and ":" in checksum and not checksum.startswith("sha256:")


def _no_constant(name: str) -> NoReturn:
    raise BadDocumentError(name)
