"""A recording in memory, and a floor to look at it with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from console.domain.board import Source
from console.domain.enums import Section
from console.domain.frames import Frame
from console.domain.model import MetricRow
from console.domain.values import Unit, count
from console.engine.history.base import RowName, Series, SeriesKey, Span, StateSpan, Usage
from console.engine.store import Store
from console.ui.services import Services
from tests.ui.boards import START_MS, agent, percent, queue, snapshot, source
from tests.ui.windows.fakes import FakeProfiles

QUEUES = ("Support", "Sales", "Kundenservice Deutschland Süd und Österreich", "客户服务队列", "Billing")


@dataclass
class FakeHistory:
    """Answers from dictionaries; `asked` holds what it was asked for."""

    curves: dict[SeriesKey, tuple[list[float], list[float]]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    states: dict[str, list[tuple[RowName, list[StateSpan]]]] = field(default_factory=dict)
    size: Usage = field(default_factory=lambda: Usage(1000, START_MS - 7_200_000, START_MS, True))
    gate: asyncio.Event | None = None
    asked: list[tuple[SeriesKey, float, float]] = field(default_factory=list)

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        """See `History.series`."""
        self.asked.append((key, start_ms, end_ms))
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if key not in self.curves:
            return None
        times, values = (np.array(each, dtype=float) for each in self.curves[key])
        first = max(0, int(np.searchsorted(times, start_ms, "right")) - 1)
        last = int(np.searchsorted(times, end_ms))
        unit = self.units.get(key.column, Unit.COUNT)
        return Series(key, times[first:last], values[first:last], unit, key.column, key.row_id)

    async def agent_states(
        self, profile_id: str, start_ms: float, end_ms: float
    ) -> Sequence[tuple[RowName, Sequence[StateSpan]]]:
        """See `History.agent_states`."""
        await asyncio.sleep(0)
        return [
            (row, [span for span in spans if span.end_ms > start_ms and span.start_ms < end_ms])
            for row, spans in self.states.get(profile_id, [])
        ]

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
        """See `History.spans`."""
        return [Span(start_ms, end_ms)]

    async def rows(self, profile_id: str, section: Section | None, start_ms: float, end_ms: float) -> Sequence[RowName]:
        """See `History.rows`."""
        await asyncio.sleep(0)
        keys = {(key.row_id, key.section) for key in self.curves if key.profile_id == profile_id}
        return [RowName(profile_id, section, row, row) for row, where in sorted(keys, key=str) if where is section]

    async def usage(self) -> Usage:
        """See `History.usage`."""
        return self.size


class FakeFrames:
    """A feed that sends what it is told."""

    def __init__(self) -> None:
        self.latest: dict[str, Frame] = {}
        self.listeners: list[Callable[[Frame], None]] = []

    def subscribe(self, listener: Callable[[Frame], None]) -> Callable[[], None]:
        """See `FrameFeed.subscribe`."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def send(self, frame: Frame) -> None:
        """A new frame."""
        self.latest[str(frame.profile_id)] = frame
        for listener in tuple(self.listeners):
            listener(frame)


def floor(profile: str = "p1", name: str = "Munich", waiting: int = 3) -> Source:
    """Five queues, three agents, two key figures."""
    rows = [queue(f"q{n}", title, waiting + n, 30 + n, service_level=percent(80.0)) for n, title in enumerate(QUEUES)]
    agents = [agent(f"a{n}", title) for n, title in enumerate(("Ann", "Bea", "Cem"))]
    metrics = [
        MetricRow("m1", "Calls in queue", "NONE", "", count(7)),
        MetricRow("m2", "Service level", "NONE", "", percent(81.5)),
    ]
    return source(snapshot(profile, queues=rows, agents=agents, metrics=metrics), profile=profile, name=name)


def services(*sources: Source, history: Any = None, frames: Any = None, alerts: Any = None) -> Services:
    """Services with a store of these sources."""
    store = Store()
    store.arrange((each.profile, each.backend_title, each.health) for each in sources)
    for each in sources:
        store.put(each.profile.id, each.health, each.snapshot)
    profiles = FakeProfiles(tuple(each.profile for each in sources))
    return Services(store, cast(Any, profiles), history=history, frames=frames, alerts=alerts)


def walk(key: SeriesKey, *, end_ms: float = START_MS, points: int = 1440, step_ms: float = 5_000, seed: int = 0) -> Any:
    """A curve of two hours with a gap of five minutes in the middle."""
    dice = np.random.default_rng(seed)
    values = np.abs(np.cumsum(dice.integers(-1, 2, points))).astype(float)
    values[points // 2 : points // 2 + 60] = np.nan
    times = end_ms - step_ms * np.arange(points, 0, -1)
    return list(times), list(values)
