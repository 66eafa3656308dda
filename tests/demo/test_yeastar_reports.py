"""The report wire of the demo's exchange: who needs which parameter, formats, details, directories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.demo.servers.yeastar_quirks import Quirks
from tests.demo.test_yeastar_wire import V2, Exchange

# type, required ids: the vendor's table, written out once more
MATRIX = {
    "extcallstatistics": "ext_id_list",
    "extcallactivity": "ext_id_list",
    "trunkactivity": "trunk_id_list",
    "trunkdiddodactivity": "trunk_id",
    "ivr": "ivr_id_list",
    "queueavgwaittalktime": "queue_id_list",
    "queueperformance": "queue_id_list",
    "queueperformanceactivity": "queue_id_list",
    "queuecallbackssummary": "queue_id_list",
    "queuecallbacksactivity": "queue_id_list",
    "queuesatisfaction": "queue_id",
    "queuesatisfactiondetail": "queue_id",
    "queueagentlogintime": "queue_id",
    "queueagentpausetime": "queue_id",
    "queueagentmisscalls": "queue_id",
    "queueagentperformance": "queue_id",
    "queueagentinoutcalls": "queue_id",
    "ringgroupstatistics": "ring_group_id_list",
    "extcallbilling": "trunk_id_list",
    "extcallbillingdetails": "trunk_id_list",
}
TIMED = {"extcallactivity", "trunkactivity", "trunkdiddodactivity", "queueavgwaittalktime", "queueperformanceactivity"}
GOOD = {"queue_id": "1", "queue_id_list": "1,2", "ext_id_list": "71,72", "trunk_id": "5", "trunk_id_list": "5,6"}
GOOD |= {"ivr_id_list": "31", "ring_group_id_list": "11"}


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """An exchange with a 12-hour clock and recent firmware, six hours into its day."""
    async with Exchange(start_ms=1_790_269_200_000) as running:
        yield running


def today(exchange: Exchange, pattern: str = "%d/%m/%Y") -> str:
    return exchange.server.local(exchange.world.now).strftime(pattern)


def array(reply: dict[str, Any]) -> Any:
    """The one member that is not a figure of the envelope."""
    (key,) = reply.keys() - {"errcode", "errmsg", "total_number", "is_12hour"}
    return reply[key]


async def test_the_matrix(exchange: Exchange) -> None:
    """Required ids and times, wrong ids, and the version that says nothing."""
    for kind in MATRIX:
        await check_parameters(exchange, kind)


async def check_parameters(exchange: Exchange, kind: str) -> None:
    need = MATRIX[kind]
    query = {"type": kind, need: GOOD[need]} | ({"time": today(exchange)} if kind in TIMED else {})
    good = await exchange.get("call_report/list", base=V2, **query)
    assert good["errcode"] == 0
    assert good["total_number"] == len(array(good) or [])
    for missing in (need, *(("time",) if kind in TIMED else ())):
        short = {name: value for name, value in query.items() if name != missing}
        for base in ("/openapi/v1.0", V2):
            refused = await exchange.get("call_report/list", base=base, **short)
            assert refused["errcode"] == 40002
            assert refused["invalid_param_list"] == [{"field": missing, "value": "error"}]
    unknown = await exchange.get("call_report/list", base=V2, **query | {need: "99999"})
    assert (unknown["errcode"], unknown["total_number"], array(unknown)) == (0, 0, None)
    old = await exchange.get("call_report/list", **query)
    assert (old["errcode"], old["total_number"], array(old)) == (0, 0, None)


async def test_a_date_in_another_format(exchange: Exchange) -> None:
    """Older firmware finds nothing and says success; v2.0 names its format as a Go layout."""
    async with Exchange(Quirks(has_v2=False)) as older:
        for kind, need in MATRIX.items():
            field = "time" if kind in TIMED else "start_time"
            query = {"type": kind, need: GOOD[need], field: "09-24-2026 00:00"}
            reply = await older.get("call_report/list", **query)
            assert (reply["errcode"], reply["total_number"], array(reply)) == (0, 0, None)
            reply = await exchange.get("call_report/list", base=V2, **query)
            assert reply["errcode"] == 40002
            layouts = "02/01/2006 or 01/2006 or 2006" if kind in TIMED else "02/01/2006 03:04:05 PM"
            assert reply["invalid_param_list"] == [{"field": field, "valid_msg": f"valid format: {layouts}"}]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("queueperformance", {"abandon_time": "soon"}),
        ("queueperformance", {"talk_time": "-1"}),
        ("queueperformance", {"need_detail": "yes"}),
        ("trunkactivity", {"communication_type": "Internal"}),
        ("extcallstatistics", {"communication_type": "inbound"}),
        ("trunkactivity", {"include_internal": "2"}),
        ("queuecallbacksactivity", {"callback_result": "maybe"}),
    ],
)
async def test_values_that_make_no_sense(exchange: Exchange, kind: str, wrong: dict[str, str]) -> None:
    query = {"type": kind, MATRIX[kind]: GOOD[MATRIX[kind]], "time": today(exchange)}
    reply = await exchange.get("call_report/list", base=V2, **query | wrong)
    assert reply["errcode"] == 40002
    assert [each["field"] for each in reply["invalid_param_list"]] == list(wrong)


async def test_types_nobody_knows(exchange: Exchange) -> None:
    """A bogus type is -2, and the newest one is bogus on v1.0."""
    assert (await exchange.get("call_report/list", base=V2, type="nonsense"))["errcode"] == -2
    assert (await exchange.get("call_report/list", base=V2))["errcode"] == -2
    assert (await exchange.get("call_report/list", type="unreturnmisscall"))["errcode"] == -2
    assert (await exchange.get("call_report/list", base=V2, type="unreturnmisscall"))["errcode"] == 0
    assert (await exchange.get("call_report/detail", base=V2, type="queuesatisfaction"))["errcode"] == -2


@pytest.mark.parametrize("shown", ["YYYY/MM/DD", "DD/MM/YYYY", "MM-DD-YYYY"])
async def test_the_precision_of_time_chooses_the_bucket(shown: str) -> None:
    """A date by hours, a month by days, a year by months; the order of parts is that of the display format."""
    async with Exchange(Quirks(date_format=shown, is_12_hour=False), start_ms=1_790_269_200_000) as exchange:
        codes = {"YYYY": "%Y", "MM": "%m", "DD": "%d"}
        mark = "/" if "/" in shown else "-"
        parts = shown.split(mark)
        for kept, count in ((parts, 24), ([p for p in parts if p != "DD"], 30), (["YYYY"], 12)):
            text = today(exchange, mark.join(codes[part] for part in kept))
            query = {"type": "queueavgwaittalktime", "queue_id_list": "1,2,3,4,5,6", "time": text}
            rows = array(await exchange.get("call_report/list", base=V2, **query))
            assert [row["time"] for row in rows] == list(range(0 if count == 24 else 1, count + (count != 24)))
            assert sum(row["total_calls"] for row in rows) > 30


async def test_groups_of_extensions_stand_for_their_members(exchange: Exchange) -> None:
    """A group's id in ``ext_id_list``; who is named twice comes once."""
    groups = (await exchange.get("system/get_menuoptions", menu="ext_group"))["data"]
    listed = (await exchange.get("extension_group/list", page_size=100))["data"]
    members = [each["value"] for each in listed[0]["member_list"]]
    assert str(listed[0]["id"]) == groups[0]["value"]
    both = f"{groups[0]['value']},{members[0]},{members[-1]}"
    rows = array(await exchange.get("call_report/list", base=V2, type="extcallstatistics", ext_id_list=both))
    assert [row["ext_num"] for row in rows] == [each["text2"] for each in listed[0]["member_list"]]


async def test_menus_and_directories_agree(exchange: Exchange) -> None:
    """The same thing has the same id everywhere: text in menus, a number in lists; names and numbers are others."""
    for menu, path, key in (
        ("extension", "extension/list", "data"),
        ("trunk", "trunk/list", "data"),
        ("IVR", "ivr/list", "data"),
        ("ring_group", "ringgroup/list", "data"),
        ("queue", "queue/list", "queue_list"),
        ("ext_group", "extension_group/list", "data"),
    ):
        options = (await exchange.get("system/get_menuoptions", menu=menu))["data"]
        rows = (await exchange.get(path, page_size=100))[key]
        assert [each["value"] for each in options] == [str(row["id"]) for row in rows]
        assert [each["text"] for each in options] == [row.get("name") or row["caller_id_name"] for row in rows]
        assert [each.get("text2", "") for each in options] == [row.get("number", "") for row in rows]
        assert all(str(row["id"]) != row.get("number") for row in rows)
    agents = (await exchange.get("system/get_menuoptions", menu="queue_agent", id="2"))["data"]
    queue = (await exchange.get("queue/list", page_size=100))["queue_list"][1]
    assert agents == queue["dynamic_agent_list"]
    for wrong in ({"menu": "queue_agent"}, {"menu": "queue_agent", "id": "77"}, {"menu": "ivr"}, {}):
        assert (await exchange.get("system/get_menuoptions", **wrong))["errcode"] == 40002
    assert (await exchange.get("system/get_menuoptions", menu="conference"))["data"] is None
    roles = (await exchange.get("system/get_menuoptions", menu="role"))["data"]
    assert "Management" in [each["text"] for each in roles]
    reasons = (await exchange.get("queue_pause_reason/list", page_size=100))["data"]
    assert {"Lunch": "*02"}.items() <= {each["name"]: each["feature_code"] for each in reasons}.items()


async def test_billing_wants_rates() -> None:
    async with Exchange(Quirks(rates_set=False)) as exchange:
        for kind in ("extcallbilling", "extcallbillingdetails"):
            for path in ("call_report/list", "call_report/download"):
                reply = await exchange.get(path, base=V2, type=kind, trunk_id_list="5")
                assert (reply["errcode"], reply["errmsg"]) == (70106, "RATE_NOT_EXISTED")
        assert (await exchange.get("call_report/list", base=V2, type="ivr", ivr_id_list="31"))["errcode"] == 0


async def test_the_calls_behind_a_row(exchange: Exchange) -> None:
    """Four types have details; their rows add up to the figure."""
    now = exchange.server.local(exchange.world.now)
    begin = exchange.server.quirks.wall(now.replace(hour=0, minute=0, second=0))
    end = exchange.server.quirks.wall(now.replace(hour=23, minute=59, second=59))
    window = {"detail_time_begin": begin, "detail_time_end": end}
    same = {"start_time": begin, "end_time": end}

    async def detail(kind: str, **query: Any) -> list[dict[str, Any]]:
        reply = await exchange.get("call_report/detail", base=V2, type=kind, **query)
        assert reply["errcode"] == 0
        return reply[f"{kind}_detail_list"] or []

    def asked(kind: str, **query: Any) -> Any:
        return exchange.get("call_report/list", base=V2, type=kind, **query)

    rows = array(await asked("queueperformance", queue_id_list="1,2", **same))
    calls = await detail("queueperformance", queue_id_list="1,2", **window)
    assert len(calls) == sum(row["total_calls"] for row in rows) > 10
    assert sum(each["status"] == "Answered" for each in calls) == sum(row["answered_calls"] for row in rows)
    paged = await detail("queueperformance", queue_id_list="1,2", page=2, page_size=3, **window)
    assert paged == calls[3:6]
    assert await detail("queueperformance", queue_id_list="99", **window) == []
    agents = array(await asked("queueagentperformance", queue_id="2", **same))[0]["detail"]
    busiest = max(agents, key=lambda row: row["answered_calls"])
    one = {"queue_id": "2", "agent_id_list": str(int(busiest["agent_number"]) - 201 + 71)}
    assert len(await detail("queueagentperformance", **one, **window)) == busiest["answered_calls"] > 0
    visits = await detail("ivr", ivr_id_list="31,32", ivr_num="7001", **window)
    menu = array(await asked("ivr", ivr_id_list="31", **same))[0]
    pressed = sum(count for key, count in menu["press_count"].items() if key != "press_timeout")
    assert sum(bool(each["key_pressed"]) for each in visits) == pressed > 5
    assert await detail("ivr", ivr_id_list="32", ivr_num="7001", **window) == []
    hour = {"time": today(exchange), "queue_id_list": "1,2"}
    rows = array(await asked("queueperformanceactivity", **hour))
    assert len(await detail("queueperformanceactivity", detail_time="9", **hour)) == rows[9]["total_calls"] > 0
    assert await detail("queueperformanceactivity", detail_time="24", **hour) == []
    for kind, query in (
        ("queueperformance", window),
        ("queueperformance", {"queue_id_list": "1", **same}),
        ("ivr", {"ivr_id_list": "31", **window}),
        ("queueperformanceactivity", hour),
    ):
        assert (await exchange.get("call_report/detail", base=V2, type=kind, **query))["errcode"] == 40002
    old = await exchange.get("call_report/detail", type="ivr", ivr_id_list="31", ivr_num="7001", **window)
    assert (old["errcode"], old["total_number"]) == (0, 0)
