"""The demo's Asternic reports: envelopes, what they may be limited to, the habits of installations, the faults."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from console.demo.faults import Fault
from console.demo.main import RunningDemo
from console.demo.servers.asternic import AsternicServer
from tests.demo.test_asternic_wire import Client

DOCUMENTED = ("detail", "by_queue", "by_agent", "by_url", "by_did", "by_holdtime", "by_event")
DAY = {"start": "2026-09-23", "end": "2026-09-23"}
DETAIL = "reports/answered_calls_detail"


@pytest.fixture
async def server(demo: RunningDemo) -> AsyncIterator[AsternicServer]:
    """An installation on the demo's stage."""
    running = AsternicServer(demo.stage)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def client(server: AsternicServer, session: aiohttp.ClientSession) -> Client:
    """A client of it."""
    return Client(server, session)


async def rows(client: Client, entity: str, **query: str) -> list[dict[str, str]]:
    return (await client.json(entity, **query))["rows"]  # type: ignore[no-any-return]


async def test_the_list_begins_with_the_documented_names_and_all_of_them_run(client: Client) -> None:
    listed = (await client.json("reports"))["data"]
    names = [each["report"] for each in listed]
    assert names[:7] == [f"answered_calls_{name}" for name in DOCUMENTED]
    assert {"unanswered_calls_detail", "distribution_by_queue"} <= set(names)
    for name in names:
        assert await rows(client, f"reports/{name}", **DAY), name
    assert (await client.get("reports/no_such_report"))[1] == b"[]"


async def test_rows_are_printed_by_hand_and_empty_answers_are_the_documented_one(client: Client) -> None:
    """A space on both sides of the colon in rows, none in the envelope; no days, no rows."""
    _, body = await client.get("reports/answered_calls_by_queue", **DAY)
    assert body.startswith(b'{\n"page":"1",\n"total":"1",\n')
    assert b'"Queue" : "6001",\n"Received" : "' in body
    empty = {"page": "1", "total": "0", "records": "0", "rows": []}
    assert await client.json(DETAIL, start="2020-01-01", end="2020-01-02") == empty
    assert await client.json(DETAIL, start="2026-09-24", end="2026-09-22") == empty
    assert await client.json(DETAIL, start="2026-09-23", end="2026-09-23", agent="Nobody") == empty
    flow = await client.json("call/1327498260.2637")
    assert flow == {"totalpages": "0", "currpage": "1", "totalrecords": "0", "data": []}
    assert (await client.json("call/x"))["data"] == []


async def test_days_default_to_today_and_seconds_bound_each_of_them(client: Client) -> None:
    """What PHP cannot read counts as not given; figures beyond the day are its end."""
    today = await rows(client, DETAIL)
    assert today == await rows(client, DETAIL, start="2026-09-24", end="2026-09-24")
    assert today == await rows(client, DETAIL, start="24.9.2026", secondsstart="x", secondsend="2019999")
    assert {row["datetime"][:10] for row in today} == {"24-09-2026"}
    early = await rows(client, DETAIL, **DAY, secondsend="32399")
    late = await rows(client, DETAIL, **DAY, secondsstart="32400")
    assert early
    assert late
    assert early + late == await rows(client, DETAIL, **DAY)
    assert await rows(client, DETAIL, **DAY, secondsstart="2016551") == []


async def test_a_queue_goes_by_number_or_label_and_all_is_all(client: Client) -> None:
    everything = await rows(client, DETAIL, **DAY)
    mine = await rows(client, DETAIL, **DAY, queue="6002")
    assert 0 < len(mine) < len(everything)
    assert mine == await rows(client, DETAIL, **DAY, queue=mine[0]["queueName"])
    assert everything == await rows(client, DETAIL, **DAY, queue="ALL", agent="ALL")


async def test_a_limited_user_sees_every_second_queue(client: Client) -> None:
    """In reports, in the search and in call flows."""
    everything = await rows(client, "search", **DAY)
    agents = await rows(client, "reports/agent_sessions_detail", **DAY)
    client.user = "limited"
    mine = await rows(client, "search", **DAY)
    assert {row["queue"] for row in mine} == {row["queue"] for row in everything if int(row["queue"]) % 2}
    hidden = next(row for row in everything if not int(row["queue"]) % 2 and row["overflow"] == "1")
    assert (await client.json(f"call/{hidden['uniqueid']}"))["data"] == []
    assert (await client.json(f"call/{mine[0]['uniqueid']}"))["data"]
    assert 0 < len(await rows(client, "reports/agent_sessions_detail", **DAY)) < len(agents)


async def test_one_queue_and_one_agent_by_their_ids(client: Client) -> None:
    assert [row["queue"] for row in (await client.json("queues/2"))["data"]] == ["6001"]
    agents = (await client.json("agents"))["data"]
    assert (await client.json(f"agents/{agents[3]['agent_id']}"))["data"] == [agents[3]]


async def test_pages_are_cut_and_told(client: Client) -> None:
    """``records`` is all of them, ``total`` the pages; a page beyond the last is the last."""
    client.server.quirks.page_rows = 100
    whole = await client.json(DETAIL, **DAY)
    count = int(whole["records"])
    assert (whole["page"], whole["total"], len(whole["rows"])) == ("1", str(-(-count // 100)), 100)
    seen: list[Any] = []
    for page in range(1, int(whole["total"]) + 1):
        seen += await rows(client, DETAIL, **DAY, page=str(page))
    assert len(seen) == count
    last = await client.json(DETAIL, **DAY, page="99")
    assert last["page"] == whole["total"]
    client.server.quirks.page_rows = 0
    assert seen == await rows(client, DETAIL, **DAY)


async def test_figures_as_in_the_vendors_own_sample(client: Client) -> None:
    """The ring repeats the wait; the search knows no talk time and calls the whole duration a wait."""
    quirks = client.server.quirks
    assert any(row["ringTime"] != row["waitTime"] for row in await rows(client, DETAIL, **DAY))
    quirks.ring_is_wait = quirks.talk_is_zero = True
    assert all(row["ringTime"] == row["waitTime"] for row in await rows(client, DETAIL, **DAY))
    found = await rows(client, "search", **DAY)
    assert {row["talkTime"] for row in found} == {"0"}
    assert all(row["combinedWaitTime"] == row["totalDuration"] for row in found)


async def test_rows_of_an_installation_of_2022_are_not_uniform(client: Client) -> None:
    plain = await rows(client, "search", **DAY)
    client.server.quirks.clid_rows = True
    found = await rows(client, "search", **DAY)
    assert [row["clid"] for row in found] == [row["callerid"] for row in plain]
    assert all({"queuereal", "queuename", "datetime"} <= set(row) and "callerid" not in row for row in found)
    assert len({tuple(row) for row in found}) > 1
    assert any("recordingFilename" not in row for row in found)


async def test_call_flow_links_may_name_a_foreign_folder(client: Client) -> None:
    row = (await rows(client, DETAIL, **DAY))[0]
    assert row["callflow"] == f"/asternicjquery/rest/index.php?entity=call/{row['uniqueid']}"
    client.server.quirks.callflow_base = "/stats"
    assert (await rows(client, DETAIL, **DAY))[0]["callflow"].startswith("/stats/rest/")


async def test_charsets_and_warnings_reach_reports_too(client: Client) -> None:
    quirks = client.server.quirks
    quirks.charset, quirks.warning = "latin-1", True
    _, body = await client.get("reports/answered_calls_by_agent", **DAY)
    assert body.startswith(b"<br />\n<b>Warning</b>")
    text = body.decode("latin-1")
    assert "José García" in text
    assert json.loads(text[text.index("{") :])["rows"]


async def test_faults_of_reports(client: Client) -> None:
    async def fault(kind: str) -> None:
        await client.server.set_fault(Fault(kind, times=1))

    _, whole = await client.get(DETAIL, **DAY)
    await fault("report_429")
    assert (await client.get(DETAIL, **DAY))[0] == 429
    await fault("report_html")
    status, body = await client.get("search", **DAY)
    assert status == 200
    assert b"password" in body
    await fault("report_truncate")
    assert (await client.get(DETAIL, **DAY))[1] == whole[: len(whole) // 2]
    await fault("report_foreign")
    assert "Hour" in (await rows(client, DETAIL, **DAY))[0]
    assert (await client.get(DETAIL, **DAY))[1] == whole
