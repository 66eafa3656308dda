"""The command line: what can be said, with help. Light on imports: `--version` must answer at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from console import __version__
from console.cli.report_parser import add_report


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, then where help is; exits 2."""

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`."""
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. Help: {self.prog} --help\n")


def _number(low: float, high: float, kind: type[int] | type[float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} does not lie between {low:g} and {high:g}")
        return value

    return parse


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 320 <= int(width) <= 7680 and 240 <= int(height) <= 4320):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1366x768")
    return int(width), int(height)


def _demo_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the demo call centre")
    group.add_argument("--seed", type=_number(0, 2**32, int), help="another number, another day (default 1)")
    group.add_argument("--speed", type=_number(0.1, 3600, float), help="how fast its time runs (default 1)")
    group.add_argument("--queues", type=_number(1, 500, int), help="number of queues (default 12)")
    group.add_argument("--agents", type=_number(1, 10_000, int), help="number of agents (default 60)")
    group.add_argument(
        "--quirk",
        action="append",
        metavar="SYSTEM.NAME=VALUE",
        help="a habit of one installation, like asternic.clock_times=true; an unknown name lists what there is",
    )
    group.add_argument("--site-zone", metavar="ZONE", help="time zone of the site, like Europe/Berlin")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="supervisor-console",
        description="Live queues, agents and waiting callers of your phone systems, side by side. "
        "Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"Supervisor Console {__version__}")
    parser.add_argument("--config-dir", metavar="DIR", help="keep everything under this folder")
    parser.add_argument("--demo", action="store_true", help="open on a simulated call centre")
    parser.add_argument("--screenshot", metavar="FILE", help="save a picture of the window as PNG and leave")
    parser.add_argument(
        "--after", type=_number(0, 600, float), default=6.0, metavar="S", help="seconds before the picture (6)"
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, like 1920x1080")
    parser.add_argument("--theme", choices=("dark", "light"), help="theme for this run")
    parser.add_argument("--wallboard", metavar="NAME", help="open this wallboard, full screen, instead of the window")
    parser.add_argument(
        "--screen", type=_number(1, 16, int), metavar="N", help="display for --wallboard (1 is the first)"
    )
    _demo_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _add_profile(commands.add_parser("profile", help="connections: add, list, show, test, map, remove, export, import"))
    _add_live(commands.add_parser("live", help="live figures of a connection"))
    add_report(commands.add_parser("report", help="reports: list, describe, request, run, import"), Parser)
    demo = commands.add_parser("demo-servers", help="serve the demo call centre on this machine until interrupted")
    _demo_options(demo)
    demo.add_argument("--tls", action="store_true", help="serve https with a throwaway certificate")
    commands.add_parser("self-test", help="check that this installation is whole")
    return parser


def _add_live(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the profile")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--once", action="store_true", help="print once and leave (the default)")
    mode.add_argument("--follow", action="store_true", help="print each new state until interrupted")
    parser.add_argument("--json", action="store_true", help="as JSON, one object per state")
    parser.add_argument(
        "--wait", type=_number(0, 600, float), default=10.0, metavar="S", help="longest wait for warming values (10)"
    )


def _add_profile(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="profile_command", metavar="COMMAND", required=True, parser_class=Parser)
    add = commands.add_parser("add", help="add a connection; its secret comes on standard input")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--backend", required=True, metavar="SYSTEM", help="chronicall, xima, ...")
    add.add_argument("--url", required=True, help="address of the server")
    add.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a field of the system")
    add.add_argument("--pin", default="", metavar="SHA256", help="trust just the certificate of this fingerprint")
    add.add_argument("--ca-file", default="", metavar="FILE", help="trust the authorities in this PEM file")
    add.add_argument("--allow-plain-http", action="store_true", help="send the secret over http, unprotected")
    add.add_argument("--poll", type=_number(1, 3600, float), metavar="S", help="seconds between polls (5)")
    add.add_argument("--site-zone", default="", metavar="ZONE", help="time zone of the site, like America/New_York")
    add.add_argument("--week-start", default="monday", metavar="DAY", help="first day of a week in reports (monday)")
    listing = commands.add_parser("list", help="all connections")
    listing.add_argument("--json", action="store_true")
    show = commands.add_parser("show", help="one connection")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--json", action="store_true")
    test = commands.add_parser("test", help="sign in, read a little, say what was found")
    test.add_argument("name", metavar="NAME")
    remove = commands.add_parser("remove", help="remove a connection and its secret")
    remove.add_argument("name", metavar="NAME")
    mapping = commands.add_parser("map", help="tie a column to a metric of the system")
    mapping.add_argument("name", metavar="NAME")
    mapping.add_argument("mapping", nargs="+", metavar="COLUMN=METRIC_ID", help="like waiting=K0FLAEB6; empty unties")
    export = commands.add_parser("export", help="write connections to a file, without secrets")
    export.add_argument("file", metavar="FILE", nargs="?", default="-", help="the file, - for standard output")
    load = commands.add_parser("import", help="read connections from an exported file")
    load.add_argument("file", metavar="FILE", help="the file, - for standard input")
