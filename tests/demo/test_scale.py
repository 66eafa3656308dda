"""A larger floor still serves."""

from __future__ import annotations

import aiohttp
import pytest

from console.demo.main import start
from console.demo.options import Options
from tests.demo.wire import START, Wire, shown


async def test_a_hundred_queues_and_a_thousand_agents(session: aiohttp.ClientSession) -> None:
    """Every value of a large site is served, right, and rebuilt only where something happened."""
    options = Options(queues=100, agents=1000, start_ms=START, manual=True, warm_polls=0)
    async with start(options) as demo:
        wire = Wire(demo, session)
        board = await wire.board()
        assert len(board) == 19 * 100 + 9 * 1000 + 7 + 3 + 5
        told = demo.state()
        assert 0.6 * 1000 < sum(row["state"] != "logged_off" for row in told["agents"]) < 0.95 * 1000
        for row in told["agents"]:
            assert shown(board["Time in State", row["key"]], demo.clock.now()) == row["since_ms"]
        feed = wire.server.feeds[wire.id("Agent State")]
        before = list(wire.server.current(feed))
        await demo.step(1)
        changed = sum(new is not old for new, old in zip(wire.server.current(feed), before, strict=True))
        assert 0 < changed < 60
        # large floors are folded beside the loop; the answers are the same
        at = demo.world.zone.iso(START).replace("+", "%2B")
        async with session.get(f"{demo.control_url}/state?at={at}") as response:
            assert await response.json() == told
        async with session.get(f"{demo.control_url}/calls?day=-99") as response:
            assert response.status == 404


@pytest.mark.parametrize(("queues", "agents"), [(1, 1), (2, 1), (1, 30), (500, 1), (20, 5)])
async def test_odd_sizes_work_too(queues: int, agents: int, session: aiohttp.ClientSession) -> None:
    """One of each, more queues than agents, everybody in one queue."""
    options = Options(queues=queues, agents=agents, start_ms=START, manual=True, warm_polls=0)
    async with start(options) as demo:
        await demo.step(3600)
        told = demo.state()
        assert len(told["queues"]) == queues
        assert len(told["agents"]) == agents
        assert told["totals"]["answered"] > 0
        assert len(await Wire(demo, session).board()) == 19 * queues + 9 * agents + 7 + 3 + 5
