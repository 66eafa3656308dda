"""A replayed moment looks as it looked live: every cell, light and freshness, in another process's clocks too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from console.domain.clock import Clock, to_datetime
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.frames import Frame
from console.domain.messages import message
from console.domain.model import Health, ProfileId, Snapshot
from console.domain.profile import Profile
from console.engine.frames import FrameFeed
from console.engine.history.recorder import Recorder
from console.engine.replay import Replay
from console.engine.store import Store
from console.settings.schema import General
from console.ui.connection import light
from console.ui.models.cells import CellMaker, speak_row
from console.ui.models.columns import Column, agent_columns, queue_columns, waiting_columns
from console.ui.models.rows import SectionRows, moments
from console.ui.panes.freshness import fresh_line
from console.ui.tiles.figures import figures
from tests.engine.fake_history import FakeHistory
from tests.support import START_MS, ManualClock, until
from tests.ui import boards

PROFILES = tuple(Profile(ProfileId(f"p{n}"), f"Site {n}", "xima", "https://pbx.example") for n in (1, 2))
SECTIONS: tuple[tuple[Section, Callable[[], tuple[Column, ...]]], ...] = (
    (Section.QUEUES, queue_columns),
    (Section.AGENTS, agent_columns),
    (Section.WAITING, waiting_columns),
)


def looks(store: Store, clock: Clock) -> list[object]:
    """All that views are made of."""
    board, now_ms, mono = store.board, clock.now_ms(), clock.monotonic()
    found: list[object] = [light(source.health, mono) for source in board.sources]
    found.append(fresh_line(board, mono))
    found += [(figure.key, figure.shown(now_ms, mono), figure.level(now_ms, mono)) for figure in figures(board)]
    maker = CellMaker()
    maker.moments = moments(board, now_ms, mono)
    for section, columns in SECTIONS:
        for row in SectionRows(section).rows(board):
            found.append((row.key, speak_row(row, columns(), maker), maker.level(row)))
            found += [maker.cell(row, column) for column in columns()]
    return found


def taken(profile: Profile, clock: Clock, number: int, offset_ms: float) -> Snapshot:
    at = clock.now_ms() + offset_ms
    queue = boards.queue("q1", "Sales", number % 5, 20 + number)
    readings = {**queue.readings, "longest_wait": boards.ms(20_000 + number, running=True, at=at)}
    agent = boards.agent("a1", "Anna", list(AgentStatus)[number % 8], 30 + number)
    agent = replace(agent, readings={**agent.readings, "time_in_state": boards.ms(7_000, running=True, at=at)})
    caller = boards.caller("c1", "Jo", number)
    return replace(
        boards.snapshot(profile.id, queues=[replace(queue, readings=readings)], agents=[agent], waiting=[caller]),
        offset_ms=offset_ms,
    )


def since(clock: Clock) -> datetime:
    return to_datetime(clock.now_ms())


def recorder(folder: Path, clock: Clock) -> Recorder:
    def fault(name: str, error: BaseException) -> None:
        raise AssertionError(name) from error

    return Recorder(folder, clock=clock, general=General, tell=lambda sentence: None, report_bug=fault)


@pytest.mark.parametrize("is_on_disk", [False, True])
async def test_every_moment_looks_as_it_looked_live(is_on_disk: bool, tmp_path: Path) -> None:
    clock, store = ManualClock(), Store()
    live, other = PROFILES
    first = Health(HealthState.WARMING, since(clock))
    store.arrange([(live, "Chronicall", first), (other, "Chronicall", first)])
    feed, frames, seen = FrameFeed(store, clock), list[Frame](), dict[float, list[object]]()
    feed.subscribe(frames.append)
    down = message("connect.refused", host="pbx.example", port=443)
    begun = since(clock)
    for second in range(0, 60, 5):
        await clock.advance(0.25)
        if second < 30:  # then it falls silent without a word
            fresh = Health(HealthState.LIVE, begun, None, 5.0, clock.monotonic(), since(clock))
            store.put(live.id, fresh, taken(live, clock, second, 90.0))
        fresh = Health(HealthState.LIVE, begun, None, 5.0, clock.monotonic(), since(clock))
        if second in (15, 20):  # it says that it cannot be reached
            known = store.source(other.id)
            assert known is not None
            lost = replace(known.health, state=HealthState.UNREACHABLE, message=down, since=since(clock))
            store.put(other.id, replace(lost, next_try_mono=clock.monotonic() + 8.5))
        else:
            store.put(other.id, fresh, taken(other, clock, second * 3, -1500.0))
        for _ in range(4):
            await clock.advance(1.07)  # no age is a whole second, which rounding could tell apart
            seen[clock.now_ms()] = looks(store, clock)
    feed.close()
    later = ManualClock(START_MS + 3_600_000 * 20)  # another process, whose monotonic clock began elsewhere
    await later.advance(55_555.5)
    history: Recorder | FakeHistory = FakeHistory(frames)
    if is_on_disk:
        async with aclosing(recorder(tmp_path, clock)) as writer:
            for frame in frames:
                writer.take(frame)
        history = recorder(tmp_path, later)
    replay = Replay(history, later, order=[profile.id for profile in PROFILES])
    for at_ms, looked in seen.items():
        await replay.seek(at_ms)
        assert looks(replay.store, replay.clock) == looked
    await replay.seek(next(iter(seen)))
    replay.play(1)
    for at_ms, looked in list(seen.items())[1:]:
        await later.advance((at_ms - replay.clock.now_ms()) / 1000)
        if is_on_disk:
            await until(lambda looked=looked: looks(replay.store, replay.clock) == looked)
        assert looks(replay.store, replay.clock) == looked
    await replay.aclose()
    if isinstance(history, Recorder):
        await history.aclose()
