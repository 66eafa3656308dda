"""What the console shows of every Asternic entity equals what the world's own event log says.

The recount is that of the server's own tests: each of them runs here against a floor whose rows are written back, field
by field, from the tables that the console made of them.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from console.demo.faults import Fault
from console.demo.main import RunningDemo, start
from console.demo.options import Options
from console.domain.callflow import FlowSpan, SpanKind
from console.domain.clock import SystemClock
from console.domain.errors import ProtocolError
from console.domain.messages import english
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.reports.columns import Column, ColumnKind
from console.reports.result import Progress, ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import Json, ParamKind, ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.vendors.asternic.backend import AsternicBackend
from console.vendors.asternic.reports import known
from console.vendors.asternic.reports.definitions import LONGEST_SECONDS
from console.vendors.asternic.reports.runner import AsternicReports
from console.vendors.asternic.wire import plain_name
from console.vendors.base import Connection
from tests.world import test_reports_asternic as truth
from tests.world.event_log import Call, Leg
from tests.world.test_reports_asternic import START, ZONE, Floor, Row, flow, gone, share, talk, wait, word

CALLS = ("answered_calls_detail", "unanswered_calls_detail")
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Desk(Floor):
    """A floor seen through the console's own runner of reports."""

    runner: AsternicReports
    definitions: dict[str, ReportDefinition]

    def __init__(self, session: aiohttp.ClientSession, demo: RunningDemo, folder: Path) -> None:
        server = demo.server("asternic")
        super().__init__(session, demo.control_url, server.url, server.secrets["password"])
        self.demo = demo
        self.server = server
        self._folder = folder
        self._numbers = itertools.count(1)

    async def rows(self, entity: str, **query: str) -> list[Row]:
        """See `Floor.rows`: what the table holds, as the server would have written it."""
        result = await self.run(entity, query)
        try:
            is_part = "secondsstart" in query and "_by_" in entity  # rows that count have no time to check
            assert {note.code for note in result.notes} <= (
                {"run.empty", "run.unchecked"} if is_part else {"run.empty"}
            )
            assert result.missing == ()
            return written(result, day_first=entity != "search")
        finally:
            result.close()

    async def run(self, entity: str, query: dict[str, str], tell: Any = None, **values: Json) -> ReportResult:
        """Run a report by its form; what is sent is what was asked by hand, a part at a time."""
        definition = self.definitions[entity.removeprefix("reports/")]
        given = form(definition, query) | values
        frames = {"timeframe": resolved(query)} if "start" in query else {}
        plan = self.runner.plan(definition, given, PlanContext(frames, datetime.now(ZONE), "table", {}))
        times = ("start", "end", "secondsstart", "secondsend")
        for request in plan.requests:
            sent = dict(request.query)
            assert {name: text for name, text in sent.items() if name not in times} == {"entity": entity} | {
                name: text for name, text in query.items() if name not in times
            }
            assert all(sent.get(name) == query.get(name) for name in times[2:])
        ends = dict(plan.requests[0].query).get("start"), dict(plan.requests[-1].query).get("end")
        assert ends == (query.get("start"), query.get("end"))
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return await self.runner.run(definition, plan, folder, tell or (lambda progress: None))


def resolved(query: dict[str, str]) -> ResolvedTimeframe:
    """Whole days, and a part of each where the query says so."""
    first, last = (datetime.fromisoformat(query[name]).replace(tzinfo=ZONE) for name in ("start", "end"))
    last = last.replace(hour=23, minute=59, second=59)
    if "secondsstart" not in query:
        return ResolvedTimeframe(first, last, str(ZONE))
    low, high = (int(query[name]) for name in ("secondsstart", "secondsend"))
    daily = tuple(time(second // 3600, second // 60 % 60, second % 60) for second in (low, high))
    return ResolvedTimeframe(first, last, str(ZONE), (daily[0], daily[1]))


def form(definition: ReportDefinition, query: dict[str, str]) -> dict[str, Json]:
    """The values of a form that come to a query."""
    values: dict[str, Json] = {}
    for param in definition.params:
        text = query.get(str(param.wire.get("name")))
        if text is None:
            continue
        if param.kind is ParamKind.DURATION_RANGE:
            low, high = map(int, text.split(","))
            values[param.id] = {"min": low, "max": None if high == LONGEST_SECONDS else high}
        else:
            values[param.id] = text
    return values


def written(result: ReportResult, *, day_first: bool) -> list[Row]:
    """The table's rows under the keys of the server's own, each value as the interface writes it."""
    assert result.table is not None
    raws = [json.loads(file.path.read_bytes())["rows"] for file in result.files]
    keys = next((list(rows[0]) for rows in raws if rows), [])
    titles = [column.title for column in result.table.columns]
    assert len(set(titles)) == len(titles)
    moments = "%d-%m-%Y %H:%M:%S" if day_first else "%Y-%m-%d %H:%M:%S"
    places = {key: titles.index(title_of(key)) for key in keys}
    found = []
    for cells in result.table.view().page(0, 20_000):
        sent = next((cells[n][0] for n, c in enumerate(result.table.columns) if c.id == known.CALLER_SENT), None)
        row = {key: text_of(cells[place], result.table.columns[place], moments) for key, place in places.items()}
        for key in keys:
            if sent and title_of(key) == "Caller":
                assert row[key] == known.NO_CALLER
                row[key] = str(sent)
        found.append(row)
    return found


def title_of(key: str) -> str:
    """The heading under which a field is shown: the console's own word for what it knows, else the key."""
    entry = known.BY_NAME.get(("%" if "%" in key else "") + plain_name(key))
    return key if entry is None else entry.title


def text_of(cell: tuple[Any, Any], column: Column, moments: str) -> str:
    """A value as the interface writes it; empty for nothing."""
    value, text = cell
    if value is None:
        return text or ""
    if column.kind is ColumnKind.DURATION:
        return f"{value / 1000:g}"
    if column.kind is ColumnKind.DATETIME:
        return f"{value:{moments}}"
    return f"{value:.2f}" if "%" in column.title else str(value)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The floor of the server's own tests, seen through an open backend."""
    options = Options(seed=7, queues=5, agents=18, start_ms=START, manual=True, site_zone="America/Denver")
    async with start(options) as demo, aiohttp.ClientSession() as session:
        desk = Desk(session, demo, tmp_path_factory.mktemp("runs"))
        await desk.look()
        server = desk.server
        profile = Profile(ProfileId("p1"), "Floor", "asternic", server.url, fields=server.fields, proxy="none")
        secrets = {name: Secret(value) for name, value in server.secrets.items()}
        backend = AsternicBackend(Connection(profile, secrets, SystemClock(), ExchangeLog()))
        try:
            desk.runner = backend.reports()
            desk.definitions = {of.id: of for of in await desk.runner.definitions()}
            yield desk
        finally:
            await backend.aclose()


@pytest.fixture
def one_day(desk: Desk) -> Iterator[None]:
    """Counting reports of a part of several days are a request and a row for each day, so one day is compared."""
    second = desk.second
    desk.second = second | {"end": second["start"]}
    yield
    desk.second = second


async def test_calls_in_detail(desk: Desk) -> None:
    await truth.test_answered_and_unanswered_detail(desk)


@pytest.mark.usefixtures("one_day")
async def test_answered_calls_by_something(desk: Desk) -> None:
    await truth.test_answered_calls_by_something(desk)


@pytest.mark.usefixtures("one_day")
async def test_distributions_and_unanswered_by_queue(desk: Desk) -> None:
    """A part of a day, and two whole days, which are one request."""
    first = desk.first
    after = datetime.fromisoformat(first["end"]) + timedelta(days=1)
    desk.first, desk.second = desk.second, first | {"end": f"{after:%Y-%m-%d}"}
    try:
        await truth.test_distributions_and_unanswered_by_queue(desk)
    finally:
        desk.first = first


async def test_sessions_and_pauses(desk: Desk) -> None:
    await truth.test_sessions_and_pauses(desk)


async def test_search_with_every_filter(desk: Desk) -> None:
    await truth.test_search_with_every_filter(desk)


async def test_a_part_of_several_days_is_a_row_for_each_day(desk: Desk) -> None:
    """Received and share of each queue, day by day: shares of two days cannot be added."""
    result = await desk.run("reports/answered_calls_by_queue", desk.second)
    assert result.table is not None
    assert [note.code for note in result.plan.notes] == ["run.by_day", "run.days_apart"]
    titles = [column.title for column in result.table.columns]
    assert titles == ["Day", "Queue", "Received", "% Calls"]
    got = {
        (str(cells[0][0])[:10], cells[1][0]): (cells[2][0], cells[3][0]) for cells in result.table.view().page(0, 999)
    }
    expected = {}
    for day in (desk.second["start"], desk.second["end"]):
        pairs = desk.answered(desk.second | {"start": day, "end": day})
        for queue, count in Counter(desk.numbers[leg.queue] for _, leg in pairs).items():
            expected[day, queue] = count, float(share(count, len(pairs)))
    assert got == expected
    result.close()


async def test_lists_are_those_of_the_site(desk: Desk) -> None:
    """Whoever stands for all or for none is labelled so, and is no choice."""
    for entity, names in (("queues", set(desk.numbers.values())), ("agents", set(desk.people.values()))):
        result = await desk.run(entity, {})
        assert result.table is not None
        stem = entity[:-1].capitalize()
        titles = [column.title for column in result.table.columns]
        lines = [
            dict(zip(titles, (value for value, _ in cells), strict=True)) for cells in result.table.view().page(0, 99)
        ]
        assert {line[stem] for line in lines if line["Kind of row"] != "pseudo row"} == names
        result.close()
        directory = await desk.runner.choices(entity)
        assert {choice.value for choice in directory.choices} == names
        assert [english(note) for note in directory.notes] in (
            [],
            ["Not listed: ALL. They stand for all or for none, which is what an empty field asks for."],
            ["Not listed: ALL, NONE. They stand for all or for none, which is what an empty field asks for."],
        )


async def test_every_report_the_server_names_was_compared(desk: Desk) -> None:
    """What is named beyond this needs a comparison of its own."""
    by = {f"answered_calls_by_{name}" for name in ("queue", "agent", "url", "did", "holdtime", "event")}
    spread = {f"distribution_by_{name}" for name in ("queue", "hour", "day")} | {"unanswered_calls_by_queue"}
    rest = {"agent_sessions_detail", "agent_pauses_detail", "search", "queues", "agents"}
    assert set(desk.definitions) == {*CALLS, *by, *spread, *rest}


async def test_call_flows_are_their_events(desk: Desk) -> None:
    """Overflowed, transferred, missed, abandoned ...: each event as the log has it, each stay as long as it was."""
    wanted: dict[str, Call] = {}
    for call in desk.calls:
        for leg in call.legs:
            if leg.ended >= 0:
                wanted.setdefault(leg.transfer or leg.how, call)
                wanted.setdefault(f"{len(call.legs)} legs", call)
    assert {"overflow", "blind", "attended", "abandon", "2 legs"} <= set(wanted)
    for call in wanted.values():
        found = await desk.runner.call_flow(call.uid)
        expected = flow(desk, call)
        got = [tuple(dict(event.sent)[name] for name in ("datetime", "queue", "agent")) for event in found.events]
        assert got == [row[:3] for row in expected]
        assert [event.name for event in found.events] == [row[3] for row in expected]
        for event, row in zip(found.events, expected, strict=True):
            infos = [dict(event.sent)[f"info{place}"] for place in range(1, 6)]
            assert all(own == theirs or (theirs == "*" and own) for own, theirs in zip(infos, row[4:], strict=True))
            assert event.at == datetime.fromisoformat(row[0])
            assert event.marks == ()
        legs = [leg for leg in call.legs if leg.ended >= 0]
        assert [leg.ending for leg in found.legs][: len(legs)] == [word(leg) for leg in legs]
        for number, leg in enumerate(legs, 1):
            check_leg([span for span in found.spans if span.leg == number], leg)


def check_leg(spans: list[FlowSpan], leg: Leg) -> None:
    """Waiting and talk as long as they were, to the second the log keeps."""

    def lengths(kind: SpanKind) -> list[int]:
        return [span.length_ms // 1000 for span in spans if span.kind is kind]

    assert lengths(SpanKind.WAITING) == [wait(leg)]
    assert lengths(SpanKind.TALK) == ([talk(leg)] if leg.answered >= 0 else [])
    assert len(lengths(SpanKind.TRANSFER)) == bool(leg.transfer)
    rung = [gone(ring.start, ring.end) for ring in leg.rings if ring.end >= 0]
    assert all(abs(a - b) <= 1 for a, b in zip(sorted(lengths(SpanKind.RINGING)), sorted(rung), strict=True))


FAULTS = {
    "report_429": "too many requests",
    "report_html": "sign-in page",
    "report_truncate": "",
    "report_foreign": "another report",
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_day_that_fails_is_named_and_the_others_are_kept(desk: Desk, kind: str) -> None:
    """Three days, the second of which the server spoils."""
    yesterday = datetime.fromisoformat(desk.first["start"])
    days = [f"{yesterday + timedelta(days=number):%Y-%m-%d}" for number in (-1, 0, 1)]
    query = {"start": days[0], "end": days[2]}

    fault = Fault(kind, times=1)

    def told(progress: Progress) -> None:
        if progress.part == 2:
            desk.server.faults[kind] = fault  # once: it counts its own strikes

    try:
        result = await desk.run("reports/answered_calls_detail", query, told)
    finally:
        desk.server.faults.pop(kind, None)
    whole = [await desk.rows("reports/answered_calls_detail", start=day, end=day) for day in (days[0], days[2])]
    assert whole[0]
    assert written(result, day_first=True) == [*whole[0], *whole[1]]
    assert result.missing == (days[1],)
    sentence = english(result.notes[-1])
    assert sentence.startswith(f"Missing: {days[1]}. ")
    assert FAULTS[kind] in sentence
    assert len(result.files) == 2
    result.close()


@pytest.mark.parametrize(
    "entity", ["answered_calls_detail", "answered_calls_by_agent", "search", "distribution_by_queue"]
)
async def test_rows_of_another_report_are_refused(desk: Desk, entity: str) -> None:
    name = "search" if entity == "search" else f"reports/{entity}"
    await desk.demo.fault("report_foreign", "asternic", times=1)
    with pytest.raises(ProtocolError) as caught:
        await desk.run(name, desk.first)
    assert caught.value.message.code == "run.other_report"
    assert "Hour" in english(caught.value.message)


async def test_a_call_that_is_no_call_is_refused(desk: Desk) -> None:
    await desk.demo.fault("report_foreign", "asternic", times=1)
    with pytest.raises(ProtocolError) as caught:
        await desk.runner.call_flow(desk.calls[0].uid)
    assert caught.value.message.code == "run.other_report"
