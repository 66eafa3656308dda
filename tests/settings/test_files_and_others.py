"""PS-05 to PS-08: the settings file among other programs, links, rights and full disks."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from console.settings import locks
from console.settings.disk import Disk
from console.settings.files import SIZE_LIMIT
from console.settings.locks import FileLock, LockBusyError
from console.settings.schema import Settings
from console.settings.store import LoadReport, SettingsStore

from .faults import FaultyDisk, codes, loaded, profile, saved, settings_of

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits and symbolic links of POSIX")

OLD, NEW = settings_of("north"), settings_of("north", "south")


def test_ps_05_the_lock_of_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    (tmp_path / "settings.json.lock").write_text("4711")  # left over; the process id may be anybody's by now
    assert SettingsStore(path).save(NEW).saved


def test_ps_05_a_living_holder_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    with FileLock(tmp_path / "settings.json.lock"):
        outcome = SettingsStore(path, lock_timeout_s=0.05).save(NEW)
    assert outcome.problem is not None
    assert outcome.problem.code == "settings.locked"
    assert outcome.settings == NEW
    assert not path.exists()


def test_ps_05_reading_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    with FileLock(tmp_path / "settings.json.lock"):
        assert loaded(path) == LoadReport(OLD)


def test_ps_05_a_lock_is_exclusive_and_comes_back(tmp_path: Path) -> None:
    one, other = (FileLock(tmp_path / "a.lock", timeout_s=0.0) for _ in range(2))
    with one:
        assert one.is_held
        assert not other.try_acquire()
        with pytest.raises(LockBusyError):
            other.acquire()
    assert other.try_acquire()
    other.release()
    other.release()


class FakeTime:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """A network drive whose server knows no locks."""

    def refuse(handle: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks, "lock_handle", refuse)
    return FakeTime()


def lease_lock(path: Path, clock: FakeTime) -> FileLock:
    return FileLock(path, sleep=clock.sleep, monotonic=clock.monotonic)


def test_ps_05_on_a_network_drive_a_stale_lease_is_taken_over_within_five_seconds(
    tmp_path: Path, no_locks: FakeTime
) -> None:
    path = tmp_path / "a.lock"
    lease = tmp_path / "a.lock.lease"
    lease.write_bytes(b"1-of a crashed process")
    began = no_locks.now
    with lease_lock(path, no_locks) as lock:
        assert lock.is_held
        assert no_locks.now - began <= 5.0
    assert not lease.exists()


def test_ps_05_on_a_network_drive_a_fresh_lease_is_respected(tmp_path: Path, no_locks: FakeTime) -> None:
    path = tmp_path / "a.lock"
    with lease_lock(path, no_locks) as one:
        other = lease_lock(path, no_locks)
        assert not other.try_acquire()
        no_locks.sleep(1.0)
        assert not other.try_acquire()
        assert one.is_held


def test_ps_05_whoever_lost_its_lease_does_not_write(tmp_path: Path, no_locks: FakeTime) -> None:
    class Slow(Disk):
        def replace(self, source: Path, target: Path) -> None:
            (tmp_path / "settings.json.lock.lease").write_bytes(b"2-somebody else")
            super().replace(source, target)

    path = tmp_path / "settings.json"
    saved(path, OLD)
    store = SettingsStore(path, disk=Slow())
    store.load()
    assert not store.save(NEW).saved
    assert loaded(path).settings == OLD


@posix
def test_ps_06_files_are_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    mask = os.umask(0)
    try:
        saved(path, OLD, NEW)
    finally:
        os.umask(mask)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in os.listdir(tmp_path)}
    assert modes == {"settings.json": 0o600, "settings.json.bak": 0o600, "settings.json.lock": 0o600}


@posix
def test_ps_06_a_file_with_too_many_rights_loses_them_with_the_next_save(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = saved(path, OLD)
    path.chmod(0o644)
    assert store.save(NEW).saved
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "settings.json.bak").stat().st_mode) == 0o600


@posix
def test_ps_07_a_symbolic_link_stays_one_and_its_target_is_saved(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "console.json"
    real.parent.mkdir()
    saved(real, OLD)
    link = tmp_path / "settings.json"
    link.symlink_to(real)
    store = SettingsStore(link)
    assert store.load().settings == OLD
    assert store.save(NEW).saved
    assert link.is_symlink()
    assert loaded(real).settings == NEW
    assert os.listdir(tmp_path) == ["dotfiles", "settings.json"] or "settings.json.lock" not in os.listdir(tmp_path)


@posix
def test_ps_07_a_link_to_a_file_that_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    link = tmp_path / "settings.json"
    link.symlink_to(real)
    assert SettingsStore(link).save(NEW).saved
    assert link.is_symlink()
    assert real.is_file()


@posix
def test_ps_07_a_link_planted_for_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    link = tmp_path / "temporary"
    link.symlink_to(victim)
    with pytest.raises(FileExistsError):
        Disk().create(link)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_ps_07_a_rename_that_a_virus_scanner_holds_up_is_tried_again(tmp_path: Path, code: int) -> None:
    refusals = iter([True, True, True, False])

    def fault(step: int, name: str) -> None:
        if name == "replace" and next(refusals, False):
            raise OSError(code, os.strerror(code))

    path = tmp_path / "settings.json"
    disk = FaultyDisk(fault=fault)
    assert SettingsStore(path, disk=disk).save(NEW).saved
    assert disk.steps.count("replace") == 4
    assert loaded(path).settings == NEW


def test_ps_07_a_rename_that_never_works_is_given_up_after_five_more_tries_in_two_seconds(tmp_path: Path) -> None:
    def fault(step: int, name: str) -> None:
        if name == "replace":
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    disk = FaultyDisk(fault=fault)
    report = SettingsStore(tmp_path / "settings.json", disk=disk).save(NEW)
    assert not report.saved
    assert disk.steps.count("replace") == 6
    assert sum(disk.slept) == pytest.approx(2.0)
    assert not [name for name in os.listdir(tmp_path) if ".tmp-" in name]


def test_ps_08_a_full_disk_never_raises_and_never_costs_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    room = [400]  # bytes left on the disk; the file does not fit

    class Full(Disk):
        def write(self, handle: int, data: memoryview) -> int:
            if not room[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            taken = os.write(handle, data[: room[0]])
            room[0] -= taken
            return taken

    store = SettingsStore(path, disk=Full())
    store.load()
    for _ in range(3):
        room[0] = 400
        assert not store.save(NEW).saved
    assert loaded(path) == LoadReport(OLD)
    room[0] = 10**6
    assert store.save(NEW).saved


def test_a_file_that_may_not_be_read_is_reported_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    before = path.read_bytes()

    class Forbidden(FaultyDisk):
        def read(self, path: Path, limit: int) -> bytes:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    store = SettingsStore(path, disk=Forbidden())
    report = store.load()
    assert codes(report) == ["settings.unreadable"]
    assert report.read_only
    assert not store.save(NEW).saved
    assert path.read_bytes() == before


def test_ps_07_a_file_that_is_just_being_replaced_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    refusals = iter([True, True, False])

    class Busy(FaultyDisk):
        def read(self, path: Path, limit: int) -> bytes:
            if next(refusals, False):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return super().read(path, limit)

    assert SettingsStore(path, disk=Busy()).load() == LoadReport(OLD)


def test_ps_01_left_overs_go_with_the_next_save_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = saved(path, OLD)
    (tmp_path / "settings.json.tmp-4711-abcd").write_text("half")
    (tmp_path / "mine.tmp-4711").write_text("not ours")
    assert store.save(NEW).saved
    assert sorted(name for name in os.listdir(tmp_path) if "tmp" in name) == ["mine.tmp-4711"]


def test_a_folder_that_vanished_is_reported(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "gone" / "settings.json")
    assert store.load() == LoadReport(Settings())
    assert not store.save(NEW).saved


def test_settings_beyond_the_size_limit_are_refused_before_they_cannot_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    huge = Settings((profile("huge", fields={"text": "x" * SIZE_LIMIT}),))
    report = SettingsStore(path).save(huge)
    assert report.problem is not None
    assert report.problem.code == "settings.too_large"
    assert loaded(path).settings == OLD


def test_two_broken_files_in_one_second_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for text in ("one", "two", "three"):
        path.write_text(text)
        loaded(path)
    kept = {p.read_text() for p in tmp_path.glob("settings.json.broken-*")}
    assert kept == {"one", "two", "three"}
