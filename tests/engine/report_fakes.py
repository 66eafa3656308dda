"""A phone system with one report, played by a script, and a core around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.domain.clock import Clock
from console.domain.messages import Message, message
from console.domain.model import ProfileId, Snapshot
from console.domain.profile import Profile
from console.engine.core import Core, open_core
from console.net.redact import Redactor
from console.reports.columns import Column, ColumnKind
from console.reports.request import RequestAuth, RequestPlan, RunPlan
from console.reports.result import Phase, Progress, RawFile, ReportResult, Tell
from console.reports.runner import Directory, ImportedReport, PlanContext, SiteFacts
from console.reports.schema import Choice, Format, Param, ParamKind, ReportDefinition, Values
from console.reports.table import Table, TableBuilder
from console.settings.paths import prepare, resolve_paths
from console.vendors.base import BackendSpec, CheckResult, Connection, FieldKind, ProfileField

CALLS = ReportDefinition(
    id="calls",
    backend="fake",
    title="Calls by Queue",
    params=(
        Param("when", ParamKind.TIMEFRAME, "When", required=True),
        Param("queues", ParamKind.MULTI_CHOICE, "Queues", directory="queues"),
    ),
    formats=(Format.TABLE, Format.CSV),
    wire={"key": "calls-key"},
)
KEYED = ReportDefinition(
    id="keyed",
    backend="fake",
    title="Calls of an Account",
    params=(Param("report_key", ParamKind.TEXT, "Report key", required=True),),
)
COLUMNS = (
    Column("queue", "Queue"),
    Column("calls", "Calls", ColumnKind.NUMBER),
    Column("talk", "Talk time", ColumnKind.DURATION),
)
ROWS: tuple[tuple[object, ...], ...] = (("Sales", 12, 61_000), ("Service", 7, 3_600_000))
YESTERDAY: Values = {"when": {"preset": "yesterday"}}


@dataclass
class Server:
    """What the fake system does, and what it was asked.

    `script` holds one step per run: an exception is raised, a coroutine function awaited with `tell`, None goes on.
    """

    script: list[Any] = field(default_factory=list)
    zone: str = "America/New_York"
    rows: tuple[tuple[object, ...], ...] = ROWS
    plans: list[RunPlan] = field(default_factory=list)
    backends: list[FakeBackend] = field(default_factory=list)
    running: int = 0
    most: int = 0
    max_parallel: int | None = None
    site_error: Exception | None = None
    list_error: Exception | None = None
    listed: tuple[ReportDefinition, ...] = (CALLS, KEYED)
    asked: list[str] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(not backend.closed for backend in self.backends)


class FakeBackend:
    """Live at once, open until closed."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self.server = server
        self.connection = connection
        self.closed = False
        server.backends.append(self)

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        profile = self.connection.profile
        yield Snapshot(profile.id, profile.backend, datetime(2027, 1, 1, tzinfo=UTC), {})
        await asyncio.Event().wait()

    async def check(self) -> CheckResult:
        return CheckResult(())

    async def aclose(self) -> None:
        self.closed = True


class FakeRunner:
    """Runs the one report."""

    auth = RequestAuth(bearer="key")

    def __init__(self, backend: Any) -> None:
        self.backend: FakeBackend = backend
        self.server = self.backend.server
        if self.server.max_parallel is not None:
            self.max_parallel = self.server.max_parallel

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        self.server.asked.append("definitions")
        if self.server.list_error is not None:
            raise self.server.list_error
        return self.server.listed

    async def choices(self, directory: str, depends: str = "") -> Directory:
        self.server.asked.append(f"choices {directory} {depends}".strip())
        if self.server.list_error is not None:
            raise self.server.list_error
        return Directory((Choice("s", "Sales"), Choice("v", "Service")))

    async def site(self) -> SiteFacts:
        self.server.asked.append("site")
        if self.server.site_error is not None:
            raise self.server.site_error
        return SiteFacts(self.server.zone)

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        frame = context.timeframes.get("when")
        body = "" if frame is None else f"{frame.start.isoformat()}/{frame.end.isoformat()}"
        request = RequestPlan("POST", "report", body=body)
        profile_id = self.backend.connection.profile.id
        return RunPlan(profile_id, definition.id, definition.title, values, context.format, (request,), frame)

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        server = self.server
        server.plans.append(plan)
        server.running += 1
        server.most = max(server.most, server.running)
        try:
            step = server.script.pop(0) if server.script else None
            if isinstance(step, BaseException):
                raise step
            if step is not None:
                await step(tell)
            path = folder / "calls.csv"
            path.write_bytes(b"Queue,Calls\r\nSales,12\r\n")
            file = RawFile(path, "calls.csv", "text/csv", path.stat().st_size)
            return ReportResult(plan, definition.title, table_of(server.rows, folder), files=(file,))
        finally:
            server.running -= 1


def table_of(rows: tuple[tuple[object, ...], ...], folder: Path) -> Table:
    builder = TableBuilder(COLUMNS, folder=folder)
    builder.append(rows)
    return builder.finish()


def waits_for(event: asyncio.Event, phase: Phase = Phase.WAITING) -> Callable[[Tell], Any]:
    """A step that tells a phase and goes on when the event is set."""

    async def step(tell: Tell) -> None:
        tell(Progress(phase))
        await event.wait()

    return step


def imports(text: str) -> ImportedReport:
    name = text.strip()
    definition = ReportDefinition(name.lower().replace(" ", "-"), "fake", name, params=KEYED.params)
    return ImportedReport(definition, {"report_key": name}, notes=(message("report.none", title="x"),))


def spec_of(server: Server) -> BackendSpec:
    return BackendSpec(
        id="fake",
        title="Fake PBX",
        url_example="https://pbx.example",
        fields=(ProfileField("key", "key", FieldKind.SECRET),),
        allow=(),
        open=lambda connection: FakeBackend(server, connection),
        reports=lambda: (CALLS,),
        open_reports=FakeRunner,
        import_report=imports,
    )


@dataclass
class Rig:
    """A core over the fake system."""

    core: Core
    server: Server
    told: list[Message]
    bugs: list[BaseException]

    async def add(self, name: str = "Site", *, enabled: bool = False, **fields: Any) -> ProfileId:
        profile = Profile(ProfileId(name.lower()), name, "fake", "https://pbx.example", enabled=enabled, **fields)
        return (await self.core.profiles.save(profile)).profile.id


def open_rig(folder: Path, server: Server, clock: Clock) -> Rig:
    """A core in `folder`; the caller closes it and has put the spec into the registry."""
    told: list[Message] = []
    bugs: list[BaseException] = []
    core = open_core(
        prepare(resolve_paths(folder)),
        report_bug=lambda where, error: bugs.append(error),
        redactor=Redactor(),
        tell=told.append,
        in_memory_secrets=True,
        clock=clock,
    )
    return Rig(core, server, told, bugs)
