"""Report definitions out of TOML files and JSON, with errors that name the place.

A file holds one report (its keys at the top) or several (``[[report]]``). A file ``_shared.toml`` beside them may hold
``[params.NAME]`` and ``[columns.NAME]``: a parameter or column with ``use = "NAME"`` takes its keys from there, its own
keys coming first. Top-level keys of a file with ``[[report]]`` are defaults for each of them.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.loader_forms import DefinitionFault, build, dump
from console.reports.loader_lines import line_of
from console.reports.schema import Json, ReportDefinition

SHARED = "_shared.toml"

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")


def load_definitions(folder: Traversable | Path, backend: str = "") -> tuple[ReportDefinition, ...]:
    """Read every ``*.toml`` of a folder, by file name; `backend` is the default of that key.

    Raises:
        UserError: a file is wrong; the sentence names file and line.
    """
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    shared: Mapping[str, Any] = {}
    for item in files:
        if item.name == SHARED:
            shared = _toml(item.read_text("utf-8"), item.name)
    found: dict[str, tuple[ReportDefinition, str]] = {}
    for item in files:
        if item.name == SHARED:
            continue
        for definition in parse_definitions(item.read_text("utf-8"), item.name, backend=backend, shared=shared):
            if definition.id in found:
                first = found[definition.id][1]
                raise UserError(message("definition.twice", report=definition.id, first=first, second=item.name))
            found[definition.id] = (definition, item.name)
    return tuple(definition for definition, _ in found.values())


def parse_definitions(
    text: str, name: str, *, backend: str = "", shared: Mapping[str, Any] | None = None
) -> tuple[ReportDefinition, ...]:
    """Read the definitions of one TOML text; `name` stands for it in errors (``agents.toml:12``).

    Raises:
        UserError: it is wrong somewhere; unknown keys are wrong too, for they are misspelt ones.
    """
    document = _toml(text, name)
    reports = document.get("report")
    several = isinstance(reports, list)
    common = {key: value for key, value in document.items() if key != "report"} if several else {}
    found: list[ReportDefinition] = []
    for index, own in enumerate(reports if isinstance(reports, list) else [document]):
        prefix: tuple[str | int, ...] = ("report", index) if several else ()
        if not isinstance(own, dict):
            raise _error(f"{name}:{line_of(text, prefix)}", "a report must be a table")
        data: dict[str, Any] = {"backend": backend, **common, **own}
        try:
            found.append(build(_used(data, shared or {})))
        except DefinitionFault as fault:
            line = line_of(text, (*prefix, *fault.path)) if fault.path and fault.path[0] in own else 0
            raise _error(f"{name}:{line or line_of(text, fault.path or prefix)}", fault.what) from None
    return tuple(found)


def definition_to_json(definition: ReportDefinition) -> dict[str, Json]:
    """The JSON form of a definition; what equals the default of its field is left out."""
    return dump(definition)


def definition_from_json(data: Json, left_out: list[str] | None = None) -> ReportDefinition:
    """Read `definition_to_json` back, exactly.

    Keys of later versions survive in reports and parameters (see `loader_forms.UNKNOWN`); those of choices and
    columns cannot be kept: their JSON pointers are appended to `left_out`.

    Raises:
        UserError: it is not such a form; the sentence names the place by JSON pointer.
    """
    if not isinstance(data, dict):
        raise _error("/", "it must be an object")
    try:
        return build(data, [] if left_out is None else left_out)
    except DefinitionFault as fault:
        raise _error("/" + "/".join(str(part) for part in fault.path), fault.what) from None


def _error(place: str, what: str) -> UserError:
    return UserError(message("definition.error", place=place, what=what))


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = _plain(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n")))
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        words = str(fault)
        match = _AT_LINE.search(words)
        line = match[1] if match else str(text.count("\n") + 1)
        raise _error(f"{name}:{line}", _AT_LINE.sub("", words).split(" (at end")[0].rstrip(".")) from None
    return document


def _plain(value: Any) -> Any:
    """TOML values as JSON has them: dates and times become text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value


def _used(data: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The report with every ``use`` replaced by what it names."""
    for field in ("params", "columns"):
        items = data.get(field)
        if isinstance(items, list):
            data[field] = [
                _use(item, shared.get(field, {}), (field, index)) if isinstance(item, dict) else item
                for index, item in enumerate(items)
            ]
    return data


def _use(item: dict[str, Any], known: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    if "use" not in item:
        return item
    base = known.get(item["use"]) if isinstance(item["use"], str) else None
    if not isinstance(base, dict):
        raise DefinitionFault((*path, "use"), f"{SHARED} holds nothing called {item['use']}")
    own = {key: value for key, value in item.items() if key != "use"}
    wire = {**base.get("wire", {}), **own.get("wire", {})}
    return {"id": item["use"], **base, **own, **({"wire": wire} if wire else {})}
