"""What reports of the Chronicall family should say, from the event log by other code than the server's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from tests.world.event_log import Call, Leg, days_of, records_of, site_of, spans_of

ZONE = ZoneInfo("Europe/Madrid")
START = 1_790_240_400_000
DAYS = (-2, -1, 0)


@dataclass
class Set:
    """One parameter set: instants (ms), seconds of the day, agents, queues."""

    start: int
    end: int
    hours: tuple[int, int] | None
    agents: list[str]
    queues: list[str]

    def holds(self, t: int) -> bool:
        wall = datetime.fromtimestamp(t / 1000, ZONE)
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        is_on = self.hours is None or self.hours[0] <= second <= self.hours[1]
        return is_on and self.start <= t < self.end + 1000

    @property
    def frame(self) -> dict[str, Any]:
        bounds = [
            datetime.fromtimestamp(t // 1000, ZONE).isoformat(timespec="milliseconds") for t in (self.start, self.end)
        ]
        value: dict[str, Any] = {"type": "REPORT_TIMEFRAME", "start": bounds[0], "end": bounds[1]}
        if self.hours is not None:
            first, last = (str(timedelta(seconds=second)).zfill(8) for second in self.hours)
            value["shift"] = {"startTime": first, "endTime": last}
        return value


@dataclass
class Part:
    """An agent's part in a call."""

    agent: str
    call: str
    start: int
    way: str
    duration: int
    queue: str = ""
    offer: int = 0
    rang: bool = False
    talked: bool = False
    talk: int = 0


class Floor:
    """A demo standing still, and the truth about it."""

    def __init__(self, session: aiohttp.ClientSession, control: str) -> None:
        self.session = session
        self.control = control

    async def look(self) -> Floor:
        self.site = await site_of(self.session, self.control)
        self.calls = await days_of(self.session, self.control, *DAYS)
        async with self.session.get(f"{self.control}/reports") as response:
            self.offers = {(offer["server"], offer["title"]): offer for offer in await response.json()}
        agents = [agent["key"] for agent in self.site["agents"]]
        queues = [queue["name"] for queue in self.site["queues"]]
        midnight = datetime.fromisoformat(self.site["days"][-2]["date"]).replace(tzinfo=ZONE)
        first, second = (int((midnight + timedelta(days=day)).timestamp() * 1000) for day in (0, 1))
        self.sets = (
            Set(first, second - 1000, None, agents[:3], queues[:2]),
            Set(first, second + 86_399_000, (9 * 3600, 13 * 3600 - 1), agents[2:7], [queues[3], queues[1]]),
        )
        return self

    async def post(self, offer: dict[str, Any], body: Any, key: str | None = None) -> tuple[int, bytes]:
        url = re.search(r"POST (\S+)", offer["request_details"])
        auth = re.search(r"Authorization: (.+)", offer["request_details"])
        assert url is not None
        assert auth is not None
        headers = {"Authorization": auth[1] if key is None else f"Bearer {key}", "Content-Type": "application/json"}
        data = body if isinstance(body, str) else json.dumps(body)
        async with self.session.post(url[1], data=data, headers=headers) as response:
            return response.status, await response.read()

    async def run(self, title: str, at: Set, server: str = "Demo Chronicall", **more: Any) -> dict[str, Any]:
        """Run a report: the pasted request with other answers."""
        offer = self.offers[server, title]
        body = sample(offer)
        for each in body["parameters"]:
            value = each["value"]
            if value["type"] == "REPORT_TIMEFRAME":
                each["value"] = at.frame
            elif value.get("pbxUsers"):
                value["pbxUsers"] = [{"key": key} for key in at.agents]
            for kind in ("skills", "groups"):
                if kind in value:
                    value[kind] = [{"key": name} for name in at.queues]
            value.update(more.get(value["type"], {}))
        status, raw = await self.post(offer, body)
        assert status == 200, raw
        reply: dict[str, Any] = json.loads(raw)
        assert reply["title"] == title
        frame = dict(at.frame)
        assert reply["timeframe"] == frame | {name: frame[name].replace(".000", "") for name in ("start", "end")}
        return reply

    def parts(self, at: Set) -> list[Part]:
        found: list[Part] = []
        for call in self.calls:
            if call.end >= 0 and at.holds(call.start):
                found += parts_of(call)
            for made in call.attempts:
                if made.ended >= 0 and at.holds(made.dialled):
                    talked = made.answered >= 0
                    talk = made.ended - made.answered if talked else 0
                    length = made.ended - made.dialled
                    found.append(
                        Part(
                            made.agent,
                            f"cb{made.number}/{call.uid}",
                            made.dialled,
                            "CB",
                            length,
                            talked=talked,
                            talk=talk,
                        )
                    )
        return found

    def legs(self, at: Set) -> list[tuple[Call, Leg]]:
        over = [call for call in self.calls if call.end >= 0 and at.holds(call.start)]
        return [(call, leg) for call in over for leg in call.legs if leg.queue in at.queues]


def sample(offer: dict[str, Any]) -> dict[str, Any]:
    return json.loads(offer["request_details"].split("Body\n")[1])  # type: ignore[no-any-return]


def parts_of(call: Call) -> list[Part]:
    base = (call.uid, call.start, call.direction, call.end - call.start)
    found = []
    if call.head:
        found.append(Part(call.head, *base, talked=call.is_answered, talk=call.talk))
    for leg in call.legs:
        for agent in {ring.agent for ring in leg.rings}:
            offer = sum(ring.end - ring.start for ring in leg.rings if ring.agent == agent)
            talked = leg.agent == agent
            found.append(Part(agent, *base, leg.queue, offer, True, talked, leg.talk if talked else 0))
    for ring in call.rings:
        talked = ring.how == "answered"
        found.append(Part(ring.agent, *base, "", ring.end - ring.start, True, talked, call.talk if talked else 0))
    return found


def cells(table: dict[str, Any], columns: list[dict[str, Any]]) -> list[list[Any]]:
    return [[row["values"].get(column["key"], {}).get("value") for column in columns] for row in table["rows"]]


def items(table: dict[str, Any]) -> dict[str, Any]:
    assert {each["format"] for each in table["summaryItems"]} == {"NUMBER"}
    return {each["title"]: each["value"] for each in table["summaryItems"]}


def subs(reply: dict[str, Any]) -> dict[str, list[list[Any]]]:
    assert "rows" not in reply
    return {each["title"]: cells(each, each.get("columns") or reply["columns"]) for each in reply["subReports"]}


def mean(values: list[int]) -> int | None:
    return sum(values) // len(values) if values else None


def hundredth(part: int, whole: int) -> float | None:
    return round(part / whole * 100, 2) if whole else None


def clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def merged(parts: list[Part], agent: str) -> list[Part]:
    """One per call."""
    calls: dict[str, Part] = {}
    for part in parts:
        if part.agent != agent:
            continue
        sum_ = calls.setdefault(part.call, Part(agent, part.call, part.start, part.way, part.duration))
        sum_.offer, sum_.talk = sum_.offer + part.offer, sum_.talk + part.talk
        sum_.rang, sum_.talked = sum_.rang or part.rang, sum_.talked or part.talked
    return list(calls.values())


@dataclass
class Line:
    """A call as lists of calls have it."""

    way: str
    start: int
    end: int
    number: str
    agent: str
    talk: int
    answered: bool
    code: str
    cost: int = 0


def lines_of(floor: Floor, at: Set) -> dict[str, Line]:
    found = {}
    for call in floor.calls:
        if call.end >= 0 and at.holds(call.start):
            talks = [leg.agent for leg in call.legs if leg.answered >= 0] + [call.talker] * bool(call.talker)
            talk = call.talk + sum(leg.talk for leg in call.legs)
            agent = call.head or next(iter(talks), "")
            line = Line(call.direction, call.start, call.end, call.party, agent, talk, call.is_answered, call.code)
            found[call.uid] = line
            if call.direction == "OUTBOUND" and call.is_answered:
                line.cost = price(floor.site, call)
        for made in call.attempts:
            if made.ended >= 0 and at.holds(made.dialled):
                talk = made.ended - made.answered if made.answered >= 0 else 0
                line = Line("CB", made.dialled, made.ended, call.party, made.agent, talk, made.answered >= 0, made.code)
                found[f"cb{made.number}/{call.uid}"] = line
    return found


def price(site: dict[str, Any], call: Call) -> int:
    digits = call.party.replace(" ", "")
    rates = [rate for rate in site["rates"] if rate["trunk"] == call.trunk and digits.startswith(rate["prefix"])]
    if not rates:
        return 0
    rate = max(rates, key=lambda each: len(each["prefix"]))
    seconds = -(-call.talk // (rate["block_s"] * 1000)) * rate["block_s"]
    return int(rate["connection"] + seconds * rate["per_minute"] / 60 + 0.5)


async def uses(floor: Floor, at: Set) -> list[tuple[str, str, str | None, int, int, bool]]:
    """Agent, feature, reason, start, end (cut at the edges and at now), still lasting."""
    now = (await (await floor.session.get(f"{floor.control}/state")).json())["at_ms"]
    windows = []
    for number in (0, 1):
        midnight = datetime.fromtimestamp(at.start / 1000, ZONE) + timedelta(days=number)
        first, last = at.hours or (0, 86_399)
        opens = int((midnight + timedelta(seconds=first)).timestamp()) * 1000
        windows.append((opens, opens + (last - first + 1) * 1000))
    found = []
    for day in DAYS:
        for span in spans_of(await records_of(floor.session, floor.control, day)):
            end = now if span.end < 0 else span.end
            for opens, closes in windows:
                left, right = max(opens, span.start), min(closes, end, at.end + 1000)
                if left < right:
                    kind = {"login": "EXTENSION_LOGIN", "pause": "DND", "wrap": "ACW"}[span.kind]
                    found.append((span.agent, kind, span.reason or None, left, right, span.end < 0 and right == end))
    return found
