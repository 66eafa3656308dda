"""The fold from the event log to agents' days: what each did from when to when. For time cards and pause reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.demo.world.events import Event
from console.demo.world.fold import DIRECTIONS, OFF, STATE_NAMES, AgentFold, Fold


@dataclass(frozen=True, slots=True)
class Span:
    """An agent in one state from ``start`` to ``end``.

    ``state`` is one of `STATE_NAMES` (never logged_off). ``reason`` is set for pauses; ``call``, ``queue`` (-1 for
    own calls) and ``direction`` (INBOUND, OUTBOUND, INTERNAL) while a call is in hand, after_call excepted.
    ``is_open`` marks a state still going on: it ends at the moment of asking.
    """

    state: str
    start: int
    end: int
    reason: str | None
    call: int
    queue: int
    direction: str | None
    is_open: bool

    @property
    def ms(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Session:
    """From login to logout; without one (still at work) ``logout`` is None and ``end`` the moment of asking."""

    login: int
    logout: int | None
    end: int

    @property
    def ms(self) -> int:
        """Its length."""
        return self.end - self.login


@dataclass(frozen=True, slots=True)
class AgentDay:
    """One agent on one day: every state from login to logout, without gaps inside a session.

    So the lengths of all spans add up to the time logged in. An agent who was absent has no spans.
    """

    agent: int
    day: int
    spans: tuple[Span, ...]

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Login to logout, in order."""
        made: list[Session] = []
        first: Span | None = None
        for place, span in enumerate(self.spans):
            first = first or span
            after = self.spans[place + 1] if place + 1 < len(self.spans) else None
            if after is None or after.start != span.end:
                made.append(Session(first.start, None if span.is_open else span.end, span.end))
                first = None
        return tuple(made)

    @property
    def first_login(self) -> int | None:
        """When the day's work began, None for who was absent."""
        return self.spans[0].start if self.spans else None

    @property
    def last_logout(self) -> int | None:
        """When it ended, None while at work."""
        return self.spans[-1].end if self.spans and not self.spans[-1].is_open else None

    @property
    def logged_in_ms(self) -> int:
        """Time logged in."""
        return sum(span.ms for span in self.spans)

    @property
    def pauses(self) -> tuple[Span, ...]:
        """All pauses, in order; ``No Answer`` is set by the system."""
        return tuple(span for span in self.spans if span.state == "paused")

    def state_ms(self, *states: str) -> int:
        """Time in one or several states together."""
        return sum(span.ms for span in self.spans if span.state in states)

    def pause_ms(self) -> dict[str, int]:
        """Time paused by reason."""
        sums: dict[str, int] = {}
        for span in self.pauses:
            sums[span.reason or ""] = sums.get(span.reason or "", 0) + span.ms
        return sums

    def clip(self, start: int, end: int) -> AgentDay:
        """Give the part of the day between two instants; spans that reach over an edge are cut there."""
        return AgentDay(self.agent, self.day, tuple(_clipped(self.spans, start, end)))


class SpanFold(Fold):
    """The live fold, which also writes down every state it leaves."""

    spans: list[list[Span]]

    def read(self, log: Sequence[Event], t: int) -> None:
        """Take in a day up to ``t`` and close what is still open there."""
        self.spans = [[] for _ in self.agents]
        self.advance(log, t)
        for index, agent in enumerate(self.agents):
            self._note(index, agent, t, is_open=True)

    def _state(self, t: int, index: int, state: int) -> AgentFold:
        self._note(index, self.agents[index], t, is_open=False)
        return super()._state(t, index, state)

    def _note(self, index: int, agent: AgentFold, t: int, *, is_open: bool) -> None:
        if agent.state == OFF or (agent.since == t and not is_open):
            return
        direction = None if agent.direction < 0 or agent.call < 0 else DIRECTIONS[agent.direction]
        spans = self.spans[index]
        spans.append(
            Span(
                STATE_NAMES[agent.state], agent.since, t, agent.reason, agent.call, agent.queue, direction, is_open
            )
        )  # fmt: skip


def agent_days_of(fold: SpanFold, day: int, log: Sequence[Event], t: int) -> tuple[AgentDay, ...]:
    """Fold a day's log up to ``t`` with a fresh fold; one entry per agent, in the site's order."""
    fold.read(log, t)
    return tuple(AgentDay(index, day, tuple(spans)) for index, spans in enumerate(fold.spans))


def _clipped(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            open_still = span.is_open and last == span.end
            yield Span(
                span.state, first, last, span.reason, span.call, span.queue, span.direction, open_still
            )  # fmt: skip
