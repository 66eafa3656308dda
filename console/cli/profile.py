"""`profile add|list|show|test|remove|map|export|import`."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.cli.exits import OK, SECRET_STORE, complain, say
from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.profile import DEFAULT_POLL_S, Profile
from console.domain.secret import Secret
from console.engine.core import Core
from console.net.redact import one_line
from console.settings import profiles as book
from console.settings.checks import WEEK_DAY_NAMES, check_week_start, parse_mapping
from console.settings.secrets import variable_name
from console.vendors.base import BackendSpec


async def run(args: argparse.Namespace, core: Core) -> int:
    """Run the chosen `profile` command; returns the exit code, raises ConsoleError."""
    commands = {
        "add": _add,
        "list": _list,
        "show": _show,
        "test": _test,
        "remove": _remove,
        "map": _map,
        "export": _export,
        "import": _import,
    }
    return await commands[args.profile_command](args, core)


async def _add(args: argparse.Namespace, core: Core) -> int:
    spec = core.profiles.spec(args.backend)
    if any(book.same_name(p.name, args.name) for p in core.profiles.all):
        raise UserError(message("profile.exists", name=args.name))
    profile = Profile(
        id=book.new_id(),
        name=args.name,
        backend=args.backend,
        url=args.url,
        fields=_fields(args.set),
        pin=args.pin,
        ca_file=args.ca_file,
        allow_plain_http=args.allow_plain_http,
        poll_s=args.poll or DEFAULT_POLL_S,
        site_zone=args.site_zone,
        week_start=check_week_start(args.week_start),
    )
    profile = core.profiles.validated(profile)
    secrets = _read_secrets(spec)
    by_variable = {f.id for f in spec.secret_fields if core.secrets.has_variable(profile, f.id)}
    missing = [f for f in spec.secret_fields if f.required and f.id not in secrets and f.id not in by_variable]
    if missing:
        raise UserError(message("secret.empty", field=missing[0].label))
    saved = await core.profiles.save(profile, secrets)
    say(one_line(english(message("profile.added", name=saved.profile.name))))
    lost = set(secrets) - by_variable if not saved.secrets_kept else set()
    for note in saved.messages:
        if saved.secrets_kept or (lost and "variable" in note.args):  # "for this session" means nothing here
            complain(note)
    if lost and not any("variable" in note.args for note in saved.messages):
        names = [variable_name(profile.name, field) for field in sorted(lost)]
        complain(message("secret.set_variable", profile=profile.name, variables=", ".join(names)))
    return SECRET_STORE if lost else OK


def _fields(settings: list[str]) -> dict[str, str]:
    fields = {}
    for setting in settings:
        field, equals, value = setting.partition("=")
        if not equals or not field:
            raise UserError(message("cli.value", what="--set", expected="FIELD=VALUE"))
        fields[field] = value
    return fields


def _read_secrets(spec: BackendSpec) -> dict[str, Secret]:
    """Secrets from standard input: one field, the raw line; several, one FIELD=VALUE per line."""
    fields = spec.secret_fields
    if not fields:
        return {}
    if sys.stdin is not None and sys.stdin.isatty():
        with _interruptible(), contextlib.suppress(EOFError):
            return {f.id: Secret(text) for f in fields if (text := getpass.getpass(f"{f.label}: ").strip())}
        return {}
    lines = [line.strip() for line in _input_text().splitlines() if line.strip()]
    if len(fields) == 1:
        return {fields[0].id: Secret(lines[0])} if lines else {}
    known = {f.id for f in fields}
    secrets = {}
    for line in lines:
        field, equals, value = line.partition("=")
        if not equals or field.strip() not in known:
            how = ", ".join(f"{f.id}=..." for f in fields)
            raise UserError(message("secret.stdin", how=f"one line each of {how}"))
        secrets[field.strip()] = Secret(value.strip())
    return secrets


def _input_text() -> str:
    try:
        return read_input().decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise UserError(message("secret.stdin", how="it must be UTF-8 text")) from failure


def read_input() -> bytes:
    """All of standard input; nothing where it is closed."""
    if sys.stdin is None:
        return b""
    with _interruptible():
        return sys.stdin.buffer.read()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let an interrupt end a blocking read: the event loop's own handler would wait for the read to end first."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


async def _list(args: argparse.Namespace, core: Core) -> int:
    profiles = core.profiles.all
    if args.json:
        _print_json([_as_json(p) for p in profiles])
    elif not profiles:
        say("There are no profiles yet. Add one: supervisor-console profile add NAME --backend SYSTEM --url URL")
    for p in profiles if not args.json else ():
        say(one_line(f"{p.name}\t{p.backend}\t{p.url}\t{'on' if p.enabled else 'off'}"))
    return OK


async def _show(args: argparse.Namespace, core: Core) -> int:
    profile = core.profiles.find(args.name)
    if args.json:
        _print_json(_as_json(profile))
        return OK
    spec = core.profiles.spec(profile.backend)
    trust = f"certificate {profile.pin}" if profile.pin else profile.ca_file or "this computer's authorities"
    lines = [
        profile.name,
        f"  system    {spec.title}",
        f"  address   {profile.url}",
        f"  polled    every {profile.poll_s:g} s, {'on' if profile.enabled else 'switched off'}",
        f"  trust     {trust}",
        f"  proxy     {profile.proxy}",
        f"  days      of {profile.site_zone or 'the zone the system names'}, weeks from "
        f"{WEEK_DAY_NAMES[profile.week_start].title()}",
    ]
    for field in spec.fields:
        if field not in spec.secret_fields:
            lines.append(f"  {field.id:<9} {profile.fields.get(field.id, field.default)}")
    for field in spec.secret_fields:
        known = "from the environment" if core.secrets.has_variable(profile, field.id) else "in the secret store"
        lines.append(f"  {field.id:<9} {known if await core.secrets.get(profile, field.id) else 'not known'}")
    lines += [f"  column    {column} = {metric or '(none)'}" for column, metric in sorted(profile.mapping.items())]
    say("\n".join(map(one_line, lines)))
    return OK


async def _test(args: argparse.Namespace, core: Core) -> int:
    result = await core.profiles.check(core.profiles.find(args.name))
    for finding in result.findings:
        say(one_line(english(finding)))
    for warning in result.warnings:
        complain(warning)
    return OK


async def _remove(args: argparse.Namespace, core: Core) -> int:
    profile = core.profiles.find(args.name)
    for note in await core.profiles.remove(profile):
        complain(note)
    say(one_line(english(message("profile.removed", name=profile.name))))
    return OK


async def _map(args: argparse.Namespace, core: Core) -> int:
    profile = core.profiles.find(args.name)
    for column, metric in [parse_mapping(pair) for pair in args.mapping]:  # all are checked before one is kept
        saved = await core.profiles.set_mapping(profile, column, metric)
        profile = saved.profile
        for note in saved.messages:
            complain(note)
        say(one_line(english(message("profile.mapped", column=column, name=profile.name, metric=metric or "(none)"))))
    return OK


async def _export(args: argparse.Namespace, core: Core) -> int:
    text = book.export_profiles(core.profiles.all)
    if args.file == "-":
        say(text.rstrip("\n"))
        return OK
    try:
        Path(args.file).write_text(text, encoding="utf-8")
    except OSError as failure:
        raise UserError(message("io.write", path=args.file, reason=failure.strerror or "unknown")) from failure
    return OK


async def _import(args: argparse.Namespace, core: Core) -> int:
    try:
        text = read_input() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as failure:
        raise UserError(message("io.read", path=args.file, reason=failure.strerror or "unknown")) from failure
    known = {spec.id for spec in core.profiles.specs()}
    own = core.profiles.own_problems
    profiles, added = book.import_profiles(text, core.profiles.all, path=args.file, backends=known, check_own=own)
    for note in await core.profiles.replace_all(profiles):
        complain(note)
    say(one_line(english(message("profile.imported", names=", ".join(p.name for p in added)))))
    return OK


def _as_json(profile: Profile) -> dict[str, Any]:
    exported: dict[str, Any] = json.loads(book.export_profiles((profile,)))["profiles"][0]
    return exported


def _print_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))
