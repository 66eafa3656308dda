"""What the console shows of every Yeastar report equals what the world's own event log says, as table and as file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio

from console.demo.main import start
from console.demo.options import Options
from console.demo.servers.yeastar_reports_csv import COLUMNS
from console.domain.clock import SystemClock
from console.domain.errors import ProtocolError
from console.domain.messages import english
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.reports.result import ReportResult
from console.reports.runner import PlanContext, ReportRunner
from console.reports.schema import ParamKind, ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.vendors.base import Connection
from console.vendors.yeastar.backend import YeastarBackend
from console.vendors.yeastar.reports import definitions, open_reports
from tests.world.recount_yeastar import Asked, Recount, Row
from tests.world.rows_yeastar import EXPECTED, queue_figures
from tests.world.test_reports_yeastar import START, ZONE, Look, ask

DEFINITIONS = {definition.id: definition for definition in definitions()}
FORMATS = ("table", "csv")
WRITTEN = "%d/%m/%Y %I:%M:%S %p"
TEXTS = {"queue_id", "question_id"}  # what names something is no figure
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Desk:
    """A world standing still, its log, and the console's own runner of reports."""

    look: Look
    runner: ReportRunner

    async def run(self, kind: str, query: dict[str, str], format_: str, folder: Path) -> ReportResult:
        """Run a report by its form; what is sent is what was asked by hand."""
        definition = DEFINITIONS[kind]
        values, window = form(definition, query)
        await self.runner.site()
        now = datetime.fromtimestamp(self.look.now / 1000, ZoneInfo(ZONE))
        plan = self.runner.plan(
            definition, values, PlanContext(dict.fromkeys(("range", "time"), window), now, format_, {})
        )
        sent = {name: value for name, value in plan.requests[0].query if (name, value) != ("need_detail", "0")}
        assert sent == query
        return await self.runner.run(definition, plan, folder, lambda progress: None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    """The world of the server's own tests, seen through an open backend."""
    options = Options(seed=11, queues=4, agents=12, site_zone=ZONE, start_ms=START, manual=True)
    async with start(options) as demo, aiohttp.ClientSession() as session:
        await demo.step(3 * 3600 + 1234)
        look = Look(demo, session)
        await look.open()
        backend = open_backend(look)
        try:
            yield Desk(look, open_reports(backend))
        finally:
            await backend.aclose()


def open_backend(look: Look, *, events: bool = False) -> YeastarBackend:
    """A connection as of a profile of the demo."""
    server = look.demo.server("yeastar")
    fields = {**server.fields, "events": str(events).lower(), "counters": "off"}
    profile = Profile(ProfileId("p1"), "Floor", "yeastar", server.url, fields=fields, proxy="none")
    secrets = {name: Secret(value) for name, value in server.secrets.items()}
    return YeastarBackend(Connection(profile, secrets, SystemClock(), ExchangeLog()))


def form(definition: ReportDefinition, query: dict[str, str]) -> tuple[dict[str, Any], ResolvedTimeframe]:
    """The values of a form that come to a query."""
    values: dict[str, Any] = {}
    for param in definition.params:
        sent = query.get(str(param.wire.get("name") or param.id))
        if param.kind in (ParamKind.TIMEFRAME, ParamKind.PERIOD):
            values[param.id] = {}
        elif sent is None:
            continue
        elif param.kind is ParamKind.MULTI_CHOICE:
            values[param.id] = sent.split(",")
        elif param.kind is ParamKind.BOOLEAN:
            values[param.id] = sent == "1"
        else:
            values[param.id] = int(sent) if param.kind is ParamKind.DURATION else sent
    if "time" in query:
        first, last = _period([int(part) for part in reversed(query["time"].split("/"))])
    else:
        first, last = (datetime.strptime(query[name], WRITTEN) for name in ("start_time", "end_time"))  # noqa: DTZ007
    zone = ZoneInfo(ZONE)
    return values, ResolvedTimeframe(first.replace(tzinfo=zone), last.replace(tzinfo=zone), ZONE)


def _period(parts: list[int]) -> tuple[datetime, datetime]:
    """A day, a month or a year, by how many numbers there are."""
    year, month, day = (*parts, 1, 1)[:3]
    first = datetime(year, month, day)  # noqa: DTZ001 - a wall clock
    if len(parts) == 3:
        after = first + timedelta(days=1)
    else:
        after = first.replace(year=year + 1) if len(parts) == 1 or month == 12 else first.replace(month=month + 1)
    return first, after - timedelta(seconds=1)


def value(key: str, sent: Any) -> Any:
    """What a cell has to hold: milliseconds, per cent, moments, figures, names; nothing for what was sent blank."""
    if sent == "":
        return None
    if isinstance(sent, str):
        if key == "survey_result":
            return int(sent)
        return datetime.strptime(sent, WRITTEN) if key.endswith("time") else sent  # noqa: DTZ007
    if key in TEXTS:
        return str(sent)
    return sent * 1000 if key.endswith(("_time", "_duration")) else sent


def shown(table: Any) -> list[dict[str, Any]]:
    """A table by the titles of its columns, which differ from each other."""
    titles = [column.title for column in table.columns]
    assert len(set(titles)) == len(titles)
    return [dict(zip(titles, (cell[0] for cell in row), strict=True)) for row in table.view().page(0, 5000)]


def worded(key: str) -> str:
    return {
        "agent_num": "Agent number",
        "did_number": "DID number",
        "ext_name": "Extension name",
        "ext_num": "Extension number",
        "queue_num": "Queue number",
    }.get(key, key.replace("_", " ").capitalize())


def titled(definition: ReportDefinition, rows: list[Row]) -> list[dict[str, Any]]:
    """Rows of the interface under the titles a table has for them."""
    titles = {column.id: column.title for column in definition.columns}
    return [{titles.get(key, worded(key)): value(key, sent) for key, sent in row.items()} for row in rows]


def filed(kind: str, rows: list[Row], leave_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Rows under the headings of the file."""
    found = []
    for row in rows:
        cells = {}
        for title, field in COLUMNS[kind]:
            key = {"handle_time": "average_server_time", "at": "time"}.get(field, field)
            key = key[:-3] + "_time" if key.endswith("_at") else key
            if key not in leave_out:
                cells[title] = int(row[key]) if key == "question_id" else value(key, row[key])
        found.append(cells)
    return found


def told(result: ReportResult) -> str:
    return " ".join(english(note) for note in result.notes)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("kind", EXPECTED)
async def test_the_console_shows_what_the_log_says(desk: Desk, kind: str, format_: str, tmp_path: Path) -> None:
    """Cell by cell under its title, for two sets of parameters that differ."""
    for second in (False, True):
        query, asked = ask(desk.look, kind, second=second)
        count = desk.look.recount(asked)
        expected = EXPECTED[kind](count)
        folder = tmp_path / str(second)
        folder.mkdir()
        result = await desk.run(kind, query, format_, folder)
        try:
            assert expected
            check(kind, format_, result, expected)
            assert "{" not in told(result)
            if kind == "queueperformance" and format_ == "csv":
                totals(result, count, asked)
        finally:
            result.close()


def check(kind: str, format_: str, result: ReportResult, expected: list[Row]) -> None:
    """Compare all there is."""
    definition = DEFINITIONS[kind]
    is_file = format_ == "csv"
    if kind == "ringgroupstatistics":
        groups(result, expected, is_file=is_file)
        return
    assert result.sub_table is None
    if kind == "queueagentperformance":
        (queue,) = expected
        head = {key: queue[key] for key in ("queue", "queue_num", "queue_id")}
        if not is_file:
            figures = {key: sent for key, sent in queue.items() if key not in (*head, "detail")}
            wanted = titled(DEFINITIONS["queueperformance"], [figures])[0]
            assert {item.title.removeprefix("Queue: "): item.value for item in result.summary} == wanted
        expected = [({} if is_file else head) | agent for agent in queue["detail"]]
    elif kind == "ivr":
        expected = [
            {key: sent for key, sent in row.items() if key != "press_count"} | row["press_count"] for row in expected
        ]
    assert shown(result.table) == (filed(kind, expected) if is_file else titled(definition, expected))


def groups(result: ReportResult, expected: list[Row], *, is_file: bool) -> None:
    """Groups in the table, members in the one below it."""
    kind = "ringgroupstatistics"
    own = [{key: sent for key, sent in row.items() if key != "member_list"} for row in expected]
    members = [(row, member) for row in expected for member in row["member_list"]]
    inner, definition = shown(result.sub_table), DEFINITIONS[kind]
    keys = [next(iter(row.values())) for row in inner]
    below = [dict(list(row.items())[1:]) for row in inner]
    if is_file:
        assert keys == [row["group_name"] for row, _ in members]
        assert shown(result.table) == filed(kind, own, ("ext_name", "ext_num"))
        assert below == filed(kind, [member for _, member in members], ("group_name", "group_num"))
    else:
        assert keys == [f"{row['group_name']} ({row['group_num']})" for row, _ in members]
        assert shown(result.table) == titled(definition, own)
        assert below == titled(definition, [member for _, member in members])


def totals(result: ReportResult, count: Recount, asked: Asked) -> None:
    """The last line of the file: no sum of averages, but the figures of all calls."""
    figures = queue_figures(count, count.chosen_legs(asked.queues)) | {"queue": "Total"}
    (wanted,) = filed("queueperformance", [figures], ("queue",))
    assert {item.title.removeprefix("Total: "): item.value for item in result.summary} == wanted


async def test_a_failed_background_run_is_heard(desk: Desk, tmp_path: Path) -> None:
    """The event of a failure names no file and so no type."""
    query, _ = ask(desk.look, "queueperformance", second=False)
    await desk.look.demo.fault("report_failed", "yeastar")
    backend = open_backend(desk.look, events=True)
    try:
        other = Desk(desk.look, open_reports(backend))
        with pytest.raises(ProtocolError) as caught:
            async with asyncio.timeout(20):  # unheard, it would be waited for
                await other.run("queueperformance", query | {"is_async": "1"}, "csv", tmp_path)
    finally:
        await backend.aclose()
        await desk.look.demo.fault("clear", "yeastar")
    assert caught.value.message.code == "pbx.background_failed"
