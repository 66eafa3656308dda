"""PS-01, PS-03, PS-05 to PS-08: the settings file against crashes, rot, full disks and other programs."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from console.domain.messages import english
from console.settings import locks
from console.settings.disk import Disk
from console.settings.files import SIZE_LIMIT, BadDocumentError, decode_document, encode_document
from console.settings.locks import FileLock, LockBusyError
from console.settings.schema import Settings
from console.settings.store import LoadReport, SettingsStore

from .faults import FaultyDisk, Killed, failing, profile, settings_of

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits and symbolic links of POSIX")


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


OLD, NEW = settings_of("north"), settings_of("north", "south")


def steps_of_a_save(tmp_path: Path, chunk: int | None = None) -> list[str]:
    path = tmp_path / "counted" / "settings.json"
    path.parent.mkdir()
    saved(path, OLD)
    disk = FaultyDisk(chunk=chunk)
    store = SettingsStore(path, disk=disk)
    store.load()
    assert store.save(NEW).saved
    return disk.steps


def test_a_save_has_every_step_in_its_order(tmp_path: Path) -> None:
    steps = steps_of_a_save(tmp_path)
    put_down = ["create", "write", "sync", "close"]
    assert steps == [*put_down, *put_down, "replace", "replace", "sync_folder"]


def test_ps_01_a_kill_at_any_step_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    chunk = 200  # so that a kill falls inside the writing too
    count = len(steps_of_a_save(tmp_path, chunk))
    outcomes = set()
    for step in range(count):
        path = tmp_path / f"kill{step}" / "settings.json"
        path.parent.mkdir()
        saved(path, OLD)
        store = SettingsStore(path, disk=FaultyDisk(kill_at=step, chunk=chunk))
        store.load()
        with pytest.raises(Killed):
            store.save(NEW)
        report = loaded(path)
        assert report.settings in (OLD, NEW)
        assert report.messages == ()
        assert not [name for name in os.listdir(path.parent) if ".tmp-" in name]
        outcomes.add(len(report.settings.profiles))
    assert outcomes == {1, 2}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_ps_01_a_disk_that_fails_at_any_step_loses_nothing(tmp_path: Path, code: int) -> None:
    count = len(steps_of_a_save(tmp_path, 200))
    for step in range(count):
        path = tmp_path / f"fail{step}" / "settings.json"
        path.parent.mkdir()
        saved(path, OLD)
        store = SettingsStore(path, disk=FaultyDisk(fault=failing(step, code), chunk=200))
        store.load()
        report = store.save(NEW)
        assert not report.saved
        assert report.settings == NEW  # memory keeps what the user did
        assert report.problem is not None
        assert report.problem.code == "settings.not_saved"
        assert os.strerror(code) in english(report.problem)
        assert loaded(path).settings in (OLD, NEW)
        assert not [name for name in os.listdir(path.parent) if ".tmp-" in name]
        assert store.save(NEW).saved  # the disk is well again
        assert loaded(path).settings == NEW


def test_ps_01_a_write_that_takes_fewer_bytes_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = SettingsStore(path, disk=FaultyDisk(chunk=7))
    assert store.save(NEW).saved
    assert loaded(path).settings == NEW


def test_ps_01_a_disk_that_lies_about_what_it_wrote_is_found_out(tmp_path: Path) -> None:
    class Liar(Disk):
        def write(self, handle: int, data: memoryview) -> int:
            os.write(handle, data[: len(data) // 2])
            return len(data)

    path = tmp_path / "settings.json"
    saved(path, OLD)
    store = SettingsStore(path, disk=Liar())
    store.load()
    assert not store.save(NEW).saved
    assert loaded(path).settings == OLD


def test_ps_01_a_disk_that_takes_nothing_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    class Full(Disk):
        def write(self, handle: int, data: memoryview) -> int:
            return 0

    assert not SettingsStore(tmp_path / "settings.json", disk=Full()).save(NEW).saved


def test_ps_03_cut_at_every_offset_the_last_good_copy_is_used(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD, NEW)
    whole = path.read_bytes()
    for length in range(len(whole) - 1):  # without its last line end it is still whole
        path.write_bytes(whole[:length])
        report = loaded(path)
        assert report.settings == OLD, length
        assert codes(report) == ["settings.broken"]
        aside = Path(str(report.messages[0].args["path"]))
        assert aside.read_bytes() == whole[:length]
        aside.unlink()
    assert path.exists()  # put back from the copy


def test_ps_03_without_a_good_copy_the_console_starts_empty_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"")
    report = loaded(path)
    assert report.settings == Settings()
    assert "no good copy" in english(report.messages[0])
    assert not report.read_only


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 4096,
        b"\xff\xfe{\x00}\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"version": "1"}',
        b'{"version": true}',
        b'{"version": -1}',
        b'{"version": 1, "profiles": {}}',
        b'{"version": 1, "profiles": [[]]}',
        b'{"version": 1, "profiles": [{"id": "a"}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": 5, "backend": "x", "url": "u"}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "poll_s": "5"}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "poll_s": NaN}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "poll_s": 1e999}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "enabled": 1}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "fields": {"a": 1}}]}',
        b'{"version": 1, "profiles": [{"id": "a", "name": "n", "backend": "x", "url": "u", "revision": "x"}]}',
        b'{"version": 1, "general": 7}',
        b'{"version": 1, "general": {"theme": 7}}',
        b'{"version": 1, "checksum": "sha256:00"}',
        b'{"version": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"version": 1, "x": ' + b"[" * 100_000,
    ],
    ids=range(24),
)
def test_ps_03_what_is_no_settings_file_is_set_aside(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD, NEW)
    path.write_bytes(raw)
    report = loaded(path)
    assert report.settings == OLD
    assert codes(report) == ["settings.broken"]
    assert loaded(path).messages == ()  # once is enough


def test_ps_03_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert loaded(path) == LoadReport(OLD)


def test_ps_03_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD, NEW)
    with open(path, "r+b") as file:
        file.truncate(50 * 1024 * 1024)
    taken: list[int] = []

    class Watched(Disk):
        def read(self, path: Path, limit: int) -> bytes:
            taken.append(limit)
            return super().read(path, limit)

    report = SettingsStore(path, disk=Watched()).load()
    assert report.settings == OLD
    assert codes(report) == ["settings.broken"]
    assert max(taken) <= SIZE_LIMIT


def test_ps_03_a_file_of_a_newer_version_is_used_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    body = {
        "profiles": [
            {"id": "1", "name": "north", "backend": "xima", "url": "https://pbx.example.com", "colour": "red"},
            {"id": "2", "name": {"first": "of a new kind"}},
        ],
        "general": {"theme": ["dark", "sepia"]},
    }
    path.write_bytes(encode_document(body, 9, 3))
    before = path.read_bytes()
    store = SettingsStore(path)
    report = store.load()
    assert [p.name for p in report.settings.profiles] == ["north"]
    assert codes(report) == ["settings.newer"]
    assert report.read_only
    outcome = store.save(NEW)
    assert (outcome.saved, outcome.read_only) == (False, True)
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["settings.json"]


def test_ps_03_a_newer_version_that_comes_while_we_run_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = saved(path, OLD)
    path.write_bytes(encode_document({"profiles": []}, 2, 8))
    before = path.read_bytes()
    outcome = store.save(NEW)
    assert outcome.problem is not None
    assert outcome.problem.code == "settings.newer"
    assert path.read_bytes() == before


def test_ps_03_a_newer_kind_of_checksum_is_not_taken_for_damage() -> None:
    document = {"version": 2, "revision": 1, "checksum": "blake3:1234"}
    assert decode_document(json.dumps(document).encode()) == ({}, 2, 1)
    with pytest.raises(BadDocumentError):
        decode_document(json.dumps({**document, "checksum": "sha256:1234"}).encode())


def test_ps_03_a_file_written_by_hand_needs_no_checksum(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    entry = {"id": "1", "name": "north", "backend": "xima", "url": "https://pbx.example.com"}
    path.write_text(json.dumps({"version": 1, "profiles": [entry]}))
    assert [p.name for p in loaded(path).settings.profiles] == ["north"]


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_ps_03_no_changed_byte_gives_other_profiles(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "settings.json"
    if not path.exists():
        saved(path, OLD, NEW)
        (tmp_path / "whole").write_bytes(path.read_bytes())
    raw = bytearray((tmp_path / "whole").read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    assert loaded(path).settings in (OLD, NEW)


def test_ps_03_a_missing_file_with_a_copy_beside_it_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD, NEW)
    path.unlink()
    report = loaded(path)
    assert report.settings == OLD
    assert codes(report) == ["settings.from_backup"]
    assert loaded(path) == LoadReport(OLD)


def test_ps_03_a_file_that_broke_while_we_run_does_not_become_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = saved(path, OLD, NEW)
    path.write_bytes(b"garbage")
    third = settings_of("north", "south", "west")
    outcome = store.save(third)
    assert outcome.saved
    assert [m.code for m in outcome.messages] == ["settings.broken"]
    assert {p.name for p in loaded(path).settings.profiles} == {"north", "south", "west"}
    path.write_bytes(b"garbage again")
    assert loaded(path).settings == OLD


def test_keys_nobody_knows_are_written_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    entry = {"id": "1", "name": "north", "backend": "xima", "url": "https://pbx.example.com", "colour": {"r": 1}}
    body = {"profiles": [entry], "general": {"theme": "dark", "font": "Inter"}, "future": [1, None]}
    path.write_bytes(encode_document(body, 1, 4))
    store = SettingsStore(path)
    before = store.load().settings
    changed = replace(before, profiles=(replace(before.profiles[0], enabled=False),))
    assert store.save(changed).saved
    document = json.loads(path.read_text())
    assert document["future"] == [1, None]
    assert document["general"]["font"] == "Inter"
    assert document["profiles"][0]["colour"] == {"r": 1}
    assert document["profiles"][0]["enabled"] is False
    assert document["revision"] == 5


def test_saving_what_is_there_already_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    saved(path, OLD)
    disk = FaultyDisk()
    store = SettingsStore(path, disk=disk)
    assert store.save(store.load().settings).saved
    assert disk.steps == []


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
