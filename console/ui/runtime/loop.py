"""The event loop: Qt and asyncio on one thread. The only module that knows qasync."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import PySide6.QtWidgets  # noqa: F401 - first: qasync binds to the Qt it finds imported
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from console.ui.runtime.pool import DaemonPool

log = logging.getLogger(__name__)

SIGNAL_CHECK_MS = 200  # Python sees Ctrl-C only when it runs; an idle Qt loop would make it wait for the next event

Main = Callable[[QApplication], Coroutine[Any, Any, int]]
Handler = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


def run(main: Main, app: QApplication, *, handler: Handler | None = None) -> int:
    """Run `main(app)` on Qt's event loop until it returns; returns its exit code.

    Whatever `main` holds open must be closed before it returns (an `AsyncExitStack`); tasks left over are
    cancelled. KeyboardInterrupt is raised to the caller after `main` was cancelled and has cleaned up.

    Args:
        main: makes the coroutine of the whole program.
        app: the application, without a running loop.
        handler: takes what asyncio reports outside any task, as a loop's exception handler does; default: the log.
    """
    app.setQuitOnLastWindowClosed(False)
    heartbeat = QTimer()
    heartbeat.setInterval(SIGNAL_CHECK_MS)
    heartbeat.timeout.connect(_let_python_run)
    heartbeat.start()
    try:
        with asyncio.Runner(loop_factory=lambda: make_loop(app, handler)) as runner:
            return runner.run(main(app))
    finally:
        heartbeat.stop()


class _Loop(QEventLoop):  # type: ignore[misc]
    """qasync's loop, which leaves nothing to Qt when it is closed."""

    def close(self) -> None:
        """Close it and stop its timers, here and now.

        qasync's timers run on in a closed loop until they would have fired. Whatever thread lets go of the loop last
        (a look-up of a name that took too long, a keyring) would free them, and Qt, which can stop a timer only on
        the timer's own thread, would call what is gone when they are due: QObject's documentation, "thread affinity".
        """
        if self.is_running() or self.is_closed():
            super().close()
            return
        super().close()
        callbacks = self._timer._SimpleTimer__callbacks
        for timer in callbacks:
            self._timer.killTimer(timer)
        callbacks.clear()


def make_loop(app: QApplication, handler: Handler | None = None) -> asyncio.AbstractEventLoop:
    """The loop of `run`, not yet running, for those who run and close it themselves."""
    loop: asyncio.AbstractEventLoop = _Loop(app)
    loop.set_default_executor(DaemonPool(release=loop.call_soon_threadsafe))  # qasync takes any executor
    loop.set_exception_handler(handler or _log_error)
    return loop


def _let_python_run() -> None:
    """Do nothing: that Python code ran at all is the point."""


def _log_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("%s", context.get("message") or "error in the event loop", exc_info=context.get("exception"))
