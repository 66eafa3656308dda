"""Leaving: whatever is still starting or hanging, nobody who closes the window is held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from console.app.crash import CrashHandler
from console.app.window import _Program
from console.cli.parser import build_parser
from console.domain.clock import SystemClock
from console.engine.core import open_core
from console.engine.demo import DemoServers
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths
from console.settings.schema import General
from console.settings.store import LoadReport
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow
from tests.support import until

Arun = Callable[..., Any]


class SlowDemo:
    """A world that is never ready."""

    asked = False

    async def ready(self) -> None:
        self.asked = True
        await asyncio.Event().wait()


def test_a_demo_that_is_still_starting_holds_nobody(arun: Arun, qapp: Any, tmp_path: Path) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    demo = SlowDemo()

    async def leave_early() -> int:
        args = build_parser().parse_args(["--demo"])
        paths = prepare(resolve_paths(tmp_path / "home"))
        program = _Program(args, paths, Redactor(), CrashHandler(), cast(DemoServers, demo))
        loaded: LoadReport = program._settings.load()
        window = MainWindow(Theme("light"), SystemClock(), general=General(), state=MemoryState())
        window.show()
        running = asyncio.ensure_future(program._main(window, loaded))
        await until(lambda: demo.asked)
        window.close()
        try:
            async with asyncio.timeout(5):
                return await running
        finally:
            window.deleteLater()

    assert arun(leave_early()) == 0


async def test_connections_that_do_not_end_cost_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = open_core(
        prepare(resolve_paths(tmp_path)),
        report_bug=lambda where, error: None,
        redactor=Redactor(),
        tell=lambda note: None,
        in_memory_secrets=True,
    )

    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(core.profiles, "aclose", hang)
    core.settings.change(lambda settings: type(settings)(settings.profiles, General(theme="dark")))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await core.aclose()
    assert '"dark"' in core.paths.settings_file.read_text()
