"""Every Yeastar report equals what the world's own event log says, for two sets of parameters that differ."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from tests.world.recount_yeastar import Asked, Recount
from tests.world.rows_yeastar import EXPECTED

ZONE = "America/Denver"
START = 1_790_269_200_000  # eleven in the morning there
V1, V2 = "/openapi/v1.0", "/openapi/v2.0"
DAYS = range(-8, 1)
WITH_TIME = {"extcallactivity", "trunkactivity", "trunkdiddodactivity", "queueavgwaittalktime"}
WITH_TIME |= {"queueperformanceactivity"}
ONE_QUEUE = {"queuesatisfaction"}
AGENTS = {"queuesatisfactiondetail", "queueagentlogintime", "queueagentpausetime", "queueagentmisscalls"}
AGENTS |= {"queueagentperformance", "queueagentinoutcalls"}
TEXT_ONLY = {"queuesatisfactiondetail", "unreturnmisscall"}
PERIODS = {"hour": "23/09/2026", "day": "09/2026", "month": "2026"}
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Look:
    """A world standing still in the middle of a day, its log, and a signed-in application."""

    def __init__(self, demo: RunningDemo, session: aiohttp.ClientSession) -> None:
        self.demo, self.session = demo, session
        self.token, self.url = "", demo.server("yeastar").url
        self.site: dict[str, Any] = {}
        self.days: list[list[dict[str, Any]]] = []
        self.now = demo.clock.now()
        self.ids: dict[str, dict[str, str]] = {}

    async def open(self) -> None:
        secrets = self.demo.server("yeastar").secrets
        body = {"username": secrets["client_id"], "password": secrets["client_secret"]}
        async with self.session.post(f"{self.url}{V1}/get_token", json=body) as reply:
            self.token = (await reply.json())["access_token"]
        async with self.session.get(f"{self.demo.control_url}/site") as reply:
            self.site = json.loads(await reply.text())
        for day in DAYS:
            async with self.session.get(f"{self.demo.control_url}/calls?day={day}") as reply:
                self.days.append([json.loads(line) for line in (await reply.text()).splitlines()])
        for menu in ("extension", "ext_group", "trunk", "IVR", "ring_group", "queue"):
            options = (await self.get("system/get_menuoptions", V1, menu=menu))["data"]
            self.ids[menu] = {each.get("text2", each["text"]): each["value"] for each in options}

    async def get(self, path: str, base: str = V2, **query: str) -> dict[str, Any]:
        query["access_token"] = self.token
        async with self.session.get(f"{self.url}{base}/{path}", params=query) as reply:
            assert reply.status == 200
            return await reply.json()  # type: ignore[no-any-return]

    async def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """The single array of a reply, whatever it is called."""
        reply = await self.get("call_report/list", **query)
        assert reply["errcode"] == 0, reply
        key = next(each for each in reply if each.endswith("_list"))
        rows = reply[key] or []
        assert reply["total_number"] == len(rows)
        return rows

    def recount(self, asked: Asked) -> Recount:
        return Recount(self.site, self.days, replace(asked, end=min(asked.end, self.now)), ZONE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def look() -> AsyncIterator[Look]:
    """Four queues, twelve agents, a little past two in the afternoon: calls, pauses and callbacks under way."""
    options = Options(seed=11, queues=4, agents=12, site_zone=ZONE, start_ms=START, manual=True)
    async with start(options) as demo, aiohttp.ClientSession() as session:
        await demo.step(3 * 3600 + 1234)
        made = Look(demo, session)
        await made.open()
        yield made


def instant(text: str) -> int:
    return int(datetime.strptime(text, "%d/%m/%Y %I:%M:%S %p").replace(tzinfo=ZoneInfo(ZONE)).timestamp()) * 1000


def period(kind: str, *, second: bool) -> tuple[dict[str, str], Asked]:
    """The time parameters of a type and the same in epoch ms."""
    if kind not in WITH_TIME:
        if second:  # over a night, into the day that has not ended
            texts = ("22/09/2026 11:07:31 AM", "24/09/2026 12:02:09 PM")
        else:
            texts = ("23/09/2026 12:00:00 AM", "23/09/2026 11:59:59 PM")
        return dict(zip(("start_time", "end_time"), texts, strict=True)), Asked(
            instant(texts[0]), instant(texts[1]) + 999
        )
    unit = ("day" if kind != "trunkactivity" else "month") if second else "hour"
    edges = {
        "hour": ("23/09/2026 12:00:00 AM", "24/09/2026 12:00:00 AM"),
        "day": ("01/09/2026 12:00:00 AM", "01/10/2026 12:00:00 AM"),
        "month": ("01/01/2026 12:00:00 AM", "01/01/2027 12:00:00 AM"),
    }[unit]
    return {"time": PERIODS[unit]}, Asked(instant(edges[0]), instant(edges[1]) - 1, unit)


def things(look: Look, kind: str, query: dict[str, str], asked: Asked, *, second: bool) -> None:
    """Choose other things for the second set."""
    site, ids = look.site, look.ids
    part = slice(1, 3) if second else slice(0, 4)
    if kind.startswith("extcall"):
        if not second or "billing" not in kind:
            team = site["teams"][0]
            asked.extensions = [*team["members"], "101"] if second else ["203", "205", "101", "108", "212"]
            chosen = [ids["ext_group"][team["name"]], ids["extension"]["101"]]
            query["ext_id_list"] = ",".join(chosen if second else [ids["extension"][n] for n in asked.extensions])
        if "billing" in kind:
            asked.extensions = asked.extensions if not second else []
    if kind.startswith("trunk") or "billing" in kind:
        asked.trunks = [each["name"] for each in site["trunks"]][slice(1, 2) if second else slice(0, 2)]
        if kind == "trunkdiddodactivity":
            asked.trunks = asked.trunks[:1]
        name = "trunk_id" if kind == "trunkdiddodactivity" else "trunk_id_list"
        query[name] = ",".join(ids["trunk"][each] for each in asked.trunks)
    elif kind == "ivr":
        asked.ivrs = [each["number"] for each in site["ivrs"]][slice(1, 2) if second else slice(0, 2)]
        query["ivr_id_list"] = ",".join(ids["IVR"][each] for each in asked.ivrs)
    elif kind == "ringgroupstatistics":
        asked.groups = [each["number"] for each in site["ring_groups"]][part]
        query["ring_group_id_list"] = ",".join(ids["ring_group"][each] for each in asked.groups)
    elif kind.startswith("queue"):
        queues = (
            site["queues"][slice(1, 2) if second else slice(0, 1)]
            if kind in AGENTS | ONE_QUEUE
            else (site["queues"][part])
        )
        asked.queues = [each["name"] for each in queues]
        name = "queue_id" if kind in AGENTS | ONE_QUEUE else "queue_id_list"
        query[name] = ",".join(ids["queue"][each["number"]] for each in queues)
        if kind in AGENTS and second:
            numbers = {each["key"]: each["extension"] for each in site["agents"]}
            asked.agents = queues[0]["members"][::2]
            query["agent_id_list"] = ",".join(ids["extension"][numbers[key]] for key in asked.agents)


def options(kind: str, query: dict[str, str], asked: Asked) -> None:
    """The optional parameters, in the second set only."""
    if kind in ("queueperformance", "queueperformanceactivity", "queueagentmisscalls", "queueagentperformance"):
        query["abandon_time"], asked.abandon_s = "30", 30
    if kind == "queueperformance":
        query["talk_time"], asked.talk_s = "60", 60
    if kind in ("extcallstatistics", "extcallactivity"):
        query["communication_type"] = asked.kind = "Internal" if kind == "extcallstatistics" else "Outbound"
    if kind in ("trunkactivity", "trunkdiddodactivity"):
        query["communication_type"] = asked.kind = "Outbound"
    if kind == "trunkactivity":
        query["include_internal"], asked.internal = "1", True
    words = {"queuecallbacksactivity": ("callback_result", "success"), "queueagentpausetime": ("reason", "Lunch")}
    words["unreturnmisscall"] = ("miss_call_type", "abandoned")
    if kind in words:
        name, asked.word = words[kind]
        query[name] = asked.word


def ask(look: Look, kind: str, *, second: bool) -> tuple[dict[str, str], Asked]:
    """One set of parameters, for the wire and for the recount."""
    query, asked = period(kind, second=second)
    query["type"] = kind
    things(look, kind, query, asked, second=second)
    if second:
        options(kind, query, asked)
    return query, asked


@pytest.mark.parametrize("kind", EXPECTED)
async def test_a_report_says_what_the_log_says(look: Look, kind: str) -> None:
    """Row by row and field by field, for both sets; and the sets differ."""
    seen = []
    for second in (False, True):
        query, asked = ask(look, kind, second=second)
        rows = await look.rows(query)
        expected = EXPECTED[kind](look.recount(asked))
        assert rows == expected
        assert rows, "nothing was compared"
        figures = [value for row in rows for value in row.values() if isinstance(value, int | float | list | dict)]
        assert any(figures) or kind in TEXT_ONLY
        seen.append(rows)
    assert seen[0] != seen[1]


@pytest.mark.parametrize("kind", EXPECTED)
async def test_no_window_means_everything(look: Look, kind: str) -> None:
    """Without start and end a report covers all days there are."""
    query, asked = ask(look, kind, second=False)
    if kind in WITH_TIME:
        query["time"] = PERIODS["month"]
        asked.start, asked.end, asked.unit = instant("01/01/2026 12:00:00 AM"), look.now, "month"
    else:
        del query["start_time"], query["end_time"]
        asked.start, asked.end = look.site["days"][0]["start_ms"], look.now
    assert await look.rows(query) == EXPECTED[kind](look.recount(asked))
