"""`report list|describe|request|run|import|flow`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from console.cli import report_flow, report_run
from console.cli.exits import OK, complain, exit_code, say
from console.cli.profile import read_input
from console.cli.report_files import WritePdf
from console.cli.report_values import profiles_of, values_of
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import english, message
from console.engine.core import Core
from console.engine.report_library import Collision
from console.net.address import parse_address
from console.net.redact import one_line
from console.reports.loader import definition_to_json
from console.reports.schema import Param, ParamKind, ReportDefinition
from console.reports.snippets import snippet
from console.reports.validate_text import value_to_text

SHOWN_CHOICES = 12


async def run(args: argparse.Namespace, core: Core, write_pdf: WritePdf | None = None) -> int:
    """Run the chosen `report` command; returns the exit code, raises ConsoleError.

    Args:
        write_pdf: writes a result as PDF, where there is something that can.
    """
    await core.reports.load()
    if args.report_command == "run":
        return await report_run.run(args, core, write_pdf)
    commands = {
        "list": _list,
        "describe": _describe,
        "request": _request,
        "import": _import,
        "flow": report_flow.run,
    }
    return await commands[args.report_command](args, core)


async def _list(args: argparse.Namespace, core: Core) -> int:
    code = OK
    documents: list[Any] = []
    profiles = profiles_of(args, core)
    for profile in profiles:
        known = await core.reports.definitions(profile.id)
        if not args.offline:
            try:
                known = await core.reports.discover(profile.id)
            except ConsoleError as error:  # what is known without it is of use all the same
                complain(error)
                code = exit_code(error)
        if args.json:
            documents += [{"profile": profile.name, **_summary(definition)} for definition in known]
            continue
        if len(profiles) > 1:
            say(one_line(profile.name))
        for definition in known:
            say(
                one_line("\t".join((definition.id, definition.title, definition.category, _marks(definition)))).rstrip()
            )
    if args.json:
        say(json.dumps(documents, ensure_ascii=False, indent=2))
    return code


def _summary(definition: ReportDefinition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "title": definition.title,
        "category": definition.category,
        "summary": definition.summary,
        "formats": [str(format) for format in definition.formats],
        "needs": definition.needs,
        "imported": definition.is_custom,
        "inferred": definition.inferred,
    }


def _marks(definition: ReportDefinition) -> str:
    marks = ["imported"] if definition.is_custom else []
    return ", ".join([*marks, *(["inferred"] if definition.inferred else [])])


async def _describe(args: argparse.Namespace, core: Core) -> int:
    for profile in profiles_of(args, core):
        definition = await core.reports.find(profile.id, args.report)
        presets = core.reports.memory.presets(profile.id, definition.id)
        if args.json:
            document = {**definition_to_json(definition), "presets": [preset.name for preset in presets]}
            say(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            say("\n".join(map(one_line, _description(definition, [preset.name for preset in presets]))))
    return OK


def _description(definition: ReportDefinition, presets: list[str]) -> list[str]:
    lines = [f"{definition.title} ({definition.id})"]
    for label, text in (
        ("", definition.summary),
        ("needs", definition.needs),
        ("source", definition.source),
        ("comes as", ", ".join(definition.formats) + (", or another word" if definition.free_format else "")),
        ("presets", ", ".join(presets)),
        ("", "Inferred from its neighbours, not documented." if definition.inferred else ""),
    ):
        if text:
            lines.append(f"  {label:<9} {text}" if label else f"  {text}")
    if definition.params:
        lines += ["", "Parameters"]
        for param in definition.params:
            lines += _parameter(param)
    if definition.columns:
        lines += ["", "Columns"]
        lines += [f"  {column.title}" + (f": {column.help}" if column.help else "") for column in definition.columns]
    return lines


def _parameter(param: Param) -> list[str]:
    facts = [param.kind.value]
    if param.required:
        facts.append("needed")
    if param.default is not None:
        facts.append(f"else {value_to_text(param, param.default)}")
    if param.unit:
        facts.append(f"in {param.unit}")
    if param.directory:
        facts.append(f"a list of the system ({param.directory})")
    if param.inferred:
        facts.append("inferred")
    lines = [f"  {param.id:<18} {param.label} ({', '.join(facts)})"]
    if param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD):
        lines.append(f"  {'':<18}   --timeframe yesterday, last_week, last_7_days, 2016-08-01..2016-08-10, ...")
    words = [c.value if c.label == c.value else f"{c.value} ({c.label})" for c in param.choices[:SHOWN_CHOICES]]
    if words:
        more = len(param.choices) - len(words)
        lines.append(f"  {'':<18}   {', '.join(words)}" + (f" and {more} more" if more else ""))
    if param.help:
        lines.append(f"  {'':<18}   {param.help}")
    return lines


async def _request(args: argparse.Namespace, core: Core) -> int:
    for profile in profiles_of(args, core):
        definition = await core.reports.find(profile.id, args.report)
        values, asked = await values_of(args, core, profile, definition)
        plan = await core.reports.plan(profile.id, definition, values, asked)
        details = await core.reports.details(profile.id, plan)
        say(snippet(details, args.language).rstrip("\n"))
        for note in details.notes:
            complain(note)
    return OK


async def _import(args: argparse.Namespace, core: Core) -> int:
    profile = core.profiles.find(args.name)
    collision = Collision.REPLACE if args.replace else Collision.KEEP_BOTH if args.keep_both else Collision.REFUSE
    text = _pasted(args.source)
    try:
        imported = await core.reports.import_report(profile.id, text, collision=collision, title=args.title)
    except UserError as error:
        if error.message.code != "report.import_exists":
            raise
        raise UserError(message("report.import_how", what=english(error.message))) from error
    definition = imported.definition
    say(one_line(english(message("report.imported", title=definition.title, report=definition.id))))
    for note in imported.notes:
        complain(note)
    if imported.base_url and _origin(imported.base_url) != _origin(profile.url):
        complain(message("report.imported_other", base_url=imported.base_url, profile=profile.name, url=profile.url))
    return OK


def _pasted(source: str) -> str:
    try:
        raw = read_input() if source == "-" else Path(source).read_bytes()
    except OSError as failure:
        raise UserError(message("io.read", path=source, reason=failure.strerror or "unknown")) from failure
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    if not text.strip():
        raise UserError(message("report.empty_paste", path=source))
    return text


def _origin(url: str) -> str:
    try:
        address = parse_address(url)
    except ConsoleError:
        return url
    return f"{address.host}:{address.port}"
