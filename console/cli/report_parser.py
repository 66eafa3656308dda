"""What can be said behind `report`."""

from __future__ import annotations

import argparse

FORMATS = ("original", "csv", "xlsx", "json", "html", "pdf", "parquet")
LANGUAGES = ("http", "curl", "python", "powershell", "json")


def add_report(parser: argparse.ArgumentParser, kind: type[argparse.ArgumentParser]) -> None:
    """The commands of `report`; `kind` is the class of parser they get."""
    commands = parser.add_subparsers(dest="report_command", metavar="COMMAND", required=True, parser_class=kind)
    listing = commands.add_parser("list", help="the reports of a connection")
    _add_names(listing)
    listing.add_argument("--offline", action="store_true", help="what is known without asking the system")
    listing.add_argument("--json", action="store_true")
    describe = commands.add_parser("describe", help="what a report asks for and gives")
    _add_report_name(describe)
    describe.add_argument("--json", action="store_true")
    request = commands.add_parser("request", help="the request a report is, for other programs")
    _add_report_name(request)
    _add_values(request)
    request.add_argument(
        "--as", dest="language", choices=LANGUAGES, default="http", help="written for what (http); secrets stay out"
    )
    run = commands.add_parser("run", help="run a report: to the terminal, or into a file")
    _add_report_name(run)
    _add_values(run)
    run.add_argument("--format", choices=FORMATS, help="what to write; original keeps the bytes of the system")
    run.add_argument(
        "--output", metavar="FILE", help="the file, - for standard output; takes {report} {site} {from} {to}"
    )
    run.add_argument("--force", action="store_true", help="replace a file that is there")
    run.add_argument("--quiet", action="store_true", help="say nothing but what went wrong")
    run.add_argument("--scheduled", metavar="ID", default="", help=argparse.SUPPRESS)
    flow = commands.add_parser("flow", help="the course of one call, where the system tells it")
    _add_names(flow)
    flow.add_argument("call_id", metavar="CALL_ID", help="from the column Call id of a report")
    flow.add_argument("--json", action="store_true")
    load = commands.add_parser("import", help="add a report from the system's own request details")
    load.add_argument("name", metavar="NAME", help="the profile")
    load.add_argument("--from", dest="source", required=True, metavar="FILE", help="the pasted text, or -")
    load.add_argument("--title", default="", help="what to call it")
    clash = load.add_mutually_exclusive_group()
    clash.add_argument("--replace", action="store_true", help="replace an imported report of the same id")
    clash.add_argument("--keep-both", action="store_true", help="add it under another id")


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the profile; several with commas")
    parser.add_argument("--profile", action="append", default=[], metavar="NAME", help="a further profile")


def _add_report_name(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument("report", metavar="REPORT", help="id, key or title, or how one of them begins")


def _add_values(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="P=V", help="a parameter; `describe` lists them")
    parser.add_argument(
        "--timeframe", metavar="T", help="yesterday, last_week, last_7_days, 2016-08-01..2016-08-10, ..."
    )
    parser.add_argument("--preset", metavar="NAME", help="begin with the values of a saved preset")
    parser.add_argument("--as-format", default="", metavar="WORD", help="the system's own format to ask for")
