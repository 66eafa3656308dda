"""`supervisor-console`: parses the command line and opens the window or runs a command.

Qt is imported only on the way to a window or a self-test, so that commands run where there is none.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.exits import INTERRUPTED, complain, exit_code
from console.cli.parser import build_parser
from console.domain.errors import ConsoleError
from console.engine.demo import CHILD_FLAG

if TYPE_CHECKING:
    from console.reports.export import Exported, ExportOptions
    from console.reports.result import ReportResult


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code (0 ok, 1 a bug, 2 usage, 3 refused, 4 unreachable, 5 secret store)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == [CHILD_FLAG]:
        return _serve_demo(arguments[1:])
    args = build_parser().parse_args(arguments)
    _use_utf8()
    try:
        if args.command == "self-test":
            from console.app.selftest import self_test

            return self_test()
        return _run(args)
    except KeyboardInterrupt:  # before or after the rooms that know what to do about it
        return INTERRUPTED


def _run(args: argparse.Namespace) -> int:
    from console.app.crash import CrashHandler
    from console.net.redact import Redactor
    from console.settings.paths import resolve_paths

    redactor = Redactor()
    crash = CrashHandler()
    if args.command is None:
        from console.app.memory import rest_collector

        rest_collector()
        from console.app.window import open_window

        return open_window(args, redactor, crash)

    from console.app.logs import set_up_logs
    from console.cli.main import run

    try:
        paths = resolve_paths(args.config_dir)
    except ConsoleError as error:
        complain(error)
        return exit_code(error)
    set_up_logs(paths.logs, redactor)
    crash.install(paths.crashes)
    return run(args, paths, redactor, crash.report, _write_pdf)


def _write_pdf(result: ReportResult, path: Path, options: ExportOptions) -> Exported:
    """A result as PDF: the one thing a command needs Qt for."""
    from console.app.pdf import write_pdf

    return write_pdf(result, path, options)


def _serve_demo(arguments: list[str]) -> int:
    """Be the demo's child process in a frozen program; the name keeps the product from importing the demo."""
    import runpy

    sys.argv = ["console.demo", *arguments]
    runpy.run_module("console.demo", run_name="__main__")
    return 0


def _use_utf8() -> None:
    """Names come from every language; a terminal that cannot show one gets a substitute, not a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
