"""The example system's one report: ``GET /calls.csv?day=YYYY-MM-DD`` gives ``Line,Calls``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.domain.profile import Profile
from console.net.http import CallClass, Request, VendorHttp
from console.reports.columns import Column, ColumnKind
from console.reports.request import RequestAuth, RequestPlan, RunPlan
from console.reports.result import Phase, Progress, RawFile, ReportResult, Tell
from console.reports.runner import Directory, PlanContext, SiteFacts
from console.reports.schema import Param, ParamKind, ReportDefinition, Values
from console.reports.sniff import sniff
from console.reports.table import Table

CALLS = ReportDefinition(
    id="calls-per-line",
    backend="example",
    title="Calls per Line",
    params=(Param("when", ParamKind.TIMEFRAME, "Day", required=True),),
)
COLUMNS = (Column("line", "Line"), Column("calls", "Calls", ColumnKind.NUMBER))


class ExampleRunner:
    """Runs the report."""

    auth = RequestAuth(bearer="token")

    def __init__(self, http: VendorHttp, profile: Profile) -> None:
        self._http = http
        self._profile = profile

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        """The one there is."""
        return (CALLS,)

    async def choices(self, directory: str, depends: str = "") -> Directory:
        """There are none."""
        return Directory(())

    async def site(self) -> SiteFacts:
        """Says its zone."""
        return SiteFacts("Europe/Berlin")

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        """One request."""
        frame = context.timeframes["when"]
        request = RequestPlan("GET", "calls.csv", (("day", frame.start.date().isoformat()),))
        return RunPlan(self._profile.id, definition.id, definition.title, values, context.format, (request,), frame)

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        """Download and read."""
        request = plan.requests[0]
        tell(Progress(Phase.RUNNING))
        got = await self._http.download(
            Request(request.method, f"/{request.path}", request.query, call=CallClass.REPORT),
            folder / "calls.csv",
            on_bytes=lambda received, expected: tell(Progress(Phase.DOWNLOADING, received, expected)),
        )
        if sniff(got.head) == "text/html":
            raise ProtocolError(message("run.not_a_file", host=self._http.host, what="a web page"))
        tell(Progress(Phase.READING, got.size))
        table = await asyncio.to_thread(Table.from_csv, got.path, COLUMNS)
        file = RawFile(got.path, "calls.csv", "text/csv", got.size, got.exchange_id)
        return ReportResult(plan, definition.title, table, files=(file,))
