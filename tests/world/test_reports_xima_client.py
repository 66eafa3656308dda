"""What the console shows of every Chronicall and Xima report equals what the world's own event log says.

The recount is that of the servers' own tests: each of them runs here against a floor whose replies are put together
again from the tables, summaries and charts that the console made of them. What is sent is compared, too.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.domain.clock import SystemClock
from console.domain.errors import ProtocolError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.reports.columns import ColumnKind
from console.reports.result import ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import Json, ParamKind, ReportDefinition
from console.reports.table import Table
from console.reports.timeframe import ResolvedTimeframe
from console.vendors.base import Connection
from console.vendors.registry import backends
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.reports.catalogue import definitions_of
from console.vendors.xima.reports.paste import read_request_details
from console.vendors.xima.reports.runner import Patience, XimaReports
from tests.world import test_reports_xima as truth
from tests.world.recount_xima import START, ZONE, Floor, Set, sample

SERVERS = {"Demo Chronicall": "chronicall", "Demo Xima CCaaS": "xima"}
KINDS = {
    "STRING": ColumnKind.TEXT,
    "NUMBER": ColumnKind.NUMBER,
    "DURATION": ColumnKind.DURATION,
    "PERCENTAGE": ColumnKind.PERCENT,
    "MONEY": ColumnKind.MONEY,
    "DATE_TIME": ColumnKind.DATETIME,
    "BOOLEAN": ColumnKind.FLAG,
}
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Desk(Floor):
    """A floor seen through the console's own runner of reports."""

    def __init__(self, session: aiohttp.ClientSession, demo: RunningDemo, folder: Path) -> None:
        super().__init__(session, demo.control_url)
        self.demo = demo
        self.runners: dict[str, XimaReports] = {}
        self._folder = folder
        self._numbers = itertools.count(1)

    def new_folder(self) -> Path:
        made = self._folder / str(next(self._numbers))
        made.mkdir()
        return made

    async def run(self, title: str, at: Set, server: str = "Demo Chronicall", **more: Any) -> dict[str, Any]:
        """See `Floor.run`: the pasted request with other answers, through the console."""
        offer = self.offers[server, title]
        imported = read_request_details(offer["request_details"], SERVERS[server])
        values = answers(imported.definition, dict(imported.values), at, more)
        result = await self.result(server, imported.definition, values, at)
        try:
            sent = json.loads(result.plan.requests[0].body)
            assert sent["parameters"] == asked(offer, at, more)
            assert (result.title, result.notes, result.missing) == (title, (), ())
            return again(result)
        finally:
            result.close()

    async def result(self, server: str, definition: ReportDefinition, values: dict[str, Json], at: Set) -> ReportResult:
        """Plan and run."""
        frame = resolved(at)
        frames = {param.id: frame for param in definition.params if param.kind is ParamKind.TIMEFRAME}
        runner = self.runners[SERVERS[server]]
        plan = runner.plan(definition, values, PlanContext(frames, frame.end, "table", {}))
        return await runner.run(definition, plan, self.new_folder(), lambda progress: None)


def resolved(at: Set) -> ResolvedTimeframe:
    """A set's range as a form comes to it."""
    ends = [datetime.fromtimestamp(t // 1000, ZONE) for t in (at.start, at.end)]
    if at.hours is None:
        return ResolvedTimeframe(ends[0], ends[1], str(ZONE))
    first, last = (time(second // 3600, second // 60 % 60, second % 60) for second in at.hours)
    return ResolvedTimeframe(ends[0], ends[1], str(ZONE), (first, last))


def answers(definition: ReportDefinition, values: dict[str, Json], at: Set, more: dict[str, Any]) -> dict[str, Json]:
    """The values of a form filled in with a set's agents and queues."""
    for param in definition.params:
        kind, part = str(param.wire.get("type")), param.wire.get("part")
        change = more.get(kind, {})
        if param.kind is ParamKind.INTERVAL and change:
            values[param.id] = {"length": change["intervalLength"], "unit": change["intervalType"]}
        elif param.kind is ParamKind.MULTI_CHOICE and part in change:
            values[param.id] = [each["key"] for each in change[part]]
        elif part == "pbxUsers" and values.get(param.id):
            values[param.id] = [*at.agents]
        elif part in ("skills", "groups"):
            values[param.id] = [*at.queues]
        elif param.kind is ParamKind.RAW_JSON and change:
            given = values[param.id]
            assert isinstance(given, dict)
            values[param.id] = given | change
    return values


def asked(offer: dict[str, Any], at: Set, more: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters that `Floor.run` would send."""
    parameters = sample(offer)["parameters"]
    for each in parameters:
        value = each["value"]
        if value["type"] == "REPORT_TIMEFRAME":
            each["value"] = at.frame
        elif value.get("pbxUsers"):
            value["pbxUsers"] = [{"key": key} for key in at.agents]
        for kind in ("skills", "groups"):
            if kind in value:
                value[kind] = [{"key": name} for name in at.queues]
        value.update(more.get(value["type"], {}))
    return parameters  # type: ignore[no-any-return]


def again(result: ReportResult) -> dict[str, Any]:
    """A reply put together from what the console made of it; titles and kinds of columns are as the server said."""
    raw = json.loads(result.files[0].path.read_bytes())
    reply: dict[str, Any] = {"title": result.title, "summaryItems": items(result.summary), "charts": result.charts}
    if result.table is not None:
        assert result.sub_table is None
        assert heads(result.table) == told(raw["columns"])
        return reply | {"columns": columns(result.table), "rows": [row(cells) for cells in rows(result.table)]}
    assert result.sub_table is not None
    own = raw["columns"] or raw["subReports"][0]["columns"]
    assert heads(result.sub_table)[1:] == told(own)
    lines: dict[Any, list[Any]] = {part.key: [] for part in result.sub_reports}
    for cells in rows(result.sub_table):
        lines[cells[0][0]].append(row(cells[1:]))
    assert [part.row_count for part in result.sub_reports] == [len(found) for found in lines.values()]
    subs = [
        {
            "title": part.title,
            "columns": columns(result.sub_table)[:-1],
            "summaryItems": items(part.summary),
            "rows": lines[part.key],
        }
        for part in result.sub_reports
    ]
    return reply | {"columns": [], "subReports": subs}


def told(wire: list[dict[str, str]]) -> list[tuple[str, ColumnKind]]:
    return [(column["title"], KINDS[column["format"]]) for column in wire]


def heads(table: Table) -> list[tuple[str, ColumnKind]]:
    """Titles and kinds; of a column that is all blank nothing can be proven, so its kind is not asked for."""
    found = []
    for number, column in enumerate(table.columns):
        blank = all(cells[number] == (None, None) for cells in rows(table))
        told_kind = KINDS.get(column.vendor_format, column.kind)
        found.append((column.title, told_kind if blank and column.vendor_format else column.kind))
    return found


def columns(table: Table) -> list[dict[str, str]]:
    return [{"key": str(number), "title": column.title} for number, column in enumerate(table.columns)]


def rows(table: Table) -> list[tuple[Any, ...]]:
    assert table.row_count <= 20_000
    return list(table.view().page(0, 20_000))


def row(cells: tuple[Any, ...]) -> dict[str, Any]:
    """A row of the wire; a text is there where one was sent that says more than the value."""
    made = {}
    for number, (shown, text) in enumerate(cells):
        value = shown
        if isinstance(shown, datetime):  # on the site's wall clock
            value = round(shown.replace(tzinfo=ZONE).timestamp() * 1000)
        made[str(number)] = {"value": value} | ({} if text is None else {"formattedValue": text})
    return {"values": made}


def items(summary: Any) -> list[dict[str, Any]]:
    return [{"title": item.title, "value": item.value, "format": "NUMBER"} for item in summary]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The floor of the servers' own tests, with an open backend of each product."""
    options = Options(seed=5, queues=5, agents=18, start_ms=START, manual=True, site_zone="Europe/Madrid")
    async with start(options) as demo, aiohttp.ClientSession() as session:
        desk = Desk(session, demo, tmp_path_factory.mktemp("runs"))
        await desk.look()
        opened = [open_backend(demo, name) for name in SERVERS.values()]
        for name, backend in zip(SERVERS.values(), opened, strict=True):
            runner = backend.reports(Patience((0.05,), 60.0))
            assert isinstance(runner, XimaReports)
            desk.runners[name] = runner
        try:
            yield desk
        finally:
            for backend in opened:
                await backend.aclose()


def open_backend(demo: RunningDemo, name: str) -> XimaBackend:
    """A connection as of a profile of the demo."""
    server = demo.server(name)
    profile = Profile(ProfileId("p1"), server.name, name, server.url, fields=server.fields, proxy="none")
    secrets = {field: Secret(value) for field, value in server.secrets.items()}
    backend = backends()[name].open(Connection(profile, secrets, SystemClock(), ExchangeLog()))
    assert isinstance(backend, XimaBackend)
    return backend


CHECKS: list[Callable[[Any], Awaitable[None]]] = [
    truth.test_agent_talking_summary,
    truth.test_agent_call_summary,
    truth.test_agent_call_volume,
    truth.test_service_level,
    truth.test_call_performance,
    truth.test_queue_call_summary,
    truth.test_call_details,
    truth.test_abandoned_calls,
    truth.test_external_number_and_account_code_summary,
    truth.test_roles_call_cost_summary,
    truth.test_reason_codes_features_and_time_cards,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("test_"))
async def test_the_console_shows_what_the_log_says(desk: Desk, check: Callable[[Any], Awaitable[None]]) -> None:
    await check(desk)


@pytest.mark.parametrize("hosted", [False, True])
async def test_agents_by_queue_too(desk: Desk, hosted: bool) -> None:
    await truth.test_agent_call_summary_by_queue(desk, hosted)


async def test_both_products_say_the_same_of_one_floor(desk: Desk) -> None:
    """Every title that both have, for a shift of two days, with the other product's own shape of replies."""
    at = desk.sets[1]
    titles = [title for server, title in desk.offers if server == "Demo Chronicall"]
    shared = [title for title in titles if ("Demo Xima CCaaS", title) in desk.offers]
    assert len(titles) == 15
    differing = set()
    for title in shared:
        first, second = [await desk.run(title, at, server) for server in SERVERS]
        assert first.get("rows") or first["subReports"]
        if figures(first) != figures(second):
            differing.add(title)
    assert differing == {"Agent Call Volume"}  # the hosted product has columns of its own there


def figures(reply: dict[str, Any]) -> Any:
    """The values of a reply; names of features and blanks are written in another way by each product."""
    parts = reply.get("subReports") or [reply]
    return [[[cell["value"] for cell in line["values"].values()] for line in part["rows"]] for part in parts]


async def test_every_pasted_text_has_been_run(desk: Desk) -> None:
    """All fifteen of each product, as they are pasted and as the ready-made report with its key says them."""
    at, ran = desk.sets[0], 0
    for (server, title), offer in desk.offers.items():
        imported = read_request_details(offer["request_details"], SERVERS[server])
        result = await desk.result(server, imported.definition, dict(imported.values), at)
        assert (result.title, [note.code for note in result.notes]) == (title, []), title
        ready = next((of for of in definitions_of(SERVERS[server]) if of.title == title), None)
        if ready is not None and (values := translated(imported.definition, dict(imported.values), ready)) is not None:
            values["report_key"] = offer["key"]
            second = await desk.result(server, ready, values, at)
            assert second.notes == (), title
            assert figures(again(second)) == figures(again(result)), title
            second.close()
            ran += 1
        result.close()
    assert (len(desk.offers), ran) == (30, 28)  # two have no ready-made form in one of the products


def translated(custom: ReportDefinition, values: dict[str, Json], ready: ReportDefinition) -> dict[str, Json] | None:
    """The same answers in the ready-made form; None when it has no place for one of them."""
    made: dict[str, Json] = {}
    for param in custom.params:
        if not values.get(param.id):
            continue
        place = (param.wire.get("name"), param.wire.get("part"))
        found = next((p for p in ready.params if (p.wire.get("name"), p.wire.get("part")) == place), None)
        if found is None or found.kind is not param.kind:
            return None
        made[found.id] = values[param.id]
    return made


async def test_a_reply_of_another_report_is_told(desk: Desk) -> None:
    """Its title differs, its columns are partly the same: a site may have renamed its report, so it is shown."""
    ready = next(of for of in definitions_of("xima") if of.id == "agent-talking-summary")
    at = desk.sets[0]
    values: dict[str, Json] = {
        "report_key": desk.offers["Demo Xima CCaaS", ready.title]["key"],
        "rows_agents": [*at.agents],
        "timeframe": {},
    }
    await desk.demo.fault("report_foreign", "xima", times=1)
    result = await desk.result("Demo Xima CCaaS", ready, values, at)
    assert [note.code for note in result.notes] == ["historic.other_report"]
    result.close()


async def test_a_reply_without_any_column_of_the_report_is_refused(desk: Desk) -> None:
    ready = next(of for of in definitions_of("xima") if of.id == "external-number-summary")
    known = [column for column in ready.columns if column.title == "External Number"]
    ready = type(ready)(ready.id, ready.backend, ready.title, params=ready.params, columns=tuple(known))
    values: dict[str, Json] = {"report_key": desk.offers["Demo Xima CCaaS", ready.title]["key"], "timeframe": {}}
    await desk.demo.fault("report_foreign", "xima", times=1)
    with pytest.raises(ProtocolError) as caught:
        await desk.result("Demo Xima CCaaS", ready, values, desk.sets[0])
    assert caught.value.message.code == "historic.foreign"
