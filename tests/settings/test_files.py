"""PS-01, PS-03: the settings file against crashes, rot and newer versions."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from console.domain.messages import english
from console.settings.disk import Disk
from console.settings.files import SIZE_LIMIT, BadDocumentError, decode_document, encode_document
from console.settings.schema import Settings
from console.settings.store import LoadReport, SettingsStore

from .faults import FaultyDisk, Killed, codes, failing, loaded, saved, settings_of

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits and symbolic links of POSIX")

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
