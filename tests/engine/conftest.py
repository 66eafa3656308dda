"""The fake phone system of the report tests, ready to be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.report_fakes import Rig, Server, open_rig, spec_of
from tests.support import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"fake": spec_of(server)})
    return server


@pytest.fixture
async def rig(tmp_path: Path, server: Server, clock: ManualClock) -> AsyncIterator[Rig]:
    rig = open_rig(tmp_path / "home", server, clock)
    rig.core.profiles.start()
    yield rig
    await rig.core.aclose()
    assert not rig.bugs
    assert server.open == 0, "a connection was left open"
