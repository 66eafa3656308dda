"""A stretch of the demo's day, lived by the whole console in no real time, and the truth about it.

The console's clock drives the demo's: whatever a server is asked, it answers of the very moment the console has. The
truth is a fold of the event log of its own, which neither the servers nor the console have touched.
"""

from __future__ import annotations

import asyncio
import sys
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.demo.snapshot import state
from console.domain.alert_rules import Rule
from console.domain.enums import HealthState
from console.domain.frames import Frame
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.engine.core import Core, open_core
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths
from tests.support import ManualClock

STEP_S = 30.0
START_MS = 1_790_240_400_370  # a weekday of September 2026, and no whole second
FIELDS = {  # no sockets: every look at the floor is a poll, and polls fall on the steps
    "yeastar": {"events": "false", "counters": "60"},
    "chronicall": {"transport": "polling"},
    "xima": {"transport": "polling"},
}
BACKENDS = ("asternic", "yeastar", "chronicall", "xima")


class DrivingClock(ManualClock):
    """The console's clock, which takes the demo's along."""

    def __init__(self, demo: RunningDemo) -> None:
        super().__init__(float(demo.clock.now()))
        self._demo = demo

    def now_ms(self) -> float:
        return float(self._demo.clock.now())

    def _move(self, mono: float) -> None:
        self._demo.clock.step(mono - self._mono)
        self._mono = mono

    def leap(self, seconds: float) -> None:
        """A night: nobody looks at anything in between."""
        self._move(self._mono + seconds)


@dataclass
class Day:
    """The stretch that was lived.

    Attributes:
        moments: of every step, epoch ms.
        polls: profile -> the moments at which it was read well.
        frames: everything that was fed to recorder and alarms.
    """

    demo: RunningDemo
    core: Core
    clock: DrivingClock
    moments: list[int] = field(default_factory=list)
    polls: dict[str, list[int]] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    _truth: dict[int, dict[str, Any]] = field(default_factory=dict)
    _folds: dict[int, Any] = field(default_factory=dict)

    async def live(self, steps: int, silent: Iterable[str] = ()) -> None:
        """Let so many steps pass; those of `silent` are not waited for."""
        for _ in range(steps):
            await self.clock.advance(STEP_S)
            await self.look(silent)

    async def look(self, silent: Iterable[str] = ()) -> None:
        """Wait until every profile has been read at this very moment."""
        quiet = set(silent)
        mono, now = self.clock.monotonic(), self.demo.clock.now()
        async with asyncio.timeout(10):
            for source in self.core.store.board.sources:
                profile_id = str(source.profile.id)
                if profile_id in quiet:
                    continue
                while True:
                    found = self.core.store.source(source.profile.id)
                    assert found is not None
                    if found.health.state is HealthState.LIVE and found.health.last_ok_mono == mono:
                        break
                    await asyncio.sleep(0.0005)
                self.polls.setdefault(profile_id, []).append(now)
        if self.moments[-1:] != [now]:
            self.moments.append(now)

    async def bring_back(self, profile_id: str) -> None:
        """End the faults of one profile's server and read it at once, at this very moment."""
        await self.demo.fault("clear", profile_id)
        self.core.profiles.try_now(ProfileId(profile_id))
        await self.look(
            [source.profile.id for source in self.core.store.board.sources if source.profile.id != profile_id]
        )

    def truth(self, at_ms: int) -> dict[str, Any]:
        """The floor at a moment, folded from the log from the start of its day on."""
        if at_ms not in self._truth:
            world = self.demo.world
            day = world.day_of(at_ms)
            assert day is not None
            fold = self._folds.get(day)
            if fold is None or fold.now > at_ms:
                fold = self._folds[day] = world.new_fold(day)
            fold.advance(world.log_of(day), at_ms)
            self._truth[at_ms] = state(fold, world.site, world.zone)
        return self._truth[at_ms]

    def polled(self, profile_id: str, at_ms: float) -> int | None:
        """The last moment up to then at which a profile was read."""
        polls = self.polls[profile_id]
        place = bisect_right(polls, at_ms) - 1
        return polls[place] if place >= 0 else None


@asynccontextmanager
async def lived(
    folder: Path, patch: pytest.MonkeyPatch, rules: Iterable[Rule], report_bug: Callable[[str, BaseException], None]
) -> AsyncIterator[Day]:
    """The whole console on the demo's floor, followed by the recorder and by these rules alone."""
    from console.vendors.yeastar.backend import YeastarBackend
    from tests.vendors.yeastar.support import FAST

    class Unpaced(YeastarBackend):
        """Without the real pauses between requests that spare a telephone system."""

        def __init__(self, connection: Any) -> None:
            super().__init__(connection, timing=FAST)

    patch.setattr("console.vendors.yeastar.backend.YeastarBackend", Unpaced)
    patch.setattr("console.engine.frames.SHORTEST_S", 0.0)  # real seconds, of which there are none here
    patch.setitem(sys.modules, "sniffio", None)  # not installed: the HTTP library looks for it with each request
    options = Options(seed=3, queues=4, agents=14, manual=True, warm_polls=0, start_ms=START_MS)
    async with start(options) as demo:
        clock = DrivingClock(demo)
        core = open_core(
            prepare(resolve_paths(folder)),
            report_bug=report_bug,
            redactor=Redactor(),
            tell=lambda _note: None,
            in_memory_secrets=True,
            clock=clock,
        )
        try:
            for offered in demo.announcement()["profiles"]:
                backend = offered["backend"]
                profile = Profile(
                    ProfileId(backend),
                    offered["name"],
                    backend,
                    offered["url"],
                    fields={**offered["fields"], **FIELDS.get(backend, {})},
                    poll_s=STEP_S,
                )
                secrets = {key: Secret(value) for key, value in offered["secrets"].items()}
                await core.profiles.save(profile, secrets, session_only=True)
                if offered.get("report_keys"):
                    await core.reports.note_keys(profile.id, offered["report_keys"])
            day = Day(demo, core, clock)
            await core.limits.load()
            core.alerts.use_history(core.recorder)
            await core.alerts.start()
            for rule in core.alerts.rules:
                core.alerts.remove_rule(rule.id)
            for rule in rules:
                core.alerts.save_rule(rule)
            core.recorder.start(core.frames)
            core.frames.subscribe(day.frames.append)
            core.profiles.start()
            await day.look()
            yield day
        finally:
            await core.aclose()
