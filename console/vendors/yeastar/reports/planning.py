"""From the values of a form to the exact request, and to the same request with its dates in another format. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.reports.request import RequestPlan, RunPlan
from console.reports.runner import PlanContext
from console.reports.schema import Format, Json, Param, ParamKind, ReportDefinition, Values
from console.reports.timeframe import ResolvedTimeframe
from console.reports.validate import is_visible
from console.vendors.yeastar.dates import DateFormat, PbxClock
from console.vendors.yeastar.fields import flag, text
from console.vendors.yeastar.paths import V1, V2

LIST, FILE, CALLS = "list", "download", "detail"
VERSIONS = {"v1.0": V1, "v2.0": V2}
INTERFACE, ASYNC, DETAIL = "interface", "is_async", "need_detail"
UNITS = {"day": "hour", "month": "day", "year": "month"}  # what the rows of a period stand for
_OTHER = {"v1.0": "v2.0", "v2.0": "v1.0"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan needs to know of the server."""

    profile_id: ProfileId
    host: str
    version: str
    clock: PbxClock
    firmware: str = ""


def report_path(version: str, what: str) -> str:
    """``openapi/v2.0/call_report/list`` and its kin."""
    return f"{VERSIONS[version]}/call_report/{what}".removeprefix("/")


def make_plan(definition: ReportDefinition, values: Values, context: PlanContext, ground: Ground) -> RunPlan:
    """The plan of a run; see `console.reports.runner.ReportRunner.plan`."""
    version = text(values.get(INTERFACE)) or ground.version
    if version not in VERSIONS:
        raise UserError(message("pbx.interface_unknown", what=version[:40]))
    window = _window(definition, values, context)
    dates = ground.clock.dates
    if window is not None and dates is None:
        raise UserError(message("api.dates", host=ground.host, what=ground.clock.problem or "unknown"))
    query = _type(definition)
    for param in definition.params:
        query += _pairs(definition, param, values, window, dates)
    is_async = bool(values.get(ASYNC))
    what = FILE if context.format == Format.CSV or is_async else LIST
    link = "/download_resource_url" if what == FILE and not is_async else ""
    requests = [RequestPlan("GET", report_path(version, what), _for(what, query), link_pointer=link)]
    if what == LIST and values.get(DETAIL) and definition.wire.get("detail") == "window" and window and dates:
        more = (
            ("detail_time_begin", dates.write(_wall(window.start))),
            ("detail_time_end", dates.write(_wall(window.end))),
        )
        calls = (*(pair for pair in query if pair[0] != DETAIL), *more)
        note = "the calls behind the figures"
        requests.append(RequestPlan("GET", report_path(version, CALLS), calls, note=note))
    facts = {"version": version, "firmware": ground.firmware}
    if dates is not None and window is not None:
        facts["date_format"] = dates.label
    return RunPlan(
        profile_id=ground.profile_id,
        report_id=definition.id,
        title=definition.title,
        values=dict(values),
        format=context.format,
        requests=tuple(requests),
        timeframe=window,
        notes=tuple(_notes(definition, values, what, version, facts.get("date_format", ""), is_async=is_async)),
        facts=facts,
    )


def _type(definition: ReportDefinition) -> list[tuple[str, str]]:
    """``type``, but for own reports, which are named by their id instead."""
    kind = text(definition.wire.get("type", definition.id))
    return [("type", kind)] if kind else []


def _for(what: str, query: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The query without what the interface does not take: a list has neither details nor a background."""
    left_out = (ASYNC, DETAIL) if what == LIST else ()
    return tuple(pair for pair in query if pair[0] not in left_out and pair[1] != "")


def _window(definition: ReportDefinition, values: Values, context: PlanContext) -> ResolvedTimeframe | None:
    """The range of the report; a part of each day only where it is one day."""
    for param in definition.params:
        if param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD) and values.get(param.id) is not None:
            window = context.timeframes.get(param.id)
            if window is None or window.daily is None:
                return window
            if window.start.date() != window.end.date():
                raise UserError(message("pbx.part_of_days"))
            start, end = (datetime.combine(window.start.date(), at, window.start.tzinfo) for at in window.daily)
            return replace(window, start=start, end=end)
    return None


def _pairs(
    definition: ReportDefinition,
    param: Param,
    values: Values,
    window: ResolvedTimeframe | None,
    dates: DateFormat | None,
) -> list[tuple[str, str]]:
    value = values.get(param.id)
    if value is None or param.id == INTERFACE or not is_visible(definition, param, values):
        return []
    name = text(param.wire.get("name")) or param.id
    if param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD):
        return window_pairs(param.kind, window, dates)
    written = _written(param, value)
    return [(name, written)] if written else []


def window_pairs(kind: ParamKind, window: ResolvedTimeframe | None, dates: DateFormat | None) -> list[tuple[str, str]]:
    """The range in the PBX's wall clock and display format; a period as far as its rows are wide.

    The vendor names the short forms for year-first displays only (``YYYY/MM``); for others the day is left out
    where it stands.
    """
    if window is None or dates is None:
        return []
    if kind is ParamKind.TIMEFRAME:
        return [("start_time", dates.write(_wall(window.start))), ("end_time", dates.write(_wall(window.end)))]
    return [("time", write_period(window, dates))]


def write_period(window: ResolvedTimeframe, dates: DateFormat) -> str:
    """``2027/01/15``, ``2027/01`` or ``2027``, in the display's order."""
    parts = {"Y": f"{window.start.year:04d}", "M": f"{window.start.month:02d}", "D": f"{window.start.day:02d}"}
    kept = {"day": "YMD", "month": "YM", "year": "Y"}[period_unit(window)]
    return dates.separator.join(parts[letter] for letter in dates.order if letter in kept)


def period_unit(window: ResolvedTimeframe) -> str:
    """``day``, ``month`` or ``year``, by how far the range reaches."""
    if window.start.date() == window.end.date():
        return "day"
    return "month" if (window.start.year, window.start.month) == (window.end.year, window.end.month) else "year"


def _wall(moment: datetime) -> datetime:
    """The wall clock of the site, as the PBX's people read it."""
    return moment.replace(tzinfo=None)


def _written(param: Param, value: Json) -> str:
    """A value as the interface takes it: ids by commas, switches as 0 and 1, times as whole seconds."""
    if param.kind is ParamKind.MULTI_CHOICE:
        ids = [text(each) for each in value] if isinstance(value, list) else [text(value)]
        if any("," in each for each in ids):
            raise UserError(message("pbx.id_with_comma", label=param.label))
        return ",".join(each for each in ids if each)
    if param.kind is ParamKind.BOOLEAN:
        return "1" if flag(value) else "0"
    if param.kind in (ParamKind.DURATION, ParamKind.INTEGER) and isinstance(value, (int, float)):
        return str(int(value))
    return text(value)


def chosen(value: Json) -> list[str]:
    """The ids of a choice or of several."""
    return [ident for each in (value if isinstance(value, list) else [value]) if (ident := text(each))]


def _notes(
    definition: ReportDefinition, values: Values, what: str, version: str, dates: str, *, is_async: bool
) -> list[Message]:
    found = [message("pbx.asked", version=version)]
    if dates:
        found.append(message("pbx.dates_written", format=dates))
    if what == FILE:
        found.append(message("pbx.file_follows"))
    if is_async:
        found.append(message("pbx.in_background"))
    if what == LIST and values.get(DETAIL):
        how = definition.wire.get("detail")
        found.append(message("pbx.calls_follow" if how in ("window", "number") else "pbx.calls_in_files_only"))
    return found


def redated(plan: RunPlan, dates: DateFormat, told: Message) -> RunPlan:
    """The same plan with its dates in another format, and the note that says why."""
    if plan.timeframe is None:
        return plan
    window = plan.timeframe
    start, end = dates.write(_wall(window.start)), dates.write(_wall(window.end))
    fresh = {
        "start_time": start,
        "end_time": end,
        "time": write_period(window, dates),
        "detail_time_begin": start,
        "detail_time_end": end,
    }
    requests = tuple(
        replace(request, query=tuple((name, fresh.get(name, value)) for name, value in request.query))
        for request in plan.requests
    )
    notes = (*(note for note in plan.notes if note.code != "pbx.dates_written"), told)
    return replace(plan, requests=requests, notes=notes, facts={**plan.facts, "date_format": dates.label})


def other_version(version: str) -> str:
    """The interface that holds the other part of the data."""
    return _OTHER[version]


def sent(plan: RunPlan) -> Mapping[str, str]:
    """What the first request asks, by name."""
    return dict(plan.requests[0].query)
