"""Why a report was refused, or why it is empty, in sentences.

An unknown id, a date in the wrong format and the wrong interface version are all answered by an empty success (vendor
page "Download a Call Report": "otherwise the response will not return any records"; the rest as seen on real units).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.domain.errors import ConsoleError, ProtocolError, UserError
from console.domain.messages import Message, message
from console.domain.text import safe_text
from console.reports.request import RunPlan
from console.reports.schema import ParamKind, ReportDefinition
from console.vendors.yeastar.client import Answer
from console.vendors.yeastar.dates import DateFormat, from_go_layout
from console.vendors.yeastar.envelope import (
    BAD_PARAMETER,
    INTERNAL,
    NOT_EXISTED,
    Json,
    NotOffered,
    code_error,
    words,
)
from console.vendors.yeastar.fields import text
from console.vendors.yeastar.reports.planning import chosen, other_version

BAD_SYNTAX, NO_RATES = 40001, 70106
PURPOSE = "read call reports"


class ParameterRefused(UserError):
    """The server refuses values; `params` are the ids of the parameters it names, as far as the report has them."""

    params: tuple[str, ...] = ()


def named_format(body: Json) -> DateFormat | None:
    """The date format in ``invalid_param_list[].valid_msg``, which v2.0 names when it refuses a date."""
    for item in _listed(body):
        if (named := from_go_layout(text(item.get("valid_msg")))) is not None:
            return named
    return None


def _listed(body: Json) -> list[dict[str, Json]]:
    listed = body.get("invalid_param_list") if isinstance(body, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def refusal(
    definition: ReportDefinition, plan: RunPlan, number: int, body: Json, host: str, detail: str
) -> ConsoleError:
    """The error of a code, in words about this report."""
    version = plan.facts.get("version", "")
    if number in (BAD_PARAMETER, BAD_SYNTAX):
        return _parameters(definition, body, host, detail)
    if number == NO_RATES:
        return UserError(message("pbx.no_rates", host=host), detail=detail)
    if number == NOT_EXISTED:
        firmware = plan.facts.get("firmware") or "unknown"
        said = message("pbx.not_on_firmware", host=host, report=plan.title, version=version, firmware=firmware)
        return NotOffered(said, detail=detail)
    if number == INTERNAL:
        return ProtocolError(message("pbx.internal", host=host, report=plan.title, version=version), detail=detail)
    return code_error(number, host=host, what=PURPOSE, full_s=0.0, detail=detail)


def _parameters(definition: ReportDefinition, body: Json, host: str, detail: str) -> ParameterRefused:
    """Each refused parameter by the label it has on the form; what the server said of it in the details."""
    by_wire = {text(param.wire.get("name")) or param.id: param for param in definition.params}
    for param in definition.params:
        if param.kind is ParamKind.TIMEFRAME:
            by_wire["start_time"] = by_wire["end_time"] = param
        elif param.kind is ParamKind.PERIOD:
            by_wire["time"] = param
    names: dict[str, None] = {}
    refused: dict[str, None] = {}
    for item in _listed(body):
        field = text(item.get("field"))
        found = by_wire.get(field)
        if found is not None:
            refused[found.id] = None
        if field:
            names[safe_text(found.label if found is not None else field, 60)] = None
    code = "pbx.parameters_refused" if names else "pbx.some_parameter_refused"
    args = {"names": ", ".join(names)} if names else {}
    error = ParameterRefused(message(code, host=host, **args), detail=detail)
    error.params = tuple(refused)
    return error


def refusal_of(
    definition: ReportDefinition, plan: RunPlan, answer: Answer, host: str, redactor: object
) -> ConsoleError:
    """The error of an answer, marked with its exchange."""
    error = refusal(definition, plan, answer.number, answer.body, host, words(answer.body, redactor))  # type: ignore[arg-type]
    error.exchange_id = answer.reply.exchange_id
    return error


def empty_notes(
    definition: ReportDefinition,
    plan: RunPlan,
    host: str,
    known: Mapping[str, Mapping[str, str]],
) -> list[Message]:
    """What an empty success may mean, the likeliest first.

    Args:
        known: directory name -> id -> label, of every directory that could be read for this.
    """
    unknown = list(_unknown(definition, plan, known))
    found: list[Message] = []
    if unknown:
        found.append(message("pbx.empty_unknown", host=host, names="; ".join(unknown[:5])))
        if _is_all_unknown(definition, plan, known):
            return found  # nothing else needs to be guessed at
    version, dates = plan.facts.get("version", ""), plan.facts.get("date_format", "")
    if version == "v1.0" and dates:
        found.append(message("pbx.empty_format", host=host, format=dates))
    if version:
        code = "pbx.empty_old_interface" if version == "v1.0" else "pbx.empty_new_interface"
        found.append(message(code, host=host, version=version, other=other_version(version)))
    if not unknown:
        found.append(message("run.empty", host=host))
    return found


def _is_all_unknown(definition: ReportDefinition, plan: RunPlan, known: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether there is a parameter of which every chosen id is unknown."""
    return any(
        (wanted := chosen(plan.values.get(param.id))) and entries and not any(ident in entries for ident in wanted)
        for param in definition.params
        if param.directory and (entries := known.get(param.directory))
    )


def _unknown(definition: ReportDefinition, plan: RunPlan, known: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """Chosen ids that the PBX's own lists do not have, by parameter."""
    for param in definition.params:
        entries = known.get(param.directory)
        if not param.directory or not entries:
            continue
        strange = [ident for ident in chosen(plan.values.get(param.id)) if ident not in entries]
        if strange:
            yield f"{param.label} {safe_text(', '.join(strange[:5]), 80)}"
