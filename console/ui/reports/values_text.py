"""The values of a form in words, and with their dates made absolute."""

from __future__ import annotations

import json

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.reports.schema import Json, Param, ParamKind, ReportDefinition, Values
from console.reports.timeframe import Relative, ResolvedTimeframe, Timeframe
from console.reports.timeframe_period import Period, period_of
from console.ui.text import tr

_SHOWN = 4  # entries of a list
_LONGEST = 80


def values_lines(definition: ReportDefinition | None, values: Values) -> list[str]:
    """``label: value`` for each value that is set, in the order of the form."""
    params = {param.id: param for param in definition.params} if definition is not None else {}
    order = [*params, *(name for name in values if name not in params)]
    lines = []
    for name in order:
        if name in values and values[name] not in (None, "", []):
            label = params[name].label if name in params else name
            lines.append(f"{safe_text(label, 60)}: {safe_text(_words(params.get(name), values[name]), 200)}")
    return lines


def frozen(definition: ReportDefinition, values: Values, frame: ResolvedTimeframe | None) -> dict[str, Json]:
    """The values with relative dates replaced by what they came to in a run.

    A report has one range in practice; several would each have been resolved, and only the first is kept by a run.
    """
    found = dict(values)
    if frame is None:
        return found
    for param in definition.params:
        if param.id not in found:
            continue
        if param.kind is ParamKind.TIMEFRAME:
            start, end = frame.start.replace(tzinfo=None), frame.end.replace(tzinfo=None)
            daily = frame.daily
            found[param.id] = Timeframe(Relative.CUSTOM, start=start, end=end, daily=daily).to_json()
            break
        if param.kind is ParamKind.PERIOD:
            period = period_of(frame)
            if period is not None:
                found[param.id] = period.to_json()
            break
    return found


def _words(param: Param | None, value: Json) -> str:
    if param is not None and param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD):
        reader = Timeframe if param.kind is ParamKind.TIMEFRAME else Period
        try:
            return reader.from_json(value).to_text().replace("_", " ")
        except ConsoleError:
            return json.dumps(value, ensure_ascii=False)[:_LONGEST]
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list):
        labels = {choice.value: choice.label for choice in param.choices} if param is not None else {}
        items = [labels.get(str(item), str(item)) for item in value[:_SHOWN]]
        more = len(value) - len(items)
        return ", ".join(items) + (tr(" and {n} more", n=more) if more > 0 else "")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)[:_LONGEST]
    labels = {choice.value: choice.label for choice in param.choices} if param is not None else {}
    return labels.get(str(value), str(value))
