"""Keeping displays on: what each system is asked, and what is said where it refuses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from console.ui.wallboard.awake import Awake, BusWay, MacWay, WindowsWay, way_of


class FakeWay:
    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.calls: list[str] = []

    def begin(self, failed: Callable[[], None]) -> None:
        self.calls.append("begin")
        if not self.works:
            failed()

    def end(self) -> None:
        self.calls.append("end")


def test_the_first_holder_begins_and_the_last_one_ends() -> None:
    way = FakeWay()
    awake = Awake(way)
    awake.hold("a")
    awake.hold("b")
    awake.release("a")
    awake.release("nobody")
    assert way.calls == ["begin"]
    awake.release("b")
    assert (way.calls, awake.problem) == (["begin", "end"], "")


def test_a_computer_that_refuses_is_said_to() -> None:
    awake = Awake(FakeWay(works=False))
    told: list[None] = []
    awake.changed.connect(lambda: told.append(None))
    awake.hold("a")
    assert "switch the display off" in awake.problem
    assert len(told) == 1
    unknown = Awake(find=lambda _: None)
    unknown.hold("a")
    unknown.release("a")
    assert unknown.problem


def test_windows_is_told_to_keep_system_and_display() -> None:
    flags: list[int] = []

    def take(value: int) -> int:
        flags.append(value)
        return 1

    way, failures = WindowsWay(take), list[str]()
    way.begin(lambda: failures.append("no"))
    way.end()
    assert flags == [0x80000003, 0x80000000]
    assert failures == []
    WindowsWay(lambda _: 0).begin(lambda: failures.append("no"))
    assert failures == ["no"]


def test_macos_has_a_child_that_ends_with_us() -> None:
    commands: list[list[str]] = []
    ended: list[str] = []

    class Child:
        def terminate(self) -> None:
            ended.append("terminate")

        def wait(self) -> None:
            ended.append("wait")

    def spawn(command: Sequence[str]) -> Any:
        commands.append(list(command))
        return Child()

    way = MacWay(spawn)
    way.begin(lambda: None)
    way.end()
    way.end()
    assert commands == [["/usr/bin/caffeinate", "-d", "-i", "-w", str(os.getpid())]]
    assert ended == ["terminate", "wait"]

    def missing(_command: Sequence[str]) -> Any:
        raise FileNotFoundError

    failures: list[str] = []
    MacWay(missing).begin(lambda: failures.append("no"))
    assert failures == ["no"]


class FakeBus:
    def __init__(self, is_there: bool = True) -> None:
        self.is_there = is_there
        self.answered: Callable[[bool], None] = lambda _: None
        self.closed = 0

    def ask(self, answered: Callable[[bool], None]) -> bool:
        self.answered = answered
        return self.is_there

    def close(self) -> None:
        self.closed += 1


def test_the_session_bus_is_asked_and_left() -> None:
    failures: list[str] = []
    bus = FakeBus()
    way = BusWay(bus)
    way.begin(lambda: failures.append("no"))
    bus.answered(True)
    assert failures == []
    bus.answered(False)
    assert failures == ["no"]
    way.end()
    bus.answered(False)  # an answer to what nobody wants any more
    assert (failures, bus.closed) == (["no"], 1)
    BusWay(FakeBus(is_there=False)).begin(lambda: failures.append("none"))
    assert failures == ["no", "none"]


def test_each_system_has_a_way() -> None:
    kinds = [type(way_of(name)).__name__ for name in ("win32", "darwin", "linux", "emscripten")]
    assert kinds == ["WindowsWay", "MacWay", "BusWay", "NoneType"]
