"""The fold: the state of the floor as a function of the event log, and of nothing else.

`Fold.advance` reads on from where it stopped, so the same class gives "now" (fed as the log grows) and any
instant of the past (fed from the start of a day). Time totals are straight lines between events and are kept as
such: base and rate stand for the value ``base + rate * t`` with ``t`` in epoch milliseconds.

A caller waits from entering the queue until an agent answers: while a phone rings the caller is still waiting and
the agent is ringing. So entered = answered + unanswered + waiting, always.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from console.demo.world import events as ev
from console.demo.world.events import Event

OFF, IDLE, RINGING, TALKING, HOLD, ACW, PAUSED, DIALING = range(8)
STATE_NAMES = ("logged_off", "available", "ringing", "talking", "hold", "after_call", "paused", "dialing")
INBOUND, OUTBOUND, INTERNAL = range(3)
DIRECTIONS = ("INBOUND", "OUTBOUND", "INTERNAL")
WITHIN_MS = 20_000
"""Service level: answered within this time of entering."""
SHORT_MS = 5_000
"""Short abandon: left within this time of entering."""
WINDOW_MS = 30 * 60_000
"""The length of the rolling window."""


_COUNTERS = {
    ev.ABANDON: "abandoned",
    ev.VOICEMAIL: "voicemail",
    ev.OVERFLOW: "overflow",
    ev.EXIT_KEY: "exit_key",
    ev.EXIT_TIMEOUT: "exit_timeout",
    ev.EXIT_EMPTY: "exit_empty",
    ev.CALLBACK: "callback",
}


class QueueFold:
    """One queue's counters. ``version`` grows and ``changed`` is set whenever anything here changes."""

    __slots__ = (
        "abandoned",
        "abandoned_short",
        "abandoned_within",
        "answered",
        "by_state",
        "callback",
        "changed",
        "entered",
        "exit_empty",
        "exit_key",
        "exit_timeout",
        "overflow",
        "talk_base",
        "talk_rate",
        "version",
        "voicemail",
        "wait_sum",
        "waiting",
        "window_base",
        "window_rate",
        "within",
    )

    def __init__(self, members: int, start: int) -> None:
        self.waiting: dict[int, int] = {}  # call -> entered; in order of entering
        self.entered = 0
        self.answered = 0
        self.abandoned = 0
        self.abandoned_short = 0
        self.abandoned_within = 0
        self.voicemail = 0
        self.overflow = 0
        self.exit_key = 0
        self.exit_timeout = 0
        self.exit_empty = 0
        self.callback = 0
        self.wait_sum = 0
        self.within = 0
        self.talk_base = 0
        self.talk_rate = 0
        self.window_base = 0
        self.window_rate = 0
        self.by_state = [members, 0, 0, 0, 0, 0, 0, 0]
        self.version = 0
        self.changed = start

    @property
    def unanswered(self) -> int:
        """Calls that ended without an agent, abandoned ones included."""
        return self.abandoned + self.missed

    @property
    def missed(self) -> int:
        """Calls the queue gave up or the caller left by a key: not answered, not abandoned."""
        exits = self.exit_key + self.exit_timeout + self.exit_empty
        return self.voicemail + self.overflow + exits + self.callback

    def talk_sum(self, t: int) -> int:
        """Time talked up to ``t``, calls in progress included."""
        return self.talk_base + self.talk_rate * t

    def window_sum(self, t: int) -> int:
        """Time talked in the window that ends at ``t``."""
        return self.window_base + self.window_rate * t


class AgentFold:
    """One agent's state and counters."""

    __slots__ = (
        "answered",
        "call",
        "caller",
        "changed",
        "direction",
        "last_end",
        "queue",
        "reason",
        "since",
        "state",
        "talk_base",
        "talk_rate",
        "version",
    )

    def __init__(self, start: int) -> None:
        self.state = OFF
        self.since = start
        self.reason: str | None = None
        self.call = -1
        self.queue = -1
        self.caller: str | None = None
        self.direction = -1
        self.answered = 0
        self.talk_base = 0
        self.talk_rate = 0
        self.last_end = -1
        self.version = 0
        self.changed = start


class Fold:
    """The floor at one instant of one day."""

    def __init__(
        self, skills: Sequence[tuple[int, ...]], members: Sequence[Sequence[int]], keys: Sequence[str], start: int
    ) -> None:
        self.start = start
        self.now = start
        self.position = 0
        self.queues = [QueueFold(len(of_queue), start) for of_queue in members]
        self.agents = [AgentFold(start) for _ in skills]
        self.calls: dict[int, str] = {}  # numbers of the callers now waiting or connected
        self.by_state = [len(skills), 0, 0, 0, 0, 0, 0, 0]
        self.directions = [0, 0, 0]
        self.account_codes: dict[str, int] = {}
        self.version = 0
        self.changed = start
        self._skills = skills
        self._keys = keys
        self._window: deque[tuple[int, int, int]] = deque()  # (leaves the window at, queue, +1 start / -1 end)
        self._apply = [
            self._enter,
            self._ring,
            self._no_answer,
            self._answer,
            self._hold,
            self._retrieve,
            self._nothing,
            self._lost,
            self._lost,
            self._end,
            self._ready,
            self._pause,
            self._ready,
            self._logout,
            self._out_dial,
            self._own_answer,
            self._own_end,
            self._int_dial,
            self._int_answer,
            self._int_end,
            self._arrive,
            *[self._nothing] * 4,
            *[self._lost] * 5,
            self._callback_dial,
            self._own_answer,
            self._own_end,
            *[self._nothing] * 6,
            self._ext_ring,
            self._own_answer,
            self._ext_miss,
            self._nothing,
            self._ext_end,
            self._office_call,
        ]

    def advance(self, log: Sequence[Event], t: int) -> None:
        """Take in all records up to and including ``t`` and let the rolling windows move to ``t``."""
        position, end = self.position, len(log)
        apply = self._apply
        while position < end:
            event = log[position]
            if event[0] > t:
                break
            apply[event[1]](event)
            position += 1
        if position != self.position:
            self.changed = log[position - 1][0]
            self.version += 1
            self.position = position
        self._move_windows(t)
        self.now = t

    def _move_windows(self, t: int) -> None:
        window = self._window
        while window and window[0][0] <= t:
            due, index, step = window.popleft()
            queue = self.queues[index]
            # what entered the window at due - WINDOW_MS now leaves it, at the same rate
            queue.window_base += step * due
            queue.window_rate -= step
            queue.version += 1
            queue.changed = max(queue.changed, due)

    # -- one method per kind of record -----------------------------------------------------------------------

    def _state(self, t: int, index: int, state: int) -> AgentFold:
        agent = self.agents[index]
        old = agent.state
        if old == TALKING:
            agent.talk_base += t
            agent.talk_rate = 0
        if state == TALKING:
            agent.talk_base -= t
            agent.talk_rate = 1
        agent.state = state
        agent.since = t
        agent.version += 1
        agent.changed = t
        if old != state:
            self.by_state[old] -= 1
            self.by_state[state] += 1
            queues = self.queues
            for number in self._skills[index]:
                queue = queues[number]
                queue.by_state[old] -= 1
                queue.by_state[state] += 1
                queue.version += 1
                queue.changed = t
        return agent

    def _talk(self, t: int, index: int, step: int) -> None:
        """A connected call of a queue starts (+1) or stops (-1) counting as talking."""
        queue = self.queues[index]
        queue.talk_base -= step * t
        queue.talk_rate += step
        queue.window_base -= step * t
        queue.window_rate += step
        self._window.append((t + WINDOW_MS, index, step))

    def _touch(self, t: int, index: int) -> QueueFold:
        queue = self.queues[index]
        queue.version += 1
        queue.changed = t
        return queue

    def _nothing(self, event: Event) -> None:
        """Nothing changes on the floor, or the records around this one say what does."""

    def _arrive(self, _event: Event) -> None:
        self.directions[INBOUND] += 1

    def _office_call(self, _event: Event) -> None:
        self.directions[INTERNAL] += 1

    def _enter(self, event: Event) -> None:
        t, _, call, index, _, number, _ = event
        queue = self._touch(t, index)
        queue.waiting[call] = t
        queue.entered += 1
        self.calls[call] = number or ""

    def _ring(self, event: Event) -> None:
        t, _, call, index, desk, _, _ = event
        agent = self._state(t, desk, RINGING)
        self._engage(agent, call, index, self.calls[call], INBOUND)

    def _no_answer(self, event: Event) -> None:
        self._release(self._state(event[0], event[4], IDLE))

    def _answer(self, event: Event) -> None:
        t, _, call, index, desk, _, _ = event
        queue = self._touch(t, index)
        wait = t - queue.waiting.pop(call)
        queue.answered += 1
        queue.wait_sum += wait
        if wait <= WITHIN_MS:
            queue.within += 1
        self._talk(t, index, 1)
        self._state(t, desk, TALKING).answered += 1

    def _hold(self, event: Event) -> None:
        self._touch(event[0], event[3])
        self._talk(event[0], event[3], -1)
        self._state(event[0], event[4], HOLD)

    def _retrieve(self, event: Event) -> None:
        self._touch(event[0], event[3])
        self._talk(event[0], event[3], 1)
        self._state(event[0], event[4], TALKING)

    def _lost(self, event: Event) -> None:
        t, kind, call, index, desk, _, _ = event
        queue = self._touch(t, index)
        wait = t - queue.waiting.pop(call)
        del self.calls[call]
        if kind == ev.ABANDON:
            queue.abandoned_within += wait <= WITHIN_MS
            queue.abandoned_short += wait <= SHORT_MS
        counter = _COUNTERS[kind]
        setattr(queue, counter, getattr(queue, counter) + 1)
        if desk >= 0:
            self._release(self._state(t, desk, IDLE))

    def _end(self, event: Event) -> None:
        t, _, call, index, desk, code, _ = event
        self._touch(t, index)
        if self.agents[desk].state == TALKING:
            self._talk(t, index, -1)
        agent = self._state(t, desk, ACW)
        agent.last_end = t
        agent.call = -1
        agent.caller = None
        self.calls.pop(call, None)
        self._book(code)

    def _ready(self, event: Event) -> None:
        self._release(self._state(event[0], event[4], IDLE))

    def _pause(self, event: Event) -> None:
        agent = self._state(event[0], event[4], PAUSED)
        self._release(agent)
        agent.reason = event[5]

    def _logout(self, event: Event) -> None:
        self._release(self._state(event[0], event[4], OFF))

    def _out_dial(self, event: Event) -> None:
        t, _, call, _, desk, number, _ = event
        self.directions[OUTBOUND] += 1
        self._engage(self._state(t, desk, DIALING), call, -1, number, OUTBOUND)

    def _callback_dial(self, event: Event) -> None:
        t, _, call, _, desk, number, _ = event
        self.directions[OUTBOUND] += 1
        self._engage(self._state(t, desk, DIALING), call, -1, number, OUTBOUND)

    def _int_dial(self, event: Event) -> None:
        t, _, call, _, desk, _, other = event
        self.directions[INTERNAL] += 1
        self._engage(self._state(t, desk, DIALING), call, -1, self._keys[other], INTERNAL)
        if other < len(self.agents):  # a phone outside the queues has no state
            self._engage(self._state(t, other, RINGING), call, -1, self._keys[desk], INTERNAL)

    def _int_answer(self, event: Event) -> None:
        self._own_answer(event)
        if event[6] < len(self.agents):
            self._state(event[0], event[6], TALKING)

    def _int_end(self, event: Event) -> None:
        self._own_end(event)
        if event[6] < len(self.agents):
            self._over(event[0], event[6])

    def _own_answer(self, event: Event) -> None:
        if event[4] >= 0:
            self._state(event[0], event[4], TALKING)

    def _own_end(self, event: Event) -> None:
        self._over(event[0], event[4])
        self._book(event[5])

    def _over(self, t: int, index: int) -> None:
        agent = self._state(t, index, IDLE)
        agent.last_end = t
        self._release(agent)

    def _ext_ring(self, event: Event) -> None:
        t, _, call, _, desk, number, _ = event
        if desk >= 0:
            # the office calls with its own short numbers
            direction = INTERNAL if (number or "").isdigit() else INBOUND
            self._engage(self._state(t, desk, RINGING), call, -1, number, direction)

    def _ext_miss(self, event: Event) -> None:
        if event[4] >= 0:
            self._release(self._state(event[0], event[4], IDLE))

    def _ext_end(self, event: Event) -> None:
        if event[4] >= 0:
            self._over(event[0], event[4])

    def _engage(self, agent: AgentFold, call: int, queue: int, caller: str | None, direction: int) -> None:
        agent.call = call
        agent.queue = queue
        agent.caller = caller
        agent.direction = direction
        agent.reason = None

    def _release(self, agent: AgentFold) -> None:
        agent.call = -1
        agent.queue = -1
        agent.caller = None
        agent.direction = -1
        agent.reason = None

    def _book(self, code: str | None) -> None:
        if code is not None:
            self.account_codes[code] = self.account_codes.get(code, 0) + 1
