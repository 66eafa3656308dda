"""Answers that are still being prepared: 202 means the same again, never an empty floor."""

from __future__ import annotations

import pytest

from console.domain.errors import ServerBusy
from console.vendors.xima.flavour import XIMA
from tests.vendors.xima.support import running, small_floor


async def test_202_asks_for_the_very_same_again() -> None:
    floor = small_floor(preparing=2)
    async with running(floor, flavour=XIMA) as feed:
        snapshot = await anext(feed)
    assert snapshot.queues[0].reading("waiting").value == 3
    lists = [target for target in floor.targets if target.endswith("/realtime/metrics")]
    assert len(lists) == 3
    assert len(set(lists)) == 1


async def test_202_without_end_is_a_busy_server_and_never_an_empty_floor() -> None:
    floor = small_floor(preparing=1000)
    async with running(floor, flavour=XIMA) as feed:
        with pytest.raises(ServerBusy) as caught:
            await anext(feed)
    assert caught.value.message.code == "http.preparing"
