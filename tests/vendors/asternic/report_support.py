"""A scripted server of reports with own values, and what the report tests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from console.reports.request import RunPlan
from console.reports.result import Progress, ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.vendors.asternic.reports.runner import AsternicReports
from tests.faultserver.server import Call
from tests.vendors.asternic.support import ScriptedAsternic

ZONE = "Europe/Berlin"
LISTED = {
    "data": [
        {"report": "distribution_by_queue"},
        {"report": "answered_calls_detail"},
        {"report": "answered_calls_by_queue"},
        {"report": "unanswered_calls_detail"},
        {"report": "agents_sessions"},
    ]
}
Answer = Callable[[dict[str, str]], Any]


@dataclass
class ReportServer(ScriptedAsternic):
    """Answers each entity by a function of the query; bytes go out as they are."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bodies["reports"] = LISTED

    async def _answer(self, call: Call) -> None:
        query = dict(parse_qsl(urlsplit(call.target).query))
        if (answer := self.answers.get(query.get("entity", ""))) is not None:
            self.bodies[query["entity"]] = answer(query)
        await super()._answer(call)

    def asked_for(self, entity: str) -> list[dict[str, str]]:
        """The queries of one entity, in order."""
        return [query for query in self.asked if query.get("entity") == entity]


def sheet(rows: Sequence[Any], records: int | None = None, page: int = 1, total: int = 1) -> dict[str, Any]:
    """Rows in the envelope of reports and search."""
    stated = len(rows) if records is None else records
    return {"page": str(page), "total": str(total if rows else 0), "records": str(stated), "rows": list(rows)}


def detail(at: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of answered_calls_detail."""
    row = {
        "datetime": at,
        "queue": "100",
        "agent": "Anna Schmidt",
        "callerid": f"+1202555{number:04d}",
        "event": "COMPLETEAGENT",
        "waitTime": "8",
        "ringTime": "8",
        "callTime": "61",
        "agentName": "Anna Schmidt",
        "queueName": "Sales",
        "recording": f"q100-{number}.wav",
        "uniqueid": f"1790240400.{number}",
        "callflow": f"/asternicjquery/rest/index.php?entity=call/1790240400.{number}",
        "url": "",
        "did": "+4930555",
    }
    return row | changes


def found(at: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of the search."""
    row = {
        "firstEvent": "ENTERQUEUE",
        "overflow": "1",
        "uniqueid": f"1790240400.{number}",
        "callerid": f"+1202555{number:04d}",
        "dateStart": at,
        "dateEnd": at,
        "event": "COMPLETECALLER",
        "agent": "Agent/301",
        "queue": "100",
        "waitTime": "13",
        "talkTime": "0",
        "combinedWaitTime": "76",
        "totalDuration": "76",
        "recordingFilename": "x.wav",
        "agent_name": "Anna",
        "queue_name": "Sales",
        "callflow": f"/else/rest/index.php?entity=call/1790240400.{number}",
    }
    return row | changes


def frame(
    first: str, last: str = "", daily: tuple[time, time] | None = None, *, start: time = time(), end: time | None = None
) -> ResolvedTimeframe:
    """A range of days, resolved."""
    zone = ZoneInfo(ZONE)
    low = datetime.combine(date.fromisoformat(first), start, zone)
    high = datetime.combine(date.fromisoformat(last or first), end or time(23, 59, 59), zone)
    return ResolvedTimeframe(low, high, ZONE, daily)


def context(timeframe: ResolvedTimeframe | None) -> PlanContext:
    """What a plan depends on."""
    frames = {} if timeframe is None else {"timeframe": timeframe}
    return PlanContext(frames, datetime(2026, 11, 22, 12, tzinfo=ZoneInfo(ZONE)), "table", {})


async def planned(
    reports: AsternicReports,
    report_id: str,
    timeframe: ResolvedTimeframe | None,
    values: Mapping[str, Any] | None = None,
) -> tuple[ReportDefinition, RunPlan]:
    """A definition of this server and a plan of it."""
    await reports.site()
    definition = next(item for item in await reports.definitions() if item.id == report_id)
    return definition, reports.plan(definition, values or {}, context(timeframe))


async def run(
    reports: AsternicReports,
    report_id: str,
    timeframe: ResolvedTimeframe | None,
    folder: Path,
    values: Mapping[str, Any] | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> ReportResult:
    """Plan and run."""
    definition, plan = await planned(reports, report_id, timeframe, values)
    return await reports.run(definition, plan, folder, tell)


def rows_of(result: ReportResult) -> list[dict[str, Any]]:
    """The table as values by column id."""
    assert result.table is not None
    ids = [column.id for column in result.table.columns]
    rows = result.table.view().page(0, 1_000_000)
    return [{name: cell for name, cell in zip(ids, row, strict=True)} for row in rows]  # noqa: C416


def codes(result: ReportResult) -> list[str]:
    """The notes by code."""
    return [note.code for note in result.notes]
