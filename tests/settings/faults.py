"""A disk that fails where a test says, and profiles to save on it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.settings.disk import Disk
from console.settings.schema import Settings
from console.settings.store import LoadReport, SettingsStore


class Killed(BaseException):
    """The process ended here: nothing after it runs, clean-up included."""


class FaultyDisk(Disk):
    """Counts the operations that change something; `fault(step, name)` may raise, or `kill_at` ends the world."""

    def __init__(
        self,
        *,
        fault: Callable[[int, str], None] | None = None,
        kill_at: int | None = None,
        chunk: int | None = None,
    ) -> None:
        self.steps: list[str] = []
        self.slept: list[float] = []
        self.dead = False
        self._fault = fault
        self._kill_at = kill_at
        self._chunk = chunk

    def _step(self, name: str) -> None:
        if self.dead:
            raise Killed
        number = len(self.steps)
        self.steps.append(name)
        if number == self._kill_at:
            self.dead = True
            raise Killed
        if self._fault is not None:
            self._fault(number, name)

    def create(self, path: Path) -> int:
        self._step("create")
        return super().create(path)

    def write(self, handle: int, data: memoryview) -> int:
        self._step("write")
        return super().write(handle, data[: self._chunk] if self._chunk else data)

    def sync(self, handle: int) -> None:
        self._step("sync")
        super().sync(handle)

    def close(self, handle: int) -> None:
        super().close(handle)  # a dead process's files are closed for it
        self._step("close")

    def replace(self, source: Path, target: Path) -> None:
        self._step("replace")
        super().replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        self._step("sync_folder")
        super().sync_folder(folder)

    def remove(self, path: Path) -> None:
        self._step("remove")
        super().remove(path)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def failing(number: int, code: int = errno.ENOSPC) -> Callable[[int, str], None]:
    """A fault at one step."""

    def fault(step: int, name: str) -> None:
        if step == number:
            raise OSError(code, os.strerror(code))

    return fault


def profile(name: str, /, **changes: object) -> Profile:
    """A profile whose id follows from its name."""
    values: dict[str, object] = {
        "id": ProfileId(f"id-{name}"),
        "name": name,
        "backend": "xima",
        "url": "https://pbx.example.com",
        **changes,
    }
    return Profile(**values)  # type: ignore[arg-type]


def settings_of(*names: str) -> Settings:
    """Settings with profiles of these names."""
    return Settings(tuple(profile(name) for name in names))


def saved(path: Path, *versions: Settings) -> SettingsStore:
    """A file that has been saved once for each of `versions`."""
    store = SettingsStore(path)
    for version in versions:
        assert store.save(version).saved
    return store


def loaded(path: Path) -> LoadReport:
    return SettingsStore(path).load()


def codes(report: LoadReport) -> list[str]:
    return [m.code for m in report.messages]
