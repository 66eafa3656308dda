"""A report window over the real engine, whose phone system is played by a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from console.domain.clock import SystemClock
from console.domain.model import ProfileId
from console.engine.schedules.schedule import Schedule
from console.engine.schedules.service import Schedules
from console.reports.result import ReportResult
from console.ui.reports.opening import Opener
from console.ui.reports.window import ReportWindow
from console.ui.services import MemoryState, Services
from console.ui.theme import Theme
from tests.engine.report_fakes import Rig, Server, open_rig, spec_of
from tests.ui.conftest import theme, until

__all__ = ["server", "stage", "theme"]


class FakeScheduler:
    """The system's scheduler: remembers what it was given."""

    title = "test timers"

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}
        self.error: Exception | None = None

    def install(self, schedule: Schedule, argv: Any) -> None:
        """See `Scheduler.install`."""
        if self.error is not None:
            raise self.error
        self.known[schedule.id] = list(argv)

    def remove(self, schedule_id: str) -> None:
        """See `Scheduler.remove`."""
        self.known.pop(schedule_id, None)

    def is_installed(self, schedule_id: str) -> bool:
        """See `Scheduler.is_installed`."""
        return schedule_id in self.known


class FakeOpener(Opener):
    """Notes what is opened instead of showing it."""

    opened: list[tuple[str, ReportResult]]

    def open_result(self, result: ReportResult, site: str, key: str, profile_id: ProfileId, **_: Any) -> Any:
        """See `Opener.open_result`."""
        self.opened.append((site, result))


@dataclass
class Stage:
    """A window and everything under it."""

    rig: Rig
    window: ReportWindow
    opener: FakeOpener
    scheduler: FakeScheduler
    state: MemoryState

    @property
    def server(self) -> Server:
        """The phone system."""
        return self.rig.server

    async def choose(self, report_id: str = "calls") -> None:
        """Go to a report, and wait for its form."""
        await until(lambda: any(d.id == report_id for d in self.window.desk.definitions))
        assert self.window.desk.choose(report_id)

    async def run(self) -> None:
        """Run the form and wait for the end."""
        jobs = self.rig.core.reports.jobs
        before = len(jobs.all)
        self.window.run()
        await until(lambda: len(jobs.all) > before and jobs.all[-1].is_over)
        await asyncio.sleep(0.02)  # the window hears of it


MakeStage = Callable[..., Any]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """The phone system's script."""
    server = Server()
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"fake": spec_of(server)})
    return server


@pytest.fixture
def stage(tmp_path: Path, theme: Theme, server: Server) -> MakeStage:
    """Open a window on sites of the phone system; use it with ``async with``."""

    @asynccontextmanager
    async def build(
        *names: str, state: MemoryState | None = None, schedules: bool = True, shown: bool = True
    ) -> AsyncIterator[Stage]:
        clock, scheduler = SystemClock(), FakeScheduler()
        rig = open_rig(tmp_path / "home", server, clock)
        for name in names or ("Site",):
            await rig.add(name)
        services = Services(
            rig.core.store,
            rig.core.profiles,  # type: ignore[arg-type]
            reports=rig.core.reports,
            schedules=Schedules(tmp_path / "schedules", scheduler, ("console",)) if schedules else None,
            schedules_off="" if schedules else "Not in a test.",
        )
        remembered = state or MemoryState()
        opener_parent = ReportWindow.__mro__[1]()  # any window: it owns the dialogs
        opener = FakeOpener(opener_parent, theme, rig.core.reports, remembered)
        opener.opened = []
        window = ReportWindow(theme, clock, services, remembered, opener)
        if shown:
            window.open()
        try:
            yield Stage(rig, window, opener, scheduler, remembered)
        finally:
            await window.aclose()
            await opener.aclose()
            await rig.core.aclose()
            window.deleteLater()
            opener_parent.deleteLater()
            assert not rig.bugs

    return build
