"""Opens the window: first paint from settings alone, everything else right after; a clean end within two seconds.

Nothing heavy is imported before the first paint: no event loop, network, keyring or vendor.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication

from console.app import memory
from console.app.crash import CrashHandler
from console.cli.exits import BUG, OK, UNREACHABLE, USAGE, complain, exit_code
from console.cli.main import demo_arguments
from console.domain.clock import SystemClock
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import message
from console.engine.demo import DemoServers
from console.net.redact import Redactor
from console.settings.paths import Paths, prepare, resolve_paths
from console.settings.schema import General
from console.settings.store import LoadReport, SettingsStore
from console.settings.window import WindowMemory
from console.ui.runtime.first_paint import paint_now
from console.ui.text import tr, translate
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow

if TYPE_CHECKING:
    from console.engine.core import Core
    from console.ui.wallboard.window import WallboardWindow

CALM_MS = 3000  # by then everything that stays has been loaded and the first figures are on screen
CLOSE_S = 1.5  # every room gets this long to close, then the program ends all the same


def open_window(args: argparse.Namespace, redactor: Redactor, crash: CrashHandler) -> int:
    """Run the window until the user leaves, or until the picture asked for is taken; returns the exit code."""
    if not _has_display():
        if not args.screenshot:
            complain(message("program.no_display"))
            return USAGE
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with ExitStack() as stack:
        demo = None
        try:
            if args.demo:
                demo = DemoServers.spawn(demo_arguments(args))
                stack.callback(demo.stop)
            paths = prepare(_paths(args, stack))
            _check_wallboard(args, paths)
        except ConsoleError as error:
            complain(error)
            return exit_code(error)
        try:
            return _Program(args, paths, redactor, crash, demo).run()
        except Exception as error:  # the boundary: whatever is broken is written down and said
            crash.report("window", error)
            complain(message("program.bug", what=type(error).__name__, path=str(paths.logs)))
            return BUG


def _paths(args: argparse.Namespace, stack: ExitStack) -> Paths:
    """Where data lives; a demo leaves nothing behind unless a folder was named."""
    if args.demo and not args.config_dir:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="supervisor-console-", ignore_cleanup_errors=True)
        )
        return resolve_paths(folder)
    return resolve_paths(args.config_dir)


def _check_wallboard(args: argparse.Namespace, paths: Paths) -> None:
    """UserError for a wallboard that is not there: nobody waits before a display for one that never comes."""
    if not args.wallboard:
        if args.screen is not None:
            raise UserError(message("wallboard.screen_alone"))
        return
    from console.engine.wallboards import known_names

    names = known_names(paths.wallboards_file)
    if args.wallboard.strip().casefold() not in (name.casefold() for name in names):
        raise UserError(message("wallboard.unknown", name=args.wallboard, known=", ".join(names)))


def _has_display() -> bool:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Program:
    """One run of the window."""

    def __init__(
        self,
        args: argparse.Namespace,
        paths: Paths,
        redactor: Redactor,
        crash: CrashHandler,
        demo: DemoServers | None,
    ) -> None:
        self._args = args
        self._paths = paths
        self._redactor = redactor
        self._crash = crash
        self._demo = demo
        self._clock = SystemClock(speed=args.speed or 1.0)
        self._settings = SettingsStore(paths.settings_file)
        self._memory = WindowMemory(paths.window_file)
        self._window: MainWindow | None = None
        self._wallboard: WallboardWindow | None = None

    def run(self) -> int:
        """Paint, then work, then close."""
        loaded = self._settings.load()
        self._memory.load()
        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        app.setApplicationName("Supervisor Console")
        app.setDesktopFileName("supervisor-console")
        theme = Theme(self._args.theme or loaded.settings.general.theme)
        theme.apply(app)
        window = MainWindow(
            theme,
            self._clock,
            general=self._general(loaded),
            state=self._memory,
            profiles=() if self._demo else loaded.settings.profiles,
            is_demo=self._demo is not None,
            report=self._crash.report,
        )
        if self._args.wallboard:
            if self._args.screen is not None and self._args.screen > len(app.screens()):
                complain(message("wallboard.screen", n=self._args.screen, count=len(app.screens())))
                return USAGE
        elif self._args.size:
            window.resize(*self._args.size)
            window.show()
        else:
            window.open()
        if self._demo is not None:
            window.show_waiting(
                "The demo call centre is starting", "A floor of queues, agents and callers is being set up."
            )
        paint_now(app)
        return self._work(app, window, loaded)

    def _general(self, loaded: LoadReport) -> General:
        general = loaded.settings.general
        return replace(general, theme=self._args.theme) if self._args.theme else general

    def _work(self, app: QApplication, window: MainWindow, loaded: LoadReport) -> int:
        from console.app.logs import set_up_logs
        from console.ui.runtime.loop import run

        set_up_logs(self._paths.logs, self._redactor)
        self._crash.install(self._paths.crashes)
        self._crash.tell_through(window.show_fault)
        try:
            return run(lambda _: self._main(window, loaded), app, handler=self._crash.on_loop_exception)
        except KeyboardInterrupt:
            return OK
        finally:
            self._crash.tell_through(None)

    async def _main(self, window: MainWindow, loaded: LoadReport) -> int:
        from console.engine.core import open_core
        from console.tasks import TaskScope

        leave = asyncio.Event()
        self._window = window
        window.exit_requested.connect(leave.set)
        window.demo_requested.connect(_open_demo if self._demo is None else self._start_again)
        core = open_core(
            self._paths,
            report_bug=self._crash.report,
            redactor=self._redactor,
            tell=lambda note: window.say([note]),
            settings=self._settings,
            loaded=loaded,
            in_memory_secrets=self._demo is not None,
            clock=self._clock,
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(_in_time, self._memory.aclose)
            stack.push_async_callback(_in_time, core.aclose)
            stack.push_async_callback(_in_time, window.aclose)
            window.general_changed.connect(
                lambda general: core.settings.change(lambda settings: replace(settings, general=general))
            )
            scope = await stack.enter_async_context(TaskScope("start", lambda name, error: None))  # told by `result`
            starting = scope.start(self._start(core, window), "rooms")
            leaving = scope.start(leave.wait(), "leave")
            await asyncio.wait({starting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                return OK  # a keyring or a demo that takes its time holds nobody who wants to leave
            if not starting.result():
                return UNREACHABLE if self._args.screenshot else await _until(leave)
            if self._args.screenshot:
                return await self._take_picture(window, leave)
            return await _until(leave)

    async def _start(self, core: Core, window: MainWindow) -> bool:
        """Bring the floor to life; False when the demo did not start."""
        from console.app.services import make_services

        window.attach(await make_services(core, is_demo=self._demo is not None))
        if self._args.wallboard:
            await self._open_wallboard(window)
        if self._demo is not None and not await self._take_demo(self._demo, core, window):
            return False
        core.profiles.start()
        self._watch_memory(window)
        return True

    async def _open_wallboard(self, window: MainWindow) -> None:
        """The board instead of the window, which stays hidden until the board is left."""
        from console.ui.desks.wall_desk import WallDesk

        desk = next(desk for desk in window.desks.desks if isinstance(desk, WallDesk))
        size = QSize(*self._args.size) if self._args.size else None
        self._wallboard = await desk.open_named(self._args.wallboard, self._args.screen, size)

    def _watch_memory(self, window: MainWindow) -> None:
        """The garbage collector's ways once everything is loaded; timers of the window, so they end with it."""
        QTimer.singleShot(CALM_MS, window, memory.spare_what_stays)
        for interval_ms, look in (
            (memory.LOOK_MS, memory.look_when_due),
            (memory.THOROUGH_MS, memory.look_everywhere),
        ):
            keeper = QTimer(window)
            keeper.setInterval(interval_ms)
            keeper.timeout.connect(look)
            keeper.start()

    async def _take_demo(self, demo: DemoServers, core: Core, window: MainWindow) -> bool:
        try:
            for offered in await demo.ready():
                await core.profiles.save(offered.profile, offered.secrets, session_only=True)
                if offered.report_keys:
                    await core.reports.note_keys(offered.profile.id, offered.report_keys)
        except ConsoleError as error:
            if self._args.screenshot:
                complain(error)
            if self._wallboard is not None:
                self._wallboard.close()  # the window comes instead, with what went wrong
            window.show_failure(
                tr("The demo call centre did not start"), translate(error.message), "demo", tr("Try again")
            )
            return False
        return True

    def _start_again(self) -> None:
        """The whole demo anew, with the same arguments; this window makes room for it."""
        _spawn(*sys.argv[1:])
        if self._window is not None:
            self._window.close()

    async def _take_picture(self, window: MainWindow, leave: asyncio.Event) -> int:
        await self._clock.wait(leave, self._args.after)
        shown: MainWindow | WallboardWindow = self._wallboard or window
        shown.refresh()
        if shown.grab().save(self._args.screenshot, "PNG"):
            return OK
        complain(UserError(message("io.write", path=self._args.screenshot, reason="the folder cannot be written")))
        return USAGE


def _open_demo() -> None:
    """A demo beside this window, in a process of its own with its own folder."""
    _spawn("--demo")


def _spawn(*arguments: str) -> None:
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "console"]
    subprocess.Popen([*command, *arguments], start_new_session=True)  # noqa: S603 - our own program


async def _until(leave: asyncio.Event) -> int:
    await leave.wait()
    return OK


async def _in_time(close: Callable[[], Awaitable[None]]) -> None:
    """Close a room, but do not let one that hangs hold up the end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await close()
