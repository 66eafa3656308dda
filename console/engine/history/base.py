"""What the recording can be asked, as charts, replay, alarms and analyses use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from console.domain.board import Board
from console.domain.enums import Section
from console.domain.frames import Frame
from console.domain.values import Unit


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Names one curve: a column of one row of one profile.

    Attributes:
        section: None for a key figure (`Snapshot.metrics`): then `column` is empty and `row_id` the metric row's id.
    """

    profile_id: str
    section: Section | None
    row_id: str
    column: str


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: steps that hold until the next point. Gaps are NaN points, never lines.

    Attributes:
        times_ms: console wall clock, epoch milliseconds, ascending; float64.
        values: same length; NaN from there on: nothing is known (silent source, console closed, no fresh number).
            Running durations are sampled at each frame. Units as in `console.domain.values` (ms, percent 0 to 100).
        title: the column's title as the source gave it.
    """

    key: SeriesKey
    times_ms: NDArray[np.float64]
    values: NDArray[np.float64]
    unit: Unit
    title: str
    row_name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which a profile's values were fresh; epoch milliseconds, end excluded."""

    start_ms: float
    end_ms: float


def united(spans: Iterable[Span]) -> list[Span]:
    """Stretches in the order of time; those that overlap or touch are one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start_ms):
        if found and span.start_ms <= found[-1].end_ms:
            found[-1] = Span(found[-1].start_ms, max(found[-1].end_ms, span.end_ms))
        else:
            found.append(span)
    return found


@dataclass(frozen=True, slots=True)
class StateSpan:
    """An agent's state for a while: `state` is a value of `AgentStatus`, "" where nothing is known."""

    start_ms: float
    end_ms: float
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reset:
    """A counter of the day went down: the source began its day anew (or was restarted) at `at_ms`."""

    profile_id: str
    at_ms: float
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class RowName:
    """A row that occurs in the recording."""

    profile_id: str
    section: Section | None
    row_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How large the recording is. `problem` is a message code where nothing is being recorded, else empty."""

    bytes_on_disk: int
    first_ms: float | None
    last_ms: float | None
    is_recording: bool
    problem: str = ""


class History(Protocol):
    """The recording. Everything is asynchronous and done on a thread; nothing here blocks the loop."""

    async def board_at(self, at_ms: float) -> Board:
        """Every profile as it stood at a moment; profiles without a frame by then are absent."""
        ...

    def frames(self, start_ms: float, end_ms: float, profile_ids: Sequence[str] = ()) -> AsyncIterator[Frame]:
        """The frames of some profiles (none named: all) in the order of time, beginning with the one that stood at
        `start_ms`. What was recorded is handed back equal to what was fed (sources of readings aside)."""
        ...

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        """One curve, up to this moment; None where the recording knows no such row or column."""
        ...

    async def agent_states(
        self, profile_id: str, start_ms: float, end_ms: float
    ) -> Sequence[tuple[RowName, Sequence[StateSpan]]]:
        """The states of each agent of a profile, in the order of the names; unknown stretches are spans too."""
        ...

    async def spans(self, start_ms: float, end_ms: float, profile_id: str = "") -> Sequence[Span]:
        """Where there is something to see: of one profile, or of any."""
        ...

    async def resets(self, start_ms: float, end_ms: float) -> Sequence[Reset]:
        """Counters of the day that went down."""
        ...

    async def rows(self, profile_id: str, section: Section | None, start_ms: float, end_ms: float) -> Sequence[RowName]:
        """The rows that occur, by name."""
        ...

    async def usage(self) -> Usage:
        """Size and extent."""
        ...
