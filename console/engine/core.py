"""The core: settings, secrets, store and profiles put together, for the window and the command line alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from console.domain.clock import Clock, SystemClock, speed_of
from console.domain.messages import Message
from console.engine.alerts.service import Alerts
from console.engine.frames import FrameFeed
from console.engine.history.recorder import Recorder
from console.engine.limits import LimitBook
from console.engine.profiles import Profiles
from console.engine.reports import Reports
from console.engine.session import ReportBug
from console.engine.store import Store
from console.engine.wallboards import WallboardBook
from console.net.exchange import ExchangeLog
from console.net.redact import Redactor
from console.settings.paths import Paths
from console.settings.secrets import KeyringStore, Secrets
from console.settings.store import LoadReport, SettingsKeeper, SettingsStore


@dataclass(frozen=True)
class Core:
    """Everything below a face, opened together and closed together."""

    paths: Paths
    clock: Clock
    settings: SettingsKeeper
    secrets: Secrets
    redactor: Redactor
    exchanges: ExchangeLog
    store: Store
    frames: FrameFeed
    profiles: Profiles
    reports: Reports
    wallboards: WallboardBook
    limits: LimitBook
    alerts: Alerts
    recorder: Recorder
    messages: tuple[Message, ...]  # what happened while the settings were read

    async def aclose(self) -> None:
        """End the runs, close the sessions and write what has not been written: none may use up the other's time."""
        self.frames.close()
        try:
            ends = await asyncio.gather(
                self._close_reports(),
                self.settings.aclose(),
                self.wallboards.aclose(),
                self.limits.aclose(),
                self.alerts.aclose(),
                self.recorder.aclose(),
                return_exceptions=True,  # or the first to fail would leave the others half written
            )
        finally:
            self.secrets.close()
        for failure in ends:
            if failure is not None:
                raise failure

    async def _close_reports(self) -> None:
        """Runs end before the connections they go over."""
        try:
            await self.reports.aclose()
        finally:
            await self.profiles.aclose()


def open_core(
    paths: Paths,
    *,
    report_bug: ReportBug,
    redactor: Redactor,
    tell: Callable[[Message], None],
    settings: SettingsStore | None = None,
    loaded: LoadReport | None = None,
    in_memory_secrets: bool = False,
    clock: Clock | None = None,
) -> Core:
    """Read the settings (unless they come along already loaded) and put the rooms together; starts nothing.

    Args:
        tell: takes sentences that come up later, such as a file that cannot be written.
        in_memory_secrets: keep secrets for this run only, without a word (a demo).
    """
    clock = clock or SystemClock()
    settings = settings or SettingsStore(paths.settings_file)
    loaded = loaded or settings.load()
    keeper = SettingsKeeper(settings, tell=tell, adopted=lambda _: profiles.adopt())
    keeper.take(loaded)
    watch = redactor.register
    secrets = Secrets.in_memory(watch=watch) if in_memory_secrets else Secrets(KeyringStore(), watch=watch)
    exchanges = ExchangeLog(redactor)
    limits = LimitBook(paths.thresholds_file, tell=tell)
    store = Store(limits.complete)
    limits.subscribe(store.complete_again)
    profiles = Profiles(
        settings=keeper,
        secrets=secrets,
        store=store,
        clock=clock,
        exchanges=exchanges,
        redactor=redactor,
        report_bug=report_bug,
    )
    reports = Reports(profiles=profiles, paths=paths, clock=clock, report_bug=report_bug, tell=tell)
    frames = FrameFeed(store, clock, speed=speed_of(clock))
    return Core(
        paths=paths,
        clock=clock,
        settings=keeper,
        secrets=secrets,
        redactor=redactor,
        exchanges=exchanges,
        store=store,
        frames=frames,
        profiles=profiles,
        reports=reports,
        wallboards=WallboardBook(paths.wallboards_file, tell=tell),
        limits=limits,
        alerts=Alerts(
            paths,
            frames,
            clock,
            tell=tell,
            report_bug=report_bug,
            hides_names=lambda: keeper.settings.general.record_masked or keeper.settings.general.privacy,
            profiles=lambda: [profile.id for profile in profiles.all],
        ),
        recorder=Recorder(
            paths.recordings,
            clock=clock,
            general=lambda: keeper.settings.general,
            tell=tell,
            report_bug=report_bug,
        ),
        messages=loaded.messages,
    )
