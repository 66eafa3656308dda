"""The demo's Asternic wire: its shapes are the vendor's, its figures the world's, its habits can be switched."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from console.demo.main import RunningDemo
from console.demo.servers.asternic import AsternicServer
from console.demo.servers.asternic_quirks import OLDER, SCREEN

TITLES = [
    "Waiting",
    "Agents",
    "Penalty",
    "Logged Off",
    "Busy",
    "Paused",
    "Answered",
    "Unanswered",
    "Abandoned",
    "Abandon Rate",
    "Avg Wait",
    "Avg Duration",
    "Max. wait time",
]


class Client:
    """One user of one server."""

    def __init__(self, server: AsternicServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.user = "supervisor"

    async def get(self, entity: str, password: str | None = None, path: str = "", **query: str) -> tuple[int, bytes]:
        pair = f"{self.user}:{self.server.passwords[self.user] if password is None else password}"
        headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        url = self.server.url + (path or "/stats/rest/index.php")
        async with self.session.get(url, params={"entity": entity, **query}, headers=headers) as response:
            return response.status, await response.read()

    async def json(self, entity: str, **query: str) -> Any:
        status, body = await self.get(entity, **query)
        assert status == 200
        return json.loads(body)


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


async def test_realtime_has_the_vendors_shape(client: Client, demo: RunningDemo) -> None:
    await demo.step(600)
    body = await client.json("realtime")
    assert list(body) == ["waiting calls", "summary", "agents"]
    assert list(body["summary"]) == ["queue"]
    for queue, fields in body["summary"]["queue"].items():
        assert list(fields) == TITLES
        assert all(isinstance(text, str) for text in fields.values())
        assert set(body["waiting calls"][queue]) == {str(n) for n in range(1, int(fields["Waiting"]) + 1)}
        assert isinstance(body["agents"][queue], dict)


async def test_the_figures_are_the_worlds(client: Client, demo: RunningDemo) -> None:
    for _ in range(6):
        await demo.step(977)
        body, state = await client.json("realtime"), demo.state()
        for queue in state["queues"]:
            fields = body["summary"]["queue"][queue["id"]]
            assert int(fields["Waiting"]) == queue["waiting"]
            assert int(fields["Max. wait time"]) == queue["longest_wait_ms"] // 1000
            assert int(fields["Agents"]) == queue["agents_logged_in"]
            assert int(fields["Logged Off"]) == queue["agents_logged_off"]
            assert int(fields["Busy"]) == queue["agents_busy"]
            assert int(fields["Paused"]) == queue["agents_paused"]
            for title, name in (("Answered", "answered"), ("Unanswered", "unanswered"), ("Abandoned", "abandoned")):
                assert int(fields[title]) == queue[name]
            assert float(fields["Abandon Rate"]) == (queue["abandon_rate"] or 0)
        waits = {
            (queue, place): (call["calleridNum"], call["waitTime"])
            for queue, calls in body["waiting calls"].items()
            for place, call in calls.items()
        }
        queue_ids = {queue["name"]: queue["id"] for queue in state["queues"]}
        expected = {
            (queue_ids[row["queue"]], str(row["position"])): (
                row["caller_number"].replace("Anonymous", "asterisk"),
                str(row["wait_ms"] // 1000),
            )
            for row in state["waiting"]
        }
        assert waits == expected


async def test_agents_stand_under_each_of_their_queues(client: Client, demo: RunningDemo) -> None:
    await demo.step(300)
    body, state = await client.json("realtime"), demo.state()
    words = {
        "logged_off": ("unavailable", "0"),
        "available": ("not in use", "0"),
        "ringing": ("ringing", "0"),
        "hold": ("busy", "0"),
        "after_call": ("not in use", "1"),
        "paused": ("not in use", "1"),
        "dialing": ("dialout", "0"),
    }
    seen: dict[str, int] = {}
    for agents in body["agents"].values():
        for fields in agents.values():
            extension = fields["location"].removeprefix("SIP/")
            seen[extension] = seen.get(extension, 0) + 1
            agent = next(row for row in state["agents"] if row["id"] == extension)
            expected = words.get(agent["state"], ("busy" if agent["queue"] else "dialout", "0"))
            assert (fields["status"], fields["paused"]) == expected
            assert fields["auxType"] == ("Wrapup" if agent["state"] == "after_call" else agent["reason"] or "")
    assert seen == {agent["id"]: len(agent["queues"]) for agent in state["agents"]}


async def test_lists_carry_pseudo_rows_and_all_names(client: Client, demo: RunningDemo) -> None:
    _, printed = await client.get("queues")
    assert b'"queue_id" : "' in printed
    queues = (await client.json("queues"))["data"]
    assert {(row["queue"], row["queue_name"]) for row in queues} == {
        *((queue["id"], queue["name"]) for queue in demo.state()["queues"]),
        ("ALL", "ALL"),
        ("NONE", "NONE"),
    }
    agents = (await client.json("agents"))["data"]
    assert agents[0] == {"agent_id": "-1", "agent": "ALL", "agent_name": "ALL"}
    assert len({row["agent"] for row in agents}) == 1 + len(demo.world.site.agents)


async def test_users_see_what_they_may_and_nobody_else_anything(client: Client, demo: RunningDemo) -> None:
    everything = await client.json("realtime")
    client.user = "limited"
    assert list((await client.json("realtime"))["agents"]) == list(everything["agents"])[::2]
    assert (await client.get("realtime", password="wrong"))[0] == 401
    client.server.quirks.refusal_is_page = True
    status, body = await client.get("realtime", password="wrong")
    assert status == 200
    assert b'type="password"' in body
    async with client.session.get(client.server.url + "/stats/rest/index.php?entity=realtime") as response:
        assert b"<form>" in await response.read()


async def test_queues_can_be_chosen(client: Client) -> None:
    body = await client.json("realtime", queues="6001,6003")
    assert list(body["summary"]["queue"]) == ["6001", "6003"]


async def test_the_folder_can_be_moved(client: Client) -> None:
    client.server.quirks.base = "/ccstats"
    assert (await client.get("realtime"))[0] == 404
    assert (await client.get("realtime", path="/ccstats/rest/index.php"))[0] == 200


async def test_the_field_generations(client: Client, demo: RunningDemo) -> None:
    client.server.quirks.generation = OLDER
    fields = (await client.json("realtime"))["summary"]["queue"]["6001"]
    assert "answeredCals" in fields
    assert not set(fields) & set(TITLES)
    client.server.quirks.generation = SCREEN
    fields = (await client.json("realtime"))["summary"]["queue"]["6001"]
    state = demo.state()["queues"][0]
    assert (int(fields["Available"]), int(fields["Received"])) == (state["agents_available"], state["offered"])


async def test_habits_of_printing(client: Client, demo: RunningDemo) -> None:
    quirks = client.server.quirks
    quirks.clock_times = quirks.percent_sign = quirks.gaps = quirks.agents_as_list = True
    quirks.last_call_is_instant = True
    await demo.step(900)
    body = await client.json("realtime")
    fields = body["summary"]["queue"]["6001"]
    assert fields["Abandon Rate"].endswith(" %")
    assert len(fields["Avg Wait"].split(":")) == 3
    places = [list(calls) for calls in body["waiting calls"].values() if len(calls) > 1]
    assert all(line == [str(2 * n + 1) for n in range(len(line))] for line in places)
    assert isinstance(body["agents"]["6001"], list)
    assert body["agents"]["6001"][0]["lastCall"].isdigit()
    quirks.missing = ("agents", "Paused")
    body = await client.json("realtime")
    assert "agents" not in body
    assert "Paused" not in body["summary"]["queue"]["6001"]
    quirks.agent_details = False
    quirks.missing = ()
    assert set((await client.json("realtime"))["agents"]["6001"][0]) == {"agent", "status", "paused"}


async def test_damages(client: Client) -> None:
    quirks = client.server.quirks
    good = (await client.get("realtime"))[1]
    quirks.bom = True
    assert (await client.get("realtime"))[1] == b"\xef\xbb\xbf" + good
    quirks.bom = False
    quirks.warning = True
    assert (await client.get("realtime"))[1].startswith(b"<br />\n<b>Warning</b>")
    quirks.warning, quirks.trailing_comma, quirks.second_object = False, True, True
    body = (await client.get("realtime"))[1]
    assert body.endswith(b",\n}" + good[:-1] + b",\n}") or body.count(b",\n}") == 2
    with pytest.raises(ValueError, match=r"Expecting|Illegal"):
        json.loads(body)
    quirks.trailing_comma = quirks.second_object = False
    quirks.charset = "latin-1"
    with pytest.raises(UnicodeDecodeError):
        (await client.get("realtime"))[1].decode()
    quirks.charset = "utf-8"
    quirks.nothing = "[]"
    assert b"{}" not in (await client.get("realtime"))[1]


async def test_a_kept_copy_stands_still(client: Client, demo: RunningDemo) -> None:
    client.server.quirks.copy_s = 60
    before = (await client.get("realtime"))[1]
    await demo.step(59)
    assert (await client.get("realtime"))[1] == before
    await demo.step(2)
    assert (await client.get("realtime"))[1] != before


async def test_faults(client: Client, demo: RunningDemo) -> None:
    demo.servers.append(client.server)
    await demo.fault("revoke_key", "asternic")
    assert client.server.faults == {}
    assert (await client.get("realtime"))[0] == 200  # with the new password
    await demo.fault("no_metrics", "asternic")
    assert (await client.json("realtime"))["agents"] == {}
    await demo.fault("clear", "asternic")
    await demo.fault("old_version", "asternic")
    assert (await client.get("realtime"))[0] == 404
    await demo.fault("clear", "asternic")
    await demo.fault("status", "asternic", status=503, times=1)
    assert (await client.get("realtime"))[0] == 503
    assert (await client.get("realtime"))[0] == 200
    assert (await client.get("unheard-of"))[1] == b"[]"
    demo.servers.remove(client.server)


async def test_the_password_needs_every_encoding(client: Client) -> None:
    assert {":", "ü", "%", "+", "/", "=", " "} <= set(client.server.secrets["password"])
    assert client.server.secrets["username"] == "supervisor"
    assert client.server.fields == {}
