"""From values to the one request of a run: frozen, byte for byte what is sent, however often."""

from __future__ import annotations

import json
from collections.abc import Mapping

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.reports.request import TABLE, RequestPlan, RunPlan
from console.reports.runner import PlanContext
from console.reports.schema import Format, Json, ParamKind, ReportDefinition, Values
from console.vendors.xima.flavour import HISTORIC, api_path
from console.vendors.xima.reports.shapes import REPORT_KEY, wire_parameters

JSON_WORD = "json"  # as the vendor page "Historical Call Data" writes the format


def make_plan(
    profile_id: ProfileId, prefix: str, definition: ReportDefinition, values: Values, context: PlanContext
) -> RunPlan:
    """The plan of a run. Pure.

    Raises:
        UserError: the key is missing or cannot be part of an address, or a value is not of its kind's form.
    """
    key = _key(definition, values)
    word = format_word(context.format)
    body: dict[str, Json] = {"format": word, "parameters": [*wire_parameters(definition, values, context)]}
    extra = definition.wire.get("extra")
    if isinstance(extra, Mapping):
        body |= {name: value for name, value in extra.items() if name not in body}
    request = RequestPlan(
        "POST",
        api_path(prefix, f"{HISTORIC}/{key}"),
        headers=(("Content-Type", "application/json"), ("Accept", "application/json" if is_json(word) else "*/*")),
        body=body_text(body),
    )
    times = [context.timeframes.get(p.id) for p in definition.params if p.kind is ParamKind.TIMEFRAME]
    timeframe = next((found for found in times if found is not None), None)
    facts = {"key": key, "format": word}
    return RunPlan(
        profile_id, definition.id, definition.title, values, context.format, (request,), timeframe, (), facts
    )


def format_word(chosen: str) -> str:
    """The wire's word for a format: a free word is sent as it was entered."""
    word = chosen.strip()
    return JSON_WORD if word in ("", TABLE, Format.JSON.value) else word


def is_json(word: str) -> bool:
    """Whether that format is the one the console reads into tables; its case does not matter to known clients."""
    return word.lower() == JSON_WORD


def body_text(body: Json) -> str:
    """A body as text, stable: the order of its keys is theirs. Half a character is escaped, it has no bytes."""
    text = json.dumps(body, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(body, indent=2)
    return text


def _key(definition: ReportDefinition, values: Values) -> str:
    key = str(definition.wire.get("key") or values.get(REPORT_KEY) or "").strip()
    if not key:
        raise UserError(message("historic.key_needed", title=definition.title))
    if key in (".", "..") or len(key) > 200 or not key.isprintable() or any(char in "/\\?#%" for char in key):
        raise UserError(message("historic.key", key=key[:80]))
    return key
