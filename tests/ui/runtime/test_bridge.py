"""Throttle and bridge: at once, then merged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.domain.board import Board
from console.domain.clock import SystemClock
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.engine.session import first_health
from console.engine.store import Store
from console.ui.runtime.bridge import StoreBridge
from console.ui.runtime.throttle import Throttle

CLOCK = SystemClock()


@pytest.fixture
def store() -> Store:
    """A store with two profiles."""
    result = Store()
    profiles = (Profile(ProfileId("a"), "A", "x", "https://a"), Profile(ProfileId("b"), "B", "x", "https://b"))
    result.arrange((profile, "X", first_health(profile, CLOCK)) for profile in profiles)
    return result


def touch(store: Store, *ids: str) -> None:
    """Pretend that news arrived for these profiles."""
    for key in ids:
        source = store.source(ProfileId(key))
        assert source is not None
        store.put(source.profile.id, replace(source.health, detail=source.health.detail + "."))


def test_throttle_acts_at_once_then_merges(qtbot: QtBot) -> None:
    calls: list[int] = []
    throttle = Throttle(30, lambda: calls.append(1))
    throttle.request()
    assert len(calls) == 1
    for _ in range(50):
        throttle.request()
    assert len(calls) == 1
    assert throttle.is_pending
    qtbot.waitUntil(lambda: not throttle.is_pending)
    assert len(calls) == 2


def test_throttle_forgets_what_is_cancelled(qtbot: QtBot) -> None:
    calls: list[int] = []
    throttle = Throttle(5, lambda: calls.append(1))
    throttle.request()
    throttle.request()
    throttle.cancel()
    qtbot.wait(20)
    assert len(calls) == 1


def test_bridge_emits_the_newest_board_and_all_changed_ids(qtbot: QtBot, store: Store) -> None:
    bridge = StoreBridge(store, interval_ms=20)
    seen: list[tuple[Board, frozenset[ProfileId]]] = []
    bridge.board_changed.connect(lambda board, changed: seen.append((board, changed)))
    touch(store, "a")
    assert [changed for _, changed in seen] == [{"a"}]
    for _ in range(30):
        touch(store, "a", "b")
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[-1] == (store.board, {"a", "b"})
    bridge.close()
    touch(store, "a")
    qtbot.wait(40)
    assert len(seen) == 2
