"""Runs a command of the command line and turns its end into an exit code."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import subprocess
from typing import TYPE_CHECKING

from console.cli import exits
from console.cli.exits import complain, drop_output
from console.domain.errors import ConsoleError, SettingsError
from console.domain.messages import message
from console.engine.demo import child_command
from console.engine.session import ReportBug
from console.net.redact import Redactor
from console.settings.paths import Paths, prepare

if TYPE_CHECKING:
    from console.cli.report_files import WritePdf

log = logging.getLogger(__name__)


def run(
    args: argparse.Namespace,
    paths: Paths,
    redactor: Redactor,
    report_bug: ReportBug,
    write_pdf: WritePdf | None = None,
) -> int:
    """Run the command in `args`; returns its exit code. Only the boundary below catches everything.

    Args:
        write_pdf: writes a result as PDF; only the composition root has what can.
    """
    if args.command == "demo-servers":
        return serve_demo(args)
    try:
        return asyncio.run(_run(args, paths, redactor, report_bug, write_pdf))
    except ConsoleError as error:
        complain(error)
        if isinstance(error.__cause__, OSError):
            drop_output()
        return exits.exit_code(error)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        drop_output()
        return exits.OK
    except Exception as error:
        report_bug("cli", error)
        complain(message("program.bug", what=type(error).__name__, path=str(paths.logs)))
        return exits.BUG


async def _run(
    args: argparse.Namespace, paths: Paths, redactor: Redactor, report_bug: ReportBug, write_pdf: WritePdf | None
) -> int:
    from console.cli import live, profile
    from console.engine.core import open_core

    core = open_core(prepare(paths), report_bug=report_bug, redactor=redactor, tell=complain)
    for note in core.messages:
        complain(note)
    try:
        if args.command == "live":
            return await live.run(args, core)
        if args.command == "report":
            from console.cli import report

            code = await report.run(args, core, write_pdf)
        else:
            code = await profile.run(args, core)
        if core.settings.problem is not None:
            raise SettingsError(core.settings.problem)
        return code
    finally:
        await core.aclose()


def demo_arguments(args: argparse.Namespace) -> list[str]:
    """The demo's own arguments out of ours."""
    arguments = []
    for name in ("seed", "speed", "queues", "agents", "site_zone"):
        value = getattr(args, name, None)
        if value is not None:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            arguments += [f"--{name.replace('_', '-')}", text]
    for quirk in getattr(args, "quirk", None) or ():
        arguments += ["--quirk", quirk]
    if getattr(args, "tls", False):
        arguments.append("--tls")
    return arguments


def serve_demo(args: argparse.Namespace) -> int:
    """`demo-servers`: run the child in our place, with our output, until it is interrupted."""
    child = subprocess.Popen(child_command(demo_arguments(args)), stdin=subprocess.PIPE)  # noqa: S603
    try:
        return child.wait()
    except KeyboardInterrupt:
        return exits.OK
    finally:
        if child.stdin is not None:
            child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1.5)
        if child.poll() is None:
            child.kill()
