"""Settings and window state from the event loop: saved on a thread, tried again, debounced."""

from __future__ import annotations

import asyncio
import errno
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.messages import Message
from console.settings.disk import Disk
from console.settings.files import encode_document
from console.settings.schema import Settings
from console.settings.store import LoadReport, SettingsKeeper, SettingsStore
from console.settings.window import ENTRY_LIMIT, WindowMemory

from .faults import profile, settings_of


class Switch(Disk):
    """A disk that can be switched off, and that can be made to wait."""

    def __init__(self) -> None:
        self.broken = False
        self.attempts = 0
        self.writes = 0
        self.gate: threading.Event | None = None
        self.threads: set[int] = set()

    def create(self, path: Path) -> int:
        self.attempts += 1
        self.threads.add(threading.get_ident())
        if self.gate is not None:
            self.gate.wait(10)
        if self.broken:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().create(path)

    def sync_folder(self, folder: Path) -> None:
        self.writes += 1
        super().sync_folder(folder)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def on_disk(path: Path) -> Settings:
    return SettingsStore(path).load().settings


def keeper_on(
    path: Path, disk: Disk, retry_s: float = 60.0
) -> tuple[SettingsKeeper, list[Message], list[Message | None]]:
    told: list[Message] = []
    problems: list[Message | None] = []
    keeper = SettingsKeeper(
        SettingsStore(path, disk=disk), tell=told.append, problem_changed=problems.append, retry_s=retry_s
    )
    return keeper, told, problems


async def test_a_change_is_in_memory_at_once_and_on_disk_by_another_thread(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    keeper, told, problems = keeper_on(path, disk)
    assert await keeper.load() == LoadReport(Settings())
    keeper.set(settings_of("a"))
    assert keeper.settings == settings_of("a")
    await keeper.aclose()
    assert on_disk(path) == settings_of("a")
    assert threading.get_ident() not in disk.threads
    assert (told, problems) == ([], [])


async def test_many_changes_become_few_saves(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    disk.gate = threading.Event()
    keeper, _, _ = keeper_on(path, disk)
    for number in range(50):
        keeper.set(settings_of(*(f"p{n}" for n in range(number))))
        await asyncio.sleep(0)
    disk.gate.set()
    await keeper.aclose()
    assert disk.writes <= 2
    assert len(on_disk(path).profiles) == 49


async def test_a_failed_save_keeps_memory_says_so_once_and_is_tried_again(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    disk.broken = True
    keeper, _, problems = keeper_on(path, disk, retry_s=0.01)
    keeper.set(settings_of("a"))
    await until(lambda: disk.attempts >= 3)
    assert keeper.settings == settings_of("a")
    assert [p.code for p in problems if p is not None] == ["settings.not_saved"]
    disk.broken = False
    await until(lambda: keeper.problem is None)
    assert problems[-1] is None
    assert on_disk(path) == settings_of("a")
    await keeper.aclose()


async def test_the_next_change_does_not_wait_for_the_retry(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    disk.broken = True
    keeper, _, _ = keeper_on(path, disk)
    keeper.set(settings_of("a"))
    await until(lambda: keeper.problem is not None)
    disk.broken = False
    keeper.set(settings_of("a", "b"))
    await until(lambda: keeper.problem is None)
    assert on_disk(path) == settings_of("a", "b")
    await keeper.aclose()


async def test_closing_with_a_broken_disk_ends(tmp_path: Path) -> None:
    disk = Switch()
    disk.broken = True
    keeper, _, _ = keeper_on(tmp_path / "s.json", disk)
    keeper.set(settings_of("a"))
    await keeper.aclose()
    assert keeper.problem is not None


async def test_closing_waits_for_the_save_that_runs_and_for_the_last_change(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    disk.gate = threading.Event()
    keeper, _, _ = keeper_on(path, disk)
    keeper.set(settings_of("a"))
    await until(lambda: disk.attempts == 1)
    keeper.set(settings_of("a", "b"))
    asyncio.get_running_loop().call_later(0.02, disk.gate.set)
    await keeper.aclose()
    assert on_disk(path) == settings_of("a", "b")


async def test_closing_waits_for_the_save_that_runs(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    disk.gate = threading.Event()
    keeper, _, problems = keeper_on(path, disk)
    keeper.set(settings_of("a"))
    await until(lambda: disk.attempts == 1)
    disk.broken = True  # the save that runs will fail, and closing is the last chance
    asyncio.get_running_loop().call_later(0.02, disk.gate.set)
    await keeper.aclose()
    assert [p.code for p in problems if p is not None] == ["settings.not_saved"]


async def test_flush_says_whether_all_is_saved(tmp_path: Path) -> None:
    disk = Switch()
    keeper, _, _ = keeper_on(tmp_path / "s.json", disk)
    assert await keeper.flush()
    disk.broken = True
    keeper.set(settings_of("a"))
    assert not await keeper.flush()
    disk.broken = False
    assert await keeper.flush()
    await keeper.aclose()


async def test_another_copys_changes_are_adopted_under_ones_own(tmp_path: Path) -> None:
    path, disk = tmp_path / "s.json", Switch()
    SettingsStore(path).save(settings_of("a"))
    adopted: list[Settings] = []
    keeper = SettingsKeeper(SettingsStore(path, disk=disk), tell=lambda message: None, adopted=adopted.append)
    await keeper.load()
    SettingsStore(path).update(lambda now: replace(now, profiles=(*now.profiles, profile("theirs"))))
    disk.gate = threading.Event()
    keeper.set(settings_of("a", "mine"))
    await until(lambda: disk.attempts == 1)
    keeper.change(lambda now: replace(now, profiles=(*now.profiles, profile("later"))))
    disk.gate.set()
    await keeper.aclose()
    assert {p.name for p in keeper.settings.profiles} == {"a", "mine", "theirs", "later"}
    assert on_disk(path) == keeper.settings
    assert adopted


async def test_settings_of_a_newer_version_are_not_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(encode_document({"profiles": []}, 2, 1))
    keeper, _, problems = keeper_on(path, Switch(), retry_s=0.0)
    await keeper.load()
    keeper.set(settings_of("a"))
    await keeper.flush()
    await keeper.aclose()
    assert [p.code for p in problems if p is not None] == ["settings.newer"]


async def test_window_state_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    memory = WindowMemory(path)
    assert memory.load().entries == {}
    columns = {"order": ["name", "waiting"], "widths": {"name": 120}, "sort": ["waiting", True], "filter": ""}
    memory.put("main.geometry", "AdnQywADAAA=")
    memory.put("table.queues", columns)
    columns["order"] = []  # the caller's own list, changed later
    await memory.aclose()
    again = WindowMemory(path)
    assert again.load().entries["table.queues"] == {
        "order": ["name", "waiting"],
        "widths": {"name": 120},
        "sort": ["waiting", True],
        "filter": "",
    }
    assert again.get("main.geometry") == "AdnQywADAAA="
    assert again.get("nothing", 5) == 5


async def test_window_state_is_written_at_most_once_per_pause_and_at_the_end(tmp_path: Path) -> None:
    disk = Switch()
    memory = WindowMemory(tmp_path / "window.json", disk=disk, monotonic=lambda: 0.0)
    memory.put("x", 0)
    await until(lambda: disk.writes == 1)
    for number in range(1, 100):
        memory.put("x", number)
        await asyncio.sleep(0)
    assert disk.writes == 1
    await memory.aclose()
    assert disk.writes == 2
    assert WindowMemory(tmp_path / "window.json").load().entries == {"x": 99}


async def test_closing_in_the_middle_of_a_write_loses_no_window_state(tmp_path: Path) -> None:
    disk = Switch()
    disk.gate = threading.Event()
    memory = WindowMemory(tmp_path / "window.json", disk=disk)
    memory.put("x", 1)
    await until(lambda: disk.attempts == 1)
    memory.put("y", 2)
    asyncio.get_running_loop().call_later(0.02, disk.gate.set)
    await memory.aclose()
    assert WindowMemory(tmp_path / "window.json").load().entries == {"x": 1, "y": 2}


async def test_unchanged_window_state_is_not_written(tmp_path: Path) -> None:
    disk = Switch()
    memory = WindowMemory(tmp_path / "window.json", disk=disk)
    memory.put("x", [1, 2])
    await memory.flush()
    memory.put("x", (1, 2))  # type: ignore[arg-type]
    await memory.aclose()
    assert disk.writes == 1


async def test_two_windows_keep_each_others_keys(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    one, other = WindowMemory(path), WindowMemory(path)
    one.put("a", 1)
    other.put("b", 2)
    await one.aclose()
    await other.aclose()
    assert WindowMemory(path).load().entries == {"a": 1, "b": 2}


@pytest.mark.parametrize("value", [object(), float("nan"), "x" * ENTRY_LIMIT, {1, 2}])
async def test_what_is_no_small_json_value_is_refused(tmp_path: Path, value: object) -> None:
    memory = WindowMemory(tmp_path / "window.json")
    with pytest.raises(ValueError, match=r".+"):
        memory.put("x", value)  # type: ignore[arg-type]
    await memory.aclose()
    assert not (tmp_path / "window.json").exists()


@pytest.mark.allow_warnings
@pytest.mark.parametrize("raw", [b"", b"\x00\x00", b'{"version": 1, "entries": []}', b'{"version": 9, "entries": 3}'])
async def test_broken_window_state_does_no_harm(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(raw)
    memory = WindowMemory(path)
    assert memory.load().entries == {}
    memory.put("x", 1)
    await memory.aclose()


@pytest.mark.allow_warnings
async def test_window_state_on_a_full_disk_stays_in_memory(tmp_path: Path) -> None:
    disk = Switch()
    disk.broken = True
    memory = WindowMemory(tmp_path / "window.json", disk=disk)
    memory.put("x", 1)
    await memory.flush()
    assert memory.get("x") == 1
    disk.broken = False
    await memory.aclose()
    assert json.loads((tmp_path / "window.json").read_text())["entries"] == {"x": 1}
