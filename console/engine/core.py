"""The core: settings, secrets, store and profiles put together, for the window and the command line alike."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from console.domain.clock import Clock, SystemClock
from console.domain.messages import Message
from console.engine.profiles import Profiles
from console.engine.session import ReportBug
from console.engine.store import Store
from console.net.exchange import ExchangeLog
from console.net.redact import Redactor
from console.settings.paths import Paths
from console.settings.secrets import Secrets
from console.settings.store import SettingsStore


@dataclass(frozen=True)
class Core:
    """Everything below a face, opened together and closed together."""

    paths: Paths
    clock: Clock
    settings: SettingsStore
    secrets: Secrets
    redactor: Redactor
    exchanges: ExchangeLog
    store: Store
    profiles: Profiles
    messages: tuple[Message, ...]  # what happened while the settings were read

    async def aclose(self) -> None:
        """Close the sessions, then write what has not been written."""
        await self.profiles.aclose()
        await self.settings.aclose()
        await self.secrets.aclose()


def open_core(
    paths: Paths,
    *,
    report_bug: ReportBug,
    redactor: Redactor,
    settings: SettingsStore | None = None,
    secrets: Secrets | None = None,
    clock: Clock | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Core:
    """Read the settings (unless they come along already loaded) and put the rooms together; starts nothing.

    Raises SettingsError when the folder cannot be used.
    """
    clock = clock or SystemClock()
    messages: tuple[Message, ...] = ()
    if settings is None:
        settings = SettingsStore(paths)
        messages = settings.load().messages
    secrets = secrets or Secrets.system(environ)
    exchanges = ExchangeLog(redactor)
    store = Store()
    profiles = Profiles(
        settings=settings,
        secrets=secrets,
        store=store,
        clock=clock,
        exchanges=exchanges,
        redactor=redactor,
        report_bug=report_bug,
    )
    return Core(paths, clock, settings, secrets, redactor, exchanges, store, profiles, messages)
