"""Large floors through a whole adapter, and long runs in time lapse."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel

from console.domain.board import Board, Source
from console.domain.enums import HealthState, Section
from console.net import http
from console.net.limits import LIMITS
from tests.catalogue.lapse import LapseClock, lapsed, run, until
from tests.catalogue.station import Floor, Station, count, floor, metric, running, watch
from tests.catalogue.windows import Make, attach
from tests.faultserver.server import Call, raw, reply, reset
from tests.ui.windows.fakes import StillClock, health, profile, snapshot

pytestmark = pytest.mark.allow_warnings
LIVE = HealthState.LIVE


def big_floor(agents: int, metrics: int) -> Floor:
    """So many agents with so many figures each."""
    target = floor()
    names = [f"Agent {number:05d}({number})" for number in range(agents)]
    target.metrics = [metric(f"M{m:03d}", f"Figure {m}", "AGENT", *names) for m in range(metrics)]
    target.values.clear()
    for m in range(metrics):
        for number, name in enumerate(names):
            target.values[f"M{m:03d}", name] = count(number + m)
    return target


@pytest.mark.usefixtures("windows_do_not_quit")
def test_sc_01_ten_thousand_agents_all_change_and_all_arrive(make: Make, clock: StillClock, qtbot: Any) -> None:
    """How long the loop is held up is measured by the benchmarks; here, that every row comes and the newest wins."""
    owner = profile("Berlin")
    window = make()
    window.resize(1366, 768)
    window.show()
    first = snapshot(owner, agents=10_000, seed=1)
    store, _ = attach(window, Board((Source(owner, "Chronicall", first, health(clock)),)))
    pane = window.docks.pane("agents")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 10_000, timeout=30_000)
    store.put(owner.id, health(clock), snapshot(owner, agents=10_000, seed=2))
    store.put(owner.id, health(clock), snapshot(owner, agents=9_000, seed=3))
    qtbot.waitUntil(lambda: pane.model.rowCount() == 9_000, timeout=30_000)


@lapsed
async def test_sc_02_a_large_reply_is_decoded_and_mapped_off_the_loops_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[bool] = []
    real = http.parse_json

    def watched(body: bytes, *args: Any, **kwargs: Any) -> Any:
        if len(body) > LIMITS.thread_bytes:
            threads.append(threading.current_thread() is threading.main_thread())
        return real(body, *args, **kwargs)

    monkeypatch.setattr(http, "parse_json", watched)
    target = big_floor(1000, 10)
    async with target.server, watch(Station(target.url, LapseClock())) as station:
        await until(lambda: station.state is LIVE)
        assert len(station.rows(Section.AGENTS)) == 1000
    assert threads
    assert not any(threads)


@pytest.mark.usefixtures("windows_do_not_quit")
def test_sc_03_queues_come_and_go_and_selection_and_scroll_stay(make: Make, clock: StillClock) -> None:
    async def polls() -> list[Source]:
        target = floor()
        dice = random.Random(3)
        names = [f"Queue {number:03d}({number})" for number in range(500)]
        target.metrics = [metric("101", "Calls in Queue", "GROUP", *names)]
        found: list[Source] = []
        async with target.server, watch(Station(target.url, LapseClock())) as station:
            for _ in range(5):
                keep = {"Queue 250(250)", *dice.sample(names, 400)}
                target.values.clear()
                target.metrics = [metric("101", "Calls in Queue", "GROUP", *sorted(keep))]
                for name in sorted(keep):
                    target.put("101", name, count(dice.randrange(9)))
                seen = station.fresh
                await asyncio.sleep(61)
                await until(lambda: station.fresh > seen)  # noqa: B023 - awaited in its own turn
                found.append(station.source)
        return found

    sources: list[Source] = run(polls())
    window = make()
    window.resize(1366, 768)
    window.show()
    store, _ = attach(window, Board((Source(sources[0].profile, "Chronicall", sources[0].snapshot, health(clock)),)))
    pane = window.docks.pane("queues")
    view, model = pane.table, pane.model

    def place() -> int:
        name = model.column_of("name")
        return next(row for row in range(model.rowCount()) if "Queue 250" in str(model.index(row, name).data()))

    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    view.selectionModel().setCurrentIndex(model.index(place(), 0), flags)
    sizes = set()
    for source in sources[1:]:
        store.put(source.profile.id, health(clock), source.snapshot)
        window.refresh()
        sizes.add(model.rowCount())
        selected = {index.row() for index in view.selectionModel().selectedRows()}
        assert selected == {place()}
    assert len(sizes) > 1


@lapsed
async def test_sc_04_a_thousand_metrics_are_asked_for_in_addresses_every_server_takes() -> None:
    target = floor()
    target.metrics = [metric(f"METRIC-{number:06d}", f"Figure {number}", "NONE") for number in range(1000)]
    target.values.clear()
    for number in range(1000):
        target.put(f"METRIC-{number:06d}", None, count(number))
    async with running(target) as station:
        longest = max(len(call.target) for call in target.server.calls)
        assert longest <= 4096
        assert station.source.snapshot is not None
        assert len(station.source.snapshot.metrics) == 1000
        asked = [ids for endpoint, ids in target.asked if endpoint == "realtime/metrics/values"]
        assert sum(len(ids) for ids in asked[: len(asked)]) % 1000 == 0


async def silent(call: Call) -> None:
    """Never answer, until the console has had enough."""
    await call.reader.read()
    call.writer.close()


async def soak(hours: float, seed: int = 1) -> dict[str, int]:
    """Poll for hours with a fault every five minutes; returns what is left over at the end beyond the beginning."""
    dice = random.Random(seed)
    target = floor(socket="ok")
    faults = [
        reply("no", 500),
        reply("no", 503),
        silent,
        reset,
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        None,
    ]
    async with running(target, fields={"transport": "automatic"}) as station:
        await until(lambda: bool(target.sockets))
        await asyncio.sleep(30)
        gc.collect()
        tasks, sockets = len(asyncio.all_tasks()), _sockets()
        for _ in range(round(hours * 12)):
            await asyncio.sleep(300 - 45)
            fault = dice.choice(faults)
            if fault is None:
                await target.server.stop()
                await asyncio.sleep(dice.uniform(5, 40))
                await target.server.start()
            else:
                target.server.then(fault)
                target.cut()
                await asyncio.sleep(dice.uniform(5, 40))
                target.server.then(target._route)
            await until(lambda: station.state is LIVE, 60)
        target.server.then(target._route)
        await asyncio.sleep(60)
        gc.collect()
        return {
            "tasks": len(asyncio.all_tasks()) - tasks,
            "sockets": _sockets() - sockets,
            "waiting timers": len([t for t in asyncio.get_running_loop()._scheduled if not t.cancelled()]),  # type: ignore[attr-defined]
        }


def _sockets() -> int:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return 0
    found = 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(folder / name).startswith("socket:")
        except OSError:
            continue
    return found


@lapsed
async def test_sc_05_half_an_hour_with_a_fault_every_five_minutes_leaves_nothing_behind() -> None:
    left = await soak(0.5)
    assert abs(left["tasks"]) <= 3, left
    assert abs(left["sockets"]) <= 4, left
    assert left["waiting timers"] <= 40, left


if __name__ == "__main__":
    import sys

    print(json.dumps(run(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0))))
