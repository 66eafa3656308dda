"""From values to the requests, byte for byte. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.reports.request import RequestPlan, RunPlan
from console.reports.runner import PlanContext
from console.reports.schema import Json, ParamKind, ReportDefinition, Values
from console.vendors.asternic.reports.definitions import LONGEST_SECONDS
from console.vendors.asternic.reports.ranges import Part, days_of, split

MOST_REQUESTS = 2200  # three years, with a window that is two requests a day
MOST_CHARACTERS = 500


def make_plan(
    profile_id: ProfileId,
    path: str,
    definition: ReportDefinition,
    values: Values,
    context: PlanContext,
    notes: tuple[Message, ...] = (),
) -> RunPlan:
    """The requests of a run.

    Args:
        path: of the script, below the profile's address.
        notes: what must be said besides.

    Raises:
        UserError: a value cannot be sent.
    """
    entity = str(definition.wire.get("entity", definition.id))
    query: list[tuple[str, str]] = []
    for param in definition.params:
        text = _text(values.get(param.id), param.kind, param.label)
        if text and param.wire.get("step"):
            entity = f"{entity}/{text}"
        elif text and (name := param.wire.get("name")):
            query.append((str(name), text))
    timeframe = context.timeframes.get("timeframe")
    if timeframe is None:
        requests: tuple[RequestPlan, ...] = (RequestPlan("GET", path, (("entity", entity), *query)),)
    else:
        by_day = values.get("by_day", definition.wire.get("detail")) is True
        if days_of(timeframe) > MOST_REQUESTS:
            raise UserError(message("run.too_many", count=days_of(timeframe), limit=MOST_REQUESTS))
        parts = split(timeframe, by_day=by_day)
        if len(parts) > MOST_REQUESTS:
            raise UserError(message("run.too_many", count=len(parts), limit=MOST_REQUESTS))
        if not parts:
            raise UserError(message("run.value", what="Time", why="no second of the range lies in that part of a day"))
        requests = tuple(
            RequestPlan("GET", path, (("entity", entity), *part.query(), *query), note=note)
            for part, note in zip(parts, _notes(parts), strict=True)
        )
        if len(requests) > 1:
            notes = (*notes, message("run.by_day", count=len(requests)))
            if not definition.wire.get("detail"):
                notes = (*notes, message("run.days_apart"))
    return RunPlan(
        profile_id=profile_id,
        report_id=definition.id,
        title=definition.title,
        values=dict(values),
        format=context.format,
        requests=requests,
        timeframe=timeframe,
        notes=notes,
    )


def _notes(parts: tuple[Part, ...]) -> Iterator[str]:
    for number, part in enumerate(parts, 1):
        yield f"part {number} of {len(parts)}: {part.label}" if len(parts) > 1 else ""


def _text(value: Json, kind: ParamKind, label: str) -> str:
    """A value as the wire takes it, empty when it is not set."""
    if kind is ParamKind.DURATION_RANGE:
        return _range(value, label)
    if value is None or kind in (ParamKind.TIMEFRAME, ParamKind.BOOLEAN):
        return ""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise UserError(message("run.value", what=label, why="a text was expected"))
    text = str(value).strip()
    if len(text) > MOST_CHARACTERS or not all(char.isprintable() for char in text):
        raise UserError(message("run.value", what=label, why="it is too long or holds characters that cannot be seen"))
    return text


def _range(value: Json, label: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, dict):
        raise UserError(message("run.value", what=label, why="a range was expected"))
    low, high = value.get("min"), value.get("max")
    if low is None and high is None:
        return ""
    first, last = _seconds(low, 0, label), _seconds(high, LONGEST_SECONDS, label)
    if first > last:
        raise UserError(message("run.value", what=label, why="its end lies before its beginning"))
    return f"{first},{last}"


def _seconds(value: Json, default: int, label: str) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LONGEST_SECONDS:
        raise UserError(message("run.value", what=label, why=f"seconds from 0 to {LONGEST_SECONDS} were expected"))
    return int(value)
