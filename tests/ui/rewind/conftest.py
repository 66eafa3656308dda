"""A window with an hour of recording behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from console.domain.board import Source
from console.domain.clock import to_datetime
from console.domain.frames import Frame
from console.ui.desks.rewind_desk import RewindDesk
from console.ui.rewind.room import RewindRoom
from console.ui.services import Services
from console.ui.windows.main_window import MainWindow
from tests.engine.fake_history import FakeHistory
from tests.ui.windows.conftest import clock, make, profiles, theme
from tests.ui.windows.fakes import START_MS, FakeProfiles, StillClock, health, profile, snapshot, store_of

__all__ = ["clock", "make", "profiles", "theme"]
BERLIN = profile("Berlin")


@dataclass
class Floor:
    """A window, and what it shows."""

    window: MainWindow
    clock: StillClock
    history: FakeHistory
    service: FakeProfiles

    @property
    def desk(self) -> RewindDesk:
        """The desk of rewind."""
        return next(desk for desk in self.window.desks.desks if isinstance(desk, RewindDesk))

    @property
    def room(self) -> RewindRoom:
        """Its room."""
        assert self.desk.room is not None
        return self.desk.room


def frame_at(at_ms: float, *, queues: int, seed: int) -> Frame:
    """A frame of that many queues."""
    clock = StillClock()
    clock.wall_ms = at_ms
    made = Source(BERLIN, "Chronicall", snapshot(BERLIN, queues=queues, agents=6, seed=seed), health(clock, age_s=0))
    return Frame(at_ms, made, at_ms + 10_000)


def an_hour() -> list[Frame]:
    """A frame each five seconds for an hour until START_MS, with ten minutes missing in the middle."""
    frames = []
    for number in range(721):
        at_ms = START_MS - 3_600_000 + number * 5_000
        if not 2_000_000 <= number * 5_000 < 2_600_000:
            template = _TEMPLATES[number % 2]
            age = to_datetime(at_ms)
            source = replace(template.source, health=replace(template.source.health, last_ok_at=age))
            frames.append(Frame(at_ms, source, at_ms + 10_000))
    return frames


_TEMPLATES = (frame_at(START_MS, queues=3, seed=1), frame_at(START_MS, queues=4, seed=2))


@pytest.fixture
def floor(make: Callable[..., MainWindow], clock: StillClock) -> Floor:
    """A shown window with an hour of recording, live with twelve queues."""
    window = make()
    window.resize(1366, 800)
    live = Source(BERLIN, "Chronicall", snapshot(BERLIN), health(clock))
    service, history = FakeProfiles((BERLIN,)), FakeHistory(an_hour())
    window.show()
    window.attach(Services(store_of([live]), service, history=history))
    window.refresh()
    return Floor(window, clock, history, service)
