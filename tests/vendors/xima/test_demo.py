"""The backend against the demo's own servers: what it shows is what the world says of itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.domain.clock import SystemClock
from console.domain.model import Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.text import safe_text
from console.domain.values import Status
from console.net.exchange import ExchangeLog
from console.vendors.base import Connection
from console.vendors.registry import backends

QUEUE_COLUMNS = (
    "waiting",
    "longest_wait",
    "agents_logged_in",
    "agents_available",
    "agents_busy",
    "agents_paused",
    "agents_logged_off",
    "offered",
    "answered",
    "unanswered",
    "abandoned",
    "abandon_rate",
    "service_level",
    "avg_wait",
    "avg_talk",
)
DURATIONS = {"longest_wait", "avg_wait", "avg_talk"}
STATES = {
    "logged_off": "logged_off",
    "available": "available",
    "ringing": "ringing",
    "talking": "on_call",
    "hold": "on_call",
    "after_call": "after_call",
    "paused": "paused",
    "dialing": "other_call",
}


@contextlib.asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """A demo process and what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "console.demo",
        "--queues",
        "5",
        "--agents",
        "20",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        yield json.loads(line)
    finally:
        process.terminate()
        await process.communicate()


async def control(url: str, *, post: bool = False) -> Any:
    """Ask the demo's control server."""

    def ask() -> Any:
        request = urllib.request.Request(url, method="POST" if post else "GET", data=b"{}" if post else None)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read() or b"null")

    return await asyncio.to_thread(ask)


async def settled(info: dict[str, Any], backend_id: str, transport: str) -> Snapshot:
    """A snapshot with nothing warming, of a world that stands still."""
    profile = next(entry for entry in info["profiles"] if entry["backend"] == backend_id)
    connection = Connection(
        Profile(
            id="p",  # type: ignore[arg-type]
            name=profile["name"],
            backend=backend_id,
            url=profile["url"],
            fields={**profile["fields"], "transport": transport},
            poll_s=1.0,
            proxy="none",
        ),
        {name: Secret(value) for name, value in profile["secrets"].items()},
        SystemClock(),
        ExchangeLog(),
    )
    backend = backends()[backend_id].open(connection)
    try:
        async with asyncio.timeout(40), contextlib.aclosing(backend.snapshots()) as feed:
            async for snapshot in feed:
                if not snapshot.is_warming:
                    return snapshot
    finally:
        await backend.aclose()
    raise AssertionError("the feed ended")


@pytest.mark.parametrize(("backend_id", "transport"), [("chronicall", "polling"), ("xima", "automatic")])
async def test_live_figures_are_the_worlds_own(backend_id: str, transport: str) -> None:
    async with demo() as info:
        await control(f"{info['control_url']}/pause", post=True)
        snapshot = await settled(info, backend_id, transport)
        state = await control(f"{info['control_url']}/state")
    at_ms = state["at_ms"]
    rows = {row.name: row for row in snapshot.queues}
    assert set(rows) == {queue["name"] for queue in state["queues"]}
    for queue in state["queues"]:
        figures = shown(rows[queue["name"]], at_ms, QUEUE_COLUMNS)
        for column, figure, wanted in zip(QUEUE_COLUMNS, figures, queue_figures(queue), strict=True):
            assert figure == pytest.approx(wanted, abs=1.0 if column in DURATIONS else 1e-9), column
    agents = {row.id: row for row in snapshot.agents}
    assert set(agents) == {agent["key"] for agent in state["agents"]}
    for agent in state["agents"]:
        row = agents[agent["key"]]
        assert row.reading("state").value == STATES[agent["state"]]
        assert row.reading("queues").value == ", ".join(agent["queues"])
        caller = agent["caller"]  # of a call between agents a name, and one from right to left is set apart
        assert row.reading("caller").value == (None if caller is None else safe_text(caller))
        assert row.reading("pause_reason").value == agent["reason"]
        assert row.reading("calls_taken").value == agent["calls_taken"]
        times = [agent["since_ms"], agent["last_call_ms"]]
        assert shown(row, at_ms, ("time_in_state", "last_call")) == pytest.approx(times, abs=1.0)
    lines = {(line.title, line.name): line.reading.value for line in snapshot.metrics}
    assert lines["Total Calls in Queue", ""] == state["totals"]["waiting"]
    assert lines["Overall Service Level", ""] == state["totals"]["service_level"]
    for direction, number in state["totals"]["calls_by_direction"].items():
        assert lines["Calls Today", direction] == number


def shown(row: Row, at_ms: float, columns: tuple[str, ...]) -> list[float | None]:
    """The figures of a row at a moment."""
    figures: list[float | None] = []
    for column in columns:
        reading = row.reading(column)
        assert reading.status in (Status.OK, Status.NOT_APPLICABLE), (column, reading)
        value = reading.value_at(at_ms)
        assert value is None or isinstance(value, (int, float))
        figures.append(value)
    return figures


def queue_figures(queue: dict[str, Any]) -> list[float | None]:
    """The same of a queue of the world, in the order of `QUEUE_COLUMNS`."""
    plain = [queue["longest_wait_ms" if column == "longest_wait" else column] for column in QUEUE_COLUMNS[:-2]]
    answered = queue["answered"]
    sums = (queue["wait_sum_ms"], queue["talk_sum_ms"])
    return [*plain, *(total / answered if answered else None for total in sums)]
