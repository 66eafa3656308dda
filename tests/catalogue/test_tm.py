"""Clocks that lie, jump and stop, through a whole adapter: durations stay steady and old values look old."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.domain.board import Board, Source
from console.domain.enums import HealthState, Section
from console.domain.model import Health, ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.text import Look
from console.domain.values import Status
from console.engine.core import Core, open_core
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths
from tests.catalogue.lapse import LapseClock, lapsed, run, until
from tests.catalogue.station import KEY, Floor, Station, duration, floor, running
from tests.catalogue.windows import Make, attach
from tests.ui.windows.fakes import StillClock, health
from tests.vendors.asternic import support as asternic
from tests.vendors.asternic.support import ScriptedAsternic

pytestmark = pytest.mark.allow_warnings
LIVE, STALE, REFUSED, UNREACHABLE = HealthState.LIVE, HealthState.STALE, HealthState.REFUSED, HealthState.UNREACHABLE
HOUR = 3600.0


def seconds_shown(station: Station) -> int:
    """The longest wait of Sales as shown, in seconds."""
    text, _, _ = station.shown("Sales", "longest_wait").partition(" ")
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


async def ticks(station: Station, seconds: int) -> list[int]:
    """What is shown each second."""
    shown = []
    for _ in range(seconds):
        shown.append(seconds_shown(station))
        await asyncio.sleep(1)
    return shown


def wait_since(target: Floor, done_ms: int) -> None:
    """Somebody has waited in Sales for so long, by the server's clock of now."""
    assert target.clock is not None
    at = datetime.fromtimestamp(target.clock.now_ms() / 1000 + (target.skew_s or 0), UTC)
    target.put("102", "Sales(70)", duration(done_ms, 1, at=at))


@pytest.mark.parametrize("skew_s", [HOUR, -HOUR, 0.0])
@lapsed
async def test_tm_01_durations_tick_by_the_servers_clock_however_wrong_it_is(skew_s: float) -> None:
    target = floor(LapseClock(), skew_s=skew_s)
    wait_since(target, 20_000)
    async with running(target) as station:
        shown = await ticks(station, 30)
        assert 19 <= shown[0] <= 21
        assert all(0 <= after - before <= 2 for before, after in itertools.pairwise(shown))
        assert 28 <= shown[-1] - shown[0] <= 30
        assert ("clock.skew" in station.notices) is (skew_s != 0)


@lapsed
async def test_tm_01_a_server_whose_clock_drifts_and_steps_back_never_shows_a_negative_duration() -> None:
    target = floor(LapseClock())
    wait_since(target, 20_000)
    async with running(target) as station:
        for step in (0.4, 0.4, 0.4, -HOUR):
            assert target.skew_s is not None
            target.skew_s += step
            wait_since(target, (seconds_shown(station) + 5) * 1000)
            await asyncio.sleep(station.profile.poll_s + 0.5)
            before = seconds_shown(station)
            shown = await ticks(station, 3)
            assert shown[0] >= before >= 20
            assert all(0 <= b - a <= 2 for a, b in itertools.pairwise(shown))


@lapsed
async def test_tm_01_a_stamp_of_the_future_is_a_fault_of_the_value_and_of_no_clock() -> None:
    target = floor(LapseClock())
    ahead = datetime.fromtimestamp(target.clock.now_ms() / 1000, UTC) + timedelta(hours=1)  # type: ignore[union-attr]
    target.put("102", "Sales(70)", duration(20_000, 1, at=ahead))
    async with running(target) as station:
        shown = await ticks(station, 10)
        assert all(0 <= value <= 30 for value in shown)
        assert "clock.skew" not in station.notices


@pytest.mark.parametrize("step_s", [86_400.0, -86_400.0, 2.5, -2.5])
@lapsed
async def test_tm_02_a_wall_clock_that_is_set_moves_no_pause_limit_or_age(step_s: float) -> None:
    clock = LapseClock()
    target = floor(clock)
    target.skew_s = 0.0
    async with running(target) as station:
        asked = target.count_of("realtime/metrics/values")
        clock.step_wall(step_s)
        target.skew_s = -step_s  # the server was not set
        for _ in range(60):
            await asyncio.sleep(1)
            assert station.state is LIVE
            assert (station.source.health.age_s(clock.monotonic()) or 0) <= station.profile.poll_s + 1
        assert abs(target.count_of("realtime/metrics/values") - asked - 60 / station.profile.poll_s) <= 1
        await target.server.stop()
        await until(lambda: station.state is UNREACHABLE, 10)
        clock.step_wall(-step_s)
        before = len(station.published)
        await asyncio.sleep(30)
        assert 2 <= len(station.published) - before <= 8


class Night:
    """The whole core on a floor, and a computer that can be put to sleep."""

    def __init__(self, core: Core, clock: LapseClock) -> None:
        self.core = core
        self.clock = clock

    def sleep(self, seconds: float) -> None:
        """The wall clock goes on, everything else stands still."""
        self.clock.step_wall(seconds)

    def health(self, profile_id: str) -> Health:
        """The health of a profile."""
        source = self.core.store.source(ProfileId(profile_id))
        assert source is not None
        return source.health

    def state(self, profile_id: str) -> HealthState:
        """Its light."""
        return self.health(profile_id).state_at(self.clock.monotonic())


@asynccontextmanager
async def night(folder: Path, *floors: Floor) -> AsyncIterator[Night]:
    """Servers, and a core with a profile for each: ``p0``, ``p1``, ..."""
    clock = LapseClock()
    core = open_core(
        prepare(resolve_paths(str(folder))),
        report_bug=lambda where, error: bugs.append(error),
        redactor=Redactor(),
        tell=lambda note: None,
        in_memory_secrets=True,
        clock=clock,
    )
    bugs: list[BaseException] = []
    core.profiles._resume_watch._wall_s = lambda: clock.now_ms() / 1000
    try:
        for number, target in enumerate(floors):
            target.clock = clock
            await target.server.start()
            profile = Profile(ProfileId(f"p{number}"), f"Site {number}", "chronicall", target.url, proxy="none")
            profile = replace(profile, fields={"transport": "polling"})
            await core.profiles.save(profile, {"key": Secret(KEY)}, session_only=True)
        core.profiles.start()
        yield Night(core, clock)
    finally:
        await core.aclose()
        for target in floors:
            await target.server.stop()
    assert bugs == []


@lapsed
async def test_tm_03_after_a_nights_sleep_nothing_looks_fresh_until_it_is(tmp_path: Path) -> None:
    target, refused = floor(), floor(keys=("another",))
    async with night(tmp_path, target, refused) as pc:
        await until(lambda: pc.state("p0") is LIVE and pc.state("p1") is REFUSED)
        connections, asked = target.server.connections, len(refused.server.calls)
        pc.sleep(8 * HOUR)
        assert await until(lambda: pc.state("p0") is STALE) <= 1.1
        assert await until(lambda: pc.state("p0") is LIVE) <= 10
        assert target.server.connections == connections + 1, "a connection from before the sleep is not used again"
        assert (pc.state("p1"), len(refused.server.calls)) == (REFUSED, asked), "sleep makes no key right"
        for _ in range(30):  # and it is over then
            await asyncio.sleep(1)
            assert pc.state("p0") is LIVE


@lapsed
async def test_tm_03_sleep_ends_a_long_back_off(tmp_path: Path) -> None:
    target = floor()
    async with night(tmp_path, target) as pc:
        await until(lambda: pc.state("p0") is LIVE)
        target.server.then(lambda call: asyncio.sleep(3600))  # type: ignore[arg-type, return-value]
        await until(lambda: pc.state("p0") is UNREACHABLE)
        await asyncio.sleep(600)
        target.server.then(target._route)
        pc.sleep(60)
        assert await until(lambda: pc.state("p0") is LIVE) <= 10


@lapsed
async def test_tm_05_a_server_in_another_zone_with_a_clock_of_its_own_is_read_by_its_offset() -> None:
    """Chronicall stamps carry their offset (-06:00 here), Asternic sends durations only; neither asks for our zone."""
    target = floor(LapseClock(), skew_s=90.0)
    wait_since(target, 60_000)
    async with running(target) as station:
        assert 58 <= seconds_shown(station) <= 62
    script = ScriptedAsternic(date=datetime.now(UTC) + timedelta(hours=3))
    secrets = {"username": asternic.USER, "password": asternic.PASSWORD}
    async with script.server:
        station = Station(script.server.url, LapseClock(), "asternic", secrets=secrets)
        async with running_on(station):
            assert 74 <= seconds_shown(station) <= 77
            assert "clock.skew" in station.notices


@asynccontextmanager
async def running_on(station: Station) -> AsyncIterator[None]:
    """Run a station until it is live."""
    from tests.catalogue.station import watch

    async with watch(station):
        await until(lambda: station.state is LIVE)
        yield


STAMPS = [
    "0000-00-00T00:00:00.000-06:00",
    "0001-01-01T00:00:00.000+14:00",
    "9999-12-31T23:59:59.999-12:00",
    "2026-02-30T12:00:00.000Z",
    "2026-12-31T23:59:60.000Z",
    "2038-01-19T03:14:08.000Z",
    "10000-01-01T00:00:00Z",
    "2026-05-05",
    "yesterday",
    "",
]


@pytest.mark.parametrize("text", STAMPS)
@lapsed
async def test_tm_07_an_impossible_moment_makes_a_duration_unknown_and_nothing_else(text: str) -> None:
    target = floor()
    target.put("102", "Sales(70)", {**duration(20_000, 1), "lastUpdateTime": text})
    async with running(target) as station:
        assert station.shown() == "3 (value)"
        reading = station.queue("Sales", "longest_wait")
        if reading.status is Status.OK:
            assert 0 <= seconds_shown(station) <= 20 + 1
        else:
            assert (reading.status, reading.value) == (Status.ERROR, None)
        assert "clock.skew" not in station.notices
        assert len(station.rows(Section.QUEUES)) == 2


@pytest.mark.usefixtures("windows_do_not_quit")
def test_tm_08_a_window_hidden_for_an_hour_shows_nothing_old_as_fresh(make: Make, clock: StillClock) -> None:
    """As when the system throttles the timers of hidden windows: no tick came, and the first thing seen is the age."""

    async def once() -> Source:
        async with running(floor()) as station:
            return station.source

    source: Source = run(once())
    window = make()
    window.show()
    attach(window, Board((Source(source.profile, "Chronicall", source.snapshot, health(clock)),)))
    window.refresh()
    chip = next(iter(window.bar.chips.values()))
    assert chip.word.startswith("live")
    window.hide()
    clock.move(3600)  # and not one tick meanwhile
    window.show()
    assert chip.word == "stale 60 min"
    assert {tile.look for tile in window.tiles.tiles} <= {Look.STALE, Look.WARMING, Look.UNSUPPORTED}
    source_now = window._board.sources[0]
    assert source_now.health.is_stale_at(clock.monotonic())
    services = window._services
    assert services is not None
    services.store.put(source.profile.id, health(clock), source.snapshot)
    window.refresh()
    assert chip.word.startswith("live")
