"""Settings on disk, shared with other copies of the console; and the same from the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.domain.errors import SettingsError
from console.domain.messages import Message, english, message
from console.settings.disk import Disk, TooLargeError, reason_of
from console.settings.files import SIZE_LIMIT, Body, Document, DurableFile, NewerDocumentError
from console.settings.locks import LOCK_TIMEOUT_S, LockBusyError
from console.settings.merge import Merged, merge, to_body
from console.settings.schema import VERSION, Settings, decode_settings, decode_what_we_can
from console.settings.worker import Worker
from console.tasks import TaskScope

RETRY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was found, what the user should be told, and whether changes can be saved at all."""

    settings: Settings
    messages: tuple[Message, ...] = ()
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class SaveReport:
    """The settings to go on with (another copy's changes included), and how saving went.

    Attributes:
        problem: why nothing was saved; None after a success.
        messages: what else the user should be told.
        read_only: whether trying again would be in vain.
    """

    settings: Settings
    messages: tuple[Message, ...] = ()
    problem: Message | None = None
    read_only: bool = False

    @property
    def saved(self) -> bool:
        """Whether the file holds `settings` now."""
        return self.problem is None

    def require(self) -> Settings:
        """The settings, or SettingsError when they were not saved; for the command line."""
        if self.problem is not None:
            raise SettingsError(self.problem)
        return self.settings


class SettingsStore:
    """Loads and saves; blocking, for a worker thread or the command line. Safe to use from several threads.

    Args:
        path: of the settings file (`Paths.settings_file`).
    """

    def __init__(self, path: Path, *, disk: Disk | None = None, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        self._path = path
        self._file = DurableFile(path, version=VERSION, check=decode_settings, disk=disk, lock_timeout_s=lock_timeout_s)
        self._mutex = threading.Lock()
        self._base = Settings()
        self._body: Body = {}
        self._revision = -1  # of what we know; below every file's until we have looked
        self._newer: int = 0

    def load(self) -> LoadReport:
        """Read file, backup or defaults; never raises."""
        with self._mutex:
            found = self._file.read()
            self._newer = found.version if found.version > VERSION else 0
            told: list[Message] = []
            if found.set_aside is not None:
                told.append(self._broken(found.set_aside, found.source == "backup"))
            elif found.source == "backup":
                told.append(message("settings.from_backup"))
            if found.unreadable:
                told.append(message("settings.unreadable", path=str(self._path), reason=found.unreadable))
            if found.body is None:
                settings = Settings()
            elif self._newer:
                settings = decode_what_we_can(found.body)
                told.append(message("settings.newer", version=self._newer))
            else:
                settings = decode_settings(found.body)
            self._base, self._body, self._revision = settings, found.body or {}, found.revision
            return LoadReport(settings, tuple(told), read_only=bool(self._newer or found.unreadable))

    def save(self, settings: Settings) -> SaveReport:
        """Save, merged with what other copies saved since; go on with the report's settings.

        Never raises for the disk: the report says why nothing was saved, and memory stays as it is.
        """
        return self._save(lambda theirs: merge(self._base, settings, theirs), settings)

    def update(self, change: Callable[[Settings], Settings]) -> SaveReport:
        """Apply `change` to what the file holds now, and save: one step, as the command line wants it.

        What `change` raises comes through, and nothing is saved.
        """
        return self._save(lambda theirs: Merged(change(theirs)), None)

    def _save(self, step: Callable[[Settings], Merged], wanted: Settings | None) -> SaveReport:
        with self._mutex:
            kept = wanted if wanted is not None else self._base
            if self._newer:
                return SaveReport(kept, problem=message("settings.newer", version=self._newer), read_only=True)
            done: list[Merged] = []
            try:
                after = self._file.update(lambda found: self._merge(found, step, done))
            except NewerDocumentError as exc:
                self._newer = exc.version
                return SaveReport(kept, problem=message("settings.newer", version=exc.version), read_only=True)
            except LockBusyError:
                return SaveReport(kept, problem=message("settings.locked"))
            except TooLargeError:
                return SaveReport(
                    kept, problem=message("settings.too_large", limit=f"{SIZE_LIMIT >> 20} MB"), read_only=False
                )
            except OSError as exc:
                problem = message("settings.not_saved", reason=reason_of(exc), seconds=f"{RETRY_S:g}")
                return SaveReport(kept, problem=problem)
            merged = done[-1]
            self._base, self._body, self._revision = merged.settings, after.body or {}, after.revision
            aside = after.set_aside
            told = merged.messages if aside is None else (self._broken(aside, True), *merged.messages)
            return SaveReport(merged.settings, told)

    def _merge(self, found: Document, step: Callable[[Settings], Merged], done: list[Merged]) -> Body:
        """The body to save.

        When the file has vanished or broken, what we remember of it counts, unless the backup is newer still.
        """
        if found.body is not None and (found.source == "file" or found.revision > self._revision):
            theirs, held = decode_settings(found.body), found.body
        else:
            theirs, held = self._base, self._body
        merged = step(theirs)
        done.append(merged)
        return to_body(merged.settings, held)

    @staticmethod
    def _broken(aside: Path, from_backup: bool) -> Message:
        what = english(message("settings.from_backup" if from_backup else "settings.from_defaults"))
        return message("settings.broken", path=str(aside), what=what)


class SettingsKeeper:
    """Settings for the event loop: changed in memory at once, saved on a thread, tried again when that fails.

    Args:
        store: does the work.
        tell: gets every sentence the user should see once.
        problem_changed: gets why nothing can be saved, and None when it can again (a banner).
        adopted: gets settings that another copy of the console has changed too.
        retry_s: between two attempts.
    """

    def __init__(
        self,
        store: SettingsStore,
        *,
        tell: Callable[[Message], None],
        problem_changed: Callable[[Message | None], None] | None = None,
        adopted: Callable[[Settings], None] | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._store = store
        self._tell = tell
        self._problem_changed = problem_changed or (lambda problem: None)
        self._adopted = adopted or (lambda settings: None)
        self._retry_s = retry_s
        self._worker = Worker("settings")
        self._scope = TaskScope("settings")
        self._settings = Settings()
        self._dirty = False
        self._closing = False
        self._wake = asyncio.Event()
        self._saving = asyncio.Lock()
        self._problem: Message | None = None

    @property
    def settings(self) -> Settings:
        """The settings as they are in memory."""
        return self._settings

    @property
    def problem(self) -> Message | None:
        """Why the last attempt saved nothing, or None."""
        return self._problem

    async def load(self) -> LoadReport:
        """Read the file; sentences go to the caller, not to `tell`."""
        report = await self._worker.run(self._store.load)
        self._settings = report.settings
        return report

    def take(self, report: LoadReport) -> None:
        """Begin with what the store has already loaded (before there was a loop)."""
        self._settings = report.settings

    def set(self, settings: Settings) -> None:
        """Change the settings: in memory now, on disk soon."""
        if settings == self._settings:
            return
        self._settings = settings
        self._dirty = True
        self._wake.set()
        if not self._closing:
            self._scope.single_flight("save", self._save_all)

    def change(self, step: Callable[[Settings], Settings]) -> None:
        """`set(step(settings))`; what `step` raises comes through and changes nothing."""
        self.set(step(self._settings))

    async def flush(self) -> bool:
        """Save now what is not saved; False when that failed."""
        if self._dirty or self._saving.locked():
            await asyncio.shield(self._scope.start(self._save_once(), "flush"))
        return not self._dirty

    async def aclose(self) -> None:
        """Save what is not saved, once, and end."""
        self._closing = True
        try:
            await self.flush()
        finally:
            await self._scope.aclose()
            self._worker.close()

    async def _save_all(self) -> None:
        while not self._closing:
            self._wake.clear()
            if await self._save_once():
                if not self._dirty:
                    return
                continue
            try:
                async with asyncio.timeout(self._retry_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _save_once(self) -> bool:
        """Save what is dirty; False when it should be tried again.

        One at a time, because the next one must start from what this one finds in the file.
        """
        async with self._saving:
            if not self._dirty:
                return True
            wanted = self._settings
            self._dirty = False
            try:
                report = await self._worker.run(lambda: self._store.save(wanted))
            except BaseException:
                self._dirty = True
                raise
            self._dirty = self._dirty or not (report.saved or report.read_only)
            if report.saved:
                self._adopt(wanted, report.settings)
        for msg in report.messages:
            self._tell(msg)
        if report.problem != self._problem:
            self._problem = report.problem
            self._problem_changed(report.problem)
        return report.saved or report.read_only

    def _adopt(self, wanted: Settings, merged: Settings) -> None:
        if merged == wanted:
            return
        # what was changed while the save ran stays on top of what came from the other copy
        self._settings = merge(wanted, self._settings, merged).settings
        self._adopted(self._settings)
