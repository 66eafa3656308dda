"""Every report, the search and the call flows of the demo's Asternic, recomputed from the event log by other code.

Each for two parameter sets whose results differ: yesterday, and two days in some hours with a queue or an agent.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from console.demo.main import start
from console.demo.options import Options
from tests.world.event_log import Call, Leg, days_of, records_of, site_of, spans_of

ZONE = ZoneInfo("America/Denver")
START = 1_790_240_400_000
DAYS = (-2, -1, 0)
WORDS = {
    "abandon": "ABANDON",
    "exit_key": "EXITWITHKEY",
    "callback": "EXITWITHKEY",
    "exit_empty": "EXITEMPTY",
    "exit_timeout": "EXITWITHTIMEOUT",
    "voicemail": "EXITWITHTIMEOUT",
    "overflow": "EXITWITHTIMEOUT",
}
Row = dict[str, str]
Pair = tuple[Call, Leg]


def wall(t: int) -> datetime:
    return datetime.fromtimestamp(t // 1000, ZONE)


def gone(start: int, end: int) -> int:
    return end // 1000 - start // 1000


def word(leg: Leg) -> str:
    if leg.answered < 0:
        return WORDS[leg.how]
    if leg.transfer:
        return {"blind": "BLINDTRANSFER", "attended": "ATTENDEDTRANSFER"}[leg.transfer]
    return {"agent": "COMPLETEAGENT", "caller": "COMPLETECALLER"}[leg.side]


class Floor:
    """A demo standing still, and the truth about it."""

    def __init__(self, session: aiohttp.ClientSession, control: str, url: str, password: str) -> None:
        self.session = session
        self.control = control
        self._url = url
        self._auth = "Basic " + base64.b64encode(f"supervisor:{password}".encode()).decode()

    async def look(self) -> Floor:
        site = await site_of(self.session, self.control)
        self.calls = await days_of(self.session, self.control, *DAYS)
        self.numbers = {queue["name"]: queue["number"] for queue in site["queues"]}
        self.callers = site["caller_names"]
        shared = Counter(agent["name"] for agent in site["agents"])
        self.people = {
            agent["key"]: agent["name"] if shared[agent["name"]] == 1 else f"{agent['name']} {agent['extension']}"
            for agent in site["agents"]
        }
        self.serves = {agent["key"]: agent["queues"] for agent in site["agents"]}
        yesterday = datetime.fromisoformat(site["days"][-2]["date"]).date()
        self.first: dict[str, str] = {"start": f"{yesterday}", "end": f"{yesterday}"}
        hours = {"secondsstart": str(3 * 3600), "secondsend": str(8 * 3600 - 1)}
        self.second = {"start": f"{yesterday}", "end": f"{yesterday + timedelta(days=1)}"} | hours
        return self

    async def get(self, entity: str, **query: str) -> Any:
        url = f"{self._url}/stats/rest/index.php"
        async with self.session.get(
            url, params={"entity": entity, **query}, headers={"Authorization": self._auth}
        ) as response:
            assert response.status == 200
            return json.loads(await response.read())

    async def rows(self, entity: str, **query: str) -> list[Row]:
        body = await self.get(entity, **query)
        count = len(body["rows"])
        assert [body[name] for name in ("page", "total", "records")] == ["1", str(min(count, 1)), str(count)]
        assert all(isinstance(text, str) for row in body["rows"] for text in row.values())
        return body["rows"]  # type: ignore[no-any-return]

    def holds(self, t: int, query: dict[str, str]) -> bool:
        at = wall(t)
        second = at.hour * 3600 + at.minute * 60 + at.second
        first, last = int(query.get("secondsstart", 0)), int(query.get("secondsend", 86_399))
        return query["start"] <= at.date().isoformat() <= query["end"] and first <= second <= last

    def legs(self, query: dict[str, str], when: Callable[[Leg], int]) -> list[Pair]:
        """Finished legs whose instant lies in the window, with the queue and agent asked for, in order of it."""
        pairs = [(call, leg) for call in self.calls for leg in call.legs if leg.ended >= 0 and when(leg) >= 0]
        fitting = [
            (call, leg)
            for call, leg in pairs
            if self.holds(when(leg), query)
            and query.get("queue", "") in ("", self.numbers[leg.queue], leg.queue)
            and query.get("agent", "") in ("", self.people.get(leg.agent, "NONE"))
        ]
        return sorted(fitting, key=lambda pair: (when(pair[1]), pair[1].number))

    def answered(self, query: dict[str, str]) -> list[Pair]:
        return self.legs(query, lambda leg: leg.answered)

    def entered(self, query: dict[str, str]) -> list[Pair]:
        return self.legs(query, lambda leg: leg.entered)


def caller(call: Call) -> str:
    return "asterisk" if call.party in ("", "Anonymous") else call.party


def wait(leg: Leg) -> int:
    return gone(leg.entered, leg.ended if leg.answered < 0 else leg.answered)


def talk(leg: Leg) -> int:
    return gone(leg.answered, leg.ended) if leg.answered >= 0 else 0


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """A small floor in Denver."""
    options = Options(seed=7, queues=5, agents=18, start_ms=START, manual=True, site_zone="America/Denver")
    async with start(options) as demo, aiohttp.ClientSession() as session:
        server = demo.server("asternic")
        yield await Floor(session, demo.control_url, server.url, server.secrets["password"]).look()


async def test_answered_and_unanswered_detail(floor: Floor) -> None:
    """Answered calls are dated by the answer, unanswered ones by entering, day first."""
    seen = []
    for query in (floor.first, floor.second | {"queue": "6002"}):
        found = await floor.rows("reports/answered_calls_detail", **query)
        expected = [
            (
                wall(leg.answered).strftime("%d-%m-%Y %H:%M:%S"),
                floor.numbers[leg.queue],
                leg.queue,
                floor.people[leg.agent],
                caller(call),
                word(leg),
                wait(leg),
                next(gone(ring.start, ring.end) for ring in leg.rings if ring.how == "answered"),
                talk(leg),
                call.uid,
                call.url,
                call.did,
            )
            for call, leg in floor.answered(query)
        ]
        names = ("datetime", "queue", "queueName", "agent", "callerid", "event")
        more = ("waitTime", "ringTime", "callTime", "uniqueid", "url", "did")
        assert [tuple(row[name] for name in (*names, *more)) for row in found] == [
            tuple(map(str, row)) for row in expected
        ]
        assert all(row["agentName"] == row["agent"] and row["recording"].endswith(".wav") for row in found)
        assert all(row["callflow"].endswith(f"?entity=call/{row['uniqueid']}") for row in found)
        seen.append(found)
        found = await floor.rows("reports/unanswered_calls_detail", **query)
        lost = [(call, leg) for call, leg in floor.entered(query) if leg.answered < 0]
        assert [(row["datetime"], row["event"], row["waitTime"], row["uniqueid"], row["agent"]) for row in found] == [
            (f"{wall(leg.entered):%d-%m-%Y %H:%M:%S}", word(leg), str(wait(leg)), call.uid, "NONE")
            for call, leg in lost
        ]
        assert lost
    assert seen[0] != seen[1]


def share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.2f}" if whole else "0.00"


def band(leg: Leg) -> str:
    for most, label in ((15, "0 - 15"), (30, "16 - 30"), (60, "31 - 60"), (120, "61 - 120")):
        if wait(leg) <= most:
            return label
    return "121 +"


async def test_answered_calls_by_something(floor: Floor) -> None:
    """Counts and shares of the answered calls; the sum of all rows is the detail report's."""
    labels: dict[str, tuple[str, Callable[[Call, Leg], str]]] = {
        "queue": ("Queue", lambda call, leg: floor.numbers[leg.queue]),
        "agent": ("Agent", lambda call, leg: floor.people[leg.agent]),
        "url": ("URL", lambda call, leg: call.url),
        "did": ("DID", lambda call, leg: call.did),
        "holdtime": ("Hold Time", lambda call, leg: band(leg)),
        "event": ("Event", lambda call, leg: word(leg)),
    }
    someone = next(iter(floor.people.values()))
    for name, (title, label) in labels.items():
        seen = []
        for query in (floor.first, floor.second | {"agent": someone}):
            found = await floor.rows(f"reports/answered_calls_by_{name}", **query)
            pairs = floor.answered(query)
            counts = Counter(label(call, leg) for call, leg in pairs)
            assert {row[title]: (row["Received"], row["% Calls"]) for row in found} == {
                key: (str(count), share(count, len(pairs))) for key, count in counts.items()
            }
            seen.append(found)
            if name == "agent":
                times = {key: [talk(leg) for call, leg in pairs if label(call, leg) == key] for key in counts}
                assert {row["Agent"]: (row["Call Time"], row["Avg Call Time"]) for row in found} == {
                    key: (str(sum(each)), str(sum(each) // len(each))) for key, each in times.items()
                }
        assert seen[0] != seen[1]


async def test_distributions_and_unanswered_by_queue(floor: Floor) -> None:
    labels: dict[str, tuple[str, Callable[[Leg], str]]] = {
        "queue": ("Queue", lambda leg: floor.numbers[leg.queue]),
        "hour": ("Hour", lambda leg: f"{wall(leg.entered):%H}"),
        "day": ("Date", lambda leg: f"{wall(leg.entered):%Y-%m-%d}"),
    }
    for query in (floor.first, floor.second):
        pairs = floor.entered(query)
        for name, (title, label) in labels.items():
            found = await floor.rows(f"reports/distribution_by_{name}", **query)
            assert [row[title] for row in found] == sorted({label(leg) for _, leg in pairs})
            for row in found:
                legs = [leg for _, leg in pairs if label(leg) == row[title]]
                answered = [leg for leg in legs if leg.answered >= 0]
                lost, count = len(legs) - len(answered), max(1, len(answered))
                assert list(row.values())[1:] == [
                    str(len(legs)),
                    str(len(answered)),
                    str(lost),
                    str(sum(leg.how == "abandon" for leg in legs)),
                    share(len(answered), len(legs)),
                    share(lost, len(legs)),
                    str(sum(map(wait, answered)) // count),
                    str(sum(map(talk, answered)) // count),
                ]
        lost = Counter(floor.numbers[leg.queue] for _, leg in pairs if leg.answered < 0)
        found = await floor.rows("reports/unanswered_calls_by_queue", **query)
        assert {row["Queue"]: row["Unanswered"] for row in found} == {key: str(count) for key, count in lost.items()}
    days = await floor.rows("reports/distribution_by_day", start=floor.second["start"], end=floor.second["end"])
    assert len(days) == 2


async def test_sessions_and_pauses(floor: Floor) -> None:
    """By their start; after-call work is a pause called Wrapup; what still lasts has no end."""
    spans = [span for day in DAYS for span in spans_of(await records_of(floor.session, floor.control, day))]
    for query in (floor.first, floor.second | {"agent": floor.people[spans[0].agent]}):
        mine = [span for span in spans if floor.holds(span.start, query) and span.agent in floor.people]
        mine = [span for span in mine if query.get("agent", "") in ("", floor.people[span.agent])]
        for report, kinds in (("agent_sessions_detail", {"login"}), ("agent_pauses_detail", {"pause", "wrap"})):
            found = await floor.rows(f"reports/{report}", **query)
            expected = Counter(
                (
                    floor.people[span.agent],
                    f"{wall(span.start):%d-%m-%Y %H:%M:%S}",
                    "" if span.end < 0 else str(gone(span.start, span.end)),
                    span.reason or ("Wrapup" if span.kind == "wrap" else ""),
                )
                for span in mine
                if span.kind in kinds
            )
            got = Counter((row["agent"], row["datetime"], row["duration"], row.get("reason", "")) for row in found)
            assert got == expected
            assert found or query is not floor.first


async def test_search_with_every_filter(floor: Floor) -> None:
    """One row per finished call: first entering, last queue, closing event; every filter leaves other rows."""
    over = [call for call in floor.calls if call.legs and all(leg.ended >= 0 for leg in call.legs)]
    one = next(call for call in over if call.is_answered and floor.holds(call.start, floor.first))
    some = one.party.split(" ")[-1]
    tests: list[tuple[dict[str, str], Callable[[Call, Leg], bool]]] = [
        ({}, lambda call, leg: True),
        ({"agent": floor.people[one.legs[-1].agent]}, lambda call, leg: leg.agent == one.legs[-1].agent),
        ({"queue": "6003"}, lambda call, leg: floor.numbers[leg.queue] == "6003"),
        ({"uniqueid": one.uid}, lambda call, leg: call.uid == one.uid),
        ({"clid": some}, lambda call, leg: some in caller(call).replace(" ", "")),
        ({"url": "queue/2"}, lambda call, leg: "queue/2" in call.url),
        ({"tag": "VIP"}, lambda call, leg: "VIP" in call.tags),
        ({"did": one.did}, lambda call, leg: one.did == call.did),
        ({"talktime": "60,300"}, lambda call, leg: 60 <= talk(leg) <= 300),
        ({"waittime": "30,99999"}, lambda call, leg: wait(leg) >= 30),
        ({"waittime": "5,20", "queue": "6001"}, lambda call, leg: 5 <= wait(leg) <= 20 and leg.queue == "Sales"),
    ]
    for base in (floor.first, floor.second):
        sizes = set()
        calls = sorted(
            (call for call in over if floor.holds(call.legs[0].entered, base)), key=lambda call: call.legs[0].entered
        )
        for more, fits in tests:
            found = await floor.rows("search", **base, **more)
            mine = [call for call in calls if fits(call, call.legs[-1])]
            assert [tuple(row.values())[:-1] for row in found] == [search_row(floor, call) for call in mine]
            sizes.add(len(mine))
        assert len(sizes) > 6


def search_row(floor: Floor, call: Call) -> tuple[str, ...]:
    first, last = call.legs[0], call.legs[-1]
    person = floor.people.get(last.agent, "NONE")
    number = floor.numbers[last.queue]
    file = f"q-{number}-{caller(call).replace(' ', '')}-{wall(last.answered):%Y%m%d-%H%M%S}.wav"
    return (
        "ENTERQUEUE",
        str(len(call.legs)),
        call.uid,
        caller(call),
        f"{wall(first.entered):%Y-%m-%d %H:%M:%S}",
        f"{wall(last.ended):%Y-%m-%d %H:%M:%S}",
        word(last),
        person,
        number,
        str(wait(last)),
        str(talk(last)),
        str(sum(map(wait, call.legs))),
        str(gone(first.entered, last.ended)),
        file if last.answered >= 0 else "",
        person,
        last.queue,
    )


def flow(floor: Floor, call: Call) -> list[tuple[str, ...]]:
    """A call as the queue log writes it, without the ids of other channels."""
    made = []
    for leg in call.legs:
        number = floor.numbers[leg.queue]
        name = floor.callers.get(call.party, "")
        info = (call.url, caller(call), str(leg.position), name, call.did)
        made.append((leg.entered, number, "NONE", "ENTERQUEUE", *info))
        for ring in leg.rings:
            who, rung = floor.people[ring.agent], ring.end - ring.start
            if ring.how == "answered":
                hold, seconds = gone(leg.entered, ring.end), gone(ring.start, ring.end)
                made.append((ring.end, number, who, "CONNECT", str(hold), "*", str(seconds), "", ""))
            elif ring.end >= 0:
                event = "RINGNOANSWER" if ring.how == "missed" else "RINGCANCELED"
                made.append((ring.end, number, who, event, str(rung), "", "", "", ""))
        if leg.ended >= 0:
            who = floor.people.get(leg.agent, "NONE")
            made.append((leg.ended, number, who, word(leg), *ending(floor, leg)))
    made.sort(key=lambda row: row[0])
    return [(f"{wall(row[0]):%Y-%m-%d %H:%M:%S}", *row[1:]) for row in made]


def ending(floor: Floor, leg: Leg) -> tuple[str, str, str, str, str]:
    hold, lasted, place = str(wait(leg)), str(talk(leg)), str(leg.position)
    if leg.answered < 0:
        rest = (str(leg.left_from), place, hold)
        return (leg.key, *rest, "") if leg.key else (*rest, "", "")
    if leg.transfer == "blind":
        return floor.numbers[leg.to], "from-internal", hold, lasted, place
    return ("BRIDGE", "*", hold, lasted, place) if leg.transfer else (hold, lasted, place, "", "")


async def test_call_flows_of_every_kind(floor: Floor) -> None:
    """ENTERQUEUE to the closing event, for calls of every kind there is; also one that still goes on."""
    wanted: dict[str, Call] = {}
    for call in floor.calls:
        for leg in call.legs:
            kinds = {leg.how, leg.transfer or leg.side, f"{len(call.legs)} legs"}
            kinds |= {f"ring {ring.how}" for ring in leg.rings}
            kinds |= {"moved up"} if leg.answered < 0 and 0 < leg.left_from < leg.position else set()
            for kind in kinds:
                wanted.setdefault(kind, call)
    assert {"overflow", "exit_key", "blind", "attended", "2 legs", "ring missed", "abandon", "open", "moved up"} <= set(
        wanted
    )
    for call in wanted.values():
        body = await floor.get(f"call/{call.uid}")
        rows = body["data"]
        assert list(body) == ["totalpages", "currpage", "totalrecords", "data"]
        assert body["totalrecords"] == str(len(rows))
        assert [row["id"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
        assert {row["uniqueid"] for row in rows} == {call.uid}
        got = [tuple(row[name] for name in ("datetime", "queue", "agent", "event")) for row in rows]
        infos = [tuple(row[f"info{place}"] for place in range(1, 6)) for row in rows]
        for number, expected in enumerate(flow(floor, call)):
            assert got[number] == expected[:4]
            pairs = zip(infos[number], expected[4:], strict=True)
            assert all(own == theirs or (theirs == "*" and own) for own, theirs in pairs)
        assert len(got) == len(flow(floor, call))
