"""Shapes of data through whole adapters: what cannot be read is unknown or an error, and never a number."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from console.domain.enums import HealthState, Section
from console.domain.values import Reading, Status
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import Floor, Station, count, duration, floor, metric, running, survives, watch
from tests.faultserver.server import raw, reply
from tests.vendors.asternic import support as asternic
from tests.vendors.yeastar import support as yeastar

pytestmark = pytest.mark.allow_warnings
LIVE, ERROR, UNREACHABLE = HealthState.LIVE, HealthState.ERROR, HealthState.UNREACHABLE
NAME = "Jürgen Müller(481)"


@asynccontextmanager
async def asternic_running(script: asternic.ScriptedAsternic) -> AsyncIterator[Station]:
    """An Asternic station with its first values on screen."""
    secrets = {"username": asternic.USER, "password": asternic.PASSWORD}
    async with (
        script.server,
        watch(Station(script.server.url, LapseClock(), "asternic", secrets=secrets)) as station,
    ):
        await until(lambda: station.state is not HealthState.WARMING)
        yield station


def summary_of(station: Station, column: str, queue: str = "Sales") -> Reading:
    """A reading of the Asternic floor."""
    return station.queue(queue, column)


def text_of(reading: Reading) -> str:
    """Status and value of a reading."""
    return f"{reading.status.value} {reading.value}"


def names_floor(encoding: str, charset: str = "", mark: bytes = b"") -> Floor:
    """A floor whose metrics list is encoded in some way."""
    target = floor()
    listed = [*target.metrics, metric("104", "Ready", "AGENT", NAME)]
    target.metrics = listed
    target.listed = (200, mark + json.dumps(listed, ensure_ascii=False).encode(encoding))
    target.extra = {"Content-Type": f"application/json{charset}"}
    return target


@pytest.mark.parametrize(
    ("encoding", "charset", "mark", "is_guessed"),
    [
        ("utf-8", "", b"\xef\xbb\xbf", False),
        ("utf-16", "", b"", False),
        ("latin-1", "; charset=ISO-8859-1", b"", False),
        ("utf-8", "; charset=ISO-8859-1", b"", False),
        ("latin-1", "", b"", True),
        ("latin-1", "; charset=utf-8", b"", True),
    ],
    ids=["mark", "utf-16", "declared", "lying header", "undeclared", "lying about utf-8"],
)
@lapsed
async def test_ds_01_names_are_right_in_any_character_set_and_a_guess_is_said(
    encoding: str, charset: str, mark: bytes, is_guessed: bool
) -> None:
    async with running(names_floor(encoding, charset, mark)) as station:
        assert "Jürgen Müller" in station.rows(Section.AGENTS)
        assert ("reply.charset" in station.notices) is is_guessed


BODY = json.dumps(asternic.floor())
WARNING = "<br />\n<b>Warning</b>: mysqli_connect() in <b>/var/www/x.php</b> on line <b>12</b><br />\n"


@pytest.mark.parametrize(
    "damaged",
    [
        WARNING + BODY,
        BODY + '\n{"second": 1}',
        BODY + "<!-- generated -->",
        BODY[:-1] + ",}",
        BODY.replace('"Sales"', '"Sales",') if '"Sales"' in BODY else BODY[:-1] + " ,}",
    ],
    ids=["warning before", "second object", "comment behind", "trailing comma", "comma inside"],
)
@lapsed
async def test_ds_02_a_damaged_answer_is_repaired_as_documented_and_flagged(damaged: str) -> None:
    script = asternic.ScriptedAsternic()
    async with asternic_running(script) as station:
        assert "reply.repaired" not in station.notices
        script.bodies["realtime"] = damaged.encode()
        await until(lambda: "reply.repaired" in station.notices)
        assert station.state is LIVE
        assert text_of(summary_of(station, "waiting")) == "ok 2"
        assert script.asked[-1]["entity"] == "realtime"


@lapsed
async def test_ds_02_what_cannot_be_repaired_is_an_error_and_the_old_values_age() -> None:
    script = asternic.ScriptedAsternic()
    async with asternic_running(script) as station:
        script.bodies["realtime"] = BODY[: len(BODY) // 2].encode()
        await until(lambda: station.state is ERROR)
        assert station.code == "reply.json"
        assert station.shown("Sales") == "2 (stale)"


JUNK = [b"null", b"true", b'"Unauthorized"', b"5", b"", b"  \n ", b"<html>hello</html>", b"[[]]", b"{}"]


@pytest.mark.parametrize("body", [*JUNK, b"[]"])
@lapsed
async def test_ds_03_a_reply_of_values_that_is_none_keeps_the_last_values_with_their_age(body: bytes) -> None:
    target = floor()
    async with running(target) as station:
        target.server.then(reply(body))
        await until(lambda: station.state is ERROR)
        assert station.code in ("reply.shape", "reply.empty", "reply.html", "reply.json")
        assert station.shown() == "3 (stale)"


@pytest.mark.parametrize("body", JUNK)
@lapsed
async def test_ds_03_a_list_of_metrics_that_is_none_is_named(body: bytes) -> None:
    target = floor()
    async with running(target) as station:
        target.listed = (200, body)
        await until(lambda: station.state is ERROR)
        assert station.shown() == "3 (stale)"
        target.listed = None
        await until(lambda: station.state is LIVE)


@pytest.mark.parametrize("body", [*JUNK, b"[]"])
@lapsed
async def test_ds_03_an_asternic_reply_that_is_none_keeps_the_last_values_with_their_age(body: bytes) -> None:
    script = asternic.ScriptedAsternic()
    async with asternic_running(script) as station:
        script.bodies["realtime"] = body
        await until(lambda: station.state is ERROR)
        assert station.shown("Sales") == "2 (stale)"
        script.bodies["realtime"] = asternic.floor()
        await until(lambda: station.state is LIVE)


@pytest.mark.parametrize("body", [*JUNK, b"[]"])
@lapsed
async def test_ds_03_a_yeastar_reply_that_is_none_keeps_the_last_values_with_their_age(body: bytes) -> None:
    async with yeastar_running(yeastar.small_pbx()) as (pbx, station):
        for path in ("v1.0/queue/call_status", "v1.0/queue/agent_status"):
            pbx.overrides[path] = body
        await until(lambda: station.state is ERROR)
        assert station.shown("Sales") == "2 (stale)"


@pytest.mark.parametrize("empty", [{}, [], None, ""])
@lapsed
async def test_ds_04_every_spelling_of_nothing_means_that_nobody_waits(empty: object) -> None:
    body = asternic.floor(waiting={"100": empty, "101": empty})
    body["summary"]["queue"]["100"]["Waiting"] = "0"
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        assert station.state is LIVE
        assert station.rows(Section.WAITING) == {}
        assert text_of(summary_of(station, "waiting")) == "ok 0"


LISTS = {"queues": asternic.QUEUES, "agents": asternic.AGENTS}


@pytest.mark.parametrize(
    "callers",
    [
        {"1": asternic.caller("1", "30"), "3": asternic.caller("2", "20")},
        [asternic.caller("1", "30"), asternic.caller("2", "20")],
    ],
    ids=["gaps", "list"],
)
@lapsed
async def test_ds_04_callers_are_read_as_list_and_as_object_with_gaps(callers: object) -> None:
    body = asternic.floor(waiting={"100": callers})
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        assert len(station.rows(Section.WAITING)) == 2


@lapsed
async def test_ds_04_a_missing_part_is_unknown_and_not_empty() -> None:
    body = asternic.floor()
    del body["waiting calls"]
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        assert station.state is LIVE
        assert station.source.snapshot is not None
        assert Section.WAITING in station.source.snapshot.unavailable
        assert Section.WAITING not in station.source.snapshot.columns


NUMBERS = [
    ("7", "ok 7"),
    (7, "ok 7"),
    (" 5 ", "ok 5"),
    ("0", "ok 0"),
    ("1,234", "error None"),
    ("12,5", "error None"),
    ("71.12", "error None"),  # half a call is no count
    ("१२", "error None"),
    ("1_000", "error None"),
    ("1e3", "error None"),
    ("0x10", "error None"),
    ("-3", "error None"),
    (True, "error None"),
    ([], "error None"),
    ("NaN", "error None"),
    ("99999999999999999999", "error None"),
]


@pytest.mark.parametrize(("sent", "shown"), NUMBERS, ids=[repr(sent) for sent, _ in NUMBERS])
@lapsed
async def test_ds_05_one_grammar_of_numbers_and_everything_else_is_unknown(sent: object, shown: str) -> None:
    body = asternic.floor()
    body["summary"]["queue"]["100"]["Answered"] = sent
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        assert text_of(summary_of(station, "answered")) == shown


@pytest.mark.parametrize(
    ("sent", "ms"), [("00:03:31", 211_000), ("3:31", 211_000), ("211", 211_000), ("00:61:00", None), ("3.31.00", None)]
)
@lapsed
async def test_ds_05_durations_come_as_seconds_or_clock_times(sent: str, ms: int | None) -> None:
    body = asternic.floor()
    body["summary"]["queue"]["100"]["Avg Duration"] = sent
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        reading = summary_of(station, "avg_talk")
        assert (reading.value, reading.status is Status.OK) == (ms, ms is not None)


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 70 + b"]" * 70])
@lapsed
async def test_ds_07_deep_nesting_costs_one_reply(deep: bytes) -> None:
    target = floor()
    async with running(target) as station:
        target.server.then(reply(deep))
        await until(lambda: station.state is ERROR)
        assert station.code in ("reply.limits", "reply.json")
        assert station.shown() == "3 (stale)"
        target.server.then(target._route)
        await until(lambda: station.state is LIVE)


@lapsed
async def test_ds_08_people_are_told_apart_by_key_and_a_doubled_value_counts_once() -> None:
    target = floor()
    target.metrics.append(metric("104", "Ready", "AGENT", "John Doe(481)", "John Doe(482)"))
    for key, number in (("John Doe(481)", 1), ("John Doe(482)", 2)):
        target.put("104", key, count(number))
    async with running(target) as station:
        snapshot = station.source.snapshot
        assert snapshot is not None
        does = [row for row in snapshot.agents if "John Doe" in row.name]
        assert len(does) == len({row.id for row in does}) == 2
        key = {"metricId": "101", "categoryValue": "Sales(70)"}
        twice = {"results": [{"key": key, "value": count(6)}, {"key": key, "value": count(7)}], "initializing": []}
        target.server.then(reply(json.dumps(twice)))
        await until(lambda: station.shown() == "7 (value)")
        assert [row.name for row in station.source.snapshot.queues].count("Sales") == 1  # type: ignore[union-attr]


@lapsed
async def test_ds_08_a_key_written_twice_is_said_where_it_matters() -> None:
    """Agents and callers under equal names are people: a plain reader would lose one of them without a word."""
    agent = json.dumps(asternic.agent())
    doubled = json.dumps(asternic.floor()).replace('"Maria Jones":', f'"Maria Jones": {agent}, "Maria Jones":', 1)
    script = asternic.ScriptedAsternic(bodies={"realtime": doubled.encode(), **LISTS})
    async with asternic_running(script) as station:
        assert station.state is LIVE
        assert "reply.repaired" in station.notices


def average(total: int, number: int, up: int = 0) -> dict[str, Any]:
    """An AVERAGE_DURATION."""
    return {**duration(0, up), "type": "AVERAGE_DURATION", "durationSum": total, "count": number}


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"lastUpdateTime": count(0)["lastUpdateTime"]}, Status.NOT_APPLICABLE),
        (average(9000, 0), Status.NOT_APPLICABLE),
        (average(9000, -1), Status.ERROR),
        ({**duration(100), "numCountingUp": -2}, Status.ERROR),
        ({**count(3), "count": None}, Status.ERROR),
        ({**count(3), "count": "3"}, Status.ERROR),
        ({**count(3), "count": 1e300}, Status.ERROR),
        (None, Status.ERROR),
        ("DURATION", Status.ERROR),
    ],
    ids=["no type", "of no calls", "negative count", "negative counting", "null", "text", "huge",
         "nothing", "a word"],
)  # fmt: skip
@lapsed
async def test_ds_10_a_value_that_cannot_be_is_unknown(value: object, status: Status) -> None:
    target = floor()
    target.put("101", "Sales(70)", value)
    async with target.server, watch(Station(target.url, LapseClock())) as station:
        await until(lambda: station.state is not HealthState.WARMING)
        if station.state is LIVE:
            reading = station.queue("Sales")
            assert (reading.status, reading.value) == (status, None)
            assert text_of(station.queue("Support")) == "ok 0"
        else:
            assert station.state is ERROR


@lapsed
async def test_ds_10_an_unknown_type_is_said_beside_the_value_it_was_sent_with() -> None:
    target = floor()
    target.put("101", "Sales(70)", {**count(3), "type": "SURPRISE"})
    async with running(target) as station:
        assert text_of(station.queue("Sales")) == "ok 3"
        assert "SURPRISE" in station.queue("Sales").text


@lapsed
async def test_ds_11_values_that_never_warm_up_are_said_and_hurry_nobody() -> None:
    target = floor(cold={("101", "Sales(70)"), ("102", "Sales(70)")})
    async with target.server, watch(Station(target.url, LapseClock())) as station:
        await until(lambda: station.fresh > 0)
        assert station.queue("Sales").status is Status.WARMING
        assert text_of(station.queue("Support")) == "ok 0"
        assert station.source.snapshot is not None
        assert station.source.snapshot.is_warming
        took = await until(lambda: "metrics.never_warm" in station.notices)
        assert 55 <= took <= 75
        assert station.source.snapshot.is_warming is False
        asked = target.count_of("realtime/metrics/values")
        began = station.clock.monotonic()
        await until(lambda: station.clock.monotonic() >= began + 100)
        polls = target.count_of("realtime/metrics/values") - asked
        assert polls <= 100 / station.profile.poll_s + 1


@lapsed
async def test_ds_12_figures_are_mapped_by_name_in_any_order_and_generation_and_never_guessed() -> None:
    fields = asternic.summary(Waiting="2", Answered="734", Abandoned="24")
    body = asternic.floor(queue={"100": dict(reversed(list(fields.items()))), "101": asternic.older(answeredCals="5")})
    body["summary"]["queue"]["100"]["Mystery"] = "99"
    async with asternic_running(asternic.ScriptedAsternic(bodies={"realtime": body, **LISTS})) as station:
        assert text_of(summary_of(station, "waiting")) == "ok 2"
        assert text_of(summary_of(station, "answered")) == "ok 734"
        assert text_of(summary_of(station, "answered", "Ventas España")) == "ok 5"
        assert summary_of(station, "abandoned", "Ventas España").status is not Status.OK
        readings = station.rows(Section.QUEUES)["Sales"].readings
        assert [name for name, reading in readings.items() if reading.value in ("99", 99)] == ["metric:mystery"]


@asynccontextmanager
async def yeastar_running(pbx: yeastar.Pbx) -> AsyncIterator[tuple[yeastar.Pbx, Station]]:
    """A Yeastar station with its first values on screen."""
    secrets = {"client_id": yeastar.CLIENT_ID, "client_secret": yeastar.CLIENT_SECRET}
    fields = {"counters": "off"}
    async with (
        pbx.server,
        watch(Station(pbx.server.url, LapseClock(), "yeastar", secrets=secrets, fields=fields)) as station,
    ):
        await until(lambda: station.state is LIVE)
        yield pbx, station


@pytest.mark.parametrize(
    ("number", "state", "code"),
    [
        (-2, ERROR, "api.failure"),
        ("40002", ERROR, "api.failure"),
        (2, ERROR, "api.failure"),
        (70082, UNREACHABLE, "api.busy"),
        (70123, HealthState.REFUSED, "api.switched_off"),
        (10005, HealthState.REFUSED, "http.forbidden"),
    ],
)
@lapsed
async def test_ds_13_a_code_in_a_reply_of_status_200_is_an_error_and_no_data(
    number: object, state: HealthState, code: str
) -> None:
    async with yeastar_running(yeastar.small_pbx()) as (pbx, station):
        assert station.shown("Sales") == "2 (value)"
        for path in ("v1.0/queue/call_status", "v1.0/queue/agent_status"):
            pbx.codes[path] = number
        await until(lambda: station.state is not LIVE)
        assert (station.state, station.code) == (state, code)
        assert station.shown("Sales") == "2 (stale)"
        pbx.codes.clear()
        if state is HealthState.REFUSED:
            station.session.try_now()
        await until(lambda: station.state is LIVE)


@lapsed
async def test_ds_14_no_cut_or_flipped_reply_reaches_the_screen_as_a_number() -> None:
    """The whole way once, over the socket; the mapping seam is cut at every byte in tests/fuzz."""
    target = floor()
    async with running(target) as station:
        _, whole = target._values(("101", "102", "K0FLAEB6", "K1RNV2OQ"))
        for cut in (1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
            head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
            target.server.then(raw(head + whole[:cut]))
            await until(lambda: station.state is ERROR)
            assert station.shown() == "3 (stale)"
            target.server.then(target._route)
            await until(lambda: station.state is LIVE)
        flipped = copy.copy(whole).replace(b'"count": 3', b'"count" 3 ')
        await survives(station, target, reply(flipped), "reply.json", ERROR)
