"""The demo's historical API: its shape, its refusals, its files, its 202s and its faults."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import json
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import aiohttp
import pytest

from console.demo.folding import fold
from console.demo.main import RunningDemo, start
from console.demo.options import Options, UsageError
from console.demo.servers.xima import XimaServer
from tests.demo.wire import API, START

Body = dict[str, Any]


class Reports:
    """One server's reports as people who paste their request details have them."""

    def __init__(self, demo: RunningDemo, session: aiohttp.ClientSession, backend: str) -> None:
        server = demo.server(backend)
        assert isinstance(server, XimaServer)
        self.server = server
        self.key = server.keys["supervisor"]
        self._session = session
        self._offers = {offer["title"]: offer["request_details"] for offer in server.report_offers()}
        self.titles = list(self._offers)

    def body(self, title: str) -> Body:
        return json.loads(self._offers[title].split("Body\n")[1])  # type: ignore[no-any-return]

    def url(self, title: str) -> str:
        found = re.search(r"POST (\S+)", self._offers[title])
        assert found is not None
        return found[1]

    async def post(self, title: str, body: Body | str) -> tuple[int, dict[str, str], bytes]:
        data = body if isinstance(body, str) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        async with self._session.post(self.url(title), data=data, headers=headers) as response:
            return response.status, dict(response.headers), await response.read()

    async def status(self, title: str, body: Body | str) -> int:
        return (await self.post(title, body))[0]


@pytest.fixture
def chronicall(demo: RunningDemo, session: aiohttp.ClientSession) -> Reports:
    """On premises."""
    return Reports(demo, session, "chronicall")


@pytest.fixture
def hosted(demo: RunningDemo, session: aiohttp.ClientSession) -> Reports:
    """CCaaS."""
    return Reports(demo, session, "xima")


TALKING = "Agent Talking Summary"
VOLUME = "Agent Call Volume"


async def test_the_control_server_tells_every_report_with_its_request_details(
    demo: RunningDemo, session: aiohttp.ClientSession, chronicall: Reports, hosted: Reports
) -> None:
    """Fifteen of each product, under keys of their own; each text as it stands can be sent."""
    async with session.get(f"{demo.control_url}/reports") as response:
        offers = await response.json()
    assert [offer["title"] for offer in offers] == [*chronicall.titles, *hosted.titles]
    assert len({offer["key"] for offer in offers}) == 30
    assert all(re.fullmatch("[0-9A-Z]{8}", offer["key"]) for offer in offers)
    assert {"Group Call Summary", "Agent Call Summary by Group"} <= set(chronicall.titles)
    assert {"Skill Call Summary", "Agent Call Summary by Skill"} <= set(hosted.titles)
    for reports in (chronicall, hosted):
        for title in reports.titles:
            assert f"Bearer {reports.key}" in reports._offers[title]
            assert await reports.status(title, reports.body(title)) == 200


async def test_the_reply_has_the_documented_shape(chronicall: Reports) -> None:
    """Order of members, column keys as decimal strings, text only where documented, milliseconds dropped."""
    _, headers, raw = await chronicall.post(TALKING, chronicall.body(TALKING))
    reply = json.loads(raw)
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    members = ["reportId", "executionId", "title", "timeframe", "skin", "columns", "dataFlag", "summaryItems", "rows"]
    assert list(reply) == [*members, "charts"]
    assert (reply["reportId"], reply["skin"], reply["dataFlag"]) == (48, "Avaya Default", "INCLUDED")
    assert reply["charts"] == {"type": "CHARTS", "rows": []}
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", reply["executionId"])
    assert re.fullmatch(r"2026-09-23T00:00:00-06:00", reply["timeframe"]["start"])
    assert [column["key"] for column in reply["columns"]] == [str(number) for number in range(7)]
    titles = ["Agent", "Inbound Calls", "Outbound Calls", "Internal Calls", "Total Calls", "Total Talking"]
    assert [column["title"] for column in reply["columns"]] == [*titles, "Avg Talking"]
    assert [item["title"] for item in reply["summaryItems"]] == [
        "Agents",
        "Total Inbound Calls",
        "Total Outbound Calls",
        "Total Internal Calls",
        "Total Calls",
        "Avg Total Calls",
        "Total Talking",
        "Avg Talking",
    ]
    assert all(set(row["values"]["0"]) == {"value"} for row in reply["rows"])
    assert isinstance(reply["summaryItems"][5]["value"], float)
    again = json.loads((await chronicall.post(TALKING, chronicall.body(TALKING)))[2])
    assert again["executionId"] != reply["executionId"]


async def test_sub_reports_differ_between_the_products(chronicall: Reports, hosted: Reports) -> None:
    """Columns at the top with cells left out, or in each sub-report with blank cells."""
    old = json.loads((await chronicall.post(VOLUME, chronicall.body(VOLUME)))[2])
    assert len(old["columns"]) == 9
    assert all("columns" not in sub for sub in old["subReports"])
    new = json.loads((await hosted.post(VOLUME, hosted.body(VOLUME)))[2])
    assert new["columns"] == []
    assert all(len(sub["columns"]) == 9 for sub in new["subReports"])
    blanks = [cell for sub in new["subReports"] for row in sub["rows"] for cell in row["values"].values()]
    assert {"value": None, "formattedValue": ""} in blanks
    assert "rows" not in new
    offsets = hosted.body(VOLUME)
    offsets["parameters"][0]["value"] |= {"start": "2026-09-23T06:00:00Z", "end": "2026-09-24T05:59:59Z"}
    reply = json.loads((await hosted.post(VOLUME, offsets))[2])
    assert reply["subReports"] == new["subReports"]
    assert reply["timeframe"]["start"].endswith("Z")


def drop(place: int) -> Callable[[Body], None]:
    return lambda body: body["parameters"].pop(place)  # type: ignore[no-any-return]


def put(place: int, **more: Any) -> Callable[[Body], None]:
    return lambda body: body["parameters"][place].update(more)  # type: ignore[no-any-return]


def value(place: int, **more: Any) -> Callable[[Body], None]:
    return lambda body: body["parameters"][place]["value"].update(more)  # type: ignore[no-any-return]


CASES: list[tuple[Callable[[Body], None], int]] = [
    (drop(0), 400),
    (drop(1), 400),
    (put(1, name="rows (time)"), 400),
    (put(1, valueType="SKILLS"), 400),
    (value(1, type="SKILLS"), 400),
    (value(1, intervalType="FORTNIGHTS"), 400),
    (value(1, intervalLength=0), 400),
    (value(1, intervalLength=1, intervalType="MINUTES"), 200),
    (value(2, pbxUsers=[]), 400),
    (value(2, pbxUsers=[{"name": "x"}]), 400),
    (value(2, pbxUsers=[{"key": "Nobody(999)"}]), 403),
    (value(2, pbxUsers=[], roles=[{"key": "NOROLE"}]), 403),
    (value(0, start="yesterday"), 400),
    (value(0, start="2026-09-23T00:00:00"), 400),
    (value(0, start="2026-09-25T00:00:00-06:00"), 400),
    (value(0, end="2027-01-01T00:00:00-07:00"), 200),
    (value(0, shift={"startTime": "08:00:00", "endTime": "09:59:59"}), 200),
    (value(0, shift={"startTime": "22:00:00", "endTime": "05:59:59"}), 200),
    (value(0, shift={"startTime": "25:00:00", "endTime": "26:00:00"}), 400),
    (value(0, shift={}), 400),
    (lambda body: body.update(format="docx"), 400),
    (lambda body: body.update(format="JSON"), 200),
    (lambda body: body["parameters"].append({"name": "Colour"}), 400),
    (lambda body: body["parameters"].append(body["parameters"][0]), 400),
]


async def test_what_is_wrong_with_a_body_is_told_by_a_status_only(chronicall: Reports) -> None:
    statuses = []
    for change, _ in CASES:
        body = deepcopy(chronicall.body(VOLUME))
        change(body)
        statuses.append(await chronicall.status(VOLUME, body))
    assert statuses == [status for _, status in CASES]


async def test_malformed_json_unknown_keys_and_foreign_things(
    chronicall: Reports, session: aiohttp.ClientSession
) -> None:
    """400, 404, 401; 403 for agents, queues and reports that a service user may not see."""
    for text in ("", "{", "[]", '{"parameters": {}}', '{"format": "json"}'):
        assert await chronicall.status(TALKING, text) == 400
    details = chronicall._offers[TALKING]
    chronicall._offers[TALKING] = details.replace("historic-data/", "historic-data/X")
    assert await chronicall.status(TALKING, chronicall.body(TALKING)) == 404
    chronicall._offers[TALKING] = details
    body = chronicall.body(TALKING)
    key, chronicall.key = chronicall.key, "wrong"
    assert await chronicall.status(TALKING, body) == 401
    chronicall.key = chronicall.server.keys["limited"]
    assert await chronicall.status(TALKING, body) == 403
    body["parameters"][1]["value"]["pbxUsers"] = body["parameters"][1]["value"]["pbxUsers"][::2]
    assert await chronicall.status(TALKING, body) == 200
    assert await chronicall.status("Agent Time Card", chronicall.body("Agent Time Card")) == 403
    everything = chronicall.body("Call Performance")
    assert await chronicall.status("Call Performance", everything) == 403
    del everything["parameters"][2]  # all the queues that may be seen
    seen = json.loads((await chronicall.post("Call Performance", everything))[2])
    chronicall.key = key
    more = json.loads((await chronicall.post("Call Performance", everything))[2])
    assert 0 < seen["summaryItems"][0]["value"] < more["summaryItems"][0]["value"]


async def test_files_hold_the_same_figures(chronicall: Reports, hosted: Reports) -> None:
    """Each format is a real file with the texts of the JSON, under the report's own name."""
    body = hosted.body(VOLUME)
    reply = json.loads((await hosted.post(VOLUME, body))[2])
    files = {}
    for form in ("csv", "html", "pdf", "xls", "xlsx", "odt"):
        status, headers, data = await hosted.post(VOLUME, body | {"format": form})
        ending = "xlsx" if form == "xls" else form
        assert status == 200
        assert headers["Content-Disposition"] == f'attachment; filename="Agent_Call_Volume.{ending}"'
        files[form] = data
    lines = list(csv.reader(io.StringIO(files["csv"].decode())))
    columns = reply["subReports"][0]["columns"]
    assert lines[0] == ["Sub Report", *(column["title"] for column in columns)]
    expected = [
        [sub["title"], row["values"]["0"]["value"]]
        + [row["values"][column["key"]]["formattedValue"] for column in columns[1:]]
        for sub in reply["subReports"]
        for row in sub["rows"]
    ]
    assert lines[1:] == expected
    assert files["pdf"].startswith(b"%PDF-1.4")
    assert files["pdf"].endswith(b"%%EOF\n")
    place = int(files["pdf"].split(b"startxref\n")[1].split()[0])
    assert files["pdf"][place:].startswith(b"xref\n")
    assert expected[0][4].encode() in files["pdf"]
    assert f"<td>{expected[0][4]}</td>" in files["html"].decode()
    with zipfile.ZipFile(io.BytesIO(files["odt"])) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert expected[0][4] in archive.read("content.xml").decode()
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as archive:
        assert "[h]:mm:ss" in archive.read("xl/styles.xml").decode()
    _, headers, data = await chronicall.post("Call Details", chronicall.body("Call Details") | {"format": "xlsx"})
    assert data.startswith(b"PK")


async def test_slow_runs_answer_202_to_the_very_same_body(session: aiohttp.ClientSession) -> None:
    """CCaaS only; another body starts anew; the result is the one of the first request."""
    options = Options(queues=3, agents=6, start_ms=START, manual=True, quirks=("xima.slow_reports=2",))
    async with start(options) as demo:
        hosted = Reports(demo, session, "xima")
        body = json.dumps(hosted.body(TALKING))
        assert [await hosted.status(TALKING, body) for _ in range(2)] == [202, 202]
        first = (await hosted.post(TALKING, body))[2]
        assert (await hosted.post(TALKING, body))[2] == first
        assert await hosted.status(TALKING, body + " ") == 202
        bad = json.dumps(hosted.body(TALKING) | {"format": "none"})
        assert await hosted.status(TALKING, bad) == 400
        local = Reports(demo, session, "chronicall")
        assert await local.status(TALKING, local.body(TALKING)) == 200


async def test_a_run_longer_than_the_servers_patience(hosted: Reports) -> None:
    hosted.server.quirks.patience_s = 0.0
    assert await hosted.status(TALKING, hosted.body(TALKING)) == 202
    hosted.server.quirks.patience_s = 20.0
    assert await hosted.status(TALKING, hosted.body(TALKING)) == 200


async def test_faults_of_reports(demo: RunningDemo, chronicall: Reports, hosted: Reports) -> None:
    """Each at one server, counted like every other fault."""
    body = hosted.body(TALKING)
    whole = (await hosted.post(TALKING, body))[2]
    await demo.fault("report_202_forever", "xima")
    assert [await hosted.status(TALKING, body) for _ in range(3)] == [202] * 3
    assert await chronicall.status(TALKING, chronicall.body(TALKING)) == 200
    await demo.fault("clear")
    await demo.fault("report_html", "xima", times=1)
    status, headers, data = await hosted.post(TALKING, body)
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert b"Sign in" in data
    await demo.fault("report_429", "xima", times=1, retry_after=7)
    status, headers, _ = await hosted.post(TALKING, body)
    assert (status, headers["Retry-After"]) == (429, "7")
    await demo.fault("report_truncate", "xima", times=1)
    cut = (await hosted.post(TALKING, body))[2]
    assert len(cut) == len(whole) // 2
    await demo.fault("report_foreign", "xima", times=1)
    assert json.loads((await hosted.post(TALKING, body))[2])["title"] == "Agent Call Summary"
    assert json.loads((await hosted.post(TALKING, body))[2])["title"] == TALKING


async def test_realtime_stays_alive_while_a_report_is_folded(
    demo: RunningDemo, session: aiohttp.ClientSession, chronicall: Reports
) -> None:
    """The run happens beside the event loop: metrics are answered while a run waits for its turn to fold."""
    headers = {"Authorization": f"Bearer {chronicall.key}"}
    with demo.world._folding:
        run = asyncio.ensure_future(chronicall.status("Call Details", chronicall.body("Call Details")))
        for _ in range(3):
            async with session.get(f"{chronicall.server.url}{API}/realtime/metrics", headers=headers) as response:
                assert response.status == 200
        assert not run.done()
    assert await run == 200


async def test_quirks_are_read_from_the_command_line() -> None:
    with pytest.raises(UsageError, match="slow_reports"):
        async with start(Options(quirks=("xima.slow=2",))):
            pass


async def test_a_large_floor_is_folded_without_the_collector_which_is_on_again_afterwards() -> None:
    """Also when the fold fails."""

    def fail() -> bool:
        assert not gc.isenabled()
        raise LookupError

    was_on = gc.isenabled()
    gc.enable()
    try:
        assert await fold(gc.isenabled, 10)
        assert not await fold(gc.isenabled, 10_000)
        with pytest.raises(LookupError):
            await fold(fail, 10_000)
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        if not was_on:
            gc.disable()
