"""What the window is handed once it has been painted: the core behind the window's own narrow contract."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.domain.errors import UserError
from console.domain.messages import Message, english, message
from console.domain.model import ProfileId
from console.domain.provenance import Exchange
from console.domain.service_level import formula_words
from console.engine.core import Core
from console.settings.profiles import export_profiles, import_profiles
from console.ui.services import Services
from console.ui.text import tr

if TYPE_CHECKING:
    from console.engine.autostart import LoginBoards
    from console.engine.reconcile import Reconciler
    from console.engine.schedules.service import Schedules
    from console.engine.service_levels import CallCounter
    from console.reports.call_list import CallList
    from console.reports.day_report import DayReport
    from console.reports.request import RequestDetails

SCHEDULES: Final = "schedules"  # folder beside the settings; the command line looks there too
NOT_IN_DEMO: Final = (
    "The demo call centre ends with this window, so nothing can run later. Add a connection of your own to schedule "
    "its reports."
)


async def make_services(core: Core, *, is_demo: bool = False) -> Services:
    """The services of a core; asks the secret store once what it is, off the loop's thread.

    Args:
        is_demo: reports of the demo cannot be scheduled: its servers end with the window.
    """
    await core.limits.load()
    core.alerts.use_history(core.recorder)
    await core.alerts.start()
    store_info = await core.secrets.describe()
    described = f"{store_info.name}: {english(store_info.message)}"
    transfer = _Transfer(core)
    core.recorder.start(core.frames)
    return Services(
        store=core.store,
        profiles=core.profiles,
        secret_store=lambda: described,
        folders={
            "Settings": core.paths.config,
            "Window layout": core.paths.state,
            "Recording": core.paths.recordings,
            "Logs": core.paths.logs,
        },
        export_profiles=transfer.write,
        import_profiles=transfer.read,
        messages=core.messages,
        exchange=core.exchanges.for_figure,
        formula=_formula,
        reports=core.reports,
        schedules=None if is_demo else _schedules(core),
        schedules_off=tr(NOT_IN_DEMO) if is_demo else "",
        requests_of=_Requests(core).of,
        frames=core.frames,
        history=core.recorder,
        wallboards=core.wallboards,
        login_boards=None if is_demo else _login_boards(core),
        limits=core.limits,
        alerts=core.alerts,
        reconciler=_reconciler(core),
        call_counter=_call_counter(core),
    )


def _call_counter(core: Core) -> CallCounter:
    """What counts today's calls one by one, where a kind of system lists them."""
    from console.engine.service_levels import CallCounter

    def call_list(backend: str) -> tuple[str, CallList | None]:
        spec = core.profiles.spec(backend)
        return spec.title, spec.call_list

    return CallCounter(reports=core.reports, clock=core.clock, profile=core.profiles.get, call_list=call_list)


def _reconciler(core: Core) -> Reconciler:
    """What compares live figures with the report of the day that each kind of system names."""
    from console.engine.reconcile import Reconciler

    def day_report(backend: str) -> tuple[str, DayReport | None]:
        spec = core.profiles.spec(backend)
        return spec.title, spec.day_report

    return Reconciler(
        store=core.store, reports=core.reports, history=core.recorder, clock=core.clock, day_report=day_report
    )


def _schedules(core: Core) -> Schedules:
    """The schedules of this installation, with the system's own scheduler."""
    from console.engine.schedules.service import Schedules, this_program
    from console.engine.schedules.system import this_system

    scheduler = this_system(sys.platform, Path.home(), dict(os.environ))
    chosen = str(core.paths.config) if core.paths.chosen else ""
    return Schedules(core.paths.config / SCHEDULES, scheduler, this_program(), chosen)


def _login_boards(core: Core) -> LoginBoards | None:
    """Wallboards at log-in, in this system's own way."""
    from console.engine.autostart import LoginBoards, this_autostart
    from console.engine.schedules.service import this_program

    way = this_autostart(sys.platform, Path.home(), dict(os.environ))
    chosen = str(core.paths.config) if core.paths.chosen else ""
    return LoginBoards(way, this_program(), chosen) if way is not None else None


def _formula(formula_id: str) -> str:
    """A formula in words; those without are named so that they can be read."""
    from console.vendors.xima.values import FORMULAS

    if words := formula_words(formula_id):
        return words
    return FORMULAS.get(formula_id, formula_id)


class _Requests:
    """The requests behind a live figure, to be made elsewhere: the GET, or what the vendor shows for its metrics."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def of(self, exchange: Exchange, pointer: str) -> Sequence[tuple[str, RequestDetails]]:
        reports, profile_id = self._core.reports, ProfileId(exchange.profile_id)
        if self._core.profiles.get(profile_id) is None:
            return ()
        found = list(await reports.live_details(profile_id, await asyncio.to_thread(_metric_ids, exchange, pointer)))
        again = await reports.exchange_details(exchange) if not found else None
        return [(tr("Ask again"), again)] if again is not None else found


def _metric_ids(exchange: Exchange, pointer: str) -> tuple[str, ...]:
    """The metric a place of a kept reply belongs to; none where the reply does not say."""
    try:
        value: object = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return ()
    for key in ("", *pointer.split("/")[1:]):
        if isinstance(value, dict) and key:
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        named = value.get("key") if isinstance(value, dict) else None
        metric_id = named.get("metricId") if isinstance(named, dict) else None
        if isinstance(metric_id, str):
            return (metric_id,)
    return ()


class _Transfer:
    """Profiles to and from a file, without their secrets; the disk is touched on a thread."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def write(self, path: Path) -> Sequence[Message]:
        text = export_profiles(self._core.profiles.all)
        try:
            await asyncio.to_thread(path.write_text, text, "utf-8")
        except OSError as failure:
            raise UserError(message("io.write", path=str(path), reason=failure.strerror or "unknown")) from failure
        return ()

    async def read(self, path: Path) -> Sequence[Message]:
        try:
            text = await asyncio.to_thread(path.read_bytes)
        except OSError as failure:
            raise UserError(message("io.read", path=str(path), reason=failure.strerror or "unknown")) from failure
        profiles = self._core.profiles
        known = {spec.id for spec in profiles.specs()}
        own = profiles.own_problems
        everything, added = import_profiles(text, profiles.all, path=path.name, backends=known, check_own=own)
        notes = await profiles.replace_all(everything)
        return (*notes, message("profile.imported", names=", ".join(profile.name for profile in added)))
