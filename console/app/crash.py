"""The crash handler: every unforeseen exception is logged once, redacted, and told once; the floor stays up.

Frames are written without their locals: locals hold secrets.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

log = logging.getLogger("console.crash")

REPEAT_S = 60.0  # the same fault is written once a minute at most

Tell = Callable[[str], None]


class CrashHandler:
    """Collects exceptions from every seam: excepthook, threads, the event loop, task scopes, Qt's own messages."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._counts: dict[str, int] = {}
        self._tell: Tell | None = None
        self._fault_file: TextIO | None = None

    def install(self, folder: Path) -> None:
        """Take over the interpreter's hooks; hard crashes leave their stack in `folder`/fault.log."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fault_file = (folder / "fault.log").open("a", encoding="utf-8")
            faulthandler.enable(self._fault_file)
        except OSError:
            faulthandler.enable()

    def tell_through(self, tell: Tell | None) -> None:
        """Let the window show a banner for each new kind of fault; None ends it."""
        self._tell = tell

    def report(self, where: str, error: BaseException) -> None:
        """Log an exception that nobody foresaw, with its stack, at most once a minute for the same place."""
        if isinstance(error, KeyboardInterrupt):
            return
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
        key = f"{type(error).__name__}@{place}"
        self._counts[key] = self._counts.get(key, 0) + 1
        last = self._seen.get(key)
        if last is not None and time.monotonic() - last < REPEAT_S:
            return
        self._seen[key] = time.monotonic()
        log.error("fault in %s, number %d of its kind", where, self._counts[key], exc_info=error)
        if self._tell is not None:
            self._tell(type(error).__name__)

    def on_loop_exception(self, _loop: object, context: dict[str, Any]) -> None:
        """The event loop's handler for what no task owner has caught."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report("event loop", error)
        else:
            log.error("event loop: %s", context.get("message"))

    def _on_exception(self, kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, tb)
            return
        self.report("program", error)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(f"thread {args.thread.name if args.thread else '?'}", args.exc_value)

    def _on_unraisable(self, args: Any) -> None:
        if isinstance(args.exc_value, BaseException):
            self.report("clean-up", args.exc_value)
