"""What the tests of reports share: a scripted report server, a reply in the documented shape, plans."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.domain.clock import SystemClock
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.net.limits import LIMITS
from console.reports.request import RunPlan
from console.reports.result import Progress, ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import Json, ReportDefinition, Values
from console.reports.timeframe import Timeframe, resolve
from console.vendors.base import Connection
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.flavour import CHRONICALL, Flavour
from console.vendors.xima.reports.catalogue import definitions_of
from console.vendors.xima.reports.plan import make_plan
from console.vendors.xima.reports.runner import Patience, XimaReports
from tests.faultserver.server import Behaviour, FaultServer, reply
from tests.vendors.xima.support import KEY

NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
ZONE = "America/Denver"
REPORT = "LX7Q2R9A"
START, END = "2026-03-19T00:00:00.000-06:00", "2026-03-19T23:59:59.000-06:00"
JSON_HEADERS = {"Content-Type": "application/json"}


def columns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    """Columns of titles and formats."""
    return [{"key": str(n), "title": title, "format": form} for n, (title, form) in enumerate(pairs)]


def row(*cells: Any) -> dict[str, Any]:
    """A row: a text, or a pair of value and formatted text, or a whole cell; ... leaves it out."""
    values: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        if isinstance(cell, tuple):
            values[str(number)] = {"value": cell[0], "formattedValue": cell[1]}
        elif cell is not ...:
            values[str(number)] = cell if isinstance(cell, dict) else {"value": cell}
    return {"values": values}


def talking(**changes: Any) -> dict[str, Any]:
    """A reply in the documented shape, with figures of our own."""
    body: dict[str, Any] = {
        "reportId": 31,
        "executionId": "5f0e7d1c-90aa-4a1f-8c3e-1f60cf2a7d11",
        "title": "Agent Talking Summary",
        "timeframe": {"type": "REPORT_TIMEFRAME", "start": START.replace(".000", ""), "end": END.replace(".000", "")},
        "skin": "Plain",
        "columns": columns(("Agent", "STRING"), ("Total Calls", "NUMBER"), ("Total Talking", "DURATION")),
        "dataFlag": "INCLUDED",
        "summaryItems": [
            {"title": "Agents", "value": 2, "formattedValue": "2", "format": "NUMBER"},
            {"title": "Avg Total Calls", "value": 8.0, "formattedValue": "8.0", "format": "NUMBER"},
            {"title": "Total Talking", "value": 9_125_400, "formattedValue": "2:32:05", "format": "NUMBER"},
        ],
        "rows": [
            row("Ann Öz(201)", (9, "9"), (5_025_400, "1:23:45")),
            row('Ben, "B" Lee(202)', (7, "7"), (4_100_000, "1:08:20")),
        ],
        "charts": {"type": "CHARTS", "rows": []},
    }
    return body | changes


def encoded(body: Any) -> bytes:
    """A body as JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False).encode()


def definition(report_id: str = "agent-talking-summary", backend: str = "chronicall") -> ReportDefinition:
    """A ready-made definition."""
    return next(item for item in definitions_of(backend) if item.id == report_id)


def context(values: Values, of: ReportDefinition, form: str = "table") -> PlanContext:
    """What a plan depends on: every timeframe among the values resolved."""
    frames = {
        param.id: resolve(Timeframe.from_json(values[param.id]), NOW, ZONE)
        for param in of.params
        if param.kind == "timeframe" and param.id in values
    }
    return PlanContext(frames, NOW, form, {})


TALKING_VALUES: dict[str, Json] = {
    "report_key": REPORT,
    "timeframe": {"preset": "yesterday"},
    "rows_agents": ["Ann Öz(201)", 'Ben, "B" Lee(202)'],
}


def plan(form: str = "table", values: Values = TALKING_VALUES, of: ReportDefinition | None = None) -> RunPlan:
    """A plan, of the talking summary unless told otherwise."""
    chosen = of or definition()
    return make_plan("p1", "/rest/api/v1", chosen, values, context(values, chosen, form))  # type: ignore[arg-type]


@dataclass
class Desk:
    """An open report runner, its scripted server, and what a run told."""

    runner: XimaReports
    server: FaultServer
    backend: XimaBackend
    folder: Path
    told: list[Progress] = field(default_factory=list)

    async def run(self, chosen: RunPlan | None = None, of: ReportDefinition | None = None) -> ReportResult:
        """Run a plan."""
        return await self.runner.run(of or definition(), chosen or plan(), self.folder, self.told.append)

    @property
    def files(self) -> list[str]:
        """What lies in the job's folder."""
        return sorted(item.name for item in self.folder.iterdir() if item.is_file())


@contextlib.asynccontextmanager
async def desk(
    folder: Path,
    *script: Behaviour,
    flavour: Flavour = CHRONICALL,
    pauses_s: Sequence[float] = (0.01,),
    total_s: float = 60.0,
    read_s: float | None = None,
    fields: dict[str, str] | None = None,
) -> AsyncIterator[Desk]:
    """A server that answers with the script, and a runner for it."""
    limits = replace(LIMITS, close_s=0.5)
    if read_s is not None:
        limits = replace(limits, report=replace(limits.report, read_s=read_s))
    async with FaultServer([*script]) as server:
        profile = Profile(
            id="p1",  # type: ignore[arg-type]
            name="Floor",
            backend=flavour.id,
            url=server.url,
            fields=fields or {},
            proxy="none",
        )
        connection = Connection(profile, {"key": Secret(KEY)}, SystemClock(), ExchangeLog())
        backend = XimaBackend(connection, flavour, limits=limits)
        runner = backend.reports(Patience(pauses_s, total_s))
        assert isinstance(runner, XimaReports)
        try:
            yield Desk(runner, server, backend, folder)
        finally:
            await backend.aclose()


def answer(body: Any, status: int = 200, **headers: str) -> Behaviour:
    """A JSON answer."""
    return reply(body if isinstance(body, bytes) else encoded(body), status, JSON_HEADERS | headers)
