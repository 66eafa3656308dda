"""Runtime and loop: faults of ours, long dialogs, hammered refreshes, on the real window and adapters."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.board import Board
from console.domain.clock import LONGEST_TIMER_S, SystemClock
from console.domain.enums import HealthState
from console.domain.secret import Secret
from console.net.limits import LIMITS, Deadlines
from console.ui.runtime.dialogs import ask
from console.ui.services import Services
from console.vendors.base import Connection
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.flavour import CHRONICALL
from tests.catalogue.lapse import lapsed, until
from tests.catalogue.station import KEY, Floor, Station, count, floor, running, watch
from tests.catalogue.test_tm import night
from tests.catalogue.windows import Make
from tests.faultserver.server import Call
from tests.ui.conftest import RunCoroutine
from tests.ui.conftest import until as qt_until
from tests.ui.windows.fakes import FakeProfiles
from tests.vendors.xima.support import FAST

pytestmark = [pytest.mark.allow_warnings]
ROOT = Path(__file__).parents[2]
LIVE = HealthState.LIVE


class Ticker(QWidget):
    """Paints itself and counts."""

    paints = 0

    def paintEvent(self, _event: object) -> None:
        """See Qt."""
        Ticker.paints += 1


def test_rt_01_turns_of_the_loop_and_paints_leave_the_reference_count_of_none_alone(
    arun: RunCoroutine, qapp: QApplication
) -> None:
    """PySide6 6.12 on Python 3.11 loses a reference to None with each event; this many would show it."""

    async def body() -> int:
        widget = Ticker()
        widget.show()
        before = sys.getrefcount(None)
        for turn in range(4_000):
            if turn % 20 == 0:
                widget.repaint()
            await asyncio.sleep(0)
        drift = sys.getrefcount(None) - before
        widget.close()
        widget.deleteLater()
        return drift

    drift = arun(body(), timeout=60)
    assert Ticker.paints >= 200
    assert abs(drift) < 400, "it would be thousands"


def test_rt_02_a_fault_at_any_seam_is_logged_once_and_told_and_the_window_lives(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.catalogue.seams", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["alive"]
    assert told["banners"] >= 1
    log = (tmp_path / "console.log").read_text()
    kinds = re.findall(r"\\n(\w+Error): ", log)
    wanted = {"ArithmeticError", "LookupError", "FloatingPointError", "BufferError", "EOFError", "MemoryError"}
    assert wanted <= set(kinds), log[-3000:]
    assert all(kinds.count(kind) == 1 for kind in wanted), "the same fault is written once a minute at most"
    assert "canary" not in log
    assert "canary" not in done.stderr
    assert "canary" not in done.stdout


def fast_station(target: Floor, **changes: Any) -> Station:
    """A station under Qt's loop, in real time, with the pauses of tests."""
    limits = replace(LIMITS, close_s=0.5, poll=Deadlines(connect_s=0.4, read_s=0.4, total_s=0.4, pool_s=0.4))

    def opens(connection: Connection) -> XimaBackend:
        return XimaBackend(connection, CHRONICALL, FAST, limits)

    return Station(target.url, SystemClock(), open_backend=opens, poll_s=0.02, **changes)


def live_timers(loop: Any) -> int:
    """Timers qasync keeps, cancelled ones included: it frees them only when they would have fired."""
    return len(loop._timer._SimpleTimer__callbacks)


def test_rt_03_timers_of_finished_requests_are_gone_with_their_short_limits(arun: RunCoroutine) -> None:
    async def body() -> tuple[int, int, int]:
        loop = asyncio.get_running_loop()
        target = floor()
        async with target.server, watch(fast_station(target)) as station:
            await qt_until(lambda: station.fresh > 3)
            base = live_timers(loop)
            await qt_until(lambda: target.count_of("realtime/metrics/values") > 80, 20)
        await asyncio.sleep(1.0)
        return base, live_timers(loop), target.count_of("realtime/metrics/values")

    base, after, asked = arun(body(), timeout=60)
    assert asked > 80
    assert after <= base + 10
    assert LIMITS.poll.total_s <= 10
    assert LONGEST_TIMER_S <= 60


@pytest.mark.usefixtures("windows_do_not_quit")
def test_rt_05_data_flows_on_while_a_dialog_is_open(arun: RunCoroutine, make: Make) -> None:
    async def body() -> None:
        target = floor()
        window = make()
        window.show()
        async with target.server, watch(fast_station(target)) as station:
            await qt_until(lambda: station.state is LIVE)
            window.attach(Services(station.store, FakeProfiles((station.profile,))))
            dialog = asyncio.ensure_future(ask(window, window._theme, "Remove?", "Really?", confirm="Remove"))
            await qt_until(lambda: QApplication.activeModalWidget() is not None or bool(_dialogs()))
            asked, seen = target.count_of("realtime/metrics/values"), station.fresh
            target.put("101", "Sales(70)", count(44))
            await qt_until(lambda: target.count_of("realtime/metrics/values") > asked + 30, 20)
            assert station.fresh - seen >= 25
            assert station.state is LIVE
            pane = window.docks.pane("queues")
            await qt_until(lambda: any("44" in row for row in _cells(pane)), 5)
            assert len(station.store.board.sources) == 1, "nothing piles up behind the dialog"
            assert not dialog.done()
            for each in _dialogs():
                each.reject()
            assert await dialog is False
        await window.aclose()

    arun(body(), timeout=60)


def _dialogs() -> list[Any]:
    from PySide6.QtWidgets import QDialog

    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]


def _cells(pane: Any) -> list[str]:
    model = pane.model
    return [
        " ".join(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


class Slow(Floor):
    """Answers after a while, and counts how many requests are under way."""

    delay_s = 0.3
    now = most = 0

    async def _route(self, call: Call) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.delay_s)
            await super()._route(call)
        finally:
            self.now -= 1


def slow_floor(**changes: Any) -> Slow:
    """The scripted Chronicall, slowly."""
    pattern = floor()
    return Slow(metrics=pattern.metrics, values=pattern.values, **changes)


@lapsed
async def test_rt_06_a_hammered_refresh_keeps_one_call_in_flight() -> None:
    target = slow_floor()
    async with running(target) as station:
        target.server.then(_down)
        await until(lambda: station.state is HealthState.UNREACHABLE)
        target.server.then(target._route)
        asked = len(target.server.calls)
        target.most = 0
        for _ in range(200):
            station.session.try_now()
            await asyncio.sleep(0.005)
        await until(lambda: station.state is LIVE)
        assert target.most == 1
        assert len(target.server.calls) - asked <= 8


async def _down(call: Call) -> None:
    call.writer.close()


@lapsed
async def test_rt_06_of_fifty_switches_the_last_one_counts(tmp_path: Path) -> None:
    target = slow_floor()
    async with night(tmp_path, target) as pc:
        await until(lambda: pc.state("p0") is LIVE)
        profiles = pc.core.profiles
        for turn in range(50):
            await profiles.set_enabled(profiles.find("p0"), turn % 2 == 1)
            await asyncio.sleep(0.02)
        assert pc.core.store.source(profiles.find("p0").id) is not None
        await until(lambda: pc.state("p0") is LIVE)
        await profiles.set_enabled(profiles.find("p0"), False)
        await asyncio.sleep(30)
        assert pc.core.store.board == Board(())
        assert target.now == 0


@lapsed
async def test_rt_06_a_late_answer_of_the_former_server_is_painted_over_nothing(tmp_path: Path) -> None:
    old, new = slow_floor(), floor()
    old.delay_s = 3.0
    old.put("101", "Sales(70)", count(111))
    new.put("101", "Sales(70)", count(222))
    async with night(tmp_path, old) as pc, new.server:
        await until(lambda: len(old.server.calls) > 0)
        profile = replace(pc.core.profiles.find("p0"), url=new.url)
        await pc.core.profiles.save(profile, {"key": Secret(KEY)}, session_only=True)
        seen: set[str] = set()
        for _ in range(150):
            await asyncio.sleep(0.1)
            source = pc.core.store.source(profile.id)
            if source is not None and source.snapshot is not None:
                seen |= {str(row.reading("waiting").value) for row in source.snapshot.queues}
        assert "222" in seen
        assert "111" not in seen
