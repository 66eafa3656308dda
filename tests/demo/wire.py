"""A small client for the tests of the demo's wire, written from the vendor's pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from console.demo.main import RunningDemo
from console.demo.servers.xima import XimaServer

API = "/rest/api/v1"
START = 1_790_240_400_000
Key = tuple[str, str | None]


@dataclass
class Reply:
    """One reply, read to the end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def date_ms(self) -> float:
        return parsedate_to_datetime(self.headers["Date"]).timestamp() * 1000


class Wire:
    """One service user's view of one server."""

    def __init__(self, demo: RunningDemo, session: aiohttp.ClientSession, backend: str = "chronicall") -> None:
        server = demo.server(backend)
        assert isinstance(server, XimaServer)
        self.demo = demo
        self.server = server
        self.session = session
        self.key = server.keys["supervisor"]

    async def get(self, path: str, **headers: str) -> Reply:
        sent = {"Authorization": f"Bearer {self.key}"} | headers
        async with self.session.get(self.server.url + path, headers=sent) as response:
            return Reply(response.status, dict(response.headers), await response.read())

    async def metrics(self) -> list[dict[str, Any]]:
        return (await self.get(f"{API}/realtime/metrics")).json  # type: ignore[no-any-return]

    async def values(self, *idents: str) -> Reply:
        return await self.get(f"{API}/realtime/metrics/values?id={','.join(idents)}")

    async def board(self) -> dict[Key, dict[str, Any]]:
        """Everything, by metric name and category value."""
        names = {each["metricId"]: each["metricName"] for each in await self.metrics()}
        results = (await self.values(*names)).json["results"]
        return {(names[r["key"]["metricId"]], r["key"].get("categoryValue")): r["value"] for r in results}

    def id(self, name: str) -> str:
        return self.server.metric_id(name)

    def socket_url(self, *idents: str, key: str | None = None) -> str:
        query = "&".join([f"id={ident}" for ident in idents] + [f"auth_token={quote(key or self.key, safe='')}"])
        return f"{self.server.url}{API}/realtime-metric-subscription?{query}"

    def socket(self, *names: str, **options: Any) -> Any:
        return self.session.ws_connect(self.socket_url(*(self.id(name) for name in names)), **options)


def shown(value: dict[str, Any], at_ms: float) -> Any:
    """The displayed value at an instant, by the vendor's arithmetic; None for a value without a type."""
    kind = value.get("type")
    if kind is None:
        return None
    if kind == "COUNT":
        return value["count"]
    if kind in ("BOOLEAN", "STRING", "PERCENT"):
        return value["value"]
    gone = at_ms - datetime.fromisoformat(value["lastUpdateTime"]).timestamp() * 1000
    line = (value["numCountingUp"] - value["numCountingDown"]) * round(gone)
    if kind == "DURATION":
        return value["finishedDuration"] + line
    assert kind == "AVERAGE_DURATION"
    return (value["durationSum"] + line) / value["count"] if value["count"] else None
