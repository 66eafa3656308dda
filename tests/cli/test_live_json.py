"""The document of `live --json`, where only made-up sources show what matters."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from console.cli.live import run
from console.cli.live_json import document
from console.domain.clock import SystemClock, now
from console.domain.columns import standard
from console.domain.enums import HealthState, Section
from console.domain.errors import ConnectFailed
from console.domain.messages import message
from console.domain.model import Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import NOT_APPLICABLE, WARMING
from console.engine.core import Core
from console.engine.limits import LimitBook

PROFILE = Profile(ProfileId("1"), "Head office", "chronicall", "http://h")


def _snapshot(row: Row) -> Snapshot:
    return Snapshot(PROFILE.id, PROFILE.backend, now(SystemClock()), {}, agents=(row,), is_warming=True)


def test_a_cell_without_a_value_has_the_unit_of_its_column() -> None:
    clock = SystemClock()
    health = Health(HealthState.LIVE, now(clock), last_ok_mono=clock.monotonic())
    row = Row("a", "Anna", {"last_call": NOT_APPLICABLE})
    body = document(PROFILE, _snapshot(row), health, clock.monotonic())
    units = {name: reading["unit"] for name, reading in body["agents"][0]["readings"].items()}
    assert units == {column.id: column.unit.value for column in standard(Section.AGENTS)}


async def test_what_came_before_a_failure_is_not_called_live(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    failure = ConnectFailed(message("connect.reset", host="h"))

    class Backend:
        async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
            yield _snapshot(Row("a", "Anna", {"state": WARMING}))
            raise failure

        async def aclose(self) -> None:
            pass

    async def open_backend(_: Profile) -> Backend:
        return Backend()

    profiles = SimpleNamespace(find=lambda name: PROFILE, open_backend=open_backend)
    limits = LimitBook(tmp_path / "thresholds.json", tell=lambda _: None)
    core = cast(Core, SimpleNamespace(profiles=profiles, clock=SystemClock(), limits=limits))
    args = argparse.Namespace(name="Head office", follow=False, json=True, wait=5.0)
    assert await run(args, core) == 4
    await limits.aclose()
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed["health"]["state"] == "unreachable"
    assert printed["health"]["message"] == str(failure)
