"""From what was said on the command line to profiles and values."""

from __future__ import annotations

import argparse

from console.cli.exits import complain
from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.engine.core import Core
from console.reports.schema import Choice, Json, Param, ParamKind, ReportDefinition
from console.reports.timeframe import Timeframe
from console.reports.timeframe_period import Period
from console.reports.validate import unknown_name
from console.reports.validate_text import parse_value, split_assignment

EVERYTHING = "*"  # as the value of a multiple choice: all that the system lists
_LISTS = (ParamKind.CHOICE, ParamKind.MULTI_CHOICE)


def profiles_of(args: argparse.Namespace, core: Core) -> tuple[Profile, ...]:
    """The profiles that were named, each once: a comma parts them unless it belongs to a name."""
    found: dict[ProfileId, Profile] = {}
    for name in (args.name, *args.profile):
        try:
            several = [core.profiles.find(name)]
        except UserError:
            if "," not in name:
                raise
            several = [core.profiles.find(part.strip()) for part in name.split(",") if part.strip()]
        found.update({profile.id: profile for profile in several})
    return tuple(found.values())


async def values_of(
    args: argparse.Namespace, core: Core, profile: Profile, definition: ReportDefinition
) -> tuple[dict[str, Json], str]:
    """Values and format: the defaults, over them the preset, over that what was said. Raises UserError."""
    memory = core.reports.memory
    values = memory.initial_values(profile.id, definition)
    asked = args.as_format
    if args.preset:
        preset = memory.find_preset(profile.id, definition, args.preset)
        values = dict(preset.values)
        asked = asked or preset.format
    said: dict[str, list[str]] = {}
    if args.timeframe:
        values.update(_timeframe(definition, args.timeframe))
    for text in args.set:
        name, value = split_assignment(text)
        said.setdefault(_param(definition, name).id, []).append(value)
    for param in definition.params:  # in their order: a list may depend on one before it
        if param.id in said:
            values[param.id] = await _value(core, profile, param, said[param.id], values)
    values = {name: value for name, value in values.items() if value is not None}
    for problem in core.reports.problems(profile.id, definition, values):
        if problem.is_warning:
            complain(problem.message)
        elif problem.param and problem.param not in values:
            raise UserError(message("report.set_it", what=english(problem.message), param=problem.param))
    return values, asked


def _timeframe(definition: ReportDefinition, text: str) -> dict[str, Json]:
    for param in definition.params:
        if param.kind is ParamKind.TIMEFRAME:
            return {param.id: Timeframe.parse(text).to_json()}
    for param in definition.params:
        if param.kind is ParamKind.PERIOD:
            return {param.id: Period.parse(text).to_json()}
    raise UserError(message("report.no_timeframe", title=definition.title))


def _param(definition: ReportDefinition, name: str) -> Param:
    param = definition.param(name) or definition.param(name.lower().replace("-", "_").replace(" ", "_"))
    labelled = [p for p in definition.params if p.label.casefold() == name.casefold()]
    if param is None and len(labelled) == 1:
        param = labelled[0]
    if param is None:
        raise UserError(unknown_name(definition, name))
    if not param.editable:
        raise UserError(message("value.fixed", label=param.label))
    return param


async def _value(core: Core, profile: Profile, param: Param, texts: list[str], values: dict[str, Json]) -> Json:
    choices: tuple[Choice, ...] = ()
    if param.directory and param.kind in _LISTS and any(text.strip() for text in texts):
        depends = _depends(values.get(param.depends_on)) if param.depends_on else ""
        choices = (await core.reports.choices(profile.id, param.directory, depends)).choices
    if [text.strip() for text in texts] == [EVERYTHING] and param.kind is ParamKind.CHOICE:
        raise UserError(message("report.one_only", label=param.label, param=param.id))
    if [text.strip() for text in texts] == [EVERYTHING] and param.kind is ParamKind.MULTI_CHOICE:
        return [choice.value for choice in (*param.choices, *choices)] or None
    found = [parse_value(param, text, choices) for text in texts]
    if param.kind is not ParamKind.MULTI_CHOICE:
        return found[-1]
    items = [item for several in found if isinstance(several, list) for item in several]
    known = {choice.value for choice in (*param.choices, *choices)}
    strange = [str(item) for item in items if item not in known]
    if strange and choices and param.depends_on:  # lists that stand alone are judged with all values
        complain(message("report.unknown_choice", site=profile.name, values=", ".join(strange), param=param.label))
    return list(dict.fromkeys(str(item) for item in items)) or None


def _depends(value: Json) -> str:
    """A value as the text a directory is narrowed by; several are parted by commas."""
    if isinstance(value, list):
        return ",".join(_depends(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""
