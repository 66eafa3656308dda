"""What if there were more or fewer agents: the figures of recorded queues, and what Erlang-A makes of them.

An estimate, and labelled one everywhere: agents are taken to be alike and to serve the chosen queues alone, first
come first served, at the mean load of the chosen stretch of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.domain.enums import AgentStatus, Section
from console.domain.erlang import Expectation, Load, expect
from console.domain.messages import Message, message
from console.domain.text import comparable
from console.engine.history.base import History, Series, SeriesKey
from console.engine.history.measure import increase, measure

FEWEST_CALLS = 30  # fewer answered calls make no mean worth extrapolating
FEWEST_ABANDONED = 5  # fewer say little about patience
AROUND = 6  # agents more and fewer that a comparison shows

_BUSY = frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL, AgentStatus.AFTER_CALL})
# a call of one's own keeps from the queue as a pause does
_AWAY = frozenset({AgentStatus.OTHER_CALL, AgentStatus.PAUSED, AgentStatus.LOGGED_OFF, AgentStatus.UNKNOWN})
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Basis:
    """What was recorded of some queues in a stretch of time; times in seconds, None where the recording cannot tell.

    Attributes:
        known_s: how much of the stretch is known.
        offered, answered, abandoned: calls in that time (increase of the day's counters).
        handling_s: mean busy time of an agent per answered call.
        patience_s: waiting time of all callers by abandoned call: the estimate for exponential patience.
        ring_s: mean ringing time per answered call: callers wait so long even when an agent is free.
        agents: mean number of agents who were there, neither paused nor on calls of their own.
        mean_wait_s: waiting time of all callers by offered call, measured.
        notes: what makes the estimate shaky, and where a figure is from.
    """

    queues: tuple[str, ...]
    known_s: float
    offered: float | None
    answered: float | None
    abandoned: float | None
    handling_s: float | None
    patience_s: float | None
    ring_s: float | None
    agents: float | None
    mean_wait_s: float | None
    notes: tuple[Message, ...] = ()

    @property
    def arrivals_per_hour(self) -> float | None:
        """Calls offered per hour."""
        return None if self.offered is None or self.known_s <= 0 else self.offered / self.known_s * _HOUR_S

    @property
    def abandon_rate(self) -> float | None:
        """Share of offered calls that were abandoned, 0 to 1."""
        return None if self.abandoned is None or not self.offered else self.abandoned / self.offered


def around(
    load: Load, agents: int, target_s: float, *, ring_s: float = 0.0, by: int = AROUND
) -> tuple[Expectation, ...]:
    """What would be expected with `by` agents fewer up to `by` more, each call ringing `ring_s` before its answer."""
    return tuple(with_ringing(load, number, target_s, ring_s) for number in range(max(0, agents - by), agents + by + 1))


def with_ringing(load: Load, agents: int, target_s: float, ring_s: float) -> Expectation:
    """`expect` where an agent who is free still has to pick up: waits are longer by `ring_s`, the target shorter."""
    found = expect(load, agents, max(0.0, target_s - ring_s))
    answered = found.mean_answered_wait_s
    wait = found.mean_wait_s + ring_s * (1 - found.abandoned)
    return replace(
        found,
        mean_wait_s=wait,
        mean_answered_wait_s=None if answered is None else answered + ring_s,
        mean_waiting=load.arrivals_per_s * wait,
    )


def fewest(load: Load, target_s: float, share: float, *, ring_s: float = 0.0, most: int = 2_000) -> Expectation | None:
    """The fewest agents with whom `share` (0 to 1) of the offered calls are answered within the target; None: not
    even `most` would do."""
    low, high = 0, 1
    while with_ringing(load, high, target_s, ring_s).within_target < share:
        low, high = high, high * 2
        if high > most:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if with_ringing(load, middle, target_s, ring_s).within_target >= share else (middle, high)
        )
    return with_ringing(load, high, target_s, ring_s)


async def basis(
    history: History, profile_id: str, rows: Sequence[tuple[str, str]], start_ms: float, end_ms: float
) -> Basis:
    """The recorded figures of queues that share their agents.

    Args:
        rows: (row id, name) of the queues; several are taken as one pool.
    """
    sums = _Sums()
    for row_id, _ in rows:
        for column in ("offered", "answered", "abandoned", "unanswered", "waiting"):
            key = SeriesKey(profile_id, Section.QUEUES, row_id, column)
            series = await history.series(key, start_ms, end_ms)
            if series is not None:
                sums.take(column, series, start_ms, end_ms)
    names = tuple(name for _, name in rows)
    pool = await _pool(history, profile_id, frozenset(map(comparable, names)), start_ms, end_ms)
    return sums.basis(names, pool, len(rows))


@dataclass(frozen=True, slots=True)
class _Pool:
    agents: float
    busy_s: float
    ring_s: float
    shares_with_others: bool


class _Sums:
    """The counters and waiting time of the queues, added up."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._seen: dict[str, int] = {}
        self._known_s = 0.0

    def take(self, column: str, series: Series, start_ms: float, end_ms: float) -> None:
        if column == "waiting":
            found = measure(series, start_ms, end_ms)
            rise: float | None = found.integral / 1000
            self._known_s = max(self._known_s, found.known_ms / 1000)
        else:
            rise = increase(series, start_ms, end_ms)
        if rise is not None:
            self._sums[column] = self._sums.get(column, 0.0) + rise
            self._seen[column] = self._seen.get(column, 0) + 1

    def basis(self, names: tuple[str, ...], pool: _Pool | None, wanted: int) -> Basis:
        counts = {column: value for column, value in self._sums.items() if self._seen[column] == wanted}
        waited_s = counts.get("waiting")
        answered = counts.get("answered")
        abandoned = counts.get("abandoned", counts.get("unanswered"))
        offered = counts.get("offered")
        notes: list[Message] = []
        if offered is None and answered is not None and abandoned is not None:
            offered = answered + abandoned
            notes.append(message("what_if.offered_added"))
        found = Basis(
            names,
            self._known_s,
            offered,
            answered,
            abandoned,
            pool.busy_s / answered if pool is not None and answered else None,
            waited_s / abandoned if abandoned and waited_s else None,
            pool.ring_s / answered if pool is not None and answered else None,
            pool.agents if pool is not None else None,
            waited_s / offered if offered and waited_s is not None else None,
        )
        if (answered or 0) < FEWEST_CALLS:
            notes.append(message("what_if.few_calls", calls=int(answered or 0)))
        if (abandoned or 0) < FEWEST_ABANDONED:
            notes.append(message("what_if.few_abandoned", calls=int(abandoned or 0)))
        if pool is None:
            notes.append(message("what_if.no_agents"))
        elif pool.shares_with_others:
            notes.append(message("what_if.shared"))
        return replace(found, notes=tuple(notes))


async def _pool(
    history: History, profile_id: str, queues: frozenset[str], start_ms: float, end_ms: float
) -> _Pool | None:
    """The agents who serve the queues: mean number ready or busy, and their busy time; None where nobody is named."""
    board = await history.board_at(end_ms)
    source = next((source for source in board.sources if source.profile.id == profile_id), None)
    if source is None or source.snapshot is None:
        return None
    members: set[str] = set()
    shares = False
    names = sorted((comparable(row.name) for row in source.snapshot.queues), key=len, reverse=True)
    for row in source.snapshot.agents:
        own = _named(row.reading("queues").value, names)
        if own & queues:
            members.add(row.id)
            shares = shares or not own <= queues
    there_ms = busy_ms = ring_ms = 0.0
    for name, spans in await history.agent_states(profile_id, start_ms, end_ms):
        if name.row_id in members:
            there_ms += sum(span.end_ms - span.start_ms for span in spans if span.state and span.state not in _AWAY)
            busy_ms += sum(span.end_ms - span.start_ms for span in spans if span.state in _BUSY)
            ring_ms += sum(span.end_ms - span.start_ms for span in spans if span.state == AgentStatus.RINGING)
    known_ms = sum(span.end_ms - span.start_ms for span in await history.spans(start_ms, end_ms, profile_id))
    if not members or known_ms <= 0:
        return None
    return _Pool(there_ms / known_ms, busy_ms / 1000, ring_ms / 1000, shares)


def _named(said: object, names: Sequence[str]) -> set[str]:
    """The queues that a cell lists, the longest names first: a name may hold the comma that parts it from the next."""
    if not isinstance(said, str):
        return set()
    left, own = comparable(said), set()
    for name in names:
        if name and name in left:
            own.add(name)
            left = left.replace(name, "")
    return own | {part.strip() for part in left.split(",") if part.strip()}
